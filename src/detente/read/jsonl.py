"""JSONL: one document a line. A broken line is reported with its number; the rest is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from detente.errors import InputError
from detente.read import contained, entries, fields, news_json, text
from detente.records import Document

READER = "jsonl/1"
_LONGEST = 100_000_000  # bytes of one line


def read(stream: IO[bytes], name: str, first: int = 1) -> Iterator[Document | InputError]:
    """Documents of a JSONL stream in order, with an InputError (``name:line``) for each line that is none.

    ``first``: the number of the first line, where the stream is a later part of a file.
    """
    number = first - 1
    while line := stream.readline(_LONGEST):
        number += 1
        place = f"{name}:{number}"
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            yield InputError(place, f"the line is longer than {_LONGEST // 1_000_000} MB")
            while line and not line.endswith(b"\n"):
                line = stream.readline(_LONGEST)
            continue
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            decoded, _ = text.decode(line.removeprefix(b"\xef\xbb\xbf"), place)
            values = json.loads(decoded)
        except InputError as error:
            yield error
            continue
        except (ValueError, RecursionError) as error:
            yield InputError(place, f"is not JSON: {error}")
            continue
        if not isinstance(values, dict):
            yield InputError(place, f"must be a JSON object, not {type(values).__name__}")
            continue
        if not {"text", "html"} & values.keys() and news_json.kind(values):
            # A newsroom's item holds HTML: its parser runs in the worker.
            yield from entries.documents(contained.parse("json", line, place))
        else:
            yield from fields.document(values, place, READER)
    if number == 0:
        yield InputError(name, "is empty")
