"""Events to files: one module a format."""

from detente.export.write import FORMATS, format_of, write

__all__ = ["FORMATS", "format_of", "write"]
