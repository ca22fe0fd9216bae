"""How sure an answer of `resolve.actor` is: the share of answers reached the same way that people agreed with.

``data/actor_confidence.tsv`` holds those shares by what `reached` makes of an answer: its basis without days and names, whether
it tells a country, a sector or both, and how many words the phrase has. It is learnt by `detente.training.weigh_answers`. A figure is of
what an answer asserts: an answer without a country is right if its first sector is.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache

from detente.knowledge import tables
from detente.records import Actor, ResolvedActor
from detente.resolve import actors
from detente.resolve.bodies import without_executive

_COLUMNS = ("reached", "answers", "right", "confidence")
_DAY = re.compile(r" (?:on|until|from) [\d-]*| \d{4}-\d\d to \d{4}-\d\d")
ANY = "any"


def actor(
    text: str, context: str | None = None, date: str | None = None, published: str | None = None
) -> ResolvedActor | None:
    """The party that ``text`` names, with a calibrated ``confidence``, or None if the words tell neither country nor sector.

    ``context`` is the sentence around it: with one, a country as a whole is its government, as in every event (CODEBOOK.md
    section 3); without one its name tells the country only. It also tells namesakes apart. ``date`` and ``published`` (ISO)
    are when it acted and when it was written: offices are those of that day. The answer has no span; ``basis`` says how it
    was reached. Never raises for any text.
    """
    found = actors.actor(text, context, date, published)
    if found is None:
        return None
    told = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    told["sectors"] = without_executive(dataclasses.replace(found, text=text)).sectors
    return ResolvedActor(**told, confidence=confidence(found, text))


def confidence(found: Actor, text: str) -> float:
    """Of answers reached like this one the share that is right, from 0 to 1."""
    shares = _shares()
    return next(shares[way] for way in reached(found, text) if way in shares)


def reached(found: Actor, text: str) -> tuple[str, ...]:
    """The ways in which an answer was reached, the closest description first; the last one is every answer's."""
    basis = _DAY.sub(lambda m: m[0].split()[0].join("  ").rstrip() if m[0][1].isalpha() else "", found.basis or "")
    tells = "+".join(n for n, told in (("country", found.country), ("sector", found.sectors)) if told) or "nothing"
    words = len(re.sub(r"^(?:the|an?) ", "", text.strip(), flags=re.I).split())
    length = "one word" if words < 2 else "2 or 3 words" if words < 4 else "4 words or more"
    return f"{basis} | {tells} | {length}", f"{basis} | {tells}", tells, ANY


@cache
def _shares() -> dict[str, float]:
    rows = tables.read_table(tables.DATA / "actor_confidence.tsv", _COLUMNS)
    return {way: float(share) for way, _, _, share in rows}
