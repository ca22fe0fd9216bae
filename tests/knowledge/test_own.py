"""A user's own actors win over the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.errors import KnowledgeError
from detente.knowledge.own import use_actors
from detente.resolve import actor


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "my.csv"
    use_actors(None)


def test_own_rows_win(own: Path) -> None:
    own.write_text(
        "name,aliases,country,sectors,first,last\n"
        "Hamas,Hamás|HAMAS,PSE,GOV+PTY,2007-06,\n"
        "Blue Hand,The Blue Hand,SYR,REB,,\n"
        "Jane Roe,,NLD,GOV,2020-01-01,2021-06-30\n"
        "Jane Roe,,NLD,OPP,2021-07-01,\n"
    )
    assert use_actors(own) == 8
    found = actor("Hamas", date="2015-01-01")
    assert found is not None
    assert (found.country, found.sectors, found.basis) == ("PSE", ("GOV", "PTY"), "own table")
    for day, sector in (("2020-05-01", "GOV"), ("2022-05-01", "OPP")):
        found = actor("Jane Roe", date=day)
        assert found is not None
        assert found.sectors == (sector,)
    found = actor("Blue Hand fighters")
    assert found is not None
    assert (found.country, found.sectors) == ("SYR", ("REB",))
    use_actors(None)
    assert (actor("Hamas", date="2015-01-01") or found).sectors == ("REB",)
    assert actor("Blue Hand") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns must be"), ("who,country\nx,FRA\n", "columns must be"), ("name,sectors\nx,KING\n", r":2: no name, or no sector"),
        ("name,first\nx,last year\n", r":2: first must be"), ("name\nx,y,z\n", r":2: 3 columns, not 1"), ("name,country\n,FRA\n", ":2: no name"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_told(own: Path, text: str, said: str) -> None:
    own.write_text(text)
    with pytest.raises(KnowledgeError, match=said):
        use_actors(own)
    assert actor("Hamas") is not None


def test_a_table_that_is_not_there_or_no_text(own: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        use_actors(own)
    own.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(KnowledgeError, match=r"cannot be read|columns must be"):
        use_actors(own)


def test_blank_lines_a_mark_at_the_beginning_and_missing_columns_are_fine(own: Path) -> None:
    own.write_bytes("\ufeffName,Country\n\n\u00c9mile Dupont,fra\n".encode())
    assert use_actors(own) == 2
    found = actor("Emile Dupont")
    assert found is not None
    assert (found.country, found.sectors) == ("FRA", ())
