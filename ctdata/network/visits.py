"""Delegations: who came with which visit, how they differ, and the picture of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import display
from ctdata.kept import kept
from ctdata.network.page import RULE, Page, fitted, key, width
from ctdata.network.records import (
    LEVELS,
    Evidence,
    bodies,
    events,
    grouped,
    labels,
    merged,
    state_names,
    with_acronyms,
)

if TYPE_CHECKING:
    from ctdata.corpus import Corpus, Selection

DELEGATION = ("lead", "member")

_SIZE = 8.0  # points of the names
_NAMES = 3.55  # inches, at most
_TOP = 1.0
_HATCH = {"facecolor": "#f4f4f4", "edgecolor": "#cfcfcf", "hatch": "////", "linewidth": 0}
_ROLES = {
    "lead": ("leads the delegation", "s", display.COLORS["vermilion"]),
    "member": ("member", "o", display.COLORS["blue"]),
}


@kept
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
    met, known = events(selection.corpus), bodies(selection.corpus)
    rows = selection.participation
    rows = rows[rows["role"].isin(DELEGATION)].sort_values(["organization_id", "role", "claim_id"])
    told = grouped(selection.events, ["event_id"])
    came: dict[str, dict[str, Any]] = {event: {} for (event,) in told}
    for (event, body), claims in grouped(rows, ["event_id", "organization_id"]).items():
        came.setdefault(event, {})[body] = claims
    visits = [event for event in came if met[event]["kind"] == "visit"]
    visits.sort(key=lambda event: (str(met[event]["date_earliest"]), event))
    found = []
    for order, event in enumerate(visits):
        roles = {b: {claim["role"] for claim in claims} for b, claims in came[event].items()}
        named = any("member" in of_body for of_body in roles.values())
        visit = _visit(selection, event) | {"order": order, "named": named}
        for body, claims in came[event].items():
            role = "lead" if "lead" in roles[body] else "member"
            of_body = {"organization_id": body, "organization": known[body]["name"], "role": role}
            of_body |= {name: known[body][name] for name in ("level", "kind")}
            found.append(visit | of_body | {"evidence": Evidence(claims)})
        if not roles:
            found.append(visit | {"evidence": Evidence(told[event,])})
    columns = [
        *("event_id", "name", "visit", "where", "when", "country", "named"),
        *("organization_id", "organization", "level", "kind", "role", "order", "evidence"),
    ]
    return pd.DataFrame(found, columns=columns).astype({"named": "bool"})


def _visit(selection: Selection, event: str) -> dict[str, Any]:
    """What names a visit: where and when it was."""
    met = events(selection.corpus)[event]
    where = state_names(selection.corpus).get(met["country"], met["country"] or "unknown")
    when = met["when"] or "undated"
    words = {"visit": f"{where}, {when}", "where": where, "when": when}
    return words | {"event_id": event, "name": met["name"], "country": met["country"]}


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
    rows = delegations(selection).query("named")
    found = []
    for (_, first), (_, second) in combinations(rows.groupby("order", sort=True), 2):
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
                "evidence": merged([*first["evidence"], *second["evidence"]]),
            }
        )
    columns = (
        "earlier later size_earlier size_later stayed left joined both either jaccard evidence"
    )
    return pd.DataFrame(found, columns=columns.split())


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
        both = {name: pair[name] for name in ("earlier", "later")}
        visits = rows[rows["visit"].isin(both.values())]
        for change, phrase in words.items():
            changed = visits[visits["organization_id"].isin(pair[change])]
            found.append(
                {
                    **both,
                    "change": phrase,
                    "number": len(pair[change]),
                    "bodies": display.listing(sorted(set(changed["organization"]))) or "none",
                    "evidence": merged(changed["evidence"]),
                }
            )
    return pd.DataFrame(found, columns="earlier later change number bodies evidence".split())


def jaccard(first: Collection[str], second: Collection[str]) -> float:
    """Overlap of two sets, from 0 (nothing in common) to 1 (the same); NaN for two empty ones."""
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
    counts: dict[tuple[str, str], dict[str, int]] = {}
    rows = delegations(selection).query("named")
    visits = list(dict.fromkeys(rows["visit"]))
    for level, kind, visit in zip(rows["level"], rows["kind"], rows["visit"], strict=True):
        counts.setdefault((level, kind), dict.fromkeys(visits, 0))[visit] += 1
    order = sorted(counts, key=lambda group: (LEVELS.index(group[0]), group[1]))
    found = [
        {"level": level, "kind": kind.replace("_", " ")} | counts[level, kind]
        for level, kind in order
    ]
    return pd.DataFrame(found, columns=["level", "kind", *visits])


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
    rows = rows[~rows["named"]]
    if rows.empty:
        return display.Sentence("For each visit in this scope the texts name the members.")
    items = []
    for _, visit in rows.groupby("order", sort=True):
        leads = list(visit["organization"].dropna())
        led = f"led by {display.listing(leads)}; " if leads else ""
        words = f"{visit['name'].iloc[0]} ({visit['visit'].iloc[0]}): {led}members not named "
        items.append(display.Sentence(words, merged(visit["evidence"])))
    return display.Bullets(items)


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
    came = rows.dropna(subset=["organization_id"]).drop_duplicates("organization_id")
    if came.empty:
        return display.Sentence("The texts name no delegation in this scope.")
    visits = rows.drop_duplicates("order")
    came = came.assign(rank=came["level"].map(LEVELS.index))
    came = came.sort_values(["rank", "order", "role", "organization"])
    names = {body: _name(selection.corpus, body) for body in came["organization_id"]}
    page = Page()
    y = _write_names(page, names, dict(zip(came["organization_id"], came["level"], strict=True)))
    bottom = max(y.values()) + 0.2
    left = 0.5 + max(width(name, _SIZE) for name in names.values())
    step = min(1.2, (display.WIDTH - left) / len(visits))
    x = {order: left + (i + 0.5) * step for i, order in enumerate(visits["order"])}
    _draw_visits(page, visits, x, step, bottom)
    keys = _draw_marks(page, rows, x, y)
    page.write_notes(selection)
    page.finish(_title(selection, visits), bottom, keys, columns=4)
    return display.Picture(page.figure, _words(selection, visits))


def _name(corpus: Corpus, body: str) -> str:
    """Name of an organization, with acronyms and cut where it would be too wide."""
    full, short = bodies(corpus)[body]["name"], labels(corpus)[body]
    name = full
    if width(name, _SIZE) > _NAMES:
        name = with_acronyms(corpus, full)
    if width(name, _SIZE) > _NAMES and short != full:
        name = f"{short}: {full}"
    return fitted(name, _NAMES, _SIZE)


def _write_names(page: Page, names: Mapping[str, str], levels: Mapping[str, str]):
    """Write the names, each level with a head; return the height of each row."""
    heights, y, level = {}, _TOP, ""
    for body, name in names.items():
        if levels[body] != level:
            level = levels[body]
            y += 0.2
            page.write(0.08, y, level.upper(), fontweight="bold")
        y += 0.2
        heights[body] = y
        page.write(0.2, y, name, _SIZE)
    return heights


def _draw_visits(
    page: Page, visits: pd.DataFrame, x: Mapping[int, float], step: float, bottom: float
) -> None:
    """Head each column with the state and the time; hatch it where members are not named."""
    from matplotlib.patches import Rectangle

    room = step - 0.1
    codes = any(width(where, bold=True) > room for where in visits["where"])
    years = any(width(when, bold=True) > room for when in visits["when"])
    for visit in visits.to_dict("records"):
        center = x[visit["order"]]
        year = re.search(r"\d{4}", visit["when"])
        where = visit["country"] or "?" if codes else visit["where"]
        head = f"{where}\n{year.group() if years and year else visit['when']}"
        weight = "bold" if visit["named"] else "normal"
        page.write(center, 0.82, head, fontweight=weight, linespacing=1.25, ha="center")
        page.axes.hlines(1.05, center - step * 0.42, center + step * 0.42, color=RULE, lw=0.8)
        if not visit["named"]:
            corner = (center - step * 0.3, 1.11)
            hatched = Rectangle(corner, step * 0.6, bottom - 1.11, **_HATCH, zorder=0)
            page.axes.add_artist(hatched)


def _draw_marks(
    page: Page, rows: pd.DataFrame, x: Mapping[int, float], y: Mapping[str, float]
) -> list[Any]:
    """Draw a mark for each body of each visit, and a line where it came again; return the keys."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    again = [
        [(x[first], y[body]), (x[second], y[body])]
        for body, orders in rows[rows["named"]].groupby("organization_id", sort=True)["order"]
        for first, second in pairwise(sorted(orders))
    ]
    line = {"color": display.COLORS["blue"], "linewidth": 2.2}
    page.axes.add_artist(LineCollection(again, **line, zorder=1))
    keys: list[Any] = []
    for role, (words, marker, color) in _ROLES.items():
        group = rows[rows["role"] == role]
        if len(group):
            places = group["order"].map(x), group["organization_id"].map(y)
            page.axes.scatter(*places, marker=marker, s=42, c=color, linewidths=0, zorder=2)
            keys.append(key(words, ls="", marker=marker, ms=6, color=color))
    if again:
        keys.append(key("came again", **line))
    if not rows["named"].all():
        keys.append(Rectangle((0, 0), 0, 0, **_HATCH, label="members not named"))
    return keys


def _title(selection: Selection, visits: pd.DataFrame) -> str:
    pairs = compare_delegations(selection)
    told = display.count(len(visits), "visit")
    if len(pairs) == 1:
        both, either = pairs.loc[0, ["both", "either"]]
        return f"{both} of {either} bodies came with both visits whose members are named"
    if not visits["named"].any():
        return f"{told} of whose delegation the texts name only the lead"
    return f"Who came with which visit: members named for {visits['named'].sum()} of {told}"


def _words(selection: Selection, visits: pd.DataFrame) -> str:
    told = display.listing(list(visits["visit"]))
    words = f"Delegations by visit, for {selection.scope}: {told}. "
    for pair in compare_delegations(selection).to_dict("records"):
        words += (
            f"{pair['earlier']} and {pair['later']}: {len(pair['stayed'])} bodies in both, "
            f"{len(pair['left'])} only in the first, {len(pair['joined'])} only in the second. "
        )
    unnamed = list(visits.loc[~visits["named"], "visit"])
    return words + (f"Members not named: {display.listing(unnamed)}." if unnamed else "")
