"""What a notebook shows: tables that read aloud, nothing of a report that could run, and results that stay usable."""

from __future__ import annotations

import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import detente
from detente.arrow import ResultTuple
from detente.measure.records import Alarm
from detente.records import Document, Event
from detente.store import Store


@pytest.fixture(scope="module")
def store(dossier: Path) -> Store:
    return Store(dossier)


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(of: object) -> Tags:
    page = of._repr_html_()  # type: ignore[attr-defined]
    assert not re.search(r"<script|javascript:|https?://(?!www\.w3\.org)|\son\w+=", page)
    return Tags(page)


def test_an_event_shows_its_sentence_with_the_trigger_marked(wire_events: list[Event]) -> None:
    page = wire_events[0]._repr_html_()
    assert "<mark>struck</mark> a building in southern Lebanon" in page and '<th scope="row">who</th>' in page
    assert {"table", "caption"} <= set(shown(wire_events[0]).tags)


def test_a_list_of_events_is_a_table_with_a_caption_and_headed_columns() -> None:
    events = detente.code("Iran condemned the United States.", published="2020-01-14")
    page = events._repr_html_()  # type: ignore[attr-defined]
    assert "<caption>1 event</caption>" in page and '<th scope="col">to whom</th>' in page and 'lang="en"' in page


def test_showing_a_stream_takes_nothing_from_it(store: Store) -> None:
    whole = [i.incident_id for i in store.incidents()]
    stream = store.incidents()
    assert "incidents" in shown(stream).text
    assert [i.incident_id for i in stream] == whole


def test_what_a_hostile_report_says_is_text() -> None:
    (event, *_) = detente.code(
        Document(
            "Iran condemned the <script>alert(1)</script> United States.",
            title="<img src=x onerror=alert(1)>",
            published="2020-01-14",
        )
    )
    tags = Tags(event._repr_html_())
    assert not {"script", "img"} & set(tags.tags) and "<script>" in tags.text


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.tension("IRN", "USA"),
        lambda s: s.tension("IRN", "USA").points,
        lambda s: s.alarms(),
        lambda s: s.turning_points("IRN", "USA"),
        lambda s: s.forecast(dyad="IRN-USA"),
        lambda s: s.forecast_counts("killed"),
        lambda s: s.claims(),
        lambda s: next(s.incidents()),
        lambda s: next(s.claims()),
        lambda s: next(s.documents()),
    ],
    ids=["tension", "points", "alarms", "turns", "forecast", "counts", "claims", "incident", "claim", "document"],
)  # fmt: skip
def test_everything_that_a_store_gives_is_shown(store: Store, ask: object) -> None:
    tags = shown(ask(store))  # type: ignore[operator]
    assert "caption" in tags.tags and tags.tags.count("style") >= 1


def test_a_series_is_a_chart_with_the_same_figures_as_a_table(store: Store) -> None:
    tags = shown(store.tension("IRN", "USA"))
    assert {"svg", "details", "table"} <= set(tags.tags) and "easing" in tags.text


def test_lists_of_measures_are_arrow_tables_and_tuples_as_before(store: Store) -> None:
    from arro3.core import Table

    points = store.tension("IRN", "USA").points
    assert isinstance(points, tuple) and len(Table.from_arrow(points)) == len(points)
    assert len(Table.from_arrow(store.forecast(dyad="IRN-USA"))) == len(store.forecast(dyad="IRN-USA"))
    empty = ResultTuple(Alarm, ())
    assert empty == () and len(Table.from_arrow(empty)) == 0
    assert pickle.loads(pickle.dumps(points)) == points


def test_polars_pandas_and_duckdb_take_what_a_store_gives(store: Store) -> None:
    count = len(list(store.incidents()))
    duckdb = pytest.importorskip("duckdb")
    incidents = store.incidents()  # noqa: F841 (DuckDB finds it by its name)
    assert duckdb.sql("SELECT count(*) FROM incidents").fetchall() == [(count,)]
    pandas = pytest.importorskip("pandas")
    assert len(pandas.DataFrame([i.to_dict() for i in store.incidents()])) == count
    polars = pytest.importorskip("polars")
    assert polars.DataFrame(store.incidents()).height == count
    assert polars.DataFrame(store.tension("IRN", "USA").points).height > 10


NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebooks" / "crisis.ipynb"


def test_the_notebook_runs_in_order_and_was_made_by_its_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import json
    import runpy

    pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    script = runpy.run_path(str(NOTEBOOK.parent / "make_crisis.py"))
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert [(c["cell_type"], "".join(c["source"])) for c in cells] == script["CELLS"]
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in cells:
        if cell["cell_type"] == "code":
            printed, _ = script["run"]("".join(cell["source"]), names)
            assert cell["outputs"], "the notebook is executed"
            if "tension.reading" in "".join(cell["source"]):
                assert printed.startswith("easing")
    assert (tmp_path / "tension.svg").stat().st_size > 5_000 and (tmp_path / "tension.csv").exists()
