"""Resolutions of the Security Council, and what the texts do with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import display
from ctdata.evidence import citation
from ctdata.kept import kept
from ctdata.timeline.drawing import Key, set_out
from ctdata.timeline.lanes import COUNCIL, COUNCIL_RANK, lanes, words_for
from ctdata.timeline.rows import (
    EVIDENCE,
    Row,
    evidence,
    frame,
    grouped,
    issues,
    once,
    records,
)  # fmt: skip

if TYPE_CHECKING:
    from ctdata.corpus import Selection

_USES = {
    "assessed": ("implementation assessed", "o", "blue"),
    "implemented": ("carried out", "s", "green"),
    "invoked": ("invoked", "D", "orange"),
    "co_sponsored": ("co-sponsored", "^", "vermilion"),
    "established_body": ("basis of a body", "*", "black"),
    "reported_under": ("reported on", "P", "purple"),
    "adopted": ("adoption told", "_", "gray"),
    "other": ("other act", "<", "sky"),
    "named": ("named only", "x", "gray"),
}
UNNUMBERED = "no number"
_MOST_COLUMNS = 12  # more resolutions than these need their numbers turned


def numbers(selection: Selection) -> dict[str, str]:
    """Numbers of the Council's resolutions by their ids; its unnumbered decisions have none."""
    instruments = selection.corpus.load("instruments")
    ranks = lanes(instruments, selection.corpus.load("organizations"))["rank"]
    found = {}
    for row, rank in zip(records(instruments), ranks, strict=True):
        if rank == COUNCIL_RANK and row["kind"] == "resolution":
            found[row["instrument_id"]] = row["number"] or row["title"]
        elif row["jurisdiction_id"] == COUNCIL and row["kind"] == "collection":
            found[row["instrument_id"]] = UNNUMBERED
    return found


def in_order(resolutions: Iterable[str]) -> list[str]:
    """Resolutions in order of number, each once."""
    return sorted(set(resolutions), key=_number)


def _number(resolution: str) -> tuple[float, str]:
    digits = re.search(r"\d+", resolution)
    return (int(digits.group()) if digits else float("inf")), resolution


@kept
def invocations(selection: Selection) -> pd.DataFrame:
    """Find out what each text does with each resolution of the Security Council.

    That the Council adopted a resolution is carried by naming it with its year; it counts only
    where the text does nothing else with it. A resolution that a text names without any act is
    "named". Resolutions and decisions that a text leaves without a number count as one.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text, resolution and use, by the text's date of issue and the resolution's
        number: ``source_id, text, resolution, instrument_id, use, what`` and evidence.
    """
    number_of, issued = numbers(selection), issues(selection)
    claims, mentions = (
        records(rows[rows["instrument_id"].isin(number_of)])
        for rows in (selection.legal_events, selection.mentions)
    )
    told = [*claims, *(_named(mention, selection) for mention in mentions)]
    rows = []
    for (source_id, one), of_text in grouped(told, "source_id", "instrument_id").items():
        uses = grouped(of_text, "action")
        for weaker in ("named", "adopted"):
            if len(uses) > 1:
                uses.pop(weaker, None)
        words = {"text": f"{source_id} ({issued[source_id]})", "resolution": number_of[one]}
        for use, behind in uses.items():
            what = _USES[use][0] if use in _USES else words_for(use)
            rows.append(behind[0] | words | {"use": use, "what": what} | evidence(behind))
    order = list(issued).index

    def by_issue_and_number(row: Row) -> tuple[Any, ...]:
        number = _number(row["resolution"])
        return order(row["source_id"]), number, row["instrument_id"], row["use"]

    rows.sort(key=by_issue_and_number)
    return frame(rows, "source_id text resolution instrument_id use what", *EVIDENCE)


def _named(mention: Row, selection: Selection) -> Row:
    """A mention as if it were a claim on what it names."""
    paragraph = selection.corpus.text(mention["source_id"]).paragraph_at(mention["start"])
    place = ("", mention["source_id"], citation(mention["source_id"], paragraph))
    cells = (*place, " ".join(mention["text"].split()))
    told = {name: (cell,) for name, cell in zip(EVIDENCE, cells, strict=True)}
    return mention | told | {"action": "named"}


