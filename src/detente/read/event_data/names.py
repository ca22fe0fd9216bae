"""Countries in the words of foreign files: ICEWS and ACLED write names, in their own spellings (`country_names.tsv`)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from detente.knowledge import tables


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, one in tables.countries().items():
        for name in (one.name, *one.aliases):
            found.setdefault(name.lower(), code)
    for name, code in tables.read_table(Path(__file__).parent / "country_names.tsv", ("name", "code")):
        found[name.lower()] = code
    return found


def country(name: str) -> str | None:
    """The code of a country's name as a foreign file spells it; None for a name that is no state's."""
    return _names().get(name.strip().lower())


@cache
def _within() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:" + "|".join(re.escape(n) for n in sorted(_names(), key=len, reverse=True) if len(n) > 3) + r")\b", re.I
    )


@cache
def _groups() -> dict[str, str]:
    return {name.lower(): entry.country for name, entry in tables.group_names() if entry.country}


@cache
def country_in(words: str) -> str | None:
    """The country that the name of an actor tells: "Military Forces of Iran (1989-)", "Protesters (Yemen)", or a known group."""
    inner = re.search(r"\(([^()]+)\)\s*$", words)
    if inner and (code := country(inner[1])):
        return code
    if code := _groups().get(re.sub(r"\s*\(.*", "", words).strip().lower()):
        return code
    found = _within().search(words)
    return country(found[0]) if found else None
