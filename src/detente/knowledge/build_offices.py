"""Builds ``data/offices.tsv``: who held which office from when to when.

Run ``python -m detente.knowledge.build_offices --own OWN.tsv --wikidata SPELLS.tsv.gz --reports REPORTS.jsonl.gz …``.

Own rows (name, aliases, country, sector, office, first, last: what an editor knows) ship only where a second source agrees:
the dated reports name the person together with the country in the time of the office, or Wikidata has the same person in
that country. Rows of Wikidata (CC0; the query of ``refresh.py``, or a table of it) ship for the offices that events are coded
for, and for other offices if the reports speak of the person. Every row says where it is from.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from detente.knowledge import tables
from detente.knowledge.attest import Seen, seen
from detente.knowledge.introductions import Introduced
from detente.knowledge.tables import Entry, Names, unaccented

COLUMNS = ("name", "aliases", "country", "sector", "office", "first", "last", "mentions", "source", "wikidata")
#: Countries of the tables of Wikidata's office spells, by the name of the table.
SETS = dict(
    zip(
        (
            "afghanistan australia-cabinet belarus-ministers brazil-ministers canada-cabinet china-ministers egypt-ministers "
            "ethiopia-ministers france-cabinet georgia-ministers india-ministers indonesia-ministers iran-ministers "
            "iraq-ministers israel-ministers italy-ministers japan-ministers mexico-ministers nigeria pakistan-ministers "
            "russia-cabinet south-korea-ministers sudan turkey-ministers ukraine-cabinet united-kingdom-cabinet us-cabinet yemen"
        ).split(),
        "AFG AUS BLR BRA CAN CHN EGY ETH FRA GEO IND IDN IRN IRQ ISR ITA JPN MEX NGA PAK RUS KOR SDN TUR UKR GBR USA YEM".split(),
        strict=True,
    )
)
_MARGIN = 200  # days around an office in which a report still speaks of its holder
_REPORTS_BEGIN = "2002-07"
# Offices that events are coded for, whatever the reports say.
_KEY = re.compile(
    r"^(?:(?:deputy |first deputy |vice |acting |federal )*(?:prime minister|president|premier|chancellor|emperor|supreme leader|deputy leader)$"
    r"|(?:federal )?(?:minister|secretary)(?: of state)? (?:of|for) (?:the )?(?:state|foreign|external|defen[cs]e|national defen[cs]e|interior|internal|home|"
    r"justice|finance|treasury|homeland|security|intelligence|public security|information)\b"
    r"|secretary of state|foreign secretary|attorney general|prosecutor general|general secretary|chief cabinet secretary|state councilor"
    r"|(?:chief|chair|chairman|chairperson|vice chief|commander|commandant|commanding general|director|head|secretary) .*"
    r"\b(?:staff|forces?|army|navy|carabinieri|corps|guards?|mossad|cia|intelligence|security|investigation|police|general staff)\b"
    r"|national security advis|white house press|government spokes|speaker |president of the (?:senate|national assembly|parliament)"
    r"|chief minister|prime minister of|president of .*kurdistan|chief justice|ambassador to the united nations|permanent representative to the united)"
)
# The word that tells the sector of an office, the first that fits.
_SECTORS = (
    ("GOV", r"chief of staff (?:of|to) the (?:president|white|prime|vice)|white house|downing|chief of protocol|presidential"),
    ("SPY", r"intelligence|\bcia\b|mossad|federal security service|security service|secret service|shin bet"),
    ("MIL", r"(?:chief|chair\w*).*\bstaff|chief of (?:navy|army|air force|defence force)|general of the|commander|commandant|"
            r"commanding|joint chiefs|military cabinet"),
    ("COP", r"police|carabinieri|federal bureau of investigation|gendarmerie"),
    ("JUD", r"judge|justice of|chief justice|supreme court|constitutional court|court of|prosecutor|solicitor|justice$"),
    ("LEG", r"speaker|member of|chairman of the verkhovna|president of the (?:senate|chamber|national assembly|house|federal senate|"
            r"parliament|legislative|national people|knesset)|parliamentary assembly|house of|legislative|leader of the house"),
    ("EDU", r"academy of sciences|university"),
    ("ELI", r"first lady"),
    ("REB", r"taliban"),
)  # fmt: skip
_SKIP = re.compile(
    r"^Q\d|whip|privy|lord of the treasury|household|lady of the bedchamber|regional council|rector|bishop", re.I
)
_TITLES = re.compile(r",? (?:Baron(?:ess)?|Lord|Lady|Viscount|Earl|Duke|Marquess|Sir)\b.*$")


@dataclass(frozen=True, slots=True)
class Row:
    """One spell of a person in an office; ``last`` is empty while it lasts."""

    name: str
    aliases: tuple[str, ...]
    country: str
    sector: str
    office: str
    first: str
    last: str
    mentions: int = 0
    source: str = ""
    entity: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def own(path: Path, source: str = "own") -> Iterator[Row]:
    """Rows of a table written by hand."""
    columns = ("name", "aliases", "country", "sector", "office", "first", "last")
    for name, aliases, country, sector, office, first, last in tables.read_table(path, columns):
        yield Row(name, tuple(a for a in aliases.split("|") if a), country, sector, office, first, last, 0, source)


def wikidata(path: Path) -> Iterator[Row]:
    """Rows of a table of Wikidata's office spells: set, position, person, wikidata_id, start, end."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            name = _TITLES.sub("", (row["person"] or "").strip())
            country = SETS.get(row["set"])
            first, last = _iso(row["start"]), _iso(row["end"])
            usable = (
                country
                and row["position"]
                and not _SKIP.search(row["position"])
                and re.search(r"[A-Za-z]", name)
                and " " in name
            )
            if not usable or not first or (last and last < first) or (last and last < "1990"):
                continue
            # Open for more than the longest terms: more likely never closed (notes 2.5).
            if not last and first < "2008" and (name, row["position"]) not in _LONG:
                continue
            yield Row(
                name,
                (),
                country or "",
                sector(row["position"]),
                office(row["position"]),
                first,
                last,
                0,
                "Wikidata",
                row["wikidata_id"],
            )


