"""Whether tension, alarms and change points follow what is known of the world: three exams that any user can take.

ICEWS14 for the oil rig crisis of China and Vietnam (ICB crisis 472, trigger 2 May 2014), Wikipedia's current events for
Iran and the United States in January 2020, and both of them against the daily geopolitical risk index (Caldara and
Iacoviello, American Economic Review 2022) for 2003 to 2025.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from detente import picture
from detente.errors import ExamError
from detente.evaluate import current_events, icews14, validity
from detente.measure import ask
from detente.measure.columns import Columns
from detente.measure.coverage import Coverage
from detente.measure.panel import Panel
from detente.model.coder import Coder
from detente.picture.frame import Picture
from detente.records import Document, Incident
from detente.store.filters import Filters

_RIG = date(2014, 5, 2)
_FIRST, _LAST = "2019-12-01", "2020-01-31"
_YEARS = range(2003, 2026)
_FORCE = ("ASSAULT", "MOBILIZE")
CHANGE, ALARM = "CHN-VNM: change point, days from 2 May", "CHN-VNM: alarm, days after 2 May"
PACES = ("fast", "day's own")  # the tension of a day; the conflict of that day alone
IN_CRISIS, THIRD, TWELFTH = "of 3 highest days in 3-9 January", "third highest day", "12 January"
DECEMBER = "median of December"
INDEX, TEN_YEARS = "rank correlation with GPRD_ACT", "ten years of reports, linked and measured, CPU seconds"
Reports = Sequence[tuple[str, str | None, str | None, int]]


def run(
    paths: Sequence[Path], coder: Coder | None = None, *, coded: Path | None = None, pictures: Path | None = None
) -> dict[str, Any]:
    """The figures of those exams whose files are among ``paths``: the folder of ICEWS14 (or its train.txt), the reports
    (.jsonl or .jsonl.gz), and the index (.csv).

    ``coded``: a folder in which all reports are coded, once, and kept (about 25 minutes of one core); without it a fixed eighth
    of them is coded for the comparison with the index. ``pictures``: a folder; what is measured is drawn into it as SVG, with
    its table as CSV. Raises ExamError."""
    figures: dict[str, float] = {}
    lists: dict[str, list[str]] = {}
    events = icews = index = None
    for path in paths:
        if path.name == "train.txt" or (path / "relation2id.txt").is_file():
            icews = path.parent if path.name == "train.txt" else path
        elif path.suffix == ".csv":
            index = path
        elif path.is_dir():
            raise ExamError(f"{path} is not the folder of ICEWS14: it has no relation2id.txt")
        else:
            events = path
    n = 0
    drawn: dict[str, Picture] = {}
    if icews is not None:
        n += oil_rig(icews, figures, lists, drawn)
    if events is not None:
        from detente.model.coder import default_coder

        coder = coder or default_coder()
        given = current_events.documents(events)
        n += len(given)
        january(given, coder, figures, lists, drawn)
        if index is not None:
            with tempfile.TemporaryDirectory() as folder:
                parts = current_events.PARTS if coded is not None else current_events.PARTS[:1]
                joined = current_events.incidents(current_events.code(given, coded or Path(folder), coder, parts))
            read = sum(r[3] for r in joined.reports)
            months = by_month(joined.incidents, joined.reports, index)
            figures[INDEX] = months.correlation
            of = f"{read:,} of {len(given):,} reports"
            lists["reports compared with the index"] = [of, *months.others()]
            drawn["index"] = validity.index(months, of)
            figures[TEN_YEARS], words = ten_years(joined)
            lists["ten years at once"] = [words]
    if not figures:
        raise ExamError("name the folder of ICEWS14, or wikipedia_current_events.jsonl.gz and gpr_daily.csv")
    lists["what is asked"] = [f"{'yes' if held else 'NO'}: {what}" for what, held in asked(figures)]
    if pictures is not None:
        validity.write(drawn, pictures)
    return {"n": n, "figures": figures, "lists": lists}


def asked(figures: Mapping[str, float]) -> list[tuple[str, bool]]:
    """What the figures must show, of those that are there (issue 7), and whether they do."""
    found = []
    if CHANGE in figures:
        found.append((f"{CHANGE}: 3 at most", figures[CHANGE] <= 3))
        found.append((f"{ALARM}: 11 at most (13 May)", figures[ALARM] <= 11))
    for pace in PACES:
        if (top := f"IRN-USA, {pace}: {IN_CRISIS}") in figures:
            third, twelfth, usual = (figures[f"IRN-USA, {pace}: {name}"] for name in (THIRD, TWELFTH, DECEMBER))
            found.append((f"{top}: all 3", figures[top] == 3))
            found.append((f"IRN-USA, {pace}: 12 January below the three", twelfth < third))
            if pace == PACES[0]:
                found.append((f"IRN-USA, {pace}: 12 January above the {DECEMBER}", twelfth > usual))
    if INDEX in figures:
        found.append((f"{INDEX}: 0.5 at least (all reports coded)", figures[INDEX] >= 0.5))
        found.append((f"{TEN_YEARS}: 60 at most", figures[TEN_YEARS] <= 60))
    return found


def oil_rig(
    folder: Path, figures: dict[str, float], lists: dict[str, list[str]], drawn: dict[str, Picture] | None = None
) -> int:
    """China and Vietnam, May 2014; and the strongest alarms of the year."""
    given = icews14.read(folder)
    panel = ask.panel(given, asked=Filters())
    alarms = panel.alarms()
    changes = panel.changes().get(("CHN", "VNM"), [])
    near = min((abs((date.fromisoformat(c.day) - _RIG).days) for c in changes), default=365)
    raised = [a.raised for a in alarms if a.dyad == "CHN-VNM" and a.raised >= _RIG.isoformat()]
    figures[CHANGE] = float(near)
    figures[ALARM] = float((date.fromisoformat(raised[0]) - _RIG).days if raised else 365)
    strongest = sorted(alarms, key=lambda a: (-a.surge, a.dyad, a.raised))[:15]
    lists["strongest alarms of 2014"] = [f"{a.dyad} {a.raised}, surge {a.surge:.1f}: {a.cause}" for a in strongest]
    if drawn is not None:
        drawn |= validity.rig(given, strongest)
    return len(given.incidents)


def january(
    given: Sequence[Document], coder: Coder, figures: dict[str, float], lists: dict[str, list[str]],
    drawn: dict[str, Picture] | None = None,
) -> None:  # fmt: skip
    """Iran and the United States, December 2019 and January 2020, coded into a store of their own."""
    from detente.store import Store

    some = [d for d in given if d.published and _FIRST <= d.published[:10] <= _LAST]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "store") as store:
        store.add(some, coder=coder)
        found = store.tension("IRN", "USA", since=_FIRST, until=_LAST)
        if drawn is not None and some:
            drawn["january-2020"] = picture.draw(store, "tension", dyad="IRN-USA", since=_FIRST, until=_LAST)
    # The fast average is the tension of a day; the day's own conflict is nothing on a day without an incident.
    for pace, days in zip(
        PACES,
        ({p.day: p.fast or 0.0 for p in found.points}, {p.day: p.conflict or 0.0 for p in found.points}),
        strict=True,
    ):
        top = sorted(days, key=lambda d: (-days[d], d))[:3]
        if not top:
            raise ExamError(f"the reports have none from {_FIRST} to {_LAST}")
        lists[f"IRN-USA, {pace}: highest days"] = [f"{d}: {days[d]:.2f}" for d in top]
        of = f"IRN-USA, {pace}: "
        figures[of + IN_CRISIS] = float(sum("2020-01-03" <= d <= "2020-01-09" for d in top))
        figures[of + THIRD] = days[top[-1]]
        figures[of + TWELFTH] = days.get("2020-01-12", 0.0)
        figures[of + DECEMBER] = median(v for d, v in days.items() if d < "2020")


@dataclass(frozen=True, slots=True)
class Months:
    """Months (2020-01) of 2003 to 2025 with reports. ``force``: of the weight of all conflict deeds the part that is armed force
    between countries (or groups of none); ``attacks``: between them, weighted, a report; ``acts``: the mean of GPRD_ACT."""

    months: list[str]
    force: list[float]
    attacks: list[float]
    acts: list[float]

    @property
    def correlation(self) -> float:
        """Spearman's, of force."""
        return spearman(self.force, self.acts)

    def others(self) -> list[str]:
        """The same in the years in which the measure was chosen and in the others, and of attacks a report, in words."""
        parts = [f"attacks a report instead: {spearman(self.attacks, self.acts):.3f}"]
        for odd, said in ((1, "odd years, by which the measure was chosen"), (0, "even years, not chosen by")):
            at = [n for n, m in enumerate(self.months) if int(m[:4]) % 2 == odd]
            if len(at) > 2:
                force, attacks, acts = ([of[n] for n in at] for of in (self.force, self.attacks, self.acts))
                parts.append(f"{said}: {spearman(force, acts):.3f} (attacks a report {spearman(attacks, acts):.3f})")
        return parts


