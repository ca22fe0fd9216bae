"""A brief of a dyad on two pages: what changed, turning points, who claims what, evidence for each sentence (docs/brief.md)."""

from detente.brief.compose import brief
from detente.brief.html import html
from detente.brief.markdown import markdown
from detente.brief.records import Brief, Line, Note, Section

__all__ = ["Brief", "Line", "Note", "Section", "brief", "html", "markdown"]
