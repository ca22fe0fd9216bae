"""Toponyms of TR-News and GeoWebNews: are they found in running text, and are they put where they are?

Two questions, asked apart. *Located*: given the gold span, is the answer the same GeoNames entry or within 161 km (100 miles,
the measure of the field: Gritta et al. 2018, "What's missing in geographical parsing?")? Asked of every gold toponym that has
coordinates; no answer is a wrong one. *Found*: are the spans of `resolve.places` the gold spans? TR-News marks nationality
adjectives as toponyms ("the Turkish capital"), but only three of four of them and no rule tells which; detente holds them for no
places. So the figure to compare is the one without them; the one over all gold spans is given beside it.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from detente.errors import ExamError
from detente.knowledge import tables
from detente.model.coder import Coder
from detente.records import Place
from detente.resolve.places import locate, places

#: Kilometres within which an answer is right.
NEAR = 161.0
_RADIUS = 6371.0
#: Types of GeoWebNews that name no place: common nouns, peoples, languages, namesakes, firms and teams.
_NO_PLACE = frozenset({"Non_Lit_Expression", "Literal_Expression", "Non_Toponym", "Demonym", "Language", "Homonym"})
#: Adjectives of continents and peoples that are no state's (the others are in countries.tsv).
_ADJECTIVES = frozenset(
    {"European", "African", "Asian", "Arab", "Kurdish", "Latin American", "Western", "Scandinavian"}
)


@dataclass(frozen=True, slots=True)
class Toponym:
    """A gold toponym: code points [start, end), what its corpus calls it, and where it is, if the corpus says so."""

    start: int
    end: int
    words: str
    kind: str
    geonames_id: int | None
    latitude: float | None
    longitude: float | None


def toponyms(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """Figures over all articles of the files, in either XML form. Raises ExamError for a file that is none."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    answered = own = n = 0
    spans = {name: _Spans() for name in ("found", "found, adjectives too", "overlapping")}
    wrong: list[str] = []
    for text, gold in (article for path in paths for article in _read(path)):
        given = locate(text, [(t.start, t.end) for t in gold])
        for t, place in zip(gold, given, strict=True):
            if t.latitude is None:
                continue
            good = place is not None and _right(t, place)
            answered += place is not None and (place.latitude is not None or place.precision == "country")
            # Without what is only put where a place beside it is.
            own += good and place is not None and place.basis == "gazetteer"
            for name in ("all", t.kind):
                asked[name] += 1
                right[name] += good
            if not good:
                wrong.append(f"{t.words!r} ({t.kind}): {_where(place)}, not {t.latitude:.2f} {t.longitude:.2f}")
        n += len(gold)
        ours = [(p.start or 0, p.end or 0) for p in places(text)]
        named = [(t.start, t.end) for t in gold if not is_adjective(t.words)]
        spans["found"].add(named, ours)
        spans["found, adjectives too"].add([(t.start, t.end) for t in gold], ours)
        spans["overlapping"].add(named, ours, exact=False)
    share = {k: round(right[k] / asked[k], 3) for k in sorted(asked)}
    figures = {
        "within 161 km": share.get("all", 0.0),
        "of them by their own name": round(own / max(1, asked["all"]), 3),
        "answered": round(answered / max(1, asked["all"]), 3),
    }
    for name, counted in spans.items():
        figures |= {f"{name}: {k}": v for k, v in counted.figures().items()}
    return {"n": n, "figures": figures, "by class": share, "wrong": wrong}


class _Spans:
    """Spans that agree, of how many on either side."""

    def __init__(self) -> None:
        self.hits = self.hits_of_gold = self.gold = self.ours = 0

    def add(self, gold: list[tuple[int, int]], ours: list[tuple[int, int]], exact: bool = True) -> None:
        self.hits += sum(any(_same(a, b, exact) for b in gold) for a in ours)
        self.hits_of_gold += sum(any(_same(a, b, exact) for b in ours) for a in gold)
        self.gold += len(gold)
        self.ours += len(ours)

    def figures(self) -> dict[str, float]:
        p, r = self.hits / max(1, self.ours), self.hits_of_gold / max(1, self.gold)
        return {"P": round(p, 3), "R": round(r, 3), "F1": round(2 * p * r / (p + r), 3) if p + r else 0.0}


