"""The ontology, read from `plover.toml`: types, modes, quads, scores, statuses, sectors, contexts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from detente.errors import RecordError, did_you_mean

if TYPE_CHECKING:
    from detente.records import Actor, Attribution, Event


@cache
def table() -> dict[str, Any]:
    """The whole of `plover.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("plover.toml").read_text("utf-8"))


_TABLE = table()
TYPES: tuple[str, ...] = tuple(_TABLE["types"])
MODES: dict[str, tuple[str, ...]] = {t: tuple(row["modes"]) for t, row in _TABLE["types"].items()}
QUADS: dict[int, str] = {int(n): name for n, name in _TABLE["quads"].items()}
STATUSES: tuple[str, ...] = tuple(_TABLE["statuses"])
CASUALTY_KINDS: tuple[str, ...] = tuple(_TABLE["casualty_kinds"])
CONTEXTS: tuple[str, ...] = tuple(_TABLE["contexts"])
SECTORS: dict[str, str] = dict(_TABLE["sectors"])
ACTOR_CODES: dict[str, str] = dict(_TABLE["actor_codes"])


def quad(type_: str) -> int:
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict. Raises RecordError."""
    return int(_row(type_)["quad"])


def score(type_: str, modes: Iterable[str] = ()) -> float:
    """PLOVER's conflict-cooperation score, -10 to 10: of the event's modes the one farthest from zero, else the type's.

    Raises RecordError for an unknown type or a mode that is not of that type.
    """
    row = _row(type_)
    scores = []
    for mode in modes:
        if mode not in row["modes"]:
            meant = did_you_mean(mode, row["modes"])
            raise RecordError(
                f"mode {mode!r} is not of {type_}{meant or ':'} {', '.join(row['modes']) or 'it has none'}"
            )
        scores.append(float(row["modes"][mode]))
    return max(scores, key=abs, default=float(row["score"]))


def _row(type_: str) -> dict[str, Any]:
    try:
        row: dict[str, Any] = _TABLE["types"][type_]
    except KeyError:
        meant = did_you_mean(type_, TYPES)
        raise RecordError(f"unknown event type {type_!r}{meant or ':'} one of {', '.join(TYPES)}") from None
    return row


def party_code(country: str | None, sectors: Iterable[str]) -> str:
    """A party in codes, as annotations write it: "IRN:GOV+MIL"; "UNO" without sectors; "---" for a country that nothing tells."""
    return ":".join(filter(None, (country or "---", "+".join(sectors))))


def validate(event: Event, text: str | None = None) -> list[str]:
    """What is wrong with an event: codes outside the ontology, and, given the document's text, spans that do not
    point at their words. An empty list means nothing."""
    problems = []
    if event.type not in TYPES:
        return [f"unknown type {event.type!r}"]
    problems += [f"mode {m!r} is not of {event.type}" for m in event.modes if m not in MODES[event.type]]
    if event.quad != quad(event.type):
        problems.append(f"quad {event.quad} is not that of {event.type}")
    problems += [f"unknown context {c!r}" for c in event.contexts if c not in CONTEXTS]
    parties: list[Actor | Attribution] = [*event.actors, *event.recipients]
    for party in [*parties, event.attribution] if event.attribution else parties:
        problems += [f"unknown sector {s!r}" for s in party.sectors if s not in SECTORS]
        if party.country is not None and not (len(party.country) == 3 and party.country.isupper()):
            problems.append(f"country {party.country!r} is not a code of three capitals")
    if text is not None:
        problems += [
            f"text[{start}:{end}] is {text[start:end]!r}, not {words!r}"
            for start, end, words in spans(event)
            if text[start:end] != words
        ]
    return problems


def spans(event: Event) -> Iterator[tuple[int, int, str]]:
    """Every span of an event: (start, end, text)."""
    single = (event.sentence, event.trigger, event.place, event.date, event.attribution)
    for one in (*single, *event.actors, *event.recipients, *event.casualties):
        if one is not None and one.start is not None and one.end is not None and one.text is not None:
            yield one.start, one.end, one.text
