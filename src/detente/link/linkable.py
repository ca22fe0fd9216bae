"""The compact view of an event that linking works on: numbers only, small enough to keep a million of them at hand.

Codes and entities are kept as 24-bit hashes, words as 16-bit ones: of two sentences of eight other words each one pair in a
thousand agrees in a word by chance; on the annotated incidents both widths give the same figures within 0.002.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from detente import ontology
from detente.knowledge.tables import unaccented
from detente.link import words
from detente.link.duplicates import normal, number, without_dateline
from detente.records import Actor, Document, Event, Place
from detente.resolve.countries import named_countries

# In these both sides do the same: who is named as actor and who as recipient is the reporter's choice.
MUTUAL = frozenset({"CONSULT", "AGREE", "COOPERATE"})
#: What an AGREE of a day to come may announce (codebook, section 2).
ANNOUNCED = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})
# Types under which one and the same happening is told, or taken for by the coder: they are compared with one another.
FAMILIES = (
    frozenset({"ASSAULT", "COERCE", "PROTEST", "MOBILIZE", "SANCTION"}),
    frozenset({"CONSULT", "AGREE", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"}),
    frozenset({"ACCUSE", "REJECT", "THREATEN", "REQUEST"}),
)
_FAMILY = {t: i for i, family in enumerate(FAMILIES) for t in family}
_STATUSES = tuple(ontology.STATUSES)
_TYPES = tuple(ontology.TYPES)
_MODES = tuple(sorted({m for t in ontology.TYPES for m in ontology.MODES[t]}))
#: Precisions of a place, coarse to fine.
PRECISIONS = ("country", "region", "water", "admin1", "city", "site")
_TOWN = PRECISIONS.index("city")
_KINDS = ontology.CASUALTY_KINDS
_NO_DAY = 0
_MOST_WORDS = 14
_ABOUT = 10
_NAMED = 600  # code points of a report whose countries are counted
_LOOKED = 4_000  # code points of a report whose names are counted
_OPEN = 0xFFFFFFFF

_TOKEN = re.compile(r"[^\W_]+")
_DULL = frozenset(
    """a an the of to in on at for and or nor but is was were be been being by with from as it its his her their them they that this these those he she
    we our you i who whom which what when where while after before during since until amid into onto over under about against between among through
    has have had having do does did will would shall should may might can could must not no than then there here also more most some any all each other
    another one two say says said saying told tell tells according report reports reported reportedly mr mrs ms dr new year years day days week weeks
    month months time today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december people person man men woman women official officials officers government minister president state country
    spokesman spokeswoman spokesperson authorities local least around near up down out off if so just only because under per due such both however""".split()
)


@dataclass(frozen=True, slots=True)
class Side:
    """One party: its country (hash, 0: unknown), the thing in the world (0: none), and the words of its name.

    ``guessed``: the country is not told by its own words but taken from the sentence or the place ("the plane").
    """

    country: int
    entity: int
    words: frozenset[int]
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """A place: country (hash), admin1 (hash), GeoNames id (0: none), degrees, and how precise (index of ``PRECISIONS``)."""

    country: int
    admin1: int
    geonames: int
    latitude: float
    longitude: float
    precision: int

    @property
    def town(self) -> bool:
        """Whether it is as precise as a town."""
        return self.precision >= _TOWN


@dataclass(frozen=True, slots=True)
class Linkable:
    """What of an event is compared. ``telling``: the same for the same words in copies of a report (``document``: number of their
    class); ``length`` of the text in code points: the shortest copy stands for the others.

    ``first``, ``last``, ``published``: days as ordinals (0: unknown). ``tolls``: (index of kind, low, high or None).
    ``sentence``: hashes of its telling words, names and figures apart in ``named``; ``about``: the names that its whole
    report comes back to; ``setting``: the countries that the events of its report are in and between.
    """

    event_id: str
    telling: int
    document: int
    length: int
    index: int
    type: str
    modes: frozenset[str]
    status: str
    actors: tuple[Side, ...]
    recipients: tuple[Side, ...]
    where: Where | None
    first: int
    last: int
    published: int
    tolls: tuple[tuple[int, int, int | None], ...]
    act: str
    sentence: frozenset[int]
    named: frozenset[int]
    about: frozenset[int]
    setting: frozenset[int]

    @property
    def family(self) -> int:
        """Number of the family of types."""
        return _FAMILY[self.type]

    @property
    def foretold(self) -> bool:
        """Whether it is told of a day to come: the codebook (2) has meetings, support and aid to come as AGREE."""
        return self.type == "AGREE" and 0 < self.published < self.first

    @property
    def told(self) -> int:
        """The day it was told, as an ordinal: of the report, else the last day of the happening; 0 if there is neither."""
        return self.published or self.last


def short(text: str) -> int:
    """A 24-bit hash of a word or code, never 0, the same for ever."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=3).digest(), "big") or 1


