"""The reliability diagram of a back-test: what was said with so much probability, and how much of it came true."""

from __future__ import annotations

import math

from detente.measure.backtest import EventScores
from detente.picture.frame import LEFT, Picture, empty, footed, headed
from detente.picture.svg import Drawing

_COLUMNS = ("said from", "said to", "forecasts", "said on average", "came true")
_SIDE = 300.0
_LEAST = 0.001  # both axes are logarithmic from here: most of what is forecast is rare
_TICKS = (0.001, 0.01, 0.1, 0.5, 1.0)


def reliability(of: EventScores, *, source: str = "") -> Picture:
    """On the diagonal what is said comes true as often; below it too much was said. The size of a mark tells of how many."""
    title = f"Forecasts of {of.days} days: said and come true"
    rows = tuple((b.low, b.high, b.n, b.said, b.came) for b in of.bins)
    if not of.questions:
        return empty("reliability", title, "No forecast was made.", source, _COLUMNS)
    words = f"{of.questions} forecasts on {len(of.origins)} days, {of.came} came true. Brier skill against frequency alone {of.skill:.3f}."
    d = Drawing("reliability", 460)
    top = headed(d, title, words) + 12
    left, bottom = LEFT + 44, top + _SIDE

    def at(value: float) -> float:
        return _SIDE * (1 + math.log10(max(value, _LEAST)) / -math.log10(_LEAST))

    for tick in _TICKS:
        x, y = left + at(tick), bottom - at(tick)
        d.line([(x, top), (x, bottom)], "grid", 0.8)
        d.line([(left, y), (left + _SIDE, y)], "grid", 0.8)
        d.text(x, bottom + 14, f"{tick:.1%}" if tick < 0.01 else f"{tick:.0%}", 10, "soft", at="middle")
        d.text(left - 6, y + 4, f"{tick:.1%}" if tick < 0.01 else f"{tick:.0%}", 10, "soft", at="end")
    d.line([(left, bottom), (left + _SIDE, top)], "border", 1.2, stroke_dasharray="4 3")
    shown = [b for b in of.bins if b.said >= _LEAST or b.came >= _LEAST]
    d.line([(left + at(b.said), bottom - at(b.came)) for b in shown], "conflict-deeds", 1.4)
    for b in shown:
        d.group(f"said {b.said:.1%}, came true {b.came:.1%}, {b.n} forecasts")
        d.circle(left + at(b.said), bottom - at(b.came), 2.5 + math.log10(b.n + 1), "conflict-deeds")
        d.closed()
    d.text(left + _SIDE / 2, bottom + 30, "said", 11, "soft", at="middle")
    d.text(LEFT + 4, top + _SIDE / 2, "came true", 11, "soft", at="middle", turned=-90)
    footed(d, bottom + 40, f"{source}{'. ' if source else ''}Larger mark: more forecasts; axes logarithmic.")
    return Picture(d.written(title, words), _COLUMNS, rows)
