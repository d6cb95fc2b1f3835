"""Who is tied to whom: graphs of the claims, their measures, delegations, and pictures of both.

A graph never says more than the texts do. Each edge carries all claims that stand behind it, each
as a record of ``claim_id, source_id, citation, quote, date, note``; each row of a frame has them as
a :class:`ctdata.display.Citation` in its column ``evidence``. Nodes are ids of the tables; events
are written ``event:<event_id>`` so that no body can share their name.

The ties are what a handful of texts chose to tell. Measures of such a graph describe the texts
first and the world second; :func:`caution` says how far they carry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

from ctdata import dates, display
from ctdata.corpus import unknown_value

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from ctdata.corpus import Corpus, Selection

LEVELS = ("global", "regional", "national")
FAMILIES = {
    "structure": ("member_of", "part_of", "acts_for", "chairs", "affiliated_with"),
    "cooperation": (
        "cooperates_with",
        "participates_in",
        "supports",
        "trains",
        "funds",
        "relies_on",
    ),
    "law": (
        "established_by",
        "initiated",
        "party_to",
        "signatory_to",
        "implements",
        "co_sponsor_of",
        "reports_to",
    ),
    "presence": ("hosts", "operates_in"),
    "concern": ("sanctions", "concerns"),
}
FAMILY_WORDS = {
    "structure": "membership and part-of",
    "cooperation": "cooperation and support",
    "law": "founding, law and reporting",
    "presence": "presence in a state",
    "concern": "sanction or concern",
}
SYMMETRIC = ("cooperates_with",)
# Roles in which a body is named with an event without taking part in it beside the others.
APART = ("perpetrator", "target", "venue")
DELEGATION = ("lead", "member")

_FAMILY_OF = {predicate: family for family, group in FAMILIES.items() for predicate in group}
_KEPT = ("claim_id", "source_id", "citation", "quote", "date", "note")
_Claims = tuple[dict[str, Any], ...]


def _kept(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Remember what is made of a corpus or selection for as long as that lives."""
    made: WeakKeyDictionary = WeakKeyDictionary()

    @wraps(make)
    def kept(source: Any) -> Any:
        if source not in made:
            made[source] = make(source)
        return made[source]

    return kept


# Graphs


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
    corpus = selection.corpus
    wanted_levels = _chosen("level", levels, LEVELS)
    wanted = _chosen("predicate", predicates, _predicates(corpus))
    graph = _all_ties(selection).copy()
    graph.remove_nodes_from(
        [
            node
            for node, attributes in graph.nodes(data=True)
            if attributes["level"] not in (None, *wanted_levels)
            or (attributes["entity"] == "instrument" and not instruments)
        ]
    )
    graph.remove_edges_from([edge for edge in graph.edges(keys=True) if edge[2] not in wanted])
    graph.remove_nodes_from([node for node in graph if not graph.degree(node)])
    return graph


@_kept
def _all_ties(selection: Selection) -> nx.MultiDiGraph:
    import networkx as nx

    nodes = _bodies(selection.corpus) | _instruments(selection.corpus)
    rows = selection.relations.sort_values(["subject_id", "object_id", "predicate", "claim_id"])
    by = ["subject_id", "object_id", "predicate"]
    graph = nx.MultiDiGraph()
    for (subject, target, predicate), claims in _grouped(rows, by):
        graph.add_edge(subject, target, key=predicate, **_edge(predicate, claims))
    nx.set_node_attributes(graph, {node: nodes[node] for node in graph})
    return _sorted_nodes(graph)


def two_mode(
    selection: Selection,
    *,
    levels: str | Sequence[str] | None = None,
    everyone: bool = False,
) -> nx.Graph:
    """Two-mode graph of organizations and the events in which they took part.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    levels : str or sequence of str, optional
        Keep organizations of these levels only.
    everyone : bool
        Whether perpetrators, targets and mere venues count too: neither to be attacked together nor
        to lend a hall is to meet.

    Returns
    -------
    networkx.Graph
        Nodes have ``bipartite``: 0 for organizations (with the attributes that they have in
        :func:`ties`), 1 for events (``name, kind, date, country``). Edges have ``roles, claims,
        texts, weight``.

    Raises
    ------
    ValueError
        A level is unknown.
    """
    wanted = _chosen("level", levels, LEVELS)
    graph = _all_attendance(selection).copy()
    if not everyone:
        graph.remove_edges_from(
            [(u, v) for u, v, edge in graph.edges(data=True) if set(edge["roles"]) <= set(APART)]
        )
    graph.remove_nodes_from(
        [n for n, d in graph.nodes(data=True) if d["bipartite"] == 0 and d["level"] not in wanted]
    )
    graph.remove_nodes_from([node for node in graph if not graph.degree(node)])
    return graph


@_kept
def _all_attendance(selection: Selection) -> nx.Graph:
    import networkx as nx

    bodies, events = _bodies(selection.corpus), _events(selection.corpus)
    rows = selection.participation.sort_values(["organization_id", "event_id", "claim_id"])
    graph = nx.Graph()
    for (body, event), claims in _grouped(rows, ["organization_id", "event_id"]):
        graph.add_node(body, bipartite=0, **bodies[body])
        graph.add_node(f"event:{event}", bipartite=1, **events[event])
        roles = tuple(sorted({claim["role"] for claim in claims}))
        graph.add_edge(body, f"event:{event}", roles=roles, **_weighed(claims))
    return _sorted_nodes(graph)


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
        Organizations, those without company too. Edges have ``weight`` (events shared), ``newman``,
        ``events`` and ``claims``.
    """
    import networkx as nx

    projection = nx.Graph()
    projection.add_nodes_from((n, d) for n, d in graph.nodes(data=True) if d["bipartite"] == 0)
    for event, attributes in graph.nodes(data=True):
        if attributes["bipartite"] == 0:
            continue
        present = sorted(graph[event])
        for pair in combinations(present, 2):
            if not projection.has_edge(*pair):
                projection.add_edge(*pair, weight=0, newman=0.0, events=(), claims=())
            edge = projection.edges[pair]
            edge["weight"] += 1
            edge["newman"] += 1 / (len(present) - 1)
            edge["events"] += (event,)
            edge["claims"] += tuple(chain(*(graph.edges[body, event]["claims"] for body in pair)))
    return projection


def hierarchy(selection: Selection, *, authority: bool = True) -> nx.DiGraph:
    """What is part of what, from the part-of ties of the texts.

    Where no text in scope says of what a body is a part, the parent that the table of
    organizations names stands in, and the edge says so.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    authority : bool
        Whether such parents count; without them only claims do.

    Returns
    -------
    networkx.DiGraph
        From the part to the whole. Edges have ``basis`` ("text" or "authority"), ``claims`` (none
        behind "authority"), ``texts`` and ``weight``. Nodes are the bodies that ties or events in
        scope name, and what they belong to.
    """
    import networkx as nx

    bodies, told = _bodies(selection.corpus), ties(selection)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({*told, *selection.participation["organization_id"]}))
    for part, whole, predicate, edge in told.edges(keys=True, data=True):
        if predicate == "part_of":
            kept = {name: edge[name] for name in ("claims", "texts", "weight")}
            graph.add_edge(part, whole, basis="text", **kept)
    waiting = sorted(graph) if authority else []
    while waiting:
        part = waiting.pop(0)
        whole = bodies[part]["parent_id"]
        if whole in bodies and not graph.out_degree(part):
            if whole not in graph:
                waiting.append(whole)
            graph.add_edge(part, whole, basis="authority", claims=(), texts=(), weight=0)
    nx.set_node_attributes(graph, {body: bodies[body] for body in graph})
    return _sorted_nodes(graph)


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
        Simple and undirected, without loops. Edges have ``predicates, claims, texts, weight``. A
        body that no tie is left to is not in it.
    """
    import networkx as nx

    simple = nx.Graph()
    for subject, target, predicate, edge in graph.edges(keys=True, data=True):
        ends = {subject, target}
        fought = any(graph.nodes[end]["kind"] == "nonstate_group" for end in ends)
        if edge["family"] == "concern" or fought or len(ends) < 2 or ends & set(without):
            continue
        if not simple.has_edge(subject, target):
            simple.add_edge(subject, target, predicates=(), claims=(), texts=(), weight=0)
        joint = simple.edges[subject, target]
        joint["predicates"] += (predicate,)
        joint["claims"] += edge["claims"]
        joint["texts"] = tuple(sorted({*joint["texts"], *edge["texts"]}))
        joint["weight"] += edge["weight"]
    nx.set_node_attributes(simple, {node: graph.nodes[node] for node in simple})
    return _sorted_nodes(simple)


def meeting_ground(selection: Selection) -> nx.Graph:
    """Bodies joined by cooperative ties and by the events in which they took part together.

    Events are nodes of their own. A projection would make a delegation of eleven a clique of
    fifty-five pairs, and nothing could come apart in it any more.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    networkx.Graph
        Events have ``bipartite`` 1, and edges ``claims``.
    """
    import networkx as nx

    events = two_mode(selection)
    events.remove_nodes_from(
        [n for n, d in events.nodes(data=True) if d["kind"] == "nonstate_group"]
    )
    return _sorted_nodes(nx.compose(cooperative(ties(selection)), events))


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
    bodies = _bodies(selection.corpus)
    return sorted(
        b for b, d in bodies.items() if d["kind"] == "state" and d["country"] in countries
    )


# Measures