def _same(a: tuple[int, int], b: tuple[int, int], exact: bool) -> bool:
    return a == b if exact else a[0] < b[1] and b[0] < a[1]


@cache
def _adjectives() -> frozenset[str]:
    return _ADJECTIVES | {d for state in tables.countries().values() for d in state.demonyms}


def is_adjective(words: str) -> bool:
    """Whether words are a nationality or another adjective of a place, or a people."""
    return words in _adjectives() or (words.isupper() and words.title() in _adjectives())


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres between two positions in degrees, along the great circle."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(other_longitude - longitude)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    return 2 * _RADIUS * math.asin(min(1.0, math.sqrt(h)))


def _right(gold: Toponym, place: Place) -> bool:
    if place.geonames_id is not None and place.geonames_id == gold.geonames_id:
        return True
    if None in (place.latitude, place.longitude, gold.latitude, gold.longitude):
        return False
    return distance(place.latitude, place.longitude, gold.latitude, gold.longitude) <= NEAR  # type: ignore[arg-type]


def _where(place: Place | None) -> str:
    if place is None:
        return "no answer"
    at = f" {place.latitude:.2f} {place.longitude:.2f}" if place.latitude is not None else ""
    return f"{place.name} {place.country}{at} ({place.precision}, {place.basis})"


def _read(path: Path) -> Iterator[tuple[str, list[Toponym]]]:
    """The text and the gold toponyms of each article of a file, in the order of the text."""
    try:
        root = ET.parse(path).getroot()
    except (OSError, ET.ParseError, UnicodeDecodeError) as error:
        raise ExamError(f"{path} cannot be read: {error}") from None
    articles = root.findall("article")
    if root.tag != "articles" or not articles:
        raise ExamError(f"{path}: holds no <article> in <articles>: TR-News or GeoWebNews is wanted")
    for number, article in enumerate(articles, 1):
        text = article.findtext("text")
        if text is None:
            raise ExamError(f"{path}: article {number} has no <text>")
        try:
            found = [_toponym(t, text) for t in article.iter("toponym")]
        except (TypeError, ValueError) as error:
            raise ExamError(f"{path}: article {number}: a toponym is not well-formed: {error}") from None
        kept = {(t.start, t.end): t for t in found if t is not None}
        yield text, [kept[span] for span in sorted(kept)]


def _toponym(element: ET.Element, text: str) -> Toponym | None:
    """One gold toponym, or None for what names no place."""
    words = element.findtext("phrase") or element.findtext("extractedName") or ""
    start, end = int(element.findtext("start") or ""), int(element.findtext("end") or "")
    kind = element.findtext("type") or _kind(element)
    if kind in _NO_PLACE or not words.strip():
        return None
    if text[max(0, start) : end] != words:
        # Some offsets of TR-News count what its text lost; the words are a little further on or back.
        near = [i for i in _occurrences(text, words) if abs(i - start) <= 60]
        if not near:
            return None
        start = min(near, key=lambda i: abs(i - start))
        end = start + len(words)
    tag = element.find("gaztag")
    source = element if tag is None else tag
    number = source.findtext("geonamesID") or source.get("geonameid")
    latitude, longitude = (
        source.findtext(a) or source.findtext(b) for a, b in (("latitude", "lat"), ("longitude", "lon"))
    )
    there = bool(latitude and longitude)
    return Toponym(
        start, end, words, kind, int(number) if number else None,
        float(latitude) if there and latitude else None, float(longitude) if there and longitude else None,
    )  # fmt: skip


def _kind(element: ET.Element) -> str:
    return element.findtext("gaztag/fcode") or "no entry"


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
