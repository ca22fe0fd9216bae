"""International bodies as a whole: parties of whom the code says all.

The codebook's sectors are the parts of a state: GOV is its executive (CODEBOOK.md section 3). The United Nations, the European Union and
their like have a code of their own instead of a country and no executive, so a body as a whole bears no sector, as in PLOVER's
gold records ("United Nations", "European Community", "International Atomic Energy Agency": none; "U.N. Secretary-General Kofi Annan":
GOV; peacekeepers: MIL). Who holds an office in it or speaks for it is GOV, its court JUD, its parliament LEG, its troops MIL.
"""

from __future__ import annotations

import re
from dataclasses import replace

from detente.knowledge import tables
from detente.records import Actor
from detente.resolve import phrases
from detente.resolve.references import BODY_WORDS, PRONOUN_WORDS

#: Codes of the bodies that states have founded.
FOUNDED_BY_STATES = frozenset({"UNO", "EUR", "IGO"})
#: Heads of phrases for a body, its organs and works, and for those who work there without an office.
_OF_A_BODY = BODY_WORDS - frozenset(
    "country state nation government party leadership authority guard kingdom republic".split()
) | frozenset(
    (
        "union council fund programme program project system secretariat forum summit meeting network cartel "
        "investigation inquiry report study statement resolution facility camp compound warehouse truck vehicle centre center "
        "watchdog body institution personnel staff staffer worker employee"
    ).split()
)

#: Offices that the tables know as bodies: "the UN High Commissioner for Refugees".
_OFFICES = frozenset(
    {"commissioner", "representative", "coordinator", "rapporteur", "secretary-general", "general", "president"}
)


def without_executive(actor: Actor) -> Actor:
    """The party as it is; but an international body as a whole loses the executive's sector (see the module)."""
    if actor.sectors[:1] != ("GOV",) or not is_international_body(actor):
        return actor
    return replace(actor, sectors=actor.sectors[1:])


def is_international_body(actor: Actor) -> bool:
    """Whether a party is a body of states as a whole: by name, by a word for bodies, or "it" where that stands for one."""
    if actor.country not in FOUNDED_BY_STATES or "own table" in (actor.basis or ""):
        return False  # what a user's own table says of a body stands
    entity = actor.entity or ""
    of_name = entity.startswith("org:")
    if entity and not of_name:
        return False
    text = re.sub(r"\s*\([A-Z][\w.&–-]*\)", "", actor.text or actor.name or "")
    if (kind := PRONOUN_WORDS.get(text.lower().strip())) is not None:
        return of_name and kind != "person" and (not actor.role or _is_of_a_body(actor.role))
    named = list(tables.actor_names().find(text))
    counted = phrases.without_quantity(text)
    if not any(m.start < len(text) - len(counted) for m in named):
        text, named = counted, list(tables.actor_names().find(counted))
    head = text[: phrases.head_end(text, named)].rstrip(" .'’")
    at_end = [m.entries[0] for m in named if m.start < len(head) <= m.end]
    if of_name and any(e.country in FOUNDED_BY_STATES and e.kind not in ("person", "surname") for e in at_end):
        return not _OFFICES.intersection(text[: phrases.head_end(text, [])].lower().split()[-1:])
    return _is_of_a_body(head)


def _is_of_a_body(head: str) -> bool:
    """Whether the last word of a head noun phrase or an office is of a body rather than of persons or states."""
    last = head.lower().split()[-1:]
    one = [f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s") for word in last]
    return not _OF_A_BODY.isdisjoint([*last, *one])
