"""Where a phrase is: country, position and precision, from the gazetteer.

First version: longest name, the country that the words around it tell, then population. What the gazetteer lacks
gets the country that its own phrase names ("Al-Balad, an Iraqi air base"), or no answer.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

from detente.knowledge import tables
from detente.knowledge.tables import Match, PlaceRow
from detente.records import Place
from detente.resolve.actors import is_place

_KIND = re.compile(
    r"\b(?:province|governorate|oblast|region|state|district|county|prefecture|department|city|town|village|municipality|"
    r"neighbou?rhood|suburb|capital|port|island|refugee camp|camp)\b",
    re.I,
)
_ELSEWHERE = re.compile(r"\b(?:embassy|embassies|consulate|border|frontier)\b", re.I)
# A city of this many people is meant before the state or region of its name ("New York", "Washington").
_LARGE = 300_000


def place(text: str, context: str | None = None, country: str | None = None) -> Place | None:
    """The place that ``text`` names, or None if neither place nor country is known.

    ``context`` is the sentence or passage around it; ``country`` a code that is likelier than others (the country of
    the parties, say). The answer has no span. Degrees are WGS 84; a country has none. Never raises for any text.
    """
    if len(text) > 400 or not text.strip():
        return None
    return _place(text.strip(), _countries_named(context) if context else (), country)


@lru_cache(maxsize=20_000)
def _place(text: str, near: tuple[str, ...], country: str | None) -> Place | None:
    states = [m for m in tables.actor_names().find(text) if m.entries[0].kind in ("country", "nationality")]
    # "the Ecuadorian embassy", "the border with Belarus": elsewhere than in the state that is named.
    told = [] if _ELSEWHERE.search(text) else [m.entries[0].country for m in states]
    hints = [c for c in (*told, country, *near) if c]
    for match in sorted(tables.gazetteer().find(text), key=lambda m: m.start):
        if any(s.start <= match.start and match.end <= s.end for s in states):
            if _of_state(text, match, near):
                hints = ["USA", *hints]  # "the U.S. state of Georgia"
            elif not any(e.place and e.place.precision == "region" for e in match.entries):  # "the Gaza Strip"
                continue
        row = _likeliest([e.place for e in match.entries if e.place], hints, text)
        # A small town that merely shares a word of an unknown name ("Martyrs' Square") is no answer.
        if row.precision == "city" and row.population < _LARGE and told and row.country not in told:
            continue
        if _part_of_name(text, match) and row.population < _LARGE and row.country not in hints:
            continue
        return _of(row, "phrase")
    for state in states:
        entry = state.entries[0]
        if told and entry.kind == "country" and not _before(text, state):
            return Place(name=entry.name, country=entry.country, precision="country", basis="phrase")
    if told:
        return Place(name=_own_name(text), country=told[0], basis="country of the phrase")
    return None


_CAPITAL = re.compile(r"(?:(?:the|its|their|this|our)\b|.*['’]s?\b)\s*(?:\w+\s+){0,2}?capital(?:\s+city)?", re.I)


def is_capital(text: str) -> bool:
    """Whether a phrase means a capital without its name: "the capital", "the Syrian capital", "the country's capital"."""
    return len(text) < 60 and bool(_CAPITAL.fullmatch(text.strip()))


def capital(country: str | None) -> Place | None:
    """The capital of a state by its code, or None if it is not known."""
    state = tables.countries().get(country or "")
    for name in state.capitals if state else ():
        rows = [e.place for e in tables.gazetteer().get(name) if e.place and e.place.country == country]
        if rows:
            return _of(max(rows, key=lambda r: r.population), "capital of the country in question")
    return None


def places(text: str) -> list[Place]:
    """Every place that a text names, with its span, from left to right; nationalities and bodies are none."""
    near = _countries_named(text)
    out = []
    at = -1
    for match in tables.actor_names().find(text):
        if match.start < at or match.entries[0].kind not in ("country", "capital", "place"):
            continue
        kind = match.entries[0].kind
        if kind == "place" and not is_place(text, match):
            continue
        found = _place(text[match.start : match.end], near, None)
        if found is not None:
            out.append(
                replace(found, start=match.start, end=match.end, text=text[match.start : match.end], basis="gazetteer")
            )
            at = match.end
    out += [p for p in _waters(text, near) if not any(p.start < o.end and o.start < p.end for o in out)]  # type: ignore[operator]
    return sorted(out, key=lambda p: p.start or 0)


def _waters(text: str, near: tuple[str, ...]) -> list[Place]:
    """Places of no one state (seas, straits, the Sahel), which the list of party names lacks."""
    out = []
    for m in tables.gazetteer().find(text):
        row = m.entries[0].place
        if row is not None and row.country is None:
            words = text[m.start : m.end]
            out.append(replace(_of(row, "gazetteer"), start=m.start, end=m.end, text=words))
    return out


def _countries_named(text: str) -> tuple[str, ...]:
    """Codes of the states that a text names, the most frequent first."""
    named = Counter(
        m.entries[0].country
        for m in tables.actor_names().find(text)
        if m.entries[0].kind in ("country", "nationality", "capital")
    )
    return tuple(code for code, _ in named.most_common())


def _likeliest(rows: list[PlaceRow], hints: list[str], text: str) -> PlaceRow:
    """Of namesakes: the one in a country that is named, then the kind that the words tell, then the larger."""
    kind = _KIND.search(text)
    wants_region = bool(
        kind and kind[0].lower() in ("province", "governorate", "oblast", "region", "state", "county", "district")
    )

    def rank(row: PlaceRow) -> tuple[int, int, int]:
        hinted = len(hints) - hints.index(row.country) if row.country in hints else 0
        region = row.precision != "city"
        if wants_region:
            fits = int(region)
        else:
            fits = 2 if not region and row.population >= _LARGE else int(region)
        return (hinted, fits, row.population)

    return max(rows, key=rank)


def _of_state(text: str, match: Match, near: tuple[str, ...]) -> bool:
    """Whether a name that is a country's is said to be a state of the US: "the U.S. state of Georgia"."""
    return bool(re.search(r"\bstate of\s+$", text[: match.start], re.I)) and near[:1] in ((), ("USA",))


def _before(text: str, match: Match) -> bool:
    """Whether capitalised words of an unknown name stand before a country: "Al-Balad, Iraq"."""
    head = text[: match.start]
    return bool(re.search(r"[A-Z]\w+[^.]*$", re.sub(r"^(?:The|In|Near|North|South|East|West)\w*\s+", "", head)))


def _part_of_name(text: str, match: Match) -> bool:
    before, after = text[: match.start].split(), text[match.end :].split()
    return any(w[:1].isupper() and w.lower() not in ("the",) for w in (*before[-1:], *after[:1]) if "," not in w)


def _own_name(text: str) -> str | None:
    """The first capitalised name of a phrase: "Al-Balad" of "Al-Balad, an Iraqi air base"."""
    head = re.split(r",| in | of | near ", text)[0]
    return head if re.match(r"[A-Z]", head) and not tables.actor_names().get(head) else None


def _of(row: PlaceRow, basis: str) -> Place:
    return Place(
        name=row.name,
        country=row.country,
        admin1=row.admin1,
        latitude=row.latitude,
        longitude=row.longitude,
        geonames_id=row.geonames_id,
        precision=row.precision,
        basis=basis,
    )
