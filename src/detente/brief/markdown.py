"""A brief as Markdown that reads as plain text too."""

from __future__ import annotations

import re

from detente.brief.records import Brief, Line, Note
from detente.picture.frame import said, span
from detente.picture.svg import plain

_MARKED = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)")


def markdown(of: Brief) -> str:
    """The brief; numbers in brackets are those of the evidence at its end."""
    lines = [f"# {_text(of.title)}", "", _text(of.said), "", f"**{_text(of.headline.text)}**{_notes(of.headline)}", ""]
    for section in of.sections:
        lines += [f"## {_text(section.title)}", ""]
        if section.head:
            lines += [_text(section.head.text) + _notes(section.head), ""]
        lines += [_item(one) for one in section.lines]
        lines += [""] if section.lines else []
        if section.name == "turns":
            lines += [*_weeks(of), *_places(of)]
    lines += ["## Evidence", ""]
    lines += [_note(n) for n in of.notes]
    return "\n".join([*lines, "", _text(of.source), ""])


def _item(one: Line) -> str:
    mark = f"{one.mark}. " if one.mark and one.mark != "•" else "   - " if one.mark else "- "
    return mark + _text(one.text) + _notes(one)


def _notes(one: Line) -> str:
    told = "".join(f"[{n}]" for n in one.notes)
    return (f" {told}" if told else "") + (f" and {one.more} more" if one.more else "")


def _weeks(of: Brief) -> list[str]:
    rows = ["| week | conflict, points a day | cooperation | incidents |", "|---|---:|---:|---:|"]
    for w in of.weeks:
        numbers = [("no report" if v is None else f"{v:.1f}") for v in (w.conflict, w.cooperation)]
        rows.append(f"| {span(w.first, w.last)} | {numbers[0]} | {numbers[1]} | {w.incidents} |")
    return ["## Week by week", "", *rows, ""]


def _places(of: Brief) -> list[str]:
    if not of.map.rows:
        return []
    lines = ["## Where", ""]
    for name, country, _, _, precision, conflict, cooperation, _ in of.map.rows[:8]:
        near = "" if precision in ("city", "site") else f", known only as {precision}"
        lines.append(
            f"- {_text(str(name))} ({_text(str(country or 'no country'))}{near}): {conflict} of conflict, {cooperation} of cooperation"
        )
    return [*lines, ""]


def _note(n: Note) -> str:
    about = [n.source or "outlet unknown", said(n.published) if n.published else "undated"]
    title = f", {_text(n.title)}" if n.title else ""
    url = f" <{web(n.url)}>" if web(n.url) else ""
    return f"{n.number}. {_text(', '.join(about))}{title}: “{_text(n.quote)}”{url} (incident {n.incident_id}, report {_text(n.document)})"


def web(url: str | None) -> str | None:
    """An address that may be a link: http or https, without blanks and signs that end a link."""
    return url if url and re.fullmatch(r"https?://[^\s<>\"'`\\\x00-\x1f]+", url) else None


def _text(text: str) -> str:
    return _MARKED.sub(lambda m: "\\" + m[0], plain(text))
