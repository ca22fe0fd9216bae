"""Tolls that a sentence's own words settle: how many were killed, injured, detained, displaced or are missing.

A word of harm ("killing", "were wounded", "27 arrests", "the death toll rose to 45") governs a list of counted people: its
object, its passive subject, what follows "of". The members of the list are added up ("five soldiers and two civilians" is 7,
CODEBOOK.md section 4 and the practice of the annotations), parts are not ("12 people, including four children"), a singular
without a number word is one ("a man was shot dead"), and a plural without a number is not counted.
The grammar is that of news prose: no tagger, only closed word classes, so what it does not recognise it leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from detente.resolve.numbers import Quantity
from detente.resolve.toll_people import ONE, UNKNOWN, ZERO_COUNT, Member, counts_things, member, people_list, phrase_end
from detente.resolve.toll_subjects import subject
from detente.resolve.toll_words import (
    ADVERB,
    ARTICLE,
    AUX,
    BE,
    ENDS,
    POSSESSIVE,
    PRONOUN,
    RELATIVE,
    STOP,
    WEEKDAY,
    Words,
    plural,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Toll:
    """How many of one ``kind``. ``start``/``end``: the words that are counted; ``cue``: the word of harm.

    ``total``: a running total ("bringing the death toll to 45"), no event's own number. ``stated``: told by a number word,
    not by the grammar alone ("a man was killed"). ``plural``: people without a number, whose ``count`` is unknown.
    ``clause``: told by a verb of a clause ("police arrested a man"), not by a noun, a relative clause or in passing.
    """

    kind: str
    count: Quantity
    start: int
    end: int
    cue: tuple[int, int]
    total: bool = False
    stated: bool = True
    plural: bool = False
    clause: bool = False


_BEFORE_PARTICIPLE = words_of("found confirmed declared left presumed feared himself herself themselves")
_BEFORE_TOTAL = words_of("to at of is was than reached reaches hit hits stands stood now")


@lru_cache(maxsize=256)
def tolls(text: str) -> tuple[Toll, ...]:
    """The tolls of a sentence, in order of their words of harm. Time grows linearly with the text, up to 600 words."""
    words = Words(text)
    out: list[Toll] = []
    floor = 0  # words before it are already counted
    for i, (kind, grammar, length) in sorted(words.cues.items()):
        cue = (words.starts[i], words.ends[i + length - 1])
        found = _governed(words, i, grammar, length, floor)
        if found is None:
            continue
        members, total, last = found
        if len(members) == 1 and words.at(members[0].first) == "them":
            members = _them(words, i) or members
        toll = _sum(words, members, kind, cue, total)
        if toll is not None:
            clause = grammar in ("act", "past") and _in_clause(words, i, grammar)
            out.append(replace(toll, clause=clause))
            floor = max(floor, last)
    return tuple(out) + tuple(_zeros(text))


def _governed(words: Words, i: int, grammar: str, length: int, floor: int) -> tuple[list[Member], bool, int] | None:
    """The people that a word of harm governs, whether it is a running total, and the token after the words used."""
    after = i + length
    if grammar == "toll":
        one = _total(words, after)
        return ([one], True, one.last) if one else None
    if grammar == "noun":
        return _of_noun(words, i, after, floor)
    if grammar == "act":
        members = _each(words, people_list(words, after), i)
        return (members, False, members[-1].last) if members else None
    if grammar == "past":
        aux = _auxiliary(words, i)
        if aux is None and (_has(words, i) or _takes_object(words, after, i)):
            members = _each(words, people_list(words, after), i)
            return (members, False, members[-1].last) if members else None
        members = subject(words, i if aux is None else aux, floor, words.at(aux) if aux is not None else "")
        if aux is None and not members and (turned := _turned_round(words, i)):
            return turned, False, turned[-1].last
        if aux is not None or members:
            return (members + _along(words, after), False, after) if members else None
        return None
    if grammar == "adjective":
        aux = _auxiliary(words, i)
        members = subject(words, i if aux is None else aux, floor, words.at(aux) if aux is not None else "")
        return (members, False, after) if members else None
    aux = i
    while words.at(aux - 1) in AUX or words.at(aux - 1) in ADVERB or words.at(aux - 1).endswith("ly"):
        aux -= 1
    members = subject(words, aux, floor, words.at(aux) if aux < i else words.at(i))
    return (members, False, after) if members else None


def _each(words: Words, members: list[Member], i: int) -> list[Member]:
    """ "Two bombs killed three people each": six; of an unknown number of bombs, at least three."""
    if len(members) != 1 or words.at(members[0].last) != "each" or members[0].count is None:
        return members
    one, count = members[0], members[0].count
    times = next((words.counts[k][1] for k in range(i - 1, max(-1, i - 9), -1) if k in words.counts), None)
    if (
        times is not None
        and times.relation == count.relation == "="
        and times.number.isdigit()
        and count.number.isdigit()
    ):
        n = int(times.number) * int(count.number)
        return [replace(one, count=Quantity("=", str(n), n, n))]
    return [replace(one, count=replace(count, relation=">=", high=None))] if count.relation == "=" else members


def _them(words: Words, i: int) -> list[Member]:
    """Who "them" are: the counted people named last before the verb in its sentence ("pulled four workers off a bus and shot them")."""
    for k in range(i - 1, max(-1, i - 25), -1):
        if words.at(k) in (".", ";", "?", "!"):
            return []
        if k in words.counts:
            last, count = words.counts[k]
            things = counts_things(words, last, phrase_end(words, last))
            return [] if things or count.number == "0" else [Member(k, last, count, True)]
    return []


def _turned_round(words: Words, i: int) -> list[Member]:
    """The people of a sentence that begins with its participle: "Killed in the raid were five policemen"."""
    if i and words.at(i - 1) not in ENDS:
        return []
    for k in range(i + 1, min(len(words), i + 14)):
        if words.at(k) in ("was", "were", "are"):
            return people_list(words, k + 1)
        if words.at(k) in ENDS and words.at(k) != ",":
            return []
    return []


def _auxiliary(words: Words, i: int) -> int | None:
    """Where the passive or copula before a participle begins ("have reportedly been shot and [killed]"), or None."""
    k = i - 1
    found = None
    for _ in range(9):
        word = words.at(k)
        if word in BE or (found is not None and word in AUX):
            found = k
        elif word in ADVERB or word.endswith("ly") or word in _BEFORE_PARTICIPLE:
            pass
        elif (
            found is None
            and word == "and"
            and (words.at(k - 1).endswith("ed") or words.at(k - 1) in ("shot", "beaten", "hurt", "slain"))
        ):
            k -= 1
        else:
            break
        k -= 1
    return found


def _in_clause(words: Words, i: int, grammar: str) -> bool:
    """Whether a verb of harm is the verb of a clause that is no relative one."""
    aux = _auxiliary(words, i) if grammar == "past" else i
    if grammar == "past" and aux is None:
        aux = (
            i
            if _has(words, i) or (words.at(i + 1) not in STOP and words.at(i - 1) not in ARTICLE | POSSESSIVE)
            else None
        )
    return aux is not None and not any(words.at(k) in RELATIVE for k in range(max(0, aux - 3), aux))


def _has(words: Words, i: int) -> bool:
    k = i - 1
    while words.at(k) in ADVERB or words.at(k).endswith("ly"):
        k -= 1
    return words.at(k) in ("has", "have", "had", "having")


def _takes_object(words: Words, after: int, i: int) -> bool:
    """Whether a past tense is followed by its object ("killed 12", "killed the leader") and is so no participle."""
    word = words.at(after)
    if after in words.counts or word in ARTICLE or word in PRONOUN or word in ("all", "them", "some"):
        return True
    if not word or word in STOP or after in words.cues or word.endswith("ly") or WEEKDAY.fullmatch(word):
        return False
    # "20 killed Saturday" and "the two killed men" have their people before them.
    return i - 1 not in words.inside


def _along(words: Words, k: int) -> list[Member]:
    """Who shares the fate of a passive subject: "is shot dead in Istanbul, along with two guards"."""
    for at in range(k, min(len(words), k + 14)):
        word = words.at(at)
        if word in ENDS or at in words.cues:
            return []
        if word == "alongside" or (word in ("along", "together") and words.at(at + 1) == "with"):
            more = member(words, at + (1 if word == "alongside" else 2))
            return [more] if more is not None and more.count is not None else []
        if word == "with" and at + 1 in words.counts and words.at(words.counts[at + 1][0]) in ("other", "others"):
            more = member(words, at + 1)
            return [more] if more is not None else []
    return []


def _total(words: Words, k: int) -> Member | None:
    """The number of a running total: "death toll in Gaza to over 58,000", "toll has passed 200", "a toll of 27 dead"."""
    for at in range(k, min(len(words), k + 16)):
        word = words.at(at)
        if word in (";", ".", "?", "!"):
            return None
        if at in words.counts:
            last, count = words.counts[at]
            before = words.at(at - 1)
            if count.relation != "=" or before in _BEFORE_TOTAL:
                return None if counts_things(words, last, phrase_end(words, last)) else Member(at, last, count, True)
    return None


def _of_noun(words: Words, i: int, after: int, floor: int) -> tuple[list[Member], bool, int] | None:
    """ "27 arrests", "the deaths of a priest and two nuns", "the dead are 14 civilians", "his murder"."""
    of = after
    if words.at(after) == "by":  # "the killing by Israel of two men"
        of = next((k for k in range(after + 1, after + 5) if words.at(k) == "of"), after)
    if words.at(of) == "of":
        members = people_list(words, of + 1)
        if members:
            return members, False, members[-1].last
    if words.at(after) in ("are", "were", "include") and words.at(i) == "deaths":
        members = people_list(words, after + 1)
        if members and members[0].stated:
            return members, False, members[-1].last
    for k in range(i, max(floor, i - 6) - 1, -1):
        if k in words.counts and k < i:
            last, count = words.counts[k]
            of = k - 1 - (words.at(k - 1) == "the")
            if words.lower[max(0, of - 1) : of + 1] == ["out", "of"] and of - 2 in words.counts:
                return (
                    [Member(of - 2, of - 1, words.counts[of - 2][1], True)],
                    False,
                    after,
                )  # "18 out of the 25 killings"
            return ([Member(k, i, count, True)], False, after) if last <= i else None
        if k < i and words.lower[k] in STOP:
            break
    before = words.at(i - 1)
    owner = words.at(i - 2) if before in ("fatal", "violent", "brutal", "alleged") else before
    if words.at(i) in ("deaths", "killings", "murders", "arrests", "bodies", "lives", "injuries"):
        return None
    if owner in ("his", "her"):
        return [Member(i - 1, i, ONE, False)], False, after
    if owner.endswith(("'s", "’s")) and words.capital(i - 1) and not plural(owner[:-2]):
        return [Member(i - 1, i, ONE, False)], False, after
    return None


def _sum(words: Words, members: list[Member], kind: str, cue: tuple[int, int], total: bool) -> Toll | None:
    """The members of a list as one toll."""
    known = [m.count for m in members if m.count is not None]
    stated = any(m.stated for m in members)
    start, end = (words.starts[members[0].first], words.ends[members[-1].last - 1]) if stated else cue
    if not known:
        return Toll(kind, UNKNOWN, *cue, cue, total, stated=False, plural=True)
    if len(members) == 1:
        if stated:
            first = members[0].first
            at = next((k for k in range(first, members[0].last) if k in words.counts), None)
            if at is not None:
                start, end = (
                    words.starts[at],
                    words.ends[words.counts[at][0] - 1],
                )  # only the number, of a single phrase
        return Toll(kind, known[0], start, end, cue, total, stated)
    exact = [c for c in known if c.number.isdigit()]
    vague = next((c for c in known if not c.number.isdigit()), None)
    if vague is not None and not any(m.stated and m.count and m.count.number.isdigit() for m in members):
        return Toll(kind, vague, start, end, cue, total, stated)  # "the leader and several others" are several
    if not exact:
        return Toll(kind, known[0], start, end, cue, total, stated)
    parts = [int(c.number) for c in known[1:] if c.number.isdigit()]
    if len(parts) > 1 and members[0].stated and known[0].number == str(sum(parts)):
        whole = words.counts.get(members[0].first)  # "12 people, 11 guards and a civilian" are 12
        return Toll(kind, known[0], start, words.ends[whole[0] - 1] if whole else end, cue, total, stated)
    number = sum(int(c.number) for c in exact)
    signs = {c.relation for c in exact}
    relation = (
        "=" if signs == {"="} else ">=" if ">=" in signs else (signs - {"="}).pop() if len(signs - {"="}) == 1 else "~"
    )
    if len(exact) < len(known) or len(known) < len(members):
        relation = ">="
    low: int | None = sum(c.low or 0 for c in known)
    highs = [c.high for c in known]
    high = (
        None if any(h is None for h in highs) or len(known) < len(members) else sum(h for h in highs if h is not None)
    )
    return Toll(kind, Quantity(relation, str(number), low, high), start, end, cue, total, stated)


# "no one was hurt", "without casualties", "escaped injury", "none of the 60 aboard was hit".
_ZERO = re.compile(
    r"\b(?P<nobody>no[ -]one|nobody|none(?: of [^.;]{1,60}?)?|no (?:people|civilians|persons?|officers|soldiers|passengers|\w+))"
    r" (?:was|were|is|are|has been|have been|had been)(?: (?:reported|seriously|immediately))? (?P<what>killed|hurt|injured|harmed|wounded|hit|detained|arrested)\b"
    r"|\b(?P<noone>no[ -]one|nobody) (?P<died>died|dies)\b"
    r"|\b(?P<no>(?:no|without(?: causing)?|zero)(?: \w+)?) (?P<noun>casualties|injuries|deaths|fatalities|victims|injury|loss of life)\b"
    r"|\b(?P<escaped>escap(?:ed|es|ing) (?:injury|unhurt|unharmed|uninjured|unscathed)|(?:was|were|is|are|released) (?:unhurt|unharmed|uninjured|unscathed)|(?:was|were|is|are) not (?:harmed|hurt|injured|wounded))\b",
    re.I,
)


_UNSURE = re.compile(
    r"\b(?:no|not|without)(?: \w+){0,3} (?:reports?|word|information|confirmation|details|claim)\b", re.I
)


def _zeros(text: str) -> Iterator[Toll]:
    """Tolls of zero that the sentence states; "no reports of casualties" is none of them."""
    for match in _ZERO.finditer(text):
        if _UNSURE.search(text[max(0, match.start() - 20) : match.end()]):
            continue
        what = (match["what"] or match["noun"] or match["died"] or "hurt").lower()
        if what in ("casualties", "victims"):
            kinds: tuple[str, ...] = ("killed", "injured")
        elif what in ("killed", "died", "dies", "deaths", "fatalities", "loss of life"):
            kinds = ("killed",)
        elif what in ("detained", "arrested"):
            kinds = ("detained",)
        else:
            kinds = ("injured",)
        for kind in kinds:
            yield Toll(kind, ZERO_COUNT, *match.span(), match.span())
