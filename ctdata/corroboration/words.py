"""Sentences and tables for the notebook, each with the words of the texts behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ctdata import display
from ctdata.corpus import Selection
from ctdata.corroboration.rows import EVIDENCE, by, each, is_stated
from ctdata.corroboration.support import summary
from ctdata.corroboration.verdicts import BESIDE, EXCLUDE

Evidence = Mapping[str, Mapping[str, Any]]


def evidence(selection: Selection) -> dict[str, dict[str, Any]]:
    """All claims in scope with their words.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    dict of str to dict
        ``source_id, claim_id, citation, quote, note``, by ``claim_id``.
    """
    tables = [name for name, table in selection.corpus.schema.items() if table.is_claim]
    frames = (getattr(selection, name)[EVIDENCE] for name in tables)
    return {row["claim_id"]: row for frame in frames for row in frame.to_dict("records")}


def _cite(words: Evidence, claim_ids: Iterable[str]) -> display.Citation:
    return display.cited(words[claim] for claim in claim_ids)


def _quote(words: Evidence, claim_ids: Iterable[str]) -> display.Sentence:
    """What claims say, where, and what the curator notes; no quote that another one holds."""
    rows = [words[claim] for claim in claim_ids]
    quotes = each(rows, "quote")
    whole = [q for q in quotes if not any(q != other and q in other for other in quotes)]
    notes = " ".join(note for note in each(rows, "note") if is_stated(note))
    said = "; ".join(f"“{quote}”" for quote in whole)
    return display.Sentence(f"{said} ", _cite(words, claim_ids), f" Note: {notes}" if notes else "")


def side_by_side(
    met: pd.DataFrame, words: Evidence, *, caption: str, empty: str
) -> display.Table | display.Sentence:
    """Show pairs of texts with what each says.

    Parameters
    ----------
    met : pandas.DataFrame
        Rows from :func:`pairs` or :func:`look_alikes`, with ``label, verdict, how, only``.
    words : mapping
        From :func:`evidence`.
    caption, empty : str
        What the table shows, and what to say where it would be empty.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
    """
    lines = [
        (
            row.label,
            ": ".join(filter(None, [row.verdict, "; ".join(filter(None, [row.how, row.only]))])),
            _quote(words, row.claims_a),
            _quote(words, row.claims_b),
        )
        for row in met.itertuples()
    ]
    headers = ["What", "Verdict", "Earlier text", "Later text"]
    shown = pd.DataFrame(lines, columns=headers, dtype=object)
    return display.table(shown, caption=caption, empty=empty)


def by_column(
    rows: pd.DataFrame, words: Evidence, index: Mapping[str, str], *, caption: str, empty: str
) -> display.Table | display.Sentence:
    """Show what texts say in columns, a text a column.

    Parameters
    ----------
    rows : pandas.DataFrame
        A row a claim, with the columns of ``index``, ``source_id, says, claim_id``, texts in order
        of issue.
    words : mapping
        From :func:`evidence`.
    index : mapping of str to str
        The columns that tell the rows of the table apart, with their headers; rows that share the
        first one stand together.
    caption, empty : str
        What the table shows, and what to say where it would be empty.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
        A cell is "silent" where a text says nothing.
    """
    told = rows.to_dict("records")
    texts = each(told, "source_id")
    lines = []
    for of_group in by(told, next(iter(index))).values():
        places = defaultdict(list)
        for row in of_group:
            places[tuple(row[name] for name in index)].append(row)
        for i, (place, at_place) in enumerate(places.items()):
            by_text = by(at_place, "source_id")
            cells = [_cell(words, by_text[text]) if text in by_text else "silent" for text in texts]
            # A group is named once, in its first line.
            lines.append([place[0] if i == 0 else "", *place[1:], *cells])
    shown = pd.DataFrame(lines, columns=[*index, *texts], dtype=object)
    return display.table(
        shown, {**index, **dict(zip(texts, texts, strict=True))}, caption=caption, empty=empty
    )


def _cell(words: Evidence, claims: Iterable[Mapping[str, Any]]) -> display.Sentence:
    said = "; ".join(each(claims, "says"))
    return display.Sentence(f"{said} ", _cite(words, each(claims, "claim_id")))


def tell_support(counted: pd.DataFrame) -> display.Sentence:
    """Say how many points stand on how many texts.

    Parameters
    ----------
    counted : pandas.DataFrame
        From :func:`summary`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if counted.empty:
        return display.Sentence("The texts in scope make no claim that could be compared.")
    everything = counted.iloc[-1]
    points, one, independent = everything[["points", "one", "independent"]]
    if one == points:
        return display.Sentence(
            f"{display.count(points, 'point')} in scope, and no two texts agree on any."
        )
    return display.Sentence(
        f"{display.count(one, 'point')} of {points:,} "
        f"{'stands' if one == 1 else 'stand'} on one text alone; "
        f"{points - one} on more than one, {everything['by_name']} of them carried by a name. "
        f"Of the {everything['own_words']} others, {independent} "
        f"{'has' if independent == 1 else 'have'} different speakers."
    )