def _iso(told: str | None) -> str:
    """A date of the table as far as it is one."""
    found = re.match(r"(?:19|20)\d\d(?:-\d\d){0,2}", (told or "").strip())
    return found[0] if found else ""


#: Open spells of more than 14 years that are real.
_LONG = frozenset(
    {
        ("Alexander Lukashenko", "President"),
        ("Ali Khamenei", "Supreme Leader"),
        ("Sergey Lavrov", "Minister of Foreign Affairs"),
    }
)


def sector(position: str) -> str:
    """The sector of an office by its name (PLOVER's executive, military, judges …); GOV if nothing else fits."""
    folded = position.lower()
    return next((code for code, pattern in _SECTORS if re.search(pattern, folded)), "GOV")


_GENERIC = (
    "Minister|Ministers|Prime|Deputy|Secretary|Spokesperson|Premier|General|Attorney|Chief|Vice|President|Governor|Lieutenant|First|"
    "Director|Chairman|Chair|Chairperson|Commander|Head|Speaker|Leader|Solicitor|Treasurer|Member|Advisor|Adviser|Senior|Special|"
    "Justice|Federal|Assistant|Administrator|Mayor|Ambassador|Councilor|Representative|Minister without Portfolio|Staff|Supreme"
)


def office(position: str) -> str:
    """An office as a report would write it: "Minister of Foreign Affairs" is a foreign minister."""
    folded = re.sub(rf"\b(?:{_GENERIC})\b", lambda m: m[0].lower(), position)
    for pattern, short in (
        (r"^(?:federal )?minister (?:of|for) (?:foreign|external) affairs$", "foreign minister"),
        (r"^(?:federal )?minister (?:of|for) (?:national )?defen[cs]e$", "defence minister"),
        (r"^(?:federal )?minister (?:of|for) (?:the )?(?:interior|internal affairs|home affairs)$", "interior minister"),
        (r"^(?:federal )?minister (?:of|for) (?:the )?(justice|finance|health|education|energy|information|environment)$", r"\1 minister"),
        (r"^secretary of defence$", "secretary of defense"),
    ):  # fmt: skip
        found = re.match(pattern, folded, re.I)
        if found:
            return found.expand(short).lower()
    return folded


