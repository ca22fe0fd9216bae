"""Events, incidents, claims, series, alarms and forecasts as HTML for notebooks: tables that read aloud, escaped, without script.

Colours are those of the notebook (``currentColor``), so that light and dark both work; nothing is fetched.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from detente.arrow import ResultList, Results, ResultTuple
from detente.export.measures import KINDS, TENSION
from detente.measure.records import Point, Tension
from detente.picture.svg import plain
from detente.records import Claim, Document, Event, Incident, Record
from detente.store.listing import TABLES

#: Rows that a notebook shows of a list; the rest are counted, or (of a stream) said to be there.
ROWS = 50
_CELL = 400  # characters of a cell
_STYLE = (
    "<style>.detente table{border-collapse:collapse;font-size:.9em}.detente th,.detente td{text-align:left;vertical-align:top;"
    "padding:.25em .6em;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);max-width:34em;overflow-wrap:anywhere;"
    "white-space:pre-line}.detente caption{text-align:left;font-weight:600;padding:.3em .6em;caption-side:top}.detente mark{background:none;"
    "color:inherit;font-weight:700;text-decoration:underline}.detente-scroll{overflow-x:auto}.detente svg{max-width:100%;height:auto}</style>"
)
_Columns = Mapping[str, Callable[[Any], str]]


def html(of: object) -> str:
    """A record, a `ResultList`, a `ResultTuple`, or a stream (`Results`, of which nothing is lost by showing it)."""
    if isinstance(of, Results):
        rows, more = of.ahead(ROWS)
        return _several(of.kind, rows, "there are more" if more else "")
    if isinstance(of, ResultList | ResultTuple):
        left = len(of) - ROWS
        return _several(of.kind, of[:ROWS], f"{left:,} more" if left > 0 else "", len(of))
    if isinstance(of, Tension):
        return _tension(of)
    if isinstance(of, Event):
        return _framed(_event(of))
    if isinstance(of, Record):
        return _framed(_record(of))
    return f"<pre>{_text(repr(of))}</pre>"


def _several(kind: type[Record], rows: Sequence[Any], more: str, total: int | None = None) -> str:
    name, columns = _columns(kind)
    n = len(rows) if total is None else total
    count = f"{n:,} {name if n != 1 else name.removesuffix('s')}"
    if total is None and more:
        count = f"the first {count}"
    return _framed(_table(columns, rows, f"{count}; {more}" if more else count, _words if kind is Event else None))


def _columns(kind: type[Record]) -> tuple[str, _Columns]:
    """What several records of a kind are called, and the columns of their table: those of the command line."""
    for name, of in (("events", Event), ("incidents", Incident), ("claims", Claim)):
        if kind is of:
            return name, TABLES[name]
    for one, name, columns in KINDS.values():
        if kind is one:
            return name, columns
    if kind is Point:
        return "points", TENSION
    shown = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return "records", {n: lambda r, n=n: _value(getattr(r, n)) for n in shown}


def _table(columns: _Columns, rows: Iterable[Any], caption: str, words: Callable[[Any], str] | None = None) -> str:
    """A table with a caption and headed columns; ``words``: a last column that is HTML already."""
    heads = [*columns, *(["words"] if words else [])]
    head = "".join(f'<th scope="col">{_text(n) or "what"}</th>' for n in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td dir="auto">{_text(cell(row))}</td>' for cell in columns.values())
        + (f'<td dir="auto" lang="en">{words(row)}</td>' if words else "")
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="detente-scroll" tabindex="0" role="region" aria-label="{_text(caption)}"><table><caption>{_text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _words(event: Event) -> str:
    """The sentence of an event with its trigger marked."""
    text, at = event.sentence.text, event.sentence.start
    start, end = max(0, event.trigger.start - at), max(0, event.trigger.end - at)
    low, high = max(0, start - _CELL // 2), end + _CELL // 2
    before, after = ("…" if low else "") + text[low:start], text[end:high] + ("…" if high < len(text) else "")
    return f"{_text(before, keep=True)}<mark>{_text(text[start:end])}</mark>{_text(after, keep=True)}"


def _event(of: Event) -> str:
    caption = f"{of.event_id}  {of.type}"
    rows = [(name, cell(of)) for name, cell in TABLES["events"].items() if name != "event"]
    about = of.document
    rows += [("published", about.published or ""), ("source", about.source or ""), ("title", about.title or "")]
    body = "".join(f'<tr><th scope="row">{_text(n)}</th><td dir="auto">{_text(v)}</td></tr>' for n, v in rows if v)
    told = f'<tr><th scope="row">words</th><td dir="auto" lang="en">{_words(of)}</td></tr>'
    return f"<table><caption>{_text(caption)}</caption><tbody>{body}{told}</tbody></table>"


def _record(of: Record) -> str:
    kind = type(of)
    known = kind in (Incident, Claim, Point) or any(kind is one for one, _, _ in KINDS.values())
    if known:
        rows = [(n or "what", cell(of)) for n, cell in _columns(kind)[1].items()]
    else:
        shown = dataclasses.fields(of)  # type: ignore[arg-type]
        rows = [(f.name, _value(getattr(of, f.name))) for f in shown]
    body = "".join(f'<tr><th scope="row">{_text(n)}</th><td dir="auto">{_text(v)}</td></tr>' for n, v in rows if v)
    name = of.title or of.id if isinstance(of, Document) else getattr(of, "incident_id", None) or kind.__name__
    return f"<table><caption>{_text(name)}</caption><tbody>{body}</tbody></table>"


def _tension(of: Tension) -> str:
    """The chart, and its figures as a table below it."""
    from detente.picture.tension import tension

    drawn = tension(of).svg
    caption = f"Tension of {of.dyad} by {of.every}: {of.reading.text}"
    shown = of.points[-ROWS:]
    left = len(of.points) - len(shown)
    figures = _table(TENSION, shown, caption + (f" (the last {len(shown)}; {left:,} more)" if left else ""))
    return _framed(f"{drawn}<details><summary>Figures</summary>{figures}</details>")


def _framed(inner: str) -> str:
    return f'<div class="detente">{_STYLE}{inner}</div>'


def _value(value: Any) -> str:
    """A field for the eyes: records and lists in short."""
    if value is None:
        return ""
    if isinstance(value, Record):
        return str(getattr(value, "text", None) or getattr(value, "name", None) or getattr(value, "id", "") or "")
    if isinstance(value, list | tuple):
        return "; ".join(map(_value, value))
    return str(value)


def _text(text: object, keep: bool = False) -> str:
    """Words of others as text: escaped, without signs that turn the direction of writing; lines stay lines."""
    lines = str(text).split("\n")
    said = "\n".join(plain(line) for line in lines)
    if keep and said:  # blanks beside the mark
        first, last = str(text)[:1].isspace(), str(text)[-1:].isspace()
        said = (" " if first else "") + said + (" " if last else "")
    return escape(said if keep or len(said) <= _CELL else said[: _CELL - 1] + "…")
