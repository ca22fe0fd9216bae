"""Events of many reports -> incidents: which events are one happening.

What is clustered are tellings: the events of copies of one report with the same words are one telling, and the shortest copy
stands for it. Tellings that are likely one happening (`detente.link.compare`) are joined by an edge; within each connected
component clusters are average-linked, then joined where they are alike in all that they say (`detente.link.profile`). All of it is a function of the set of events: order, batches and repetition change nothing.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from detente.link.average_link import average_link_of_pairs
from detente.link.compare import compare, likelihood
from detente.link.duplicates import Components
from detente.link.linkable import Linkable, blocks, may_be_one, neighbourhood
from detente.link.profile import joined
from detente.records import Link

# Chosen on the annotated incidents, crossed by halves: B-cubed F1 of given events is flat (0.851 to 0.859) from 0.25 to 0.4, of coded ones
# (0.761 to 0.772) up to 0.45. An edge of 0.15, 0.25, 0.3, 0.35 gives 0.856, 0.857, 0.857, 0.857 and 0.770, 0.776, 0.770, 0.772.
THRESHOLD = 0.35  # mean likeness from which two clusters are one; a pair below it counts as 0 in the mean


@dataclass(frozen=True, slots=True)
class Constraints:
    """What analysts decided, as pairs of tellings: these are one incident; these are not. ``apart`` wins over the model,
    ``together`` over both."""

    together: frozenset[frozenset[int]] = frozenset()
    apart: frozenset[frozenset[int]] = frozenset()


_FREE = Constraints()


class LinkIndex(Protocol):
    """What the linker remembers: one `Linkable` an event, found by the keys of `linkable.blocks`, by telling, by component.

    In memory: `MemoryIndex`; for a store: its control database.
    """

    def put(self, events: Iterable[Linkable]) -> None:
        """Keep events (again: replace)."""

    def drop(self, event_ids: Iterable[str]) -> list[Linkable]:
        """Forget events; gives those that were there."""

    def in_ranges(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Linkable]:
        """Every event that has a key in one of the ranges (both ends included); may give one twice."""

    def of_tellings(self, tellings: Collection[int]) -> Iterator[Linkable]:
        """Every event of these tellings."""

    def components_of(self, tellings: Collection[int]) -> dict[int, int]:
        """Component of each telling that has one."""

    def tellings_of(self, components: Collection[int]) -> set[int]:
        """All tellings of these components."""

    def incidents_of(self, tellings: Collection[int]) -> dict[int, str]:
        """Incident of each telling that is in one."""

    def assign(self, placed: dict[int, tuple[int, str] | None]) -> None:
        """Set component and incident of tellings; None: the telling has no events any more."""


@dataclass(slots=True)
class Cluster:
    """One incident: its id and all its events; ``links`` say for each telling but the first why it is here."""

    incident_id: str
    events: list[Linkable]
    links: list[Link]


@dataclass(slots=True)
class Changes:
    """What adding events did. ``clusters``: every incident that changed, whole; ``gone``: ids that no incident bears any
    more, with the incidents that took their events; ``trace``: (founded | joined | merged | split | renamed, old ids, new id)."""

    clusters: list[Cluster] = field(default_factory=list)
    gone: dict[str, list[str]] = field(default_factory=dict)
    trace: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)


def cluster(events: Iterable[Linkable], constraints: Constraints = _FREE) -> list[Cluster]:
    """The incidents of a set of events, ordered by id."""
    linker = Linker(MemoryIndex(), constraints)
    return linker.add(events).clusters


class Linker:
    """Incremental clustering: adding events looks only at the components that they touch."""

    def __init__(self, index: LinkIndex, constraints: Constraints = _FREE) -> None:
        self.index, self.constraints = index, constraints

    def add(self, events: Iterable[Linkable], dropped: Iterable[str] = ()) -> Changes:
        """Add events (those with a known id replace it) and drop others; gives what changed."""
        new = {e.event_id: e for e in events}
        gone = self.index.drop([*dropped, *new])
        touched = {e.telling for e in (*gone, *new.values())}
        self.index.put(new.values())
        first = standing(self.index.of_tellings(touched))
        linked = {n.telling for e in first.values() for n in self._neighbours(e)}
        linked |= {t for pair in self.constraints.together if pair & touched for t in pair}
        components = self.index.components_of(touched | linked)
        everyone = self.index.tellings_of(set(components.values())) | touched | linked
        return self._settle(everyone)

    def _neighbours(self, event: Linkable) -> Iterator[Linkable]:
        """Events that have an edge to this one."""
        seen = {event.event_id}
        for other in self.index.in_ranges(neighbourhood(event)):
            if other.event_id in seen or other.telling == event.telling:
                continue
            seen.add(other.event_id)
            if may_be_one(event, other) and likelihood(event, other, THRESHOLD) >= THRESHOLD:
                yield other

    def _settle(self, tellings: Collection[int]) -> Changes:
        """Cluster these tellings, which no edge leaves, and write down where each is."""
        members: defaultdict[int, list[Linkable]] = defaultdict(list)
        for event in self.index.of_tellings(tellings):
            members[event.telling].append(event)
        before = self.index.incidents_of(tellings)
        first = standing(itertools.chain.from_iterable(members.values()))
        scores = _edges(first)
        beside: defaultdict[int, set[int]] = defaultdict(set)
        for a, b in scores:
            beside[a].add(b)
            beside[b].add(a)
        placed: dict[int, tuple[int, str]] = {}
        clusters = []
        for component in _components(first, scores, self.constraints):
            for part in _parts(component, first, scores, beside, self.constraints):
                made = _made([first[t] for t in part], members, scores)
                clusters.append(made)
                for telling in part:
                    placed[telling] = (component[0], made.incident_id)
        self.index.assign({**dict.fromkeys(t for t in tellings if t not in members), **placed})
        return _changes(clusters, before, placed)


def standing(events: Iterable[Linkable]) -> dict[int, Linkable]:
    """Of each telling the event that stands for it: of the shortest text, then the earliest."""
    best: dict[int, Linkable] = {}
    for event in events:
        old = best.get(event.telling)
        if old is None or _rank(event) < _rank(old):
            best[event.telling] = event
    return best


def _rank(event: Linkable) -> tuple[int, int, str]:
    return event.length, event.told, event.event_id


Scores = dict[tuple[int, int], float]


def _edges(first: dict[int, Linkable]) -> Scores:
    """Likeness of every two tellings that may be one happening and are likely enough, by (smaller, greater) telling."""
    order = sorted((key, telling) for telling, event in first.items() for key in blocks(event))
    keys = [key for key, _ in order]
    scores: Scores = {}
    looked: set[tuple[int, int]] = set()
    for telling, event in first.items():
        for low, high in neighbourhood(event):
            for _, other in order[bisect.bisect_left(keys, low) : bisect.bisect_right(keys, high)]:
                pair = _pair(telling, other)
                if telling == other or pair in looked:
                    continue
                looked.add(pair)
                if may_be_one(event, first[other]):
                    score = likelihood(event, first[other], THRESHOLD)
                    if score >= THRESHOLD:
                        scores[pair] = score
    return scores


def _components(first: dict[int, Linkable], scores: Scores, constraints: Constraints) -> list[list[int]]:
    parts = Components[int]()
    for telling in first:
        parts.add(telling)
    for a, b in scores:
        parts.join(a, b)
    _tie(parts, constraints)
    return sorted(sorted(c) for c in parts.groups())


def _tie(parts: Components[int], constraints: Constraints) -> None:
    """Join what analysts said is one, as far as it is among the parts."""
    for pair in constraints.together:
        known = [t for t in pair if t in parts]
        for other in known[1:]:
            parts.join(known[0], other)


def _parts(
    component: Sequence[int],
    first: dict[int, Linkable],
    scores: Scores,
    beside: dict[int, set[int]],
    constraints: Constraints,
) -> list[list[int]]:
    """The incidents of one component, as tellings."""
    if len(component) == 1:
        return [list(component)]
    at = {t: i for i, t in enumerate(component)}
    apart = {pair for pair in constraints.apart if len(pair) == 2 and pair <= at.keys()}
    pairs = {(at[a], at[b]): scores[a, b] for a in component for b in beside.get(a, ()) if a < b}
    pairs |= {(at[min(pair)], at[max(pair)]): -math.inf for pair in apart}
    linked = ([first[component[row]] for row in rows] for rows in average_link_of_pairs(len(at), pairs, THRESHOLD))
    parts = Components[int]()
    for tellings in joined(linked, beside, lambda a, b: any(_parted(p, a, b) for p in apart)):
        for event in tellings:
            parts.join(tellings[0].telling, event.telling)
    _tie(parts, constraints)
    return [sorted(p) for p in parts.groups()]


def _parted(pair: frozenset[int], mine: Sequence[Linkable], theirs: Sequence[Linkable]) -> bool:
    return any({e.telling, o.telling} == pair for e in mine for o in theirs)


def _made(part: Sequence[Linkable], members: dict[int, list[Linkable]], scores: Scores) -> Cluster:
    order = sorted(part, key=lambda e: (e.told, e.telling))
    links = []
    for i, event in enumerate(order[1:], 1):
        # The one before it that it is most like: the reason that an analyst can check.
        best = max(order[:i], key=lambda o: (scores.get(_pair(o.telling, event.telling), 0.0), -o.told, -o.telling))
        made = compare(best, event)
        links.append(Link(event.event_id, best.event_id, round(made.score, 3), made.reasons))
    events = sorted((e for t in part for e in members[t.telling]), key=lambda e: (e.told, e.event_id))
    return Cluster(f"inc1-{order[0].telling:016x}", events, links)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _changes(clusters: list[Cluster], before: dict[int, str], placed: dict[int, tuple[int, str]]) -> Changes:
    """Compare with where the tellings were: new, joined, merged, split or renamed incidents."""
    took: defaultdict[str, set[str]] = defaultdict(set)  # of each old incident the new ones that have its tellings
    came: defaultdict[str, set[str]] = defaultdict(set)
    fresh: set[str] = set()
    for telling, (_, incident) in placed.items():
        old = before.get(telling)
        if old is None:
            fresh.add(incident)
        else:
            took[old].add(incident)
            came[incident].add(old)
    changes = Changes(sorted(clusters, key=lambda c: c.incident_id))
    for incident in sorted({c.incident_id for c in clusters}):
        olds = tuple(sorted(came[incident]))
        if not olds:
            changes.trace.append(("founded", (), incident))
        elif len(olds) > 1:
            changes.trace.append(("merged", olds, incident))
        elif len(took[olds[0]]) > 1:
            changes.trace.append(("split", olds, incident))
        elif olds[0] != incident:
            changes.trace.append(("renamed", olds, incident))
        elif incident in fresh:
            changes.trace.append(("joined", olds, incident))
    now = {incident for _, incident in placed.values()}
    changes.gone = {old: sorted(new) for old, new in took.items() if old not in now}
    for old in set(before.values()) - set(took) - now:
        changes.gone[old] = []
    return changes


class MemoryIndex:
    """A `LinkIndex` in memory."""

    def __init__(self) -> None:
        self._events: dict[str, Linkable] = {}
        self._tellings: defaultdict[int, set[str]] = defaultdict(set)
        self._keys: list[tuple[int, str]] = []
        self._placed: dict[int, tuple[int, str]] = {}
        self._components: defaultdict[int, set[int]] = defaultdict(set)

    def put(self, events: Iterable[Linkable]) -> None:
        """Keep events (again: replace)."""
        given = list(events)
        self.drop([e.event_id for e in given])
        for event in given:
            self._events[event.event_id] = event
            self._tellings[event.telling].add(event.event_id)
        self._keys = sorted([*self._keys, *((k, e.event_id) for e in given for k in blocks(e))])

    def drop(self, event_ids: Iterable[str]) -> list[Linkable]:
        """Forget events; gives those that were there."""
        found = [self._events.pop(i) for i in set(event_ids) if i in self._events]
        names = {e.event_id for e in found}
        if names:
            self._keys = [k for k in self._keys if k[1] not in names]
        for event in found:
            self._tellings[event.telling].discard(event.event_id)
        return found

    def in_ranges(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Linkable]:
        """Every event that has a key in one of the ranges."""
        for low, high in ranges:
            for at in range(bisect.bisect_left(self._keys, (low, "")), len(self._keys)):
                if self._keys[at][0] > high:
                    break
                yield self._events[self._keys[at][1]]

    def of_tellings(self, tellings: Collection[int]) -> Iterator[Linkable]:
        """Every event of these tellings."""
        return (self._events[i] for t in tellings for i in sorted(self._tellings.get(t, ())))

    def components_of(self, tellings: Collection[int]) -> dict[int, int]:
        """Component of each telling that has one."""
        return {t: self._placed[t][0] for t in tellings if t in self._placed}

    def tellings_of(self, components: Collection[int]) -> set[int]:
        """All tellings of these components."""
        return {t for c in components for t in self._components.get(c, ())}

    def incidents_of(self, tellings: Collection[int]) -> dict[int, str]:
        """Incident of each telling that is in one."""
        return {t: self._placed[t][1] for t in tellings if t in self._placed}

    def assign(self, placed: dict[int, tuple[int, str] | None]) -> None:
        """Set component and incident of tellings; None: the telling has no events any more."""
        for telling, where in placed.items():
            if telling in self._placed:
                self._components[self._placed.pop(telling)[0]].discard(telling)
            if where is not None:
                self._placed[telling] = where
                self._components[where[0]].add(telling)
