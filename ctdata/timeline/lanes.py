"""What acts there are and how they are drawn, and the lanes in which instruments stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ctdata.timeline.rows import Row, records


@dataclass(frozen=True, slots=True)
class Mark:
    """How one sort of acts is drawn: told apart by shape, and by colour too."""

    label: str
    actions: tuple[str, ...]
    shape: str
    color: str


MARKS = {
    "adopted": Mark("adopted or approved", ("adopted", "approved"), "o", "blue"),
    "signed": Mark("signed", ("signed",), "^", "orange"),
    "joined": Mark("ratified or acceded to", ("ratified", "acceded"), "s", "green"),
    "pending": Mark("ratification pending", ("ratification_pending",), "v", "vermilion"),
    "in_force": Mark("entered into force", ("entered_into_force",), "D", "purple"),
    "amended": Mark("amended", ("amended",), "P", "black"),
    "created": Mark("set up a body", ("established_body",), "*", "vermilion"),
    "prepared": Mark(
        "proposed, drafted or supported",
        ("proposed", "drafting", "supported", "co_sponsored"),
        *("<", "sky"),
    ),
    "issued": Mark("published or recommended", ("published", "recommended"), ">", "green"),
    "applied": Mark(
        "carried out, assessed or invoked",
        ("implemented", "assessed", "invoked", "funded", "reported_under", "listing_initiated")
        + ("disseminated",),
        *("X", "gray"),
    ),
}
MARK_OF = {action: name for name, mark in MARKS.items() for action in mark.actions}
_WORDS = {
    "acceded": "acceded to",
    "co_sponsored": "co-sponsored",
    "disseminated": "passed on",
    "drafting": "drafted",
    "entered_into_force": "in force",
    "established_body": "set up a body",
    "implemented": "carried out",
    "reported_under": "reported on",
}

UN, COUNCIL = "un", "unsc"
COUNCIL_RANK = (0, 0, "")
# The Organization itself makes treaties and strategies; what it "collects" are treaties as well.
_TREATY_KINDS = {"convention", "protocol", "treaty", "agreement", "collection"}
_REGIONAL_ORDER = {"sco": 0, "cis": 1, "csto": 2, "osce": 3, "cica": 4, "nato": 5, "eu": 5}
_SHARED_LANES = {"nato": "NATO and EU", "eu": "NATO and EU"}


def words_for(action: str) -> str:
    """An action in words."""
    return _WORDS.get(action, action.replace("_", " "))


def lanes(instruments: pd.DataFrame, organizations: pd.DataFrame) -> pd.DataFrame:
    """Lane (its name, a rank to sort by, and a state's code) of each instrument, by its id.

    The lane follows from the outermost body that the jurisdiction is a part of. What the Security
    Council and its committees issue is kept apart from the United Nations at large, and treaties
    under the United Nations are universal treaties. An office of a state belongs to the state.
    """
    bodies = {row["organization_id"]: row for row in records(organizations)}
    rows = [
        _lane(_chain(body, bodies), kind, bodies)
        for body, kind in zip(instruments["jurisdiction_id"], instruments["kind"], strict=True)
    ]
    index = pd.Index(instruments["instrument_id"], name="instrument_id")
    return pd.DataFrame(rows, columns=["lane", "rank", "country"], index=index)


def _chain(body: str, bodies: Mapping[str, Row]) -> list[str]:
    """A body and those it is a part of, the outermost last."""
    chain: list[str] = []
    while body in bodies and body not in chain:
        chain.append(body)
        body = bodies[body]["parent_id"]
    return chain


def _lane(
    chain: Sequence[str], kind: str, bodies: Mapping[str, Row]
) -> tuple[str, tuple[int, int, str], str]:
    """Name, rank and country of the lane to which a chain of bodies leads."""
    if not chain:
        return "Jurisdiction not stated", (7, 0, ""), ""
    if COUNCIL in chain:
        return "UN Security Council", COUNCIL_RANK, ""
    outermost, root = chain[-1], bodies[chain[-1]]
    name = _SHARED_LANES.get(outermost) or root["acronym"] or root["name"]
    if outermost == UN:
        treaty = kind in _TREATY_KINDS
        return ("Universal treaties", (2, 0, ""), "") if treaty else (name, (1, 0, ""), "")
    if root["level"] == "national" and root["country"]:
        state = _states(bodies).get(root["country"], root["country"])
        return state, (6, 0, state), root["country"]
    if outermost in _REGIONAL_ORDER:
        return name, (4, _REGIONAL_ORDER[outermost], ""), ""
    return name, (3 if root["level"] == "global" else 5, 0, name), ""


def _states(bodies: Mapping[str, Row]) -> dict[str, str]:
    """Names of the states by their codes."""
    return {body["country"]: body["name"] for body in bodies.values() if body["kind"] == "state"}