def by_month(incidents: Sequence[Incident], reports: Reports, index: Path) -> Months:
    """The level of the world's conflict and the index. Raises ExamError for an index that is none.

    The level is a share, so that neither a busier press nor a chronicle that turns to other things moves it: as the index is a
    share of articles. Armed force between countries: attacks, and shows of force (the use and display of force of the Correlates
    of War's militarized interstate disputes: Jones, Bremer and Singer 1996).
    """
    columns = Columns(incidents)
    between = {r for _, _, r in columns.directed()}
    row, day, weight = columns.placements()
    deeds: defaultdict[str, float] = defaultdict(float)
    force: defaultdict[str, float] = defaultdict(float)
    attacks: defaultdict[str, float] = defaultdict(float)
    done = columns.channel[row] == 0
    for r, d, w in zip(row[done].tolist(), day[done].tolist(), weight[done].tolist(), strict=True):
        month, kind = date.fromordinal(d).isoformat()[:7], columns.incidents[r].type
        deeds[month] += w
        if r in between and kind in _FORCE:
            force[month] += w
            attacks[month] += w if kind == "ASSAULT" else 0.0
    read: defaultdict[str, int] = defaultdict(int)
    for when, _, _, count in reports:
        read[when[:7]] += count
    acts = _acts(index)
    months = sorted(m for m in acts if int(m[:4]) in _YEARS and read[m])
    return Months(
        months,
        [force[m] / deeds[m] if deeds[m] else 0.0 for m in months],
        [attacks[m] / read[m] for m in months],
        [acts[m] for m in months],
    )


