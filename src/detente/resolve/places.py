"""Where things are: the places that a text names, and the place of an event, from the gazetteer.

`places` lists every toponym of a text (`toponyms.py` finds them, `namesakes.py` says which place of the name is meant). `place`
answers for one phrase, with the words around it. "No match" is an answer: what the gazetteer lacks gets the country that its
own phrase names ("Al-Balad, an Iraqi air base"), or none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from detente.knowledge import tables
from detente.knowledge.gazetteer import Candidate
from detente.knowledge.tables import PlaceRow
from detente.records import Place
from detente.resolve import namesakes, place_names, toponyms
from detente.resolve.namesakes import Mention

_LONGEST = 400  # code points of a phrase that names a place
_CONTEXT = 4000  # code points around a phrase that are looked at
_FADES = 500.0  # code points in which a place's pull on the words around it falls to a third
_TOGETHER = 100.0  # kilometres
_KNOWN = 5.5  # of a name inside of another, in powers of ten of people (`place_names.prior`)
_LOCAL = frozenset({"city", "admin2", "airport", "base", "site", "neighbourhood", "camp"})
_ELSEWHERE = re.compile(r"\b(?:embassy|embassies|consulate|border|frontier)\b", re.I)


def place(text: str, context: str | None = None, country: str | None = None) -> Place | None:
    """The place that ``text`` names, or None if neither place nor country is known.

    ``context`` is the sentence or passage around it; ``country`` a code that is likelier than others (the country of
    the parties, say). The answer has no span. Degrees are WGS 84; a country has none. Never raises for any text.
    """
    if len(text) > _LONGEST or not text.strip():
        return None
    return _place(text.strip(), (context or "")[:_CONTEXT], country)


@lru_cache(maxsize=20_000)
def _place(text: str, context: str, country: str | None) -> Place | None:
    states = _states(text)
    # "the Ecuadorian embassy", "the border with Belarus": elsewhere than in the state that is named.
    told = [] if _ELSEWHERE.search(text) else [code for _, _, code, _ in states]
    found = [t for t in _in_phrase(text) if not _only_a_state(t, states) or told]
    if found:
        hint = next((c for c in told if c), country)
        around = context.replace(text, " ") if context else ""
        whole = f"{text}\n{around}"
        rest = [t for t in toponyms.toponyms(whole) if t.start > len(text)]
        mentions = _settled(whole, [(t.start, t.end) for t in found], rest, hint)[: len(found)]
        likely = frozenset(
            filter(None, (*told, country, *(c for t in rest for c in _codes(t.words)), *_nationalities(whole)))
        )
        chosen = [m.chosen for m in mentions if m.chosen is not None and _fits(m, text, told, likely)]
        # Of "Rafah in the Gaza Strip" the smaller; of equals the first.
        finest = min(chosen, key=lambda c: _FINENESS.get(c.place.precision, 1), default=None)
        if finest is not None and (finest.place.feature != "country" or not _own_name(text)):
            return _of(finest.place, "phrase")
    if told:
        return Place(name=_own_name(text), country=told[0], basis="country of the phrase")
    near = _country_around(text, context) if context and not _ELSEWHERE.search(text) else None
    if near:
        return Place(name=_own_name(text), country=near, basis="country of the words around it")
    return None


def _country_around(text: str, context: str) -> str | None:
    """The country that a place without a known name is in, if the words around it name places of one country alone."""
    codes = {p.country for p in places(context.replace(text, " "))} - {None}
    return codes.pop() if len(codes) == 1 else None


def _codes(words: str) -> Iterator[str]:
    for c, _ in place_names.options(words)[:1]:
        if c.place.country:
            yield c.place.country


_FINENESS = {"site": 0, "city": 0, "admin1": 2, "region": 2, "water": 2, "country": 3}
# A city of this many people is meant even where the phrase names another state ("the Saudi embassy in London").
_LARGE = 300_000


def _states(text: str) -> list[tuple[int, int, str, str]]:
    """States that a phrase names, and by which kind of word: (start, end, code, country or nationality)."""
    return [
        (m.start, m.end, m.entries[0].country, m.entries[0].kind)
        for m in tables.actor_names().find(text)
        if m.entries[0].kind in ("country", "nationality")
    ]


def _in_phrase(text: str) -> list[toponyms.Toponym]:
    """The names in a phrase that is known to be a place: what running text leaves in doubt may stand here."""
    whole = re.sub(r"^(?:the|in|at|near)\s+", "", text, flags=re.I)
    if (
        place_names.options(whole)
        and re.match(r"[^\W\d_]", whole)
        and whole[0].isupper()
        and not place_names.adjective(whole)
    ):
        start = text.index(whole)
        return [toponyms.Toponym(start, start + len(whole), whole, 0.0)]
    return [t for t in toponyms.candidates(text) if t.score > _DOUBT]


_DOUBT = -2.0  # log-odds down to which a name in a phrase that is a place is taken for one


def _only_a_state(t: toponyms.Toponym, states: Sequence[tuple[int, int, str, str]]) -> bool:
    return any(start <= t.start and t.end <= end for start, end, _, _ in states)


def _fits(m: Mention, text: str, told: Sequence[str], likely: frozenset[str]) -> bool:
    """Whether a name in a phrase is its place: none that merely shares a word of an unknown name ("Martyrs' Square"), nor a small
    town in another state than the phrase says. ``likely``: countries that the words around speak of."""
    c = m.chosen
    if c is None:
        return False
    small = c.place.feature in ("city", "admin2", "airport") and c.place.population < _LARGE
    if small and told and c.place.country not in told:
        return False
    if c.place.feature not in ("city", "admin2", "airport") or m.within is not None or c.place.country in likely:
        return True
    before, after = text[: m.start].split(), text[m.end :].split()
    near = [w for w in (*before[-1:], *after[:1]) if w[:1].isupper() and "," not in w and not place_names.is_leading(w)]
    return not near


def _own_name(text: str) -> str | None:
    """The first capitalised name of a phrase: "Al-Balad" of "Al-Balad, an Iraqi air base"."""
    head = re.split(r",| in | of | near ", text)[0]
    return (
        head
        if re.match(r"[A-Z]", head) and not tables.actor_names().get(head) and not place_names.options(head)
        else None
    )


def places(text: str) -> list[Place]:
    """Every place that a text names, with its span, from left to right; nationalities and bodies are none.

    A name that is found and not known where, a street say, has no coordinates. Never raises for any text.
    """
    found = toponyms.toponyms(text)
    mentions = _settled(text, [(t.start, t.end) for t in found], found, None)
    return [
        replace(
            _of(m.chosen.place, "gazetteer") if m.chosen else Place(),
            start=t.start,
            end=t.end,
            text=text[t.start : t.end],
        )
        for t, m in zip(found, mentions, strict=True)
    ]


def locate(text: str, spans: Sequence[tuple[int, int]]) -> list[Place | None]:
    """For each span of a text that names a place, that place, or None; adjectives ("Turkish") give their country.

    Asked where something is, the nearest answer is better than none: what the gazetteer lacks is put where a name inside of it
    or the place named beside it is, and ``basis`` says so.
    """
    settled = _settled(text, spans, toponyms.toponyms(text), None)
    out: list[Place | None] = []
    for m in settled[: len(spans)]:
        inner = None if m.chosen else _inner(m.words)
        beside = None if m.chosen or inner else _beside(m, settled)
        for found, basis in ((m.chosen, "gazetteer"), (inner, "name inside of it"), (beside, "place named beside it")):
            if found is not None:
                out.append(_of(found.place, basis))
                break
        else:
            out.append(None)
    return out


def _settled(
    text: str, spans: Sequence[tuple[int, int]], known: Sequence[toponyms.Toponym], country: str | None
) -> list[Mention]:
    """The mentions of the spans, in their order, then those of other toponyms; each with its place chosen."""
    given = [Mention(s, e, text[s:e], place_names.options(text[s:e])) for s, e in spans]
    rest = [
        Mention(t.start, t.end, t.words, place_names.options(t.words))
        for t in known
        if not any(t.start < e and s < t.end for s, e in spans)
    ]
    in_order = sorted((*given, *rest), key=lambda m: m.start)
    namesakes.settle(in_order, _nationalities(text), country, text)
    return [*given, *rest]


def _nationalities(text: str) -> list[str]:
    """Codes of the states whose adjectives a text has, with repetitions."""
    codes = place_names.nationalities()
    return [codes[m[0]] for m in re.finditer(r"[A-Z][a-z]+", text) if m[0] in codes]


def _beside(mention: Mention, mentions: Sequence[Mention]) -> Candidate | None:
    """The place that one of unknown position is most likely at: where those told of nearest in the text lie together."""
    if not re.match(r"[^\W_a-z]", mention.words):
        return None
    near = [
        (math.exp(-abs(m.start - mention.start) / _FADES), m.chosen)
        for m in mentions
        if m.chosen is not None and m.chosen.place.latitude is not None and m.chosen.place.feature in _LOCAL
    ]
    if not near:
        return None
    # Of those that lie together, the one that is told of nearest.
    together = max(near, key=lambda x: sum(w for w, c in near if namesakes.kilometres(c, x[1]) <= _TOGETHER))[1]
    return max((x for x in near if namesakes.kilometres(x[1], together) <= _TOGETHER), key=lambda x: x[0])[1]


def _inner(words: str) -> Candidate | None:
    """The state, division or large city that a longer name has in it: "Bank of Japan", "Colorado State University"."""
    found = [
        (place_names.prior(c), c)
        for m in re.finditer(r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){0,2}", words)
        for part in _parts(m[0])
        for c, _ in place_names.options(part)[:1]
        if part != words
    ]
    best = max(found, key=lambda x: x[0], default=None)
    return best[1] if best and best[0] >= _KNOWN else None


def _parts(run: str) -> Iterator[str]:
    words = run.split()
    for n in range(len(words), 0, -1):
        for i in range(len(words) - n + 1):
            yield " ".join(words[i : i + n])


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
