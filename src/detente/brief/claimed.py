"""Who claims what: the ledger of a brief. Disputed facts, tolls as ranges, and what is agreed, revised or of one source alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from detente.brief.evidence import Evidence
from detente.brief.records import Line, Section
from detente.measure.words import noun
from detente.ontology import TYPES, quad
from detente.picture.frame import span
from detente.records import Claim, Incident, Toll

_STATES = ("disputed", "revised", "agreed", "single source")
_OF = {
    "happened": "whether it happened", "who": "who did it", "toll": "how many were hurt", "intent": "why", "damage": "the damage",
    "agreement": "what was agreed",
}  # fmt: skip
_SAID = {"claims": "said", "confirms": "confirmed", "denies": "denied", "doubts": "doubted"}
_ROWS = {"disputed": 5, "tolls": 5, "ledger": 8}
_VOICES = 4  # claims of one fact that are told


class Ledger:
    """Claims of the incidents of a brief."""

    def __init__(self, claims: Sequence[Claim], incidents: Mapping[str, Incident], evidence: Evidence) -> None:
        self.claims, self.incidents, self.evidence = claims, incidents, evidence
        facts: defaultdict[tuple[str, str], list[Claim]] = defaultdict(list)
        for c in claims:
            facts[c.incident_id, c.attribute].append(c)
        self.facts = dict(facts)

    def disputed(self) -> Section:
        """Facts on which claims differ, the most disputed first."""
        facts = self._of_state("disputed")
        lines = [self._told(*f) for f in facts[: _ROWS["disputed"]]]
        lines += self._rest(len(facts) - len(lines))
        return Section("disputed", "Disputed", tuple(lines) or (Line("No claims differ."),))

    def agreed(self) -> Section:
        """The other facts: first those that people, not outlets, speak of."""
        facts = [f for state in _STATES[1:] for f in self._of_state(state)]
        voiced = [f for f in facts if any(c.claimant for c in self.facts[f])] or facts
        lines = [self._told(*f) for f in voiced[: _ROWS["ledger"]]]
        lines += self._rest(len(facts) - len(lines))
        states = Counter(c.state for c in self.claims)
        counts = ", ".join(
            f"{states[s]} {'of a single source' if s == 'single source' else s}" for s in _STATES if states[s]
        )
        claims = "One claim" if len(self.claims) == 1 else f"{len(self.claims)} claims"
        notes, more = self.evidence.of_several(dict.fromkeys(f[0] for f in voiced), 3)
        head = Line(f"{claims} in the ledger: {counts}.", notes, more) if counts else Line("No claims.")
        return Section("claims", "Who claims what", tuple(lines), head)

    def tolls(self) -> Section:
        """How many were killed, injured and so on: the lowest and the highest that somebody says, and who."""
        tolls = [(i, t) for i in self.incidents.values() for t in i.casualties if i.status != "planned"]
        tolls.sort(key=lambda p: (-(p[1].low or 0), p[0].incident_id, p[1].kind))
        lines = [self._toll(i, t) for i, t in tolls[: _ROWS["tolls"]]]
        lines += self._rest(len(tolls) - len(lines))
        return Section("tolls", "Tolls", tuple(lines) or (Line("No report tells of any."),))

    def _of_state(self, state: str) -> list[tuple[str, str]]:
        """Facts of a state: of deeds before those of words, then those of most voices. That somebody who says "we threaten"
        threatens is no claim worth a line."""
        facts = [f for f, claims in self.facts.items() if _state(claims) == state and not all(map(_of_oneself, claims))]

        def rank(fact: tuple[str, str]) -> tuple[bool, int, int, tuple[str, str]]:
            claims = self.facts[fact]
            deed = quad(self.incidents[fact[0]].type) in (2, 4)
            return not deed, -len({_who(c) for c in claims}), -len(claims), fact

        return sorted(facts, key=rank)

    def _told(self, incident_id: str, attribute: str) -> Line:
        claims = self.facts[incident_id, attribute]
        voices: dict[tuple[str, str], list[Claim]] = {}
        for c in sorted(claims, key=lambda c: (c.claimant is None, c.said or "", c.claim_id)):
            mine = voices.setdefault((_who(c), _verb(c)), [])
            if all(_what(c) != _what(other) for other in mine):
                mine.append(c)
        notes: list[int] = []
        parts = []
        for (who, verb), mine in list(voices.items())[:_VOICES]:
            for c in mine:
                notes += self.evidence.of_claim(incident_id, c.event_id, c.document)
            parts.append(f"{who} {verb}: {', '.join(map(_what, mine))}")
        more = f"; {len(voices) - _VOICES} more" if len(voices) > _VOICES else ""
        state = _state(claims)
        words = (
            f"{short(self.incidents[incident_id])}, {_OF.get(attribute, attribute)} ({state}): {'; '.join(parts)}{more}"
        )
        return Line(words[:1].upper() + words[1:] + ".", tuple(dict.fromkeys(notes)))

    def _toll(self, incident: Incident, toll: Toll) -> Line:
        notes: list[int] = []
        parts = []
        for c in toll.by[:_VOICES]:
            notes += self.evidence.of_claim(incident.incident_id, None, c.document)
            parts.append(f"{c.claimant or c.source or 'the report itself'}: {between(c.low, c.high)}")
        more = f"; {len(toll.by) - _VOICES} more" if len(toll.by) > _VOICES else ""
        words = f"{short(incident)}: {between(toll.low, toll.high)} {toll.kind} ({'; '.join(parts)}{more})"
        return Line(
            words[:1].upper() + words[1:] + ".",
            tuple(dict.fromkeys(notes)) or self.evidence.of(incident.incident_id, 1),
        )

    @staticmethod
    def _rest(count: int) -> list[Line]:
        return [Line(f"And {count} more: see detente claims.")] if count > 0 else []


def short(incident: Incident) -> str:
    """An incident in few words: what, where, when."""
    where = incident.place and (incident.place.name or incident.place.country)
    first = incident.date and (incident.date.start_date or incident.date.end_date)
    last = incident.date and (incident.date.end_date or incident.date.start_date)
    when = f" of {span(first, last)}" if first and last and first <= last else ""
    return noun(incident.type, 1) + (f" in {where}" if where else "") + when


def between(low: int | None, high: int | None) -> str:
    """A range in words: 3; 3 to 8; at least 3; at most 8; an unknown number."""
    if low is None and high is None:
        return "an unknown number"
    if low == high:
        return str(low)
    if high is None:
        return f"at least {low}"
    return f"at most {high}" if low is None else f"{low} to {high}"


def _state(claims: Sequence[Claim]) -> str:
    """The state of a fact: the first of `_STATES` that one of its claims has."""
    return next((s for s in _STATES if any(c.state == s for c in claims)), claims[0].state)


def _who(c: Claim) -> str:
    if c.claimant is None:
        return c.source or "the report itself"
    return c.claimant.name or c.claimant.country or "somebody unnamed"


def _of_oneself(c: Claim) -> bool:
    return c.attribute == "who" and c.claimant is not None and c.value == c.claimant.name


def _verb(c: Claim) -> str:
    return "reported" if c.claimant is None and c.polarity == "claims" else _SAID.get(c.polarity, c.polarity)


def _what(c: Claim) -> str:
    if c.attribute == "toll" and c.value:
        return f"{between(c.low, c.high)} {c.value.split(' ')[0]}"
    value = c.value or "so"
    return noun(value, 1) if value in TYPES else value
