"""Which of the places of one name is meant: candidates weighed by what else the text names.

A report speaks of few corners of the world, and one name means one place in it. So the places of a text are settled together:
first by what needs no help (states, "X, Ohio"), then each by the countries and divisions that the others lie in. The weights are
set by reason, in the unit of `place_names.py`; towns whose state follows them in news ("X, Ohio"), with that clue hidden, bear them out.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from detente.knowledge.gazetteer import MAIN, Candidate, plain

_INSIDE = 6.0  # "Paris, Texas"
_OUTSIDE = 3.0
_FAR_LESS = 3.0
_COUNTRY = 3.5  # all the other places of the text lie in the same country
_DIVISION = 2.0
_NEAR = 1.0  # another place of the text within `_NEAR_KM`
_NEAR_KM = 150.0
_CELL = 1.4  # degrees of latitude in that; twice as many of longitude
_ROUNDS = 3
_SOME = 0.3  # of a place, for its state to be spoken of
_HINT = 2.5
_OPTIONS = 12
# People; a smaller place in a state that the text has nothing else of is not believed. 100,000 lost Kherson in a report of Russian
# shelling; of 3,000 annotated places the country is right for 2,388 against 2,383.
_UNSURE = 20_000
_RADIUS = 6371.0


@dataclass(slots=True)
class Mention:
    """A name in a text. ``start``, ``end``: code points; ``options``: places that it may stand for, each with its own score."""

    start: int
    end: int
    words: str
    options: list[tuple[Candidate, float]] = field(default_factory=list)
    within: int | None = None
    chosen: Candidate | None = None


def settle(mentions: Sequence[Mention], states: Sequence[str], hint: str | None = None, text: str = "") -> None:
    """Choose a place for each mention, all together; those without options stay without.

    ``states``: codes of countries that the text names, with repetitions; ``hint``: a code that is likelier than others.
    """
    _containers(mentions, text)
    groups: dict[str, list[Mention]] = defaultdict(list)
    told: dict[str, str] = {}
    for m in mentions:
        if m.within is not None:
            told.setdefault(plain(m.words), _key(m, mentions))
    for m in mentions:
        if m.options:
            groups[_key(m, mentions) if m.within is not None else told.get(plain(m.words), plain(m.words))].append(m)
    # First every name by itself, then each with what the others are likely to be; three times, for a clue's clue to arrive.
    likely = {name: _shares(_scores(members, mentions, None)) for name, members in groups.items()}
    for _ in range(_ROUNDS):
        votes = _Votes(likely, Counter(states), hint)
        scores = {name: _scores(members, mentions, votes.without(name)) for name, members in groups.items()}
        likely = {name: _shares(found) for name, found in scores.items()}
    votes = _Votes(likely, Counter(states), hint)
    for name, members in groups.items():
        best = scores[name][0][1]
        believed = any(m.within is not None for m in members) or votes.without(name).believe(best)
        for m in members:
            m.chosen = best if believed else None


def _key(m: Mention, mentions: Sequence[Mention]) -> str:
    """A name with what it lies in: "Paris, Texas" and "Paris, France" are two; plain "Paris" is the first of them."""
    outer = mentions[m.within] if m.within is not None else None
    return f"{plain(m.words)}, {plain(outer.words)}" if outer else plain(m.words)


def _containers(mentions: Sequence[Mention], text: str) -> None:
    """Which mention says where another lies: "Paris, Texas", "Tyre (Lebanon)", "Hatay in Turkey", "Turkey's Hatay"."""
    for i, (a, b) in enumerate(itertools.pairwise(mentions)):
        gap = text[a.end : b.start]
        if re.fullmatch(r"\s*(?:,|\(|,? in|,? in the)\s+(?:\w+ern\s+)?|\s*\(", gap):
            if _holds(b, a) and not _listed(mentions, i, text):
                a.within = i + 1
        elif re.fullmatch(r"['’]s?\s+(?:\w+\s+){0,3}", gap) and _holds(a, b):
            b.within = i


def _listed(mentions: Sequence[Mention], i: int, text: str) -> bool:
    """Whether "X, Y" goes on as a list of equals: "Michigan, Wisconsin and Ohio"."""
    a, b = mentions[i], mentions[i + 1]
    top = a.options[0][0] if a.options else None
    if top is None or top.place.feature not in ("country", "admin1") or not text[a.end : b.start].startswith(","):
        return False
    other = b.options[0][0]
    if top.place.feature == other.place.feature == "country":
        return True
    after = mentions[i + 2] if i + 2 < len(mentions) else None
    before = mentions[i - 1] if i else None
    joint = r",?\s+(?:and\s+|or\s+)?"
    return (after is not None and bool(re.fullmatch(joint, text[b.end : after.start]))) or (
        before is not None and before.within is None and bool(re.fullmatch(r",\s+", text[before.end : a.start]))
    )


def _holds(outer: Mention, inner: Mention) -> bool:
    """Whether a place of the inner name lies in one of the outer; one that merely bears it as another name, and is a thousandth
    of the size of the likeliest, is no reason ("Washington, New York" is a list)."""
    outers = [o for o, _ in outer.options[:8] if o.place.feature in ("country", "admin1", "admin2")]
    least = inner.options[0][1] - _FAR_LESS if inner.options else 0.0
    inners = [c for c, score in inner.options if c.how == MAIN or score > least]
    return any(inside(c, o) for o in outers for c in inners)


def inside(c: Candidate, outer: Candidate) -> bool:
    """Whether a place lies in a state or division."""
    if c is outer or c.row == outer.row:
        return False
    if outer.place.feature == "country":
        return c.place.country == outer.place.country and c.place.feature != "country"
    return outer.row >= 0 and outer.row in (c.admin1, c.admin2)


Scored = list[tuple[float, Candidate]]
Shares = list[tuple[float, Candidate]]


def _scores(members: list[Mention], mentions: Sequence[Mention], around: Surroundings | None) -> Scored:
    """The options of one name with their scores, the best first. All mentions of a name mean one place."""
    outer = next((mentions[m.within] for m in members if m.within is not None), None)
    scored = []
    for c, own in members[0].options:
        score = own + (around.of(c) if around else 0.0)
        if outer is not None:
            held = any(inside(c, o) for o, _ in outer.options[:8] if o.place.feature in ("country", "admin1", "admin2"))
            score += _INSIDE if held else -_OUTSIDE
        scored.append((score, c))
    return sorted(scored, key=lambda x: (-x[0], x[1].row))


def _shares(scored: Scored) -> Shares:
    """How likely each of the best options is, by scores in powers of ten."""
    best = scored[0][0]
    parts = [(10.0 ** (score - best), c) for score, c in scored[:_OPTIONS]]
    total = sum(p for p, _ in parts)
    return [(p / total, c) for p, c in parts if p / total > 0.02]


class _Votes:
    """What the names of a text say together: countries, divisions and positions, each as likely as its place is."""

    def __init__(self, likely: Mapping[str, Shares], named: Mapping[str, int], hint: str | None) -> None:
        self.likely, self.hint = likely, hint
        self.countries: defaultdict[str | None, float] = defaultdict(float)
        self.divisions: defaultdict[int | None, float] = defaultdict(float)
        self.cells: defaultdict[tuple[int, int], list[tuple[str, float, Candidate]]] = defaultdict(list)
        for name, shares in likely.items():
            for p, c in shares:
                self.countries[c.place.country] += p
                self.divisions[_division(c)] += p
                if c.place.feature not in ("country", "continent"):
                    self.cells[_cell(c, 0, 0)].append((name, p, c))
        self.countries.pop(None, None)
        for code, n in named.items():
            # A state that is named a dozen times is not twelve places.
            self.countries[code] += 1 + int(math.log2(n))
        self.total = sum(self.countries.values())

    def without(self, name: str) -> Surroundings:
        """What all but one name say."""
        return Surroundings(self, name)


class Surroundings:
    """What the rest of a text adds to a candidate of a name."""

    def __init__(self, votes: _Votes, name: str) -> None:
        self.votes, self.name = votes, name
        self.mine = votes.likely[name]
        self.total = votes.total - sum(p for p, c in self.mine if c.place.country)

    def country(self, code: str | None) -> float:
        """How many of the other names lie in a country."""
        return max(0.0, self.votes.countries[code] - sum(p for p, c in self.mine if c.place.country == code))

    def of(self, c: Candidate) -> float:
        """What speaks for a candidate, in powers of ten of people."""
        code = c.place.country
        if code is None:
            return 0.0
        more = _COUNTRY * math.sqrt(self.country(code) / (self.total + 1.0))
        more += _HINT if code == self.votes.hint else 0.0
        if c.place.feature == "country":
            return more
        division = _division(c)
        if division is not None:
            others = self.votes.divisions[division] - sum(p for p, own in self.mine if _division(own) == division)
            more += _DIVISION * math.sqrt(max(0.0, others) / len(self.votes.likely))
        return more + _NEAR * self.nearness(c)

    def nearness(self, c: Candidate) -> float:
        """How likely another place of the text is near a candidate."""
        if c.place.latitude is None:
            return 0.0
        around = [_cell(c, north, east) for north in (-1, 0, 1) for east in (-1, 0, 1)]
        return max(
            (
                p
                for cell in around
                for name, p, other in self.votes.cells.get(cell, ())
                if name != self.name and _close(c, other)
            ),
            default=0.0,
        )

    def believe(self, c: Candidate) -> bool:
        """Whether a place is known well enough, or the text has something else of its state."""
        size = c.place.population
        if c.place.feature not in ("city", "admin2", "airport", "base") or size >= _UNSURE or c.row < 0:
            return True
        return self.total < 1.0 or self.country(c.place.country) >= _SOME or c.place.country == self.votes.hint


def _division(c: Candidate) -> int | None:
    return c.row if c.place.feature == "admin1" else c.admin1


def _cell(c: Candidate, north: int, east: int) -> tuple[int, int]:
    """A square of the earth of at least `_NEAR_KM` a side (but near the poles, where no news is)."""
    place = c.place
    if place.latitude is None or place.longitude is None:
        return (-999, -999)
    return (int(place.latitude // _CELL) + north, int(place.longitude // (2 * _CELL)) + east)


def _close(a: Candidate, b: Candidate) -> bool:
    """Whether two places with positions are near each other; a state is near nothing."""
    return b.row != a.row and kilometres(a, b) <= _NEAR_KM


def kilometres(a: Candidate, b: Candidate) -> float:
    """Between two places, as good as matters here; infinite where one has no position."""
    p, q = a.place, b.place
    if p.latitude is None or p.longitude is None or q.latitude is None or q.longitude is None:
        return math.inf
    north = math.radians(q.latitude - p.latitude)
    east = math.radians((q.longitude - p.longitude + 180) % 360 - 180) * math.cos(
        math.radians((p.latitude + q.latitude) / 2)
    )
    return math.hypot(north, east) * _RADIUS