def matrix(texts: Sequence[str], uses: pd.DataFrame) -> pd.DataFrame:
    """Place uses in a grid: texts as given from the top, resolutions in order of number.

    ``x`` and ``y`` are in cells; several uses stand side by side in theirs.
    """
    columns = in_order(uses["resolution"])
    known = uses.assign(use=uses["use"].where(uses["use"].isin(_USES), "other"))
    cells = grouped(known.to_dict("records"), "source_id", "resolution")
    rows = []
    for (source_id, resolution), cell in cells.items():
        by_use = grouped(cell, "use")
        for place, use in enumerate(sorted(by_use, key=list(_USES).index)):
            aside = (place - (len(by_use) - 1) / 2) * 0.8 / max(3, len(by_use))
            at = {"x": columns.index(resolution) + aside, "y": texts.index(source_id)}
            told = by_use[use]
            rows.append(told[0] | at | {"label": _USES[use][0]} | evidence(told))
    return frame(rows, "source_id resolution use label x y", *EVIDENCE)


def draw_invocations(
    selection: Selection, uses: pd.DataFrame
) -> display.Picture | display.Sentence:
    """Draw texts in order of issue against resolutions in order of number.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    display.Picture or display.Sentence
        A sentence where no text names a resolution.
    """
    if uses.empty:
        return display.Sentence("No text in scope names a resolution of the Security Council.")
    speaking = {*selection.sources["source_id"], *selection.legal_events["source_id"]}
    issued = {text: when for text, when in issues(selection).items() if text in speaking}
    texts, labels = list(issued), [f"{text}, {when}" for text, when in issued.items()]
    resolutions = in_order(uses["resolution"])
    turned = len(resolutions) > _MOST_COLUMNS
    figure, axes = display.canvas(1)
    keys = _draw_uses(axes, matrix(texts, uses))
    axes.set_xlim(-0.5, max(len(resolutions), 6) - 0.5)
    axes.set_ylim(len(texts) - 0.5, -0.5)
    words = [name if turned else name.replace(" ", "\n", 1) for name in resolutions]
    axes.set_xticks(range(len(resolutions)), words, rotation=90 if turned else 0)
    axes.set_yticks(range(len(texts)), labels)
    axes.tick_params(length=0, labelsize=7.5)
    axes.xaxis.tick_top()
    axes.grid(True)
    axes.spines[:].set_visible(False)
    left, head = 0.15 + 0.062 * max(map(len, labels)), 1.25 if turned else 0.8
    room = {"left": left, "head": head, "body": 0.3 * len(texts), "foot": 0.15}
    title = _title(texts, uses)
    set_out(figure, axes, keys, title, selection.scope, **room)
    told = (
        f"{source_id}: {display.listing(in_order(group['resolution']))}"
        for source_id, group in uses.groupby("source_id", sort=False)
    )
    return display.Picture(
        figure,
        "Matrix of texts, in order of issue, and resolutions, in order of number "
        f"({selection.scope}). {title}. {'; '.join(told)}. "
        "What each text does with them is in the table after the chart.",
    )


def _draw_uses(axes: Any, placed: pd.DataFrame) -> list[Key]:
    """Marks; what is drawn is told for the legend."""
    keys: list[Key] = []
    for use, (label, shape, color_name) in _USES.items():
        points = placed[placed["use"] == use]
        if points.empty:
            continue
        color, edge = display.COLORS[color_name], 1.5 if shape in "x_" else 0
        size = 90 if shape == "*" else 50
        axes.scatter(
            points["x"], points["y"], s=size, marker=shape, color=color, linewidths=edge, zorder=3
        )
        keys.append(({"marker": shape, "color": color, "markeredgewidth": edge}, label))
    return keys


def _title(texts: Sequence[str], uses: pd.DataFrame) -> str:
    numbered = uses[uses["resolution"] != UNNUMBERED]
    naming = numbered["source_id"].nunique()
    who = f"{naming} of {len(texts)} texts" if len(texts) > 1 else texts[0]
    named = display.count(numbered["resolution"].nunique(), "resolution")
    verb = "names" if naming == 1 else "name"
    return f"{who} {verb} {named} of the Security Council by number"


def by_text(uses: pd.DataFrame) -> pd.DataFrame:
    """Gather the resolutions with which a text does the same.

    Parameters
    ----------
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    pandas.DataFrame
        A row for each text and use, in order of issue: ``text, does, resolutions`` (words) and
        evidence.
    """
    rows = []
    for (text, does), group in grouped(uses.to_dict("records"), "text", "what").items():
        named = display.listing(once(row["resolution"] for row in group))
        rows.append({"text": text, "does": does, "resolutions": named, **evidence(group)})
    return frame(rows, "text does resolutions", *EVIDENCE)
