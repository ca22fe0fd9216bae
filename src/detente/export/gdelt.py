"""GDELT 2.0: the events table (61 columns) and the mentions table (16), tab-separated, without a header line.

Columns and meanings: GDELT Event Database, data format codebook 2.0 (2015-02-19). What GDELT has and we do not (tone, ethnic and
religious codes, the actors' own places) stays empty; docs/export.md lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import BinaryIO

from detente import ontology
from detente.export import tabs
from detente.export.rows import Member, Row, day, label, sides
from detente.export.tabs import Cell
from detente.knowledge.codes import code, country_name
from detente.ontology import cameo
from detente.ontology.sectors import words
from detente.records import Event, Place

# Codes of no state: CAMEO's actor code, its known group and its type.
_INTERNATIONAL = {
    "UNO": ("IGOUNO", "UNO", "IGO"), "EUR": ("IGOEUREEC", "EEC", "IGO"), "IGO": ("IGO", "", "IGO"), "NGO": ("NGO", "", "NGO"),
    "ISM": ("INT", "", "INT"), "IMG": ("IMG", "", "IMG"), "MNC": ("MNC", "", "MNC"),
}  # fmt: skip
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")


def _first(parties: Sequence[Member]) -> Member | None:
    return parties[0] if parties else None


def _actor(side: int) -> dict[str, Callable[[Row], Cell]]:
    """The ten columns of an actor; only the first of a side has room."""

    def of(row: Row) -> Member | None:
        return _first(sides(row)[side - 1])

    def types(row: Row) -> list[str]:
        one = of(row)
        if one is None:
            return []
        international = _INTERNATIONAL.get(one.country or "")
        found = [international[2]] if international else []
        return found + [w for w in words("cameo", one.sectors) if w not in found]

    def whole(row: Row) -> Cell:
        one = of(row)
        if one is None:
            return None
        international = _INTERNATIONAL.get(one.country or "")
        if international:
            return international[0] + "".join(types(row)[1:])
        return (one.country or "") + "".join(types(row))

    def country(row: Row) -> Cell:
        one = of(row)
        return one.country if one and one.country not in _INTERNATIONAL else None

    def group(row: Row) -> Cell:
        one = of(row)
        return _INTERNATIONAL[one.country][1] if one and one.country in _INTERNATIONAL else None

    def name(row: Row) -> Cell:
        one = of(row)
        return label(one).upper() if one else None

    def nth(n: int) -> Callable[[Row], Cell]:
        return lambda row: types(row)[n] if len(types(row)) > n else None

    actor = f"Actor{side}"
    return {
        f"{actor}Code": whole,
        f"{actor}Name": name,
        f"{actor}CountryCode": country,
        f"{actor}KnownGroupCode": group,
        f"{actor}EthnicCode": _nothing,
        f"{actor}Religion1Code": _nothing,
        f"{actor}Religion2Code": _nothing,
        f"{actor}Type1Code": nth(0),
        f"{actor}Type2Code": nth(1),
        f"{actor}Type3Code": nth(2),
    }


def _nothing(_: Row) -> Cell:
    return None


def _digits(length: int) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        on = day(row)
        return on.replace("-", "")[:length] if on else None

    return cell


def _fraction(row: Row) -> Cell:
    """The codebook's own formula: the year, and (month * 30 + day) / 365 of it."""
    told = day(row)
    if not told:
        return None
    on = date.fromisoformat(told)
    return f"{on.year + (on.month * 30 + on.day) / 365:.4f}"


def _event_code(row: Row) -> cameo.Code:
    return cameo.code_of(row.type, row.modes)


def _geo_type(place: Place | None) -> int:
    """1 country, 2 US state, 3 US city, 4 city elsewhere, 5 division elsewhere; 0 none."""
    if place is None or not place.country:
        return 0
    if place.precision == "country" or place.precision is None:
        return 1
    in_usa = place.country == "USA"
    if place.precision in ("admin1", "region", "water"):
        return 2 if in_usa else 5
    return 3 if in_usa else 4


def full_name(place: Place | None) -> str | None:
    """ "Baghdad, Baghdad, Iraq"."""
    if place is None:
        return None
    parts = [place.name or place.text, place.admin1, country_name(place.country)]
    kept = [p for p in dict.fromkeys(parts) if p] if place.precision == "country" else [p for p in parts if p]
    return ", ".join(kept) or None


def stamp(published: str | None) -> str | None:
    """A publication time as YYYYMMDDHHMMSS in UTC; a day alone is its midnight."""
    if not published:
        return None
    if len(published) == 10:
        return published.replace("-", "") + "000000"
    at = datetime.fromisoformat(published)
    return (at if at.tzinfo is None else at.astimezone(UTC)).strftime("%Y%m%d%H%M%S")


