"""Names in filters and corrections: "IRN", "Iran", "IRN:MIL", "Quds Force", "IRN-USA" to what rows are compared with."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from detente import ontology
from detente.errors import RecordError, did_you_mean
from detente.records import Party


@dataclass(frozen=True, slots=True)
class Who:
    """A party that is looked for. ``country`` (with ``sector``), or ``entity`` and its ``name``, where these are known; else
    ``words`` must stand in the name or the words of a party."""

    words: str
    country: str | None = None
    sector: str | None = None
    entity: str | None = None
    name: str | None = None


def party(words: str, date: str | None = None) -> Party:
    """The thing in the world that words name. Raises RecordError for a sector that is none."""
    code, _, sectors = words.strip().partition(":")
    if code in _codes() or code == "---":
        named = tuple(s for s in sectors.split("+") if s)
        for one in named:
            if one not in ontology.SECTORS:
                raise RecordError(f"{one!r} is no sector: one of {', '.join(ontology.SECTORS)}")
        country = None if code == "---" else code
        return Party(_codes().get(code), country, named, f"country:{code}" if country and not named else None)
    from detente import resolve

    found = resolve.actor(words, date=date)
    if found is None:
        return Party(words.strip())
    return Party(found.name or words.strip(), found.country, found.sectors, found.entity)


def who(words: str) -> Who:
    """Whom a filter means. A country's name or code means all its parties, with ``:SECTOR`` those of a sector; words in
    quotation marks are words. Raises RecordError for what seems a country, and is none."""
    if quoted := _quoted(words):
        return Who(quoted)
    code, colon, sector = words.strip().partition(":")
    known = party(code)
    if colon and sector not in ontology.SECTORS:
        meant = did_you_mean(sector, ontology.SECTORS)
        raise RecordError(f"{sector!r} is no sector{meant or ':'} one of {', '.join(ontology.SECTORS)}")
    if (known.entity and known.entity.startswith("country:")) or code in _codes():
        return Who(words, known.country, sector or None)
    if colon:
        raise RecordError(f"{code!r} is no country{_country_like(code) or ': write IRN:MIL, or the name of a group'}")
    if known.entity:
        return Who(words, entity=known.entity, name=known.name)
    if known.country:  # "the Iraqi army"
        return Who(words, known.country, known.sectors[0] if known.sectors else None)
    _no_country(words.strip())
    return Who(words.strip())


def _quoted(words: str) -> str | None:
    found = re.fullmatch(r'\s*"\s*([^"]*\S)\s*"\s*', words)
    return found[1] if found else None


# From this share of difflib's ratio on, a word is taken for a misspelt country ("Irann", "Ukrane"; "Granada" is a known place).
_MISSPELT = 0.8


def _no_country(words: str) -> None:
    """Raises RecordError for three capitals that are no code, and for a misspelt name of a country."""
    code = re.fullmatch(r"[A-Z]{3}", words)
    if code or (words and _misspelt(words)):
        raise RecordError(f"{words!r} is no country{_country_like(words)} For words of a name, write '\"{words}\"'")


def _misspelt(words: str) -> bool:
    return any(
        difflib.SequenceMatcher(None, words.casefold(), name.casefold()).ratio() >= _MISSPELT for name in _named()
    )


def _country_like(words: str) -> str:
    """What country a wrong word may mean, as the end of a message."""
    if re.fullmatch(r"[A-Z]{3}", words):
        best = _near(words)
        return ": did you mean " + " or ".join(f"{c} ({_codes()[c]})" for c in best) + "?" if best else "."
    near = did_you_mean(words, _named())
    return near and near.replace("?", f" ({_named()[near.removeprefix(': did you mean ').removesuffix('?')]})?")


def _near(code: str) -> list[str]:
    """Codes that may be meant: of a country whose name begins so ("GER"), or with two of the three letters in their places."""
    named = [c for c, name in _codes().items() if name.upper().startswith(code)]
    codes = [c for c in _codes() if len(c) == 3]
    alike = [c for c in codes if sum(a == b for a, b in zip(c, code, strict=True)) == 2 or sorted(c) == sorted(code)]
    alike.sort(key=lambda c: (c[:2] != code[:2], c))
    return list(dict.fromkeys([*named, *alike]))[:3]


@cache
def _named() -> dict[str, str]:
    """The names of countries, with their codes."""
    from detente.knowledge import tables

    return {country.name: code for code, country in tables.countries().items()}


def dyad(words: str) -> tuple[Who, Who]:
    """The two of an unordered pair: "IRN-USA", "Israel-Hamas", "Hezbollah - Israel". Raises RecordError if it is no pair."""
    parts = words.split("-")
    if len(parts) > 2:
        cuts = [("-".join(parts[:i]), "-".join(parts[i:])) for i in range(1, len(parts))]
        spaced = [c for c in cuts if c[0].endswith(" ") and c[1].startswith(" ")]
        known = [c for c in cuts if all(_known(side) for side in c)]
        parts = [*(spaced or known or cuts)[0]]
    if len(parts) != 2 or not all(p.strip() for p in parts):
        raise RecordError(f"{words!r} is no pair: write IRN-USA")
    return who(parts[0]), who(parts[1])


def _known(words: str) -> bool:
    found = who(words)
    return bool(found.country or found.entity)


@cache
def _codes() -> dict[str, str]:
    from detente.knowledge import tables

    return {code: country.name for code, country in tables.countries().items()} | ontology.ACTOR_CODES


@dataclass(frozen=True, slots=True)
class Where:
    """A place that is looked for: a country's code, or words that a place's name, region or words must have."""

    words: str
    country: str | None = None


def where(words: str) -> Where:
    """Which places a filter means. Raises RecordError for what seems a country, and is none."""
    if quoted := _quoted(words):
        return Where(quoted)
    if words in _codes():
        return Where(words, words)
    from detente.knowledge import tables

    # Its own names alone: "Moscow" is a town here, not a government.
    said = words.casefold().removeprefix("the ")
    for code, country in tables.countries().items():
        if said in (name.casefold() for name in (country.name, *country.aliases)):
            return Where(words, code)
    from detente import resolve

    if resolve.place(words) is None:
        _no_country(words.strip())
    return Where(words)
