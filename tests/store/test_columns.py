"""Records that are read as JSON straight from the query are those that the rows tell."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from detente.records import Claim, Document, Event, Incident
from detente.store import Filters, RejectedEvent, Store, columns
from detente.store.as_records import read_event

Coded = list[tuple[Document, Sequence[Event]]]


@pytest.mark.parametrize("keep", [True, False])
def test_events_are_as_their_rows(tmp_path: Path, coded: Coded, keep: bool) -> None:
    with Store(tmp_path / "s") as store:
        store.add_coded(coded)
        gone = next(store.events()).event_id
        store.correct(gone, by="ann", reject=True)
    with Store(tmp_path / "s", keep=keep) as store:
        rows = list(store._reading().event_rows(Filters(rejected=True)))
        found = list(store.events(rejected=True))
        assert [e.to_dict() for e in found if not isinstance(e, RejectedEvent)] == [
            read_event(r).to_dict() for r in rows if not r["rejected"]
        ]
        assert [e.event_id for e in found if isinstance(e, RejectedEvent)] == [gone]
        given = {e.event_id: e for _, events in coded for e in events}
        assert all(e == given[e.event_id] for e in store.events())
        assert all(hash(e.actors) == hash(given[e.event_id].actors) for e in store.events())  # tuples, no lists


@pytest.mark.parametrize("keep", [True, False])
def test_incidents_and_claims_are_as_their_rows(tmp_path: Path, coded: Coded, keep: bool) -> None:
    with Store(tmp_path / "s", keep=keep) as store:
        store.add_coded(coded)
        incidents, claims = list(store.incidents()), list(store.claims())
        fetch = store._reading().seen.fetch
        rows = {r["incident_id"]: r for r in fetch("SELECT * FROM incidents")}
        for one in incidents:
            told = Incident.from_dict(rows[one.incident_id])
            assert one.to_dict() == told.to_dict() | {n: one.to_dict()[n] for n in ("events", "claims", "links")}
        assert {c.claim_id: c for c in claims} == {
            r["claim_id"]: Claim.from_dict(r) for r in fetch("SELECT * FROM claims")
        }
        plain = [{**i.to_dict(), "events": [], "claims": [], "links": []} for i in incidents]
        assert [i.to_dict() for i in store.measuring().measured(Filters())] == plain


@pytest.mark.parametrize("keep", [True, False])
def test_files_of_an_older_detente_lack_columns(tmp_path: Path, coded: Coded, keep: bool) -> None:
    """A column, and a field of a nested one, that were not there when the files were written are null."""
    with Store(tmp_path / "s") as store:
        store.add_coded(coded)
        before = {e.event_id: e for e in store.events()}
        claims = list(store.claims())
    for table, older in (
        (
            "events",
            "* EXCLUDE (attribution) REPLACE (struct_pack(text := date.text, start_date := date.start_date) AS date)",
        ),
        ("claims", "* EXCLUDE (low, high)"),
    ):
        for file in (tmp_path / "s" / table).glob("*.parquet"):
            duckdb.execute(f"COPY (SELECT {older} FROM '{file}') TO '{file}.new' (FORMAT parquet)")
            Path(f"{file}.new").replace(file)
    with Store(tmp_path / "s", keep=keep) as store:
        for event in store.events():
            old = before[event.event_id]
            assert event.attribution is None
            assert (event.date and event.date.start_date) == (old.date and old.date.start_date)
            assert event.date is None or event.date.granularity is None
            assert event.actors == old.actors
        assert [c.claim_id for c in store.claims()] == [c.claim_id for c in claims]
        assert {c.low for c in store.claims()} == {None}


def test_the_collector_of_cycles_waits_only_meanwhile() -> None:
    assert gc.isenabled()
    with columns.making_many():
        assert not gc.isenabled()
        with columns.making_many():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), columns.making_many():
        raise KeyError
    assert gc.isenabled()
    gc.disable()  # who wants it off has it off
    try:
        with columns.making_many():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
