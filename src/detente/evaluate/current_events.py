"""Wikipedia's current events (2002 to 2026), coded once into a folder and joined into incidents month by month."""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import ExamError
from detente.link import link
from detente.model.coder import Coder
from detente.records import Document, Event, Incident

SOURCE = "Wikipedia: Portal:Current events"
#: The file is taken in so many parts, every eighth report each, in this order: a part is a fair sample of all years.
PARTS = (0, 4, 2, 6, 1, 5, 3, 7)
_CHUNK = 400  # reports a file
Coded = tuple[Document, tuple[Event, ...]]


def documents(path: Path) -> list[Document]:
    """The reports of the file: JSONL, gzipped or not, with ``date`` and ``text``. Raises ExamError for a malformed one."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")
    found = []
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        try:
            row = json.loads(line)
            one = Document(row["text"], id=f"wce-{number:06d}", published=row["date"], source=SOURCE)
        except (ValueError, KeyError, TypeError) as error:
            raise ExamError(f"{path}:{number + 1}: no report with date and text ({error})") from None
        found.append(one)
    return found


def code(given: Sequence[Document], folder: Path, coder: Coder, parts: Sequence[int] = PARTS) -> list[Path]:
    """Code parts of the reports into a folder; what is there is not coded again. Returns the files."""
    from detente import pipeline

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for part in parts:
        mine = given[part :: len(PARTS)]
        for at in range(0, len(mine), _CHUNK):
            path = folder / f"m{part}_{at // _CHUNK:04d}.jsonl.gz"
            files.append(path)
            if path.exists():
                continue
            beside = path.with_suffix(".part")
            with gzip.open(beside, "wt", compresslevel=4, encoding="utf-8") as out:
                for o in pipeline.outcomes(mine[at : at + _CHUNK], coder=coder):
                    row = {
                        "document": o.document.to_dict(),
                        "events": [e.to_dict() for e in o.events],
                        "skipped": o.skipped,
                    }
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            beside.replace(path)
    return files


def read(files: Sequence[Path]) -> Iterator[Coded]:
    """Reports with their events; what the coder skipped is left out."""
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row: dict[str, Any] = json.loads(line)
                if row["skipped"] is None:
                    yield Document.from_dict(row["document"]), tuple(map(Event.from_dict, row["events"]))


@dataclass(frozen=True, slots=True)
class Joined:
    """Incidents of reports; ``reports``: (day of publication, outlet, address, how many); ``seconds``: of one core that the
    linking of each month (2020-01) took."""

    incidents: list[Incident]
    reports: list[tuple[str, str | None, str | None, int]]
    seconds: dict[str, float]


def incidents(files: Sequence[Path]) -> Joined:
    """Incidents, joined within each month of publication. A happening told in two months is two."""
    months: defaultdict[str, list[Coded]] = defaultdict(list)
    days: defaultdict[str, int] = defaultdict(int)
    for document, events in read(files):
        day = (document.published or "")[:10]
        months[day[:7]].append((document, events))
        days[day] += 1
    found: list[Incident] = []
    seconds = {}
    for month in sorted(months):
        started = time.process_time()
        found += link(months.pop(month)).incidents
        seconds[month] = time.process_time() - started
    return Joined(found, [(day, SOURCE, None, n) for day, n in sorted(days.items())], seconds)
