"""Where the figures of a picture or a brief come from, in one line: reports, outlets, days, as of when, coded by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from detente.picture.frame import span
from detente.records import CoderVersion

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.filters import Filters


@dataclass(frozen=True, slots=True)
class Provenance:
    """``reports`` that were read, ``outlets`` they are from, ``first`` and ``last`` day of publication (ISO); ``as_of``: what was
    asked for, else the day (UTC) of the last change of the store; ``coders``: the versions that coded them."""

    reports: int
    outlets: int
    first: str | None
    last: str | None
    as_of: str | None
    coders: tuple[CoderVersion, ...]


def provenance(store: Store, asked: Filters) -> Provenance:
    """Of the whole store at the moment that is asked for."""
    rows = store.measuring().coverage(asked)
    days = sorted(r[0] for r in rows)
    changed, coders = store.coded_by(asked.as_of)
    day = datetime.fromtimestamp(changed / 1e6, UTC).date().isoformat() if changed else None
    return Provenance(
        sum(r[3] for r in rows), len({r[1] or r[2] for r in rows}), days[0] if days else None, days[-1] if days else None,
        asked.as_of or day, coders,
    )  # fmt: skip


def source_line(store: Store, asked: Filters) -> str:
    """The provenance in words."""
    return told(provenance(store, asked))


def told(p: Provenance) -> str:
    """A provenance in words."""
    if not p.reports or not p.first or not p.last:
        return "Source: detente; the store has no reports yet."
    reports = "one report" if p.reports == 1 else f"{p.reports:,} reports"
    outlets = "one outlet" if p.outlets == 1 else f"{p.outlets:,} outlets"
    by = "; ".join(f"{c.name} {c.version}, model {c.model}, tables {c.knowledge}" for c in p.coders if c.model)
    words = f"Source: {reports} of {outlets}, {span(p.first, p.last)}; store as of {p.as_of}"
    return words + (f"; coded by {by}." if by else ".")
