"""Tension, alarms, turning points and forecasts as JSONL, CSV and tables."""

from __future__ import annotations

import csv as csv_
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

from detente.export.csv import safe
from detente.measure.counts import CountForecast
from detente.measure.occurrence import Forecast
from detente.measure.records import Alarm, Point, Tension, TurningPoint
from detente.records import Record

FORMATS = ("table", "jsonl", "csv")
OF_DIRECTION = ("conflict", "cooperation", "level", "direction", "n")


def tension(of: Tension, stream: IO[str], form: str, limit: int | None = None) -> int:
    """Write the points of a series, the earliest ``limit``, as ``form``; returns how many."""
    points = of.points[:limit]
    if form == "table":
        _table(stream, TENSION, points, of.reading.text)
        return len(points)
    rows = []
    for at, point in enumerate(points):
        sides = {name: {f: getattr(own[at], f) for f in OF_DIRECTION} for name, own in of.directions.items()}
        rows.append({"dyad": of.dyad, **point.to_dict(), "directions": sides})
    if form == "csv":
        for row in rows:
            ab, ba = [*row.pop("directions").values(), {}, {}][:2]
            row["incidents"] = "; ".join(row["incidents"])
            for name, side in (("a_to_b", ab), ("b_to_a", ba)):
                row |= {f"{f}_{name}": side.get(f) for f in OF_DIRECTION}
    columns = ["dyad", *Point.__dataclass_fields__]
    columns += [f"{f}_{name}" for name in ("a_to_b", "b_to_a") for f in OF_DIRECTION]
    _write(stream, rows, columns, form)
    return len(rows)


def records(rows: Sequence[Record], stream: IO[str], form: str, kind: str) -> int:
    """Write alarms, turning points or forecasts (``kind``: a key of `KINDS`) as ``form``; returns how many."""
    of, name, columns = KINDS[kind]
    if form == "table":
        _table(stream, columns, rows, f"{len(rows)} {name}")
        return len(rows)
    plain = [r.to_dict() for r in rows]
    if form == "csv":
        plain = [{k: _cell(v) for k, v in one.items()} for one in plain]
    _write(stream, plain, list(of.__dataclass_fields__), form)  # type: ignore[attr-defined]
    return len(plain)


def _cell(value: Any) -> Any:
    """Lists in one cell: parts by "; ", what a part holds by spaces."""
    if not isinstance(value, (list, tuple)):
        return value
    return "; ".join(" ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in value)


def _write(stream: IO[str], rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    if form == "jsonl":
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    sheet = csv_.writer(stream, lineterminator="\r\n")
    sheet.writerow(columns)
    for row in rows:
        sheet.writerow([safe(row[c]) for c in columns])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _arrow(point: Point) -> str:
    if point.direction is None or abs(point.direction) < 0.05:
        return ""
    return f"{'↑' if point.direction > 0 else '↓'} {abs(point.direction):.2f}"


#: Columns of the table of a series.
TENSION: dict[str, Callable[[Point], str]] = {
    "day": lambda p: p.day if p.day == p.until else f"{p.day} – {p.until}",
    "conflict": lambda p: "no report" if p.gap else _number(p.conflict),
    "deeds": lambda p: _number(p.deeds),
    "words": lambda p: _number(p.words),
    "threats": lambda p: _number(p.threats),
    "cooperation": lambda p: _number(p.cooperation),
    "level": lambda p: "" if p.level is None else f"{p.level:.2f} ({_number(p.low)}–{_number(p.high)})",
    "direction": _arrow,
    "planned": lambda p: (
        f"-{p.planned_conflict or 0:.1f} +{p.planned_cooperation or 0:.1f}"
        if p.planned_conflict or p.planned_cooperation
        else ""
    ),
    "incidents": lambda p: str(p.n),
    "reports": lambda p: f"{p.reports:.0f} ({p.origins:.0f})",
}
_ALARMS: dict[str, Callable[[Alarm], str]] = {
    "pair": lambda a: a.dyad,
    "raised": lambda a: a.raised,
    "cleared": lambda a: a.cleared or "stands",
    "peak": lambda a: a.peak,
    "surge": lambda a: f"{a.surge:.1f}",
    "cause": lambda a: a.cause,
}
_TURNS: dict[str, Callable[[TurningPoint], str]] = {
    "day": lambda t: t.day,
    "what": lambda t: t.kind,
    "": lambda t: t.text,
}
_FORECASTS: dict[str, Callable[[Forecast], str]] = {
    "who": lambda f: f.actor,
    "to whom": lambda f: f.recipient,
    "what": lambda f: f.type,
    "until": lambda f: f.until,
    "probability": lambda f: f"{f.probability:.0%}" if f.probability >= 0.1 else f"{f.probability:.1%}",
    "usual": lambda f: f"{f.usual:.0%}" if f.usual >= 0.1 else f"{f.usual:.1%}",
    "because of": lambda f: ", ".join(f"{r.day} {r.type}" for r in f.reasons[:3]),
}
_COUNTS: dict[str, Callable[[CountForecast], str]] = {
    "country": lambda f: f.country,
    "month": lambda f: f.month,
    "of": lambda f: f.of,
    "mean": lambda f: f"{f.mean:.1f}",
    "5 % to 95 %": lambda f: f"{f.quantiles[0]:.0f} – {f.quantiles[-1]:.0f}",
    "none": lambda f: f"{f.none:.0%}",
}
#: Of each kind of rows: its record, what several are called, the columns of their table.
KINDS: dict[str, tuple[type[Record], str, dict[str, Callable[[Any], str]]]] = {
    "alarms": (Alarm, "alarms", _ALARMS),
    "turns": (TurningPoint, "turning points", _TURNS),
    "forecasts": (Forecast, "forecasts", _FORECASTS),
    "counts": (CountForecast, "forecasts", _COUNTS),
}


def _table(stream: IO[str], columns: Mapping[str, Callable[[Any], str]], rows: Iterable[Any], foot: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False, width=None if stream.isatty() else 160)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row)) for cell in columns.values()))
    console.print(table)
    console.print(Text(foot))
