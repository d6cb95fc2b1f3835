"""The charts that gain from answering to the pointer: who is tied to whom, and what came when.

Each is the picture of its theme, with a chart beside it that pages show in its place: pointing at a
mark tells its words and where they stand, a tap leads to them. Where a page has no scripts, on
paper, in Word and in JupyterLab the picture stands alone.
"""

from __future__ import annotations

import pandas as pd

from ctdata import display, hover, network
from ctdata import timeline as acts_in_time
from ctdata.corpus import Selection

_DEEPER = 0.06  # of the way between two columns, for each step that a part lies below its whole
_MOST_TIES = 12  # told of one body
# Kinds of tie are told apart by their dashes too.
_LOOKS = {
    "structure": ("black", "solid"),
    "cooperation": ("blue", "dashed"),
    "law": ("purple", "dotdash"),
    "presence": ("gray", "dotted"),
    "concern": ("vermilion", "dashdot"),
}


def ties(selection: Selection) -> display.Picture | display.Sentence:
    """Draw the ties between organizations and states, in columns by level.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Interactive or ctdata.display.Sentence
        What :func:`ctdata.network.draw_ties` draws, in both forms; a sentence where there is no
        tie.
    """
    picture = network.draw_ties(selection)
    if not isinstance(picture, display.Picture):
        return picture
    graph = network.ties(selection)
    places = network.layout(graph, network.hierarchy(selection)).places
    at = {node: (p.column + p.depth * _DEEPER, -p.y) for node, p in places.items()}
    short = network.labels(selection.corpus)
    rows = []
    for node, (x, y) in at.items():
        edges = [*graph.out_edges(node, keys=True, data=True)]
        edges += [edge for edge in graph.in_edges(node, keys=True, data=True) if edge[0] != node]
        told = [
            f"{short.get(subject, subject)} {kind.replace('_', ' ')} {short.get(other, other)}"
            for subject, other, kind, _ in edges
        ]
        more = f"; and {len(told) - _MOST_TIES} more" if len(told) > _MOST_TIES else ""
        rows.append(
            {
                "x": x,
                "y": y,
                "label": short.get(node, node),
                "words": f"{graph.nodes[node]['name']}: {'; '.join(told[:_MOST_TIES])}{more}",
                "evidence": _cited(
                    [
                        (claim["claim_id"], claim["citation"], claim["quote"])
                        for *_, edge in edges
                        for claim in edge["claims"]
                    ]
                ),
            }
        )
    pairs = {(edge["family"], *sorted((u, v))) for u, v, edge in graph.edges(data=True) if u != v}
    lines = [
        {
            "xs": [at[u][0], at[v][0]],
            "ys": [at[u][1], at[v][1]],
            "kind": family,
            "color": display.COLORS[_LOOKS[family][0]],
            "dash": _LOOKS[family][1],
        }
        for family, u, v in sorted(pairs)
    ]
    model = hover.draw(
        pd.DataFrame(rows),
        title=picture.title,
        lines=pd.DataFrame(lines),
        height=120 + 15 * round(-min(y for _, y in at.values())),
    )
    return display.Interactive(picture, model)


def timeline(told: pd.DataFrame, scope: str) -> display.Picture | display.Sentence:
    """Draw the dated acts in swim lanes.

    Parameters
    ----------
    told, scope
        As for :func:`ctdata.timeline.draw`.

    Returns
    -------
    ctdata.display.Interactive or ctdata.display.Sentence
        What :func:`ctdata.timeline.draw` draws, in both forms; a sentence where no act is dated.
    """
    picture = acts_in_time.draw(told, scope)
    if not isinstance(picture, display.Picture):
        return picture
    placed = acts_in_time.layout(told)
    headings, marks = placed[placed["mark"] == ""], placed[placed["mark"] != ""]
    marks = marks.sort_values(
        "mark", key=lambda names: names.map(list(acts_in_time.MARKS).index), kind="stable"
    )
    looks = [acts_in_time.MARKS[name] for name in marks["mark"]]
    colors = [display.COLORS[look.color] for look in looks]
    points = pd.DataFrame(
        {
            "x": marks["at"].to_numpy(),
            "y": -marks["y"].to_numpy(),
            "words": (marks["label"] + ": " + marks["what"] + ", " + marks["when"]).to_numpy(),
            "evidence": [
                _cited(list(zip(row.claim_ids, row.citations, row.quotes, strict=True)))
                for row in marks.itertuples()
            ],
            "kind": [look.label for look in looks],
            "shape": [look.shape for look in looks],
            "color": colors,
            "size": [14 if look.shape == "*" else 10 for look in looks],
            "hollow": marks["approximate"].to_numpy(),
        }
    )
    spans = pd.DataFrame(
        {
            "xs": marks[["first", "last"]].to_numpy().tolist(),
            "ys": [[-y, -y] for y in marks["y"]],
            "color": colors,
            "width": 5,
            "kind": "span of the date",
        }
    )[(marks["first"] < marks["last"]).to_numpy()]
    beside = [
        f"{row.label} ({row.what})" if row.what and not row.mark else row.label
        for row in placed.itertuples()
    ]
    model = hover.draw(
        points,
        title=picture.title,
        lines=spans,
        rows=dict(zip(-placed["row_y"], beside, strict=True)),
        bands=[*(0.6 - headings["y"]), -placed["y"].max() - 0.7],
        x_is_date=True,
        height=110 + 17 * round(placed["y"].max()),
    )
    return display.Interactive(picture, model)


def _cited(claims: list[tuple[str, str, str]]) -> display.Citation:
    names = ("claim_id", "citation", "quote")
    return display.cited(dict(zip(names, claim, strict=True)) for claim in dict.fromkeys(claims))
