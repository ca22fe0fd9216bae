"""What a request asks for: the filters of the command line as query parameters, and places in long lists (cursors)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from detente import ontology
from detente.errors import RecordError
from detente.serve.problems import Refused
from detente.serve.readers import State
from detente.store import cursors
from detente.store.filters import Filters, moment

_TYPE = rf"^({'|'.join(ontology.TYPES)})(/[a-z_-]+)?$"
_TEXT = r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$"
_DATE = r"(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?"
Day = Annotated[str, Field(pattern=f"^{_DATE}$", json_schema_extra={"format": "date"})]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=_TEXT)]
Pair = Annotated[
    str,
    Field(
        max_length=200, pattern=r"^[^\x00-\x1f-]*[^\x00-\x20-][^\x00-\x1f-]*-[^\x00-\x1f]*[^\x00-\x20-][^\x00-\x1f]*$"
    ),
]
Moment = Annotated[str, Field(max_length=40, pattern=f"^{_DATE}([T ]{_TIME})?$")]
Status = Literal["actual", "planned", "possible", "denied", "generic"]
PAGE = 100  # rows of a page, if a request does not say how many


class OfMoment(BaseModel):
    """A moment of the store. Unknown parameters are refused: a misspelt filter would give other rows than were meant."""

    model_config = ConfigDict(extra="forbid")
    as_of: Moment | None = Field(None, description="what the store knew then (a date: by its end, UTC)")


class Days(OfMoment):
    """From a day to a day."""

    since: Day | None = Field(None, alias="from", description="of this day or later")
    until: Day | None = Field(None, alias="to", description="of this day or earlier")
    text: Words | None = Field(None, description='words of the telling sentence; "in quotation marks": together')

    def filters(self) -> Filters:
        """As the store takes them. Raises Refused (422)."""
        named = {n: v for n in Filters.__dataclass_fields__ if (v := getattr(self, n, None)) not in (None, [])}
        named.pop("limit", None)
        try:
            return Filters(**named)
        except RecordError as error:
            raise refused(error) from None


class Asked(Days):
    """The filters of events and incidents (docs/store.md)."""

    on: Day | None = Field(None, description="whose date covers this day")
    actor: Words | None = Field(None, description="who did it: IRN, Iran, IRN:MIL, Quds Force")
    recipient: Words | None = Field(None, description="to whom")
    dyad: Pair | None = Field(None, description="between two, whoever did it: IRN-USA")
    type: list[Annotated[str, Field(pattern=_TYPE)]] = Field(
        [], description="ASSAULT, or ASSAULT/drone; several: repeat"
    )
    place: Words | None = Field(None, description="a country, or words of a place's name")
    status: list[Status] = Field([], description="several: repeat (default: all)")
    min_confidence: float = Field(
        0.0, ge=0.0, le=1.0, allow_inf_nan=False, description="leave out events less sure than this"
    )


class Listed(BaseModel):
    """How much of a list."""

    limit: int | None = Field(None, ge=1, le=1000, description=f"rows of a page (JSON: {PAGE}; other formats: all)")
    cursor: str | None = Field(
        None, max_length=400, pattern=r"^[A-Za-z0-9_-]+$", description="where to go on: `next` of the last page"
    )


Table = Literal["json", "jsonl", "csv", "arrow"]
Mapped = Literal["json", "jsonl", "csv", "geojson", "arrow"]


class EventsAsked(Asked, Listed):
    """Of events and incidents."""

    format: Mapped | None = Field(None, description="default: by the header Accept, else json")


class ClaimsAsked(Asked, Listed):
    """Of claims."""

    format: Table | None = Field(None, description="default: by the header Accept, else json")


class DocumentsAsked(Days, Listed):
    """Of documents; days are those of publication."""

    format: Literal["json", "jsonl", "arrow"] | None = Field(
        None, description="default: by the header Accept, else json"
    )


class TensionAsked(Asked):
    """Of tension; actor and recipient together are a pair."""

    every: Literal["day", "week", "month"] = "day"
    limit: int | None = Field(None, ge=1, le=100_000, description="points, the earliest")
    format: Literal["json", "jsonl", "csv", "svg"] | None = Field(
        None, description="default: by the header Accept, else json"
    )


class AlarmsAsked(Asked):
    """Of alarms; actor and recipient together are a pair."""

    limit: int | None = Field(None, ge=1, le=1000, description="alarms, the earliest")
    format: Literal["json", "jsonl", "csv", "atom"] | None = Field(
        None, description="default: by the header Accept, else json"
    )


class ForecastAsked(OfMoment):
    """Of forecasts."""

    actor: Words | None = Field(None, description="who may do it")
    recipient: Words | None = Field(None, description="to whom")
    dyad: Pair | None = Field(None, description="between two: IRN-USA")
    type: list[Annotated[str, Field(pattern=_TYPE)]] = Field([], description="ASSAULT; several: repeat")
    place: Words | None = Field(None, description="of counts: a country")
    of: Literal["events", "incidents", "killed"] = Field(
        "events", description="events of a type, or next month's counts by country"
    )
    days: int = Field(7, ge=1, le=366, description="how far ahead (of events)")
    day: Day | None = Field(None, description="the first day looked ahead to (default: after the last report)")
    limit: int | None = Field(None, ge=1, le=1000, description="the most probable so many")
    format: Literal["json", "jsonl", "csv"] | None = Field(None, description="default: by the header Accept, else json")

    def filters(self) -> Filters:
        """As the store takes them. Raises Refused (422)."""
        try:
            return Filters(
                as_of=self.as_of,
                actor=self.actor,
                recipient=self.recipient,
                dyad=self.dyad,
                type=self.type,
                place=self.place,
            )
        except RecordError as error:
            raise refused(error) from None


def refused(error: Exception) -> Refused:
    """What the store cannot mean, as a refusal of the request."""
    return Refused(422, str(error))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: the filters with limit and offset, seen as of one moment whatever is written meanwhile."""

    asked: Filters
    size: int

    def next(self) -> str:
        """The cursor of the page after this one."""
        return cursors.cursor(cursors.Start(self.asked.offset + self.size, self.asked.as_of), _question(self.asked))


def page(asked: Filters, limit: int, cursor: str | None, state: State) -> Page:
    """The page that a cursor leads to, else the first. Raises Refused (422) for a cursor of another question or of none."""
    if cursor is None:
        return Page(replace(asked, as_of=_seen(asked.as_of, state), limit=limit), limit)
    try:
        start = cursors.read(cursor, _question(asked))
        return Page(replace(asked, as_of=start.as_of, offset=start.offset, limit=limit), limit)
    except (cursors.CursorError, RecordError) as error:
        raise Refused(422, f"cursor: {error}", [{"field": "cursor", "reason": str(error)}]) from None


def _seen(as_of: str | None, state: State) -> str | None:
    """The moment at which a list is seen: the one asked for, at the latest that of the last run."""
    if as_of is None or state.time is None or moment(as_of) >= state.time:
        return state.as_of
    return as_of


def _question(asked: Filters) -> dict[str, Any]:
    return {n: getattr(asked, n) for n in Filters.__dataclass_fields__ if n not in ("as_of", "limit", "offset")}


def dyad_of(asked: Filters) -> tuple[Filters, str | None, str | None]:
    """Filters for measuring: ``actor`` and ``recipient`` together are the two sides of a pair. Raises Refused (422)."""
    if asked.actor and asked.recipient:
        if asked.dyad:
            raise Refused(422, "give dyad, or actor and recipient, not all three")
        return replace(asked, actor=None, recipient=None), asked.actor, asked.recipient
    return asked, None, None
