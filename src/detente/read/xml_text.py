"""XML of strangers to text: decoded as it declares, and refused if it declares entities (billion laughs, files of ours)."""

from __future__ import annotations

import re

from detente.errors import InputError
from detente.read import text

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{2,30})["']""")
_HEAD = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_ENTITIES = re.compile(r"<!(?:ENTITY|DOCTYPE[^<>]{0,2000}(?:SYSTEM|PUBLIC)\b(?!\s+[\"']-//))", re.I)


def xml_text(data: bytes, name: str) -> str:
    """The document without its XML declaration. Raises InputError for entities and outside declarations, and for what is no text."""
    words = None
    if declared := _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:300]):
        try:
            words = data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            words = None
    if words is None:
        words, _ = text.decode(data, name)
    words = words.lstrip("\ufeff")
    if _ENTITIES.search(words):
        raise InputError(name, "declares entities or an outside DTD, which documents of strangers may not")
    return _HEAD.sub("", words.replace("\x00", ""), count=1)
