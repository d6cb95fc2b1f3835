"""The picture of ties: bodies in columns by level, a line for each pair and kind of tie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ctdata import display
from ctdata.kept import kept
from ctdata.network.graphs import FAMILIES, focal_states, hierarchy, ties
from ctdata.network.page import FONT, RULE, Page, fitted, key, width
from ctdata.network.positions import Layout, layout, ranks
from ctdata.network.records import LEVELS, bodies, labels, weighed

if TYPE_CHECKING:
    import networkx as nx

    from ctdata.corpus import Corpus, Selection

FAMILY_WORDS = {
    "structure": "membership and part-of",
    "cooperation": "cooperation and support",
    "law": "founding, law and reporting",
    "presence": "presence in a state",
    "concern": "sanction or concern",
}
SYMMETRIC = ("cooperates_with",)

_TOP = 1.14  # inches above the first row
_ROW = 0.168
_MARGINS = (0.34, 0.36)
_BETWEEN = 0.55  # least room between columns
_INDENT, _MARK = 0.13, 0.1
_INK = display.COLORS["black"]
_STROKES = {
    "structure": ("black", "solid", 0.9),
    "cooperation": ("blue", (0, (5, 1.8)), 0.9),
    "law": ("purple", (0, (6, 1.5, 1.2, 1.5)), 0.9),
    "presence": ("gray", (0, (2.5, 2.5)), 1.1),
    "concern": ("vermilion", (0, (1.1, 1.3)), 1.2),
}
_MARKS = {
    "state": ("s", "state"),
    "body": ("o", "body"),
    "nonstate_group": ("X", "group that others sanction or fight"),
}


def draw_ties(selection: Selection) -> display.Picture | display.Sentence:
    """Draw the ties between organizations and states, in columns by level.

    Ties to laws, treaties and resolutions are not drawn. States that are tied to one body only
    share a row.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        A sentence where there is no tie.
    """
    told, focal = ties(selection), focal_states(selection)
    if not told:
        return display.Sentence("The texts state no tie between organizations in this scope.")
    graph = fold_states(told, keep=focal)
    plan = layout(graph, hierarchy(selection), _order(selection.corpus))
    page = Page()
    sheet = _Sheet(plan, _names(graph, selection.corpus), focal)
    keys = _draw_strokes(page, sheet, _strokes(graph, plan))
    keys += _draw_branches(page, sheet, graph)
    keys += _draw_rows(page, sheet, graph)
    _write_heads(page, sheet)
    notes = [
        "An arrow leads from subject to object; a mutual tie has none. "
        "Ties to laws and treaties are not drawn."
    ]
    if len(graph) < len(told):
        notes.append("States that are tied to the same body only, in the same way, share a row.")
    page.write_notes(selection, *notes)
    pairs = {frozenset(pair) for pair in told.edges() if len(set(pair)) > 1}
    tied = display.count(len(pairs), "tied pair")
    title = f"Who is tied to whom: {len(told)} bodies in {tied}"
    page.finish(title, _inches(plan.rows), keys, columns=3)
    return display.Picture(page.figure, _words(told, pairs, selection))


def _words(told: nx.MultiDiGraph, pairs: set[frozenset[str]], selection: Selection) -> str:
    by_level = Counter(level for _, level in told.nodes(data="level"))
    near = Counter(chain(*pairs))
    most = sorted(near, key=lambda node: (-near[node], node))[:3]
    leading = display.listing([f"{told.nodes[n]['name']} ({near[n]})" for n in most])
    counts = display.listing([f"{by_level[level]} {level}" for level in LEVELS if by_level[level]])
    tied = display.count(len(pairs), "tied pair")
    return (
        f"Network in three columns, global, regional and national, for {selection.scope}: {counts} "
        f"bodies, {tied}. Tied to most others: {leading}. "
        "The ties are listed with their citations in the tables below."
    )


def fold_states(graph: nx.MultiDiGraph, *, keep: Collection[str] = ()) -> nx.MultiDiGraph:
    """The graph with one node for states that are tied to one body only, in the same way."""
    import networkx as nx

    groups: dict[str, list[str]] = {}
    for node, kind in sorted(graph.nodes(data="kind")):
        if kind == "state" and node not in keep and len(set(nx.all_neighbors(graph, node))) == 1:
            edges = chain(graph.in_edges(node, data="family"), graph.out_edges(node, data="family"))
            ways = "+".join(sorted({family for *_, family in edges}))
            other = next(nx.all_neighbors(graph, node))
            groups.setdefault(f"states:{other}:{ways}", []).append(node)
    groups = {group: states for group, states in groups.items() if len(states) > 1}
    group_of = {state: group for group, states in groups.items() for state in states}
    folded = nx.MultiDiGraph()
    folded.add_nodes_from((n, d) for n, d in graph.nodes(data=True) if n not in group_of)
    for group, states in groups.items():
        like = graph.nodes[states[0]] | {"country": None, "members": tuple(states)}
        name = display.listing([graph.nodes[state]["name"] for state in states])
        folded.add_node(group, **like | {"name": name})
    for subject, target, predicate, edge in sorted(
        graph.edges(keys=True, data=True), key=lambda told: told[:3]
    ):
        ends = group_of.get(subject, subject), group_of.get(target, target)
        before = folded.get_edge_data(*ends, predicate, {"claims": ()})["claims"]
        joint = weighed(before + edge["claims"])
        folded.add_edge(*ends, key=predicate, family=edge["family"], **joint)
    return folded


@kept
def _order(corpus: Corpus) -> dict[Any, int]:
    """In which order bodies stand, whatever the scope."""
    everything = corpus.select()
    graph = fold_states(ties(everything), keep=focal_states(everything))
    return ranks(graph, hierarchy(everything))


def _names(graph: nx.MultiDiGraph, corpus: Corpus) -> dict[str, str]:
    """Labels of nodes; states that share a row stand by their codes."""
    short, known = labels(corpus), bodies(corpus)
    names = {}
    for node, members in graph.nodes(data="members", default=()):
        codes = [known[state]["country"] or short[state] for state in members]
        if len(codes) > 6:
            codes = [*codes[:4], f"{codes[4]} + {len(codes) - 5}"]
        names[node] = ", ".join(codes) or short[node]
    return names


class _Sheet:
    """Where the columns, marks and names of the picture stand, in inches, and what is written."""

    def __init__(self, plan: Layout, names: Mapping[str, str], focal: Collection[str]) -> None:
        self.plan, self.focal = plan, focal
        before = {n: place.depth * _INDENT + _MARK for n, place in plan.places.items()}
        needed = [0.75] * len(LEVELS)
        for node, place in plan.places.items():
            wide = before[node] + width(names[node], bold=node in focal)
            needed[place.column] = max(needed[place.column], wide)
        room = display.WIDTH - sum(_MARGINS)
        cap = max(needed)
        while sum(min(wide, cap) for wide in needed) > room - 2 * _BETWEEN:
            cap -= 0.05
        widths = [min(wide, cap) for wide in needed]
        gap = (room - sum(widths)) / 2
        self.left = [_MARGINS[0] + sum(widths[:i]) + i * gap for i in range(len(LEVELS))]
        self.right = [x + wide + 0.04 for x, wide in zip(self.left, widths, strict=True)]
        self.bulge = min(*_MARGINS, gap) - 0.06
        self.marks, self.names, self.ends = {}, {}, {}
        for node, place in plan.places.items():
            self.marks[node] = self.left[place.column] + place.depth * _INDENT
            self.names[node] = fitted(names[node], widths[place.column] - before[node])
            wide = width(self.names[node], bold=node in focal)
            self.ends[node] = self.marks[node] + _MARK + wide + 0.03

    def y(self, node: str) -> float:
        """Height of the row of a node."""
        return _inches(self.plan.places[node].y)


def _inches(row: float) -> float:
    """From the top of the page to a row."""
    return _TOP + row * _ROW


def _write_heads(page: Page, sheet: _Sheet) -> None:
    """Write the heads of the columns."""
    filled = {place.column for place in sheet.plan.places.values()}
    for column, level in enumerate(LEVELS):
        left = sheet.left[column]
        page.write(left - 0.04, _TOP - 0.16, level.upper(), 8, fontweight="bold")
        page.axes.hlines(_TOP - 0.05, left - 0.04, sheet.right[column], color=RULE, lw=0.8)
        if column not in filled:
            page.write(left, _TOP + 0.08, "none", color="#4d4d4d")


class _Stroke(NamedTuple):
    """A line: its ends in order of columns, its family, the texts behind it and its arrowheads."""

    first: str
    second: str
    family: str
    texts: set[str]
    heads: set[str]
    shift: float  # rows


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
        families.setdefault(edge["family"], []).append((predicate, target, edge["texts"]))
    return [
        _Stroke(
            first,
            second,
            family,
            set(chain(*(texts for *_, texts in families[family]))),
            {target for p, target, _ in families[family] if p not in SYMMETRIC},
            (place - (len(families) - 1) / 2) * 0.17,
        )
        for (first, second), families in sorted(found.items())
        for place, family in enumerate(sorted(families, key=_rank))
    ]


def _draw_strokes(page: Page, sheet: _Sheet, strokes: list[_Stroke]) -> list[Any]:
    """Draw the lines between rows; return their keys."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    paths: dict[tuple[str, bool], list[Path]] = {}
    heads: dict[str, list[tuple[float, float, str]]] = {}
    for stroke in strokes:
        points, reach, markers = _route(sheet, stroke)
        paths.setdefault((stroke.family, len(stroke.texts) > 1), []).append(_path(points, reach))
        ends = ((stroke.first, points[0], markers[0]), (stroke.second, points[-1], markers[1]))
        for node, point, marker in ends:
            if node in stroke.heads:
                heads.setdefault(marker, []).append((*point, _stroke_style(stroke.family)["color"]))
    for (family, strong), group in sorted(paths.items(), key=lambda item: _rank(item[0][0])):
        style = _stroke_style(family)
        style["lw"] *= 1.9 if strong else 1
        path = Path.make_compound_path(*group)
        page.axes.add_artist(PathPatch(path, fill=False, alpha=0.85, zorder=1, **style))
    for marker, points in sorted(heads.items()):
        xs, ys, colors = zip(*points, strict=True)
        page.axes.scatter(xs, ys, marker=marker, s=13, c=colors, linewidths=0, zorder=3)
    families = sorted({family for family, _ in paths}, key=_rank)
    keys = [key(FAMILY_WORDS.get(name, name), **_stroke_style(name)) for name in families]
    if any(strong for _, strong in paths):
        keys.append(key("thick: two or more texts say so", color=RULE, lw=2))
    return keys


