"""Incidents as of an earlier time: the summary is what was known then, by the store's own time and by publication dates."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detente.records import Document, Incident
from detente.store import Filters, Store

_RAID = (
    ("first", "2019-10-01", "Radio Mali", "Gunmen attacked an army post in Mondoro, Mali, on Monday, killing 25 soldiers."),
    ("second", "2019-10-03", "BBC News", "The army of Mali said on Thursday that 38 soldiers died in Monday's attack on the camp in Mondoro."),
    ("third", "2019-10-04", "AFP", "Gunmen stormed the army post in Mondoro, Mali, on Monday and killed 40 soldiers, officials said."),
)  # fmt: skip
_TALKS = (
    ("plan", "2023-03-06", "AFP", "French unions plan protests against the pension reform on Tuesday."),
    ("day", "2023-03-08", "Reuters", "French unions protested against the pension reform on Tuesday."),
)


def _documents(rows: tuple[tuple[str, str, str, str], ...]) -> list[Document]:
    return [Document(text, i, published=day, source=source) for i, day, source, text in rows]


def _killed(incident: Incident) -> tuple[int | None, int | None]:
    return next((t.low, t.high) for t in incident.casualties if t.kind == "killed")


def _now() -> str:
    time.sleep(0.002)
    made = datetime.now(UTC).isoformat()
    time.sleep(0.002)
    return made


def test_the_toll_the_reports_and_the_origins_of_then(tmp_path: Path) -> None:
    times = []
    with Store(tmp_path / "s") as store:
        for one in _documents(_RAID):
            store.add([one])
            times.append(_now())
        found = [next(store.incidents(as_of=t, type="ASSAULT")) for t in times]
        assert [(i.reports, i.origins, _killed(i)) for i in found] == [
            (1, 1, (25, 25)), (2, 2, (25, 38)), (3, 3, (25, 40)),
        ]  # fmt: skip
        assert [i.last_report for i in found] == ["2019-10-01", "2019-10-03", "2019-10-04"]
        assert len({i.incident_id for i in found}) == 1
        assert [len(i.events) for i in found] == [1, 2, 3]
        assert len(found[0].links) == 0


def test_before_the_store_was_made_the_summary_is_of_what_was_published(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path / "s") as store:
        store.add(_documents(_RAID))
        found = [next(store.incidents(as_of=day, type="ASSAULT")) for day in ("2019-10-01", "2019-10-03", "2019-10-05")]
        assert [(i.reports, i.origins, _killed(i), i.last_report) for i in found] == [
            (1, 1, (25, 25), "2019-10-01"), (2, 2, (25, 38), "2019-10-03"), (3, 3, (25, 40), "2019-10-04"),
        ]  # fmt: skip
        assert found[2] == next(store.incidents(type="ASSAULT"))
        # What measures and pictures are made of is of then too, and what serves as the home of an event.
        measured = store.measuring().measured(Filters(as_of="2019-10-01", type="ASSAULT"))  # type: ignore[attr-defined]
        assert [(i.reports, _killed(i)) for i in measured] == [(1, (25, 25))]
        assert store.incidents_of(found[0].events, as_of="2019-10-01") == dict.fromkeys(
            found[0].events, found[0].incident_id
        )
        assert store.incidents_of(["det1-none"]) == {}
        assert {c.state for c in store.claims(as_of="2019-10-01") if c.attribute == "toll"} == {"single source"}
        assert {c.claim_id for c in store.claims(as_of="2019-10-01")} == set(found[0].claims)
        shown = store.show(found[0].incident_id, "2019-10-01")
        assert (shown.incident, len(shown.events), set(shown.documents)) == (found[0], 1, {"first"})
        assert "had been published by then" in caplog.text


def test_what_was_planned_then_is_planned_as_of_then(tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        plan, day = _documents(_TALKS)
        store.add([plan])
        then = _now()
        store.add([day])
        (before,), (after,) = store.incidents(as_of=then), store.incidents()
        assert (before.incident_id, before.status, before.reports) == (after.incident_id, "planned", 1)
        assert (after.status, after.reports) == ("actual", 2)
        assert {e.status for e in store.show(after.incident_id).events} == {"planned", "actual"}
        archived = list(store.incidents(as_of="2023-03-07", status="planned"))
        assert [(i.status, i.reports) for i in archived] == [("planned", 1)]
        assert list(store.incidents(as_of="2023-03-07", status="actual")) == []
        assert store.verify() == []


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_rejected_is_in_the_summary_of_then_on_request_alone(tmp_path: Path, keep: bool) -> None:
    with Store(tmp_path / "s", keep=keep) as store:
        store.add(_documents(_RAID))
        (whole,) = store.incidents(type="ASSAULT")
        of = {e.document.id: e.event_id for e in store.show(whole.incident_id).events}
        store.correct(of["second"], by="ann", reject=True)
        then, every = (list(store.incidents(as_of="2019-10-03", type="ASSAULT", rejected=r)) for r in (False, True))
        assert [(i.reports, _killed(i), i.events) for i in then] == [(1, (25, 25), (of["first"],))]
        assert [(i.reports, _killed(i), set(i.events)) for i in every] == [(1, (25, 25), {of["first"], of["second"]})]
        for name in ("third", "first"):
            store.correct(of[name], by="ann", reject=True)
        (gone,) = store.incidents(as_of="2019-10-03", type="ASSAULT", rejected=True)
        assert (getattr(gone, "rejected", False), gone.reports, gone.claims) == (True, 2, ())
        assert list(store.incidents(as_of="2019-10-03", type="ASSAULT")) == []


@pytest.mark.parametrize("kind", ["incidents", "claims"])
@pytest.mark.parametrize("asked", [{}, {"status": "actual"}])
def test_pages_of_an_archive_view_are_the_whole_list(dossier: Path, kind: str, asked: dict[str, str]) -> None:
    with Store(dossier) as store:
        whole = list(getattr(store, kind)(as_of="2020-01-08", **asked))
        pages = [
            row
            for start in range(0, len(whole) + 7, 7)
            for row in getattr(store, kind)(as_of="2020-01-08", offset=start, limit=7, **asked)
        ]
    assert len(whole) > 7
    assert pages == whole
