"""A CSV laid out as ACLED's (31 columns). It is ACLED-like, not ACLED: coded by machine, from other sources, by other rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO

from detente.export.csv import Cell, safe
from detente.export.rows import Row, day, label, one_line, own_day, sides, toll
from detente.knowledge.codes import code, country_name
from detente.knowledge.tables import read_table
from detente.ontology.sectors import words

_ARMED = frozenset({"MIL", "COP", "REB", "UAF", "PRM", "SPY"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What ACLED calls a kind of event."""

    disorder: str
    event_type: str
    sub_event_type: str


@cache
def _kinds() -> dict[tuple[str, str, str], Kind]:
    columns = ("type", "mode", "against", "disorder", "event_type", "sub_event_type")
    rows = read_table(Path(__file__).parent / "acled_kinds.tsv", columns)
    return {(type_, mode, against): Kind(*names) for type_, mode, against, *names in rows}


def kind(row: Row) -> Kind | None:
    """What ACLED calls it: the first mode that it knows, else the type alone; None for what ACLED does not code."""
    armed = any(set(m.sectors) & _ARMED or m.country == "IMG" for m in sides(row)[1])
    harm = bool(toll(row, "killed") or toll(row, "injured"))
    against = ("harm", "") if harm else ("",)
    for mode in (*row.modes, ""):
        for one in (*against, "armed" if armed else "civilian"):
            if found := _kinds().get((row.type, mode, one)):
                return found
    return None


def leaves_out(row: Row) -> str | None:
    """Why a row has no place in the file."""
    return None if kind(row) else row.type


def _kind(row: Row) -> Kind:
    return kind(row) or Kind("", "", "")


def _inter(side: int) -> Callable[[Row], str]:
    def of(row: Row) -> str:
        parties = sides(row)[side]
        if not parties:
            return ""
        if row.type == "PROTEST" and side == 0:
            return "Rioters" if _kind(row).event_type == "Riots" else "Protesters"
        # Of a party without a sector nothing is known.
        return next(iter(words("acled", parties[0].sectors)), "")

    return of


def _inters(row: Row) -> str:
    return "-".join(filter(None, (_inter(side)(row) for side in (0, 1))))


def _others(side: int) -> Callable[[Row], Cell]:
    return lambda row: "; ".join(map(label, sides(row)[side][1:]))


def _actor(side: int) -> Callable[[Row], Cell]:
    def named(row: Row) -> Cell:
        parties = sides(row)[side]
        if not parties:
            return None
        name, country = label(parties[0]), country_name(parties[0].country)
        # As ACLED marks whose they are: "Police Forces of …", "Protesters (Iran)".
        return name if not country or country in name else f"{name} ({country})"

    return named


def _time_precision(row: Row) -> Cell:
    """1 the day, 2 a week or a few days, 3 longer, or the report's day alone."""
    if row.date is None or own_day(row) is None:
        return 3
    days = 1
    if row.date.start_date and row.date.end_date:
        days = (date.fromisoformat(row.date.end_date) - date.fromisoformat(row.date.start_date)).days + 1
    return 1 if days == 1 else 2 if days <= 7 else 3


def _geo_precision(row: Row) -> Cell:
    """1 the town or site, 2 its division, 3 a region or country."""
    precision = row.place.precision if row.place else None
    return {"city": 1, "site": 1, "admin1": 2, "region": 3, "water": 3, "country": 3}.get(precision or "")


def _timestamp(row: Row) -> Cell:
    published = row.told.document.published
    if not published:
        return None
    at = datetime.fromisoformat(published)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "event_id_cnty": lambda r: r.id,
    "event_date": day,
    "year": lambda r: (day(r) or "")[:4],
    "time_precision": _time_precision,
    "disorder_type": lambda r: _kind(r).disorder,
    "event_type": lambda r: _kind(r).event_type,
    "sub_event_type": lambda r: _kind(r).sub_event_type,
    "actor1": _actor(0),
    "assoc_actor_1": _others(0),
    "inter1": _inter(0),
    "actor2": _actor(1),
    "assoc_actor_2": _others(1),
    "inter2": _inter(1),
    "interaction": _inters,
    "civilian_targeting": lambda r: "Civilian targeting" if _inter(1)(r) == "Civilians" else None,
    "iso": lambda r: code(r.place.country, "isonumeric").lstrip("0") if r.place else None,
    "region": lambda _: None,
    "country": lambda r: country_name(r.place.country) if r.place else None,
    "admin1": lambda r: (r.place.name if r.place.precision == "admin1" else r.place.admin1) if r.place else None,
    "admin2": lambda _: None,
    "admin3": lambda _: None,
    "location": lambda r: (r.place.name or r.place.text) if r.place else None,
    "latitude": lambda r: r.place.latitude if r.place else None,
    "longitude": lambda r: r.place.longitude if r.place else None,
    "geo_precision": _geo_precision,
    "source": lambda r: r.told.document.source,
    "source_scale": lambda _: None,
    "notes": lambda r: r.told.sentence.text,
    "fatalities": lambda r: toll(r, "killed"),
    "tags": lambda r: "; ".join((f"detente: {r.type}", *r.modes)),
    "timestamp": _timestamp,
}


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write a header line and one line a row that ACLED has a kind for (others are passed over); returns how many."""
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="", write_through=True)
    try:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        count = 0
        for row in rows:
            if kind(row) is None:
                continue
            cells = (cell(row) for cell in COLUMNS.values())
            table.writerow(safe(one_line(c) if isinstance(c, str) else c) for c in cells)
            count += 1
        return count
    finally:
        text.detach()


assert len(COLUMNS) == 31
