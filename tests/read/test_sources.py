"""Each format of a source: a real small file, and the report that it must give."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from detente.errors import InputError
from detente.read import read_inputs
from detente.records import Document

IRAN = "Iran condemned the raid on its embassy in Damascus on Monday, and called on the Security Council to meet."


_CUT = IRAN.index(" on Monday")


def read(*inputs: Path) -> tuple[list[Document], list[InputError]]:
    found = list(read_inputs(list(inputs)))
    return [d for d in found if isinstance(d, Document)], [e for e in found if isinstance(e, InputError)]


def put(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Aggregator</title><language>en</language>
<item><title>Iran condemns raid</title><link>https://agg.example/1</link><guid>g1</guid><pubDate>Mon, 13 Jan 2020 10:00:00 +0200</pubDate>
<source url="https://www.reuters.com">Reuters</source><description>short</description>
<content:encoded><![CDATA[<p>{IRAN}</p><p hidden>not for readers</p>]]></content:encoded></item>
<item><title>No source</title><link>https://agg.example/2</link><description>{IRAN}</description></item></channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Desk</title><entry><id>tag:desk,1</id><title>Iran</title>
<link href="https://desk.example/1"/><published>2020-01-13T10:00:00Z</published><updated>2020-01-14T00:00:00Z</updated>
<content type="html">&lt;p&gt;{IRAN}&lt;/p&gt;</content></entry></feed>"""


def test_rss_keeps_who_wrote_it(tmp_path: Path) -> None:
    pytest.importorskip("feedparser")
    (first, second), errors = read(put(tmp_path / "f.rss", RSS))
    assert errors == []
    assert (first.id, first.text, first.source, first.url) == ("g1", IRAN, "Reuters", "https://agg.example/1")
    assert first.published == "2020-01-13T10:00:00+02:00"
    assert (second.source, second.language) == ("Aggregator", "en")


def test_atom_told_by_how_it_begins(tmp_path: Path) -> None:
    pytest.importorskip("feedparser")
    (one,), _ = read(put(tmp_path / "f.xml", ATOM))
    assert (one.id, one.text, one.published, one.source) == (
        "tag:desk,1",
        IRAN,
        "2020-01-13T10:00:00Z",
        "The Desk",
    )


def test_json_feed(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "The Desk", "language": "en",
        "items": [{"id": "1", "url": "https://desk.example/1", "content_html": f"<p>{IRAN}</p>", "date_published": "2020-01-13T10:00:00Z"}],
    }  # fmt: skip
    (one,), errors = read(put(tmp_path / "f.json", json.dumps(feed)))
    assert (one.text, one.source, one.published) == (IRAN, "The Desk", "2020-01-13T10:00:00Z")
    assert errors == []


NINJS_1 = {
    "uri": "urn:x:1", "headline": "Iran", "body_html": f"<p>{IRAN}</p>", "firstcreated": "2020-01-13T10:00:00Z", "language": "en", "source": "AFP",
}  # fmt: skip
NINJS_2 = {
    "uri": "urn:x:2", "headlines": [{"role": "main", "value": "Iran"}], "bodies": [{"contentType": "text/html", "value": f"<p>{IRAN}</p>"}],
    "firstCreated": "2020-01-13T10:00:00Z", "infosources": [{"name": "AFP"}],
}  # fmt: skip
ARTICLE = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "Iran", "articleBody": IRAN, "datePublished": "2020-01-13T10:00:00Z",
    "publisher": {"@type": "Organization", "name": "AFP"}, "url": "https://afp.example/1",
}  # fmt: skip


@pytest.mark.parametrize("item", [NINJS_1, NINJS_2, ARTICLE])
def test_json_of_newsrooms(tmp_path: Path, item: dict[str, object]) -> None:
    (one,), errors = read(put(tmp_path / "n.json", json.dumps(item)))
    assert (one.text, one.title, one.source) == (IRAN, "Iran", "AFP")
    assert (one.published or "").startswith("2020-01-13T10:00:00")
    assert errors == []
    (line,), _ = read(put(tmp_path / "n.jsonl", json.dumps(item)))
    assert line.text == IRAN
    many, _ = read(
        put(
            tmp_path / "many.json", json.dumps({"_items": [item, {**item, "uri": "b", "url": "https://afp.example/2"}]})
        )
    )
    assert len(many) == 2


def test_sitemaps_and_gdelt_lists_are_addresses_only(tmp_path: Path) -> None:
    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1</loc></url></urlset>'
    )
    row = "\t".join(["1", "20200113001500", "20200113001500", "1", "a.example", "https://a.example/2", *[""] * 10])
    with zipfile.ZipFile(tmp_path / "20200113.mentions.CSV.zip", "w") as archive:
        archive.writestr("20200113.mentions.CSV", row + "\n")
    for path in (put(tmp_path / "s.xml", sitemap), tmp_path / "20200113.mentions.CSV.zip"):
        documents, (error,) = read(path)
        assert documents == []
        assert "--fetch" in error.reason
        assert error.item.startswith("https://a.example/")


def test_compressed_files(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"id": str(i), "text": IRAN}) for i in range(3))
    documents, errors = read(
        put(tmp_path / "w.jsonl.gz", gzip.compress(lines.encode())),
        put(tmp_path / "t.txt.gz", gzip.compress(IRAN.encode())),
    )
    assert [d.id for d in documents] == ["0", "1", "2", "t.txt.gz"]
    assert errors == []


def test_a_folder_takes_json_and_xml_only_where_they_are_news(tmp_path: Path) -> None:
    put(tmp_path / "package.json", '{"name": "x", "version": "1"}')
    put(tmp_path / "pom.xml", "<project/>")
    put(tmp_path / "n.json", json.dumps(ARTICLE))
    documents, errors = read(tmp_path)
    assert [d.id for d in documents] == ["https://afp.example/1"]
    assert errors == []


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    words = f"BT /F1 12 Tf 72 700 Td ({IRAN[:_CUT]}) Tj 0 -14 Td ({IRAN[_CUT + 1 :]}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(words)}>>stream\n{words}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    body = "".join(f"{n} 0 obj{o}endobj\n" for n, o in enumerate(objects, 1))
    (one,), errors = read(put(tmp_path / "r.pdf", f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF"))
    assert one.text == IRAN
    assert errors == []


def test_a_web_address_is_not_fetched_unless_something_may(tmp_path: Path) -> None:
    (error,) = read_inputs(["https://news.example/1"])
    assert isinstance(error, InputError)
    assert "web address" in error.reason
