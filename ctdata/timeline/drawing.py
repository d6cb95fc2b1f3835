"""The swim lanes as a picture, and how the pictures of this theme are set out.

All places follow from the sizes of letters; searching for them would cost most of the time.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ctdata import display
from ctdata.timeline.claims import dated, years
from ctdata.timeline.lanes import MARKS
from ctdata.timeline.places import MARK_WIDTH, PLOT_WIDTH, layout

_ROW = 0.165  # inches from one row to the next
_LEGEND_COLUMNS = 3
_LEGEND_ROW = 0.18  # inches
_GRAY = "#555555"

# What a legend shows: the look of a line of Matplotlib's, and what it stands for.
Key = tuple[dict[str, Any], str]


def draw(told: pd.DataFrame, scope: str) -> display.Picture | display.Sentence:
    """Draw the dated acts in swim lanes.

    A bar spans the time in which the date may lie, or that it lasts; a mark stands in its middle.
    Approximate dates have hollow marks, open ends an arrow.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.
    scope : str
        What is in scope, in words.

    Returns
    -------
    display.Picture or display.Sentence
        A sentence where no act is dated.
    """
    placed = layout(told)
    if placed.empty:
        return display.Sentence("The texts in scope date no act, so there is no timeline to draw.")
    marks, headings = placed[placed["mark"] != ""], placed[placed["mark"] == ""]
    in_time = dated(told)
    first, last = years(in_time)
    low, high = datetime.date(first, 1, 1).toordinal(), datetime.date(last + 1, 1, 1).toordinal()
    margin = (high - low) * MARK_WIDTH / PLOT_WIDTH
    bottom = placed["y"].max() + 0.8
    figure, axes = display.canvas(1)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(bottom, -0.6)
    _draw_lanes(axes, headings, bottom, low)
    keys = _draw_marks(axes, marks)
    _label_rows(axes, placed.drop_duplicates(["lane", "instrument_id"]))
    _draw_time(axes, first, last)
    period = str(first) if first == last else f"{first}–{last}"
    instruments = display.count(marks["instrument_id"].nunique(), "instrument")
    title = f"What the texts date: {display.count(len(in_time), 'act')} on {instruments}, {period}"
    left = display.WIDTH - PLOT_WIDTH - 0.2
    room = {"left": left, "head": 0.45, "body": bottom * _ROW, "foot": 0.45}
    set_out(figure, axes, keys, title, scope, **room)
    return display.Picture(figure, _describe(in_time, title, scope))


def _draw_lanes(axes: Any, headings: pd.DataFrame, bottom: float, left: float) -> None:
    """Lanes as bands; in each heading, what is not dated."""
    tops = list(headings["y"])
    for top, end in list(zip(tops, [*tops[1:], bottom + 0.5], strict=True))[::2]:
        axes.axhspan(top - 0.5, end - 0.5, color=display.COLORS["light"], alpha=0.3, lw=0, zorder=0)
    for y, words in zip(tops, headings["what"], strict=True):
        if words:
            axes.text(left, y, words, fontsize=6.5, va="center_baseline", color=_GRAY)


def _label_rows(axes: Any, rows: pd.DataFrame) -> None:
    """Names beside the axis; plain words are drawn faster than labels of ticks."""
    axes.set_yticks([])
    beside = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center_baseline"}
    for y, words, mark in zip(rows["row_y"], rows["label"], rows["mark"], strict=True):
        axes.text(-0.015, y, words, size=7.5, weight="normal" if mark else "bold", **beside)


def _draw_marks(axes: Any, marks: pd.DataFrame) -> list[Key]:
    """Bars, marks and arrows; what is drawn is told for the legend."""
    days = {name: [day.toordinal() for day in marks[name]] for name in ("first", "at", "last")}
    days["last"] = [day + 1 for day in days["last"]]
    marks = marks.assign(**days, color=[display.COLORS[MARKS[m].color] for m in marks["mark"]])
    bar = {"lw": 3.5, "alpha": 0.45}
    axes.hlines(marks["y"], marks["first"], marks["last"], color=marks["color"], **bar)
    keys: list[Key] = []
    for (name, hollow), same in marks.groupby(["mark", "approximate"]):
        color = display.COLORS[MARKS[name].color]
        axes.scatter(
            same["at"],
            same["y"],
            s=60 if MARKS[name].shape == "*" else 32,
            marker=MARKS[name].shape,
            facecolor="white" if hollow else color,
            edgecolor=color if hollow else "white",
            linewidth=1.2 if hollow else 0.5,
            zorder=3,
        )
    for mark in (MARKS[name] for name in MARKS if name in set(marks["mark"])):
        look = {"marker": mark.shape, "color": display.COLORS[mark.color], "markeredgewidth": 0}
        keys.append((look, mark.label))
    for is_open, end, arrow in (("open_start", "first", 4), ("open_end", "last", 5)):
        ends = marks[marks[is_open]]
        if len(ends):
            axes.scatter(ends[end], ends["y"], s=30, marker=arrow, color=display.COLORS["gray"])
    if (marks["last"] - marks["first"] > 31).any():
        keys.append((bar | {"color": display.COLORS["gray"]}, "span of the date"))
    if marks["approximate"].any():
        look = {"marker": "o", "color": "black", "markerfacecolor": "white"}
        keys.append((look, "approximate date"))
    return keys


def _draw_time(axes: Any, first: int, last: int) -> None:
    """Ticks at starts of years, or of quarters where there are at most two years."""
    span = range(first, last + 1)
    if len(span) <= 2:
        days = [datetime.date(year, month, 1) for year in span for month in (1, 4, 7, 10)]
        words = [f"{day:%b}\n{day.year}" if day.month == 1 else f"{day:%b}" for day in days]
    else:
        steps = (1, 2, 5, 10, 20, 50, 100, 500, 1000)
        step = next(step for step in steps if last - first < 12 * step)
        days = [datetime.date(year, 1, 1) for year in span if year % step == 0]
        words = [str(day.year) for day in days]
    axes.set_xticks([day.toordinal() for day in days], words)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def set_out(
    figure: Any, axes: Any, keys: Sequence[Key], title: str, scope: str, **inches: float
) -> None:
    """Put title and scope on top, keys below, and size the picture so that all have room.

    ``left``, ``head``, ``body`` and ``foot`` are what is needed beside, above, in and below axes.
    """
    from matplotlib.lines import Line2D

    rows = -(-len(keys) // _LEGEND_COLUMNS)
    left, body, foot = inches["left"], inches["body"], inches["foot"] + rows * _LEGEND_ROW
    width, height = display.WIDTH, inches["head"] + body + foot
    figure.set_layout_engine(None)
    figure.set_size_inches(width, height)
    axes.set_position([left / width, foot / height, (width - left - 0.2) / width, body / height])
    on_top = {"x": 0, "ha": "left", "va": "top"}
    figure.suptitle(title, y=1, fontsize=10, fontweight="bold", **on_top)
    figure.text(y=1 - 0.2 / height, s=scope, fontsize=9, color=_GRAY, **on_top)
    for number, (look, words) in enumerate(keys):
        column, row = divmod(number, rows)
        x, y = column / _LEGEND_COLUMNS, (rows - row - 0.5) * _LEGEND_ROW / height
        ends = [0.02 / width, 0.18 / width] if "lw" in look else [0.1 / width]
        line = {"markersize": 6, "lw": 0} | look
        figure.add_artist(Line2D([x + end for end in ends], [y] * len(ends), **line))
        figure.text(x + 0.24 / width, y, words, fontsize=8, va="center_baseline")


def _describe(in_time: pd.DataFrame, title: str, scope: str) -> str:
    per_lane = in_time.sort_index().groupby("lane", sort=False).size()
    listed = display.listing([f"{lane} ({number})" for lane, number in per_lane.items()])
    begun = Counter(day.year for day in in_time["earliest"].dropna())
    fullest = max(begun, key=lambda year: (begun[year], -year), default="")
    most = f" The year in which most acts begin is {fullest}, with {begun[fullest]}."
    return (
        f"Swim lanes by jurisdiction. {title} ({scope}). By lane: {listed}."
        f"{most if begun else ''} The table after the chart lists them."
    )
