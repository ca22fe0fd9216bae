"""How soon the chart and the map of a large store can be used in a browser (Chromium, headless).

python benchmarks/serve_pages.py --store DIR [--times 5]

From the beginning of the navigation until the chart's two sliders (the map's slider) stand in the page and a key moves them. Each time another
pair of countries or another month, so that no answer is in the server's cache. Needs Chromium and the package `playwright`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

DYADS = [
    ("IRN", "USA"),
    ("ISR", "PSE"),
    ("RUS", "UKR"),
    ("CHN", "USA"),
    ("IND", "PAK"),
    ("PRK", "KOR"),
    ("SYR", "TUR"),
    ("RUS", "USA"),
]


def ready(page: Any, url: str, slider: str) -> float:
    """Seconds until the slider of a page answers to a key; checks that it did."""
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    field = page.locator(slider).first
    field.wait_for(state="visible")
    before = field.input_value()
    field.press("ArrowRight")
    page.wait_for_function("([s, v]) => document.querySelector(s).value !== v", arg=[slider, before])
    return time.perf_counter() - began


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--times", type=int, default=5)
    args = parser.parse_args()
    command = [sys.executable, "-m", "detente", "serve", "--store", str(args.store), "--port", "0", "--no-token"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = ""
        for line in server.stderr or ():
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                address = found[0]
                break
        urllib.request.urlopen(address + "/").read()
        last = re.search(r'data-last="(\d{4})', urllib.request.urlopen(address + "/map").read().decode())
        year = int(last[1]) - 1 if last else 2020
        with sync_playwright() as browsers:
            chromium = os.environ.get("DETENTE_CHROMIUM") or shutil.which("chromium")
            browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(address + "/search")  # styles and scripts are in the browser's cache, as at a second page
            for name, slider, addresses in (
                ("chart", ".brush input[type=range]", [f"/dyad?a={a}&b={b}" for a, b in DYADS]),
                (
                    "map",
                    "#slider input[type=range]",
                    [f"/map?from={year}-{m:02}-01&to={year}-{m:02}-28" for m in range(1, 13)],
                ),
            ):
                seconds = [ready(page, address + a, slider) for a in addresses[: args.times]]
                print(
                    f"{name}: median {statistics.median(seconds) * 1000:.0f} ms, slowest {max(seconds) * 1000:.0f} ms of {len(seconds)}",
                    flush=True,
                )
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
