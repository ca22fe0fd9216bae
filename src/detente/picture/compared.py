"""Two monthly series one below the other, on one axis of months: ours, and a measure of others that it is judged by."""

from __future__ import annotations

from collections.abc import Sequence

from detente.export.csv import Cell
from detente.picture.frame import LEFT, WIDE, Days, Picture, empty, footed, headed, ordinal, ticks
from detente.picture.svg import Drawing

_HIGH = 130.0
_GAP = 34.0


def compared(
    months: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], *, title: str, said: str, source: str = "", wide: float = WIDE
) -> Picture:  # fmt: skip
    """A panel for each of ``series`` (name with its unit, a value for each of ``months``, as 2020-01), and the table of both.

    No second axis: what rises together is seen by the months, not by scales that could be chosen to fit."""
    columns = ("month", *(name for name, _ in series))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (m, *(values[at] for _, values in series)) for at, m in enumerate(months)
    )
    if not months:
        return empty("compared", title, "No month is known of both.", source, columns, wide)
    d = Drawing("compared", wide)
    y = headed(d, title, said, 3) + 16
    last = ordinal(f"{months[-1]}-28") + 3
    days = Days(ordinal(f"{months[0]}-01"), last, LEFT + 40, wide - LEFT)
    bottom = y + (_HIGH + _GAP) * len(series) - _GAP
    days.axis(d, y, bottom + 4)
    for number, (name, values) in enumerate(series):
        top = y + (_HIGH + _GAP) * number
        steps = ticks(max(values))
        for step in steps:
            at = top + _HIGH * (1 - step / steps[-1])
            d.line([(days.left, at), (days.right, at)], "grid", 0.8)
            d.text(days.left - 6, at + 3.5, f"{step:g}", 10, "soft", at="end")
        points = [
            (days.x(ordinal(f"{m}-15")), top + _HIGH * (1 - v / steps[-1])) for m, v in zip(months, values, strict=True)
        ]
        d.line(points, "conflict-deeds" if number == 0 else "ink", 1.4)
        d.text(days.left + 3, top - 5, name, 10.5, halo=True)
        high = max(range(len(values)), key=lambda at: values[at])
        x, at = points[high]
        d.circle(x, at, 3, "ink")
        d.text(min(x + 6, days.right - 60), at + 4, f"{months[high]}", 10, halo=True)
    footed(d, bottom + 28, source)
    return Picture(d.written(title, said), columns, rows)
