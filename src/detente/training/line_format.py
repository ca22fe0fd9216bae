"""The annotation line format (docs/data.md): read `bNN.jsonl` + `bNN.ann` pairs into documents with events.

3 | ASSAULT/drone | killed | A Washington=USA:GOV | R Qassem Soleimani=IRN:MIL | P Baghdad=IRQ | C killed=1
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detente.errors import DetenteError
from detente.ontology import CASUALTY_KINDS, CONTEXTS, MODES, SECTORS, STATUSES, TYPES

_OCCURRENCE = re.compile(r"^(.*)#(\d)$", re.S)
_TAGS = {"actor": "A", "recipient": "R", "place": "P", "date": "D", "attribution": "B"}
_ROLES = {tag: role for role, tag in _TAGS.items()}
_VALUED = ("place", "date")  # roles whose words stand before a value, not a party's code
_CASUALTY = re.compile(r"^([a-z]+)(>=|<=|=|~)(\w+)$")


class AnnotationError(DetenteError):
    """A line of an annotation file is malformed; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of a sentence with their code: (start, end) in the sentence, country or value, sectors."""

    start: int
    end: int
    code: str = ""
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One event as a reader wrote it down; ``optional`` ones are neither taught nor held against the model."""

    sentence: int
    type: str
    modes: tuple[str, ...]
    trigger: Marked
    roles: dict[str, tuple[Marked, ...]]
    status: str = "actual"
    casualties: tuple[tuple[str, str, str], ...] = ()
    accept: tuple[str, ...] = ()
    optional: bool = False


@dataclass(slots=True)
class Report:
    """An annotated report: its sentences and what was found in them."""

    id: str
    source: str
    published: str
    title: str
    sentences: list[str]
    contexts: tuple[str, ...] = ()
    events: list[Annotation] = field(default_factory=list)


def find(sentence: str, text: str) -> tuple[int, int]:
    """The span of ``text`` in ``sentence``; ``text#2`` is its second occurrence. Raises AnnotationError."""
    match = _OCCURRENCE.match(text)
    if not match:
        # Written without a number, "he" means the word, not the middle of an earlier "the".
        whole = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", sentence)
        if whole:
            return whole.span()
    text, nth = (match[1], int(match[2])) if match else (text, 1)
    at = -1
    for _ in range(nth):
        at = sentence.find(text, at + 1)
        if at < 0:
            raise AnnotationError(f"{text!r} is not in the sentence: copy it letter by letter")
    return at, at + len(text)


def _party(sentence: str, value: str) -> Marked:
    text, _, code = value.rpartition("=")
    if not text:
        return Marked(*find(sentence, value))  # an attribution may come without a code
    country, _, sectors = code.partition(":")
    names = tuple(s for s in re.split(r"[+,/]", sectors) if s)
    if unknown := [s for s in names if s not in SECTORS]:
        raise AnnotationError(f"unknown sector {unknown[0]!r}")
    return Marked(*find(sentence, text.strip()), country, names)


def parse_event(line: str, sentences: list[str], optional: bool = False) -> Annotation:
    """One event line. Raises AnnotationError that says what is wrong with it."""
    parts = [p.strip() for p in line.split(" | ")]
    if len(parts) < 3 or not parts[0].isdigit() or not 1 <= int(parts[0]) <= len(sentences):
        raise AnnotationError("wants: sentence number | TYPE/mode | trigger | fields")
    sentence = sentences[int(parts[0]) - 1]
    kind, *modes = re.split(r"[/+]", parts[1])
    if kind not in TYPES or any(m not in MODES[kind] for m in modes):
        raise AnnotationError(f"unknown type or mode {parts[1]!r}")
    roles: dict[str, list[Marked]] = {role: [] for role in _TAGS}
    status, casualties, accept = "actual", [], []
    for part in filter(None, parts[3:]):
        tag, _, value = part.partition(" ")
        value = value.strip()
        role = _ROLES.get(tag)
        if role in _VALUED:
            text, _, code = value.rpartition("=")
            roles[role].append(Marked(*find(sentence, text.strip()), code))
        elif role is not None:
            roles[role].append(_party(sentence, value))
        elif tag == "S" and value in STATUSES:
            status = value
        elif tag == "T" and value in TYPES:
            accept.append(value)
        elif tag == "C":
            for item in value.split():
                match = _CASUALTY.match(item)
                if not match or match[1] not in CASUALTY_KINDS:
                    raise AnnotationError(f"bad casualty {item!r}")
                casualties.append((match[1], match[2], match[3]))
        else:
            raise AnnotationError(f"unknown field {part!r}")
    return Annotation(
        int(parts[0]) - 1,
        kind,
        tuple(modes),
        Marked(*find(sentence, parts[2])),
        {name: tuple(found) for name, found in roles.items()},
        status,
        tuple(casualties),
        tuple(accept),
        optional,
    )


