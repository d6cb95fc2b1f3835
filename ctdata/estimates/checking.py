"""The figures checked against the quotes that they were read from and against other tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import agreement
from ctdata.estimates.figures import read

if TYPE_CHECKING:
    from ctdata.corpus import Selection

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {
    **{word: value for words in (_UNITS, _ORDINALS) for value, word in enumerate(words.split())},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS.split(), strict=True)},
    "no": 0,
    "none": 0,
}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}  # "$2.5m"
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[a-z]+")
_BLANKS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d,]*\d)")  # "3 700"
_RANGE = frozenset({"-", "–", "—", " - ", " – ", " to ", " or "})


def quoted(selection: Selection) -> pd.DataFrame:
    """Check that each bound in the table is printed in the quote that it was read from.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text: ``source_id, figures, printed`` (int) and ``verdict`` ("agrees" where
        every number is printed, else "differs", with the ``claim_id`` of the others).
    """
    rows = []
    for source_id, figures in selection.figures.groupby("source_id"):
        missing = [
            row.claim_id
            for row in figures.itertuples()
            if not {b for b in (row.low, row.high) if not pd.isna(b)} <= printed_numbers(row.quote)
        ]
        verdict = agreement.AGREES
        if missing:
            verdict = f"{agreement.DIFFERS}: {', '.join(missing)}"
        rows.append((source_id, len(figures), len(figures) - len(missing), verdict))
    return pd.DataFrame(rows, columns=["source_id", "figures", "printed", "verdict"])


def printed_numbers(words: str) -> set[float]:
    """The numbers that are printed in a passage, in figures or in words.

    "no" and "none" count as 0, ordinals as their number; "$600 million" and "five and a half" are
    one number, and in "4-6 thousand" both are thousands.
    """
    words = words.lower()
    found = [float(match.group().replace(" ", "")) for match in _BLANKS.finditer(words)]
    is_open = False  # whether the last number may still be scaled
    is_range = False  # whether it ends a range
    takes_unit = False  # whether it is a word such as "twenty"
    end = number_end = 0  # of the last word, of the last number
    for match in _TOKEN.finditer(words):
        token = match.group()
        is_joined = match.start() == end
        end = match.end()
        if token == "half" and number_end and words[number_end : match.start()] == " and a ":
            found[-1] += 0.5
            is_open, number_end = True, end
            continue
        value = float(token.replace(",", "")) if token[0].isdigit() else _WORDS.get(token)
        if token in (_SHORT_SCALES if is_joined else _SCALES):
            scale = _SHORT_SCALES[token] if is_joined else _SCALES[token]
            scaled = found.pop() if is_open else 1
            if is_open and is_range:
                found.append(found[-1] * scale)
            value, takes_unit = scaled * scale, False
        elif takes_unit and value is not None and 0 < value < 10:
            value, takes_unit = found.pop() + value, False
        else:
            takes_unit = value is not None and value >= 20 and token in _WORDS
            between = words[number_end : match.start()] if number_end else ""
            is_range = value is not None and between in _RANGE
        is_open = value is not None
        if value is not None:
            found.append(float(value))
            number_end = end
    return set(found)


def recounted(selection: Selection) -> pd.DataFrame:
    """Numbers that a text states, beside what the other tables hold of the same text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope; a figure in it is compared with all rows of its text.

    Returns
    -------
    pandas.DataFrame
        ``population, number, counted, how, verdict, citation, quote, source_id, claim_id``;
        ``verdict`` is that of :func:`ctdata.agreement.named`.
    """
    rows = []
    columns = "population number counted how verdict citation quote source_id claim_id".split()
    figures = read(selection)
    in_full = selection.corpus.curated_in_full
    for figure in figures[figures["indicator"].isin(_COUNTS)].to_dict("records"):
        table, how, count = _COUNTS[figure["indicator"]]
        counted = count(selection.corpus.load(table, source=figure["source_id"]), figure)
        if counted is not None:
            verdict = agreement.named(
                counted, figure["low"], figure["high"], in_full=figure["source_id"] in in_full
            )
            rows.append({**figure, "counted": counted, "how": how, "verdict": verdict})
    return pd.DataFrame(rows, columns=columns)


def _count_pending(acts: pd.DataFrame, figure: dict[str, Any]) -> int:
    return acts.loc[acts["action"] == "ratification_pending", "instrument_id"].nunique()


def _count_attacks(events: pd.DataFrame, figure: dict[str, Any]) -> int:
    attacks = events[(events["kind"] == "attack") & (events["country"] == figure["country"])]
    if isinstance(figure["period"], str):
        within = attacks["date_earliest"] >= figure["period_earliest"]
        attacks = attacks[within & (attacks["date_latest"] <= figure["period_latest"])]
    return attacks["event_id"].nunique()


def _count_days(events: pd.DataFrame, figure: dict[str, Any]) -> int | None:
    """Days of the visit of the same dates; None where the table of events has none."""
    visits = events[(events["kind"] == "visit") & (events["date"] == figure["period"])]
    days = (visits["date_latest"] - visits["date_earliest"]).dt.days + 1
    return None if visits.empty else days.iloc[0]


# For an indicator: the table that its number can be counted in, what is counted, and how.
_COUNTS: dict[str, tuple[str, str, Callable[[pd.DataFrame, dict[str, Any]], int | None]]] = {
    "organizations_listed": ("designations", "entries of the list", lambda found, _: len(found)),
    "ratifications_pending": (
        "legal_events",
        "instruments whose ratification is pending",
        _count_pending,
    ),
    "attacks": ("events", "attacks among the events", _count_attacks),
    "visit_duration": ("events", "days between the dates of the visit", _count_days),
}
