"""Points that answer to the pointer, drawn by Bokeh."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata.display import COLORS

if TYPE_CHECKING:
    from bokeh.model import Model

# Matplotlib's markers as Bokeh's; those that are turned have another shape, for a legend does not
# turn them.
SHAPES = {
    "o": "circle",
    "^": "triangle",
    "v": "inverted_triangle",
    "<": "asterisk",
    ">": "square_pin",
    "s": "square",
    "D": "diamond",
    "P": "plus",
    "X": "x",
    "*": "star",
}
_WITHOUT_INSIDE = {"asterisk", "x"}
_POINT = {
    "label": "",
    "color": COLORS["blue"],
    "size": 9,
    "shape": "o",
    "hollow": False,
    "kind": "",
}
_LINE = {"color": COLORS["light"], "dash": "solid", "width": 1, "kind": ""}
_LEGEND_COLUMNS = 2
_LEGEND_ROW = 23  # pixels
_TOLD_OF = 6  # citations told of one point
_QUOTED = 240  # characters quoted for one point


def draw(
    points: pd.DataFrame,
    *,
    title: str,
    lines: pd.DataFrame | None = None,
    rows: Mapping[float, str] | None = None,
    bands: Sequence[float] = (),
    x_is_date: bool = False,
    height: int = 480,
) -> Model:
    """Draw points that tell their words when pointed at and lead to their evidence when tapped.

    A legend explains the kinds of points and lines, in the order of the rows; a tap in it hides
    and shows a kind.

    Parameters
    ----------
    points : pandas.DataFrame
        A row for each point: ``x``, ``y`` (numbers, or dates for ``x``), ``words`` (told when
        pointed at) and ``evidence`` (:class:`ctdata.display.Citation`); optional are ``label``
        (printed beside the point), ``kind``, and, the same for all of a kind, ``color``, ``size``
        (in pixels) and ``shape`` (one of :data:`SHAPES`); ``hollow`` (bool) leaves out the colour
        within.
    title : str
        What the chart shows.
    lines : pandas.DataFrame, optional
        A row for each line behind the points: ``xs``, ``ys`` (lists); optional are ``color``,
        ``width`` (in pixels), ``kind`` and, the same for all of a kind, ``dash`` (such as
        "dotted").
    rows : mapping of float to str, optional
        Words for places on the vertical axis, which is not drawn without them.
    bands : sequence of float, optional
        Where on the vertical axis bands begin, from the top, and where the last ends; every
        second one is shaded.
    x_is_date : bool, optional
        Whether ``x`` holds dates; the horizontal axis is not drawn without them.
    height : int, optional
        In pixels, without the legend; the width is that of the page.

    Returns
    -------
    bokeh.model.Model
    """
    from bokeh.models import HoverTool, OpenURL, TapTool
    from bokeh.plotting import figure

    chart = figure(
        title=title,
        height=height,
        sizing_mode="stretch_width",
        x_axis_type="datetime" if x_is_date else "auto",
        tools="pan,box_zoom,reset",
        toolbar_location="above",
    )
    chart.toolbar.logo = None
    chart.xaxis.visible = chart.xgrid.visible = x_is_date
    chart.yaxis.visible = chart.ygrid.visible = bool(rows)
    chart.yaxis.ticker = sorted(rows or ())
    chart.yaxis.major_label_overrides = dict(rows or {})
    chart.axis.axis_line_color = chart.axis.major_tick_line_color = None
    chart.axis.minor_tick_line_color = chart.outline_line_color = None
    _shade(chart, bands)
    drawn = [] if lines is None else list(_draw_lines(chart, lines))
    marks = list(_draw_points(chart, points))
    _explain(chart, [*marks, *drawn])
    # Braces and at signs of the data are safe here: only this template is read for them.
    told = "<b>@words</b><br>@quote<br><i>@where</i>"
    renderers = [mark for _, mark, _ in marks]
    chart.add_tools(
        HoverTool(renderers=renderers, tooltips=f'<div class="ct-hover">{told}</div>'),
        TapTool(renderers=renderers, callback=OpenURL(url="@address", same_tab=True)),
    )
    return chart


# A kind, what draws it, and which of its rows a legend shows.
_Key = tuple[str, Any, int]


def _shade(chart: Any, edges: Sequence[float]) -> None:
    from bokeh.models import BoxAnnotation, Range1d

    if edges:
        chart.y_range = Range1d(edges[-1], edges[0])
    look = {"fill_color": COLORS["light"], "fill_alpha": 0.3, "line_color": None, "level": "image"}
    for top, bottom in list(itertools.pairwise(edges))[::2]:
        chart.add_layout(BoxAnnotation(bottom=bottom, top=top, **look))


def _draw_lines(chart: Any, lines: pd.DataFrame) -> Iterator[_Key]:
    from bokeh.models import ColumnDataSource

    for kind, same in _by_kind(lines, _LINE):
        data = ColumnDataSource(same[["xs", "ys", "color", "width"]].to_dict("list"))
        look = {"color": "color", "line_width": "width", "line_dash": same["dash"].iloc[0]}
        yield kind, chart.multi_line("xs", "ys", line_alpha=0.5, source=data, **look), 0


def _draw_points(chart: Any, points: pd.DataFrame) -> Iterator[_Key]:
    from bokeh.models import ColumnDataSource, LabelSet

    if "label" in points and points["label"].any():
        # What is printed beside the last points needs room too.
        first, last = points["x"].min(), points["x"].max()
        width = last - first or 1
        chart.x_range.start, chart.x_range.end = first - 0.03 * width, last + 0.35 * width
    labels = {"x_offset": 6, "y_offset": -6, "text_font_size": "11px"}
    labels |= {"background_fill_color": "white", "background_fill_alpha": 0.7}
    for kind, same in _by_kind(points, _POINT):
        marker = SHAPES[same["shape"].iloc[0]]
        data = ColumnDataSource(_columns(same, stroked=marker in _WITHOUT_INSIDE))
        look = {name: name for name in ("size", "fill_color", "line_color", "line_width")}
        mark = chart.scatter("x", "y", source=data, marker=marker, **look)
        if same["label"].any():
            chart.add_layout(LabelSet(x="x", y="y", text="label", source=data, **labels))
        yield kind, mark, int(same["hollow"].to_numpy().argmin())


def _by_kind(frame: pd.DataFrame, look: dict[str, Any]) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each kind, with the look that they do not name themselves."""
    whole = frame.assign(**{name: value for name, value in look.items() if name not in frame})
    yield from whole.groupby("kind", sort=False)


