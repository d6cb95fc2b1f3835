"""One body or instrument in several texts: what each of them says."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ctdata import dates, display
from ctdata.corpus import Selection
from ctdata.corroboration.reading import STRUCTURE, acts_with_numbers, events_of, names_of
from ctdata.corroboration.rows import Row, by, each, is_stated, plain
from ctdata.evidence import fold


def bodies(selection: Selection) -> pd.DataFrame:
    """Take what each text says of the bodies on which the most texts speak.

    States and national bodies are left out, and so is what a body's name carries.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each such body and claim, texts in order of issue: ``body, source_id, says`` (in
        words), ``claim_id``. Empty where no body is told by two texts.
    """
    names = names_of(selection.corpus)
    passports = selection.corpus.load("organizations")
    wanted = passports[(passports["kind"] != "state") & (passports["level"] != "national")]
    ids = set(wanted["organization_id"])
    by_body = by((row for row in _said(selection) if row["id"] in ids), "id")
    texts = {body: len(each(told, "source_id")) for body, told in by_body.items()}
    most = max(texts.values(), default=0)
    rows = [
        {**row, "body": names.of_id[body]}
        for body in sorted(by_body)
        if texts[body] == most > 1
        for row in sorted(by_body[body], key=names.by_issue)
    ]
    return pd.DataFrame(rows, columns=["body", "source_id", "says", "claim_id"])


def _said(selection: Selection) -> Iterable[Row]:
    """Every body with what a claim says of it, but for what names carry."""
    called, events = names_of(selection.corpus).of_id, events_of(selection)
    for row in selection.relations.to_dict("records"):
        if row["predicate"] not in STRUCTURE:
            ends = row["subject_id"], row["object_id"]
            words = f"{called[ends[0]]}: {plain(row['predicate'])} {called[ends[1]]}"
            words += f" ({dates.label(row['date'])})" if is_stated(row["date"]) else ""
            yield from ({**row, "id": end, "says": words} for end in ends)
    for row in selection.participation.to_dict("records"):
        words = f"{plain(row['role'])}: {events[row['event_id']]['name']}"
        yield {**row, "id": row["organization_id"], "says": words}
    for row in selection.measures.to_dict("records"):
        yield {**row, "id": row["actor_id"], "says": row["summary"].rstrip(".")}


def profiles(selection: Selection, laid: pd.DataFrame) -> pd.DataFrame:
    """Lay out what texts say of the instruments for which two or more of them give a number.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    laid : pandas.DataFrame
        From :func:`claims`.

    Returns
    -------
    pandas.DataFrame
        A row for each instrument, aspect (its name as printed, each act, each number) and claim:
        ``instrument, aspect, source_id, says, claim_id``, texts in order of issue. A name stands
        where the quote of an act holds it.
    """
    told = laid[laid["kind"].isin(["act", "number"])].to_dict("records")
    acts_at = acts_with_numbers(selection)
    acts = by((row for row in told if row["kind"] == "act"), "topic")
    numbers = by(
        (
            {**row, "instrument_id": instrument}
            for row in told
            if row["kind"] == "number"
            for instrument in each(acts_at[row["claim_id"]], "instrument_id")
        ),
        "instrument_id",
    )
    rows = [
        {**row, "instrument": acts[instrument][0]["topic_label"], "aspect": aspect, "says": says}
        for instrument, counted in sorted(numbers.items())
        if len(each(counted, "source_id")) > 1
        for aspect, row, says in (
            *_names_as_printed(selection, instrument, acts[instrument]),
            *((display.header(a["aspect"]), a, _by_whom_and_when(a)) for a in acts[instrument]),
            *map(_in_numbers, counted),
        )
    ]
    rows.sort(key=names_of(selection.corpus).by_issue)
    return pd.DataFrame(rows, columns=["instrument", "aspect", "source_id", "says", "claim_id"])


def _names_as_printed(
    selection: Selection, instrument: str, acts: Iterable[Row]
) -> Iterable[tuple[str, Row, str]]:
    """The longest name that stands in a quote of each text."""
    told = selection.corpus.load("mentions")
    printed = {fold(words) for words in told.loc[told["instrument_id"] == instrument, "text"]}
    for in_text in by(acts, "source_id").values():
        held = [(len(name), name, a) for a in in_text for name in printed if name in a["quote"]]
        if held:
            _, name, act = max(held, key=lambda found: found[:2])
            yield "Name as printed", act, f"“{name}”"


def _by_whom_and_when(act: Row) -> str:
    when = dates.label(act["date"]) if is_stated(act["date"]) else "undated"
    return f"{when}, by {act['words']['actor']}" if act["words"] else when


def _in_numbers(row: Row) -> tuple[str, Row, str]:
    _, indicator, unit = row["topic"].split("|")
    words = row["words"]
    return display.header(indicator), row, f"{words['number']} {unit} ({words['period']})"
