"""Whom a report introduces by an office: the second source for rows of one's own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detente.knowledge.introductions import Introduced, introductions, kind
from detente.knowledge.tables import Entry, Names


@pytest.mark.parametrize(
    ("text", "office", "name"),
    [
        ("Bulgarian Interior Minister Rumen Petkov resigns.", "Interior Minister", "Rumen Petkov"),
        ("Rumen Petkov, the Bulgarian interior minister, resigns.", "interior minister", "Rumen Petkov"),
        ("Defence Secretary Geoff Hoon's statement", "Defence Secretary", "Geoff Hoon"),
    ],
)
def test_a_minister_is_introduced_before_or_after_the_name(text: str, office: str, name: str) -> None:
    assert (office, name) in list(introductions(text))


def test_offices_that_countries_call_otherwise_are_of_one_kind() -> None:
    assert kind("external affairs minister") == kind("Secretary of State") == "foreign"
    assert kind("home secretary") == "interior"


def test_a_row_is_told_only_with_office_country_and_time(tmp_path: Path) -> None:
    reports = tmp_path / "r.jsonl.gz"
    with gzip.open(reports, "wt", encoding="utf-8") as stream:
        stream.write(
            json.dumps({"date": "2006-05-01", "text": "Bulgarian Interior Minister Petkov meets the police."}) + "\n"
        )
    countries = Names()
    countries.add("Bulgarian", Entry("country", "Bulgaria", "BGR"))
    told = Introduced([reports], countries)
    row = (["Rumen Petkov"], "BGR", "interior minister", "2005-08-01", "2008-04-30")
    assert told.tells(*row) == 1
    assert told.tells(["Rumen Petkov"], "BGR", "foreign minister", *row[3:]) == 0
    assert told.tells(["Rumen Petkov"], "MKD", *row[2:]) == 0
    assert told.tells(*row[:3], "2009-01-01", "2010-01-01") == 0
