"""What a store promises: nothing twice, nothing lost, what was known when."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import detente
from detente.errors import RecordError
from detente.link import link
from detente.records import Document, Event
from detente.store import Filters, Store, StoreError, layout, upkeep

Coded = list[tuple[Document, Sequence[Event]]]


def now() -> str:
    time.sleep(0.002)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{time.time_ns() // 1000 % 1_000_000:06}"


def test_events_come_back_as_they_went_in(store: Store, coded: Coded) -> None:
    assert {e.event_id: e for e in store.events()} == {e.event_id: e for _, events in coded for e in events}
    assert list(store.documents()) == [d for d, _ in coded]
    assert store.verify() == []


def test_the_same_document_twice_adds_nothing(store: Store, coded: Coded) -> None:
    before = [e.event_id for e in store.events()]
    again = store.add_coded(coded)
    assert (again.documents, again.events, again.known, again.runs) == (0, 0, 4, 0)
    assert [e.event_id for e in store.events()] == before


def test_incidents_and_claims_are_those_of_link(store: Store, coded: Coded) -> None:
    whole = link(coded)
    assert {i.incident_id: i.events for i in store.incidents()} == {i.incident_id: i.events for i in whole.incidents}
    assert set(store.claims()) == set(whole.claims)


def test_one_by_one_in_another_order_gives_the_same(tmp_path: Path, coded: Coded) -> None:
    with Store(tmp_path / "s") as store:
        for pair in reversed(coded):
            store.add_coded([pair])
        whole = link(coded)
        assert {replace(i, claims=()) for i in store.incidents()} == {replace(i, claims=()) for i in whole.incidents}
        assert store.verify() == []


def test_a_changed_text_is_a_new_version_and_the_old_one_can_be_asked_for(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add([Document("Iran condemned the United States on Monday.", id="a", published="2020-01-12")])
        then = now()
        done = store.add([Document("Iran praised the United States on Monday.", id="a", published="2020-01-12")])
        assert (done.documents, done.versions) == (1, 1)
        assert [e.trigger.text for e in store.events()] == ["praised"]
        assert [e.trigger.text for e in store.events(as_of=then)] == ["condemned"]
        assert [d.text[5:12] for d in store.documents()] == ["praised"]
        assert len(list(store.incidents())) == 1
        # The old text, come again from a slow feed, is no news.
        assert (
            store.add([Document("Iran condemned the United States on Monday.", id="a", published="2020-01-12")]).known
            == 1
        )
        assert store.verify() == []


def test_a_document_is_known_by_its_url_too(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add([Document("Iran condemned the United States.", id="a", url="https://x.example/1")])
        assert store.add([Document("Iran condemned the United States.", id="b", url="https://x.example/1")]).known == 1
        assert store.add([Document("Iran praised the United States.", id="b", url="https://x.example/1")]).versions == 1
        assert len(list(store.events())) == 1


def test_two_versions_in_one_input(tmp_path: Path) -> None:
    texts = ["Iran condemned the United States.", "Iran praised the United States."]
    with Store(tmp_path / "s") as store:
        documents = [Document(t, id="a", published="2020-01-12") for t in texts]
        assert store.add(documents).versions == 1
        assert store.add(documents).documents == 0  # a rerun adds nothing
        assert [e.trigger.text for e in store.events()] == ["praised"]


def test_a_new_coder_codes_again_and_the_old_answer_stays(store: Store, coded: Coded, recoded: Coded) -> None:
    then = now()
    done = store.add_coded(recoded)
    assert (done.documents, done.recoded, done.versions) == (4, 4, 0)
    assert {e.coder.version for e in store.events() if e.coder} == {"0.9"}
    assert {e.event_id for e in store.events(as_of=then)} == {e.event_id for _, events in coded for e in events}
    assert len(list(store.events())) == len(list(store.events(as_of=then)))
    assert store.add_coded(coded).documents == 0  # the old coder has coded them already
    assert store.verify() == []


def test_before_the_store_was_made_publication_dates_answer(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    assert {e.document.id for e in store.events(as_of="2020-01-05")} == {"raid", "vow"}
    assert "had been published by then" in caplog.text
    assert all((c.said or "") <= "2020-01-05" for c in store.claims(as_of="2020-01-05"))


@pytest.mark.parametrize(
    ("filters", "triggers"),
    [
        ({"dyad": "USA-IRN"}, {"drone strike", "condemned", "threatened"}),
        ({"dyad": "Ukraine-Iran"}, {"accused"}),
        ({"actor": "Hezbollah"}, {"fired rockets"}),
        ({"actor": "Iran", "since": "2020-01-05", "until": "2020-01-05"}, {"threatened"}),
        ({"recipient": "the United States", "type": "ACCUSE"}, {"condemned", "criticized"}),
        ({"type": "ASSAULT", "place": "Lebanon"}, {"struck"}),
        ({"type": "ASSAULT/drone"}, {"drone strike"}),
        ({"type": "ACCUSE, THREATEN", "on": "2020-01-05"}, {"threatened", "criticized"}),
        ({"place": "Baghdad"}, {"drone strike"}),
        ({"on": "2020-01-03"}, {"drone strike"}),
        ({"status": "denied"}, {"shot"}),
        ({"text": "airliner"}, {"accused", "shooting down"}),
        ({"text": '"fired rockets"'}, {"fired rockets"}),
        ({"text": '"rockets fired"'}, set()),
        ({"actor": "ISR:MIL"}, {"struck"}),
        ({"recipient": "soleimani"}, {"drone strike"}),
        ({"limit": 0}, set()),
    ],
)
def test_filters(store: Store, filters: dict[str, object], triggers: set[str]) -> None:
    assert {e.trigger.text for e in store.events(**filters)} == triggers


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "June"}, {"since": "2020-01-02", "until": "2020-01-01"}, {"type": "WAR"}, {"status": "maybe"}, {"as_of": "then"},
        {"dyad": "Iran"}, {"actor": "IRN:XXX"}, {"min_confidence": 2.0}, {"limit": -1}, {"colour": "red"},
    ],
)  # fmt: skip
def test_wrong_filters_say_what_is_right(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(RecordError):
        list(store.events(**wrong))


def test_nothing_is_left_out_unless_asked(store: Store, coded: Coded) -> None:
    assert Filters().limit is None
    assert {e.status for e in store.events()} == {e.status for _, events in coded for e in events}


def test_show_by_the_start_of_an_id(store: Store) -> None:
    incident = next(i for i in store.incidents() if i.type == "ASSAULT" and i.place and i.place.name == "Baghdad")
    shown = store.show(incident.incident_id[:12])
    assert shown.incident == incident
    assert {e.event_id for e in shown.events} == set(incident.events)
    assert all(c.incident_id == incident.incident_id for c in shown.claims)
    for event in shown.events:
        assert event.trigger.text == shown.documents[event.document.id].text[event.trigger.start : event.trigger.end]
    assert store.show(incident.events[0]).incident == incident
    with pytest.raises(StoreError, match="no incident"):
        store.show("inc1-nowhere")


def test_forget_what_is_not_there(store: Store) -> None:
    with pytest.raises(StoreError, match="no document"):
        store.forget("nobody")


def test_backup_and_restore(store: Store, tmp_path: Path, wire: Document) -> None:
    before = {e.event_id for e in store.events()}
    store.backup(tmp_path / "copy")
    with pytest.raises(StoreError, match="not empty"):
        store.backup(tmp_path / "copy")
    upkeep.restore(tmp_path / "copy", tmp_path / "again")
    with Store(tmp_path / "again") as again:
        assert {e.event_id for e in again.events()} == before
        assert set(again.incidents()) == set(store.incidents())
        assert again.verify() == []
        again.add([wire])  # the copy goes on as a store
        assert again.verify() == []
    with pytest.raises(StoreError, match="no store"):
        upkeep.restore(tmp_path / "nothing", tmp_path / "x")


def test_compact_changes_no_answer(store: Store, tmp_path: Path) -> None:
    for n in range(5):
        store.add(
            [Document(f"Iran condemned the United States on Monday, {n} times.", id=f"n{n}", published="2020-01-13")]
        )
    before = [list(store.events()), list(store.incidents()), list(store.claims())]
    sizes = store.compact()
    assert sizes["files"] < sizes["files before"]
    assert [list(store.events()), list(store.incidents()), list(store.claims())] == before
    assert store.verify() == []


def test_the_control_database_can_be_lost(store: Store, coded: Coded) -> None:
    before = set(store.incidents())
    store.close()
    for path in store.path.glob("control.sqlite*"):
        path.unlink()
    assert store.add_coded(coded).known == 4
    assert set(store.incidents()) == before
    assert list(store.events(text="airliner"))
    assert store.verify() == []


def test_a_clock_that_jumps_back_keeps_runs_in_order(
    tmp_path: Path, coded: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "s") as store:
        store.add_coded(coded[:1])
        monkeypatch.setattr(time, "time_ns", lambda: 10**18)  # September 2001
        store.add_coded(coded[1:2])
        monkeypatch.setattr(time, "time_ns", lambda: 4 * 10**18)  # 2096
        store.add_coded(coded[2:3])
        monkeypatch.undo()
        store.add_coded(coded[3:])
        assert store.verify() == []
        assert len(list(store.documents())) == 4


def test_a_store_of_a_newer_detente_is_refused_in_words(store: Store) -> None:
    about = json.loads((store.path / "store.json").read_text())
    (store.path / "store.json").write_text(json.dumps({**about, "format": layout.FORMAT + 1, "detente": "9.9"}))
    store.close()
    with pytest.raises(StoreError, match=r"detente 9\.9.*pip install -U detente"):
        Store(store.path)


def test_a_folder_of_other_things_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"thesis\.txt"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="detente add"):
        list(Store(tmp_path / "new").events())


def test_broken_characters_and_nulls(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        store.add(
            [
                Document(
                    "Iran condemned \ud800 the United States\x00 on Monday. 🙂 Iran praised Iraq.",
                    id="x",
                    published="2020-01-12",
                )
            ]
        )
        assert store.verify() == []
        assert (
            store.add(
                [
                    Document(
                        "Iran condemned \ud800 the United States\x00 on Monday. 🙂 Iran praised Iraq.",
                        id="x",
                        published="2020-01-12",
                    )
                ]
            ).known
            == 1
        )
        for event in store.events():
            text = next(iter(store.documents())).text
            assert text[event.trigger.start : event.trigger.end] == event.trigger.text


def test_a_slow_source_delays_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.store import adding

    monkeypatch.setattr(adding, "_SECONDS", 0.3)
    committed: list[float] = []

    def slow() -> Iterator[Document]:
        yield Document("Iran condemned the United States.", id="first")
        deadline = time.monotonic() + 20
        while not committed and time.monotonic() < deadline:
            time.sleep(0.05)
        yield Document("Iran praised Iraq.", id="second")

    with Store(tmp_path / "s") as store:
        store.add(slow(), on_commit=lambda stored: committed.append(time.monotonic()))
        assert len(committed) == 2


@pytest.mark.parametrize("name", ["my crisis", "Ünïcode 5%", "a{1}*?#b's"])
def test_a_folder_may_have_any_name(tmp_path: Path, coded: Coded, name: str) -> None:
    with Store(tmp_path / name) as store:
        store.add_coded(coded[:2])
        assert len(list(store.documents())) == 2
        store.compact()
        assert len(list(store.documents())) == 2
        assert store.verify() == []


@pytest.mark.parametrize("name", ["a%20b", "a[1]", "a|b", "a^b"])
def test_a_folder_that_the_tables_cannot_name_is_refused_in_words(tmp_path: Path, coded: Coded, name: str) -> None:
    with pytest.raises(StoreError, match="name another folder"), Store(tmp_path / name) as store:
        store.add_coded(coded)
    assert list(tmp_path.glob("*")) in ([], [tmp_path / name])


def test_python_opens_a_store(tmp_path: Path) -> None:
    with detente.open(tmp_path / "crisis") as store:
        assert store.add("Iran condemned the United States.").documents == 1
