"""Pictures: well-formed, the same bytes for the same data, safe with hostile names, and right for nothing, one thing, and much."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

import detente
from detente import picture
from detente.cli import main
from detente.measure import ask, sides
from detente.measure.columns import Columns
from detente.measure.records import Alarm, Point, Reading, Tension, TurningPoint
from detente.picture import outlines, svg
from detente.picture.alarms import alarms
from detente.picture.frame import Days, Picture, ticks
from detente.picture.map import map_of, spots_of
from detente.picture.matrix import matrix
from detente.picture.projection import projection
from detente.picture.tension import drawn_together, tension
from detente.picture.timeline import timeline
from detente.records import Incident, Party, Place, When
from detente.store.filters import Filters

IRN, USA = Party("Iran", "IRN"), Party("United States", "USA")
BAGHDAD = Place(name="Baghdad", country="IRQ", latitude=33.34, longitude=44.40, precision="city")
HOSTILE = '</text><script>alert(1)</script> & "x" \u202egnp.exe\x00\x0b 伊朗' + "w" * 300


def incident(
    name: str, day: str = "2020-01-08", type_: str = "ASSAULT", place: Place | None = BAGHDAD, **more: object
) -> Incident:
    when = When(start_date=day, end_date=day, granularity="day")
    known = {
        "actors": (IRN,),
        "recipients": (USA,),
        "first_report": day,
        "last_report": day,
        "reports": 1,
        "origins": 1,
    }
    return Incident(name, type_, place=place, date=when, **(known | more))  # type: ignore[arg-type]


def series(incidents: list[Incident], days: list[str]) -> Tension:
    given = ask.Given(incidents, [(d, "AP", None, 1) for d in days])
    return ask.tension(given, "IRN", "USA", asked=Filters())


def read(drawn: Picture) -> etree._Element:
    root = etree.fromstring(drawn.svg.encode("utf-8"), etree.XMLParser(resolve_entities=False))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    names = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(names) == len(set(names))
    assert root.get("aria-labelledby").split() == [root[0].get("id"), root[1].get("id")]
    assert root[0].text
    assert root[1].text
    assert not [e for e in root.iter() if str(e.tag).endswith(("script", "image", "foreignObject"))]
    assert "NaN" not in drawn.svg
    assert "nan" not in [e.get("d") for e in root.iter()]
    rows = list(csv.reader(io.StringIO(picture.csv(drawn), newline="")))
    assert [len(r) for r in rows] == [len(drawn.columns)] * (len(drawn.rows) + 1)
    return root


def text(root: etree._Element) -> str:
    return "\n".join("".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text"))


def all_of(incidents: list[Incident]) -> list[Picture]:
    columns = Columns(incidents)
    pair = sides.pair("IRN-USA")
    days = sorted({i.date.start_date for i in incidents if i.date and i.date.start_date})
    return [
        tension(series(incidents, days)),
        matrix(columns),
        timeline(columns),
        timeline(columns, pair=pair),
        map_of(columns),
        alarms([Alarm("IRN-USA", "IRN", "USA", d, None, d, 4.0, 9.0, 1.0, "an attack") for d in days]),
    ]


def test_nothing_is_said_to_be_nothing() -> None:
    said = [text(read(p)) for p in all_of([])]
    assert "no reports yet" in said[0]
    assert "No incident between two known actors" in said[1]
    assert all("No dated incident" in s for s in said[2:4])
    assert "No incident with a known place" in said[4]
    assert "No alarm" in said[5]


def test_one_event_makes_every_picture() -> None:
    said = [text(read(p)) for p in all_of([incident("one")])]
    assert "Iran – United States" in said[0]
    assert "8 Jan 2020" in said[0]
    assert "Iran" in said[1]
    assert "attack by Iran on United States in Baghdad" in said[2]
    assert "Baghdad" in said[4]


def test_the_same_data_are_the_same_bytes_in_any_order() -> None:
    some = [
        incident(f"i{n}", f"2020-01-{n + 1:02}", t) for n, t in enumerate(("ASSAULT", "CONSULT", "THREATEN", "AID") * 3)
    ]
    assert [p.svg for p in all_of(some)] == [p.svg for p in all_of(some[::-1])]


def test_hostile_names_stay_text() -> None:
    bad = Party(HOSTILE, "NGO")
    place = replace(BAGHDAD, name=HOSTILE)
    made = all_of(
        [incident("one", place=place, actors=(bad,)), incident("two", "2020-01-09", place=place, recipients=(bad,))]
    )
    turn = TurningPoint("2020-01-08", "peak", HOSTILE)
    reading = Reading("steady", HOSTILE)
    made.append(
        tension(
            Tension(HOSTILE, HOSTILE, "USA", "day", (Point("2020-01-08", "2020-01-08", 1.0),), {}, reading),
            (),
            [turn],
            source=HOSTILE,
        )
    )
    for p in made:
        read(p)
        assert "<script" not in p.svg
        assert not set(p.svg) & set("\u202e\x00\x0b")
    assert "'=1+1" in picture.csv(Picture("", ("a",), (("=1+1",),)))


def test_conflict_and_cooperation_are_both_drawn_and_never_netted() -> None:
    drawn = tension(series([incident("a"), incident("b", type_="AID", place=None)], ["2020-01-08"]))
    kinds = [e.get("class") for e in read(drawn).iter("{http://www.w3.org/2000/svg}rect") if e.get("class")]
    assert kinds.count("f-conflict-deeds") == 2  # legend and bar
    assert kinds.count("f-cooperation-deeds") == 2
    row = dict(zip(drawn.columns, drawn.rows[0], strict=True))
    assert float(row["conflict"] or 0) > 0
    assert float(row["cooperation"] or 0) > 0


def test_days_without_a_report_are_hatched_and_break_the_lines() -> None:
    drawn = tension(series([incident("a"), incident("b", "2020-01-12")], ["2020-01-08", "2020-01-12"]))
    assert "no report: unknown" in text(read(drawn))
    assert [r[drawn.columns.index("gap")] for r in drawn.rows] == [False, True, True, True, False]


def test_alarms_and_turning_points_are_marked_and_told() -> None:
    of = series([incident("a"), incident("b", "2020-01-20")], [f"2020-01-{d:02}" for d in range(8, 21)])
    alarm = Alarm("IRN-USA", "IRN", "USA", "2020-01-09", None, "2020-01-12", 4.0, 9.0, 1.0, "two attacks")
    turns = [
        TurningPoint("2020-01-12", "peak", "peak of 9 points"),
        TurningPoint("2020-01-09", "alarm", "alarm: two attacks"),
    ]
    said = text(read(tension(of, [alarm], turns)))
    assert "alarm\n" in said
    assert "9 January 2020: alarm: two attacks" in said
    assert said.index("9 January 2020: alarm") < said.index("12 January 2020: peak")


def test_twenty_years_of_days_are_some_hundred_bars() -> None:
    first = date(2003, 1, 1)
    days = [(first + timedelta(n)).isoformat() for n in range(7305)]
    points = tuple(
        Point(
            d,
            d,
            n % 7,
            n % 7,
            0.0,
            0.0,
            1.0,
            1.0,
            0.0,
            level=3.0,
            fast=3.0,
            low=2.0,
            high=4.0,
            cooperation_level=1.0,
            reports=5.0,
            days=1,
            n=1,
        )
        for n, d in enumerate(days)
    )
    drawn = tension(Tension("IRN-USA", "IRN", "USA", "day", points, {}, Reading("steady", "steady")))
    assert len(drawn.svg) < 150_000
    assert len(drawn.rows) == 7305
    assert sum(b.values["deeds"] for b in drawn_together(points)) / len(drawn_together(points)) == pytest.approx(
        3.0, abs=0.05
    )
    assert {"2004", "2006"} <= set(text(read(drawn)).split("\n"))
    assert "each bar the mean of 28 days" in text(read(drawn))
    some = [incident(f"i{n}", d) for n, d in enumerate(days[::5])]
    assert "the 400 heaviest are drawn" in text(read(timeline(Columns(some))))


def test_a_place_known_only_as_a_country_is_a_tint_not_a_pin() -> None:
    iraq = Place(name="Iraq", country="IRQ", latitude=33.0, longitude=44.0, precision="country")
    drawn = map_of(Columns([incident("a", place=iraq)]))
    root = read(drawn)
    kinds = [e.get("class") for e in root.iter("{http://www.w3.org/2000/svg}path")]
    assert "f-tint-3" in kinds
    assert "f-conflict-deeds" not in kinds
    assert "Iraq: 1" in text(root)


def test_a_province_is_a_ring_and_a_town_a_mark() -> None:
    anbar = Place(name="Anbar", country="IRQ", latitude=32.5, longitude=42.0, precision="admin1")
    root = read(map_of(Columns([incident("a", place=anbar), incident("b"), incident("c", type_="CONSULT")])))
    rings = [e for e in root.iter("{http://www.w3.org/2000/svg}circle") if e.get("stroke-dasharray") == "4 3"]
    assert len(rings) == 1
    titles = [e.text for e in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "somewhere in Anbar: 1 of conflict" in titles
    assert "Baghdad: 1 of conflict, 1 of cooperation" in titles


def test_places_that_would_cover_each_other_are_one_mark() -> None:
    near = replace(BAGHDAD, name="Camp Taji", latitude=33.52, longitude=44.26)
    root = read(map_of(Columns([incident("a"), incident("b", "2020-01-09"), incident("c", place=near)])))
    assert "Baghdad +1: 3 of conflict" in [e.text for e in root.iter("{http://www.w3.org/2000/svg}title")]


def test_places_around_the_world_and_at_its_edges() -> None:
    places = [
        Place(name=str(n), country=None, latitude=la, longitude=lo, precision="city")
        for n, (la, lo) in enumerate([(64.7, -179.9), (-18.1, 178.4), (40.7, -74.0), (90.0, 0.0), (999.0, 0.0)])
    ]
    drawn = map_of(Columns([incident(f"i{n}", place=p) for n, p in enumerate(places)]))
    assert "4 incidents at 4 places. 1 without a known place." in text(read(drawn))
    spots = spots_of((incident(f"i{n}", place=p), True) for n, p in enumerate(places[:3]))
    project, _ = projection(spots, (0, 0, 700, 400))
    assert project(178.4, 0)[0] > project(100, 0)[0] > project(-74, 0)[0]
    assert (
        project(-179.9, 64.7)[0] > project(100, 64.7)[0]
    )  # Chukotka lies at the right edge, beside the rest of Russia


def test_outlines_meet_and_lie_on_earth() -> None:
    shapes = outlines.outlines()
    assert len(shapes) > 200
    for ring in (r for rings in shapes.values() for r in rings):
        assert len(ring) > 2
        assert all(-90 <= y <= 90 and -360 <= x <= 360 for x, y in ring)
        assert all(abs(a[0] - b[0]) < 180 for a, b in pairwise(ring))
    border = set(shapes["IRN"][0]) & set(shapes["IRQ"][0])
    assert len(border) > 8
    assert outlines.FILE.stat().st_size < 150_000
    x, y = outlines.middle("IRN") or (0, 0)
    assert (50 < x < 58, 29 < y < 36) == (True, True)


def test_scales() -> None:
    assert ticks(11.3) == [0, 5, 10, 15]
    assert ticks(0) == [0, 1]
    assert ticks(0.03) == pytest.approx([0, 0.01, 0.02, 0.03])
    week = Days(date(2020, 1, 1).toordinal(), date(2020, 1, 7).toordinal(), 0, 700)
    assert [n for _, n in week.ticks()][:2] == ["1 Jan 2020", "2 Jan"]
    years = Days(date(2003, 1, 1).toordinal(), date(2022, 12, 31).toordinal(), 0, 700)
    assert [n for _, n in years.ticks()][:2] == ["2004", "2006"]
    assert svg.number(-0.04) == "0"
    assert svg.wrapped("one two three", 10, 30, 2)[-1].endswith("…")


def test_from_the_command_line(tmp_path: Path, dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in picture.KINDS:
        out, table = tmp_path / f"{kind}.svg", tmp_path / f"{kind}.csv"
        assert (
            main(["plot", kind, "--store", str(dossier), "--dyad", "IRN-USA", "-o", str(out), "--table", str(table)])
            == 0
        )
        root = etree.parse(out).getroot()
        assert "Source: 37 reports of 27 outlets, 2 to 17 January 2020; store as of" in " ".join(text(root).split("\n"))
        assert table.read_text("utf-8").count("\n") >= 1
    assert main(["tension", "--store", str(dossier), "--dyad", "IRN-USA", "--plot", str(tmp_path / "t.svg")]) == 0
    assert (tmp_path / "t.svg").read_bytes() == (tmp_path / "tension.svg").read_bytes()
    assert main(["alarms", "--store", str(dossier), "--plot", str(tmp_path / "a.svg")]) == 0
    capsys.readouterr()
    assert main(["plot", "map", "--store", str(dossier), "--dyad", "IRN-USA"]) == 0
    assert capsys.readouterr().out == (tmp_path / "map.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "2020-02-01", "--to", "2020-01-01"], "before the first day"),
        (["--dyad", "IRN-USB"], "'USB' is no country"),
        (["-o", "no/such/folder/x.svg"], "no/such/folder/x.svg"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    words: list[str], told: str, dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", "map", "--store", str(dossier), *words]) in (1, 2)
    assert told in capsys.readouterr().err


def test_from_python(dossier: Path) -> None:
    with detente.open(dossier) as store:
        drawn = picture.draw(store, "timeline", dyad="IRN-USA", since="2020-01-03", until="2020-01-10")
        assert "Iran → United States" in text(read(drawn))
        with pytest.raises(detente.DetenteError, match="is no picture: one of tension"):
            picture.draw(store, "pie")
