"""Sentences of a report: nupunkt, with a rule that mends what it cuts in two ("Lt. | Gen.", "U.S. | Secretary")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detente.records import Dateline, Sentence

# nupunkt slows with the square of a run of odd characters: it gets bounded windows (0.1 s at worst for 8,000).
_WINDOW = 8_000
#: Longer "sentences" are tables or lists; they are cut, and the pieces say so. Code points.
LONGEST = 1_000
# A text whose longest line is shorter has lines broken to a width; in others every line is a paragraph.
_WRAPPED = 120

_BLANK = re.compile(r"\n[ \t\r\f\v\u00a0]*\n")
_TITLE_END = re.compile(
    r"(?:^|[\s(\"“])(?:Lt|Gen|Sen|Rep|Gov|Col|Maj|Capt|Sgt|Cpl|Adm|Brig|Cmdr|Pvt|Rev|Hon|Dr|Mr|Mrs|Ms|Prof|St|Ft|Mt|Pres|Amb|"
    r"Dep|Supt|Insp|Msgr|Fr|Jr|Sr|vs|No|Nos|Lt\. Col|Lt\. Gen|Maj\. Gen|Brig\. Gen|Vice Adm|Rear Adm|Ayat)\.$"
)
_MONTH_END = re.compile(r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.$")
_INITIAL_END = re.compile(r"(?:^|[A-Z][\w'’-]+ |(?:[A-Z]\.\s?)+)[A-Z]\.$")
_STATE_END = re.compile(r"\b(?:U\.S|U\.N|U\.K|E\.U|D\.C|U\.S\.A)\.$")
_STATE_ALONE = re.compile(
    r"\b(?:in|to|from|by|with|against|of|for|and|into|than|between) (?:the )?(?:U\.S|U\.N|U\.K|E\.U|U\.S\.A)\.$|\bD\.C\.$"
)
# What the United States or the United Nations has: after "the U.S." these go on with the sentence.
_THEIRS = re.compile(
    r"(?:Secretary|President|Vice|Ambassador|Senator?s?|Rep|Representatives?|Department|State|Army|Navy|Air|Marines?|Special|Supreme|"
    r"Attorney|House|Congress\w*|Treasury|Security|General|Embassy|Central|National|Justice|Defense|Defence|Border|Coast|Customs|"
    r"Immigration|Federal|District|Circuit|Court|Judge|Capitol|Forces?|Envoy|Under|Deputy|Assistant|Agency|Office|Commission\w*|"
    r"Human|High|Children|Food|World|Peace\w*|Mission|Charter|Chief|Consulate|Cyber|European|Homeland|Ministry|Foreign)\b"
)


def split(text: str, dateline: Dateline | None = None) -> list[Sentence]:
    """The sentences of ``text`` in order, each with its span; what the dateline covers is no part of the first.

    Takes time linear in the length of the text. A piece of an over-long sentence (over `LONGEST` code points) has a
    ``note``. ``text[s.start:s.end] == s.text`` for every sentence.
    """
    start = dateline.end if dateline else 0
    out: list[Sentence] = []
    for first, last in _paragraphs(text, start):
        for a, b in _merged(text, _spans(text, first, last)):
            if b - a <= LONGEST:
                out.append(Sentence(len(out), a, b, text[a:b]))
            else:
                for c, d in _pieces(text, a, b):
                    out.append(Sentence(len(out), c, d, text[c:d], "piece of an over-long sentence"))
    return out


def _paragraphs(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Spans between blank lines; between all line ends where lines are not broken to a width."""
    longest = max((len(line) for line in text[start:].split("\n")), default=0)
    breaks = _BLANK if longest <= _WRAPPED else re.compile(r"\n")
    at = start
    for m in breaks.finditer(text, start):
        yield at, m.start()
        at = m.end()
    yield at, len(text)


def _spans(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """nupunkt's sentences of one paragraph, without the white space around them."""
    from nupunkt import sent_spans

    at = first
    while at < last:
        window = text[at : min(at + _WINDOW, last)]
        ends = [b for _, b in sent_spans(window)] if not window.isspace() else []
        more = at + len(window) < last
        if more:
            # The last sentence of a window may go on after it; one that fills the window is cut at a space.
            ends = ends[:-1] or [window.rfind(" ", len(window) // 2) + 1 or len(window)]
        elif not ends or ends[-1] < len(window):
            ends.append(len(window))
        begin = at
        for end in ends:
            span = _trimmed(text, begin, at + end)
            if span:
                yield span
            begin = at + end
        at = begin


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    return (start + left, start + right) if left < right else None


def _merged(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Joins what was cut after a title, an initial, a month, or "U.S." before what is theirs."""
    held: tuple[int, int] | None = None
    for span in spans:
        if held and _goes_on(text[max(held[0], held[1] - 40) : held[1]], text[span[0] : span[0] + 40]):
            held = (held[0], span[1])
            continue
        if held:
            yield held
        held = span
    if held:
        yield held


def _goes_on(before: str, after: str) -> bool:
    if after[0].islower():
        return True
    if after[0] in ")]”’" or _TITLE_END.search(before):
        return True
    if _MONTH_END.search(before):
        return after[0].isdigit()
    if _STATE_END.search(before):
        return bool(_THEIRS.match(after)) and not _STATE_ALONE.search(before)
    return bool(_INITIAL_END.search(before) and after[0].isupper())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """An over-long sentence in pieces, cut after ";" or "," or at a space near the limit, or hard if there is none."""
    at = start
    while end - at > LONGEST:
        part = text[at : at + LONGEST]
        cut = max(part.rfind(c, LONGEST // 2) for c in ";,|\t")
        cut = cut if cut > 0 else part.rfind(" ", LONGEST // 2)
        cut = cut + 1 if cut > 0 else LONGEST
        if span := _trimmed(text, at, at + cut):
            yield span
        at += cut
    if span := _trimmed(text, at, end):
        yield span
