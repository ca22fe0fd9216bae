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


def span(sentence: str, trigger: str, kind: str, phrase: str, published: str, status: str = "actual") -> str | None:
    """First and last day of the one event of a sentence."""
    start, at = sentence.index(trigger), sentence.index(phrase)
    roles = {"date": (RoleSpan(at, at + len(phrase), 1.0),)}
    one = Reading(start, start + len(trigger), kind, 1.0, status, 1.0, (), roles, ())
    reading = SentenceReading((one,), np.zeros(37, np.float32))
    document = Document(sentence, published=published)
    (event,) = events(document, [Sentence(0, 0, len(sentence), sentence)], [reading], CoderVersion("", "", "", ""), 0.5)
    return f"{event.date.start_date}/{event.date.end_date}" if event.date and event.date.start_date else None


@pytest.mark.parametrize(
    ("sentence", "trigger", "kind", "phrase", "published", "means"),
    [
        # What a number of the year stands before; what has come of a year; a day that all know.
        ("Gunmen burned villages during the 2007 unrest.", "burned", "ASSAULT", "the 2007 unrest", "2021-11-17", "2007-01-01/2007-12-31"),
        ("At least 60 reporters were jailed so far this year.", "jailed", "COERCE", "so far this year", "2021-11-17", "2021-01-01/2021-11-17"),
        ("The couple was abducted in the October 7 attacks.", "abducted", "ASSAULT", "October 7", "2025-06-05", "2023-10-07/2023-10-07"),
        ("Nine died in the October 7 attack.", "attack", "ASSAULT", "October 7", "2009-10-09", "2009-10-07/2009-10-07"),
        ("Women marched on International Women's Day in Rome.", "marched", "PROTEST", "International Women's Day", "2021-03-10", "2021-03-08/2021-03-08"),
        ("Two men were shot the day before in Turku.", "shot", "ASSAULT", "the day before in", "2021-11-17", "2021-11-16/2021-11-16"),
        # On a Sunday last week is the one that ends; on a Monday the calendar's.
        ("Rebels seized the bridge last week.", "seized", "ASSAULT", "last week", "2021-11-14", "2021-11-07/2021-11-13"),
        ("Rebels seized the bridge last week.", "seized", "ASSAULT", "last week", "2021-11-15", "2021-11-08/2021-11-14"),
        # What is agreed or refused of a day that comes; what is told on one is over.
        ("The two leaders agree to a debate on December 1.", "agree", "AGREE", "December 1", "2021-11-17", "2021-12-01/2021-12-01"),
        ("The speaker says he will not convene parliament on Monday.", "will not convene", "REJECT", "Monday", "2021-11-14", "2021-11-15/2021-11-15"),
        ("Oslo will not reopen the road, its minister told reporters on Monday.", "will not reopen", "REJECT", "Monday", "2021-11-17", "2021-11-15/2021-11-15"),
        # How long it has lasted; years and months are as coarse as they are.
        ("He has been on hunger strike for 48 days.", "hunger strike", "PROTEST", "for 48 days", "2021-11-17", "2021-09-30/2021-11-17"),
        ("The journalist, held for five months, was not charged.", "held", "COERCE", "for five months", "2006-09-17", "2006-04-01/2006-09-30"),
        ("The rebels end eleven years of war.", "war", "ASSAULT", "eleven years", "2006-11-22", "1995-01-01/2006-12-31"),
        ("FIFA suspends its vice-president for 90 days.", "suspends", "SANCTION", "90 days", "2023-08-26", "2023-08-26/2023-11-24"),
        ("The feud ended more than 40 years of talks.", "talks", "CONSULT", "more than 40 years", "2008-07-21", None),
        # From now on: what is asked or threatened, not what was done.
        ("The group threatens to behead him within 24 hours.", "threatens", "THREATEN", "within 24 hours", "2004-09-21", "2004-09-21/2004-09-22"),
        ("A judge ordered him to appear within ten days.", "ordered", "REQUEST", "within ten days", "1995-06-13", "1995-06-13/1995-06-23"),
        ("The captives were let go within a day.", "let go", "RETREAT", "within a day", "2007-07-03", None),
        # "By" of what happened lies behind.
        ("Some colleges were suspended by March 13.", "suspended", "COERCE", "by March 13", "2020-10-18", "2020-03-13/2020-03-13"),
        ("Delta was told to end the venture by January 1.", "told", "REQUEST", "by January 1", "2025-09-15", "2026-01-01/2026-01-01"),
        # Of what is over the end is told.
        ("A law kept them in asylums until 1996.", "kept", "COERCE", "until 1996", "2001-06-09", "1996-01-01/1996-12-31"),
        # The day told before it in the sentence is what "the next day" is counted from.
        ("Syria, it said on Wednesday, and Mattis resigned the next day.", "resigned", "RETREAT", "the next day", "2018-12-21", "2018-12-20/2018-12-20"),
        ("Barrow won on Dec. 2, and Jammeh took it back a week later.", "took it back", "REJECT", "a week later", "2016-12-22", "2016-12-09/2016-12-09"),
        ("He was kidnapped a week ago.", "kidnapped", "ASSAULT", "a week ago", "2021-05-13", "2021-05-06/2021-05-06"),
        ("It negotiated over the last four years.", "negotiated", "CONSULT", "over the last four years", "2019-07-10", "2015-01-01/2019-12-31"),
        ("It killed 200 in the past two months.", "killed", "ASSAULT", "in the past two months", "2024-02-21", "2023-12-01/2024-02-29"),
        ("A month-long offensive took the town.", "offensive", "ASSAULT", "month-long", "2016-06-26", "2016-05-01/2016-06-30"),
        # What is ordered is yet to be, and a deadline is a day.
        ("Putin introduces martial law, beginning Thursday at midnight.", "introduces", "COERCE", "Thursday", "2022-10-19", "2022-10-20/2022-10-20"),
        ("It declares an emergency from midnight.", "declares", "COERCE", "midnight", "2021-05-15", "2021-05-16/2021-05-16"),
        ("They gave the putschists until Sunday to leave.", "gave", "REQUEST", "until Sunday", "2023-08-05", "2023-08-06/2023-08-06"),
        ("Kirchner was invited to a meeting on Thursday.", "invited", "REQUEST", "Thursday", "2006-05-03", "2006-05-04/2006-05-04"),
        # The verb beside a date tells whether it is to come, also when the date is first.
        ("On September 12, Francis will visit Hungary.", "will visit", "AGREE", "September 12", "2021-07-21", "2021-09-12/2021-09-12"),
        ("Annan flew in to plead for sites to be opened, and Saddam gave his signature on Sunday.", "signature", "AGREE", "Sunday", "1998-02-26", "1998-02-22/1998-02-22"),
        ("Talks will be held Wednesday in Berlin.", "Talks", "AGREE", "Wednesday", "2015-01-20", "2015-01-21/2015-01-21"),
        ("Police had killed three earlier that day.", "killed", "ASSAULT", "earlier that day", "2022-01-02", "2022-01-02/2022-01-02"),
        # What everyone knows by its day, and a page's own date before the text.
        ("A law lets families of the September 11 attacks sue.", "attacks", "ASSAULT", "September 11", "2016-09-09", "2001-09-11/2001-09-11"),
        ("Monday, September 30, 2019 Friday, the House issued a subpoena.", "issued", "REQUEST", "Monday, September 30, 2019 Friday", "2019-09-30", "2019-09-27/2019-09-27"),
        ("Four were killed there over the last week.", "killed", "ASSAULT", "the last week", "2017-04-13", "2017-04-06/2017-04-13"),
    ],
)  # fmt: skip
def test_what_a_phrase_means_beside_its_event(sentence, trigger, kind, phrase, published, means):
    assert span(sentence, trigger, kind, phrase, published) == means
