"""How central bodies and events are, what such numbers can bear, and who holds levels together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain, combinations_with_replacement
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import display
from ctdata.network.graphs import cooperative, meeting_ground, ties, two_mode
from ctdata.network.records import LEVELS, Claims, Evidence, ranked

if TYPE_CHECKING:
    import networkx as nx

    from ctdata.corpus import Selection


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
    nodes = list(simple)
    texts = {text for *_, of_edge in simple.edges(data="texts") for text in of_edge}
    rest = nx.betweenness_centrality(cooperative(graph, without=without))
    reruns = [nx.betweenness_centrality(_without_text(simple, text)) for text in texts]
    reruns = pd.DataFrame(reruns if len(texts) > 1 else [], columns=nodes, dtype="float64")
    cuts = set(nx.articulation_points(simple))
    bridges = Counter(chain(*nx.bridges(simple)))
    columns = {
        "organization_id": nodes,
        **{name: [simple.nodes[n][name] for n in nodes] for name in ("name", "level", "kind")},
        "degree": [degree for _, degree in simple.degree],
        "claims": [claims for _, claims in simple.degree(weight="weight")],
        "betweenness": list(nx.betweenness_centrality(simple).values()),
        "betweenness_low": reruns.fillna(0.0).min().tolist(),
        "betweenness_high": reruns.fillna(0.0).max().tolist(),
        "betweenness_without": [None if n in without else rest.get(n, 0.0) for n in nodes],
        "core": list(nx.core_number(simple).values()),
        "cut_point": [node in cuts for node in nodes],
        "bridges": [bridges[node] for node in nodes],
        "evidence": [Evidence(_claims_of(simple, node)) for node in nodes],
    }
    frame = pd.DataFrame(columns).astype({"betweenness_without": "float64"})
    return ranked(frame, ["betweenness", "degree", "claims"])


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

        - ``node, mode`` ("organization" or "event"), ``name``
        - ``ties`` : number of events attended, or of bodies present.
        - ``degree`` : the same as a share of all events, or of all bodies.
        - ``closeness`` : least possible over actual sum of distances; where the graph is in parts,
          within the part and times the share of the other nodes that it holds.
        - ``betweenness`` : share of the greatest value that a graph of these two sizes allows.
        - ``evidence`` : the claims.
    """
    import networkx as nx

    sides = [[n for n, side in graph.nodes(data="bipartite") if side == mode] for mode in (0, 1)]
    between = nx.betweenness_centrality(graph, normalized=False)
    frames = []
    for own, other, mode in zip(sides, sides[::-1], ("organization", "event"), strict=True):
        most = _most_betweenness(len(own), len(other)) if own else 0.0
        columns = {
            "node": own,
            "mode": [mode] * len(own),
            "name": [graph.nodes[node]["name"] for node in own],
            "ties": [graph.degree(node) for node in own],
            "degree": [graph.degree(node) / len(other) for node in own],
            "closeness": [_closeness(graph, node) for node in own],
            "betweenness": [between[node] / most if most else 0.0 for node in own],
            "evidence": [Evidence(_claims_of(graph, node)) for node in own],
        }
        frames.append(ranked(pd.DataFrame(columns), ["betweenness", "ties"]))
    return pd.concat(frames, ignore_index=True)


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

    distances = nx.single_source_shortest_path_length(graph, node).values()
    others = len(distances) - 1
    own = sum(length % 2 == 0 for length in distances) - 1
    return others / (len(graph) - 1) * (others + own) / sum(distances)


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
    words = (
        f"n = {len(simple)} bodies and {display.count(simple.size(), 'tied pair')}, "
        f"{100 * nx.density(simple):.0f} % of all possible pairs"
    )
    parts = [len(part) for part in nx.connected_components(simple)]
    if len(parts) > 1:
        words += f"; the graph is in {len(parts)} parts, the largest with {max(parts)} bodies"
    by_text = Counter(c["source_id"] for *_, claims in simple.edges(data="claims") for c in claims)
    leading, most = max(by_text.items(), key=lambda item: (item[1], item[0]))
    if len(by_text) == 1:
        return display.Sentence(
            f"{words}. All ties come from one text ({leading}), so that nothing in them is checked "
            "by a second voice: read the measures as a description of that text."
        )
    first = most_between(simple, 5)
    kept = set(first).intersection(*(most_between(_without_text(simple, t), 5) for t in by_text))
    return display.Sentence(
        f"{words}. {100 * most / by_text.total():.0f} % of the claims behind them stand in one "
        f"text ({leading}). Of the {len(first)} bodies with the greatest betweenness {len(kept)} "
        f"stay among the first five whichever of the {len(by_text)} texts is left out; below "
        "these, differences in rank carry no weight."
    )


