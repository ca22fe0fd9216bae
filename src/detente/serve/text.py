"""Text of reports on pages: cleaned of what would turn or hide other text, and with the words that answers came from marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from detente.records import Event

# Controls, line separators, and marks that turn the direction of writing; surrogates cannot be UTF-8. Each becomes one sign, so
# that spans still fit.
_UNRULY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BROKEN = re.compile("[\ud800-\udfff]")
SHOWN = 100_000  # characters of a report that a page shows


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a text. ``kind``: trigger, actor, recipient, place, date, toll, voice, sentence; ``link``: where they lead."""

    start: int
    end: int
    kind: str
    link: str = ""
    title: str = ""


def clean(text: str) -> str:
    """As it may stand on a page; as long as it was."""
    return _BROKEN.sub("\ufffd", _UNRULY.sub(" ", text))


def finalize(value: Any) -> Any:
    """What a template prints: text cleaned, nothing for None."""
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def marked(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> Markup:
    """A part of a text as HTML with marks, which may overlap: each piece between two ends has all marks that cover it."""
    end = min(len(text), end if end is not None else len(text), start + SHOWN)
    inside = [m for m in marks if m.start < end and m.end > start and m.start < m.end]
    cuts = sorted({start, end, *(c for m in inside for c in (m.start, m.end) if start < c < end)})
    begun = sorted(inside, key=lambda m: m.start)
    covering: list[Mark] = []
    at = 0
    out: list[str] = []
    for a, b in pairwise(cuts):
        covering = [m for m in covering if m.end > a]
        while at < len(begun) and begun[at].start <= a:
            covering.append(begun[at])
            at += 1
        out.append(_piece(clean(text[a:b]), covering))
    return Markup("".join(out))


def _piece(text: str, marks: Sequence[Mark]) -> str:
    words = str(escape(text))
    if not marks:
        return words
    kinds = " ".join(dict.fromkeys(f"m-{m.kind}" for m in marks))
    title = "; ".join(dict.fromkeys(m.title for m in marks if m.title))
    about = f' title="{escape(clean(title))}"' if title else ""
    link = next((m.link for m in marks if m.link), "")
    if link:
        return f'<a class="mark {kinds}" href="{escape(link)}"{about}>{words}</a>'
    return f'<mark class="{kinds}"{about}>{words}</mark>'


def marks_of(event: Event, link: str = "", trigger_only: bool = False) -> list[Mark]:
    """The marks of an event's answers."""
    found = [Mark(event.trigger.start, event.trigger.end, f"trigger q{event.quad}", link, _title(event))]
    if trigger_only:
        return found
    for kind, spans in (
        ("actor", event.actors), ("recipient", event.recipients), ("place", (event.place,)), ("date", (event.date,)),
        ("toll", event.casualties), ("voice", (event.attribution,)),
    ):  # fmt: skip
        known = [s for s in spans if s is not None]
        found += [Mark(s.start, s.end, kind, "", kind) for s in known if s.start is not None and s.end is not None]
    return found


def sentence(event: Event) -> Markup:
    """The sentence of an event with its answers marked."""
    at = event.sentence.start
    text = event.sentence.text
    moved = [Mark(m.start - at, m.end - at, m.kind, m.link, m.title) for m in marks_of(event)]
    return marked(text, moved)


def _title(event: Event) -> str:
    return f"{event.type}{'/' + '+'.join(event.modes) if event.modes else ''}, {event.status}, confidence {event.confidence:.2f}"
