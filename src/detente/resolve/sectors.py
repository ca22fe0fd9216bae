"""Which sector a party acts in: weighed from its own words, the event that it is part of and what the model read.

The same name is a government that talks and an army that shells; "a man" is a civilian who is killed and a suspect who is
arrested (CODEBOOK.md section 3). Every sector is a candidate. What speaks for one are clues: that the tables say it of the
party's words, single words of the phrase, the type and modes of the event, whether the party is at home where it happens, what
the report called it before. The weights of the clues were learnt from training/annotations (`detente.training.weigh_sectors`); what
the model makes of the party's words in their sentence (`detente.model.sector_reader`) is added to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from detente.knowledge import tables
from detente.ontology import SECTORS
from detente.records import Actor
from detente.resolve.antecedents import heads
from detente.resolve.countries import group
from detente.resolve.phrases import head_end
from detente.resolve.references import BODIES, PRONOUN_WORDS

#: Parts of a ``basis`` that tell how the tables came to a party's sector; a day or a country after them tells nothing of it.
_WAYS = frozenset(
    {
        "country", "nationality", "capital for government", "seat for its holder", "place", "name", "own table", "head noun",
        "breakaway entity", "person", "surname", "coreference", "other spelling", "acronym of the report", "whose it is", "introduced in the report",
    }
)  # fmt: skip
#: What the report itself says: an office with its state, or what refers to somebody whom it gave one.
_BY_REPORT = frozenset(
    {"country+head noun", "nationality+head noun", "pronoun", "coreference", "head noun+coreference"}
)
_EXECUTIVE = re.compile(
    r"(?!.*\b(?:former|ex|elect|general|deputy speaker)\b)(?:.*[ -])?"
    r"(?:minister|premier|chancellor|taoiseach|governor|mayor|king|queen|emir|sultan|president)s?(?: of .*)?\Z"
)
#: Who is unidentified is nothing else: alone in 1,147 of 1,149 annotated parties.
_UNIDENTIFIED = frozenset({"UAF", "UNK"})
_SURE = 0.5  # probability from which the model's further sectors of a party stand beside its first


@dataclass(frozen=True, slots=True)
class Scene:
    """The event that a party is part of, as far as it tells a sector.

    ``event``: a type of the ontology, with its ``modes``. ``side``: actor, recipient or attribution. ``place``: country of the
    event's place. ``other``: countries of the other side. ``before``: first sector that the report gave the same name earlier.
    ``report``: sectors that the report's words speak of (`spoken_of`): where there are asylum seekers, "83 others" are some of them.
    ``suggested``: sectors of what the words may stand for, each with its clue (`detente.resolve.antecedents`).
    ``beside``: clues of what stands beside a bare name (`detente.resolve.beside`). ``leaning``: what the model adds for each of
    `detente.ontology.SECTORS`, in log-odds (() where it did not look).
    """

    event: str
    side: str
    modes: tuple[str, ...] = ()
    place: str | None = None
    other: frozenset[str] = frozenset()
    before: str | None = None
    report: frozenset[str] = frozenset()
    suggested: tuple[tuple[str, str], ...] = ()
    beside: tuple[str, ...] = ()
    leaning: tuple[float, ...] = ()


def with_sectors(actor: Actor, likely: Sequence[tuple[str, float]], scene: Scene) -> Actor:
    """The party with its likeliest sector first.

    ``likely``: sectors with the model's probabilities, for those that stand beside the first. Where the answer is not what the
    party's words said, ``basis`` tells "sector weighed".
    """
    if _in_office(actor):
        return actor
    told = actor.sectors
    best = weighed(actor, likely, scene)
    if best is None or (told and told[0] == best):
        return actor
    if best in _UNIDENTIFIED:
        sectors: tuple[str, ...] = (best,)
    elif best in told:
        sectors = (best, *(s for s in told if s != best))
    else:
        sectors = (best, *(s for s, p in likely if p >= _SURE and s not in {best, *told, *_UNIDENTIFIED}))
    return replace(actor, sectors=sectors, basis=f"{actor.basis}; sector weighed" if actor.basis else "sector weighed")


def _in_office(actor: Actor) -> bool:
    """Whether the report calls a party the head of a state, a government, a ministry or a town: it bears its office, not what the
    event makes of it (CODEBOOK.md section 3). Of the annotated parties for whom clues learnt on other reports say otherwise 31 are
    right with the office, 9 with the clues; of persons whom the tables alone know 17 and 16: these are weighed."""
    return (
        actor.sectors[:1] == ("GOV",)
        and way(actor) in _BY_REPORT
        and bool(_EXECUTIVE.match((actor.role or "").lower()))
    )


def weighed(actor: Actor, likely: Sequence[tuple[str, float]], scene: Scene) -> str | None:
    """The sector that most speaks for, or None if nothing tells one."""
    if not (actor.sectors or actor.country or likely):
        return None
    of_clue, of_own = _weights()
    total = dict(zip(SECTORS, scene.leaning or (0.0,) * len(SECTORS), strict=True))
    for clue in general(actor, scene):
        for sector, weight in of_clue.get(clue, ()):
            total[sector] += weight
    own = {s: sum(of_own.get(c, 0.0) for c in clues) for s, clues in particular(actor, scene)}
    return max(SECTORS, key=lambda s: (own.get(s, 0.0) + total[s], s))


def general(actor: Actor, scene: Scene) -> Iterator[str]:
    """Clues that each sector has a weight of its own for: how the words were understood, the event, the words."""
    text, event, side = actor.text or "", scene.event, scene.side
    how, said = way(actor), actor.sectors[0] if actor.sectors else "-"
    yield "any"
    yield f"said {said}"
    yield f"said {how} {said}"
    yield f"{event} {side}"
    yield f"{how} {event} {side}"
    yield f"said {said} {event} {side}"
    for mode in scene.modes:
        yield f"mode {mode} {side}"
        yield f"said {said} mode {mode} {side}"
    if scene.before:
        yield f"before {scene.before}"
    for spoken in sorted(scene.report):
        yield f"report {spoken} said {said}"
    if actor.country:
        yield f"country {actor.country}"
        if actor.country == scene.place:
            yield f"at home {side}"
        if scene.other:
            yield f"{'among its own' if actor.country in scene.other else 'abroad'} {side}"
        yield f"body {actor.country}" if actor.country in BODIES else "state"
    for second in actor.sectors[1:2]:
        yield f"also {second}"
    if actor.role:
        yield f"role {actor.role.lower()}"
    for clue in scene.beside:
        yield clue
        yield f"{clue} {side}"
    yield from _words(text)


def particular(actor: Actor, scene: Scene) -> Iterator[tuple[str, list[str]]]:
    """Clues for single sectors, with a weight that is the same for all: what the tables and the report say."""
    how, said = way(actor), group(actor)
    meant: dict[str, list[str]] = {}
    for sector, clue in scene.suggested:
        meant.setdefault(sector, []).append(clue)
    if scene.before:
        meant.setdefault(scene.before, []).extend(("called so before", f"called so before {how}"))
    for i, sector in enumerate(dict.fromkeys((*actor.sectors, *meant))):
        found = list(meant.get(sector, ()))
        if sector in actor.sectors:
            found += ["said", f"said {how}", f"said {said}"] if i == 0 else ["said too"]
        yield sector, found


_BARE = frozenset({"country", "nationality", "capital for government", "place"})


def is_bare(actor: Actor) -> bool:
    """Whether a party is the name of a state, people or place alone: what is done may be its army's or its people's."""
    return way(actor) in _BARE


def way(actor: Actor) -> str:
    """How the tables came to the sector of a party, in a word or two; "unsaid" if they did not."""
    if (actor.text or "").lower().strip() in PRONOUN_WORDS:
        return "pronoun"
    ways = [w for part in (actor.basis or "").split("; ") if (w := part.split(",")[0]) in _WAYS]
    return "+".join(ways) or "unsaid"


def _words(text: str) -> Iterator[str]:
    """The words of a phrase, common ones in lower case and names as they are written, and which common one ends its head."""
    cut = head_end(text, [])
    last = ""
    for m in re.finditer(r"[^\W\d_][\w'’-]*", text):
        word = m[0].lower()
        common = m[0] == word or word in tables.sectors()
        yield f"word {word if common else m[0]}"
        if m.end() <= cut:
            last = word if common else ""
    if last:
        yield f"last {last}"
    if re.match(r"\W*\d", text):
        yield "count"


#: Sectors that are as good as everywhere in the news: that a report speaks of them tells nothing.
_COMMON = frozenset({"GOV", "MIL", "CVL"})


@lru_cache(maxsize=64)
def spoken_of(report: str) -> frozenset[str]:
    """The sectors that the words of a report speak of, but for the common ones."""
    return frozenset(sector for _, _, _, sector in heads(report)) - _COMMON


@cache
def _weights() -> tuple[dict[str, list[tuple[str, float]]], dict[str, float]]:
    """What each clue weighs for each sector, and what the clues weigh that each sector has for itself."""
    of_clue: dict[str, list[tuple[str, float]]] = {}
    of_own: dict[str, float] = {}
    for name, weight in tables.read_table(tables.DATA / "sector_clues.tsv", ("clue", "weight")):
        clue, _, sector = name.rpartition("=")
        if clue:
            of_clue.setdefault(clue, []).append((sector, float(weight)))
        else:
            of_own[name] = float(weight)
    return of_clue, of_own
