"""The pages in a real browser: keyboard, mouse, widths, colours, no script, nothing from elsewhere, and axe-core's findings.

Runs where Chromium and the Python package `playwright` are (docs/serve.md tells how); elsewhere each test is reported as skipped.
``DETENTE_AXE``: the path of axe-core's axe.min.js (npm), for the test that needs it.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
CHROMIUM = os.environ.get("DETENTE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = Path(os.environ.get("DETENTE_AXE", "no file"))
if not CHROMIUM:
    pytest.skip("no Chromium is installed", allow_module_level=True)

import uvicorn  # noqa: E402
from served import HOSTILE, TOKEN  # noqa: E402

import detente  # noqa: E402
from detente.serve import Settings  # noqa: E402
from detente.serve.app import create_app  # noqa: E402

PAIR = "/dyad?a=IRN&b=USA&c=IRN&d=IRQ"
PAGES = (
    "/",
    PAIR,
    "/map",
    "/actor?name=IRN",
    "/search?text=missile",
    "/search?of=documents",
    "/search?of=events",
    "/try",
    "/incident",
    "/document",
)
SIZES = [(w, scheme) for w in (320, 768, 1280, 2560) for scheme in ("light", "dark")]


def serving(store: Path) -> Iterator[str]:
    """The address of a server of a store, with a token."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_app(Settings(store, TOKEN, port=port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        work = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        work.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        work.join()


