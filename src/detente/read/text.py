"""Plain text, exactly as given; and the decoding of bytes that other formats share."""

from __future__ import annotations

import codecs
import re

from detente.errors import InputError
from detente.records import Document

READER = "text/1"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "a PDF: save it as text first",
    b"PK\x03\x04": "a ZIP archive or Office document: unpack it, or save it as text",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"\xd0\xcf\x11\xe0": "an old Office document: save it as text",
    b"PAR1": "a Parquet file: give its reports as JSONL or CSV",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
# More control characters than this share of a sample, and it is no text. A stray NUL in a report is far below.
_MOST_CONTROL = 0.05
_SAMPLE = 20_000


def read(data: bytes, name: str) -> Document:
    """One report from the bytes of a text file; its text is stored exactly, line ends and all.

    Raises InputError for an empty or a binary file.
    """
    text, encoding = decode(data, name)
    if not text.strip("\ufeff\x00").strip():
        raise InputError(name, "is empty")
    notes = (f"decoded as {encoding}",) if encoding else ()
    return Document(text, id=name, reader=READER, encoding=encoding, notes=notes)


def decode(data: bytes, name: str) -> tuple[str, str | None]:
    """Bytes to text, and the encoding if it was not plain UTF-8 (a byte order mark, else UTF-8, else the likeliest).

    Bytes that fit no character become U+FFFD. Raises InputError for what is no text at all.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(name, f"is {what}")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding
    try:
        text = data.decode("utf-8")
        encoding_used = None
    except UnicodeDecodeError:
        text, encoding_used = _guessed(data)
    if "\x00" in text[:_SAMPLE] and encoding_used is None and (wide := _wide(data)):
        return data.decode(wide, "replace"), wide
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > _MOST_CONTROL * len(sample):
        raise InputError(name, "is binary, not text")
    return text, encoding_used


def _guessed(data: bytes) -> tuple[str, str]:
    """What charset-normalizer takes the bytes for; Windows-1252, which English text mostly is, if it cannot tell."""
    from charset_normalizer import from_bytes

    sample = data[: 2 * _SAMPLE]
    best = from_bytes(sample).best()
    encoding = best.encoding if best is not None else "cp1252"
    # On short samples the two look alike; printed quotes and dashes exist in Windows-1252 only.
    if encoding in ("latin_1", "iso8859_1", "cp1250", "ascii", "utf_8", "mac_iceland", "mac_latin2", "iso8859_2"):
        encoding = "cp1252"
    return data.decode(encoding, "replace"), encoding


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.1 * half else None
