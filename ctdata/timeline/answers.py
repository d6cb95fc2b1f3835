"""Tables of this theme, what its notebook checks, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ctdata import agreement, display
from ctdata.timeline.claims import dated, undated, years
from ctdata.timeline.comparison import tell_visits
from ctdata.timeline.national import (
    acceptance,
    national_order,
    stated_counts,
    states,
    tell_amendments,
)  # fmt: skip
from ctdata.timeline.places import layout
from ctdata.timeline.rows import EVIDENCE, Row, cite, evidence, frame

if TYPE_CHECKING:
    from ctdata.corpus import Selection

_HEADERS = {
    "actor": "By",
    "adopted": "Adopted, as told",
    "after": "Text on the later visit",
    "as_of": "As of",
    "authority": "Instrument's date in the authority table (no claim)",
    "before": "Text on the earlier visit",
    "check": "What is compared",
    "dated": "With a date",
    "does": "What it does",
    "evidence": "Where it is said",
    "resolutions": "With resolutions",
    "sorts": "What was done",
    "status": "Furthest status told",
    "told": "All that is told",
    "undated": "Without",
    "what": "What happened",
}
# For each table its columns, its caption, and what to say where there are no rows.
_TABLES = {
    "validation": (
        "check stated ours verdict",
        "What the texts print, and what the tables hold",
        "Nothing to compare.",
    ),
    "tally": (
        "lane dated undated sorts",
        "Acts by lane",
        "The texts in scope tell of no act on an instrument.",
    ),
    "dated": (
        "when lane instrument what actor",
        "Dated acts in order of time; “by” is empty where the texts are silent",
        "The texts in scope date no act.",
    ),
    "undated": (
        "lane instrument what actor authority",
        "Acts that no text in scope dates",
        "Every act in scope has a date.",
    ),
    "uses": (
        "text does resolutions",
        "What the texts do with resolutions of the Security Council",
        "No text in scope names a resolution of the Security Council.",
    ),
    "visits": (
        "visits resolution adopted before after change",
        "Resolutions in the texts on each visit and the one before",
        "To compare, it takes two visits whose texts in scope say which resolutions they assessed.",
    ),
    "national": (
        "when instrument what actor note",
        "{state}: acts on its own instruments, as told; dated ones first",
        "{state}: the texts in scope tell of no act on its own instruments.",
    ),
    "acceptance": (
        "instrument actor status as_of told",
        "How far treaties and other instruments are accepted",
        "The texts in scope tell of no signature, ratification or accession.",
    ),
}
# Acts that change the law of a state.
_CHANGES = ("adopted", "signed", "in_force", "amended", "created")


def show(frame: pd.DataFrame, table: str, **words: str) -> display.Table | display.Sentence:
    """Show rows of this theme, with the places where they are told.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    table : str
        Which table to make of them: "validation", "tally", "dated", "undated", "uses", "visits",
        "national" or "acceptance".
    **words
        Words that the caption needs.

    Returns
    -------
    display.Table or display.Sentence
        A sentence where there are no rows.
    """
    names, caption, empty = _TABLES[table]
    columns = names.split()
    if "claim_ids" in frame:
        columns.append("evidence")
        cited = [cite([row]) for row in frame.to_dict("records")]
        frame = frame.assign(evidence=pd.Series(cited, index=frame.index, dtype=object))
    headers = {name: _HEADERS.get(name, display.header(name)) for name in columns}
    return display.table(
        frame, headers, caption=caption.format(**words), empty=empty.format(**words)
    )


def show_national(selection: Selection, told: pd.DataFrame) -> list[display.Shown]:
    """Show the acts on the own instruments of each state in scope.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    list of display.Shown
        A table a state, or a sentence where the texts tell of no act.
    """
    shown = [
        show(national_order(told, country), "national", state=state)
        for country, state in states(selection).items()
    ]
    return shown or [display.Sentence("No text in scope tells of an act on an instrument.")]


def validation(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """Set what the texts print beside what the tables hold.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a check: ``check, stated, ours`` (words) and ``verdict`` (that of
        :func:`ctdata.agreement.named`, or "not named singly"), and evidence (for checks within the
        tables that of what differs).
    """
    rows = [
        row | {"check": f"{row['source_id']}: {row['population']}", "ours": row["named"]}
        for row in stated_counts(selection, told).to_dict("records")
    ]
    adopted, misdated = _adoptions_by_number(told)
    claims = len(selection.legal_events)
    held = told["claim_ids"].map(len).sum()
    drawn_or_listed = sum(f["claim_ids"].map(len).sum() for f in (layout(told), undated(told)))
    counted = [
        (
            "Resolutions with the year in their number, and those adopted then",
            *(adopted, adopted - len(misdated), misdated),
        ),
        ("Claims on instruments, and claims in acts", claims, held, ()),
        ("Claims on instruments, and claims drawn or listed", claims, drawn_or_listed, ()),
    ]
    rows += [
        {
            "check": check,
            "stated": theirs,
            "ours": ours,
            "verdict": agreement.same(theirs, ours),
            **evidence(differing),
        }
        for check, theirs, ours, differing in counted
        if theirs or ours
    ]
    return frame(rows, "check stated ours verdict", *EVIDENCE)


def _adoptions_by_number(told: pd.DataFrame) -> tuple[int, list[Row]]:
    """How many dated adoptions are of a resolution with a year in its number; those of another."""
    adopted = dated(told[(told["action"] == "adopted") & (told["kind"] == "resolution")])
    numbered = [
        (row, int(year[1]))
        for row in adopted.to_dict("records")
        if (year := re.search(r"\((\d{4})\)$", row["instrument"]))
    ]
    misdated = [
        row for row, year in numbered if not row["earliest"].year <= year <= row["latest"].year
    ]
    return len(numbered), misdated


def answer(
    selection: Selection, told: pd.DataFrame, compared: pd.DataFrame
) -> display.Bullets | display.Sentence:
    """Answer the question of the notebook in a few sentences.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.
    compared : pandas.DataFrame
        From :func:`compare_visits`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    if told.empty:
        return display.Sentence("The texts in scope tell of no act on an instrument.")
    items: list[display.Sentence | str] = [_tell_acts(told)]
    disputed = dated(told[told["differs"]])
    if len(disputed):
        named = display.listing(sorted(set(disputed["instrument"])))
        items.append(display.Sentence(f"Dated differently: {named} ", cite(disputed), "."))
    if len(compared):
        items += tell_visits(compared).items
    items += [_tell_law(told, *state) for state in states(selection).items()]
    amended = tell_amendments(selection, told)
    items += amended.items if isinstance(amended, display.Bullets) else []
    return display.Bullets([*items, *_tell_pending(selection, told)])


