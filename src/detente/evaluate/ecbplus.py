"""ECB+ (Cybulska and Vossen 2014): which mentions of many documents are one event, the mentions given.

Its events are of every kind (injuries, film roles, phone launches), its mentions bare words without our slots: what is
examined is the part of linking that works on words. Documents are first brought together by their words (no gold topics
are used), then mentions by their lemma or a near-synonym, average-linked. Scored are the mentions of the validated
sentences, single mentions included, over all documents at once (CoNLL F1).
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from detente.errors import ExamError
from detente.evaluate.clusters import b_cubed, ceaf_e, conll, muc
from detente.link import words
from detente.link.average_link import average_link

# Two documents tell of one happening from this mean cosine (of topics 1 to 35: 0.18 and 0.22 are equal within 0.002).
_ALIKE = 0.22
_NAMED = 3.0  # names and figures tell happenings apart better than other words
_LEAD = 2.0  # so does what stands in the first two sentences
_TOKEN = re.compile(r"\w{2,}")


@dataclass(frozen=True, slots=True)
class Mention:
    """The words of one gold mention, its document, and the happening that the gold says it is."""

    document: str
    text: str
    instance: str


def run(paths: Sequence[Path], coder: Any = None) -> dict[str, Any]:
    """CoNLL F1 and its parts. ``paths``: ecbplus.jsonl.gz ({"name", "xml"} a line), ecbplus_sentences.csv.

    Raises ExamError for files of another form. ``coder`` is not used: the mentions are given.
    """
    archive = next((p for p in paths if p.name.endswith((".jsonl.gz", ".jsonl"))), None)
    listed = next((p for p in paths if p.suffix == ".csv"), None)
    if archive is None or listed is None:
        raise ExamError("ecbplus wants ecbplus.jsonl.gz and ecbplus_sentences.csv")
    documents, mentions = read(archive, listed)
    story = stories(documents)
    given = linked(mentions, story)
    gold = _clusters(enumerate(m.instance for m in mentions))
    return {
        "n": len(mentions),
        "figures": {
            "CoNLL F1": round(conll(gold, given), 3),
            "MUC F1": round(muc(gold, given).f1, 3),
            "B-cubed F1": round(b_cubed(gold, given).f1, 3),
            "CEAF-e F1": round(ceaf_e(gold, given).f1, 3),
        },
    }


def read(archive: Path, listed: Path) -> tuple[dict[str, list[tuple[int, str]]], list[Mention]]:
    """Tokens (sentence number, word) of each document, and the event mentions of its validated sentences."""
    validated: defaultdict[str, set[int]] = defaultdict(set)
    with listed.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            validated[f"{row['Topic']}_{row['File']}.xml"].add(int(row["Sentence Number"]))
    documents: dict[str, list[tuple[int, str]]] = {}
    mentions: list[Mention] = []
    opened = gzip.open if archive.suffix == ".gz" else open
    with opened(archive, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                root = ElementTree.fromstring(row["xml"])
            except (ValueError, KeyError, ElementTree.ParseError) as error:
                raise ExamError(f'{archive}:{number}: wants {{"name", "xml"}} ({error})') from None
            if row["name"] in validated:
                tokens, found = _document(row["name"], root, validated[row["name"]])
                documents[row["name"]] = tokens
                mentions += found
    return documents, mentions


def _document(name: str, root: ElementTree.Element, validated: set[int]) -> tuple[list[tuple[int, str]], list[Mention]]:
    order = {t.get("t_id"): i for i, t in enumerate(root.iter("token"))}
    tokens = [(int(t.get("sentence") or 0), t.text or "") for t in root.iter("token")]
    instance: dict[str | None, str] = {}
    for relation in root.find("Relations") or ():
        across = relation.tag == "CROSS_DOC_COREF"
        for source in relation.findall("source"):
            instance[source.get("m_id")] = str(relation.get("note")) if across else f"{name} {relation.get('r_id')}"
    mentions = []
    for mark in root.find("Markables") or ():
        places = [order[a.get("t_id")] for a in mark.findall("token_anchor")]
        if "ACTION" in mark.tag and places and tokens[places[0]][0] in validated:
            text = " ".join(tokens[i][1] for i in places)
            mentions.append(Mention(name, text, instance.get(mark.get("m_id"), f"{name} {mark.get('m_id')}")))
    return tokens, mentions


def stories(documents: dict[str, list[tuple[int, str]]]) -> dict[str, int]:
    """A number for each document, the same for documents that tell of one happening: average-linked weighted words."""
    names = sorted(documents)
    counts = [_weighted(documents[n]) for n in names]
    seen = Counter(w for c in counts for w in c)
    column = {w: i for i, w in enumerate(sorted(seen))}
    table = np.zeros((len(names), len(column)))
    for row, words_ in zip(table, counts, strict=True):
        for word, n in words_.items():
            row[column[word]] = math.log(1 + n) * math.log(len(names) / seen[word])
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    return {names[i]: k for k, rows in enumerate(average_link(table @ table.T, _ALIKE)) for i in rows}


def _weighted(tokens: Iterable[tuple[int, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for sentence, token in tokens:
        if _TOKEN.match(token) and token.casefold() not in _COMMON:
            named = token[0].isupper() or token[0].isdigit()
            found[words.lemma(token)] += (_NAMED if named else 1.0) * (_LEAD if sentence <= 1 else 1.0)  # type: ignore[assignment]
    return found


_COMMON = frozenset(
    "the a an of to in on at for and or is was were be been by with from as it its his her their that this he she they has have had will not".split()
)


def linked(mentions: Sequence[Mention], story: dict[str, int]) -> list[set[int]]:
    """Clusters of mention numbers: within a story by the likeness of the words that name the act."""
    given: list[set[int]] = []
    for numbers in _clusters(enumerate(story[m.document] for m in mentions)):
        rows = sorted(numbers)
        acts = [words.act(mentions[i].text) for i in rows]
        lemmas = np.array([words.lemma(a) for a in acts])
        vectors = np.stack([words.vector(a) for a in acts])
        near: NDArray[np.float64] = np.maximum(
            (lemmas[:, None] == lemmas[None, :]).astype(float), 0.9 * (vectors @ vectors.T > words.NEAR)
        )
        given += [{rows[i] for i in cluster} for cluster in average_link(near, 0.5)]
    return given


def _clusters(labelled: Iterable[tuple[int, Any]]) -> list[set[int]]:
    found: defaultdict[Any, set[int]] = defaultdict(set)
    for number, label in labelled:
        found[label].add(number)
    return list(found.values())