def _columns(points: pd.DataFrame, stroked: bool) -> dict[str, list[Any]]:
    """What Bokeh draws of the points, tells of them and opens."""
    links = [citation.links() for citation in points["evidence"]]
    quotes = [" … ".join(words for *_, words in found[:2]) for found in links]
    hollow = points["hollow"]
    return {
        "x": points["x"].tolist(),
        "y": points["y"].tolist(),
        "words": [str(words) for words in points["words"]],
        "where": [_listed([citation for citation, *_ in found]) for found in links],
        "quote": [textwrap.shorten(words, _QUOTED, placeholder=" …") for words in quotes],
        "address": [found[0][1] if found else "#" for found in links],
        "label": points["label"].tolist(),
        "size": points["size"].tolist(),
        "fill_color": points["color"].mask(hollow, "white").tolist(),
        "line_color": points["color"].where(hollow | stroked, "white").tolist(),
        "line_width": [2 if stroked else 1.5 if empty else 0.5 for empty in hollow],
    }


def _listed(citations: Sequence[str]) -> str:
    more = len(citations) - _TOLD_OF
    return "; ".join([*citations[:_TOLD_OF], *([f"and {more} more"] if more > 0 else [])])


def _explain(chart: Any, keys: Iterable[_Key]) -> None:
    from bokeh.models import Legend, LegendItem

    items = [LegendItem(label=kind, renderers=[mark], index=i) for kind, mark, i in keys if kind]
    if not items:
        return
    legend = Legend(items=items, ncols=_LEGEND_COLUMNS, click_policy="hide")
    legend.border_line_color, legend.location = None, "top_left"
    legend.margin, legend.padding = 0, 4
    chart.add_layout(legend, "below")
    chart.height += _LEGEND_ROW * -(-len(items) // _LEGEND_COLUMNS)
