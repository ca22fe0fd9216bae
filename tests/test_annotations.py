"""The annotations that the model learns from: well-formed, and apart from the references."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from detente.training.examples import fingerprint, reference_fingerprints  # noqa: E402
from detente.training.line_format import (  # noqa: E402
    AnnotationError,
    Report,
    find,
    held_back,
    parse_event,
    read_folder,
    written,
)

SENTENCE = "They said the soldiers beat them, and he fled."


@pytest.fixture(scope="module")
def annotated() -> list[Report]:
    """Those too that wait for the next model."""
    folder = ROOT / "training" / "annotations"
    return [*read_folder(folder), *read_folder(folder / "waiting")]


@pytest.fixture(scope="module")
def read() -> list[Report]:
    """Those of which only sectors of parties were read."""
    return list(read_folder(ROOT / "training" / "sector_readings"))


@pytest.fixture(scope="module")
def reports(annotated: list[Report], read: list[Report]) -> list[Report]:
    return [*annotated, *read]


def test_every_line_parses_and_every_report_has_its_source(reports: list[Report]) -> None:
    assert len(reports) > 4000
    assert all(r.sentences and r.source for r in reports)


def test_no_reference_sentence_is_learnt_from(reports: list[Report]) -> None:
    references = reference_fingerprints([ROOT / "tests" / "gold" / "dev.jsonl"])
    traps = (ROOT / "tests" / "gold" / "traps.jsonl").read_text("utf-8").splitlines()
    references |= {fingerprint(json.loads(line)["text"]) for line in traps}
    learnt = {fingerprint(s) for r in reports for s in r.sentences}
    assert not {s for s in references & learnt if len(s.split()) > 6}


def test_a_report_is_annotated_once_and_read_for_sectors_once(annotated: list[Report], read: list[Report]) -> None:
    for some in (annotated, read):
        assert len({r.id for r in some}) == len(some)


def test_no_annotated_report_that_is_held_back_is_read_for_sectors(annotated: list[Report], read: list[Report]) -> None:
    """Articles are read whole, those too of which the beginning is annotated; what measures is not among them, under no other id
    either: at most two sentences of background stand in both."""
    kept = {fingerprint(s): r.id for r in annotated if held_back(r.id, 0.08) for s in r.sentences if len(s.split()) > 6}
    same = Counter((kept[f], r.id) for r in read for f in map(fingerprint, r.sentences) if f in kept)
    assert max(same.values()) <= 2


def test_no_short_report_is_both_annotated_and_read_for_sectors(annotated: list[Report], read: list[Report]) -> None:
    both = {r.id for r in annotated} & {r.id for r in read}
    assert {r.source for r in read if r.id in both} <= {"Wikinews", "VOA"}


def test_an_event_is_written_as_the_line_that_it_was_read_from(reports: list[Report]) -> None:
    """All but tolls and further types: words, codes, modes and status."""
    for report in reports[::10]:
        for event in report.events:
            sentence = report.sentences[event.sentence]
            if any("|" in sentence[m.start : m.end] for marks in event.roles.values() for m in marks):
                continue
            again = parse_event(written(event, sentence), report.sentences)
            assert (again.sentence, again.type, again.modes, again.trigger, again.roles, again.status) == (
                event.sentence,
                event.type,
                event.modes,
                event.trigger,
                event.roles,
                event.status,
            )


def test_a_short_word_means_the_word_and_not_the_middle_of_another() -> None:
    start, end = find(SENTENCE, "he")
    assert SENTENCE[start - 1 : end + 1] == " he "


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1 | ASSAULT/soft | beat", "unknown type or mode"),
        ("2 | ASSAULT | beat", "sentence number"),
        ("1 | ASSAULT | kicked", "not in the sentence"),
        ("1 | ASSAULT | beat | A soldiers=SYR:XXX", "unknown sector"),
        ("1 | ASSAULT | beat | C killed:4", "bad casualty"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(line: str, what: str) -> None:
    with pytest.raises(AnnotationError, match=what):
        parse_event(line, [SENTENCE])
