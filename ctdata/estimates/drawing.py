"""The two charts of the figures: how many, and what was known when.

Positions are in inches from the top of the panel, so that rows are as high as their words; the
words stand in a column left of the panel.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ctdata import display
from ctdata.estimates.figures import FIGHTERS, NO_ASSERTER, fighters, part_name, read
from ctdata.estimates.intervals import Interval
from ctdata.estimates.words import numbers_in_words, silence, statements

if TYPE_CHECKING:
    from ctdata.corpus import Selection

_LABELS = 2.95
_PANEL = display.WIDTH - _LABELS - 0.1
_LINE = 0.135
_PAD = 0.07
_ARROW = 0.35
_PALETTE = ("blue", "vermilion", "green", "purple", "sky", "orange")
_SOFT = "#555555"
_Mark = tuple[Any, str, dict[str, Any]]


class _Row(NamedTuple):
    """A row of a chart: words, smaller words below them, and a claim or a silent text."""

    words: list[str]
    below: str = ""
    claim: Any = None
    text: Any = None
    indent: float = 0.0

    @property
    def height(self) -> float:
        return _LINE * (len(self.words) + bool(self.below)) + 2 * _PAD


def draw_numbers(selection: Selection) -> display.Picture | display.Sentence:
    """Draw how many left, died, returned and were convicted, by state, as intervals.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no such figure.
    """
    figures = fighters(read(selection))
    if figures.empty:
        return silence(selection)
    silent = statements(selection).query("silent")
    claims, texts = list(figures.itertuples()), list(silent.itertuples())
    by_id = {claim.claim_id: claim for claim in claims}
    rows: list[_Row] = []
    for state in sorted({*figures["state"], *silent["state"]}):
        rows.append(_Row([state]))
        rows += [_claim_row(c, by_id.get(c.whole)) for c in claims if c.state == state]
        rows += [_silent_row(text) for text in texts if text.state == state]
    title = "How many left, died, returned and were convicted, as the texts state"
    figure, axes, places = _panel(rows, title, selection.scope)
    colors = _colors(figures)
    ends = [end for i in figures["interval"] for end in (i.low, i.high) if math.isfinite(end)]
    longest = figures["number"].str.len().max() * 0.085 + 0.13
    span = max(*ends, 10) / (1 - (_ARROW + longest) / _PANEL)
    axes.set_xlim(-0.03 * span, span)
    inch = span * 1.03 / _PANEL
    for row, y in places:
        if row.text:
            _draw_silence(axes, row, y, span)
        elif row.claim:
            color = colors[row.claim.said_by]
            end = _draw_interval(axes, y, row.claim.interval, color, _ARROW * inch)
            axes.text(end + 0.12 * inch, y, row.claim.number, va="center", fontsize=8.5)
    axes.set_xlabel("people", fontsize=8)
    _finish(axes, _number_marks(figures["interval"], texts), colors)
    lead = f"Intervals of people who left, died, returned or were convicted ({selection.scope})."
    said = [f"{c.state}: {c.number} ({c.population}; {c.covers}; says {c.said_by})" for c in claims]
    return display.Picture(figure, _alt(lead, said, texts))


def draw_knowledge(selection: Selection) -> display.Picture | display.Sentence:
    """Draw which time the numbers cover, and when they were stated.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no figure of people who left, died, returned or were convicted.
    """
    figures = fighters(read(selection))
    if figures.empty:
        return silence(selection)
    texts = list(statements(selection).query("silent").itertuples())
    keys = ["source_id", "state", "said_by", "covers", "stated"]
    rows = [_statement_row(claims) for _, claims in figures.groupby(keys, sort=False)]
    rows = sorted([*rows, *map(_silent_row, texts)], key=_stated)
    title = "What was known when: the time covered, and the statement"
    figure, axes, places = _panel(rows, title, selection.scope)
    colors = _colors(figures)
    first, last = _years(figures, texts)
    axes.set_xlim(first, last)
    for row, y in places:
        if row.text:
            _draw_date(axes, y, row.text.stated_earliest, row.text.stated_latest, "s", "white")
        else:
            _draw_statement(axes, y, row.claim, colors[row.claim.said_by], first)
    _finish(axes, _time_marks(figures, texts), colors)
    whole = figures[figures["whole"].isna()].sort_values(["stated_earliest", "claim_id"])
    lead = f"Timeline of which numbers were stated when ({selection.scope})."
    said = [
        f"{claim.state}, {claim.covers}: {claim.number} {FIGHTERS[claim.indicator]}, "
        f"stated {claim.stated}, says {claim.said_by}"
        for claim in whole.itertuples()
    ]
    return display.Picture(figure, _alt(lead, said, texts))


def _alt(lead: str, said: list[str], texts: list[Any]) -> str:
    silent = display.listing([f"{text.source_id} ({text.stated})" for text in texts])
    end = f" Texts without a number: {silent}." if texts else ""
    return f"{lead} {'. '.join(said)}.{end}"


# Rows


def _claim_row(claim: Any, whole: Any) -> _Row:
    """The row of one figure; a part says only in what it goes beyond its whole."""
    below = _below(claim)
    if whole is None:
        return _Row(_wrapped(claim.population, 44), below, claim)
    if (claim.covers, claim.said_by) == (whole.covers, whole.said_by):
        below = ""
    name = part_name(claim.population, whole.population)
    return _Row(_wrapped(f"of them: {name}", 42), below, claim, indent=0.15)


def _statement_row(claims: pd.DataFrame) -> _Row:
    """The row of all figures that were stated at once for one time."""
    groups = {name: claims[claims["indicator"] == name] for name in FIGHTERS}
    said = [numbers_in_words(rows, FIGHTERS[name]) for name, rows in groups.items() if len(rows)]
    claim = next(claims.itertuples())
    return _Row(_wrapped(f"{claim.state}: {', '.join(said)}", 44), _below(claim), claim)


def _silent_row(text: Any) -> _Row:
    return _Row([text.source_id], f"text of {text.stated}", text=text)


def _stated(row: _Row) -> pd.Timestamp:
    """When a row was stated; what is not known comes last."""
    day = (row.claim or row.text).stated_earliest
    return pd.Timestamp.max if pd.isna(day) else day


def _below(claim: Any) -> str:
    return _wrapped(f"{claim.covers}; {claim.said_by}", 50, 1)[0]


def _wrapped(words: str, width: int, most: int = 3) -> list[str]:
    return textwrap.wrap(words, width, max_lines=most, placeholder=" …") or [""]


def _panel(rows: list[_Row], title: str, scope: str) -> tuple[Any, Any, list[tuple[_Row, float]]]:
    """A chart with its title and words, still without marks; and the middle of each row."""
    inside, above, below = sum(row.height for row in rows), 0.5, 0.95
    height = above + inside + below
    figure, axes = display.canvas(height)
    figure.set_layout_engine(None)
    axes.set_position(
        (_LABELS / display.WIDTH, below / height, _PANEL / display.WIDTH, inside / height)
    )
    axes.set_ylim(inside, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.suptitle(title, x=0, y=1, ha="left", va="top", fontsize=11, fontweight="bold")
    figure.text(0, 1 - 0.2 / height, scope, fontsize=8, va="top", color=_SOFT)
    tops = itertools.accumulate((row.height for row in rows), initial=0.0)
    places = []
    for row, top in zip(rows, tops, strict=False):
        _write(axes, row, top)
        places.append((row, top + row.height / 2))
    return figure, axes, places


def _write(axes: Any, row: _Row, top: float) -> None:
    """Write the words of a row; a line sets a heading apart from what stands above it."""
    across = axes.get_yaxis_transform()
    place = {"transform": across, "va": "top", "clip_on": False}
    x, is_heading = (row.indent - _LABELS) / _PANEL, not (row.claim or row.text)
    weight, words = "bold" if is_heading else "normal", "\n".join(row.words)
    axes.text(x, top + _PAD, words, fontsize=7.8, fontweight=weight, linespacing=1.1, **place)
    if row.below:
        y = top + _PAD + _LINE * len(row.words)
        axes.text(x, y, row.below, fontsize=7.2, color=_SOFT, **place)
    if is_heading and top:
        axes.plot([x, 1], [top, top], color="#bbbbbb", lw=0.8, clip_on=False, transform=across)


def _finish(axes: Any, marks: list[_Mark], colors: dict[str, str]) -> None:
    """Give a chart its grid and its legend."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    plain = {"color": display.COLORS["black"], "ls": "", "solid_capstyle": "butt"}
    looks = {label: plain | look for is_drawn, label, look in marks if is_drawn}
    looks |= {f"says {name}": {"ls": "-", "lw": 4, "color": c} for name, c in colors.items()}
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="x")
    axes.legend(
        handles=[Line2D([], [], label=label, **look) for label, look in looks.items()],
        loc="upper left",
        bbox_to_anchor=(-_LABELS / _PANEL, -0.42 / axes.get_ylim()[0]),
        ncol=4,
        frameon=False,
        fontsize=8,
        borderaxespad=0,
        borderpad=0,
        columnspacing=1.4,
        handletextpad=0.6,
    )


