"""What a store answers: events, incidents, claims and documents as of a moment, by filters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from detente.errors import RecordError
from detente.records import (
    Claim,
    CoderVersion,
    Document,
    Event,
    Incident,
)
from detente.store import archive, as_records, columns, ledger, moments, numbered
from detente.store.committed import Committed
from detente.store.filters import Filters, conditions
from detente.store.found import CHUNK, FIRST, Drawn, Found
from detente.store.in_force import at as rows_at
from detente.store.moments import PLACED, Moment, in_force, latest_claims, moment
from detente.store.numbered import Numbers
from detente.store.rejected import RejectedIncident
from detente.store.rows import DocumentRow

_Row = TypeVar("_Row")
_BESIDE = re.compile(r"\b[sd]\.")

#: Finds the numbers of sentences with words.
Finder = Callable[[str], list[int]]

#: The address of a page without its path: owners of outlets are told by it, and a site has few rows a day, its pages many.
_SITE = "coalesce(nullif(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*'), ''), url)"


class Reading:
    """Questions to one reader of a store."""

    def __init__(self, seen: Committed, find: Finder) -> None:
        self.seen, self.find = seen, find

    def events(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Found[Event]:
        """Events in force, by date (of the event, else of publication), document and place in the text."""
        if self.seen.keep:
            numbers = Numbers(self.seen, *self._event_query(asked, "now.rowid AS e, now.s, now.d", more, given))
            return Found(Event, numbered.Events(numbers))
        parts = f"{as_records.EVENT}, {as_records.SENTENCE}, {as_records.DOCUMENT}"
        query, as_json = (
            self._event_query(asked, f"now.rejected AS rejected, {what}", more, given)
            for what in (parts, as_records.EVENT_PARTS_JSON)
        )

        def made(rows: Sequence[dict[str, Any]]) -> list[Event]:
            read: as_records.Documents = {}
            return [as_records.event(*_parts(r), documents=read) for r in rows]

        def lines() -> Iterator[str]:
            return self._streamed(as_json, lambda rows: [as_records.event_line(*_parts(r)) for r in rows])

        return Found(Event, Drawn(Event, self._streamed(query, made), False, lines))

    def _streamed(
        self, query: tuple[str, list[object]], make: Callable[[Sequence[dict[str, Any]]], Iterable[_Row]]
    ) -> Iterator[_Row]:
        """What is made of the rows of a query, some at a time."""
        waiting = self.seen.stream(*query)
        size = FIRST
        while some := list(islice(waiting, size)):
            with columns.making_many():
                found = make(some)
            yield from found
            size = CHUNK

    def event_rows(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Iterator[dict[str, Any]]:
        """The rows of `events` with their sentence and document, for `as_records.read_event`."""
        sql, values = self._event_query(asked, f"now.*, {as_records.EVENT_COLUMNS}", more, given, placed=True)
        yield from self.seen.stream(sql, values)

    def standing(self, ids: Sequence[str], asked: Filters) -> list[dict[str, Any]]:
        """Of events in force, in the order of `events`: the number, version and id of the document, and where the trigger stands in it."""
        what = 'now.doc, d.version, d.id, now.trigger.start AS start, now.trigger."end" AS "end"'
        sql, values = self._event_query(asked, what, *_named(ids), placed=True)
        return self.seen.fetch(sql, values)

    def named(self, ids: Sequence[str], asked: Filters) -> Found[Event]:
        """Events in force by their ids."""
        return self.events(asked, *_named(ids))

    def _event_query(
        self, asked: Filters, what: str, more: str, given: Sequence[object], placed: bool = False
    ) -> tuple[str, list[object]]:
        """The query of ``what`` of the events (now) that are asked for; ``placed``: with the sentence (s) and the document (d)."""
        at = moment(self.seen, asked)
        found, values = self._narrowed(conditions(asked, "now", spoken=True), "now.rowid", "events", asked)
        of_events, words = self._of_events(asked, at)
        found += of_events
        values += words
        if more:
            found.append(more)
            values += given
        kept = self.seen.keep
        now = moments.now(at.run, "" if asked.rejected else "AND NOT e.rejected", kept)
        sql = f"WITH {now} SELECT {what} {_place([*of_events, more]) if kept and not placed else PLACED}"
        sql += (" WHERE " + " AND ".join(found)) if found else ""
        day = "now.day" if kept else "coalesce(now.date.start_date, left(d.published, 10))"
        sql += f" ORDER BY {day}, now.doc, now.trigger.start, now.event_id"
        return sql + _limit(asked), values

    def _narrowed(
        self, conditions: tuple[list[str], list[object]], number: str, name: str, asked: Filters
    ) -> tuple[list[str], list[object]]:
        """Conditions on rows of a loaded table, of those alone that the countries of the filters leave."""
        among = self.seen.countries.among(name, asked) if self.seen.keep else None
        if among is None:
            return conditions
        found, values = conditions
        return [f"{number} IN (SELECT unnest(?::BIGINT[]))", *found], [among, *values]

    def _of_events(self, asked: Filters, at: Moment) -> tuple[list[str], list[object]]:
        """What is asked of an event in force (now), its sentence (s) and its document (d) alone: confidence, words, archive."""
        found: list[str] = []
        values: list[object] = []
        if asked.min_confidence:
            found.append("now.confidence >= ?")
            values.append(asked.min_confidence)
        if asked.text:
            condition, numbers = self._with_words(asked.text, "now")
            found.append(condition)
            values += numbers
        if at.published:
            found.append("left(d.published, 10) <= ?")
            values.append(at.published)
        return found, values

    def _with_words(self, text: str, row: str) -> tuple[str, list[object]]:
        """Rows whose sentence (s) has all words of the text; words in quotation marks must stand together."""
        numbers = self.find(text)
        # Of words that many tell of: as JSON DuckDB takes a list in less than half the time.
        found = f"""{row}.sentence IN (SELECT unnest(from_json(?, '["BIGINT"]')))"""
        values: list[object] = [str(numbers)]
        for phrase in text.split('"')[1::2]:
            found += " AND contains(lower(s.text), ?)"
            values.append(phrase.casefold())
        return found, values

    def incidents(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Found[Incident]:
        """Incidents in force, by their first day."""
        at = moment(self.seen, asked)
        if at.published:
            then = (
                i
                for i, _ in archive.incidents(self, asked, at, more, given)
                if not asked.statuses or i.status in asked.statuses
            )
            return Found(Incident, Drawn(Incident, _page(then, asked), self.seen.keep))
        rejected = f"{'i.rejected' if asked.rejected else 'false'} AS rejected"
        if self.seen.keep:
            numbers = Numbers(self.seen, *self.incident_query(asked, at, f"i.n, {rejected}", more, given))
            return Found(Incident, numbered.Incidents(numbers, lambda ids: self._told(ids, at, asked.rejected)))
        query, as_json = (
            self.incident_query(asked, at, f"i.incident_id, {rejected}, {what}", more, given)
            for what in (as_records.INCIDENT, as_records.INCIDENT_JSON)
        )

        def made(rows: Sequence[dict[str, Any]]) -> list[Incident]:
            return self._whole(rows, at, asked.rejected)

        def plain(rows: Sequence[dict[str, Any]]) -> list[str]:
            told = self._told([r["incident_id"] for r in rows], at, asked.rejected)
            return [as_records.incident_line(r["incident"], told[r["incident_id"]], r["rejected"]) for r in rows]

        return Found(
            Incident, Drawn(Incident, self._streamed(query, made), False, lambda: self._streamed(as_json, plain))
        )

    def measured(self, asked: Filters) -> list[Incident]:
        """Incidents in force without the names of their events and claims and without links, in a tenth of the time; as of a
        moment before the store was made: as `incidents` has them."""
        at = moment(self.seen, asked)
        if at.published:
            return list(self.incidents(asked))
        what = "i.incident" if self.seen.keep else as_records.INCIDENT
        rows = self.seen.fetch(*self.incident_query(asked, at, what, "", ()))
        with columns.making_many():
            return [as_records.incident(row["incident"]) for row in rows]

    def homes(self, asked: Filters, events: Sequence[str]) -> dict[str, str]:
        """The incident of each of some events that is in one, by ids; of the filters only ``as_of`` counts."""
        at = moment(self.seen, asked)
        rows = self.seen.fetch(
            f"WITH named AS (SELECT unnest(?) AS event_id), {in_force(at.run, 'named', self.seen.keep)} "
            "SELECT m.event_id, m.incident_id FROM members m JOIN now ON now.event_id = m.event_id",
            (list(events),),
        )
        return {r["event_id"]: r["incident_id"] for r in rows}

    def coverage(self, asked: Filters) -> list[tuple[str, str | None, str | None, int]]:
        """Of the reports in force that were read: (day of publication, outlet, address of its site, how many)."""
        at = moment(self.seen, asked)
        until = "AND left(published, 10) <= ?" if at.published else ""
        rows = self.seen.fetch(
            f"SELECT left(published, 10) AS day, source, {_SITE} AS site, count(*) AS n FROM {moments.documents(at.run, self.seen.keep)} "
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
        changed = self.seen.time_of(at.run)
        rows = self.seen.fetch(
            f"SELECT DISTINCT coder FROM {moments.documents(at.run, self.seen.keep)} WHERE coder IS NOT NULL"
        )
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

    def incident_query(
        self, asked: Filters, at: Moment, what: str, more: str, given: Sequence[object]
    ) -> tuple[str, list[object]]:
        """The query of ``what`` of the incidents (i) that are asked for, by their first day."""
        found, values = self._narrowed(conditions(asked, "i", spoken=False), "i.n", "incidents", asked)
        told, words = self._of_events(asked, at)
        if told:
            found.append(
                f"i.incident_id IN (SELECT m.incident_id {_place(told)} JOIN members m ON m.event_id = now.event_id WHERE {' AND '.join(told)})"
            )
            values += words
        if more:
            found.append(more)
            values += given
        now = in_force(at.run, keep=self.seen.keep, rejected=asked.rejected)
        sql = f"WITH {now} SELECT {what} FROM latest i WHERE NOT i.gone"
        sql += "".join(f" AND {c}" for c in found)
        sql += " ORDER BY coalesce(i.date.start_date, left(i.first_report, 10)), i.first_report, i.incident_id"
        return sql + _limit(asked), values

    def _whole(self, rows: Sequence[dict[str, Any]], at: Moment, rejected: bool) -> list[Incident]:
        """Incidents with the names of their events and claims, and the links."""
        told = self._told([r["incident_id"] for r in rows], at, rejected)
        return [
            as_records.incident(
                row["incident"], *told[row["incident_id"]], RejectedIncident if row["rejected"] else Incident
            )
            for row in rows
        ]

    def _told(self, ids: Sequence[str], at: Moment, rejected: bool) -> dict[str, as_records.Told]:
        """Of each incident the names of its events and claims, and the links."""
        members = self.members(ids, at, rejected)
        claims = defaultdict(list)
        for c in self.seen.fetch(
            f"WITH {latest_claims(at.run, 'incident_id IN (SELECT unnest(?))', self.seen.keep)} SELECT claim_id, incident_id FROM said ORDER BY said, claim_id",
            (ids,),
        ):
            claims[c["incident_id"]].append(c["claim_id"])
        return {
            i: (tuple([m["event_id"] for m in members[i]]), tuple(claims[i]), tuple(archive.links_of(members[i])))
            for i in ids
        }

    def members(self, ids: Sequence[str], at: Moment, rejected: bool) -> dict[str, list[dict[str, Any]]]:
        """Of each incident the rows of its events in force; ``rejected``: with the rejected (each row says whether it is one)."""
        links = defaultdict(list)
        if self.seen.keep and not rejected and not at.published:
            for m in self.seen.fetch(
                f"SELECT m.*, e.rejected FROM incident_events m JOIN events e ON e.event_id = m.event_id "
                f"WHERE m.incident_id IN (SELECT unnest(?)) AND {rows_at(at.run, 'm')} AND {rows_at(at.run, 'e')} AND NOT e.rejected "
                "ORDER BY m.event_id",
                (ids,),
            ):
                links[m["incident_id"]].append(m)
            return links
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

    def reports(self, docs: Sequence[int], at: Moment) -> Iterator[Document]:
        """Documents in force by their numbers."""
        sql = f"SELECT * FROM {moments.documents(at.run, self.seen.keep)} WHERE doc IN (SELECT unnest(?))"
        return self._with_texts([DocumentRow.from_dict({**r, "text": None}) for r in self.seen.fetch(sql, (docs,))])

    def claims(self, asked: Filters, more: str = "", given: Sequence[object] = ()) -> Found[Claim]:
        """Claims in force of the incidents that the filters ask for, by when they were said."""
        at = moment(self.seen, asked)
        if at.published:
            said = (
                c
                for i, told in archive.incidents(self, asked, at, more, given)
                if not asked.statuses or i.status in asked.statuses
                for c in told
            )
            order = sorted(said, key=lambda c: (c.said or "9999", c.incident_id, c.attribute, c.claim_id))
            return Found(Claim, Drawn(Claim, _page(order, asked), self.seen.keep))
        found: list[str] = []
        values: list[object] = []
        if not asked.plain:
            everything = replace(asked, limit=None, offset=0)
            incidents, of_incidents = self.incident_query(everything, at, "i.incident_id", "", ())
            found.append(f"incident_id IN ({incidents})")
            values += of_incidents
        if more:
            found.append(more)
            values += given
        rows = f"FROM said{' WHERE ' + ' AND '.join(found) if found else ''} ORDER BY said, incident_id, attribute, claim_id"

        def query(what: str) -> tuple[str, list[object]]:
            return f"WITH {latest_claims(at.run, keep=self.seen.keep)} SELECT {what} {rows}{_limit(asked)}", values

        if self.seen.keep:
            return Found(Claim, numbered.Claims(Numbers(self.seen, *query("c"))))
        arrays, objects = columns.values(Claim, "said"), columns.json_object(Claim, "said")
        made = (columns.read(Claim, r["claim"]) for r in self.seen.stream(*query(f"{arrays} AS claim")))

        def lines() -> Iterator[str]:
            return (as_records.line(r["claim"]) for r in self.seen.stream(*query(f"{objects} AS claim")))

        return Found(Claim, Drawn(Claim, made, False, lines))

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
            condition, numbers = self._with_words(asked.text, "s")
            found.append(f"doc IN (SELECT doc FROM sentences s WHERE {condition})")
            values += numbers
        if more:
            found.append(more)
            values += given
        sql = f"SELECT * FROM {moments.documents(at.run, self.seen.keep)} d WHERE {' AND '.join(found)} ORDER BY published, doc"
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


def _parts(row: dict[str, Any]) -> tuple[bool, str, str, str]:
    return row["rejected"], row["event"], row["sentence"], row["document"]


def _place(conditions: Iterable[str]) -> str:
    """Events in force (now) with their sentence (s) and document (d) if a condition asks these: joining them takes longer than the rest."""
    return PLACED if any(_BESIDE.search(c) for c in conditions) else " FROM now"


def _named(ids: Sequence[str]) -> tuple[str, tuple[object, ...]]:
    return "now.event_id IN (SELECT unnest(?))", (list(ids),)


def _page(rows: Iterable[_Row], asked: Filters) -> Iterator[_Row]:
    """What `_limit` asks for, of rows that no query gives."""
    return islice(rows, asked.offset, None if asked.limit is None else asked.offset + asked.limit)


def _limit(asked: Filters) -> str:
    """Of the rows of a query the page that is asked for."""
    limit = f" LIMIT {asked.limit}" if asked.limit is not None else ""
    return limit + (f" OFFSET {asked.offset}" if asked.offset else "")
