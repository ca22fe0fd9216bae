"""The names in a phrase for a party, and which of them tells whose it is (CODEBOOK.md section 3).

"Iran-backed" tells a friend, "Trade Union Congress" is no parliament, "Leon Bobb" is nobody of León, "the ambassador to Poland"
is not Poland's; of the names that are left the body goes before the nationality, and the head of the phrase before its tail.
"""

from __future__ import annotations

import re
from dataclasses import replace

from detente.knowledge import tables
from detente.knowledge.people import family_names
from detente.knowledge.tables import Entry, Match
from detente.resolve import people, phrases
from detente.resolve.phrases import Head

# "US-led", "Iran-backed", "pro-Russian": the name tells whose friend the party is, not whose it is.
_SIDED_AFTER = re.compile(
    r"[-–‑ ](?:backed|led|aligned|allied|linked|sponsored|supported|funded|affiliated|based|born|held|controlled|occupied|inspired)\b|[-–‑](?:trained|armed|financed)\b",
    re.I,
)
_LED = re.compile(r"[-–‑ ](?:led|based|born)\b", re.I)
_SIDED_BEFORE = re.compile(r"\b(?:pro|anti|non|ex|post|trans|cross)[-–‑ ]$", re.I)
# "Latin American" is nobody of the United States, "West African" nobody of South Africa.
_PART_OF_WORLD = re.compile(r"\b(?:Latin|Central|Meso|South|North)[- ]$")
_ENVOYS = frozenset(
    "envoy ambassador representative delegation mission diplomat diplomats troops soldiers peacekeepers ally".split()
)
# Bodies of the same short name in many states; the table names the best known one.
MANY = frozenset({"Congress", "House of Representatives", "Senate", "House of Lords", "House of Commons"})
_INTERNATIONAL = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})
_NOT = 99  # the rank of a name that tells nothing
_ALONE_SIZE = (
    300_000  # people; a smaller city standing alone is more often a surname, if it is one ("Kennedy", "Taylor")
)
_PLACE_SIZE = 1_000_000  # people; a smaller city counts as named only after a preposition
_BEFORE_PLACE = re.compile(
    r"\b(?:in|at|near|from|of|to|outside|around|between|on|across|inside|over|off|into|through|towards?|and)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_RANKS = {
    "own": -1, "group": 0, "organisation": 0, "agency": 0, "seat": 0, "firm": 1, "party": 1, "person": 2, "nationality": 2,
    "country": 2, "capital": 2, "generic": 3, "surname": 6,
}  # fmt: skip
# Prepositions after which a name is not whose the party is: "the ambassador to Poland", "the war against Iran".
_NOT_WHOSE = frozenset({"to", "against", "with", "between", "on", "near"})
_STATE = re.compile(r",\s+([A-Z][a-z]+(?:\s[A-Z][a-z]+)?)\b(?! and\b)")  # not of a list: "Moscow, Georgia and"
# Names of towns that are as good as never meant: 1 of 1,853 times after a preposition of place, 1 of 14 (name_use.tsv).
_NO_TOWNS = frozenset({"Union", "Roma"})
# "Minister of Labour", "Labour and Social Affairs Ministry": an office, whatever party holds it.
_LABOUR_BEFORE = re.compile(
    r"\b(?:[Mm]inist(?:er|ry)|[Dd]epartment|[Ss]ecretary|[Bb]ureau|[Oo]ffice|[Cc]ourt)\s+(?:of|for)\s+(?:[A-Z]\w+(?:,| and|, and)\s+)*$"
)
_LABOUR_AFTER = re.compile(
    r"(?: and(?: [A-Z]\w+){1,3})? (?:[Mm]inist(?:er|ry|ers)|[Dd]epartment|[Ss]ecretary|[Bb]ureau|[Oo]ffice|[Cc]ourt|[Ii]nspect\w+)\b"
)
# A US state before its own offices: "Georgia Secretary of State" is no minister of Tbilisi.
_STATE_OFFICE = re.compile(
    r"\s+(?:(?:Republican|Democratic|Lt\.|Lieutenant|Gov\.|state|State)\s+)*(?:Gov(?:ernor|\.)|Senator|Sen\.|Secretary of State|Attorney General|"
    r"state (?:police|senat|legislat|troop)|Rep(?:resentative|\.)|congress(?:man|woman))",
)


