"""Words for readers: graphs as tables, what the texts count themselves, and the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import agreement, dates, display
from ctdata.network.centrality import holders, meetings, most_between, some
from ctdata.network.graphs import cooperative, focal_states, hierarchy, ties, two_mode
from ctdata.network.records import (
    LEVELS,
    Evidence,
    bodies,
    events,
    labels,
    merged,
    ranked,
    records,
)
from ctdata.network.visits import compare_delegations

if TYPE_CHECKING:
    import networkx as nx

    from ctdata.corpus import Selection
    from ctdata.evidence import Text

_BASIS = {"text": "a text", "authority": "our table of bodies"}


def tie_list(graph: nx.MultiDiGraph) -> pd.DataFrame:
    """List the ties of a graph.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Made by :func:`ties`.

    Returns
    -------
    pandas.DataFrame
        ``subject, predicate`` (in words), ``object, family, date`` (in words, all that are stated),
        ``claims, texts`` (numbers) and ``evidence``, sorted.
    """
    rows = [
        {
            "subject": graph.nodes[subject]["name"],
            "predicate": predicate.replace("_", " "),
            "object": graph.nodes[target]["name"],
            "family": edge["family"],
            "date": display.listing(
                [dates.label(d) for d in sorted({c["date"] for c in edge["claims"]} - {None})]
            ),
            "claims": edge["weight"],
            "texts": len(edge["texts"]),
            "evidence": Evidence(edge["claims"]),
        }
        for subject, target, predicate, edge in graph.edges(keys=True, data=True)
    ]
    columns = "subject predicate object family date claims texts evidence".split()
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["subject", "predicate", "object"], ignore_index=True)


def outline(graph: nx.DiGraph) -> pd.DataFrame:
    """List a hierarchy as an outline, each part below its whole.

    Parameters
    ----------
    graph : networkx.DiGraph
        Made by :func:`hierarchy`.

    Returns
    -------
    pandas.DataFrame
        ``organization_id, body`` (its name after a mark for each step down), ``level, depth,
        basis`` ("a text", "our table of bodies", or nothing at the top) and ``evidence``. Bodies
        that neither are part of another nor have parts are left out; one that is part of two stands
        below both.
    """
    rows: list[dict[str, Any]] = []

    def add(body: str, above: tuple[str, ...] = ()) -> None:
        edge = graph.edges[body, above[-1]] if above else {"basis": "", "claims": ()}
        rows.append(
            {
                "organization_id": body,
                "body": "› " * len(above) + graph.nodes[body]["name"],
                "level": graph.nodes[body]["level"],
                "depth": len(above),
                "basis": _BASIS.get(edge["basis"], ""),
                "evidence": Evidence(edge["claims"]),
            }
        )
        for part in sorted(graph.predecessors(body), key=lambda p: graph.nodes[p]["name"]):
            if part not in above:
                add(part, (*above, body))

    tops = [body for body in graph if not graph.out_degree(body) and graph.in_degree(body)]
    for top in sorted(tops, key=lambda body: (LEVELS.index(graph.nodes[body]["level"]), body)):
        add(top)
    return pd.DataFrame(rows, columns="organization_id body level depth basis evidence".split())


def pair_list(graph: nx.Graph) -> pd.DataFrame:
    """List the pairs of bodies that shared events, those with most first.

    Parameters
    ----------
    graph : networkx.Graph
        Made by :func:`shared_events`.

    Returns
    -------
    pandas.DataFrame
        ``first, second`` (names), ``events, newman`` (the weights) and ``evidence``.
    """
    name = dict(graph.nodes(data="name"))
    rows = [
        (name[u], name[v], edge["weight"], edge["newman"], Evidence(edge["claims"]))
        for u, v, edge in graph.edges(data=True)
    ]
    frame = pd.DataFrame(rows, columns=["first", "second", "events", "newman", "evidence"])
    return ranked(frame, ["events", "newman"], ["first", "second"])


def validation(selection: Selection) -> pd.DataFrame:
    """Set what the texts print beside what the tables hold.

    Compared are the length of each printed list of a delegation (its items stand between
    semicolons) with the members in our table; the stated duration of a visit with its dates; a
    stated number of participating states with those that the same text names; and the rows of the
    tables with the claims that the graphs carry. Only what lies wholly in scope is compared.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``what, stated, ours, verdict`` (that of :func:`ctdata.agreement.named`) and
        ``evidence``.
    """
    rows = [
        *_printed_lists(selection),
        *_durations(selection),
        *_participating_states(selection),
        *_carried(selection),
    ]
    return pd.DataFrame(rows, columns=["what", "stated", "ours", "verdict", "evidence"])


def _compared(
    what: str, stated: float, ours: float, claims: Iterable[Mapping], *, in_full: bool = True
) -> dict[str, Any]:
    return {
        "what": what,
        "stated": int(stated),
        "ours": int(ours),
        "verdict": agreement.named(ours, stated, stated, in_full=in_full),
        "evidence": Evidence(claims),
    }


def _printed_lists(selection: Selection) -> Iterator[dict[str, Any]]:
    everywhere = selection.corpus.load("participation").query("role == 'member'")
    printed = everywhere.value_counts(["event_id", "source_id"])
    members = selection.participation.query("role == 'member'")
    for (event, source), listed in members.groupby(["event_id", "source_id"], sort=True):
        items = _sentence(selection.corpus.text(source), listed).split(";")
        if len(items) > 1 and printed[event, source] == len(listed):
            what = f"{events(selection.corpus)[event]['name']}: members in the printed list"
            ours = listed["organization_id"].nunique()
            in_full = source in selection.corpus.curated_in_full
            yield _compared(what, len(items), ours, records(listed), in_full=in_full)


def _sentence(text: Text, claims: pd.DataFrame) -> str:
    """The words around claims, to the ends of their sentence, so that none at an end is missed."""
    start, end = claims["start"].min(), claims["end"].max()
    first, last = (text.passages[text.paragraph_at(at) - 1] for at in (start, end - 1))
    before = text.verbatim[first.start : start].rpartition(". ")[2]
    after = re.split(r"\.(?:\s|$)", text.verbatim[end : last.end], maxsplit=1)[0]
    return before + text.verbatim[start:end] + after


def _durations(selection: Selection) -> Iterator[dict[str, Any]]:
    visits = selection.events.query("kind == 'visit'").dropna(subset=["date_latest"])
    stated = selection.figures.query("indicator == 'visit_duration' and unit == 'days'")
    for figure in stated.sort_values("claim_id").to_dict("records"):
        for visit in visits[visits["source_id"] == figure["source_id"]].to_dict("records"):
            first, last = visit["date_earliest"], visit["date_latest"]
            if first <= figure["period_latest"] and last >= figure["period_earliest"]:
                days = (last - first).days + 1
                what = f"{visit['name']}: days"
                in_full = figure["source_id"] in selection.corpus.curated_in_full
                yield _compared(what, figure["low"], days, [figure, visit], in_full=in_full)


def _participating_states(selection: Selection) -> Iterator[dict[str, Any]]:
    known = bodies(selection.corpus)
    graph = ties(selection, predicates=("participates_in", "member_of"))
    stated = selection.figures.query("indicator == 'states_participating'")
    for figure in stated.sort_values("claim_id").to_dict("records"):
        for body in known:
            if body not in graph or known[body]["name"] not in str(figure["population"]):
                continue
            claims = [
                (state, claim)
                for state, _, told in graph.in_edges(body, data="claims")
                for claim in told
                if known[state]["kind"] == "state" and claim["source_id"] == figure["source_id"]
            ]
            named = len({state for state, _ in claims})
            what = f"{known[body]['name']}: participating states"
            told = [figure, *(claim for _, claim in claims)]
            yield _compared(what, figure["low"], named, told, in_full=False)  # as examples


def _carried(selection: Selection) -> Iterator[dict[str, Any]]:
    relations, known = selection.relations, bodies(selection.corpus)
    parts = relations[
        (relations["predicate"] == "part_of")
        & relations["subject_id"].isin(known)
        & relations["object_id"].isin(known)
    ]
    everyone = two_mode(selection, everyone=True)
    for what, rows, graph in (
        ("Rows of relations, and claims on ties", relations, ties(selection, instruments=True)),
        ("Part-of rows, and claims in the hierarchy", parts, hierarchy(selection)),
        ("Rows of participation, and claims on attendance", selection.participation, everyone),
    ):
        held = graph.size(weight="weight")
        if len(rows) or held:
            yield _compared(what, len(rows), held, ())


def answer(selection: Selection) -> display.Sentence:
    """Answer the question of the notebook in a few sentences.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
        Who stands between the others once the states that the texts are about are left out; which
        links are the only ones; where the levels meet; and how far delegations overlap.
    """
    parts = list(
        chain(*(part(selection) for part in (_tied, _held_together, _met, _came_together)))
    )
    if not parts:
        return display.Sentence("The texts tell of no tie, meeting or delegation in this scope.")
    return display.Sentence(*parts)


def _tied(selection: Selection) -> Iterator[str | display.Shown]:
    told, focal = ties(selection), focal_states(selection)
    simple, short = cooperative(told), labels(selection.corpus)
    if not simple:
        return
    pairs = simple.number_of_edges()
    yield f"{len(simple)} bodies are tied in {display.count(pairs, 'pair')}"
    mine = len(simple.edges(focal))
    about = display.listing([simple.nodes[state]["name"] for state in focal if state in simple])
    if mine:
        yield (
            f"; {100 * mine / pairs:.0f} % of the pairs include {about}, "
            "which says as much about the choice of texts as about the network"
        )
    yield ". "
    rest = cooperative(told, without=focal)
    between = most_between(rest, 3)
    if between:
        yield f"Leaving {about} out, the" if mine else "The"
        yield " shortest paths between the others lead most often through "
        yield f"{display.listing([short[body] for body in between])} "
        claims = (chain(*(edge["claims"] for edge in rest[body].values())) for body in between)
        yield merged(map(Evidence, claims), most=2)
        yield ". "


def _held_together(selection: Selection) -> Iterator[str | display.Shown]:
    frame = holders(selection).query("mode == 'organization'")
    if frame.empty:
        return
    first, others = frame.iloc[0], frame[frame["cut_off"] > 1].iloc[1:3]
    lost = "1 body" if first["cut_off"] == 1 else f"{first['cut_off']} bodies"
    yield f"{first['name']} is the only link of {lost} to the rest"
    if len(others):
        rest = [f"{row.name} that of {row.cut_off}" for row in others.itertuples(index=False)]
        yield f", {display.listing(rest)}"
    yield " "
    yield merged([first["evidence"], *others["evidence"]])
    yield ". "


def _met(selection: Selection) -> Iterator[str | display.Shown]:
    frame = meetings(selection)
    if frame.empty:
        return
    all_levels = frame[(frame[list(LEVELS)] > 0).all(axis=1)]
    if all_levels.empty:
        yield "No event in scope brings bodies of all three levels together. "
        return
    where = display.count(len(all_levels), "event")
    yield f"Global, regional and national bodies sit together at {where}"
    yield f": {some(list(all_levels['name']), 3)} "
    yield merged(all_levels["evidence"][:3], most=2)
    yield ". "


def _came_together(selection: Selection) -> Iterator[str | display.Shown]:
    frame = compare_delegations(selection)
    if frame.empty:
        return
    last, short = frame.iloc[-1], labels(selection.corpus)
    stayed = display.listing([short[body] for body in last["stayed"]]) or "none"
    yield (
        f"The delegations of the visits to {last['earlier']} and to {last['later']} have "
        f"{last['both']} of {last['either']} bodies in common (Jaccard {last['jaccard']:.2f}): "
        f"{stayed} "
    )
    yield last["evidence"]
    yield "."
