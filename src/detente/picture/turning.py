"""Turning points in pictures: which are named, their numbers over a plot, and the list of them below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.measure.records import TurningPoint
from detente.picture.frame import LEFT, Days, ordinal, said
from detente.picture.svg import Drawing, wrapped

_TELLING = ("alarm", "peak", "offer", "rise", "fall", "all-clear")
_ROW = 15.0

#: A turning point and its number.
Numbered = Sequence[tuple[int, TurningPoint]]


def telling(turns: Iterable[TurningPoint], most: int = 8) -> list[TurningPoint]:
    """The turning points to be named, by day: alarms first, peaks, offers, then the rest; their numbers are the same everywhere."""
    order = {k: i for i, k in enumerate(_TELLING)}
    best = sorted(turns, key=lambda t: (order.get(t.kind, len(order)), t.day, t.text))[:most]
    return sorted(best, key=lambda t: (t.day, order.get(t.kind, len(order)), t.text))


def numbered(turns: Iterable[TurningPoint], days: Days) -> Numbered:
    """Those of `telling` that lie on the scale."""
    return [(n, t) for n, t in enumerate(telling(turns), 1) if days.first <= ordinal(t.day) <= days.last]


def height(days: Days, turns: Numbered) -> float:
    """Pixels that the numbers need."""
    return _ROW * (1 + max((row for *_, row in _rows(days, turns)), default=-1))


def draw(d: Drawing, days: Days, y: float, bottom: float, turns: Numbered) -> None:
    """Numbers from ``y`` on, and a line from each down to ``bottom``."""
    for n, x, row in _rows(days, turns):
        at = y + 8 + _ROW * row
        d.line([(x, at), (x, bottom)], "soft", 0.7, stroke_dasharray="1 2")
        d.circle(x, at, 6.5, "ink")
        d.text(x, at + 3.5, str(n), 9.5, "paper", at="middle", bold=True)


def listed(d: Drawing, y: float, rows: Iterable[tuple[str, str]]) -> float:
    """Lines of (mark, words) below a picture; returns where they end."""
    for mark, words in rows:
        d.text(LEFT + 6, y + 10, mark, 10.5, at="middle", bold=True)
        for line in wrapped(words, 10.5, d.wide - 2 * LEFT - 20, 2):
            d.text(LEFT + 18, y + 10, line, 10.5)
            y += 14
    return y


def words(turns: Numbered) -> list[tuple[str, str]]:
    """The lines of turning points."""
    return [(str(n), f"{said(t.day)}: {t.text}") for n, t in turns]


def _rows(days: Days, turns: Numbered) -> list[tuple[int, float, int]]:
    """Number, x, and row: where two would touch, the second goes a row down."""
    ends: list[float] = []
    found = []
    for n, turn in turns:
        x = days.x(ordinal(turn.day) + 0.5)
        row = next((i for i, end in enumerate(ends) if x - end >= _ROW), len(ends))
        ends[row : row + 1] = [x]
        found.append((n, x, row))
    return found
