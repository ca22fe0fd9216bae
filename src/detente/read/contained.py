"""Parsers of untrusted documents, run in a worker: a document that hangs or bursts costs itself, and goes to quarantine with the reason."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.errors import InputError, MissingExtra, Quarantined, RecordError
from detente.read import worker
from detente.read.entries import Entry
from detente.records import Document

_MOST_IDLE = 4
_lock = threading.Lock()
_idle: list[worker.Worker] = []


def parse(form: str, data: bytes, name: str, **more: Any) -> Iterator[Entry | Document | InputError]:
    """What a parser of `detente.read.parsing` finds, in its order. A document that took too long, needed too much memory or killed
    the worker is a `Quarantined`; one whose reader is not installed is an InputError that says so."""
    try:
        with _worker() as mine:
            for answer, _ in mine.run({"format": form, "name": name, **more}, data):
                yield _read(answer)
    except worker.WorkFailed as failure:
        yield quarantined(failure, name, form, data)
    except MissingExtra as error:  # the other inputs may not need it
        yield InputError(name, str(error))


def archive(path: Path, name: str) -> Iterator[Entry | Document | InputError]:
    """The documents of a WARC file; a record that kills the worker is quarantined, and reading goes on behind it."""
    start, at = 0, 0
    while True:
        try:
            asked = {"format": "warc", "name": name, "path": str(path.absolute()), "start": start}
            with _worker() as mine:
                for answer, _ in mine.run(asked):
                    if "at" in answer:
                        at = answer["at"]
                    else:
                        yield _read(answer)
            return
        except worker.WorkFailed as failure:
            yield quarantined(failure, f"{name}@{at}", "warc", b"")
            if failure.kind == "error" or at + 1 <= start:
                return
            start = at + 1
        except MissingExtra as error:
            yield InputError(name, str(error))
            return


def document(form: str, data: bytes, name: str) -> Document:
    """The one document of a format that has one. Raises InputError (or Quarantined) if there is none."""
    for one in parse(form, data, name):
        if isinstance(one, InputError):
            raise one
        if isinstance(one, Document):
            return one
    raise InputError(name, "holds no document")


def quarantined(failure: worker.WorkFailed, name: str, stage: str, data: bytes) -> Quarantined:
    """The failure of a worker as the problem of the document that it was at."""
    reason = failure.reason if failure.kind != "error" else f"its parser failed: {failure.reason}"
    return Quarantined(
        name, reason, stage, failure.kind, round(failure.seconds, 1), hashlib.sha256(data).hexdigest() if data else None
    )


def limits() -> tuple[float, int]:
    """Seconds and bytes of memory a parse: $DETENTE_PARSE_SECONDS and $DETENTE_PARSE_MB, else 30 s and 1 GB. Raises RecordError."""
    try:
        seconds = float(os.environ.get("DETENTE_PARSE_SECONDS") or worker.SECONDS)
        memory = int(float(os.environ.get("DETENTE_PARSE_MB") or worker.MEMORY / 1e6) * 1e6)
    except ValueError:
        raise RecordError("DETENTE_PARSE_SECONDS and DETENTE_PARSE_MB must be numbers") from None
    return seconds, memory


def close() -> None:
    """End the workers that wait; the next document starts one again."""
    with _lock:
        idle = _idle[:]
        _idle.clear()
    for one in idle:
        one.close()


atexit.register(close)


@contextlib.contextmanager
def _worker() -> Iterator[worker.Worker]:
    """A worker of nobody else, for the time of one document; it waits for the next one then, whichever thread that comes from."""
    seconds, memory = limits()
    with _lock:
        mine = next((w for w in _idle if (w.seconds, w.memory) == (seconds, memory)), None)
        if mine is not None:
            _idle.remove(mine)
    mine = mine or worker.Worker("detente.read.parsing:parse", seconds, memory)
    try:
        yield mine
    finally:
        with _lock:
            _idle.append(mine)
            surplus = _idle.pop(0) if len(_idle) > _MOST_IDLE else None
        if surplus is not None:
            surplus.close()


def _read(answer: dict[str, Any]) -> Entry | Document | InputError:
    if "problem" in answer:
        return InputError(*answer["problem"])
    if "missing" in answer:
        raise MissingExtra(answer["missing"])
    return Entry.from_dict(answer["entry"]) if "entry" in answer else Document.from_dict(answer["document"])
