"""Graphs of the claims: ties, attendance at events, and what is part of what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING

from ctdata.corpus import unknown_value
from ctdata.kept import kept
from ctdata.network.records import LEVELS, bodies, events, grouped, instruments, weighed

if TYPE_CHECKING:
    import networkx as nx

    from ctdata.corpus import Corpus, Selection

FAMILIES = {
    "structure": ("member_of", "part_of", "acts_for", "chairs", "affiliated_with"),
    "cooperation": (
        *("cooperates_with", "participates_in", "supports", "trains", "funds", "relies_on"),
    ),
    "law": (
        *("established_by", "initiated", "party_to", "signatory_to", "implements"),
        *("co_sponsor_of", "reports_to"),
    ),
    "presence": ("hosts", "operates_in"),
    "concern": ("sanctions", "concerns"),
}
# Roles in which a body is named with an event without taking part in it beside the others.
APART = ("perpetrator", "target", "venue")

_FAMILY_OF = {predicate: family for family, group in FAMILIES.items() for predicate in group}


def ties(
    selection: Selection,
    *,
    levels: str | Sequence[str] | None = None,
    predicates: str | Sequence[str] | None = None,
    instruments: bool = False,
) -> nx.MultiDiGraph:
    """Graph of the ties that the texts state.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    levels : str or sequence of str, optional
        Keep bodies of these levels only: global, regional, national. Instruments have no level and
        are not held back by it.
    predicates : str or sequence of str, optional
        Keep ties of these kinds only; ``FAMILIES`` groups them.
    instruments : bool
        Whether ties to laws, treaties and resolutions count too.

    Returns
    -------
    networkx.MultiDiGraph
        From subject to object, with the predicate as key. Nodes have ``name, kind, level, country,
        entity`` ("organization" or "instrument"); edges ``family, claims, texts`` (sorted short
        names) and ``weight``, the number of claims. Nodes and edges are in sorted order.

    Raises
    ------
    ValueError
        A level or predicate is unknown; the message lists the known ones.
    """
    wanted_levels = {None, *_chosen("level", levels, LEVELS)}
    wanted = _chosen("predicate", predicates, _predicates(selection.corpus))
    graph = _all_ties(selection).copy()
    graph.remove_nodes_from(
        [
            node
            for node, attributes in graph.nodes(data=True)
            if attributes["level"] not in wanted_levels
            or (attributes["entity"] == "instrument" and not instruments)
        ]
    )
    graph.remove_edges_from([edge for edge in graph.edges(keys=True) if edge[2] not in wanted])
    return _without_loose(graph)


@kept
def _all_ties(selection: Selection) -> nx.MultiDiGraph:
    import networkx as nx

    known = bodies(selection.corpus) | instruments(selection.corpus)
    by = ["subject_id", "object_id", "predicate"]
    rows = selection.relations.sort_values([*by, "claim_id"])
    graph = nx.MultiDiGraph()
    named = sorted({*rows["subject_id"], *rows["object_id"]})
    graph.add_nodes_from((node, known[node]) for node in named)
    for (subject, target, predicate), claims in grouped(rows, by).items():
        family = _FAMILY_OF.get(predicate, "other")
        graph.add_edge(subject, target, key=predicate, family=family, **weighed(claims))
    return graph


def _predicates(corpus: Corpus) -> Sequence[str]:
    """The kinds of tie that the corpus declares."""
    return next(c for c in corpus.schema["relations"].columns if c.name == "predicate").values


def _chosen(what: str, value: str | Sequence[str] | None, known: Sequence[str]) -> Collection[str]:
    """The values of a filter; none keeps all."""
    if value is None:
        return known
    values = [v.strip() for v in value.split(",")] if isinstance(value, str) else list(value)
    for entry in values:
        if entry not in known:
            raise unknown_value(what, entry, known)
    return values


def _without_loose(graph: nx.Graph) -> nx.Graph:
    """The graph, nodes without an edge taken out."""
    graph.remove_nodes_from([node for node, degree in graph.degree if not degree])
    return graph


def two_mode(selection: Selection, *, everyone: bool = False) -> nx.Graph:
    """Two-mode graph of organizations and the events in which they took part.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    everyone : bool
        Whether perpetrators, targets and mere venues count too: neither to be attacked together nor
        to lend a hall is to meet.

    Returns
    -------
    networkx.Graph
        Nodes have ``bipartite``: 0 for organizations (with the attributes that they have in
        :func:`ties`), 1 for events (``name, kind, date, country``, and ``when`` in words). Edges
        have ``roles, claims, texts, weight``.
    """
    graph = _all_attendance(selection).copy()
    if not everyone:
        apart = [(u, v) for u, v, roles in graph.edges(data="roles") if set(roles) <= set(APART)]
        graph.remove_edges_from(apart)
    return _without_loose(graph)


@kept
def _all_attendance(selection: Selection) -> nx.Graph:
    import networkx as nx

    known, met = bodies(selection.corpus), events(selection.corpus)
    rows = selection.participation.sort_values(["organization_id", "event_id", "claim_id"])
    graph = nx.Graph()
    graph.add_nodes_from((b, known[b] | {"bipartite": 0}) for b in rows["organization_id"])
    for event in sorted(set(rows["event_id"])):
        graph.add_node(f"event:{event}", bipartite=1, **met[event])
    for (body, event), claims in grouped(rows, ["organization_id", "event_id"]).items():
        roles = tuple(sorted({claim["role"] for claim in claims}))
        graph.add_edge(body, f"event:{event}", roles=roles, **weighed(claims))
    return graph


def shared_events(graph: nx.Graph) -> nx.Graph:
    """Project a two-mode graph onto its organizations.

    Two bodies are joined where they took part in the same event. Large events join everyone with
    everyone, so beside the plain count stands the weight of Newman (2001, "Scientific collaboration
    networks. II", Physical Review E 64, 016132): an event with k bodies adds 1 / (k - 1) to each of
    its pairs, so that it adds 1 to each body, however many came.

    Parameters
    ----------
    graph : networkx.Graph
        Made by :func:`two_mode`.

    Returns
    -------
    networkx.Graph
        Organizations, those without company too. Edges have ``weight`` (events shared), ``newman``
        and ``claims``.
    """
    import networkx as nx

    projection = nx.Graph()
    projection.add_nodes_from((n, d) for n, d in graph.nodes(data=True) if d["bipartite"] == 0)
    for event in (node for node, mode in graph.nodes(data="bipartite") if mode == 1):
        present = sorted(graph[event])
        for pair in combinations(present, 2):
            if not projection.has_edge(*pair):
                projection.add_edge(*pair, weight=0, newman=0.0, claims=())
            edge = projection.edges[pair]
            edge["weight"] += 1
            edge["newman"] += 1 / (len(present) - 1)
            edge["claims"] += tuple(chain(*(graph.edges[body, event]["claims"] for body in pair)))
    return projection


def hierarchy(selection: Selection) -> nx.DiGraph:
    """What is part of what, from the part-of ties of the texts.

    Where no text in scope says of what a body is a part, the parent that the table of
    organizations names stands in, and the edge says so.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    networkx.DiGraph
        From the part to the whole. Edges have ``basis`` ("text" or "authority"), ``claims`` (none
        behind "authority"), ``texts`` and ``weight``. Nodes are the bodies that ties or events in
        scope name, and what they belong to.
    """
    import networkx as nx

    known, told = bodies(selection.corpus), ties(selection)
    graph = nx.DiGraph()
    waiting = sorted({*told, *selection.participation["organization_id"]})
    graph.add_nodes_from((body, known[body]) for body in waiting)
    for part, whole, predicate, claims in told.edges(keys=True, data="claims"):
        if predicate == "part_of":
            graph.add_edge(part, whole, basis="text", **weighed(claims))
    for part in waiting:  # Wholes join it on the way.
        whole = known[part]["parent_id"]
        if whole in known and not graph.out_degree(part):
            if whole not in graph:
                waiting.append(whole)
                graph.add_node(whole, **known[whole])
            graph.add_edge(part, whole, basis="authority", **weighed(()))
    return graph


def cooperative(graph: nx.MultiDiGraph, *, without: Collection[str] = ()) -> nx.Graph:
    """Who is tied with whom, whatever the kind and direction; what measures are taken on.

    Ties of sanction and concern are left out, and so are the groups that others fight: to be
    sanctioned together brings nobody together.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Made by :func:`ties`.
    without : collection of str
        Bodies to leave out too.

    Returns
    -------
    networkx.Graph
        Simple and undirected, without loops. Edges have ``claims, texts, weight``. A body that no
        tie is left to is not in it.
    """
    import networkx as nx

    out = {n for n, kind in graph.nodes(data="kind") if kind == "nonstate_group"} | set(without)
    simple = nx.Graph()
    simple.add_nodes_from(graph.nodes(data=True))
    for subject, target, edge in graph.edges(data=True):
        if edge["family"] != "concern" and subject != target and not out & {subject, target}:
            before = simple.get_edge_data(subject, target, {"claims": ()})["claims"]
            simple.add_edge(subject, target, **weighed(before + edge["claims"]))
    return _without_loose(simple)


def meeting_ground(selection: Selection) -> nx.Graph:
    """Bodies and events (``bipartite`` 1), joined by cooperative ties and by taking part."""
    import networkx as nx

    # Events are nodes of their own: a projection would make a delegation of eleven a clique of
    # fifty-five pairs, and nothing could come apart in it any more.
    met = two_mode(selection)
    met.remove_nodes_from([n for n, kind in met.nodes(data="kind") if kind == "nonstate_group"])
    return nx.compose(cooperative(ties(selection)), met)


def focal_states(selection: Selection) -> list[str]:
    """States that the texts in scope are about.

    They stand in the middle of the graph because of the choice of texts, so that measures are
    shown without them too.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    list of str
        Ids of organizations, sorted.
    """
    used = {*selection.relations["source_id"], *selection.participation["source_id"]}
    passports = selection.corpus.load("sources")
    countries = set(passports.loc[passports["source_id"].isin(used), "country"].dropna())
    known = bodies(selection.corpus)
    return [b for b, d in known.items() if d["kind"] == "state" and d["country"] in countries]
