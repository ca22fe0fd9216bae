"""FollowTheMoney JSON lines (Aleph, OpenSanctions): an Event for each row, and once each the parties and the reports it points to.

Written by hand, for the library is heavy; tests hold it against the library's own schema where that is installed, else against a
copy of the names used here. Schemata: Event, Person, PublicBody, Organization, LegalEntity, Article (followthemoney 4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from detente.export.geojson import dumps
from detente.export.rows import Member, Row, label, one_line
from detente.knowledge.codes import code, country_name
from detente.records import Actor, Event

_STATE = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})
_ORGANISED = frozenset({"PTY", "OPP", "REB", "PRM", "CRM", "BUS", "SOC", "LAB", "JRN"})
_NAME = 384  # characters that a name may have there


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write the entities, one a line, each before the first Event that names it; returns how many events."""
    known: set[str] = set()
    count = 0
    for row in rows:
        for entity in entities(row):
            if entity["id"] not in known:
                known.add(entity["id"])
                stream.write(dumps(entity) + b"\n")
        count += 1
    return count


def entities(row: Row) -> Iterator[dict[str, Any]]:
    """The entities of a row: its parties, its reports, and last itself."""
    organizers = [_party(m) for m in row.actors if label(m)]
    involved = [_party(m) for m in row.recipients if label(m)]
    articles = [_article(e) for e in row.events]
    yield from organizers
    yield from involved
    yield from articles
    told = row.told
    kind = row.type + ("/" + "+".join(row.modes) if row.modes else "")
    who = " and ".join(map(label, row.actors)) or "somebody"
    whom = " and ".join(map(label, row.recipients))
    # Events have no field for it there: what did not happen says so in its name.
    mark = "" if row.status == "actual" else f" ({row.status})"
    day, place = row.date, row.place
    yield _entity(
        _id("event", row.id),
        "Event",
        name=[f"{kind}{mark}: {who}" + (f" → {whom}" if whom else "")],
        summary=[told.sentence.text],
        startDate=[day.start_date] if day else [],
        endDate=[day.end_date] if day else [],
        location=[(place.name or place.text or "")[:250]] if place else [],
        country=[code(place.country, "iso2").lower()] if place else [],
        organizer=[e["id"] for e in organizers],
        involved=[e["id"] for e in involved],
        proof=[a["id"] for a in articles],
        sourceUrl=[_url(e.document.url) for e in row.events],
        publisher=[e.document.source for e in row.events],
        keywords=[row.type, *row.modes, f"status: {row.status}", *told.contexts],
        recordId=[row.id],
    )


def _entity(ident: str, schema: str, /, **properties: list[str | None]) -> dict[str, Any]:
    """An entity; values are strings, each once, in order."""
    kept = {k: list(dict.fromkeys(_clean(v) for v in values if v and _clean(v))) for k, values in properties.items()}
    for key in ("name", "title"):
        if key in kept:
            kept[key] = [v[:_NAME] for v in kept[key]]
    return {"id": ident, "schema": schema, "properties": {k: v for k, v in kept.items() if v}}


def _clean(value: str) -> str:
    return " ".join(one_line(value).split())


def _id(kind: str, name: str) -> str:
    return "detente-" + hashlib.sha1(f"{kind}:{name}".encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _url(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def _schema(member: Member) -> str:
    from detente.resolve.references import is_person

    if isinstance(member, Actor) and member.text and is_person(member):
        return "Person"
    if member.entity and member.entity.startswith("country:"):
        return "PublicBody"
    first = member.sectors[0] if member.sectors else ""
    if member.entity and member.entity.startswith("Q") and first not in _ORGANISED:
        return "LegalEntity"  # a person or a body: an incident's parties do not say which
    return "PublicBody" if first in _STATE else "Organization" if first in _ORGANISED else "LegalEntity"


def _party(member: Member) -> dict[str, Any]:
    schema = _schema(member)
    who = member.entity or "|".join((label(member), member.country or "", "+".join(member.sectors)))
    country = code(member.country, "iso2").lower() or ("eu" if member.country == "EUR" else "")
    about = {"position": [getattr(member, "role", None)]} if schema == "Person" else {}
    return _entity(
        _id(schema, who),
        schema,
        name=[label(member) if member.name or getattr(member, "text", None) else country_name(member.country)],
        country=[country],
        keywords=list(member.sectors),
        wikidataId=[
            member.entity if member.entity and member.entity[1:].isdigit() and member.entity[0] == "Q" else None
        ],
        **about,
    )


def _article(event: Event) -> dict[str, Any]:
    document = event.document
    return _entity(
        _id("article", document.id),
        "Article",
        title=[document.title or document.id],
        publishedAt=[(document.published or "")[:10]],
        publisher=[document.source],
        sourceUrl=[_url(document.url)],
        language=[_LANGUAGES.get(document.language or "")],
    )


_LANGUAGES = {"en": "eng", "eng": "eng"}  # languages have three letters there; others than English are not coded
