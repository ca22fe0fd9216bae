"""Whose word a report is: so that independent confirmations are counted, and not echoes of one wire.

Of a class of copies (`detente.link.duplicates`) the origin is the agency that one of them credits; else the owner's family
of the outlet that had it first; else the class itself. Of 60,964 stories that dashboards called corroborated 33.5 % were of
one publisher (worldmonitor's replay, ../shared/notes/ecosystem.md A1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from urllib.parse import urlsplit

from detente.knowledge import tables
from detente.records import Dateline

_HEAD, _TAIL = 300, 400  # code points at either end of a text where a report names the agency that it comes from
# "(Reuters)", "(AFP/Getty)": in brackets; "— Reuters", "Source: Xinhua", "With reporting by AP", "© AFP": at the end.
_BRACKETS = re.compile(r"\(([^()\n]{2,40})\)")
_CREDIT = re.compile(
    r"(?:source|sources|by|from|with|via|credit|courtesy of|copyright|©|\(c\))[:\s]+([\w .&'’-]{2,60})",
    re.I,
)
_SIGNED = re.compile(r"[-–—]\s*([A-Z][\w.&'’ -]{1,30})[.\s]*$")
_PARTS = re.compile(r"[/,;&+]|\band\b")


@cache
def _outlets() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Family by name, family by internet domain, and the families that are agencies."""
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    agencies: set[str] = set()
    for name, aliases, addresses, _, _, family, kind, *_ in tables.read_table(
        tables.DATA / "outlets.tsv", tables.OUTLETS
    ):
        whose = _owner(family, name)
        for spelled in (name, *aliases.split("|")):
            if spelled:
                names.setdefault(_key(spelled), whose)
        for domain in addresses.split("|"):
            if domain:
                domains[domain.casefold()] = whose
        if kind == "agency":
            agencies.add(whose)
    return names, domains, frozenset(agencies)


def _owner(family: str, name: str) -> str:
    """A state's outlets each have their own newsroom, but one voice: the state is the family."""
    return family or _key(name).replace(" ", "-")


def _key(name: str) -> str:
    words = re.sub(r"[^\w]+", " ", tables.unaccented(name).casefold()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=65_536)
def family(source: str | None, url: str | None = None) -> str | None:
    """The owner's family of an outlet, by its name, else by the address of the page; for an outlet that is not in the
    table its own name or domain. None where neither is told."""
    names, domains, _ = _outlets()
    if source and (found := names.get(_key(source))):
        return found
    host = (urlsplit(url).hostname or "") if url else (source or "")
    if "." in host and " " not in host:
        labels = host.casefold().removeprefix("www.").split(".")
        for i in range(len(labels) - 1):
            if found := domains.get(".".join(labels[i:])):
                return found
        if not source or source == host:
            return ".".join(labels)
    return _key(source).replace(" ", "-") if source and _key(source) else None


def agency(text: str, dateline: Dateline | None = None) -> str | None:
    """The family of the agency that a report credits: in its dateline, in brackets at its head or end, in a credit line
    or a signature at its end. "Reuters reported that …" inside a report is attribution, not origin."""
    if dateline is not None and dateline.agency and (found := _agency(dateline.agency)):
        return found
    for part in (text[:_HEAD], text[-_TAIL:]):
        for m in _BRACKETS.finditer(part):
            if found := _agency(m[1]):
                return found
    end = text[-_TAIL:]
    for m in (*_CREDIT.finditer(end), *_SIGNED.finditer(end)):
        if found := _agency(m[1]):
            return found
    return None


def _agency(named: str) -> str | None:
    """The first agency that a credit names: "AFP/Getty Images", "Reuters, AP", "files from Agence France-Presse"."""
    names, _, agencies = _outlets()
    for part in _PARTS.split(named):
        words = _key(part).split()
        for start in range(len(words)):
            for end in range(min(len(words), start + 5), start, -1):
                whose = names.get(" ".join(words[start:end]))
                if whose in agencies:
                    return whose
    return None


def origin(copies: Sequence[tuple[str, str | None, str | None]]) -> str:
    """Whose word a class of copies is. ``copies``: of each report (sort key such as "published id", agency, family).

    The agency that most of them credit (of equals the first by name), else the family of the report that comes first.
    """
    agencies = Counter(a for _, a, _ in copies if a)
    if agencies:
        return min(agencies, key=lambda a: (-agencies[a], a))
    first = min(copies, key=lambda c: (c[0], c[2] or ""))
    return first[2] or f"report:{first[0]}"


def count_origins(classes: Iterable[Sequence[tuple[str, str | None, str | None]]]) -> int:
    """How many independent sources tell of something, given the classes of copies that do (`origin`)."""
    return len({origin(copies) for copies in classes if copies})
