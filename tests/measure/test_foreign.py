"""Event files of others in the same measures: one row a day, pair and type, however often it is repeated."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import RecordError
from detente.export import gdelt
from detente.measure import ask
from detente.measure.foreign import EventFiles
from detente.read.event_data import DyadEvent
from detente.store import Filters


def _days(kind: str, first: str, count: int, actor: str = "IRN", recipient: str = "USA") -> list[DyadEvent]:
    start = date.fromisoformat(first)
    return [
        DyadEvent((start + timedelta(n)).isoformat(), actor, recipient, kind, format="gdelt", source=f"x:{n}")
        for n in range(count)
    ]


def test_attacks_of_a_file_raise_the_level_and_repeated_rows_do_not() -> None:
    quiet, attacks = _days("CONSULT", "2019-10-01", 60), _days("ASSAULT", "2019-12-01", 10)
    once = ask.tension(EventFiles([*quiet, *attacks]), "IRN", "USA", asked=Filters())
    tenfold = ask.tension(EventFiles([*quiet, *attacks] * 10), "IRN", "USA", asked=Filters())
    levels = {p.day: p.level for p in once.points}
    assert (levels["2019-12-10"] or 0) > 1 > (levels["2019-11-20"] or 0)
    assert levels == {p.day: p.level for p in tenfold.points}


def test_types_can_be_chosen_and_what_a_file_does_not_tell_cannot() -> None:
    source = EventFiles([*_days("ASSAULT", "2020-01-03", 3), *_days("ACCUSE", "2020-01-03", 3)])
    assert len(source.measured(Filters(type="ACCUSE"))) == 3
    with pytest.raises(RecordError, match="cannot be asked by place"):
        source.measured(Filters(place="Iraq"))


def _gdelt_row(day: str, number: int) -> str:
    row = dict.fromkeys(gdelt.COLUMNS, "")
    row |= {"GLOBALEVENTID": str(number), "SQLDATE": day, "MonthYear": day[:6], "Year": day[:4], "QuadClass": "4"}
    row |= {"Actor1Code": "IRN", "Actor1CountryCode": "IRN", "Actor2Code": "USA", "Actor2CountryCode": "USA"}
    row |= {
        "EventCode": "190",
        "EventBaseCode": "190",
        "EventRootCode": "19",
        "NumMentions": "5",
        "GoldsteinScale": "-10",
    }
    return "\t".join(row[c] for c in gdelt.COLUMNS)


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "20200108.export.CSV"
    file.write_text("\n".join([_gdelt_row("20200108", 1), _gdelt_row("20200109", 2), "no row at all"]) + "\n")
    assert main(["tension", "--events", str(file), "--dyad", "IRN-USA", "--to", "jsonl"]) == 0
    told = capsys.readouterr()
    points = [json.loads(line) for line in told.out.splitlines()]
    assert [p["day"] for p in points] == ["2020-01-08", "2020-01-09"] and points[0]["deeds"] > 0
    assert ":3" in told.err  # the bad row is listed


def test_a_store_or_files_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tension", "--dyad", "IRN-USA"]) == 2
    assert "--store DIR" in capsys.readouterr().err
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert main(["alarms", "--events", str(empty)]) == 1
