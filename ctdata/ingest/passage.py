"""Cut a text into passages whose white space is folded, with the way back to the verbatim text.

The rules of drafting read folded words: one blank between words, line breaks between paragraphs
only, a word that is split by a hyphen over two lines joined at its hyphen. Passages are of bounded
length and are cut where a paragraph ends, or else a sentence, or else a word, so that drafting
takes bounded memory and time in proportion to the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from operator import sub

LENGTH = 1 << 16  # characters of a passage; a longer one costs memory, a shorter one cuts names
# Lines this short are the mark of a text wrapped by hand.
_WRAPPED_WIDTH = 100
_SHORT_LINE = 60
_FOLDED = re.compile(r"\s\s+|[^\S ]")  # where lines are wrapped
_BLANKS = re.compile(r"   *")  # two and more; spelled so that the search is fast
# A sentence is read as a whole, so its length must be bounded; no real one is longer.
_LONGEST_SENTENCE = 2000
# White space that stands for a blank; other kinds do not occur inside names.
_ODD_SPACES = ("\t", "\r", "\xa0", "\u2009", "\u202f")
# A full stop behind one letter or a title ends no sentence. Words of one length are asked for
# together.
_NO_END = "".join(
    rf"(?<!\b(?:{words})\.)"
    for words in ("[A-Zei]", "Mr|Ms|Dr|Lt|St|No", "Mrs|Gen|Col|Nos|Art", "Prof")
)
# Each opens with one character, so that the search is fast; what seldom fails comes last.
_ENDS = {
    mark: re.compile(
        rf"{re.escape(mark)}(?=[\"”’»)\]]{{0,3}}\s[\"“‘«(\[]?[A-ZÀ-ÞА-ЯЁ0-9])"
        rf"{_NO_END}[\"”’»)\]]{{0,3}}\s"
    )
    for mark in ".!?"
} | {"\n": re.compile("\n")}

# What names are looked up by: small letters and digits of Latin-1, anything else a blank. One
# character stays one character, so that places are the same in both.
_KEY_LETTERS = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() and chr(code).lower() < "\u0100" else 32
    for code in range(256)
)


def search_key(words: str) -> str:
    """The form in which names are looked up.

    Parameters
    ----------
    words : str
        Any words.

    Returns
    -------
    str
        As long as ``words``: small letters and digits, and a blank for anything else.
    """
    return _key_of(_latin(words))


def _latin(words: str) -> bytes:
    """A byte for each character, with a question mark for what Latin-1 lacks."""
    return words.encode("latin-1", "replace")


def _key_of(latin: bytes) -> str:
    return latin.translate(_KEY_LETTERS).decode("latin-1")


class Passage:
    """A stretch of a text, folded.

    Parameters
    ----------
    verbatim : str
        The stretch as it stands in the text.
    offset : int, optional
        Where it begins in the text.

    Attributes
    ----------
    words : str
        The folded words; all other offsets of drafting count in these.
    is_folded : bool
        Whether they differ from the verbatim stretch.
    """

    def __init__(self, verbatim: str, offset: int = 0) -> None:
        self.verbatim = verbatim
        self.offset = offset
        self._folded_at: list[int] = []
        self._shifts: list[int] = [offset]
        words = verbatim
        for space in _ODD_SPACES:
            words = words.replace(space, " ")
        if "\n" in words and _is_wrapped(words):
            words = self._fold(words, _FOLDED)
        elif "  " in words:
            words = self._fold(words, _BLANKS)
        self.words = words
        self.is_folded = bool(self._folded_at)

    def _fold(self, words: str, folded: re.Pattern[str]) -> str:
        pieces: list[str] = []
        length = done = 0
        for match in folded.finditer(words):
            start, end = match.span()
            white = match.group()
            fresh = " "
            if "\n" in white:
                if white.count("\n") > 1 or _closes(words, start):
                    fresh = "\n"
                elif _splits_word(words, start, end):
                    fresh = ""
            if fresh == white:
                continue
            pieces += (words[done:start], fresh)
            length += start - done + len(fresh)
            done = end
            if len(fresh) != end - start:
                self._folded_at.append(length)
                self._shifts.append(self.offset + end - length)
        pieces.append(words[done:])
        return "".join(pieces)

    def spans(self, rows: Iterable[tuple]) -> list[tuple[int, int]]:
        """Turn stretches of the folded words into stretches of the whole text.

        Parameters
        ----------
        rows : iterable of tuple
            Each begins with a start and an end, offsets into ``words``; the end lies behind the
            start and is not included.

        Returns
        -------
        list of tuple of int
            Offsets into the text that the passage was cut from.
        """
        offset = self.offset
        if not self.is_folded:
            return [(row[0] + offset, row[1] + offset) for row in rows]
        # The stretch before the first fold is not shifted.
        folded_at, shifts = self._folded_at, self._shifts
        return [
            (
                row[0] + shifts[bisect_right(folded_at, row[0])],
                row[1] + shifts[bisect_right(folded_at, row[1] - 1)],
            )
            for row in rows
        ]

    @cached_property
    def latin(self) -> bytes:
        """The words, a byte for each character; what Latin-1 lacks is a question mark."""
        return _latin(self.words)

    @cached_property
    def key(self) -> str:
        """The search key of the words, with a blank before and behind it."""
        return f" {_key_of(self.latin)} "

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Where the sentences begin; the last entry is the end of the passage."""
        words = self.words
        ends = {
            match.end()
            for mark, end in _ENDS.items()
            if mark in words
            for match in end.finditer(words)
        }
        starts = [0, *sorted(ends)]
        if starts[-1] < len(words) or len(starts) == 1:
            starts.append(len(words))
        if max(map(sub, starts[1:], starts)) > _LONGEST_SENTENCE:
            starts = _cut_long(starts)
        return starts

    def sentence_at(self, offset: int) -> tuple[int, int]:
        """The sentence that an offset lies in.

        Parameters
        ----------
        offset : int
            Offset into ``words``.

        Returns
        -------
        tuple of int
            Offsets of its beginning and end; the end may take in the white space behind it.
        """
        starts = self.sentence_starts
        at = bisect_right(starts, offset)
        return starts[at - 1], starts[min(at, len(starts) - 1)]


