"""Records straight from a query: each row comes as one JSON array of the record's fields in their order.

DuckDB makes a Python object of every value of a nested column by way of its own; JSON is written by DuckDB and read by Python in
half the time. And while thousands of records are made, Python's collector of cycles would look again and again at all of
them, and at the tables of knowledge beside them, for nothing: none has a cycle. Of 4,262 events it takes 25 of 33
microseconds an event of reading the JSON, and 25 of 39 of making the records (measured); so it waits.
"""

from __future__ import annotations

import contextlib
import gc
import json
import threading
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from detente.arrow import record_schema
from detente.records import Record, hints, without_none

R = TypeVar("R", bound=Record)

_waiting = threading.Lock()
_makers = 0


def values(kind: type[Record], row: str, given: Mapping[str, str] | None = None) -> str:
    """The SQL of the JSON array of a record's fields. ``row``: the alias of a table, or a column; ``given``: the SQL of fields that
    are not columns of it (a JSON array too, if the field is a record), "" for one to be left out."""
    parts = []
    for name, hint in hints(kind).items():  # type: ignore[arg-type]
        other = (given or {}).get(name)
        if other != "":
            parts.append(other or _value(f'{row}."{name}"', hint))
    return f"json_array({', '.join(parts)})"


def named(kind: type[Record], row: str, given: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """The fields of a record, each with its SQL: the column of its name, or what is ``given`` ("": left out)."""
    told = ((name, (given or {}).get(name, f'{row}."{name}"')) for name in hints(kind))  # type: ignore[arg-type]
    return [(name, sql) for name, sql in told if sql]


def json_object(kind: type[Record], row: str, given: Mapping[str, str] | None = None) -> str:
    """The SQL of a record as JSON."""
    fields = ", ".join(f"'{name}', {sql}" for name, sql in named(kind, row, given))
    return f"json_object({fields})"


def struct(kind: type[Record], row: str) -> str:
    """The SQL of a record as a nested value."""
    fields = ", ".join(f'"{name}" := {sql}' for name, sql in named(kind, row))
    return f"struct_pack({fields})"


def selected(kind: type[Record], row: str, given: Mapping[str, str] | None = None) -> str:
    """The SQL of the fields of a record as columns."""
    return ", ".join(f'{sql} AS "{name}"' for name, sql in named(kind, row, given))


def batch(kind: type[Record], found: Mapping[str, Any]) -> Any:
    """An Arrow record batch of the arrays of a record's fields, with its schema: DuckDB calls what is in a list another name."""
    from arro3.core import RecordBatch

    schema = record_schema(kind)
    return RecordBatch.from_arrays([found[field.name].cast(field.type) for field in schema], schema=schema)


def _value(column: str, hint: Any) -> str:
    bare, _ = without_none(hint)
    one = typing.get_args(bare)[0] if typing.get_origin(bare) is tuple else bare
    if not (isinstance(one, type) and issubclass(one, Record)):
        return column
    if one is bare:
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE {values(one, column)} END"
    return f"list_transform({column}, lambda p: {values(one, 'p')})"


def maker(kind: type[R], without: tuple[str, ...] = ()) -> Callable[..., R]:
    """What makes a record of the list of its fields, in their order; the list is used up. ``without``: fields that are not in the
    list and are given beside it, in the order of the fields, as they are."""
    made: Callable[..., R] = _maker(kind, without)  # type: ignore[arg-type]
    return made


@cache
def _maker(kind: Any, without: tuple[str, ...]) -> Callable[..., Any]:
    names = list(hints(kind))
    beside = [names.index(name) for name in without]
    read = [
        (place, reader)
        for place, (name, hint) in enumerate(hints(kind).items())
        if name not in without and (reader := _reader(hint))
    ]

    def make(given: list[Any], *others: Any) -> Any:
        for place, other in zip(beside, others, strict=True):
            given.insert(place, other)
        for place, reader in read:
            if (value := given[place]) is not None:
                given[place] = reader(value)
        return kind(*given)

    return make


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    bare, _ = without_none(hint)
    if typing.get_origin(bare) is tuple:
        one = typing.get_args(bare)[0]
        if isinstance(one, type) and issubclass(one, Record):
            make = maker(one)
            return lambda value: tuple([make(v) for v in value])
        return tuple
    return maker(bare) if isinstance(bare, type) and issubclass(bare, Record) else None


def read(kind: type[R], text: str) -> R:
    """The record of a JSON array of its fields."""
    return maker(kind)(json.loads(text))


@contextlib.contextmanager
def making_many() -> Iterator[None]:
    """Let the collector of cycles wait while many records are made; short, and of any number of threads."""
    global _makers
    with _waiting:
        if not _makers and not gc.isenabled():  # whoever switched it off will have it so
            ours = False
        else:
            ours = True
            _makers += 1
            gc.disable()
    try:
        yield
    finally:
        if ours:
            with _waiting:
                _makers -= 1
                if not _makers:
                    gc.enable()
