"""What speaks for and against a capitalised name being a place here: the clues that `toponyms.py` weighs.

A preposition before, "X, Y" after, a title or given name before, the kind of body after ("Police", "Street"), what else the text
says of the name, and how news uses the word (``knowledge/data/name_use.tsv``). Each clue has a name and a learnt weight
(``knowledge/data/toponym_clues.tsv``).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from detente.knowledge import tables
from detente.knowledge.build_names import PREPOSITIONS
from detente.knowledge.gazetteer import MAIN, OTHER, plain
from detente.resolve import namesakes, place_names

NUMBERED = re.compile(r"(?:Highway|Route|Interstate|Autoroute)[ -](?:\d{1,4}[A-Z]?)\b")
_GAP = re.compile(r"(?:[ \u00a0\t]*\n?[ \u00a0\t]*|[-‐‑–])\Z")
_DOTTED = frozenset({"St", "Ste", "Mt", "Ft", "Pt"})
_AROUND = 60  # code points before and after a name that are looked at
#: One mention with one of these speaks for all of its name in the text.
_SURE = frozenset({"lies in the next", "after its kind", "before its kind", "dateline"})
_SAYING = re.compile(
    r"\s+(?:said|says|told|tells|added|adds|explained|wrote|tweeted|argued|noted|claimed|joked|recalled|scored|who|whose|himself|"
    r"herself|was\s+born|is\s+survived|and\s+(?:his|her))\b"
)
_MEANT = re.compile(
    r"\b(?:cities|city|towns?|villages?|province|provinces|state|states|island|islands|region|capital|district|districts|county|"
    r"counties|suburbs?|neighbou?rhood|municipality|area|port|camp|countries|nations|north|south|east|west|outside|outskirts|"
    r"parts|coast|border|centre|center|downtown|people|residents|mayor|governor|university|diocese|airport|streets|areas)"
    r"\s+(?:of|in|near|like|around|called|named|from)\s+(?:the\s+)?$",
    re.I,
)
_KIND_AFTER = re.compile(
    r"['’]?s?\s+(?:province|governorate|oblast|region|state|district|county|prefecture|department|city|town|village|municipality|"
    r"suburb|neighbou?rhood|airport|air\s+base|airbase|base|border|port|peninsula|island|islands|strip|river|refugee\s+camp|camp|"
    r"area|valley|mountains|coast|highway|residents|resident|native|man|woman|police|authorities|government|officials)\b"
)
_SIDED = re.compile(r"[-–‑ ](?:based|born|area|bound|backed|led|controlled|held|occupied|made)\b")
_DIRECTION = re.compile(
    r"\b(?:north|south|east|west|northern|southern|eastern|western|north-?(?:east|west)(?:ern)?|south-?(?:east|west)(?:ern)?|"
    r"central|mainland|downtown|greater|rural|upstate|suburban|occupied|nearby|neighbou?ring)\s+$",
    re.I,
)
_BEGINS = re.compile(r"(?:\A|[.!?:;]['\"”’)]*|[\n\"“‘(]|[-–—]|•)\s*\Z")
_DATELINE = re.compile(
    r"(?:,\s+[A-Z][\w.]+(?:\s+[A-Z][\w.]+)?)?\s*(?:\([A-Za-z /.]{2,30}\)|[A-Z][a-z]{2}[.a-z]*\s\d{1,2})?\s*(?:[-–—]{1,2}|:)\s"
)
_LETTERS = re.compile(r"\A[A-Z]{2}\Z|\A(?:Man|Miss|La|Me|Mass|Mo|Pa|Ma|Ill|Ind|Wash|Ore)\.?\Z")
_STEPS = (0.03, 0.1, 0.25, 0.5, 0.75, 1.1)
_COMMON = 0.25  # of a word's uses in lower case, from which it is a common word


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: code points [start, end), and whether it begins with a capital."""

    start: int
    end: int
    word: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Name:
    """Words [first, end) that some place bears, and how they are known: name, short, site, numbered, small."""

    first: int
    end: int
    how: str


