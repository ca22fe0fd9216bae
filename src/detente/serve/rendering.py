"""Jinja templates with escaping on, and what all of them may call."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from detente.brief.markdown import web
from detente.ontology import STATUSES, TYPES
from detente.picture.frame import named
from detente.serve import text, words
from detente.serve.answers import state_of
from detente.version import __version__


@cache
def environment() -> Environment:
    """The environment of all pages."""
    made = Environment(
        loader=PackageLoader("detente.serve", "templates"), autoescape=True, finalize=text.finalize, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals |= {
        "words": words, "web": web, "named": named, "sentence_of": text.sentence, "version": __version__, "types": TYPES,
        "statuses": STATUSES,
    }  # fmt: skip
    return made


def written(name: str, request: Request, **given: Any) -> str:
    """A page."""
    settings = request.app.state.settings
    return (
        environment()
        .get_template(name)
        .render(
            here=request.url.path,
            query=request.url.query,
            name=settings.store.resolve().name,
            read_only=settings.read_only,
            **({"seen": state_of(request).words} | given),
        )
    )