def ten_years(joined: current_events.Joined) -> tuple[float, str]:
    """CPU seconds from coded reports of 2010 to 2019 to all series, alarms and change points, the linking with it; and of how
    much, in words."""
    started = time.process_time()
    first, last = date(2010, 1, 1).toordinal(), date(2019, 12, 31).toordinal()
    some = [i for i in joined.incidents if i.first_report and "2010" <= i.first_report[:4] <= "2019"]
    reports = [r for r in joined.reports if "2010" <= r[0][:4] <= "2019"]
    panel = Panel(Columns(some), Coverage.of(reports), first=first, last=last)
    panel.levels()
    alarms, changes = panel.alarms(), panel.changes()
    took = time.process_time() - started
    linking = sum(t for month, t in joined.seconds.items() if "2010" <= month[:4] <= "2019")
    return took + linking, (
        f"{sum(r[3] for r in reports):,} reports, {len(some):,} incidents, {len(panel.dyads):,} dyads, {len(alarms):,} alarms, "
        f"{sum(map(len, changes.values())):,} change points in {took:.1f} CPU seconds, after {linking:.1f} for the linking"
    )


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Rank correlation; equal values share their mean rank. Raises ExamError for fewer than three pairs."""
    if len(a) < 3:
        raise ExamError("a rank correlation needs three months at least")
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _ranks(values: Sequence[float]) -> np.ndarray:
    _, place, count = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def _acts(path: Path) -> dict[str, float]:
    """The monthly mean of GPRD_ACT."""
    months: defaultdict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 2):
            try:
                months[row["date"][:7]].append(float(row["GPRD_ACT"]))
            except (KeyError, TypeError, ValueError):
                raise ExamError(f"{path}:{number}: no date and GPRD_ACT") from None
    return {m: sum(v) / len(v) for m, v in months.items()}
