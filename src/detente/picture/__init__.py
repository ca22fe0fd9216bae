"""Pictures of tension, dyads, crises and places as SVG with the table of the same figures (docs/pictures.md)."""

from detente.picture.ask import KINDS, draw
from detente.picture.frame import Picture, csv, write

__all__ = ["KINDS", "Picture", "csv", "draw", "write"]
