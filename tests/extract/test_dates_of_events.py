"""The day of an event by its phrase (CODEBOOK.md section 4): what the phrase dates, and from where the report counts."""

from __future__ import annotations

import numpy as np
import pytest

from detente.extract.events import events
from detente.model.coder import Reading, RoleSpan, SentenceReading
from detente.records import CoderVersion, Document, Sentence


def days(*told: tuple[str, str, str, str], published: str) -> list[str | None]:
    """The first day of each event: (sentence, trigger, type, time phrase)."""
    text = "\n".join(t[0] for t in told)
    sentences, readings, at = [], [], 0
    for i, (words, trigger, kind, phrase) in enumerate(told):
        sentences.append(Sentence(i, at, at + len(words), words))
        at += len(words) + 1
        start, when = words.index(trigger), words.index(phrase)
        roles = {"date": (RoleSpan(when, when + len(phrase), 1.0),)}
        one = Reading(start, start + len(trigger), kind, 1.0, "actual", 1.0, (), roles, ())
        readings.append(SentenceReading((one,), np.zeros(37, np.float32)))
    found = events(Document(text, published=published), sentences, readings, CoderVersion("", "", "", ""), 0.5)
    return [e.date.start_date if e.date else None for e in found]


@pytest.mark.parametrize(
    ("sentence", "trigger", "kind", "phrase", "day"),
    [
        ("The sides agreed on Tuesday to a truce.", "agreed", "AGREE", "Tuesday", "2020-01-07"),  # when they agreed
        ("The sides said they will meet on Tuesday.", "will meet", "AGREE", "Tuesday", "2020-01-14"),  # when they meet
        # What the tagger cut grows to a date on either side.
        ("Police shot two men late Friday in Lagos.", "shot", "ASSAULT", "late", "2020-01-10"),
        ("The visit comes a day after Iran fired missiles.", "fired", "ASSAULT", "a day after", "2020-01-11"),
    ],
)
def test_a_phrase_dates_what_it_stands_by(sentence, trigger, kind, phrase, day):
    assert days((sentence, trigger, kind, phrase), published="2020-01-12") == [day]


def test_one_old_day_makes_no_history_of_a_report():
    told = days(
        ("Security was tightened after the attacks of September 11, 2001.", "attacks", "ASSAULT", "September 11, 2001"),
        ("In November, police arrested nine.", "arrested", "COERCE", "In November"),
        published="2016-08-17",
    )
    assert told == ["2001-09-11", "2015-11-01"]
