"""A durable poller of sources into a store: `detente watch` (docs/sources.md)."""

from detente.watch.backlog import Backlog
from detente.watch.poll import Watch
from detente.watch.sources import Source, read_sources

__all__ = ["Backlog", "Source", "Watch", "read_sources"]
