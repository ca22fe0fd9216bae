"""Write events in a format, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from detente.errors import DetenteError
from detente.export import csv, jsonl, parquet
from detente.records import Event

Writer = Callable[[Iterable[Event], BinaryIO], int]

#: A new format is one module and one line here.
FORMATS: dict[str, Writer] = {"jsonl": jsonl.write, "csv": csv.write, "parquet": parquet.write}
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def format_of(path: Path | None) -> str:
    """The format that a file's name tells; JSONL for any other name and for no file."""
    return _SUFFIXES.get(path.suffix.lower(), "jsonl") if path is not None else "jsonl"


def write(events: Iterable[Event], target: Path | IO[str] | BinaryIO, form: str = "jsonl") -> int:
    """Write ``events`` to a file or stream in ``form`` (a key of `FORMATS`); returns how many.

    A file appears only when all is written: an interrupted run leaves the old one. Missing folders are made.
    Raises DetenteError if the format is unknown or the file cannot be written.
    """
    if form not in FORMATS:
        raise DetenteError(f"unknown format {form!r}: one of {', '.join(FORMATS)}")
    if isinstance(target, Path):
        try:
            with _whole(target) as file:
                return FORMATS[form](events, file)
        except OSError as error:
            raise DetenteError(f"{target} cannot be written: {error.strerror or error}") from error
    stream = cast(BinaryIO, getattr(target, "buffer", target))  # a text stream such as sys.stdout has a binary one
    count = FORMATS[form](events, stream)
    stream.flush()
    return count


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A temporary file beside ``target`` that takes its place at the end; a device or pipe is written straight."""
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        # mkstemp makes files that only the owner can read; the result gets what any new file gets.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
