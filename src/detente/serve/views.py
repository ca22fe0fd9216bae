"""What the pages show, from an open store: plain values that the templates put into words and tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from markupsafe import Markup

from detente import pipeline
from detente.link.origins import family
from detente.measure import ask, sides
from detente.measure.ask import Source
from detente.measure.records import Alarm
from detente.measure.scale import table
from detente.picture.ask import days_of, incidents
from detente.picture.frame import Days, Picture, named
from detente.picture.map import map_of
from detente.picture.tension import tension as tension_chart
from detente.records import Document, Event, Incident
from detente.serve import told, words
from detente.serve.asked import Page, dyad_of
from detente.serve.forms import ActorForm, DyadForm, MapForm, SearchForm
from detente.serve.newest import newest
from detente.serve.readers import State
from detente.serve.settings import Settings
from detente.serve.text import Mark, marked, marks_of
from detente.store import Filters, Store, filters

ROWS = 50  # of a page of results
_NEWEST, _MOVING, _ALARMS, _OUTLETS = 12, 6, 8, 15
_WIDE, _NARROW = 960.0, 420.0
_LOOKED = 540  # days before the last report from which the first page tells
_BEFORE = 30  # days that the map shows, if nothing else is asked for


@dataclass(frozen=True, slots=True)
class Moving:
    """A dyad whose conflict rises or falls: averages over days and weeks, points a day."""

    a: str
    b: str
    fast: float
    slow: float

    @property
    def change(self) -> float:
        """Above 0: it escalates."""
        return self.fast - self.slow


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source: its reports, the last of them, and how many came in the last seven days that any report is of."""

    name: str
    family: str | None
    reports: int
    week: int
    last: str


@dataclass(frozen=True, slots=True)
class Now:
    """The first page."""

    run: int
    alarms: tuple[Alarm, ...]
    rising: tuple[Moving, ...]
    easing: tuple[Moving, ...]
    newest: tuple[Incident, ...]
    outlets: tuple[Outlet, ...]
    silent: int
    last: str | None
    reports: int
    source: str
    seen: str


def now(store: Store) -> Now:
    """Of the whole store."""
    run, at = store.last_run()
    panel = ask.recent(told.measuring(store), _LOOKED)
    latest = newest(store, Filters(), _NEWEST)
    rows = told.coverage(store, None)
    last = max((r[0] for r in rows), default=None)
    raised = panel.alarms() if last else []
    raised.sort(key=lambda a: (a.cleared is not None, "".join(chr(0x10000 - ord(c)) for c in a.raised), -a.surge))
    moving = _moving(panel) if last else []
    outlets = _outlets(rows, last or "")
    return Now(
        run, tuple(raised[:_ALARMS]),
        tuple(sorted((m for m in moving if m.change > 0), key=lambda m: -m.change)[:_MOVING]),
        tuple(sorted((m for m in moving if m.change < 0), key=lambda m: m.change)[:_MOVING]),
        tuple(latest), tuple(outlets[:_OUTLETS]), sum(o.week == 0 for o in outlets), last, sum(r[3] for r in rows),
        told.line(store, None), State(run, at).words,
    )  # fmt: skip


def _moving(panel: Any) -> list[Moving]:
    """Dyads whose fast average left the slow one by more than the margin of a reading (weights.toml)."""
    rule = table()["reading"]
    if not panel.dyads:
        return []
    levels = panel.levels()
    fast, slow = levels["conflict_fast"][-1], levels["conflict_slow"][-1]
    found = [Moving(a, b, float(f), float(s)) for (a, b), f, s in zip(panel.dyads, fast, slow, strict=True)]
    return [m for m in found if abs(m.change) > max(rule["least"], rule["change"] * m.slow)]


def _outlets(rows: Sequence[tuple[str, str | None, str | None, int]], last: str) -> list[Outlet]:
    found: defaultdict[str, list[tuple[str, int, str | None]]] = defaultdict(list)
    for day, source, url, count in rows:
        owner = family(source, url)
        found[source or owner or "outlet unknown"].append((day, count, owner))
    since = (date.fromisoformat(last) - timedelta(6)).isoformat() if last else ""
    made = [
        Outlet(n, next((o for _, _, o in r if o), None), sum(c for _, c, _ in r), sum(c for d, c, _ in r if d >= since), max(d for d, _, _ in r))
        for n, r in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda o: (-o.week, -o.reports, o.name))


def dyad(store: Store, given: DyadForm) -> dict[str, Any]:
    """One pair, or two."""
    asked = Filters(since=given.since, until=given.until, as_of=given.as_of)
    pairs = [(given.a, given.b)] + ([(given.c, given.d)] if given.c and given.d else [])
    source, line = told.measuring(store), told.line(store, asked.as_of)
    shown = [_pair(source, line, n, a, b, given.every, asked) for n, (a, b) in enumerate(pairs, 1)]
    return {"form": given, "pairs": shown, "source": line}


