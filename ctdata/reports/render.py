"""Render an executed notebook: as a page that loads nothing from outside, as PDF and as Word.

nbconvert converts pages with an own template on top of its ``lab`` template. What pages share lies
in ``assets/``; a page works without its scripts too.
"""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ctdata.display import CHART_TYPE, MARKED_SUFFIX, MARKED_TEXTS
from ctdata.reports.document import make_pdf, make_word
from ctdata.reports.pages import (
    FOLDER,
    REPORT_POLICY,
    STYLE_SHEET,
    embedded_json,
    is_safe_link,
)
from ctdata.reports.plan import Report

FORMAT_NAMES = {"pdf": "PDF", "docx": "Word"}

# Attributes whose address a browser fetches by itself; a link's href waits for a click.
_FETCHED = {"src", "poster", "data", "background", "xlink:href", "action", "formaction"}
_FETCHED_BY_HREF = {"link", "use", "image", "feimage", "base"}
_CSS_FETCH = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)
_CITATION = re.compile(r'<a class="ct-cite" href="([^"]*)"')
_TEXT = re.compile(rf'href="({re.escape(MARKED_TEXTS)}[^"]*)"')
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_COORDINATES = re.compile(r'\s(?:d|x|y)="[^"]*"|translate\([^)]*\)')
_OUTLINE = re.compile(r'(?<=\sd=")([^"]*)')
_SHAPE = re.compile(r'<(path|clipPath) id="([^"]*)"(?:[^>]*/>|[^>]*>.*?</\1>)', re.DOTALL)
_DRAWING = re.compile(r"<svg role=.*?</svg>", re.DOTALL)
_REFERENCE = re.compile(r"""(href="#|url\(#)([^"')\s]+)""")
_NAME = re.compile(r"""( id="|href="#|url\(#)([^"')\s]+)""")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}")


class RenderError(Exception):
    """A page cannot be made as it should be; the message says why."""


