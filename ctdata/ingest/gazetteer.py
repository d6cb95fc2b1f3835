"""Names that are known beforehand, and one automaton that finds them all in one pass.

Names come from the corpus (its organizations, instruments and aliases) and from three lists beside
this file, made for this field and open to additions: ``bodies.csv``, ``documents.csv`` and
``states.csv``. Of two names that are written alike the corpus's goes first.

:class:`ctdata.names.NameFinder` says where the corpus's own names stand in a text of the corpus.
This one reads any text at many times the speed, and is more careful with what it does not know:
"Ministry of Internal Affairs" is Kazakhstan's in the five texts, in another text it is another
country's.
"""

from __future__ import annotations

import csv
import itertools
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ctdata.corpus import Corpus
from ctdata.ingest import words
from ctdata.ingest.passage import Passage, search_key

ORGANIZATION = "organization"
INSTRUMENT = "instrument"
STATE = "state"
PEOPLE = "people"  # the people of a state, or its adjective
CITY = "city"
BODY_NOUN = "noun for a body"
SHARED_NOUN = "plural noun for bodies"
ARMED_NOUN = "noun for an armed group"
GROUP_NOUN = "noun before a quoted group"
DOCUMENT_NOUN = "noun for an instrument"
COLLECTION_NOUN = "plural noun for instruments"
RESOLUTION = "resolution"
MONTH = "month"
YEAR_WORD = "year"
EVENT_WORD = "word that tells of an event"
ROLE_WORD = "word that tells of a part in an event"
ACTION_WORD = "word that tells what happens to an instrument"
INDICATOR_WORD = "word that tells what a figure counts"
NUMBER = "number"
WORDS: dict[str, Iterable[str]] = {
    BODY_NOUN: words.BODY_KINDS,
    SHARED_NOUN: words.SHARED_NOUNS,
    ARMED_NOUN: words.ARMED_NOUNS,
    GROUP_NOUN: words.GROUP_NOUNS,
    DOCUMENT_NOUN: words.DOCUMENT_KINDS,
    COLLECTION_NOUN: words.COLLECTION_NOUNS,
    RESOLUTION: ("resolution", "resolutions", "unscr", "unscrs"),
    MONTH: words.MONTHS,
    YEAR_WORD: ("year",),
    EVENT_WORD: words.EVENT_KINDS,
    ROLE_WORD: words.ROLES,
    ACTION_WORD: words.ACTIONS,
    INDICATOR_WORD: words.INDICATORS,
    NUMBER: (*words.NUMBER_WORDS, "no", *words.WHOLE_NUMBERS, *words.VAGUE_NUMBERS),
}
KINDS = (ORGANIZATION, INSTRUMENT, STATE, PEOPLE, CITY, *WORDS)

_FOLDER = Path(__file__).parent
# Spellings that stand for the same name.
_SPELLINGS = (
    ("centre", "center"),
    ("organization", "organisation"),
    ("programme", "program"),
    ("defence", "defense"),
    ("counter terrorism", "counterterrorism"),
    ("anti terrorist", "antiterrorist"),
    ("anti terrorism", "antiterrorism"),
    ("cooperation", "co operation"),
    ("coordination", "co ordination"),
    ("money laundering", "moneylaundering"),
    ("combating", "combatting"),
    ("labour", "labor"),
)


class Entity(NamedTuple):
    """An organization, instrument or state that is known."""

    kind: str
    name: str
    short: str = ""  # acronym or number
    entity_id: str = ""  # in the corpus; empty where it is not there
    sort: str = ""  # the column "kind" of its table
    level: str = ""
    country: str = ""


class Entry(NamedTuple):
    """One way to write an entity."""

    entity: Entity
    written: str
    context: str = ""  # search key of words that must begin in the same sentence
    # An acronym, or one word with capitals inside, is meant as it is written only.
    keeps_case: bool = False

    @property
    def is_vague(self) -> bool:
        """Whether the words are too general to stand for one thing in any text."""
        return self.written.islower() and not self.context and self.written.count(" ") < 3


# A place in a passage where a known name or word stands: with the entries that the name may stand
# for, or with the word itself as a search key.
Known = tuple[int, int, Any]