def measures(graph: nx.MultiDiGraph, *, without: Collection[str] = ()) -> pd.DataFrame:
    """How central each body is among the cooperative ties.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Made by :func:`ties`; :func:`cooperative` takes out of it what is measured.
    without : collection of str
        Bodies without which betweenness is taken a second time, such as :func:`focal_states`.

    Returns
    -------
    pandas.DataFrame
        A row for each body, the most between first:

        - ``organization_id, name, level, kind``
        - ``degree`` : number of bodies to which it is tied.
        - ``claims`` : weighted degree, the number of claims behind these ties (Barrat et al. 2004,
          "The architecture of complex weighted networks", PNAS 101, call it strength).
        - ``betweenness`` : share of the shortest paths between two others that lead through it,
          from 0 to 1 (Freeman 1977, "A set of measures of centrality based on betweenness",
          Sociometry 40; computed as in Brandes 2001, Journal of Mathematical Sociology 25).
        - ``betweenness_low``, ``betweenness_high`` : least and greatest value when any one text is
          left out; NaN where there is only one text.
        - ``betweenness_without`` : value in the graph without the bodies named; NaN for these.
        - ``core`` : largest k such that it belongs to a part in which each body is tied to at least
          k others of the part (Seidman 1983, "Network structure and minimum degree", Social
          Networks 5; computed as in Batagelj and Zaveršnik 2003).
        - ``cut_point`` : whether its part falls apart without it, and ``bridges`` : number of its
          ties whose loss would part the graph (Hopcroft and Tarjan 1973, "Algorithm 447",
          Communications of the ACM 16; Tarjan 1974, Information Processing Letters 2).
        - ``evidence`` : the claims.
    """
    import networkx as nx

    simple = cooperative(graph)
    columns = [
        *("organization_id", "name", "level", "kind", "degree", "claims", "betweenness"),
        *("betweenness_low", "betweenness_high", "betweenness_without"),
        *("core", "cut_point", "bridges", "evidence"),
    ]
    if not simple:
        return pd.DataFrame(columns=columns)
    between = nx.betweenness_centrality(simple)
    reruns = [nx.betweenness_centrality(_without_text(simple, text)) for text in _texts(simple)]
    reruns = reruns if len(reruns) > 1 else []
    rest = nx.betweenness_centrality(cooperative(graph, without=without))
    core, cuts = nx.core_number(simple), set(nx.articulation_points(simple))
    bridges = Counter(chain(*nx.bridges(simple)))
    rows = []
    for body, attributes in simple.nodes(data=True):
        claims = tuple(chain(*(edge["claims"] for edge in simple[body].values())))
        values = [rerun.get(body, 0.0) for rerun in reruns]
        rows.append(
            {
                "organization_id": body,
                "name": attributes["name"],
                "level": attributes["level"],
                "kind": attributes["kind"],
                "degree": simple.degree(body),
                "claims": len(claims),
                "betweenness": between[body],
                "betweenness_low": min(values, default=float("nan")),
                "betweenness_high": max(values, default=float("nan")),
                "betweenness_without": float("nan") if body in without else rest.get(body, 0.0),
                "core": core[body],
                "cut_point": body in cuts,
                "bridges": bridges[body],
                "evidence": Evidence(claims),
            }
        )
    frame = pd.DataFrame(rows, columns=columns)
    return _ranked(frame, ["betweenness", "degree", "claims"])


