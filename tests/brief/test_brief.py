"""The brief of a dyad: what it says of the bundled dossier, and that each sentence leads to the words of a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

import detente
from detente import brief
from detente.brief.claimed import between
from detente.brief.markdown import web
from detente.cli import main
from detente.records import Document

HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) \u202e\x00 "quoted" & `code`'


@pytest.fixture(scope="module")
def made(dossier: Path) -> brief.Brief:
    with detente.open(dossier) as store:
        return brief.brief(store, "IRN-USA")


def lines(of: brief.Brief) -> list[brief.Line]:
    return [of.headline, *(x for s in of.sections for x in ([s.head] if s.head else []) + list(s.lines))]


def test_it_says_what_happened(made: brief.Brief) -> None:
    assert made.title == "Iran – United States"
    assert made.headline.text.startswith("Easing: no incident in the last week")
    said = {s.name: " ".join(x.text for x in s.lines) for s in made.sections}
    assert "Last 7 days (11 to 17 January 2020): no incident" in said["changed"]
    assert "8 January 2020: peak" in said["turns"]
    assert "within 18 to 24 January 2020" in said["expected"]
    assert re.search(r"Attack in Iraq of 8 January 2020: 11 injured \(.*11\)", said["tolls"])
    assert "at least 1 killed" in said["tolls"]
    assert "(disputed)" in said["disputed"]
    assert "Islamic Revolutionary Guard Corps said" in said["claims"]
    assert re.search(r"\d+ reports by \d+ independent publishers tell of \d+ incidents", said["sources"])


def test_every_sentence_leads_to_words_of_a_report(made: brief.Brief, dossier: Path) -> None:
    numbers = {n.number for n in made.notes}
    assert sorted(numbers) == list(range(1, len(made.notes) + 1))
    nothing = ("No ", "None ", "And ", "Last 7 days (11 to 17 January 2020): no incident")
    for line in lines(made):
        assert set(line.notes) <= numbers
        assert line.notes or line.text.startswith(nothing), line.text
    assert {n for x in lines(made) for n in x.notes} == numbers
    with detente.open(dossier) as store:
        texts = {d.id: d for d in store.documents()}
        for n in made.notes:
            report = texts[n.document]
            assert (n.source, n.published, n.url, n.title) == (
                report.source,
                report.published,
                report.url,
                report.title,
            )
            for part in n.quote.split("…"):
                assert part.strip() in " ".join(report.text.split())
            shown = store.show(n.incident_id)
            assert n.event_id in shown.incident.events
            assert n.document in shown.documents or n.document in {e.document.id for e in shown.events}


def test_the_page_stands_alone(made: brief.Brief) -> None:
    page = brief.html(made)
    root = lxml_html.document_fromstring(page)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert not root.xpath("//script|//link|//img|//iframe|//object|//embed|//*[@src]")
    for a in root.xpath("//a"):
        target = a.get("href")
        assert (target.startswith("#n") and target[1:] in ids) or web(target), target
    assert "url(http" not in page
    assert "@import" not in page
    assert page.count("<svg") == 2
    assert "prefers-color-scheme:dark" in page
    assert "size:A4" in page


def test_markdown_reads_as_plain_text(made: brief.Brief) -> None:
    page = brief.markdown(made)
    assert page.startswith("# Iran – United States\n\nBrief of 30 December 2019 to 17 January 2020\n")
    for heading in (
        "What changed",
        "Turning points",
        "Tolls",
        "Who claims what",
        "Disputed",
        "Week by week",
        "Where",
        "Evidence",
    ):
        assert f"## {heading}\n" in page
    told = page.split("## Evidence")[1]
    for number in set(re.findall(r"\[(\d+)\]", page)):
        assert f"\n{number}. " in told
    assert "coded by detente" in page


def test_the_same_store_gives_the_same_brief(made: brief.Brief, dossier: Path) -> None:
    with detente.open(dossier) as store:
        again = brief.brief(store, "IRN-USA")
    assert brief.html(again) == brief.html(made)
    assert brief.markdown(again) == brief.markdown(made)


def test_earlier_days_and_earlier_knowledge(dossier: Path) -> None:
    with detente.open(dossier) as store:
        then = brief.brief(store, "USA-IRN", since="2020-01-01", until="2020-01-06")
        assert then.title == "United States – Iran"
        assert then.said == "Brief of 1 to 6 January 2020"
        assert "8 January" not in " ".join(x.text for x in lines(then))
        known = brief.brief(store, "IRN-USA", as_of="2020-01-06")
        assert all((n.published or "") <= "2020-01-06" for n in known.notes)


def test_what_reports_say_stays_text(tmp_path: Path) -> None:
    reports = [
        Document(
            "Iran condemned the United States on Monday.",
            id=f"r{n}",
            title=HOSTILE,
            source=HOSTILE,
            published="2020-01-14",
            url=url,
        )
        for n, url in enumerate(
            ("javascript:alert(1)", "https://example.org/a?b=1&c=2", 'https://x.org/"onmouseover="alert(1)')
        )
    ]
    with detente.open(tmp_path / "s") as store:
        store.add(reports)
        made = brief.brief(store, "IRN-USA")
    page = brief.html(made)
    root = lxml_html.document_fromstring(page)
    assert not root.xpath("//script")
    links = [a.get("href") for a in root.xpath("//a") if not a.get("href").startswith("#")]
    assert set(links) <= {"https://example.org/a?b=1&c=2"}
    assert "javascript:" not in "".join(a.get("href") for a in root.xpath("//a"))
    plain = brief.markdown(made)
    assert "\\<script>" in plain
    assert "\\[x\\](javascript" in plain
    for text in (page, plain):
        assert not set(text) & set("\u202e\x00")


def test_one_event(tmp_path: Path) -> None:
    with detente.open(tmp_path / "s") as store:
        store.add([Document("Iran condemned the United States on Monday.", published="2020-01-14", source="AP")])
        made = brief.brief(store, "IRN-USA")
    assert len(made.notes) == 1
    assert made.notes[0].quote == "Iran condemned the United States on Monday."
    assert "one accusation" in brief.markdown(made)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--dyad", "FRA-CHN"], "FRA-CHN: no incident between FRA and CHN in this store"),
        (["--dyad", "Hezbolla-ISR"], "no incident between Hezbolla and ISR"),
        (["--dyad", "IRN-USB"], "'USB' is no country"),
        (["--dyad", "Iran"], "is no pair: write IRN-USA"),
        (["--dyad", "IRN-USA", "--from", "2020-02-01", "--to", "2020-01-01"], "is before the first day"),
        (
            ["--dyad", "IRN-USA", "--from", "2030-01-01"],
            "tells of 30 December 2019 to 17 January 2020, not of the days",
        ),
        (["--dyad", "IRN-USA", "--to", "2010-01-01"], "no dated incident by 1 January 2010"),
        (["--dyad", "IRN-USA", "--to", "pdf"], "'pdf' is no day"),
        (["--dyad", "IRN-USA", "-o", "no/such/folder/x.html"], "no/such/folder"),
    ],
)
def test_what_cannot_be_told(words: list[str], told: str, dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brief", "--store", str(dossier), *words]) in (1, 2)
    out = capsys.readouterr()
    assert told in out.err
    assert out.err.count("\n") == 1
    assert out.out == ""


def test_from_the_command_line(
    tmp_path: Path, dossier: Path, made: brief.Brief, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["brief", "--store", str(dossier), "--dyad", "IRN-USA"]) == 0
    assert capsys.readouterr().out == brief.markdown(made)
    assert (
        main(
            [
                "brief",
                "--store",
                str(dossier),
                "--dyad",
                "IRN-USA",
                "--to",
                "html",
                "--to",
                "2020-01-17",
                "-o",
                str(tmp_path / "b"),
            ]
        )
        == 0
    )
    assert main(["brief", "--store", str(dossier), "--dyad", "IRN-USA", "-o", str(tmp_path / "b.html")]) == 0
    assert (tmp_path / "b").read_text("utf-8") == (tmp_path / "b.html").read_text("utf-8") == brief.html(made)


def test_quiet_days_say_so(dossier: Path) -> None:
    with detente.open(dossier) as store:
        quiet = brief.brief(store, "IRN-USA", since="2020-01-15", until="2020-01-17")
    assert "No incident in these days." in [x.text for x in lines(quiet)]
    assert "No claims." in [x.text for x in lines(quiet)]
    assert "No incident with a known place" in quiet.map.svg


def test_groups_of_ones_own(dossier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text('[groups]\nwest = ["USA", "CAN", "GBR"]\n', "utf-8")
    words = ["brief", "--store", str(dossier), "--dyad", "IRN-west", "--groups", str(tmp_path / "own.toml")]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("# Iran – west\n")


def test_ranges() -> None:
    assert [between(*r) for r in ((3, 3), (3, 8), (3, None), (None, 8), (None, None))] == [
        "3", "3 to 8", "at least 3", "at most 8", "an unknown number",
    ]  # fmt: skip


def test_an_empty_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with detente.open(tmp_path / "s") as store:
        store.add([Document("It rained.", published="2020-01-14")])
    assert main(["brief", "--store", str(tmp_path / "s"), "--dyad", "IRN-USA"]) == 1
    assert "no incidents yet" in capsys.readouterr().err
