"""Find organizations and instruments in running text.

Every name, acronym, number and alias goes into one automaton (Aho and Corasick 1975). All matches
are collected first, overlapping ones too; those that begin or end inside a word are dropped; then
the leftmost and, among those, the longest is kept, for organizations and for instruments apart,
so that "resolution 1540 (2004)" is found inside the name of its Committee.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ctdata.evidence import Span, Text, comparison_key, fold

ORGANIZATION = "organization"
INSTRUMENT = "instrument"


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write an organization or instrument.

    ``context`` holds words that must stand in the same sentence for the name to count. A name
    written in capitals only (an acronym) is matched with its case, any other without.
    """

    entity_id: str
    kind: str
    written: str
    context: str = ""

    @property
    def keeps_case(self) -> bool:
        """Whether case counts: "UN" is not "un", "WHO" is not "who"."""
        return not any(letter.islower() for letter in self.written)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where an organization or instrument is named; offsets are verbatim."""

    entity_id: str
    kind: str
    start: int
    end: int


def name_key(words: str) -> str:
    """The form in which two spellings count as the same.

    Parameters
    ----------
    words : str
        A name.

    Returns
    -------
    str
        The name in lower case, white space folded, without hyphens inside words.
    """
    return _lower(comparison_key(fold(words))[0])


def _lower(words: str) -> str:
    """Lower case that keeps the length, which a few letters would change."""
    lowered = words.lower()
    if len(lowered) == len(words):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in words)


class NameFinder:
    """Looks for known names in texts.

    Parameters
    ----------
    names : iterable of Name
        The names to look for. Of two names that are written alike, one whose context stands in the
        sentence goes before one that has none.
    parents : dict of str to str, optional
        The body that each body is a part of. A parent that is spelled out inside the longer name
        ("... of the Shanghai Cooperation Organization") is named there too, and is found.
    """

    def __init__(self, names: Iterable[Name], parents: dict[str, str] | None = None) -> None:
        import ahocorasick

        self._parents = parents or {}
        by_key: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            key = name_key(name.written)
            if key:
                by_key[key].append(name)
        self._automaton = ahocorasick.Automaton()
        for key, alike in by_key.items():
            self._automaton.add_word(key, (len(key), alike))
        self._automaton.make_automaton()
        self._is_empty = not by_key

    def find(self, text: Text) -> list[Mention]:
        """Find every place where a known name stands.

        Parameters
        ----------
        text : Text
            The text to look through.

        Returns
        -------
        list of Mention
            In the order of the text.
        """
        if self._is_empty:
            return []
        key = text.key
        candidates = []
        for last, (length, alike) in self._automaton.iter(_lower(key)):
            start, end = last + 1 - length, last + 1
            span = text.verbatim_span(start, end)
            if not text.stands_alone(span):
                continue
            for kind in (ORGANIZATION, INSTRUMENT):
                name = _fitting(alike, kind, key[start:end], text, span)
                if name:
                    candidates.append(Mention(name.entity_id, kind, span.start, span.end))
        candidates.sort(key=lambda mention: (mention.kind, mention.start, -mention.end))
        kept: list[Mention] = []
        longest = None
        for mention in candidates:
            if not longest or longest.kind != mention.kind or longest.end <= mention.start:
                kept.append(mention)
                longest = mention
            elif self._spells_out_parent(longest, mention) and (
                kept[-1] == longest or kept[-1].end <= mention.start
            ):
                kept.append(mention)
        return sorted(kept, key=lambda mention: (mention.start, mention.end, mention.kind))

    def _spells_out_parent(self, whole: Mention, part: Mention) -> bool:
        return part.end <= whole.end and self._parents.get(whole.entity_id) == part.entity_id


def _fitting(alike: list[Name], kind: str, found: str, text: Text, span: Span) -> Name | None:
    """The name that the words found stand for, if any does."""
    plain = None
    for name in alike:
        if name.kind != kind or (
            name.keeps_case and comparison_key(fold(name.written))[0] != found
        ):
            continue
        if not name.context:
            plain = name
            continue
        sentence = text.sentence_at(span.start)
        words = text.verbatim[sentence.start : sentence.end]
        if name_key(name.context) in name_key(words):
            return name
    return plain
