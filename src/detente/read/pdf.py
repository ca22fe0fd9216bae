"""The text layer of a PDF (extra `pdf`); pages of pictures have none."""

from __future__ import annotations

import re

from detente.errors import InputError, MissingExtra
from detente.records import Document

READER = "pdf/1"
LARGEST = 100_000_000
_MOST_PAGES = 2000
_END = re.compile(r"[.!?:;\"'”’)\]]$")


def read(data: bytes, name: str) -> Document:
    """One document: lines joined to paragraphs, words divided at line ends made whole. Raises InputError for a PDF that cannot be
    opened, is locked, or has no text."""
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtra("pypdfium2 is missing: pip install 'detente[pdf]'") from None
    if len(data) > LARGEST:
        raise InputError(name, f"the PDF is larger than {LARGEST // 1_000_000} MB")
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise InputError(name, f"is no PDF that can be opened: {error}"[:300]) from None
    notes = []
    try:
        count = len(pdf)
        if count > _MOST_PAGES:
            notes.append(f"only the first {_MOST_PAGES} of {count} pages were read")
        pages = []
        for number in range(min(count, _MOST_PAGES)):
            page = pdf[number]
            words = page.get_textpage()
            pages.append(words.get_text_range())
            words.close()
            page.close()
        title = (pdf.get_metadata_dict().get("Title") or "").strip() or None
    except pypdfium2.PdfiumError as error:
        raise InputError(name, f"the PDF is damaged: {error}"[:300]) from None
    finally:
        pdf.close()
    text = "\n\n".join(filter(None, map(_paragraphs, pages)))
    if len(text.split()) < 4:
        raise InputError(name, "the PDF has no text layer (scanned pages?): run OCR first")
    return Document(text, id=name, title=title, reader=READER, notes=tuple(notes))


def _paragraphs(page: str) -> str:
    lines = [
        " ".join(line.split())
        for line in page.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    width = max(map(len, lines), default=0)
    out: list[str] = []
    going = False  # whether the paragraph goes on in the next line
    for line in lines:
        if not line:
            going = False
            continue
        if not going:
            out.append(line)
        elif out[-1].endswith(("\u00ad", "\ufffe", "\x02")):  # pdfium's mark of a word divided at a line end
            out[-1] = out[-1][:-1] + line
        else:
            out[-1] += " " + line
        going = not (_END.search(line) and len(line) < 0.8 * width)
    return "\n\n".join(out)
