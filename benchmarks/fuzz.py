"""Fuzzing of all that reads strangers' bytes and words, with a time budget.

python benchmarks/fuzz.py [--targets html dates …] [--seconds 60] [--engine atheris|hypothesis] [--found DIR] [--seed 0]

Each target runs for ``--seconds`` in a process of its own, from the hostile corpus (tests/hostile/cases.py) and its own examples, by atheris
(guided by the branches that were taken: `pip install atheris`, Linux) where it can be imported, else by mutations that hypothesis
draws. A finding is an exception that the reader does not promise, a broken promise (a span that is not its words, degrees off the globe),
one input that takes more than 20 seconds, or a dead process; what causes it lies in DIR, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import itertools
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_SLOW = 20  # seconds that one input may take; the worker that reads in earnest is stopped after 30
_LONGEST = 4096  # bytes of an input
_MB = 3000  # of memory, above which libFuzzer calls it a finding
_DAY = "2020-01-12"


def readers() -> dict[str, Callable[[bytes], None]]:
    """The targets that read bytes. What they may raise is an InputError; what they give is a document or an entry."""
    from detente.errors import InputError
    from detente.read import entries, formats, parsing, robots, text, warc, xml_text
    from detente.records import Document

    def sound(found: Iterable[Any]) -> None:
        with contextlib.suppress(InputError):
            for one in found:
                if isinstance(one, Document):
                    assert one.text.strip(), "a document without words"
                assert isinstance(one, Document | InputError | entries.Entry | tuple), type(one)

    def parser(form: str) -> Callable[[bytes], None]:
        return lambda data: sound(parsing.PARSERS[form](data, f"x.{form}"))

    def archive(data: bytes) -> None:
        with tempfile.NamedTemporaryFile(suffix=".warc.gz" if data[:2] == b"\x1f\x8b" else ".warc") as file:
            file.write(data)
            file.flush()
            sound(warc.read(Path(file.name), "x.warc"))

    def lines(data: bytes) -> None:
        for suffix in (".jsonl", ".csv", ".txt"):
            sound(formats.FORMATS[suffix](io.BufferedReader(io.BytesIO(data)), "x"))  # type: ignore[arg-type]

    def declarations(data: bytes) -> None:
        for read in (xml_text.xml_text, text.decode):
            with contextlib.suppress(InputError):
                read(data, "x")
        robots.parse(data.decode("latin-1"), "detente").allows("/a/b?c")

    forms = {form: parser(form) for form in ("html", "pdf", "feed", "sitemap", "json")}
    return {**forms, "warc": archive, "lines": lines, "declarations": declarations}


def resolvers() -> dict[str, Callable[[str], None]]:
    """The targets that read words: they raise nothing for any text."""
    from detente.read import entries
    from detente.read.dateline import dateline
    from detente.resolve import actor, date, numbers, place, places
    from detente.segment.sentences import split

    def segmenter(words: str) -> None:
        for sentence in split(words, dateline(words)):
            assert words[sentence.start : sentence.end] == sentence.text, "a span that is not its words"

    def dates(words: str) -> None:
        entries.moment(words)
        found = date(words, published=_DAY)
        if found and found.start_date and found.end_date:
            assert found.start_date <= found.end_date, f"{found.start_date} to {found.end_date}"

    def quantities(words: str) -> None:
        for start, end, one in numbers.quantities(words):
            assert 0 <= start < end <= len(words), "a span outside of the words"
            assert one.low is None or one.high is None or one.low <= one.high, f"{one}"
        numbers.quantity(words)

    def toponyms(words: str) -> None:
        for one in [*places(words), place(words, context=words)]:
            if one is not None and one.latitude is not None and one.longitude is not None:
                assert -90 <= one.latitude <= 90, one
                assert -180 <= one.longitude <= 180, one

    def parties(words: str) -> None:
        actor(words, published=_DAY)
        actor(words, context=words)

    return {"segmenter": segmenter, "dates": dates, "numbers": quantities, "places": toponyms, "actors": parties}


NAMES = ("html", "pdf", "feed", "sitemap", "json", "warc", "lines", "declarations", "segmenter", "dates", "numbers", "places", "actors")  # fmt: skip
_ENDINGS = {
    "html": ("html",), "pdf": ("pdf",), "feed": ("rss", "xml", "atom"), "sitemap": ("xml",), "json": ("json",), "warc": ("warc", "gz"),
    "lines": ("jsonl", "csv", "txt"), "declarations": ("xml", "rss", "txt"),
}  # fmt: skip
_WORDS = (
    "Iranian troops killed 12 protesters near Tabriz, Iran, on Monday, officials said.",
    "KABUL (Reuters) — At least two hundred and fifty U.S. soldiers left Kandahar province in late March 2019.",
    "Mr. Smith of St. Louis met President Xi Jinping on the 3rd of May, 1999; 1,200-1,500 fled to the West Bank.",
    "the day after the end of last month", "between July 4 and 9/11/2001", "dozens, if not hundreds", "early late mid next week",
    "from Dec. 31 until the week after Easter", "no fewer than 3.5 million", "the former French foreign minister's spokesman",
)  # fmt: skip

_PAGE = b"BT /F1 12 Tf 72 700 Td (Iran condemned the raid on Monday, officials said.) Tj ET"
#: One page with a line of text; PDFium finds its objects without a table of where they are.
_PDF = (
    b"%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n"
    b"4 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R /Size 6 >>\n%%%%EOF\n"
) % (len(_PAGE), _PAGE)


def examples(target: str) -> list[bytes]:
    """What mutation starts from: the cases of the hostile corpus that are short enough, or sentences."""
    sys.path.insert(0, str(ROOT / "tests" / "hostile"))
    from cases import CASES, feed, page, record

    endings = _ENDINGS.get(target)
    if endings is None:
        return [words.encode() for words in _WORDS]
    made = {
        "html": page("<p>Iran condemned the raid.</p>" * 3),
        "feed": feed(),
        "warc": record("https://a.example/1", page("<p>Iran condemned the raid.</p>" * 3)),
        "pdf": _PDF,
        "json": json.dumps({"@type": "NewsArticle", "headline": "Raid", "articleBody": _WORDS[0] * 3}).encode(),
        "lines": b'{"id": "1", "text": "Iran condemned the raid.", "published": "2020-01-12"}\n',
    }
    found = [made[target]] if target in made else []
    made_up = (case.make() for case in CASES if case.file.rsplit(".", 1)[-1] in endings)
    found += [data for data in made_up if len(data) <= 4 * _LONGEST]
    return found


def tried(target: str) -> Callable[[bytes], None]:
    """The target as a function of bytes, whatever it reads."""
    if target in (of_words := resolvers()):
        words = of_words[target]
        return lambda data: words(data.decode("utf-8", "replace"))
    return readers()[target]


def by_atheris(target: str, seconds: float, found: Path, seed: int) -> None:
    """Never comes back: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["detente"]):
        read = tried(target)
    corpus = Path(tempfile.mkdtemp(prefix="detente-fuzz-"))
    for number, data in enumerate(examples(target)):
        (corpus / f"{number:03}").write_bytes(data)
        read(data)  # loads what is loaded once, so that no input is blamed for it
    limits = (
        f"-max_total_time={seconds:.0f}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SLOW}",
        f"-rss_limit_mb={_MB}",
        f"-seed={seed or 1}",
    )
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={found}/{target}-", "-print_final_stats=1", str(corpus)], read
    )
    atheris.Fuzz()