def _route(
    sheet: _Sheet, stroke: _Stroke
) -> tuple[list[tuple[float, float]], float | None, tuple[str, str]]:
    """Stops of a line, straight and curved by turns; how far a curve reaches out; arrowheads."""
    first, second, plan = stroke.first, stroke.second, sheet.plan
    a, b = plan.places[first], plan.places[second]
    ya, yb = _inches(a.y + stroke.shift), _inches(b.y + stroke.shift)
    if a.column != b.column:
        stops = [(sheet.right[a.column], ya), (sheet.left[b.column] - 0.05, yb)]
        if (first, second) in plan.passages:
            passage = _inches(plan.passages[first, second] + stroke.shift / 2)
            stops[1:1] = [(sheet.left[1] - 0.05, passage), (sheet.right[1], passage)]
        start, end = (sheet.ends[first] + 0.03, ya), (sheet.marks[second] - 0.07, yb)
        return [start, *stops, end], None, ("<", ">")
    out = min(1.0, 0.35 + abs(b.y - a.y) / 14) * 4 / 3 * sheet.bulge
    if a.column == 0:
        outer, reach, marker = sheet.left[0] - 0.05, sheet.left[0] - 0.05 - out, ">"
        start, end = sheet.marks[first] - 0.07, sheet.marks[second] - 0.07
    else:
        outer, reach, marker = sheet.right[a.column], sheet.right[a.column] + out, "<"
        start, end = sheet.ends[first] + 0.03, sheet.ends[second] + 0.03
    return [(start, ya), (outer, ya), (outer, yb), (end, yb)], reach, (marker, marker)