_short = lru_cache(maxsize=100_000)(short)


@lru_cache(maxsize=100_000)
def _word(text: str) -> int:
    """A 16-bit hash of a word, never 0."""
    return short(text) & 0xFFFF or 1


def of(document: Document, events: Sequence[Event], copies: int | None = None) -> list[Linkable]:
    """The compact views of all events of one document. ``copies``: number of its class of copies (default: of its own text)."""
    about, setting = _about(document), _setting(document, events)
    number_ = number(document.sha256) if copies is None else copies
    return [_event(e, number_, len(document.text), about, setting) for e in events]


def _event(event: Event, document: int, length: int, about: frozenset[int], setting: frozenset[int]) -> Linkable:
    named, plain = _words(event.sentence.text)
    sentence = normal(without_dateline(event.sentence.text))
    # A day that no words tell is the day of the report: a recap of last week has that too, so it says nothing here.
    when = event.date if event.date is not None and event.date.basis != "publication date" else None
    return Linkable(
        event_id=event.event_id,
        telling=number(f"{document}|{sentence}|{event.type}|{normal(event.trigger.text)}"),
        document=document,
        length=length,
        index=event.sentence.index,
        type=event.type,
        modes=frozenset(event.modes),
        status=event.status,
        actors=tuple(_side(a) for a in event.actors),
        recipients=tuple(_side(a) for a in event.recipients),
        where=_where(event.place),
        first=_day(when.start_date if when else None),
        last=_day((when.end_date or when.start_date) if when else None),
        published=_day((event.document.published or "")[:10] or None),
        tolls=tuple(sorted((_KINDS.index(c.kind), c.low or 0, c.high) for c in event.casualties)),
        act=words.act(event.trigger.text),
        sentence=frozenset(plain[:_MOST_WORDS]),
        named=frozenset(named[:_MOST_WORDS]),
        about=about,
        setting=setting,
    )


def _about(document: Document) -> frozenset[int]:
    """The names and figures that a report comes back to, or that its first 400 code points have; at most a dozen."""
    head, _ = _words(document.text[:400])
    all_, _ = _words(document.text[:_LOOKED])
    counts = Counter(all_)
    counts.update(head)
    return frozenset(sorted(counts, key=lambda w: (-counts[w], w))[:_ABOUT])


def _setting(document: Document, events: Sequence[Event]) -> frozenset[int]:
    """The two countries that a report is about: those of its events' parties and places, and those that its beginning names."""
    counts = Counter(
        country
        for e in events
        for country in (*(a.country for a in (*e.actors, *e.recipients)), e.place.country if e.place else None)
        if country
    )
    counts.update(country for _, _, country, _ in named_countries(document.text[:_NAMED]))
    first = sorted(counts, key=lambda c: (-counts[c], c))[:2]
    return frozenset(_short(c) for c in first)


def _side(actor: Actor) -> Side:
    entity = actor.entity or ""
    # A country as a whole is told by its code already.
    thing = 0 if not entity or entity.startswith("country:") else _short(entity)
    names = {
        _word(words.lemma(w))
        for text in (actor.name, actor.text)
        if text
        for w in _TOKEN.findall(unaccented(text))
        if w.casefold() not in _DULL and len(w) > 1
    }
    guessed = any(lent in (actor.basis or "") for lent in ("country of the", "head noun; coreference"))
    return Side(_short(actor.country) if actor.country else 0, thing, frozenset(names), guessed)


def _where(place: Place | None) -> Where | None:
    if place is None or (place.country is None and place.latitude is None):
        return None
    precision = place.precision if place.precision in PRECISIONS else "country"
    return Where(
        _short(place.country) if place.country else 0,
        _short(f"{place.country} {place.admin1}") if place.admin1 else 0,
        place.geonames_id or 0,
        # To 0.001 degrees, about 100 m, as the bytes keep it: an event from a store compares like one in memory.
        round(place.latitude, 3) if place.latitude is not None else 0.0,
        round(place.longitude, 3) if place.longitude is not None else 0.0,
        PRECISIONS.index(precision) if place.latitude is not None else 0,
    )


def _day(iso: str | None) -> int:
    return date.fromisoformat(iso).toordinal() if iso else _NO_DAY


def _words(text: str) -> tuple[list[int], list[int]]:
    """Names and figures of a text, and its other telling words, as they come; the first word is no name for its capital alone."""
    named: list[int] = []
    plain: list[int] = []
    for i, token in enumerate(_TOKEN.findall(unaccented(text))):
        if token.casefold() in _DULL or len(token) < 2:
            continue
        (named if token[0].isdigit() or (token[0].isupper() and i) else plain).append(_word(words.lemma(token)))
    return named, plain