@pytest.fixture(scope="module")
def address(dossier: Path) -> Iterator[str]:
    yield from serving(dossier)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A page of a browser that has the cookie; it remembers what went wrong and what was asked of other hosts."""

    def __init__(self, chromium: Any, address: str, **given: Any) -> None:
        self.address = address
        self.context = chromium.new_context(**given)
        self.context.set_default_timeout(20_000)
        self.context.request.post(f"{address}/login", form={"token": TOKEN})
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("dialog", lambda d: (self.wrong.append(f"dialog {d.message}"), d.dismiss()))
        self.page.on("request", lambda r: None if r.url.startswith(address) else self.wrong.append(f"asked {r.url}"))

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *error: object) -> None:
        self.context.close()

    def open(self, path: str) -> Any:
        """Go to a page; /incident and /document: the first that the lists have."""
        if path in ("/incident", "/document"):
            row = self.context.request.get(f"{self.address}/api/v1{path}s?limit=1").json()["items"][0]
            path += f"/{row['incident_id' if path == '/incident' else 'id']}"
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_every_page_fits_and_asks_nothing_of_others(chromium: Any, address: str, width: int, scheme: str) -> None:
    with Tab(chromium, address, viewport={"width": width, "height": 800}, color_scheme=scheme) as tab:
        for path in PAGES:
            page = tab.open(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than {width}"
        assert not tab.wrong


@pytest.mark.skipif(not AXE.is_file(), reason="DETENTE_AXE names no axe.min.js")
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "light"), (1280, "dark")])
def test_axe_finds_nothing_serious(chromium: Any, address: str, width: int, scheme: str) -> None:
    with Tab(chromium, address, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True) as tab:
        for path in PAGES:
            page = tab.open(path)
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("axe.run()")["violations"]
            assert not [
                f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])})"
                for one in found
                if one["impact"] in ("serious", "critical")
            ], path


def test_without_scripts_the_tables_and_pictures_are_there(chromium: Any, address: str) -> None:
    with Tab(chromium, address, java_script_enabled=False) as tab:
        for path in ("/", PAIR, "/map", "/actor?name=IRN", "/search", "/search?of=events", "/document"):
            page = tab.open(path)
            assert page.locator("main table tbody tr:visible").count() > 0, path
        assert tab.open(PAIR).locator("figure .wide svg:visible").count() == 2
        page = tab.open("/map")
        page.locator("nav.steps a").first.click()
        assert "from=" in page.url
        page.locator("#place").fill("Iraq")
        page.keyboard.press("Enter")
        page.wait_for_url("**place=Iraq**")
        assert page.locator("figure .wide svg:visible").count() == 1


def test_every_link_and_field_is_reached_by_tab_and_seen(chromium: Any, address: str) -> None:
    """From the start of each page Tab reaches all that can be used, in an order without traps, and each shows its focus."""
    with Tab(chromium, address, viewport={"width": 1280, "height": 800}) as tab:
        for path in ("/", "/map", "/try", "/incident"):
            page = tab.open(path)
            wanted = page.evaluate(
                """() => { const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
                    .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0);
                    all.forEach((e, n) => { e.dataset.number = n; }); return all.length; }"""
            )
            seen: set[str] = set()
            unseen = set()
            for _ in range(3 * wanted + 30):  # a field for a date has several stops
                page.keyboard.press("Tab")
                number, outlined = page.evaluate(
                    "() => { const e = document.activeElement, s = getComputedStyle(e);"
                    " return [e.dataset.number ?? '', s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]; }"
                )
                if not number:
                    if seen:
                        break
                    continue
                seen.add(number)
                if not outlined:
                    unseen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
            assert len(seen) == wanted, path
            assert not unseen, (path, unseen)


def test_from_the_first_page_to_who_says_so_by_keys_alone(chromium: Any, address: str) -> None:
    with Tab(chromium, address) as tab:
        page = tab.open("/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the skip link
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("/")
        page.keyboard.type("missile")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?text=missile")
        page.locator("main table a[href^='/incident/']").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/incident/**")
        assert "Who claims what" in page.inner_text("main")
        assert not tab.wrong


def shown(page: Any, article: int = 0) -> int:
    """The incidents that the table of a pair shows."""
    count: int = page.locator("article").nth(article).locator("tr[data-days]:visible").count()
    return count


def test_a_span_is_brushed_with_the_mouse(chromium: Any, address: str) -> None:
    with Tab(chromium, address, viewport={"width": 1280, "height": 1000}) as tab:
        page = tab.open(PAIR)
        before = shown(page)
        chart = page.locator("figure .wide svg").first
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.45, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=8)
        page.mouse.up()
        assert 0 < shown(page) < before
        told = page.locator(".brush output").all_inner_texts()
        assert told[0].split(":")[0] == told[1].split(":")[0], "the other chart follows"
        assert page.locator("figure .wide svg .span").first.is_visible()
        page.locator(".brush .go").first.click()
        page.wait_for_url("**from=2020-01-**")
        assert page.locator("#from").input_value() in told[0] or page.locator("#from").input_value().startswith(
            "2020-01"
        )
        assert not tab.wrong


def test_a_span_is_brushed_with_keys(chromium: Any, address: str) -> None:
    with Tab(chromium, address) as tab:
        page = tab.open(PAIR)
        before = shown(page)
        page.locator("#low1").focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        for _ in range(5):
            page.keyboard.press("ArrowLeft")
        assert 0 < shown(page) < before
        assert "2020" in page.locator("#low1").get_attribute("aria-valuetext")
        page.get_by_role("button", name="All days").first.focus()
        page.keyboard.press("Enter")
        assert shown(page) == before
        assert page.evaluate("document.activeElement.id") == "low1"


@pytest.mark.parametrize("keys", [True, False])
def test_the_map_moves_through_time(chromium: Any, address: str, keys: bool) -> None:
    with Tab(chromium, address) as tab:
        page = tab.open("/map?from=2020-01-11&to=2020-01-17")
        assert page.locator("#days").input_value() == "7"
        before = page.locator("#shown").inner_text()
        if keys:
            page.locator("#when").focus()
            for _ in range(7):
                page.keyboard.press("ArrowLeft")
        else:
            page.get_by_role("button", name="Earlier").click()
        page.wait_for_url("**from=2020-01-04&to=2020-01-10")
        page.wait_for_function("(before) => document.querySelector('#shown').innerText !== before", arg=before)
        assert page.locator("#from").input_value() == "2020-01-04"
        moved = page.locator("#shown").inner_text()
        assert tab.open("/map?from=2020-01-04&to=2020-01-10").locator("#shown").inner_text() == moved, (
            "the link is the view"
        )
        assert not tab.wrong


def test_hostile_reports_do_nothing(chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "hostile"
    with detente.open(path) as store:
        store.add([HOSTILE])
    for address in serving(path):
        with Tab(chromium, address, viewport={"width": 320, "height": 800}) as tab:
            for page_path in (
                "/",
                "/search",
                "/search?of=documents",
                "/search?of=events",
                "/map",
                "/dyad?a=IRN&b=USA",
                "/incident",
            ):
                page = tab.open(page_path)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page_path
                assert page.locator("main script, main img").count() == 0
                assert not page.evaluate("[...document.links].some((a) => /^javascript/i.test(a.href))")
            assert not tab.wrong
