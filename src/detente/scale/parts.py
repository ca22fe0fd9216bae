"""Long runs that may be stopped at any moment: events in numbered parts, a manifest of those that are whole, and resuming."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from detente.errors import DetenteError, InputError
from detente.export.write import write
from detente.pipeline import Outcome
from detente.records import Document, Event

MANIFEST = "manifest.jsonl"
#: Inputs (reports, and what could not be read) of one part: some ten seconds of work, the most that a kill costs.
PART = 1000
_FORMAT = 1
_SUFFIX = {
    "plover": "jsonl",
    "web-annotation": "jsonl",
    "ftm": "jsonl",
    "gdelt": "tsv",
    "icews": "tsv",
    "polecat": "tsv",
}

Item = Document | InputError
Problem = tuple[str, str, str, str | None]  # kind, item, reason, field: a line of the report


@dataclass(slots=True)
class Totals:
    """What a run has done. ``failures``: how many by kind ("unreadable", "deadline", "crash", the name of an error)."""

    documents: int = 0
    events: int = 0
    skipped: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, other: Totals) -> None:
        """Count another part in."""
        self.documents += other.documents
        self.events += other.events
        self.skipped += other.skipped
        self.failures.update(other.failures)

    def took(self, outcome: Outcome, events: int) -> None:
        """Count a document with so many events."""
        self.documents += 1
        self.events += events
        self.skipped += outcome.skipped is not None
        if outcome.error:
            self.failures[outcome.error.partition(":")[0]] += 1

    def to_dict(self) -> dict[str, Any]:
        """For the manifest and the report."""
        return {
            "documents": self.documents,
            "events": self.events,
            "skipped": self.skipped,
            "failures": dict(sorted(self.failures.items())),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Totals:
        """Back from the manifest."""
        return cls(data["documents"], data["events"], data["skipped"], Counter(data["failures"]))


class Parts:
    """A folder of parts and its manifest. The manifest's first line says of what the run is; each other line is a part
    that is whole on disk, with its size, its counts and its problems; the last says that the run is done.

    ``about``: what the output depends on (inputs, model, options). Raises DetenteError if the folder holds something
    else, another run, a run that is not to be resumed, or one that another process is at.
    """

    def __init__(self, folder: Path, about: dict[str, Any], *, form: str = "jsonl", resume: bool = False) -> None:
        self.folder, self.form = folder, form
        self.totals = Totals()
        self.inputs = 0
        self.parts: list[str] = []
        self.done = False
        self._lock: IO[bytes] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
            self._begin({"format": _FORMAT, **about}, resume)
        except OSError as error:
            self.close()
            raise DetenteError(f"{folder} cannot be written: {error.strerror or error}") from error
        except DetenteError:
            self.close()
            raise

    def _begin(self, about: dict[str, Any], resume: bool) -> None:
        folder, lines = self.folder, self._lines()
        if lines and not resume:
            raise DetenteError(f"{folder} holds a run already: --resume goes on with it; or name another folder")
        if not lines and any(not p.name.startswith(".") for p in folder.iterdir()):
            raise DetenteError(f"{folder} has other files in it and no {MANIFEST}: name a new folder")
        if lines and lines[0] != about:
            changed = ", ".join(sorted(k for k in {*about, *lines[0]} if about.get(k) != lines[0].get(k)))
            raise DetenteError(f"{folder} cannot be resumed: changed since it began: {changed}. Name a new folder")
        for line in lines[1:]:
            if line.get("done"):
                self.done = True
            elif self._whole(line):
                self._count(line)
            else:
                break
        self._clear()
        kept = [about, *lines[1 : 1 + len(self.parts)], *([lines[-1]] if self.done else [])]
        self._replace("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in kept))

    def close(self) -> None:
        """Let another process go on with the folder."""
        if self._lock is not None:
            self._lock.close()

    def code(
        self,
        items: Iterable[Item],
        through: Callable[[Iterator[Document]], Iterator[Outcome]],
        *,
        min_confidence: float = 0.0,
        all_statuses: bool = False,
        advance: Callable[[int, int], None] = lambda documents, events: None,
    ) -> None:
        """Write the parts that are not there yet. ``items``: all inputs, from the first; ``through`` codes in order."""
        rest = itertools.islice(items, self.inputs, None)
        bad: dict[int, list[InputError]] = {}  # before the document of this number
        drawn = 0

        def documents() -> Iterator[Document]:
            nonlocal drawn
            for item in rest:
                if isinstance(item, InputError):
                    bad.setdefault(drawn, []).append(item)
                else:
                    drawn += 1
                    yield item

        def in_order() -> Iterator[Outcome | InputError]:
            number = -1
            for number, outcome in enumerate(through(documents())):
                yield from bad.pop(number, ())
                yield outcome
            yield from bad.pop(number + 1, ())

        coded = in_order()
        while True:
            some = itertools.islice(coded, PART)
            first = next(some, None)
            if first is None:
                break
            self._part(itertools.chain([first], some), min_confidence, all_statuses, advance)
        if not self.done:
            self._append({"done": True, **self.totals.to_dict(), "parts": len(self.parts)})
            self.done = True

    def problems(self) -> Iterator[Problem]:
        """What failed, was skipped or noted in all parts, in the order of the inputs."""
        for line in self._lines()[1:]:
            yield from (tuple(p) for p in line.get("problems", ()))

    def _part(
        self,
        outcomes: Iterator[Outcome | InputError],
        min_confidence: float,
        all_statuses: bool,
        advance: Callable[[int, int], None],
    ) -> None:
        totals, problems, notes = Totals(), list[Problem](), list[str]()
        quarantined: list[Document] = []
        inputs = 0

        def events() -> Iterator[Event]:
            nonlocal inputs
            for outcome in outcomes:
                inputs += 1
                if isinstance(outcome, InputError):
                    problems.append(("failed", outcome.item, outcome.reason, outcome.field))
                    totals.failures["unreadable" if outcome.field is None else "bad field"] += 1
                    continue
                kept = [e for e in outcome.events if e.confidence >= min_confidence]
                totals.took(outcome, len(kept))
                problems.extend(problems_of(outcome))
                if outcome.error:
                    quarantined.append(outcome.document)
                yield from kept
                advance(1, len(kept))

        number = len(self.parts)
        name = f"part-{number:05d}.{_SUFFIX.get(self.form, self.form)}"
        path = self.folder / name
        write(events(), path, self.form, all_statuses=all_statuses, tell=notes.append)
        _to_disk(path)
        if quarantined:
            self._quarantine(number, quarantined)
        line = {
            "part": name,
            "bytes": path.stat().st_size,
            "inputs": inputs,
            **totals.to_dict(),
            "problems": problems,
            "notes": notes,
        }
        self._append(line)
        self._count(line)

    def _quarantine(self, number: int, documents: Sequence[Document]) -> None:
        """The reports that failed, as JSONL that can be coded again."""
        folder = self.folder / "quarantine"
        folder.mkdir(exist_ok=True)
        given = ("id", "text", "title", "published", "source", "url", "language")
        text = "".join(
            json.dumps({k: getattr(d, k) for k in given if getattr(d, k) is not None}) + "\n" for d in documents
        )
        (folder / f"part-{number:05d}.jsonl").write_text(text, "utf-8")

    def _count(self, line: dict[str, Any]) -> None:
        self.totals.add(Totals.from_dict(line))
        self.inputs += line["inputs"]
        self.parts.append(line["part"])

    def _whole(self, line: dict[str, Any]) -> bool:
        path = self.folder / str(line.get("part"))
        return path.is_file() and path.stat().st_size == line["bytes"]

    def _clear(self) -> None:
        """Away with what a killed run left behind: parts that it had no time to write down."""
        for path in self.folder.iterdir():
            if path.name.startswith(("part-", ".part-")) and path.name not in self.parts:
                path.unlink()

    def _lines(self) -> list[dict[str, Any]]:
        """The lines of the manifest; one that a kill cut short is none."""
        path = self.folder / MANIFEST
        lines: list[dict[str, Any]] = []
        if path.is_file():
            for line in path.read_text("utf-8").splitlines():
                try:
                    lines.append(json.loads(line))
                except ValueError:
                    break
        return lines

    def _append(self, line: dict[str, Any]) -> None:
        try:
            with (self.folder / MANIFEST).open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(json.dumps(line) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise DetenteError(f"{self.folder / MANIFEST} cannot be written: {error.strerror or error}") from error

    def _replace(self, text: str) -> None:
        new = self.folder / f".{MANIFEST}.new"
        new.write_text(text, "utf-8")
        _to_disk(new)
        new.replace(self.folder / MANIFEST)


def problems_of(outcome: Outcome) -> Iterator[Problem]:
    """What went wrong with one document, as lines of the report."""
    name = outcome.document.id
    if outcome.error:
        yield "failed", name, outcome.error, None
    elif outcome.skipped:
        yield "skipped", name, outcome.skipped, None
    for note in outcome.notes:
        yield "note", name, note, None


def identity(inputs: Sequence[str], ours: Sequence[Path]) -> str:
    """A digest of what the inputs are: the names and sizes of all files, and how each begins and ends (64 kB)."""
    from detente.read import formats as reading

    digest = hashlib.sha256()
    mine = {p.resolve() for p in ours}
    for given in inputs:
        path = Path(given)
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            if any(file.resolve().is_relative_to(p) for p in mine) or file.suffix.lower() in (".tmp", ".part"):
                continue
            digest.update(f"{given}\0{file.relative_to(path) if file != path else file.name}\0".encode())
            with contextlib.suppress(OSError), file.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                digest.update(str(size).encode())
                for at in (0, max(0, size - 65_536)):
                    stream.seek(at)
                    digest.update(stream.read(65_536))
    digest.update(",".join(sorted(reading.FORMATS)).encode())  # what a folder's files are
    return digest.hexdigest()


def _to_disk(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _locked(folder: Path) -> IO[bytes] | None:
    """A lock that ends with the process, however it ends. Windows has none of this kind: there the manifest alone warns."""
    try:
        import fcntl
    except ImportError:
        return None
    stream = (folder / ".lock").open("ab")
    for _ in range(50):  # the system may take a moment to let go of what a killed process held
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return stream
        except BlockingIOError:
            time.sleep(0.1)
    stream.close()
    raise DetenteError(f"{folder} is being written by another process")
