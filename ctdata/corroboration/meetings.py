"""Every two texts that meet at a point or in a topic, with the verdict on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ctdata import dates
from ctdata.corpus import Selection
from ctdata.corroboration import verdicts as v
from ctdata.corroboration.reading import KINDS, NOT_STATED, names_of, treaties
from ctdata.corroboration.rows import Row, by, each, is_stated, plain

_PAIR_COLUMNS = (
    "kind level key label group thing thing_label structural verdict facets how only "
    "text_a text_b speaker_a speaker_b claims_a claims_b"
).split()
# What sets two texts apart that share a topic and no point in it.
_OTHER_SIDE = {"tie": "kind of tie", "act": "act", "number": "who is counted"}


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
    told = laid.to_dict("records")
    rows = [_met(*sides) for sides in _meetings(told, "key")]
    rows += [*_topic_pairs(told), *_stage_pairs(selection)]
    kinds, graver = list(KINDS), v.VERDICTS[::-1]
    rows.sort(key=lambda row: (row["label"], row["level"]))
    rows.sort(key=lambda row: (kinds.index(row["kind"]), graver.index(row["verdict"])))
    return pd.DataFrame(rows, columns=_PAIR_COLUMNS).astype({"structural": bool})


def _meetings(records: Iterable[Row], name: str) -> Iterable[tuple[list[Row], list[Row]]]:
    """Claims of every two texts that share a key; earlier texts come first."""
    for of_kind in by(records, "kind").values():
        for together in by(of_kind, name).values():
            yield from itertools.combinations(by(together, "source_id").values(), 2)


def _met(first: Sequence[Row], second: Sequence[Row]) -> Row:
    """The verdict on two texts at a point, from the claims that fit each other best.

    A text may tell of several occasions or actors. Claims that can be about one fact go before
    claims about two, so that a contradiction is not hidden by a claim about something else.
    """
    found = [(one, other, v.compare(one, other)) for one in first for other in second]
    found = [entry for entry in found if entry[2].same_fact] or found
    verdict = min((compared.verdict for *_, compared in found), key=v.VERDICTS.index)
    best = [entry for entry in found if entry[2].verdict == verdict]
    left, right = [one for one, *_ in best], [other for _, other, _ in best]
    differs = dict.fromkeys(name for *_, compared in best for name in compared.differs)
    lone = {
        f"{name} only in {(one if is_stated(one[name]) else other)['source_id']}": None
        for one, other, compared in best
        for name in compared.lone
        if name not in differs
    }
    how = {
        # Where two dates are both right, they are two occasions.
        "occasion" if name == "date" and verdict == v.BESIDE else name: _sides(name, left, right)
        for name in differs
    }
    return _pair("point", verdict, left, right, how=how, only=lone)


def _sides(facet: str, first: Sequence[Row], second: Sequence[Row]) -> str:
    """What the two sides say of a facet, each thing once."""
    return " / ".join(
        ", ".join(dict.fromkeys(_in_words(facet, claim) for claim in side))
        for side in (first, second)
    )


def _in_words(facet: str, claim: Row) -> str:
    if facet in claim["words"]:
        return claim["words"][facet]
    if not is_stated(claim[facet]):
        return NOT_STATED
    return dates.label(claim[facet]) if facet in v.DATES else plain(claim[facet])


def _pair(
    level: str,
    verdict: str,
    first: Sequence[Row],
    second: Sequence[Row],
    *,
    how: Mapping[str, str],
    only: Iterable[str] = (),
) -> Row:
    one, other = first[0], second[0]
    key, label = ("key", "label") if level == "point" else ("topic", "topic_label")
    return {
        "level": level,
        "key": one[key],
        "label": one[label],
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
        "claims_a": each(first, "claim_id"),
        "claims_b": each(second, "claim_id"),
    }


def _topic_pairs(told: Iterable[Row]) -> Iterable[Row]:
    """Texts that speak of one topic and share no point in it."""
    free = [row for row in told if row["kind"] in _OTHER_SIDE and not row["structural"]]
    for first, second in _meetings(free, "topic"):
        if not set(each(first, "key")) & set(each(second, "key")):
            kind = first[0]["kind"]
            how = {_OTHER_SIDE[kind]: _sides("aspect", first, second)}
            if kind == "number":
                how |= {facet: _sides(facet, first, second) for facet in ("period", "number")}
            yield _pair("topic", v.BESIDE, first, second, how=how)


def _stage_pairs(selection: Selection) -> Iterable[Row]:
    """Texts that tell of other stages for one party's treaties under one roof."""
    for first, second in _meetings(treaties(selection).to_dict("records"), "topic"):
        if set(each(first, "stage")) != set(each(second, "stage")):
            how = {"stage": _sides("stage", first, second)}
            yield _pair("topic", v.BESIDE, first, second, how=how)


def agreeing(met: pd.DataFrame) -> pd.DataFrame:
    """Take the pairs that agree on what no name carries.

    Parameters
    ----------
    met : pandas.DataFrame
        From :func:`pairs`.

    Returns
    -------
    pandas.DataFrame
    """
    return met[met["verdict"].isin(v.AGREEING) & ~met["structural"]]


def differing(met: pd.DataFrame) -> pd.DataFrame:
    """Take the pairs that exclude each other, then those in which neither confirms the other.

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
    return pd.concat([others[others["verdict"] == verdict] for verdict in (v.EXCLUDE, v.BESIDE)])


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
    names = names_of(selection.corpus)
    events = sorted(selection.events.to_dict("records"), key=names.by_issue)
    rows = []
    for first, second in itertools.combinations(events, 2):
        if _look_alike(first, second):
            label = f"{first['name']} / {second['name']}"
            how = f"date ({dates.label(first['date'])} / {dates.label(second['date'])})"
            sides = (first["claim_id"],), (second["claim_id"],)
            rows.append([label, "kept apart", how, "", *sides])
    return pd.DataFrame(rows, columns=["label", "verdict", "how", "only", "claims_a", "claims_b"])


def _look_alike(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    return (
        first["kind"] == second["kind"]
        and first["source_id"] != second["source_id"]
        and first["event_id"] != second["event_id"]
        and v.relate("date", first["date"], second["date"]) in (v.SAME, v.WITHIN)
        and all(v.relate(n, first[n], second[n]) != v.APART for n in ("country", "place"))
    )
