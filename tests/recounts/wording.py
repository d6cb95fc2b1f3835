"""How counts, lists, dates and names are written."""

from __future__ import annotations

from collections.abc import Iterable

from ctdata import dates

from .by_hand import by_id


def count(number: int, noun: str) -> str:
    """Such as "1 text" or "2 texts"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listing(words: Iterable[str]) -> str:
    """Such as "a, b and c"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def label(date: str) -> str:
    """A date of a table in words; dates are copied, not counted."""
    return dates.label(date) if date else ""


def name(entity: str) -> str:
    """What a body or an instrument is called."""
    body = by_id("organizations").get(entity)
    return body["name"] if body else by_id("instruments")[entity]["title"]


def words_of(themes: Iterable[str]) -> str:
    """Themes of the vocabulary in words."""
    return listing([theme.replace("_", " ") for theme in themes])