def prepare() -> None:
    """Build the converters, and use them once on an output of each kind."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    kinds = [{"text/plain": "a"}, {"text/html": "<p>a</p>"}, {"image/svg+xml": svg}]
    outputs = [new_output("display_data", data=data) for data in kinds]
    outputs.append(new_output("stream", text="a"))
    cells = [new_markdown_cell("# A\n\n## B\n\n`c`"), new_code_cell("1", outputs=outputs)]
    render(Report("sample", "Sample", Path("sample.ipynb")), new_notebook(cells=cells))


def render(report: Report, notebook: Any) -> dict[str, str | bytes]:
    """Render an executed notebook in each format that its report asks for.

    Parameters
    ----------
    report : Report
        Gives the title, the scope in words, the formats and the file names.
    notebook : nbformat.NotebookNode
        The notebook with its outputs; it is left as it is.

    Returns
    -------
    dict of str to (str or bytes)
        Name and content of each file; the same for the same notebook.

    Raises
    ------
    RenderError
        If an output would load something that is neither in the page nor a shared asset, or holds
        a link that no page may hold.
    """
    makers = {"html": render_page, "pdf": make_pdf, "docx": make_word}
    return {f"{report.name}.{form}": makers[form](report, notebook) for form in report.formats}


def render_page(report: Report, notebook: Any) -> str:
    """Render an executed notebook as a page of the site.

    Parameters
    ----------
    report, notebook
        As for :func:`render`.

    Returns
    -------
    str
        The page, complete with doctype; the same for the same notebook.

    Raises
    ------
    RenderError
        As for :func:`render`.
    """
    notebook = _without_heading(notebook)
    scripts = (
        ["tables.js", "bokeh.js", "page.js"] if _has_chart(notebook) else ["tables.js", "page.js"]
    )
    resources = {
        "metadata": {"name": report.name, "path": str(report.notebook.parent)},
        "report": report,
        "policy": REPORT_POLICY,
        "style_sheet": STYLE_SHEET,
        "scripts": [f"assets/{name}" for name in scripts],
        "files": [
            (FORMAT_NAMES[form], quote(f"{report.name}.{form}"))
            for form in report.formats
            if form in FORMAT_NAMES
        ],
        "notebook_file": quote(f"{report.name}.ipynb"),
    }
    page = _converted(notebook, resources)
    drawings = _Drawings()
    page = _DRAWING.sub(lambda drawing: drawings.slim(drawing[0]), page)
    page = _with_contents(_with_citations(page))
    finder = _AddressFinder()
    finder.feed(page)
    finder.close()
    for address in filter(_is_outside, finder.fetched):
        raise RenderError(
            f"the page would load {address}, which does not come with it; "
            "put what it shows into the notebook's output itself"
        )
    for address in finder.linked:
        if not is_safe_link(address):
            raise RenderError(
                f"the page would link to {address!r}; links may lead to http, https, mailto and "
                "to places in the site"
            )
    return page + "\n"


def fetched_from_outside(page: str) -> list[str]:
    """List what a browser would fetch for a page although it does not come with the site.

    Parameters
    ----------
    page : str
        An HTML page.

    Returns
    -------
    list of str
        Addresses in the order of the page. Links that wait for a click are not among them.
    """
    finder = _AddressFinder()
    finder.feed(page)
    finder.close()
    return [address for address in finder.fetched if _is_outside(address)]


class _AddressFinder(HTMLParser):
    """Gathers what a page fetches (by attribute, style attribute, style sheet) and links to."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if not value:
                continue
            if name in ("srcset", "imagesrcset"):
                self.fetched += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name in _FETCHED or (name == "href" and tag in _FETCHED_BY_HREF):
                self.fetched.append(value.strip())
            elif name == "href":
                self.linked.append(value.strip())
            elif name in ("style", "fill", "stroke", "filter", "mask", "clip-path"):
                self._read_css(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._in_style = False

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._read_css(data)

    def _read_css(self, text: str) -> None:
        self.fetched += [
            (plain or imported).strip() for plain, imported in _CSS_FETCH.findall(text)
        ]


def _is_outside(address: str) -> bool:
    """Tell whether an address leads out of the page and the shared assets."""
    # Browsers skip white space and control characters in an address.
    address = re.sub(r"[\s\x00-\x1f]", "", address).casefold()
    if address.startswith(("data:", "#")):
        return False
    return not address.startswith("assets/") or ".." in address


# --- conversion ---------------------------------------------------------------------------------


@cache
def _exporter() -> Any:
    """Return the converter, built once; its templates are compiled on first use."""
    from nbconvert import HTMLExporter
    from nbconvert.filters.highlight import Highlight2HTML

    exporter = HTMLExporter(
        extra_template_basedirs=[str(FOLDER / "templates")],
        template_name="page",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
        require_js_url="",
        mathjax_url="",
        mermaid_js_url="",
        mermaid_layout_elk_js_url="",
        jquery_url="",
        jupyter_widgets_base_url="",
    )
    exporter.register_filter("figure", _figure)
    exporter.register_filter(
        "highlight_code", Highlight2HTML(pygments_lexer="ipython3", parent=exporter)
    )
    return exporter


def _converted(notebook: Any, resources: dict[str, Any]) -> str:
    """Convert a notebook by the templates alone.

    HTMLExporter itself would parse the page once more, to add what these templates have already.
    """
    from nbconvert import HTMLExporter

    page, _ = super(HTMLExporter, _exporter()).from_notebook_node(notebook, resources)
    return page


def _without_heading(notebook: Any) -> Any:
    """Return a copy without the first heading, as the page's header stands in its place."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells[:1]:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\A\s*#\s[^\n]*\n*", "", cell.source)
    return notebook


def _has_chart(notebook: Any) -> bool:
    """Tell whether an output of the notebook is a chart that answers to the pointer."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return any(CHART_TYPE in output.get("data", {}) for output in outputs)


def _figure(output: Any, media_type: str) -> str:
    """Return a chart as a figure of the page, with its description as caption or label."""
    alt, title = _told(output, media_type, "alt"), _told(output, media_type, "title")
    # What stands in the caption need not be told a second time to those who hear the page.
    label = title if title and alt else alt or "Figure without a description"
    draw = _inline_svg if media_type == "image/svg+xml" else _image
    picture = f'<div class="drawn" tabindex="0">{draw(output, media_type, label)}</div>'
    if CHART_TYPE in output["data"]:
        chart = _linked(json.loads(output["data"][CHART_TYPE]["chart"]))
        picture += f'<script type="application/json">{embedded_json(chart)}</script>'
    caption = f"<figcaption>{escape(alt)}</figcaption>" if title and alt else ""
    return f"<figure>{picture}{caption}</figure>"


def _inline_svg(output: Any, media_type: str, label: str) -> str:
    """Return an SVG output as an element of the page."""
    svg = "".join(output["data"][media_type])
    start = svg.find("<svg")
    if start < 0:
        raise RenderError("an output says that it is SVG but has no <svg> element")
    end = svg.index(">", start)
    opening, rest = svg[start + len("<svg") : end], svg[end:]
    opening = re.sub(r'\s(role|aria-label)="[^"]*"', "", opening)
    return f'<svg role="img" aria-label="{escape(label)}"{opening}{rest}'


class _Drawings:
    """Makes the drawings of one page small, and the names in them unique.

    Drawings write each letter as a reference to its outline. The outlines that a page has once
    are left out of its later drawings; the same name means the same shape, as names are hashes.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.defined: set[str] = set()

    def slim(self, svg: str) -> str:
        """Return a drawing that looks the same to within a hundredth of a point."""
        svg = _COORDINATES.sub(
            lambda place: _DECIMALS.sub(lambda number: f"{float(number[0]):.2f}", place[0]), svg
        )
        svg = _OUTLINE.sub(lambda path: re.sub(r"\s*([A-Za-z])\s*", r"\1", path[1]), svg)
        svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
        svg = re.sub(r">\s+<", "><", svg).replace("xlink:href=", "href=")
        used = {name for _, name in _REFERENCE.findall(svg)}
        svg = re.sub(r'\sid="([^"]*)"', lambda name: name[0] if name[1] in used else "", svg)
        svg = _SHAPE.sub(self._once, svg).replace("<defs></defs>", "")
        return _NAME.sub(lambda name: name[1] + self._short(name[2]), svg)

    def _once(self, shape: re.Match[str]) -> str:
        is_new = shape[2] not in self.defined
        self.defined.add(shape[2])
        return shape[0] if is_new else ""

    def _short(self, name: str) -> str:
        return self.names.setdefault(name, f"_{len(self.names) + 1}")


def _image(output: Any, media_type: str, label: str) -> str:
    """Return a PNG or JPEG output as an image element."""
    data = "".join(output["data"][media_type].split())
    return f'<img src="data:{media_type};base64,{escape(data)}" alt="{escape(label)}">'


def _linked(value: Any) -> Any:
    """Let the citations in a chart lead to the pages of the texts."""
    if isinstance(value, str):
        return _page_address(value)
    if isinstance(value, list):
        return [_linked(part) for part in value]
    if isinstance(value, dict):
        return {key: _linked(part) for key, part in value.items()}
    return value


def _page_address(address: str) -> str:
    """Turn a citation's address in a notebook into that in a page; leave others as they are."""
    path, hash_sign, place = address.partition("#")
    if not (path.startswith(MARKED_TEXTS) and path.endswith(MARKED_SUFFIX)):
        return address
    name = path[len(MARKED_TEXTS) : -len(MARKED_SUFFIX)]
    return f"sources/{name}.html{hash_sign}{place}"


def _with_citations(page: str) -> str:
    """Let citations and names of texts lead to their pages; give each citation its own name."""
    count = 0

    def link(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        address = escape(_page_address(unescape(found[1])))
        return f'<a class="ct-cite" id="cite-{count}" href="{address}"'

    page = _CITATION.sub(link, page)
    return _TEXT.sub(lambda found: f'href="{escape(_page_address(unescape(found[1])))}"', page)


def _with_contents(page: str) -> str:
    """Give each heading a name of its own, and put the list of them where the template says."""
    seen: dict[str, int] = {}
    entries = []

    def name(found: re.Match[str]) -> str:
        level, words = found.groups()
        plain = _TAG.sub("", words).strip()
        own = "-".join(re.findall(r"\w+", unescape(plain).lower())) or "section"
        seen[own] = seen.get(own, 0) + 1
        own = own if seen[own] == 1 else f"{own}-{seen[own]}"
        if level in "23":
            entries.append(f'<li class="level-{level}"><a href="#{quote(own)}">{plain}</a></li>')
        return f'<h{level} id="{own}">{words}</h{level}>'

    head, mark, body = page.partition("<!--contents-->")
    body = _HEADING.sub(name, body)
    listed = (
        f'<nav class="contents" aria-labelledby="contents"><p id="contents">Contents</p>'
        f"<ol>{''.join(entries)}</ol></nav>"
    )
    return head + (listed if entries else "") + body


def _told(output: Any, media_type: str, key: str) -> str:
    """Find an output's alt text or title: for the media type, for another one or at large."""
    metadata = output.get("metadata", {})
    places = [metadata.get(media_type), metadata, *metadata.values()]
    return next((place[key] for place in places if isinstance(place, dict) and place.get(key)), "")