def _path(points: list[tuple[float, float]], reach: float | None) -> Any:
    """A path of straight lines and curves by turns; each curve bends half way or at its reach."""
    from matplotlib.path import Path

    vertices, codes = points[:1], [Path.MOVETO]
    for i, ((xa, ya), (xb, yb)) in enumerate(pairwise(points)):
        bend = (xa + xb) / 2 if reach is None else reach
        vertices += [(bend, ya), (bend, yb), (xb, yb)] if i % 2 else [(xb, yb)]
        codes += [Path.CURVE4] * 3 if i % 2 else [Path.LINETO]
    return Path(vertices, codes)


def _draw_branches(page: Page, sheet: _Sheet, graph: nx.MultiDiGraph) -> list[Any]:
    """Draw outlines as brackets; return their keys."""
    from matplotlib.collections import LineCollection

    brackets: dict[bool, list[list[tuple[float, float]]]] = {True: [], False: []}
    for part, whole in sorted(sheet.plan.branches.items()):
        edges = graph.subgraph((part, whole)).edges(data="family")
        told = any(u != v and family == "structure" for u, v, family in edges)
        x, y = sheet.marks[whole], sheet.y(part)
        corner = [(x, sheet.y(whole) + 0.05), (x, y), (sheet.marks[part] - 0.05, y)]
        brackets[told].append(corner)
    keys = []
    for told, color, dashes, says in (
        (True, _INK, "solid", "a text says"),
        (False, display.COLORS["gray"], (0, (1, 1.6)), "our table says"),
    ):
        if brackets[told]:
            style = {"color": color, "linestyle": dashes, "linewidth": 0.9}
            page.axes.add_artist(LineCollection(brackets[told], zorder=2, **style))
            keys.append(key(f"outline: part of, as {says}", **style))
    return keys


