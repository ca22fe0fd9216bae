"""Whose "police" it is: the country of a party whose own words tell none, weighed from the words around it.

Every country that the sentence, the place, the other parties or the report suggest is a candidate, and so is none. Each has
clues ("in the sentence", "the event's place", "the title"); the weights of the clues were learnt from training/annotations
(`detente.training.weigh_countries`). The strongest clue is told in the answer's ``basis``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from detente.knowledge import tables
from detente.model.coder import CountryWord
from detente.records import Actor
from detente.resolve.actors import mentions
from detente.resolve.references import PRONOUN_WORDS, Discourse, Mention, is_person

_NEAR = 25  # code points between a party and a country's name beside it
#: Clues that are worth telling, and how they are told.
_TOLD = {
    "coreference": "coreference",
    "apposition": "apposition",
    "place": "country of the place",
    "sentence": "country of the sentence",
    "same side": "country of the other party",
    "other side": "country of the other party",
    "previous sentence": "country of the sentence before",
    "title": "country of the title",
    "report": "country of the report",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a party: its sentence and where it stands in it, and what else the event has.

    ``start``, ``end``: code points in the sentence. ``side``: actor, recipient or attribution. ``same``, ``other``: countries of
    the parties of its own and of the other side, as far as their own words tell them. ``named``, ``before``: countries named
    in the sentence and in the one before it. ``pointed``: of each country named in the sentence, how likely the model holds its
    words to tell the country of this side.
    """

    sentence: str
    start: int
    end: int
    side: str
    named: Sequence[Mention]
    before: Sequence[Mention]
    place: str | None = None
    same: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    source: str | None = None
    pointed: Mapping[str, float] = field(default_factory=dict)


def with_country(actor: Actor, around: Surroundings, discourse: Discourse, earlier: Actor | None) -> Actor:
    """The party with the likeliest country, or as it was if none is the likeliest answer.

    ``earlier``: the party of the report that a pronoun or short form seems to stand for.
    """
    if actor.country:
        return actor
    found = clues(actor, around, discourse, earlier)
    kind = group(actor)
    best = max(found, key=lambda c: (score(found[c], kind, around.side), c or ""))
    if best is None:
        return actor
    told = next((words for clue, words in _TOLD.items() if clue in found[best]), "country of the report")
    return replace(actor, country=best, basis=f"{actor.basis}; {told}" if actor.basis else told)


def score(clues_: Iterable[str], kind: str, side: str) -> float:
    """What clues weigh together (log-odds), the same in whatever order they come."""
    weight = _weights()
    # A set of words has another order in each process. Two countries that weigh the same must do so in all of them, or the
    # workers of a pool would choose otherwise than one process: the sum is exact, and the weights have three decimals.
    return round(math.fsum(weight.get(c, 0.0) for c in weighed(clues_, kind, side)), 6)


def weighed(clues_: Iterable[str], kind: str, side: str) -> Iterator[str]:
    """The names under which clues have weights: alone, by the kind of words, and by the side that the party is on."""
    for clue in clues_:
        yield clue
        if clue.startswith(POINTED):
            continue
        yield f"{kind}:{clue}"
        yield f"{side}:{clue}"


def group(actor: Actor) -> str:
    """What kind of words a party has: clues weigh differently for "he", "police" and "protesters"."""
    text = (actor.text or "").strip()
    if text.lower() in PRONOUN_WORDS:
        return "person pronoun" if PRONOUN_WORDS[text.lower()] == "person" else "pronoun"
    if actor.sectors and actor.sectors[0] in ("GOV", "MIL", "COP", "JUD", "LEG", "SPY", "PTY", "OPP"):
        return "state person" if is_person(actor) else "state"
    if actor.sectors and actor.sectors[0] in ("REB", "UAF", "PRM", "CRM"):
        return "armed"
    if re.match(r"(?:the |The )?[A-Z]", text):
        return "name"
    if actor.sectors and actor.sectors[0] in ("CVL", "REF", "LAB", "EDU", "REL", "AGR", "MED"):
        return "people"
    return "other"


