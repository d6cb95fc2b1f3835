"""The picture of what several texts share: a row a thing, a column a text."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ctdata import display
from ctdata.corpus import Selection
from ctdata.corroboration.reading import GROUPS, names_of
from ctdata.corroboration.rows import Row, by
from ctdata.corroboration.verdicts import AGREE, AGREEING, BESIDE, EXCLUDE, FINER

_BLACK = display.COLORS["black"]
_MARKERS = "os^DvP*X<>"
_LINES = {
    AGREE: {"color": display.COLORS["blue"], "linewidth": 2.6, "linestyle": "solid"},
    FINER: {"color": display.COLORS["sky"], "linewidth": 2.6, "linestyle": (0, (4, 1))},
    BESIDE: {"color": display.COLORS["gray"], "linewidth": 1.3, "linestyle": (0, (1, 1.6))},
    EXCLUDE: {"color": display.COLORS["vermilion"], "linewidth": 2.6, "linestyle": "solid"},
}
_HEADINGS = {"Ties": "Ties of bodies", "Treaties": "How far treaties are accepted"}
# Sizes in inches: height of a row, distance of the columns and what they may take together, room
# for the words on the right and above, width of a character of a label.
_ROW = 0.185
_PITCH, _COLUMNS_WIDTH = 0.48, 2.6
_FACETS_WIDTH, _TOP = 1.75, 1.1
_CHARACTER = 0.0585

# A mark for each speaker, with the speaker's name and texts.
Marks = Mapping[str, tuple[str, list[str]]]
Columns = Mapping[str, float]
# Rows of the picture with their heights on the page.
Placed = Sequence[tuple[float, Row]]


def things(met: pd.DataFrame) -> pd.DataFrame:
    """Gather the verdicts on one body, instrument, event or number.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
        A row for each thing that two texts speak of, but for what names carry (a contradiction in
        that stays): ``group, thing, label``, ``verdicts`` (dict: a pair of texts, and "exclude each
        other" if they do so anywhere, or else whether they agree anywhere), ``facets`` (tuple: in
        what the texts differ), ``confirmed`` (bool: two texts agree somewhere), ``independent``
        (bool: two speakers do).
    """
    kept = met[~met["structural"] | (met["verdict"] == EXCLUDE)]
    rows = []
    for thing, found in by(kept.to_dict("records"), "thing").items():
        verdicts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in found:
            verdicts[row["text_a"], row["text_b"]].append(row["verdict"])
        agreeing = [row for row in found if row["verdict"] in AGREEING]
        rows.append(
            {
                "group": found[0]["group"],
                "thing": thing,
                "label": found[0]["thing_label"],
                # A contradiction shows, and so does that one text is more exact.
                "verdicts": {
                    texts: next(v for v in (EXCLUDE, FINER, AGREE, BESIDE) if v in given)
                    for texts, given in verdicts.items()
                },
                "facets": tuple(dict.fromkeys(n for row in found for n in row["facets"])),
                "confirmed": bool(agreeing),
                "independent": any(row["speaker_a"] != row["speaker_b"] for row in agreeing),
            }
        )
    rows.sort(key=lambda row: (not row["independent"], not row["confirmed"], row["label"]))
    rows.sort(key=lambda row: GROUPS.index(row["group"]))
    columns = "group thing label verdicts facets confirmed independent".split()
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"confirmed": bool, "independent": bool})


def draw(selection: Selection, shared: pd.DataFrame) -> display.Picture | display.Sentence:
    """Draw which texts tell the shared things, and how they stand to each other.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    shared : pandas.DataFrame
        From :func:`things`.

    Returns
    -------
    display.Picture or display.Sentence
        A row a thing, a column a text, a mark where it speaks, and between two marks a line for the
        verdict. Lines that run past a text between them are drawn as arcs, and only where they say
        more than the lines below them.
    """
    if shared.empty:
        return display.Sentence("No two texts in scope speak of the same thing.")
    named = {name for verdicts in shared["verdicts"] for pair in verdicts for name in pair}
    texts = [name for name in names_of(selection.corpus).texts if name in named]
    pitch = min(_PITCH, _COLUMNS_WIDTH / len(texts))
    right = display.WIDTH - _FACETS_WIDTH
    at = {name: right - pitch * (len(texts) - i) + 0.15 for i, name in enumerate(texts)}
    marks, rows = _marks(selection, texts), _rows(shared)
    legend = _legend(shared, marks)
    bottom = _TOP + _ROW * len(rows) + 0.1
    height = bottom + _ROW * math.ceil(len(legend) / 3)
    # All is placed in inches from the upper left corner, so there is no layout to be worked out.
    figure, axes = display.canvas(height)
    figure.set_layout_engine(None)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, display.WIDTH), ylim=(height, 0))
    axes.axis("off")
    _write(axes, rows, at, right)
    _draw_lines(axes, rows, at, marks)
    _draw_legend(axes, legend, bottom)
    confirmed, independent = int(shared["confirmed"].sum()), int(shared["independent"].sum())
    finding = (
        f"Of {display.count(len(shared), 'thing')} that several texts tell, {confirmed} "
        f"{'is' if confirmed == 1 else 'are'} confirmed, {independent} by different speakers"
    )
    _text(axes, 0, 0.12, finding, fontsize=10.5, fontweight="bold")
    _text(axes, 0, 0.32, selection.scope, fontsize=8.5)
    return display.Picture(figure, _describe(shared, texts, finding, selection.scope))


def _text(axes: Any, x: float, y: float, words: str, **style: Any) -> None:
    # The page is as large as the axes, so texts need not be measured for its bounds.
    axes.text(x, y, words, **{"fontsize": 7.5, "va": "center_baseline", "in_layout": False} | style)


def _marks(selection: Selection, texts: Iterable[str]) -> Marks:
    names = names_of(selection.corpus)
    by_speaker: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        by_speaker[names.speakers[text]].append(text)
    speakers = ((names.of_id.get(name, name), told) for name, told in by_speaker.items())
    return dict(zip(itertools.cycle(_MARKERS), speakers, strict=False))


def _rows(shared: pd.DataFrame) -> Placed:
    """Headings, and under each its things."""
    rows: list[Row] = []
    for group, things_in in by(shared.to_dict("records"), "group").items():
        rows += [{"label": _HEADINGS.get(group, group), "verdicts": {}, "facets": ()}, *things_in]
    return [(_TOP + _ROW * i, row) for i, row in enumerate(rows)]


def _write(axes: Any, rows: Placed, at: Columns, right: float) -> None:
    """Names of texts, headings, names of things, and in what the texts differ."""
    left = min(at.values()) - 0.2
    above = {"y": _TOP - 0.15, "va": "bottom"}
    for name, x in at.items():
        _text(axes, x, words=name.replace("-", "-\n"), ha="center", linespacing=1, **above)
    if any(row["facets"] for _, row in rows):
        _text(axes, right, words="differ in", style="italic", **above)
    for y, row in rows:
        if not row["verdicts"]:
            _text(axes, 0, y, row["label"], fontweight="bold")
            continue
        _text(axes, left, y, _shorten(row["label"], left), ha="right")
        if row["facets"]:
            _text(axes, right, y, _shorten(", ".join(row["facets"]), _FACETS_WIDTH + 0.1))


def _shorten(words: str, room: float) -> str:
    return textwrap.shorten(words, int(room / _CHARACTER), placeholder=" …")


def _draw_lines(axes: Any, rows: Placed, at: Columns, marks: Marks) -> None:
    """Marks where texts speak, and lines between them."""
    from matplotlib.collections import LineCollection

    told = [(y, row["verdicts"]) for y, row in rows if row["verdicts"]]
    axes.hlines([y for y, _ in told], min(at.values()), max(at.values()), color="#e4e4e4", lw=0.7)
    lines = defaultdict(list)
    for y, found in told:
        for verdict, line in _connect(found, at, y):
            lines[verdict].append(line)
    for verdict, style in _LINES.items():
        axes.add_collection(LineCollection(lines[verdict], zorder=2, **style), autolim=False)
    for line in lines[EXCLUDE]:
        axes.plot(*line[len(line) // 2], "x", color=_BLACK, zorder=4)
    for mark, (_, texts) in marks.items():
        spoken = [
            (at[text], y) for y, found in told for text in texts if any(text in p for p in found)
        ]
        axes.plot(*zip(*spoken, strict=True), mark, color=_BLACK, ms=5.5, zorder=3)


def _connect(
    verdicts: Mapping[tuple[str, str], str], at: Columns, y: float
) -> Iterable[tuple[str, list[tuple[float, float]]]]:
    """Lines between the marks of a row: straight to the next one, arched past others."""
    between = {(at[one], at[other]): verdict for (one, other), verdict in verdicts.items()}
    marks = sorted({x for pair in between for x in pair})
    for (start, end), verdict in sorted(between.items()):
        steps = [x for x in marks if start <= x <= end]
        if len(steps) == 2:
            yield verdict, [(start, y), ((start + end) / 2, y), (end, y)]
        elif verdict != BESIDE and {between.get(s) for s in itertools.pairwise(steps)} != {verdict}:
            # A parabola, not half a row high.
            turns = [i / 12 for i in range(13)]
            arch = 1.7 * _ROW
            yield verdict, [(start + (end - start) * u, y - arch * u * (1 - u)) for u in turns]


def _legend(shared: pd.DataFrame, marks: Marks) -> list[tuple[str, Row]]:
    """Words and style of each line and mark that is used."""
    used = {verdict for found in shared["verdicts"] for verdict in found.values()}
    entries: list[tuple[str, Row]] = [
        (verdict, dict(style)) for verdict, style in _LINES.items() if verdict in used
    ]
    if EXCLUDE in used:
        entries[-1][1].update(marker="x", markevery=[1], markeredgecolor=_BLACK)
    return entries + [
        (f"{name} speaks", {"marker": mark, "color": _BLACK, "markersize": 5.5})
        for mark, (name, _) in marks.items()
    ]


def _draw_legend(axes: Any, legend: Iterable[tuple[str, Row]], bottom: float) -> None:
    for i, (words, style) in enumerate(legend):
        x, y = 0.1 + i % 3 * display.WIDTH / 3, bottom + i // 3 * _ROW
        line = [x, x + 0.15, x + 0.3] if "linestyle" in style else [x + 0.15]
        axes.plot(line, [y] * len(line), **style)
        _text(axes, x + 0.4, y, words)


def _describe(shared: pd.DataFrame, texts: Sequence[str], finding: str, scope: str) -> str:
    excluding = [row.label for row in shared.itertuples() if EXCLUDE in row.verdicts.values()]
    confirmed = shared.loc[shared["independent"], "label"]
    facets = sorted({name for facets in shared["facets"] for name in facets})
    return (
        f"{finding} ({scope}). A row a thing, a column a text ({', '.join(texts)}). "
        f"Confirmed by different speakers: {'; '.join(confirmed) or 'none'}. "
        f"Exclude each other: {'; '.join(excluding) or 'none'}. "
    ) + (f"Elsewhere texts differ in {display.listing(facets)}." if facets else "")
