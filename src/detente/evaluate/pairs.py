"""Pair exams: who and whom are given, the type is asked. PLV (15 classes) and A/W (conflict or cooperation).

Both are of Zero-Shot-PLOVER (Hu et al., ACL 2024). A row is a sentence with its parties marked: "<s>Iran</s> condemned <t>…</t>".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detente import ontology
from detente.errors import ExamError
from detente.evaluate.plv_classes import plv_class
from detente.extract.pairs import classify
from detente.model.coder import Coder

_MARK = re.compile(r"</?[st]>")


def rows(
    paths: Sequence[Path], label: str
) -> Iterator[tuple[str, tuple[int, int] | None, tuple[int, int] | None, str]]:
    """(sentence, source span, target span, gold label) of each line. Raises ExamError with file and line."""
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                marked, gold = row["marked_sentence"], str(row[label])
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ExamError(f'{path}:{number}: wants "marked_sentence" and "{label}" ({error})') from None
            plain, spans = unmark(marked)
            yield plain, spans.get("s"), spans.get("t"), gold


def unmark(marked: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The sentence without its marks, and the first span of each."""
    spans: dict[str, tuple[int, int]] = {}
    opened: dict[str, int] = {}
    plain, at, length = [], 0, 0
    for m in _MARK.finditer(marked):
        plain.append(marked[at : m.start()])
        length += m.start() - at
        at = m.end()
        kind = m[0][-2]
        if m[0][1] != "/":
            opened.setdefault(kind, length)
        elif kind in opened and kind not in spans and opened[kind] < length:
            spans[kind] = (opened[kind], length)
    plain.append(marked[at:])
    return "".join(plain), spans


def plv(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """Root macro F1, quad macro F1 and accuracy on PLV, spans given."""
    answers = []
    quads = []
    for sentence, source, target, gold in rows(paths, "gold_root"):
        kind = plv_class(classify(sentence, source, target, coder=coder), sentence, target)
        answers.append((gold, kind))
        quads.append((_quad(gold), _quad(kind)))
    return {
        "n": len(answers),
        "figures": {
            "root macro F1": macro_f1(answers),
            "quad macro F1": macro_f1(quads),
            "accuracy": round(sum(a == b for a, b in answers) / max(1, len(answers)), 3),
        },
        "by class": by_class(answers),
        "confusions": [
            f"{a} taken for {b}: {n}" for (a, b), n in Counter(x for x in answers if x[0] != x[1]).most_common(12)
        ],
    }


def aw(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """Conflict or cooperation between two given parties."""
    answers = []
    for sentence, source, target, gold in rows(paths, "gold_binary"):
        pair = classify(sentence, source, target, coder=coder)
        conflict = sum(p for t, p in pair.probabilities.items() if ontology.quad(t) > 2)
        answers.append(("conflict" if gold == "1" else "cooperation", "conflict" if conflict > 0.5 else "cooperation"))
    return {
        "n": len(answers),
        "figures": {
            "binary macro F1": macro_f1(answers),
            "accuracy": round(sum(a == b for a, b in answers) / max(1, len(answers)), 3),
        },
        "by class": by_class(answers),
    }


def _quad(kind: str) -> str:
    # YIELD holds both words and deeds; like PLV's own tables it counts as cooperation by word.
    return str(ontology.quad("CONCEDE" if kind == "YIELD" else kind))


def by_class(answers: Sequence[tuple[str, str]]) -> dict[str, float]:
    """F1 of each class of the gold."""
    gold, given = Counter(a for a, _ in answers), Counter(b for _, b in answers)
    right = Counter(a for a, b in answers if a == b)
    return {k: round(2 * right[k] / (gold[k] + given[k]), 3) for k in sorted(gold)}


def macro_f1(answers: Sequence[tuple[str, str]]) -> float:
    """Mean F1 over the classes of the gold."""
    f1s = by_class(answers)
    return round(sum(f1s.values()) / max(1, len(f1s)), 3)
