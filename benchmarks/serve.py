"""The budget of the server: readers at the same time, while one writer adds to the store.

python benchmarks/serve.py --store DIR [--readers 50] [--seconds 60] [--think 1.0] [--quiet]

DIR: of `benchmarks/store.py --documents 100000 --store DIR` (250,450 events); the writer adds to it, so give a copy that may grow.
A reader opens a page (or asks the API), waits for the whole answer, looks at it for ``--think`` seconds on average (0: asks on at
once), and opens the next; each kind of page with the weight in `MIX`, of pairs, incidents, reports and words drawn anew, so that
few answers are in the server's cache. The writer adds 20 made-up reports (50 events), already coded, every two seconds; the server takes
them up every ten. ``--quiet``: no writer. Times are of the clock, until the last byte; processor seconds (of the server
and of the process that makes its first page) do not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

#: Kinds of requests and how often each is made.
MIX = {
    "/": 4,
    "incident": 4,
    "search": 3,
    "dyad": 3,
    "document": 2,
    "map": 1,
    "api events": 3,
    "api tension": 2,
    "api alarms": 1,
}
WORDS = ("sanctions", "killing people", "talks", "visited", "shelled", "imposed sanctions")
PAGES = 20  # reports of a commit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write is not None:
        write(args.store, args.write)
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "detente",
        "serve",
        "--store",
        str(args.store),
        "--port",
        str(port),
        "--no-token",
        "--rate",
        "0",
    ]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    writer = None
    try:
        base = f"http://127.0.0.1:{port}"
        start = time.perf_counter()
        until_up(base + "/")
        print(
            f"first page of a server that has just started: {time.perf_counter() - start:.1f} s, processor {cpu(server.pid):.1f} s"
        )
        settled(server.pid)
        start, busy = time.perf_counter(), cpu(server.pid)
        for _ in range(20):
            got(base + "/")
        print(
            f"first page then: {50 * (time.perf_counter() - start):.1f} ms, processor {50 * (cpu(server.pid) - busy):.1f} ms"
        )
        ask = asker(base)
        if not args.quiet:
            writer = subprocess.Popen(
                [sys.executable, __file__, "--store", str(args.store), "--write", str(int(time.time()))]
            )
        busy, own = cpu(server.pid), time.process_time()
        added = cpu(writer.pid) if writer else 0.0
        times, wrong, asked = asyncio.run(load(port, ask, args.readers, args.seconds, args.think))
        busy, own = cpu(server.pid) - busy, time.process_time() - own
        told(times, wrong, busy, args.seconds)
        added = cpu(writer.pid) - added if writer else 0.0
        print(
            f"{len(asked)} different addresses; processors: server {busy / args.seconds:.2f}, writer {added / args.seconds:.2f}, "
            f"the readers themselves {own / args.seconds:.2f}"
        )
        with Path(f"/proc/{server.pid}/status").open() as status:
            print("memory of the server:", next(line.split()[1] for line in status if line.startswith("VmHWM")), "kB")
    finally:
        for process in (writer, server):
            if process is not None:
                process.terminate()
                process.wait()


def write(store: Path, seed: int) -> None:
    """Add for ever."""
    from store import World

    from detente.store import Store

    world = World(seed)
    with Store(store) as opened:
        # Of the days after the last report; as later runs of this program write of the same days, under names of its own.
        n = 100_000
        while True:
            opened.add_coded([_named(world.report(at), f"live-{seed}-{at}") for at in range(n, n + PAGES)])
            n += PAGES
            time.sleep(2)


def _named(report: tuple[Any, list[Any]], name: str) -> tuple[Any, list[Any]]:
    document, events = report
    return replace(document, id=name), [replace(e, document=replace(e.document, id=name)) for e in events]


def until_up(page: str) -> None:
    for _ in range(1000):
        with contextlib.suppress(OSError):  # it does not listen yet, or is busy
            got(page)
            return
        time.sleep(0.2)
    raise SystemExit("the server did not start")


def settled(pid: int) -> None:
    """Wait until a server does nothing: it loads its other readers after the first page."""
    before = -1.0
    while (now := cpu(pid)) - before > 0.02:
        before = now
        time.sleep(1)


def got(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=120) as answer:
        found: bytes = answer.read()
        return found


def asker(base: str) -> Callable[[random.Random], tuple[str, str]]:
    """Draws (kind, path) of a request."""
    rows, reports = [], []
    for year in (2019, 2020, 2021, 2022):
        for month in (2, 5, 8, 11):
            since = f"from={year}-{month:02}-01&limit=250"
            rows += json.loads(got(f"{base}/api/v1/incidents?{since}"))["items"]
            reports += json.loads(got(f"{base}/api/v1/documents?{since}"))["items"]
    pairs = [
        (r["actors"][0]["country"], r["recipients"][0]["country"])
        for r in rows
        if r.get("actors") and r.get("recipients")
    ]
    kinds = [k for k, n in MIX.items() for _ in range(n)]

    def draw(random_: random.Random) -> tuple[str, str]:
        kind = random_.choice(kinds)
        a, b = random_.choice(pairs)
        month = random_.randrange(1, 13)
        span = {"from": f"202{random_.randrange(3)}-{month:02}-01", "to": f"202{random_.randrange(3, 5)}-{month:02}-28"}
        day = f"202{random_.randrange(3)}-{month:02}-{random_.randrange(1, 22):02}"
        week = {"from": day, "to": day[:8] + f"{int(day[8:]) + 7:02}"}
        path, query = {
            "/": ("/", {}),
            "incident": (f"/incident/{random_.choice(rows)['incident_id']}", {}),
            "search": ("/search", {"text": random_.choice(WORDS), **span}),
            "dyad": ("/dyad", {"a": a, "b": b, **span}),
            "document": (f"/document/{urllib.parse.quote(random_.choice(reports)['id'], safe='')}", {}),
            "map": ("/map", week),
            "api events": ("/api/v1/events", {"dyad": f"{a}-{b}", "limit": 50}),
            "api tension": ("/api/v1/tension", {"actor": a, "recipient": b, "every": "week"}),
            "api alarms": ("/api/v1/alarms", {"actor": a, "recipient": b}),
        }[kind]
        return kind, path + (f"?{urllib.parse.urlencode(query)}" if query else "")

    return draw


async def load(
    port: int, ask: Callable[[random.Random], tuple[str, str]], readers: int, seconds: float, think: float
) -> tuple[dict[str, list[float]], list[str], set[str]]:
    """Seconds of each answer by kind, what went wrong, and the addresses that were asked for."""
    asked: set[str] = set()
    times: defaultdict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    end = time.perf_counter() + seconds

    async def reader(number: int) -> None:
        own = random.Random(number)
        stream = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(own.random() * max(think, 0.1))
        while time.perf_counter() < end:
            kind, path = ask(own)
            asked.add(path)
            start = time.perf_counter()
            try:
                status = await answer(stream, path)
            except (asyncio.IncompleteReadError, ConnectionError):  # the server closes what is idle for ten seconds
                stream = await asyncio.open_connection("127.0.0.1", port)
                status = await answer(stream, path)
            times[kind].append(time.perf_counter() - start)
            if status != 200:
                wrong.append(f"{status} {path}")
            await asyncio.sleep(own.expovariate(1 / think) if think else 0)
        stream[1].close()

    await asyncio.gather(*(reader(n) for n in range(readers)))
    return times, wrong, asked


async def answer(stream: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str) -> int:
    """The status of an answer that has come whole, over a connection that stays open."""
    stream[1].write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = await stream[0].readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    await stream[0].readexactly(length)
    return int(head.split()[1])


def told(times: dict[str, list[float]], wrong: list[str], busy: float, seconds: float) -> None:
    every = [t for of in times.values() for t in of]
    print(
        f"{len(every)} answers, {len(every) / seconds:.1f} a second, {len(wrong)} not 200 {wrong[:3]}; "
        f"processor {1000 * busy / len(every):.0f} ms an answer"
    )
    for kind, of in {"all": every, **dict(sorted(times.items()))}.items():
        of = sorted(of)
        at = [1000 * of[min(len(of) - 1, int(len(of) * q))] for q in (0.5, 0.95, 0.99)]
        print(f"{kind:12} {len(of):6} p50 {at[0]:6.0f} ms, p95 {at[1]:6.0f} ms, p99 {at[2]:6.0f} ms")


def cpu(pid: int) -> float:
    """Processor seconds of a process and those that it started."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(entry.name) == pid or int(fields[1]) == pid:
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


if __name__ == "__main__":
    main()
