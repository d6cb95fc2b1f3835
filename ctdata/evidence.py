"""Quotes and the texts that they were read from.

A quote is a claim's evidence: the exact words of a text. White space is folded before the two are
compared, and a word that is split by a hyphen at the end of a line is joined, with or without its
hyphen. Nothing else is forgiven. What is found is given as offsets, in characters, into the
verbatim text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from pathlib import Path

# What the comparison key leaves out or changes: a hyphen at the end of a line, one between two
# letters, and every run of white space but a single blank. A blank can begin such a run only where
# there are two; in other texts the many blanks are passed over, which makes the search fast.
_WHITE = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign != " ")
_FOLDED = {
    has_two_blanks: re.compile(
        rf"([-{_WHITE}{blank}]"
        r"(?:(?<=\w-)[^\S\n]*\n\s*(?=\w)|(?<=[^\W\d_]-)(?=[^\W\d_])|(?<=\s)\s+|(?<=[^\S ])))"
    )
    for has_two_blanks, blank in ((False, ""), (True, " "))
}
_LINE_END_HYPHEN = re.compile(r"(?<=\w)-[^\S\n]*\n\s*(?=\w)")
# A word goes on in lower case on the next line; a name after a true hyphen does not.
_SPLIT_BEFORE = re.compile(r"\w-[^\S\n]*\n\s*$")
_SPLIT_BEHIND = re.compile(r"-[^\S\n]*\n\s*[^\W\d_A-ZА-ЯЁ]")
# A line, without the white space at its ends.
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_SENTENCE_END = re.compile(r"[.!?][\"”’»)\]]*\s+(?=[\"“‘«(\[]*[A-ZА-ЯЁ])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Art|para|paras|cf|vs)|\b[A-Za-z])\.$"
)
# Lines this short are the mark of a text wrapped by hand.
_WRAPPED_WIDTH = 100

_start = attrgetter("start")


class EvidenceError(ValueError):
    """A quote is not in its text, or stands there more than once."""


class TextError(ValueError):
    """A text cannot be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a verbatim text, as character offsets; the end is not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a text, numbered from 1."""

    paragraph: int
    start: int
    end: int


def fold(words: str) -> str:
    """Fold white space to single blanks.

    Parameters
    ----------
    words : str
        Any words.

    Returns
    -------
    str
        The words without white space at the ends and with one blank between them.
    """
    return " ".join(words.split())


def comparison_key(words: str) -> tuple[str, list[int], list[int]]:
    """Make the form in which words are looked for, with a way back.

    Parameters
    ----------
    words : str
        A text, a quote or a name.

    Returns
    -------
    key : str
        The words with white space folded and without hyphens inside words.
    key_at, words_at : list of int
        Where the stretches that stay, and those that are folded, begin in the key and in
        ``words``.
    """
    # What stays and what is folded, in turns.
    pieces = _FOLDED["  " in words].split(words)
    if len(pieces) == 1:
        return words, [0], [0]
    words_at = list(accumulate(map(len, pieces[:-1]), initial=0))
    pieces[1::2] = [
        "" if "-" in folded or before.endswith(" ") else " "
        for before, folded in zip(pieces[::2], pieces[1::2], strict=False)
    ]
    key_at = list(accumulate(map(len, pieces[:-1]), initial=0))
    return "".join(pieces), key_at, words_at


class Text:
    """A verbatim text in which quotes can be found.

    Parameters
    ----------
    verbatim : str
        The text as received.
    """

    def __init__(self, verbatim: str) -> None:
        self.verbatim = verbatim

    @cached_property
    def _folded(self) -> tuple[str, list[int], list[int]]:
        return comparison_key(self.verbatim)

    @property
    def key(self) -> str:
        """The text in the form in which words are looked for."""
        return self._folded[0]

    def verbatim_span(self, start: int, end: int) -> Span:
        """Turn a stretch of the key into a stretch of the verbatim text.

        Parameters
        ----------
        start, end : int
            Offsets into ``key``; the end is not included and lies behind the start.

        Returns
        -------
        Span
        """
        _, key_at, words_at = self._folded
        first = bisect_right(key_at, start) - 1
        last = bisect_right(key_at, end - 1, first) - 1
        return Span(words_at[first] + start - key_at[first], words_at[last] + end - key_at[last])

    def occurrences(self, quote: str, prefix: str = "") -> list[Span]:
        """Find every place where a quote stands.

        Parameters
        ----------
        quote : str
            The words to look for.
        prefix : str, optional
            Words that must stand directly before them.

        Returns
        -------
        list of Span
            The places of the quote itself, in the order of the text.
        """
        before = fold(prefix) + " " if prefix.strip() else ""
        needle = before + fold(quote)
        key, text = comparison_key(needle)[0], self.key
        offset = len(comparison_key(before)[0]) if before else 0
        found = []
        at = text.find(key) if key else -1
        while at >= 0:
            place = self.verbatim_span(at, at + len(key))
            if self.stands_alone(place) and _same_words(
                self.verbatim[place.start : place.end], needle
            ):
                found.append(self.verbatim_span(at + offset, at + len(key)) if offset else place)
            at = text.find(key, at + 1)
        return found

    def stands_alone(self, span: Span) -> bool:
        """Whether a stretch begins and ends where a word does.

        Parameters
        ----------
        span : Span
            A stretch of the verbatim text.

        Returns
        -------
        bool
            False where a letter or digit stands against its first or last one, or where a word
            that is split over two lines would be cut.
        """
        words, start, end = self.verbatim, span.start, span.end
        if start > 0 and words[start].isalnum() and words[start - 1].isalnum():
            return False
        if end < len(words) and words[end - 1].isalnum() and words[end].isalnum():
            return False
        if words[start].islower() and _SPLIT_BEFORE.search(words, max(0, start - 40), start):
            return False
        return not _SPLIT_BEHIND.match(words, end)

    def find(self, quote: str, prefix: str = "") -> Span:
        """Find the one place where a quote stands.

        Parameters
        ----------
        quote : str
            The exact words; white space does not count.
        prefix : str, optional
            The words before, where the quote stands more than once.

        Returns
        -------
        Span
            The place of the quote itself, without the prefix.

        Raises
        ------
        EvidenceError
            The quote is empty, is not there, or stands there more than once.
        """
        if not quote.strip():
            raise EvidenceError("the quote is empty; copy the words of the text that carry the row")
        found = self.occurrences(quote, prefix)
        if len(found) == 1:
            return found[0]
        shown = _shorten(f"{prefix} {quote}" if prefix else quote)
        if found:
            raise EvidenceError(
                f"“{shown}” stands in the text {len(found)} times; "
                "put the words directly before it into prefix"
            )
        if prefix and self.occurrences(quote):
            raise EvidenceError(
                f"“{shown}” is not in the text, though the quote alone is; "
                "copy the prefix from directly before the quote"
            )
        raise EvidenceError(f"“{shown}” is not in the text; copy the words exactly as printed")

    @cached_property
    def passages(self) -> list[Passage]:
        """The paragraphs of the text.

        A blank line ends a paragraph. In a text with long lines every line is a paragraph. In a
        text wrapped by hand a line also ends one where it closes a sentence and the next line's
        first word would still have fitted on it.
        """
        lines = self.verbatim.split("\n")
        width = max((len(line) for line in lines if not line.isspace()), default=0)
        passages: list[Passage] = []
        for start, end in map(re.Match.span, _LINE.finditer(self.verbatim)):
            if passages and width <= _WRAPPED_WIDTH and self._runs_on(passages[-1], start, width):
                last = passages.pop()
                passages.append(Passage(last.paragraph, last.start, end))
            else:
                passages.append(Passage(len(passages) + 1, start, end))
        return passages

    def _runs_on(self, last: Passage, start: int, width: int) -> bool:
        """Whether the line at ``start`` goes on with the paragraph before it."""
        if self.verbatim.count("\n", last.end, start) > 1:
            return False
        line = self.verbatim[self.verbatim.rfind("\n", 0, last.end) + 1 : last.end]
        next_word = self.verbatim[start:].split(None, 1)[0]
        closes = line.rstrip('"”’»)').endswith((".", "!", "?", ":"))
        return not (closes and len(line) + 1 + len(next_word) <= width)

    def paragraph_at(self, offset: int) -> int:
        """Number of the paragraph that an offset lies in.

        Parameters
        ----------
        offset : int
            Offset into the verbatim text.

        Returns
        -------
        int
            Counted from 1; white space between two paragraphs belongs to the one before.
        """
        return max(1, bisect_right(self.passages, offset, key=_start))

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences of the text; none crosses a paragraph."""
        found = []
        for passage in self.passages:
            start = passage.start
            for match in _SENTENCE_END.finditer(self.verbatim, passage.start, passage.end):
                if _ABBREVIATION.search(self.verbatim, start, match.start() + 1):
                    continue
                found.append(Span(start, match.end() - len(_trailing_space(match.group()))))
                start = match.end()
            found.append(Span(start, passage.end))
        return found

    def sentence_at(self, offset: int) -> Span:
        """The sentence that an offset lies in.

        Parameters
        ----------
        offset : int
            Offset into the verbatim text, not before the first sentence.

        Returns
        -------
        Span
        """
        return self.sentences[max(0, bisect_right(self.sentences, offset, key=_start) - 1)]


