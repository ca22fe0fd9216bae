"""Builds ``data/people.tsv``: who was spoken of as whose minister, general or rebel, and from when to when.

Run with the dated reports: ``python -m detente.knowledge.build_people REPORTS.jsonl.gz [--keep-out GOLD.jsonl]``. Each report is
{"date", "text"}. A person is taken from "Iranian Foreign Minister Mohammad Javad Zarif" and "the president of France,
Emmanuel Macron": country, office, name. What counts is how often: names of several countries stay out, and so do single mentions, but for those whose office is told in
words of state alone ("deputy foreign minister", not "tapped the phone of the president").
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from detente.knowledge import tables

DATA = Path(__file__).parent / "data"

_PARTICLE = r"(?:al|bin|ibn|bint|abu|de|da|do|dos|del|di|van|von|der|den|el|la|le|ter|ul|ur|zu)"
_NAME = re.compile(
    rf"\s*(?P<name>[A-Z][\w'’.-]+(?:(?:[ -](?:{_PARTICLE}[ -])*)(?:[A-Z]\. )?(?:al-|el-|Al-|El-)?[A-Z][\w'’.-]*[\w’])+)"
)
_LEAST = 2  # mentions of a person in one country and sector
# Sectors and further words of an office that a single mention is believed for.
_STATE = frozenset({"GOV", "MIL", "LEG", "JUD", "SPY", "COP", "REB", "OPP"})
_OFFICE_WORDS = frozenset(
    (
        "prime foreign defense defence interior home finance justice health education economy economic trade oil energy information "
        "communications transport agriculture culture deputy vice first second interim acting caretaker transitional senior top chief "
        "national federal general supreme high constitutional former crown elect spokesman spokeswoman spokesperson special public works "
        "local internal external affairs of the for and to in united nations security council environment planning development labour labor "
        "leader head president secretary commander police army navy air force joint chiefs staff party ruling opposition rebel separatist"
    ).split()
)
_SHARE = 0.75  # of a name's mentions that its country must have
# Words that begin or end what looks like a name and are none of it.
_NO_NAME = frozenset(
    (
        "the in on at of for and with after before january february march april may june july august september october november "
        "december monday tuesday wednesday thursday friday saturday sunday north south east west"
    ).split()
)


@dataclass(slots=True)
class Spell:
    """Mentions of one person in one country and sector."""

    days: list[str] = field(default_factory=list)
    offices: Counter[str] = field(default_factory=Counter)


def mentions(text: str) -> Iterator[tuple[str, str, str, str]]:
    """(name, country, sector, office) of each person that a text introduces by office and country."""
    names = _states()
    for m in names.find(text):
        entry = m.entries[0]
        if entry.kind not in ("nationality", "country") or len(entry.country) != 3:
            continue
        rest = text[m.end : m.end + 120]
        found = _office_first(rest) or _country_last(text[max(0, m.start - 60) : m.start], rest)
        if found is None:
            continue
        name, office, sector = found
        if entry.country == "GEO" and _US_STATE.search(office):
            continue
        parts = name.split()
        if len(parts) > 4 or any(p.lower() in _NO_NAME or p.lower() in tables.sectors() for p in parts):
            continue
        if any(names.get(p) for p in parts):
            continue
        if not re.search(r"\b(?:former|ex|late|opposition|candidate)\b", office.lower()):
            yield name, entry.country, sector, office.lower().removeprefix("s ")


_US_STATE = re.compile(
    r"\b(?:senator|governor|representative|congress\w*|state|attorney general)\b", re.I
)  # Georgia's, the one of the USA


@cache
def _states() -> tables.Names:
    """Names and nationalities of states."""
    names = tables.Names()
    for c in tables.countries().values():
        for alias in (c.name, *c.aliases):
            names.add(alias, tables.Entry("country", c.name, c.code))
        for demonym in c.demonyms:
            names.add(demonym, tables.Entry("nationality", c.name, c.code))
    return names


def _office_first(rest: str) -> tuple[str, str, str] | None:
    """Of "Iranian" + " Foreign Minister Mohammad Javad Zarif": name, office (the longest run of words that ends in a
    role word), sector."""
    sectors = tables.sectors()
    tokens = list(re.finditer(r"[\w’'.-]+", re.split(r"[.;:!?] |[,()]", rest)[0]))[:7]
    if rest[:2] in ("'s", "’s"):
        tokens = tokens[1:] if tokens and tokens[0][0] in ("s", "'s", "’s") else tokens
    for i in reversed(range(len(tokens))):
        for n in (3, 2, 1):
            key = " ".join(t[0].lower() for t in tokens[max(0, i - n + 1) : i + 1])
            if key in sectors:
                name = _NAME.match(rest[tokens[i].end() :])
                return (_bare(name["name"]), " ".join(t[0] for t in tokens[: i + 1]), sectors[key]) if name else None
    return None


def _country_last(before: str, rest: str) -> tuple[str, str, str] | None:
    """Of "the president of" (France) ", Emmanuel Macron": name, office, sector."""
    said = re.search(r"((?:[\w-]+ ){0,4}[\w-]+) of (?:the )?$", before)
    name = _NAME.match(re.sub(r"^,", "", rest)) if said else None
    if name is None or said is None:
        return None
    words = said[1].lower().split()
    office = next((k for n in (3, 2, 1) if (k := " ".join(words[-n:])) in tables.sectors()), None)
    return (_bare(name["name"]), office, tables.sectors()[office]) if office else None


def _of_state(office: str, sector: str) -> bool:
    """Whether an office is told in words of state alone."""
    words = re.findall(r"[\w'-]+", office)
    return sector in _STATE and all(
        w in _OFFICE_WORDS or w in tables.sectors() or w in tables.modifiers() for w in words
    )


def _a_name(name: str) -> bool:
    """Whether words look like a person's name: two to four, no body, place or thing among them."""
    words = name.split()
    known = tables.actor_names(people=False)
    return (
        2 <= len(words) <= 4
        and not re.search(
            r"\d|\b(?:Times|Service|Air|Force|Group|Front|Party|Army|War|State|Council|Islamic|Islands?|News|Movement|Fund|Memorial|Act|Day|University|[A-Z]{3,})\b",
            name,
        )
        and not known.get(name)
        and not any(
            e.kind in ("organisation", "agency", "group", "party", "firm") for w in words for e in known.get(w)[:1]
        )
        and all(w[0].isupper() or w.lower() in _PARTICLES or "-" in w for w in words)
    )