def written(event: Annotation, sentence: str) -> str:
    """The line of an event (its casualties and other types left out), which `parse_event` reads as the same event.

    Raises AnnotationError if words hold what parts the fields of a line.
    """
    fields = [
        str(event.sentence + 1),
        "/".join(filter(None, (event.type, "+".join(event.modes)))),
        _named(sentence, event.trigger),
    ]
    for role, tag in _TAGS.items():
        for party in event.roles.get(role, ()):
            code = ":".join(filter(None, (party.code, "+".join(party.sectors))))
            fields.append(f"{tag} {_named(sentence, party)}" + (f"={code}" if code or role in _VALUED else ""))
    if event.status != "actual":
        fields.append(f"S {event.status}")
    return " | ".join(fields)


def _named(sentence: str, words: Marked) -> str:
    """The words as they are written in a line: with a number where the bare words would be found elsewhere."""
    text = sentence[words.start : words.end]
    if " | " in text or "\n" in text or text != text.strip():
        raise AnnotationError(f"{text!r} cannot stand in a line")
    if not _OCCURRENCE.match(text) and find(sentence, text) == (words.start, words.end):
        return text
    nth, at = 0, -1
    while at < words.start:
        nth, at = nth + 1, sentence.find(text, at + 1)
    return f"{text}#{nth}"


def read_pair(documents: Path, annotations: Path) -> list[Report]:
    """All reports of one `bNN.jsonl` + `bNN.ann` pair. Raises AnnotationError naming file and line."""
    reports = {}
    for line in documents.read_text("utf-8").splitlines():
        d = json.loads(line)
        reports[d["id"]] = Report(
            d["id"], d.get("source", ""), d.get("published", ""), d.get("title", ""), d["sentences"]
        )
    seen, report = set(), None
    for number, line in enumerate(annotations.read_text("utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("//"):
            continue
        try:
            if line.startswith("# "):
                name, _, tags = line[2:].partition("|")
                report = reports[name.strip()]
                seen.add(report.id)
                report.contexts = tuple(t for t in re.split(r"[ ,]+", tags.strip()) if t)
                if unknown := [t for t in report.contexts if t not in CONTEXTS]:
                    raise AnnotationError(f"unknown context {unknown[0]!r}")
            elif report is None:
                raise AnnotationError("an event before the first '# id' line")
            else:
                optional = line.startswith("? ")
                report.events.append(parse_event(line[2:] if optional else line, report.sentences, optional))
        except KeyError:
            raise AnnotationError(f"{annotations}:{number}: no such document: {line}") from None
        except AnnotationError as error:
            raise AnnotationError(f"{annotations}:{number}: {error}") from None
    return [r for r in reports.values() if r.id in seen]


def joined(sentences: Sequence[str]) -> tuple[str, list[list[int]]]:
    """The text of a report, its sentences parted by a space, and where each of them is [start, end)."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append([at, at + len(sentence)])
        at += len(sentence) + 1
    return " ".join(sentences), spans


def read_folder(folder: Path) -> Iterator[Report]:
    """All reports of a folder of pairs, in the order of the file names."""
    for path in sorted(folder.glob("*.ann")):
        yield from read_pair(path.with_suffix(".jsonl"), path)


def held_back(report: str, share: float) -> bool:
    """Whether a report is kept from training: by a hash of its id, so that it is the same reports every time."""
    return int(hashlib.sha256(report.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < share


def read_folders(folders: Sequence[Path]) -> list[Report]:
    """The reports of several folders; of two of one id, that of the folder named first."""
    return list({r.id: r for folder in reversed(folders) for r in read_folder(folder)}.values())