def two_mode_measures(graph: nx.Graph) -> pd.DataFrame:
    """How central each body, and each event, is in a two-mode graph.

    A body can meet others only through events, so the measures are set against what is possible in
    a graph of two modes (Borgatti and Everett 1997, "Network analysis of 2-mode data", Social
    Networks 19, pp. 243-269).

    Parameters
    ----------
    graph : networkx.Graph
        Made by :func:`two_mode`.

    Returns
    -------
    pandas.DataFrame
        A row for each node, bodies first, then by betweenness:

        - ``node, mode`` ("organization" or "event"), ``name, level, kind``
        - ``ties`` : number of events attended, or of bodies present.
        - ``degree`` : the same as a share of all events, or of all bodies.
        - ``closeness`` : least possible over actual sum of distances; where the graph is in parts,
          within the part and times the share of the other nodes that it holds.
        - ``betweenness`` : share of the greatest value that a graph of these two sizes allows.
        - ``evidence`` : the claims.
    """
    import networkx as nx

    sides = [[n for n, d in graph.nodes(data=True) if d["bipartite"] == mode] for mode in (0, 1)]
    between = nx.betweenness_centrality(graph, normalized=False)
    rows = []
    for own, other, mode in zip(sides, sides[::-1], ("organization", "event"), strict=True):
        most = _most_betweenness(len(own), len(other)) if own else 0.0
        for node in own:
            attributes = graph.nodes[node]
            claims = tuple(chain(*(edge["claims"] for edge in graph[node].values())))
            rows.append(
                {
                    "node": node,
                    "mode": mode,
                    "name": attributes["name"],
                    "level": attributes.get("level"),
                    "kind": attributes["kind"],
                    "ties": graph.degree(node),
                    "degree": graph.degree(node) / len(other),
                    "closeness": _closeness(graph, node),
                    "betweenness": between[node] / most if most else 0.0,
                    "evidence": Evidence(claims),
                }
            )
    columns = [
        *("node", "mode", "name", "level", "kind", "ties", "degree", "closeness"),
        *("betweenness", "evidence"),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame = _ranked(frame, ["betweenness", "ties"])
    bodies = frame["mode"] == "organization"
    return pd.concat([frame[bodies], frame[~bodies]], ignore_index=True)


def _most_betweenness(own: int, other: int) -> float:
    """Greatest betweenness that a node of one mode can have (Borgatti and Everett 1997)."""
    whole, rest = divmod(own - 1, other)
    return (
        other**2 * (whole + 1) ** 2
        + other * (whole + 1) * (2 * rest - whole - 1)
        - rest * (2 * whole - rest + 3)
    ) / 2


def _closeness(graph: nx.Graph, node: str) -> float:
    """Least possible over actual sum of distances (Borgatti and Everett 1997), within its part."""
    import networkx as nx

    distances = nx.single_source_shortest_path_length(graph, node)
    own = sum(length % 2 == 0 for length in distances.values()) - 1
    other = len(distances) - 1 - own
    reached = (len(distances) - 1) / (len(graph) - 1)
    return reached * (other + 2 * own) / sum(distances.values())


def caution(selection: Selection) -> display.Sentence:
    """Say what measures of a graph of this size can bear.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
        Number of bodies and ties, how dense the graph is, which text it leans on, and how many of
        the first bodies stay in front whichever text is left out.
    """
    import networkx as nx

    simple = cooperative(ties(selection))
    if not simple:
        return display.Sentence("No two bodies are tied in this scope, so nothing is measured.")
    size, pairs = len(simple), simple.number_of_edges()
    parts = sorted((len(part) for part in nx.connected_components(simple)), reverse=True)
    words = (
        f"n = {size} bodies and {_count(pairs, 'tied pair')}, "
        f"{_share(pairs, size * (size - 1) // 2)} of all possible pairs"
    )
    if len(parts) > 1:
        words += f"; the graph is in {len(parts)} parts, the largest with {parts[0]} bodies"
    by_text = Counter(c["source_id"] for *_, e in simple.edges(data=True) for c in e["claims"])
    (leading, most), texts = max(by_text.items(), key=lambda item: (item[1], item[0])), len(by_text)
    if texts == 1:
        return display.Sentence(
            f"{words}. All ties come from one text ({leading}), so that nothing in them is checked "
            "by a second voice: read the measures as a description of that text."
        )
    first = _leading(simple, 5)
    kept = set(first).intersection(*(_leading(_without_text(simple, t), 5) for t in by_text))
    return display.Sentence(
        f"{words}. {_share(most, sum(by_text.values()))} of the claims behind them stand in one "
        f"text ({leading}). Of the {len(first)} bodies with the greatest betweenness {len(kept)} "
        f"stay among the first five whichever of the {texts} texts is left out; below these, "
        "differences in rank carry no weight."
    )


def _leading(simple: nx.Graph, number: int) -> list[str]:
    import networkx as nx

    values = nx.betweenness_centrality(simple)
    return sorted((n for n in simple if values[n] > 0), key=lambda n: (-round(values[n], 9), n))[
        :number
    ]


def _without_text(simple: nx.Graph, text: str) -> nx.Graph:
    """The graph as it would be had this text not been read."""
    import networkx as nx

    return nx.Graph((u, v) for u, v, e in simple.edges(data=True) if set(e["texts"]) - {text})


def _texts(graph: nx.Graph) -> list[str]:
    return sorted({text for *_, edge in graph.edges(data=True) for text in edge["texts"]})


# Who holds the levels together


def between_levels(selection: Selection) -> pd.DataFrame:
    """Ties and meetings within and between the levels, and who has most of them.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of levels: ``levels, tied_pairs, claims``,
        ``in_most_pairs`` (names of the bodies that stand in most of these pairs),
        ``of_these_pairs`` (in how many), ``shared_events`` (where bodies of both levels, or two of
        the one level, took part) and ``evidence`` of the
        leading bodies' ties. Empty where there is neither tie nor event.
    """
    simple, attendance = cooperative(ties(selection)), two_mode(selection)
    present = [
        Counter(attendance.nodes[body]["level"] for body in attendance[event])
        for event, attributes in attendance.nodes(data=True)
        if attributes["bipartite"] == 1
    ]
    rows = []
    for first, second in _level_pairs():
        edges = [
            (u, v, edge)
            for u, v, edge in simple.edges(data=True)
            if _levels(simple, u, v) == (first, second)
        ]
        counts = Counter(chain(*((u, v) for u, v, _ in edges)))
        most = max(counts.values(), default=0)
        leading = sorted(body for body in counts if counts[body] == most) if most > 1 else []
        of_leading = [e["claims"] for u, v, e in edges if {u, v} & set(leading)]
        rows.append(
            {
                "levels": f"{first} – {second}" if first != second else f"within {first}",
                "tied_pairs": len(edges),
                "claims": sum(edge["weight"] for *_, edge in edges),
                "in_most_pairs": _some([simple.nodes[body]["name"] for body in leading], 3),
                "of_these_pairs": most if leading else 0,
                "shared_events": sum(
                    p[first] > 1 if first == second else bool(p[first] and p[second])
                    for p in present
                ),
                "evidence": Evidence(chain(*of_leading)),
            }
        )
    frame = pd.DataFrame(rows)
    return frame if frame[["tied_pairs", "shared_events"]].any(axis=None) else frame.iloc[:0]


def holders(selection: Selection) -> pd.DataFrame:
    """Bodies and events without which the graph of :func:`meeting_ground` falls apart.

    They are its articulation points (Hopcroft and Tarjan 1973). Only bodies count as cut off: those
    that would no longer hang together with the largest group that remains of their part.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        The greatest loss first: ``node, name, mode`` ("organization" or "event"), ``level`` (of a
        body), ``global, regional, national`` (bodies of each level next to it, in a tie or in a
        shared event), ``cut_off`` (number of bodies), ``cut_off_names`` (of some of them) and
        ``evidence`` of the links that would be lost.
    """
    import networkx as nx

    graph = meeting_ground(selection)
    columns = [
        *("node", "name", "mode", "level", *LEVELS, "cut_off", "cut_off_names", "evidence"),
    ]
    rows = []
    for node in sorted(nx.articulation_points(graph)):
        part = nx.node_connected_component(graph, node)
        pieces = [set(piece) for piece in nx.connected_components(graph.subgraph(part - {node}))]
        pieces.sort(key=lambda piece: (-len(_bodies_of(graph, piece)), min(piece)))
        loose = set().union(*pieces[1:])
        lost = _bodies_of(graph, loose)
        if not lost:
            continue
        attributes = graph.nodes[node]
        near = Counter(graph.nodes[body]["level"] for body in _near(graph, node))
        rows.append(
            {
                "node": node,
                "name": attributes["name"],
                "mode": "event" if _is_event(graph, node) else "organization",
                "level": attributes.get("level"),
                **{level: near[level] for level in LEVELS},
                "cut_off": len(lost),
                "cut_off_names": _some([graph.nodes[body]["name"] for body in lost], 4),
                "evidence": Evidence(
                    chain(*(e["claims"] for other, e in graph[node].items() if other in loose))
                ),
            }
        )
    return _ranked(pd.DataFrame(rows, columns=columns), ["cut_off"])


def meetings(selection: Selection) -> pd.DataFrame:
    """Events at which bodies of two or all three levels took part.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        The events of most levels first, then by size: ``event_id, name, date, global, regional,
        national`` (bodies of each level), ``bodies`` and ``evidence``.
    """
    graph = two_mode(selection)
    columns = ["event_id", "name", "date", *LEVELS, "bodies", "evidence"]
    rows = []
    for event, attributes in graph.nodes(data=True):
        if attributes["bipartite"] == 0:
            continue
        count = Counter(graph.nodes[body]["level"] for body in graph[event])
        if len(count) > 1:
            rows.append(
                {
                    "event_id": event.removeprefix("event:"),
                    "name": attributes["name"],
                    "date": dates.label(attributes["date"]) if attributes["date"] else "",
                    **{level: count[level] for level in LEVELS},
                    "bodies": count.total(),
                    "evidence": Evidence(chain(*(e["claims"] for e in graph[event].values()))),
                    "levels": len(count),
                }
            )
    frame = pd.DataFrame(rows, columns=[*columns, "levels"])
    return _ranked(frame, ["levels", "bodies"])[columns]


def _near(graph: nx.Graph, node: str) -> set[str]:
    """Bodies next to a node: tied to it, or at an event with it."""
    near: set[str] = set()
    for other in graph[node]:
        near |= set(graph[other]) if _is_event(graph, other) else {other}
    return near - {node}


def _bodies_of(graph: nx.Graph, nodes: Iterable[str]) -> list[str]:
    return sorted(node for node in nodes if not _is_event(graph, node))


def _is_event(graph: nx.Graph, node: str) -> bool:
    return graph.nodes[node].get("bipartite") == 1


def _level_pairs() -> list[tuple[str, str]]:
    return [(a, b) for i, a in enumerate(LEVELS) for b in LEVELS[i:]]


def _levels(graph: nx.Graph, u: str, v: str) -> tuple[str, str]:
    first, second = sorted((graph.nodes[u]["level"], graph.nodes[v]["level"]), key=LEVELS.index)
    return first, second


# Delegations


def delegations(selection: Selection) -> pd.DataFrame:
    """Who came with each visit.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each body of a delegation, visits in order of their dates: ``event_id, name``
        and, to tell them apart, ``visit``, made of ``where`` (the state visited) and ``when``;
        ``country`` (its code), ``named`` (whether the texts name members: where they name no more
        than who led, the delegation is not known), ``organization_id, organization, level, kind,
        role`` ("lead" or "member"), ``order`` (of the visit) and ``evidence``. A visit of which not
        even the leader is named has one row without organization.
    """
    return _all_delegations(selection).copy()


@_kept
def _all_delegations(selection: Selection) -> pd.DataFrame:
    events = _events(selection.corpus)
    bodies, states = _bodies(selection.corpus), _state_names(selection.corpus)
    rows = selection.participation
    rows = rows[rows["role"].isin(DELEGATION)].sort_values(
        ["event_id", "organization_id", "role", "claim_id"]
    )
    told = selection.events
    visits = sorted(
        {e for e in {*rows["event_id"], *told["event_id"]} if events[e]["kind"] == "visit"},
        key=lambda e: (str(events[e]["earliest"]), e),
    )
    found = []
    for order, event in enumerate(visits):
        visit = events[event]
        where = states.get(visit["country"], visit["country"] or "unknown")
        when = dates.label(visit["date"]) if visit["date"] else "undated"
        common = {
            "event_id": event,
            "name": visit["name"],
            "visit": f"{where}, {when}",
            "where": where,
            "when": when,
            "country": visit["country"],
            "order": order,
        }
        members = rows[rows["event_id"] == event]
        common["named"] = bool((members["role"] == "member").any())
        for (body,), claims in _grouped(members, ["organization_id"]):
            lead = any(claim["role"] == "lead" for claim in claims)
            found.append(
                {
                    **common,
                    "organization_id": body,
                    "organization": bodies[body]["name"],
                    "level": bodies[body]["level"],
                    "kind": bodies[body]["kind"],
                    "role": "lead" if lead else "member",
                    "evidence": Evidence(claims),
                }
            )
        if members.empty:
            claims = _records(told[told["event_id"] == event])
            found.append({**common, "evidence": Evidence(claims)})
    columns = [
        *("event_id", "name", "visit", "where", "when", "country", "named"),
        *("organization_id", "organization", "level", "kind", "role", "order", "evidence"),
    ]
    return pd.DataFrame(found, columns=columns)


def compare_delegations(selection: Selection) -> pd.DataFrame:
    """Set the delegations against each other, each earlier one against each later one.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of visits with named members: ``earlier, later`` (as in
        :func:`delegations`), ``size_earlier, size_later, stayed, left, joined`` (tuples of ids,
        sorted), ``both, either`` (numbers of bodies), ``jaccard`` (their ratio: Jaccard 1912, "The
        distribution of the flora in the alpine zone", New Phytologist 11) and ``evidence`` of both
        delegations. The leading body counts as a member.
    """
    rows = delegations(selection)
    rows = rows[rows["named"].astype(bool)]
    visits = [visit for _, visit in rows.groupby("order", sort=True)]
    found = []
    for first, second in combinations(visits, 2):
        earlier, later = set(first["organization_id"]), set(second["organization_id"])
        found.append(
            {
                "earlier": first["visit"].iloc[0],
                "later": second["visit"].iloc[0],
                "size_earlier": len(earlier),
                "size_later": len(later),
                "stayed": tuple(sorted(earlier & later)),
                "left": tuple(sorted(earlier - later)),
                "joined": tuple(sorted(later - earlier)),
                "both": len(earlier & later),
                "either": len(earlier | later),
                "jaccard": jaccard(earlier, later),
                "evidence": _merged([*first["evidence"], *second["evidence"]]),
            }
        )
    columns = [
        *("earlier", "later", "size_earlier", "size_later", "stayed", "left", "joined"),
        *("both", "either", "jaccard", "evidence"),
    ]
    return pd.DataFrame(found, columns=columns)


def turnover(selection: Selection) -> pd.DataFrame:
    """Name the bodies that stayed, left and joined between delegations.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        Three rows for each pair of :func:`compare_delegations`: ``earlier, later, change`` (in
        words), ``number, bodies`` (names) and ``evidence`` of just these memberships.
    """
    rows = delegations(selection)
    words = {"stayed": "came with both", "left": "only the earlier", "joined": "only the later"}
    found = []
    for pair in compare_delegations(selection).to_dict("records"):
        visits = rows[rows["visit"].isin((pair["earlier"], pair["later"]))]
        for change, phrase in words.items():
            changed = visits[visits["organization_id"].isin(pair[change])]
            found.append(
                {
                    "earlier": pair["earlier"],
                    "later": pair["later"],
                    "change": phrase,
                    "number": len(pair[change]),
                    "bodies": display.listing(sorted(set(changed["organization"]))) or "none",
                    "evidence": _merged(changed["evidence"]),
                }
            )
    return pd.DataFrame(
        found, columns=["earlier", "later", "change", "number", "bodies", "evidence"]
    )


def jaccard(first: Collection[str], second: Collection[str]) -> float:
    """Overlap of two sets: what is in both over what is in either.

    Parameters
    ----------
    first, second : collection of str
        The sets.

    Returns
    -------
    float
        From 0 (nothing in common) to 1 (the same); NaN for two empty sets.
    """
    either = set(first) | set(second)
    return len(set(first) & set(second)) / len(either) if either else float("nan")


def composition(selection: Selection) -> pd.DataFrame:
    """Which kinds of body made up each delegation.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each level and kind, a column of counts for each visit with named members.
    """
    rows = delegations(selection)
    rows = rows[rows["named"].astype(bool)]
    if rows.empty:
        return pd.DataFrame(columns=["level", "kind"])
    visits = rows.drop_duplicates("order").sort_values("order")["visit"]
    counts = pd.crosstab([rows["level"], rows["kind"]], rows["visit"])[list(visits)].reset_index()
    counts["kind"] = counts["kind"].str.replace("_", " ")
    counts.columns.name = None
    place = counts["level"].map(LEVELS.index)
    return counts.iloc[place.argsort(kind="stable")].reset_index(drop=True)


def visits_without_members(selection: Selection) -> display.Bullets | display.Sentence:
    """List the visits that the texts mention without naming who came.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Bullets or ctdata.display.Sentence
    """
    rows = delegations(selection)
    if rows.empty:
        return display.Sentence("The texts tell of no visit in this scope.")
    rows = rows[~rows["named"].astype(bool)]
    if rows.empty:
        return display.Sentence("For each visit in this scope the texts name the members.")
    items = []
    for _, visit in rows.groupby("order", sort=True):
        leads = list(visit["organization"].dropna())
        led = f"led by {display.listing(leads)}; " if leads else ""
        items.append(
            display.Sentence(
                f"{visit['name'].iloc[0]} ({visit['visit'].iloc[0]}): {led}members not named ",
                _merged(visit["evidence"]),
            )
        )
    return display.Bullets(items)


# Tables for readers


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
    columns = ["subject", "predicate", "object", "family", "date", "claims", "texts", "evidence"]
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

    def add(body: str, depth: int, whole: str | None, above: tuple[str, ...]) -> None:
        edge = graph.edges[body, whole] if whole else {"basis": "", "claims": ()}
        rows.append(
            {
                "organization_id": body,
                "body": "› " * depth + graph.nodes[body]["name"],
                "level": graph.nodes[body]["level"],
                "depth": depth,
                "basis": {"text": "a text", "authority": "our table of bodies"}.get(
                    edge["basis"], ""
                ),
                "evidence": Evidence(edge["claims"]),
            }
        )
        for part in sorted(graph.predecessors(body), key=lambda p: graph.nodes[p]["name"]):
            if part not in above:
                add(part, depth + 1, body, (*above, body))

    tops = [body for body in graph if not graph.out_degree(body) and graph.in_degree(body)]
    for top in sorted(tops, key=lambda b: (LEVELS.index(graph.nodes[b]["level"]), b)):
        add(top, 0, None, ())
    columns = ["organization_id", "body", "level", "depth", "basis", "evidence"]
    return pd.DataFrame(rows, columns=columns)


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
    rows = [
        {
            "first": graph.nodes[u]["name"],
            "second": graph.nodes[v]["name"],
            "events": edge["weight"],
            "newman": edge["newman"],
            "evidence": Evidence(edge["claims"]),
        }
        for u, v, edge in graph.edges(data=True)
    ]
    frame = pd.DataFrame(rows, columns=["first", "second", "events", "newman", "evidence"])
    return _ranked(frame, ["events", "newman"], ["first", "second"])


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
        ``what, stated, ours, verdict`` ("agrees", "differs", or "names some" where a text states
        more than it spells out) and ``evidence``.
    """
    rows = [
        *_printed_lists(selection),
        *_durations(selection),
        *_participating_states(selection),
        *_carried(selection),
    ]
    return pd.DataFrame(rows, columns=["what", "stated", "ours", "verdict", "evidence"])


def _compared(what: str, stated: float, ours: float, claims: Iterable[Mapping]) -> dict[str, Any]:
    return {
        "what": what,
        "stated": int(stated),
        "ours": int(ours),
        "verdict": "agrees" if stated == ours else "differs",
        "evidence": Evidence(claims),
    }


def _printed_lists(selection: Selection) -> Iterator[dict[str, Any]]:
    rows = selection.participation
    everywhere = selection.corpus.load("participation")
    events = _events(selection.corpus)
    is_member = rows["role"] == "member"
    for (event, source), members in rows[is_member].groupby(["event_id", "source_id"], sort=True):
        in_corpus = everywhere[(everywhere["event_id"] == event) & (everywhere["role"] == "member")]
        in_corpus = in_corpus[in_corpus["source_id"] == source]
        printed = selection.corpus.text(source).verbatim
        items = printed[members["start"].min() : members["end"].max()].split(";")
        if len(items) > 1 and len(in_corpus) == len(members):
            what = f"{events[event]['name']}: members in the printed list"
            yield _compared(
                what, len(items), members["organization_id"].nunique(), _records(members)
            )


def _durations(selection: Selection) -> Iterator[dict[str, Any]]:
    visits = selection.events
    visits = visits[(visits["kind"] == "visit") & visits["date_latest"].notna()]
    figures = selection.figures
    stated = figures[(figures["indicator"] == "visit_duration") & (figures["unit"] == "days")]
    for figure in stated.sort_values("claim_id").to_dict("records"):
        same = visits[
            (visits["source_id"] == figure["source_id"])
            & (visits["date_earliest"] <= figure["period_latest"])
            & (visits["date_latest"] >= figure["period_earliest"])
        ]
        for visit in same.to_dict("records"):
            days = (visit["date_latest"] - visit["date_earliest"]).days + 1
            yield _compared(f"{visit['name']}: days", figure["low"], days, [figure, visit])


def _participating_states(selection: Selection) -> Iterator[dict[str, Any]]:
    bodies = _bodies(selection.corpus)
    graph = ties(selection, predicates=("participates_in", "member_of"))
    stated = selection.figures
    stated = stated[stated["indicator"] == "states_participating"].sort_values("claim_id")
    for figure in stated.to_dict("records"):
        for body, attributes in bodies.items():
            if body not in graph or attributes["name"] not in str(figure["population"]):
                continue
            claims = [
                (state, claim)
                for state, _, edge in graph.in_edges(body, data=True)
                for claim in edge["claims"]
                if bodies[state]["kind"] == "state" and claim["source_id"] == figure["source_id"]
            ]
            named = len({state for state, _ in claims})
            what = f"{attributes['name']}: participating states"
            row = _compared(what, figure["low"], named, [figure, *(c for _, c in claims)])
            yield row | ({"verdict": "names some"} if named < figure["low"] else {})


def _carried(selection: Selection) -> Iterator[dict[str, Any]]:
    relations, participation = selection.relations, selection.participation
    bodies = _bodies(selection.corpus)
    parts = relations[relations["predicate"] == "part_of"]
    parts = parts[parts["subject_id"].isin(bodies) & parts["object_id"].isin(bodies)]
    compared = [
        ("Rows of relations, and claims on ties", relations, ties(selection, instruments=True)),
        ("Part-of rows, and claims in the hierarchy", parts, hierarchy(selection)),
        (
            "Rows of participation, and claims on attendance",
            participation,
            two_mode(selection, everyone=True),
        ),
    ]
    for what, rows, graph in compared:
        held = sum(edge["weight"] for *_, edge in graph.edges(data=True))
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
    parts = [
        *_answer_ties(selection),
        *_answer_holders(selection),
        *_answer_meetings(selection),
        *_answer_visits(selection),
    ]
    if not parts:
        return display.Sentence("The texts tell of no tie, meeting or delegation in this scope.")
    return display.Sentence(*parts)


def _answer_ties(selection: Selection) -> Iterator[str | display.Shown]:
    told, focal = ties(selection), focal_states(selection)
    simple, short = cooperative(told), labels(selection.corpus)
    if not simple:
        return
    pairs = simple.number_of_edges()
    mine = sum(bool({u, v} & set(focal)) for u, v in simple.edges)
    about = display.listing([simple.nodes[state]["name"] for state in focal if state in simple])
    yield f"{len(simple)} bodies are tied in {_count(pairs, 'pair')}"
    if mine:
        yield (
            f"; {_share(mine, pairs)} of the pairs include {about}, "
            "which says as much about the choice of texts as about the network"
        )
    yield ". "
    rest = cooperative(told, without=focal)
    between = _leading(rest, 3)
    if between:
        yield f"Leaving {about} out, the" if mine else "The"
        yield " shortest paths between the others lead most often through "
        yield f"{display.listing([short[body] for body in between])} "
        claims = [[c for e in rest[b].values() for c in e["claims"]] for b in between]
        yield _merged(_short(Evidence(of_body)) for of_body in claims)
        yield ". "


def _answer_holders(selection: Selection) -> Iterator[str | display.Shown]:
    frame = holders(selection)
    frame = frame[frame["mode"] == "organization"]
    if frame.empty:
        return
    first, others = frame.iloc[0], frame[frame["cut_off"] > 1].iloc[1:3]
    yield f"{first['name']} is the only link of {_bodies_in_words(first['cut_off'])} to the rest"
    if len(others):
        rest = [f"{row['name']} that of {row['cut_off']}" for row in others.to_dict("records")]
        yield f", {display.listing(rest)}"
    yield " "
    yield _merged([first["evidence"], *others["evidence"]])
    yield ". "


def _answer_meetings(selection: Selection) -> Iterator[str | display.Shown]:
    frame = meetings(selection)
    if frame.empty:
        return
    all_levels = frame[(frame[list(LEVELS)] > 0).all(axis=1)]
    if all_levels.empty:
        yield "No event in scope brings bodies of all three levels together. "
        return
    yield f"Global, regional and national bodies sit together at {_count(len(all_levels), 'event')}"
    yield f": {_some(list(all_levels['name']), 3)} "
    yield _merged([_short(e) for e in all_levels["evidence"][:3]])
    yield ". "


def _answer_visits(selection: Selection) -> Iterator[str | display.Shown]:
    frame = compare_delegations(selection)
    if frame.empty:
        return
    last = frame.iloc[-1]
    short = labels(selection.corpus)
    stayed = display.listing([short[body] for body in last["stayed"]]) or "none"
    yield (
        f"The delegations of the visits to {last['earlier']} and to {last['later']} have "
        f"{last['both']} of {last['either']} bodies in common (Jaccard {last['jaccard']:.2f}): "
        f"{stayed} "
    )
    yield last["evidence"]
    yield "."


# Layout: positions for any renderer


@dataclass(frozen=True)
class Place:
    """Where a node stands.

    Attributes
    ----------
    column : int
        0 for the global level, 1 for the regional, 2 for the national.
    depth : int
        Steps below the whole of which it is a part, within its level.
    y : float
        Rows from the top to its middle.
    """

    column: int
    depth: int
    y: float


@dataclass(frozen=True)
class Layout:
    """Positions of a graph in three columns, a row of text for each body.

    Attributes
    ----------
    places : dict of str to Place
        By node.
    branches : dict of str to str
        Part and whole of the same level: drawn as an outline and not as a line.
    passages : dict of tuple of str to float
        Where a tie from the global to the national column passes the regional one, in rows, by its
        two ends (global first).
    rows : float
        Height.
    """

    places: dict[str, Place]
    branches: dict[str, str]
    passages: dict[tuple[str, str], float]
    rows: float


_PASSAGE = 0.3  # rows that a tie on its way through the middle column takes
_GAP = 0.35  # rows between two outlines


def layout(
    graph: nx.MultiDiGraph, parts: nx.DiGraph, order: Mapping[Any, int] | None = None
) -> Layout:
    """Place a graph in three columns by level, parts indented below their whole.

    Two rows never share a place, so labels cannot collide. Outlines are put in an order that keeps
    crossings few: the barycentre method for layered graphs (Sugiyama, Tagawa and Toda 1981, IEEE
    Transactions on Systems, Man, and Cybernetics 11); they are then moved as near to their ties as
    the order allows, in the least-squares sense (isotonic regression by pooling adjacent violators:
    Barlow et al. 1972, Statistical Inference under Order Restrictions).

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Nodes with ``level``.
    parts : networkx.DiGraph
        Made by :func:`hierarchy`.
    order : mapping, optional
        From nodes (and passages) to their rank, made by :func:`ranks` for a larger graph: bodies
        then keep their order whatever the scope. Without it the graph's own order is found.

    Returns
    -------
    Layout
    """
    branches = _branches(graph, parts)
    wires, neighbours = _wires(graph, branches)
    order = ranks(graph, parts) if order is None else order
    columns = [_blocks(members, branches, order) for members in _columns(graph, wires)]
    rows = max((sum(block.height for block in blocks) for blocks in columns), default=0.0)
    y: dict[Any, float] = {}
    for blocks in columns:
        y |= _stacked(blocks, [(0.0, 1.0)] * len(blocks), rows)
    for _ in range(12):
        for blocks in columns:
            y |= _stacked(blocks, [_pull(block, y, neighbours) for block in blocks], rows)
    places = {
        key: Place(column, depth, y[key])
        for column, blocks in enumerate(columns)
        for block in blocks
        for key, depth, _ in block.lines
        if key in graph
    }
    return Layout(places, branches, {wire: y[wire] for wire in wires}, rows)


def ranks(graph: nx.MultiDiGraph, parts: nx.DiGraph) -> dict[Any, int]:
    """Find an order of the rows of each column in which few ties cross.

    Parameters
    ----------
    graph, parts
        As for :func:`layout`.

    Returns
    -------
    dict
        From each node, and each tie that passes the middle column, to its rank.
    """
    branches = _branches(graph, parts)
    wires, neighbours = _wires(graph, branches)
    members = _columns(graph, wires)
    order: dict[Any, float] = {
        key: i / len(column) for column in members for i, key in enumerate(column)
    }
    for sweep in range(12):
        for column in (members, members[::-1])[sweep % 2]:
            blocks = _blocks(column, branches, _barycentres(column, branches, order, neighbours))
            lines = [key for block in blocks for key, *_ in block.lines]
            order |= {key: i / len(lines) for i, key in enumerate(lines)}
    ranked = sorted(order, key=lambda key: (order[key], str(key)))
    return {key: rank for rank, key in enumerate(ranked)}


@dataclass(frozen=True)
class _Block:
    """An outline: lines that move together, each with its depth and its distance from the top."""

    lines: list[tuple[Any, int, float]]
    height: float


def _branches(graph: nx.MultiDiGraph, parts: nx.DiGraph) -> dict[str, str]:
    """One whole for each part of the same level; a text's word goes before the table's."""
    branches: dict[str, str] = {}
    for part in graph:
        wholes = parts.out_edges(part, data=True) if part in parts else ()
        for _, whole, _edge in sorted(wholes, key=lambda e: (-e[2]["weight"], e[1])):
            same = whole in graph and graph.nodes[whole]["level"] == graph.nodes[part]["level"]
            if part not in branches and same and not _descends(whole, part, branches):
                branches[part] = whole
    return branches


def _descends(node: str, ancestor: str, branches: Mapping[str, str]) -> bool:
    while node != ancestor and node in branches:
        node = branches[node]
    return node == ancestor


def _columns(graph: nx.MultiDiGraph, wires: list[tuple[str, str]]) -> list[list[Any]]:
    columns: list[list[Any]] = [[], [], []]
    for node, attributes in graph.nodes(data=True):
        columns[LEVELS.index(attributes["level"])].append(node)
    columns[1] += wires
    return columns


def _wires(
    graph: nx.MultiDiGraph, branches: Mapping[str, str]
) -> tuple[list[tuple[str, str]], dict[Any, list[Any]]]:
    """Ties that pass the middle column, and to what each row is drawn by its ties."""
    level = {node: LEVELS.index(graph.nodes[node]["level"]) for node in graph}
    pairs = {tuple(sorted(pair, key=lambda n: (level[n], n))) for pair in graph.edges()}
    wires: list[tuple[str, str]] = []
    neighbours: dict[Any, list[Any]] = {node: [] for node in graph}
    for first, second in sorted(pairs):
        if (
            first == second
            or second in (branches.get(first), first)
            or branches.get(second) == first
        ):
            continue
        chained = [first, second]
        if level[second] - level[first] == 2:
            wires.append((first, second))
            neighbours[first, second] = []
            chained = [first, (first, second), second]
        for one, other in zip(chained, chained[1:], strict=False):
            neighbours[one].append(other)
            neighbours[other].append(one)
    return wires, neighbours


def _barycentres(
    column: list[Any],
    branches: Mapping[str, str],
    order: Mapping[Any, float],
    neighbours: Mapping[Any, list[Any]],
) -> dict[Any, float]:
    """Mean place of the neighbours of each row and of all rows below it in its outline."""
    places: dict[Any, list[float]] = {}
    for key in column:
        own = [order[other] for other in neighbours[key]] or [order[key]]
        above: Any = key
        while above is not None:
            places.setdefault(above, []).extend(own)
            above = branches.get(above)
    return {key: sum(values) / len(values) for key, values in places.items()}


def _blocks(
    column: list[Any], branches: Mapping[str, str], order: Mapping[Any, float]
) -> list[_Block]:
    """The outlines of a column in the order given; what is not in the order comes last."""

    def rank(key: Any) -> tuple[float, str]:
        return order.get(key, float("inf")), str(key)

    def lines(key: Any, depth: int) -> Iterator[tuple[Any, int]]:
        yield key, depth
        for part in sorted((k for k in column if branches.get(k) == key), key=rank):
            yield from lines(part, depth + 1)

    blocks = []
    for top in sorted((key for key in column if key not in branches), key=rank):
        if isinstance(top, tuple):
            blocks.append(_Block([(top, 0, _PASSAGE / 2)], _PASSAGE))
            continue
        rows = list(lines(top, 0))
        margin = _GAP / 2 if len(rows) > 1 else 0.0
        block = [(key, depth, margin + i + 0.5) for i, (key, depth) in enumerate(rows)]
        blocks.append(_Block(block, len(rows) + 2 * margin))
    return blocks


def _pull(
    block: _Block, y: Mapping[Any, float], neighbours: Mapping[Any, list[Any]]
) -> tuple[float, float]:
    """Where the top of an outline would best be for its ties, and how strongly."""
    wanted = [y[other] - down for key, _, down in block.lines for other in neighbours[key]]
    if wanted:
        return sum(wanted) / len(wanted), float(len(wanted))
    key, _, down = block.lines[0]
    return y[key] - down, 0.1


def _stacked(
    blocks: list[_Block], pulls: list[tuple[float, float]], rows: float
) -> dict[Any, float]:
    """Middle of each row, its outline as near to where it is pulled as order and space allow."""
    before, above = [], 0.0
    for block in blocks:
        before.append(above)
        above += block.height
    wanted = [top - b for (top, _), b in zip(pulls, before, strict=True)]
    shifts = isotonic(wanted, [weight for _, weight in pulls])
    return {
        key: min(max(shift, 0.0), rows - above) + b + down
        for block, b, shift in zip(blocks, before, shifts, strict=True)
        for key, _, down in block.lines
    }


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Find the non-decreasing sequence nearest to the values, by weighted least squares.

    Parameters
    ----------
    values, weights : sequence of float
        Of equal length; weights are above zero.

    Returns
    -------
    list of float
        By pooling adjacent violators (Barlow et al. 1972).
    """
    pools: list[list[float]] = []  # mean, weight, length
    for value, weight in zip(values, weights, strict=True):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            mean, heavy, length = pools.pop()
            pool = pools[-1]
            pool[0] = (pool[0] * pool[1] + mean * heavy) / (pool[1] + heavy)
            pool[1] += heavy
            pool[2] += length
    return [mean for mean, _, length in pools for _ in range(int(length))]


# Pictures


def fold_states(graph: nx.MultiDiGraph, *, keep: Collection[str] = ()) -> nx.MultiDiGraph:
    """Put states that are tied to one body only, and in the same way, into one node.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Made by :func:`ties`.
    keep : collection of str
        States to leave as they are.

    Returns
    -------
    networkx.MultiDiGraph
        Groups have the ids of their states as ``members``; their edges carry all claims.
    """
    import networkx as nx

    alike: dict[tuple, list[str]] = {}
    for node, attributes in graph.nodes(data=True):
        edges = [*graph.in_edges(node, data=True), *graph.out_edges(node, data=True)]
        others = {end for u, v, _ in edges for end in (u, v)} - {node}
        if attributes["kind"] == "state" and node not in keep and len(others) == 1:
            ways = "+".join(sorted({edge["family"] for *_, edge in edges}))
            alike.setdefault((*others, ways), []).append(node)
    group_of = {
        state: f"states:{body}:{ways}"
        for (body, ways), states in alike.items()
        if len(states) > 1
        for state in states
    }
    folded = nx.MultiDiGraph()
    for node, attributes in graph.nodes(data=True):
        if node not in group_of:
            folded.add_node(node, **attributes)
            continue
        group = group_of[node]
        members = (*folded.nodes.get(group, {}).get("members", ()), node)
        name = display.listing([graph.nodes[state]["name"] for state in members])
        folded.add_node(group, **attributes | {"name": name, "members": members, "country": None})
    for subject, target, predicate, edge in graph.edges(keys=True, data=True):
        ends = group_of.get(subject, subject), group_of.get(target, target)
        claims = edge["claims"]
        if folded.has_edge(*ends, predicate):
            claims = folded.edges[*ends, predicate]["claims"] + claims
        folded.add_edge(*ends, key=predicate, **_edge(predicate, claims))
    return _sorted_nodes(folded)


@_kept
def labels(corpus: Corpus) -> dict[str, str]:
    """Short labels of organizations, for pictures.

    Parameters
    ----------
    corpus : ctdata.Corpus
        The corpus.

    Returns
    -------
    dict of str to str
        The acronym; or else the name, without the state that a national body belongs to; or, where
        that is still long, the words of the id.
    """
    bodies, states = _bodies(corpus), _state_names(corpus)
    full = corpus.load("organizations").set_index("organization_id")["acronym"].dropna().to_dict()
    acronyms = {bodies[body]["name"]: acronym for body, acronym in full.items()}
    long_names = sorted((n for n in acronyms if " " in n), key=lambda n: (-len(n), n))
    spelled = {w.lower(): w for d in bodies.values() for w in re.findall(r"\w+", d["name"])}
    spelled |= {a.lower(): a for a in full.values()} | {c.lower(): c for c in states}

    def label(body: str) -> str:
        attributes = bodies[body]
        if body in full:
            return full[body]
        name, state = attributes["name"], states.get(attributes["country"])
        for long_name in long_names:
            if name.startswith(long_name) and name != long_name:
                name = acronyms[long_name] + name.removeprefix(long_name)
        if state and name != state:
            name = re.sub(rf" (?:of|in) (?:the )?{re.escape(state)}$", "", name)
        if len(name) <= 28:
            return name
        words = body.split("-")
        if len(words) > 2 and words[0].upper() == attributes["country"]:
            words = words[1:]
        tail = re.search(r" \([a-z]+\)$", name)
        short = " ".join(
            spelled.get(w, w if re.search("[aeiou]", w) and len(w) > 2 else w.upper())
            for w in words
        )
        short = re.sub(r"\b[a-z]", lambda first: first[0].upper(), short)
        return short + (tail.group() if tail else "")

    return {body: label(body) for body in bodies}


_ROW = 0.168  # inches
_FONT = 7.5
_INDENT, _MARK = 0.13, 0.1
_STROKES = {
    "structure": ("black", "solid", 0.9),
    "cooperation": ("blue", (0, (5, 1.8)), 0.9),
    "law": ("purple", (0, (6, 1.5, 1.2, 1.5)), 0.9),
    "presence": ("gray", (0, (2.5, 2.5)), 1.1),
    "concern": ("vermilion", (0, (1.1, 1.3)), 1.2),
}
_HATCH = {"facecolor": "#f4f4f4", "edgecolor": "#cfcfcf", "hatch": "////", "linewidth": 0}
_MARKS = {"state": "s", "nonstate_group": "X"}


def draw_ties(
    selection: Selection,
    *,
    levels: str | Sequence[str] | None = None,
    predicates: str | Sequence[str] | None = None,
) -> display.Picture | display.Sentence:
    """Draw the ties between organizations and states, in columns by level.

    Ties to laws, treaties and resolutions are not drawn. States that are tied to one body only
    share a row.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    levels, predicates : str or sequence of str, optional
        As in :func:`ties`.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no tie.

    Raises
    ------
    ValueError
        A level or predicate is unknown.
    """
    told = ties(selection, levels=levels, predicates=predicates)
    if not told:
        return display.Sentence("The texts state no tie between organizations in this scope.")
    keep = focal_states(selection)
    graph = fold_states(told, keep=keep)
    everything = selection.corpus.select()
    order = ranks(fold_states(ties(everything), keep=keep), hierarchy(everything))
    plan = layout(graph, hierarchy(selection), order)
    sheet = _Sheet(plan, _short_names(graph, selection.corpus), keep)
    figure, axes = _page()
    keys = _draw_strokes(axes, sheet, _strokes(graph, plan))
    keys += _draw_branches(axes, sheet, graph)
    keys += _draw_rows(axes, sheet, graph)
    sheet.write_heads(axes)
    pairs = {frozenset((u, v)) for u, v in told.edges() if u != v}
    notes = [
        _scope_words(selection),
        "An arrow leads from subject to object; a mutual tie has none. "
        "Ties to laws and treaties are not drawn.",
    ]
    if len(graph) < len(told):
        notes.append("States that are tied to the same body only, in the same way, share a row.")
    _write_notes(axes, *notes)
    title = f"Who is tied to whom: {len(told)} bodies in {_count(len(pairs), 'tied pair')}"
    _finish(figure, axes, title, sheet.y(plan.rows), keys, columns=3)
    return display.Picture(figure, _tie_words(told, pairs, selection))


def _tie_words(told: nx.MultiDiGraph, pairs: set[frozenset[str]], selection: Selection) -> str:
    by_level = Counter(told.nodes[node]["level"] for node in told)
    near = Counter(chain(*pairs))
    most = sorted(near, key=lambda n: (-near[n], n))[:3]
    leading = display.listing([f"{told.nodes[n]['name']} ({near[n]})" for n in most])
    counts = display.listing([f"{by_level[level]} {level}" for level in LEVELS if by_level[level]])
    return (
        f"Network in three columns, global, regional and national, for {selection.scope}: {counts} "
        f"bodies, {_count(len(pairs), 'tied pair')}. Tied to most others: {leading}. "
        "The ties are listed with their citations in the tables below."
    )


class _Sheet:
    """The page of the tie picture: where the columns stand, in inches, and what is written."""

    def __init__(self, plan: Layout, names: Mapping[str, str], focal: Collection[str]) -> None:
        self.plan = plan
        self.focal = focal
        self.top = 1.14
        margins = (0.34, 0.36)
        shift = {n: p.depth * _INDENT + _MARK for n, p in plan.places.items()}
        wide = [0.75, 0.75, 0.75]
        for node, place in plan.places.items():
            needed = shift[node] + _width(names[node], bold=node in focal)
            wide[place.column] = max(wide[place.column], needed)
        room = display.WIDTH - sum(margins)
        cap = max(wide)
        while sum(min(w, cap) for w in wide) > room - 2 * 0.62:
            cap -= 0.05
        widths = [min(w, cap) for w in wide]
        gap = (room - sum(widths)) / 2
        self.left = [margins[0]]
        for width in widths[:2]:
            self.left.append(self.left[-1] + width + gap)
        self.right = [x + width + 0.04 for x, width in zip(self.left, widths, strict=True)]
        self.bulge = min(*margins, gap) - 0.06
        self.marks, self.names, self.ends = {}, {}, {}
        for node, place in plan.places.items():
            self.marks[node] = self.left[place.column] + place.depth * _INDENT
            self.names[node] = _fitted(names[node], widths[place.column] - shift[node])
            width = _width(self.names[node], bold=node in focal)
            self.ends[node] = self.marks[node] + _MARK + width + 0.03

    def y(self, row: float) -> float:
        """Inches from the top of the page to a row."""
        return self.top + row * _ROW

    def write_heads(self, axes: Axes) -> None:
        """Write the heads of the columns."""
        for level, left, right in zip(LEVELS, self.left, self.right, strict=True):
            axes.text(
                left - 0.04,
                self.top - 0.16,
                level.upper(),
                fontsize=8,
                fontweight="bold",
                va="center",
            )
            axes.plot([left - 0.04, right], [self.top - 0.05] * 2, color="#6b6b6b", lw=0.8)
            if level not in (LEVELS[place.column] for place in self.plan.places.values()):
                axes.text(
                    left, self.top + 0.08, "none", fontsize=_FONT, color="#4d4d4d", va="center"
                )


def _page() -> tuple[Any, Axes]:
    """An empty page, measured in inches from its upper left corner; :func:`_finish` cuts it."""
    figure, axes = display.canvas(1.0)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set_axis_off()
    return figure, axes


def _write_notes(axes: Axes, *words: str) -> None:
    """Write what a reader must know, a line each, below the title."""
    for i, line in enumerate(words):
        line = _fitted(line, display.WIDTH - 0.16)
        axes.text(0.08, 0.38 + 0.16 * i, line, fontsize=_FONT, color="#4d4d4d", va="center")


def _scope_words(selection: Selection) -> str:
    return f"{selection.scope[:1].upper()}{selection.scope[1:]}."


def _finish(
    figure: Any, axes: Axes, title: str, bottom: float, keys: list[Any], columns: int
) -> None:
    """Write the title, and the keys below what is drawn; cut the page to its height."""
    from matplotlib.lines import Line2D

    rows = -(-len(keys) // columns)
    for i, key in enumerate(keys):
        column, row = divmod(i, rows)
        x = 0.1 + column * (display.WIDTH - 0.2) / columns
        y = bottom + 0.22 + 0.155 * row
        if isinstance(key, Line2D):
            key.set_data(
                ([x, x + 0.3], [y, y]) if key.get_marker() == "None" else ([x + 0.15], [y])
            )
            axes.add_line(key)
        else:
            key.set_bounds(x, y - 0.05, 0.3, 0.1)
            axes.add_patch(key)
        axes.text(x + 0.38, y, key.get_label(), fontsize=_FONT, va="center")
    height = bottom + 0.2 + 0.155 * rows
    figure.set_size_inches(display.WIDTH, height)
    x, y = 0.08 / display.WIDTH, 1 - 0.16 / height
    figure.suptitle(title, x=x, y=y, ha="left", va="center", size=10.5, weight="bold")
    axes.set(xlim=(0, display.WIDTH), ylim=(height, 0))


@dataclass(frozen=True)
class _Stroke:
    """A line: its ends in order of columns, its family, the texts behind it and its arrowheads."""

    first: str
    second: str
    family: str
    texts: frozenset[str]
    heads: frozenset[str]
    shift: float


def _strokes(graph: nx.MultiDiGraph, plan: Layout) -> list[_Stroke]:
    """One line for each pair and family of ties, side by side where a pair has several."""

    def standing(node: str) -> tuple[int, float]:
        return plan.places[node].column, plan.places[node].y

    found: dict[tuple[str, str], dict[str, list[tuple[str, str, Any]]]] = {}
    for subject, target, predicate, edge in graph.edges(keys=True, data=True):
        in_outline = target == plan.branches.get(subject) or subject == plan.branches.get(target)
        if subject == target or (in_outline and edge["family"] == "structure"):
            continue
        first, second = sorted((subject, target), key=standing)
        families = found.setdefault((first, second), {})
        families.setdefault(edge["family"], []).append((predicate, target, edge))
    strokes = []
    for (first, second), families in sorted(found.items()):
        for place, family in enumerate(sorted(families, key=_family_rank)):
            group = families[family]
            strokes.append(
                _Stroke(
                    first,
                    second,
                    family,
                    frozenset(text for *_, edge in group for text in edge["texts"]),
                    frozenset(target for p, target, _ in group if p not in SYMMETRIC),
                    (place - (len(families) - 1) / 2) * 0.17,
                )
            )
    return strokes


def _draw_strokes(axes: Axes, sheet: _Sheet, strokes: list[_Stroke]) -> list[Any]:
    """Draw the lines between rows; return their keys."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    paths: dict[tuple[str, bool], list[Path]] = {}
    heads: dict[str, list[tuple[float, float, str]]] = {}
    for stroke in strokes:
        path, ends = _route(sheet, stroke)
        paths.setdefault((stroke.family, len(stroke.texts) > 1), []).append(path)
        for node in sorted(stroke.heads):
            heads.setdefault(ends[node][0], []).append((*ends[node][1], _color(stroke.family)))
    for (family, strong), group in sorted(paths.items(), key=lambda i: _family_rank(i[0][0])):
        color, style, width = _style(family)
        axes.add_patch(
            PathPatch(
                Path.make_compound_path(*group),
                fill=False,
                edgecolor=color,
                linestyle=style,
                linewidth=width * (1.9 if strong else 1),
                alpha=0.85,
                zorder=1,
            )
        )
    for marker, points in sorted(heads.items()):
        xs, ys, colors = zip(*points, strict=True)
        axes.scatter(xs, ys, marker=marker, s=13, c=colors, linewidths=0, zorder=3)
    keys = [
        Line2D(
            [], [], color=_color(f), ls=_style(f)[1], lw=_style(f)[2], label=FAMILY_WORDS.get(f, f)
        )
        for f in sorted({family for family, _ in paths}, key=_family_rank)
    ]
    if any(strong for _, strong in paths):
        keys.append(Line2D([], [], color="#6b6b6b", lw=2, label="thick: two or more texts say so"))
    return keys


def _route(
    sheet: _Sheet, stroke: _Stroke
) -> tuple[Any, dict[str, tuple[str, tuple[float, float]]]]:
    """The line of a tie, and where and which way an arrowhead stands at each end."""
    from matplotlib.path import Path

    plan, first, second = sheet.plan, stroke.first, stroke.second
    a, b = plan.places[first], plan.places[second]
    ya, yb = sheet.y(a.y + stroke.shift), sheet.y(b.y + stroke.shift)
    if a.column == b.column == 0:
        outer, bulge = sheet.left[0] - 0.05, -sheet.bulge
        starts = {node: (sheet.marks[node] - 0.07, ">") for node in (first, second)}
    elif a.column == b.column:
        outer, bulge = sheet.right[a.column], sheet.bulge
        starts = {node: (sheet.ends[node] + 0.03, "<") for node in (first, second)}
    else:
        starts = {first: (sheet.ends[first] + 0.03, "<"), second: (sheet.marks[second] - 0.07, ">")}
    points = [(starts[first][0], ya)]
    codes = [Path.MOVETO]

    def line(x: float, y: float) -> None:
        points.append((x, y))
        codes.append(Path.LINETO)

    def curve(middle: float, middle_end: float, x: float, y: float) -> None:
        points.extend([(middle, points[-1][1]), (middle_end, y), (x, y)])
        codes.extend([Path.CURVE4] * 3)

    if a.column == b.column:
        reach = outer + bulge * min(1.0, 0.35 + abs(b.y - a.y) / 14) * 4 / 3
        line(outer, ya)
        curve(reach, reach, outer, yb)
    else:
        stops = [(sheet.right[a.column], ya), (sheet.left[b.column] - 0.05, yb)]
        if (first, second) in plan.passages:
            passage = sheet.y(plan.passages[first, second] + stroke.shift / 2)
            stops[1:1] = [(sheet.left[1] - 0.05, passage), (sheet.right[1], passage)]
        line(*stops[0])
        for i, (x, y) in enumerate(stops[1:]):
            if i % 2:
                line(x, y)
            else:
                middle = (points[-1][0] + x) / 2
                curve(middle, middle, x, y)
    line(starts[second][0], yb)
    ends = {first: (starts[first][1], (starts[first][0], ya))}
    ends[second] = (starts[second][1], (starts[second][0], yb))
    return Path(points, codes), ends


def _draw_branches(axes: Axes, sheet: _Sheet, graph: nx.MultiDiGraph) -> list[Any]:
    """Draw outlines as brackets; return their keys."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    brackets: dict[bool, list[list[tuple[float, float]]]] = {}
    for part, whole in sorted(sheet.plan.branches.items()):
        told = any(
            edge["family"] == "structure"
            for ends in ((part, whole), (whole, part))
            for edge in graph.get_edge_data(*ends, default={}).values()
        )
        x, places = sheet.marks[whole], sheet.plan.places
        top, y = sheet.y(places[whole].y) + 0.05, sheet.y(places[part].y)
        brackets.setdefault(told, []).append([(x, top), (x, y), (sheet.marks[part] - 0.05, y)])
    keys = []
    for told in sorted(brackets, reverse=True):
        style = "solid" if told else (0, (1, 1.6))
        color = display.COLORS["black" if told else "gray"]
        axes.add_collection(
            LineCollection(
                brackets[told], colors=color, linewidths=0.9, linestyles=[style], zorder=2
            )
        )
        words = (
            "outline: part of, as a text says" if told else "outline: part of, as our table says"
        )
        keys.append(Line2D([], [], color=color, ls=style, lw=0.9, label=words))
    return keys


def _draw_rows(axes: Axes, sheet: _Sheet, graph: nx.MultiDiGraph) -> list[Any]:
    """Write the names, each with the mark of its kind; return the keys of the marks."""
    from matplotlib.lines import Line2D

    marks: dict[str, list[tuple[float, float]]] = {}
    for node, place in sheet.plan.places.items():
        kind = graph.nodes[node]["kind"]
        y = sheet.y(place.y)
        marks.setdefault(_MARKS.get(kind, "o"), []).append((sheet.marks[node], y))
        axes.text(
            sheet.marks[node] + _MARK,
            y,
            sheet.names[node],
            fontsize=_FONT,
            fontweight="bold" if node in sheet.focal else "normal",
            style="italic" if kind == "nonstate_group" else "normal",
            va="center_baseline",
            zorder=4,
        )
    words = {"s": "state", "o": "body", "X": "group that others sanction or fight"}
    keys = []
    for marker in (m for m in words if m in marks):
        xs, ys = zip(*marks[marker], strict=True)
        axes.scatter(xs, ys, marker=marker, s=15, c="#1b1b1b", linewidths=0, zorder=4)
        keys.append(
            Line2D([], [], ls="", marker=marker, color="#1b1b1b", ms=4, label=words[marker])
        )
    return keys


def draw_delegations(selection: Selection) -> display.Picture | display.Sentence:
    """Draw who came with which visit.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A row for each body, a column for each visit; a body that came again is joined by a line.
        Visits whose members no text names stand hatched. A sentence where no visit is told of.
    """
    rows = delegations(selection)
    bodies = rows.dropna(subset=["organization_id"]).drop_duplicates("organization_id")
    if bodies.empty:
        return display.Sentence("The texts name no delegation in this scope.")
    visits = rows.drop_duplicates("order").sort_values("order")
    bodies = bodies.assign(rank=bodies["level"].map(LEVELS.index))
    bodies = bodies.sort_values(["rank", "order", "role", "organization"])
    y = _delegation_rows(bodies)
    names = {body: _abbreviated(selection.corpus, body, 3.55) for body in y}
    left = 0.5 + max(_width(names[body], 8) for body in y)
    step = min(1.2, (display.WIDTH - left) / len(visits))
    x = {order: left + (i + 0.5) * step for i, order in enumerate(visits["order"])}
    bottom = max(y.values()) + 0.2
    figure, axes = _page()
    _draw_visits(axes, visits, x, step, bottom)
    heads = bodies.drop_duplicates("level")
    for level, body in zip(heads["level"], heads["organization_id"], strict=True):
        axes.text(
            0.08, y[body] - 0.2, level.upper(), fontsize=_FONT, fontweight="bold", va="center"
        )
    for body, height in y.items():
        axes.text(0.2, height, names[body], fontsize=8, va="center")
    keys = _draw_attendance(axes, rows, x, y)
    _write_notes(axes, _scope_words(selection))
    _finish(figure, axes, _delegation_title(selection, visits), bottom, keys, columns=4)
    return display.Picture(figure, _delegation_words(selection, visits))


def _delegation_rows(bodies: pd.DataFrame) -> dict[str, float]:
    """Height of each row in inches, with room above each level for its head."""
    y, height, level = {}, 1.0, None
    for body in bodies.to_dict("records"):
        height += 0.2 if body["level"] == level else 0.4
        level = body["level"]
        y[body["organization_id"]] = height
    return y


def _delegation_title(selection: Selection, visits: pd.DataFrame) -> str:
    pairs = compare_delegations(selection)
    if len(pairs) == 1:
        pair = pairs.iloc[0]
        both, either = pair["both"], pair["either"]
        return f"{both} of {either} bodies came with both visits whose members are named"
    named = int(visits["named"].astype(bool).sum())
    if not named:
        return f"{_count(len(visits), 'visit')} of whose delegation the texts name only the lead"
    return f"Who came with which visit: members named for {named} of {_count(len(visits), 'visit')}"


def _draw_visits(
    axes: Axes, visits: pd.DataFrame, x: Mapping[int, float], step: float, bottom: float
) -> None:
    """Head each column with the state and the time; hatch it where members are not named."""
    from matplotlib.patches import Rectangle

    room = step - 0.1
    codes = any(_width(where, bold=True) > room for where in visits["where"])
    years = any(_width(when, bold=True) > room for when in visits["when"])
    for visit in visits.to_dict("records"):
        center = x[visit["order"]]
        year = re.search(r"\d{4}", visit["when"])
        where = visit["country"] or "?" if codes else visit["where"]
        axes.text(
            center,
            0.82,
            f"{where}\n{year.group() if years and year else visit['when']}",
            fontsize=_FONT,
            fontweight="bold" if visit["named"] else "normal",
            linespacing=1.25,
            ha="center",
            va="center",
        )
        axes.plot([center - step * 0.42, center + step * 0.42], [1.05] * 2, color="#6b6b6b", lw=0.8)
        if not visit["named"]:
            corner = (center - step * 0.3, 1.11)
            hatched = Rectangle(corner, step * 0.6, bottom - 1.11, **_HATCH, zorder=0)
            axes.add_patch(hatched)


def _draw_attendance(
    axes: Axes, rows: pd.DataFrame, x: Mapping[int, float], y: Mapping[str, float]
) -> list[Any]:
    """Draw a mark for each body of each visit, and a line where it came again."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    named = rows[rows["named"].astype(bool)]
    again = [
        [(x[first], y[body]), (x[second], y[body])]
        for body, visits in named.groupby("organization_id", sort=True)["order"]
        for first, second in zip(sorted(visits), sorted(visits)[1:], strict=False)
    ]
    axes.add_collection(
        LineCollection(again, colors=display.COLORS["blue"], linewidths=2.2, zorder=1)
    )
    keys = []
    for role, marker, color in (("lead", "s", "vermilion"), ("member", "o", "blue")):
        group = rows[rows["role"] == role]
        if len(group):
            axes.scatter(
                group["order"].map(x),
                group["organization_id"].map(y),
                marker=marker,
                s=42,
                c=display.COLORS[color],
                linewidths=0,
                zorder=2,
            )
            words = "leads the delegation" if role == "lead" else "member"
            keys.append(
                Line2D([], [], ls="", marker=marker, ms=6, color=display.COLORS[color], label=words)
            )
    if again:
        keys.append(Line2D([], [], color=display.COLORS["blue"], lw=2.2, label="came again"))
    if not rows["named"].astype(bool).all():
        keys.append(Rectangle((0, 0), 0, 0, **_HATCH, label="members not named"))
    return keys


def _delegation_words(selection: Selection, visits: pd.DataFrame) -> str:
    frame = compare_delegations(selection)
    words = (
        f"Delegations by visit, for {selection.scope}: {display.listing(list(visits['visit']))}. "
    )
    for pair in frame.to_dict("records"):
        words += (
            f"{pair['earlier']} and {pair['later']}: {len(pair['stayed'])} bodies in both, "
            f"{len(pair['left'])} only in the first, {len(pair['joined'])} only in the second. "
        )
    unnamed = list(visits.loc[~visits["named"].astype(bool), "visit"])
    return words + (f"Members not named: {display.listing(unnamed)}." if unnamed else "")


def _short_names(graph: nx.MultiDiGraph, corpus: Corpus) -> dict[str, str]:
    """Labels of nodes; states that share a row stand by their codes."""
    short, bodies = labels(corpus), _bodies(corpus)
    names = {}
    for node, attributes in graph.nodes(data=True):
        codes = [
            bodies[state]["country"] or short[state] for state in attributes.get("members", ())
        ]
        more = f" + {len(codes) - 5}" if len(codes) > 6 else ""
        names[node] = ", ".join(codes[:5] if more else codes) + more if codes else short[node]
    return names


def _abbreviated(corpus: Corpus, body: str, width: float) -> str:
    """Name of an organization, with acronyms for what stands in it, cut where still too wide."""
    bodies, short = _bodies(corpus), labels(corpus)
    name = full = bodies[body]["name"]
    for other in sorted(bodies, key=lambda b: -len(bodies[b]["name"])):
        whole = bodies[other]["name"]
        if _width(name, 8) > width and " " in whole and whole != full:
            name = re.sub(rf"(?:\bthe )?{re.escape(whole)}", short[other], name)
    if _width(name, 8) > width and short[body] != full:
        name = f"{short[body]}: {full}"
    return _fitted(name, width, 8)


def _width(words: str, size: float = _FONT, *, bold: bool = False) -> float:
    """Width of words in inches, as they will be drawn."""
    return sum(_advance(character, bold) for character in words) * size / 72


@cache
def _advance(character: str, bold: bool) -> float:
    """How far a character moves the pen, as a share of the size of the font."""
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.ft2font import LoadFlags

    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / 100


def _fitted(words: str, width: float, size: float = _FONT) -> str:
    """The words, cut where they would be wider than the room that they have."""
    if _width(words, size) <= width + 0.01:
        return words
    while words and _width(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip(' ,')}…"


def _style(family: str) -> tuple[str, Any, float]:
    color, style, width = _STROKES.get(family, ("gray", "solid", 0.7))
    return display.COLORS[color], style, width


def _color(family: str) -> str:
    return _style(family)[0]


def _family_rank(family: str) -> tuple[int, str]:
    known = list(FAMILIES)
    return (known.index(family) if family in known else len(known)), family


# What all of this is made of


class Evidence(display.Citation):
    """The places of claims that come as records.

    Parameters
    ----------
    claims : iterable of mapping
        With ``claim_id, citation, quote``; a claim that comes twice is told once.
    """

    def __init__(self, claims: Iterable[Mapping[str, Any]]) -> None:
        places = {(c["claim_id"], c["citation"], c["quote"]) for c in claims}
        self.places = sorted(places, key=lambda place: (_reading_order(place[1]), place))


def _reading_order(citation: str) -> list[str | int]:
    """What to sort citations by, so that paragraph 9 comes before paragraph 12."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", citation)]


