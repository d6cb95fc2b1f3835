"""The picture of the brief: whom a state works with, beside what was decided when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ctdata import display, network, timeline
from ctdata.corpus import Selection
from ctdata.kept import kept
from ctdata.network.page import Page, fitted, width
from ctdata.network.records import Claims, bodies, merged

_HEADS = {
    "structure": "member",
    "cooperation": "works\nwith",
    "law": "law",
    "presence": "present",
    "concern": "concern",
    "events": "met at\nevents",
}
_KINDS = {"visit": "Visits", "attack": "Attacks"}
_MOST_ROWS = 10
_MOST_YEARS = 24  # columns; more years than these share one
# Sizes in inches.
_TOP, _ROW, _BETWEEN = 0.98, 0.175, 0.25
_LABELS = 1.4  # at most
_SIZE = 7.0  # points


@kept
def partners(scope: Selection) -> pd.DataFrame:
    """Find the bodies that the states which the texts are about work with.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each body that is tied to such a state or was at an event with it, but for the
        state's own bodies; those told in most ways by most texts first: ``organization_id, name``,
        a column of claims for each family of ties (:data:`ctdata.network.FAMILIES`), ``events``
        (how many both took part in), ``texts`` (int) and ``evidence``.
    """
    states, known = set(network.focal_states(scope)), bodies(scope.corpus)
    told: dict[str, dict[str, Claims]] = defaultdict(dict)
    shared: Counter[str] = Counter()
    for subject, target, edge in network.ties(scope).edges(data=True):
        for body, other in ((subject, target), (target, subject)):
            if other in states and body not in states and body in known:
                before = told[body].get(edge["family"], ())
                told[body][edge["family"]] = before + edge["claims"]
    met = network.two_mode(scope)
    for event in {event for state in states & set(met) for event in met[state]}:
        for body in set(met[event]) - states:
            shared[body] += 1
            told[body]["events"] = told[body].get("events", ()) + met[event][body]["claims"]
    rows = [
        {
            "organization_id": body,
            "name": known[body]["name"],
            **{family: len(ways.get(family, ())) for family in network.FAMILIES},
            "events": shared[body],
            "texts": len({claim["source_id"] for claims in ways.values() for claim in claims}),
            "evidence": network.records.Evidence(c for claims in ways.values() for c in claims),
            "ways": len(ways),
            "claims": sum(map(len, ways.values())),
        }
        for body, ways in told.items()
        if not _is_own(body, states, known)
    ]
    columns = ["organization_id", "name", *network.FAMILIES, "events", "texts", "evidence"]
    found = pd.DataFrame(rows, columns=[*columns, "ways", "claims"])
    order = ["texts", "ways", "claims", "name"]
    found = found.sort_values(order, ascending=[False] * 3 + [True], ignore_index=True)
    return found[columns]


def _is_own(body: str, states: set[str], known: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a body belongs to one of the states, and to nobody else."""
    if known[body]["kind"] == "state":
        return False
    chain = [body]
    while (whole := known[chain[-1]]["parent_id"]) in known and whole not in chain:
        chain.append(whole)
    home = known[body]["country"] in {known[state]["country"] for state in states}
    return chain[-1] in states or (home and len(chain) == 1)


def tell_partners(scope: Selection) -> display.Sentence:
    """Say whom the texts tell of most, with the places where they do.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
    """
    found = partners(scope)
    if found.empty:
        return display.Sentence("No text in scope tells of a body that the state works with.")
    tied = int((found[list(network.FAMILIES)].sum(axis=1) > 0).sum())
    others = "at events alone" if not tied else "by a tie"
    how = f"{tied} by a tie, the others at events alone" if 0 < tied < len(found) else others
    parts: list[str | display.Shown] = [
        f"{display.count(len(found), 'partner')}, {how}. Told of most: "
    ]
    for row in found.head(3).itertuples():
        parts += ["; " if len(parts) > 1 else "", f"{row.name} ", merged([row.evidence], most=3)]
    return display.Sentence(*parts, ".")


def course(scope: Selection) -> pd.DataFrame:
    """Count what was decided, and the visits and attacks, by year.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``lane`` (that of :func:`ctdata.timeline.acts`, or "Visits" or "Attacks"), ``year`` and
        ``number`` (int): acts or events whose date begins in that year; one that has no beginning
        counts in the year in which it ends. Lanes stand in order.
    """
    events = scope.events.dropna(subset=["date"]).drop_duplicates("event_id")
    dated = timeline.dated(timeline.acts(scope)).sort_index()
    found = Counter(
        (_KINDS[kind], _year(first, last))
        for kind, first, last in _spans(events, "kind", "date_earliest", "date_latest")
        if kind in _KINDS
    )
    found += Counter(
        (lane, _year(first, last))
        for lane, first, last in _spans(dated, "lane", "earliest", "latest")
    )
    lanes = [*_KINDS.values(), *dict.fromkeys(dated["lane"])]
    rows = [(lane, year, number) for (lane, year), number in found.items()]
    rows.sort(key=lambda row: (lanes.index(row[0]), row[1]))
    return pd.DataFrame(rows, columns=["lane", "year", "number"])


def _spans(frame: pd.DataFrame, *columns: str) -> Any:
    return zip(*(frame[name] for name in columns), strict=True)


