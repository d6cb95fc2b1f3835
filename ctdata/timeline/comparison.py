"""Visits compared: which resolutions entered from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import display
from ctdata.timeline.claims import dated
from ctdata.timeline.resolutions import UNNUMBERED, in_order, numbers
from ctdata.timeline.rows import EVIDENCE, Row, cite, evidence, frame, grouped, label, once, records

if TYPE_CHECKING:
    from ctdata.corpus import Selection


def assessments(selection: Selection) -> pd.DataFrame:
    """The visits, in order of time, of which a text tells which resolutions they assessed.

    A text tells so where it dates a visit and the assessment of a resolution alike.
    """
    claims = selection.legal_events
    claims = claims[(claims["action"] == "assessed") & claims["date"].notna()]
    claims = claims[claims["instrument_id"].isin(numbers(selection))]
    assessed = set(zip(claims["source_id"], claims["date"], strict=True))
    events = selection.events.rename(columns={"date_earliest": "earliest", "date_latest": "latest"})
    rows = [
        event | {"when": label(event["date"])}
        for event in records(events[events["kind"] == "visit"])
        if (event["source_id"], event["date"]) in assessed
    ]
    rows.sort(key=lambda row: (row["date"], row["event_id"], row["source_id"]))
    return frame(rows, "event_id name country date when earliest latest source_id", *EVIDENCE)


def compare_visits(selection: Selection, told: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Compare the resolutions in the texts on each visit with those on the one before.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of visits that follow each other in time and each numbered resolution:
        ``earlier, later`` (``event_id``), ``visits, named`` (both, in few words and in more),
        ``one_state`` ("yes" or "no"), ``resolution``, ``before, after``
        (what the texts do with it, empty if they do not name it), ``change`` ("entered", "stayed"
        or "left"), ``adopted`` (when, as told in scope), ``newer`` ("yes", "no" or empty if
        unknown: adopted after the earlier visit) and evidence.
    """
    numbered = uses[uses["resolution"] != UNNUMBERED].to_dict("records")
    adoptions = dated(told[told["action"] == "adopted"]).to_dict("records")
    adopted = {row["instrument_id"]: row for row in reversed(adoptions)}
    visited = []
    for tellings in grouped(assessments(selection).to_dict("records"), "event_id").values():
        texts = {row["source_id"] for row in tellings}
        used = grouped([use for use in numbered if use["source_id"] in texts], "resolution")
        visited.append((tellings[0], used))
    rows = []
    for (first, before), (second, after) in pairwise(visited):
        pair = _pair(first, second)
        for resolution in in_order([*before, *after]):
            earlier, later = before.get(resolution, []), after.get(resolution, [])
            one = (earlier or later)[0]["instrument_id"]
            adoption = adopted.get(one, {"when": "", "earliest": pd.NaT})
            newer = "yes" if adoption["earliest"] > first["latest"] else "no"
            rows.append(
                {
                    **pair,
                    "resolution": resolution,
                    "before": display.listing(once(use["what"] for use in earlier)),
                    "after": display.listing(once(use["what"] for use in later)),
                    "change": "stayed" if earlier and later else "left" if earlier else "entered",
                    "adopted": adoption["when"],
                    "newer": "" if pd.isna(adoption["earliest"]) else newer,
                    **evidence([*earlier, *later]),
                }
            )
    columns = "earlier later visits named one_state resolution adopted newer before after change"
    return frame(rows, columns, *EVIDENCE)


def _pair(first: Row, second: Row) -> Row:
    """What is the same for all resolutions of two visits."""
    short = [f"{visit['country'] or '?'} {visit['earliest'].year}" for visit in (first, second)]
    return {
        "earlier": first["event_id"],
        "later": second["event_id"],
        "visits": " → ".join(short),
        "named": " → ".join(f"{visit['name']}, {visit['when']}" for visit in (first, second)),
        "one_state": "yes" if first["country"] == second["country"] else "no",
    }


def tell_visits(compared: pd.DataFrame) -> display.Bullets | display.Sentence:
    """Say what entered between one visit and the next.

    Parameters
    ----------
    compared : pandas.DataFrame
        From :func:`compare_visits`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    items: list[display.Sentence | str] = []
    for (named, one_state), group in compared.groupby(["named", "one_state"], sort=False):
        entered, left = (group[group["change"] == change] for change in ("entered", "left"))
        newer = (entered["newer"] == "yes").sum()
        after = f" ({newer} of {len(entered)} adopted after the earlier visit)"
        come = _tell(entered, "entered", entered["resolution"], after)
        gone = _tell(left, "not named again", left["resolution"] + " (" + left["before"] + ")")
        items.append(display.Sentence(f"{named}: ", *come, "; ", *gone, "."))
        if one_state == "no":
            items.append(
                "The two visits went to different states, so this shows how the Council's law "
                "grew, not how one state's obligations changed."
            )
    if not items:
        return display.Sentence("There are no two visits in scope to compare.")
    return display.Bullets(items)


def _tell(group: pd.DataFrame, verb: str, named: Iterable[str], more: str = "") -> tuple[Any, ...]:
    if group.empty:
        return (f"none {verb}",)
    return f"{verb}: {display.listing(list(named))}{more} ", cite(group)
