"""Positions of a graph in three columns, for any renderer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ctdata.network.records import LEVELS

if TYPE_CHECKING:
    import networkx as nx

_PASSAGE = 0.3  # rows that a tie on its way through the middle column takes
_GAP = 0.35  # rows between two outlines
_SWEEPS = 12  # more change nothing


@dataclass(frozen=True)
class Place:
    """Where a node stands: its column, its steps below its whole there, its middle in rows."""

    column: int
    depth: int
    y: float


@dataclass(frozen=True)
class Layout:
    """Positions of a graph in three columns, a row of text for each body.

    Attributes
    ----------
    places : dict of str to Place
        By node; columns are counted from 0, the global level, rows from the top.
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


@dataclass(frozen=True)
class _Net:
    """What is laid out: nodes, and ties that pass the middle column, by their ends.

    Each of the columns lists its own; neighbours are what each is drawn to by its ties.
    """

    columns: list[list[Any]]
    branches: dict[str, str]
    neighbours: dict[Any, list[Any]]


@dataclass(frozen=True)
class _Block:
    """An outline: lines that move together, each with its depth and its distance from the top."""

    lines: list[tuple[Any, int, float]]
    height: float


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
    net = _net(graph, parts)
    order = ranks(graph, parts) if order is None else order
    columns = [_blocks(column, net.branches, order) for column in net.columns]
    rows = max(sum(block.height for block in blocks) for blocks in columns)
    y: dict[Any, float] = {}
    for blocks in columns:
        y |= _stacked(blocks, [(0.0, 1.0)] * len(blocks), rows)
    for _ in range(_SWEEPS):
        for blocks in columns:
            y |= _stacked(blocks, [_pull(block, y, net.neighbours) for block in blocks], rows)
    places = {
        key: Place(column, depth, y[key])
        for column, blocks in enumerate(columns)
        for block in blocks
        for key, depth, _ in block.lines
    }
    passages = {key: places.pop(key).y for key in list(places) if isinstance(key, tuple)}
    return Layout(places, net.branches, passages, rows)


def ranks(graph: nx.MultiDiGraph, parts: nx.DiGraph) -> dict[Any, int]:
    """An order of the rows of each column, ties on their way included, in which few ties cross."""
    net = _net(graph, parts)
    order: dict[Any, float] = {
        key: i / len(column) for column in net.columns for i, key in enumerate(column)
    }
    for sweep in range(_SWEEPS):
        for column in net.columns[:: -1 if sweep % 2 else 1]:
            blocks = _blocks(column, net.branches, _barycentres(column, net, order))
            lines = [key for block in blocks for key, *_ in block.lines]
            order |= {key: i / len(lines) for i, key in enumerate(lines)}
    ranked = sorted(order, key=lambda key: (order[key], str(key)))
    return {key: rank for rank, key in enumerate(ranked)}


def _net(graph: nx.MultiDiGraph, parts: nx.DiGraph) -> _Net:
    """What stands in each column, what is part of what there, and what ties draw together."""
    branches = _branches(graph, parts)
    level = {node: LEVELS.index(of_node) for node, of_node in sorted(graph.nodes(data="level"))}
    columns: list[list[Any]] = [[n for n in level if level[n] == i] for i in range(len(LEVELS))]
    neighbours: dict[Any, list[Any]] = {node: [] for node in level}
    pairs = {tuple(sorted(pair, key=lambda n: (level[n], n))) for pair in graph.edges()}
    for first, second in sorted(pairs):
        if second in (first, branches.get(first)) or first == branches.get(second):
            continue
        chained: list[Any] = [first, second]
        if level[second] - level[first] == 2:
            chained.insert(1, (first, second))
            columns[1].append((first, second))
        for one, other in pairwise(chained):
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
    return _Net(columns, branches, neighbours)


def _branches(graph: nx.MultiDiGraph, parts: nx.DiGraph) -> dict[str, str]:
    """One whole for each part of the same level; a text's word goes before the table's."""
    level = dict(graph.nodes(data="level"))
    branches: dict[str, str] = {}
    told = parts.out_edges(sorted(level), data="weight")
    for part, whole, _ in sorted(told, key=lambda edge: (edge[0], -edge[2], edge[1])):
        same = level.get(whole) == level[part]
        if part not in branches and same and not _descends(whole, part, branches):
            branches[part] = whole
    return branches


def _descends(node: str, ancestor: str, branches: Mapping[str, str]) -> bool:
    while node != ancestor and node in branches:
        node = branches[node]
    return node == ancestor


def _barycentres(column: list[Any], net: _Net, order: Mapping[Any, float]) -> dict[Any, float]:
    """Mean place of the neighbours of each row and of all rows below it in its outline."""
    places: dict[Any, list[float]] = {}
    for key in column:
        own = [order[other] for other in net.neighbours[key]] or [order[key]]
        above = key
        while above is not None:
            places.setdefault(above, []).extend(own)
            above = net.branches.get(above)
    return {key: sum(values) / len(values) for key, values in places.items()}


def _blocks(
    column: list[Any], branches: Mapping[str, str], order: Mapping[Any, float]
) -> list[_Block]:
    """The outlines of a column in the order given; what is not in the order comes last."""
    column = sorted(column, key=lambda key: (order.get(key, float("inf")), str(key)))

    def lines(key: Any, depth: int) -> Iterator[tuple[Any, int]]:
        yield key, depth
        for part in column:
            if branches.get(part) == key:
                yield from lines(part, depth + 1)

    blocks = []
    for top in (key for key in column if key not in branches):
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
    """The non-decreasing sequence nearest to the values, by pooling adjacent violators."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values, weights, strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, heavy, length = pools.pop()
            both = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / both, both, length + pool[2])
        pools.append(pool)
    return [mean for mean, _, length in pools for _ in range(length)]
