"""An HTML page to its article: hidden text removed first, then trafilatura; date, source and language from metadata.

A page is hostile until shown otherwise: text that a reader of the page cannot see is not evidence of anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from detente.errors import InputError, RecordError
from detente.read import text
from detente.records import Document, parse_published

#: Larger pages are refused: the biggest news pages have 2 to 3 MB.
LARGEST = 10_000_000
# A tag of this many characters: libxml2 takes time that grows with the square of its attributes (40 s for 200,000).
_LONGEST_TAG = 20_000
_FEWEST_WORDS = 4  # less is a menu or a caption, no article
_TAG = re.compile(r"<[A-Za-z][^<>]*>?")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{3,20})""", re.I)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)|"
    r"opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|text-indent\s*:\s*-\d{4,}|left\s*:\s*-\d{4,}px|clip\s*:\s*rect\(\s*0|"
    r"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.I,
)
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_EARLIEST = "1900"  # a page of an earlier year has a clock that was never set ("0001-01-01")
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"[.#][\w-]+")
_BLOCKS = frozenset(
    "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote section article figure figcaption hr pre".split()
)
_UNSEEN = frozenset(("script", "style", "title", "template", "noscript", "iframe"))
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "publishdate", "pubdate", "parsely-pub-date",
    "sailthru.date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "date", "article.published", "publication_date",
)  # fmt: skip


def read(data: bytes, name: str) -> Document:
    """The article of a page as a document; paragraphs are parted by blank lines.

    ``notes`` say what was removed. Raises InputError if the page has no article text, or is not a page.
    """
    if len(data) > LARGEST:
        raise InputError(name, f"the page is larger than {LARGEST // 1_000_000} MB")
    page, encoding = _decoded(data, name)
    if not page.strip():
        raise InputError(name, "is empty")
    notes = [f"decoded as {encoding}"] if encoding else []
    shortened = _TAG.sub(_bare_if_long, page)
    if shortened != page:
        notes.append("over-long tags shortened")
    tree = _tree(shortened, name)
    facts = _metadata(tree)
    heads = [" ".join(h.itertext()) for h in tree.iter("h1")][:5]
    removed = _remove_hidden(tree)
    if removed:
        notes.append(f"hidden text removed: {removed} characters")
    found = _article(tree, facts.get("url"))
    lines = [line for line in str(found.get("text") or "").split("\n") if line.strip()]
    words = "\n\n".join(_without_head(lines, {*heads, facts.get("title"), found.get("title")}))
    if len(words.split()) < _FEWEST_WORDS:
        raise InputError(name, "no article text found in the page")
    return Document(
        words,
        id=name,
        title=facts.get("title") or found.get("title"),
        published=facts.get("published") or _date_or_none(found.get("date")),
        source=facts.get("source") or found.get("sitename") or found.get("hostname") or _host(name),
        url=facts.get("url") or found.get("url"),
        language=facts.get("language") or found.get("language"),
        reader=_reader(),
        encoding=encoding,
        notes=tuple(notes),
    )


