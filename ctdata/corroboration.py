"""Where several texts speak of the same thing, and whether they say the same.

A *point* is one thing that a text can say: that this state is a member of that body, that this
resolution was adopted, that this conference took place, that so many people left. Claims of
different texts meet at a point by its key (same two ends and same kind of tie; same instrument and
act; same event; same event and body; same state, indicator and people counted; same instrument and
its term), never by likeness of words. At each point every two texts get a verdict:

``agree``
    What both state is the same. What only one states, a date for instance, is silence of the other
    and no disagreement.
``agree, one more exact``
    Both can be meant by the same fact, but one date or number lies within the other or overlaps it.
``another stage or scope``
    Both can be true side by side, but neither confirms the other: signed and pending, initiated and
    taken part in, another visit, another year, other people counted.
``exclude each other``
    Not both can be true as stated.

A *topic* holds the points that belong together (a pair of bodies, an instrument, an indicator, the
treaties under one roof). Two texts that speak of one topic without sharing a point in it are
compared there: they tell another side of the same matter.

A point is supported by as many texts as agree on it with each other, and independently by as many
*speakers* as stand behind those: two texts in which one government speaks are two texts, but one
speaker. That witnesses count only as far as they are independent is the old rule of source
criticism (M. Howell and W. Prevenier, *From Reliable Sources: An Introduction to Historical
Methods*, Cornell University Press, 2001).
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from ctdata import dates, display
from ctdata.corpus import Corpus, Selection
from ctdata.estimates import Interval, bounds
from ctdata.evidence import Text, fold

AGREE = "agree"
FINER = "agree, one more exact"
BESIDE = "another stage or scope"
EXCLUDE = "exclude each other"
# From the best to the gravest.
VERDICTS = (AGREE, FINER, BESIDE, EXCLUDE)
SINGLE = "one text only"

KINDS = {
    "tie": "Ties",
    "act": "Acts on instruments",
    "event": "Events",
    "part": "Parts in events",
    "number": "Numbers",
    "term": "Terms of instruments",
    "seat": "Seats in visiting delegations",
    "stage": "Treaties, how far accepted",
}

# Ties that a body's name mostly carries with it ("... Committee of the Security Council").
_STRUCTURE = {"part_of", "established_by", "concerns"}
_SYMMETRIC = {"cooperates_with"}
# Acts that an instrument sees once, and those that only one body can do.
_ONCE = {"adopted", "entered_into_force"}
_BY_ONE = {"adopted"}
# Acts and ties that each party sees once.
_ONCE_A_PARTY = {
    "signed",
    "ratified",
    "acceded",
    "approved",
    "co_sponsored",
    "co_sponsor_of",
    "established_by",
    "party_to",
    "signatory_to",
}
_OPPOSED_ROLES = ({"lead", "member"}, {"perpetrator", "target"})
_STAGES = {
    "signed": "signed",
    "signatory_to": "signed",
    "ratification_pending": "ratification pending",
    "ratified": "party",
    "acceded": "party",
    "party_to": "party",
}
_TREATIES = {"convention", "treaty", "protocol", "agreement", "collection"}
# How far off a number may be that the text itself calls approximate.
_ABOUT = 0.1
NOT_STATED = "not stated"


# Comparing what two claims state

SILENT, SAME, WITHIN, APART = "silent", "same", "within", "apart"


def relate_dates(first: object, second: object) -> str:
    """Say how two EDTF dates lie to each other.

    Parameters
    ----------
    first, second : str or missing
        EDTF dates.

    Returns
    -------
    str
        "silent" if one is missing, "same" if they have the same bounds, "within" if they share a
        day (mostly because one lies within the other), "apart" if they share none. A date marked as
        approximate or uncertain reaches one of its own length further to both sides before it is
        apart from another.
    """
    if not (isinstance(first, str) and isinstance(second, str)):
        return SILENT
    one, other = dates.parse(first), dates.parse(second)
    if (one.earliest, one.latest) == (other.earliest, other.latest):
        return SAME
    (start, end), (other_start, other_end) = _reach(one), _reach(other)
    return WITHIN if start <= other_end and other_start <= end else APART


def _reach(date: dates.Edtf) -> tuple[float, float]:
    """First and last day as ordinals, with the room that a doubtful date needs."""
    start = date.earliest.toordinal() if date.earliest else float("-inf")
    end = date.latest.toordinal() if date.latest else float("inf")
    if (date.approximate or date.uncertain) and date.earliest and date.latest:
        length = end - start + 1
        start, end = start - length, end + length
    return start, end


def relate_numbers(first: Interval | None, second: Interval | None) -> str:
    """Say how two numbers lie to each other.

    Parameters
    ----------
    first, second : ctdata.estimates.Interval or None
        The numbers.

    Returns
    -------
    str
        "silent" if one is missing, "same" if the bounds are the same, "within" if some number
        satisfies both, "apart" if none does. A number that the text calls approximate may be off by
        a tenth.
    """
    if first is None or second is None:
        return SILENT
    if (first.low, first.high) == (second.low, second.high):
        return SAME
    return APART if (first.widened(_ABOUT) & second.widened(_ABOUT)) is None else WITHIN


def _relate_words(first: object, second: object) -> str:
    if not (isinstance(first, str) and isinstance(second, str)):
        return SILENT
    return SAME if first == second else APART


def _relate_bodies(first: object, second: object) -> str:
    """Compare two bodies, each written as its line of parents, from the top."""
    found = _relate_words(first, second)
    if found == APART and (
        f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")
    ):
        return WITHIN
    return found


_RELATE: dict[str, Callable[[Any, Any], str]] = {
    "actor": _relate_bodies,
    "place": _relate_words,
    "country": _relate_words,
    "role": _relate_words,
    "date": relate_dates,
    "occasion": relate_dates,
    "period": relate_dates,
    "term": relate_dates,
    "number": relate_numbers,
}
# What a claim of each kind states at its point.
_FACETS = {
    "tie": ("date",),
    "act": ("actor", "date"),
    "event": ("date", "place", "country"),
    "part": ("role",),
    "number": ("period", "number"),
    "term": ("term",),
    "seat": ("occasion",),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two claims at one point.

    Attributes
    ----------
    verdict : str
        One of ``VERDICTS``.
    differs : tuple of str
        The facets on which the verdict rests: where the two differ, or where one is more exact.
    lone : tuple of str
        The facets that one of the two alone states.
    same_fact : bool
        Whether the two can be about one fact, not two (another actor, another year).
    """

    verdict: str
    differs: tuple[str, ...]
    lone: tuple[str, ...]
    same_fact: bool


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """Compare two claims that meet at a point.

    Parameters
    ----------
    first, second : mapping
        Rows of :func:`claims` with one key.

    Returns
    -------
    Comparison
    """
    facets = _FACETS[first["kind"]]
    found = {name: _RELATE[name](first[name], second[name]) for name in facets}
    lone = tuple(n for n in facets if _is_stated(first[n]) != _is_stated(second[n]))
    other_fact = _other_fact(found, lone, first["aspect"])
    apart = tuple(name for name in facets if found[name] == APART)
    within = tuple(name for name in facets if found[name] == WITHIN)
    if other_fact:
        return Comparison(
            BESIDE, (*other_fact, *(n for n in apart if n not in other_fact)), lone, False
        )
    if apart:
        excluding = tuple(name for name in apart if _excludes(name, found, first, second))
        return Comparison(EXCLUDE if excluding else BESIDE, excluding or apart, lone, True)
    return Comparison(FINER if within else AGREE, within, lone, True)


def _other_fact(found: Mapping[str, str], lone: Sequence[str], act: str) -> tuple[str, ...]:
    """The facets that show the two to be about two facts, or that leave it open."""
    different = tuple(n for n in ("period", "occasion") if found.get(n) == APART)
    if "actor" in found and act not in _BY_ONE:
        if found["actor"] == APART:
            different += ("actor",)
        # What many can do many times is not one fact only because nothing speaks against it.
        elif "actor" in lone and act not in _ONCE | _ONCE_A_PARTY and found["date"] == SILENT:
            different += ("actor",)
    return different


