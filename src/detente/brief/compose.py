"""A brief from a store: templates over incidents, claims and series; every sentence carries its evidence; nothing is generated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

from detente.brief import claimed
from detente.brief.evidence import Evidence
from detente.brief.records import Brief, Line, Section, Week
from detente.errors import InputError
from detente.link.origins import family
from detente.measure import ahead, ask, sides
from detente.measure.columns import Columns, Side
from detente.measure.occurrence import Forecast
from detente.measure.records import Tension, TurningPoint
from detente.measure.words import counted, line, noun, number
from detente.picture.ask import incidents
from detente.picture.frame import earlier, named, ordinal, said, span
from detente.picture.map import map_of
from detente.picture.provenance import source_line
from detente.picture.tension import tension as chart_of
from detente.picture.turning import telling
from detente.records import Incident
from detente.store.filters import Filters

if TYPE_CHECKING:
    from detente.measure.sides import Groups
    from detente.store import Store

_WEEK = 7  # days that the forecasts look ahead
_SPAN = 90  # days before the last one, where no first day is given
_HEAVIEST = {7: 3, 30: 3}  # incidents that are told in full, of the last days


def brief(
    store: Store, dyad: str, *, since: str | None = None, until: str | None = None, as_of: str | None = None,
    groups: Groups | None = None,
) -> Brief:  # fmt: skip
    """The brief of a dyad ("IRN-USA"), to the last day with reports, or ``until``; from ``since``, or 90 days before.

    ``as_of``: as the store knew it then. The same store and question give the same brief. Raises RecordError for a dyad that
    cannot be meant, and InputError if the store tells nothing of it.
    """
    asked = Filters(dyad=dyad, since=since, until=until, as_of=as_of)
    pair = sides.pair(dyad, groups)
    source = store.measuring()
    whole = ask.tension(source, groups=groups, asked=replace(asked, since=None))
    columns, rows = incidents(source, replace(asked, since=None, until=None), pair)
    if not rows or not whole.points:
        raise InputError(dyad, whole.reading.text.removeprefix("unknown: "))
    end = until or next((p.day for p in reversed(whole.points) if not p.gap), whole.points[-1].day)
    first = since or max(earlier(end, _SPAN - 1), whole.points[0].day)
    if first > end:
        last = whole.points[-1].until
        raise InputError(dyad, f"the store tells of {span(whole.points[0].day, last)}, not of the days asked for")
    asked = replace(asked, since=first, until=end)
    shown = ask.tension(source, groups=groups, asked=asked)
    turns = telling(ask.turning_points(source, groups=groups, asked=asked))
    alarms = ask.alarms(source, groups=groups, asked=replace(asked, since=None))
    inside = [
        r for r in rows if columns.placed[r] and columns.end[r] >= ordinal(first) and columns.begin[r] <= ordinal(end)
    ]
    told = {columns.incidents[r].incident_id for r in inside}
    evidence = Evidence(store, as_of, told)
    notes, more = evidence.of_several(shown.reading.incidents)
    headline = Line(_sentence(shown.reading.text), notes, more)
    ledger = claimed.Ledger(
        [c for c in store.claims(_of_claims(asked, pair)) if c.incident_id in told],
        {columns.incidents[r].incident_id: columns.incidents[r] for r in inside},
        evidence,
    )
    sections = [
        _changed(columns, rows, whole, end, evidence),
        _turns(turns, evidence),
        _ahead(columns, rows, end, evidence),
        _expected(
            ahead.events(
                source,
                days=_WEEK,
                day=_next(end) if until else None,
                groups=groups,
                asked=Filters(dyad=dyad, as_of=as_of),
            ),
            evidence,
        ),
        ledger.disputed(),
        ledger.tolls(),
        ledger.agreed(),
        _sources(columns, inside, evidence),
    ]
    names = f"{named(pair[0].label)} – {named(pair[1].label)}"
    line_ = source_line(store, asked)
    about = f"Conflict and cooperation day by day, {span(first, end)}"
    happened = [r for r in inside if 0 <= columns.channel[r] < 5]
    return Brief(
        names,
        f"Brief of {span(first, end)}" + (f", as known on {as_of}" if as_of else ""),
        headline,
        tuple(s for s in sections if s is not None),
        tuple(evidence.notes),
        chart_of(shown, alarms, turns, source=line_, key=False, high=190, title=about, said=""),
        map_of(columns, happened, source="", high=270, wide=460, when=span(first, end), legend=False, title=""),
        tuple(_weeks(shown)),
        line_,
    )


def _of_claims(asked: Filters, pair: tuple[Side, Side]) -> Filters:
    """Claims are asked for by the dyad where it is one of two single parties; groups are picked out afterwards."""
    simple = all(len(s.members) == 1 for s in pair)
    return Filters(dyad=f"{pair[0].label} - {pair[1].label}" if simple else None, as_of=asked.as_of)


def _sentence(text: str) -> str:
    text = text.rstrip(".")
    return text[:1].upper() + text[1:] + "."


def _line(incident: Incident, evidence: Evidence, most: int = 2) -> Line:
    reports = "one report" if incident.reports == 1 else f"{incident.reports} reports"
    origins = "one origin" if incident.origins == 1 else f"{incident.origins} independent origins"
    return Line(_sentence(f"{line(incident)} ({reports}, {origins})"), evidence.of(incident.incident_id, most))


def _changed(columns: Columns, rows: Sequence[int], whole: Tension, end: str, evidence: Evidence) -> Section:
    """The last 7 and 30 days, each against as many days before."""
    lines: list[Line] = []
    told: set[int] = set()
    at = ordinal(end)
    for days, most in _HEAVIEST.items():
        mine = [
            r
            for r in rows
            if 0 <= columns.channel[r] < 5
            and columns.placed[r]
            and at - days < columns.end[r]
            and columns.begin[r] <= at
        ]
        mine.sort(key=lambda r: (-float(columns.weight[r]), r))
        now, before = (_means(whole, earlier(end, days * k - 1), earlier(end, days * (k - 1))) for k in (1, 2))
        what = counted(columns.incidents[r] for r in mine) if mine else "no incident"
        text = f"Last {days} days ({span(earlier(end, days - 1), end)}): {what}"
        text += f"; conflict {_points(now[0], before[0])}; cooperation {_points(now[1], before[1])}"
        notes, more = evidence.of_several(columns.incidents[r].incident_id for r in mine)
        lines.append(Line(_sentence(text), notes, more))
        for r in [r for r in mine if r not in told][:most]:
            told.add(r)
            lines.append(replace(_line(columns.incidents[r], evidence), mark="•"))
    return Section("changed", "What changed", tuple(lines))


def _means(of: Tension, first: str, last: str) -> tuple[float | None, float | None]:
    known = [p for p in of.points if first <= p.day <= last and not p.gap]
    if not known:
        return None, None
    return sum(p.conflict or 0.0 for p in known) / len(known), sum(p.cooperation or 0.0 for p in known) / len(known)


def _points(now: float | None, before: float | None) -> str:
    if now is None:
        return "unknown, for no report covers these days"
    words = f"{now:.1f} points a day"
    if before is None:
        return f"{words} (the days before are unknown)"
    if abs(now - before) < 0.05:
        return f"{words}, as in the days before"
    return f"{words}, {'up' if now > before else 'down'} from {before:.1f} in the days before"


def _turns(turns: Sequence[TurningPoint], evidence: Evidence) -> Section:
    lines = []
    for n, turn in enumerate(turns, 1):
        notes, more = evidence.of_several(turn.incidents, 2)
        lines.append(Line(_sentence(f"{said(turn.day)}: {turn.text}"), notes, more, str(n)))
    return Section("turns", "Turning points", tuple(lines) or (Line("None in these days."),))


def _ahead(columns: Columns, rows: Iterable[int], end: str, evidence: Evidence, most: int = 4) -> Section | None:
    """What is announced for days after the last."""
    coming = [r for r in rows if columns.channel[r] >= 5 and columns.placed[r] and columns.end[r] > ordinal(end)]
    coming = [r for r in coming if columns.told[r] <= ordinal(end)]
    coming.sort(key=lambda r: (int(columns.begin[r]), r))
    lines = tuple(_line(columns.incidents[r], evidence, 1) for r in coming[:most])
    return Section("ahead", "Announced", lines) if lines else None


def _expected(forecasts: Sequence[Forecast], evidence: Evidence, most: int = 3) -> Section | None:
    """The most probable events of the week after the last day, and the past incidents that say so."""
    lines = []
    for f in forecasts[:most]:
        notes, more = evidence.of_several([r.incident_id for r in f.reasons if r.weight > 0], 2)
        who = f"{noun(f.type, 1)}, {named(f.actor)} to {named(f.recipient)}"
        text = f"{who}: {f.probability:.0%} within {span(f.since, f.until)}, against {f.usual:.0%} by its frequency in the whole past"
        lines.append(Line(_sentence(text), notes, more))
    return Section("expected", "What may come", tuple(lines)) if any(line.notes for line in lines) else None


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(1)).isoformat()


def _sources(columns: Columns, rows: Sequence[int], evidence: Evidence, most: int = 8) -> Section:
    """Who tells of it, and on how many independent origins it rests."""
    told = [columns.incidents[r] for r in rows]
    if not told:
        return Section("sources", "Sources", (Line("No incident in these days."),))
    documents = {e.document.id: e.document for i in told for e in evidence.events(i.incident_id)}
    outlets = Counter(d.source or "outlet unknown" for d in documents.values())
    owners = {family(d.source, d.url) or d.id for d in documents.values()}
    best = sorted(outlets, key=lambda o: (-outlets[o], o))
    names = ", ".join(f"{o} ({outlets[o]})" for o in best[:most]) + (
        f" and {len(best) - most} more" if len(best) > most else ""
    )
    reports = "One report" if len(documents) == 1 else f"{len(documents)} reports"
    publishers = "one publisher" if len(owners) == 1 else f"{len(owners)} independent publishers"
    happenings = "one incident" if len(told) == 1 else f"{len(told)} incidents"
    notes, more = evidence.of_several(i.incident_id for i in sorted(told, key=lambda i: (-i.reports, i.incident_id)))
    lines = [Line(f"{reports} by {publishers} tell of {happenings}: {names}.", notes, more)]
    origins = [i.origins for i in told]
    single = sum(o <= 1 for o in origins)
    rests = (
        f"{number(single)} of them rest{'s' if single == 1 else ''} on a single origin"
        if single
        else "none rests on a single origin"
    )
    lines.append(
        Line(
            _sentence(
                f"independent origins an incident: {median(origins):g} in the middle, {max(origins)} at most; {rests}"
            ),
            notes,
            more,
        )
    )
    return Section("sources", "Sources", tuple(lines))


def _weeks(of: Tension, most: int = 13) -> list[Week]:
    """Whole weeks up to the last day."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at, p in enumerate(of.points):
        day = date.fromisoformat(p.day)
        groups[(day - timedelta(day.weekday())).isoformat()].append(at)
    found = []
    for at_ in list(groups.values())[-most:]:
        points = [of.points[a] for a in at_]
        worse, better = _means(of, points[0].day, points[-1].until)
        ids = {i for p in points for i in p.incidents}
        found.append(Week(points[0].day, points[-1].until, worse, better, len(ids)))
    return found
