"""CAMEO beside PLOVER: event codes, Goldstein weights, and which code stands for a type and mode (`cameo.tsv`, `plover_to_cameo.tsv`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from detente import ontology
from detente.knowledge.tables import read_table

_DATA = Path(__file__).parent
# CAMEO roots 01 to 05 are verbal cooperation, 06 to 08 material cooperation, 09 to 13 verbal conflict, 14 to 20 material conflict.
_LAST_ROOTS = ((5, 1), (8, 2), (13, 3), (20, 4))


@dataclass(frozen=True, slots=True)
class Code:
    """One CAMEO code. ``goldstein``: the weight that GDELT uses, ``icews``: that of ICEWS. ``type`` and ``mode``: what PLOVER
    reads it as (``type`` "": no event to PLOVER; ``mode`` "": none). ``source``: who says so."""

    code: str
    title: str
    goldstein: float
    icews: float
    type: str
    mode: str
    source: str


@cache
def codes() -> dict[str, Code]:
    """All CAMEO codes by code ("042")."""
    columns = ("code", "title", "goldstein", "icews", "type", "mode", "source")
    return {
        code: Code(code, title, float(gdelt), float(icews), type_, mode, source)
        for code, title, gdelt, icews, type_, mode, source in read_table(_DATA / "cameo.tsv", columns)
    }


@cache
def by_title() -> dict[str, Code]:
    """CAMEO codes by their title in lower case, as ICEWS files spell it."""
    return {one.title.lower(): one for one in codes().values()}


def titled(name: str) -> Code | None:
    """The code of a title as files of relations write it ("Make_a_visit"); None for a title that CAMEO has not."""
    return by_title().get(name.replace("_", " ").casefold())


@cache
def _written() -> dict[tuple[str, str], str]:
    table = read_table(_DATA / "plover_to_cameo.tsv", ("type", "mode", "cameo", "basis"))
    return {(type_, mode): code for type_, mode, code, _ in table}


def code_of(type_: str, modes: Iterable[str] = ()) -> Code:
    """The CAMEO code that stands for a PLOVER type and its modes: of several modes the one with the heaviest weight, then the
    first of the table. Raises RecordError for an unknown type or a mode that is not of that type."""
    given = tuple(modes)
    ontology.score(type_, given)
    named = [codes()[_written()[type_, m]] for m in ontology.MODES[type_] if m in given]
    return max(named, key=lambda c: abs(c.goldstein), default=codes()[_written()[type_, ""]])


def quad(code: str) -> int:
    """GDELT's QuadClass of a CAMEO code, by its root: 1 verbal cooperation to 4 material conflict."""
    root = int(code[:2])
    return next(number for last, number in _LAST_ROOTS if root <= last)
