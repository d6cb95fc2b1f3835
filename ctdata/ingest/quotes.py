"""Find the words to quote for a place in a text."""

from __future__ import annotations

import re

from ctdata.evidence import Text, fold

_REACH = 2000  # characters before a quote that its prefix may take in


class NoQuote(ValueError):
    """No words of the text can be quoted for a place in it."""


def quote_at(text: Text, start: int, end: int) -> tuple[str, str]:
    """Find the words to quote for a stretch of a text, or for the sentence around it.

    Parameters
    ----------
    text : Text
        The text.
    start, end : int
        The stretch, as offsets into the verbatim text.

    Returns
    -------
    quote, prefix : str
        The words, and those before them where the quote stands in the text more than once.

    Raises
    ------
    NoQuote
        There are no words, or nothing tells them from the same words elsewhere.
    """
    try:
        return _quote(text, start, end)
    except NoQuote:
        sentence = text.sentence_at(start)
        return _quote(text, min(start, sentence.start), max(end, sentence.end))


def plain_name(words: str) -> str:
    """A name as printed, without its article and without the acronym in parentheses behind it.

    Parameters
    ----------
    words : str
        Such as "the Anti-Terrorist Centre (ATC)".

    Returns
    -------
    str
    """
    return re.sub(r"^[Tt]he\s+|\s*\([^()\d]*\)$", "", fold(words)) or fold(words)


def _quote(text: Text, start: int, end: int) -> tuple[str, str]:
    quote = fold(text.verbatim[start:end])
    found = text.occurrences(quote)
    if len(found) == 1:
        return quote, ""
    here = [span for span in found if span.start < end and start < span.end]
    if len(here) == 1:
        before = _words_before(text, here[0].start)
        others = (_words_before(text, span.start) for span in found if span not in here)
        alike = max(_common(before, other) for other in others)
        # More than one word more is needed only where a word is split over two lines.
        for count in range(alike + 1, min(alike + 4, len(before) + 1)):
            prefix = " ".join(reversed(before[:count]))
            if text.occurrences(quote, prefix) == here:
                return quote, prefix
    raise NoQuote(f"“{quote}” cannot be told from the same words elsewhere in the text")


def _words_before(text: Text, start: int) -> list[str]:
    """The words before a place, the nearest first."""
    return text.verbatim[max(0, start - _REACH) : start].split()[::-1]


def _common(one: list[str], other: list[str]) -> int:
    """How many words are the same from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
