"""The pages: each answers, shows what a reader needs, and shows hostile reports as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from served import HOSTILE

from detente.serve.text import Mark, clean, marked

PAGES = [
    "/", "/dyad", "/dyad?a=IRN&b=USA&c=IRN&d=IRQ&every=week", "/dyad?a=Iran&b=Iraq&from=2020-01-03&to=2020-01-10", "/map", "/map?from=2020-01-02&to=2020-01-09&dyad=&type=",
    "/actor?name=IRN", "/actor?name=Quds+Force", "/actor?name=Nobody+At+All", "/search", "/search?text=missile&type=&from=", "/search?of=events&actor=USA&status=actual",
    "/search?of=documents&text=Soleimani", "/search?place=Iraq&as_of=2020-01-05", "/try",
]  # fmt: skip


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]


def checked(text: str) -> Page:
    """A page without anything of others, inline scripts or fields that have no name for those who cannot see."""
    page = Page(text)
    assert [s.get("src") for s in page.all("script")] in (["/static/detente.js"], [])
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("src", "href", "action"):
            address = attributes.get(name) or "/"
            assert address.startswith(("/", "#", "http://", "https://")), address
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {a.get("for") for a in page.all("label")}
    for field in page.all("input") + page.all("select") + page.all("textarea"):
        assert field["id"] in labelled
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert page.all("a")[0]["href"] == "#main"
    return page


@pytest.mark.parametrize("path", PAGES)
def test_every_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = checked(answer.text)
    words = " ".join(page.words)
    if path != "/try":
        assert "Cite:" in words
        assert "store as of" in words
        assert "tables" in words
    for link in page.all("a"):
        if (address := link["href"] or "").startswith("/api/v1/") and "format=" in address:
            assert client.get(address).status_code == 200, address


def test_the_first_page(client: TestClient) -> None:
    text = client.get("/").text
    for words in ("Alarms", "Escalates", "Eases", "Newest incidents", "Sources", "17 January 2020", "37 reports"):
        assert words in text


def test_a_dyad(client: TestClient) -> None:
    page = client.get("/dyad?a=IRN&b=USA").text
    assert page.count("<svg") == 2
    assert "Turning points" in page
    assert "figures of the chart as a table" in page
    assert client.get("/dyad?a=GER&b=USA").status_code == 422
    assert "did you mean" in client.get("/dyad?a=GER&b=USA").text


def test_an_incident_with_all_that_is_known(client: TestClient) -> None:
    rows = client.get("/api/v1/incidents?limit=1000").json()["items"]
    row = max(rows, key=lambda r: r["reports"])
    answer = client.get(f"/incident/{row['incident_id']}")
    page = checked(answer.text)
    words = " ".join(" ".join(page.words).split())
    for part in (
        "Who claims what",
        "Reports, in order",
        "independent origin",
        "Corrections and history",
        "As the store knew it on",
    ):
        assert part in words
    assert 'class="m-trigger' in answer.text
    assert client.get(f"/incident/{row['events'][0]}").status_code == 200
    assert client.get("/incident/inc1-nothing").status_code == 404
    for one in rows:
        checked(client.get(f"/incident/{one['incident_id']}").text)


def test_a_report_leads_to_its_records(client: TestClient) -> None:
    for one in client.get("/api/v1/documents").json()["items"]:
        page = checked(client.get(f"/document/{one['id']}").text)
        ids = {a.get("id") for _, a in page.tags}
        marks = [a["href"] for a in page.all("a") if "mark" in (a.get("class") or "")]
        assert all(m and m[1:] in ids for m in marks)
    assert client.get("/document/nothing").status_code == 404


def test_try_it(client: TestClient) -> None:
    answer = client.post(
        "/try", data={"text": "Iran condemned the United States on Monday.", "published": "2020-01-12"}
    )
    page = checked(answer.text)
    assert "6 January 2020" in " ".join(page.words)
    assert client.post("/try", data={"text": " "}).status_code == 422
    assert client.post("/try", data={"text": "x", "published": "tomorrow"}).status_code == 422
    assert client.post("/try", data={"text": "word " * 5_000}).status_code == 413
    checked(client.post("/try", data={"text": "</textarea><script>alert(1)</script> Iran condemned Israel."}).text)


def test_a_later_page_of_results(client: TestClient) -> None:
    first = client.get("/search?of=events").text
    more = re.search(r'class="more" href="([^"]+)"', first)
    assert more
    second = client.get(more[1].replace("&amp;", "&"))
    assert second.status_code == 200
    assert re.search(r"Events 51 to \d\d", second.text)


def test_hostile_reports_are_shown_as_text(hostile: TestClient) -> None:
    rows = hostile.get("/api/v1/incidents").json()["items"]
    assert rows
    paths = [
        "/",
        "/search",
        "/search?of=events",
        "/search?of=documents",
        "/map",
        "/dyad?a=IRN&b=USA",
        "/actor?name=IRN",
    ]
    paths += [f"/incident/{r['incident_id']}" for r in rows] + [f"/document/{quote(HOSTILE.id, safe='')}"]
    for path in paths:
        answer = hostile.get(path)
        assert answer.status_code == 200, path
        page = checked(answer.text)
        assert not page.all("img")
        assert not page.all("b")
        assert "\u202e" not in answer.text
        assert "\x00" not in answer.text
    words = "".join(Page(hostile.get(paths[-1]).text).words)
    assert "<script>alert(1)</script>" in words
    assert "javascript:alert(4)" in words
    assert "x" * 10_000 in words
    sheet = hostile.get("/api/v1/events?format=csv").text
    assert not re.search(r'(^|,)"?=cmd', sheet)
    hostile.get("/api/v1/incidents.atom").raise_for_status()


def test_marks_that_overlap() -> None:
    assert marked("abc<d", [Mark(0, 3, "actor"), Mark(2, 5, "place")]) == (
        '<mark class="m-actor">ab</mark><mark class="m-actor m-place">c</mark><mark class="m-place">&lt;d</mark>'
    )
    assert marked("x", []) == "x"
    assert clean("a\u202eb\ud800c\n") == "a b\ufffdc\n"