def _tell_acts(told: pd.DataFrame) -> str:
    in_time, shared = dated(told), (told["texts"] > 1).sum()
    span = "none with a date"
    if len(in_time):
        first, last = years(in_time)
        period = f"in {first}" if first == last else f"from {first} to {last}"
        span = f"{len(in_time)} with a date, {period}"
    several = {0: "none is", 1: "1 is"}.get(shared, f"{shared} are")
    return (
        f"The texts tell of {display.count(len(told), 'act')} on "
        f"{display.count(told['instrument_id'].nunique(), 'instrument')}, {span}; "
        f"{several} told by more than one text."
    )


def _tell_law(told: pd.DataFrame, country: str, state: str) -> display.Sentence | str:
    """A sentence on the own law of a state."""
    own = national_order(told, country)
    changes = own[own["mark"].isin(_CHANGES)]
    if changes.empty:
        return f"{state}: no change of its own law is told."
    return display.Sentence(
        f"{state}: {display.count(len(changes), 'change')} of its own law and programmes "
        f"{'is' if len(changes) == 1 else 'are'} told, {len(dated(changes))} with a date ",
        cite(changes),
        ".",
    )


def _tell_pending(selection: Selection, told: pd.DataFrame) -> Sequence[display.Sentence]:
    status = acceptance(selection, told)
    return [
        display.Sentence(
            f"{row['instrument']}: ratification is pending as of {row['as_of']}, and no text in "
            f"scope tells that {row['actor']} finished it ",
            cite([row]),
            ".",
        )
        for row in status[status["mark"] == "pending"].to_dict("records")
    ]
