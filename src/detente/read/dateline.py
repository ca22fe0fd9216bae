"""The "BEIRUT (AP) -" at the head of a report: metadata of the document, never an actor."""

from __future__ import annotations

import re
from dataclasses import replace

from detente.knowledge import tables
from detente.records import Dateline, Document

_REACH = 160  # a dateline ends within this many code points
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATE = rf"(?:{_MONTHS}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTHS}(?:\s+\d{{4}})?)"
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*(?:\s+(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]*|de|el|al|of))*"
_NAME = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*(?:\s+(?:[A-ZÀ-ÖØ-Þ][\w.'’-]*|de|el|al|of|the))*"
_AGENCY = r"\(\s*(?P<agency>[A-Z][\w.&/ ,'’-]{1,40}?)\s*\)"
_DASH = r"\s*(?:--+|[-–—―])\s+"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # BEIRUT (AP) - / Beirut, Lebanon, Jan 12 (Reuters) -- / JERUSALEM, 12 January (Xinhua):
        rf"\s*(?P<place>{_NAME}(?:[,/]\s*{_NAME})*)(?:,?\s+(?P<date>{_DATE}))?,?\s*{_AGENCY}(?:{_DASH}|\s*:\s+)",
        # WASHINGTON — / WASHINGTON/DALLAS — / KYIV, Ukraine, June 1 —
        rf"\s*(?P<place>{_CAPITALS}(?:[,/]\s*{_NAME})*)(?:,?\s+(?P<date>{_DATE}))?{_DASH}",
        # TEHRAN: / TEHRAN, Jan 12:
        rf"\s*(?P<place>{_CAPITALS}(?:[,/]\s*{_NAME})*)(?:,?\s+(?P<date>{_DATE}))?\s*:\s+",
        # Kyiv – (the place must be known)
        rf"\s*(?P<place>{_NAME}(?:,\s*{_NAME})?)(?:,?\s+(?P<date>{_DATE}))?{_DASH}",
    )
)
# What stands before a colon or dash in capitals and is no place.
_NO_PLACE = frozenset(
    (
        "breaking update updated exclusive analysis opinion editorial watch live video photos photo news "
        "correction corrected factbox explainer interview profile feature comment timeline q&a urgent alert "
        "advisory summary wrapup poll note editor's report review podcast transcript fact check"
    ).split()
)


def with_dateline(document: Document) -> Document:
    """The document with the dateline that its text begins with, if it has one; the text itself stays as it is."""
    found = dateline(document.text)
    return replace(document, dateline=found) if found else document


def dateline(text: str) -> Dateline | None:
    """The dateline that ``text`` begins with: its span up to the first word of the report, place, agency, date as written."""
    head = text[:_REACH]
    for number, form in enumerate(_FORMS):
        m = form.match(head)
        if not m or m.end() >= len(text):
            continue
        place = m["place"].strip()
        if place.split()[0].lower().strip(".:,") in _NO_PLACE or len(place.split()) > 8:
            continue
        # Without an agency or capitals before a dash, only a place that the gazetteer has ("Kyiv –", "TEHRAN:").
        if number >= 2 and not _known(place):
            continue
        agency = m.groupdict().get("agency")
        end = m.start() + len(m[0].rstrip())
        start = m.start("place")
        return Dateline(start, end, text[start:end], _spelled(place), agency, m["date"])
    return None


def _known(place: str) -> bool:
    first = _spelled(re.split(r"[,/]", place)[0].strip())
    entries = (*tables.gazetteer().get(first), *tables.actor_names().get(first))
    return any(e.kind in ("place", "country", "capital", "seat") or e.name == "United Nations" for e in entries)


def _spelled(place: str) -> str:
    """ "WASHINGTON" as "Washington": words of capitals of more than two letters are capitalised ("NH" stays)."""
    return re.sub(r"[^\W\d_]{3,}", lambda m: m[0].capitalize() if m[0].isupper() else m[0], place)
