"""An analyst's word is laid over the machine's, survives re-coding, and can be taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.errors import DetenteError
from detente.records import Document, Event, Span
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


TEXT = "Iran condemned the United States. Iraq praised Turkey. Iraq condemned the United States."


def revised(store: Store, text: str) -> list[tuple[str, str]]:
    return store.add([Document(text, id="a", published="2020-01-12")]).lost


@pytest.mark.parametrize(
    "text",
    [
        "TEHRAN — Officials met on Sunday. " + TEXT,  # a sentence before it
        "Update: " + TEXT,
        TEXT.replace("Iraq condemned", "Iraq on Sunday condemned"),  # words within it
        TEXT.replace("Iran condemned the United States. ", ""),  # the same words elsewhere are gone
        "Iraq condemned the United States. Turkey condemned Syria.",
    ],
)
def test_a_correction_follows_its_words_in_a_new_version(tmp_path: Path, text: str) -> None:
    with Store(tmp_path / "s") as store:
        revised(store, TEXT)
        event = next(e for e in store.events() if e.trigger.start > 50)
        store.correct(event.event_id, by="ann", why="a joke", status="generic")
        assert revised(store, text) == []
        at = text.index("Iraq", text.index("praised") if "praised" in text else 0)
        assert {
            e.status
            for e in store.events()
            if e.sentence.start <= text.index("condemned the United States.", at) < e.sentence.end
        } == {"generic"}
        assert [e.status for e in store.events()].count("generic") == 1
        (one,) = store.corrections()
        assert (one.by, one.lost, one.document) == ("ann", None, "a")
        assert [
            c.correction_id
            for c in store.show(next(e for e in store.events() if e.status == "generic").event_id).corrections
        ] == [one.correction_id]
        assert store.verify() == []


def test_a_correction_without_its_words_is_listed_with_the_reason(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        revised(store, TEXT)
        event = next(e for e in store.events() if e.trigger.start > 50)
        store.correct(event.event_id, by="ann", status="generic")
        ((document, reason),) = revised(store, "Iran condemned the United States. Russia sent food and tents to Syria.")
        assert document == "a"
        assert "(status of det1-" in reason
        assert "no longer applies" in reason
        (one,) = store.corrections()
        assert one.lost
        assert {e.status for e in store.events()} == {"actual"}
        assert revised(store, "Turkey praised Syria.") == []  # it is told once
        # It comes back with its words, also after the control database is lost.
        store.close()
        for path in store.path.glob("control.sqlite*"):
            path.unlink()
        assert revised(store, "Again: " + TEXT) == []
        assert [e.status for e in store.events()].count("generic") == 1
        (one,) = store.corrections()
        assert one.lost is None
        assert store.verify() == []


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 0), (0, 1), (5, 0), (0, -5)], ids=["wider", "longer", "later", "shorter"]
)  # fmt: skip
def test_a_correction_follows_a_span_that_a_new_coder_moves(store: Store, recoded: Coded, start: int, end: int) -> None:
    """ "fired rockets" becomes " fired rockets", "fired rockets ", " rockets", or "fired ro" with a new coder."""
    event = the(store, "fired rockets")
    store.correct(event.event_id, by="ann", why="an exercise", type="MOBILIZE")

    def moved(document: Document, e: Event) -> Event:
        if e.trigger.text != "fired rockets":
            return e
        a, b = e.trigger.start + start, e.trigger.end + end
        return replace(e, trigger=Span(a, b, document.text[a:b]))

    done = store.add_coded([(d, [moved(d, e) for e in events]) for d, events in recoded])
    assert (done.recoded, done.lost) == (4, [])
    assert [e.trigger.start for e in store.events(type="MOBILIZE")] == [event.trigger.start + start]
    (one,) = store.show(next(store.events(type="MOBILIZE")).event_id).corrections
    assert (one.what, one.lost) == ("type", None)
    assert store.verify() == []


def test_a_correction_is_not_laid_over_another_event_of_its_sentence(store: Store, recoded: Coded) -> None:
    """A new coder that sees the shooting no more leaves the other events of the sentence alone."""
    store.correct(the(store, "shooting down").event_id, by="ann", reject=True)
    done = store.add_coded([(d, [e for e in events if e.trigger.text != "shooting down"]) for d, events in recoded])
    ((document, reason),) = done.lost
    assert document == "crash"
    assert "tells no event at 'shooting down'" in reason
    assert the(store, "accused")
    assert store.verify() == []


def test_a_merge_follows_both_of_its_events(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        texts = ["Iran condemned the United States.", "Police in Paris arrested six protesters."]
        store.add([Document(t, id=str(n), published="2020-01-12") for n, t in enumerate(texts)])
        store.correct(the(store, "condemned").event_id, by="ann", merge=the(store, "arrested").event_id)
        assert len(list(store.incidents())) == 1
        for n, t in enumerate(texts):
            store.add([Document(f"Some rain fell over the weekend. {t}", id=str(n), published="2020-01-12")])
            assert len(list(store.incidents())) == 1
        assert store.verify() == []
        assert store.add([Document("It rained.", id="1", published="2020-01-12")]).lost
        assert store.add([Document(f"{texts[1]} It rained.", id="1", published="2020-01-12")]).lost == []
        assert len(list(store.incidents())) == 1


def test_corrections_are_listed(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    from detente.cli import main

    store.correct(the(store, "condemned").event_id, by="ann", why="milder", status="possible")
    for form, words in (("table", "ann"), ("csv", "ann"), ("jsonl", '"by": "ann"')):
        assert main(["corrections", "--to", form, "--store", str(store.path)]) == 0
        assert words in capsys.readouterr().out


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
