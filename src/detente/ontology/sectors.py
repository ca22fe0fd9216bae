"""Our sectors in the words of other systems (`sectors.tsv`): CAMEO actor types, ICEWS sectors, ACLED actor types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from detente.knowledge.tables import read_table

_COLUMNS = ("sector", "cameo", "icews", "acled")


@cache
def _table(system: str) -> dict[str, str]:
    at = _COLUMNS.index(system)
    rows = read_table(Path(__file__).parent / "sectors.tsv", _COLUMNS)
    return {row[0]: row[at] for row in rows if row[at]}


@cache
def _back(system: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for sector, word in _table(system).items():
        found.setdefault(word.lower(), sector)
    return found


def words(system: str, sectors: Iterable[str]) -> list[str]:
    """The words of ``system`` (cameo, icews, acled) for sectors, in their order, each once; without those that it lacks."""
    table = _table(system)
    return list(dict.fromkeys(table[s] for s in sectors if s in table))


def sectors(system: str, named: Iterable[str]) -> tuple[str, ...]:
    """Our sectors for words of ``system``, in their order, each once; words that are none of ours are left out."""
    table = _back(system)
    return tuple(dict.fromkeys(table[w.strip().lower()] for w in named if w.strip().lower() in table))
