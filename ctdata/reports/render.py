"""Render an executed notebook as an HTML page that loads nothing from outside.

nbconvert converts with an own template on top of its ``lab`` template: without code, scripts and
inlined style sheets. All pages of a site share ``assets/ctdata.css``.
"""

from __future__ import annotations

import copy
import re
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ctdata.reports.plan import Report

STYLE_SHEET = "assets/ctdata.css"
_FOLDER = Path(__file__).parent

# Attributes whose address a browser fetches by itself; a link's href waits for a click.
_FETCHED = {"src", "poster", "data", "background", "xlink:href", "action", "formaction"}
_FETCHED_BY_HREF = {"link", "use", "image", "feimage", "base"}
_CSS_FETCH = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)


class RenderError(Exception):
    """A page cannot be made as it should be; the message says why."""


def render_page(report: Report, notebook: Any) -> str:
    """Render an executed notebook as a page of the site.

    Parameters
    ----------
    report : Report
        Gives the title, the scope in words and the file names.
    notebook : nbformat.NotebookNode
        The notebook with its outputs; it is left as it is.

    Returns
    -------
    str
        The page, complete with doctype; the same for the same notebook.

    Raises
    ------
    RenderError
        If an output would load something that is neither in the page nor a shared asset.
    """
    resources = {
        "metadata": {"name": report.name, "path": str(report.notebook.parent)},
        "report": report,
        "style_sheet": STYLE_SHEET,
        "notebook_file": quote(f"{report.name}.ipynb"),
    }
    page, _ = _exporter().from_notebook_node(_without_heading(notebook), resources)
    outside = fetched_from_outside(page)
    if outside:
        raise RenderError(
            f"the page would load {outside[0]}, which does not come with it; "
            "put what it shows into the notebook's output itself"
        )
    return page + "\n"


def style_sheet() -> str:
    """Return the style sheet that all pages share."""
    return (_FOLDER / STYLE_SHEET).read_text(encoding="utf-8")


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
    finder = _FetchFinder()
    finder.feed(page)
    finder.close()
    return [address for address in finder.fetched if _is_outside(address)]


class _FetchFinder(HTMLParser):
    """Gathers the addresses that a page fetches: by attribute, style attribute and style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
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

    exporter = HTMLExporter(
        extra_template_basedirs=[str(_FOLDER / "templates")],
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
    exporter.register_filter("inline_svg", _inline_svg)
    exporter.register_filter("picture", _picture)
    return exporter


def _without_heading(notebook: Any) -> Any:
    """Return a copy without the first heading, as the page's header stands in its place."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells[:1]:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\A\s*#\s[^\n]*\n*", "", cell.source)
    return notebook


def _inline_svg(output: Any) -> str:
    """Return an SVG output as an element of the page, with its alt text as label."""
    svg = "".join(output["data"]["image/svg+xml"])
    start = svg.find("<svg")
    if start < 0:
        raise RenderError("an output says that it is SVG but has no <svg> element")
    end = svg.index(">", start)
    opening, rest = svg[start + len("<svg") : end], svg[end:]
    if alt := _alt_text(output, "image/svg+xml"):
        opening = re.sub(r'\s(role|aria-label)="[^"]*"', "", opening)
        opening = f' role="img" aria-label="{escape(alt)}"{opening}'
    return f"<svg{opening}{rest}"


def _picture(output: Any, media_type: str) -> str:
    """Return a PNG or JPEG output as an image element with its alt text."""
    data = "".join(output["data"][media_type].split())
    alt = _alt_text(output, media_type) or "Figure without a description"
    return f'<img src="data:{media_type};base64,{escape(data)}" alt="{escape(alt)}">'


def _alt_text(output: Any, media_type: str) -> str:
    """Find the alt text in an output's metadata, for the media type, another one or at large."""
    metadata = output.get("metadata", {})
    places = [metadata.get(media_type), metadata, *metadata.values()]
    return next(
        (place["alt"] for place in places if isinstance(place, dict) and "alt" in place), ""
    )
