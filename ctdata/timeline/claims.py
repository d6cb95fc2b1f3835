"""Acts: what claims of several texts may tell together, and which of them have a date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata.kept import kept
from ctdata.timeline.lanes import MARK_OF, MARKS, lanes, words_for
from ctdata.timeline.rows import EVIDENCE, Row, evidence, frame, grouped, label, once, records, span

if TYPE_CHECKING:
    from ctdata.corpus import Selection

# What happens to an instrument once, whoever tells it, and once for each who does it. Only such
# acts can be the same one under a loose and a strict date; a visit may assess a thing every year.
_ONCE = {"adopted", "approved", "entered_into_force"}
_ONCE_FOR_EACH = {"signed", "ratified", "acceded"}
_COLUMNS = (
    "lane rank country instrument_id instrument kind action what mark actor_id actor "
    "date when earliest latest texts differs authority note"
)


@kept
def acts(selection: Selection) -> pd.DataFrame:
    """Gather what the texts in scope tell about instruments, each act once.

    Claims tell the same act if they name the same instrument, action and actor, and the same
    date. An instrument is adopted, approved or brought into force once, so there a claim that
    dates it more loosely or not at all, or leaves out who did it, joins the act that it fits, if
    it fits one only. The same holds for what each actor does once: to sign, ratify and accede;
    but silence about who signed is not filled from another text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row an act, by lane, then date (the undated last). ``what``, ``when``, ``instrument`` and
        ``actor`` are words; ``earliest`` and ``latest`` are ``datetime64`` bounds of the date,
        which is the strictest that was told; ``texts`` counts the texts that tell the act;
        ``differs`` marks acts that can happen once, but are dated twice; ``authority`` is what the
        authority table gives as the instrument's date, which no text need say.
    """
    instruments = selection.corpus.load("instruments")
    place = lanes(instruments, selection.corpus.load("organizations")).to_dict("index")
    passports = {row["instrument_id"]: row for row in records(instruments)}
    names = selection.corpus.names
    rows = []
    for told in same_acts(records(selection.legal_events)):
        first = told[0]
        passport = passports[first["instrument_id"]]
        actor = next((claim["actor_id"] for claim in told if claim["actor_id"]), "")
        words = {
            "instrument": _instrument_name(passport),
            "what": words_for(first["action"]),
            "mark": MARK_OF[first["action"]],
            "actor_id": actor,
            "actor": names.get(actor, ""),
            "when": label(first["date"]),
            "earliest": first["date_earliest"],
            "latest": first["date_latest"],
            "texts": len({claim["source_id"] for claim in told}),
            "authority": _authority(passport),
            "note": " ".join(once(claim["note"] for claim in told if claim["note"])),
        }
        at = place[first["instrument_id"]]
        rows.append(passport | first | at | words | evidence(told))
    single = [row for row in rows if row["date"] and row["action"] in _ONCE | _ONCE_FOR_EACH]
    times = Counter(map(_happening, single))
    for row in rows:
        row["differs"] = row["date"] != "" and times[_happening(row)] > 1
    return frame(sorted(rows, key=_reading_order), _COLUMNS, *EVIDENCE)


def same_acts(claims: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Group claims that tell the same act, the strictest date first; see :func:`acts` for the rule.

    The grouping does not depend on the order in which the claims come.
    """
    by_subject: dict[tuple[str, str], list[list[Mapping[str, Any]]]] = {}
    for claim in sorted(claims, key=_strictness):
        known = by_subject.setdefault((claim["instrument_id"], claim["action"]), [])
        fitting = [act for act in known if _fits(claim, act)]
        if len(fitting) == 1:
            fitting[0].append(claim)
        else:
            known.append([claim])
    return [act for subject in by_subject.values() for act in subject]


def _span(claim: Mapping[str, Any]) -> tuple[float, float]:
    return span(claim["date_earliest"], claim["date_latest"])


def _strictness(claim: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sort key: the strictest date first, among equal ones the claim that says who did it."""
    first, last = _span(claim)
    date = claim["date"]
    return not date, last - first, date, not claim["actor_id"], claim["claim_id"]


def _fits(claim: Mapping[str, Any], act: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a claim may tell the act that stricter claims have told."""
    strictest, action = act[0], claim["action"]
    actors = {one["actor_id"] for one in (*act, claim)}
    if len(actors - {""}) > 1 or (len(actors) > 1 and action not in _ONCE):
        return False
    if action not in _ONCE | _ONCE_FOR_EACH:
        return strictest["date"] == claim["date"]
    (first, last), (from_day, to_day) = _span(strictest), _span(claim)
    return from_day <= first and last <= to_day


def _happening(row: Row) -> tuple[str, str, str]:
    """What can happen once only."""
    actor = row["actor_id"] if row["action"] in _ONCE_FOR_EACH else ""
    return row["instrument_id"], row["action"], actor


def _reading_order(row: Row) -> tuple[Any, ...]:
    return (
        row["rank"],
        not row["date"],
        span(row["earliest"], row["latest"]),
        row["instrument"],
        list(MARKS).index(row["mark"]),
        row["claim_ids"],
    )


def _instrument_name(passport: Row) -> str:
    """A resolution by its number, everything else by its title."""
    if passport["kind"] == "resolution" and passport["number"]:
        return f"Resolution {passport['number']}"
    return passport["title"]


def _authority(passport: Row) -> str:
    """The date in the authority table, with what its note says of it."""
    when, note = label(passport["issued"]), passport["note"].rstrip(".")
    return f"{when} ({note})" if when and note else when


def dated(told: pd.DataFrame) -> pd.DataFrame:
    """Take the dated acts, in order of time over all lanes.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        Rows as in :func:`acts`.
    """
    return told[told["date"] != ""].sort_values(["earliest", "latest"], kind="stable")


def undated(told: pd.DataFrame) -> pd.DataFrame:
    """Take the acts that no text dates, by lane.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        Rows as in :func:`acts`.
    """
    return told[told["date"] == ""]


def years(told: pd.DataFrame) -> tuple[int, int]:
    """The first and the last year that dated acts touch."""
    bounds = pd.concat([told["earliest"], told["latest"]]).dropna()
    return int(bounds.min().year), int(bounds.max().year)


def tally(told: pd.DataFrame) -> pd.DataFrame:
    """Count acts by lane.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a lane, in order: ``lane``, ``dated`` and ``undated`` (``int64``), and ``sorts``: what
        was done, in words with numbers.
    """
    rows = []
    for lane, group in grouped(told[["lane", "date", "mark"]].to_dict("records"), "lane").items():
        marks = Counter(row["mark"] for row in group)
        sorts = "; ".join(f"{marks[one]} {MARKS[one].label}" for one in MARKS if one in marks)
        in_time = sum(row["date"] != "" for row in group)
        rows.append(
            {"lane": lane, "dated": in_time, "undated": len(group) - in_time, "sorts": sorts}
        )
    return frame(rows, "lane dated undated sorts")
