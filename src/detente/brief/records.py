"""What a brief is made of: lines that carry the numbers of their evidence, in sections; and the evidence itself."""

from __future__ import annotations

from dataclasses import dataclass

from detente.picture.frame import Picture
from detente.records import Record


@dataclass(frozen=True, slots=True)
class Line(Record):
    """A sentence and its evidence. ``notes``: numbers of `Note`s; ``more``: incidents it rests on beside those; ``mark``: the
    number of a turning point in the chart. A line without notes says that there is nothing."""

    text: str
    notes: tuple[int, ...] = ()
    more: int = 0
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Section(Record):
    """A heading and its lines; ``head``: a sentence before them."""

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    head: Line | None = None


@dataclass(frozen=True, slots=True)
class Note(Record):
    """A piece of evidence: the words of one report that tell of an incident. ``quote``: its sentence, cut if it is long."""

    number: int
    incident_id: str
    event_id: str
    document: str
    title: str | None
    source: str | None
    published: str | None
    url: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Week(Record):
    """A row of the table beside the chart: score points a day; None where no report tells."""

    first: str
    last: str
    conflict: float | None
    cooperation: float | None
    incidents: int


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief of a dyad. ``said``: whom, when, as of when; ``source``: where all of it comes from."""

    title: str
    said: str
    headline: Line
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    chart: Picture
    map: Picture
    weeks: tuple[Week, ...]
    source: str

    def section(self, name: str) -> Section | None:
        """The section of a name: changed, turns, ahead, expected, disputed, tolls, claims, sources."""
        return next((s for s in self.sections if s.name == name), None)