def _pair(source: Source, line: str, n: int, a: str, b: str, every: str, asked: Filters) -> dict[str, Any]:
    found = ask.tension(source, a, b, every=every, asked=asked)
    raised = ask.alarms(source, a, b, asked=replace(asked, since=None))
    turns = ask.turning_points(source, a, b, asked=asked)
    wide = tension_chart(found, raised, turns, source=line, wide=_WIDE, key=False, said="")
    narrow = tension_chart(found, raised, turns, source=line, wide=_NARROW, key=False, said="")
    pair = (sides.side(a), sides.side(b))
    columns, rows = incidents(source, replace(asked, since=None, until=None), pair)
    mine = [columns.incidents[r] for r in rows if _within(columns.incidents[r], asked)]
    last = next((p for p in reversed(found.points) if not p.gap), None)
    given = {"actor": a, "recipient": b, "from": asked.since, "to": asked.until, "as_of": asked.as_of}
    return {
        "a": a, "b": b, "title": f"{named(found.a or a)} – {named(found.b or b)}", "tension": found, "alarms": raised, "turns": turns,
        "charts": _charts(n, wide, narrow), "incidents": mine[-200:], "count": len(mine), "last": last,
        "api": words.address("/api/v1/tension", every=every, **given),
        "rows": words.address("/api/v1/incidents", dyad=f"{a} - {b}", **{k: v for k, v in given.items() if k not in ("actor", "recipient")}),
    }  # fmt: skip


def _within(incident: Incident, asked: Filters) -> bool:
    """As the store's filters have it: its days and the days that are asked for meet."""
    if not asked.since and not asked.until:
        return True
    date = incident.date
    first, last = (date.start_date or date.end_date, date.end_date or date.start_date) if date else (None, None)
    if not first or not last:
        return False
    return last >= (asked.since or "") and first <= (asked.until or "9999")


def _charts(n: int, wide: Picture, narrow: Picture) -> list[tuple[str, Markup, Days | None]]:
    """Pictures for wide and for narrow windows, with their scale of days; the ids in each are its own."""
    return [(kind, Markup(_own_ids(p.svg, f"{kind}{n}-")), p.days) for kind, p in (("wide", wide), ("slim", narrow))]


def _own_ids(svg: str, prefix: str) -> str:
    svg = re.sub(r'( id="|url\(#)', rf"\g<1>{prefix}", svg)
    return re.sub(r'aria-labelledby="(\S+) (\S+)"', rf'aria-labelledby="{prefix}\1 {prefix}\2"', svg, count=1)


def map_(store: Store, given: MapForm) -> dict[str, Any]:
    """Places of incidents; of the last thirty days, if nothing else is asked for."""
    asked, a, b = dyad_of(given.filters())
    if a and b:
        asked = replace(asked, dyad=f"{a} - {b}")
    source = told.measuring(store)
    days = sorted({r[0] for r in source.coverage(asked)})
    if days and not (asked.since or asked.until or asked.on):
        first = (date.fromisoformat(days[-1]) - timedelta(_BEFORE - 1)).isoformat()
        asked = replace(asked, since=max(first, days[0]))
    pair = sides.pair(asked.dyad) if asked.dyad else None
    columns, rows = incidents(source, asked, pair)
    line = told.line(store, asked.as_of)
    wide, narrow = (
        map_of(columns, rows, source=line, when=days_of(asked), wide=w, high=h, title="", legend=legend)
        for w, h, legend in ((_WIDE, 520.0, True), (_NARROW, 380.0, False))
    )
    own = {
        "from": asked.since, "to": asked.until, "on": asked.on, "dyad": asked.dyad, "type": list(given.type), "place": asked.place,
        "actor": asked.actor, "recipient": asked.recipient, "status": list(given.status), "text": asked.text, "as_of": asked.as_of,
    }  # fmt: skip
    happened = [columns.incidents[r] for r in rows if 0 <= columns.channel[r] < 5]
    return {
        "form": given, "asked": asked, "charts": _charts(1, wide, narrow), "places": wide.rows, "count": len(happened), "days": days,
        "incidents": happened[-200:], "api": words.address("/api/v1/incidents", **own), "source": line, "steps": _steps(days, own),
    }  # fmt: skip


def _steps(days: Sequence[str], own: dict[str, Any]) -> list[tuple[str, str]]:
    """Weeks of the store to step through, without a slider: (words, address); at most a dozen, the last."""
    if not days:
        return []
    last, first = date.fromisoformat(days[-1]), date.fromisoformat(days[0])
    found = []
    for back in range(12):
        end = last - timedelta(7 * back)
        if end < first:
            break
        begin = end - timedelta(6)
        given = own | {"from": begin.isoformat(), "to": end.isoformat(), "on": None}
        found.append((f"{begin.day} {begin:%b} – {end.day} {end:%b %Y}", words.address("/map", **given)))
    return found[::-1]