def _merged(citations: Iterable[display.Citation]) -> Evidence:
    names = ("claim_id", "citation", "quote")
    return Evidence(
        dict(zip(names, place, strict=True)) for one in citations for place in one.places
    )


def _short(citation: display.Citation) -> Evidence:
    """The first places only, for running text."""
    few = Evidence(())
    few.places = citation.places[:2]
    return few


@_kept
def _bodies(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every organization, by id."""
    columns = ["name", "kind", "level", "country", "parent_id"]
    rows = corpus.load("organizations").set_index("organization_id")[columns].sort_index()
    return {
        body: {"entity": "organization"}
        | {k: v if isinstance(v, str) else None for k, v in d.items()}
        for body, d in rows.to_dict("index").items()
    }


def _instruments(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every instrument, by id, with the same names."""
    rows = corpus.load("instruments").sort_values("instrument_id")
    return {
        row.instrument_id: {
            "entity": "instrument",
            "name": row.title,
            "kind": row.kind,
            "level": None,
            "country": None,
            "parent_id": None,
        }
        for row in rows.itertuples()
    }


@_kept
def _events(corpus: Corpus) -> dict[str, dict[str, Any]]:
    """Attributes of every event, by id; told by several texts, the most precise date counts."""
    rows = corpus.load("events")
    rows = rows.assign(span=rows["date_latest"] - rows["date_earliest"])
    rows = rows.sort_values(["event_id", "span", "claim_id"], na_position="last")
    return {
        row.event_id: {
            "name": row.name,
            "kind": row.kind,
            "date": row.date if isinstance(row.date, str) else None,
            "country": row.country if isinstance(row.country, str) else None,
            "earliest": row.date_earliest,
        }
        for row in rows.drop_duplicates("event_id").itertuples(index=False)
    }


def _state_names(corpus: Corpus) -> dict[str, str]:
    return {d["country"]: d["name"] for d in _bodies(corpus).values() if d["kind"] == "state"}


def _predicates(corpus: Corpus) -> tuple[str, ...]:
    """The kinds of tie that the corpus declares."""
    columns = {column.name: column for column in corpus.schema["relations"].columns}
    return columns["predicate"].values


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [name for name in (*_KEPT, "role") if name in rows]
    known = rows[columns].astype(object)
    return known.where(known.notna(), None).to_dict("records")


def _grouped(rows: pd.DataFrame, by: list[str]) -> Iterator[tuple[tuple[str, ...], _Claims]]:
    """Claims by what they have in common, in order of rows."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for *key, record in zip(*(rows[name] for name in by), _records(rows), strict=True):
        groups.setdefault(tuple(key), []).append(record)
    for key, claims in groups.items():
        yield key, tuple(claims)


def _weighed(claims: _Claims) -> dict[str, Any]:
    texts = tuple(sorted({claim["source_id"] for claim in claims}))
    return {"claims": claims, "texts": texts, "weight": len(claims)}


def _edge(predicate: str, claims: _Claims) -> dict[str, Any]:
    return {"family": _FAMILY_OF.get(predicate, "other"), **_weighed(claims)}


def _sorted_nodes(graph: Any) -> Any:
    """The graph with its nodes in order, so that whatever walks over it takes the same way."""
    keys = {"keys": True} if graph.is_multigraph() else {}
    ordered = graph.__class__()
    ordered.add_nodes_from(sorted(graph.nodes(data=True), key=lambda item: item[0]))
    ordered.add_edges_from(graph.edges(data=True, **keys))
    return ordered


def _chosen(what: str, value: str | Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """The values of a filter; none keeps all."""
    if value is None:
        return tuple(known)
    values = [v.strip() for v in value.split(",")] if isinstance(value, str) else list(value)
    for entry in values:
        if entry not in known:
            raise unknown_value(what, entry, known)
    return tuple(values)


def _ranked(frame: pd.DataFrame, by: list[str], names: Sequence[str] = ("name",)) -> pd.DataFrame:
    """Rows by their numbers, the greatest first; equal ones by name."""
    return frame.sort_values(
        [*by, *names],
        ascending=[False] * len(by) + [True] * len(names),
        key=lambda column: column.round(9) if column.dtype == "float64" else column,
        ignore_index=True,
    )


def _bodies_in_words(number: int) -> str:
    return "1 body" if number == 1 else f"{number} bodies"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def _some(words: Sequence[str], number: int) -> str:
    """The first few, and how many more there are."""
    rest = len(words) - number
    return display.listing([*words[:number], f"{rest} more"] if rest > 0 else list(words))
