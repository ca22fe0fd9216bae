"""HTML pages: the article alone, and only what a reader of the page can see."""

from __future__ import annotations

import pytest

from detente.errors import InputError
from detente.read import html

P1 = "Iran condemned the United States on Monday over the strike, the foreign ministry said in a statement."
P2 = "France called for calm and asked both sides to return to the talks in Geneva this week."


def page(body: str = f"<p>{P1}</p><p>{P2}</p>", head: str = "") -> bytes:
    return f"<!doctype html><html lang='en-GB'><head><title>x</title>{head}</head><body><nav><a href='/'>Home</a></nav><article><h1>Strike</h1>{body}</article></body></html>".encode()


def test_the_article_with_its_metadata() -> None:
    head = (
        '<link rel="canonical" href="https://example.org/strike"><meta property="og:site_name" content="Example Wire">'
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Strike condemned", '
        '"datePublished": "2024-03-02T10:00:00Z", "publisher": {"name": "Example"}}]}</script>'
    )
    document = html.read(page(head=head), "a.html")
    assert P1 in document.text
    assert P2 in document.text
    assert "Home" not in document.text
    assert (document.title, document.published) == ("Strike condemned", "2024-03-02T10:00:00Z")
    assert (document.source, document.url, document.language) == ("Example", "https://example.org/strike", "en-GB")
    assert (document.reader or "").startswith("html/1 trafilatura/")


def test_meta_tags_give_the_date_where_there_is_no_json_ld() -> None:
    head = '<meta property="article:published_time" content="2024-03-01"><script type="application/ld+json">{broken</script>'
    assert html.read(page(head=head), "a").published == "2024-03-01"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display:none'>{}</p>", "<p style='font-size: 0px'>{}</p>", "<p hidden>{}</p>", "<div aria-hidden='true'><p>{}</p></div>",
        "<p class='ghost'>{}</p>", "<p id='g'>{}</p>", "<p style='visibility: hidden'>{}</p>", "<p style='opacity:0'>{}</p>",
        "<p style='position:absolute;left:-9999px'>{}</p>", "<template><p>{}</p></template>", "<div hidden><div hidden><p>{}</p></div></div>",
    ],
)  # fmt: skip
def test_hidden_text_is_no_evidence(hidden: str) -> None:
    lie = "Iran attacked Qatar with missiles on Tuesday, killing two hundred people in the capital Doha."
    style = "<style>.ghost, .other { display : none } #g { visibility: hidden }</style>"
    document = html.read(page(f"<p>{P1}</p>{hidden.format(lie)}<p>{P2}</p>", style), "a")
    assert "Qatar" not in document.text
    assert P1 in document.text
    assert P2 in document.text
    assert any(n.startswith("hidden text removed") for n in document.notes)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body></body></html>",
        b"<html><body><nav><a href=x>1</a></nav></body></html>",
        b"",
        b"   ",
        b"<div>" * 20_000,
    ],
)
def test_a_page_without_an_article_is_told(body: bytes) -> None:
    with pytest.raises(InputError, match=r"no article|empty|not an HTML page"):
        html.read(body, "a.html")


def test_a_tag_of_two_hundred_thousand_attributes_is_shortened() -> None:
    bomb = "<p " + " ".join(f"a{i}=1" for i in range(200_000)) + f">{P1}</p>"
    # Without the guard this takes over 40 s (measured with trafilatura 2.3.1), with it 0.02 s.
    document = html.read(page(bomb + f"<p>{P2}</p>"), "a")
    assert P1 in document.text
    assert "over-long tags shortened" in document.notes


def test_the_declared_encoding_is_used_and_recorded() -> None:
    body = page(f"<p>{P1}</p><p>{P2} Élysée “quotes”.</p>", '<meta charset="iso-8859-1">').decode().encode("cp1252")
    document = html.read(body, "a")
    assert "Élysée “quotes”" in document.text
    assert document.encoding == "iso-8859-1"
