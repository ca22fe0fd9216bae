"""Alarms as bars on the days that they stood, the strongest pairs first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from detente.measure.records import Alarm
from detente.picture.frame import LEFT, WIDE, Days, Picture, empty, footed, headed, named, ordinal, said
from detente.picture.svg import Drawing, cut

_COLUMNS = ("pair", "raised", "cleared", "peak", "surge", "conflict", "usual", "cause")
_ROW = 24.0


def alarms(
    of: Sequence[Alarm], *, source: str = "", first: str | None = None, last: str | None = None, most: int = 20, wide: float = WIDE,
    title: str = "Alarms: conflict far above what is usual",
) -> Picture:  # fmt: skip
    """The alarms of the ``most`` strongest pairs, and the table of all. ``first``, ``last``: the days drawn (ISO), else those of
    the alarms; one that still stands runs to the last."""
    rows = tuple((a.dyad, a.raised, a.cleared, a.peak, a.surge, a.conflict, a.usual, a.cause) for a in of)
    if not of:
        return empty("alarms", title, "No alarm.", source, _COLUMNS, wide)
    pairs: defaultdict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for a in of:
        pairs[a.a, a.b].append(a)
    order = sorted(pairs, key=lambda p: (-max(a.surge for a in pairs[p]), p))
    top = max(of, key=lambda a: (a.surge, a.dyad, a.raised))
    words = f"{len(of)} alarms" if len(of) > 1 else "One alarm"
    words += f" of {len(order)} pairs" if len(order) > 1 else ""
    words += f", the {most} strongest pairs drawn" if len(order) > most else ""
    words += f". Strongest: {named(top.a)} – {named(top.b)}, peak on {said(top.peak)} at {top.surge:.1f} standard deviations."
    order = order[:most]
    d = Drawing("alarms", wide)
    y = headed(d, title, words) + 14
    drawn = [a for p in order for a in pairs[p]]
    begin = min([ordinal(a.raised) for a in drawn] + ([ordinal(first)] if first else []))
    end = max([ordinal(a.cleared or a.peak) for a in drawn] + ([ordinal(last)] if last else []))
    days = Days(begin, max(end, begin + 6), LEFT + 190, wide - LEFT - 26)
    bottom = y + _ROW * len(order)
    days.axis(d, y - 6, bottom)
    for at, pair in enumerate(order):
        middle = y + _ROW * at + _ROW / 2
        d.text(LEFT, middle + 4, cut(f"{named(pair[0])} – {named(pair[1])}", 11, 182), 11)
        d.line([(days.left, middle + _ROW / 2), (days.right, middle + _ROW / 2)], "grid", 0.6)
        for a in sorted(pairs[pair], key=lambda a: a.raised):
            left, right = days.x(ordinal(a.raised)), days.x(ordinal(a.cleared) if a.cleared else days.last + 1)
            d.group(f"{a.raised}: {a.cause}")
            d.rect(left, middle - 5, max(3.0, right - left), 10, "conflict-words" if a.cleared else "conflict-deeds")
            peak = days.x(ordinal(a.peak) + 0.5)
            d.line([(peak, middle - 8), (peak, middle + 8)], "ink", 2)
            d.closed()
            d.text(max(right, peak) + 4, middle + 4, f"{a.surge:.1f}", 10, "soft", halo=True)
    y = bottom + 22
    d.text(
        LEFT,
        y + 8,
        "bar: raised to cleared (dark: it still stands); stroke: peak; number: surge, standard deviations",
        10,
        "soft",
    )
    footed(d, y + 18, source)
    return Picture(d.written(title, words), _COLUMNS, rows)
