"""The people before a verb: subjects of passives and of "died", read backwards from it."""

from __future__ import annotations

from detente.resolve.numbers import Quantity
from detente.resolve.toll_people import LONGEST_CLAUSE, ONE, Member, is_plural, joint_before, member, someone, verb
from detente.resolve.toll_words import (
    ADVERB,
    ARTICLE,
    AUX,
    BEFORE_NUMBER,
    COLLECTIVE,
    CONJUNCTION,
    ENDS,
    NOBODY,
    PLURAL_WORDS,
    PREPOSITION,
    RELATIVE,
    SAYING,
    STOP,
    Words,
    plural,
)


def subject(words: Words, j: int, floor: int, aux: str) -> list[Member]:
    """The people before token ``j``, of whom a passive or intransitive verb tells; ``aux`` is its finite form, or ""."""
    if words.at(j - 1) in ("he", "she", "they", "we") and aux:
        return [Member(j - 1, j, ONE if words.at(j - 1) in ("he", "she") else None, False)]
    first = j
    relative = False
    while first > max(floor, j - LONGEST_CLAUSE):
        word = words.at(first - 1)
        if word in ENDS or (first - 1 in words.cues and words.cues[first - 1][1] != "noun"):
            break
        if (
            word in AUX
            or word in SAYING
            or word in ("before", "after")
            or (
                word in CONJUNCTION
                and words.at(first) not in ("well", "more", "so")
                and words.at(first - 2) != "well"
                and first - 1 not in words.inside
            )
        ):
            break
        if word in RELATIVE:
            relative = word in ("who", "which", "that") and first == j
            if relative:
                first -= 1
                continue
            break
        first -= 1
    if any(word in NOBODY for word in words.lower[first:j]):
        return []
    members = _subject_list(words, first, j, reduced=not aux or aux == "being")
    if members:
        return members
    head = j - 1 - relative
    return _uncounted(words, first, j, head, aux, relative) if aux else []


def _subject_list(words: Words, first: int, j: int, reduced: bool) -> list[Member]:
    """The list of counted people in the clause [first, j), from its last member back."""
    starts: list[Member] = []
    part = False
    k = first
    while k < j:
        word = words.at(k)
        if word in ("including", "among", "amongst", "of") and (word != "of" or words.at(k - 1) in ("some",)):
            part = k > first
        elif word == "," and words.at(k + 1) not in ("and",):
            part = False
        elif (
            word in ARTICLE
            or word in ("some", "both")
            or k in words.counts
            or (word in BEFORE_NUMBER and k + 1 in words.counts)
        ):
            before = words.at(k - 2 if words.at(k - 1) == "the" else k - 1)
            if before in ("no", "not"):
                return []
            loose = (
                before not in PREPOSITION
                or before in ("with",)
                or k == first
                or (before in ("of", "among", "amongst", "leaving") and reduced)
            )
            one = member(words, k, part=not reduced and words.at(k - 1) != ",")
            if one is not None and not part and (loose or (reduced and min(one.last, j) == j)) and before != "of":
                starts.append(Member(one.first, min(one.last, j), one.count, one.stated))
                k = max(k + 1, min(words.counts[k][0] if k in words.counts else k + 1, j))
                continue
            if k in words.counts:
                k = words.counts[k][0]
                continue
        k += 1
    if reduced:
        starts = _reaching(words, starts, j)
    if not starts:
        return []
    chain = [starts.pop()]
    while starts and joint_before(words, chain[0].first):
        if not _adjacent(words, starts[-1], chain[0]) or _next_clause(words, starts, chain[0]):
            break
        chain.insert(0, starts.pop())
        while starts and words.at(chain[0].first - 1) == "," and starts[-1].last == chain[0].first - 1:
            chain.insert(0, starts.pop())
    name = _name_before(words, first, chain[0]) if len(chain) == 1 else None
    return [name, *chain] if name else chain


def _name_before(words: Words, first: int, one: Member) -> Member | None:
    """ "The prayer leader and two guards": a single person without a number at the head of the clause."""
    if not joint_before(words, one.first) or words.at(one.first - 1) != "and" or not one.stated:
        return None
    k = first
    while words.at(k) in (",", "and") and k < one.first:
        k += 1
    start = member(words, k)
    if start is None or start.stated or start.count is None or not someone(words, start) or start.last != one.first - 1:
        return None
    return start


def _next_clause(words: Words, starts: list[Member], one: Member) -> bool:
    """Whether ", and" before the last of two begins another clause: "gunmen stormed the ministry, and two guards are dead"."""
    other = starts[-1]
    listed = len(starts) > 1 and starts[-2].last == other.first - 1 and words.at(other.first - 1) == ","
    return not other.stated and not listed and words.at(one.first - 1) == "and" and words.at(one.first - 2) == ","


def _reaching(words: Words, starts: list[Member], j: int) -> list[Member]:
    """For a bare participle, only a list that ends right before it."""
    k = j
    while (
        words.at(k - 1) in ADVERB
        or words.at(k - 1).endswith("ly")
        or words.at(k - 1) in ("found", "left", "shot", "and", ",")
    ):
        k -= 1
    return starts if starts and starts[-1].last >= k else []


def _adjacent(words: Words, one: Member, other: Member) -> bool:
    """Whether only names, places and descriptions stand between two members of a list."""
    return (
        other.first - one.last <= 14
        and not any(
            words.at(k) in AUX
            or words.at(k) in ENDS
            or verb(words, k)
            or words.at(k) in RELATIVE
            or words.at(k).endswith("ed")
            for k in range(one.last, other.first)
        )
        and not any(verb(words, k) for k in range(one.first, one.last))
    )


def _uncounted(words: Words, first: int, j: int, head: int, aux: str, relative: bool) -> list[Member]:
    """Without a number: one if the verb is singular, two for "he and his wife", else people without a number."""
    region = words.lower[first:j]
    if any(w in NOBODY or w == "no" for w in region):
        return []
    if not region:
        return []
    noun = words.at(head)
    if aux in ("is", "was", "has", "dies", "perishes", "flees", "gets") or region[-1] in ("he", "she"):
        if (
            noun in COLLECTIVE
            or region[0] in COLLECTIVE
            or (len(region) > 1 and region[1] in COLLECTIVE)
            or noun in PLURAL_WORDS
        ):
            return []
        return [Member(j - 1, j, ONE, False)]
    if aux in ("are", "were", "have") and "and" in region and (names := _names(words, first, j)) > 2:
        return [Member(first, j, Quantity("=", str(names), names, names), False)]
    if aux in ("are", "were", "have") and "and" in region and "," not in region:
        at = first + region.index("and")
        sides = (words.at(at - 1), noun)
        if region.count("and") == 1 and not any(plural(w) or w in COLLECTIVE for w in sides) and "of" not in region:
            return [Member(first, j, Quantity("=", "2", 2, 2), False)]
    return [Member(first, j, None, False)]


def _names(words: Words, first: int, j: int) -> int:
    """How many names a list of names has ("Eddie Chu, Helena Wong and Kwok Wing-kin"); 0 if it is none."""
    found, size = 0, 0
    for k in range(first, j + 1):
        if k == j or words.lower[k] in (",", "and"):
            if size and (size > 6 or not words.capital(k - 1) or is_plural(words, k - size, k)):
                return 0
            found, size = found + bool(size), 0
        elif words.lower[k] in STOP:
            return 0
        else:
            size += 1
    return found