@cache
def vocabulary(group: str) -> frozenset[str]:
    """Words of a group of ``toponym_words.tsv``, in lower case ("no place" as written)."""
    rows = tables.read_table(tables.DATA / "toponym_words.tsv", ("group", "meaning", "words"))
    return next(frozenset(words.split("|")) for name, _, words in rows if name == group)


def together(text: str, a: Token, b: Token) -> bool:
    """Whether two words next to each other may be of one name: nothing but a space or hyphen parts them ("St. Louis")."""
    gap = text[a.end : b.start]
    return bool(_GAP.match(gap)) or (gap == ". " and a.word in _DOTTED)


def no_place(words: str) -> bool:
    """Nationalities, peoples, months, days, faiths and parties."""
    return words in vocabulary("no place") or place_names.adjective(words) is not None


@cache
def _use() -> dict[str, tuple[int, ...]]:
    columns = ("word", "after_preposition", "alone", "first", "last", "inside", "lower")
    return {cells[0]: tuple(map(int, cells[1:])) for cells in tables.read_table(tables.DATA / "name_use.tsv", columns)}


@lru_cache(maxsize=20_000)
def is_given(word: str) -> bool:
    """Whether a word is mostly the first of a longer name, or stands inside of one: "David"."""
    found = _use().get(word)
    if found is None:
        return False
    placed, alone, first, last, inner, _ = found
    return first >= 3 and placed <= 0.03 * first and alone <= 0.35 * (first + inner) and first + inner > 1.5 * last


def _is_seat(words: str) -> bool:
    """Whether a name is a seat that stands for its holder: "the Kremlin"."""
    entries = tables.actor_names().get(words)
    return bool(entries) and entries[0].kind == "seat"


