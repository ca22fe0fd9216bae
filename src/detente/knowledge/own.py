"""A user's own actors: rows of a CSV table that win over everything that is shipped."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from detente.errors import KnowledgeError
from detente.knowledge.tables import Entry, unaccented

COLUMNS = ("name", "aliases", "country", "sectors", "first", "last")
_SECTORS = frozenset(
    "GOV MIL COP JUD LEG SPY PTY OPP PRM REB UAF UNK CVL BUS CRM JRN LAB MED EDU REL REF AGR ELI SOC PRE".split()
)
_rows: list[tuple[str, Entry]] = []
_version = [0]


def use_actors(path: Path | str | None) -> int:
    """Let the rows of a CSV table win over the shipped ones; None: no such table any more. Gives how many names it has.

    Columns: name, aliases (parted by "|"), country (CODEBOOK.md section 3, or empty), sectors (joined by "+" or "|"), first and
    last (the day, month or year from and to which the row holds, or empty). The last four columns may be missing. A name
    may stand in several rows with different times. Raises KnowledgeError, with file and line, for a table that cannot be used.
    """
    from detente.knowledge import tables

    rows = list(_read(Path(path))) if path is not None else []
    _rows[:] = rows
    _version[0] += 1
    tables.actor_names.cache_clear()
    return len(rows)


def own_version() -> int:
    """A number that changes with the table in use: part of the key of whatever keeps answers."""
    return _version[0]


def own_mark() -> str:
    """Eight hexadecimal digits of the table in use; empty if there is none."""
    return hashlib.sha256(repr(_rows).encode()).hexdigest()[:8] if _rows else ""


def own_entries() -> list[tuple[str, Entry]]:
    """The names of the table in use, and what they stand for."""
    return list(_rows)


def _read(path: Path) -> Iterator[tuple[str, Entry]]:
    from detente.knowledge.tables import day

    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KnowledgeError(f"{path} cannot be read as a table of actors: {error}") from error
    header = [c.strip().lower() for c in rows[0]] if rows else []
    unknown = set(header) - set(COLUMNS)
    if "name" not in header or unknown:
        raise KnowledgeError(f"{path}:1: the columns must be {', '.join(COLUMNS)} (name at least), not {header}")
    for number, cells in enumerate(rows[1:], 2):
        if not any(c.strip() for c in cells):
            continue
        if len(cells) > len(header):
            raise KnowledgeError(f"{path}:{number}: {len(cells)} columns, not {len(header)}")
        row = dict(zip(header, (c.strip() for c in cells), strict=False))
        sectors = tuple(s for s in row.get("sectors", "").replace("|", "+").split("+") if s)
        if not row["name"] or set(sectors) - _SECTORS:
            raise KnowledgeError(f"{path}:{number}: no name, or no sector of the codebook: {row}")
        days = [_checked(row.get(c, ""), f"{path}:{number}: {c}") for c in ("first", "last")]
        entry = Entry(
            "own", row["name"], row.get("country", "").upper(), sectors, None, (), day(days[0]), day(days[1], True)
        )
        for alias in dict.fromkeys((row["name"], *(a.strip() for a in row.get("aliases", "").split("|")))):
            if alias:
                yield alias, entry
                if unaccented(alias) != alias:
                    yield unaccented(alias), entry


def _checked(told: str, where: str) -> str:
    if told and not re.fullmatch(r"\d{4}(-\d\d){0,2}", told):
        raise KnowledgeError(f"{where} must be a year, month or day (2020, 2020-01, 2020-01-31), not {told!r}")
    return told
