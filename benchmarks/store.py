"""The budgets of a store: rate of adding without coding, time of queries in an open process, bytes an event.

python benchmarks/store.py [--documents 100000] [--store DIR] [--queries]

Stopped, the same command with the same ``--store`` goes on. ``--queries`` asks a store that is there, and adds nothing.

The reports are made up: 400 words, a chain of word pairs of the annotated reports of tests/gold (so that they compress as news
does), and 2.5 sentences a report that tell an event, with parties, places, days and tolls drawn as in news: a third of the reports tell what an earlier one told.
Bytes beyond the text: all files of the store after `compact` less the UTF-8 bytes of the documents' texts; also less only what
the column of texts takes compressed, which is the harder reading and counts all else: titles, URLs, sentences, index of words.
Times are of the clock, and of the processor (all threads), which other programs on the machine do not change. Of a query are
told: how long until all its rows are found and the first is a record, and then the whole list as an Arrow table and as records.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import hashlib
import itertools
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from detente import ontology
from detente.knowledge import tables
from detente.records import (
    Actor,
    Casualty,
    CoderVersion,
    Document,
    DocumentReference,
    Event,
    Place,
    SentenceReference,
    Span,
    When,
)
from detente.store import Store

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "dev.jsonl"
CODER = CoderVersion("detente", "0", "made up", "0")
VERBS = {
    "ASSAULT": ("attacked", "shelled", "bombed", "struck"), "ACCUSE": ("condemned", "accused", "criticised"),
    "CONSULT": ("met", "called", "visited"), "AGREE": ("agreed with", "promised to help"), "AID": ("sent aid to", "supplied"),
    "THREATEN": ("threatened", "warned"), "REJECT": ("rejected the demands of", "refused to talk with"), "SANCTION": ("imposed sanctions on",),
    "PROTEST": ("marched against", "demonstrated against"), "COERCE": ("detained citizens of", "blockaded"),
}  # fmt: skip
OUTLETS = (
    "AFP",
    "Reuters",
    "AP",
    "Xinhua",
    "BBC",
    "VOA",
    "Al Jazeera",
    "TASS",
    "Dawn",
    "The Hindu",
    "Haaretz",
    "Daily Star",
)
START = datetime.date(2019, 1, 1)


class World:
    """Draws happenings and writes reports of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        words = " ".join(json.loads(line)["text"] for line in GOLD.read_text("utf-8").splitlines()).split()
        self.after: dict[str, list[str]] = {}
        for a, b in itertools.pairwise(words):
            self.after.setdefault(a, []).append(b)
        self.word = "The"
        self.countries = list(tables.countries().values())
        weights = [1 / (i + 3) for i in range(len(self.countries))]
        self.random.shuffle(self.countries)
        self.weights = weights
        rows = (line.split("\t") for line in (tables.DATA / "places.tsv").read_text("utf-8").splitlines()[2:])
        self.places = [r for r in rows if len(r) > 5][:4000]
        self.recent: list[dict[str, Any]] = []

    def filling(self, count: int) -> str:
        """So many words that follow one another somewhere in the annotated reports."""
        found = []
        for _ in range(count):
            self.word = self.random.choice(self.after.get(self.word) or ["The"])
            found.append(self.word)
        return " ".join(found)

    def happening(self, day: datetime.date) -> dict[str, Any]:
        """Something that happened; a third of the time something of the last days again."""
        if self.recent and self.random.random() < 0.33:
            return self.random.choice(self.recent[-60:])
        a, b = self.random.choices(self.countries, self.weights, k=2)
        type_ = self.random.choice(list(VERBS))
        place = self.random.choice(self.places)
        new = {
            "type": type_, "verb": self.random.choice(VERBS[type_]), "a": a, "b": b, "place": place[0] if place[0].isalpha() else place[1],
            "at": (round(self.random.uniform(-50, 65), 3), round(self.random.uniform(-120, 150), 3)),
            "day": day - datetime.timedelta(self.random.randrange(3)), "toll": self.random.choice((None, None, self.random.randrange(1, 90))),
        }  # fmt: skip
        self.recent.append(new)
        return new

    def report(self, n: int) -> tuple[Document, list[Event]]:
        """Report number ``n``, about 400 words, and its events."""
        day = START + datetime.timedelta(n // 55)
        sentences: list[tuple[str, dict[str, Any] | None]] = [
            (self.filling(self.random.randrange(12, 38)), None) for _ in range(self.random.randrange(10, 20))
        ]
        for _ in range(self.random.choice((1, 2, 2, 3, 3, 4))):
            told = self.happening(day)
            tail = self.filling(9).rstrip(",.;")
            toll = f", killing {told['toll']} people" if told["toll"] else ""
            words = f"{told['a'].name} {told['verb']} {told['b'].name} in {told['place']} on {told['day']:%B %-d}{toll}, as {tail}."
            sentences.insert(self.random.randrange(len(sentences) + 1), (words, told))
        text = " ".join(words for words, _ in sentences)
        source = self.random.choice(OUTLETS)
        title = " ".join(sentences[0][0].split()[:9])
        url = f"https://{source.lower().replace(' ', '')}.example/{day:%Y/%m/%d}/{hashlib.md5(text.encode()).hexdigest()[:12]}"
        document = Document(
            text,
            id=f"{source.lower().replace(' ', '-')}-{n}",
            title=title,
            published=day.isoformat(),
            source=source,
            url=url,
        )
        about = DocumentReference(document.id, document.sha256, title, document.published, source, url)
        events, at = [], 0
        for index, (words, told) in enumerate(sentences):
            if told is not None:
                events.append(self._event(about, words, told, index, at))
            at += len(words) + 1
        return document, events

    def _event(self, about: DocumentReference, words: str, told: dict[str, Any], index: int, at: int) -> Event:
        def span(part: str) -> tuple[int, int, str]:
            start = at + words.index(part)
            return start, start + len(part), part

        trigger = Span(*span(told["verb"]))
        name = hashlib.sha256(f"{about.id} {trigger.start}".encode()).hexdigest()[:24]
        day = told["day"].isoformat()
        sides = [
            (Actor(*span(c.name), c.name, c.code, ("GOV",), f"country:{c.code}", basis="country"),)
            for c in (told["a"], told["b"])
        ]
        sure = {p: round(self.random.uniform(0.6, 1), 3) for p in ("type", "status", "actors", "recipients")}
        toll = str(told["toll"])
        return Event(
            event_id=f"det1-{name}", document=about, sentence=SentenceReference(index, at, at + len(words), words), trigger=trigger,
            type=told["type"], quad=ontology.quad(told["type"]), score=ontology.score(told["type"]),
            status=self.random.choices(("actual", "planned", "possible", "denied"), (90, 5, 3, 2))[0],
            actors=sides[0], recipients=sides[1],
            place=Place(*span(told["place"]), told["place"], told["b"].code, None, *told["at"], None, "city", "phrase"),
            date=When(*span(f"{told['day']:%B %-d}"), day, day, "day", "phrase"),
            casualties=(Casualty("killed", "=", toll, told["toll"], told["toll"], f"{toll} people", *span(f"{toll} people")[:2]),) if told["toll"] else (),
            contexts=("diplomatic", "military"), confidence=round(self.random.uniform(0.4, 1), 3), confidences=sure, coder=CODER,
        )  # fmt: skip


#: The filters of the issue, each as a user would ask.
QUERIES: dict[str, dict[str, Any]] = {
    "--from --to (a month)": {"since": "2020-01-01", "until": "2020-01-31"},
    "--on": {"on": "2020-01-03"},
    "--actor IRN": {"actor": "IRN", "since": "2020-01-01", "until": "2020-03-31"},
    "--recipient Iran": {"recipient": "Iran", "since": "2020-01-01", "until": "2020-03-31"},
    "--dyad IRN-USA": {"dyad": "IRN-USA"},
    "--type ASSAULT, a week": {"type": "ASSAULT", "since": "2020-01-01", "until": "2020-01-07"},
    "--place": {"place": "Springfield"},
    "--status denied, a month": {"status": "denied", "since": "2020-01-01", "until": "2020-01-31"},
    "--min-confidence 0.99, a month": {"min_confidence": 0.99, "since": "2020-01-01", "until": "2020-01-31"},
    "--text": {"text": "sanctions Iran", "since": "2020-01-01", "until": "2020-03-31"},
    "--as-of, a week": {"as_of": "2100-01-01", "since": "2020-01-01", "until": "2020-01-07"},
    "--limit 100": {"limit": 100},
    "--from --to (a year)": {"since": "2020-01-01", "until": "2020-12-31"},
    "--actor IRN, all days": {"actor": "IRN"},
    "--recipient Iran, all days": {"recipient": "Iran"},
    "--type ASSAULT, all days": {"type": "ASSAULT"},
    "--status denied, all days": {"status": "denied"},
    "--min-confidence 0.9, all days": {"min_confidence": 0.9},
    "--text, all days": {"text": "sanctions"},
    "--as-of, all days": {"as_of": "2100-01-01"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--store", type=Path, help="keep the store here (default: a temporary folder)")
    parser.add_argument("--queries", action="store_true", help="only ask the store that is there")
    args = parser.parse_args()
    if args.queries:
        ask(args.store)
        return
    folder = args.store or Path(tempfile.mkdtemp()) / "store"
    world = World(1)
    count = {"documents": 0, "events": 0, "text": 0}
    making = 0.0

    def reports() -> Iterator[tuple[Document, list[Event]]]:
        nonlocal making
        for n in range(args.documents):
            start = time.process_time()
            made = world.report(n)
            making += time.process_time() - start
            count["documents"] += 1
            count["events"] += len(made[1])
            count["text"] += len(made[0].text.encode())
            yield made

    with Store(folder) as store:
        wall, cpu = time.perf_counter(), time.process_time()
        last = [wall, cpu, making, 0]
        stored = 0

        def tell(commit: Any) -> None:
            nonlocal stored
            stored += len(commit.documents)
            if stored - last[3] >= 5000:
                now, busy = time.perf_counter(), time.process_time()
                made, added = making - last[2], stored - last[3]
                print(
                    f"  {count['documents']} documents, {added / (now - last[0] - made):.0f}/s, "
                    f"{added / (busy - last[1] - made):.0f} a second of processor time",
                    flush=True,
                )
                last[:] = [now, busy, making, stored]

        store.add_coded(reports(), on_commit=tell)
        wall, cpu = time.perf_counter() - wall - making, time.process_time() - cpu - making
        print(
            f"add, coding not counted: {stored / wall:.0f} documents/s, {stored / cpu:.0f} a second of processor time ({stored} documents)"
        )
        start = time.perf_counter()
        store.compact()
        print(f"compact: {time.perf_counter() - start:.1f} s")
    told(folder, count)
    ask(folder)
    if args.store is None:
        shutil.rmtree(folder.parent)


def ask(folder: Path, most: int = 30_000) -> None:
    """Time the queries in one open process; lists of more than ``most`` rows are found, not made."""
    with Store(folder) as store:
        start = time.perf_counter()
        next(store.events(limit=1), None)
        print(f"open, first query: {time.perf_counter() - start:.2f} s")
        for kind in ("events", "incidents", "claims"):
            for name, filters in QUERIES.items():
                found: Callable[[], Any] = functools.partial(getattr(store, kind), **filters)
                first, busy = timed(lambda f=found: [len(a := f()), *itertools.islice(a, 1)])
                rows = len(found())
                told = f"{kind:9} {name:32} {rows:6} rows: found, first {1000 * first:5.0f} ms (processor {1000 * busy:5.0f})"
                if rows <= most:
                    for what, ask in (
                        ("Arrow", lambda f=found: f().to_arrow()),
                        ("records", lambda f=found: list(f())),
                    ):
                        whole, busy = timed(ask)
                        told += f", all as {what} {1000 * whole:5.0f} ms ({1000 * busy:5.0f})"
                print(told + ("  OVER" if first > 0.2 else ""), flush=True)


def timed(ask: Callable[[], Any]) -> tuple[float, float]:
    """Medians of five times in seconds, of the clock and of the processor."""
    times, busy = [], []
    for _ in range(5):
        start, cpu = time.perf_counter(), time.process_time()
        ask()
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - cpu)
    return statistics.median(times), statistics.median(busy)


def told(folder: Path, count: dict[str, int]) -> None:
    """Print sizes."""
    import duckdb

    sizes = {
        p.name: sum(f.stat().st_size for f in p.rglob("*") if f.is_file()) if p.is_dir() else p.stat().st_size
        for p in folder.iterdir()
    }
    total = sum(sizes.values())
    files = [str(f) for f in (folder / "documents").glob("*.parquet")]
    packed = (
        duckdb.connect()
        .execute("SELECT sum(total_compressed_size) FROM parquet_metadata(?) WHERE path_in_schema = 'text'", [files])
        .fetchone()[0]
    )
    print(
        f"{count['documents']} documents, {count['events']} events, {total / 1e6:.1f} MB: "
        + ", ".join(f"{n} {s / 1e6:.1f}" for n, s in sorted(sizes.items(), key=lambda x: -x[1]))
    )
    print(f"texts {count['text'] / 1e6:.1f} MB, compressed {packed / 1e6:.1f} MB")
    print(
        f"bytes an event beyond its text: {(total - count['text']) / count['events']:.0f}; beyond its compressed text: {(total - packed) / count['events']:.0f}"
    )


if __name__ == "__main__":
    main()
