"""The pictures of the exam of tension: what was measured, beside what is known of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente import picture
from detente.errors import ExamError
from detente.measure import ask
from detente.measure.records import Alarm
from detente.picture.alarms import alarms
from detente.picture.compared import compared
from detente.picture.frame import Picture
from detente.picture.tension import tension
from detente.store.filters import Filters

if TYPE_CHECKING:
    from detente.evaluate.tension import Months

_SOURCE = "Source: ICEWS14 (events of ICEWS of 2014 without mere statements); measured by detente."


def rig(given: ask.Given, strongest: Sequence[Alarm]) -> dict[str, Picture]:
    """China and Vietnam from March to July 2014; the strongest alarms of the year."""
    spring = Filters(dyad="CHN-VNM", since="2014-03-01", until="2014-07-31")
    found = ask.tension(given, asked=spring)
    raised = ask.alarms(given, asked=Filters(dyad="CHN-VNM"))
    turns = ask.turning_points(given, asked=spring)
    return {
        "oil-rig": tension(
            found,
            raised,
            turns,
            source=_SOURCE,
            title="China – Vietnam: the oil rig crisis of 2014",
            said="International Crisis Behavior, crisis 472: trigger on 2 May 2014, end in July.",
        ),
        "alarms-2014": alarms(strongest, source=_SOURCE, first="2014-01-01", title="The strongest alarms of 2014"),
    }


def index(months: Months, reports: str) -> Picture:
    """The level of the world's conflict by month, and the index of geopolitical acts."""
    said = (
        f"Spearman's rank correlation over {len(months.months)} months: {months.correlation:.3f}. "
        "Dots: the highest month of each."
    )
    return compared(
        months.months,
        [
            ("Armed force between countries, share of all conflict deeds", months.force),
            ("Geopolitical acts index (GPRD_ACT), mean of the month's days", months.acts),
        ],
        title="The world's conflict by month, and the geopolitical risk index of acts",
        said=said,
        source=f"Sources: Wikipedia's current events ({reports}), coded and linked by detente; Caldara and Iacoviello 2022, "
        "daily data.",
    )


def write(drawn: Mapping[str, Picture], folder: Path) -> None:
    """Each picture as ``validity-NAME.svg``, and its table as CSV beside it. Raises ExamError for a folder that cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExamError(f"{folder}: {error.strerror or 'cannot be made'}") from None
    for name, one in drawn.items():
        path = folder / f"validity-{name}.svg"
        picture.write(one, path, path.with_suffix(".csv"))