def tell_seats(met: pd.DataFrame, words: Evidence) -> display.Sentence:
    """Say which bodies sat in delegations that different texts tell of.

    Parameters
    ----------
    met, words : pandas.DataFrame, mapping
        From :func:`pairs` and :func:`evidence`.

    Returns
    -------
    ctdata.display.Sentence
    """
    by_visit = defaultdict(list)
    for row in met[met["kind"] == "seat"].itertuples():
        visit, _, body = row.label.partition(": ")
        by_visit[visit].append((body, row.claims_a + row.claims_b))
    if not by_visit:
        return display.Sentence("No body sits in the delegations of two visits in scope.")
    parts: list[str | display.Shown] = []
    for visit, said in by_visit.items():
        parts += [f"{visit}, more than once: ", *_list(said, words), ". "]
    return display.Sentence(
        *parts, "Each text tells of its own visit, so neither confirms the other."
    )


def _list(
    entries: Iterable[tuple[str, Iterable[str]]], words: Evidence
) -> list[str | display.Shown]:
    """Words with citations behind them, and semicolons between."""
    parts: list[str | display.Shown] = []
    for said, claim_ids in entries:
        parts += ["; " if parts else "", f"{said} ", _cite(words, claim_ids)]
    return parts


def tell_differences(met: pd.DataFrame, words: Evidence) -> display.Sentence:
    """Say where texts exclude each other, and in what they merely differ.

    Parameters
    ----------
    met, words : pandas.DataFrame, mapping
        From :func:`pairs` and :func:`evidence`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if met.empty:
        return display.Sentence("No two texts in scope speak of the same matter.")
    excluding, beside = met[met["verdict"] == EXCLUDE], met[met["verdict"] == BESIDE]
    facets = sorted({name for facets in beside["facets"] for name in facets})
    differing = (
        f"In {display.count(len(beside), 'meeting')} of two texts neither confirms the other; they "
        f"differ in {display.listing(facets)}."
        if facets
        else "Wherever else two texts meet, they agree."
    )
    if excluding.empty:
        return display.Sentence(f"No two texts exclude each other on a point. {differing}")
    said = [(f"{r.label}, {r.how}", r.claims_a + r.claims_b) for r in excluding.itertuples()]
    return display.Sentence("Excluding each other: ", *_list(said, words), f". {differing}")


def answer(
    told: pd.DataFrame, met: pd.DataFrame, words: Evidence
) -> display.Bullets | display.Sentence:
    """Answer the question of the notebook: what is corroborated, what contradicted.

    Parameters
    ----------
    told, met, words : pandas.DataFrame, pandas.DataFrame, mapping
        From :func:`points`, :func:`pairs` and :func:`evidence`.

    Returns
    -------
    ctdata.display.Bullets or ctdata.display.Sentence
    """
    support = tell_support(summary(told))
    if told.empty:
        return support
    confirmed = told[(told["speakers"] > 1) & ~told["structural"]]
    said = [(row.label, row.claim_ids) for row in confirmed.itertuples()]
    items = [support, tell_differences(met, words)]
    if said:
        sentence = display.Sentence("Confirmed by different speakers: ", *_list(said, words), ".")
        items.insert(1, sentence)
    return display.Bullets(items)
