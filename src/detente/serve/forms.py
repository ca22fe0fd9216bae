"""The parameters of the pages: an empty field of a form asks for nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from detente.serve.asked import Asked, Day, Listed, OfMoment, Words


class Form(BaseModel):
    """Fields that are left empty are not asked for."""

    @model_validator(mode="before")
    @classmethod
    def filled(cls, given: Any) -> Any:
        """Without what is empty."""
        if not isinstance(given, dict):
            return given
        kept = {k: [x for x in v if x != ""] if isinstance(v, list) else v for k, v in given.items()}
        return {k: v for k, v in kept.items() if v not in ("", [])}


class DyadForm(Form, OfMoment):
    """A pair, and another to compare."""

    a: Words = "IRN"
    b: Words = "USA"
    c: Words | None = None
    d: Words | None = None
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    every: Literal["day", "week", "month"] = "day"


class MapForm(Form, Asked):
    """What to put on the map."""


class ActorForm(Form, OfMoment):
    """Who."""

    name: Words


def _several(given: Any) -> Any:
    return [x for one in given for x in str(one).split(",")] if isinstance(given, list) else given


class SearchForm(Form, Asked, Listed):
    """What to look for."""

    of: Literal["incidents", "events", "documents"] = "incidents"
    type: Annotated[list[str], BeforeValidator(_several)] = Field([])