def fragment(markup: str) -> str:
    """The text of a piece of HTML (a feed's summary, a newsroom's body) as a reader sees it; blocks are parted by blank lines."""
    from lxml import etree, html

    page = _TAG.sub(_bare_if_long, markup[:LARGEST].replace("\x00", ""))
    try:
        tree = html.document_fromstring(
            f"<div>{page}</div>".encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return ""
    _remove_hidden(tree)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event == "start":
            if element.tag in _BLOCKS:
                parts.append("\n")
            if element.text and element.tag not in _UNSEEN:
                parts.append(element.text)
        else:
            if event == "end" and element.tag in _BLOCKS:
                parts.append("\n")
            parent = element.getparent()
            if element.tail and parent is not None and parent.tag not in _UNSEEN:
                parts.append(element.tail)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n\n".join(line for line in lines if line)


def _without_head(lines: list[str], titles: set[Any]) -> list[str]:
    """The article without its headline and bare addresses before it: a dateline must come first to be seen as one."""
    known = {_letters(t) for t in titles if isinstance(t, str)} - {""}
    while len(lines) > 1 and (_letters(lines[0]) in known or _ADDRESS.fullmatch(lines[0].strip())):
        lines = lines[1:]
    return lines


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _host(name: str) -> str | None:
    """The host of a page's address, where it is known by its address and says nothing of its publisher."""
    return name.split("/")[2].removeprefix("www.") if _ADDRESS.fullmatch(name) else None


@cache
def _reader() -> str:
    from importlib.metadata import version

    return f"html/1 trafilatura/{version('trafilatura')}"


def _decoded(data: bytes, name: str) -> tuple[str, str | None]:
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        label = declared[1].decode("ascii").lower()
        try:
            # Browsers read what is labelled Latin-1 as Windows-1252 (WHATWG Encoding).
            page = data.decode("cp1252" if label in ("iso-8859-1", "latin1", "ascii", "us-ascii") else label)
            return page, None if label in ("utf-8", "utf8") else label
        except (LookupError, UnicodeDecodeError):
            pass
    return text.decode(data, name)


def _bare_if_long(tag: re.Match[str]) -> str:
    if len(tag[0]) <= _LONGEST_TAG:
        return tag[0]
    return re.match(r"<[A-Za-z][\w:-]{0,40}", tag[0])[0] + ">"  # type: ignore[index]


def _tree(page: str, name: str) -> Any:
    from lxml import etree, html

    # lxml refuses NUL, and a str with an encoding declaration.
    clean = re.sub(r"^\s*<\?xml[^>]*>", "", page.replace("\x00", ""))
    try:
        return html.document_fromstring(clean.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise InputError(name, f"is not an HTML page: {error}") from error


def _remove_hidden(tree: Any) -> int:
    """Drop elements that a reader of the page does not see; returns how many characters of text they held."""
    classes = _hiding_selectors(tree)
    doomed = []
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in (
            "html",
            "body",
            "head",
            "script",
            "style",
            "meta",
            "link",
            "title",
        ):
            continue
        attributes = element.attrib
        names = {f".{c}" for c in attributes.get("class", "").split()} | {f"#{attributes.get('id', '')}"}
        if (
            element.tag == "template"
            or "hidden" in attributes
            or attributes.get("aria-hidden", "").strip().lower() == "true"
            or _HIDING.search(attributes.get("style", ""))
            or names & classes
        ):
            doomed.append(element)
    removed = 0
    gone: set[Any] = set()
    for element in doomed:
        if element.getparent() is None or element.getparent() in gone:
            gone.add(element)
            continue
        removed += sum(len(t.strip()) for t in element.itertext() if isinstance(t, str))
        element.drop_tree()
        gone.add(element)
    return removed


def _hiding_selectors(tree: Any) -> set[str]:
    """Plain class and id selectors of the page's own style sheets that hide what they name."""
    hiding: set[str] = set()
    for style in tree.iter("style"):
        if "print" in style.get("media", ""):
            continue
        # Rules inside @media are for other screens: only what stands before the first of them counts.
        sheet = (style.text or "")[:200_000].split("@media")[0]
        for selectors, body in _RULE.findall(sheet):
            if _HIDING.search(body):
                hiding |= {s for s in map(str.strip, selectors.split(",")) if _SIMPLE.fullmatch(s)}
    return hiding


def _article(tree: Any, url: str | None) -> dict[str, Any]:
    import trafilatura
    from trafilatura.settings import Document as Found

    found = trafilatura.bare_extraction(tree, url=url, include_comments=False, include_tables=False, with_metadata=True)
    return found.as_dict() if isinstance(found, Found) else {}


def _metadata(tree: Any) -> dict[str, str]:
    """Title, publication time, source, address and language that the page states of itself (JSON-LD before meta tags)."""
    facts: dict[str, str] = {}

    def put(key: str, value: object) -> None:
        if isinstance(value, str) and value.strip() and key not in facts:
            facts[key] = " ".join(value.split())

    for item in _json_ld(tree):
        put("title", item.get("headline"))
        put("published", _date_or_none(item.get("datePublished")))
        put("url", item.get("url"))
        language = item.get("inLanguage")
        put("language", language.get("alternateName") if isinstance(language, dict) else language)
        publisher = item.get("publisher")
        put("source", publisher.get("name") if isinstance(publisher, dict) else publisher)
    metas = {
        (m.get("property") or m.get("name") or m.get("itemprop") or "").lower(): m.get("content")
        for m in tree.iter("meta")
    }
    put("title", metas.get("og:title"))
    for name in _DATE_NAMES:
        put("published", _date_or_none(metas.get(name)))
    for time in tree.iter("time"):
        if "pubdate" in time.attrib or time.get("itemprop") == "datePublished":
            put("published", _date_or_none(time.get("datetime")))
    put("source", metas.get("og:site_name"))
    for link in tree.iter("link"):
        if link.get("rel") == "canonical" and str(link.get("href", "")).startswith("http"):
            put("url", link.get("href"))
    put("url", metas.get("og:url"))
    put("language", tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    put("language", metas.get("og:locale"))
    return facts


def _json_ld(tree: Any) -> Iterator[dict[str, Any]]:
    """Articles described in the page's JSON-LD blocks."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            waiting: list[Any] = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(1000):
            if not waiting:
                break
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting.extend(item)
            elif isinstance(item, dict):
                waiting.extend(item.get("@graph") or [] if isinstance(item.get("@graph"), list) else [])
                kinds = item.get("@type")
                if any(
                    "Article" in str(k) or str(k) in ("Report", "BlogPosting")
                    for k in (kinds if isinstance(kinds, list) else [kinds])
                ):
                    yield item


def _date_or_none(value: object) -> str | None:
    """An ISO date or date-time, as the record stores it; None for anything else."""
    if not isinstance(value, str):
        return None
    stamp = value.strip()
    for form in (stamp, stamp.replace("Z", "+00:00"), stamp[:10]):
        try:
            published = parse_published(form)
        except RecordError:
            continue
        return published if published is not None and published >= _EARLIEST else None
    return None
