"""Whom reports introduce by office: "Foreign Minister Solomon Passy", "Rumen Petkov, the Bulgarian interior minister".

A second source for rows of one's own knowledge that reports spell otherwise or name by surname alone: office, last name, day and a
country named in the same text must all agree (`Introduced.tells`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from detente.knowledge.attest import texts
from detente.knowledge.spelling import transliterated
from detente.knowledge.tables import Names

_NAME = r"[A-Z][\w'-]+(?:(?: (?:al|bin|de|da|van|von|der|del|el))? (?:[A-Z]\. )?(?:al-|el-)?[A-Z][\w'-]+){0,3}"
_OFFICE = (
    r"(?:(?:(?:Prime|Foreign(?: Affairs)?|External Affairs|Defen[cs]e|Interior|Home(?: Affairs)?|Internal Affairs|Security|Justice|Finance)"
    r" (?:Minister|Secretary))|(?:Secretary|Minister) of (?:State|Defen[cs]e|National Defen[cs]e|(?:the )?Interior|Foreign Affairs)"
    r"|President|Premier|Chancellor|(?:Parliament(?:ary)? )?Speaker)"
)
_FIRST = re.compile(rf"\b(?i:({_OFFICE})),? ({_NAME})")
_LAST = re.compile(rf"({_NAME}), (?:the |an? )?(?:[\w'-]+ ){{0,3}}(?i:({_OFFICE}))\b")
_KINDS = (
    ("foreign", re.compile(r"foreign|external affairs|secretary of state", re.I)),
    ("defence", re.compile(r"defen[cs]e", re.I)),
    ("interior", re.compile(r"interior|home|internal affairs|security|police", re.I)),
    ("government", re.compile(r"prime minister|premier|chancellor", re.I)),
    ("state", re.compile(r"president", re.I)),
    ("parliament", re.compile(r"speaker|bundestag", re.I)),
)


def kind(office: str) -> str:
    """What an office is for, however a country calls it; the office itself if it is none of the common ones."""
    return next((k for k, pattern in _KINDS if pattern.search(office)), office)


class Introduced:
    """The introductions of a set of reports, by office and last name."""

    def __init__(self, reports: Iterable[Path], countries: Names) -> None:
        self._found: dict[tuple[str, str], list[tuple[str, str, frozenset[str]]]] = defaultdict(list)
        for day, text, _ in texts(reports):
            told = list(introductions(text))
            if not told or not day:
                continue
            named = frozenset(m.entries[0].country for m in countries.find(text))
            for office, name in told:
                words = name.split()
                for last in {words[-1], words[0]}:  # "Yoon Suk-yeol" is Yoon
                    self._found[kind(office), transliterated(last)].append((day, name, named))

    def tells(self, names: Iterable[str], country: str, office: str, first: str, last: str) -> int:
        """In how many reports somebody of that last name has that office, from ``first`` to ``last`` (ISO days), beside the country."""
        days: set[str] = set()
        for name in names:
            words = name.split()
            key = transliterated(words[-1])
            if len(words) < 2 or len(key) < 2:
                continue
            for day, told, named in self._found.get((kind(office), key), ()):
                given = told.split()
                same = len(given) == 1 or transliterated(given[0])[:1] == transliterated(words[0])[:1]
                if same and country in named and first <= day <= last:
                    days.add(day)
        return len(days)


def introductions(text: str) -> Iterator[tuple[str, str]]:
    """(office, name) of each person whom a text introduces by a common office of state."""
    for m in _FIRST.finditer(text):
        yield m[1], re.sub(r"['’]s?$", "", m[2])
    for m in _LAST.finditer(text):
        yield m[2], m[1]
