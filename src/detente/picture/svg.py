"""A small writer of SVG: shapes and text with fixed rounding, so that the same picture is the same bytes.

Colours are attributes, so that every reader of SVG shows them; each mark has a class too, by which a page may give it others
(`detente.brief.html`, dark). All text passes `plain` and is escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

#: Colour of each class on paper. In grey the three of conflict and the two of cooperation differ by their shade (Okabe and
#: Ito's vermilion and blue, darkened and lightened): the colour-blind tell them apart by it.
COLOURS = {
    "ink": "#1b1b1b",
    "soft": "#5c5c5c",
    "grid": "#d9d9d9",
    "paper": "#ffffff",
    "land": "#efefec",
    "border": "#b9b9b4",
    "band": "#bdbdbd",
    "conflict-deeds": "#9a3412",
    "conflict-words": "#e58a4e",
    "conflict-threats": "#fbd3b0",
    "cooperation-deeds": "#1f5a8c",
    "cooperation-words": "#a9cbe8",
    "tint-1": "#f6e7d3",
    "tint-2": "#e9cfae",
    "tint-3": "#d4ae81",
}
#: The same on a dark page.
DARK = {
    "ink": "#ececec", "soft": "#a8a8a8", "grid": "#3a3a3a", "paper": "#161616", "land": "#262626", "border": "#555555", "band": "#6a6a6a",
    "conflict-deeds": "#ff8a4c", "conflict-words": "#c25e2a", "conflict-threats": "#7a4526", "cooperation-deeds": "#9cccf7",
    "cooperation-words": "#4d7fae", "tint-1": "#3a3026", "tint-2": "#54422e", "tint-3": "#745a39",
}  # fmt: skip
FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
# XML 1.0 has no such characters; those that turn the direction of writing would turn what stands beside them.
_BARRED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\u200e\u200f]"
)
_WIDE = {"W", "F"}


def classes(colours: Mapping[str, str]) -> str:
    """Style that gives the marks of pictures other colours."""
    return "".join(f".f-{k}{{fill:{v}}}.s-{k}{{stroke:{v}}}" for k, v in colours.items())


def plain(text: str) -> str:
    """Text on one line without characters that XML forbids or that turn the direction of writing."""
    return " ".join(_BARRED.sub("", text).split())


def number(value: float) -> str:
    """A length in pixels, to a tenth."""
    return "0" if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def width(text: str, size: float) -> float:
    """About how wide a text is, in pixels: the mean letter of Helvetica is 0.53 of its size, a Chinese one its whole size."""
    wide = sum(unicodedata.east_asian_width(c) in _WIDE for c in text)
    narrow = sum(c in "iljtfI.,:;'|! ()" for c in text)
    return size * (wide + 0.3 * narrow + 0.56 * (len(text) - wide - narrow))


def cut(text: str, size: float, room: float) -> str:
    """The text, or as much of it as has room, and "…"."""
    text = plain(text)
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip(" ,;:") + "…"


def wrapped(text: str, size: float, room: float, most: int = 99) -> list[str]:
    """The text in lines that have room, ``most`` at most; of a longer text the last line ends in "…"."""
    lines: list[str] = []
    words = plain(text).split(" ")
    line = ""
    for at, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if not line or width(longer, size) <= room:
            line = longer
            continue
        if len(lines) == most - 1:
            return [*lines, cut(" ".join([line, *words[at:]]), size, room)]
        lines.append(line)
        line = word
    return [*lines, cut(line, size, room)] if line else lines


class Drawing:
    """A picture in the making. ``name`` keeps its ids apart from those of other pictures on one page; pixels from the top left."""

    def __init__(self, name: str, wide: float) -> None:
        self.name, self.wide, self.high = name, wide, 0.0
        self._parts: list[str] = []
        self._defined: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, kind: str, **more: object) -> None:
        """A filled rectangle."""
        self._shape("rect", f'x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"', kind, more)

    def circle(self, x: float, y: float, r: float, kind: str, **more: object) -> None:
        """A filled circle."""
        self._shape("circle", f'cx="{number(x)}" cy="{number(y)}" r="{number(r)}"', kind, more)

    def path(self, d: str, kind: str, **more: object) -> None:
        """A filled path."""
        self._shape("path", f'd="{d}"', kind, more)

    def line(self, points: Sequence[tuple[float, float]], kind: str, wide: float = 1.0, **more: object) -> None:
        """A line through points; one point is none."""
        if len(points) > 1:
            self.stroke(through(points), kind, wide, **more)

    def ring(self, x: float, y: float, r: float, kind: str, wide: float = 1.0, **more: object) -> None:
        """The line of a circle."""
        where = f'cx="{number(x)}" cy="{number(y)}" r="{number(r)}" fill="none"'
        drawn = f'stroke="{COLOURS[kind]}" stroke-width="{number(wide)}" class="s-{kind}"'
        self._parts.append(f"<circle {where} {drawn}{_attributes(more)}/>")

    def stroke(self, d: str, kind: str, wide: float = 1.0, **more: object) -> None:
        """The line of a path."""
        drawn = f'd="{d}" fill="none" stroke="{COLOURS[kind]}" stroke-width="{number(wide)}" class="s-{kind}"'
        self._parts.append(f"<path {drawn}{_attributes(more)}/>")

    def text(
        self, x: float, y: float, text: str, size: float = 11, kind: str = "ink", *, at: str = "start", bold: bool = False,
        halo: bool = False, turned: float = 0,
    ) -> None:  # fmt: skip
        """Text on a base line; ``at``: start, middle or end of it is at ``x``; ``halo``: edged in the colour of the paper;
        ``turned``: by degrees clockwise."""
        more = f' font-size="{number(size)}"' + (f' text-anchor="{at}"' if at != "start" else "")
        more += ' font-weight="bold"' if bold else ""
        more += f' transform="rotate({number(turned)} {number(x)} {number(y)})"' if turned else ""
        words = escape(plain(text))
        if halo:
            edge = f'stroke="{COLOURS["paper"]}" stroke-width="3" stroke-linejoin="round" class="f-paper s-paper"'
            self._parts.append(f'<text x="{number(x)}" y="{number(y)}" fill="none" {edge}{more}>{words}</text>')
        fill = f'fill="{COLOURS[kind]}" class="f-{kind}"'
        self._parts.append(f'<text x="{number(x)}" y="{number(y)}" {fill}{more}>{words}</text>')

    def hatched(self, x: float, y: float, w: float, h: float, kind: str, step: float = 6) -> None:
        """A rectangle of slanted lines."""
        name = f"{self.name}-hatch-{kind}-{number(step).replace('.', '_')}"
        stroke = f'stroke="{COLOURS[kind]}" class="s-{kind}"'
        pattern = (
            f'<pattern id="{name}" width="{number(step)}" height="{number(step)}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V{number(step)}" {stroke} stroke-width="1.2"/></pattern>'
        )
        if pattern not in self._defined:
            self._defined.append(pattern)
        where = f'x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"'
        self._parts.append(f'<rect {where} fill="url(#{name})"/>')

    def opened(self, x: float, y: float, w: float, h: float) -> None:
        """From here to `closed` only what lies in the rectangle is seen."""
        name = f"{self.name}-window-{len(self._defined)}"
        box = f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"/>'
        self._defined.append(f'<clipPath id="{name}">{box}</clipPath>')
        self._parts.append(f'<g clip-path="url(#{name})">')

    def moved(self, x: float, y: float) -> None:
        """From here to `closed` all lies so many pixels further right and down."""
        self._parts.append(f'<g transform="translate({number(x)} {number(y)})">')

    def closed(self) -> None:
        """The end of what `opened`, `moved` or `group` began."""
        self._parts.append("</g>")

    def group(self, about: str) -> None:
        """From here to `closed`: marks with a title that a reader shows when it is pointed at."""
        self._parts.append(f"<g><title>{escape(plain(about))}</title>")

    def _shape(self, name: str, where: str, kind: str, more: dict[str, object]) -> None:
        self._parts.append(f'<{name} {where} fill="{COLOURS[kind]}" class="f-{kind}"{_attributes(more)}/>')

    def written(self, title: str, about: str) -> str:
        """The SVG, with ``title`` and ``about`` for those who cannot see it."""
        wide, high = number(self.wide), number(self.high)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" font-family={quoteattr(FONT)}>'
        )
        told = f'<title id="{self.name}-title">{escape(plain(title))}</title><desc id="{self.name}-desc">{escape(plain(about))}</desc>'
        defined = f"<defs>{''.join(self._defined)}</defs>" if self._defined else ""
        paper = f'<rect width="{wide}" height="{high}" fill="{COLOURS["paper"]}" class="f-paper"/>'
        return "\n".join([head, told, defined + paper, *self._parts, "</svg>", ""])


def through(points: Iterable[tuple[float, float]], close: bool = False) -> str:
    """The path through points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if close else "")


def _attributes(more: dict[str, object]) -> str:
    return "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