def _trailing_space(words: str) -> str:
    return words[len(words.rstrip()) :]


def _same_words(verbatim: str, quote: str) -> bool:
    """Whether a stretch of text reads like the quote, line-end hyphens kept or dropped."""
    if fold(verbatim) == quote:
        return True
    parts = _LINE_END_HYPHEN.split(verbatim)
    if len(parts) == 1:
        return False
    pattern = "-?".join(re.escape(re.sub(r"\s+", " ", part)) for part in parts)
    return re.fullmatch(pattern, quote) is not None


def _shorten(words: str, length: int = 90) -> str:
    words = fold(words)
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def citation(source_id: str, paragraph: int) -> str:
    """Write a citation as it stands in tables and reports.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    paragraph : int
        Number of the paragraph, counted from 1.

    Returns
    -------
    str
        Such as ``cted-kaz-2016, para. 4``.
    """
    return f"{source_id}, para. {paragraph}"


def text_path(root: Path, source_id: str) -> Path:
    """Path of a verbatim text.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the corpus.
    source_id : str
        Short name of the text.

    Returns
    -------
    pathlib.Path
    """
    return Path(root) / "texts" / f"{source_id}.txt"


def read_text(root: Path, source_id: str) -> str:
    """Read a verbatim text.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the corpus.
    source_id : str
        Short name of the text.

    Returns
    -------
    str
        The text as received: line ends are not changed.

    Raises
    ------
    TextError
        The file is missing or is not UTF-8.
    """
    path = text_path(root, source_id)
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise TextError(
            f"{path}: no such file; each text in sources.csv stands in texts/<source_id>.txt"
        ) from None
    except UnicodeDecodeError as error:
        raise TextError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
