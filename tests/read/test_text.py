"""Plain text: kept exactly, whatever its bytes."""

from __future__ import annotations

import pytest

from detente.errors import InputError
from detente.read import text

REPORT = "Iran condemned the “raid” on Monday.\r\nFrance’s president called for calm – again.\n"


def test_text_is_stored_exactly_as_given() -> None:
    given = "  \tTEHRAN: Iran…\r\n\r\n" + REPORT + "  "
    document = text.read(given.encode(), "a.txt")
    assert (document.text, document.id, document.encoding, document.reader) == (given, "a.txt", None, "text/1")


@pytest.mark.parametrize("encoding", "cp1252 utf-16 utf-16-le utf-16-be utf-8-sig utf-32".split())
def test_other_encodings_are_decoded_and_recorded(encoding: str) -> None:
    document = text.read(REPORT.encode(encoding), "a.txt")
    assert document.text == REPORT
    assert document.encoding
    assert document.notes == (f"decoded as {document.encoding}",)


def test_a_cyrillic_page_of_an_old_encoding_is_decoded() -> None:
    russian = "Россия осудила удар по Сирии. Министр иностранных дел выступил с заявлением в понедельник. " * 4
    assert text.read(russian.encode("cp1251"), "a.txt").text == russian


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_file_is_told(data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.txt: is (empty|binary)"):
        text.read(data, "a.txt")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\x1f\x8b\x08abc",
        b"PK\x03\x04abc",
    ],
)
def test_a_binary_file_is_told(data: bytes) -> None:
    with pytest.raises(InputError, match=r"is (binary|a PDF|an image|a gzip|a ZIP)"):
        text.read(data, "a.txt")


def test_a_stray_nul_bidi_and_zero_width_characters_stay() -> None:
    odd = "Iran\x00 condemned \u202eIsrael\u202c on\u200b Monday. 👩‍👩‍👧 e\u0301"
    assert text.read(odd.encode(), "a.txt").text == odd