def most_between(simple: nx.Graph, number: int) -> list[str]:
    """The bodies through which most shortest paths lead, at most as many as asked for."""
    import networkx as nx

    values = nx.betweenness_centrality(simple)
    order = sorted(simple, key=lambda node: (-round(values[node], 9), node))
    return [node for node in order if values[node] > 0][:number]


def _claims_of(graph: nx.Graph, node: Any) -> Claims:
    return tuple(chain(*(edge["claims"] for edge in graph[node].values())))


def _without_text(simple: nx.Graph, text: str) -> nx.Graph:
    """The graph as it would be had this text not been read."""
    import networkx as nx

    return nx.Graph((u, v) for u, v, texts in simple.edges(data="texts") if set(texts) - {text})


def between_levels(selection: Selection) -> pd.DataFrame:
    """Ties and meetings within and between the levels, and who has most of them.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of levels: ``levels, tied_pairs, claims``, ``in_most_pairs`` (names of
        the bodies that stand in most of these pairs), ``of_these_pairs`` (in how many),
        ``shared_events`` (where bodies of both levels, or two of the one level, took part) and
        ``evidence`` of the leading bodies' ties. Empty where there is neither tie nor event.
    """
    simple = cooperative(ties(selection))
    present = _levels_present(two_mode(selection)).values()
    level = dict(simple.nodes(data="level"))
    rows = []
    for first, second in combinations_with_replacement(LEVELS, 2):
        edges = [
            e for e in simple.edges(data=True) if {level[e[0]], level[e[1]]} == {first, second}
        ]
        counts = Counter(chain(*((u, v) for u, v, _ in edges)))
        most = max(counts.values(), default=0)
        leading = {body for body in counts if counts[body] == most > 1}
        within = first == second
        rows.append(
            {
                "levels": f"within {first}" if within else f"{first} – {second}",
                "tied_pairs": len(edges),
                "claims": sum(edge["weight"] for *_, edge in edges),
                "in_most_pairs": some([simple.nodes[body]["name"] for body in sorted(leading)], 3),
                "of_these_pairs": most if leading else 0,
                "shared_events": sum(
                    there[first] > 1 if within else bool(there[first] and there[second])
                    for there in present
                ),
                "evidence": Evidence(
                    chain(*(edge["claims"] for u, v, edge in edges if leading & {u, v}))
                ),
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
    meetings_held = {node for node, mode in graph.nodes(data="bipartite") if mode == 1}
    rows = []
    for node in nx.articulation_points(graph):
        part = nx.node_connected_component(graph, node)
        pieces = [set(piece) for piece in nx.connected_components(graph.subgraph(part - {node}))]
        pieces.sort(key=lambda piece: (-len(piece - meetings_held), min(piece)))
        loose = set().union(*pieces[1:])
        lost = sorted(loose - meetings_held)
        if not lost:
            continue
        near = {
            n
            for other in graph[node]
            for n in (graph[other] if other in meetings_held else [other])
        }
        by_level = Counter(graph.nodes[body]["level"] for body in near - {node})
        links = [edge["claims"] for other, edge in graph[node].items() if other in loose]
        rows.append(
            {
                "node": node,
                "name": graph.nodes[node]["name"],
                "mode": "event" if node in meetings_held else "organization",
                "level": graph.nodes[node].get("level"),
                **{level: by_level[level] for level in LEVELS},
                "cut_off": len(lost),
                "cut_off_names": some([graph.nodes[body]["name"] for body in lost], 4),
                "evidence": Evidence(chain(*links)),
            }
        )
    columns = ["node", "name", "mode", "level", *LEVELS, "cut_off", "cut_off_names", "evidence"]
    return ranked(pd.DataFrame(rows, columns=columns), ["cut_off"])


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
    rows = [
        {
            "event_id": event.removeprefix("event:"),
            "name": graph.nodes[event]["name"],
            "date": graph.nodes[event]["when"],
            **{level: there[level] for level in LEVELS},
            "bodies": there.total(),
            "evidence": Evidence(chain(*(edge["claims"] for edge in graph[event].values()))),
            "levels": len(there),
        }
        for event, there in _levels_present(graph).items()
        if len(there) > 1
    ]
    columns = ["event_id", "name", "date", *LEVELS, "bodies", "evidence", "levels"]
    frame = pd.DataFrame(rows, columns=columns)
    return ranked(frame, ["levels", "bodies"]).drop(columns="levels")


def _levels_present(graph: nx.Graph) -> dict[str, Counter[str]]:
    """How many bodies of each level took part, by event."""
    return {
        event: Counter(graph.nodes[body]["level"] for body in graph[event])
        for event, mode in graph.nodes(data="bipartite")
        if mode == 1
    }


def some(words: Sequence[str], number: int) -> str:
    """The first few, and how many more there are."""
    rest = len(words) - number
    return display.listing([*words[:number], f"{rest} more"] if rest > 0 else words)
