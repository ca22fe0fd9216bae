"""ICEWS14 (2014, as in the exams of link prediction): its files, and its events as incidents, so that they are measured like our own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from detente.errors import ExamError
from detente.knowledge import tables
from detente.measure.ask import Given
from detente.ontology import cameo
from detente.records import Incident, Party, When

_START = date(2014, 1, 1)


def read(folder: Path) -> Given:
    """The events of train.txt, valid.txt and, where it is there, test.txt: each is an incident of its own, told on its day.

    A party is the country that its name tells ("Iran", "Citizen_(Nigeria)"); one without is known by its name alone. Raises
    ExamError for files that are missing or malformed.
    """
    entities = [_party(name) for name in names(folder / "entity2id.txt")]
    relations = [relation(name) for name in names(folder / "relation2id.txt")]
    files = [folder / "train.txt", folder / "valid.txt", *(p for p in (folder / "test.txt",) if p.is_file())]
    incidents = []
    reports: Counter[str] = Counter()
    for number, (_, (s, r, o, hours)) in enumerate(quadruples(files)):
        try:
            source, kind, target = entities[s], relations[r], entities[o]
        except IndexError:
            raise ExamError(f"{folder}: event {number + 1} names an entity or a relation that has no name") from None
        day = (_START + timedelta(hours / 24)).isoformat()
        reports[day] += 1
        if kind is None:
            continue
        modes = (kind[1],) if kind[1] else ()
        when = When(start_date=day, end_date=day, granularity="day")
        incidents.append(
            Incident(
                f"icews14-{number}",
                kind[0],
                modes,
                (source,),
                (target,),
                date=when,
                first_report=day,
                last_report=day,
                reports=1,
            )
        )
    return Given(incidents, [(day, "ICEWS", None, n) for day, n in sorted(reports.items())])


def relation(name: str) -> tuple[str, str] | None:
    """PLOVER's type and mode ("": none) of a relation of ICEWS; None for a mere statement. Raises ExamError for an unknown one."""
    code = cameo.titled(name)
    if code is None:
        raise ExamError(f"{name!r} is no relation of ICEWS that is known: see ontology/cameo.tsv")
    return (code.type, code.mode) if code.type else None


@cache
def _countries() -> dict[str, str]:
    return {n.casefold(): code for code, c in tables.countries().items() for n in (c.name, *c.aliases)}


def _party(name: str) -> Party:
    words = name.replace("_", " ")
    inside = re.search(r"\(([^()]+)\)$", words)
    for said in (words, inside[1] if inside else ""):
        if code := _countries().get(said.casefold()):
            return Party(words, code)
    return Party(words)


def names(path: Path) -> list[str]:
    """Names by their number: lines "name tab number". Raises ExamError."""
    rows = (line.rsplit("\t", 1) for line in _lines(path))
    try:
        found = {int(number): name for name, number in rows}
        return [found[i] for i in range(len(found))]
    except (ValueError, KeyError):
        raise ExamError(f"{path}: each line must be a name, a tab and a number, from 0 without gaps") from None


def quadruples(paths: Iterable[Path]) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Where each event stands ("path:line"), and its source, relation, target (numbers of names) and hours since 2014 began.
    Raises ExamError for a line that is none."""
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            try:
                source, relation_, target, hours = map(int, line.split()[:4])
            except ValueError:
                raise ExamError(f"{path}:{number}: no four numbers (source, relation, target, hours)") from None
            yield f"{path}:{number}", (source, relation_, target, hours)


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        raise ExamError(
            f"{path}: no such file; the folder must hold entity2id.txt, relation2id.txt, train.txt, valid.txt and, for "
            "--split test, test.txt (github.com/nec-research/recurrency_baseline_tkg, data/ICEWS14)"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ExamError(f"{path}: cannot be read ({error})") from None
