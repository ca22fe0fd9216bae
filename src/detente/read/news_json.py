"""JSON of newsrooms: ninjs 1.x and 2.x (IPTC), schema.org NewsArticle, JSON Feed 1.1; one object, a list, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from detente.errors import InputError
from detente.read import html, text
from detente.read.entries import Entry, address, moment
from detente.records import Document

NINJS, SCHEMA, FEED = "ninjs/1", "newsarticle/1", "jsonfeed/1"
LARGEST = 100_000_000
_NINJS = (
    "body_text",
    "body_html",
    "body_xhtml",
    "body_richhtml",
    "bodies",
    "headlines",
    "versioncreated",
    "versionCreated",
)
_WRAPPERS = (
    "items",
    "@graph",
    "results",
    "docs",
    "articles",
    "_items",
)  # where lists of items stand in answers of servers
_MOST_DEEP = 4


def read(data: bytes, name: str) -> Iterator[Entry | Document | InputError]:
    """The reports of a JSON file. Raises InputError if it is not JSON or none of the known kinds."""
    if len(data) > LARGEST:
        raise InputError(name, f"is larger than {LARGEST // 1_000_000} MB: put its reports in a JSONL file")
    words, _ = text.decode(data, name)
    try:
        values = json.loads(words.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InputError(name, f"is not JSON: {str(error) or type(error).__name__}"[:300]) from None
    if isinstance(values, dict) and str(values.get("version", "")).startswith("https://jsonfeed.org/"):
        yield from _json_feed(values, name)
        return
    items = list(_items(values, 0))
    if not items:
        raise InputError(
            name, "holds no report: ninjs, schema.org NewsArticle, JSON Feed, or objects with a text are read"
        )
    for number, item in enumerate(items, 1):
        place = name if len(items) == 1 else f"{name}#{number}"
        if kind(item):
            yield from document(item, place)
        else:
            from detente.read import fields

            yield from fields.document(item, place, "json/1")


def _items(values: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(values, list) and depth < _MOST_DEEP:
        for one in values:
            yield from _items(one, depth + 1)
    elif isinstance(values, dict):
        if kind(values) or "text" in values or "html" in values:
            yield values
        elif depth < _MOST_DEEP:
            for key in _WRAPPERS:
                if isinstance(values.get(key), list):
                    yield from _items(values[key], depth + 1)


def kind(values: Mapping[str, Any]) -> str | None:
    """The reader of an object: `NINJS`, `SCHEMA`, or None for neither."""
    types = values.get("@type")
    if any(
        isinstance(t, str) and ("Article" in t or t in ("Report", "BlogPosting"))
        for t in (types if isinstance(types, list) else [types])
    ):
        return SCHEMA
    return NINJS if any(k in values for k in _NINJS) else None


def document(values: Mapping[str, Any], place: str) -> Iterator[Document | InputError]:
    """The report of one ninjs item or NewsArticle; what has no text is an InputError."""
    which = kind(values)
    notes: list[str] = []
    if which == SCHEMA:
        name, url = values.get("@id"), address(_first(values.get("url"))) or address(values.get("mainEntityOfPage"))
        title, body = (
            _words(values.get("headline")) or _words(values.get("name")),
            _words(values.get("articleBody")) or "",
        )
        stamp, source = (
            values.get("datePublished"),
            _named(values.get("publisher")) or _named(values.get("sourceOrganization")),
        )
        language = _named(values.get("inLanguage"), "alternateName")
        if "<p" in body:
            body = html.fragment(body)
    else:
        name, url = values.get("uri"), address(values.get("uri"))
        url = url or address(values.get("url"))
        title = _words(values.get("headline")) or _role(values.get("headlines"), ("main", ""), "value")
        body = _ninjs_body(values)
        stamp = next(
            (values[k] for k in ("firstcreated", "firstCreated", "versioncreated", "versionCreated") if values.get(k)),
            None,
        )
        source = (
            _words(values.get("infosource"))
            or _named(values.get("infosources"))
            or _named(values.get("source"))
            or _named(values.get("provider"))
        )
        language = _words(values.get("language"))
        status = str(values.get("pubstatus") or values.get("pubStatus") or "usable")
        if status == "canceled":
            yield InputError(place, "was withdrawn by its agency (pubstatus canceled)", "pubstatus")
            return
        if status != "usable":
            notes.append(f"pubstatus {status}")
    if not body.strip():
        yield InputError(place, "has no text", "articleBody" if which == SCHEMA else "body_text")
        return
    published, doubt = moment(stamp)
    if doubt:
        yield InputError(place, f"{doubt}; it is coded without a date", "published")
    identity = name if isinstance(name, str) and name else url or place
    yield Document(
        body, id=identity[:2000], title=title, published=published, source=source, url=url, language=language, reader=which, notes=tuple(notes)
    )  # fmt: skip


def _ninjs_body(values: Mapping[str, Any]) -> str:
    if body := _words(values.get("body_text")):
        return body
    for key in ("body_html", "body_xhtml", "body_richhtml"):
        if body := _words(values.get(key)):
            return html.fragment(body)
    bodies = (
        [b for b in values.get("bodies") or [] if isinstance(b, dict)] if isinstance(values.get("bodies"), list) else []
    )
    plain = next(
        (b for b in bodies if "html" not in str(b.get("contentType") or b.get("contenttype") or "plain")), None
    )
    chosen = plain or (bodies[0] if bodies else {})
    body = _words(chosen.get("value")) or ""
    return body if chosen is plain else html.fragment(body)


def _json_feed(values: Mapping[str, Any], name: str) -> Iterator[Entry | InputError]:
    whose, language = _words(values.get("title")), _words(values.get("language"))
    items = values.get("items")
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        place = f"{name}#{number}"
        if not isinstance(item, dict):
            yield InputError(place, "must be a JSON object")
            continue
        url = address(item.get("url")) or address(item.get("external_url"))
        published, doubt = moment(item.get("date_published"))
        markup = _words(item.get("content_html"))
        yield Entry(
            id=str(item.get("id") or url or place)[:2000],
            url=url,
            title=_words(item.get("title")),
            text=_words(item.get("content_text"))
            or (html.fragment(markup) if markup else "")
            or _words(item.get("summary"))
            or "",
            published=published,
            updated=moment(item.get("date_modified"))[0],
            source=whose,
            language=_words(item.get("language")) or language,
            reader=FEED,
            notes=(doubt,) if doubt else (),
        )


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _named(value: object, key: str = "name") -> str | None:
    one = _first(value)
    return _words(one.get(key)) or _words(one.get("name")) if isinstance(one, dict) else _words(one)


def _role(value: object, roles: tuple[str, ...], key: str) -> str | None:
    ones = [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
    chosen = next((v for v in ones if str(v.get("role") or "") in roles), ones[0] if ones else {})
    return _words(chosen.get(key))
