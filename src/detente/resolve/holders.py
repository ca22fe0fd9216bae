"""Who holds an office of state on a day: "the Iranian foreign minister" of 2020-01-12 is Mohammad Javad Zarif."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from detente.knowledge import tables
from detente.knowledge.people import people
from detente.knowledge.tables import Entry, Match

# Offices that one person holds, however they are written; the words on the left are read as those on the right.
_SAME = (
    (re.compile(r"\bdefense\b"), "defence"),
    (re.compile(r"^(?:federal )?(?:minister|secretary) (?:of|for) (?:foreign|external) affairs$|^foreign affairs minister$"), "foreign minister"),
    (re.compile(r"^minister (?:of|for) (?:national )?defence$|^(?:secretary of defence)$"), "defence minister"),
    (re.compile(r"^minister (?:of|for) (?:the )?(?:interior|internal affairs|home affairs)$|^internal affairs minister$"), "interior minister"),
    (re.compile(r"^defence secretary$"), "defence minister"),
    (re.compile(r"^external affairs minister$|^foreign secretary$|^secretary of state$"), "foreign minister"),
    (re.compile(r"^home (?:minister|secretary)$|^home affairs minister$|^interior secretary$"), "interior minister"),
    (re.compile(r"^premier$|^taoiseach$|^chancellor$"), "prime minister"),
)  # fmt: skip
_SINGLE = frozenset(
    {"president", "prime minister", "foreign minister", "defence minister", "interior minister", "king", "queen", "emir", "sultan",
     "supreme leader", "pope"}
)  # fmt: skip
_OF = re.compile(r"\b(?:secretary|minister) (?:of|for) (?:the |national )?(?:state|defen[cs]e|interior|foreign affairs|external affairs|"
                 r"internal affairs|home affairs)\b", re.I)  # fmt: skip
_BESIDE = frozenset({"the", "of", "s", "current", "incumbent"})


def holder(text: str, match: Match, of: Entry, role: str, day: str) -> Entry | None:
    """The one person who is known to have held the office that a phrase names, on the day (ISO); None if nobody or several.

    ``match`` is the name of the country ``of`` in the phrase; country and office must be all of it: not "the president of Iran's
    Red Crescent", nor "Georgia Secretary of State", which is a state of the United States.
    """
    if of.country not in tables.countries() or of.name != tables.countries()[of.country].name:
        return None
    after = _OF.search(text)
    role = after[0] if after else role
    rest = f"{text[: match.start]} {text[match.end :]}".replace(role, " ", 1)
    if not set(re.findall(r"[^\W_]+", rest.lower())) <= _BESIDE:
        return None
    found = {e.name: e for first, last, e in _offices().get((of.country, office(role)), ()) if first <= day <= last}
    return next(iter(found.values())) if len(found) == 1 else None


def office(role: str) -> str:
    """An office in the words of the table; empty if it is none that one person holds."""
    told = role.lower()
    for pattern, words in _SAME:
        told = pattern.sub(words, told)
    return told if told in _SINGLE else ""


@cache
def _offices() -> dict[tuple[str, str], list[tuple[str, str, Entry]]]:
    index: dict[tuple[str, str], list[tuple[str, str, Entry]]] = defaultdict(list)
    seen: set[int] = set()
    for _, entry in people():
        if entry.kind != "person" or id(entry) in seen:
            continue
        seen.add(id(entry))
        for spell in entry.spells:
            if spell.held and office(spell.office):
                index[entry.country, office(spell.office)].append((spell.first, spell.last, entry))
    return index
