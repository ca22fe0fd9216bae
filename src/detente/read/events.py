"""Events that are coded already, as `detente code` writes them (JSONL), to be kept with their reports or without."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Self

from detente import ontology
from detente.errors import InputError, RecordError, did_you_mean
from detente.records import Document, Event, parse_published

#: What a document is noted with that has no more of its text than the sentences which tell events.
EXCERPT = "only the sentences that tell events, where they stand in the text"
# No news report is longer (code points); a span beyond it is a mistake, not a reason to make such a text.
_LONGEST = 10_000_000


class CodedEvents:
    """The events of several files, found by the report that they are of. A line is read when its report is asked for.

    What is no event is told as an InputError (``file:line``); the other lines are used.
    """

    def __init__(self, files: Sequence[str | Path | IO[bytes]]) -> None:
        """``files``: JSONL files, or streams (which are copied, for they may be pipes)."""
        self.bad: list[InputError] = []
        self._stack = ExitStack()
        self._files: list[tuple[str, IO[bytes]]] = []
        self._lines: dict[tuple[str, str], list[tuple[int, int, int]]] = {}  # of id and SHA-256: file, byte, line
        self._texts: dict[str, set[str]] = {}  # of an id: the SHA-256 of the texts that its events were coded from
        for file in files:
            self._index(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _index(self, file: str | Path | IO[bytes]) -> None:
        name = str(file) if isinstance(file, str | Path) else "stdin"
        try:
            stream = Path(file).open("rb") if isinstance(file, str | Path) else _copied(file)  # noqa: SIM115 (closed by the stack)
        except OSError as error:
            self.bad.append(InputError(name, f"cannot be read: {error.strerror or error}"))
            return
        self._stack.enter_context(stream)
        number, at = len(self._files), 0
        self._files.append((name, stream))
        for line_number, line in enumerate(iter(stream.readline, b""), 1):
            here, at = at, at + len(line)
            if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            try:
                reference = _object(line)["document"]
                key = str(reference["id"]), str(reference["sha256"])
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                self.bad.append(
                    InputError(f"{name}:{line_number}", f"is no event as detente code writes it: {_why(error)}")
                )
                continue
            self._lines.setdefault(key, []).append((number, here, line_number))
            self._texts.setdefault(key[0], set()).add(key[1])

    def of(self, document: Document) -> Iterator[tuple[Document, tuple[Event, ...]] | InputError]:
        """The events of a report: one pair for each version of the coder; nothing if there are none. Each is given once."""
        lines = self._lines.pop((document.id, document.sha256), None)
        if lines is not None:
            yield from self._pairs(document, lines)
        elif others := self._texts.get(document.id):
            # Those of a text that nobody has are no answer to this one.
            for sha256 in sorted(others):
                if self._lines.pop((document.id, sha256), None):
                    yield InputError(
                        document.id,
                        "its events were coded from another text than the report has (the SHA-256 differs): the report is coded anew",
                    )

    def alone(self) -> Iterator[tuple[Document, tuple[Event, ...]] | InputError]:
        """The events of reports that were not asked for, with as much of the text as they tell."""
        for key in list(self._lines):
            yield from self._pairs(None, self._lines.pop(key))

    def _pairs(
        self, document: Document | None, lines: Sequence[tuple[int, int, int]]
    ) -> Iterator[tuple[Document, tuple[Event, ...]] | InputError]:
        found: dict[str, Event] = {}
        for number, at, line_number in lines:
            name, stream = self._files[number]
            stream.seek(at)
            try:
                event = _event(stream.readline(), document)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                yield InputError(f"{name}:{line_number}", f"is no event as detente code writes it: {_why(error)}")
                continue
            found.setdefault(event.event_id, event)
        events = list(found.values())
        if document is None and events:
            document = excerpt(events)
            for event in events:
                if any(document.text[start:end] != words for start, end, words in ontology.spans(event)):
                    yield InputError(
                        event.event_id, f"other events of {document.id} have other words at its place in the text"
                    )
                    del found[event.event_id]
        versions: dict[object, list[Event]] = {}
        for event in found.values():
            versions.setdefault(event.coder, []).append(event)
        for mine in versions.values():
            assert document is not None
            yield document, tuple(mine)


def _copied(stream: IO[bytes]) -> IO[bytes]:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the caller)
    while part := stream.read(1 << 20):
        copy.write(part)
    copy.seek(0)
    return copy


def excerpt(events: Sequence[Event]) -> Document:
    """The document of events whose report is not at hand: the words that tell them, at their places, blanks between.

    Its ``sha256`` is that of the report, as the events have it.
    """
    of = events[0].document
    spans = [span for event in events for span in ontology.spans(event)]
    text = [" "] * max(end for _, end, _ in spans)
    for start, end, words in spans:
        text[start:end] = words
    document = Document(
        "".join(text),
        of.id,
        of.title,
        of.published,
        of.source,
        of.url,
        of.language,
        reader="events/1",
        notes=(EXCERPT,),
    )
    return with_sha256(document, of.sha256)


def with_sha256(document: Document, sha256: str) -> Document:
    """The excerpt of a document, which has the SHA-256 of the whole."""
    object.__setattr__(document, "sha256", sha256)
    return document


def _object(line: bytes) -> dict[str, Any]:
    values = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(values, dict):
        raise ValueError(f"it is no JSON object, but {type(values).__name__}")
    return values


def _event(line: bytes, document: Document | None) -> Event:
    """The event of a line. Raises RecordError and others for what is none."""
    event = Event.from_dict(_object(line))
    told = event.sentence
    if not isinstance(event.event_id, str) or not event.event_id:
        raise RecordError("event_id must be a string")
    if event.type not in ontology.TYPES:
        raise RecordError(f"unknown type {event.type!r}{did_you_mean(str(event.type), ontology.TYPES)}")
    if any(
        not 0 <= start < end <= _LONGEST or end - start != len(words) for start, end, words in ontology.spans(event)
    ):
        raise RecordError("a span does not fit its words")
    parse_published(event.document.published)
    try:
        json.dumps(event.to_dict(), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RecordError("it has halves of characters, which tables cannot hold") from None
    if not told.start <= event.trigger.start < event.trigger.end <= told.end:
        raise RecordError("its trigger is not in its sentence")
    if wrong := ontology.validate(event, document.text if document else None):
        raise RecordError("; ".join(wrong))
    if document is None:
        for start, end, words in ontology.spans(event):
            if told.start <= start and end <= told.end and told.text[start - told.start : end - told.start] != words:
                raise RecordError(f"{words!r} does not stand at [{start}, {end}) of its sentence")
    return event


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return str(error) or type(error).__name__


def hold_events(head: bytes) -> bool:
    """Whether a file that begins so has events in JSONL: one of its first lines is an event."""
    for line in head.splitlines()[:5]:
        try:
            values = _object(line)
        except (ValueError, RecursionError):
            if line.lstrip(b"\xef\xbb\xbf ").startswith(b'{"event_id"'):
                return True
            continue
        return {"event_id", "trigger", "sentence"} <= set(values)
    return False
