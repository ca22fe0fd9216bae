"""Builds ``data/bodies.tsv`` and ``data/outlets.tsv``: bodies, parties, armed groups and news outlets by name.

Run ``python -m detente.knowledge.build_bodies --bodies B.tsv --groups G.tsv --outlets O.tsv --texts T.jsonl.gz …``. The three
tables are written by hand; a row ships only if one of the texts has one of its names (an outlet: or cites its address), and a
name only if it can be told from a common word, a country or a town, and is no name that bodies of three countries share.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from detente.knowledge import tables
from detente.knowledge.attest import seen, texts
from detente.knowledge.tables import unaccented

BODY_COLUMNS = ("kind", "name", "aliases", "country", "sectors", "first", "last", "side", "mentions", "source")
OUTLET_COLUMNS = (
    "name", "aliases", "domains", "country", "city", "family", "kind", "state", "languages", "first", "last", "mentions", "source",
)  # fmt: skip
_COMMON = 20  # texts that write a word small: then a single capitalised word of that spelling is no name
_SHARED = 3  # countries with a body of that name: then it needs a nationality beside it, and is left out alone
_TOWN = 50_000  # people of a town whose name alone is taken for the town
_SECTORS = frozenset(
    "GOV MIL COP JUD LEG SPY PTY OPP PRM REB UAF UNK CVL BUS CRM JRN LAB MED EDU REL REF AGR ELI SOC PRE".split()
)


@dataclass(frozen=True, slots=True)
class Body:
    """A row of ``bodies.tsv``; years are empty where not known; ``side``: whose ally or part it is."""

    kind: str
    name: str
    aliases: tuple[str, ...]
    country: str
    sectors: str
    first: str = ""
    last: str = ""
    side: str = ""
    mentions: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def bodies(path: Path) -> Iterator[Body]:
    """Rows of the hand-written table of bodies and parties."""
    for r in _rows(path):
        if r["country"] in _codes() and not set(r["sectors"].split("+")) - _SECTORS:
            yield Body(
                r["kind"],
                r["name"],
                _list(r["aliases"], "|"),
                r["country"],
                r["sectors"],
                r["first_year"],
                r["last_year"],
            )


def groups(path: Path) -> Iterator[Body]:
    """Rows of the hand-written table of armed groups."""
    for r in (r for r in _rows(path) if r["country"] in _codes()):
        yield Body(
            "group", r["name"], _list(r["aliases"], ";"), r["country"], r["sector"], r["first_year"], r["last_year"], r["side"]
        )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield {k: (v or "").strip() for k, v in row.items() if k}


def _list(cell: str, mark: str) -> tuple[str, ...]:
    return tuple(a.strip() for a in cell.split(mark) if a.strip())


def usable(rows: list[Body], small: Counter[str]) -> list[Body]:
    """The rows with the names that can be told from other words; a row without a name left is left out."""
    taken = _taken()
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in row.names:
            owners[name].add(row.country)

    def good(name: str) -> bool:
        return (
            name not in taken
            and "(" not in name
            and len(name) > 1
            and len(owners[name]) < _SHARED
            and not (not name.isupper() and small[name.lower()] >= _COMMON)
        )

    kept = []
    for row in rows:
        names = tuple(dict.fromkeys(n for n in row.names if good(n)))
        if names:
            kept.append(replace(row, name=names[0], aliases=names[1:]))
    return kept


def _codes() -> set[str]:
    return {*tables.countries(), "UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"}


def _taken() -> set[str]:
    """Names of countries, nationalities, capitals and larger towns; and those of ``named.tsv``, which go before."""
    names = {n for c in tables.countries().values() for n in (c.name, *c.aliases, *c.demonyms, *c.capitals)}
    for row, aliases in tables._place_rows():
        if row.population >= _TOWN or row.precision == "admin1":
            names |= {row.name, *aliases}
    columns = ("kind", "name", "aliases", "country", "sectors")
    for _, name, others, *_ in tables.read_table(tables.DATA / "named.tsv", columns):
        names |= {name, *(a for a in others.split("|") if a)}
    return names


def attested(rows: list[Body], paths: list[Path]) -> list[Body]:
    """The rows that a text names, with in how many."""
    found = seen({n for row in rows for n in row.names}, paths)
    counted = [replace(row, mentions=len({id(t) for n in row.names for t in found.get(n, ())})) for row in rows]
    return [row for row in counted if row.mentions]


def small_words(paths: list[Path], names: Iterable[str]) -> Counter[str]:
    """In how many texts each name is written small, as common words: "foreign affairs"."""
    found = seen({n.lower() for n in names if n.lower() != n}, paths, cited=False)
    return Counter({name: len(where) for name, where in found.items()})


def outlets(path: Path, paths: list[Path], small: Counter[str]) -> list[list[str]]:
    """Rows of the outlets that the texts cite by address or name."""
    cited: Counter[str] = Counter()
    for _, _, beside in texts(paths):
        for address in beside:
            host = re.match(r"https?://(?:www\.)?([^/:]+)", address)
            if host:
                parts = host[1].lower().split(".")
                cited.update({".".join(parts[i:]) for i in range(len(parts) - 1)})
    rows = list(_rows(path))
    named = seen({n for r in rows for n in (r["name"], *_list(r["aliases"], "|"))}, paths)
    taken = _taken()
    out = []
    for r in rows:
        names = [r["name"], *_list(r["aliases"], "|")]
        if r["name"] in taken or re.sub(r"^The ", "", r["name"]) in taken or small[r["name"].lower()] >= _COMMON:
            continue  # "The South African" is a paper, but mostly somebody
        mentions = sum(cited[d] for d in _list(r["domains"], "|")) or len(named.get(r["name"], ()))
        if not mentions:
            continue
        aliases = [n for n in names[1:] if n not in taken and not small[n.lower()] >= _COMMON]
        r = {**r, "aliases": "|".join(aliases), "country": r["country"] if r["country"] in _codes() else ""}
        source = "own; cited" if any(cited[d] for d in _list(r["domains"], "|")) else "own; named"
        keys = (
            "name",
            "aliases",
            "domains",
            "country",
            "city",
            "family",
            "kind",
            "state",
            "languages",
            "first_year",
            "last_year",
        )
        out.append([*(r[k] for k in keys), str(mentions), source])
    return sorted(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bodies", "groups", "outlets"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    known = [*groups(args.groups), *bodies(args.bodies)]
    press = {n for r in _rows(args.outlets) for n in (r["name"], *_list(r["aliases"], "|"))}
    small = small_words(args.texts, {n for row in known for n in row.names} | press)
    rows = attested(usable(known, small), args.texts)
    lines = sorted(
        (
            "\t".join(
                (
                    r.kind,
                    r.name,
                    "|".join(r.aliases),
                    r.country,
                    r.sectors,
                    r.first,
                    r.last,
                    r.side,
                    str(r.mentions),
                    "own; texts",
                )
            )
            for r in rows
        ),
        key=unaccented,
    )
    head = [
        "# Organisations, agencies, seats, parties and armed groups by name, beside those of named.tsv. Facts, own list, 2026-11. Licence: Apache-2.0.",
        "# Built by detente/knowledge/build_bodies.py: only rows whose names other texts have (mentions: in how many of them). first, last: years.",
        "\t".join(BODY_COLUMNS),
    ]
    (tables.DATA / "bodies.tsv").write_text("\n".join(head + lines) + "\n", "utf-8", newline="\n")
    cells = outlets(args.outlets, args.texts, small)
    head = [
        "# News outlets: names, addresses, country and town of the newsroom, owner's family (state:CCC: a state's). Facts, own list, 2026-11. Licence: Apache-2.0.",
        "# Built by detente/knowledge/build_bodies.py: only outlets that other texts cite by address or name (mentions: how often).",
        "\t".join(OUTLET_COLUMNS),
    ]
    (tables.DATA / "outlets.tsv").write_text(
        "\n".join(head + ["\t".join(c) for c in cells]) + "\n", "utf-8", newline="\n"
    )
    print(len(lines), "bodies", Counter(r.kind for r in rows), len(cells), "outlets")


if __name__ == "__main__":
    main()
