"""Alarms as an Atom feed (RFC 4287), which any feed reader takes. The same alarms give the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence

from detente.measure.records import Alarm
from detente.records import Incident
from detente.version import __version__

_ATOM = "http://www.w3.org/2005/Atom"


def feed(alarms: Sequence[Alarm], name: str = "detente") -> str:
    """The feed, newest first. ``name``: of the store, a part of the ids, so that two feeds do not mix.

    An entry keeps its id (pair and day on which it was raised); ``updated`` is the day of the latest that it tells.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    newest = sorted(alarms, key=lambda a: (a.raised, a.surge, a.dyad), reverse=True)
    _add(root, "id", f"urn:detente:{_part(name)}:alarms")
    _add(root, "title", f"Alarms of {name}")
    _add(root, "updated", _time(max((_last(a) for a in alarms), default="1970-01-01")))
    _add(root, "generator", "detente", version=__version__)
    _add(_add(root, "author"), "name", "detente")
    for one in newest:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:detente:{_part(name)}:alarm:{_part(one.dyad)}:{one.raised}")
        _add(entry, "title", f"{one.dyad}: surge of conflict since {one.raised}" + (" (over)" if one.cleared else ""))
        _add(entry, "published", _time(one.raised))
        _add(entry, "updated", _time(_last(one)))
        words = f"{one.cause}. {one.conflict:.1f} points in seven days, usual {one.usual:.1f}; surge {one.surge:.1f}."
        _add(entry, "summary", words, type="text")
        _add(entry, "content", f"{words} Incidents: {', '.join(one.incidents)}", type="text")
        for side in (one.a, one.b):
            _add(entry, "category", term=side)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def incidents(
    of: Sequence[Incident], told: Callable[[Incident], str], name: str, link: Callable[[Incident], str] | None = None
) -> str:
    """A feed of incidents, in their order. ``told``: an incident in a line; ``link``: where it can be seen."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "id", f"urn:detente:{_part(name)}:incidents")
    _add(root, "title", f"Incidents of {name}")
    _add(root, "updated", _moment(max((i.last_report or "" for i in of), default="")))
    _add(root, "generator", "detente", version=__version__)
    _add(_add(root, "author"), "name", "detente")
    for one in of:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:detente:{_part(name)}:incident:{one.incident_id}")
        _add(entry, "title", told(one))
        _add(entry, "published", _moment(one.first_report or ""))
        _add(entry, "updated", _moment(one.last_report or one.first_report or ""))
        _add(entry, "summary", f"{told(one)}. Reports: {one.reports}, independent origins: {one.origins}.", type="text")
        _add(entry, "category", term=one.type)
        if link is not None:
            _add(entry, "link", href=link(one))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _moment(text: str) -> str:
    """A date or date-time (UTC unless it says otherwise) as RFC 3339 wants it; for none the beginning of 1970."""
    if len(text) <= 10:
        return _time(text or "1970-01-01")
    return text if text.endswith("Z") or "+" in text[10:] or "-" in text[10:] else f"{text}Z"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    if text is not None:
        # XML 1.0 has no place for control characters.
        made.text = "".join(c for c in text if c >= " " or c in "\t\n")
    return made


def _last(alarm: Alarm) -> str:
    return max(alarm.peak, alarm.cleared or "")


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"


def _part(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in name)
