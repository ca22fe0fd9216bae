"""What is installed, which model and tables, and what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from typing import Any

from detente.errors import DetenteError
from detente.version import __version__

_NEEDED = (
    "numpy", "onnxruntime", "tokenizers", "nupunkt", "py3langid", "trafilatura", "lxml", "charset-normalizer", "rich",
    "arro3-core", "arro3-io",
)  # fmt: skip
_EXTRAS = {
    "store": ("deltalake", "duckdb", "rensa"),
    "serve": ("fastapi", "uvicorn", "jinja2", "mcp"),
    "spark": ("pyspark", "pyarrow"),
    "train": ("torch", "safetensors", "onnx"),
    "pdf": ("pypdfium2",),
}


def examine() -> dict[str, Any]:
    """Versions of the parts, the model's card in short, and whether a sentence can be coded (`ready`)."""
    parts = {name: _version(name) for name in _NEEDED}
    found: dict[str, Any] = {
        "detente": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "parts": parts,
        "extras": {extra: all(_version(n) for n in names) for extra, names in _EXTRAS.items()},
        "problems": [f"{n} is not installed: pip install {n}" for n, v in parts.items() if v is None],
    }
    try:
        from detente import knowledge
        from detente.model.coder import default_coder
        from detente.pipeline import code

        coder = default_coder()
        found["model"] = {k: coder.card.get(k) for k in ("name", "made", "licence", "scores")}
        found["knowledge"] = knowledge.VERSION
        # The parts together, on the codebook's plainest kind of sentence.
        if not code("Iran condemned the United States on Monday.", published="2020-01-12"):
            found["problems"].append("the model codes nothing on the test sentence: reinstall detente")
    except (DetenteError, ImportError, OSError) as error:
        found["problems"].append(str(error))
    found["ready"] = not found["problems"]
    return found


def table(found: dict[str, Any]) -> str:
    """The findings as lines of text."""
    lines = [f"detente {found['detente']}, Python {found['python']}, {found['platform']}"]
    lines += [f"  {name:20} {version or 'MISSING'}" for name, version in found["parts"].items()]
    for extra, there in found["extras"].items():
        lines.append(f"  extra {extra:14} {'installed' if there else f'not installed (pip install detente[{extra}])'}")
    if model := found.get("model"):
        lines.append(f"model {model['name']} of {model['made']} ({model['licence']}), knowledge {found['knowledge']}")
    lines += [f"problem: {p}" for p in found["problems"]]
    lines.append("ready" if found["ready"] else "not ready")
    return "\n".join(lines)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
