"""A capital that is meant without its name: "the capital", "the Syrian capital", "the country's capital city"."""

from __future__ import annotations

import re
from dataclasses import replace

from detente.knowledge import tables
from detente.records import Place
from detente.resolve.places import place

_CAPITAL = re.compile(r"(?:(?:the|its|their|this|our)\b|.*['’]s?\b)\s*(?:\w+\s+){0,2}?capital(?:\s+city)?", re.I)


def is_capital(text: str) -> bool:
    """Whether a phrase means a capital without naming it."""
    return len(text) < 60 and bool(_CAPITAL.fullmatch(text.strip()))


def capital(country: str | None) -> Place | None:
    """The capital of a state by its code, or None if it is not known."""
    state = tables.countries().get(country or "")
    for name in state.capitals if state else ():
        found = place(name, country=country)
        if found is not None and found.country == country and found.latitude is not None:
            return replace(found, basis="capital of the country in question")
    return None
