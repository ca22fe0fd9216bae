"""The bundled dossier: Iran and the United States, 2 to 17 January 2020, as Wikipedia's current events told it day by day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("rensa")

import detente
from detente import link
from detente.records import Claim, Document, Event, Incident

_DOSSIER = Path(detente.__file__).parent / "demo" / "dossier.jsonl"


@pytest.fixture(scope="module")
def linked() -> tuple[link.Linked, dict[str, Event]]:
    documents = [Document(**json.loads(line)) for line in _DOSSIER.read_text("utf-8").splitlines()]
    outcomes = list(detente.outcomes(documents))
    events = {e.event_id: e for o in outcomes for e in o.events}
    return link.link((o.document, o.events) for o in outcomes), events


def _of(linked: tuple[link.Linked, dict[str, Event]], *words: str) -> set[Incident]:
    """Incidents with an event whose trigger is one of these words."""
    found, events = linked
    return {i for i in found.incidents if any(events[e].trigger.text in words for e in i.events)}


def _claims(linked: tuple[link.Linked, dict[str, Event]], incident: Incident) -> list[Claim]:
    return [c for c in linked[0].claims if c.incident_id == incident.incident_id]


def test_the_strike_of_3_january_is_one_incident(linked: tuple[link.Linked, dict[str, Event]]) -> None:
    strikes = _of(linked, "missile strike", "airstrike", "assassination", "targeted killing")
    assert len(strikes) == 1
    strike = strikes.pop()
    assert strike.reports >= 8
    assert strike.origins >= 5
    assert strike.type == "ASSAULT"
    assert "USA" in {p.country for p in strike.actors}
    assert any("Soleimani" in (p.name or "") for p in strike.recipients)
    assert strike.date is not None and strike.date.start_date is not None and strike.date.start_date <= "2020-01-03"


def test_the_airliner_is_claimed_denied_and_admitted(linked: tuple[link.Linked, dict[str, Event]]) -> None:
    plane = _of(linked, "shot down").pop()
    ledger = [c for c in _claims(linked, plane) if c.attribute == "who" and c.value and "Iran" in c.value]
    told = [(c.said, c.polarity, c.claimant.country if c.claimant else None) for c in ledger]
    denied = [(said, who) for said, polarity, who in told if polarity == "denies"]
    admitted = [(said, who) for said, polarity, who in told if polarity == "confirms"]
    assert denied[0] == ("2020-01-10", "IRN")
    assert admitted[0] == ("2020-01-11", "IRN")
    assert any(polarity == "claims" and who not in ("IRN", None) for _, polarity, who in told)
    denial = next(c for c in ledger if c.polarity == "denies")
    answered = next(c for c in linked[0].claims if c.claim_id == denial.answers)
    assert answered.polarity == "claims" and answered.claimant is not None and answered.claimant.country == "CAN"
    assert denial.state == "disputed"  # what was said stays: nobody's word is a verdict


def test_every_claim_opens_at_its_words(linked: tuple[link.Linked, dict[str, Event]]) -> None:
    found, events = linked
    texts = {e.document.id: e for e in events.values()}
    assert found.claims
    for claim in found.claims:
        assert claim.document in texts
        assert claim.span.text
        assert claim.event_id in events
