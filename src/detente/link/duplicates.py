"""Reports that are copies of one another: exact, near, cut, wrapped in other words, or carrying the same sentences.

Two reports are near when they are the same but for white space and case, when the word triples of their whole texts are
nearly the same (MinHash), or when the sentences that tell something are mostly the same: that finds a copy under another
headline, cut short, or with boilerplate around it, which whole-text measures miss in short reports. A class of copies is a
connected component of near reports, so it is a function of the set of reports and not of their order.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from detente.errors import MissingExtra
from detente.read.dateline import dateline

# 30 hashes in 6 bands of 5: of texts that share 0.8 of their word triples 91 % meet in a band, of 0.9 99.5 %, of 0.5 17 %.
PERMUTATIONS = 30
BANDS = 6
_ROWS = PERMUTATIONS // BANDS
_SEED = 20261125  # fixed for ever: stored sketches are compared with new ones
# Nearly the same text from this share of equal hashes; below it two reports of one happening begin to be taken for copies.
NEAR = 0.7
# Copies from this share of the told sentences of the report that has fewer.
SHARED = 0.6
_SHORTEST = 6  # words: shorter sentences ("Police are investigating.") stand in unrelated reports

_WORD = re.compile(r"[^\W_]+")
Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found", bound=Hashable, covariant=True)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a report to find its copies: 64-bit and 16-bit numbers only.

    ``exact``: of the words of the text. ``length``: of its words in code points. ``hashes``: 30 MinHashes of 16 bits (empty for a text under three words).
    ``told``: of each sentence that tells something.
    """

    exact: int
    hashes: tuple[int, ...]
    told: frozenset[int]
    length: int = 0

    @property
    def bands(self) -> tuple[int, ...]:
        """What texts that are nearly the same have in common: a number of each five MinHashes."""
        if not self.hashes:
            return ()
        return tuple(number(f"{b} {self.hashes[b * _ROWS : (b + 1) * _ROWS]}") for b in range(BANDS))

    def keys(self) -> Iterator[int]:
        """Numbers of which two near reports share at least one (bands: with the odds given above)."""
        yield self.exact
        yield from self.bands
        yield from self.told


def normal(text: str) -> str:
    """The words of a text, in small letters, parted by single spaces: what is compared. Figures stay."""
    return " ".join(_WORD.findall(text.casefold()))


def without_dateline(sentence: str) -> str:
    """A sentence as its own report has it: where other words stand before it, the dateline has become a part of it."""
    found = dateline(sentence)
    return sentence[found.end :] if found else sentence


def number(text: str) -> int:
    """A 63-bit hash of a text, the same on every machine and for ever (SQLite holds signed 64 bits)."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def sketch(text: str, told: Iterable[str] = ()) -> Sketch:
    """The sketch of a report; ``told``: its sentences that tell an event (all its sentences, if nobody has looked).

    Raises MissingExtra if rensa is not installed.
    """
    words = normal(text).split()
    hashes = _hashes([" ".join(words[i : i + 3]) for i in range(len(words) - 2)])
    sentences = (normal(without_dateline(s)) for s in told)
    return Sketch(
        number(" ".join(words)),
        tuple(h & 0xFFFF for h in hashes),
        frozenset(number(s) for s in sentences if s.count(" ") + 1 >= _SHORTEST),
        len(" ".join(words)),
    )


def _hashes(shingles: Sequence[str]) -> tuple[int, ...]:
    if not shingles:
        return ()
    try:
        from rensa import RMinHash
    except ImportError:
        raise MissingExtra("finding copies of reports needs rensa: pip install 'detente[store]'") from None
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    minhash.update(list(dict.fromkeys(shingles)))
    return tuple(minhash.digest())


def near(a: Sketch, b: Sketch) -> str | None:
    """Why two reports are copies, in words; None if they are not."""
    if a.exact == b.exact:
        return "the same words"
    if a.hashes and b.hashes:
        # Of sixteen bits one in 65,536 agrees by chance: no correction is needed.
        share = sum(x == y for x, y in zip(a.hashes, b.hashes, strict=True)) / PERMUTATIONS
        if share >= NEAR:
            return f"{share:.0%} of the word triples"
    fewer = min(len(a.told), len(b.told))
    if fewer and (shared := len(a.told & b.told)) >= SHARED * fewer:
        return f"{shared} of {fewer} told sentences word for word"
    return None


class SketchIndex(Protocol[Found]):
    """Where sketches are kept: in memory below, in the control database for a store."""

    def with_keys(self, keys: Iterable[int]) -> Iterator[tuple[Found, Sketch]]:
        """Every report that has one of the keys, once."""


class Sketches(SketchIndex[Key]):
    """An index in memory."""

    def __init__(self) -> None:
        self._of: dict[Key, Sketch] = {}
        self._at: defaultdict[int, list[Key]] = defaultdict(list)

    def add(self, name: Key, given: Sketch) -> None:
        """Keep the sketch of a report."""
        self._of[name] = given
        for key in set(given.keys()):
            self._at[key].append(name)

    def with_keys(self, keys: Iterable[int]) -> Iterator[tuple[Key, Sketch]]:
        """Every report that has one of the keys, once."""
        for name in dict.fromkeys(n for key in keys for n in self._at.get(key, ())):
            yield name, self._of[name]


def copies(given: Sketch, index: SketchIndex[Key]) -> Iterator[tuple[Key, str]]:
    """The reports of the index that are copies of the given one, each with the reason."""
    for name, other in index.with_keys(given.keys()):
        if reason := near(given, other):
            yield name, reason


def classes(sketches: dict[Key, Sketch]) -> dict[Key, Key]:
    """For each report the first name (in sorted order) of its class of copies: a function of the set alone."""
    return _copied(sketches).firsts()


def _copied(sketches: dict[Key, Sketch]) -> Components[Key]:
    index: Sketches[Key] = Sketches()
    parts = Components[Key]()
    for name in sorted(sketches, key=repr):
        parts.add(name)
        for other, _ in copies(sketches[name], index):
            parts.join(name, other)
        index.add(name, sketches[name])
    return parts


def class_number(members: Iterable[Sketch]) -> int:
    """The number of a class of copies: of the words of its shortest text (of equals the smallest number).

    So neither the names of reports nor longer copies that come later change it.
    """
    return min((m.length, m.exact) for m in members)[1]


def class_numbers(sketches: dict[Key, Sketch]) -> dict[Key, int]:
    """The number of the class of copies of each report: a function of the set of texts."""
    numbers: dict[Key, int] = {}
    for names in _copied(sketches).groups():
        numbers.update(dict.fromkeys(names, class_number(sketches[n] for n in names)))
    return numbers


class Components(dict[Key, Key]):
    """Connected components by union and find; the first of each in sorted order stands for it."""

    def add(self, name: Key) -> None:
        """A component of its own, if the name is new."""
        self.setdefault(name, name)

    def of(self, name: Key) -> Key:
        """The name that stands for the component."""
        while self[name] != name:
            self[name] = self[self[name]]
            name = self[name]
        return name

    def join(self, a: Key, b: Key) -> None:
        """Make one component of two; names that are new are added."""
        self.add(a)
        self.add(b)
        first, second = sorted((self.of(a), self.of(b)), key=repr)
        self[second] = first

    def firsts(self) -> dict[Key, Key]:
        """The standing name of every name."""
        return {name: self.of(name) for name in list(self)}

    def groups(self) -> list[list[Key]]:
        """The names of each component, as they were added."""
        found: defaultdict[Key, list[Key]] = defaultdict(list)
        for name, first in self.firsts().items():
            found[first].append(name)
        return list(found.values())
