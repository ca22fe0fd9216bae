"""The chart of tension: conflict above the axis, cooperation below it, never netted; averages, chance, gaps, alarms, turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from detente.measure.records import Alarm, Point, Tension, TurningPoint
from detente.measure.scale import table
from detente.picture import turning
from detente.picture.frame import LEFT, WIDE, Days, Picture, empty, footed, headed, named, ordinal, span, ticks
from detente.picture.frame import said as day_said
from detente.picture.svg import Drawing, through, width

_BARS = 370  # more are drawn together: a bar would be thinner than two pixels
_COLUMNS = (
    "day", "until", "conflict", "deeds", "words", "threats", "cooperation", "cooperation_deeds", "cooperation_words", "level",
    "low", "high", "fast", "cooperation_level", "reports", "n", "gap",
)  # fmt: skip
_ABOVE = (("deeds", "conflict-deeds"), ("words", "conflict-words"), ("threats", "conflict-threats"))
_BELOW = (("cooperation_deeds", "cooperation-deeds"), ("cooperation_words", "cooperation-words"))


@dataclass(frozen=True, slots=True)
class Bar:
    """Some days drawn as one bar: means a known day, and averages at the last of them."""

    first: int
    last: int
    values: dict[str, float]
    level: float | None
    low: float | None
    high: float | None
    fast: float | None
    calm: float | None
    reports: float
    gap: bool


def tension(
    of: Tension, alarms: Sequence[Alarm] = (), turns: Sequence[TurningPoint] = (), *, source: str = "", wide: float = WIDE,
    high: float = 230, key: bool = True, title: str | None = None, said: str | None = None,
) -> Picture:  # fmt: skip
    """The chart of a dyad or a roll-up, and its table (a row a point).

    ``source``: the line below it; ``high``: of the plot, pixels; ``key``: list the turning points below; ``title``, ``said``: instead of
    the dyad and the reading.
    """
    name = title or "Tension: " + (f"{named(of.a)} – {named(of.b)}" if of.a and of.b else "all incidents")
    rows = tuple(tuple(getattr(p, c) for c in _COLUMNS) for p in of.points)
    if not of.points:
        return empty("tension", name, of.reading.text or "no reports", source, _COLUMNS, wide)
    d = Drawing("tension", wide)
    bars = drawn_together(of.points)
    y = headed(d, name, of.reading.text[:1].upper() + of.reading.text[1:] + "." if said is None else said)
    y = _legend(d, y, bars) + 8
    days = Days(bars[0].first, bars[-1].last, LEFT + 40, wide - LEFT)
    inside = turning.numbered(turns, days)
    y = _marks(d, days, y, y + high + 30, alarms, inside)
    days.axis(d, y, y + high + 34)
    bottom = _plot(d, days, y, high, bars)
    _coverage(d, days, bottom + 8, bars)
    bottom += 34 + 22
    if key:
        bottom = turning.listed(d, bottom, turning.words(inside))
    footed(d, bottom + 6, source)
    about = f"{of.reading.text}. From {span(of.points[0].day, of.points[-1].until)}, {sum(p.n for p in of.points)} incidents. "
    top = max((p for p in of.points if p.conflict is not None), key=lambda p: p.conflict or 0, default=None)
    about += f"Highest conflict: {top.conflict:.1f} points a day on {day_said(top.day)}." if top else "No day is known."
    return Picture(d.written(name, about), _COLUMNS, rows, days)


def drawn_together(points: Sequence[Point], most: int = _BARS) -> list[Bar]:
    """Bars of points; of more than ``most`` so many as need be (7, 28, 91 …) make one."""
    n = next(n for n in (1, 7, 28, 91, 364, len(points)) if math.ceil(len(points) / n) <= most)
    return [_bar(points[at : at + n]) for at in range(0, len(points), n)]


def _bar(points: Sequence[Point]) -> Bar:
    known = [p for p in points if not p.gap]
    days = sum(p.days for p in known) or 1
    fields = [f for f, _ in (*_ABOVE, *_BELOW)] + ["planned_conflict", "planned_cooperation"]
    mean = {f: sum((getattr(p, f) or 0.0) * max(1, p.days) for p in points) / days for f in fields}
    last = known[-1] if known else Point(points[-1].day, points[-1].until)
    return Bar(
        ordinal(points[0].day), ordinal(points[-1].until), mean, last.level, last.low, last.high, last.fast, last.cooperation_level,
        sum(p.reports * p.days for p in known) / days, not known,
    )  # fmt: skip


def _legend(d: Drawing, y: float, bars: Sequence[Bar]) -> float:
    halves = table()["averages"]
    x = LEFT
    y += 8

    def said_(words: str, advance: float = 14) -> None:
        nonlocal x
        d.text(x, y, words, 10.5)
        x += width(words, 10.5) + advance

    def room(for_: float) -> None:
        nonlocal x, y
        if x + for_ > d.wide - LEFT:
            x, y = LEFT, y + 16

    for what, marks in (("Conflict:", _ABOVE), ("Cooperation:", _BELOW)):
        room(210)
        said_(what, 6)
        for field, kind in marks:
            d.rect(x, y - 8, 10, 9, kind)
            if field == "threats":
                d.hatched(x, y - 8, 10, 9, "conflict-deeds", 4)
            x += 14
            said_(field.removeprefix("cooperation_"))
    for words, dash, thick in (
        (f"average, {halves['slow']:g} days, with 90 % chance band", None, 2.0),
        (f"{halves['fast']:g} days", "4 3", 1.2),
    ):
        room(70 + width(words, 10.5))
        if not dash:
            d.rect(x, y - 8, 22, 9, "band", fill_opacity=0.55)
        d.line([(x, y - 3.5), (x + 22, y - 3.5)], "ink", thick, **({"stroke_dasharray": dash} if dash else {}))
        x += 26
        said_(words)
    if any(b.values["planned_conflict"] or b.values["planned_cooperation"] for b in bars):
        room(70)
        d.rect(x, y - 8, 10, 9, "paper", stroke="#1b1b1b", stroke_width=0.8)
        x += 14
        said_("planned")
    if any(b.gap for b in bars):
        room(130)
        d.hatched(x, y - 8, 14, 9, "soft", 5)
        x += 18
        said_("no report: unknown")
    return y + 6


def _marks(d: Drawing, days: Days, y: float, bottom: float, alarms: Sequence[Alarm], turns: turning.Numbered) -> float:
    """Alarms as bars over the plot, turning points as numbers on lines down through it."""
    spells = [(ordinal(a.raised), ordinal(a.cleared) if a.cleared else days.last + 1) for a in alarms]
    spells = [(max(a, days.first), min(b, days.last + 1)) for a, b in spells if a <= days.last and b >= days.first]
    if spells:
        d.text(days.left - 6, y + 9, "alarm", 10, at="end")
        for a, b in spells:
            d.rect(days.x(a), y + 3, max(3.0, days.x(b) - days.x(a)), 6, "ink")
        y += 14
    turning.draw(d, days, y, bottom, turns)
    return y + turning.height(days, turns) + 8


def _plot(d: Drawing, days: Days, y: float, high: float, bars: Sequence[Bar]) -> float:
    def size(b: Bar, marks: Sequence[tuple[str, str]], planned: str) -> float:
        return max(sum(b.values[f] for f, _ in marks), b.values[planned])

    above = max([*(size(b, _ABOVE, "planned_conflict") for b in bars), *(b.high or 0.0 for b in bars)])
    below = max([*(size(b, _BELOW, "planned_cooperation") for b in bars), *(b.calm or 0.0 for b in bars)])
    steps = ticks(max(above, below, 0.5), 5)
    step = steps[1]
    up = max(1, math.ceil(above / step - 1e-9)) * step
    down = max(1, math.ceil(below / step - 1e-9)) * step
    scale = high / (up + down)
    zero = y + up * scale

    for i in range(-round(down / step), round(up / step) + 1):
        at = zero - i * step * scale
        d.line([(days.left, at), (days.right, at)], "grid", 0.8)
        d.text(days.left - 6, at + 3.5, f"{abs(i * step):g}", 10, "soft", at="end")
    for b in bars:
        if b.gap:
            d.hatched(days.x(b.first), y, days.x(b.last + 1) - days.x(b.first), high, "band", 5)
    _band(d, days, zero, scale, bars)
    for b in bars:
        x, w = days.x(b.first), days.x(b.last + 1) - days.x(b.first)
        x, w = (x + w * 0.11, w * 0.78) if w > 4 else (x, w)
        for marks, sign, planned in ((_ABOVE, -1, "planned_conflict"), (_BELOW, 1, "planned_cooperation")):
            at = 0.0
            for field, kind in marks:
                value = b.values[field]
                if value <= 0:
                    continue
                top = zero - (at + value) * scale if sign < 0 else zero + at * scale
                d.rect(x, top, w, value * scale, kind)
                if field == "threats" and w > 2:
                    d.hatched(x, top, w, value * scale, "conflict-deeds", 4)
                at += value
            if ahead := b.values[planned]:
                top = zero - ahead * scale if sign < 0 else zero
                d.rect(x, top, w, ahead * scale, "paper", fill_opacity=0, stroke="#1b1b1b", stroke_width=0.8)
    _averages(d, days, zero, scale, bars)
    d.line([(days.left, zero), (days.right, zero)], "ink", 1.2)
    d.text(days.left + 3, y - 5, _unit(bars), 10, "soft", halo=True)
    d.text(days.left + 3, y + high - 4, "↓ cooperation", 10, "soft", halo=True)
    return y + high


def _unit(bars: Sequence[Bar]) -> str:
    days = max(b.last - b.first + 1 for b in bars)
    return "↑ conflict, points a day" + (f", each bar the mean of {days} days" if days > 1 else "")


def _band(d: Drawing, days: Days, zero: float, scale: float, bars: Sequence[Bar]) -> None:
    """The band of chance, broken where nothing is known."""
    for run in _runs(bars):
        if len(run) > 1:
            top = [(_middle(days, b), zero - (b.high or 0.0) * scale) for b in run]
            low = [(_middle(days, b), zero - (b.low or 0.0) * scale) for b in reversed(run)]
            d.path(through([*top, *low], close=True), "band", fill_opacity=0.55)


def _averages(d: Drawing, days: Days, zero: float, scale: float, bars: Sequence[Bar]) -> None:
    """The lines of the averages, edged in white where they cross bars."""
    for run in _runs(bars):
        at = [_middle(days, b) for b in run]
        slow = [(x, zero - (b.level or 0.0) * scale) for x, b in zip(at, run, strict=True)]
        fast = [(x, zero - (b.fast or 0.0) * scale) for x, b in zip(at, run, strict=True)]
        calm = [(x, zero + (b.calm or 0.0) * scale) for x, b in zip(at, run, strict=True)]
        for points, wide, dash in ((fast, 1.2, True), (calm, 1.8, False), (slow, 2.2, False)):
            if all(y == zero for _, y in points) and points is calm:
                continue
            d.line(points, "paper", wide + 2, stroke_opacity=0.8)
            d.line(points, "ink", wide, **({"stroke_dasharray": "4 3"} if dash else {}))


def _middle(days: Days, b: Bar) -> float:
    return (days.x(b.first) + days.x(b.last + 1)) / 2


def _runs(bars: Sequence[Bar]) -> list[list[Bar]]:
    runs: list[list[Bar]] = [[]]
    for b in bars:
        if b.level is None:
            runs.append([])
        else:
            runs[-1].append(b)
    return [r for r in runs if r]


def _coverage(d: Drawing, days: Days, y: float, bars: Sequence[Bar]) -> None:
    """How many reports a day the store has: a busier press is no escalation."""
    top = max((b.reports for b in bars), default=0.0) or 1.0
    high = 20.0
    d.text(days.left - 6, y + 10, "reports", 9.5, "soft", at="end")
    d.text(days.left - 6, y + 20, f"≤ {top:.0f} a day" if top < 1000 else f"≤ {top:.0f}", 8.5, "soft", at="end")
    for b in bars:
        if b.reports > 0:
            x, w = days.x(b.first), days.x(b.last + 1) - days.x(b.first)
            d.rect(
                x,
                y + high * (1 - b.reports / top),
                w * (0.78 if w > 4 else 1),
                high * b.reports / top,
                "soft",
                fill_opacity=0.6,
            )
    d.line([(days.left, y + high), (days.right, y + high)], "soft", 0.8)