def _excludes(
    facet: str, found: Mapping[str, str], first: Mapping[str, Any], second: Mapping[str, Any]
) -> bool:
    """Whether being apart in a facet means that not both claims can be true."""
    if facet == "date":
        if first["kind"] == "event" or first["aspect"] in _ONCE:
            return True
        # Unnamed parties may be two, each with its own date.
        return first["aspect"] in _ONCE_A_PARTY and found.get("actor", SAME) != SILENT
    if facet == "role":
        return {first["role"], second["role"]} in _OPPOSED_ROLES
    if facet == "number":
        return found["period"] == SAME
    return True


def _is_stated(value: object) -> bool:
    return isinstance(value, str | Interval)


def _plain(name: str) -> str:
    return name.replace("co_", "co-").replace("_", " ")


# Claims, laid out for comparing

_COLUMNS = (
    "kind key topic aspect label topic_label group thing thing_label structural source_id speaker "
    "claim_id citation quote note "
    "actor date place country role occasion period number term words"
).split()


def claims(selection: Selection) -> pd.DataFrame:
    """Lay out every claim that can meet another one at a point.

    Measures and list entries are left out: a policy has no key by which two texts could be said to
    mean the same action, and a list is told by one text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row a claim and point, texts in order of issue: ``kind`` (a key of ``KINDS``), ``key`` of
        the point, ``topic``, ``aspect`` (the tie, act, role or people counted), ``label`` and
        ``topic_label`` in words; ``thing`` (what points of several kinds are about) with its label
        and ``group``; ``structural`` (bool: mostly carried by a name, as the parent body or the
        year of a numbered resolution is); ``source_id, speaker, claim_id, citation, quote, note``;
        and what is compared: ``actor`` (its line of parents, from the top), ``date, place, country,
        role, occasion, period, number`` (an interval), ``term``, with ``words``, a dict that tells
        what a reader sees instead.
    """
    names = _names(selection.corpus)
    readers = (_ties, _acts, _events, _parts, _numbers, _terms, _seats)
    rows = [row for read in readers for row in read(selection, names)]
    order = _order(selection)
    rows.sort(key=lambda row: (list(KINDS).index(row["kind"]), order[row["source_id"]]))
    speaks = speakers(selection)
    for row in rows:
        # What a number's asserter says is the asserter's, whoever prints it.
        asserter = row.get("asserted_by")
        row["speaker"] = names.head(asserter) if _is_stated(asserter) else speaks[row["source_id"]]
    laid = [{name: row.get(name) for name in _COLUMNS} for row in rows]
    return pd.DataFrame(laid, columns=_COLUMNS).astype({"structural": bool})


class _Names:
    """What ids are called, and whose part a body is."""

    def __init__(self, corpus: Corpus) -> None:
        bodies = corpus.load("organizations")
        instruments = corpus.load("instruments")
        states = bodies[bodies["kind"] == "state"]
        resolutions = instruments[instruments["kind"] == "resolution"].dropna(subset="number")
        self.of_id = {
            **corpus.names,
            **bodies.dropna(subset="acronym").set_index("organization_id")["acronym"],
            **("Resolution " + resolutions.set_index("instrument_id")["number"]),
        }
        self.of_country = dict(zip(states["country"], states["name"], strict=True))
        self.state_of = dict(zip(states["country"], states["organization_id"], strict=True))
        self.kind_of = instruments.set_index("instrument_id")["kind"].to_dict()
        self.roof_of = instruments.set_index("instrument_id")["jurisdiction_id"].dropna().to_dict()
        self._parents = bodies.set_index("organization_id")["parent_id"].dropna().to_dict()

    def line(self, body: str) -> list[str]:
        """The body and what it is a part of, from the top."""
        line = [body]
        while self._parents.get(line[0]) and self._parents[line[0]] not in line:
            line.insert(0, self._parents[line[0]])
        return line

    def head(self, body: str) -> str:
        """The body at the top."""
        return self.line(body)[0]


@lru_cache(maxsize=2)
def _names(corpus: Corpus) -> _Names:
    return _Names(corpus)


def texts(selection: Selection) -> list[str]:
    """Short names of the texts that make a claim in scope, in order of issue.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    list of str
    """
    tables = [name for name, table in selection.corpus.schema.items() if table.is_claim]
    speaking = set().union(*(getattr(selection, name)["source_id"] for name in tables))
    passports = selection.corpus.load("sources").sort_values(["issued_earliest", "source_id"])
    return [name for name in passports["source_id"] if name in speaking]


@lru_cache(maxsize=2)
def _order(selection: Selection) -> dict[str, int]:
    return {name: at for at, name in enumerate(texts(selection))}


def speakers(selection: Selection) -> dict[str, str]:
    """Who speaks in each text: the state or organization at the top of the speaker's line.

    A statement in a meeting speaks for the body that its title names first, whoever keeps the
    record; any other text speaks for the body that its publisher's name ends with. Offices and
    parts stand for the whole that they belong to.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    dict of str to str
        Texts and ids of organizations; the publisher as printed where it is no known organization.
    """
    names, finder, found = _names(selection.corpus), selection.corpus.name_finder, {}
    for passport in selection.corpus.load("sources").to_dict("records"):
        is_statement = passport["document_type"] == "statement"
        words = passport["title" if is_statement else "publisher"]
        named = [m.entity_id for m in finder.find(Text(words)) if m.kind == "organization"]
        body = named[0 if is_statement else -1] if named else None
        found[passport["source_id"]] = names.head(body) if body else words
    return found


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {n: row[n] for n in ("source_id", "claim_id", "citation", "quote", "note")}


