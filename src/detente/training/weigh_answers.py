"""Learn how sure the answers of `resolve.actor` are: `python -m detente.training.weigh_answers --data training/annotations`.

Each annotated party is asked for, its span and sentence given, on the day of its report, once with the sentence around it. Right is
an answer whose country and first sector, as far as it tells them, are the annotated ones. The share that is right of each way in
which answers are reached is drawn towards that of the next wider way. Prints how far told confidence and share right are apart, each
fold of the reports judged by the others; ``--check`` also judges other annotated reports (gold JSONL), which nothing was learnt from.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from detente.knowledge import tables
from detente.records import Actor
from detente.resolve.actors import actor
from detente.resolve.confidence import ANY, reached
from detente.training.choose_thresholds import calibration_error
from detente.training.line_format import read_folders

_PRIOR = 10  # answers that the wider way counts for
_LEAST = 10  # answers of a way that get it a row of its own
_FOLDS = 5
_BINS = 10

Case = tuple[str, tuple[str, ...], bool]  # report, ways, right


def asked(text: str, sentence: str, published: str, country: str | None, sectors: Sequence[str]) -> Iterator[tuple[tuple[str, ...], bool]]:  # fmt: skip
    """What the answer to one annotated party was reached by, and whether it is right; nothing where there is no answer."""
    found = actor(text, context=sentence, published=published or None)
    if found is not None and (found.country or found.sectors):
        yield reached(found, text), _right(found, country, sectors)


def _right(found: Actor, country: str | None, sectors: Sequence[str]) -> bool:
    return (not found.country or found.country == country) and (
        not found.sectors or (found.sectors[0] == sectors[0] if sectors else False)
    )


def annotated(folders: Sequence[Path]) -> Iterator[Case]:
    """The answers to the parties of annotated reports."""
    for report in read_folders(folders):
        seen = set()
        for event in report.events:
            for role in ("actor", "recipient"):
                for m in event.roles.get(role, ()):
                    sentence = report.sentences[event.sentence]
                    key = event.sentence, m.start, m.end, m.code
                    if key in seen or not m.code:
                        continue
                    seen.add(key)
                    country = None if m.code == "---" else m.code
                    for ways, right in asked(sentence[m.start : m.end], sentence, report.published, country, m.sectors):
                        yield report.id, ways, right


def gold(path: Path) -> Iterator[Case]:
    """The answers to the parties of reports in the reference format (docs/evaluation.md)."""
    for line in path.read_text("utf-8").splitlines():
        report = json.loads(line)
        seen = set()
        for event in report["events"]:
            a, b = report["sentences"][event["sentence"]]
            for party in (*event["actors"], *event["recipients"]):
                key = party.get("start"), party.get("end"), party.get("country")
                if party.get("text") and key not in seen:
                    seen.add(key)
                    country = party.get("country") if party.get("country") != "---" else None
                    told = asked(party["text"], report["text"][a:b], report.get("published") or "", country, party.get("sectors") or ())  # fmt: skip
                    yield from ((str(report["id"]), ways, right) for ways, right in told)


def learn(cases: Iterable[Case]) -> dict[str, tuple[int, int, float]]:
    """Answers, right ones and confidence of each way that has answers enough."""
    n: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wider: dict[str, str] = {}
    for _, ways, good in cases:
        for way, next_one in zip(ways, (*ways[1:], ""), strict=True):
            n[way] += 1
            right[way] += good
            wider[way] = next_one
    found: dict[str, tuple[int, int, float]] = {}
    for way in sorted(n, key=lambda w: (w != ANY, w.count("|"), w)):
        if n[way] < _LEAST and way != ANY:
            continue
        up = wider[way]
        while up and up not in found:
            up = wider.get(up, "")
        prior = found[up][2] if up else 0.5
        found[way] = n[way], right[way], round((right[way] + _PRIOR * prior) / (n[way] + _PRIOR), 3)
    return found


def apart(cases: Sequence[Case], table: Mapping[str, tuple[int, int, float]]) -> list[tuple[float, bool]]:
    """The confidence told for each answer, with whether it is right."""
    return [(next(table[w][2] for w in ways if w in table), good) for _, ways, good in cases]


def calibration(told: Sequence[tuple[float, bool]]) -> tuple[float, float, list[tuple[float, float, int]]]:
    """Expected calibration error, Brier score, and (mean confidence, share right, answers) of each tenth of confidence."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for c, good in told:
        bins[min(int(c * _BINS), _BINS - 1)].append((c, good))
    rows = [(sum(c for c, _ in b) / len(b), sum(g for _, g in b) / len(b), len(b)) for _, b in sorted(bins.items())]
    return calibration_error(told), sum((c - g) ** 2 for c, g in told) / max(1, len(told)), rows


def crossed(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """Each fold of the reports judged by a table of the others."""
    told: list[tuple[float, bool]] = []
    for fold in range(_FOLDS):
        table = learn(c for c in cases if crc32(c[0].encode()) % _FOLDS != fold)
        told += apart([c for c in cases if crc32(c[0].encode()) % _FOLDS == fold], table)
    return told


def write(table: Mapping[str, tuple[int, int, float]], folders: Sequence[Path]) -> None:
    """The table that `detente.resolve.confidence` reads."""
    lines = [
        "# How often answers of resolve.actor are right, by how they were reached: basis | what is told | words of the phrase.",
        f"# Source: {', '.join(f.as_posix() for f in folders)} (own annotations), learnt {datetime.now(UTC):%Y-%m-%d} by "
        "detente.training.weigh_answers. Licence: Apache-2.0.",
        "reached\tanswers\tright\tconfidence",
        *("\t".join((way, str(n), str(right), f"{share:.3f}")) for way, (n, right, share) in sorted(table.items())),
    ]
    (tables.DATA / "actor_confidence.tsv").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--check", type=Path)
    args = parser.parse_args()
    cases = list(annotated(args.data))
    table = learn(cases)
    write(table, args.data)
    judged = {"crossed": crossed(cases)}
    if args.check:
        judged[args.check.name] = apart(list(gold(args.check)), table)
    for name, told in judged.items():
        error, brier, rows = calibration(told)
        print(f"{name}: {len(told)} answers, {sum(g for _, g in told) / len(told):.3f} right, {len(table)} rows, "
              f"calibration error {error:.3f}, Brier {brier:.3f}")  # fmt: skip
        for c, share, k in rows:
            print(f"  told {c:.2f}  right {share:.2f}  of {k}")


if __name__ == "__main__":
    main()
