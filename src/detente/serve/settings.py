"""What a server is told when it starts: which store, who may read it, and its limits."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from detente.errors import MissingExtra

#: Names that a browser on the same machine uses.
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})


def need_serve_extra() -> None:
    """Raises MissingExtra if a package of the extra `serve` is not installed."""
    for name in ("fastapi", "uvicorn", "jinja2"):
        if importlib.util.find_spec(name) is None:
            raise MissingExtra(f"the server needs {name}: pip install 'detente[serve]'")


@dataclass(frozen=True, slots=True)
class Settings:
    """``token``: None: everybody who reaches the port may read. ``hosts``: names (without port) that requests may be for.

    ``body``: bytes of a request; ``text``: characters of one report that is coded; ``seconds``: until an answer begins, and for
    all reports of one request to be coded; ``rate``: requests a second of one address (0: any number), twice as many at once;
    ``coding_rate``: the same of reports to code. ``refresh``: seconds
    until what others add is taken up, if something was taken up just before. ``read_only``: nothing in the store's folder is written, so there is no full-text search
    of a store that was never searched.
    """

    store: Path
    token: str | None = None
    host: str = "127.0.0.1"
    port: int = 8321
    hosts: frozenset[str] = LOCAL
    read_only: bool = False
    body: int = 8_000_000
    text: int = 200_000
    seconds: float = 60.0
    rate: float = 500.0
    coding_rate: float = 10.0
    readers: int = 2
    refresh: float = 10.0
    once: set[str] = field(default_factory=set)  # codes of links that were not used yet

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers keep one jar for all ports of a host."""
        return f"detente-{self.port}"

    @property
    def session(self) -> str:
        """What the cookie holds: it proves that its bearer had the token, and does not tell it."""
        return hmac.new((self.token or "").encode(), b"detente session", hashlib.sha256).hexdigest()

    @property
    def address(self) -> str:
        """Where the pages are."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def link(self) -> str:
        """A new address that lets one browser in, once."""
        code = secrets.token_urlsafe(24)
        self.once.add(code)
        return f"{self.address}/login?once={code}"

    def spend(self, code: str) -> bool:
        """Whether a code of `link` is good; it is no more."""
        found = next((c for c in self.once if hmac.compare_digest(c.encode(), code.encode("utf-8", "replace"))), None)
        self.once.discard(found or "")
        return found is not None

    def knows(self, token: str) -> bool:
        """Whether a token is the token, in the same time for any that is not."""
        return self.token is None or hmac.compare_digest(self.token.encode(), token.encode("utf-8", "replace"))

    def remembers(self, session: str) -> bool:
        """Whether a cookie is one of this server's."""
        return hmac.compare_digest(self.session.encode(), session.encode("utf-8", "replace"))
