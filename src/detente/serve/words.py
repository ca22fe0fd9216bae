"""Records in the words of the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from detente.measure.words import line, noun
from detente.ontology import quad
from detente.picture.frame import named, said, span
from detente.records import Claim, Incident, Toll

ATTRIBUTES = {
    "happened": "Whether it happened", "who": "Who did it", "toll": "How many were hurt", "intent": "Why", "damage": "The damage",
    "agreement": "What was agreed",
}  # fmt: skip


def sentence(incident: Incident) -> str:
    """What happened, in one sentence."""
    text = line(incident)
    return text[:1].upper() + text[1:] + "."


def when(row: Any) -> str:
    """The days of an event or incident in words."""
    date = row.date
    if date is None or not (date.start_date or date.end_date):
        return "day unknown"
    if date.start_date and date.end_date:
        return span(date.start_date, date.end_date)
    return f"from {said(date.start_date)}" if date.start_date else f"until {said(date.end_date)}"


def days(row: Any) -> str:
    """The first and the last day of an event or incident as ISO dates with a blank between, for scripts; "" if unknown."""
    date = row.date
    if date is None or not (date.start_date or date.end_date):
        return ""
    return f"{date.start_date or date.end_date} {date.end_date or date.start_date}"


def day(text: str | None) -> str:
    """An ISO time as a day in words."""
    try:
        return said(text) if text else "undated"
    except ValueError:
        return text or "undated"


def where(row: Any) -> str:
    """The place, and how exactly it is known."""
    place = row.place
    if place is None:
        return ""
    name = place.name or place.text or (named(place.country) if place.country else "")
    if place.country and place.name and named(place.country) != place.name:
        name += f", {named(place.country)}"
    return name if place.precision in (None, "city", "site") else f"{name} ({place.precision})"


def party(member: Any) -> str:
    """A party by its name, with its country and sectors."""
    name = member.name or getattr(member, "text", None) or (named(member.country) if member.country else "unknown")
    country = named(member.country) if member.country else ""
    about = ", ".join(filter(None, (country if country != name else "", "+".join(member.sectors))))
    return f"{name} ({about})" if about else name


def toll(of: Toll) -> str:
    """A toll as a range: "12 to 15 killed", "at least 3 injured"."""
    if of.low is None and of.high is None:
        return f"unknown number {of.kind}"
    if of.low == of.high:
        return f"{of.low:,} {of.kind}"
    if of.high is None:
        return f"at least {of.low:,} {of.kind}"
    return f"{of.low:,} to {of.high:,} {of.kind}" if of.low is not None else f"at most {of.high:,} {of.kind}"


def what(row: Any) -> str:
    """The type in a plain word, with its modes."""
    return noun(row.type, 1) + (f" ({', '.join(m.replace('_', ' ') for m in row.modes)})" if row.modes else "")


def sign(row: Any) -> str:
    """The class of an event: one of four, by deeds and words, conflict and cooperation."""
    return f"q{quad(row.type)}"


def side(claim: Claim) -> str:
    """Who says so."""
    return party(claim.claimant) if claim.claimant else f"{claim.source or 'the report'} (in its own voice)"


def ledger(claims: Iterable[Claim]) -> list[tuple[str, str, list[Claim]]]:
    """Claims by what they are about: (words, state, claims); what is disputed first."""
    facts: defaultdict[str, list[Claim]] = defaultdict(list)
    for c in claims:
        facts[c.attribute].append(c)
    order = ("disputed", "revised", "agreed", "single source")

    def state(of: Sequence[Claim]) -> str:
        return min((c.state for c in of), key=lambda s: order.index(s) if s in order else 9)

    found = [(ATTRIBUTES.get(k, k), state(v), v) for k, v in facts.items()]
    return sorted(found, key=lambda f: (order.index(f[1]) if f[1] in order else 9, f[0]))


def address(path: str, **given: Any) -> str:
    """A path with the parameters that have a value."""
    kept = {k: v for k, v in given.items() if v not in (None, "", [], ())}
    return path + (f"?{urlencode(kept, doseq=True)}" if kept else "")


def report(name: str, anchor: str = "", **given: Any) -> str:
    """Where a report is shown."""
    return address(f"/document/{quote(name, safe='')}", **given) + (f"#{anchor}" if anchor else "")
