"""Whose word a report is: agency credits, owners' families, and how many independent voices there are."""

from __future__ import annotations

import pytest

from detente.link.origins import agency, count_origins, family, origin
from detente.read.dateline import dateline


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("BAGHDAD (Reuters) - Two rockets hit the Green Zone on Sunday.", "reuters"),
        ("KABUL, Jan 3 (Xinhua) -- A bomb killed four policemen.", "state:CHN"),
        ("Two rockets hit the zone, the army said. (AFP)", "afp"),
        ("He denied it. © 2020 The Associated Press. All rights reserved.", "ap"),
        ("Two soldiers died.\nWith files from Agence France-Presse", "afp"),
        ("The road stays shut. Source: TASS", "state:RUS"),
        ("The road stays shut — AP", "ap"),
        # attribution is not origin
        ("Rockets hit the zone, Reuters reported, citing two officials who were there.", None),
        ("Police (the riot squad) cleared the square.", None),
        ("", None),
    ],
)
def test_agency_that_a_report_credits(text: str, whose: str | None) -> None:
    assert agency(text, dateline(text)) == whose


@pytest.mark.parametrize(
    ("source", "url", "whose"),
    [
        ("The Guardian", None, "guardian"),
        ("BBC News", None, "bbc"),
        (None, "https://www.bbc.co.uk/news/world-1", "bbc"),
        ("www.bbc.com", None, "bbc"),
        ("Valley Courier", None, "valley-courier"),  # not in the table: its own name
        (None, "http://news.example.org/a", "news.example.org"),
        (None, None, None),
        ("", "not an address", None),
    ],
)
def test_family_of_an_outlet(source: str | None, url: str | None, whose: str | None) -> None:
    assert family(source, url) == whose


def test_one_wire_in_three_papers_is_one_origin() -> None:
    wire = [("2020-01-03 a", "reuters", "guardian"), ("2020-01-03 b", None, "bbc"), ("2020-01-04 c", None, "fox")]
    assert origin(wire) == "reuters"
    assert count_origins([wire]) == 1


def test_two_wires_in_one_paper_are_two_origins() -> None:
    assert count_origins([[("1", "reuters", "guardian")], [("2", "afp", "guardian")]]) == 2


def test_two_own_stories_of_one_house_are_one_origin() -> None:
    assert count_origins([[("1", None, "bbc")], [("2", None, "bbc")], []]) == 1


def test_copies_without_any_name_still_count_once() -> None:
    assert count_origins([[("1", None, None), ("2", None, None)], [("3", None, None)]]) == 2
