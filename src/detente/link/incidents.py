"""Events of many reports -> incidents: which events are one happening.

What is clustered are tellings: the events of copies of one report with the same words are one telling, and the shortest copy
stands for it. Tellings that are likely one happening (`detente.link.compare`) are joined by an edge; within each connected
component clusters are average-linked, then joined where they are alike in all that they say (`detente.link.profile`). All of it is a function of the set of events: order, batches and repetition change nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detente.link.average_link import average_link_of_pairs
from detente.link.compare import compare
from detente.link.duplicates import Components
from detente.link.index import LinkIndex, MemoryIndex, Near, standing
from detente.link.linkable import Linkable
from detente.link.neighbours import THRESHOLD, Neighbours
from detente.link.profile import joined
from detente.link.told_apart import bounds
from detente.records import Link


@dataclass(frozen=True, slots=True)
class Constraints:
    """What analysts decided, as pairs of tellings: these are one incident; these are not. ``apart`` wins over the model,
    ``together`` over both."""

    together: frozenset[frozenset[int]] = frozenset()
    apart: frozenset[frozenset[int]] = frozenset()


_FREE = Constraints()


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


def component(events: Iterable[Linkable], near: Mapping[int, Near]) -> list[Cluster]:
    """The incidents of whole connected components. ``near``: of each telling those beside it (`Neighbours.mutual`)."""
    members: defaultdict[int, list[Linkable]] = defaultdict(list)
    for event in sorted(events, key=lambda e: e.event_id):
        members[event.telling].append(event)
    first = standing(event for same in members.values() for event in same)
    return [_made([first[t] for t in part], members, near) for part in _parts(first, near, _FREE)]


class Linker:
    """Incremental clustering. Adding events looks at the incidents that they touch and those beside them; the answer is that
    of clustering the whole set.

    Why that is so: whatever is joined best first, in any set that no incident of the whole is cut by, is joined as in the
    whole, since what lies outside never took part. So if the changed tellings and the incidents beside them are clustered
    alone, and the incidents beside come out as they were, all others stay as they are; else these are changed too.
    """

    def __init__(self, index: LinkIndex, constraints: Constraints = _FREE) -> None:
        self.index, self.constraints = index, constraints

    def add(self, events: Iterable[Linkable], dropped: Iterable[str] = ()) -> Changes:
        """Add events (those with a known id replace it) and drop others; gives what changed."""
        new = {e.event_id: e for e in events}
        gone = self.index.drop([*dropped, *new])
        touched = {e.telling for e in (*gone, *new.values())}
        before = standing([*gone, *self.index.of_tellings(touched)])
        self.index.put(new.values())
        after = self.index.standing(touched)
        moved = {t for t in touched if before.get(t) != after.get(t)}
        neighbours = Neighbours(self.index)
        neighbours.replace({t: (before.get(t), after.get(t)) for t in sorted(moved)})
        return self._settle(touched | neighbours.changed(touched))

    def _settle(self, touched: Collection[int]) -> Changes:
        """Cluster anew what these tellings may have changed, and write down where each is."""
        changed = self._whole(touched)
        neighbours = Neighbours(self.index)
        while True:
            near = neighbours.mutual(changed)
            beside = {t for others in near.values() for t in others} | _tied(changed, self.constraints)
            homes = self.index.incidents_of(beside - changed)
            ring = self.index.tellings_of(set(homes.values()))
            everyone = changed.union(*ring.values())
            first = self.index.standing(everyone)
            near |= neighbours.mutual(everyone - changed)
            parts = _parts(first, near, self.constraints)
            intact = {frozenset(part) for part in parts}
            broken = {i for i, members in ring.items() if frozenset(members) not in intact}
            if not broken:
                break
            changed = changed.union(*(ring[i] for i in broken))
        members: defaultdict[int, list[Linkable]] = defaultdict(list)
        for event in self.index.of_tellings(changed):
            members[event.telling].append(event)
        before = self.index.incidents_of(changed)
        clusters = [_made([first[t] for t in part], members, near) for part in parts if part[0] in changed]
        placed = {e.telling: c.incident_id for c in clusters for e in c.events}
        self.index.assign({**dict.fromkeys(t for t in changed if t not in members), **placed})
        return _changes(clusters, before, placed)

    def clusters(self, incidents: Collection[str]) -> list[Cluster]:
        """Incidents as they are, whole."""
        made = []
        neighbours = Neighbours(self.index)
        for _, tellings in sorted(self.index.tellings_of(incidents).items()):
            members: defaultdict[int, list[Linkable]] = defaultdict(list)
            for event in self.index.of_tellings(tellings):
                members[event.telling].append(event)
            first = self.index.standing(tellings)
            made.append(_made([first[t] for t in sorted(tellings)], members, neighbours.mutual(tellings)))
        return made

    def _whole(self, tellings: Collection[int]) -> set[int]:
        """These with all tellings of the incidents that they are in."""
        homes = self.index.incidents_of(tellings)
        return set(tellings).union(*self.index.tellings_of(set(homes.values())).values())


def _tied(tellings: Collection[int], constraints: Constraints) -> set[int]:
    """What analysts said is one with some of these."""
    return {t for pair in constraints.together if not pair.isdisjoint(tellings) for t in pair}


def _parts(first: Mapping[int, Linkable], near: Mapping[int, Near], constraints: Constraints) -> list[list[int]]:
    """The incidents of some tellings, each sorted. ``near``: of each; those that are not among them are not looked at."""
    order = sorted(first)
    at = {t: i for i, t in enumerate(order)}
    apart = {pair for pair in constraints.apart if len(pair) == 2 and pair <= at.keys()}
    pairs = {(at[a], at[b]): value for a in order for b, value in near.get(a, {}).items() if a < b and b in at}
    pairs |= {(at[min(pair)], at[max(pair)]): -math.inf for pair in apart}
    stated = [bounds(first[t]) for t in order]
    linked = ([first[order[row]] for row in rows] for rows in average_link_of_pairs(len(at), pairs, THRESHOLD, stated))
    parts = Components[int]()
    beside = {t: [o for o in near.get(t, ()) if o in at] for t in order}
    for tellings in joined(linked, beside, lambda a, b: any(_parted(p, a, b) for p in apart)):
        for event in tellings:
            parts.join(tellings[0].telling, event.telling)
    _tie(parts, constraints)
    return sorted(sorted(p) for p in parts.groups())


def _tie(parts: Components[int], constraints: Constraints) -> None:
    """Join what analysts said is one, as far as it is among the parts."""
    for pair in constraints.together:
        known = [t for t in pair if t in parts]
        for other in known[1:]:
            parts.join(known[0], other)


def _parted(pair: frozenset[int], mine: Sequence[Linkable], theirs: Sequence[Linkable]) -> bool:
    return any({e.telling, o.telling} == pair for e in mine for o in theirs)


def _made(part: Sequence[Linkable], members: Mapping[int, list[Linkable]], near: Mapping[int, Near]) -> Cluster:
    order = sorted(part, key=lambda e: (e.told, e.telling))
    links = []
    earlier = {order[0].telling: order[0]} if order else {}
    for event in order[1:]:
        # The one before it that it is most like: the reason that an analyst can check.
        alike = [(value, earlier[t]) for t, value in near.get(event.telling, {}).items() if t in earlier]
        best = max(alike, key=lambda a: (a[0], -a[1].told, -a[1].telling))[1] if alike else order[0]
        made = compare(best, event)
        links.append(Link(event.event_id, best.event_id, round(made.score, 3), made.reasons))
        earlier[event.telling] = event
    events = sorted((e for t in part for e in members[t.telling]), key=lambda e: (e.told, e.event_id))
    return Cluster(f"inc1-{order[0].telling:016x}", events, links)


def _changes(clusters: list[Cluster], before: dict[int, str], placed: dict[int, str]) -> Changes:
    """Compare with where the tellings were: new, joined, merged, split or renamed incidents."""
    took: defaultdict[str, set[str]] = defaultdict(set)  # of each old incident the new ones that have its tellings
    came: defaultdict[str, set[str]] = defaultdict(set)
    fresh: set[str] = set()
    for telling, incident in placed.items():
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
    now = set(placed.values())
    changes.gone = {old: sorted(new) for old, new in took.items() if old not in now}
    for old in set(before.values()) - set(took) - now:
        changes.gone[old] = []
    return changes
