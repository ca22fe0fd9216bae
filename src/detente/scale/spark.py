"""Spark: the same coding in the tasks of a cluster. Results are those of a local run, row for row (extra ``spark``).

Each task reads its own piece of the input, codes it in a local worker with its deadline, and writes its own part of the output:
no text goes through the driver, a task that is run again writes the same file again, and a file appears only when it is whole.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from detente.errors import DetenteError, InputError, MissingExtra
from detente.pipeline import Outcome
from detente.records import Document, Event
from detente.scale import local, splits, tables
from detente.scale.local import Coding
from detente.scale.parts import Problem, Totals, problems_of
from detente.scale.pool import Pool

#: What a job can write.
FORMATS = ("jsonl", "parquet", "delta")
_RESULT = "number long, told string"
_RETRIES = 4  # times that a local job tries a task; Spark's own default there is once, on a cluster four times


@dataclass(frozen=True, slots=True)
class Job:
    """What every task is told."""

    pieces: tuple[splits.Split, ...]
    output: str
    form: str
    how: Coding
    deadline: float = local.DEADLINE
    published: str | None = None  # for reports that do not tell theirs; one with a bad date stays without


def code_batches(batches: Iterable[Any], how: Coding | None = None) -> Iterator[Any]:
    """For ``DataFrame.mapInArrow``: record batches of reports in, record batches of events out (pyarrow's).

    ``batches``: of pyarrow or arro3, with the columns of a document (``text``, ``id``, ``published``, ``title``, ``source``,
    ``url``, ``language``; ``html`` instead of ``text``); others are ignored. The schema of what comes out is `event_schema`.
    A row that cannot be read or coded is logged and left out. The model is loaded once a process.
    """
    import pyarrow as pa

    from detente import arrow
    from detente.read import fields

    how = how or Coding()
    work = _coder(how)
    for batch in batches:
        table = batch if isinstance(batch, pa.RecordBatch) else pa.record_batch(batch)
        documents: list[str | Document] = [
            item
            for number, row in enumerate(table.to_pylist(), 1)
            for item in fields.document({k: v for k, v in row.items() if v is not None}, f"row:{number}", "arrow/1")
            if isinstance(item, Document)
        ]
        events = [e for outcome in work(documents, lambda: None) for e in outcome.events]
        if events:
            for made in arrow.stream(Event, events):
                yield pa.record_batch(made).cast(event_schema())


def event_schema() -> Any:
    """The pyarrow schema of events; ``pyspark.sql.pandas.types.from_arrow_schema`` makes Spark's of it."""
    import pyarrow as pa

    from detente import arrow

    return pa.schema(arrow.record_schema(Event))


_coder = functools.cache(local.coder)


def code(session: Any, job: Job) -> Iterator[tuple[int, Totals, list[Problem]]]:
    """Run a job on a Spark session; what each task did, in the order of the input. Raises DetenteError if it fails."""
    tables.new_folder(job.output)
    numbers = session.range(0, len(job.pieces), 1, max(1, len(job.pieces)))
    with tables.plain_errors():
        rows = numbers.mapInArrow(functools.partial(_tasks, job), _RESULT).collect()
    for row in sorted(rows, key=lambda r: int(r["number"])):
        told = json.loads(row["told"])
        yield int(row["number"]), Totals.from_dict(told), [tuple(p) for p in told["problems"]]
    if job.form == "delta":
        splits.as_delta(job.output)


def _connected(builder: Any, address: str) -> Any:
    """A session of Spark Connect. Raises MissingExtra where PySpark lacks what it needs for that."""
    try:
        return builder.remote(address).getOrCreate()
    except ImportError as error:  # grpcio and others, which PySpark has in an extra of its own
        raise MissingExtra(f"Spark Connect lacks packages ({error}): pip install 'pyspark[connect]'") from None


def session(master: str, name: str = "detente") -> Any:
    """A Spark session: ``local[N]``, ``yarn``, ``k8s://…``, ``spark://…`` (need Java), ``sc://host:port`` (Spark Connect), or
    ``sail``: a server of pysail in this process. Raises MissingExtra or DetenteError with what to install."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtra(f"{error.name} is missing: pip install 'detente[spark]'") from None
    builder: Any = SparkSession.builder
    if master == "sail":
        try:
            from pysail.spark import SparkConnectServer
        except ImportError:
            raise MissingExtra("pysail is missing: pip install pysail") from None
        server = SparkConnectServer()
        server.start(background=True)
        found = _connected(builder, f"sc://localhost:{server.listening_address[1]}")
        found.detente_server = server  # lives as long as the session
        return found
    if master.startswith("sc://"):
        return _connected(builder, master)
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and os.path.isfile(os.path.join(home, "bin", "java"))):  # noqa: PTH113, PTH118
        raise DetenteError(
            "Spark needs Java 17 or newer and finds none: install it (Debian: apt-get install default-jre-headless), or --master sail"
        )
    os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)  # an earlier session of this process may have been sail's
    if master.startswith("local"):  # a cluster has its own Python; here it is this one, not the first on the PATH
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if re.fullmatch(r"local\[(\d+|\*)\]", master):  # else one killed worker ends the job
        master = f"{master[:-1]},{_RETRIES}]"
    made = builder.master(master).appName(name).config("spark.ui.enabled", "false").getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


def _tasks(job: Job, batches: Iterable[Any]) -> Iterator[Any]:
    """What a task does: a row for each piece that it has coded and written."""
    import pyarrow as pa

    for batch in batches:
        for number in batch.column(0).to_pylist():
            told = json.dumps(_task(job, number))
            yield pa.RecordBatch.from_pydict(
                {"number": pa.array([number], pa.int64()), "told": pa.array([told], pa.string())}
            )


def _task(job: Job, number: int) -> dict[str, Any]:
    from detente.export.write import write

    totals, problems = Totals(), list[Problem]()

    def events() -> Iterator[Event]:
        with _workforce(job) as pool:
            for outcome in local.through(pool, _documents(job, number, totals, problems)):
                _count(outcome, totals, problems)
                yield from outcome.events

    form = "parquet" if job.form == "delta" else job.form
    with tables.part(job.output, f"part-{number:05d}.{form}") as stream:
        write(events(), stream, form)
    return {**totals.to_dict(), "problems": problems}


def _documents(job: Job, number: int, totals: Totals, problems: list[Problem]) -> Iterator[Document]:
    for item in splits.read(job.pieces[number], job.published):
        if isinstance(item, InputError):
            problems.append(("failed", item.item, item.reason, item.field))
            totals.failures["unreadable" if item.field is None else "bad field"] += 1
        else:
            yield item


def _count(outcome: Outcome, totals: Totals, problems: list[Problem]) -> None:
    totals.took(outcome, len(outcome.events))
    problems.extend(problems_of(outcome))


_idle: dict[tuple[Coding, float], list[Pool[str | Document, Outcome]]] = {}
_lock = threading.Lock()  # pysail runs tasks as threads of one process
# ... and begins all of them at once: more workers than cores would only take memory (0.28 GB each).
_turns = threading.BoundedSemaphore(os.cpu_count() or 1)


@contextlib.contextmanager
def _workforce(job: Job) -> Iterator[Pool[str | Document, Outcome]]:
    """A worker with its model loaded, kept for the next task of this process; one that failed in its work is not."""
    kind = (job.how, job.deadline)
    with _turns:
        with _lock:
            pool = _idle[kind].pop() if _idle.get(kind) else None
        if pool is None:
            pool = local.pool(job.how, workers=1, deadline=job.deadline)
        try:
            yield pool
        except BaseException:
            pool.close()
            raise
        with _lock:
            _idle.setdefault(kind, []).append(pool)
