"""What the figures come to, in sentences; and which text is silent."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import display
from ctdata.estimates.comparing import respects, shares, total
from ctdata.estimates.figures import (
    FIGHTERS,
    NO_ASSERTER,
    NO_STATE,
    day_in_words,
    departures,
    fighters,
    read,
    state_names,
)
from ctdata.estimates.intervals import Incomparable
from ctdata.kept import kept

if TYPE_CHECKING:
    from ctdata.corpus import Selection


@kept
def statements(selection: Selection) -> pd.DataFrame:
    """Which text states how many left, died, returned or were convicted, and which one is silent.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text that has any claim in scope: ``source_id, state, stated`` (date of the
        text in words), ``stated_earliest, stated_latest``, a column for each indicator of
        ``FIGHTERS`` with the numbers and their citations, or "silent", or "outside the scope"
        where the text gives a number for other years only; ``silent`` (bool): it gives no such
        number at all.
    """
    corpus, filters, figures = selection.corpus, selection.filters, fighters(read(selection))
    in_scope = dict(list(figures.groupby(["source_id", "indicator"])))
    told = corpus.load("figures", country=filters["country"], source=filters["source"])
    all_years = fighters(told)
    known = set(zip(all_years["source_id"], all_years["indicator"], strict=True))
    texts, states = corpus.load("sources"), state_names(corpus)
    rows = []
    for text in texts[texts["source_id"].isin(_speaking(selection))].itertuples():
        row: dict[str, Any] = {
            "source_id": text.source_id,
            "state": states.get(text.country, NO_STATE),
            "stated": day_in_words(text.issued),
            "stated_earliest": text.issued_earliest,
            "stated_latest": text.issued_latest,
            "silent": not any((text.source_id, indicator) in known for indicator in FIGHTERS),
        }
        for indicator in FIGHTERS:
            at = (text.source_id, indicator)
            missing = "outside the scope" if at in known else "silent"
            row[indicator] = _cell(in_scope[at]) if at in in_scope else missing
        rows.append(row)
    columns = ["source_id", "state", "stated", "stated_earliest", "stated_latest"]
    frame = pd.DataFrame(rows, columns=[*columns, *FIGHTERS, "silent"])
    return frame.sort_values(["stated_earliest", "source_id"], ignore_index=True)


def _speaking(selection: Selection) -> set[str]:
    """The texts that make any claim in scope."""
    tables = [name for name, table in selection.corpus.schema.items() if table.is_claim]
    return {source for name in tables for source in getattr(selection, name)["source_id"]}


class _Cell(display.Sentence):
    """Words and a citation within a table."""

    def html(self) -> str:
        return super().html().replace("<p ", "<span ", 1).removesuffix("</p>") + "</span>"


def _cell(figures: pd.DataFrame) -> _Cell:
    return _Cell(f"{numbers_in_words(figures)} ", display.Citation(figures))


def numbers_in_words(figures: pd.DataFrame, verb: str = "") -> str:
    """The numbers of one text, each with a verb; parts in brackets."""
    alone, parts = figures[figures["whole"].isna()], figures[figures["whole"].notna()]
    if alone.empty:
        alone, parts = parts, alone
    words = ", ".join(f"{number} {verb}".rstrip() for number in alone["number"])
    return words + (f" (of them {display.listing(parts['number'])})" if len(parts) else "")


def silence(selection: Selection) -> display.Sentence:
    """What to say where no text in scope tells how many left."""
    names = display.listing(statements(selection)["source_id"])
    if not names:
        return display.Sentence("No text speaks in this scope.")
    return display.Sentence(
        f"No number of people who left for a conflict is in scope. The texts that speak here "
        f"({names}) state none for this scope; that is silence, not zero."
    )


def in_total(figures: pd.DataFrame) -> display.Sentence:
    """Say what the figures add up to, or why they are not added.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows from :func:`read`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if len(figures) < 2:
        return display.Sentence("Fewer than two figures are in scope: there is nothing to add.")
    cited = display.Citation(figures)
    try:
        words = total(figures).interval.label()
    except Incomparable as reason:
        return display.Sentence(f"No sum is given: {reason}. ", cited)
    differing = _differing(figures)
    caution = f" It mixes figures that differ in {differing}, so it is not to be quoted without "
    return display.Sentence(
        f"By the bounds alone the {len(figures)} figures add up to {words} ",
        cited,
        f".{caution}saying so." if differing else ".",
    )


def _differing(figures: pd.DataFrame) -> str:
    """The respects in which any two of the figures differ, in words."""
    return display.listing(respects(list(itertools.combinations(figures.itertuples(), 2))))


def answer(selection: Selection) -> display.Bullets | display.Sentence:
    """Say how many left, which shares that bounds, and whether the figures may be compared.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Bullets or ctdata.display.Sentence
    """
    figures = read(selection)
    left = departures(figures)
    if left.empty:
        return silence(selection)
    lines = [_left_in_words(state, rows) for state, rows in left.groupby("state")]
    for (state, whole), rows in shares(figures).groupby(["state", "whole"], sort=False):
        lines.append(_shares_in_words(state, whole, rows, figures))
    if differing := _differing(left):
        lines.append(
            display.Sentence(
                f"The figures of all who left differ in {differing}: "
                "they are neither added nor ranked without saying so."
            )
        )
    return display.Bullets(lines)


def _left_in_words(state: str, figures: pd.DataFrame) -> display.Sentence:
    parts: list[str | display.Shown] = []
    for row in figures.to_dict("records"):
        known = row["said_by"] != NO_ASSERTER
        said = f"says {row['said_by']}" if known else "by whom is not told"
        lead = "; " if parts else f"{state}: "
        words = f"{row['number']} ({row['population']}; {row['covers']}; {said}) "
        parts += [lead + words, display.Citation(row)]
    return display.Sentence(*parts, ".")


def _shares_in_words(
    state: str, whole: str, rows: pd.DataFrame, figures: pd.DataFrame
) -> display.Sentence:
    is_known = rows["share"] != "not bounded"
    words = display.listing(rows["part"].str.cat(rows["share"], " ")[is_known])
    unknown = display.listing(rows.loc[~is_known, "part"])
    said = [f"{words} of them"] if words else []
    said += [f"the share of {unknown} has no bound"] if unknown else []
    cited = figures[figures["claim_id"].isin(set().union(*rows["claim_ids"]))]
    return display.Sentence(
        f"{state}, of {whole}: {'; '.join(said)} ", display.Citation(cited), "."
    )
