"""Write events in a format, whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from detente.errors import DetenteError
from detente.export import (
    acled,
    csv,
    followthemoney,
    gdelt,
    geojson,
    icews,
    jsonl,
    label_studio,
    parquet,
    plover_json,
    polecat,
    web_annotation,
)  # fmt: skip
from detente.export.rows import Row, day, of_event, own_day
from detente.records import Event

log = logging.getLogger("detente")


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``write``: takes what ``takes`` says and a binary stream; returns how many rows it wrote.

    ``takes``: "records" (events or incidents as they are, and ``kind``), "events", or "rows" (`Row`: of either). ``status``: whether
    the format says that an event did not happen. ``undated``: whether a row may be without a day. ``leaves_out``: why a row has no place in the format. ``binary``: not for the
    eyes. ``texts``: needs the reports' texts, so a store.
    """

    write: Callable[..., int]
    takes: str = "rows"
    status: bool = True
    undated: bool = True
    leaves_out: Callable[[Row], str | None] | None = None
    binary: bool = False
    texts: bool = False


#: A new format is one module and one line here.
FORMATS: dict[str, Format] = {
    "jsonl": Format(jsonl.write, "records"),
    "csv": Format(csv.write, "records"),
    "parquet": Format(parquet.write, "records", binary=True),
    "arrow": Format(parquet.write_arrow, "records", binary=True),
    "geojson": Format(geojson.write),
    "plover": Format(plover_json.write),
    "polecat": Format(polecat.write, status=False, undated=False),
    "gdelt": Format(gdelt.write, status=False, undated=False),
    "gdelt-mentions": Format(gdelt.write_mentions, status=False, undated=False),
    "icews": Format(icews.write, status=False, undated=False),
    "acled": Format(acled.write, status=False, undated=False, leaves_out=acled.leaves_out),
    "ftm": Format(followthemoney.write),
    "web-annotation": Format(web_annotation.write, "events"),
    "label-studio": Format(label_studio.write, texts=True),
}
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".geojson": "geojson",
}


def format_of(path: Path | None) -> str:
    """The format that a file's name tells; JSONL for any other name and for no file."""
    return _SUFFIXES.get(path.suffix.lower(), "jsonl") if path is not None else "jsonl"


def named(form: str) -> Format:
    """The format of a name. Raises DetenteError for one that is none, with the likeliest that is."""
    if form in FORMATS:
        return FORMATS[form]
    near = difflib.get_close_matches(form.lower(), FORMATS, 1, 0.5)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise DetenteError(f"unknown format {form!r}{hint}: one of {', '.join(FORMATS)}")


def write(
    events: Iterable[Event],
    target: Path | IO[str] | BinaryIO,
    form: str = "jsonl",
    *,
    all_statuses: bool = False,
    tell: Callable[[str], None] = log.warning,
) -> int:
    """Write ``events`` to a file or stream in ``form`` (a key of `FORMATS`); returns how many rows.

    Formats that cannot say that an event was denied, planned, possible or generic get the actual ones alone, unless
    ``all_statuses``; ``tell`` is told, in a sentence, how many were left out or cannot be told apart.
    A file appears only when all is written: an interrupted run leaves the old one. Missing folders are made.
    Raises DetenteError if the format is unknown or the file cannot be written.
    """
    takes = named(form).takes
    return write_rows(events if takes != "rows" else map(of_event, events), target, form, all_statuses, tell)


def write_rows(
    rows: Iterable[Any],
    target: Path | IO[str] | BinaryIO,
    form: str,
    all_statuses: bool = False,
    tell: Callable[[str], None] = log.warning,
    **given: Any,
) -> int:
    """As `write`, of what the format takes; ``given`` goes to its writer."""
    one = named(form)
    missed: Counter[str] = Counter()
    # A format of whole records has a place for every row: it takes them as they are kept, which may be faster than one by one.
    kept = rows if one.takes == "records" else _fitting(rows, one, all_statuses, missed)
    if isinstance(target, Path):
        try:
            with _whole(target) as file:
                count = one.write(kept, file, **given)
        except OSError as error:
            raise DetenteError(f"{target} cannot be written: {error.strerror or error}") from error
    else:
        stream = cast(BinaryIO, getattr(target, "buffer", target))  # a text stream such as sys.stdout has a binary one
        count = one.write(kept, stream, **given)
        stream.flush()
    _told(form, missed, tell)
    return count


def _fitting(rows: Iterable[Any], one: Format, all_statuses: bool, missed: Counter[str]) -> Iterator[Any]:
    """The rows that have a place in the format; the others are counted by reason."""
    for row in rows:
        if not one.status and row.status != "actual":
            missed[("kept " if all_statuses else "") + row.status] += 1
            if not all_statuses:
                continue
        if not one.undated and own_day(row) is None:
            if day(row) is None:
                missed["out without any date"] += 1
                continue
            missed["undated"] += 1
        if one.leaves_out is not None and (why := one.leaves_out(row)):
            missed["out " + why] += 1
            continue
        yield row


def _told(form: str, missed: Counter[str], tell: Callable[[str], None]) -> None:
    def listed(prefix: str) -> str:
        return ", ".join(f"{n} {k.removeprefix(prefix)}" for k, n in sorted(missed.items()) if k.startswith(prefix))

    out, kept = listed("out "), listed("kept ")
    if undated := missed.pop("undated", 0):
        tell(f"{form} has a day in every row: {undated} without one of their own have that of their report")
    bare = {k: n for k, n in sorted(missed.items()) if not k.startswith(("out ", "kept "))}
    if bare:
        words = ", ".join(f"{n} {k}" for k, n in bare.items())
        tell(f"{form} cannot say that something did not happen: left out {words} (--all-statuses keeps them)")
    if kept:
        tell(f"{form} cannot say that something did not happen: {kept} look like what did")
    if out:
        tell(f"{form} has no place for some: left out {out}")


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
