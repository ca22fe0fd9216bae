"""The events of ICEWS14 (2014, as in the exams of link prediction) as incidents, so that they are measured like our own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
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
    entities = [_party(name) for name in _names(folder / "entity2id.txt")]
    relations = [relation(name) for name in _names(folder / "relation2id.txt")]
    incidents = []
    reports: Counter[str] = Counter()
    for number, (s, r, o, hours) in enumerate(_quadruples(folder)):
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
    code = cameo.by_title().get(name.replace("_", " ").casefold())
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


def _names(path: Path) -> list[str]:
    rows = (line.rsplit("\t", 1) for line in _lines(path))
    try:
        names = {int(number): name for name, number in rows}
        return [names[i] for i in range(len(names))]
    except (ValueError, KeyError):
        raise ExamError(f"{path}: each line must be a name, a tab and a number, from 0 without gaps") from None


def _quadruples(folder: Path) -> Iterator[tuple[int, int, int, int]]:
    for name in ("train.txt", "valid.txt", "test.txt"):
        path = folder / name
        if name == "test.txt" and not path.is_file():
            continue
        for number, line in enumerate(_lines(path), 1):
            try:
                s, r, o, hours = map(int, line.split()[:4])
            except ValueError:
                raise ExamError(f"{path}:{number}: no four numbers (source, relation, target, hours)") from None
            yield s, r, o, hours


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise ExamError(f"{path}: {error.strerror or 'cannot be read'}") from None
