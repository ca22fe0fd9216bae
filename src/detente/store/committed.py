"""What is committed, as DuckDB sees it: rows of the tables whose run is in `runs`, read from the Parquet files of now.

A process that stays (`keep`) loads the rows once, without the texts, and then only what is new: a query takes
milliseconds. A process that asks once reads the files themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from detente.store import in_force
from detente.store.countries import Countries
from detente.store.rows import TABLES, has_doc
from detente.store.tables import StoreError, Tables, quoted

log = logging.getLogger("detente")
Answer = TypeVar("Answer")
_ROWS = 1000  # that are made Python objects at a time
_FEW = 50  # documents whose texts are looked for one by one
_ATTEMPTS = 20  # of a query whose files vanish under it


class Committed:
    """One reader of a store."""

    def __init__(self, folder: Path, keep: bool = False) -> None:
        self.tables = Tables(folder)
        import duckdb

        # Extensions would be fetched from the network: never.
        self.db = duckdb.connect(
            ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self.db.execute("SET preserve_insertion_order = false")
        # A query of seconds would draw a bar on stdout, between the rows of a command or the messages of MCP.
        self.db.execute("SET enable_progress_bar = false")
        self.keep = keep
        self.last = -1  # the last run that is seen
        self.loads = 0  # how often all rows were loaded anew, which gives them other numbers
        self.pinned: int | None = None  # the run as of which it stands still
        self.countries = Countries()  # of the rows that are loaded
        self._times: dict[int, int | None] = {}
        self.unreadable: dict[str, str] = {}  # file to what is wrong with it
        self._files: dict[str, list[str]] = {}
        self._taken: dict[str, set[str]] = {}  # files of which every row that counts is loaded
        self._seen = -1  # the version of `runs` when it was last looked at

    def close(self) -> None:
        """Let go of memory and files."""
        self.db.close()

    def refresh(self) -> int:
        """See what is committed by now; returns the last run (0: none). While it stands still: the run as of which it does, whether or
        not later ones are loaded: rows are in force as of a run."""
        if self.pinned is not None and self.last >= self.pinned:
            return self.pinned
        last = self._again(self._refresh)
        return last if self.pinned is None else min(last, self.pinned)

    @property
    def version(self) -> int:
        """The version of the table `runs` when it was last looked at; -1 before."""
        return self._seen

    def time_of(self, run: int) -> int | None:
        """When a run was committed (microseconds since 1970); of run 0, where nothing was, None."""
        if run not in self._times:
            self._times[run] = self.fetch("SELECT max(time) AS time FROM runs WHERE run <= ?", (run,))[0]["time"]
        return self._times[run]

    def _refresh(self) -> int:
        # `runs` first: rows of a run are there before it is.
        self.tables.refresh("runs")
        seen = self.tables.version("runs")
        if seen == self._seen and self.last >= 0:
            return self.last
        runs = self.relation("runs")
        last, forgets = self.db.execute(
            f"SELECT coalesce(max(run), 0), coalesce(max(run) FILTER (kind = 'forget'), 0) FROM {runs}"
        ).fetchone() or (0, 0)
        if last == self.last:
            self._seen = seen
            return int(last)
        self.tables.refresh(*(n for n in TABLES if n != "runs"))
        self.db.execute(f"CREATE OR REPLACE TABLE runs AS SELECT * FROM {runs}")
        anew = self.last < forgets or not self.keep
        self.loads += anew
        for name in TABLES:
            if name != "runs":
                self._load(name, anew, int(last))
        self.last, self._seen = int(last), seen
        return self.last

    def _load(self, name: str, anew: bool, last: int) -> None:
        """Make a table ask the files of now; or, in a process that stays, load what the runs up to ``last`` added: of files that
        have not been read, for a store has many and each commit adds few."""
        files = self._readable(name)
        taken = self._taken[name] = set() if anew else self._taken.get(name, set()) & set(files)
        fresh = [file for file in files if file not in taken]
        if not fresh and not anew:
            return
        rows = self._as_now(name, self._of(name, fresh))
        counts = "run IN (SELECT run FROM runs)"
        if has_doc(name):
            counts += " AND doc NOT IN (SELECT unnest(forgot) FROM runs)"
        if not self.keep:
            self.db.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {rows} WHERE {counts}")
            return
        columns = "* EXCLUDE (text)" if name == "documents" else "*"
        since = "" if anew else f"run > {self.last} AND "
        in_force.load(self.db, name, f"SELECT {columns} FROM {rows} WHERE {since}{counts}", anew, self.last)
        if name in ("events", "incidents"):
            self.countries.load(self.db, name, anew, self.last)
        # A file of a run that is not committed yet is read again when it is; so is one of which the log does not tell the runs.
        newest = self.tables.last_runs(name) if fresh else {}
        taken.update(file for file in fresh if newest.get(file, last + 1) <= last)

    def _as_now(self, name: str, rows: str) -> str:
        """Rows of files with all columns of this detente, of its types: what those of an older one lack is null."""
        there = {column: kind for column, kind, *_ in self.db.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
        told = {
            column: f'"{column}"' if there.get(column) == kind else f'{_cast(column, kind, there)} AS "{column}"'
            for column, kind in _types(name).items()
        }
        if all(column == f'"{name}"' for name, column in told.items()):
            return rows
        return f"(SELECT {', '.join(told.values())} FROM {rows})"

    def highest_run(self) -> int:
        """The highest number of a run in any table, whether it counts or not."""

        def look() -> int:
            self.tables.refresh()
            rows = (self.db.execute(f"SELECT max(run) FROM {self.relation(n)}").fetchone() for n in TABLES)
            return max((int(r[0]) for r in rows if r and r[0] is not None), default=0)

        return self._again(look)

    def texts(self, versions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """The texts of versions of documents (number, version); without those that were forgotten or cannot be read."""
        wanted = set(versions)
        if not wanted:
            return {}

        def look() -> dict[tuple[int, int], str]:
            self.tables.refresh("documents")
            docs = sorted({int(doc) for doc, _ in wanted})
            # Of numbers that stand in the question DuckDB sees which parts of the files it need not read.
            few = len(docs) <= _FEW
            those, given = (", ".join(map(str, docs)), ()) if few else ("SELECT unnest(?)", (docs,))
            found = self.db.execute(
                f"SELECT doc, version, text FROM {self.relation('documents')} WHERE doc IN ({those}) AND text IS NOT NULL "
                "AND run IN (SELECT run FROM runs) AND doc NOT IN (SELECT unnest(forgot) FROM runs)",
                given,
            ).fetchall()
            return {(doc, version): text for doc, version, text in found if (doc, version) in wanted}

        return self._again(look)

    def stream(self, sql: str, values: Iterable[object] = ()) -> Iterator[dict[str, Any]]:
        """The rows of an ordered query, some at a time. (DuckDB reads no file before the first row is asked for, and, for the order,
        all of them then: what vanishes meanwhile is met in `_again`.)"""
        given = tuple(values)

        def ask() -> tuple[Any, list[Any]]:
            cursor = self.db.cursor().execute(sql, given)
            return cursor, cursor.fetchmany(_ROWS)

        cursor, rows = self._again(ask)
        names = [d[0] for d in cursor.description]
        while rows:
            for row in rows:
                yield dict(zip(names, row, strict=True))
            rows = cursor.fetchmany(_ROWS)

    def fetch(self, sql: str, values: Iterable[object] = ()) -> list[dict[str, Any]]:
        """The rows of a query, as dicts."""

        given = tuple(values)

        def ask() -> list[dict[str, Any]]:
            cursor = self.db.execute(sql, given)
            names = [d[0] for d in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        return self._again(ask)

    def numbers(self, sql: str, values: Iterable[object] = ()) -> dict[str, Any]:
        """The columns of a query for numbers, as numpy arrays."""
        given = tuple(values)
        return self._again(lambda: dict(self.db.execute(sql, given).fetchnumpy()))

    def by_number(self, table: str, what: str, rows: Iterable[int]) -> dict[int, tuple[Any, ...]]:
        """Of a loaded table (with its alias) ``what`` of the rows with these numbers."""
        return {
            row: tuple(told)
            for row, *told in self._again(lambda: self.db.execute(*_numbered(table, what, rows)).fetchall())
        }

    def columns_by_number(self, table: str, what: str, rows: Sequence[int]) -> dict[str, Any]:
        """The same as Arrow arrays by name, each in the order of ``rows``, which may say one twice."""
        import numpy as np
        from arro3.core import Array, Table

        sql, values = _numbered(table, what, rows)
        found = Table.from_arrow(self.db.cursor().sql(sql, params=values)).combine_chunks()
        numbers = found.column("row").chunk(0).to_numpy()
        order = np.argsort(numbers)
        places = Array.from_numpy(order[np.searchsorted(numbers, rows, sorter=order)].astype(np.uint32))
        return {name: found.column(name).chunk(0).take(places) for name in found.column_names if name != "row"}

    def relation(self, name: str) -> str:
        """The files of a table as an SQL relation; without those that cannot be read."""
        return self._of(name, self._readable(name))

    def _readable(self, name: str) -> list[str]:
        self._files[name] = [f for f in self.tables.files(name) if f not in self.unreadable]
        return self._files[name]

    @staticmethod
    def _of(name: str, files: Sequence[str]) -> str:
        if files:
            return f"read_parquet({quoted(files)}, union_by_name = true)"
        empty = (f'NULL::{kind} AS "{column}"' for column, kind in _types(name).items())
        return f"(SELECT {', '.join(empty)} WHERE false)"

    def _again(self, what: Callable[[], Answer]) -> Answer:
        """Do it; if files vanished in between (`compact` of another process), see the tables anew and do it again;
        if a file is damaged, tell it and go on without it."""
        import duckdb

        for _ in range(_ATTEMPTS):
            try:
                return what()
            except (duckdb.Error, StoreError) as error:
                if isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException):
                    raise
                self._look_at_files(error)
                self.last = -1  # what was loaded when it failed may be half of it
                if what != self._refresh:
                    self._again(self._refresh)
        return what()

    def _look_at_files(self, error: Exception) -> None:
        """Find out why a query failed: the files are others by now, or some are damaged, which is told. Raises the error if
        neither is so."""
        if self._moved():
            return
        found = {file: reason for name in TABLES for file, reason in self.damaged(name).items()}
        if not found:
            raise error
        for file, reason in found.items():
            log.error(
                "%s is damaged (%s): its rows are left out; see detente verify --store %s",
                file,
                reason,
                self.tables.folder,
            )

    def damaged(self, name: str) -> dict[str, str]:
        """The files of a table that cannot be read, with what is wrong; they are left out from here on."""
        found: dict[str, str] = {}
        looked = set(self.unreadable)
        while files := [f for f in self.tables.files(name) if f not in looked]:
            found |= {file: reason for file in files if (reason := damage(file))}
            looked.update(files)
            self.tables.refresh(name)
        # What another process took away while it was looked at is no damage.
        found = {file: found[file] for file in self.tables.files(name) if file in found}
        self.unreadable |= found
        return found

    def _moved(self) -> bool:
        """Whether the tables have other files than those that were asked."""
        self.tables.refresh()
        return any(
            [f for f in self.tables.files(name) if f not in self.unreadable] != files
            for name, files in self._files.items()
        )


def _numbered(table: str, what: str, rows: Iterable[int]) -> tuple[str, list[object]]:
    # Of a list in the place of `unnest` DuckDB does not see between which rows it must look.
    return f'SELECT rowid AS "row", {what} FROM {table} WHERE rowid IN (SELECT unnest(?))', [sorted(set(rows))]


def damage(file: str) -> str | None:
    """What is wrong with a Parquet file; None if all of it can be read."""
    import duckdb

    if not Path(file).is_file():
        return "the file is gone"
    with duckdb.connect(":memory:") as db:
        try:
            db.execute(f"SELECT sum(hash(t)) FROM read_parquet({quoted([file])}) t").fetchone()
        except duckdb.Error as error:
            return str(error).splitlines()[0]
    return None


def _types(name: str) -> dict[str, str]:
    """The columns of a table in DuckDB's words."""
    from detente.arrow import record_schema

    return {field.name: _sql(field.type) for field in record_schema(TABLES[name])}


def _cast(column: str, kind: str, there: Mapping[str, str]) -> str:
    return f'CAST("{column}" AS {kind})' if column in there else f"NULL::{kind}"


def _sql(kind: Any) -> str:
    """An Arrow type in DuckDB's words."""
    from arro3.core import DataType

    if DataType.is_list(kind):
        return f"{_sql(kind.value_type)}[]"
    if DataType.is_map(kind):
        return "MAP(VARCHAR, DOUBLE)"
    if DataType.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{f.name}" {_sql(f.type)}' for f in kind.fields) + ")"
    if DataType.is_boolean(kind):
        return "BOOLEAN"
    if DataType.is_integer(kind):
        return "BIGINT"
    return "DOUBLE" if DataType.is_floating(kind) else "VARCHAR"