def clues(
    actor: Actor, around: Surroundings, discourse: Discourse, earlier: Actor | None
) -> dict[str | None, set[str]]:
    """Candidate countries (None: no country) with what speaks for each."""
    found: dict[str | None, set[str]] = {None: {"none", f"none {actor.sectors[0] if actor.sectors else '-'}"}}
    text = actor.text or ""
    found[None] |= {f"none {around.side}"}
    if re.match(r"(?:\d|some|many|several|hundreds|thousands|dozens|two|three|four|people|others|those)\b", text, re.I):
        found[None].add("none count")
    if re.search(
        r"\b(?:countries|states|nations|allies|sides|governments|both|international|foreign|world)\b", text, re.I
    ):
        found[None].add("none several")

    def add(country: str | None, *what: str) -> None:
        if country:
            found.setdefault(
                country, {f"code {country}" if country in ("UNO", "IGO", "NGO", "IMG", "EUR") else "state"}
            ).update(what)

    _of_sentence(around, add)
    if _OWNED.match(text):
        found[None].add(f"{OWNED} none")
        for country in around.same:
            add(country, f"{OWNED} same side")
        for country in around.other:
            add(country, f"{OWNED} other side")
        before = [m for m in around.named if m[1] <= around.start]
        for i, (_, _, country, _) in enumerate(before):
            add(
                country,
                f"{OWNED} before",
                *([f"{OWNED} first"] if i == 0 else []),
                *([f"{OWNED} last"] if i == len(before) - 1 else []),
            )
    for country, likely in around.pointed.items():
        add(country, f"{POINTED} {_share_name(likely)}")
    if around.pointed:
        found[None].add(f"{POINTED} none {_share_name(max(around.pointed.values()))}")
    for i, (_, _, country, kind) in enumerate(around.before):
        add(country, "previous sentence", f"previous {kind}", *(["previous first"] if i == 0 else []))
    add(around.place, "place")
    for country in around.same:
        add(country, "same side")
    for country in around.other:
        add(country, "other side")
    add(around.source, "source")
    for country in discourse.title:
        add(country, "title")
    ranked = [c for c, _ in discourse.countries.most_common(3)]
    for rank, country in enumerate(ranked):
        add(country, "report", f"report {rank}")
    if len(discourse.countries) == 1:
        add(ranked[0], "report alone")
    if earlier is not None and earlier.country:
        add(earlier.country, "coreference", f"coreference {'person' if is_person(earlier) else 'body'}")
    if told := apposition(around.sentence, around.end, text):
        add(told, "apposition")
    return found


#: "its citizens", "their leaders": whose they are stands before them.
OWNED = "owned"
_OWNED = re.compile(
    r"(?:(?:some|one|two|three|many|most|all|several|a number|members?) (?:of )?)?(?:its|their|his|her|our|my|whose)\b",
    re.I,
)

#: Clues of the model itself begin with this word; they are weighed alone, for they are learnt from few reports.
POINTED = "pointed"


def _share_name(likely: float) -> str:
    return next(
        name for least, name in ((0.8, "surely"), (0.5, "likely"), (0.2, "perhaps"), (0.0, "hardly")) if likely >= least
    )


def _pointing(
    words: Iterable[CountryWord], named: Sequence[Mention], side: str
) -> Iterator[tuple[int, int, str, float]]:
    """Each country named in a sentence, and how likely the model holds its words to tell that of the actor or recipient."""
    if side not in ("actor", "recipient"):
        return
    seen = [(w.start, w.end, float(getattr(w, side))) for w in words]
    for start, end, country, _ in named:
        yield start, end, country, max((p for a, b, p in seen if a < end and start < b), default=0.0)


def pointed(words: Iterable[CountryWord], named: Sequence[Mention], side: str) -> dict[str, float]:
    """How likely the model holds each country named in a sentence to be that of the actor or recipient (``side``)."""
    told: dict[str, float] = {}
    for _, _, country, likely in _pointing(words, named, side):
        told[country] = max(told.get(country, 0.0), likely)
    return told


def pointed_word(words: Iterable[CountryWord], named: Sequence[Mention], side: str) -> tuple[int, int, float] | None:
    """The words that most likely tell the country of a side of which no phrase was found, where the model is sure enough:
    "anti-Saudi rhetoric" has a recipient, "an Iranian tanker" an owner. (start, end, probability)"""
    likely = [(start, end, p) for start, end, country, p in _pointing(words, named, side) if country]
    best = max(likely, key=lambda x: x[2], default=None)
    return best if best and best[2] >= SURE else None