class Gazetteer:
    """All known names.

    Parameters
    ----------
    corpus : Corpus
        Its tables go before the lists of this package.
    """

    def __init__(self, corpus: Corpus) -> None:
        import ahocorasick

        by_key: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self._by_name: dict[tuple[str, str, str | None], Entity] = {}  # None: of any country
        self.state_names: dict[str, str] = {"": ""}
        for entries in itertools.chain(_of_corpus(corpus), _states(), _bodies(), _documents()):
            if not entries:
                continue
            entity = self._same(entries) or entries[0].entity
            if entity.kind == STATE:
                self.state_names.setdefault(entity.country, entity.name)
            for entry in entries:
                entry = entry._replace(entity=entity)
                for key in spellings(entry.written):
                    alike = by_key[key][entity.kind]
                    if not entry.is_vague and not any(_covers(other, entry) for other in alike):
                        alike.append(entry)
                    if not entry.context:
                        for country in (entity.country, None):
                            name = entity.kind, " ".join(key.split()), country
                            self._by_name.setdefault(name, entity)
        for kind, nouns in WORDS.items():
            for noun in nouns:
                by_key[" ".join(search_key(noun).split())][kind]  # the word is all there is
        self._automaton = ahocorasick.Automaton()
        for key, kinds in by_key.items():
            kinds = {kind: alike for kind, alike in kinds.items() if alike or kind in WORDS}
            if kinds:
                self._automaton.add_word(f" {key} ", (len(key), *_meaning(key, kinds)))
        self._automaton.make_automaton()
        self.entity = lru_cache(maxsize=1 << 16)(self._entity)

    def _same(self, entries: list[Entry]) -> Entity | None:
        """The entity that is known already by one of these names, acronyms aside."""
        for entry in entries:
            if entry.context or entry.keeps_case or entry.entity.kind == PEOPLE:
                continue
            known = self._entity(entry.entity.kind, entry.written)
            if known and known.country == entry.entity.country:
                return known
        return None

    def find(self, passage: Passage) -> dict[str, list[Known]]:
        """Find every known name and word of a passage.

        Parameters
        ----------
        passage : Passage
            The passage.

        Returns
        -------
        dict of str to list of Known
            By kind, in the order of the text. Where names of organizations or of instruments
            overlap, the leftmost and then the longest stays, and any behind an "of" inside it.
        """
        text = passage.words
        found: dict[str, list[Known]] = {kind: [] for kind in KINDS}
        for last, (length, kind, test, meant) in self._automaton.iter(passage.key):
            end = last - 1
            start = end - length
            if test == _ANY_CASE:
                found[kind].append((start, end, meant))
            elif test == _CAPITAL:
                # Digits and plain capitals stand before "a"; for the rest, ask.
                if text[start] < "a" or not text[start:end].islower():
                    found[kind].append((start, end, meant))
            elif test == _BY_CASE:
                if entries := meant[text[start:end]]:
                    found[kind].append((start, end, entries))
            elif test == _IN_CONTEXT:
                if entries := _in_context(meant, start, end, passage):
                    found[kind].append((start, end, entries))
            else:
                words, names, key = meant
                hit = start, end, key
                for kind in words:
                    found[kind].append(hit)
                for kind, test, meant_so in names:
                    if test == _BY_CASE:
                        entries = meant_so[text[start:end]]
                    else:
                        entries = _in_context(meant_so, start, end, passage)
                    if entries:
                        found[kind].append((start, end, entries))
        for kind in (ORGANIZATION, INSTRUMENT):
            found[kind] = _longest(found[kind], text)
        return found

    def _entity(self, kind: str, name: str, country: str = "") -> Entity | None:
        """Look up one name; where several countries have it, that of one goes first.

        Parameters
        ----------
        kind : str
            ``ORGANIZATION``, ``INSTRUMENT``, ``STATE`` or ``PEOPLE``.
        name : str
            The name, in any case.
        country : str, optional
            ISO 3166-1 alpha-3 code.

        Returns
        -------
        Entity or None
        """
        key = " ".join(search_key(name).split())
        return self._by_name.get((kind, key, country)) or self._by_name.get((kind, key, None))


def _covers(one: Entry, other: Entry) -> bool:
    """Whether one way to write an entity is found wherever another with the same key is."""
    exact = one.keeps_case and one.written != other.written
    return one.entity == other.entity and not one.context and not exact


# How to tell whether the words found are meant: any case will do; some letter is a capital; by
# their case; by that and by what else their sentence states; each kind of several as it is.
_ANY_CASE, _CAPITAL, _BY_CASE, _IN_CONTEXT, _SEVERAL = range(5)

_MOST_CASES = 100  # ways to write a name that are remembered


