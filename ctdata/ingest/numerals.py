"""The numbers, months and words in capitals of a passage.

Dates and figures are read from the numbers and months, acronyms from the words in capitals.
"""

from __future__ import annotations

import re

from ctdata.ingest import words as vocabulary
from ctdata.ingest.gazetteer import Known
from ctdata.ingest.passage import Passage

# What a token can be: a day of a month, a month, a year, a date in digits, any other number.
DAY, MONTH, YEAR, NUMERIC, OTHER = "DMYNX"
Token = tuple[int, int, str]  # start, end, what it can be

# Each byte by its class: "0" a digit, "A" a capital, any other itself. There the search is for
# one character, which is many times as fast as for one of a class.
_CLASSES = bytes(
    ord("0") if chr(code).isdigit() else ord("A") if chr(code).isupper() else code
    for code in range(128)
).ljust(256)
_NUMBER = re.compile(rb"00*(?:[.,]00*)*")
_CAPITALS = re.compile(rb"AA[A0+-]*")
_NUMERIC_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d")
_KINDS = dict.fromkeys(map(str, range(1800, 2100)), YEAR) | {
    written: DAY for day in range(1, 32) for written in (f"{day}", f"{day:02}")
}
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_SHORT_MONTHS = frozenset(
    name
    for name in vocabulary.MONTHS
    if len(name) < 5 and name.title() not in ("May", "June", "July")
)


def tokens_of(passage: Passage, months: list[Known]) -> tuple[list[Token], list[tuple[int, int]]]:
    """Find the numbers, months and words in capitals of a passage.

    Parameters
    ----------
    passage : Passage
        The passage.
    months : list of Known
        Where it has words for months, in any case.

    Returns
    -------
    tokens : list of tuple
        Start, end and what it can be, in the order of the text. A day takes in its "th", a
        shortened month its full stop.
    capitals : list of tuple of int
        Start and end of the words in capitals, which may stand inside longer words.
    """
    text = passage.words
    classes = passage.latin.translate(_CLASSES)
    found: list[Token] = []
    for match in _NUMBER.finditer(classes):
        start, end = match.span()
        digits = text[start:end]
        kind = _KINDS.get(digits, OTHER)
        if kind == DAY:
            if text[end : end + 2] in _ORDINALS:
                end += 2
        elif end - start >= 8 and _NUMERIC_DATE.fullmatch(digits):
            kind = NUMERIC
        found.append((start, end, kind))
    for start, end, _ in months:
        month = text[start:end]
        if month in vocabulary.MONTHS:
            if month in _SHORT_MONTHS and text[end : end + 1] == ".":
                end += 1
            found.append((start, end, MONTH))
    found.sort()
    return found, [match.span() for match in _CAPITALS.finditer(classes)]
