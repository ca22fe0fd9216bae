"""A cursor leads to its own place of its own question, and to no other."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.store import cursors

_ASKED = {"dyad": "IRN-USA", "type": ("ASSAULT",), "place": None}


@given(st.integers(0, 2**53 - 1), st.none() | st.just("2026-11-27T06:00:00+00:00"))
def test_a_cursor_leads_to_its_place(offset: int, as_of: str | None) -> None:
    start = cursors.Start(offset, as_of)
    made = cursors.cursor(start, _ASKED)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", made)
    assert cursors.read(made, {"type": ["ASSAULT"], "dyad": "IRN-USA"}) == start  # what is empty is not asked


def test_a_cursor_is_of_one_question() -> None:
    made = cursors.cursor(cursors.Start(7, None), _ASKED)
    with pytest.raises(cursors.CursorError, match="another question"):
        cursors.read(made, {**_ASKED, "place": "Iraq"})


@pytest.mark.parametrize(
    "plain", [b"", b"\xff", b"[]", b"7", b'[-1, null, ""]', b'[true, null, ""]', b'[1, 2, ""]', b"[" * 9000]
)
def test_what_is_no_cursor_is_told(plain: bytes) -> None:
    for made in (base64.urlsafe_b64encode(plain).decode(), "ü", "a"):
        with pytest.raises(cursors.CursorError, match="none of detente's"):
            cursors.read(made, _ASKED)