def found(text: str, shouted: bool, day: str, hints: frozenset[str]) -> list[Match]:
    """The names of a phrase, each with what it stood for on the day, those of the countries around first."""
    found = []
    town, state = 0, None  # where a town ended after which its state stands, and that state
    for m in tables.actor_names().find(text):
        if not meant(text, m, shouted):
            continue
        standing = [e for e in m.entries if not (e.first or e.last) or e.stands(day)] or list(m.entries)
        if (
            hints
            and len(standing) > 1
            and standing[0].kind not in ("person", "surname", "country", "nationality", "capital")
        ):
            standing = sorted(standing, key=lambda e: e.country not in hints or e.kind == "place")
        entries = tuple(standing)
        if entries[0].kind in ("person", "surname") and not people.is_this_person(text, replace(m, entries=entries)):
            entries = tuple(e for e in entries if e.kind not in ("person", "surname", "place"))
        if (
            entries
            and entries[0].kind in ("place", "capital")
            and (of := _state_after(text, m.end, entries[0].country))
        ):
            entries = (replace(entries[0], kind="place", country=of.country), *entries[1:])
            town, state = m.end, of
        elif state and text[town : m.start] == ", ":
            entries = (state,)  # "[Athens,] Georgia"
        if entries:
            found.append(Match(m.start, m.end, entries))
    return found


def _state_after(text: str, end: int, country: str) -> Entry | None:
    """The state or province after a town's name, where it is of another country than the best known town: "Alexandria, Virginia"."""
    m = _STATE.match(text, end)
    told = tables.actor_names().get(m[1]) if m else None
    if not told or country in {e.country for e in told} or not (told[0].kind == "country" or _is_state(told[0])):
        return None
    return next((e for e in told if _is_state(e)), None)


def _is_state(entry: Entry) -> bool:
    return entry.kind == "place" and entry.place is not None and entry.place.precision == "admin1"


def is_place(text: str, match: Match) -> bool:
    """Whether a gazetteer name at ``match`` is used as a place, by the words before it and its size."""
    row = match.entries[0].place
    if row is not None and (row.population >= _PLACE_SIZE or row.precision != "city"):
        return True
    return bool(_BEFORE_PLACE.search(text[max(0, match.start - 40) : match.start])) or bool(
        re.match(r",\s+[A-Z]", text[match.end : match.end + 4])
    )


def meant(text: str, match: Match, shouted: bool) -> bool:
    """Not a name used for another's friend ("Iran-backed"), nor a short word in a headline of capitals."""
    words = text[match.start : match.end]
    if shouted and len(words) <= 3:
        return False
    before = text[max(0, match.start - 8) : match.start]
    if _SIDED_BEFORE.search(before) or (words.startswith("American") and _PART_OF_WORLD.search(before)):
        return False
    kind = match.entries[0].kind
    if words in _NO_TOWNS and kind == "place":
        return False
    if kind == "generic":
        return not re.search(
            r"[\w-]", re.sub(r"\b(?:the|a|an|some|other|many|six)\b", "", text[: match.start], flags=re.I)
        ) and not re.match(r"[- ](?:[A-Z]|coast|government|part|wing|bank)", text[match.end :])
    if kind in ("party", "agency", "organisation", "firm") and _part_of_name(text, match):
        return False
    return not (_SIDED_AFTER.match(text[match.end :]) and not _LED.match(text[match.end :]))


# Words that a phrase may begin with and that are no part of a name.
_BESIDE = frozenset(
    "the a an and former ex late then new senior top some most many several other both suspected alleged ruling two three four five "
    "all his her its their our local pro-government rival members leading veteran exiled jailed".split()
)
_JOINED = re.compile(r"([A-Z][\w'’-]*)[ -]$")


def _part_of_name(text: str, match: Match) -> bool:
    """Whether a body's name stands inside of another's: "[Congress]" in "Trade Union Congress", "[Labour]" in a ministry's name."""
    words = text[match.start : match.end]
    if words in ("Labour", "Labor") and (
        _LABOUR_BEFORE.search(text[: match.start]) or _LABOUR_AFTER.match(text, match.end)
    ):
        return True
    before = _JOINED.search(text[max(0, match.start - 30) : match.start])
    if before and before[1].lower() not in _BESIDE and words[:1].isupper() and not words.isupper():
        word = before[1]
        if word.lower() in tables.sectors() or word.lower() in tables.modifiers() or re.search(r"['’]s?$", word):
            return word.lower() in ("union", "state", "national") and " " not in words
        known = tables.actor_names().get(word)
        return not (
            known
            and known[0].kind
            in ("nationality", "country", "capital", "organisation", "group", "agency", "party", "place")
        )
    if " " not in words and words.isalpha() and not words.isupper():
        return bool(re.match(r" (?:and|of|for) (?:[A-Z]\w+)", text[match.end :])) and match.entries[0].kind == "party"
    return False


