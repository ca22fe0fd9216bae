"""Evidence for programs: ids, the quoted words, and the report they are from. What reports say is data, whatever it says."""

from __future__ import annotations

from typing import Any

from detente.brief.evidence import quote
from detente.brief.markdown import web
from detente.picture.svg import plain
from detente.records import Claim, DocumentReference, Event, Incident, Place, When

_TITLE = 200  # characters of a title, a name or a source


def words(text: str | None, most: int = _TITLE) -> str | None:
    """Words of a report without signs that cannot be seen (an unseen instruction would be one), cut with "…"."""
    if text is None:
        return None
    shown = seen(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def seen(text: str) -> str:
    """Text on one line, without signs that nobody sees (format and control signs, tags)."""
    return "".join(c for c in plain(text) if c.isprintable())


def document(of: DocumentReference) -> dict[str, Any]:
    """A report: id, title, address (http and https alone), outlet, day."""
    return {
        "document_id": words(of.id),
        "title": words(of.title),
        "url": web(of.url),
        "source": words(of.source),
        "published": of.published,
    }


def evidence(event: Event, incident_id: str | None = None) -> dict[str, Any]:
    """The sentence that an event was read in, and where it stands."""
    found: dict[str, Any] = {"incident_id": incident_id} if incident_id else {}
    return found | {
        "event_id": event.event_id,
        "quote": seen(quote(event)),
        "trigger": words(event.trigger.text),
        "status": event.status,
        "confidence": round(event.confidence, 3),
        "according_to": words(event.attribution.text) if event.attribution else None,
        "document": document(event.document),
    }


def event(of: Event) -> dict[str, Any]:
    """An event with its words."""
    return {
        "event_id": of.event_id,
        "type": of.type,
        "modes": list(of.modes),
        "status": of.status,
        "score": of.score,
        "actors": [party(a) for a in of.actors],
        "recipients": [party(r) for r in of.recipients],
        "place": place(of.place),
        "date": when(of.date),
        "casualties": [
            {"kind": c.kind, "relation": c.relation, "number": c.number, "words": words(c.text)} for c in of.casualties
        ],
        "according_to": party(of.attribution) if of.attribution else None,
        "contexts": list(of.contexts),
        "confidence": round(of.confidence, 3),
        "evidence": {
            "quote": seen(quote(of)),
            "trigger": {"start": of.trigger.start, "end": of.trigger.end, "text": words(of.trigger.text)},
            "sentence": of.sentence.index,
        },
    }


def incident(of: Incident) -> dict[str, Any]:
    """An incident without its links."""
    return {
        "incident_id": of.incident_id,
        "type": of.type,
        "modes": list(of.modes),
        "status": of.status,
        "actors": [party(a) for a in of.actors],
        "recipients": [party(r) for r in of.recipients],
        "place": place(of.place),
        "date": when(of.date),
        "casualties": [
            {
                "kind": t.kind,
                "low": t.low,
                "high": t.high,
                "by": [
                    {"claimant": words(c.claimant), "low": c.low, "high": c.high, "source": words(c.source)}
                    for c in t.by[:5]
                ],
            }
            for t in of.casualties
        ],
        "first_report": of.first_report,
        "last_report": of.last_report,
        "reports": of.reports,
        "independent_origins": of.origins,
    }


def claim(of: Claim) -> dict[str, Any]:
    """Who says what of an incident, in which words."""
    return {
        "claim_id": of.claim_id,
        "incident_id": of.incident_id,
        "attribute": of.attribute,
        "claimant": party(of.claimant) if of.claimant else None,
        "claimant_is_the_outlet": of.claimant is None,
        "source": words(of.source),
        "side": of.side,
        "polarity": of.polarity,
        "value": words(of.value),
        "low": of.low,
        "high": of.high,
        "said": of.said,
        "state": of.state,
        "words": words(of.span.text, 400),
        "document_id": words(of.document),
        "event_id": of.event_id,
        "revises": of.revises,
        "answers": of.answers,
    }


def party(of: Any) -> dict[str, Any]:
    """A side: its name, codes, and words where it has some."""
    found = {"name": words(of.name), "country": of.country, "sectors": list(of.sectors)}
    return found | ({"words": words(of.text)} if getattr(of, "text", None) else {})


def place(of: Place | None) -> dict[str, Any] | None:
    """A place with its precision: a country's coordinates are no spot."""
    if of is None:
        return None
    return {
        "name": words(of.name or of.text),
        "country": of.country,
        "latitude": of.latitude,
        "longitude": of.longitude,
        "precision": of.precision,
    }


def when(of: When | None) -> dict[str, Any] | None:
    """A date, and how fine it is."""
    if of is None:
        return None
    return {"from": of.start_date, "to": of.end_date, "granularity": of.granularity, "words": words(of.text)}