def who(row: Row) -> tuple[str, str, str]:
    """What makes two rows one person: country, last name, first letter (accents and case aside)."""
    words = re.findall(r"[\w'’]+", unaccented(row.name).lower())
    return row.country, words[-1] if words else "", words[0][:1] if words else ""


def variants(name: str) -> Iterator[str]:
    """Shorter ways of writing a name: without middle names; they count only if reports write it so."""
    words = name.split()
    if len(words) > 2 and not any(w[0].islower() or "-" in w for w in words):
        yield f"{words[0]} {words[-1]}"
    if len(words) > 3 and not any(w[0].islower() for w in words):
        yield f"{words[0]} {words[1]}"
        yield f"{words[0]} {words[-2]} {words[-1]}"


def build(own_rows: list[Row], other: list[Row], reports: list[Path], listed: Iterable[Row] = ()) -> list[Row]:
    """The rows that ship, with the number of reports that name the person in that time.

    ``listed``: holders of offices on one day by a published list (``last`` is that day): a second source for rows of one's own,
    and rows by themselves where there is none.
    """
    wanted = [*own_rows, *other]
    shorter = {v: row for row in wanted for n in row.names for v in variants(n)}
    found = seen({*(n for row in wanted for n in row.names), *shorter}, reports, _country_names())
    introduced = Introduced(reports, _country_names())
    same: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in other:
        same[who(row)].append(row)
    kept = []
    for row in own_rows:
        here, anywhere = _attested(row, found)
        agreed = any(_agrees(row, o) for o in same[who(row)])
        told = introduced.tells(
            row.names, row.country, row.office, tables.day(row.first), tables.day(row.last, True) or "9"
        )
        here = here or told
        on_list = [x.source for x in listed if who(x) == who(row) and _inside(x, row)]
        sources = [*(["reports"] if here else ["reports, later"] if anywhere and row.last[:7] < _REPORTS_BEGIN and row.last else []),
                   *(["Wikidata"] if agreed else []), *dict.fromkeys(on_list)]  # fmt: skip
        if sources:
            kept.append(_dated(replace(row, mentions=here, source="own; " + "; ".join(sources)), same[who(row)]))
    mine: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in kept:
        mine[who(row)].append(row)
    kept += [x for x in listed if not any(_overlap(x, k) for k in mine[who(x)])]
    for row in other:
        if any(_overlap(row, k) and k.sector == row.sector and _inside(row, k) for k in mine[who(row)]):
            continue
        aliases = tuple(
            v for n in row.names for v in variants(n) if _attested(replace(row, name=v, aliases=()), found)[0] > 1
        )
        row = replace(row, aliases=tuple(dict.fromkeys(aliases)))
        here, anywhere = _attested(row, found)
        if anywhere or _KEY.match(row.office) or _KEY.match(row.office.lower()):
            kept.append(replace(row, mentions=here, source="Wikidata" + ("; reports" if anywhere else "")))
    return _without_odd(kept)


_SINGLE = re.compile(
    r"(?:president|prime minister|(?:foreign|defence|interior|finance|justice) minister|secretary of state)$"
)


def _without_odd(rows: list[Row]) -> list[Row]:
    """Without holders of a single-holder office that Wikidata alone knows, in the time of a holder whom others know too:
    acting ministers of a day, and vandalism (notes 2.5)."""
    known: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.source != "Wikidata":
            known[row.country, row.office].append(row)
    return [
        row
        for row in rows
        if not (
            row.source == "Wikidata"
            and _SINGLE.match(row.office)
            and any(_inside(row, k) and who(k) != who(row) for k in known[row.country, row.office])
        )
    ]


def _country_names() -> Names:
    names = Names()
    for c in tables.countries().values():
        for alias in (c.name, *c.aliases, *c.demonyms, *c.capitals):
            names.add(unaccented(alias), Entry("country", c.name, c.code))
    for alias, code in (
        ("United Nations", "UNO"),
        ("UN", "UNO"),
        ("U.N.", "UNO"),
        ("European", "EUR"),
        ("EU", "EUR"),
        ("NATO", "IGO"),
    ):
        names.add(alias, Entry("country", alias, code))
    return names


