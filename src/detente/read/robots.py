"""robots.txt by RFC 9309: the group of our name, else of all; the longest rule that fits wins, ``*`` and ``$`` as in the RFC.

Python's own reader takes the first rule that fits and knows no ``*``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

#: RFC 9309 asks for at least 500 KiB to be read.
LARGEST = 512_000


@dataclass(frozen=True, slots=True)
class Robots:
    """``rules``: (pattern, allowed); ``delay``: seconds between requests that the site asks for."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float | None = None

    def allows(self, path: str) -> bool:
        """Whether a path (with its query) may be fetched."""
        best: tuple[int, bool] = (-1, True)
        for pattern, allowed in self.rules:
            if _fits(pattern, unquote(path)):
                best = max(best, (len(pattern), allowed))
        return best[1]


ALL, NONE = Robots(), Robots((("/", False),))


def parse(text: str, agent: str) -> Robots:
    """The rules for a program whose product name is ``agent`` ("detente")."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    names: list[str] = []
    listing = False  # whether the last line was a user-agent: several may share a group
    for line in text[:LARGEST].splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            names = [*(names if listing else []), value.lower()]
            listing = True
            for name in names:
                groups.setdefault(name, [])
            continue
        listing = False
        if key in ("allow", "disallow") and value:
            for name in names:
                groups[name].append((unquote(value), key == "allow"))
        elif key == "crawl-delay" and re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", value):
            delays.update(dict.fromkeys(names, float(value)))
    name = agent.lower() if agent.lower() in groups else "*"
    return Robots(tuple(groups.get(name, ())), delays.get(name))


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits the beginning of a path; no backtracking, so no pattern of a stranger is slow."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for i, part in enumerate(rest):
        if whole and i == len(rest) - 1:
            return len(path) - len(part) >= at and path.endswith(part)
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not whole or at == len(path)
