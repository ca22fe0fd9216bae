"""Whether it happened: the model's status, and what a plain negation right before the trigger says against it."""

from __future__ import annotations

import re

from detente.model.coder import Reading
from detente.records import Sentence

# "denied that it had shelled", "denies having arrested": what follows did not happen. Of 19 such annotated events of
# training/annotations that are not about charges and claims, all are "denied".
_DENIED = re.compile(
    r"\bden(?:y|ies|ied|ying)(?: that)?(?: (?:it|he|she|they|its|their|his|her|any|having|have|had|has|been|was|were|being|ever))*\s*$",
    re.I,
)
# "did not attack", "has never met": 22 of 26 such annotated events are "denied".
_NOT = re.compile(
    r"\b(?:did|does|do|has|have|had|was|were|is|are)(?: not|n[’']t)(?: (?:been|be|yet|ever|being|\w+ly))*\s*$|\bnever(?: (?:been|be))?\s*$",
    re.I,
)
_REACH = 80  # code points before the trigger that are looked at


def status(reading: Reading, sentence: Sentence) -> str:
    """One of actual, planned, possible, denied, generic (CODEBOOK.md section 5)."""
    if reading.status != "actual" or reading.type == "REJECT":
        return reading.status
    before = sentence.text[max(0, reading.start - _REACH) : reading.start]
    return "denied" if _DENIED.search(before) or _NOT.search(before) else "actual"