def _attested(row: Row, found: Seen) -> tuple[int, int]:
    """Reports that name the person: in the time of the office, and at any time (beside the country, but for bodies)."""
    days = [(day, codes) for name in dict.fromkeys(row.names) for day, codes in found.get(name, ())]
    begin, end = _day(row.first, False), _day(row.last or "2027-01-01", True)
    inside = [c for d, c in days if d and begin - _MARGIN <= _day(d, False) <= end + _MARGIN]
    beside = [c for _, c in days if row.country in c or row.country in ("IGO", "IMG", "UNO", "EUR")]
    here = (
        len(inside)
        if len(inside) > 1 or any(row.country in c or row.country in ("IGO", "IMG", "UNO", "EUR") for c in inside)
        else 0
    )
    return here, len(beside)


def _day(told: str, last: bool) -> int:
    """The ordinal of a day, or of the first or last day of a month or year."""
    year, month, day, *_ = (*map(int, told.split("-")), 0, 0)
    return date(year, month or (12 if last else 1), day or (28 if last else 1)).toordinal()


def _overlap(a: Row, b: Row) -> bool:
    return (
        _day(a.first, False) <= _day(b.last or "2027", True) + 400
        and _day(b.first, False) <= _day(a.last or "2027", True) + 400
    )


def _agrees(a: Row, b: Row) -> bool:
    """Whether another source has the person in that office: the same sector, and the same beginning or the same words."""
    if a.sector != b.sector:
        return False
    begins = abs(_day(a.first, False) - _day(b.first, False)) <= _MARGIN
    return begins or (a.office == b.office and _inside(a, replace(b, first=min(a.first, b.first))))


def _inside(a: Row, b: Row) -> bool:
    """Whether the spell ``a`` lies within ``b``, give or take three months."""
    return (
        _day(b.first, False) - 92 <= _day(a.first, True)
        and _day(a.last or "2027", False) <= _day(b.last or "2027", True) + 92
    ) or (not a.last and bool(b.last) and _day(b.first, False) - 92 <= _day(a.first, True))


def _dated(row: Row, same: list[Row]) -> Row:
    """With the days that Wikidata tells where one's own row knows only the month."""
    row = replace(row, entity=next((o.entity for o in same if _overlap(row, o)), ""))
    for o in same:
        if o.sector == row.sector and len(row.first) < 10 and len(o.first) == 10 and o.first[:7] == row.first[:7]:
            row = replace(row, first=o.first)
        if (
            o.sector == row.sector
            and row.last
            and len(row.last) < 10
            and len(o.last) == 10
            and o.last[:7] == row.last[:7]
        ):
            row = replace(row, last=o.last)
    return row


def write(rows: Iterable[Row], path: Path) -> None:
    """The table, sorted, one spell a line."""
    lines = sorted(
        "\t".join(
            (
                r.name,
                "|".join(r.aliases),
                r.country,
                r.sector,
                r.office,
                r.first,
                r.last,
                str(r.mentions),
                r.source,
                r.entity,
            )
        )
        for r in rows
    )
    head = [
        "# Who held which office: first and last day (ISO; a month or year where no day is known; no last: still held when last looked at).",
        "# Built by detente/knowledge/build_offices.py and refresh.py. mentions: dated reports that name the person in that time.",
        "# list of 2022: heads of state and government by Wikipedia's list of 2022-02 (last: when seen, not the end). "
        "Wikidata ids where known.",
        "# source: own (an editor's knowledge) only together with a second one: reports (Wikipedia's Portal:Current events), Wikidata (CC0).",
        "\t".join(COLUMNS),
    ]
    path.write_text("\n".join(head + lines) + "\n", "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--own", type=Path, required=True)
    parser.add_argument("--wikidata", type=Path, required=True)
    parser.add_argument("--reports", type=Path, nargs="+", required=True)
    parser.add_argument("--listed", nargs="*", default=[], metavar="SOURCE=PATH",
                        help="holders on one day by a published list, in the columns of --own")  # fmt: skip
    parser.add_argument("--out", type=Path, default=tables.DATA / "offices.tsv")
    args = parser.parse_args()
    listed = [
        row for told in args.listed for source, _, path in [told.partition("=")] for row in own(Path(path), source)
    ]
    rows = build(list(own(args.own)), list(wikidata(args.wikidata)), args.reports, listed)
    write(rows, args.out)
    print(len(rows), "spells of", len({who(r) for r in rows}), "people")


if __name__ == "__main__":
    main()
