"""An analyst's word is laid over the machine's, survives re-coding, and can be taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from detente.errors import DetenteError
from detente.records import Document, Event
from detente.store import Store

Coded = list[tuple[Document, Sequence[Event]]]


def the(store: Store, words: str) -> Event:
    return next(e for e in store.events() if e.trigger.text == words)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"type": "COERCE"}, lambda e: (e.type, e.modes, e.quad) == ("COERCE", (), 4)),
        ({"type": "ASSAULT/drone+targeted"}, lambda e: (e.type, e.modes) == ("ASSAULT", ("drone", "targeted"))),
        ({"status": "denied"}, lambda e: e.status == "denied"),
        ({"actor": "IRN:MIL"}, lambda e: [(a.country, a.sectors) for a in e.actors] == [("IRN", ("MIL",))]),
        ({"recipient": ["Hezbollah", "USA"]}, lambda e: [a.country for a in e.recipients] == ["LBN", "USA"]),
        ({"actor": ""}, lambda e: e.actors == ()),
        ({"place": "Mosul"}, lambda e: (e.place.country, e.place.basis) == ("IRQ", "corrected by ann")),
        ({"place": "33.3,44.4"}, lambda e: (e.place.latitude, e.place.longitude) == (33.3, 44.4)),
        ({"place": ""}, lambda e: e.place is None),
        ({"date": "2020-01-02..2020-01-03"}, lambda e: (e.date.start_date, e.date.end_date) == ("2020-01-02", "2020-01-03")),
        ({"type": "THREATEN", "status": "planned"}, lambda e: (e.type, e.status) == ("THREATEN", "planned")),
    ],
)  # fmt: skip
def test_each_answer(store: Store, answer: dict[str, Any], seen: Any) -> None:
    event = the(store, "condemned")
    assert store.correct(event.event_id[:12], by="ann", why="read it again", **answer).startswith("cor1-")
    assert seen(the(store, "condemned"))
    shown = store.show(event.event_id)
    assert [(c.by, c.why) for c in shown.corrections] == [("ann", "read it again")] * len(answer)
    assert store.verify() == []


def test_the_machines_answer_is_kept_and_shown(store: Store) -> None:
    event = the(store, "condemned")
    store.correct(event.event_id, by="ann", type="THREATEN")
    (one,) = store.show(event.event_id).corrections
    assert (one.value, one.machine) == (
        {"type": "THREATEN", "modes": []},
        {"type": "ACCUSE", "modes": list(event.modes)},
    )
    store.correct(event.event_id, by="bob", restore=True)
    assert the(store, "condemned") == event


def test_a_filter_sees_the_corrected_answer(store: Store) -> None:
    store.correct(the(store, "condemned").event_id, by="ann", type="SANCTION", recipient="FRA")
    assert [e.trigger.text for e in store.events(type="SANCTION", dyad="FRA-IRN")] == ["condemned"]
    assert "condemned" not in {e.trigger.text for e in store.events(type="ACCUSE")}
    assert [i.type for i in store.incidents(recipient="FRA")] == ["SANCTION"]


def test_what_was_known_before_a_correction(store: Store) -> None:
    event = the(store, "condemned")
    time.sleep(0.01)
    then = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{time.time_ns() // 1000 % 1_000_000:06}"
    time.sleep(0.01)
    store.correct(event.event_id, by="ann", status="possible")
    assert next(e for e in store.events(as_of=then) if e.event_id == event.event_id) == event


def test_rejected_is_listed_no_more_and_can_come_back(store: Store) -> None:
    event = the(store, "fired rockets")
    count, incidents = len(list(store.events())), len(list(store.incidents()))
    store.correct(event.event_id, by="ann", why="a metaphor", reject=True)
    assert (len(list(store.events())), len(list(store.incidents()))) == (count - 1, incidents - 1)
    assert len(list(store.events(rejected=True))) == count
    assert store.verify() == []
    store.correct(event.event_id, by="ann", restore=True)
    assert (len(list(store.events())), len(list(store.incidents()))) == (count, incidents)
    assert store.verify() == []


def test_corrections_survive_recoding_and_a_lost_control_database(store: Store, recoded: Coded) -> None:
    store.correct(the(store, "condemned").event_id, by="ann", status="possible")
    store.correct(the(store, "threatened").event_id, by="ann", reject=True)
    store.close()
    for path in store.path.glob("control.sqlite*"):
        path.unlink()
    assert store.add_coded(recoded).recoded == 4
    assert the(store, "condemned").status == "possible"
    assert the(store, "condemned").coder.version == "0.9"  # type: ignore[union-attr]
    assert "threatened" not in {e.trigger.text for e in store.events()}
    assert len(store.show(the(store, "condemned").event_id).corrections) == 1
    assert store.verify() == []


def test_a_correction_is_dropped_where_a_new_version_has_other_words(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add(
            [
                Document("Iran condemned the United States.", id="a"),
                Document("Iraq condemned the United States.", id="b"),
            ]
        )
        for event in list(store.events()):
            store.correct(event.event_id, by="ann", status="generic")
        store.add(
            [
                Document("Iran denounced the United States.", id="a"),
                Document("Iraq condemned the United States again.", id="b"),
            ]
        )
        assert {e.document.id: e.status for e in store.events()} == {"a": "actual", "b": "generic"}


def test_merge_and_split(store: Store) -> None:
    one, other = the(store, "condemned"), the(store, "fired rockets")
    count = len(list(store.incidents()))
    old = {store.show(e.event_id).incident.incident_id for e in (one, other)}
    assert len(old) == 2
    store.correct(one.event_id, by="ann", why="one plan", merge=other.event_id)
    merged = store.show(one.event_id)
    assert {one.event_id, other.event_id} <= set(merged.incident.events)
    assert len(list(store.incidents())) == count - 1
    for name in old:  # both old ids lead there
        assert store.show(name).incident.incident_id == merged.incident.incident_id
    assert set(merged.aliases) == old - {merged.incident.incident_id}
    assert store.verify() == []
    store.correct(one.event_id, by="bob", split=other.event_id)
    assert store.show(one.event_id).incident.incident_id != store.show(other.event_id).incident.incident_id
    assert store.verify() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"type": "WAR"}, {"type": "ACCUSE/drone"}, {"status": "maybe"}, {"place": "Zqxville"}, {"date": "June"}, {"actor": "IRN:XXX"},
        {"date": "2020-01-05..2020-01-01"}, {"merge": "det1-nothing"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_what_cannot_be_corrected_changes_nothing(store: Store, wrong: dict[str, Any]) -> None:
    event = the(store, "condemned")
    with pytest.raises(DetenteError):
        store.correct(event.event_id, by="ann", **wrong)
    assert the(store, "condemned") == event
    assert store.verify() == []


def test_what_is_alone_cannot_be_split(store: Store) -> None:
    with pytest.raises(DetenteError, match="alone"):
        store.correct(the(store, "fired rockets").event_id, by="ann", split=True)


def test_one_report_of_several_is_split_off(store: Store) -> None:
    incident = max(store.incidents(), key=lambda i: len(i.events))
    first, *others = incident.events
    store.correct(first, by="ann", split=True)
    assert store.show(first).incident.events == (first,)
    assert not any(first in store.show(e).incident.events for e in others)
    assert store.verify() == []


def test_somebody_must_say_so(store: Store) -> None:
    with pytest.raises(DetenteError, match="--by"):
        store.correct(the(store, "condemned").event_id, by=" ", reject=True)
    with pytest.raises(DetenteError):
        store.correct("det1-nothing", by="ann", reject=True)
