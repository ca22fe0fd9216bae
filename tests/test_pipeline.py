"""The whole path: a report goes in, verifiable events come out."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import pytest

import detente
from detente import ontology, pipeline
from detente.errors import RecordError
from detente.records import Actor, Attribution, Document, Event


def spans(event: Event) -> Iterator[tuple[int, int, str]]:
    members = [
        event.sentence,
        event.trigger,
        *event.actors,
        *event.recipients,
        event.place,
        event.date,
        event.attribution,
    ]
    for one in [*members, *event.casualties]:
        if one is not None and one.start is not None:
            yield one.start, one.end, one.text


def find(events: list[Event], kind: str) -> Event:
    return next(e for e in events if e.type == kind)


def test_a_wire_report_becomes_events(wire_events: list[Event]) -> None:
    strike = find(wire_events, "ASSAULT")
    assert "ISR" in {a.country for a in strike.actors}
    assert [(c.kind, c.relation, c.number) for c in strike.casualties] == [("killed", ">=", "12")]
    assert strike.date is not None
    assert strike.date.start_date == "2024-10-07"
    assert strike.attribution is not None
    assert "Health Ministry" in strike.attribution.text
    condemned = find(wire_events, "ACCUSE")
    assert [a.country for a in condemned.actors] == ["IRN"]
    request = find(wire_events, "REQUEST")
    assert [a.country for a in request.actors] == ["FRA"]


def test_the_dateline_is_no_actor(wire_events: list[Event]) -> None:
    assert all(
        "BEIRUT" not in (a.text or "") and a.text != "AP" for e in wire_events for a in (*e.actors, *e.recipients)
    )


def test_every_span_points_at_its_words(gold_documents: list[Document]) -> None:
    texts = {d.id: d.text for d in gold_documents}
    seen = 0
    for event in detente.code(gold_documents):
        for start, end, text in spans(event):
            assert texts[event.document.id][start:end] == text
            seen += 1
    assert seen > 500


def test_every_event_keeps_to_the_ontology(wire: Document, wire_events: list[Event]) -> None:
    assert wire_events
    for event in wire_events:
        assert ontology.validate(event, wire.text) == []


def test_offsets_stay_right_beside_odd_characters() -> None:
    plain = "Russia attacked Ukraine. Iran condemned Israel on Monday."
    for odd in ("\x00", "\u202e", "\u200b", "😀👩‍👩‍👧", "e\u0301", "\ud800", "\ufeff", "\r\n\r\n"):
        text = odd + " " + plain + odd
        events = detente.code(text)
        assert events, repr(odd)
        for event in events:
            for start, end, words in spans(event):
                assert text[start:end] == words


def test_a_string_a_document_and_a_stream_give_the_same() -> None:
    text = "Turkey condemned the attack."
    one = detente.code(text, published="2020-01-12")
    two = detente.code(Document(text, published="2020-01-12"))
    three = list(detente.code([Document(text)], published="2020-01-12"))
    assert one == two == three
    assert one


def test_the_order_of_documents_is_kept_and_each_has_its_own_events(gold_documents: list[Document]) -> None:
    together = list(detente.code(gold_documents[:20]))
    apart = [e for d in gold_documents[:20] for e in detente.code(d)]
    # A batch may round differently in the last digit of a probability; nothing else may differ.
    assert [replace(e, confidence=0, confidences={}) for e in together] == [
        replace(e, confidence=0, confidences={}) for e in apart
    ]


def test_a_stream_is_read_as_it_is_coded() -> None:
    taken = itertools.count()
    endless = (Document("Iran condemned Israel.", id=str(next(taken))) for _ in itertools.repeat(None))
    events = detente.code(endless)
    assert next(events).document.id == "0"
    assert next(taken) < 1000


def test_one_document_that_fails_never_stops_the_others() -> None:
    documents = [
        Document("Iran condemned Israel.", id="a"),
        Document("Iran condemned Israel!", id="b"),
        Document("Iran condemned Israel?!", id="c"),
    ]
    from detente.extract import events as module

    real = module.events

    def fails_on_b(document: Document, *rest: object) -> list[Event]:
        if document.id == "b":
            raise RuntimeError("made to fail")
        return real(document, *rest)  # type: ignore[arg-type]

    with mock.patch.object(module, "events", fails_on_b):
        outcomes = list(pipeline.outcomes(documents))
    assert [o.error for o in outcomes] == [None, "RuntimeError: made to fail", None]
    assert outcomes[0].events
    assert outcomes[2].events


def test_another_language_is_skipped_and_said() -> None:
    german = (
        "Die Bundesregierung hat am Montag die Angriffe auf Zivilisten scharf verurteilt und neue Sanktionen angekündigt. "
        * 4
    )
    (outcome,) = pipeline.outcomes([Document(german)])
    assert outcome.skipped
    assert not outcome.error
    (forced,) = pipeline.outcomes([Document(german, language="en")])
    assert forced.skipped is None


def test_a_date_that_is_none_is_refused_with_the_forms_that_work() -> None:
    with pytest.raises(RecordError, match="2026-06-01"):
        detente.code("Iran condemned Israel.", published="yesterday")
    with pytest.raises(RecordError):
        detente.code("Iran condemned Israel.", published="2024-02-30")


def test_moving_the_publication_date_moves_the_dates() -> None:
    text = "Israeli forces killed three militants in Jenin on Tuesday."
    dates = [detente.code(text, published=p)[0].date for p in ("2024-05-10", "2024-05-17")]
    assert [d.start_date for d in dates if d] == ["2024-05-07", "2024-05-14"]


def test_the_outlet_changes_nothing() -> None:
    text = "Police arrested 20 protesters in Nairobi."
    a, b = (detente.code(Document(text, id="x", source=s)) for s in ("AFP", "Daily Nation"))
    assert [replace(e, document=b[0].document) for e in a] == b


def test_event_ids_are_stable_and_unique(wire: Document, wire_events: list[Event]) -> None:
    ids = [e.event_id for e in wire_events]
    assert len(set(ids)) == len(ids)
    assert [e.event_id for e in detente.code(wire)] == ids
    assert not set(ids) & {e.event_id for e in detente.code(replace(wire, id="other"))}


def test_a_document_of_fifty_thousand_sentences() -> None:
    text = "The weather was fine. " * 49_999 + "Iran condemned Israel."
    sentences = pipeline._sentences(Document(text))
    assert isinstance(sentences, list)
    assert len(sentences) == 50_000
    # The model's part is linear in the sentences: a tenth of it stands for the rest.
    (outcome,) = pipeline.outcomes([Document(text[-110_000:])])
    assert outcome.events[-1].type == "ACCUSE"


def test_import_is_light() -> None:
    heavy = "import sys, detente; print([m for m in ('onnxruntime', 'tokenizers', 'trafilatura', 'rich', 'lxml', 'nupunkt') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_nothing_reaches_out() -> None:
    program = (
        "import socket\n"
        "def no(*a, **k): raise SystemExit('reached for the network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = no\n"
        "import detente; assert detente.code('Iran condemned Israel.')"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_public_names_are_listed_once() -> None:
    assert isinstance(detente.resolve.actor("Iran"), Actor)
    assert Attribution in (detente.Attribution,)
    assert re.fullmatch(r"\d+\.\d+\.\d+", detente.__version__)


def test_a_denied_act_is_the_act_and_no_refusal(wire_events: list[Event]) -> None:
    told = [e for e in wire_events if "Tyre" in e.sentence.text]
    assert [(e.type, e.status) for e in told] == [("ASSAULT", "denied")]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Iran denied that it had attacked the tanker.", "denied"),
        ("Iran did not attack the tanker.", "denied"),
        ("Iran attacked the tanker.", "actual"),
        ("Iran may attack the tanker.", "possible"),
    ],
)
def test_whether_it_happened(text: str, status: str) -> None:
    assert {e.status for e in detente.code(text, published="2021-04-14") if e.type == "ASSAULT"} == {status}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("None of the 12 soldiers was wounded when a rocket hit the base.", "0"),
        ("A rocket hit the base, wounding 12 soldiers.", "12"),
    ],
)
def test_nobody_hurt_is_zero(text: str, number: str) -> None:
    counts = [c.number for e in detente.code(text) for c in e.casualties if c.kind == "injured"]
    assert counts
    assert set(counts) == {number}
