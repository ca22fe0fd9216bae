"""The review desk: decisions typed or piped, kept with who and when, taken back, compared, and handed to the model as annotations."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import detente
from detente.cli import main
from detente.records import Document, Event
from detente.review.agreement import agreement
from detente.review.annotations import export, line
from detente.review.desk import Desk
from detente.review.queue import Item, queue
from detente.review.readings import finished
from detente.store import Filters, Store
from detente.training.line_format import AnnotationError, read_folder

REPORTS = (
    ("raid", "2020-01-04", "AFP", "A US drone strike killed Iranian general Qassem Soleimani in Baghdad on Friday. Iran condemned the United States."),
    ("vow", "2020-01-05", "Reuters", "Iran threatened the United States on Sunday. Iraq criticized the United States over the strike."),
)  # fmt: skip


@pytest.fixture(scope="module")
def coded() -> list[tuple[Document, tuple[Event, ...]]]:
    documents = [Document(text, id=i, published=day, source=source) for i, day, source, text in REPORTS]
    return [(o.document, o.events) for o in detente.outcomes(documents)]


@pytest.fixture
def store(tmp_path: Path, coded: list[tuple[Document, tuple[Event, ...]]]) -> Store:
    with Store(tmp_path / "store") as made:
        made.add_coded(coded)
        yield made  # type: ignore[misc]


def sit(store: Store, by: str, lines: list[str], second: bool = False, words: str | None = None) -> str:
    """One sitting; ``words``: only the event with this trigger."""
    items = [i for i in queue(store, Filters(), by, second) if words in (None, i.event.trigger.text)]
    out = io.StringIO()
    Desk(store, by, out).run(items, iter(lines))
    return out.getvalue()


def the(store: Store, words: str, rejected: bool = False) -> Event:
    return next(e for e in store.events(rejected=rejected) if e.trigger.text == words)


def test_the_least_sure_comes_first_and_the_disputed_before_it(store: Store) -> None:
    items: list[Item] = queue(store, Filters(), "ann")
    assert [i.disputed for i in items] == sorted((i.disputed for i in items), reverse=True)
    sure = [i.event.confidence for i in items if not i.disputed]
    assert sure == sorted(sure) and len(items) == len(list(store.events()))


def test_what_was_accepted_is_read_no_more_and_who_and_when_are_kept(store: Store) -> None:
    said = sit(store, "ann", ["a"], words="condemned")
    assert "[condemned]" in said and "1 accepted" in said
    assert "condemned" not in {i.event.trigger.text for i in queue(store, Filters(), "bob")}
    (one,) = [c for c in store.corrections() if c.what == "accept"]
    assert (one.by, one.value["type"], one.at > 0) == ("ann", "ACCUSE/disapprove", True)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("t THREATEN/violence", lambda e: (e.type, e.modes) == ("THREATEN", ("violence",))),
        ("type SANCTION", lambda e: e.type == "SANCTION"),
        ("w Iran=IRN:GOV", lambda e: [(a.text, a.country, a.sectors) for a in e.actors] == [("Iran", "IRN", ("GOV",))]),
        ("w -", lambda e: e.actors == ()),
        ("o USA; FRA", lambda e: [r.country for r in e.recipients] == ["USA", "FRA"]),
        ("p Mosul", lambda e: e.place.country == "IRQ"),
        ("s planned", lambda e: e.status == "planned"),
        ("d 2020-01-03", lambda e: e.date.start_date == "2020-01-03"),
    ],
)  # fmt: skip
def test_each_key_corrects_and_is_taken_back(store: Store, typed: str, seen: object) -> None:
    before = the(store, "condemned")
    sit(store, "ann", [typed], words="condemned")
    assert seen(the(store, "condemned"))  # type: ignore[operator]
    sit(store, "ann", [typed, "u"], words="condemned")
    assert seen(the(store, "condemned"))  # type: ignore[operator]  # the first sitting's correction stands
    store.correct(before.event_id, "ann", restore=True)
    sit(store, "ann", [typed, "undo"], words="condemned")
    assert the(store, "condemned") == before
    assert store.verify() == []


def test_rejected_is_listed_no_more_until_it_is_taken_back(store: Store) -> None:
    sit(store, "ann", ["r a joke"], words="condemned")
    assert "condemned" not in {e.trigger.text for e in store.events()}
    (one,) = [c for c in store.corrections() if c.what == "reject"]
    assert one.why == "a joke"
    store.correct(one.event_id, "ann", undo=one.correction_id)
    assert the(store, "condemned")


def test_merge_and_split_and_back(store: Store) -> None:
    a, b = the(store, "condemned"), the(store, "criticized")
    sit(store, "ann", [f"m {b.event_id}"], words="condemned")
    assert store.show(a.event_id).incident.incident_id == store.show(b.event_id).incident.incident_id
    sit(store, "ann", ["x"], words="condemned")
    assert store.show(a.event_id).incident.incident_id != store.show(b.event_id).incident.incident_id
    sit(store, "ann", ["x", "u"], words="killed")  # alone in its incident: told, and nothing to take back


def test_bad_input_is_told_and_nothing_is_lost(store: Store) -> None:
    typed = [
        "t NONSENSE",
        "s maybe",
        "w Tehran=IRN",
        "p Nowhereville-on-Sea",
        "t",
        "m",
        "m det1-ffff",
        "n",
        "u",
        "%",
        "n look again",
        "a",
    ]
    said = sit(store, "ann", typed, words="condemned")
    for words in (
        "NONSENSE",
        "'maybe' is no status",
        "copy it letter by letter",
        "no place",
        "say what is right",
        "with which",
        "no incident",
        "a note has words",
        "nothing to take back",
        "these keys",
        "noted",
        "1 accepted",
    ):
        assert words in said, words
    assert [c.what for c in store.corrections()] == ["note", "accept"]


def test_a_second_reader_sees_the_machines_answer_and_agreement_is_counted(store: Store) -> None:
    sit(store, "ann", ["t THREATEN", "a"], words="condemned")
    sit(store, "ann", ["a"], words="criticized")
    sit(store, "ann", ["r"], words="threatened")
    said = sit(store, "bob", ["a"], second=True, words="condemned")
    assert "type: ACCUSE" in said
    sit(store, "bob", ["a"], second=True, words="criticized")
    sit(store, "bob", ["r"], second=True, words="threatened")
    assert queue(store, Filters(), "bob", second=True) == []
    found = {a.field: (a.n, a.share, a.kappa) for a in agreement(list(store.corrections()))}
    assert found["event"] == (3, 1.0, 1.0)
    assert found["type"][:2] == (2, 0.5) and found["status"] == (2, 1.0, None)
    assert the(store, "condemned").type == "THREATEN"  # bob's reading changes nothing that he left as it was


def test_kappa_of_a_table_that_is_known() -> None:
    from detente.review.agreement import _agreed

    # Cohen's own kind of table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: share 0.7, chance 0.5, kappa 0.4.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    share, kappa = _agreed(pairs)
    assert share == 0.7 and kappa == pytest.approx(0.4)


def test_what_was_reviewed_becomes_clean_annotations(store: Store, tmp_path: Path) -> None:
    sit(store, "ann", ["t THREATEN/violence", "s planned", "a"], words="condemned")
    sit(store, "ann", ["r"], words="threatened")
    sit(store, "ann", ["a"], words="criticized")  # "the strike" of its sentence waits: the sentence stays out
    done = export(store, tmp_path / "notes")
    assert (done.sentences, done.events, done.left) == (2, 1, ())
    reports = {r.id: r for r in read_folder(tmp_path / "notes")}
    (event,) = reports["raid"].events
    sentence = reports["raid"].sentences[event.sentence]
    assert (event.type, event.modes, event.status) == ("THREATEN", ("violence",), "planned")
    assert sentence[event.trigger.start : event.trigger.end] == "condemned"
    assert [m.code for m in event.roles["recipient"]] == ["USA"]
    assert reports["vow"].events == [] and len(reports["vow"].sentences) == 1  # a sentence that tells of no event
    assert json.loads((tmp_path / "notes" / "reviewed.jsonl").read_text("utf-8").splitlines()[0])["source"] == "AFP"


def test_an_answer_without_words_in_the_sentence_stays_out_and_is_told(store: Store, tmp_path: Path) -> None:
    sit(store, "ann", ["w FRA:GOV", "a"], words="condemned")
    done = export(store, tmp_path / "notes")
    assert done.events == 0 and "WORDS=CODE" in done.left[0][1]
    store.correct(the(store, "condemned").event_id, "ann", actor="Iran=FRA:GOV")
    assert export(store, tmp_path / "notes").events == 1


def test_the_second_of_two_same_words_is_named_by_its_number() -> None:
    (event,) = [e for e in detente.code("Iran said that Iran condemned the attack.") if e.trigger.text == "condemned"]
    sentence = event.sentence.text
    made = line(event, sentence)
    from detente.training.line_format import parse_event

    (actor,) = parse_event(f"1 | {made}", [sentence]).roles["actor"]
    assert (actor.start, actor.end) == (event.actors[0].start, event.actors[0].end)
    with pytest.raises(AnnotationError):
        line(event, "Another sentence.")


def test_the_command_line(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ["--store", str(store.path)]
    assert main(["review", *where]) == 2
    assert "--by NAME" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n\nk\nq\n"))
    assert main(["review", *where, "--by", "ann"]) == 0
    assert "1 accepted, 0 rejected, 0 corrections, 1 skipped" in capsys.readouterr().out
    assert len(finished(list(store.corrections()))) == 1
    assert main(["review", *where, "--agreement"]) == 0
    assert "no two reviewers" in capsys.readouterr().out
    assert main(["review", *where, "--export", str(tmp_path / "notes")]) == 0
    assert "are in" in capsys.readouterr().out
