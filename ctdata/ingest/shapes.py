"""The shapes of names: capitalized words around a noun that says what is named.

The nouns are found beforehand; the words before and behind are read only there, and only as far as
a name can be long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 120  # characters before a noun that may belong to its name

WORD = r"(?:(?:al|ad|as|el|ul|wal)-)?[A-ZÀ-ÖØ-Þ][\w’'ʻ‘]{0,40}(?:[-‑–/][\w’']{1,40}){0,4}"
SEGMENT = rf"{WORD}(?: {WORD}){{0,6}}"
MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
QUOTED = r"[\"“«„][^\"”»“«\n]{3,250}[\"”»“]"

# Words are read backwards from a noun, so the pattern spells them backwards.
_WORDS_BEFORE = re.compile(
    r"(?: (?:[\w’'ʻ‘/-]{0,60}[A-ZÀ-ÖØ-Þ](?![\w’'-])|\.S\.U(?!\w)|\d{4}(?:/\d{4}){0,3}(?![\w–-])"
    r"|dna(?= [\w’'-]{0,40}[A-ZÀ-ÖØ-Þ](?![\w’'-]))"
    r"|\)(?:[a-z]{2,30}[A-Z] ?){1,4}\((?= )))*"  # "Offences (Special Measures) Act"
)
# What may open a sentence or a title before a name without being part of it.
_NOT_OF_NAMES = frozenset(
    "A According After Against Along Alongside Also Although Among An And As At Attending Before "
    "Besides Between Both But By Chair Chairman Chairperson Deputy Director During Each For From "
    "H.E. Head Her His How If In Its Mr Mrs Ms Dr My No Nor Of On Only Other Our Over President "
    "Representatives Experts Officials Members Delegates Delegations Several Since So Some Such "
    "That The Their Then There These They This Those Three Through Thus To Together Two Under "
    "Until We What When Where Whether Which While Who With Within Without Your Ambassador "
    "Minister Secretary Colonel General Lieutenant Speaker Participants Alongside".split()
)
# "General Prosecutor", "General Staff"; before other nouns it is the rank of a person.
_GENERAL_BODIES = (
    "Assembly",
    "Command",
    "Department",
    "Directorate",
    "Prosecutor",
    "Secretariat",
    "Staff",
)
_LONGEST_HEAD = max(map(len, _GENERAL_BODIES))
# Possessives that are part of a name: the Prosecutor General's Office, the People's Assembly.
_NAMING_POSSESSIVES = frozenset(
    "General People Peoples President Children Women Workers Attorney Prosecutor Governor State "
    "Ulema".split()
)


def alternatives(nouns: Iterable[str]) -> str:
    """The nouns as a pattern, longer ones before shorter ones.

    Parameters
    ----------
    nouns : iterable of str
        The nouns.

    Returns
    -------
    str
    """
    return "|".join(re.escape(noun) for noun in sorted(nouns, key=len, reverse=True))


def before(words: str, start: int, limit: int = 0) -> int:
    """Where a name begins whose noun begins at ``start``.

    Parameters
    ----------
    words : str
        The words.
    start : int
        Offset of the noun.
    limit : int, optional
        The name begins no earlier.

    Returns
    -------
    int
        Offset of the first capitalized word of the name, or ``start``.
    """
    lowest = max(limit, start - LONGEST)
    last_word = words[words.rfind(" ", lowest, start - 1) + 1 or lowest : start - 1]
    if last_word.islower() and last_word.isalpha() and last_word != "and":
        return start  # as most often; spares the search
    begin = start - _WORDS_BEFORE.match(words[lowest:start][::-1]).end()
    if begin == start:
        return start
    if begin <= lowest and lowest and words[lowest - 1].isalnum():
        begin = words.find(" ", begin, start) + 1 or start
        if begin == start:
            return start
    begin += words[begin] == " "
    run = words[begin:start].split(" ")[:-1]
    drop = 0
    for index, word in enumerate(run):
        bare = word.removesuffix("s").rstrip("’'") if word.endswith(("’s", "'s")) else None
        if bare is not None and bare not in _NAMING_POSSESSIVES:
            drop = index + 1
        elif word.endswith("-based"):
            drop = index + 1  # "the Hague-based Centre"
        elif word == "and" and len(run[index - 1]) > 2 and run[index - 1].isupper():
            drop = index + 1  # an acronym before "and" is a body of its own
    run.append(words[start : start + _LONGEST_HEAD])
    while drop < len(run) - 1 and (run[drop].rstrip(".") in _NOT_OF_NAMES or run[drop] == "and"):
        if run[drop] == "General" and run[drop + 1].startswith(_GENERAL_BODIES):
            break  # no rank
        drop += 1
    return begin + sum(len(word) + 1 for word in run[:drop])