# Marks


def _colors(figures: pd.DataFrame) -> dict[str, str]:
    """A color for each asserter; more asserters than colors share the last one."""
    names = sorted(set(figures["said_by"]) - {NO_ASSERTER})
    palette = itertools.chain(_PALETTE, itertools.repeat(_PALETTE[-1]))
    colors = {name: display.COLORS[color] for name, color in zip(names, palette, strict=False)}
    if NO_ASSERTER in set(figures["said_by"]):
        colors[NO_ASSERTER] = display.COLORS["gray"]
    return colors


def _draw_interval(axes: Any, y: float, interval: Interval, color: str, arrow: float) -> float:
    """Draw one interval; return where it ends."""
    low, high, is_soft = interval.low, interval.high, interval.approximate
    look = {"color": color, "mfc": "white" if is_soft else color, "clip_on": False, "zorder": 3}
    edge = "o" if is_soft else "|"
    match interval.kind:
        case "exact" | "approximate":
            axes.plot([low], [y], "o" if low else "D", ms=7, mew=1.6, ls="", **look)
            return low
        case "range":
            axes.plot([low, high], [y, y], marker=edge, ms=9, mew=1.6, lw=3.5, **look)
            return high
        case "ceiling":
            start, tip = high, max(high - arrow, 0)
        case _:
            start, tip = low, low + arrow
    axes.plot([start], [y], marker=edge, ms=11, mew=2.4, ls="", **look)
    style = {"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (tip, y), (start, y), arrowprops=style)
    return max(start, tip)


def _draw_silence(axes: Any, row: _Row, y: float, span: float) -> None:
    half = row.height / 2 - 0.04
    axes.fill_between([0, span], y - half, y + half, color="#efefef", lw=0, zorder=1)
    look = {"va": "center", "fontsize": 8, "style": "italic", "color": _SOFT}
    axes.text(0.01 * span, y, "no number stated", **look)


def _draw_statement(axes: Any, y: float, claim: Any, color: str, first: float) -> None:
    """Draw the time that a statement covers, its date, and that of its text if it is later."""
    start, end = _year(claim.covers_from), _year(claim.covers_to, last=True)
    if math.isnan(start):
        axes.plot([first, end], [y, y], color=color, lw=2, ls=(0, (1.5, 1.5)), zorder=2)
    else:
        axes.plot([start, end], [y, y], color=color, lw=7, solid_capstyle="butt", alpha=0.45)
    _draw_date(axes, y, claim.stated_earliest, claim.stated_latest, "D", color)
    if claim.text_earliest > claim.stated_latest:
        _draw_date(axes, y, claim.text_earliest, claim.text_latest, "|", color)


def _draw_date(axes: Any, y: float, earliest: Any, latest: Any, marker: str, face: str) -> None:
    """Draw a date as a mark in the middle of a line over all days that it may be."""
    start, end = _year(earliest), _year(latest, last=True)
    if math.isnan(start) or math.isnan(end):
        return
    dark = display.COLORS["black"]
    axes.plot([start, end], [y, y], color=dark, lw=1, zorder=3)
    axes.plot([(start + end) / 2], [y], marker=marker, ms=6.5, mfc=face, mec=dark, ls="", zorder=4)


def _year(day: pd.Timestamp, last: bool = False) -> float:
    """A day as a number on the scale of years; NaN where it is unknown."""
    if pd.isna(day):
        return math.nan
    return day.year + (day.day_of_year - 1 + last) / (366 if day.is_leap_year else 365)


def _years(figures: pd.DataFrame, texts: list[Any]) -> tuple[float, float]:
    """The years that the timeline shows, with one before, for time that has no stated start."""
    columns = ("covers_from", "covers_to", "stated_earliest", "text_latest")
    days = [day for column in columns for day in figures[column]]
    days += [day for text in texts for day in (text.stated_earliest, text.stated_latest)]
    years = [day.year for day in days if not pd.isna(day)]
    return (min(years) - 1.0, max(years) + 1.2) if years else (0.0, 1.0)


# Legends: for each mark, whether it is drawn, its words and its look


def _number_marks(intervals: pd.Series, texts: list[Any]) -> list[_Mark]:
    kinds = {interval.kind for interval in intervals}
    is_soft = any(interval.approximate for interval in intervals)
    is_single = any(interval.kind == "exact" and interval.high > 0 for interval in intervals)
    is_none = any(interval.high == 0 for interval in intervals)
    return [
        (kinds & {"floor", "ceiling"}, "open end", {"marker": ">", "ls": "-", "lw": 2.2, "ms": 6}),
        ("range" in kinds, "range", {"ls": "-", "lw": 3.5}),
        (is_soft, "approximate", {"marker": "o", "mfc": "white", "mew": 1.6, "ms": 7}),
        (is_single, "single number", {"marker": "o", "ms": 7}),
        (is_none, "none, and stated", {"marker": "D", "ms": 6.5}),
        (texts, "silence", {"marker": "s", "ms": 9, "color": "#e3e3e3"}),
    ]


def _time_marks(figures: pd.DataFrame, texts: list[Any]) -> list[_Mark]:
    starts = figures["covers_from"].notna()
    is_late = (figures["text_earliest"] > figures["stated_latest"]).any()
    return [
        (starts.any(), "time covered", {"ls": "-", "lw": 7, "color": "#b5b5b5"}),
        (not starts.all(), "start not stated", {"ls": (0, (1.5, 1.5)), "lw": 2}),
        (True, "stated (line: some day in it)", {"marker": "D", "ms": 6.5}),
        (is_late, "text that tells it later", {"marker": "|", "ms": 7}),
        (texts, "text without a number", {"marker": "s", "ms": 6.5, "mfc": "white"}),
    ]
