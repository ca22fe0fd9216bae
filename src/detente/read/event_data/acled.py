"""ACLED files: CSV with a header. ACLED's codebook says that actor 1 and actor 2 do not tell who began: the direction is nominal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from detente.errors import RecordError
from detente.knowledge.codes import countries_by
from detente.knowledge.tables import read_table
from detente.read.event_data import names
from detente.read.event_data.fields import day, made_of, told, whole
from detente.read.event_data.record import DyadEvent, Side

# Actor types (inter1, inter2): the words of 2024 and the numbers before.
_INTER = {
    "state forces": "MIL", "1": "MIL", "rebel group": "REB", "rebel forces": "REB", "2": "REB", "political militia": "UAF", "3": "UAF",
    "identity militia": "UAF", "4": "UAF", "rioters": "CVL", "5": "CVL", "protesters": "CVL", "6": "CVL", "civilians": "CVL",
    "7": "CVL", "external/other forces": "MIL", "other forces": "MIL", "8": "MIL",
}  # fmt: skip
_OF_PLACE = frozenset(("rioters", "protesters", "civilians", "5", "6", "7"))


@cache
def _kinds() -> dict[str, tuple[str, str]]:
    rows = read_table(Path(__file__).parent / "acled_kinds.tsv", ("event_type", "sub_event_type", "type", "mode"))
    return {sub.lower(): (type_, mode) for _, sub, type_, mode in rows}


def _side(row: Mapping[str, str], n: int) -> Side:
    name = told(row.get(f"actor{n}"))
    inter = told(row.get(f"inter{n}")).lower()
    if not name:
        return Side()
    sector = "COP" if "police" in name.lower() else _INTER.get(inter)
    country = names.country_in(name)
    if country is None and inter in _OF_PLACE:  # people without a mark of their own are of where it happened
        country = countries_by("isonumeric").get(told(row.get("iso")).zfill(3)) or names.country(
            told(row.get("country"))
        )
    return Side(country, (sector,) if sector else (), name)


def rows(row: Mapping[str, str]) -> Iterator[DyadEvent]:
    """The event of a line, if PLOVER has a type for its kind. Raises RecordError for a line that is none."""
    sub = told(row.get("sub_event_type"))
    on = day(row["event_date"], "event_date")
    if sub.lower() not in _kinds():
        raise RecordError(f"sub_event_type {sub!r} is none of ACLED's")
    kind, mode = _kinds()[sub.lower()]
    if kind:
        yield from made_of(
            kind, (mode,) if mode else (), sub, on, [_side(row, 1)], [_side(row, 2)],
            killed=whole(told(row.get("fatalities")), "fatalities"), event_id=row.get("event_id_cnty", ""), format="acled",
        )  # fmt: skip
