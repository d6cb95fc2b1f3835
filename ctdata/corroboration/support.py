"""How many texts and speakers stand behind a point, and checks that nothing is lost on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from ctdata import agreement, dates
from ctdata.corpus import Selection
from ctdata.corroboration.reading import KINDS, names_of
from ctdata.corroboration.rows import EVIDENCE, by, each, is_stated
from ctdata.corroboration.verdicts import AGREEING, VERDICTS

SINGLE = "one text only"


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
    for kind, of_kind in by(laid[laid["kind"] != "seat"].to_dict("records"), "kind").items():
        for key, at_point in by(of_kind, "key").items():
            found, by_text = verdicts[kind, key], by(at_point, "source_id")
            group = _largest_agreeing(list(by_text), found)
            rows.append(
                {
                    **{n: at_point[0][n] for n in ("kind", "key", "label", "structural")},
                    "texts": tuple(by_text),
                    "verdict": max(found.values(), key=VERDICTS.index) if found else SINGLE,
                    "support": len(group),
                    "speakers": len({by_text[text][0]["speaker"] for text in group}),
                    "claim_ids": each(at_point, "claim_id"),
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
            pairs = (frozenset((name, member)) for member in group)
            if name not in group and all(verdicts[pair] in AGREEING for pair in pairs):
                group.append(name)
        best = max(best, group, key=len)
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
    support, structural = told["support"], told["structural"]
    marks = {
        "points": support > 0,
        "one": support == 1,
        "two": support == 2,
        "more": support > 2,
        "by_name": (support > 1) & structural,
        "own_words": (support > 1) & ~structural,
        "independent": (told["speakers"] > 1) & ~structural,
    }
    kinds = told["kind"].map(KINDS)
    counted = pd.DataFrame(marks).astype("int64").groupby(kinds, sort=False).sum().reset_index()
    if counted.empty:
        return counted
    everything = {"kind": "All", **counted.drop(columns="kind").sum()}
    return pd.concat([counted, pd.DataFrame([everything])], ignore_index=True)


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
    names = names_of(selection.corpus)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in met.itertuples():
        carried = row.structural and row.verdict in AGREEING
        counts[row.text_a, row.text_b]["by_name" if carried else row.verdict] += 1
    rows = []
    for texts in sorted(counts, key=lambda texts: [names.issue[text] for text in texts]):
        speakers = dict.fromkeys(names.speakers[text] for text in texts)
        called = [names.of_id.get(speaker, speaker) for speaker in speakers]
        both = "; ".join(called) if len(called) > 1 else f"{called[0]}, twice"
        rows.append([*texts, both, *(counts[texts][name] for name in ("by_name", *VERDICTS))])
    return pd.DataFrame(rows, columns=["text_a", "text_b", "speakers", "by_name", *VERDICTS])


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
        ``counted`` (``float64``: from the first to the last day or year, both included; but "five
        years, 2012 to 2017" are five),
        ``verdict`` (that of :func:`ctdata.agreement.same`), and the evidence.
    """
    rows = []
    for figure in selection.figures.itertuples():
        period = dates.parse(figure.period) if is_stated(figure.period) else None
        if figure.low == figure.high and period and period.precision == "interval":
            first, last = period.earliest, period.latest
            if first and last and figure.unit in ("days", "years"):
                length = (last - first).days if figure.unit == "days" else last.year - first.year
                between = figure.unit == "years" and figure.low == length
                counted = float(length if between else length + 1)
                what = f"{figure.population} ({dates.label(figure.period)})"
                said = [getattr(figure, name) for name in EVIDENCE]
                rows.append([what, figure.low, counted, *said])
    frame = pd.DataFrame(rows, columns=["what", "printed", "counted", *EVIDENCE])
    return _with_verdict(frame, "printed", "counted")


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
        ``what, expected, found`` (``int64``), ``verdict`` (that of
        :func:`ctdata.agreement.same`).
    """
    tables = {
        "tie": selection.relations,
        "act": selection.legal_events,
        "event": selection.events,
        "part": selection.participation,
        "number": selection.figures,
    }
    rows = [
        (f"{KINDS[kind]}: claims in scope, and compared", len(table), (laid["kind"] == kind).sum())
        for kind, table in tables.items()
    ]
    told = laid.groupby(["kind", "key"])["source_id"].nunique()
    meetings, verdicts = (told * (told - 1) // 2).sum(), (met["level"] == "point").sum()
    rows.append(("Meetings of two texts at a point, and verdicts", meetings, verdicts))
    frame = pd.DataFrame(rows, columns=["what", "expected", "found"])
    return _with_verdict(frame, "expected", "found")


def _with_verdict(frame: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    return frame.assign(verdict=list(map(agreement.same, frame[first], frame[second])))
