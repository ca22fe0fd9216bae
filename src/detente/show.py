"""A report for the eyes: its text with the events marked, and a table of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from detente.ontology import party_code
from detente.records import Actor, Document, Event

# By quad: verbal cooperation, material cooperation, verbal conflict, material conflict (Okabe-Ito, safe for
# colour-blind readers). Without colour the brackets and the type still tell.
_COLOURS = {1: "#56B4E9", 2: "#009E73", 3: "#E69F00", 4: "#D55E00"}
_SHOWN = 20_000  # code points of a report that are printed


def report(document: Document, events: Sequence[Event], stream: IO[str]) -> None:
    """Print the text with each trigger marked `[word TYPE]`, then one table row an event."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False, width=None if stream.isatty() else 120)
    console.print(Text(document.title or document.id, style="bold"))
    console.print(_marked(document, events))
    if not events:
        console.print("no events\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("#", "event", "who", "to whom", "where", "when", "status", "according to", "conf."):
        table.add_column(name, overflow="fold")
    for n, e in enumerate(events, 1):
        place = e.place.name or e.place.text if e.place else ""
        when = ""
        if e.date and e.date.start_date:
            when = (
                e.date.start_date
                if e.date.end_date == e.date.start_date
                else f"{e.date.start_date} – {e.date.end_date or ''}"
            )
        tolls = " ".join(f"{c.kind}{c.relation}{c.number}" for c in e.casualties)
        kind = e.type + ("/" + "+".join(e.modes) if e.modes else "") + (f"\n{tolls}" if tolls else "")
        cells = [str(n), kind, _parties(e.actors), _parties(e.recipients), place or "", when, e.status]
        cells += [e.attribution.text if e.attribution else "", f"{e.confidence:.2f}"]
        table.add_row(*(Text(c) for c in cells), style=_COLOURS[e.quad])
    console.print(table)
    console.print()


def _parties(members: Sequence[Actor]) -> str:
    return "\n".join(f"{a.text} ({party_code(a.country, a.sectors)})" for a in members)


def _marked(document: Document, events: Sequence[Event]) -> object:
    from rich.text import Text

    out, at = Text(), 0
    for n, e in enumerate(sorted(events, key=lambda e: e.trigger.start), 1):
        if e.trigger.start < at or e.trigger.end > _SHOWN:
            continue
        out.append(_clean(document.text[at : e.trigger.start]))
        out.append(f"[{_clean(e.trigger.text)} {n}:{e.type}]", style=f"bold {_COLOURS[e.quad]}")
        at = e.trigger.end
    out.append(_clean(document.text[at:_SHOWN]))
    if len(document.text) > _SHOWN:
        out.append(f" … ({len(document.text) - _SHOWN:,} more characters)")
    out.append("\n")
    return out


def _clean(text: str) -> str:
    """Without control and bidi characters, which could rewrite a terminal; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
