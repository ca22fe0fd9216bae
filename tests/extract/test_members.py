"""Members of a party (CODEBOOK.md section 3): each has its own phrase, whole; what is joined to one is one more."""

from __future__ import annotations

import numpy as np
import pytest

import detente
from detente.model.tagging import RoleSpan, Words, members, role_spans
from detente.resolve.references import acronyms, redefined


def phrases(sentence: str, *given: tuple[str, float]) -> list[str]:
    spans = [RoleSpan(sentence.index(w), sentence.index(w) + len(w), p) for w, p in given]
    return [sentence[s.start : s.end] for s in members(spans, sentence, 0.45, 0.3, 0.85)]


@pytest.mark.parametrize(
    ("sentence", "given", "wanted"),
    [
        ("France and Germany warned Iran.", (("France", 0.9), ("Germany", 0.4)), ["France", "Germany"]),
        ("France, Germany and Italy met.", (("France", 0.5), ("Germany", 0.4), ("Italy", 0.9)), ["France", "Germany", "Italy"]),
        ("Greece dropped its veto of Turkey's bid for the Union.", (("Turkey", 0.9), ("the Union", 0.6)), ["Turkey"]),
        ("Mexico told the court that Bolivia besieged it.", (("court", 0.9), ("Bolivia", 0.9)), ["court", "Bolivia"]),
        ("Officials from Oslo, Bergen told us, met.", (("Officials from Oslo", 0.9), ("Bergen", 0.4)), ["Officials from Oslo"]),
        ("Somebody warned Iran.", (("Somebody", 0.4),), []),
    ],
)  # fmt: skip
def test_a_further_member_is_joined_to_one_or_sure_itself(sentence, given, wanted):
    assert phrases(sentence, *given) == wanted


def test_a_phrase_goes_on_over_words_of_half_the_certainty():
    sentence = "The U.S. company Microsoft sued".split()
    starts = [sum(len(w) + 1 for w in sentence[:i]) for i in range(len(sentence))]
    pieces = list(range(len(sentence)))
    words = Words(pieces, [i + 1 for i in pieces], starts, [s + len(w) for s, w in zip(starts, sentence, strict=True)])
    inside = np.array([0.1, 0.9, 0.3, 0.4, 0.05], np.float32)
    tags = np.stack([1 - inside, np.zeros(5, np.float32), inside], 1)
    (span,) = role_spans(words, tags, inside, np.zeros((5, 25), np.float32), 0.5, "actor")
    assert " ".join(sentence)[span.start : span.end] == "U.S. company Microsoft"
    assert span.probability == pytest.approx(0.9)


def test_the_report_says_what_its_acronyms_mean():
    text = "The Financial Services Authority (FSA) fined two banks. The FSA said the banks had hidden losses."
    assert redefined(acronyms(text)) == {"FSA"}
    assert not redefined(acronyms("The Free Syrian Army (FSA) shelled the town."))
    assert all(a.country != "SYR" for e in detente.code(text) for a in e.actors)
