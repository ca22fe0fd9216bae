"""The knowledge tables: whole, sourced, small, soon read."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from detente.errors import KnowledgeError
from detente.knowledge import tables
from detente.knowledge.build_offices import COLUMNS
from detente.knowledge.refresh import items

_CODES = {*tables.countries(), "UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC", ""}
_SECTORS = frozenset(
    "GOV MIL COP JUD LEG SPY PTY OPP PRM REB UAF UNK CVL BUS CRM JRN LAB MED EDU REL REF AGR ELI SOC PRE".split()
)
_TABLES = {
    "bodies": ("kind", "name", "aliases", "country", "sectors", "first", "last", "side", "mentions", "source"),
    "breakaways": ("name", "aliases", "demonyms", "country", "capitals", "first", "last", "source"),
    "turns": ("kind", "name", "aliases", "country", "sectors", "first", "last", "source"),
    "offices": COLUMNS,
    "outlets": tables.OUTLETS,
}


def rows(name: str) -> list[dict[str, str]]:
    columns = _TABLES[name]
    return [dict(zip(columns, cells, strict=True)) for cells in tables.read_table(tables.DATA / f"{name}.tsv", columns)]


@pytest.mark.parametrize("name", _TABLES)
def test_every_row_has_a_source_and_codes_of_the_codebook(name: str) -> None:
    found = rows(name)
    assert len(found) > 20
    for row in found:
        assert row["source"], row
        assert row["country"] in _CODES, row
        told = row.get("sectors") or row.get("sector") or "GOV"
        assert set(told.split("+")) <= _SECTORS, row
        for day in (row["first"], row["last"]):
            assert re.fullmatch(r"(\d{3,4}|\d{4}(-\d\d){1,2})?", day), row
        assert (
            not row["last"]
            or len(row["first"]) < 4
            or tables.day(row["first"]) <= tables.day(row["last"], True)
            or not row["first"]
        ), row


def test_what_an_editor_knows_ships_only_with_a_second_source() -> None:
    for row in rows("offices"):
        assert row["source"] != "own", row
    assert all(int(row["mentions"]) for row in rows("bodies"))


def test_no_two_people_hold_the_foremost_offices_at_once() -> None:
    """Of rows that reports attest: heads of government and of state overlap for no more than half a year."""
    shared = {
        "BIH",
        "BGD",
        "LBY",
        "YEM",
        "AFG",
        "SOM",
        "CYP",
    }  # shared, contested, or in the order of a caretaker's days
    holders: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows("offices"):
        if row["office"] in ("president", "prime minister") and row["source"].startswith("own"):
            holders.setdefault((row["country"], row["office"]), []).append(row)
    wrong = []
    for (country, office), same in holders.items():
        same.sort(key=lambda r: r["first"])
        for a, b in itertools.pairwise(same):
            over = not a["last"] or b["first"][:7] < a["last"][:7]
            if over and a["name"] != b["name"] and country not in shared:
                wrong.append((country, office, a["name"], b["name"]))
    assert len(wrong) <= 8, wrong  # disputed or acting: Temer, Gbagbo and Ouattara, Jonathan, Libya's two …


def test_the_codes_of_every_country() -> None:
    columns = ("code", "iso2", "isonumeric", "cow", "gw", "fips", "wikidata")
    found = {code: rest for code, *rest in tables.read_table(tables.DATA / "codes.tsv", columns)}
    assert set(found) == set(tables.countries()) - {"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"}
    assert found["DEU"] == ["DE", "276", "255", "260", "GM", "Q183"]
    assert found["YEM"][2:4] == ["679", "678"]
    assert all(re.fullmatch(r"Q\d+", item) for item in items().values())
    two = [rest[0] for rest in found.values()]
    assert len(set(two)) == len(two)


def test_a_table_with_wrong_columns_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("# c\na\tb\nx\ty\tz\n")
    with pytest.raises(KnowledgeError, match=r"t\.tsv:3: 3 columns, not 2"):
        list(tables.read_table(path, ("a", "b")))
    with pytest.raises(KnowledgeError, match="reinstall"):
        list(tables.read_table(tmp_path / "none.tsv", ("a",)))


def test_days_of_months_and_years() -> None:
    assert [tables.day(d) for d in ("2020", "2020-05", "2020-05-03", "")] == [
        "2020-01-01",
        "2020-05-01",
        "2020-05-03",
        "",
    ]
    assert [tables.day(d, True) for d in ("2020", "2020-05", "")] == ["2020-12-31", "2020-05-31", ""]


def test_the_tables_are_small_and_soon_read() -> None:
    """Under 40 MB installed; all actors read in a few times what it takes to put the bare lines into an index: 3.4 times, 0.35 to 0.8 s,
    on the machines where that was measured. Both in one process, the best of three, for a machine may be slow or busy."""
    assert sum(f.stat().st_size for f in tables.DATA.rglob("*") if f.is_file()) < 40e6
    program = (
        "import pathlib, re, time\n"
        "import detente.resolve.actors\n"
        "from detente.knowledge import tables\n"
        "before = time.process_time()\n"
        "tables.actor_names()\n"
        "read = time.process_time()\n"
        "lines = {}\n"
        "for path in sorted(tables.DATA.glob('*.tsv')):\n"
        "    for line in path.read_text('utf-8').splitlines():\n"
        "        cells = line.split('\\t')\n"
        "        lines.setdefault(cells[0].lower(), []).append(tuple(cells))\n"
        "status = pathlib.Path('/proc/self/status')\n"
        "held = re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1] if status.exists() else 0\n"
        "print((read - before) / (time.process_time() - read), int(held) / 1024)"
    )
    runs = [
        [float(x) for x in subprocess.check_output([sys.executable, "-c", program], text=True).split()]
        for _ in range(3)
    ]
    assert min(ratio for ratio, _ in runs) < 8
    assert min(megabytes for _, megabytes in runs) < 150  # with the index of bare lines
