"""What the Spark jobs have in common: tables that one step writes and the next reads, rows of the input, and whole parts of the output.

Each step's table lies on disk (Parquet, under ``.work`` in the output folder, gone when the job is done): a step that is tried
again reads the same rows, and no row goes through the driver.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from detente.errors import DetenteError
from detente.scale import splits

WORK = ".work"
#: Bytes of input for which one bucket of a grouping is made: what a task holds in memory is some ten times as much.
_BUCKET = 8 << 20
_FEWEST = 8


class Tables:
    """The tables of one job. ``output``: its new folder; ``buckets``: into how many a grouping is cut."""

    def __init__(self, session: Any, output: str, size: int) -> None:
        self.session, self.output = session, output
        self.buckets = max(_FEWEST, size // _BUCKET)
        new_folder(output)

    def kept(self, name: str, frame: Any) -> Any:
        """Write a table; what is read back has no history."""
        path = self.path(name)
        frame.write.mode("overwrite").parquet(path)
        return self.session.read.schema(frame.schema).parquet(path)

    def path(self, name: str) -> str:
        """Where a table lies."""
        return f"{_uri(self.output)}/{WORK}/{name}"

    def clean(self) -> None:
        """Away with the tables."""
        system, path = splits.filesystem(self.output)
        with contextlib.suppress(OSError):
            system.delete_dir(f"{path}/{WORK}")


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """What Spark raises becomes a DetenteError of one line: the cause that a task told, among Java's lines."""
    try:
        yield
    except DetenteError:
        raise
    except Exception as error:  # of py4j, of gRPC, of pyspark
        lines = str(error).strip().splitlines()
        causes = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
        raise DetenteError(f"Spark gave up: {(causes or lines or ['no reason told'])[-1][:500]}") from error


def new_folder(output: str) -> None:
    """Make the folder of an output. Raises DetenteError if it has files already, or cannot be made."""
    from pyarrow.fs import FileSelector

    system, path = splits.filesystem(output)
    try:
        system.create_dir(path, recursive=True)
        used = any(not f.base_name.startswith(".") for f in system.get_file_info(FileSelector(path)))
    except OSError as error:
        raise DetenteError(f"{output} cannot be written: {error}") from error
    if used:
        raise DetenteError(f"{output} is not empty: name a new folder")


@contextlib.contextmanager
def part(folder: str, name: str) -> Iterator[BinaryIO]:
    """A file of the output that appears when it is whole; a task that is tried again writes the same."""
    system, path = splits.filesystem(folder)
    new = f"{path}/.{name}-{uuid.uuid4().hex}"  # two tries of a task must not write one file
    try:
        system.create_dir(path, recursive=True)
        with system.open_output_stream(new, compression=None) as stream:
            yield stream
        system.move(new, f"{path}/{name}")
    except BaseException:
        with contextlib.suppress(OSError):
            system.delete_file(new)
        raise


def rows(split: splits.Split) -> Iterator[dict[str, Any]]:
    """The records of a piece of what another job wrote: JSON lines, or Parquet (also of a Delta table).

    Raises DetenteError for what is neither: these files are ours, and one that is broken is no input to pass over.
    """
    system, inside = splits.filesystem(split.path)
    if split.path.endswith(".parquet"):
        from pyarrow import parquet

        with system.open_input_file(inside) as stream:
            for batch in parquet.ParquetFile(stream).iter_batches(1024):
                yield from batch.to_pylist(maps_as_pydicts="strict")
        return
    if split.end is None:
        raise DetenteError(f"{split.name} is neither JSONL nor Parquet")
    with system.open_input_file(inside) as stream:
        stream.seek(split.start)
        lines = io.BytesIO(bytes(stream.read(split.end - split.start)))
    for number, line in enumerate(lines, split.first):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise DetenteError(f"{split.name}:{number} is not JSON: {error}") from None


def numbers(batches: Iterable[Any]) -> Iterator[int]:
    """The numbers of the pieces that a task is given."""
    for batch in batches:
        yield from batch.column(0).to_pylist()


def batch(columns: dict[str, str], made: list[tuple[Any, ...]]) -> Any:
    """A record batch of rows. ``columns``: name and type (as `schema` takes them)."""
    import pyarrow as pa

    kinds = {
        "long": pa.int64(),
        "int": pa.int32(),
        "string": pa.string(),
        "binary": pa.binary(),
        "double": pa.float64(),
    }
    kinds |= {"array<long>": pa.list_(pa.int64()), "array<string>": pa.list_(pa.string())}
    arrays = [pa.array([r[i] for r in made], kinds[kind]) for i, kind in enumerate(columns.values())]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def batches(columns: dict[str, str], made: Iterable[tuple[Any, ...]], size: int = 2000) -> Iterator[Any]:
    """Record batches of rows that come one after another."""
    waiting: list[tuple[Any, ...]] = []
    for row in made:
        waiting.append(row)
        if len(waiting) == size:
            yield batch(columns, waiting)
            waiting = []
    if waiting:
        yield batch(columns, waiting)


def schema(columns: dict[str, str]) -> str:
    """Spark's words for the columns."""
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def grouped(frame: Any, by: str, work: Any, columns: dict[str, str], *given: Any) -> Any:
    """``work(*given, rows)`` on all rows with one value of ``by``; it takes dicts in no order and gives tuples."""
    # A lambda, for it has no types: those of a function Spark would want to be its own.
    return frame.groupBy(by).applyInArrow(lambda table: _group(work, given, columns, table), schema(columns))


def _group(work: Any, given: tuple[Any, ...], columns: dict[str, str], table: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches([batch(columns, list(work(*given, table.to_pylist())))])


def _uri(path: str) -> str:
    return path if "://" in path else Path(path).resolve().as_uri()
