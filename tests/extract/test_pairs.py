"""`detente.classify`: two parties given, what does the one do to the other?"""

from __future__ import annotations

import pytest

import detente
from detente.errors import RecordError
from detente.ontology import TYPES


def _classify(marked: str) -> detente.extract.pairs.Pair:  # type: ignore[name-defined]
    from detente.evaluate.pairs import unmark

    plain, spans = unmark(marked)
    return detente.classify(plain, source=spans["s"], target=spans["t"], published="2020-01-12")


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("<s>Iran</s> condemned <t>the United States</t> over the raid.", "ACCUSE"),
        ("<s>Israeli jets</s> bombed <t>Hezbollah</t> positions.", "ASSAULT"),
        ("<s>Germany</s> and <t>France</t> held talks in Paris.", "CONSULT"),
        ("<s>The United Nations</s> urged <t>Sudan</t> to let aid in.", "REQUEST"),
        ("<s>Police</s> arrested <t>ten protesters</t> in Minsk.", "COERCE"),
    ],
)
def test_plain_pairs(marked: str, kind: str) -> None:
    found = _classify(marked)
    assert found.type == kind
    assert set(found.probabilities) == set(TYPES)
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=0.01)


def test_there_is_always_a_type() -> None:
    assert detente.classify("Qatar lies beside Bahrain.", (0, 5), (18, 25)).type in TYPES


@pytest.mark.parametrize(("source", "target"), [((0, 0), (1, 2)), ((-1, 2), (3, 4)), ((0, 2), (3, 99))])
def test_spans_outside_the_sentence(source: tuple[int, int], target: tuple[int, int]) -> None:
    with pytest.raises(RecordError, match="not inside"):
        detente.classify("Iran condemned it.", source, target)


def test_a_date_that_is_none() -> None:
    with pytest.raises(RecordError):
        detente.classify("Iran condemned it.", (0, 4), (15, 17), published="soon")
