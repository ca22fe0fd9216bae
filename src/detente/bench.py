"""Rate, memory, start-up time and install size on this machine, each measured in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

# The bundled set, over and over: what a process that does nothing else reaches after it has warmed up.
_RATE = """
import json, sys, time
from detente import pipeline
from detente.demo import bundled_set
from detente.model.coder import Coder
coder = Coder(threads=int(sys.argv[1]))
documents = bundled_set()
list(pipeline.outcomes(documents, coder=coder))
start, n = time.perf_counter(), 0
while time.perf_counter() - start < 10:
    n += sum(o.sentences for o in pipeline.outcomes(documents, coder=coder))
seconds = time.perf_counter() - start
try:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
except ImportError:  # Windows
    peak = None
print(json.dumps({"rate": n / seconds, "peak": peak}))
"""
_IMPORT = "import time; t = time.perf_counter(); import detente; print(time.perf_counter() - t)"
_FIRST = """
import time; t = time.perf_counter()
import detente
from detente.demo import report
events = detente.code(report())
assert events
print(time.perf_counter() - t)
"""


def measure() -> dict[str, Any]:
    """Figures of this machine: sentences a second (text to events), MB, seconds."""
    cores = os.cpu_count() or 1
    one, every = (_python(_RATE, str(n)) for n in (1, cores))
    kilobytes = 1 if platform.system() != "Darwin" else 1024  # macOS counts bytes
    return {
        "machine": f"{platform.machine()}, {cores} cores, Python {platform.python_version()}",
        "sentences a second, one thread": round(one["rate"], 1),
        f"sentences a second, {cores} threads": round(every["rate"], 1),
        "peak memory, one thread (MB)": round(one["peak"] / kilobytes / 1024, 1) if one["peak"] else None,
        "import detente (s)": round(min(_python(_IMPORT) for _ in range(3)), 3),
        "first event from a cold start (s)": round(min(_wall(_FIRST) for _ in range(2)), 2),
        "installed packages (MB)": round(_size(Path(sys.prefix)) / 1e6, 1),
    }


def table(result: dict[str, Any]) -> str:
    """The figures as lines of text."""
    return "\n".join(f"{name:40} {value}" for name, value in result.items())


def _python(program: str, *arguments: str) -> Any:
    run = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def _wall(program: str) -> float:
    import time

    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return time.perf_counter() - start


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
