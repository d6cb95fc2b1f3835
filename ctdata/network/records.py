"""Claims and bodies as records: what edges carry, what nodes are, how they are cited and named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import dates, display
from ctdata.kept import kept

if TYPE_CHECKING:
    from ctdata.corpus import Corpus

LEVELS = ("global", "regional", "national")

_ATTRIBUTES = ("name", "kind", "level", "country", "parent_id")
_LONGEST = 28  # characters of a label
_USUAL = {
    "counter-terrorism": "CT",
    "counter-terrorist": "CT",
    "United States": "US",
}
# A name of at least two words, and what says more about it.
_EXPLAINED = re.compile(r"(\S+ .*?) (?:of the|established|pursuant|against|on|for|in) .*")
Claims = tuple[dict[str, Any], ...]
_KEPT = ("claim_id", "source_id", "citation", "quote", "date", "note", "role")


class Evidence(display.Citation):
    """The places of claims that come as records, each once, in the order of reading."""

    def __init__(self, claims: Iterable[Mapping[str, Any]]) -> None:
        places = {(c["claim_id"], c["citation"], c["quote"]) for c in claims}
        self.places = sorted(places, key=_reading_order)


def _reading_order(place: tuple[str, str, str]) -> list[Any]:
    """What to sort places by, so that paragraph 9 comes before paragraph 12."""
    parts = re.split(r"(\d+)", place[1])
    return [[int(part) if part.isdigit() else part for part in parts], place]


def merged(citations: Iterable[display.Citation], most: int | None = None) -> Evidence:
    """Join citations; of each, the first places only where running text wants few."""
    names = ("claim_id", "citation", "quote")
    places = (place for one in citations for place in one.places[:most])
    return Evidence(dict(zip(names, place, strict=True)) for place in places)


def records(rows: pd.DataFrame, columns: Sequence[str] = _KEPT) -> list[dict[str, Any]]:
    """Rows as dicts of those columns that there are, with None for what is missing."""
    known = rows[[name for name in columns if name in rows]].astype(object)
    return known.where(known.notna(), None).to_dict("records")


def grouped(rows: pd.DataFrame, by: list[str]) -> dict[tuple[str, ...], Claims]:
    """Claims by what they have in common, in order of rows."""
    groups: dict[tuple[str, ...], Claims] = {}
    for *key, record in zip(*(rows[name] for name in by), records(rows), strict=True):
        groups[tuple(key)] = (*groups.get(tuple(key), ()), record)
    return groups


def weighed(claims: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What an edge says of its claims: themselves, their texts, how many they are."""
    claims = tuple(claims)
    texts = tuple(sorted({claim["source_id"] for claim in claims}))
    return {"claims": claims, "texts": texts, "weight": len(claims)}


def ranked(frame: pd.DataFrame, by: Sequence[str], names: Sequence[str] = ("name",)):
    """Rows by their numbers, the greatest first; equal ones by name."""
    return frame.sort_values(
        [*by, *names],
        ascending=[False] * len(by) + [True] * len(names),
        key=lambda column: column.round(9) if column.dtype == "float64" else column,
        ignore_index=True,
    )


@kept
def bodies(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every organization, by id, in order of ids."""
    rows = corpus.load("organizations").sort_values("organization_id")
    attributes = records(rows, _ATTRIBUTES)
    found = zip(rows["organization_id"], attributes, strict=True)
    return {body: {"entity": "organization"} | of_body for body, of_body in found}


@kept
def instruments(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every instrument, by id, with the same names."""
    rows = corpus.load("instruments").rename(columns={"title": "name"})
    found = zip(rows["instrument_id"], records(rows, ("name", "kind")), strict=True)
    nothing = {"entity": "instrument"} | dict.fromkeys(_ATTRIBUTES)
    return {instrument: nothing | attributes for instrument, attributes in found}


@kept
def events(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every event, by id; told by several texts, the most precise date counts."""
    rows = corpus.load("events")
    rows = rows.assign(span=rows["date_latest"] - rows["date_earliest"])
    rows = rows.sort_values(["event_id", "span", "claim_id"], na_position="last")
    rows = rows.drop_duplicates("event_id")
    attributes = records(rows, ("name", "kind", "date", "country", "date_earliest"))
    found = zip(rows["event_id"], attributes, strict=True)
    return {event: d | {"when": dates.label(d["date"]) if d["date"] else ""} for event, d in found}


def state_names(corpus: Corpus) -> dict[str, str]:
    """Names of states by their codes."""
    return {d["country"]: d["name"] for d in bodies(corpus).values() if d["kind"] == "state"}


@kept
def _acronyms(corpus: Corpus) -> dict[str, str]:
    rows = corpus.load("organizations").dropna(subset=["acronym"])
    return dict(zip(rows["organization_id"], rows["acronym"], strict=True))


@kept
def _spelled_out(corpus: Corpus) -> list[tuple[str, str]]:
    """Names of several words with their acronyms, the longest first."""
    names = {bodies(corpus)[body]["name"]: short for body, short in _acronyms(corpus).items()}
    return sorted(((n, names[n]) for n in names if " " in n), key=lambda i: (-len(i[0]), i))


def with_acronyms(corpus: Corpus, name: str) -> str:
    """A name with acronyms for the other bodies that stand in it."""
    written = name
    for whole, acronym in _spelled_out(corpus):
        if whole != name:
            written = written.replace(whole, acronym)
    return written


@kept
def labels(corpus: Corpus) -> dict[str, str]:
    """Short labels of organizations, for pictures.

    Parameters
    ----------
    corpus : ctdata.Corpus
        The corpus.

    Returns
    -------
    dict of str to str
        The acronym; or else the name without the state that a national body belongs to and with
        usual abbreviations. Where that is still long, without what explains it; what the
        explanation named comes in front: the number of a resolution, or the acronym of the body
        above. Of a name that has no such end, the last two words.
    """
    states = state_names(corpus)
    return {
        body: _acronyms(corpus).get(body) or _label(corpus, body, states.get(of_body["country"]))
        for body, of_body in bodies(corpus).items()
    }


def _label(corpus: Corpus, body: str, state: str | None) -> str:
    name = with_acronyms(corpus, bodies(corpus)[body]["name"])
    if state and name != state:
        name = re.sub(rf" (?:of|in) (?:the )?{re.escape(state)}$", "", name)
    for words, usual in _USUAL.items():
        name = name.replace(words, usual) if len(name) > _LONGEST else name
    if len(name) <= _LONGEST:
        return name
    number = re.search(r"\b\d{4}\b", name)
    above = number.group() if number else _acronyms(corpus).get(bodies(corpus)[body]["parent_id"])
    name = re.sub(r" \([^()]*\)$", "", name)
    head = _EXPLAINED.sub(r"\1", name)
    if head != name and above and above not in head.split():
        return f"{above} {head.removeprefix('Security Council ')}"
    return head if len(head) <= _LONGEST else " ".join(head.split()[-2:])
