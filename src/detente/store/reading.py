"""What a store answers: events, incidents, claims and documents as of a moment, by filters."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, TypeVar

from detente.errors import RecordError
from detente.records import Claim, CoderVersion, Document, Event, Incident, Link
from detente.store import archive, ledger
from detente.store.committed import Committed
from detente.store.filters import Filters, conditions
from detente.store.in_force import at as rows_at
from detente.store.rows import DocumentRow, EventRow, SentenceRow

log = logging.getLogger("detente")

_Row = TypeVar("_Row")

#: Finds the numbers of sentences with words.
Finder = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class RejectedEvent(Event):
    """An event that an analyst rejected; in JSON it has ``"rejected": true``."""

    rejected: bool = True


@dataclass(frozen=True, slots=True)
class RejectedIncident(Incident):
    """An incident as it was before analysts rejected all that told of it."""

    rejected: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the store's time: the last run that counts; ``published``: only what was published up to that day, because
    the moment lies before the store's first run."""

    run: int
    published: str | None = None


def moment(seen: Committed, asked: Filters) -> Moment:
    """The point in time that is asked for; says in the log when publication dates must answer."""
    last = seen.refresh()
    at = asked.moment
    if at is None:
        return Moment(last)
    row = seen.fetch("SELECT max(run) FILTER (time <= ?) AS run, count(*) AS runs FROM runs", (at,))[0]
    if row["run"] is not None or not row["runs"]:
        return Moment(row["run"] or 0)
    log.warning("the store knew nothing yet on %s: this is what had been published by then", asked.as_of)
    return Moment(last, str(asked.as_of)[:10])


# Documents in force; corrected events; events in force.
_NOW = """
cur AS (SELECT doc, max(run) AS coding FROM documents WHERE run <= {run} GROUP BY doc),
cor AS (SELECT event_id, coding, max(run) AS latest FROM events WHERE layer = 1 AND run <= {run} GROUP BY event_id, coding),
now AS (
  SELECT e.* FROM events e JOIN cur ON cur.doc = e.doc AND cur.coding = e.coding
  LEFT JOIN cor ON cor.event_id = e.event_id AND cor.coding = e.coding
  WHERE e.run <= {run} AND ((cor.latest IS NULL AND e.layer = 0) OR (e.layer = 1 AND e.run = cor.latest)) {rejected}
)"""
_PLACED = """
 FROM now JOIN sentences s ON s.sentence = now.sentence JOIN documents d ON d.doc = now.doc AND d.run = now.coding"""
#: What `read_event` needs beside the columns of an event: of its sentence (s) and of its document (d).
EVENT_DOCUMENT = "id, sha256, title, published, source, url, language, coder, version"
EVENT_COLUMNS = 's."index", s.start, s."end", s.text, ' + ", ".join(f"d.{c}" for c in EVENT_DOCUMENT.split(", "))
#: The address of a page without its path: owners of outlets are told by it, and a site has few rows a day, its pages many.
_SITE = "coalesce(nullif(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*'), ''), url)"
_FIRST, _CHUNK = 200, 2000  # rows that are looked up at a time: few at first, so that these come soon


