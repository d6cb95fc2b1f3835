"""The numbers, months and words in capitals of a passage, found in one pass.

Dates and figures are read from the numbers and months, acronyms from the words in capitals.
"""

from __future__ import annotations

import re

from ctdata.ingest import words as vocabulary
from ctdata.ingest.gazetteer import Known

# What a token can be: a day of a month, a month, a year, a date in digits, any other number.
DAY, MONTH, YEAR, NUMERIC, OTHER = "DMYNX"
Token = tuple[int, int, str]  # start, end, what it can be

_DIGITS_OR_CAPITALS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Z]{2}[A-Z0-9+-]*")
_NUMERIC_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_SHORT_MONTHS = frozenset(name for name in vocabulary.MONTHS if len(name) < 5) - {"May", "June"}
_SHORT_MONTHS -= {"July"}


def tokens_of(text: str, months: list[Known]) -> tuple[list[Token], list[tuple[int, int]]]:
    """Find the numbers, months and words in capitals of a passage.

    Parameters
    ----------
    text : str
        The folded words.
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
    found: list[Token] = []
    capitals: list[tuple[int, int]] = []
    for match in _DIGITS_OR_CAPITALS.finditer(text):
        start, end = match.span()
        digits = text[start:end]
        if digits[0] > "9":
            capitals.append((start, end))
            continue
        kind = OTHER
        length = end - start
        if length <= 2:
            if 0 < int(digits) < 32:
                kind = DAY
                if text[end : end + 2] in _ORDINALS:
                    end += 2
        elif length == 4:
            if "," not in digits and "." not in digits and 1800 <= int(digits) < 2100:
                kind = YEAR
        elif length >= 8 and _NUMERIC_DATE.fullmatch(digits):
            kind = NUMERIC
        found.append((start, end, kind))
    for start, end, _ in months:
        month = text[start:end]
        if month in vocabulary.MONTHS:
            if month in _SHORT_MONTHS and text[end : end + 1] == ".":
                end += 1
            found.append((start, end, MONTH))
    found.sort()
    return found, capitals