def _ties(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    called = names.of_id
    for row in selection.relations.to_dict("records"):
        subject, tie, other = row["subject_id"], row["predicate"], row["object_id"]
        ends = sorted((subject, other))
        instrument = next((end for end in (other, subject) if end in names.kind_of), None)
        between = f"{called[subject]} and {called[other]}"
        yield {
            "kind": "tie",
            "key": "|".join([*ends, tie] if tie in _SYMMETRIC else [subject, other, tie]),
            "topic": "|".join(ends),
            "aspect": tie,
            "label": f"{called[subject]}: {_plain(tie)} {called[other]}",
            "topic_label": between,
            "group": "Instruments" if instrument else "Ties",
            "thing": instrument or "|".join(ends),
            "thing_label": called[instrument] if instrument else between,
            "structural": tie in _STRUCTURE,
            "date": row["date"],
            **_evidence(row),
        }


def _acts(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    for row in selection.legal_events.to_dict("records"):
        instrument, act, actor = row["instrument_id"], row["action"], row["actor_id"]
        called = names.of_id[instrument]
        stated = isinstance(actor, str)
        yield {
            "kind": "act",
            "key": f"{instrument}|{act}",
            "topic": instrument,
            "aspect": act,
            "label": f"{called}: {_plain(act)}",
            "topic_label": called,
            "group": "Instruments",
            "thing": instrument,
            "thing_label": called,
            "structural": names.kind_of[instrument] == "resolution"
            and act in ("adopted", "established_body"),
            "date": row["date"],
            "actor": "/".join(names.line(actor)) if stated else None,
            "words": {"actor": names.of_id[actor]} if stated else {},
            **_evidence(row),
        }


def _events(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    for row in selection.events.to_dict("records"):
        yield {
            "kind": "event",
            **dict.fromkeys(("key", "topic", "thing"), row["event_id"]),
            **dict.fromkeys(("label", "topic_label", "thing_label"), row["name"]),
            "group": "Events",
            "aspect": "told",
            "structural": False,
            "date": row["date"],
            "place": row["place"],
            "country": row["country"],
            "words": {"country": names.of_country.get(row["country"], row["country"])},
            **_evidence(row),
        }


def _parts(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    events = _all_events(selection)
    for row in selection.participation.to_dict("records"):
        event, body = row["event_id"], row["organization_id"]
        called = events["name"][event]
        yield {
            "kind": "part",
            **dict.fromkeys(("key", "topic"), f"{event}|{body}"),
            **dict.fromkeys(("label", "topic_label"), f"{names.of_id[body]}: part in {called}"),
            "group": "Events",
            "thing": event,
            "thing_label": called,
            "aspect": row["role"],
            "structural": False,
            "role": row["role"],
            **_evidence(row),
        }


def _all_events(selection: Selection) -> pd.DataFrame:
    events = selection.corpus.load("events")
    return events.drop_duplicates("event_id").set_index("event_id")


def _numbers(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    for figure, row in _figures(selection):
        country = row["country"] if isinstance(row["country"], str) else ""
        called = display.header(row["indicator"])
        called += f", {names.of_country.get(country, country)}" if country else ""
        counted = row["population"] if isinstance(row["population"], str) else ""
        topic = f"{country}|{row['indicator']}|{row['unit']}"
        number = bounds(figure)
        yield {
            "kind": "number",
            "key": f"{topic}|{counted.casefold()}",
            "label": f"{called}: {counted}",
            "aspect": counted,
            **dict.fromkeys(("topic", "thing"), topic),
            **dict.fromkeys(("topic_label", "thing_label"), called),
            "group": "Numbers",
            "structural": False,
            "number": number,
            "period": row["period"] if isinstance(row["period"], str) else row["as_of"],
            "words": {
                "number": number.label(row["qualifier"] if _is_stated(row["qualifier"]) else ""),
                "period": _period_in_words(row),
            },
            "asserted_by": row["asserted_by"],
            **_evidence(row),
        }


def _figures(selection: Selection) -> Iterable[tuple[Any, dict[str, Any]]]:
    figures = selection.figures
    return zip(figures.itertuples(), figures.to_dict("records"), strict=True)


def _period_in_words(row: Mapping[str, Any]) -> str:
    if isinstance(row["period"], str):
        return dates.label(row["period"])
    return f"as of {dates.label(row['as_of'])}" if isinstance(row["as_of"], str) else NOT_STATED


def _terms(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    """Terms of instruments: a number tells the term, the act that shares its words tells of what.

    Both are evidence, so there is a row for each.
    """
    acts_at = _acts_at(selection)
    for figure, row in _figures(selection):
        term = _term(figure)
        if not term:
            continue
        for instrument, acts in _by(acts_at[figure.claim_id], "instrument_id").items():
            called = names.of_id[instrument]
            for claim in (*acts, row):
                yield {
                    "kind": "term",
                    **dict.fromkeys(("key", "topic", "thing"), instrument),
                    **dict.fromkeys(("topic_label", "thing_label"), called),
                    "label": f"{called}: term {dates.label(term)}",
                    "group": "Instruments",
                    "aspect": "term",
                    "structural": False,
                    "term": term,
                    "asserted_by": row["asserted_by"],
                    **_evidence(claim),
                }


def _term(figure: Any) -> str | None:
    """The closed interval that a number covers; five years since 2013 are 2013 to 2017."""
    if not isinstance(figure.period, str):
        return None
    period = dates.parse(figure.period)
    if period.precision != "interval" or period.earliest is None:
        return None
    if period.latest:
        return figure.period
    start = figure.period.partition("/")[0]
    if figure.unit != "years" or figure.low != figure.high or not start.isdigit():
        return None
    return f"{start}/{int(start) + int(figure.low) - 1}"


def _acts_at(selection: Selection) -> dict[str, list[dict[str, Any]]]:
    """For each number, the acts whose quotes share words with its own."""
    acts = _by(selection.legal_events.to_dict("records"), "source_id")
    return {
        figure["claim_id"]: [
            act
            for act in acts[figure["source_id"]]
            if act["start"] < figure["end"] and act["end"] > figure["start"]
        ]
        for figure in selection.figures.to_dict("records")
    }


def _seats(selection: Selection, names: _Names) -> Iterable[dict[str, Any]]:
    """Members of visiting delegations, by the body that led the delegation."""
    events, parts = _all_events(selection), selection.participation
    leads = parts[parts["role"] == "lead"].drop_duplicates("event_id")
    leads = leads.set_index("event_id")["organization_id"]
    for row in parts[parts["role"] == "member"].to_dict("records"):
        event, body = row["event_id"], row["organization_id"]
        if event not in leads or events["kind"].get(event) != "visit":
            continue
        called = f"On visits of {names.of_id[leads[event]]}: {names.of_id[body]}"
        yield {
            "kind": "seat",
            **dict.fromkeys(("key", "topic", "thing"), f"{leads[event]}|{body}"),
            **dict.fromkeys(("label", "topic_label", "thing_label"), called),
            "group": "Delegations",
            "aspect": event,
            "structural": False,
            "occasion": events["date"][event],
            **_evidence(row),
        }


# Pairs of texts

_PAIR_COLUMNS = (
    "kind level key label group thing thing_label structural verdict facets how only "
    "text_a text_b speaker_a speaker_b claims_a claims_b"
).split()


def pairs(selection: Selection, laid: pd.DataFrame) -> pd.DataFrame:
    """Give every two texts that meet a verdict.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    laid : pandas.DataFrame
        Its claims, from :func:`claims`.

    Returns
    -------
    pandas.DataFrame
        A row for each two texts at each point they share (``level`` "point"), and for each topic
        in which they share none (``level`` "topic"): ``kind, level, key, label, group, thing,
        thing_label, structural, verdict``, ``facets`` (tuple: in what they differ), ``how`` (the
        same with what each says), ``only`` (what one alone states), ``text_a, text_b`` (in order of
        issue), ``speaker_a, speaker_b``, ``claims_a, claims_b`` (tuples of ``claim_id``). The
        gravest verdicts of a kind come first.
    """
    rows = [*_point_pairs(laid), *_topic_pairs(laid), *_stage_pairs(selection)]
    kinds = list(KINDS)
    rows.sort(
        key=lambda r: (
            kinds.index(r["kind"]),
            -VERDICTS.index(r["verdict"]),
            r["label"],
            r["level"],
        )
    )
    return pd.DataFrame(rows, columns=_PAIR_COLUMNS).astype({"structural": bool})


def _by(records: Iterable[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    groups = defaultdict(list)
    for record in records:
        groups[record[name]].append(record)
    return groups


def _meetings(
    records: Iterable[dict[str, Any]], name: str
) -> Iterable[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Claims of every two texts that share a key; earlier texts come first."""
    for of_kind in _by(records, "kind").values():
        for together in _by(of_kind, name).values():
            yield from itertools.combinations(_by(together, "source_id").values(), 2)


def _point_pairs(laid: pd.DataFrame) -> Iterable[dict[str, Any]]:
    for first, second in _meetings(laid.to_dict("records"), "key"):
        yield _met(first, second)


def _met(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The verdict on two texts at a point, from the claims that fit each other best.

    A text may tell of several occasions or actors. Claims that can be about one fact go before
    claims about two, so that a contradiction is not hidden by a claim about something else.
    """
    found = [(one, other, compare(one, other)) for one in first for other in second]
    found = [entry for entry in found if entry[2].same_fact] or found
    verdict = min((compared.verdict for *_, compared in found), key=VERDICTS.index)
    best = [entry for entry in found if entry[2].verdict == verdict]
    left, right = [one for one, *_ in best], [other for _, other, _ in best]
    differs = list(dict.fromkeys(name for *_, compared in best for name in compared.differs))
    lone = {
        f"{name} only in {(one if _is_stated(one[name]) else other)['source_id']}": None
        for one, other, compared in best
        for name in compared.lone
        if name not in differs
    }
    how = {
        # Where two dates are both right, they are two occasions.
        "occasion" if name == "date" and verdict == BESIDE else name: _sides(name, left, right)
        for name in differs
    }
    return _pair("point", verdict, left, right, how=how, only=lone)


def _sides(
    facet: str, first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
) -> str:
    return _listed([[_in_words(facet, claim) for claim in side] for side in (first, second)])


def _listed(sides: Iterable[Iterable[str]]) -> str:
    """What the two sides say, each thing once."""
    return " / ".join(", ".join(dict.fromkeys(side)) for side in sides)


def _in_words(facet: str, claim: Mapping[str, Any]) -> str:
    value, words = claim[facet], claim["words"] or {}
    if facet in words:
        return words[facet]
    if not isinstance(value, str):
        return NOT_STATED
    return dates.label(value) if _RELATE[facet] is relate_dates else _plain(value)


def _pair(
    level: str,
    verdict: str,
    first: Sequence[Mapping[str, Any]],
    second: Sequence[Mapping[str, Any]],
    *,
    how: Mapping[str, str],
    only: Iterable[str] = (),
) -> dict[str, Any]:
    one, other = first[0], second[0]
    at_point = level == "point"
    return {
        "level": level,
        "key": one["key" if at_point else "topic"],
        "label": one["label" if at_point else "topic_label"],
        "structural": one["structural"] and other["structural"],
        **{name: one[name] for name in ("kind", "group", "thing", "thing_label")},
        "verdict": verdict,
        "facets": tuple(how),
        "how": "; ".join(f"{name} ({words})" for name, words in how.items()),
        "only": "; ".join(only),
        "text_a": one["source_id"],
        "text_b": other["source_id"],
        "speaker_a": one["speaker"],
        "speaker_b": other["speaker"],
        "claims_a": tuple(dict.fromkeys(claim["claim_id"] for claim in first)),
        "claims_b": tuple(dict.fromkeys(claim["claim_id"] for claim in second)),
    }


_OTHER_SIDE = {"tie": "kind of tie", "act": "act", "number": "who is counted"}


def _topic_pairs(laid: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Texts that speak of one topic and share no point in it."""
    told = laid[~laid["structural"] & laid["kind"].isin(list(_OTHER_SIDE))]
    for first, second in _meetings(told.to_dict("records"), "topic"):
        if {claim["key"] for claim in first} & {claim["key"] for claim in second}:
            continue
        kind = first[0]["kind"]
        aspects = [[_plain(claim["aspect"]) for claim in side] for side in (first, second)]
        how = {_OTHER_SIDE[kind]: _listed(aspects)}
        if kind == "number":
            how |= {name: _sides(name, first, second) for name in ("period", "number")}
        yield _pair("topic", BESIDE, first, second, how=how)


def agreeing(met: pd.DataFrame) -> pd.DataFrame:
    """Pairs that agree on what no name carries.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
    """
    return met[met["verdict"].isin([AGREE, FINER]) & ~met["structural"]]


def differing(met: pd.DataFrame) -> pd.DataFrame:
    """Pairs that exclude each other, and then those in which neither confirms the other.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
        Without seats in delegations, of which :func:`tell_seats` tells.
    """
    others = met[met["kind"] != "seat"]
    return pd.concat([others[others["verdict"] == verdict] for verdict in (EXCLUDE, BESIDE)])


def treaties(selection: Selection) -> pd.DataFrame:
    """Take what is told about how far treaties are accepted.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row a claim, from the acts and from the ties "party to" and "signatory to", texts in order
        of issue: ``party`` (who is bound; where the text is silent, the state that the text is
        about) and ``party_label``, ``party_stated`` (bool), ``roof`` (body under which the treaty
        stands, or empty), ``instrument_id, instrument``, ``stage`` ("signed", "ratification
        pending" or "party"), ``date`` and the evidence. Laws, decrees and other acts of one state
        are no treaties.
    """
    names, order = _names(selection.corpus), _order(selection)
    about = selection.corpus.load("sources").set_index("source_id")["country"]
    acts = selection.legal_events.rename(columns={"action": "aspect", "actor_id": "party"})
    ties = selection.relations.rename(
        columns={"predicate": "aspect", "subject_id": "party", "object_id": "instrument_id"}
    )
    rows = []
    for claim in [*acts.to_dict("records"), *ties.to_dict("records")]:
        instrument, stage = claim["instrument_id"], _STAGES.get(claim["aspect"])
        if not stage or names.kind_of.get(instrument) not in _TREATIES:
            continue
        stated = isinstance(claim["party"], str)
        party = claim["party"] if stated else names.state_of.get(about[claim["source_id"]], "")
        rows.append(
            {
                "party": party,
                "party_label": names.of_id.get(party, NOT_STATED),
                "party_stated": stated,
                "roof": names.roof_of.get(instrument, ""),
                "instrument_id": instrument,
                "instrument": names.of_id[instrument],
                "stage": stage,
                "date": claim["date"],
                **_evidence(claim),
            }
        )
    rows.sort(key=lambda row: (order[row["source_id"]], row["party"], row["instrument"]))
    columns = "party party_label party_stated roof instrument_id instrument stage date".split()
    return pd.DataFrame(
        rows, columns=[*columns, "source_id", "claim_id", "citation", "quote", "note"]
    )


def _stage_pairs(selection: Selection) -> Iterable[dict[str, Any]]:
    """Texts that tell of other stages for one party's treaties under one roof."""
    names, speaks = _names(selection.corpus), speakers(selection)
    told = treaties(selection).to_dict("records")
    for row in told:
        row["kind"], row["structural"], row["group"] = "stage", False, "Treaties"
        row["topic"] = row["thing"] = f"{row['party']}|{row['roof']}"
        roof = names.of_id.get(row["roof"], "no named body")
        row["topic_label"] = row["thing_label"] = f"{row['party_label']}: treaties under {roof}"
        row["speaker"] = speaks[row["source_id"]]
    for first, second in _meetings(told, "topic"):
        if {row["stage"] for row in first} != {row["stage"] for row in second}:
            stages = _listed([[row["stage"] for row in side] for side in (first, second)])
            yield _pair("topic", BESIDE, first, second, how={"stage": stages})


# How many texts stand behind a point


def points(laid: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """Say of each point how many texts tell it and how many stand behind each other.

    Seats in delegations are left out: they are parts in events seen from another side.

    Parameters
    ----------
    laid : pandas.DataFrame
        From :func:`claims`.
    met : pandas.DataFrame
        From :func:`pairs`, of the same claims.

    Returns
    -------
    pandas.DataFrame
        A row a point: ``kind, key, label, structural, texts`` (tuple, in order of issue),
        ``verdict`` (the gravest of its pairs, or "one text only"), ``support`` (the most texts
        that agree with each other), ``speakers`` (how many speak in those), ``claim_ids``.
    """
    verdicts: dict[tuple[str, str], dict[frozenset[str], str]] = defaultdict(dict)
    for row in met[met["level"] == "point"].itertuples():
        verdicts[row.kind, row.key][frozenset((row.text_a, row.text_b))] = row.verdict
    rows = []
    for kind, of_kind in _by(laid[laid["kind"] != "seat"].to_dict("records"), "kind").items():
        for key, at_point in _by(of_kind, "key").items():
            found, by_text = verdicts[kind, key], _by(at_point, "source_id")
            group = _largest_agreeing(list(by_text), found)
            rows.append(
                {
                    "kind": kind,
                    "key": key,
                    "label": at_point[0]["label"],
                    "structural": at_point[0]["structural"],
                    "texts": tuple(by_text),
                    "verdict": max(found.values(), key=VERDICTS.index) if found else SINGLE,
                    "support": len(group),
                    "speakers": len({by_text[text][0]["speaker"] for text in group}),
                    "claim_ids": tuple(dict.fromkeys(c["claim_id"] for c in at_point)),
                }
            )
    columns = "kind key label structural texts verdict support speakers claim_ids".split()
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"structural": bool, "support": "int64", "speakers": "int64"})


def _largest_agreeing(names: Sequence[str], verdicts: Mapping[frozenset[str], str]) -> list[str]:
    """The largest set of texts that agree with each other, grown from each text in turn."""
    best: list[str] = []
    for start in names:
        group = [start]
        for name in names:
            if name not in group and all(
                verdicts[frozenset((name, member))] in (AGREE, FINER) for member in group
            ):
                group.append(name)
        best = group if len(group) > len(best) else best
    return best


def summary(told: pd.DataFrame) -> pd.DataFrame:
    """Count points by kind and by how many texts support them.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`points`.

    Returns
    -------
    pandas.DataFrame
        A row a kind and, last, all: ``kind`` in words, ``points``, ``one, two, more`` (supported by
        one text, two, three or more), ``by_name`` (of those with two or more texts, how many are
        carried by a name), ``own_words`` (the others), ``independent`` (how many of these have two
        or more speakers). All ``int64`` but the first. Empty without points.
    """
    counted = pd.DataFrame(
        {
            "kind": told["kind"].map(KINDS),
            "points": 1,
            "one": told["support"] == 1,
            "two": told["support"] == 2,
            "more": told["support"] > 2,
            "by_name": (told["support"] > 1) & told["structural"],
            "own_words": (told["support"] > 1) & ~told["structural"],
            "independent": (told["speakers"] > 1) & ~told["structural"],
        }
    ).astype(
        {name: "int64" for name in ("one", "two", "more", "by_name", "own_words", "independent")}
    )
    together = counted.groupby("kind", sort=False).sum().reset_index()
    if together.empty:
        return together
    everything = pd.DataFrame([{"kind": "All", **together.drop(columns="kind").sum()}])
    return pd.concat([together, everything], ignore_index=True)


def by_texts(selection: Selection, met: pd.DataFrame) -> pd.DataFrame:
    """Count verdicts for each two texts.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
        A row for each two texts that meet, in order of issue: ``text_a, text_b, speakers`` (in
        words), ``by_name`` (agreements that a name carries), and the counts of each of ``VERDICTS``
        without those. All counts ``int64``.
    """
    names, speaks, order = _names(selection.corpus), speakers(selection), _order(selection)
    rows = []
    for (first, second), group in met.groupby(["text_a", "text_b"]):
        carried = group["structural"] & group["verdict"].isin([AGREE, FINER])
        counted = group.loc[~carried, "verdict"].value_counts()
        rows.append(
            {
                "text_a": first,
                "text_b": second,
                "speakers": _both(speaks[first], speaks[second], names),
                "by_name": int(carried.sum()),
                **{verdict: int(counted.get(verdict, 0)) for verdict in VERDICTS},
            }
        )
    rows.sort(key=lambda row: (order[row["text_a"]], order[row["text_b"]]))
    return pd.DataFrame(rows, columns=["text_a", "text_b", "speakers", "by_name", *VERDICTS])


def _both(first: str, second: str, names: _Names) -> str:
    one, other = (names.of_id.get(body, body) for body in (first, second))
    return f"{one}, twice" if first == second else f"{one}; {other}"


# Checks


def durations(selection: Selection) -> pd.DataFrame:
    """Set the lengths that texts print beside the dates that they print.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each number of days or years with a closed period: ``what, printed`` and
        ``counted`` (``float64``: from the first to the last day or year, both included),
        ``verdict`` ("agrees" or "differs"), and the evidence.
    """
    rows = []
    for figure, row in _figures(selection):
        period = dates.parse(row["period"]) if isinstance(row["period"], str) else None
        if not (period and period.earliest and period.latest) or figure.low != figure.high:
            continue
        spans = {
            "days": (period.latest - period.earliest).days + 1,
            "years": period.latest.year - period.earliest.year + 1,
        }
        if figure.unit in spans and period.precision == "interval":
            counted = float(spans[figure.unit])
            rows.append(
                {
                    "what": f"{row['population']} ({dates.label(row['period'])})",
                    "printed": figure.low,
                    "counted": counted,
                    "verdict": "agrees" if counted == figure.low else "differs",
                    **_evidence(row),
                }
            )
    columns = "what printed counted verdict source_id claim_id citation quote note".split()
    return pd.DataFrame(rows, columns=columns)


def totals(selection: Selection, laid: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """Check that no claim and no meeting of two texts is lost on the way.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    laid, met : pandas.DataFrame
        From :func:`claims` and :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
        ``what, expected, found`` (``int64``), ``verdict`` ("agrees" or "differs").
    """
    tables = {
        "tie": selection.relations,
        "act": selection.legal_events,
        "event": selection.events,
        "part": selection.participation,
        "number": selection.figures,
    }
    rows = [
        (
            f"{KINDS[kind]}: claims in scope, and compared",
            len(table),
            int((laid["kind"] == kind).sum()),
        )
        for kind, table in tables.items()
    ]
    told = laid.groupby(["kind", "key"])["source_id"].nunique()
    meetings = int((told * (told - 1) // 2).sum())
    verdicts = int((met["level"] == "point").sum())
    rows.append(("Meetings of two texts at a point, and verdicts", meetings, verdicts))
    frame = pd.DataFrame(rows, columns=["what", "expected", "found"])
    same = frame["expected"] == frame["found"]
    return frame.assign(verdict=same.map({True: "agrees", False: "differs"}))


def look_alikes(selection: Selection) -> pd.DataFrame:
    """Find events of different texts that could be taken for one another, and are kept apart.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each two events of two texts that share the kind and a day of their dates, and
        whose country and place do not differ: ``label`` (both names), ``verdict``, ``how`` (their
        dates), ``only`` (empty), ``claims_a, claims_b`` (tuples of ``claim_id``), as in
        :func:`pairs`.
    """
    order = _order(selection)
    events = sorted(selection.events.to_dict("records"), key=lambda row: order[row["source_id"]])
    rows = []
    for first, second in itertools.combinations(events, 2):
        if first["source_id"] == second["source_id"] or first["event_id"] == second["event_id"]:
            continue
        same_sort = first["kind"] == second["kind"]
        same_day = relate_dates(first["date"], second["date"]) in (SAME, WITHIN)
        where = {_relate_words(first[name], second[name]) for name in ("country", "place")}
        if same_sort and same_day and APART not in where:
            rows.append(
                {
                    "label": f"{first['name']} / {second['name']}",
                    "verdict": "kept apart",
                    "how": f"date ({dates.label(first['date'])} / {dates.label(second['date'])})",
                    "only": "",
                    "claims_a": (first["claim_id"],),
                    "claims_b": (second["claim_id"],),
                }
            )
    return pd.DataFrame(rows, columns=["label", "verdict", "how", "only", "claims_a", "claims_b"])


# Several texts on one body or instrument


def bodies(selection: Selection) -> pd.DataFrame:
    """Take what each text says of the bodies on which the most texts speak.

    States and national bodies are left out, and so is what a body's name carries.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each such body and text, texts in order of issue: ``body, source_id, says`` (in
        words), ``claim_ids`` (tuple). Empty where no body is told by two texts.
    """
    names, events = _names(selection.corpus), _all_events(selection)
    passports = selection.corpus.load("organizations")
    wanted = passports[(passports["kind"] != "state") & (passports["level"] != "national")]
    found = [(body, *told) for body, *told in _said(selection, names, events)]
    by_body = defaultdict(lambda: defaultdict(list))
    for body, words, row in found:
        if body in set(wanted["organization_id"]):
            by_body[body][row["source_id"]].append((words, row["claim_id"]))
    most = max(map(len, by_body.values()), default=0)
    order = _order(selection)
    rows = [
        {
            "body": names.of_id[body],
            "source_id": text,
            "says": "; ".join(dict.fromkeys(words for words, _ in told)),
            "claim_ids": tuple(dict.fromkeys(claim for _, claim in told)),
        }
        for body, by_text in sorted(by_body.items())
        if len(by_text) == most > 1
        for text, told in sorted(by_text.items(), key=lambda entry: order[entry[0]])
    ]
    return pd.DataFrame(rows, columns=["body", "source_id", "says", "claim_ids"])


def _said(
    selection: Selection, names: _Names, events: pd.DataFrame
) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Every body with what a claim says of it, but for what names carry."""
    called = names.of_id
    for row in selection.relations.to_dict("records"):
        if row["predicate"] not in _STRUCTURE:
            tie = _plain(row["predicate"])
            words = f"{called[row['subject_id']]}: {tie} {called[row['object_id']]}"
            words += f" ({dates.label(row['date'])})" if isinstance(row["date"], str) else ""
            yield row["subject_id"], words, row
            yield row["object_id"], words, row
    for row in selection.participation.to_dict("records"):
        words = f"{_plain(row['role'])}: {events['name'][row['event_id']]}"
        yield row["organization_id"], words, row
    for row in selection.measures.to_dict("records"):
        yield row["actor_id"], row["summary"].rstrip("."), row


def profiles(selection: Selection, laid: pd.DataFrame) -> pd.DataFrame:
    """Lay out what texts say of the instruments for which two or more of them give a number.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    laid : pandas.DataFrame
        From :func:`claims`.

    Returns
    -------
    pandas.DataFrame
        A row for each instrument, aspect (its name as printed, each act, each number) and text:
        ``instrument, aspect, source_id, says, claim_ids``, ready for :func:`by_column`. A name
        stands where the quote of an act holds it.
    """
    acts_at, order = _acts_at(selection), _order(selection)
    numbers = [
        {**row, "thing": instrument}
        for row in laid[laid["kind"] == "number"].to_dict("records")
        for instrument in {act["instrument_id"] for act in acts_at[row["claim_id"]]}
    ]
    acts = _by(laid[laid["kind"] == "act"].to_dict("records"), "thing")
    rows = []
    for instrument, told in sorted(_by(numbers, "thing").items()):
        if len(_by(told, "source_id")) < 2:
            continue
        entries = [
            *_names_as_printed(selection, instrument, acts[instrument]),
            *(
                (display.header(act["aspect"]), act, _by_whom_and_when(act))
                for act in acts[instrument]
            ),
            *(_in_numbers(row) for row in told),
        ]
        cells: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for aspect, claim, says in entries:
            cells[aspect, claim["source_id"]].append((says, claim["claim_id"]))
        rows += [
            {
                "instrument": acts[instrument][0]["thing_label"],
                "aspect": aspect,
                "source_id": text,
                "says": "; ".join(dict.fromkeys(says for says, _ in cell)),
                "claim_ids": tuple(dict.fromkeys(claim for _, claim in cell)),
            }
            for (aspect, text), cell in cells.items()
        ]
    rows.sort(key=lambda row: order[row["source_id"]])
    return pd.DataFrame(rows, columns=["instrument", "aspect", "source_id", "says", "claim_ids"])


def _names_as_printed(
    selection: Selection, instrument: str, acts: Iterable[dict[str, Any]]
) -> Iterable[tuple[str, dict[str, Any], str]]:
    """The longest name that stands in a quote of each text."""
    told = selection.corpus.load("mentions")
    printed = {fold(words) for words in told.loc[told["instrument_id"] == instrument, "text"]}
    for in_text in _by(acts, "source_id").values():
        held = [(len(name), name, a) for a in in_text for name in printed if name in a["quote"]]
        if held:
            _, name, act = max(held, key=lambda found: found[:2])
            yield "Name as printed", act, f"“{name}”"


def _by_whom_and_when(act: Mapping[str, Any]) -> str:
    when = dates.label(act["date"]) if isinstance(act["date"], str) else "undated"
    return f"{when}, by {act['words']['actor']}" if act["words"] else when


def _in_numbers(row: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    _, indicator, unit = row["topic"].split("|")
    return (
        display.header(indicator),
        row,
        f"{row['words']['number']} {unit} ({row['words']['period']})",
    )


# Showing

_MARKERS = "os^DvP*X<>"
_LINES = {
    AGREE: {"colors": display.COLORS["blue"], "linewidths": 2.6, "linestyles": "solid"},
    FINER: {"colors": display.COLORS["sky"], "linewidths": 2.6, "linestyles": (0, (4, 1))},
    BESIDE: {"colors": display.COLORS["gray"], "linewidths": 1.3, "linestyles": (0, (1, 1.6))},
    EXCLUDE: {"colors": display.COLORS["vermilion"], "linewidths": 2.6, "linestyles": "solid"},
}
_GROUPS = ("Ties", "Instruments", "Treaties", "Events", "Numbers", "Delegations")
_HEADINGS = {"Ties": "Ties of bodies", "Treaties": "How far treaties are accepted"}
# Sizes in inches: height of a row, distance of the columns and what they may take together, room
# for the words on the right and above, width of a character of a label.
_ROW = 0.185
_PITCH, _COLUMNS_WIDTH = 0.48, 2.6
_FACETS_WIDTH, _TOP = 1.75, 1.1
_CHARACTER = 0.0585


def things(met: pd.DataFrame) -> pd.DataFrame:
    """Gather the verdicts on one body, instrument, event or number.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
        A row for each thing that two texts speak of, but for what names carry (a contradiction in
        that stays): ``group, thing, label``, ``verdicts`` (dict: a pair of texts, and "exclude each
        other" if they do so anywhere, or else whether they agree anywhere), ``facets`` (tuple: in
        what the texts differ), ``confirmed`` (bool: two texts agree somewhere), ``independent``
        (bool: two speakers do), ``claim_ids``.
    """
    kept = met[~met["structural"] | (met["verdict"] == EXCLUDE)]
    rows = []
    for thing, found in _by(kept.to_dict("records"), "thing").items():
        verdicts: dict[tuple[str, str], str] = {}
        for row in found:
            pair = row["text_a"], row["text_b"]
            verdicts[pair] = _together(verdicts.get(pair, row["verdict"]), row["verdict"])
        agreeing = [row for row in found if row["verdict"] in (AGREE, FINER)]
        rows.append(
            {
                "group": found[0]["group"],
                "thing": thing,
                "label": found[0]["thing_label"],
                "verdicts": verdicts,
                "facets": tuple(dict.fromkeys(n for row in found for n in row["facets"])),
                "confirmed": bool(agreeing),
                "independent": any(row["speaker_a"] != row["speaker_b"] for row in agreeing),
                "claim_ids": tuple(
                    dict.fromkeys(c for row in found for c in row["claims_a"] + row["claims_b"])
                ),
            }
        )
    rows.sort(
        key=lambda row: (
            _GROUPS.index(row["group"]),
            not row["independent"],
            not row["confirmed"],
            row["label"],
        )
    )
    columns = "group thing label verdicts facets confirmed independent claim_ids".split()
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"confirmed": bool, "independent": bool})


def _together(first: str, second: str) -> str:
    """One verdict on a thing: a contradiction shows, and so does that one text is more exact."""
    return next(v for v in (EXCLUDE, FINER, AGREE, BESIDE) if v in (first, second))


def draw(selection: Selection, shared: pd.DataFrame) -> display.Picture | display.Sentence:
    """Draw which texts tell the shared things, and how they stand to each other.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    shared : pandas.DataFrame
        From :func:`things`.

    Returns
    -------
    display.Picture or display.Sentence
        A row a thing, a column a text, a mark where it speaks, and between two marks a line for the
        verdict. Lines that run past a text between them are drawn as arcs, and only where they say
        more than the lines below them.
    """
    if shared.empty:
        return display.Sentence("No two texts in scope speak of the same thing.")
    named = {name for verdicts in shared["verdicts"] for pair in verdicts for name in pair}
    columns = [name for name in _order(selection) if name in named]
    shapes = _shapes(selection, columns)
    rows = _rows(shared)
    pitch = min(_PITCH, _COLUMNS_WIDTH / len(columns))
    right = display.WIDTH - _FACETS_WIDTH
    at = {name: right - pitch * (len(columns) - i) + 0.15 for i, name in enumerate(columns)}
    legend = _legend(shared, shapes)
    bottom = _TOP + _ROW * len(rows) + 0.1
    height = bottom + _ROW * math.ceil(len(legend) / 3)
    # All is placed in inches from the upper left corner, so there is no layout to be worked out.
    figure, axes = display.canvas(height)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, display.WIDTH), ylim=(height, 0))
    axes.axis("off")
    _write(axes, rows, at, right)
    _mark(axes, rows, at, shapes)
    for i, (words, style) in enumerate(legend):
        x, y = 0.1 + i % 3 * display.WIDTH / 3, bottom + i // 3 * _ROW
        line = [x, x + 0.15, x + 0.3] if "linestyle" in style else [x + 0.15]
        axes.plot(line, [y] * len(line), **style)
        _text(axes, x + 0.4, y, words)
    confirmed, independent = int(shared["confirmed"].sum()), int(shared["independent"].sum())
    finding = (
        f"Of {_count(len(shared), 'thing')} that several texts tell, {confirmed} "
        f"{'is' if confirmed == 1 else 'are'} confirmed, {independent} by different speakers"
    )
    _text(axes, 0, 0.12, finding, fontsize=10.5, fontweight="bold")
    _text(axes, 0, 0.32, selection.scope, fontsize=8.5)
    return display.Picture(figure, _describe(shared, columns, finding, selection.scope))


def _text(axes: Any, x: float, y: float, words: str, **style: Any) -> None:
    # The page is as large as the axes, so texts need not be measured for its bounds.
    axes.text(x, y, words, **{"fontsize": 7.5, "va": "center_baseline", "in_layout": False} | style)


def _rows(shared: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of the picture from the top: headings, and under each its things."""
    rows: list[dict[str, Any]] = []
    for group, things_in in _by(shared.to_dict("records"), "group").items():
        rows.append({"label": _HEADINGS.get(group, group), "verdicts": {}, "facets": ()})
        rows += things_in
    return rows


def _write(
    axes: Any, rows: Sequence[Mapping[str, Any]], at: Mapping[str, float], right: float
) -> None:
    """Names of texts, headings, names of things, and in what the texts differ."""
    left = min(at.values()) - 0.2
    for name, x in at.items():
        _text(
            axes, x, _TOP - 0.15, name.replace("-", "-\n"), ha="center", va="bottom", linespacing=1
        )
    if any(row["facets"] for row in rows):
        _text(axes, right, _TOP - 0.15, "differ in", va="bottom", style="italic")
    for y, row in _placed(rows):
        if not row["verdicts"]:
            _text(axes, 0, y, row["label"], fontweight="bold")
            continue
        _text(axes, left, y, _shorten(row["label"], left), ha="right")
        if row["facets"]:
            _text(axes, right, y, _shorten(", ".join(row["facets"]), _FACETS_WIDTH + 0.1))


def _shorten(words: str, room: float) -> str:
    return textwrap.shorten(words, int(room / _CHARACTER), placeholder=" …")


def _placed(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[float, Mapping[str, Any]]]:
    return ((_TOP + _ROW * i, row) for i, row in enumerate(rows))


def _mark(
    axes: Any,
    rows: Sequence[Mapping[str, Any]],
    at: Mapping[str, float],
    shapes: Mapping[str, tuple[str, list[str]]],
) -> None:
    """Marks where texts speak, and lines between them."""
    from matplotlib.collections import LineCollection

    told = [(y, row["verdicts"]) for y, row in _placed(rows) if row["verdicts"]]
    axes.hlines([y for y, _ in told], min(at.values()), max(at.values()), color="#e4e4e4", lw=0.7)
    lines = [(verdict, line) for y, found in told for verdict, line in _connect(found, at, y)]
    for verdict, style in _LINES.items():
        drawn = [line for found, line in lines if found == verdict]
        axes.add_collection(LineCollection(drawn, zorder=2, **style), autolim=False)
    for line in (line for verdict, line in lines if verdict == EXCLUDE):
        axes.plot(*line[len(line) // 2], "x", color=display.COLORS["black"], zorder=4)
    for shape, (_, speaking) in shapes.items():
        marks = [
            (at[name], y)
            for y, found in told
            for name in speaking
            if any(name in pair for pair in found)
        ]
        axes.plot(*zip(*marks, strict=True), shape, color=display.COLORS["black"], ms=5.5, zorder=3)


def _legend(
    shared: pd.DataFrame, shapes: Mapping[str, tuple[str, list[str]]]
) -> list[tuple[str, dict[str, Any]]]:
    """Words and style of each line and mark that is used."""
    used = {verdict for found in shared["verdicts"] for verdict in found.values()}
    entries: list[tuple[str, dict[str, Any]]] = [
        (
            verdict,
            {
                "color": style["colors"],
                "linewidth": style["linewidths"],
                "linestyle": style["linestyles"],
            },
        )
        for verdict, style in _LINES.items()
        if verdict in used
    ]
    if EXCLUDE in used:
        entries[-1][1].update(marker="x", markevery=[1], markeredgecolor=display.COLORS["black"])
    entries += [
        (f"{name} speaks", {"marker": shape, "color": display.COLORS["black"], "markersize": 5.5})
        for shape, (name, _) in shapes.items()
    ]
    return entries


def _connect(
    verdicts: Mapping[tuple[str, str], str], at: Mapping[str, float], y: float
) -> Iterable[tuple[str, list[tuple[float, float]]]]:
    """Lines between the marks of a row: straight to the next one, arched past others."""
    between = {(at[one], at[other]): verdict for (one, other), verdict in verdicts.items()}
    marks = sorted({x for pair in between for x in pair})
    for (start, end), verdict in sorted(between.items()):
        steps = [x for x in marks if start <= x <= end]
        if len(steps) == 2:
            yield verdict, [(start, y), ((start + end) / 2, y), (end, y)]
        elif verdict != BESIDE and {between.get(s) for s in itertools.pairwise(steps)} != {verdict}:
            # A parabola, not half a row high.
            turns = [i / 12 for i in range(13)]
            arch = 1.7 * _ROW
            yield verdict, [(start + (end - start) * u, y - arch * u * (1 - u)) for u in turns]


def _shapes(selection: Selection, columns: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """A mark for each speaker, with the speaker's name and texts."""
    names, speaks = _names(selection.corpus), speakers(selection)
    by_speaker: dict[str, list[str]] = defaultdict(list)
    for text in columns:
        by_speaker[speaks[text]].append(text)
    marks = itertools.cycle(_MARKERS)
    return {
        next(marks): (names.of_id.get(speaker, speaker), told)
        for speaker, told in by_speaker.items()
    }


def _describe(shared: pd.DataFrame, columns: Sequence[str], finding: str, scope: str) -> str:
    excluding = [row.label for row in shared.itertuples() if EXCLUDE in row.verdicts.values()]
    facets = sorted({name for facets in shared["facets"] for name in facets})
    parts = [
        f"{finding} ({scope}). A row a thing, a column a text ({', '.join(columns)}).",
        f"Confirmed by different speakers: {_some(shared.loc[shared['independent'], 'label'])}.",
        f"Exclude each other: {_some(excluding)}.",
        f"Elsewhere texts differ in {display.listing(facets)}." if facets else "",
    ]
    return " ".join(parts)


def _some(labels: Iterable[str]) -> str:
    return "; ".join(labels) or "none"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def evidence(selection: Selection) -> dict[str, dict[str, Any]]:
    """All claims in scope with their words.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    dict of str to dict
        ``source_id, claim_id, citation, quote, note``, by ``claim_id``.
    """
    tables = [name for name, table in selection.corpus.schema.items() if table.is_claim]
    rows = (row for name in tables for row in getattr(selection, name).to_dict("records"))
    return {row["claim_id"]: _evidence(row) for row in rows}


def cite(words: Mapping[str, Mapping[str, Any]], claim_ids: Iterable[str]) -> display.Citation:
    """Cite claims.

    Parameters
    ----------
    words : mapping
        From :func:`evidence`.
    claim_ids : iterable of str
        The claims.

    Returns
    -------
    ctdata.display.Citation
    """
    return display.Citation(pd.DataFrame([words[claim] for claim in claim_ids]))


def quoted(words: Mapping[str, Mapping[str, Any]], claim_ids: Iterable[str]) -> display.Sentence:
    """Show the words of claims, where they stand, and what the curator says of them.

    Parameters
    ----------
    words : mapping
        From :func:`evidence`.
    claim_ids : iterable of str
        Claims of one text.

    Returns
    -------
    ctdata.display.Sentence
        A quote that lies within another one is not repeated.
    """
    rows = [words[claim] for claim in claim_ids]
    quotes = dict.fromkeys(row["quote"] for row in rows)
    whole = [q for q in quotes if not any(q != other and q in other for other in quotes)]
    notes = " ".join(dict.fromkeys(row["note"] for row in rows if _is_stated(row["note"])))
    said = "; ".join(f"“{quote}”" for quote in whole)
    return display.Sentence(f"{said} ", cite(words, claim_ids), f" Note: {notes}" if notes else "")


def side_by_side(
    met: pd.DataFrame, words: Mapping[str, Mapping[str, Any]], *, caption: str, empty: str
) -> display.Table | display.Sentence:
    """Show pairs of texts with what each says.

    Parameters
    ----------
    met : pandas.DataFrame
        Rows from :func:`pairs` or :func:`look_alikes`, with ``label, verdict, how, only``.
    words : mapping
        From :func:`evidence`.
    caption, empty : str
        What the table shows, and what to say where it would be empty.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
    """
    rows = met.to_dict("records")
    shown = pd.DataFrame(
        {
            "label": [row["label"] for row in rows],
            "verdict": [_in_full(row) for row in rows],
            "first": [quoted(words, row["claims_a"]) for row in rows],
            "second": [quoted(words, row["claims_b"]) for row in rows],
        },
        dtype=object,
    )
    headers = {
        "label": "What",
        "verdict": "Verdict",
        "first": "Earlier text",
        "second": "Later text",
    }
    return display.table(shown, headers, caption=caption, empty=empty)


def _in_full(pair: Mapping[str, Any]) -> str:
    detail = "; ".join(part for part in (pair["how"], pair["only"]) if part)
    return f"{pair['verdict']}: {detail}" if detail else pair["verdict"]


def by_column(
    rows: pd.DataFrame,
    words: Mapping[str, Mapping[str, Any]],
    index: Mapping[str, str],
    *,
    caption: str,
    empty: str,
) -> display.Table | display.Sentence:
    """Show what texts say in columns, a text a column.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns of ``index``, ``source_id, says, claim_ids``, texts in order of issue.
    words : mapping
        From :func:`evidence`.
    index : mapping of str to str
        The columns that tell the rows of the table apart, with their headers; rows that share the
        first one stand together.
    caption, empty : str
        What the table shows, and what to say where it would be empty.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
        A cell is "silent" where a text says nothing.
    """
    columns = list(dict.fromkeys(rows["source_id"]))
    cells: dict[tuple, dict[str, Any]] = {}
    for row in rows.to_dict("records"):
        place = tuple(row[name] for name in index)
        said = display.Sentence(f"{row['says']} ", cite(words, row["claim_ids"]))
        cells.setdefault(place, {})[row["source_id"]] = said
    lines = []
    # A group is named once, in its first line.
    for group in dict.fromkeys(place[0] for place in cells):
        of_group = [(place, told) for place, told in cells.items() if place[0] == group]
        for i, (place, told) in enumerate(of_group):
            named = place if i == 0 else ("", *place[1:])
            lines.append([*named, *(told.get(name, "silent") for name in columns)])
    shown = pd.DataFrame(lines, columns=[*index, *columns], dtype=object)
    headers = {**index, **{name: name for name in columns}}
    return display.table(shown, headers, caption=caption, empty=empty)


def treaties_by_text(told: pd.DataFrame) -> pd.DataFrame:
    """Gather how far each treaty is accepted, by text.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`treaties`.

    Returns
    -------
    pandas.DataFrame
        A row for each party, treaty and text: ``party, instrument, source_id, says, claim_ids``,
        ready for :func:`by_column`.
    """
    rows = []
    keys = ["party_label", "instrument", "source_id"]
    for (party, instrument, text), group in told.groupby(keys, sort=False):
        stages = group["stage"] + [
            "" if known else ", by whom is not said" for known in group["party_stated"]
        ]
        rows.append(
            {
                "party": party,
                "instrument": instrument,
                "source_id": text,
                "says": "; ".join(dict.fromkeys(stages)),
                "claim_ids": tuple(group["claim_id"]),
            }
        )
    return pd.DataFrame(rows, columns=["party", "instrument", "source_id", "says", "claim_ids"])


def tell_support(counted: pd.DataFrame) -> display.Sentence:
    """Say how many points stand on how many texts.

    Parameters
    ----------
    counted : pandas.DataFrame
        From :func:`summary`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if counted.empty:
        return display.Sentence("The texts in scope make no claim that could be compared.")
    everything = counted.iloc[-1]
    if everything["one"] == everything["points"]:
        return display.Sentence(
            f"{_count(everything['points'], 'point')} in scope, and no two texts agree on any."
        )
    several = everything["two"] + everything["more"]
    return display.Sentence(
        f"{_count(everything['one'], 'point')} of {everything['points']:,} "
        f"{'stands' if everything['one'] == 1 else 'stand'} on one text alone; "
        f"{several} on more than one, {everything['by_name']} of them carried by a name. "
        f"Of the {everything['own_words']} others, {everything['independent']} "
        f"{'has' if everything['independent'] == 1 else 'have'} different speakers."
    )


def tell_seats(met: pd.DataFrame, words: Mapping[str, Mapping[str, Any]]) -> display.Sentence:
    """Say which bodies sat in delegations that different texts tell of.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.
    words : mapping
        From :func:`evidence`.

    Returns
    -------
    ctdata.display.Sentence
    """
    seats = met[met["kind"] == "seat"]
    if seats.empty:
        return display.Sentence("No body sits in the delegations of two visits in scope.")
    parts: list[str | display.Shown] = []
    for where, rows in _by(map(_split_seat, seats.to_dict("records")), "where").items():
        said = [(row["body"], row["claims_a"] + row["claims_b"]) for row in rows]
        parts += [f"{where}, more than once: ", *_told_with(said, words), ". "]
    return display.Sentence(
        *parts, "Each text tells of its own visit, so neither confirms the other."
    )


def _split_seat(pair: dict[str, Any]) -> dict[str, Any]:
    where, _, body = pair["label"].partition(": ")
    return {**pair, "where": where, "body": body}


def _told_with(
    entries: Iterable[tuple[str, Iterable[str]]], words: Mapping[str, Mapping[str, Any]]
) -> list[str | display.Shown]:
    """Words with citations behind them, and semicolons between."""
    parts: list[str | display.Shown] = []
    for said, claim_ids in entries:
        parts += ["; " if parts else "", f"{said} ", cite(words, claim_ids)]
    return parts


def answer(
    told: pd.DataFrame, met: pd.DataFrame, words: Mapping[str, Mapping[str, Any]]
) -> display.Bullets | display.Sentence:
    """Answer the question of the notebook: what is corroborated, what contradicted.

    Parameters
    ----------
    told, met : pandas.DataFrame
        From :func:`points` and :func:`pairs`.
    words : mapping
        From :func:`evidence`.

    Returns
    -------
    ctdata.display.Bullets or ctdata.display.Sentence
    """
    if told.empty:
        return tell_support(summary(told))
    confirmed = told[(told["speakers"] > 1) & ~told["structural"]]
    items = [tell_support(summary(told))]
    if len(confirmed):
        said = [(row.label, row.claim_ids) for row in confirmed.itertuples()]
        parts = _told_with(said, words)
        items.append(display.Sentence("Confirmed by different speakers: ", *parts, "."))
    return display.Bullets([*items, tell_differences(met, words)])


def tell_differences(met: pd.DataFrame, words: Mapping[str, Mapping[str, Any]]) -> display.Sentence:
    """Say where texts exclude each other, and in what they merely differ.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.
    words : mapping
        From :func:`evidence`.

    Returns
    -------
    ctdata.display.Sentence
    """
    if met.empty:
        return display.Sentence("No two texts in scope speak of the same matter.")
    excluding, beside = met[met["verdict"] == EXCLUDE], met[met["verdict"] == BESIDE]
    facets = sorted({name for facets in beside["facets"] for name in facets})
    differing = (
        f"In {_count(len(beside), 'meeting')} of two texts neither confirms the other; they differ "
        f"in {display.listing(facets)}."
        if facets
        else "Wherever else two texts meet, they agree."
    )
    if excluding.empty:
        return display.Sentence(f"No two texts exclude each other on a point. {differing}")
    said = [(f"{r.label}, {r.how}", r.claims_a + r.claims_b) for r in excluding.itertuples()]
    return display.Sentence("Excluding each other: ", *_told_with(said, words), f". {differing}")
