"""Event data of others: what their lines mean, and what becomes of lines that are none."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from detente import export
from detente.errors import InputError
from detente.export.rows import Row, of_event, sides
from detente.export.write import FORMATS
from detente.read.event_data import DyadEvent, looks_like, read
from detente.read.event_data.names import country, country_in
from detente.records import Event

ICEWS = "Event ID	Event Date	Source Name	Source Sectors	Source Country	Event Text	CAMEO Code	Intensity	Target Name	Target Sectors	Target Country	Story ID	Sentence Number	Publisher	City	District	Province	Country	Latitude	Longitude"
POLECAT = "Event ID	Event Date	Event Type	Event Mode	Intensity	Quad Code	Contexts	Actor Name	Actor Country	Actor COW	Primary Actor Sector	Actor Sectors	Actor Title	Actor Name Raw	Wikipedia Actor ID	Recipient Name	Recipient Country	Recipient COW	Primary Recipient Sector	Recipient Sectors	Recipient Title	Recipient Name Raw	Wikipedia Recipient ID	Placename	City	District	Province	Country	Latitude	Longitude	GeoNames ID	Raw Placename	Feature Type	Source	Publication Date	Story People	Story Organizations	Story Locations	Language	Version"
ACLED = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
# Made-up rows in the layouts of the real files.
TRUMP = "1\t2018-06-01\tForeign Affairs (South Korea)\tForeign Ministry,Executive,Government\tSouth Korea\tMake an appeal or request\t020\t3\tRussia\tNA\tRussian Federation\t7\t1\tYonhap\tSeoul\tNA\tNA\tSouth Korea\t37.5\t126.9"
STATEMENT = "2\t2018-06-01\tJapan\tNA\tJapan\tMake statement\t010\t0\tVietnam\tNA\tVietnam\t7\t2\tKyodo\tNA\tNA\tNA\tJapan\t35.6\t139.5"


def made(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def both(path: Path, form: str | None = None) -> tuple[list[DyadEvent], list[InputError]]:
    given = list(read(path, form))
    return [e for e in given if isinstance(e, DyadEvent)], [e for e in given if isinstance(e, InputError)]


def gdelt(columns: int = 61, **cells: str) -> str:
    named = {
        "id": 0,
        "day": 1,
        "name1": 6,
        "country1": 7,
        "group1": 8,
        "type1": 12,
        "country2": 17,
        "code": 26,
        "root": 28,
    }
    row = [""] * columns
    row[30], row[33] = "-10.0", "4"
    for name, value in cells.items():
        row[named[name]] = value
    return "\t".join(row)


def test_icews_appeals_are_requests_and_statements_are_nothing(tmp_path: Path) -> None:
    (event,), bad = both(made(tmp_path / "e.tab", ICEWS, TRUMP, STATEMENT))
    assert bad == []
    assert (event.date, event.actor, event.recipient, event.type, event.score) == (
        "2018-06-01",
        "KOR",
        "RUS",
        "REQUEST",
        0.0,
    )
    assert (event.actor_sectors, event.own_code, event.own_score) == (("GOV",), "020", 3.0)
    assert event.source.endswith("e.tab:2")


def test_gdelt_of_both_generations(tmp_path: Path) -> None:
    for columns in (61, 58, 57):
        lines = [
            gdelt(columns, id="9", day="20200103", name1="UNITED STATES", country1="USA", type1="MIL", country2="IRN", code="195", root="19"),
            gdelt(columns, id="10", day="20200103", group1="UNO", type1="IGO", country2="ROM", code="042", root="04"),
            gdelt(columns, id="11", day="20200103", country1="IRN", code="010", root="01"),
        ]  # fmt: skip
        (strike, visit), bad = both(made(tmp_path / f"{columns}.CSV", *lines))
        assert bad == []
        assert (strike.actor, strike.recipient, strike.type, strike.modes) == ("USA", "IRN", "ASSAULT", ("aerial",))
        assert (strike.actor_sectors, strike.own_score, strike.reports) == (("MIL",), -10.0, 4)
        assert (visit.actor, visit.recipient, visit.type, visit.modes) == ("UNO", "ROU", "CONSULT", ("visit",))


def test_polecat_rows_of_several_countries_are_pairs(tmp_path: Path) -> None:
    cells = dict.fromkeys(POLECAT.split("\t"), "None") | {
        "Event ID": "20200103-1-x_ASSAULT_drone", "Event Date": "2020-01-03", "Event Type": "ASSAULT", "Event Mode": "drone",
        "Intensity": "-9.0", "Actor Country": "USA; GBR", "Actor COW": "2; 200", "Actor Sectors": "MIL", "Recipient Country": "None",
        "Recipient COW": "630", "Latitude": "", "Longitude": "",
    }  # fmt: skip
    events, bad = both(made(tmp_path / "p.txt", POLECAT, "\t".join(cells.values())))
    assert bad == []
    assert [(e.actor, e.recipient, e.modes) for e in events] == [("USA", "IRN", ("drone",)), ("GBR", "IRN", ("drone",))]
    # The newer weekly files name the column otherwise.
    newer = POLECAT.replace("\tIntensity\t", "\tEvent Intensity\t")
    assert both(made(tmp_path / "q.txt", newer, "\t".join(cells.values())))[0][0].own_score == -9.0


def test_acled_names_tell_countries(tmp_path: Path) -> None:
    row = 'YEM1,"16 May 2025",2025,1,Political violence,Explosions/Remote violence,Air/drone strike,Military Forces of the United States (2025-),,State forces,Houthis,,Rebel group,,,887,Middle East,Yemen,,,,Sanaa,15.3,44.2,1,Reuters,,"Line one\nline two",3,,1'
    protest = "IRN2,2022-09-20,2022,1,Demonstrations,Protests,Peaceful protest,Protesters (Iran),,Protesters,,,,,,364,Middle East,Iran,,,,Tehran,35.7,51.4,1,BBC,,x,0,,1"
    (strike, march), bad = both(made(tmp_path / "a.csv", ACLED, row, protest))
    assert bad == []
    assert (strike.date, strike.actor, strike.type, strike.modes, strike.killed) == (
        "2025-05-16",
        "USA",
        "ASSAULT",
        ("aerial",),
        3,
    )
    assert (march.actor, march.recipient, march.type, march.actor_sectors) == ("IRN", None, "PROTEST", ("CVL",))


@pytest.mark.parametrize(
    ("words", "code"),
    [("Military Forces of Iran (1989-)", "IRN"), ("Protesters (Yemen)", "YEM"), ("Police Forces of Turkey (2016-)", "TUR"), ("Russian Federation", "RUS"), ("Unidentified Armed Group", None)],
)  # fmt: skip
def test_countries_in_names(words: str, code: str | None) -> None:
    assert country_in(words) == code


def test_every_icews_country_of_a_state_is_known() -> None:
    for name in ("Russian Federation", "Occupied Palestinian Territory", "Democratic Republic of Congo", "Moldova, Republic of", "Swaziland", "Timor-Leste", "the former Yugoslav Republic of Macedonia", "South Korea"):  # fmt: skip
        assert country(name), name
    assert country("Guam") is None


@pytest.mark.parametrize("form", ["gdelt", "icews", "polecat"])
def test_what_is_exported_comes_back(form: str, tmp_path: Path, gold_events: list[Event]) -> None:
    """The same dyads and types; modes as far as CAMEO has them. ICEWS has no code for the missions of the United Nations."""
    path = tmp_path / "out"
    export.write(gold_events, path, form, tell=lambda _: None)
    events, bad = both(path)
    assert bad == []
    rows = [of_event(e) for e in gold_events if e.status == "actual" and (e.date or e.document.published)]
    if form == "polecat":  # one record a pair of countries
        expected = Counter((a, r, row.type) for row in rows for a in _countries(row, 0) for r in _countries(row, 1))
    else:
        expected = Counter((_first(row, 0), _first(row, 1), row.type) for row in rows)
    if form == "icews":
        bodies = {"UNO": "IGO", "EUR": "IGO"}
        expected = Counter((bodies.get(a or "", a), bodies.get(r or "", r), t) for a, r, t in expected.elements())
        events = [
            replace(e, actor=bodies.get(e.actor or "", e.actor), recipient=bodies.get(e.recipient or "", e.recipient))
            for e in events
        ]
    assert Counter((e.actor, e.recipient, e.type) for e in events) == expected
    assert len(events) >= len(rows) > 100


def _first(row: Row, side: int) -> str | None:
    parties = sides(row)[side]
    return parties[0].country if parties else None


def _countries(row: Row, side: int) -> list[str | None]:
    return list(dict.fromkeys(p.country for p in sides(row)[side] if p.country)) or [None]


def test_acled_comes_back_as_far_as_it_goes(tmp_path: Path, gold_events: list[Event]) -> None:
    path = tmp_path / "out.csv"
    count = export.write(gold_events, path, "acled", tell=lambda _: None)
    events, bad = both(path)
    assert bad == []
    assert len(events) == count
    leaves_out = FORMATS["acled"].leaves_out
    assert leaves_out is not None
    kept = [r for r in map(of_event, gold_events) if r.status == "actual" and not leaves_out(r)]
    same = sum(a.type == b.type for a, b in zip(events, kept, strict=True))
    assert same >= 0.9 * count  # crowd control is a kind of protest there


def test_bad_lines_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    short = "\t".join(TRUMP.split("\t")[:12])
    undated = TRUMP.replace("2018-06-01", "soon")
    ancient = TRUMP.replace("2018-06-01", "0025-06-01")
    coded = TRUMP.replace("\t020\t", "\t999\t").replace("Make an appeal or request", "Dance")
    loud = TRUMP.replace("\t3\t", "\tloud\t", 1)
    events, bad = both(made(tmp_path / "e.tab", ICEWS, short, undated, ancient, coded, loud, TRUMP))
    assert len(events) == 1
    assert [b.item.rsplit(":", 1)[1] for b in bad] == ["2", "3", "4", "5", "6"]
    assert [b.reason for b in bad] == [
        "12 columns, not 20", "Event Date 'soon' is no day", "Event Date '0025-06-01' is no day", "'999' is no CAMEO code", "Intensity 'loud' is no number",
    ]  # fmt: skip


def test_a_wrong_format_says_what_it_looks_like(tmp_path: Path) -> None:
    cases = {
        "icews": made(tmp_path / "i", ICEWS, TRUMP),
        "polecat": made(tmp_path / "p", POLECAT),
        "acled": made(tmp_path / "a", ACLED),
        "gdelt": made(tmp_path / "g", gdelt(id="1", day="20200101", code="010")),
    }
    for own, path in cases.items():
        for form in cases:
            if form != own:
                (error,) = both(path, form)[1]
                assert error.reason == f"is no {form} file: it looks like {own}"
    assert "mentions" in both(made(tmp_path / "m", "\t".join(["1"] * 16)))[1][0].reason
    assert "JSON lines" in both(made(tmp_path / "j", '{"event_id": 1}'))[1][0].reason
    assert "1 tab-separated and 3 comma-separated" in both(made(tmp_path / "x", "a,b,c"))[1][0].reason
    assert both(made(tmp_path / "empty"))[1][0].reason == "is empty"
    assert "cannot be read" in both(tmp_path / "none")[1][0].reason
    with pytest.raises(InputError, match="one of gdelt"):
        list(read(tmp_path / "i", "phoenix"))
    assert looks_like(ICEWS) == "icews"


def test_a_header_without_what_is_needed_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "e", ICEWS.replace("Target Country", "Target Land"), TRUMP)
    assert both(path)[1][0].reason == "the header lacks Target Country"


def test_packed_files(tmp_path: Path) -> None:
    line = gdelt(id="1", day="20200103", country1="USA", country2="IRN", code="195", root="19") + "\n"
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("20200103.export.CSV", line)
    (tmp_path / "e.gz").write_bytes(gzip.compress(line.encode()))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a", line)
        archive.writestr("b", line)
    events = list(read([tmp_path / "e.zip", tmp_path / "e.gz"]))
    assert [e.actor for e in events if isinstance(e, DyadEvent)] == ["USA", "USA"]
    assert "archive of 2 files" in both(tmp_path / "two.zip")[1][0].reason
    (tmp_path / "broken.gz").write_bytes(gzip.compress(line.encode() * 500)[:60])
    assert "cannot be read" in both(tmp_path / "broken.gz")[1][0].reason


def test_noise_never_stops_a_file(tmp_path: Path) -> None:
    good = gdelt(id="1", day="20200103", country1="USA", country2="IRN", code="195", root="19")
    noise = ["\x00\x01", "\t" * 60, good.replace("20200103", "99999999"), "x" * 100_000, good.replace("195", "")]
    out = io.BytesIO()
    for line in (good, *noise, good):
        out.write(line.encode() + b"\n")
    (tmp_path / "n.csv").write_bytes(out.getvalue() + b"\xff\xfe\xfa\n" + good.encode())
    events, bad = both(tmp_path / "n.csv")
    assert len(events) == 3
    assert len(bad) == len(noise) + 1
