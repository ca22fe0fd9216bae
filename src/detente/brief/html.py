"""A brief as one HTML file: style and pictures inside, no script, nothing fetched; light and dark; two pages of A4 in print."""

from __future__ import annotations

from html import escape

from detente.brief.markdown import web
from detente.brief.records import Brief, Line, Note, Section
from detente.picture.frame import said, span
from detente.picture.svg import DARK, classes, plain

_STYLE = """
:root{--paper:#fff;--ink:#1b1b1b;--soft:#5c5c5c;--rule:#d0d0d0;--link:#1f5a8c}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 Georgia,'Times New Roman',serif}
main{max-width:980px;margin:0 auto;padding:24px}
h1,h2,.said,.notes,table,sup,.source,summary{font-family:'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif}
h1{font-size:30px;line-height:1.1;margin:0;letter-spacing:-.01em}
h2{font-size:13px;text-transform:uppercase;letter-spacing:.06em;margin:18px 0 6px;border-top:2px solid var(--ink);padding-top:5px}
.said{color:var(--soft);margin:4px 0 10px;font-size:13px}
.headline{font-size:20px;line-height:1.3;margin:0 0 10px}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 28px}
.two>*{min-width:0;overflow-wrap:anywhere}
ul,ol{margin:0;padding:0;list-style:none}
li{margin:0 0 5px;padding-left:16px;position:relative;overflow-wrap:anywhere}
li::before{content:"–";position:absolute;left:0;color:var(--soft)}
p{margin:0 0 6px}
li.sub{margin-left:16px;font-size:.94em}
li.turn{padding-left:24px}
li.turn::before{content:attr(data-n);background:var(--ink);color:var(--paper);border-radius:50%;width:17px;height:17px;line-height:17px;text-align:center;font:bold 10.5px/17px Helvetica,Arial,sans-serif;top:2px}
sup{font-size:.66em;line-height:0;white-space:nowrap}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
figure{margin:6px 0 0}
svg{width:100%;height:auto;display:block}
.notes{font-size:11.5px;line-height:1.35;columns:2;column-gap:28px}
.notes li{padding-left:22px;break-inside:avoid}
.notes li::before{content:attr(data-n);font-weight:bold;color:var(--ink)}
.notes li:target{background:rgba(229,138,78,.25)}
.id{color:var(--soft);font-size:.9em}
.source{color:var(--soft);font-size:11px;border-top:1px solid var(--rule);margin-top:14px;padding-top:6px}
table{border-collapse:collapse;font-size:12px;margin:6px 0}
th,td{text-align:right;padding:1px 10px 1px 0;border-bottom:1px solid var(--rule)}
th:first-child,td:first-child{text-align:left}
summary{font-size:12px;color:var(--soft)}
@media(max-width:700px){.two{grid-template-columns:1fr}.notes{columns:1}main{padding:14px}}
@media screen and (prefers-color-scheme:dark){:root{--paper:#161616;--ink:#ececec;--soft:#a8a8a8;--rule:#3a3a3a;--link:#8cc4f5}
@@}
@page{size:A4;margin:11mm 13mm}
@media print{body{font-size:8.6pt;line-height:1.3}main{max-width:none;padding:0}h1{font-size:19pt}.headline{font-size:12.5pt;margin-bottom:4pt}h2{margin:8pt 0 3pt;font-size:8pt;break-after:avoid}
.notes{font-size:6.4pt;line-height:1.2;columns:3;column-gap:12pt}.notes li{padding-left:13pt}.said{font-size:8pt;margin:2pt 0 4pt}li{margin-bottom:2.4pt}.two{gap:0 16pt}details{display:none}.source{font-size:6.8pt;margin-top:6pt}a{color:inherit}figure{break-inside:avoid}.notes li{margin-bottom:1.5pt}}
"""


def html(of: Brief) -> str:
    """The brief as a page; all text is escaped, only http and https addresses are links."""
    dark = classes(DARK)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(of.title)}: {_text(of.said)}</title><style>{_STYLE.replace('@@', dark)}</style></head><body><main>",
        f'<header><h1>{_text(of.title)}</h1><p class="said">{_text(of.said)}</p>',
        f'<p class="headline">{_told(of.headline)}</p></header>',
        f"<figure>{of.chart.svg}{_weeks(of)}</figure>",
        _two(_sections(of, "changed", "tolls"), _sections(of, "turns", "ahead", "sources")),
        _two(
            f"<section><h2>Where</h2><figure>{of.map.svg}</figure></section>" + _sections(of, "disputed"),
            _sections(of, "claims"),
        ),
        f'<section><h2>Evidence</h2><ol class="notes">{"".join(_note(n) for n in of.notes)}</ol></section>',
        f'<p class="source">{_text(of.source)}</p></main></body></html>',
    ]
    return "\n".join(parts) + "\n"


def _two(left: str, right: str) -> str:
    return f'<div class="two"><div>{left}</div><div>{right}</div></div>'


def _sections(of: Brief, *names: str) -> str:
    return "".join(_section(s) for name in names if (s := of.section(name)))


def _section(section: Section) -> str:
    head = f"<p>{_told(section.head)}</p>" if section.head else ""
    items = "".join(_item(one) for one in section.lines)
    return f'<section class="{section.name}"><h2>{_text(section.title)}</h2>{head}<ul>{items}</ul></section>'


def _item(one: Line) -> str:
    if one.mark == "•":
        return f'<li class="sub">{_told(one)}</li>'
    if one.mark:
        return f'<li class="turn" data-n="{_text(one.mark)}">{_told(one)}</li>'
    return f"<li>{_told(one)}</li>"


def _told(one: Line) -> str:
    links = ",".join(f'<a href="#n{n}">{n}</a>' for n in one.notes)
    more = f" +{one.more}" if one.more else ""
    return _text(one.text) + (f" <sup>{links}{more}</sup>" if links else "")


def _note(n: Note) -> str:
    about = f"{_text(n.source or 'outlet unknown')}, {_text(said(n.published) if n.published else 'undated')}"
    title = _text(n.title) if n.title else ""
    address = web(n.url)
    if address:
        title = f'<a href="{escape(address)}" rel="noopener noreferrer">{title or _text(address)}</a>'
    title = f", {title}" if title else ""
    ids = f'<span class="id">{_text(n.incident_id)}, {_text(n.document)}</span>'
    return f'<li id="n{n.number}" data-n="{n.number}">{about}{title}: “{_text(n.quote)}” {ids}</li>'


def _weeks(of: Brief) -> str:
    rows = "".join(
        f"<tr><td>{span(w.first, w.last)}</td>"
        + "".join(f"<td>{'no report' if v is None else f'{v:.1f}'}</td>" for v in (w.conflict, w.cooperation))
        + f"<td>{w.incidents}</td></tr>"
        for w in of.weeks
    )
    head = "<tr><th>week</th><th>conflict, points a day</th><th>cooperation</th><th>incidents</th></tr>"
    return f"<details><summary>The figures, week by week</summary><table>{head}{rows}</table></details>"


def _text(text: str) -> str:
    return escape(plain(text))
