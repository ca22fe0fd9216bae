"""Whatever comes in, readers, segmenter, dates and numbers end soon, and raise nothing but what they say."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.errors import DetenteError, InputError
from detente.read import entries, formats, gdelt_list, html, news_json, robots, text, xml_text
from detente.read.dateline import dateline
from detente.records import Document
from detente.resolve import date as resolve_date
from detente.resolve import numbers
from detente.segment.sentences import split

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import fuzz

# About five seconds of CPU each at most; a deadline of one example is for catastrophes, the machine of CI is shared.
_BUDGET = settings(
    max_examples=60, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck), derandomize=True
)
_WORDS = st.lists(
    st.sampled_from(
        ["Iran", "said", "on", "Monday", "12", "(AP)", "—", "-", ".", "U.S.", "\x00", "\u202e", "\ud800", "﷽", "3,000", "two hundred", "the", "\n", "\r\n",
         "July 4", "1999-13-45", "“", "'", "killed", "last", "week", "a" * 300, "1" * 400, "((((", "…", "é", "e\u0301", "👩‍👩‍👧"]
    ) | st.text(max_size=20), max_size=60,
).map(" ".join)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["@type", "headline", "body_text", "body_html", "bodies", "headlines", "items", "version", "value", "role", "uri", "publisher", "name",
                         "articleBody", "datePublished", "text", "html", "id", "url"]), inner, max_size=5), max_leaves=25,
)  # fmt: skip


@_BUDGET
@given(
    st.binary(max_size=3000) | _WORDS.map(lambda w: w.encode("utf-8", "replace")),
    st.sampled_from([".txt", ".jsonl", ".csv", ""]),
)
def test_readers(data: bytes, suffix: str) -> None:
    if formats.by_content(data).__qualname__.startswith("parsed"):  # its parser runs in a worker: tested below
        return
    for one in formats.read(io.BufferedReader(io.BytesIO(data)), "x", suffix):
        assert isinstance(one, Document | InputError | entries.Entry)


@_BUDGET
@given(st.text(max_size=2000) | _WORDS)
def test_html(words: str) -> None:
    for page in (words, f"<html><body><article><p>{words}</p><p hidden>{words}</p></article></body></html>"):
        with contextlib.suppress(InputError):
            assert html.read(page.encode("utf-8", "replace"), "x").text.strip()
        html.fragment(page)


@_BUDGET
@given(_JSON)
def test_json_of_newsrooms(values: Any) -> None:
    with contextlib.suppress(InputError):
        for one in news_json.read(json.dumps(values).encode(), "x"):
            assert isinstance(one, Document | InputError | entries.Entry)


@_BUDGET
@given(st.binary(max_size=2000))
def test_lists_and_declarations(data: bytes) -> None:
    list(gdelt_list.read(io.BytesIO(data), "x"))
    for read in (xml_text.xml_text, text.decode):
        with contextlib.suppress(InputError):
            read(data, "x")
    robots.parse(data.decode("latin-1"), "detente").allows("/a/b?c")


@_BUDGET
@given(_WORDS)
def test_segmenter_keeps_every_word_in_its_place(words: str) -> None:
    for sentence in split(words, dateline(words)):
        assert words[sentence.start : sentence.end] == sentence.text


@_BUDGET
@given(_WORDS)
def test_dates_and_numbers(words: str) -> None:
    entries.moment(words)
    with contextlib.suppress(DetenteError):
        resolve_date(words, published="2020-01-12")
    numbers.quantity(words)
    numbers.quantities(words)


@pytest.mark.parametrize(
    "stamp", ["Mon, 13 Jan 2020 10:00:00 +9999", "0000-00-00", "9" * 64, "Mon, 99 Foo 99999", "20209999", "\ud800"]
)
def test_odd_stamps_are_no_dates(stamp: str) -> None:
    assert entries.moment(stamp)[0] is None


def test_the_fuzzer_finds_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that falls over two joined words of its examples is found, and the input that does it is kept."""

    def fragile(data: bytes) -> None:
        assert b"12killed" not in data.replace(b" ", b"")

    monkeypatch.setattr(fuzz, "tried", lambda target: lambda data: fragile(data.replace(b"protesters", b"killed")))
    with pytest.raises(AssertionError):
        fuzz.by_hypothesis("numbers", 20.0, tmp_path, seed=1)
    with pytest.raises(AssertionError):
        fragile((tmp_path / "numbers-hypothesis").read_bytes().replace(b"protesters", b"killed"))


@pytest.mark.parametrize("target", ["lines", "numbers"])
def test_the_fuzzer_runs_and_finds_nothing(tmp_path: Path, target: str) -> None:
    result = fuzz.fuzz(target, 1.0, "hypothesis", tmp_path, seed=1)
    assert not result["found"], result["said"]
    assert result["runs"] > 10
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", fuzz.NAMES)
def test_what_the_fuzzer_starts_from_is_read(target: str) -> None:
    read = fuzz.tried(target)
    for data in fuzz.examples(target):
        read(data)
