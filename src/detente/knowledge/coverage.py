"""How far the table of office-holders reaches: ``python -m detente.knowledge.coverage`` writes the tables of docs/knowledge.md.

A year of a country is covered for an office if somebody in ``offices.tsv`` held it on 1 July of that year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from detente.knowledge import tables
from detente.knowledge.build_offices import Row
from detente.knowledge.refresh import shipped

YEARS = range(1990, 2027)
OFFICES = {
    "head of state or government": re.compile(
        r"(?:president|prime minister|chancellor|king|queen|emir|sultan|supreme leader|leader|premier|taoiseach|emperor|prince|pope|monarch"
        r"|leader of the junta|chairman of the national transitional council|general secretary of the communist party|grand duke)$",
        re.I,
    ),
    "foreign": re.compile(r"(?:foreign|external affairs) minister$|foreign secretary$|secretary of state$|minister of foreign affairs", re.I),
    "defence": re.compile(r"defen[cs]e (?:minister|secretary)$|secretary of defense$|minister of (?:national )?defen[cs]e|minister for defence", re.I),
    "interior": re.compile(
        r"(?:interior|home|security|internal affairs) (?:minister|secretary)$|secretary of homeland security|minister of (?:the )?(?:interior|home|internal)",
        re.I,
    ),
}  # fmt: skip
#: Entries of countries.tsv that are no members of the United Nations.
NO_MEMBERS = frozenset("HKG MAC TWN KOS PSE ESH VAT GRL PRI UNO EUR IGO NGO ISM IMG MNC".split())


def covered(rows: list[Row]) -> dict[tuple[str, str], set[int]]:
    """The covered years of each country and kind of office."""
    found: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        for kind, pattern in OFFICES.items():
            if pattern.match(row.office):
                first, last = tables.day(row.first), tables.day(row.last, True) or "9"
                found.setdefault((row.country, kind), set()).update(
                    y for y in YEARS if first <= f"{y}-07-01" <= last and (y < YEARS[-1] or not row.last)
                )
    return found


def report(rows: list[Row]) -> Iterator[str]:
    """The lines of the two tables, by year and by country, in Markdown."""
    found = covered(rows)
    members = sorted(set(tables.countries()) - NO_MEMBERS)
    yield "| year | " + " | ".join(OFFICES) + " |"
    yield "|---|" + "---|" * len(OFFICES)
    for year in YEARS:
        yield (
            f"| {year} | "
            + " | ".join(str(sum(year in found.get((c, k), ()) for c in members)) for k in OFFICES)
            + " |"
        )
    yield ""
    yield "| country | " + " | ".join(OFFICES) + " |"
    yield "|---|" + "---|" * len(OFFICES)
    for country in members:
        yield f"| {country} | " + " | ".join(_spans(found.get((country, k), set())) for k in OFFICES) + " |"


def _spans(years: set[int]) -> str:
    """ "1990-1993 1997-2026"."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


def main() -> None:
    print("\n".join(report(shipped())))


if __name__ == "__main__":
    main()
