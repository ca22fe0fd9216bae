"""Inputs of a cluster: pieces of files that tasks read by themselves, in the order and with the ids of a local run."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import DetenteError, InputError, MissingExtra
from detente.read import fields, formats, inputs, jsonl
from detente.records import Document

# Bytes of a piece of JSONL: small enough that a task takes minutes, large enough that there are not too many.
_SMALLEST, _LARGEST, _PIECES = 1 << 16, 1 << 24, 200
_BLOCK = 1 << 20
_READER = "parquet/1"


@dataclass(frozen=True, slots=True)
class Split:
    """Bytes [start, end) of a file; ``first``: the number of its first line. ``name``: what documents are called by."""

    path: str
    name: str
    start: int = 0
    end: int | None = None
    first: int = 1


def splits(given: Sequence[str]) -> list[Split]:
    """The pieces of files and folders: JSONL at line ends, Parquet and Delta file by file, others whole.

    A path may be one of this machine or an address that pyarrow knows (hdfs://, s3://, gs://). Raises DetenteError for
    what is not there or holds nothing.
    """
    files = [(path, name) for one in given for path, name in _files(one)]
    total = sum(_size(path) for path, _ in files)
    size = max(_SMALLEST, min(_LARGEST, total // _PIECES))
    found: list[Split] = []
    for path, name in files:
        found += _cut(path, name, size) if path.lower().endswith((".jsonl", ".ndjson")) else [Split(path, name)]
    return found


def read(split: Split, published: str | None = None) -> Iterator[Document | InputError]:
    """The documents of a piece, as `detente.read.read_inputs` reads them from the whole."""
    from dataclasses import replace

    if split.end is None and not split.path.endswith(".parquet"):
        for item in inputs.read_inputs([split.path], published=published):
            yield (
                replace(item, id=split.name)
                if isinstance(item, Document) and item.id == Path(split.path).name
                else item
            )
        return
    yield from inputs.dated(_rows(split) if split.end is None else _lines(split), published)


def filesystem(path: str) -> tuple[Any, str]:
    """pyarrow's file system of a path or address, and the path within it."""
    from pyarrow.fs import FileSystem

    try:
        found: tuple[Any, str] = FileSystem.from_uri(path if "://" in path else str(Path(path).resolve()))
        return found
    except (OSError, ValueError) as error:
        raise DetenteError(f"{path} cannot be opened: {error}") from error


def _files(given: str) -> Iterator[tuple[str, str]]:
    """Files of an input with the names of their documents."""
    from pyarrow.fs import FileSelector, FileType

    system, path = filesystem(given)
    prefix = given[: -len(path)] if "://" in given and given.endswith(path) else ""
    about = system.get_file_info(path)
    if about.type == FileType.NotFound:
        raise DetenteError(f"{given}: no such file or folder")
    if about.type == FileType.File:
        yield given, path.rsplit("/", 1)[-1]
        return
    if system.get_file_info(path + "/_delta_log").type == FileType.Directory:
        from deltalake import DeltaTable

        for uri in sorted(DeltaTable(given).file_uris()):
            yield uri, uri.rsplit("/", 1)[-1]
        return
    known = (*formats.FORMATS, ".parquet")
    found = []
    for one in system.get_file_info(FileSelector(path, recursive=True)):
        name = one.path[len(path) :].lstrip("/")
        hidden = any(part.startswith((".", "_")) for part in name.split("/"))
        if one.type == FileType.File and name.lower().endswith(known) and not hidden:
            found.append((prefix + one.path, name))
    if not found:
        raise DetenteError(f"{given} has no reports (files ending in {', '.join(known)})")
    yield from sorted(found, key=lambda f: f[1])


def size(split: Split) -> int:
    """Bytes of a piece."""
    return _size(split.path) if split.end is None else split.end - split.start


def as_delta(folder: str) -> None:
    """Make a Delta table of a folder of Parquet files: only their footers are read. Raises MissingExtra without deltalake."""
    try:
        from deltalake import convert_to_deltalake
    except ImportError:
        raise MissingExtra("deltalake is missing: pip install 'detente[store]'") from None
    convert_to_deltalake(folder)


def _size(path: str) -> int:
    system, inside = filesystem(path)
    return int(system.get_file_info(inside).size or 0)


def _cut(path: str, name: str, size: int) -> Iterator[Split]:
    """Pieces of about ``size`` bytes that end at line ends, with their line numbers: one reading of the file's bytes."""
    system, inside = filesystem(path)
    start = at = lines = 0
    first = 1
    with system.open_input_stream(inside) as stream:
        while block := bytes(stream.read(min(size, _BLOCK))):
            end = block.rfind(b"\n") + 1
            if end and at + end - start >= size:
                lines += block.count(b"\n")
                yield Split(path, name, start, at + end, first)
                start, first = at + end, lines + 1
            else:
                lines += block.count(b"\n")
            at += len(block)
    if at > start or at == 0:
        yield Split(path, name, start, at, first)


def _lines(split: Split) -> Iterator[Document | InputError]:
    assert split.end is not None
    system, inside = filesystem(split.path)
    with system.open_input_file(inside) as stream:
        stream.seek(split.start)
        yield from jsonl.read(io.BytesIO(bytes(stream.read(split.end - split.start))), split.name, split.first)


def _rows(split: Split) -> Iterator[Document | InputError]:
    """Rows of a Parquet file whose columns are those of a document."""
    from pyarrow import parquet

    system, inside = filesystem(split.path)
    number = 0
    with system.open_input_file(inside) as stream:
        for batch in parquet.ParquetFile(stream).iter_batches(1024):
            for row in batch.to_pylist():
                number += 1
                values = {k: v for k, v in row.items() if v is not None}
                if hasattr(values.get("published"), "isoformat"):
                    values["published"] = values["published"].isoformat()
                yield from fields.document(values, f"{split.name}:{number}", _READER)