def _draw_rows(page: Page, sheet: _Sheet, graph: nx.MultiDiGraph) -> list[Any]:
    """Write the names, each with the mark of its kind; return the keys of the marks."""
    points: dict[str, list[tuple[float, float]]] = {kind: [] for kind in _MARKS}
    for node, words in sheet.names.items():
        kind = graph.nodes[node]["kind"]
        x, y = sheet.marks[node], sheet.y(node)
        points[kind if kind in _MARKS else "body"].append((x, y))
        page.write(
            x + _MARK,
            y,
            words,
            FONT,
            va="center_baseline",
            fontweight="bold" if node in sheet.focal else "normal",
            style="italic" if kind == "nonstate_group" else "normal",
            zorder=4,
        )
    keys = []
    for kind, (marker, words) in _MARKS.items():
        if points[kind]:
            xs, ys = zip(*points[kind], strict=True)
            page.axes.scatter(xs, ys, marker=marker, s=15, c=_INK, linewidths=0, zorder=4)
            keys.append(key(words, ls="", marker=marker, color=_INK, ms=4))
    return keys


def _stroke_style(family: str) -> dict[str, Any]:
    color, dashes, weight = _STROKES.get(family, ("gray", "solid", 0.7))
    return {"color": display.COLORS[color], "ls": dashes, "lw": weight}


def _rank(family: str) -> tuple[int, str]:
    known = list(FAMILIES)
    return (known.index(family) if family in known else len(known)), family
