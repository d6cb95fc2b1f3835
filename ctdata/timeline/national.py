"""The legal order of a state: its own instruments, and the treaties that it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ctdata import agreement, display
from ctdata.timeline.lanes import MARK_OF, MARKS
from ctdata.timeline.rows import (
    EVIDENCE,
    Row,
    cite,
    evidence,
    frame,
    grouped,
    issues,
    label,
    once,
    records,
)  # fmt: skip

if TYPE_CHECKING:
    from ctdata.corpus import Selection

_STATUS = ("joined", "pending", "signed")
_OWN_LAW_KINDS = {"constitution", "code", "law", "decree"}
# Indicators that count instruments, with the mark and the kind of what they count.
_COUNTED = {
    "codes_amended": ("amended", "code"),
    "laws_amended": ("amended", "law"),
    "instruments_joined": ("joined", ""),
    "ratifications_pending": ("pending", ""),
}


def states(selection: Selection) -> dict[str, str]:
    """Names, by their codes, of the states that the texts with acts in scope are about."""
    texts = selection.corpus.load("sources").dropna(subset="country")
    telling = texts[texts["source_id"].isin(selection.legal_events["source_id"])]
    known = selection.corpus.load("organizations").query("kind == 'state'")
    names = dict(zip(known["country"], known["name"], strict=True))
    return {country: names.get(country, country) for country in sorted(set(telling["country"]))}


def _state_of(selection: Selection) -> dict[str, str]:
    """Country of every organization; empty where it belongs to none."""
    bodies = records(selection.corpus.load("organizations"))
    return {body["organization_id"]: body["country"] for body in bodies}


def national_order(told: pd.DataFrame, country: str) -> pd.DataFrame:
    """Acts on a state's own instruments, in order of time, the undated last.

    Signing treaties is not among them; see :func:`acceptance`.
    """
    own = told[(told["country"] == country) & ~_is_acceptance(told)]
    return own.assign(when=own["when"].replace("", "undated"))


def _is_acceptance(told: pd.DataFrame) -> pd.Series:
    """Which acts accept a treaty or the like; signing a law of one's own makes it instead."""
    return told["mark"].isin(_STATUS) & ~told["kind"].isin(_OWN_LAW_KINDS)


def acceptance(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """Take what is told about signing and ratifying, each instrument and actor with its status.

    The status is the furthest that a text states: a signature does not become a ratification, nor
    a pending ratification a finished one, because time has passed.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row an instrument and party (a state with its offices, or another body), the furthest
        status first: ``mark, status, instrument_id, instrument, actor_id, actor, told`` (all that
        is told), ``as_of`` (issue of the last text that tells the status) and evidence. A state's
        own laws are left out.
    """
    issued, state_of = issues(selection), _state_of(selection)
    stated = told[_is_acceptance(told)].to_dict("records")
    for act in stated:
        act["party"] = state_of.get(act["actor_id"]) or act["actor_id"]
    rows = []
    for group in grouped(stated, "instrument_id", "party").values():
        first = group[0]
        mark = min((act["mark"] for act in group), key=_STATUS.index)
        telling = {text for act in group if act["mark"] == mark for text in act["source_ids"]}
        rows.append(
            {
                **first,
                "mark": mark,
                "status": MARKS[mark].label,
                "actor": first["actor"] or "not said",
                "told": "; ".join(once(f"{act['what']} {act['when']}".strip() for act in group)),
                "as_of": [when for text, when in issued.items() if text in telling][-1],
                **evidence(group),
            }
        )
    rows.sort(key=lambda r: (_STATUS.index(r["mark"]), r["instrument"], r["actor"]))
    columns = "mark status instrument_id instrument actor_id actor told as_of"
    return frame(rows, columns, *EVIDENCE)


def stated_counts(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """The numbers of instruments that texts print, beside the instruments that they name.

    Only numbers of texts that are wholly in scope are compared. Where a text takes instruments
    together ("11 laws"), there is nothing to count, and the verdict is "not named singly".
    """
    state_of = _state_of(selection)
    kind_of = dict(zip(told["instrument_id"], told["kind"], strict=True))
    claims = grouped(records(selection.legal_events), "source_id")
    everything = selection.corpus.load("legal_events")["source_id"].value_counts()
    rows = []
    for figure in _counts(selection):
        in_full = figure["source_id"] in selection.corpus.curated_in_full
        of_text = claims.get(figure["source_id"], [])
        if not of_text or len(of_text) < everything[figure["source_id"]]:
            continue
        mark, kind = _COUNTED[figure["indicator"]]
        named = {
            claim["instrument_id"]: claim
            for claim in of_text
            if MARK_OF[claim["action"]] == mark
            and state_of.get(claim["actor_id"]) == figure["country"]
            and (not kind or kind_of[claim["instrument_id"]] in (kind, "collection"))
        }
        rows.append(
            {
                **figure,
                "stated": _amount(figure),
                **_verdict(figure, [kind_of[one] for one in named], in_full),
                **evidence([figure, *named.values()]),
            }
        )
    return frame(rows, "source_id population stated named verdict", *EVIDENCE)


def _counts(selection: Selection) -> list[Row]:
    """The figures that count instruments."""
    figures = selection.figures
    return records(figures[figures["indicator"].isin(_COUNTED)])


def _amount(figure: Row) -> str:
    """An interval in words; NaN is an open bound."""
    low, high = figure["low"], figure["high"]
    if pd.isna(low) and pd.isna(high):
        return "unknown"
    if pd.isna(low) or pd.isna(high):
        return f"at most {high:g}" if pd.isna(low) else f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _verdict(figure: Row, kinds: Sequence[str], in_full: bool) -> dict[str, str]:
    if "collection" in kinds:
        return {"named": "taken together", "verdict": "not named singly"}
    count = len(kinds)
    verdict = agreement.named(count, figure["low"], figure["high"], in_full=in_full)
    return {"named": str(count), "verdict": verdict}


def tell_amendments(selection: Selection, told: pd.DataFrame) -> display.Bullets | display.Sentence:
    """Say how many codes and laws were changed, when, and by which act.

    The amending act is the one that the same text says was adopted on the day that the number is
    given for.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    names = states(selection)
    amended = [row for row in _counts(selection) if _COUNTED[row["indicator"]][0] == "amended"]
    items = [
        _tell_amendment(group, names.get(country, country), told)
        for (_, _, country), group in sorted(
            grouped(amended, "source_id", "period", "country").items()
        )
    ]
    if not items:
        return display.Sentence("The texts in scope state no number of codes or laws amended.")
    return display.Bullets(items)


def _tell_amendment(figures: Sequence[Row], state: str, told: pd.DataFrame) -> display.Sentence:
    """One sentence on numbers of one text, day and state."""
    source_id, period, country = (figures[0][n] for n in ("source_id", "period", "country"))
    numbers = display.listing([f"{_amount(row)} {row['unit']}" for row in figures])
    order = national_order(told[told["date"] == period], country).to_dict("records")
    acts = grouped((act for act in order if source_id in act["source_ids"]), "mark")
    by = acts.get("adopted", [])
    unnamed = all(act["kind"] == "collection" for act in acts.get("amended", []))
    when = f", {label(period)}" if period else ""
    through = f", by the {display.listing([act['instrument'] for act in by])}" if by else ""
    hint = "; the text does not name them" if unnamed else ""
    words = f"{state}{when}: {numbers} amended{through}{hint} "
    return display.Sentence(words, cite([*figures, *by]), ".")
