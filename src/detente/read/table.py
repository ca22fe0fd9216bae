"""CSV and TSV: one document a row, columns named as the fields of a document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from detente.errors import InputError
from detente.read import fields, text
from detente.records import Document

READER = "csv/1"
_DELIMITERS = ",;\t|"
# Other names under which tables of news carry the same thing; a column of the field's own name wins.
_NAMES = {
    "text": ("body", "content", "article", "full_text", "story", "report"),
    "title": ("headline",),
    "published": ("date", "publish_date", "pub_date", "published_at", "publication_date"),
    "source": ("publisher", "outlet"),
    "url": ("link",),
    "id": ("doc_id", "document_id"),
    "language": ("lang",),
}
_FIELD_LIMIT = 100_000_000


def read(stream: IO[bytes], name: str) -> Iterator[Document | InputError]:
    """Documents of a table in order. Raises InputError if it is empty or no column holds the text."""
    csv.field_size_limit(_FIELD_LIMIT)
    first = stream.readline()
    if not first.strip():
        raise InputError(name, "is empty")
    body = first + stream.read()
    decoded, encoding = text.decode(body, name)
    rows = csv.reader(io.StringIO(decoded, newline=""), delimiter=_delimiter(decoded.partition("\n")[0]))
    try:
        header = [c.strip().lstrip("\ufeff").lower() for c in next(rows)]
    except StopIteration:
        raise InputError(name, "is empty") from None
    except csv.Error as error:
        raise InputError(name, f"is no table: {error}") from None
    columns = _columns(header)
    if "text" not in columns and "html" not in columns:
        raise InputError(name, f'has no column "text" (its columns: {", ".join(header[:12])})', "text")
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield InputError(f"{name}:{line}", f"is not a table row: {error}")
            continue
        if not any(cell.strip() for cell in row):
            continue
        values = {field: row[i] for field, i in columns.items() if i < len(row)}
        for item in fields.document(values, f"{name}:{line}", READER):
            if encoding and isinstance(item, Document):
                item = replace(item, encoding=encoding, notes=(f"decoded as {encoding}",))
            yield item


def _delimiter(header: str) -> str:
    """The character that parts the column names."""
    return max(_DELIMITERS, key=header.count)


def _columns(header: list[str]) -> dict[str, int]:
    columns = {}
    for field in ("id", "text", "html", *fields.OPTIONAL):
        name = next((n for n in (field, *_NAMES.get(field, ())) if n in header), None)
        if name is not None:
            columns[field] = header.index(name)
    return columns
