"""The timeline of a crisis: each incident a mark on its days, a lane for each direction, turning points by number."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from detente.measure.columns import Columns, Side
from detente.measure.records import TurningPoint
from detente.measure.words import iso, line
from detente.picture import turning
from detente.picture.frame import LEFT, WIDE, Days, Picture, empty, footed, headed, named, ordinal, said, span
from detente.picture.svg import Drawing, through, width, wrapped

_COLUMNS = ("day", "until", "lane", "series", "weight", "type", "modes", "status", "what", "reports", "incident_id")
#: Series of `detente.measure.scale.CHANNELS`: class, shape, words.
_SHAPES = (
    ("conflict-deeds", "square", "conflict: deed"),
    ("conflict-words", "square", "words"),
    ("conflict-threats", "triangle", "threat"),
    ("cooperation-deeds", "circle", "cooperation: deed"),
    ("cooperation-words", "circle", "words"),
    ("paper", "square", "planned"),
    ("paper", "circle", "planned"),
)
_BOTH = "each other"
_MOST, _LANES, _STACK = 400, 8, 6


def timeline(
    of: Columns, turns: Sequence[TurningPoint] = (), *, pair: tuple[Side, Side] | None = None, since: str | None = None,
    until: str | None = None, source: str = "", wide: float = WIDE, title: str = "Timeline",
) -> Picture:  # fmt: skip
    """Incidents that are placed on a day, and its table. With a ``pair`` a lane for each direction, else for each of the busiest
    pairs. Above a lane's line conflict, below it cooperation; the size tells the weight, a line from a mark that it may have
    been any day of it."""
    lanes = _lanes(of, pair)
    low, high = ordinal(since) if since else 0, ordinal(until) if until else 4_000_000
    placed = [
        (r, name) for name, rows in lanes for r in rows if of.placed[r] and of.end[r] >= low and of.begin[r] <= high
    ]
    rows = tuple(_row(of, r, name) for r, name in sorted(placed, key=lambda p: (int(of.begin[p[0]]), p[1], p[0])))
    if not placed:
        return empty("timeline", title, "No dated incident.", source, _COLUMNS, wide)
    kept = sorted(placed, key=lambda p: (-of.weight[p[0]], p[0], p[1]))[:_MOST]
    first, last = max(low, min(int(of.begin[r]) for r, _ in kept)), min(high, max(int(of.end[r]) for r, _ in kept))
    d = Drawing("timeline", wide)
    told = len({r for r, _ in placed})
    words = f"{told} incidents" if told != 1 else "One incident"
    words += f" from {span(iso(first), iso(last))}" if first != last else f" on {said(iso(first))}"
    words += f"; the {_MOST} heaviest are drawn" if len(placed) > _MOST else ""
    y = _legend(d, headed(d, title, words + ".")) + 12
    days = Days(first, last, LEFT + 130, wide - LEFT)
    chosen = turning.numbered(turns, days)
    top = y + 12 + turning.height(days, chosen)
    bottom = top
    plans = []
    for name, _ in lanes:
        marks = [r for r, of_ in kept if of_ == name]
        if marks or (pair and name != _BOTH):
            spots, up, down = _stacked(of, days, marks)
            plans.append((name, spots, bottom + up + 8))
            bottom += up + down + 20
    days.axis(d, top, bottom)
    turning.draw(d, days, y, bottom, chosen)
    for name, spots, base in plans:
        d.line([(days.left, base), (days.right, base)], "soft", 1.0)
        told_as = wrapped(name, 11, 122, 2)
        for at, words_ in enumerate(told_as):
            d.text(LEFT, base + 4 + 13 * at - 6 * (len(told_as) - 1), words_, 11)
        for r, x, dy, size in spots:
            _mark(d, of, r, days, x, base, dy, size)
    bottom = turning.listed(d, bottom + 20, _key(chosen, of, kept))
    footed(d, bottom + 6, source)
    heaviest = line(of.incidents[kept[0][0]])
    return Picture(d.written(title, f"{words}. Heaviest: {heaviest}."), _COLUMNS, rows)


def _lanes(of: Columns, pair: tuple[Side, Side] | None) -> list[tuple[str, list[int]]]:
    counted = [r for r in range(len(of)) if of.channel[r] >= 0]
    if pair:
        a, b = pair
        forth, back = set(of.rows(a, b).tolist()), set(of.rows(b, a).tolist())
        left, right = named(a.label), named(b.label)
        return [
            (f"{left} → {right}", [r for r in counted if r in forth and r not in back]),
            (f"{right} → {left}", [r for r in counted if r in back and r not in forth]),
            (_BOTH, [r for r in counted if r in forth and r in back]),
        ]
    pairs: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for one, other, r in of.directed():
        if of.channel[r] >= 0 and of.placed[r]:
            pairs[min(one, other), max(one, other)].add(r)
    busiest = sorted(pairs, key=lambda p: (-sum(float(of.weight[r]) for r in pairs[p]), p))[:_LANES]
    return [(f"{named(p[0])} – {named(p[1])}", sorted(pairs[p])) for p in busiest]


def _row(of: Columns, r: int, lane: str) -> tuple[str | int | float | None, ...]:
    i = of.incidents[r]
    series = (
        "deeds",
        "words",
        "threats",
        "cooperation deeds",
        "cooperation words",
        "planned conflict",
        "planned cooperation",
    )
    return (
        iso(int(of.begin[r])), iso(int(of.end[r])), lane, series[int(of.channel[r])], round(float(of.weight[r]), 6), i.type,
        "; ".join(i.modes), i.status, line(i), i.reports, i.incident_id,
    )  # fmt: skip


def _stacked(
    of: Columns, days: Days, marks: Sequence[int]
) -> tuple[list[tuple[int, float, float, float]], float, float]:
    """Where each mark stands: row, x, pixels above (negative: below) the line, size; and how high and deep the lane is."""
    taken: dict[int, list[tuple[float, float, float]]] = {1: [], -1: []}
    found = []
    for r in sorted(marks, key=lambda r: (int(of.begin[r]), -float(of.weight[r]), r)):
        size = 6 + 9 * math.sqrt(min(1.0, float(of.weight[r]) / 20))
        side = 1 if int(of.channel[r]) in (0, 1, 2, 5) else -1
        x = min(max(days.x((int(of.begin[r]) + int(of.end[r]) + 1) / 2), days.left + size / 2), days.right - size / 2)
        base = 2.0
        for _ in range(_STACK):
            clash = [
                t
                for t in taken[side]
                if abs(t[0] - x) < (t[2] + size) / 2 + 1 and t[1] < base + size and base < t[1] + t[2]
            ]
            if not clash:
                break
            base = max(t[1] + t[2] for t in clash) + 1
        taken[side].append((x, base, size))
        found.append((r, x, side * (base + size / 2), size))
    up, down = (max((b + s for _, b, s in taken[side]), default=8.0) for side in (1, -1))
    return found, up, down


def _mark(d: Drawing, of: Columns, r: int, days: Days, x: float, base: float, dy: float, size: float) -> None:
    d.group(line(of.incidents[r]))
    begin, end = int(of.begin[r]), int(of.end[r])
    if end > begin:
        left, right = max(days.left, days.x(begin)), min(days.right, days.x(end + 1))
        d.line([(left, base - dy), (right, base - dy)], "soft", 1.0)
    kind, form, _ = _SHAPES[int(of.channel[r])]
    _shape(d, x, base - dy, size, kind, form)
    d.closed()


def _shape(d: Drawing, x: float, y: float, size: float, kind: str, form: str) -> None:
    edge = {"stroke": "#1b1b1b", "stroke_width": 0.8}
    half = size / 2
    if form == "square":
        d.rect(x - half, y - half, size, size, kind, **edge)
    elif form == "circle":
        d.circle(x, y, half, kind, **edge)
    else:
        d.path(through([(x, y - half), (x + half, y + half), (x - half, y + half)], close=True), kind, **edge)


def _legend(d: Drawing, y: float) -> float:
    x, y = LEFT, y + 8
    for kind, form, words in _SHAPES[:6]:
        _shape(d, x + 5, y - 4, 9, kind, form)
        d.text(x + 14, y, words, 10.5)
        x += 30 + width(words, 10.5)
    d.text(x, y, "size: weight", 10.5, "soft")
    return y + 4


def _key(turns: turning.Numbered, of: Columns, kept: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    """The turning points by number; without any, the heaviest incidents."""
    if turns:
        return turning.words(turns)
    heaviest = sorted(dict.fromkeys(r for r, _ in kept[:5]), key=lambda r: (int(of.begin[r]), r))
    return [("–", f"{said(iso(int(of.begin[r])))}: {line(of.incidents[r])}") for r in heaviest]