def incident(store: Store, name: str, as_of: str | None) -> dict[str, Any]:
    """All of an incident."""
    shown = store.show(name, as_of, texts=False)
    links = {link.event_id: link for link in shown.incident.links}
    events = sorted(shown.events, key=lambda e: (e.document.published or "", e.document.id, e.trigger.start))
    reports: defaultdict[str, list[Event]] = defaultdict(list)
    for e in events:
        reports[e.document.id].append(e)
    outlets = {e.document.source or e.document.id for e in events}
    days = sorted({(e.document.published or "")[:10] for e in events} - {""})
    return {
        "shown": shown, "incident": shown.incident, "reports": list(reports.values()), "links": links, "as_of": as_of, "outlets": outlets,
        "ledger": words.ledger(shown.claims), "days": days, "source": told.line(store, as_of),
        "history": [(_time(at), what) for at, what in shown.history], "corrections": [(_time(c.at), c) for c in shown.corrections],
    }  # fmt: skip


def _time(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(" ", "seconds")


def document(store: Store, name: str, as_of: str | None) -> dict[str, Any]:
    """A report with its events marked."""
    found, events = store.document(name, as_of)
    owners = store.incidents_of([e.event_id for e in events], as_of)
    return {
        "document": found, "events": events, "incidents": owners, "text": with_events(found, events), "as_of": as_of,
        "source": told.line(store, as_of),
    }  # fmt: skip


def with_events(document: Document, events: Sequence[Event]) -> Markup:
    """The text of a report, each trigger a link to its record on the page."""
    marks = [Mark(e.sentence.start, e.sentence.end, "sentence") for e in events]
    for e in events:
        marks += marks_of(e, f"#{e.event_id}", trigger_only=True)
    return marked(document.text, marks)


def actor(store: Store, given: ActorForm) -> dict[str, Any]:
    """What an actor does, suffers, and with whom."""
    did, met = (
        list(store.measuring().measured(filters.of(None, {"as_of": given.as_of, side: given.name})))
        for side in ("actor", "recipient")
    )
    label = named(given.name)
    others: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for n, several in enumerate((did, met)):
        for i in several:
            for code in {p.country for p in (i.recipients if n == 0 else i.actors) if p.country}:
                others[code][n] += 1
    partners = sorted(others.items(), key=lambda o: (-sum(o[1]), o[0]))[:15]
    types: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for n, several in enumerate((did, met)):
        for i in several:
            types[i.type][n] += 1
    return {
        "form": given, "label": label, "did": did[-60:], "met": met[-60:], "counts": (len(did), len(met)), "partners": partners,
        "types": sorted(types.items(), key=lambda t: (-sum(t[1]), t[0])), "source": told.line(store, given.as_of),
    }  # fmt: skip


def search(store: Store, given: SearchForm, this: Page) -> dict[str, Any]:
    """A page of results."""
    asked = replace(this.asked, limit=this.size + 1)
    if given.of == "documents":
        asked = Filters(
            since=asked.since,
            until=asked.until,
            text=asked.text,
            as_of=asked.as_of,
            limit=asked.limit,
            offset=asked.offset,
        )
    # Of an incident the page tells neither its events nor its claims.
    found = store.measuring().measured(asked) if given.of == "incidents" else getattr(store, given.of)(asked)
    rows = list(islice(found, this.size + 1))
    own = {
        "from": given.since, "to": given.until, "on": given.on, "text": given.text, "as_of": given.as_of, "actor": given.actor,
        "recipient": given.recipient, "dyad": given.dyad, "type": list(given.type), "place": given.place, "status": list(given.status),
        "min_confidence": given.min_confidence or None,
    }  # fmt: skip
    if given.of == "documents":
        own = {k: own[k] for k in ("from", "to", "text", "as_of")}
    after = this.next() if len(rows) > this.size else None
    return {
        "form": given, "rows": rows[: this.size], "first": asked.offset + 1, "api": words.address(f"/api/v1/{given.of}", **own),
        "next": words.address("/search", of=given.of, cursor=after, **own) if after else "",
        "source": told.line(store, given.as_of),
    }  # fmt: skip


def coded(
    text: str,
    published: str | None,
    settings: Settings,
    code: Callable[[Document, str | None, Settings], pipeline.Outcome],
) -> dict[str, Any]:
    """A pasted report with its events marked. Raises RecordError for a date that is none."""
    outcome = code(Document(text, published=published, reader="form/1"), None, settings)
    return {
        "document": outcome.document, "events": outcome.events, "skipped": outcome.skipped or outcome.error,
        "text": with_events(outcome.document, outcome.events), "incidents": {},
    }  # fmt: skip