def owner(text: str, found: list[Match], cut: int, head: Head, hints: frozenset[str]) -> tuple[Entry, Match] | None:
    """The name that tells whose the party is: in the head before the tail, bodies before nationalities before places."""
    mark, rest = phrases.tail(text, cut)

    def rank(m: Match) -> tuple[int, int]:
        kind = m.entries[0].kind
        if kind == "place" and m.start < cut and _surname(text, m):
            return (_NOT, m.start)
        if kind == "person" and head.words and m.start < cut and head.end <= m.start:
            # "Iranian Foreign Minister Zarif": the office before a name is whose the nationality says
            return (3, m.start)
        if (
            m.start >= cut
            and mark in _NOT_WHOSE
            and m.start < cut + len(mark) + phrases.head_end(rest, []) + 3
            and head.words
        ):
            return (_NOT, m.start)
        return ((4 if m.start >= cut else 0) + _RANKS.get(kind, 3), m.start)

    best = min(found, key=rank, default=None)
    if best is None or rank(best)[0] >= _NOT:
        return None
    entry = best.entries[0]
    nation = next(
        (
            m.entries[0]
            for m in found
            if m.end <= best.start and m.entries[0].kind in ("nationality", "country") and m.start < cut
        ),
        None,
    )
    if entry.kind in ("agency", "party", "seat") and entry.sectors[:1] != ("PRE",):
        # "India's Congress party", "the Belarusian KGB": many states have a body of that name; "the Congress of Bolivia"
        of = re.match(r"\s+of\s+(?:the\s+)?", text[best.end :])
        after = next((m.entries[0] for m in found if of and m.start == best.end + of.end()), None)
        if nation is None and after is not None and after.kind == "country":
            nation = after
        if nation is not None and nation.country != entry.country:
            same = next((e for e in best.entries if e.country == nation.country), None)
            entry = same or replace(entry, country=nation.country)
        elif (
            nation is None
            and text[best.start : best.end] in MANY
            and hints
            and entry.country not in hints
            and len(states := hints - _INTERNATIONAL) == 1
        ):
            entry = replace(entry, country=next(iter(states)))
    elif (
        entry.kind in ("group", "organisation")
        and nation is not None
        and (
            entry.country in ("IMG", "ISM", "NGO")
            or (entry.country in _INTERNATIONAL and _ENVOYS & set(head.words.split()))
        )
    ):
        # "an Iraqi al-Qaeda member", "Turkish Red Crescent", "Pakistan's UN envoy"
        entry = replace(
            entry, country=nation.country, sectors=entry.sectors if entry.country in ("IMG", "ISM", "NGO") else ("GOV",)
        )
    if entry.kind == "country" and entry.country == "GEO" and _STATE_OFFICE.match(text[best.end :]):
        entry = replace(entry, name="Georgia", country="USA")
    return entry, best


def _surname(text: str, match: Match) -> bool:
    """Whether a gazetteer name is more likely part of a person's or firm's name: among other capitalised words that
    are no office, or a smaller city's name all by itself."""
    before, after = text[: match.start].split(), text[match.end :].split()
    near = [w.strip(",.") for w in (*before[-1:], *after[:1])]
    capitalised = [
        w for w in near if w[:1].isupper() and w.lower() not in ("the", "a", "an") and w.lower() not in tables.sectors()
    ]
    row = match.entries[0].place
    name = text[match.start : match.end]
    if (
        name in family_names()
        and (row is None or row.population < _PLACE_SIZE)
        and not _BEFORE_PLACE.search(text[: match.start])
    ):
        # "President dos Santos", "the Castro regime"
        if not before and not after:
            return row is not None and row.precision == "city" and row.population < _ALONE_SIZE
        beside = (before[-1:] or [""])[0], (after[:1] or [""])[0]
        return (
            beside[0][:1].isupper()
            or (beside[1][:1].isupper() and beside[1].lower() not in tables.sectors())
            or beside[1] in ("regime", "administration", "government", "family")
        )
    if not before and not after:
        return (
            row is not None
            and row.precision == "city"
            and row.population < _ALONE_SIZE
            and (" " not in name and name in family_names())
        )
    if not before and len(after) == 1 and after[0][:1].isupper() and capitalised:
        return True  # "Leon Bobb": a first name, however large the town
    return bool(capitalised) and not (row is not None and row.population >= _PLACE_SIZE)