#: Probability from which a country's name stands for a party without a phrase; measured on held-back reports (LOG.md).
SURE = 0.7


def _of_sentence(around: Surroundings, add: Callable[..., None]) -> None:
    countries = [c for _, _, c, _ in around.named]
    before = [m for m in around.named if m[1] <= around.start]
    after = [m for m in around.named if m[0] >= around.end]
    for i, (start, end, country, kind) in enumerate(around.named):
        what = ["sentence", f"sentence {kind}"]
        what += ["sentence first"] if i == 0 else []
        what += ["sentence alone"] if len(set(countries)) == 1 else []
        what += ["sentence twice"] if countries.count(country) > 1 else []
        what += ["aside"] if _aside(around, start, end) else []
        if before and (start, end) == before[-1][:2]:
            what += ["last before", *(["near before"] if around.start - end < _NEAR else [])]
        if after and (start, end) == after[0][:2]:
            what += ["next after", *(["near after"] if start - around.end < _NEAR else [])]
        add(country, *what)


_ASIDE = re.compile(r"\s*(?:an?|the|one|host|home|both|[A-Z][\w.-]*['’]s)\b[^,]{0,80}$")


def _aside(around: Surroundings, start: int, end: int) -> bool:
    """Whether a country is named only to say what another is: "Chad, a close partner of Paris, gunned down"."""
    left, right = around.sentence.rfind(",", 0, start), around.sentence.find(",", end)
    right = len(around.sentence) if right < 0 else right
    inside = left < around.start < right
    return left > 0 and not inside and bool(_ASIDE.match(around.sentence[left + 1 : end]))


def apposition(sentence: str, end: int, words: str) -> str | None:
    """The country told of a name right after it: ", the Swiss businessman at", ", a politician in Austria,"."""
    if not re.search(r"[A-Z]", words):
        return None
    told = re.match(
        r"\s*(?:\([^)]{1,20}\))?\s*,\s+((?:the|a|an|who|whose|head|leader|president|prime|former|one)\b[^,;.]{3,100})",
        sentence[end:],
        re.I,
    )
    named = [c for _, _, c, kind in mentions(told[1]) if kind != "group"] if told else []
    return named[0] if named else None


def named_countries(text: str) -> list[Mention]:
    """Countries and bodies that a sentence names, from left to right."""
    return [m for m in mentions(text) if m[3] in _KINDS and m[2]]


_KIN = r"(?:ally|allies|partners?|neighbou?rs?|backers?|patrons?|friends?|rivals?|foes?|enem(?:y|ies)|supporters?|protectors?|suppliers?|clients?|sponsors?)"
_RELATION = re.compile(
    rf",\s+(?:(?:an?|the|one of|once|long|its|their)\s+)*[^,;]{{0,60}}?\b{_KIN}\b[^,;]{{0,60}}(?:,|$)", re.I
)


def without_relations(text: str, named: Sequence[Mention]) -> list[Mention]:
    """The countries that a sentence names, but for those named only to say whose friend or neighbour another is:
    "Chad, a close partner of Paris, gunned down six rebels" tells nothing of whose the rebels are."""
    asides = [m.span() for m in _RELATION.finditer(text)]
    return [m for m in named if not any(a < m[0] and m[1] <= b for a, b in asides)]


_FRIEND = re.compile(
    rf"(?<=\w),\s+(?P<friend>(?:[A-Z][\w.-]+ )?[A-Z][\w.-]+['’]s (?:[\w-]+ ){{0,3}}?{_KIN})\b(?=[^,;.]{{0,40}}(?:[,;.]|$))"
)


def is_only_a_friend(text: str, start: int, end: int) -> bool:
    """Whether words stand only in an apposition that says whose friend or foe the one before it is: "Laos, Vietnam's junior ally,".
    In the annotations none of them is a party (12 of 12 events)."""
    return any(m.start("friend") <= start and end <= m.end("friend") for m in _FRIEND.finditer(text))


_KINDS = frozenset({"nationality", "country", "capital", "place", "metonym", "organisation", "group", "person"})


@cache
def _weights() -> dict[str, float]:
    rows: Iterable[list[str]] = tables.read_table(tables.DATA / "country_clues.tsv", ("clue", "weight"))
    return {clue: float(weight) for clue, weight in rows}