class Report:
    """One text, its words, the names found in it, and what the whole of it tells of them."""

    def __init__(self, text: str, tokens: list[Token], names: list[Name]) -> None:
        self.text, self.tokens, self.names = text, tokens, names
        self._starts = {name.first: n for n, name in enumerate(names)}
        self._lowered = {t.word for t in tokens if not t.capital}
        self._persons: set[str] = set()
        self._firsts: set[str] = set()
        self._lasts: set[str] = set()
        self._pairs()
        self._own = [tuple(self._clues(n)) for n in range(len(names))]
        self._sure = {plain(self.words(n)) for n, clues in enumerate(self._own) if not _SURE.isdisjoint(clues)}

    def words(self, n: int) -> str:
        """The words of a name, with the dot of a short form and the number of a road."""
        name = self.names[n]
        start, stop = self.tokens[name.first].start, self.tokens[name.end - 1].end
        numbered = NUMBERED.match(self.text, start) if name.how == "numbered" else None
        if numbered:
            return numbered[0]
        if name.how == "short" and self.text[start : stop + 1] in place_names.abbreviations():
            stop += 1
        return self.text[start:stop]

    def clues(self, n: int) -> tuple[str, ...]:
        """The clues of a name, those of the rest of the text included."""
        own = self._own[n]
        return (
            (*own, "surely a place elsewhere") if _SURE.isdisjoint(own) and plain(self.words(n)) in self._sure else own
        )

    def _pairs(self) -> None:
        """Words that are part of longer names somewhere in the text: "Shannon Phillips", so "Phillips" is she."""
        small, bodies, kinds, sites = (vocabulary(g) for g in ("small", "body", "kind", "site"))
        offices = frozenset("president premier minister governor mayor police senator".split())
        for a, b in itertools.pairwise(self.tokens):
            if not (a.capital and b.capital and self.text[a.end : b.start] in (" ", ". ")):
                continue
            one, two = a.word.lower(), b.word.lower()
            title = one.rstrip(".") in vocabulary("title") and one not in offices
            if is_given(a.word) or title or len(a.word) == 1:
                self._persons.add(b.word)
            if not (
                one in small
                or one in bodies
                or one in kinds
                or one in vocabulary("point")
                or no_place(a.word)
                or no_place(b.word)
            ):
                self._lasts.add(b.word)
            if not (two in bodies or two in sites or two in kinds or no_place(b.word)):
                self._firsts.add(a.word)

    def _clues(self, n: int) -> Iterator[str]:
        name, words = self.names[n], self.words(n)
        yield "bias"
        yield f"known as {name.how}"
        kind = ""
        if name.how in ("name", "short", "small"):
            kind = yield from self._what(words)
        # What counts for little against a state or a metropolis counts for much against a small town.
        tag = "strong" if kind in ("country", "admin1", "large") else "weak"
        single = name.end - name.first == 1
        yield "one word" if single else "words"
        if single and name.how == "name":
            yield from _usage(words)
        for clue in (*self._before(n, words), *self._after(n, words), *self._elsewhere(n, words, single)):
            yield clue
            yield f"{clue} {tag}"

    def _what(self, words: str) -> Generator[str, None, str]:
        """What the likeliest place of the name is: its kind and size. Gives the kind back."""
        options = place_names.options(words)
        if not options:
            yield "is nothing"
            return "nothing"
        top = options[0][0]
        feature, people = top.place.feature, top.place.population
        if feature in ("country", "continent"):
            kind = "country"
        elif feature == "admin1" and people >= 100_000:
            kind = "admin1"
        elif feature not in ("admin1", "admin2", "city", "airport", "base") or top.row < 0:
            kind = f"own {top.place.precision}"
        elif people >= 1_000_000:
            kind = "large"
        elif feature in ("airport", "base"):
            kind = "airport"
        else:
            kind = f"{feature} of 10^{min(5, int(math.log10(max(1, people))))}"
        yield f"is {kind}"
        if _is_seat(words):
            yield "is a seat"
        if top.how != MAIN:
            yield "by another name" if top.how == OTHER else "by a part of its name"
        elif any(c.how == MAIN and c.place.feature == "city" for c, _ in options[1:]):
            yield "several of the name"
        return kind

    def _before(self, n: int, words: str) -> Iterator[str]:
        name = self.names[n]
        start = self.tokens[name.first].start
        before = self.text[max(0, start - _AROUND) : start]
        previous = self.tokens[name.first - 1] if name.first else None
        gap = self.text[previous.end : start] if previous else ""
        if _BEGINS.search(before):
            yield "begins a sentence"
            if _is_common(words) or words.lower() in self._lowered:
                yield "a common word begins a sentence"
        elif previous is not None and _GAP.match(gap) and "\n" not in gap:
            yield from self._after_word(n, previous, gap)
        elif previous is not None and previous.capital and re.fullmatch(r"\.\s", gap):
            if len(previous.word) == 1 or previous.word.lower() in vocabulary("title"):
                yield "after an initial"
        elif re.fullmatch(r"['’]s?\s", gap):
            yield "after a possessive"
        if re.search(r",\s+\Z", gap) and n > 0 and self.names[n - 1].end == name.first:
            yield "after a name and a comma"
        if _MEANT.search(before):
            yield "after its kind"
        if _DIRECTION.search(before):
            yield "after a direction"

    def _after_word(self, n: int, previous: Token, gap: str) -> Iterator[str]:
        lower = previous.word.lower()
        if not previous.capital or lower in vocabulary("small"):
            if lower in PREPOSITIONS:
                yield "after a preposition"
            elif lower in ("of", "the", "and", "by", "for", "with", "a", "an"):
                yield f"after {lower}"
            else:
                yield "after a word"
        elif lower.rstrip(".") in vocabulary("title"):
            yield "after a title"
        elif is_given(previous.word):
            yield "after a given name"
        elif len(previous.word.rstrip(".")) == 1:
            yield "after an initial"
        elif "-" not in gap:
            if n == 0 or self.names[n - 1].end != self.names[n].first:
                yield "after a capital"
            else:
                yield "runs on from another name" if self._runs_into(n - 1, n) else "after another name"

    def _runs_into(self, n: int, beside: int) -> bool:
        """Whether two words that are both names of places make one name of a person: "Jordan Henderson", not "Austin Texas"."""
        both = self.names[n], self.names[beside]
        return all(x.end - x.first == 1 and x.how == "name" for x in both) and not _lies_in(
            self.words(n), self.words(beside)
        )

    def _after(self, n: int, words: str) -> Iterator[str]:
        name = self.names[n]
        stop = self.tokens[name.first].start + len(words)
        after = self.text[stop : stop + _AROUND]
        following = self.tokens[name.end] if name.end < len(self.tokens) else None
        gap = self.text[stop : following.start] if following else ""
        beside = self._starts.get(name.end)
        if following is not None and following.capital and _GAP.match(gap) and "\n" not in gap and "-" not in gap:
            lower = following.word.lower()
            if lower in vocabulary("body") or lower in vocabulary("site"):
                yield "before a body"
            elif beside is not None:
                yield "runs into another name" if self._runs_into(n, beside) else "before another name"
            else:
                yield "before a capital"
                if is_given(words):
                    yield "a given name before a capital"
        elif beside is not None and re.fullmatch(r",\s+|\s+\(", gap):
            yield "lies in the next" if _lies_in(words, self.words(beside)) else "before a comma and a name"
        if _KIND_AFTER.match(after):
            yield "before its kind"
        if _SIDED.match(after):
            yield "before -based"
        if _SAYING.match(after):
            yield "before saying"
        if re.match(r"['’]s\b", after):
            yield "possessive"
        if re.match(r"\s*[.,;:)?!\"”]|\s*\Z|\s+[a-z]", after):
            yield "stands alone after"
        before = self.text[max(0, stop - len(words) - 2) : stop - len(words)]
        if _DATELINE.match(after) and (not before.strip() or "\n" in before):
            yield "dateline"

    def _elsewhere(self, n: int, words: str, single: bool) -> Iterator[str]:
        if single and words in self._persons:
            yield "ends a person's name"
        if single and words in self._lasts:
            yield "ends a longer name"
        if single and words in self._firsts:
            yield "begins a longer name"
            if words not in self._persons and is_given(words):
                yield "a given name"
        if single and words.lower() in self._lowered:
            yield "in lower case elsewhere"
        if not single and words.rsplit(" ", 1)[-1].lower() in vocabulary("kind"):
            yield "named with its kind"
        if words.isupper() and len(words) > 3:
            yield "in capitals"
        if self.names[n].how == "short":
            start = self.tokens[self.names[n].first].start
            comma = bool(re.search(r"\w,\s+\Z", self.text[max(0, start - 5) : start]))
            yield "short after a comma" if comma else "short of letters" if _LETTERS.match(words) else "short as such"


def _usage(word: str) -> Iterator[str]:
    """How news uses a word; unknown words are rare ones."""
    found = _use().get(word.title() if word.isupper() and len(word) > 3 else word)
    if found is None:
        yield "use unknown"
        return
    placed, alone, first, last, inner, lower = found
    total = placed + alone + first + last + inner
    yield f"use placed {_step(placed, placed + alone)}"
    yield f"use ends {_step(last + inner, total)}"
    yield f"use begins {_step(first, total)}"
    yield f"use lower {_step(lower, lower + total)}"


def _step(part: int, total: int) -> int:
    """A share as a step, those of few cases drawn to the middle."""
    share = (part + 0.3) / (total + 1.0)
    return next(i for i, limit in enumerate(_STEPS) if share <= limit)


def _is_common(word: str) -> bool:
    found = _use().get(word)
    return found is not None and found[5] > _COMMON * sum(found)


def _lies_in(inner: str, outer: str) -> bool:
    outers = [o for o, _ in place_names.options(outer)[:4] if o.place.feature in ("country", "admin1", "admin2")]
    return any(namesakes.inside(c, o) for o in outers for c, _ in place_names.options(inner))