class _Cases(dict[str, tuple[Entry, ...]]):
    """What a name stands for, by how it is written; filled as the ways to write it are met."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.usual = tuple(entry for entry in entries if not entry.keeps_case)
        self.small = tuple(entry for entry in self.usual if entry.written.islower())
        for exact in {entry.written for entry in entries if entry.keeps_case}:
            self[exact] = tuple(e for e in entries if not e.keeps_case or e.written == exact)

    def __missing__(self, written: str) -> tuple[Entry, ...]:
        entries = self.small if written.islower() else self.usual
        if len(self) < _MOST_CASES:
            self[written] = entries
        return entries


def _meaning(key: str, kinds: dict[str, list[Entry]]) -> tuple[str, int, Any]:
    """What the automaton keeps of a name or word: its kind, how to test it, and what it stands for.

    Of one that stands for several kinds it keeps those for which it is a word, all that for each of
    those for which it is a name, and the word.
    """
    words = tuple(kind for kind, entries in kinds.items() if not entries)
    names = tuple((kind, *_tested(entries)) for kind, entries in kinds.items() if entries)
    if len(kinds) > 1:
        return "", _SEVERAL, (words, names, key)
    if words:
        return words[0], _ANY_CASE, key
    kind, test, meant = names[0]
    if test == _BY_CASE and not (meant or meant.small):
        return kind, _CAPITAL, meant.usual  # as most; spares looking into all the words
    return names[0]


def _tested(entries: list[Entry]) -> tuple[int, Any]:
    """How to test a name, and what it stands for; with the words that it needs beside it."""
    if not any(entry.context for entry in entries):
        return _BY_CASE, _Cases(entries)
    runs = itertools.groupby(entries, key=lambda entry: entry.context)
    return _IN_CONTEXT, tuple(
        (f" {context} " if context else "", _Cases(list(run))) for context, run in runs
    )


def _in_context(
    meant: Sequence[tuple[str, _Cases]], start: int, end: int, passage: Passage
) -> tuple[Entry, ...]:
    """The entries that a name may stand for by what begins in its sentence."""
    starts = passage.sentence_starts
    at = bisect_right(starts, start)
    first, last = starts[at - 1], starts[at] - 1  # the key has a blank more before the words
    entries: tuple[Entry, ...] = ()
    for needed, cases in meant:
        if not needed or passage.key.find(needed, first, last + len(needed)) >= 0:
            entries += cases[passage.words[start:end]]
    return entries


def _longest(hits: list[Known], text: str) -> list[Known]:
    """Leave out names inside longer ones, but for those that an "of" brings in."""
    hits.sort()  # no place occurs twice, so what the names stand for is never compared
    kept: list[Known] = []
    first = reach = 0
    for hit in hits:
        start, end, _ = hit
        if start >= reach:
            first, reach = start, end
        elif start == first and end > reach:
            # Of names that begin together the longest comes last.
            kept.pop()
            reach = end
        elif not (first < start and end <= reach and text.endswith((" of ", " of the "), 0, start)):
            continue
        kept.append(hit)
    return kept


def spellings(name: str) -> set[str]:
    """The search keys of a name and of its other spellings.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    set of str
        White space folded.
    """
    key = re.sub(r"^ ?the ", "", search_key(name))
    keys = {key.strip()}
    for one, other in _SPELLINGS:
        for written, instead in ((one, other), (other, one)):
            keys |= {re.sub(rf"\b{written}\b", instead, key) for key in keys}
    return keys - {""}


def _of_corpus(corpus: Corpus) -> Iterator[list[Entry]]:
    aliases = defaultdict(list)
    for row in corpus.load("aliases").fillna("").itertuples():
        aliases[row.entity_id].append((row.alias, search_key(row.context).strip()))
    countries = {}
    for row in corpus.load("organizations").fillna("").itertuples():
        name = row.organization_id
        countries[name] = row.country
        kind = STATE if row.kind == "state" else ORGANIZATION
        entity = Entity(kind, row.name, row.acronym, name, row.kind, row.level, row.country)
        yield _entries(entity, [row.name, row.acronym], aliases[name])
    for row in corpus.load("instruments").fillna("").itertuples():
        name = row.instrument_id
        country = countries.get(row.jurisdiction_id, "")
        entity = Entity(INSTRUMENT, row.title, row.number, name, row.kind, "", country)
        yield _entries(entity, [row.title, row.number], aliases[name])


def _entries(
    entity: Entity, names: Iterable[str], aliases: Iterable[tuple[str, str]] = ()
) -> list[Entry]:
    written = [(name, "") for name in names if name]
    return [
        Entry(entity, name, context, _keeps_case(name))
        for name, context in itertools.chain(written, aliases)
    ]


def _keeps_case(name: str) -> bool:
    return " " not in name and sum(map(str.isupper, name)) > 1


def _bodies() -> Iterator[list[Entry]]:
    for row in _rows("bodies.csv"):
        entity = Entity(
            ORGANIZATION,
            row["name"],
            row["acronym"],
            sort=row["kind"],
            level=row["level"],
            country=row["country"],
        )
        yield _entries(entity, [row["name"], row["acronym"], *row["aliases"].split("|")])


def _documents() -> Iterator[list[Entry]]:
    for row in _rows("documents.csv"):
        entity = Entity(INSTRUMENT, row["title"], row["number"], sort=row["kind"])
        yield _entries(entity, [row["title"], row["number"], *row["aliases"].split("|")])


def _states() -> Iterator[list[Entry]]:
    for row in _rows("states.csv"):
        entity = Entity(STATE, row["name"], sort="state", level="national", country=row["code"])
        yield _entries(entity, [row["name"], *row["names"].split("|")])
        yield _entries(entity._replace(kind=PEOPLE), row["people"].split("|"))
        for city in row["cities"].split("|"):
            yield _entries(entity._replace(kind=CITY, name=city), [city])


def _rows(file: str) -> Iterable[dict[str, str]]:
    with (_FOLDER / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def gazetteer_of(root: Path) -> Gazetteer:
    """The gazetteer of a corpus, made once.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the corpus.

    Returns
    -------
    Gazetteer
    """
    return Gazetteer(Corpus(root))
