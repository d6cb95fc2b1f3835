"""Readings of the texts that tests make along another way than the package does."""

from __future__ import annotations

import re

_NUMBER_WORDS = dict(
    zip(
        "no zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen".split(),
        [0, 0, *range(1, 17)],
        strict=True,
    )
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS |= {word: 10 * at for at, word in enumerate(_TENS, start=2)}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_SCALES = {"million": 10**6, "billion": 10**9}


def numbers_in(words: str) -> set[float]:
    """Every number that the words hold, in digits or spelled out."""
    found: set[float] = set()
    for match in re.finditer(r"\d[\d,]*(?:\.\d+)?", words):
        value = float(match.group().rstrip(",").replace(",", ""))
        scale = re.match(r"\s+(million|billion)", words[match.end() :])
        found.add(value * _SCALES[scale.group(1)] if scale else value)
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _NUMBER_WORDS or word in _ORDINALS:
            found.add(float(_NUMBER_WORDS.get(word, _ORDINALS.get(word))))
    return found


def number_is_in_quote(figure: dict) -> bool:
    """Whether both bounds of a figure stand in its quote."""
    printed = numbers_in(figure["quote"])
    bounds = {figure[name] for name in ("low", "high") if figure[name] == figure[name]}
    return bool(bounds) and bounds <= printed
