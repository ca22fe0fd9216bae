"""Lists of counted people: "five soldiers, a child and two of his guards", read forwards from their first word."""

from __future__ import annotations

from dataclasses import dataclass

from detente.resolve.numbers import Quantity
from detente.resolve.toll_words import (
    ARTICLE,
    AUX,
    BEFORE_NUMBER,
    COLLECTIVE,
    ENDS,
    HARMED,
    PERSON,
    POSSESSIVE,
    SAYING,
    STOP,
    THINGS,
    Words,
    plural,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One of a list of people: tokens [first, last), its count (None: a plural without a number)."""

    first: int
    last: int
    count: Quantity | None
    stated: bool


ONE, ZERO_COUNT, UNKNOWN = Quantity("=", "1", 1, 1), Quantity("=", "0", 0, 0), Quantity("=", "unknown", None, None)


_SEVERAL = words_of("number handful couple few lot series group string total family crowd team convoy wave dozen")
_BOTH = Quantity("=", "2", 2, 2)
_SOME = Quantity("=", "some", 2, None)


_LONGEST_LIST, _LONGEST_PHRASE, LONGEST_CLAUSE = 12, 18, 50  # members, tokens, tokens: what bounds the time


def phrase_end(words: Words, first: int) -> int:
    """The token after a noun phrase that begins at ``first``."""
    k = first
    while k < min(len(words), first + _LONGEST_PHRASE):
        if k in words.counts and k > first:
            break
        if words.lower[k] == "(" and ")" in words.lower[k : k + 7]:
            k += words.lower[k : k + 7].index(")") + 1  # "insurgents (BLA)"
            continue
        if words.lower[k] in STOP:
            break
        if k in words.cues and not (words.cues[k][1] == "past" and k == first):
            break
        k += 1
    return k


def member(words: Words, i: int, part: bool = False) -> Member | None:
    """The people that begin at token ``i``: a number, "a soldier", "him", a name, or a plural without a number.

    ``part``: "two of them" may be they; as an object they are a part of those counted before ("12 people, two of them women").
    """
    start = i
    for _ in range(2):
        if i not in words.counts and words.at(i) in BEFORE_NUMBER and (i + 1 in words.counts or i + 2 in words.counts):
            i += 1
    if (
        i not in words.counts
        and words.at(i) in ("a", "the")
        and words.at(i + 1) in ("total", "further", "additional", "group", "record", "combined", "reported")
    ):
        of = i + 2 + (words.at(i + 2) == "of")
        i = of if of in words.counts else i
    if i not in words.counts and words.at(i) == "another" and i + 1 in words.counts:
        i += 1
    word = words.at(i)
    if i in words.counts:
        last, count = words.counts[i]
        if words.at(last) == "of" and words.at(last + 1) in ("them", "whom", "these", "those", "which"):
            return Member(start, last + 2, count, True) if part or words.at(last + 1) == "those" else None
        end = phrase_end(words, last)
        if counts_things(words, last, end) or (
            words.at(last) == "of" and words.at(last + 1) == "the" and words.at(last + 2) in HARMED
        ):
            return None
        if words.lower[end : end + 2] == ["or", "more"] and count.relation == "=" and count.low is not None:
            count = Quantity(">=", count.number, count.low, None)
        return Member(start, end, count, True)
    if not word or (word in STOP and word != "that"):
        return None
    end = phrase_end(words, i)
    if word == "both" and end > i + 1 and is_plural(words, i, end) and not _things(words, i, end):
        return Member(i, end, _BOTH, True)
    if word == "some" and plural(words.at(end - 1)) and end > i + 1:
        return Member(i, end, _SOME, True)
    if word in ("several", "many"):
        return None
    if word in ("him", "her", "he", "she", "someone", "somebody") and (word != "her" or end == i + 1):
        return Member(i, i + 1, ONE, False)
    if word in ("them", "those", "others", "people"):
        return Member(i, end, None, False)
    if word in ("himself", "herself", "itself", "themselves", "it"):
        return None
    if word in ARTICLE:
        if end == i + 1 and word in ("a", "an"):
            return None
        if words.at(i + 1) in _SEVERAL:
            return Member(i, end, _SOME if words.at(i + 1) == "number" else None, words.at(i + 1) == "number")
        if _head(words, i, end).endswith(("'s", "’s")) and end in words.counts:
            return member(words, end)  # "a security chief's three sons"
        return None if _things(words, i + 1, end) else Member(i, end, ONE, False)
    head = _head(words, i, end)
    if head.endswith(("'s", "’s")) and end in words.counts:
        return member(words, end)
    if not head or _things(words, i, end):
        return None
    if is_plural(words, i, end) or head in COLLECTIVE:
        return Member(i, end, None, False)
    if word in POSSESSIVE or PERSON.fullmatch(head) or any(words.capital(k) for k in range(i, end)):
        return Member(i, end, ONE, False)
    return None


def is_plural(words: Words, first: int, end: int) -> bool:
    """Whether the head noun is a plural; "Christopher Stevens" is none."""
    head = _head(words, first, end)
    if not plural(head):
        return False
    at = first + words.lower[first:end].index(head)
    name = words.capital(at) and at > first and words.words[at - 1][:1].isupper() and not words.words[at - 1].isupper()
    return not name or words.lower[at - 1].endswith(("an", "ish", "ese", "i", "ic"))


def someone(words: Words, one: Member) -> bool:
    """Whether a phrase without a number is a single person for certain: a name, or "his wife", "the guard"."""
    return words.capital(one.first) or (
        words.at(one.first) in POSSESSIVE and any(PERSON.fullmatch(words.lower[k]) for k in range(one.first, one.last))
    )


def _head(words: Words, first: int, end: int) -> str:
    """The head noun: the last word of the phrase before "of"."""
    k = first
    while k < end and not (words.at(k) == "of" and k > first):
        k += 1
    return words.at(k - 1) if k > first else ""


def _things(words: Words, first: int, end: int) -> bool:
    return bool(THINGS.fullmatch(_head(words, first, end)))


def counts_things(words: Words, first: int, end: int) -> bool:
    """Whether a number is one of things: "40 targets", "many bombs exploded", but not "12 drone operators"."""
    return first < end and (
        _things(words, first, end)
        or any(
            words.lower[k].endswith("s") and THINGS.fullmatch(words.lower[k]) for k in range(first, min(end, first + 3))
        )
    )


def people_list(words: Words, i: int) -> list[Member]:
    """The members of a list of people that begins at token ``i``."""
    first = member(words, i)
    if first is None:
        return []
    out = [first]
    k = first.last
    while len(out) < _LONGEST_LIST:
        comma = words.at(k) == ","
        at, joined = _joint(words, k)
        if at is None:
            break
        more = member(words, at)
        clause = comma and joined and len(out) == 1 and more is not None and not more.stated and out[0].stated
        if more is None or clause or not _joins(words, out[-1], more, joined, comma):
            if comma and not joined and out[-1].count is not None and not out[-1].stated:
                # "kills Abu Omar, a commander, and two others": what stands between the commas describes him.
                skip = _apposition_end(words, k)
                if skip is not None and skip != k:
                    k = skip
                    more = member(words, _joint(words, k)[0] or len(words))
                    if more is not None and more.stated and _joins(words, out[-1], more, True, True):
                        out.append(more)
                        k = more.last
                        continue
            break
        out.append(more)
        k = more.last
    while len(out) > 1 and not joint_before(words, out[-1].first):
        out.pop()  # a list ends with "and": "killing 12, 30 miles away"
    return out


def _apposition_end(words: Words, k: int) -> int | None:
    for at in range(k + 1, min(len(words), k + 14)):
        word = words.at(at)
        if word == ",":
            return at
        if word in ENDS or word in AUX or at in words.cues:
            return None
    return None


def _joint(words: Words, k: int) -> tuple[int | None, bool]:
    """Where the next member of a list begins after the joint at ``k``, and whether the joint says "and"."""
    if words.at(k) == ",":
        k += 1
        if words.at(k) not in ("and", "as", "along", "together", "alongside", "plus"):
            return k, False
    if words.at(k) in ("and", "plus", "alongside"):
        return k + 1, True
    if words.lower[k : k + 3] == ["as", "well", "as"]:
        return k + 3, True
    if words.at(k) in ("along", "together") and words.at(k + 1) == "with":
        return k + 2, True
    return None, False


def joint_before(words: Words, first: int) -> bool:
    return (
        words.at(first - 1) in ("and", "plus", "alongside")
        or words.lower[max(0, first - 3) : first] == ["as", "well", "as"]
        or words.lower[max(0, first - 2) : first] in (["along", "with"], ["together", "with"])
    )


def _joins(words: Words, before: Member, more: Member, joined: bool, comma: bool) -> bool:
    """Whether the next people belong to the same list, and do not begin a clause of their own ("and 30 were wounded")."""
    after = words.at(more.last)
    if after in AUX or after in SAYING:
        return False
    if more.last in words.cues and words.cues[more.last][1] in ("past", "die", "adjective"):
        return False
    if not joined:
        return more.stated or (words.at(more.first) in ARTICLE and (before.stated or words.at(before.first) in ARTICLE))
    if more.stated or words.at(more.first) in ARTICLE:
        return not any(verb(words, k) for k in range(more.first, more.last))
    if more.count is None:
        return False
    return someone(words, more) and more.last - more.first <= 7 and (more.last >= len(words) or after in STOP) and not any(
        verb(words, k) for k in range(more.first, more.last)
    )  # fmt: skip


_VERB = words_of(
    "says said vows vowed claims denies took takes will left leaves shot fired fires set led causes caused calls called launches launched destroyed"
)


def verb(words: Words, k: int) -> bool:
    return words.at(k) in _VERB