def by_hypothesis(target: str, seconds: float, found: Path, seed: int) -> None:
    """Mutations of the examples, in rounds of 500 until the time is over."""
    import hypothesis
    from hypothesis import strategies as st

    read = tried(target)
    seeds = examples(target)
    pieces = st.sampled_from(sorted({p for s in seeds for p in re.findall(rb"[\w.:/-]+|[^\w\s]+|\s+", s)[:400]}))
    change = st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12) | pieces, st.integers(1, 30))
    end, runs = time.monotonic() + seconds, itertools.count()
    last = b""

    def mutated(data: bytes, changes: list[tuple[float, int, bytes, int]]) -> bytes:
        for at, cut, put, times in changes:
            where = int(at * len(data))
            data = data[:where] + put * times + data[where + cut :]
        return data[:_LONGEST]

    @hypothesis.settings(
        max_examples=500,
        deadline=timedelta(seconds=_SLOW),
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(
        st.builds(mutated, st.sampled_from(seeds), st.lists(change, max_size=8)) | st.binary(max_size=600)
    )
    def one(data: bytes) -> None:
        nonlocal last
        if time.monotonic() < end:
            last = data
            next(runs)
            read(data)

    try:
        while time.monotonic() < end:
            hypothesis.seed(seed)(one)()
            seed += 1
    except BaseException:
        (found / f"{target}-hypothesis").write_bytes(last)
        raise
    finally:
        print(f"Done {next(runs)} runs", file=sys.stderr)


def fuzz(target: str, seconds: float, engine: str, found: Path, seed: int) -> dict[str, Any]:
    """One target in a process of its own: what it ran, and the end of what it said if something was found."""
    start = time.monotonic()
    command = [
        sys.executable,
        __file__,
        "--one",
        target,
        "--seconds",
        str(seconds),
        "--engine",
        engine,
        "--found",
        str(found),
        "--seed",
        str(seed),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds + 300)
        code, said = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired as error:
        code, said = -9, str(error)
    runs = re.findall(r"Done (\d+) (?:runs)?|number_of_executed_units: (\d+)", said)
    return {
        "target": target,
        "engine": engine,
        "runs": int("".join(runs[-1])) if runs else None,
        "seconds": round(time.monotonic() - start, 1),
        "found": code != 0,
        **({"code": code, "said": said[-3000:]} if code else {}),
    }


def main() -> int:
    """One JSON line a target; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each target")
    parser.add_argument("--engine", choices=("atheris", "hypothesis"), default="atheris" if importlib.util.find_spec("atheris") else "hypothesis")  # fmt: skip
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for inputs that fail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", choices=NAMES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.found.mkdir(parents=True, exist_ok=True)
    if asked.one:
        logging.disable(logging.CRITICAL)
        (by_atheris if asked.engine == "atheris" else by_hypothesis)(asked.one, asked.seconds, asked.found, asked.seed)
        return 0
    failed = False
    for target in asked.targets:
        result = fuzz(target, asked.seconds, asked.engine, asked.found, asked.seed)
        print(json.dumps(result, ensure_ascii=False), flush=True)
        failed |= result["found"]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
