"""Small tools for rows that are dicts: telling what is stated, grouping, saying it plainly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ctdata.estimates import Interval

Row = dict[str, Any]
# What every row keeps, so that it can be cited.
EVIDENCE = ["source_id", "claim_id", "citation", "quote", "note"]


def is_stated(value: object) -> bool:
    """Whether a text states a value: words or a number, not None or NaN."""
    return isinstance(value, str | Interval)


def by(rows: Iterable[Row], name: str) -> defaultdict[Any, list[Row]]:
    """Rows by what they hold under a name, in their order."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups


def each(rows: Iterable[Row], name: str) -> tuple[Any, ...]:
    """What rows hold under a name, each once."""
    return tuple(dict.fromkeys(row[name] for row in rows))


def plain(name: str) -> str:
    """A word of the vocabulary as a reader writes it."""
    return name.replace("co_", "co-").replace("_", " ")
