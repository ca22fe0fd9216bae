"""What all pictures have: a title, what it says, a line of sources, scales and ticks, and the table of the same figures."""

from __future__ import annotations

import csv as csv_
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from detente import ontology
from detente.errors import InputError
from detente.export.csv import Cell, safe
from detente.knowledge import tables
from detente.picture.svg import Drawing, wrapped

WIDE = 760.0
LEFT = 16.0
_TITLE, _SAID, _SOURCE = 17.0, 12.5, 9.5


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG and the table of what it shows. ``days``: its scale of days, if it has one."""

    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    days: Days | None = None


def csv(picture: Picture) -> str:
    """The table as CSV that a spreadsheet opens safely."""
    out = io.StringIO(newline="")
    sheet = csv_.writer(out, lineterminator="\r\n")
    sheet.writerow(picture.columns)
    sheet.writerows([safe(c) for c in row] for row in picture.rows)
    return out.getvalue()


def write(picture: Picture, target: Path | None, table: Path | None = None) -> None:
    """Write the SVG to ``target``, and the CSV to ``table``. Raises InputError for a file that cannot be written."""
    for path, text in ((target, picture.svg), (table, csv(picture))):
        if path is None:
            continue
        try:
            path.write_text(text, "utf-8", newline="")
        except OSError as error:
            raise InputError(str(path), error.strerror or "cannot be written") from None


def headed(d: Drawing, title: str, said: str, most: int = 2) -> float:
    """Title and what it says; returns the y where the picture may begin."""
    room = d.wide - 2 * LEFT
    y = LEFT + _TITLE * 0.8
    for line in wrapped(title, _TITLE * 1.06, room, 2) if title else ():
        d.text(LEFT, y, line, _TITLE, bold=True)
        y += _TITLE * 1.25
    for line in wrapped(said, _SAID, room, most) if said else ():
        d.text(LEFT, y, line, _SAID, "soft")
        y += _SAID * 1.35
    return y


def footed(d: Drawing, y: float, source: str) -> None:
    """The line of sources; sets the height."""
    for line in wrapped(source, _SOURCE, d.wide - 2 * LEFT, 3):
        d.text(LEFT, y + _SOURCE, line, _SOURCE, "soft")
        y += _SOURCE * 1.35
    d.high = math.ceil(y + 10)


def empty(name: str, title: str, why: str, source: str, columns: Sequence[str], wide: float = WIDE) -> Picture:
    """A picture of nothing, which says so."""
    d = Drawing(name, wide)
    y = headed(d, title, why)
    footed(d, y + 4, source)
    return Picture(d.written(title, why), tuple(columns), ())


def ticks(top: float, most: int = 4) -> list[float]:
    """Round numbers from 0 to ``top`` at least, about ``most`` steps (1, 2, 2.5 or 5 times a power of ten)."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


@dataclass(frozen=True, slots=True)
class Days:
    """A scale of days: ``first`` to ``last`` (ordinals, both included) on ``left`` to ``right`` pixels."""

    first: int
    last: int
    left: float
    right: float

    def x(self, day: float) -> float:
        """Where a day begins."""
        return self.left + (day - self.first) * self.step

    @property
    def step(self) -> float:
        """Pixels a day."""
        return (self.right - self.left) / (self.last - self.first + 1)

    def ticks(self) -> list[tuple[int, str]]:
        """Days to name, and their names: about ten, on Mondays, first days of months or of years."""
        span = self.last - self.first + 1
        room = max(2.0, (self.right - self.left) / 62)
        days = [date.fromordinal(o) for o in range(self.first, self.last + 1)]
        for every in (1, 2):
            if span / every <= room:
                return self._named(days[::every])
        for weeks in (1, 2):
            if span / (7 * weeks) <= room:
                return self._named([d for d in days if d.weekday() == 0][::weeks])
        for months in (1, 2, 3, 6):
            if span / (30.4 * months) <= room:
                return self._named([d for d in days if d.day == 1 and (d.month - 1) % months == 0])
        for years in (1, 2, 5, 10, 20, 50):
            if span / (365.25 * years) <= room:
                break
        return [(d.toordinal(), str(d.year)) for d in days if (d.month, d.day) == (1, 1) and d.year % years == 0]

    def _named(self, days: list[date]) -> list[tuple[int, str]]:
        found, year = [], 0
        monthly = len(days) > 1 and all(d.day == 1 for d in days)
        for d in days:
            name = f"{d:%b}" if monthly else f"{d.day} {d:%b}"
            found.append((d.toordinal(), name + (f" {d.year}" if d.year != year else "")))
            year = d.year
        return found

    def axis(self, d: Drawing, top: float, bottom: float) -> None:
        """Light lines down and the names of days below."""
        named = self.ticks()
        if not named:
            middle = date.fromordinal((self.first + self.last) // 2)
            named = [(self.first, f"{middle.day} {middle:%b} {middle.year}")]
        for day, name in named:
            x = self.x(day + 0.5) if self.step > 12 else self.x(day)
            d.line([(x, top), (x, bottom)], "grid", 0.8)
            d.text(x, bottom + 12, name, 10, "soft", at="middle")


def ordinal(day: str) -> int:
    """The number of an ISO day."""
    return date.fromisoformat(day[:10]).toordinal()


def said(day: str) -> str:
    """An ISO day in words: 8 January 2020."""
    at = date.fromisoformat(day[:10])
    return f"{at.day} {at:%B} {at.year}"


def span(first: str, last: str) -> str:
    """Two ISO days in words: 2 to 17 January 2020."""
    a, b = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    if a == b:
        return said(first)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day} to {said(last)}"
    return f"{a.day} {a:%B}{f' {a.year}' if a.year != b.year else ''} to {said(last)}"


def named(code: str) -> str:
    """The name of a country (of an actor's code); other words as they are."""
    country, _, sector = code.partition(":")
    entry = tables.countries().get(country)
    return (entry.name + (f" ({sector})" if sector else "")) if entry else ontology.ACTOR_CODES.get(code, code)


def earlier(day: str, days: int) -> str:
    """The ISO day so many days before."""
    return (date.fromisoformat(day) - timedelta(days)).isoformat()