# --- bytes, for the control database ---------------------------------------------------------------------------------
_HEAD = struct.Struct("<qqIHBBBHhHHB")


def to_bytes(event: Linkable) -> bytes:
    """A compact form; `from_bytes` gives the same event back (degrees to 0.001)."""
    base = event.published or event.first or 1
    out = bytearray(
        _HEAD.pack(
            event.telling,
            event.document,
            min(event.length, _OPEN),
            min(event.index, 0xFFFF),
            _TYPES.index(event.type),
            _STATUSES.index(event.status),
            len(event.modes),
            base & 0xFFFF,
            max(-32_768, min(32_767, base >> 16)),
            _delta(event.first, base),
            _delta(event.last, base),
            1 if event.published else 0,
        )
    )
    out += bytes(_MODES.index(m) for m in sorted(event.modes))
    for sides in (event.actors, event.recipients):
        out.append(min(len(sides), 255))
        for side in sides[:255]:
            out += _three((side.country, side.entity)) + bytes((side.guessed,)) + _set(side.words)
    where = event.where
    out.append(0 if where is None else 1 + where.precision)
    if where is not None:
        out += _three((where.country, where.admin1)) + struct.pack(
            "<Iii", where.geonames, round(where.latitude * 1000), round(where.longitude * 1000)
        )
    out.append(len(event.tolls))
    for kind, low, high in event.tolls:
        out += struct.pack("<BII", kind, min(low, _OPEN - 1), _OPEN if high is None else min(high, _OPEN - 1))
    for hashes in (event.sentence, event.named, event.about):
        out += _set(hashes)
    out.append(len(event.setting))
    out += _three(sorted(event.setting))
    act = event.act.encode()[:255]
    out.append(len(act))
    return bytes(out + act)


def from_bytes(event_id: str, data: bytes) -> Linkable:
    """The event that `to_bytes` wrote."""
    telling, document, length, index, kind, status, n_modes, low, high, first, last, dated = _HEAD.unpack_from(data)
    base = (high << 16) + low
    at = _HEAD.size
    modes = frozenset(_MODES[i] for i in data[at : at + n_modes])
    at += n_modes
    parties: list[tuple[Side, ...]] = []
    for _ in range(2):
        n, at = data[at], at + 1
        sides = []
        for _ in range(n):
            country, entity = _read_three(data, at, 2)
            guessed = bool(data[at + 6])
            names, at = _read_set(data, at + 7)
            sides.append(Side(country, entity, names, guessed))
        parties.append(tuple(sides))
    precision, at = data[at] - 1, at + 1
    where = None
    if precision >= 0:
        country, admin1 = _read_three(data, at, 2)
        geonames, latitude, longitude = struct.unpack_from("<Iii", data, at + 6)
        where = Where(country, admin1, geonames, latitude / 1000, longitude / 1000, precision)
        at += 18
    n, at = data[at], at + 1
    tolls = []
    for _ in range(n):
        what, fewest, most = struct.unpack_from("<BII", data, at)
        tolls.append((what, fewest, None if most == _OPEN else most))
        at += 9
    sentence, at = _read_set(data, at)
    named, at = _read_set(data, at)
    about, at = _read_set(data, at)
    n, at = data[at], at + 1
    setting = frozenset(_read_three(data, at, n))
    at += 3 * n
    return Linkable(
        event_id, telling, document, length, index, _TYPES[kind], modes, _STATUSES[status], parties[0], parties[1], where,
        _undelta(first, base), _undelta(last, base), base if dated else 0, tuple(tolls), data[at + 1 :].decode("utf-8", "replace"), sentence, named, about, setting,
    )  # fmt: skip


def _delta(day: int, base: int) -> int:
    """A day beside the publication in 16 bits; 0 is unknown. Days more than 89 years away are cut there."""
    return 0 if not day else max(1, min(0xFFFF, day - base + 0x8000))


def _undelta(value: int, base: int) -> int:
    return 0 if not value else value - 0x8000 + base


def _three(values: Sequence[int]) -> bytes:
    return b"".join(v.to_bytes(3, "big") for v in values)


def _read_three(data: bytes, at: int, n: int) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at + 3 * i : at + 3 * i + 3], "big") for i in range(n))


def _set(values: Iterable[int]) -> bytes:
    kept = sorted(values)[:255]
    return struct.pack(f"<B{len(kept)}H", len(kept), *kept)


def _read_set(data: bytes, at: int) -> tuple[frozenset[int], int]:
    n = data[at]
    return frozenset(struct.unpack_from(f"<{n}H", data, at + 1)), at + 1 + 2 * n