_PARTICLES = frozenset(_PARTICLE.strip("(?:)").split("|"))


def _bare(name: str) -> str:
    return re.sub(r"['’]s?$", "", name.rstrip("."))


def build(reports: Path, keep_out: list[Path]) -> list[str]:
    """The table's lines."""

    def key(text: str) -> str:
        return " ".join(w.lower() for _, _, w in tables.words(text))

    references = {
        key(d["text"][a:b])
        for path in keep_out
        for d in map(json.loads, path.read_text("utf-8").splitlines())
        for a, b in d["sentences"]
    }
    found: dict[str, dict[tuple[str, str], Spell]] = defaultdict(lambda: defaultdict(Spell))
    with gzip.open(reports, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            if any(k in references for k in (key(row["text"]), key(row["text"].split(". ")[0]))):
                continue
            for name, country, sector, office in mentions(row["text"]):
                spell = found[name][country, sector]
                spell.days.append(row["date"])
                spell.offices[office] += 1
    lines = []
    for name, spells in sorted(found.items()):
        by_country: Counter[str] = Counter()
        for (country, _), spell in spells.items():
            by_country[country] += len(spell.days)
        country, n = by_country.most_common(1)[0]
        believed = _a_name(name) and any(
            c == country and _of_state(o, s) for (c, s), x in spells.items() for o in x.offices
        )
        if (n < _LEAST and not believed) or n < _SHARE * by_country.total():
            continue
        for (c, sector), spell in sorted(spells.items(), key=lambda s: min(s[1].days)):
            if c == country and (len(spell.days) >= _LEAST or len(spell.days) >= 0.3 * n):
                office = spell.offices.most_common(1)[0][0]
                lines.append(
                    "\t".join((name, country, sector, office, min(spell.days), max(spell.days), str(len(spell.days))))
                )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--keep-out", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    lines = build(args.reports, args.keep_out)
    head = [
        "# People named with country and office in dated reports of Wikipedia's Portal:Current events, 2002-07 to 2026-03: facts, counted.",
        "# Built by detente/knowledge/build_people.py. first, last: days of the first and last such mention, not of the office's spell.",
        "\t".join(("name", "country", "sector", "office", "first", "last", "mentions")),
    ]
    (DATA / "people.tsv").write_text("\n".join(head + lines) + "\n", "utf-8", newline="\n")
    print(len(lines), "spells of", len({line.split("\t")[0] for line in lines}), "people")


if __name__ == "__main__":
    main()
