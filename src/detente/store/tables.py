"""The Delta tables of a store: made, appended to, listed, thinned out. No statistics of text are kept in their logs."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from detente.arrow import record_schema
from detente.errors import DetenteError, MissingExtra
from detente.records import Record, hints
from detente.store import durable
from detente.store.rows import TABLES

# Statistics of numbers alone: those of text would outlive `forget` in the log (notes/ecosystem.md C).
_STATISTICS = {"runs": "run,time"}
_CONFIGURATION = {
    "delta.logRetentionDuration": "interval 0 seconds",
    "delta.deletedFileRetentionDuration": "interval 0 seconds",
}
# Times that a table is opened whose log changes under it: one attempt takes 10 ms and fails once in a thousand beside a writer
# that compacts every few seconds (measured).
_ATTEMPTS = 20
# Rows of a group: a look-up of one row reads few others.
_GROUP = 32_768
# How columns are written that hardly repeat: numbers that rise, and hashes behind the same letters. A dictionary of them, the
# rule of Parquet writers, takes a quarter more.
_RISING = ("run", "doc", "sentence", "coding")
_HASHES = ("event_id", "incident_id", "claim_id", "sha256", "to")


class StoreError(DetenteError):
    """A store is missing, of another format, damaged, or cannot be written."""


class NotThereError(StoreError):
    """Nothing in the store has this name, or several things begin with it."""


def need_store_extra() -> None:
    """Raises MissingExtra if deltalake or duckdb is not installed."""
    for name in ("deltalake", "duckdb", "rensa"):
        if importlib.util.find_spec(name) is None:
            raise MissingExtra(f"the store needs {name}: pip install 'detente[store]'")


class Tables:
    """The tables under a folder. Files are listed anew by `refresh`; every other call works on what is listed."""

    def __init__(self, folder: Path) -> None:
        need_store_extra()
        self.folder = folder
        self._open: dict[str, Any] = {}

    def create(self) -> None:
        """Make the tables that are not there yet."""
        from deltalake import DeltaTable

        for name, row in TABLES.items():
            DeltaTable.create(
                _uri(self.folder / name),
                schema=record_schema(row),
                mode="ignore",
                configuration={**_CONFIGURATION, "delta.dataSkippingStatsColumns": _STATISTICS.get(name, "run")},
            )
            durable.sync(self.folder / name, -1, 0)
        durable.fsync(self.folder)

    def refresh(self, *names: str) -> None:
        """See what other processes have written."""
        for name in names or TABLES:
            with _told(name, self.folder):
                self._newest(name)

    def files(self, name: str) -> list[str]:
        """The data files of a table, as paths."""
        with _told(name, self.folder):
            table = self._table(name)
            if table.protocol().reader_features and "deletionVectors" in table.protocol().reader_features:
                raise StoreError(f"table {name} has deletion vectors, which detente does not read: rewrite it without")
            return [_path(u) for u in table.file_uris()]

    def last_runs(self, name: str) -> dict[str, int]:
        """The last run of each data file of a table, as its log has it; without files of which it has none."""
        from arro3.core import Table

        with _told(name, self.folder):
            listed = Table.from_arrow(self._table(name).get_add_actions(flatten=True))
        if "max.run" not in listed.column_names:  # of an empty table
            return {}
        pairs = zip(*(listed.column(c).combine_chunks().to_pylist() for c in ("path", "max.run")), strict=True)
        return {str(self.folder.absolute() / name / _path(path)): int(run) for path, run in pairs if run is not None}

    def version(self, name: str) -> int:
        """The number of the table's last commit that is seen."""
        with _told(name, self.folder):
            return int(self._table(name).version())

    def append(self, name: str, rows: Sequence[Record]) -> None:
        """Write rows to the disk, whole or not at all; nothing is done for none. Raises StoreError, in words for a full disk."""
        if not rows:
            return
        from deltalake import write_deltalake

        with _told(name, self.folder, writing=True):
            table = self._newest(name)
            before = table.version()
            write_deltalake(
                table,
                _batch(rows),
                mode="append",
                schema_mode="merge",
                writer_properties=_writing(name),
                post_commithook_properties=_after(before),
            )
            durable.sync(self.folder / name, before, table.version())

    def delete(self, name: str, predicate: str) -> int:
        """Delete rows by a condition on numbers (it is kept in the log!); returns how many."""
        with _told(name, self.folder, writing=True):
            table = self._newest(name)
            before = table.version()
            gone = int(table.delete(predicate, writer_properties=_writing(name)).get("num_deleted_rows") or 0)
            durable.sync(self.folder / name, before, table.version())
            return gone

    def compact(self, name: str) -> None:
        """Join small files to larger ones."""
        with _told(name, self.folder, writing=True):
            table = self._newest(name)
            before = table.version()
            table.optimize.compact(target_size=64_000_000, writer_properties=_writing(name))
            durable.sync(self.folder / name, before, table.version())

    def sweep(self, name: str) -> None:
        """Remove files that the version of now does not name, and log entries that a checkpoint holds."""
        with _told(name, self.folder, writing=True):
            table = self._newest(name)
            before = table.version()
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
            durable.sync(self.folder / name, before, table.version())
            table.create_checkpoint()
            durable.sync_checkpoints(self.folder / name)
            table.cleanup_metadata()
            self._open.pop(name)
            # By the clock of the files, which jumps, some may be too young to go.
            kept = {Path(file).name for file in self.files(name)}
            for path in (self.folder / name).glob("*.parquet*"):
                if path.name not in kept:
                    path.unlink(missing_ok=True)

    def _table(self, name: str) -> Any:
        if name not in self._open:
            self._open[name] = self._opened(self.folder / name)
        return self._open[name]

    def _opened(self, table: Path) -> Any:
        """A table as its log has it. Opening reads the pointer to a checkpoint, lists the log and reads what is listed; if `compact`
        of another process takes some of it away in between, opening fails. A log that changed meanwhile is opened again, one
        that did not is damaged."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        for _ in range(_ATTEMPTS):
            before = durable.state(table)
            try:
                return DeltaTable(_uri(table))
            except (DeltaError, OSError):
                if durable.state(table) == before:
                    raise
        return DeltaTable(_uri(table))

    def _newest(self, name: str) -> Any:
        """The table as it is on disk now; opened anew where `compact` of another process removed the log between."""
        from deltalake.exceptions import DeltaError

        if name in self._open:
            try:
                self._open[name].update_incremental()
            except DeltaError:
                self._open.pop(name)
        return self._table(name)


def _uri(path: Path) -> str:
    """The URI of a path: deltalake would take "%20" in a bare path for a blank."""
    return path.absolute().as_uri()


def _path(uri: str) -> str:
    """The path of a URI; deltalake leaves "file://" out and still escapes (a folder "my crisis" is "my%20crisis")."""
    return urllib.parse.unquote(uri.removeprefix("file://"))


def _writing(name: str) -> Any:
    from deltalake import ColumnProperties, WriterProperties

    ways = dict.fromkeys(_RISING, "DELTA_BINARY_PACKED") | dict.fromkeys(_HASHES, "DELTA_BYTE_ARRAY")
    # An incident has many events and claims one after the other: there a dictionary is shorter.
    if name != "incidents":
        ways.pop("incident_id")
    return WriterProperties(
        compression="ZSTD",
        compression_level=6,
        max_row_group_size=_GROUP,
        statistics_truncate_length=1,
        column_properties={
            c: ColumnProperties(dictionary_enabled=False, encoding=ways[c])  # type: ignore[arg-type]
            for c in hints(TABLES[name])  # type: ignore[arg-type]
            if c in ways
        },
    )


def _after(version: int) -> Any:
    """A checkpoint of the log every hundredth version; old log entries are kept until `compact`, for readers of now."""
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=version % 100 == 99, cleanup_expired_logs=False)


def _batch(rows: Sequence[Record]) -> Any:
    from arro3.core import Table
    from arro3.io import read_json

    schema = record_schema(type(rows[0]))
    lines = "".join(json.dumps(row.to_dict(), ensure_ascii=False) + "\n" for row in rows)
    return Table.from_batches(list(read_json(io.BytesIO(lines.encode()), schema, batch_size=len(rows))), schema=schema)


@contextlib.contextmanager
def _told(name: str, folder: Path, writing: bool = False) -> Iterator[None]:
    """Errors of the library as a StoreError that says what to do."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, OSError, FileNotFoundError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        where = folder / name
        if "No space left" in str(error) or full(folder):
            raise StoreError(
                f"no space left on the disk of {folder}: nothing of this batch was stored, all before it is; "
                "free some space and run the same command again, it goes on from there"
            ) from error
        if writing:
            raise StoreError(f"table {where} cannot be written: {reason}") from error
        raise StoreError(
            f"table {where} cannot be read: {reason}. What is lost comes back from a backup: detente restore COPY "
            f"--store NEW, then add the later reports to it again (detente verify --store {folder} says what is damaged)"
        ) from error
    except BaseException as error:
        # Of a full disk deltalake's Rust side panics; the panic is no Exception.
        if type(error).__name__ == "PanicException":
            raise StoreError(f"table {folder / name} cannot be used: {error}; is the disk full?") from error
        raise


def full(folder: Path) -> bool:
    """Whether the disk of a folder has no room left for a batch."""
    try:
        at = os.statvfs(folder)
    except (OSError, AttributeError):
        return False
    return at.f_bavail * at.f_frsize < 65_536


def quoted(paths: Iterable[str]) -> str:
    """Paths as an SQL list of strings; what DuckDB would take for a pattern is escaped."""
    plain = str.maketrans({"'": "''", "[": "[[]", "*": "[*]", "?": "[?]"})
    return "[" + ", ".join(f"'{p.translate(plain)}'" for p in paths) + "]"
