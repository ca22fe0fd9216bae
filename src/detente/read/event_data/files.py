"""Files of event data: which format one is in, and its events, bad lines told beside them."""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from detente.errors import InputError, RecordError
from detente.read.event_data import acled, gdelt, icews, polecat
from detente.read.event_data.record import DyadEvent

#: The formats that are read.
FORMATS = ("gdelt", "icews", "polecat", "acled")
_READERS: dict[str, Callable[[Any], Iterator[DyadEvent]]] = {
    "gdelt": gdelt.rows, "icews": icews.rows, "polecat": polecat.rows, "acled": acled.rows,
}  # fmt: skip
_NEEDED = {
    "icews": ("Event Date", "Source Country", "Target Country"),
    "polecat": ("Event Date", "Event Type", "Actor Country", "Recipient Country"),
    "acled": ("event_date", "sub_event_type", "actor1", "actor2"),
}
_GDELT = (61, 58, 57)
_LINE = 1_000_000  # characters of a line that are read; longer ones are no event data


def read(paths: str | Path | Iterable[str | Path], form: str | None = None) -> Iterator[DyadEvent | InputError]:
    """The events of files (also .zip of one file, .gz) in the order of their lines, and an InputError for each line or file that
    cannot be used; the rest goes on.

    ``form``: one of `FORMATS`; None: as the file looks. Lines that PLOVER has no event for ("make statement") are passed over.
    Raises InputError for a ``form`` that is none.
    """
    if form is not None and form not in FORMATS:
        raise InputError(form, f"no format that is read: one of {', '.join(FORMATS)}")
    for path in [paths] if isinstance(paths, str | Path) else paths:
        yield from _file(Path(path), form)


def looks_like(line: str) -> str | None:
    """Which format the first line of a file is of: one of `FORMATS`, "gdelt-mentions", "jsonl", or None."""
    line = line.lstrip("\ufeff").rstrip("\r\n")
    tabs = line.split("\t")
    if tabs[0] == "Event ID":
        return "icews" if "Source Name" in tabs else "polecat" if "Actor Name" in tabs else None
    if len(tabs) in _GDELT and (tabs[0].isdigit() or tabs[0].upper() == "GLOBALEVENTID"):
        return "gdelt"
    if len(tabs) == 16 and tabs[0].isdigit():
        return "gdelt-mentions"
    commas = {c.strip('" ') for c in line.replace(";", ",").split(",")}
    if {"event_date", "sub_event_type"} <= commas:
        return "acled"
    return "jsonl" if line.startswith("{") else None


def _file(path: Path, form: str | None) -> Iterator[DyadEvent | InputError]:
    try:
        with contextlib.ExitStack() as stack:
            stream = _opened(path, stack)
            head = stream.readline(_LINE)
            seen = looks_like(head)
            if seen is None or seen not in FORMATS or (form is not None and seen != form):
                yield InputError(str(path), _wrong(form, seen, head))
                return
            yield from _lines(path, head, stream, seen)
    except (OSError, zipfile.BadZipFile, EOFError, UnicodeError) as error:
        yield InputError(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _wrong(form: str | None, seen: str | None, head: str) -> str:
    if not head.strip():
        return "is empty"
    wanted = f"is no {form} file" if form else f"is in none of the formats {', '.join(FORMATS)}"
    if seen is None:
        return f"{wanted}: its first line has {len(head.split(chr(9)))} tab-separated and {len(head.split(','))} comma-separated cells"
    if seen == "jsonl":
        return f"{wanted}: it looks like JSON lines, which is detente's own format"
    if seen == "gdelt-mentions":
        return f"{wanted}: it looks like GDELT's mentions table; name the events table (…export.CSV)"
    return f"{wanted}: it looks like {seen}"


def _opened(path: Path, stack: contextlib.ExitStack) -> IO[str]:
    """The text of a file, of a .gz, or of the only file in a .zip."""
    raw: IO[bytes] = stack.enter_context(path.open("rb"))
    start = raw.read(4)
    raw.seek(0)
    if start[:2] == b"\x1f\x8b":
        raw = stack.enter_context(gzip.GzipFile(fileobj=raw))  # type: ignore[arg-type]
    elif start == b"PK\x03\x04":
        archive = stack.enter_context(zipfile.ZipFile(raw))
        names = [n for n in archive.namelist() if not n.endswith("/")]
        if len(names) != 1:
            raise OSError(0, f"an archive of {len(names)} files: unpack it and name them")
        raw = stack.enter_context(archive.open(names[0]))
    # newline="\n": other line ends and controls stay within their cells.
    encoding = "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="\n")


def _lines(path: Path, head: str, stream: IO[str], form: str) -> Iterator[DyadEvent | InputError]:
    reader = _READERS[form]
    for number, cells in _cells(head, stream, form):
        source = f"{path}:{number}"
        if isinstance(cells, str):
            yield InputError(source, cells)
            continue
        try:
            for event in reader(cells):
                yield replace(event, source=source)
        except (RecordError, ValueError) as error:
            yield InputError(source, str(error))


def _cells(head: str, stream: IO[str], form: str) -> Iterator[tuple[int, Any]]:
    """(line number, cells or what is wrong with the line). Cells by name where there is a header."""
    if form == "acled":
        yield from _csv(head, stream)
        return
    lines = _numbered(head, stream)
    columns: list[str] | None = None
    width = len(head.rstrip("\r\n").split("\t"))
    for number, line in lines:
        cells = line.rstrip("\r\n").split("\t")
        if number == 1 and not cells[0].isdigit():
            columns = cells if form != "gdelt" else None
            missing = [c for c in _NEEDED.get(form, ()) if c not in cells]
            if missing:
                yield 1, f"the header lacks {', '.join(missing)}"
                return
            continue
        if len(cells) != width:
            yield number, f"{len(cells)} columns, not {width}"
        elif columns is None:
            # 1.0 has the same first 35 columns as 2.0: all that is read here.
            yield number, cells
        else:
            yield number, dict(zip(columns, cells, strict=True))


def _numbered(head: str, stream: IO[str]) -> Iterator[tuple[int, str]]:
    yield 1, head
    number = 1
    while line := stream.readline(_LINE):
        number += 1
        if line.rstrip("\r\n"):
            yield number, line


def _csv(head: str, stream: IO[str]) -> Iterator[tuple[int, Any]]:
    def lines() -> Iterator[str]:
        yield head
        yield from iter(lambda: stream.readline(_LINE), "")

    delimiter = ";" if head.count(";") > head.count(",") else ","
    table = csv.reader(lines(), delimiter=delimiter, strict=False)
    columns: Sequence[str] = [c.strip().lower() for c in next(table)]
    missing = [c for c in _NEEDED["acled"] if c not in columns]
    if missing:
        yield 1, f"the header lacks {', '.join(missing)}"
        return
    while True:
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield table.line_num, f"no CSV: {error}"
            continue
        if cells and len(cells) != len(columns):
            yield table.line_num, f"{len(cells)} columns, not {len(columns)}"
        elif cells:
            yield table.line_num, dict(zip(columns, cells, strict=True))
