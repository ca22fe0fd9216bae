"""Learns how much each clue tells whether a name is a place: writes ``knowledge/data/toponym_clues.tsv``.

Run: ``python -m detente.training.weigh_toponyms training/toponyms.tsv --reports VOA.jsonl.gz WIKINEWS.jsonl.gz --links LINKS.jsonl.gz``.
Two kinds of examples, none from an exam: names read one by one (``training/toponyms.tsv``), and links of Wikipedia's Portal:Current
events, where the page that a name leads to tells ("Kennedy" to "Robert F. Kennedy Jr.", "Georgia" to "Georgia (country)").
Logistic regression with a ridge; the figures of five parts held out in turn are printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from detente.knowledge import gazetteer
from detente.knowledge.gazetteer import plain
from detente.knowledge.tables import DATA, read_table
from detente.resolve import toponyms
from detente.resolve.toponym_clues import is_given

_RIDGE = 2.0
#: Clues whose weight is drawn to a value set by reason, not to nought: what is rare in the examples is not rare in the world.
_EXPECTED = {
    "a common word begins a sentence": -4.0, "in lower case elsewhere": -1.0, "after a title": -2.0, "after a given name": -3.5,
    "after an initial": -2.5, "after another name weak": -1.5, "runs into another name": -8.0, "runs on from another name": -4.0, "after a given name strong": -1.0, "a given name before a capital": -2.0,
    "ends a person's name weak": -1.5, "ends a person's name strong": -1.0, "is a seat": -2.5, "lies in the next": 3.0,
    "dateline": 2.5, "surely a place elsewhere": 2.0, "known as numbered": 3.0, "known as small": 0.5, "short of letters": -4.0,
    "short after a comma": 3.0, "known as site": 1.0,
}  # fmt: skip
_HOLD = 20.0  # the ridge of those
_LEAST = 4  # examples that a clue must have
_READ = 5.0  # a name that was read counts as so many links
_ROUNDS = 60
_FOLDS = 5
Example = tuple[frozenset[str], bool, float]
_NO_PLACE = re.compile(
    r"\((?:film|album|band|song|surname|politician|newspaper|company|footballer|TV series|magazine|given name|militant group)\b"
)


def main() -> None:
    """Learn from the files named on the command line, write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("labels", type=Path)
    arguments.add_argument("--reports", type=Path, nargs="+", required=True)
    arguments.add_argument("--links", type=Path, required=True)
    given = arguments.parse_args()
    examples = [*_read(given.labels, given.reports), *_linked(given.links)]
    seen = Counter(clue for clues, _, _ in examples for clue in clues)
    names = sorted({clue for clue, n in seen.items() if n >= _LEAST} | _EXPECTED.keys())
    middle = np.array([_EXPECTED.get(n, 0.0) for n in names])
    ridge = np.array([_HOLD if n in _EXPECTED else _RIDGE for n in names])
    x = np.array([[float(n in clues) for n in names] for clues, _, _ in examples])
    y = np.array([good for _, good, _ in examples], dtype=float)
    w = np.array([weight for _, _, weight in examples])
    print(f"{len(examples)} examples, {int(y.sum())} of them places, {len(names)} clues")
    _held_out(x, y, w, middle, ridge)
    weights = fit(x, y, w, middle, ridge)
    lines = [
        "# What each clue of resolve/toponyms.py adds to the log-odds that a name is a place. Learnt by",
        "# detente/training/weigh_toponyms.py from training/toponyms.tsv and links of Wikipedia's Portal:Current events (CC BY-SA 4.0).",
        "clue\tweight",
        *(f"{n}\t{v:.2f}" for n, v in zip(names, weights, strict=True) if abs(v) >= 0.005),
    ]
    (DATA / "toponym_clues.tsv").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def fit(x: Any, y: Any, w: Any, middle: Any, ridge: Any) -> Any:
    """Weights of the columns of ``x`` (examples by clues) by Newton's method, with a ridge around ``middle``."""

    def loss(weights: Any) -> float:
        z = x @ weights
        return float((w * (np.logaddexp(0.0, z) - y * z)).sum() + 0.5 * (ridge * (weights - middle) ** 2).sum())

    weights = np.zeros(x.shape[1])
    now = loss(weights)
    for _ in range(_ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (w * (p - y)) + ridge * (weights - middle)
        bend = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > now and np.abs(step).max() > 1e-6:
            step /= 2
        weights -= step
        now = loss(weights)
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _held_out(x: Any, y: Any, w: Any, middle: Any, ridge: Any) -> None:
    part = np.arange(len(y)) % _FOLDS
    guess = np.zeros(len(y))
    for fold in range(_FOLDS):
        guess[part == fold] = x[part == fold] @ fit(x[part != fold], y[part != fold], w[part != fold], middle, ridge)
    for name, rows in (("read", w > 1), ("linked", w == 1)):
        right = (guess[rows] > 0) == (y[rows] > 0)
        hits = ((guess > 0) & (y > 0) & rows).sum()
        print(f"{name}: {rows.sum()} examples, right {right.mean():.3f}, "
              f"precision {hits / max(1, ((guess > 0) & rows).sum()):.3f}, recall {hits / max(1, ((y > 0) & rows).sum()):.3f}")  # fmt: skip


def _read(labels: Path, reports: list[Path]) -> Iterator[Example]:
    wanted: dict[str, dict[tuple[int, int], bool]] = {}
    for report, start, end, _, place in read_table(labels, ("report", "start", "end", "words", "place")):
        wanted.setdefault(report, {})[int(start), int(end)] = place == "1"
    for path in reports:
        for d in _lines(path):
            told = wanted.get(d.get("id", ""), {})
            for t in toponyms.candidates(d["text"]) if told else ():
                if (t.start, t.end) in told:
                    yield frozenset(t.clues), told[t.start, t.end], _READ


def _linked(path: Path) -> Iterator[Example]:
    for d in _lines(path):
        text = d["text"]
        at = 0
        anchors = []
        for words, title in d.get("links", ()):
            found = text.find(words, at)
            if found >= 0:
                anchors.append((found, found + len(words), words, title))
                at = found + len(words)
        for t in toponyms.candidates(text):
            for start, end, words, title in anchors:
                if start <= t.start and t.end <= end:
                    good = _leads_to_place(t.words, words, title)
                    if good is not None:
                        yield frozenset(t.clues), good, 1.0


def _leads_to_place(name: str, anchor: str, title: str) -> bool | None:
    """Whether a link's page says that a name in it is a place; None where it does not say."""
    base = re.sub(r"\s*\(.*|,.*", "", title)
    person = is_given(base.split()[0]) and 2 <= len(base.split()) <= 4
    if plain(name) == plain(anchor):
        if _NO_PLACE.search(title):
            return False
        if plain(base) == plain(name):
            return True if gazetteer.known(plain(name)) or toponyms.is_site(name) else None
        if gazetteer.known(plain(base)) and (plain(base) in plain(name) or plain(name) in plain(base)):
            return True
        # A longer name: "Kennedy" to "Robert F. Kennedy Jr."
        return False if person else None
    if person and plain(base) == plain(anchor):
        return False
    return None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


if __name__ == "__main__":
    main()
