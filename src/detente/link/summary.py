"""The events of one incident -> its record: what most reports say, and, where they differ, what each says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente import ontology
from detente.link.incidents import Cluster
from detente.link.index import standing
from detente.link.linkable import PRECISIONS, Linkable
from detente.link.origins import count_origins
from detente.link.profile import most
from detente.records import Actor, Event, Incident, Party, Place, Toll, TollClaim, When

# What happened beats what is only planned, possible or denied: the incident is `denied` when nobody says that it happened.
_RANK = ("actual", "planned", "possible", "generic", "denied")
_LASTING = frozenset({"PROTEST", "CONSULT", "COERCE", "MOBILIZE", "ASSAULT"})
_LONGEST = 60  # days that are listed one by one


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Of a report: its class of copies, and whose word it is (`detente.link.origins`); ``order``: `report_order`."""

    copies: int
    agency: str | None
    family: str | None
    order: str


def report_order(published: str | None, document: str) -> str:
    """What sorts copies of a report: first published first, undated ones last."""
    return f"{published or '9999'} {document}"


def summary(cluster: Cluster, events: Mapping[str, Event], reports: Mapping[str, CopyOf]) -> Incident:
    """The record of an incident; of copies of one report each thing is counted once.

    ``events``: by event id, all of the cluster's. ``reports``: by document id. Raises KeyError for one that is missing.
    """
    all_ = [events[e.event_id] for e in cluster.events]
    told = _once(cluster.events, events)
    # A meeting that was announced, and took place, is a meeting.
    type_ = (
        most(e.type for e in told if not _foretold(e)) if not all(map(_foretold, told)) else most(e.type for e in told)
    )
    same = [e for e in told if e.type == type_] or told
    status = min((e.status for e in told), key=_RANK.index)
    when = _when([e for e in same if e.status == status] or same)
    dated = sorted(e.document.published for e in all_ if e.document.published)
    documents = {e.document.id for e in all_}
    classes: defaultdict[int, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    for document in sorted(documents):
        copy = reports[document]
        classes[copy.copies].append((copy.order, copy.agency, copy.family))
    return Incident(
        incident_id=cluster.incident_id,
        type=type_,
        modes=tuple(sorted({m for e in same for m in e.modes}, key=ontology.MODES[type_].index)),
        actors=_parties(a for e in told for a in e.actors),
        recipients=_parties(a for e in told for a in e.recipients),
        place=_place([e.place for e in told if e.place is not None]),
        date=when,
        status=status,
        casualties=_tolls(told),
        first_report=dated[0] if dated else None,
        last_report=dated[-1] if dated else None,
        reports=len(documents),
        origins=count_origins(classes.values()),
        events=tuple(sorted(e.event_id for e in all_)),
        days=_days(told, type_),
        links=tuple(cluster.links),
    )


def _foretold(event: Event) -> bool:
    """As `Linkable.foretold`."""
    start, published = event.date and event.date.start_date, event.document.published
    return event.type == "AGREE" and bool(start and published and published[:10] < start)


def _once(tellings: Sequence[Linkable], events: Mapping[str, Event]) -> list[Event]:
    """One event of each telling, that of the shortest copy; oldest report first."""
    best = standing(tellings).values()
    return [events[e.event_id] for e in sorted(best, key=lambda e: (e.told, e.telling))]


def _parties(actors: Iterable[Actor]) -> tuple[Party, ...]:
    """The parties of one side, those named most first. One name of one country is one party; a party that is told only by
    its country is taken in by the one party of that country that has a name of its own."""
    groups: defaultdict[tuple[str | None, str | None], list[Actor]] = defaultdict(list)
    for actor in actors:
        # A country that the sentence or the place lent ("the plane") makes no party of its own.
        guessed = "country of the" in (actor.basis or "")
        country = None if guessed else actor.country
        whole = actor.entity is not None and actor.entity.startswith("country:")
        name = None if whole else (actor.name or (actor.text if guessed or country is None else None))
        if country or name:
            groups[country, name.casefold() if name else None].append(actor)
    for country, name in list(groups):
        own = [k for k in groups if k[0] == country and k[1] is not None]
        if name is None and country is not None and len(own) == 1:
            groups[own[0]] += groups.pop((country, name))
    found = []
    for (country, _), members in groups.items():
        names = [a.name for a in members if a.name] or [a.text for a in members if a.text]
        entities = [a.entity for a in members if a.entity]
        sectors = Counter(s for a in members for s in a.sectors)
        lent = {a.country for a in members if a.country}
        party = Party(
            most(names) if names else None,
            country or (lent.pop() if len(lent) == 1 else None),
            tuple(sorted(sectors, key=lambda s: (-sectors[s], s))),
            most(entities) if entities else None,
        )
        found.append((len(members), party))
    return tuple(p for _, p in sorted(found, key=lambda f: (-f[0], str(f[1].country), str(f[1].name))))


def _place(places: Sequence[Place]) -> Place | None:
    """The most precise place that most reports agree on, without the words of one report."""
    if not places:
        return None
    country = most(p.country or "" for p in places)
    inside = [p for p in places if (p.country or "") == country]
    finest = max(map(_fineness, inside))
    best = [(p, str(p.geonames_id or p.name or p.text or "")) for p in inside if _fineness(p) == finest]
    name = most(n for _, n in best)
    chosen = next(p for p, n in best if n == name)
    return Place(
        name=chosen.name or chosen.text, country=chosen.country, admin1=chosen.admin1, latitude=chosen.latitude,
        longitude=chosen.longitude, geonames_id=chosen.geonames_id, precision=chosen.precision, basis="reports",
    )  # fmt: skip


def _fineness(place: Place) -> int:
    return PRECISIONS.index(place.precision) if place.precision in PRECISIONS else 0


def _when(events: Sequence[Event]) -> When | None:
    """The day that most reports state; a stated day beats one taken from a publication date, a day a month."""
    stated = [e.date for e in events if e.date is not None and e.date.start_date]
    if not stated:
        return None
    # A month or a year in a title ("the 2020 airstrike") says less than the day of the first report.
    told = [d for d in stated if d.basis != "publication date" and _length(d) <= _LONGEST]
    fine = (
        [d for d in stated if _is_stated_day(d)]
        or told
        or [d for d in stated if d.basis == "publication date"]
        or stated
    )
    if told == [] and fine[0].basis == "publication date":
        fine = fine[:1]
    # Where the reports' own days differ, the first is nearest to the happening.
    counts = Counter((d.start_date or "", d.end_date or "") for d in fine)
    start, end = min(counts, key=lambda d: (-counts[d], d))
    chosen = next(d for d in fine if (d.start_date or "", d.end_date or "") == (start, end))
    return When(start_date=start, end_date=end or None, granularity=chosen.granularity, basis=chosen.basis)


def _length(when: When) -> int:
    """Days that a date spans."""
    first = date.fromisoformat(when.start_date or "0001-01-01")
    return (date.fromisoformat(when.end_date or when.start_date or "0001-01-01") - first).days + 1


def _is_stated_day(when: When) -> bool:
    """Whether a report's own words tell the day, not its publication date."""
    return when.basis != "publication date" and _length(when) == 1


def _days(events: Sequence[Event], type_: str) -> tuple[str, ...]:
    """Of a happening that goes on: each day that a report tells of; nothing for one of a single day.

    A protest goes on when the next day's report tells of it; an attack whose day is stated is only spoken of ("criticized the strike").
    """
    if type_ not in _LASTING:
        return ()
    dates = [e.date for e in events if e.status == "actual" and e.date is not None and e.date.start_date]
    if type_ == "ASSAULT":
        dates = [d for d in dates if _is_stated_day(d)] or dates
    found: set[str] = set()
    for d in dates:
        first, days = date.fromisoformat(d.start_date or "0001-01-01"), _length(d)
        if days - 1 <= _LONGEST and d.granularity in ("time", "day", "span", "week"):
            found |= {(first + timedelta(n)).isoformat() for n in range(days)}
    return tuple(sorted(found)) if len(found) > 1 else ()


def _tolls(events: Sequence[Event]) -> tuple[Toll, ...]:
    """For each kind the lowest and highest count of the last word of each source, and who says what.

    In one report the last sentence counts, of two reports the later, of two of one time the higher count: tolls rise.
    """
    said: defaultdict[str, defaultdict[str, dict[str, _Word]]] = defaultdict(lambda: defaultdict(dict))
    for e in sorted(events, key=lambda e: (e.document.id, e.sentence.start, e.trigger.start, e.event_id)):
        if e.status not in ("actual", "possible"):
            continue
        who = (e.attribution.name or e.attribution.text) if e.attribution is not None else None
        for c in e.casualties:
            claim = TollClaim(who, c.low, c.high, e.document.id, e.document.source)
            source = who or e.document.source or e.document.id
            said[c.kind][source][e.document.id] = (e.document.published or "", claim)
    tolls = []
    for kind in ontology.CASUALTY_KINDS:
        last = [max(reports.values(), key=_later) for reports in said[kind].values()]
        claims = [c for _, c in sorted(last, key=lambda w: (_later(w), w[1].claimant or "", w[1].source or ""))]
        if not claims:
            continue
        lows = [c.low for c in claims if c.low is not None]
        highs = [c.high for c in claims]
        high = None if None in highs else max(h for h in highs if h is not None)
        tolls.append(Toll(kind, min(lows) if lows else None, high, tuple(claims)))
    return tuple(tolls)


_Word = tuple[str, TollClaim]  # when it was published, and the count


def _later(word: _Word) -> tuple[str, int, bool, int]:
    published, claim = word
    return published, claim.low or 0, claim.high is None, claim.high or 0
