"""Builds ``data/name_use.tsv``: how news uses each capitalised word that is, or goes with, the name of a place.

Run with reports: ``python -m detente.knowledge.build_names REPORTS.jsonl.gz… [--keep-out GOLD.jsonl]`` (lines with a ``text``). "Lincoln" is nearly always
the end of a longer name or before one, "Aleppo" stands alone, after "in" one time in three: that tells towns from surnames,
and the same counts tell given names ("David": first of a longer name) and common words ("Mobile": mostly in lower case).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

from detente.knowledge import gazetteer
from detente.knowledge.tables import DATA

#: Columns: alone after a preposition of place, alone elsewhere, first, last and inside of a longer run of capitals; in lower case.
COLUMNS = ("word", "after_preposition", "alone", "first", "last", "inside", "lower")
PREPOSITIONS = frozenset(
    "in at near from to into outside across around between toward towards inside throughout via over off".split()
)
_LEAST = 5
_ENOUGH = 120  # letters by which two copies of one report are known
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_](?:[\w’'-]*\w)?")


def main() -> None:
    """Count the reports named on the command line, write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("reports", type=Path, nargs="+")
    arguments.add_argument(
        "--keep-out", type=Path, nargs="*", default=[], help="JSONL of reports that must not be counted"
    )
    given = arguments.parse_args()
    kept_out = {
        _letters(json.loads(line)["text"])[:_ENOUGH] for path in given.keep_out for line in path.open(encoding="utf-8")
    }
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    lower: Counter[str] = Counter()
    for path in given.reports:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                text = json.loads(line).get("text") or ""
                if _letters(text)[:_ENOUGH] not in kept_out:
                    count(text, counts, lower)
    lines = [
        "# How often news has a word alone after a preposition of place, alone elsewhere, first, last and inside of a run of",
        "# capitalised words, and in lower case. Counted by detente/knowledge/build_names.py in reports of Wikipedia's",
        "# Portal:Current events 2002 to 2026-03 (CC BY-SA 4.0), Wikinews 2019-20 (CC BY 2.5) and VOA 2006-17 (public domain).",
        "\t".join(COLUMNS),
    ]
    for word in sorted(counts):
        found = counts[word]
        # Place names, and what begins longer names often: given names.
        if sum(found) >= _LEAST and (gazetteer.known(gazetteer.plain(word)) or found[2] >= _LEAST):
            lines.append("\t".join((word, *map(str, found), str(lower[word.lower()]))))
    (DATA / "name_use.tsv").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def _letters(text: str) -> str:
    """A text by which two copies of one report are known."""
    return re.sub(r"\W", "", text.lower())


def count(text: str, counts: dict[str, list[int]], lower: Counter[str]) -> None:
    """Add the words of one report to the counts. The first word of a sentence counts only where a longer name begins."""
    words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]
    i = 0
    while i < len(words):
        start, _, word = words[i]
        if not word[0].isupper():
            lower[word] += 1
            i += 1
            continue
        j = i
        while (
            j + 1 < len(words)
            and words[j + 1][2][0].isupper()
            and _joined(text[words[j][1] : words[j + 1][0]], words[j][2])
        ):
            j += 1
        initial = i == 0 or bool(re.search(r"[.!?:\"“”\n]\s*$", text[max(0, start - 3) : start]))
        for k in range(i, j + 1):
            if k == i and initial:
                continue
            bare = re.sub(r"[’']s?$", "", words[k][2])
            if i == j:
                counts[bare][0 if words[i - 1][2] in PREPOSITIONS else 1] += 1
            else:
                counts[bare][2 if k == i else 3 if k == j else 4] += 1
        i = j + 1


def _joined(gap: str, word: str) -> bool:
    return gap == " " or (gap == ". " and len(word) == 1)


if __name__ == "__main__":
    main()
