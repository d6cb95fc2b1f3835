"""Rows as this theme keeps them: dicts to read, each with its evidence, and frames to hand out."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import dates, display

if TYPE_CHECKING:
    from ctdata.corpus import Selection

Row = dict[str, Any]
EVIDENCE = ("claim_ids", "source_ids", "citations", "quotes")
_SINGLE = ("claim_id", "source_id", "citation", "quote")
_TYPES = {
    **dict.fromkeys(["earliest", "latest", "first", "last", "at"], "datetime64[s]"),
    **dict.fromkeys(["differs", "open_start", "open_end", "approximate"], "bool"),
    **dict.fromkeys(["row_y", "x", "y"], "float64"),
    **dict.fromkeys(["texts", "dated", "undated"], "int64"),
    **dict.fromkeys(["rank", *EVIDENCE], "object"),
}


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows with empty words in place of silence; claims bring their evidence along."""
    columns = [
        (frame[name].fillna("") if isinstance(frame[name].dtype, pd.StringDtype) else frame[name])
        for name in frame.columns
    ]
    cells = zip(*(column.tolist() for column in columns), strict=True)
    rows = [dict(zip(frame.columns, row, strict=True)) for row in cells]
    if "claim_id" not in frame:
        return rows
    place = dict(zip(EVIDENCE, _SINGLE, strict=True))
    return [row | {many: (row[one],) for many, one in place.items()} for row in rows]


def evidence(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The evidence of some rows together, each place once."""
    places = {place for row in rows for place in zip(*map(row.get, EVIDENCE), strict=True)}
    columns = zip(*sorted(places), strict=True) if places else ((),) * len(EVIDENCE)
    return dict(zip(EVIDENCE, columns, strict=True))


def cite(rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> display.Citation:
    """Cite everything behind some rows, once."""
    told = evidence(rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows)
    return display.cited(
        dict(zip(_SINGLE, place, strict=True)) for place in zip(*told.values(), strict=True)
    )


def frame(rows: Sequence[Mapping[str, Any]], columns: str, *more: str) -> pd.DataFrame:
    """A frame whose columns have the same types whether or not it has rows."""
    names = [*columns.split(), *more]
    return pd.DataFrame(rows, columns=names).astype({n: _TYPES.get(n, "str") for n in names})


def grouped(rows: Iterable[Row], *names: str) -> dict[Hashable, list[Row]]:
    """Rows by what they hold under one name, or under several as a tuple; in order."""
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(itemgetter(*names)(row), []).append(row)
    return groups


def once(words: Iterable[str]) -> list[str]:
    """Words in order, each once."""
    return list(dict.fromkeys(words))


def span(first: Any, last: Any) -> tuple[float, float]:
    """The days between which a date lies, as numbers; an open bound is infinite."""
    return (
        -math.inf if pd.isna(first) else first.toordinal(),
        math.inf if pd.isna(last) else last.toordinal(),
    )


def label(date: str) -> str:
    """A date for people; empty where there is none."""
    return dates.label(date) if date else ""


def issues(selection: Selection) -> dict[str, str]:
    """When every text was issued, in words; the texts stand in order of issue."""
    texts = selection.corpus.load("sources").sort_values(["issued_earliest", "source_id"])
    return {row["source_id"]: label(row["issued"]) or "undated" for row in records(texts)}