def passages(text: str, length: int = LENGTH) -> Iterator[Passage]:
    """Cut a text into passages.

    Parameters
    ----------
    text : str
        The text.
    length : int, optional
        The greatest length of a passage, in characters.

    Yields
    ------
    Passage
        In order; together they are the whole text.
    """
    return passages_of([text], length)


def passages_of(chunks: Iterable[str], length: int = LENGTH) -> Iterator[Passage]:
    """Cut a text that comes in chunks, so that it need not be in memory as a whole.

    Parameters
    ----------
    chunks : iterable of str
        The text, in pieces of any length.
    length : int, optional
        The greatest length of a passage, in characters.

    Yields
    ------
    Passage
        In order; offsets count from the beginning of the first chunk. How the text was cut into
        chunks makes no difference.
    """
    offset = size = 0
    pieces: list[str] = []
    for chunk in chunks:
        pieces.append(chunk)
        size += len(chunk)
        if size <= length:
            continue
        held = "".join(pieces)
        at = 0
        while len(held) - at > length:
            cut = _cut(held, at, at + length)
            yield Passage(held[at:cut], offset + at)
            at = cut
        pieces = [held[at:]]
        offset += at
        size -= at
    if size:
        yield Passage("".join(pieces), offset)


def _cut(text: str, start: int, end: int) -> int:
    """The best place to cut in the last half of a stretch."""
    middle = (start + end) // 2
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, middle, end)
        if at >= 0:
            return at + len(mark)
    return end


def _is_wrapped(verbatim: str) -> bool:
    """Whether no line is long; the first long one, as a rule the first of all, settles it."""
    start = 0
    while (end := verbatim.find("\n", start)) >= 0:
        if end - start > _WRAPPED_WIDTH:
            return False
        start = end + 1
    return len(verbatim) - start <= _WRAPPED_WIDTH


def _closes(verbatim: str, line_end: int) -> bool:
    """Whether a line of a wrapped text ends a paragraph: it closes a sentence and is short."""
    line = verbatim[verbatim.rfind("\n", 0, line_end) + 1 : line_end].rstrip('"”’») ')
    return line.endswith((".", "!", "?", ":")) and len(line) < _SHORT_LINE


def _cut_long(starts: list[int]) -> list[int]:
    """Cut what is too long for a sentence."""
    cut = [
        place
        for start, end in pairwise(starts)
        for place in range(start, max(end, start + 1), _LONGEST_SENTENCE)
    ]
    return [*cut, starts[-1]]


def _splits_word(verbatim: str, start: int, end: int) -> bool:
    return (
        verbatim[start - 1 : start] in ("-", "\u2010")
        and verbatim[start - 2 : start - 1].isalpha()
        and verbatim[end : end + 1].isalpha()
    )
