"""Sitemaps (sitemaps.org 0.9, with Google's news extension): the addresses that they list; an index lists other sitemaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detente.errors import InputError
from detente.read.entries import Entry, address, moment
from detente.read.xml_text import xml_text

READER = "sitemap/1"
INDEX = "sitemap-index/1"  # the reader of entries that are sitemaps themselves
#: The protocol allows 50 MB and 50,000 addresses.
LARGEST, _MOST = 50_000_000, 50_000


def read(data: bytes, name: str) -> Iterator[Entry | InputError]:
    """The addresses of a sitemap or sitemap index. Raises InputError if it is none."""
    from lxml import etree

    if len(data) > LARGEST:
        raise InputError(name, f"the sitemap is larger than {LARGEST // 1_000_000} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        tree = etree.fromstring(xml_text(data, name).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(name, f"is no sitemap: {error}"[:300]) from None
    kind = _local(tree) if tree is not None else ""
    if kind not in ("urlset", "sitemapindex"):
        raise InputError(name, f"is no sitemap: its root is <{kind[:40]}>")
    for number, one in enumerate(tree, 1):
        if number > _MOST:
            yield InputError(
                name, f"lists more than {_MOST} addresses, which the protocol does not allow; the rest is left out"
            )
            return
        if not isinstance(one.tag, str):
            continue
        facts = {_local(e): (e.text or "").strip() for e in one.iter() if isinstance(e.tag, str)}
        url = address(facts.get("loc"))
        if url is None:
            yield InputError(f"{name}#{number}", "has no web address", "loc")
            continue
        published, doubt = moment(facts.get("publication_date"))
        changed, _ = moment(facts.get("lastmod"))
        yield Entry(
            id=url,
            url=url,
            title=" ".join(facts.get("title", "").split())[:2000] or None,
            published=published,
            updated=changed,
            source=facts.get("name") or None,
            language=facts.get("language") or None,
            reader=INDEX if kind == "sitemapindex" else READER,
            notes=(doubt,) if doubt else (),
        )


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
