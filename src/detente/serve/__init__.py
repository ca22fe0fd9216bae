"""A store for browsers and programs: pages, an HTTP interface, feeds (docs/serve.md). Needs the extra `serve`."""

from detente.serve.settings import Settings, need_serve_extra

__all__ = ["Settings", "need_serve_extra"]