class Reading:
    """Questions to one reader of a store."""

    def __init__(self, seen: Committed, find: Finder) -> None:
        self.seen, self.find = seen, find

    def events(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[Event]:
        """Events in force, by date (of the event, else of publication), document and place in the text."""
        return (
            RejectedEvent(**{f.name: getattr(e, f.name) for f in fields(e)}) if row["rejected"] else e
            for row in self.event_rows(asked, more, given)
            for e in (read_event(row),)
        )

    def event_rows(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[dict[str, Any]]:
        """The rows of `events` with their sentence and document, for `read_event`."""
        if not self.seen.keep:
            sql, values = self._event_query(asked, f"now.*, {EVENT_COLUMNS}", more, given)
            yield from self.seen.stream(sql, values)
            return
        # Which rows first, then the rows: sorting whole records takes ten times as long.
        sql, values = self._event_query(asked, "now.rowid AS e, now.s, now.d", more, given)
        wanted = self.seen.fetch(sql, values)
        for some in _chunks(wanted):
            events = self._by_rowid("events", "*", {w["e"] for w in some})
            sentences = self._by_rowid("sentences", '"index", start, "end", text', {w["s"] for w in some})
            documents = self._by_rowid("documents", EVENT_DOCUMENT, {w["d"] for w in some})
            yield from ({**events[w["e"]], **sentences[w["s"]], **documents[w["d"]]} for w in some)

    def _by_rowid(self, table: str, columns: str, rows: set[int]) -> dict[int, dict[str, Any]]:
        # Of a list in the place of `unnest` DuckDB does not see between which rows it must look.
        sql = f'SELECT rowid AS "row", {columns} FROM {table} WHERE rowid IN (SELECT unnest(?))'
        return {r.pop("row"): r for r in self.seen.fetch(sql, (sorted(rows),))}

    def _event_query(
        self, asked: Filters, columns: str, more: str, given: Sequence[object]
    ) -> tuple[str, list[object]]:
        at = moment(self.seen, asked)
        found, values = conditions(asked, "now", spoken=True)
        of_events, words = self._of_events(asked, at)
        found += of_events
        values += words
        if more:
            found.append(more)
            values += given
        kept = self.seen.keep
        placed = " FROM now" if kept and not of_events and "d." not in more else _PLACED
        sql = f"WITH {_now(at.run, '' if asked.rejected else 'AND NOT e.rejected', kept)} SELECT {columns} {placed}"
        sql += (" WHERE " + " AND ".join(found)) if found else ""
        day = "now.day" if kept else "coalesce(now.date.start_date, left(d.published, 10))"
        sql += f" ORDER BY {day}, now.doc, now.trigger.start, now.event_id"
        return sql + _limit(asked), values

    def _of_events(self, asked: Filters, at: Moment) -> tuple[list[str], list[object]]:
        """What is asked of an event in force (now), its sentence (s) and its document (d) alone: confidence, words, archive."""
        found: list[str] = []
        values: list[object] = []
        if asked.min_confidence:
            found.append("now.confidence >= ?")
            values.append(asked.min_confidence)
        if asked.text:
            condition, numbers = self._with_words(asked.text)
            found.append(condition)
            values += numbers
        if at.published:
            found.append("left(d.published, 10) <= ?")
            values.append(at.published)
        return found, values

    def _with_words(self, text: str) -> tuple[str, list[object]]:
        """Sentences that have all words of the text; words in quotation marks must stand together."""
        numbers = self.find(text)
        found = "s.sentence IN (SELECT unnest(?))"
        values: list[object] = [numbers]
        for phrase in text.split('"')[1::2]:
            found += " AND contains(lower(s.text), ?)"
            values.append(phrase.casefold())
        return found, values

    def incidents(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[Incident]:
        """Incidents in force, by their first day."""
        at = moment(self.seen, asked)
        if at.published:
            found = (
                i for i in self._of_then(asked, at, more, given) if not asked.statuses or i[0].status in asked.statuses
            )
            yield from (incident for incident, _ in _page(found, asked))
            return
        sql, values = self._incident_query(asked, at, more, given)
        chunk: list[dict[str, Any]] = []
        size = _FIRST
        for row in self.seen.stream(sql, values):
            chunk.append(row)
            if len(chunk) == size:
                yield from self._whole(chunk, at, asked.rejected)
                chunk, size = [], _CHUNK
        yield from self._whole(chunk, at, asked.rejected)

    def measured(self, asked: Filters) -> list[Incident]:
        """Incidents in force without the names of their events and claims and without links, in a tenth of the time."""
        sql, values = self._incident_query(asked, moment(self.seen, asked), "", ())
        return [Incident.from_dict(row) for row in self.seen.stream(sql, values)]

    def coverage(self, asked: Filters) -> list[tuple[str, str | None, str | None, int]]:
        """Of the reports in force that were read: (day of publication, outlet, address of its site, how many)."""
        at = moment(self.seen, asked)
        until = "AND left(published, 10) <= ?" if at.published else ""
        rows = self.seen.fetch(
            f"SELECT left(published, 10) AS day, source, {_SITE} AS site, count(*) AS n FROM {self._documents_at(at.run)} "
            f"WHERE published IS NOT NULL AND skipped IS NULL {until} GROUP BY ALL ORDER BY ALL",
            (at.published,) if at.published else (),
        )
        return [(r["day"], r["source"], r["site"], r["n"]) for r in rows]

    def told(self, asked: Filters) -> list[tuple[str, int]]:
        """Of all incidents in force: (day of the first report, how many)."""
        at = moment(self.seen, asked)
        rows = self.seen.fetch(
            f"WITH {in_force(at.run, keep=self.seen.keep)} SELECT left(i.first_report, 10) AS day, count(*) AS n FROM latest i "
            "WHERE NOT i.gone AND i.first_report IS NOT NULL GROUP BY ALL ORDER BY ALL"
        )
        return [(r["day"], r["n"]) for r in rows if not at.published or r["day"] <= at.published]

    def coded_by(self, asked: Filters) -> tuple[int | None, tuple[CoderVersion, ...]]:
        """When the store last changed (microseconds since 1970), and the versions that coded the reports in force."""
        at = moment(self.seen, asked)
        changed = self.seen.fetch(f"SELECT max(time) AS time FROM runs WHERE run <= {at.run}")[0]["time"]
        rows = self.seen.fetch(f"SELECT DISTINCT coder FROM {self._documents_at(at.run)} WHERE coder IS NOT NULL")
        found = {CoderVersion.from_dict(r["coder"]) for r in rows}
        return changed, tuple(sorted(found, key=lambda c: (c.name, c.version, c.model, c.knowledge)))

    def events_of(self, asked: Filters, ids: Sequence[str]) -> dict[str, tuple[Incident, tuple[Event, ...]]]:
        """Incidents with their events, by id; of the filters only ``as_of`` counts."""
        incidents = list(self.incidents(asked, "i.incident_id IN (SELECT unnest(?))", (list(ids),)))
        owner = {e: i.incident_id for i in incidents for e in i.events}
        told: defaultdict[str, list[Event]] = defaultdict(list)
        for event in self.events(asked, "now.event_id IN (SELECT unnest(?))", (list(owner),)):
            told[owner[event.event_id]].append(event)
        return {i.incident_id: (i, tuple(told[i.incident_id])) for i in incidents}

    def _incident_query(
        self, asked: Filters, at: Moment, more: str, given: Sequence[object]
    ) -> tuple[str, list[object]]:
        found, values = conditions(asked, "i", spoken=False)
        told, words = self._of_events(asked, at)
        if told:
            found.append(
                f"i.incident_id IN (SELECT m.incident_id {_PLACED} JOIN members m ON m.event_id = now.event_id WHERE {' AND '.join(told)})"
            )
            values += words
        if more:
            found.append(more)
            values += given
        now = in_force(at.run, keep=self.seen.keep, rejected=asked.rejected)
        sql = f"WITH {now} SELECT i.* FROM latest i WHERE NOT i.gone"
        sql += "".join(f" AND {c}" for c in found)
        sql += " ORDER BY coalesce(i.date.start_date, left(i.first_report, 10)), i.first_report, i.incident_id"
        return sql + _limit(asked), values

    def _whole(self, rows: Sequence[dict[str, Any]], at: Moment, rejected: bool = False) -> Iterator[Incident]:
        """Incidents with the names of their events and claims, and the links."""
        if not rows:
            return
        ids = [r["incident_id"] for r in rows]
        links = self._members(ids, at, rejected)
        claims = defaultdict(list)
        for c in self.seen.fetch(
            f"WITH {latest_claims(at.run, 'incident_id IN (SELECT unnest(?))', self.seen.keep)} SELECT claim_id, incident_id FROM said ORDER BY said, claim_id",
            (ids,),
        ):
            claims[c["incident_id"]].append(c["claim_id"])
        for row in rows:
            mine = links[row["incident_id"]]
            kind = RejectedIncident if row.get("rejected") else Incident
            yield kind.from_dict(
                {
                    **row,
                    "events": [m["event_id"] for m in mine],
                    "claims": claims[row["incident_id"]],
                    "links": [k.to_dict() for k in _links(mine)],
                }
            )

    def _members(self, ids: Sequence[str], at: Moment, rejected: bool) -> dict[str, list[dict[str, Any]]]:
        """Of each incident the rows of its events in force; ``rejected``: with the rejected (each row says whether it is one)."""
        links = defaultdict(list)
        placed, archived = "", ""
        if at.published:
            placed = "JOIN documents d ON d.doc = now.doc AND d.run = now.coding "
            archived = f"AND left(d.published, 10) <= '{at.published}' "
        for m in self.seen.fetch(
            f"WITH mine AS (SELECT DISTINCT event_id FROM incident_events WHERE incident_id IN (SELECT unnest(?)) AND run <= {at.run}), "
            f"{in_force(at.run, 'mine', self.seen.keep, rejected)} SELECT m.*, now.rejected FROM now {placed}"
            f"JOIN members m ON m.event_id = now.event_id WHERE m.incident_id IN (SELECT unnest(?)) {archived}ORDER BY m.event_id",
            (ids, ids),
        ):
            links[m["incident_id"]].append(m)
        return links

    def _of_then(
        self, asked: Filters, at: Moment, more: str, given: Sequence[object]
    ) -> Iterator[tuple[Incident, tuple[Claim, ...]]]:
        """Incidents with their claims by what had been published. The status is that of then; the other conditions ask the
        record of now."""
        sql, values = self._incident_query(replace(asked, limit=None, offset=0, status=()), at, more, given)
        rejected = {r["incident_id"]: bool(r.get("rejected")) for r in self.seen.fetch(sql, values)}
        for some in _chunks(list(rejected)):
            members = self._members(some, at, asked.rejected)
            # What analysts rejected counts only in the incidents of which they rejected all.
            counted = {
                i: [m["event_id"] for m in mine if rejected[i] or not m["rejected"]] for i, mine in members.items()
            }
            of_rejected = {e for i, ids in counted.items() if rejected[i] for e in ids}
            docs = sorted({m["doc"] for mine in members.values() for m in mine})
            rows = self.event_rows(Filters(rejected=asked.rejected), "now.doc IN (SELECT unnest(?))", (docs,))
            events = [read_event(r) for r in rows if not r["rejected"] or r["event_id"] in of_rejected]
            links = {i: _links(mine) for i, mine in members.items()}
            then = archive.as_published(counted, links, self._documents(docs, at), events)
            for name in (i for i in some if i in then):
                incident, said = then[name]
                if rejected[name]:
                    record = {f.name: getattr(incident, f.name) for f in fields(incident)}
                    incident, said = RejectedIncident(**{**record, "claims": ()}), ()
                elif len(counted[name]) < len(members[name]):
                    ids = [m["event_id"] for m in members[name]]
                    kept = tuple(k for k in links[name] if k.event_id in ids and k.to in ids)
                    incident = replace(incident, events=tuple(ids), links=kept)
                yield incident, said

    def _documents_at(self, run: int) -> str:
        """Documents in force at a run, in the place of a table."""
        if self.seen.keep:
            return f"(SELECT * FROM documents WHERE {rows_at(run, 'documents')})"
        return (
            "(SELECT * FROM documents JOIN "
            f"(SELECT doc, max(run) AS run FROM documents WHERE run <= {run} GROUP BY doc) USING (doc, run))"
        )

    def _documents(self, docs: Sequence[int], at: Moment) -> Iterator[Document]:
        """Documents in force by their numbers."""
        sql = f"SELECT * FROM {self._documents_at(at.run)} WHERE doc IN (SELECT unnest(?))"
        return self._with_texts([DocumentRow.from_dict({**r, "text": None}) for r in self.seen.fetch(sql, (docs,))])

    def claims(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[Claim]:
        """Claims in force of the incidents that the filters ask for, by when they were said."""
        at = moment(self.seen, asked)
        if at.published:
            said = (
                c
                for i, told in self._of_then(asked, at, more, given)
                if not asked.statuses or i.status in asked.statuses
                for c in told
            )
            order = sorted(said, key=lambda c: (c.said or "9999", c.incident_id, c.attribute, c.claim_id))
            yield from _page(order, asked)
            return
        found: list[str] = []
        values: list[object] = []
        if not asked.plain:
            ids = [
                i["incident_id"]
                for i in self.seen.fetch(*self._incident_query(replace(asked, limit=None, offset=0), at, "", ()))
            ]
            found.append("incident_id IN (SELECT unnest(?))")
            values.append(ids)
        if more:
            found.append(more)
            values += given
        columns = "*" if not self.seen.keep else "c"
        sql = f"WITH {latest_claims(at.run, keep=self.seen.keep)} SELECT {columns} FROM said"
        sql += " WHERE " + " AND ".join(found) if found else ""
        sql += " ORDER BY said, incident_id, attribute, claim_id" + _limit(asked)
        if not self.seen.keep:
            yield from map(Claim.from_dict, self.seen.stream(sql, values))
            return
        wanted = [r["c"] for r in self.seen.fetch(sql, values)]
        for some in _chunks(wanted):
            rows = self._by_rowid("claims", "*", set(some))
            yield from (Claim.from_dict(rows[c]) for c in some)

    def documents(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[Document]:
        """Documents in force, by publication; of the filters only dates (of publication), ``text``, ``as_of``, ``limit`` and ``offset``."""
        at = moment(self.seen, asked)
        if any(
            (
                asked.actor,
                asked.recipient,
                asked.dyad,
                asked.types,
                asked.place,
                asked.statuses,
                asked.min_confidence,
                asked.on,
            )
        ):
            raise RecordError("documents are asked for by dates of publication, text, as_of and limit")
        found: list[str] = ["true"]
        values: list[object] = []
        for condition, value in (
            ("left(published, 10) >= ?", asked.since),
            ("left(published, 10) <= ?", asked.until or at.published),
        ):
            if value:
                found.append(condition)
                values.append(value)
        if asked.text:
            condition, numbers = self._with_words(asked.text)
            found.append(f"doc IN (SELECT doc FROM sentences s WHERE {condition})")
            values += numbers
        if more:
            found.append(more)
            values += given
        sql = f"SELECT * FROM {self._documents_at(at.run)} d WHERE {' AND '.join(found)} ORDER BY published, doc"
        chunk: list[DocumentRow] = []
        for row in self.seen.stream(sql + _limit(asked), values):
            chunk.append(DocumentRow.from_dict({"text": None, **row}))
            if len(chunk) == 500:
                yield from self._with_texts(chunk)
                chunk = []
        yield from self._with_texts(chunk)

    def _with_texts(self, rows: Sequence[DocumentRow]) -> Iterator[Document]:
        texts = self.seen.texts((r.doc, r.version) for r in rows)
        yield from (ledger.document(r, texts[r.doc, r.version]) for r in rows if (r.doc, r.version) in texts)


def _chunks(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    yield rows[:_FIRST]
    for at in range(_FIRST, len(rows), _CHUNK):
        yield rows[at : at + _CHUNK]


def _links(members: Iterable[dict[str, Any]]) -> list[Link]:
    """The links that rows of `incident_events` tell."""
    return [Link(m["event_id"], m["to"], m["link"] or 0.0, tuple(m["reasons"] or ())) for m in members if m["to"]]


def _page(rows: Iterable[_Row], asked: Filters) -> Iterator[_Row]:
    """What `_limit` asks for, of rows that no query gives."""
    return islice(rows, asked.offset, None if asked.limit is None else asked.offset + asked.limit)


def _limit(asked: Filters) -> str:
    """Of the rows of a query the page that is asked for."""
    limit = f" LIMIT {asked.limit}" if asked.limit is not None else ""
    return limit + (f" OFFSET {asked.offset}" if asked.offset else "")


def _now(run: int, more: str, kept: bool) -> str:
    """Events in force at a run, as ``now``; ``kept``: of a reader that has loaded the rows."""
    if kept:
        return f"now AS (SELECT e.*, e.rowid FROM events e WHERE {rows_at(run, 'e')} {more})"
    return _NOW.format(run=run, rejected=more)


def in_force(run: int, only: str = "", keep: bool = False, rejected: bool = False) -> str:
    """Events, memberships and incidents (``latest``) in force; ``only``: a table of the events that matter; ``keep``: of a
    reader that has loaded the rows; ``rejected``: with what analysts rejected, as it was last (the incidents say so)."""
    among = f" AND event_id IN (SELECT event_id FROM {only})" if only else ""
    now = _now(run, ("" if rejected else "AND NOT e.rejected") + among.replace(" event_id IN", " e.event_id IN"), keep)
    if keep:
        members = f"SELECT m.* FROM incident_events m WHERE {rows_at(run, 'm')} AND m.incident_id IS NOT NULL{among}"
        latest = f"SELECT i.* FROM incidents i WHERE {rows_at(run, 'i')}"
    else:
        members = f"""
  SELECT m.* FROM incident_events m JOIN (SELECT event_id, max(run) AS run FROM incident_events WHERE run <= {run}{among} GROUP BY event_id)
  USING (event_id, run) WHERE m.incident_id IS NOT NULL
"""
        latest = f"""
  SELECT i.* FROM incidents i JOIN (SELECT incident_id, max(run) AS run FROM incidents WHERE run <= {run} GROUP BY incident_id)
  USING (incident_id, run)
"""
    if not rejected:
        return f"{now}, members AS ({members}), latest AS ({latest})"
    # A rejected event left its incident; the last one that it was in says what was rejected.
    return f"""{now}, stayed AS ({members}), was AS (
  SELECT m.* FROM incident_events m JOIN (SELECT event_id, max(run) AS run FROM incident_events
    WHERE run <= {run} AND incident_id IS NOT NULL AND event_id IN (SELECT event_id FROM now WHERE now.rejected) GROUP BY event_id)
  USING (event_id, run) WHERE m.event_id NOT IN (SELECT event_id FROM stayed)
), members AS (SELECT * FROM stayed UNION ALL BY NAME SELECT * FROM was), newest AS ({latest}), latest AS (
  SELECT *, false AS rejected FROM newest UNION ALL BY NAME
  SELECT i.*, true AS rejected FROM incidents i JOIN (SELECT o.incident_id, max(o.run) AS run FROM incidents o JOIN newest n
    ON n.incident_id = o.incident_id WHERE o.run <= {run} AND NOT o.gone AND n.gone AND len(n.became) = 0
    AND o.incident_id IN (SELECT incident_id FROM was) GROUP BY o.incident_id) USING (incident_id, run)
)"""


def latest_claims(run: int, only: str = "true", keep: bool = False) -> str:
    """The claims in force, as ``said``; ``only``: a condition that bounds them; ``keep``: of a reader that has loaded the rows."""
    if keep:
        return f"said AS (SELECT c.*, c.rowid AS c FROM claims c WHERE {rows_at(run, 'c')} AND {only} AND NOT c.gone)"
    return f"""said AS (SELECT c.* FROM claims c JOIN
  (SELECT incident_id, claim_id, max(run) AS run FROM claims WHERE run <= {run} AND {only} GROUP BY ALL) USING (incident_id, claim_id, run)
  WHERE NOT c.gone)"""


def read_event(row: dict[str, Any]) -> Event:
    """The event of a row of `Reading.event_query`."""
    of = DocumentRow(
        run=row["coding"], doc=row["doc"], version=row["version"], id=row["id"], title=row["title"], published=row["published"],
        source=row["source"], url=row["url"], language=row["language"], sha256=row["sha256"],
        coder=CoderVersion.from_dict(row["coder"]) if row["coder"] else None,
    )  # fmt: skip
    told = SentenceRow(row["coding"], row["doc"], row["sentence"], row["index"], row["start"], row["end"], row["text"])
    return ledger.event(EventRow.from_dict(row), told, of)