def address(event: Event) -> str:
    """Where the report is to be found: its URL, else its id."""
    return event.document.url or event.document.id


_WHERE: dict[str, Callable[[Row], Cell]] = {
    "Type": lambda r: _geo_type(r.place),
    "FullName": lambda r: full_name(r.place),
    "CountryCode": lambda r: code(r.place.country, "fips") if r.place else None,
    # GDELT writes the country's own code where it has no division; FIPS codes of divisions we have none.
    "ADM1Code": lambda r: code(r.place.country, "fips") if r.place else None,
    "ADM2Code": _nothing,
    "Lat": lambda r: r.place.latitude if r.place else None,
    "Long": lambda r: r.place.longitude if r.place else None,
    # Ids of GNS and GNIS, which GeoNames ids are not; of a country its FIPS code.
    "FeatureID": lambda r: code(r.place.country, "fips") if r.place and _geo_type(r.place) == 1 else None,
}


def _no_place(side: int) -> dict[str, Callable[[Row], Cell]]:
    """The place of an actor itself, which no report tells us: type 0, all else empty."""
    return {f"Actor{side}Geo_{part}": (lambda _: 0) if part == "Type" else _nothing for part in _GEO}


#: Names as in the header that GDELT's users add (`GDELT_2.0_Events_Column_Labels`), in order.
COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "GLOBALEVENTID": lambda r: tabs.number(r.id),
    "SQLDATE": _digits(8),
    "MonthYear": _digits(6),
    "Year": _digits(4),
    "FractionDate": _fraction,
    **_actor(1),
    **_actor(2),
    "IsRootEvent": lambda r: int(r.told.sentence.index == 0),
    "EventCode": lambda r: _event_code(r).code,
    "EventBaseCode": lambda r: _event_code(r).code[:3],
    "EventRootCode": lambda r: _event_code(r).code[:2],
    "QuadClass": lambda r: cameo.quad(_event_code(r).code),
    "GoldsteinScale": lambda r: _event_code(r).goldstein,
    "NumMentions": lambda r: len(r.events),
    "NumSources": lambda r: r.origins,
    "NumArticles": lambda r: r.reports,
    "AvgTone": _nothing,
    **_no_place(1),
    **_no_place(2),
    **{f"ActionGeo_{part}": cell for part, cell in _WHERE.items()},
    "DATEADDED": lambda r: stamp(min((e.document.published or "" for e in r.events), default="")),
    "SOURCEURL": lambda r: address(r.told),
}


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write the events table; returns how many rows."""
    return tabs.write(rows, stream, COLUMNS, header=False)


Mention = tuple[Row, Event]


def _offset(parties: Sequence[Member]) -> int:
    start = getattr(_first(parties), "start", None)
    return -1 if start is None else int(start)


def _own_sides(event: Event) -> tuple[Sequence[Member], Sequence[Member]]:
    from detente.export.rows import of_event

    return sides(of_event(event))


MENTIONS: dict[str, Callable[[Mention], Cell]] = {
    "GLOBALEVENTID": lambda m: tabs.number(m[0].id),
    "EventTimeDate": lambda m: stamp(min((e.document.published or "" for e in m[0].events), default="")),
    "MentionTimeDate": lambda m: stamp(m[1].document.published),
    "MentionType": lambda m: 1 if m[1].document.url else 2,  # 1 a page of the web, 2 known by its citation alone
    "MentionSourceName": lambda m: m[1].document.source,
    "MentionIdentifier": lambda m: address(m[1]),
    "SentenceID": lambda m: m[1].sentence.index + 1,
    "Actor1CharOffset": lambda m: _offset(_own_sides(m[1])[0]),
    "Actor2CharOffset": lambda m: _offset(_own_sides(m[1])[1]),
    "ActionCharOffset": lambda m: m[1].trigger.start,
    "InRawText": lambda _: 1,
    "Confidence": lambda m: max(10, 10 * round(10 * m[1].confidence)),
    "MentionDocLen": lambda _: None,
    "MentionDocTone": lambda _: None,
    "MentionDocTranslationInfo": lambda _: None,
    "Extras": lambda _: None,
}


def write_mentions(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write the mentions table, one line for each event that tells of a row; returns how many."""

    def mentions() -> Iterator[Mention]:
        for row in rows:
            for event in sorted(row.events, key=lambda e: (e.document.published or "", e.document.id, e.trigger.start)):
                yield row, event

    return tabs.write(mentions(), stream, MENTIONS, header=False)


assert len(COLUMNS) == 61
assert len(MENTIONS) == 16
assert set(_INTERNATIONAL) <= set(ontology.ACTOR_CODES)