def _year(first: pd.Timestamp, last: pd.Timestamp) -> int:
    return int((last if pd.isna(first) else first).year)


def draw(scope: Selection) -> display.Picture | display.Sentence:
    """Draw whom the state works with, and beside it what was decided when.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
        Two tables whose cells hold numbers, darker where there are more; a table without rows is
        left out. A sentence where both are.
    """
    found, years = partners(scope), course(scope)
    if found.empty and years.empty:
        return display.Sentence("The texts tell of no partner and no dated act in this scope.")
    page = Page()
    panels = int(len(found) > 0) + int(len(years) > 0)
    room = (display.WIDTH - 0.16 - (panels - 1) * _BETWEEN) / panels
    left, bottoms, counts, told = 0.08, [], [], []
    if len(found):
        shown = found.head(_MOST_ROWS)
        bottoms.append(_draw_partners(page, scope, shown, left, room))
        more = f"The first {len(shown)} partners" if len(shown) < len(found) else "Partners"
        _write_head(page, left, f"{more}: claims by kind, and events")
        counts.append(display.count(len(found), "partner"))
        told.append(f"{more}: {display.listing(_short(scope, shown))}.")
        left += room + _BETWEEN
    if len(years):
        bottoms.append(_draw_course(page, years, left, room))
        _write_head(page, left, "Acts, visits and attacks by the year in which they begin")
        sums = years.groupby("lane", sort=False)["number"].sum()
        dated = "act, visit or attack" if sums.sum() == 1 else "acts, visits and attacks"
        counts.append(f"{sums.sum()} {dated} with a date")
        told.append(f"With a date: {', '.join(f'{lane} {sums[lane]}' for lane in sums.index)}.")
    page.write_notes(scope)
    title = "; ".join(counts)
    page.finish(title, max(bottoms), [], columns=1)
    return display.Picture(page.figure, f"{title} ({scope.scope}). {' '.join(told)}")


def _write_head(page: Page, left: float, words: str) -> None:
    page.write(left, _TOP - 0.39, words, 8, fontweight="bold")


def _short(scope: Selection, found: pd.DataFrame) -> list[str]:
    labels = network.labels(scope.corpus)
    return [labels[body] for body in found["organization_id"]]


def _draw_partners(
    page: Page, scope: Selection, found: pd.DataFrame, left: float, room: float
) -> float:
    """Draw the table of partners; return where it ends."""
    kinds = [kind for kind in _HEADS if found[kind].any()]
    cells = {
        (row, column): number
        for column, kind in enumerate(kinds)
        for row, number in enumerate(found[kind])
        if number
    }
    heads = dict(enumerate(_HEADS[kind] for kind in kinds))
    return _draw_cells(page, _short(scope, found), heads, cells, len(kinds), left, room)


def _draw_course(page: Page, years: pd.DataFrame, left: float, room: float) -> float:
    """Draw the table of years; return where it ends."""
    first, last = int(years["year"].min()), int(years["year"].max())
    step = -(-(last - first + 1) // _MOST_YEARS)
    columns = (last - first) // step + 1
    lanes = list(dict.fromkeys(years["lane"]))
    cells: Counter[tuple[int, int]] = Counter()
    for lane, year, number in years.itertuples(index=False):
        cells[lanes.index(lane), (year - first) // step] += number
    every = -(-columns // 6)
    heads = {column: str(first + column * step) for column in range(0, columns, every)}
    return _draw_cells(page, lanes, heads, cells, columns, left, room)


def _draw_cells(
    page: Page,
    names: Sequence[str],
    heads: Mapping[int, str],
    cells: Mapping[tuple[int, int], int],
    columns: int,
    left: float,
    room: float,
) -> float:
    """Draw a table of numbers, darker where they are greater; return where it ends, in inches."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    labels = min(_LABELS, max(width(name, _SIZE) for name in names)) + 0.08
    pitch = min((room - labels) / columns, 0.5)
    start = left + labels
    bottom = _TOP + _ROW * len(names)
    for row, name in enumerate(names):
        page.write(left, _TOP + _ROW * (row + 0.5), fitted(name, _LABELS, _SIZE), _SIZE)
    for column, words in heads.items():
        x = start + pitch * (column + 0.5)
        page.write(x, _TOP - 0.05, words, 6.5, ha="center", va="bottom", linespacing=1)
    lines = [_TOP + _ROW * row for row in range(len(names) + 1)]
    page.axes.hlines(lines, left, start + pitch * columns, color=display.COLORS["light"], lw=0.5)
    patches, shades = [], []
    for (row, column), number in sorted(cells.items()):
        shade = 1 + (number > 1) + (number > 3)
        corner = (start + pitch * column, _TOP + _ROW * row)
        patches.append(Rectangle(corner, pitch, _ROW))
        shades.append(display.SHADES[1 + shade])
        ink = "white" if shade == 3 else display.COLORS["black"]
        middle = (corner[0] + pitch / 2, corner[1] + _ROW / 2)
        page.write(
            *middle,
            f"{number}",
            6.5 if pitch > 0.13 else 6,
            ha="center",
            va="center_baseline",
            color=ink,
        )
    page.axes.add_collection(
        PatchCollection(patches, facecolor=shades, edgecolor="white", linewidth=0.8, zorder=1),
        autolim=False,
    )
    return bottom
