"""Legal timelines: what was decided when, by whose authority, and which text builds on what.

A *claim* is a row of ``legal_events``. An *act* is what claims of several texts may tell together:
the same thing done to the same instrument. A *mark* is what is drawn: acts of one sort, on one
instrument, at one time. Each keeps the claims behind it: ``claim_ids``, ``source_ids``,
``citations`` and ``quotes`` are tuples of equal length.

Only dates that a text states are placed in time. The authority table may know from elsewhere when
an instrument was issued; that is shown beside an undated act, as what it is, and never drawn.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from ctdata import dates, display
from ctdata.evidence import citation

if TYPE_CHECKING:
    from ctdata.corpus import Selection


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
        "<",
        "sky",
    ),
    "issued": Mark("published or recommended", ("published", "recommended"), ">", "green"),
    "applied": Mark(
        "carried out, assessed or invoked",
        (
            "implemented",
            "assessed",
            "invoked",
            "funded",
            "reported_under",
            "listing_initiated",
            "disseminated",
        ),
        "X",
        "gray",
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
# What happens to an instrument once, whoever tells it, and once for each who does it. Only such
# acts can be the same one under a loose and a strict date; a visit may assess a thing every year.
_ONCE = {"adopted", "approved", "entered_into_force"}
_ONCE_FOR_EACH = {"signed", "ratified", "acceded"}

_UN, _COUNCIL = "un", "unsc"
_COUNCIL_RANK = (0, 0, "")
# The Organization itself makes treaties and strategies; what it "collects" are treaties as well.
_TREATY_KINDS = {"convention", "protocol", "treaty", "agreement", "collection"}
_OWN_LAW_KINDS = {"constitution", "code", "law", "decree"}
_REGIONAL_ORDER = {"sco": 0, "cis": 1, "csto": 2, "osce": 3, "cica": 4, "nato": 5, "eu": 5}
_SHARED_LANES = {"nato": "NATO and EU", "eu": "NATO and EU"}

_EVIDENCE = ["claim_ids", "source_ids", "citations", "quotes"]
_ACT_COLUMNS = [
    *("lane", "rank", "country", "instrument_id", "instrument", "kind"),
    *("action", "what", "mark", "actor_id", "actor"),
    *("date", "when", "earliest", "latest", "texts", "differs", "authority", "note"),
    *_EVIDENCE,
]
_MARK_COLUMNS = [
    *("lane", "instrument_id", "label", "mark", "date", "when", "what"),
    *("first", "last", "at", "open_start", "open_end", "approximate"),
    *("row_y", "y"),
    *_EVIDENCE,
]


# Lanes


def lanes(instruments: pd.DataFrame, organizations: pd.DataFrame) -> pd.DataFrame:
    """Put instruments into swim lanes by the body under whose authority they stand.

    The lane follows from the outermost body that the jurisdiction is a part of. What the Security
    Council and its committees issue is kept apart from the United Nations at large, and treaties
    under the United Nations are universal treaties. An office of a state belongs to the state.

    Parameters
    ----------
    instruments, organizations : pandas.DataFrame
        Tables of those names; all organizations, so that parents are known.

    Returns
    -------
    pandas.DataFrame
        Index ``instrument_id``; columns ``lane`` (str), ``rank`` (tuple by which lanes are sorted)
        and ``country`` (str, empty unless the lane is that of a state).
    """
    known = organizations.astype(object).where(organizations.notna(), "")
    bodies = known.set_index("organization_id").to_dict("index")
    rows = [
        _lane(_chain(body, bodies), kind, bodies)
        for body, kind in zip(instruments["jurisdiction_id"], instruments["kind"], strict=True)
    ]
    index = pd.Index(instruments["instrument_id"], name="instrument_id")
    return pd.DataFrame(rows, columns=["lane", "rank", "country"], index=index)


def _chain(body: object, bodies: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A body and those it is a part of, the outermost last."""
    chain: list[str] = []
    while body in bodies and body not in chain:
        chain.append(str(body))
        body = bodies[str(body)]["parent_id"]
    return chain


def _lane(
    chain: Sequence[str], kind: str, bodies: Mapping[str, Mapping[str, str]]
) -> tuple[str, tuple[int, int, str], str]:
    """Name, rank and country of the lane to which a chain of bodies leads."""
    if not chain:
        return "Jurisdiction not stated", (7, 0, ""), ""
    if _COUNCIL in chain:
        return "UN Security Council", _COUNCIL_RANK, ""
    root = bodies[chain[-1]]
    name = _SHARED_LANES.get(chain[-1]) or root["acronym"] or root["name"]
    if chain[-1] == _UN:
        treaty = kind in _TREATY_KINDS
        return ("Universal treaties", (2, 0, ""), "") if treaty else (name, (1, 0, ""), "")
    if root["level"] == "national" and root["country"]:
        state = _state_name(root["country"], bodies)
        return state, (6, 0, state), root["country"]
    if chain[-1] in _REGIONAL_ORDER:
        return name, (4, _REGIONAL_ORDER[chain[-1]], ""), ""
    return name, (3 if root["level"] == "global" else 5, 0, name), ""


def _state_name(country: str, bodies: Mapping[str, Mapping[str, str]]) -> str:
    """Name of a state, or its code where the authority table does not know it."""
    named = (b["name"] for b in bodies.values() if (b["kind"], b["country"]) == ("state", country))
    return next(named, country)


# Acts


def acts(selection: Selection) -> pd.DataFrame:
    """Gather what the texts in scope tell about instruments, each act once.

    Claims tell the same act if they name the same instrument, action and actor, and the same
    date. An instrument is adopted, approved or brought into force once, so there a claim that
    dates it more loosely or not at all, or leaves out who did it, joins the act that it fits, if
    it fits one only. The same holds for what each actor does once: to sign, ratify and accede;
    but silence about who signed is not filled from another text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row an act, by lane, then date (the undated last). ``what``, ``when``, ``instrument`` and
        ``actor`` are words; ``earliest`` and ``latest`` are ``datetime64`` bounds of the date,
        which is the strictest that was told; ``texts`` counts the texts that tell the act;
        ``differs`` marks acts that can happen once, but are dated twice; ``authority`` is what the
        authority table gives as the instrument's date, which no text need say.
    """
    claims = selection.legal_events
    instruments = selection.corpus.load("instruments")
    place = lanes(instruments, selection.corpus.load("organizations")).to_dict("index")
    passports = _filled(instruments).set_index("instrument_id").to_dict("index")
    names = selection.corpus.names
    rows = []
    for told in same_acts(_filled(claims).to_dict("records")):
        first = told[0]
        passport = passports[first["instrument_id"]]
        actor = next((claim["actor_id"] for claim in told if claim["actor_id"]), "")
        rows.append(
            {
                **place[first["instrument_id"]],
                "instrument_id": first["instrument_id"],
                "instrument": _instrument_name(passport),
                "kind": passport["kind"],
                "action": first["action"],
                "what": _words(first["action"]),
                "mark": MARK_OF[first["action"]],
                "actor_id": actor,
                "actor": names.get(actor, ""),
                "date": first["date"],
                "when": dates.label(first["date"]) if first["date"] else "",
                "earliest": first["date_earliest"],
                "latest": first["date_latest"],
                "texts": len({claim["source_id"] for claim in told}),
                "differs": False,
                "authority": _authority(passport),
                "note": " ".join(dict.fromkeys(c["note"] for c in told if c["note"])),
                **_evidence(told),
            }
        )
    _mark_differences(rows)
    rows.sort(key=_reading_order)
    return _typed(rows, _ACT_COLUMNS)


def same_acts(claims: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Group claims that tell the same act; the rule is told in :func:`acts`.

    Parameters
    ----------
    claims : iterable of mapping
        With ``instrument_id``, ``action``, ``actor_id``, ``date``, ``claim_id`` (str, empty where
        the text is silent), ``date_earliest`` and ``date_latest`` (None where there is no bound).

    Returns
    -------
    list of list of mapping
        Each claim stands in one group; the claim with the strictest date stands first. The
        grouping does not depend on the order in which the claims come.
    """
    by_subject: dict[tuple[str, str], list[list[Mapping[str, Any]]]] = {}
    for claim in sorted(claims, key=_strictness):
        known = by_subject.setdefault((claim["instrument_id"], claim["action"]), [])
        fitting = [act for act in known if _fits(claim, act)]
        if len(fitting) == 1:
            fitting[0].append(claim)
        else:
            known.append([claim])
    return [act for subject in by_subject.values() for act in subject]


def _strictness(claim: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sort key: the strictest date first, among equal ones the claim that says who did it."""
    first, last = claim["date_earliest"], claim["date_latest"]
    bounded = _known(first) and _known(last)
    days = (last - first).days if bounded else 0
    return (
        not claim["date"],
        not bounded,
        days,
        claim["date"],
        not claim["actor_id"],
        claim["claim_id"],
    )


def _fits(claim: Mapping[str, Any], act: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a claim may tell the act that stricter claims have told."""
    strictest, action = act[0], claim["action"]
    actors = {one["actor_id"] for one in (*act, claim)}
    if len(actors - {""}) > 1 or (len(actors) > 1 and action not in _ONCE):
        return False
    if action in _ONCE | _ONCE_FOR_EACH:
        return _within(strictest, claim)
    return strictest["date"] == claim["date"]


def _within(inner: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
    """Whether one date lies in another; a date that is not given could be any."""
    if not inner["date"]:
        return not outer["date"]
    first, last = outer["date_earliest"], outer["date_latest"]
    starts = not _known(first) or (
        _known(inner["date_earliest"]) and inner["date_earliest"] >= first
    )
    return starts and (
        not _known(last) or (_known(inner["date_latest"]) and inner["date_latest"] <= last)
    )


def _known(bound: object) -> bool:
    return bound is not None and not pd.isna(bound)


def _mark_differences(rows: Sequence[dict[str, Any]]) -> None:
    """Flag acts that can happen once only and that the texts date apart."""
    dated: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["date"] and row["action"] in _ONCE | _ONCE_FOR_EACH:
            actor = "" if row["action"] in _ONCE else row["actor_id"]
            dated.setdefault((row["instrument_id"], row["action"], actor), []).append(row)
    for same in dated.values():
        for row in same:
            row["differs"] = len(same) > 1


def _reading_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["rank"],
        not row["date"],
        _ordinal(row["earliest"], datetime.date.min),
        _ordinal(row["latest"], datetime.date.max),
        row["instrument"],
        list(MARKS).index(row["mark"]),
        row["claim_ids"],
    )


def _instrument_name(passport: Mapping[str, Any]) -> str:
    """A resolution by its number, everything else by its title."""
    if passport["kind"] == "resolution" and passport["number"]:
        return f"Resolution {passport['number']}"
    return passport["title"]


def _authority(passport: Mapping[str, Any]) -> str:
    """The date in the authority table, with what its note says of it."""
    if not passport["issued"]:
        return ""
    when = dates.label(passport["issued"])
    return f"{when} ({passport['note'].rstrip('.')})" if passport["note"] else when


def _words(action: str) -> str:
    return _WORDS.get(action, action.replace("_", " "))


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with empty words in place of silence, for code that reads row by row."""
    text = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
    return frame.assign(**{name: frame[name].astype(object).fillna("") for name in text})


def _evidence(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """What is needed to cite: of claims, or of rows that carry claims already."""
    found: dict[tuple[str, ...], None] = {}
    for row in rows:
        if "claim_ids" in row:
            found |= dict.fromkeys(zip(*(row[name] for name in _EVIDENCE), strict=True))
        else:
            found[(row.get("claim_id", ""), row["source_id"], row["citation"], row["quote"])] = None
    columns = zip(*sorted(found), strict=True) if found else ((), (), (), ())
    return dict(zip(_EVIDENCE, map(tuple, columns), strict=True))


def _typed(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """A frame whose columns have the same types whether or not it has rows."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    for name in frame.columns:
        if name in ("earliest", "latest", "first", "last", "at"):
            frame[name] = frame[name].astype("datetime64[s]")
        elif name in ("differs", "open_start", "open_end", "approximate"):
            frame[name] = frame[name].astype("bool")
        elif name in ("row_y", "x", "y"):
            frame[name] = frame[name].astype("float64")
        elif name in ("texts", "dated", "undated"):
            frame[name] = frame[name].astype("int64")
        elif name in (*_EVIDENCE, "rank"):
            frame[name] = frame[name].astype("object")
        else:
            frame[name] = frame[name].astype("str")
    return frame


# Tables


_TABLES: dict[str, tuple[dict[str, str], str, str]] = {
    "validation": (
        {"check": "What is compared", "stated": "Stated", "ours": "Ours", "verdict": "Verdict"},
        "What the texts print, and what the tables hold",
        "Nothing to compare.",
    ),
    "tally": (
        {"lane": "Lane", "dated": "With a date", "undated": "Without", "sorts": "What was done"},
        "Acts by lane",
        "The texts in scope tell of no act on an instrument.",
    ),
    "dated": (
        {
            "when": "When",
            "lane": "Lane",
            "instrument": "Instrument",
            "what": "What happened",
            "actor": "By",
        },
        "Dated acts in order of time; “by” is empty where the texts are silent",
        "The texts in scope date no act.",
    ),
    "undated": (
        {
            "lane": "Lane",
            "instrument": "Instrument",
            "what": "What happened",
            "actor": "By",
            "authority": "Instrument's date in the authority table (no claim)",
        },
        "Acts that no text in scope dates",
        "Every act in scope has a date.",
    ),
    "uses": (
        {"text": "Text", "what": "What it does", "resolutions": "With resolutions"},
        "What the texts do with resolutions of the Security Council",
        "No text in scope names a resolution of the Security Council.",
    ),
    "visits": (
        {
            "visits": "Visits",
            "resolution": "Resolution",
            "adopted": "Adopted, as told",
            "before": "Text on the earlier visit",
            "after": "Text on the later visit",
            "change": "Change",
        },
        "Resolutions in the texts on each visit and the one before",
        "To compare, it takes two visits whose texts in scope say which resolutions they assessed.",
    ),
    "national": (
        {
            "when": "When",
            "instrument": "Instrument",
            "what": "What happened",
            "actor": "By",
            "note": "Note",
        },
        "{state}: acts on its own instruments, as told; dated ones first",
        "{state}: the texts in scope tell of no act on its own instruments.",
    ),
    "acceptance": (
        {
            "instrument": "Instrument",
            "actor": "By",
            "status": "Furthest status told",
            "as_of": "As of",
            "told": "All that is told",
        },
        "How far treaties and other instruments are accepted",
        "The texts in scope tell of no signature, ratification or accession.",
    ),
}


def show(frame: pd.DataFrame, table: str, **words: str) -> display.Table | display.Sentence:
    """Show rows of this module, with the places where they are told.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    table : str
        Which table to make of them: a key of ``_TABLES``.
    **words
        Words that the caption needs.

    Returns
    -------
    display.Table or display.Sentence
        A sentence where there are no rows.
    """
    columns, caption, empty = _TABLES[table]
    if "claim_ids" in frame:
        columns = {**columns, "evidence": "Where it is said"}
        cited = [_cite([row]) for row in frame.to_dict("records")]
        frame = frame.assign(evidence=pd.Series(cited, index=frame.index, dtype=object))
    return display.table(
        frame, columns, caption=caption.format(**words), empty=empty.format(**words)
    )


def _cite(rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> display.Citation:
    """Cite everything behind some rows, once."""
    records = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    places = {name.removesuffix("s"): cell for name, cell in _evidence(records).items()}
    return display.Citation(pd.DataFrame(places))


def dated(told: pd.DataFrame) -> pd.DataFrame:
    """Take the dated acts, in order of time over all lanes.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        Rows as in :func:`acts`.
    """
    return told[told["date"] != ""].sort_values(["earliest", "latest"], kind="stable")


def undated(told: pd.DataFrame) -> pd.DataFrame:
    """Take the acts that no text dates, by lane.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        Rows as in :func:`acts`.
    """
    return told[told["date"] == ""]


def tally(told: pd.DataFrame) -> pd.DataFrame:
    """Count acts by lane.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a lane, in order: ``lane``, ``dated`` and ``undated`` (``int64``), and ``sorts``: what
        was done, in words with numbers.
    """
    rows = []
    for lane, group in _grouped(told.to_dict("records"), "lane").items():
        without = [row for row in group if not row["date"]]
        rows.append(
            {
                "lane": lane,
                "dated": len(group) - len(without),
                "undated": len(without),
                "sorts": _sorts(group),
            }
        )
    return _typed(rows, ["lane", "dated", "undated", "sorts"])


def _sorts(rows: Iterable[Mapping[str, Any]]) -> str:
    counts = Counter(row["mark"] for row in rows)
    return "; ".join(f"{counts[name]} {MARKS[name].label}" for name in MARKS if counts[name])


# The swim lanes

_PLOT_WIDTH = 4.1  # inches that the time axis gets beside the names
_MARK_WIDTH = 0.12  # inches that a mark needs, so that two do not touch
_LABEL_LENGTH = 48  # characters of an instrument's name beside the axis
_LEGEND_COLUMNS = 3
_ROW = 0.165  # inches from one row to the next
_LEVEL = 0.7  # rows that a further mark at the same time takes


def _years(told: pd.DataFrame) -> tuple[int, int]:
    """The first and last year that dated acts or marks touch."""
    names = ("earliest", "latest") if "earliest" in told else ("first", "last")
    bounds = pd.concat([told[name] for name in names]).dropna()
    return int(bounds.min().year), int(bounds.max().year)


def layout(told: pd.DataFrame) -> pd.DataFrame:
    """Place the dated acts in swim lanes; knows nothing of how they are drawn.

    Each lane has a heading, which also tells what cannot be placed in time. Each instrument has a
    row, or as many levels of one as it needs for marks of the same time not to touch. The lanes
    stand in the order of :func:`lanes`, instruments in order of time.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a mark, and one without ``mark`` for each lane's heading, whose ``label`` is the lane
        and whose ``what`` tells of undated acts. ``first``, ``last`` (``datetime64``): from when to
        when the date may lie, cut off at whole years where it is open, which ``open_start`` and
        ``open_end`` tell; ``at``: the middle, where the mark goes. ``y`` (float, downwards, in
        rows): where the mark goes; ``row_y``: where the ``label`` goes. No rows if no act is dated.
    """
    if dated(told).empty:
        return _typed([], _MARK_COLUMNS)
    first_year, last_year = _years(told)
    start, end = datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31)
    reach = (end - start).days * _MARK_WIDTH / _PLOT_WIDTH / 2
    in_lanes = _grouped(told.to_dict("records"), "lane")
    placed: list[dict[str, Any]] = []
    y = 0.0
    for heading in tally(told).to_dict("records"):
        placed.append(_heading(heading, y))
        y += 1
        in_time = [row for row in in_lanes[heading["lane"]] if row["date"]]
        for instrument in _grouped(in_time, "instrument_id").values():
            marks = _place(_marks_of(instrument, start, end), reach)
            depth = max(mark["level"] for mark in marks) * _LEVEL
            for mark in marks:
                mark |= {
                    "lane": heading["lane"],
                    "row_y": y + depth / 2,
                    "y": y + mark["level"] * _LEVEL,
                }
            placed += marks
            y += 1 + depth
    _tell_apart(placed)
    return _typed(placed, _MARK_COLUMNS)


def _heading(lane: Mapping[str, Any], y: float) -> dict[str, Any]:
    nothing = {"instrument_id": "", "mark": "", "date": "", "when": ""}
    flags = dict.fromkeys(["open_start", "open_end", "approximate"], False)
    count = lane["undated"]
    note = f"{count} {_plural('act', count)} without a date" if count else ""
    place = {"lane": lane["lane"], "label": lane["lane"], "what": note, "row_y": y, "y": y}
    return {**nothing, **flags, **place, **_evidence([])}


def _tell_apart(placed: Iterable[dict[str, Any]]) -> None:
    """Cut the names of instruments to length, each so that no two are cut alike."""
    titles = {row["instrument_id"]: row["label"] for row in placed if row["mark"]}
    alike: dict[str, list[str]] = {}
    for one, title in titles.items():
        alike.setdefault(next(_cuts(title, _LABEL_LENGTH)), []).append(one)
    labels = {}
    for cut, ids in alike.items():
        choices = zip(*(_cuts(titles[one], _LABEL_LENGTH) for one in ids), strict=False)
        apart = (choice for choice in choices if len(set(choice)) == len(ids))
        labels |= dict(zip(ids, next(apart, [cut] * len(ids)), strict=True))
    for row in placed:
        row["label"] = labels.get(row["instrument_id"], row["label"])


def _grouped(rows: Iterable[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _marks_of(
    instrument: Iterable[dict[str, Any]], start: datetime.date, end: datetime.date
) -> list[dict[str, Any]]:
    """The marks of one instrument: acts of the same sort and date are one."""
    same: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for act in instrument:
        same.setdefault((act["mark"], act["date"]), []).append(act)
    marks = []
    for (mark, date), told in same.items():
        edtf = dates.parse(date)
        first, last = edtf.earliest or start, edtf.latest or end
        marks.append(
            {
                "instrument_id": told[0]["instrument_id"],
                "label": told[0]["instrument"],
                "mark": mark,
                "date": date,
                "when": told[0]["when"],
                "what": display.listing(list(dict.fromkeys(act["what"] for act in told))),
                "first": first,
                "last": last,
                "at": first + (last - first) / 2,
                "open_start": edtf.earliest is None,
                "open_end": edtf.latest is None,
                "approximate": edtf.approximate or edtf.uncertain,
                **_evidence(told),
            }
        )
    return marks


def _place(marks: list[dict[str, Any]], reach: float) -> list[dict[str, Any]]:
    """Give each mark the first level on which it touches no other (interval partitioning)."""
    taken: list[float] = []
    for mark in sorted(marks, key=lambda m: (m["first"], m["last"], list(MARKS).index(m["mark"]))):
        at = mark["at"].toordinal()
        begins = min(mark["first"].toordinal(), at - reach)
        ends = max(mark["last"].toordinal(), at + reach)
        level = next((i for i, until in enumerate(taken) if until < begins), len(taken))
        taken[level : level + 1] = [ends]
        mark["level"] = level
    return marks


def _cuts(words: str, length: int) -> Iterator[str]:
    """All ways to shorten a name, the best first: much of it, and as much of either end."""
    if len(words) <= length:
        yield words
        return
    parts = words.split()
    ends = [
        (" ".join(parts[:head]), " ".join(parts[tail:]))
        for head in range(1, len(parts))
        for tail in range(head + 1, len(parts))
    ]
    fitting = [(head, tail) for head, tail in ends if len(head) + len(tail) + 3 <= length]
    fitting.sort(key=lambda cut: abs(len(cut[0]) - len(cut[1])) - 2 * len(cut[0] + cut[1]))
    yield from (f"{head} … {tail}" for head, tail in fitting)
    yield words[: length - 1] + "…"


def _ordinal(bound: Any, otherwise: datetime.date) -> int:
    return (bound if _known(bound) else otherwise).toordinal()


def draw(told: pd.DataFrame, scope: str) -> display.Picture | display.Sentence:
    """Draw the dated acts in swim lanes.

    A bar spans the time in which the date may lie, or that it lasts; a mark stands in its middle.
    Approximate dates have hollow marks, open ends an arrow.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.
    scope : str
        What is in scope, in words.

    Returns
    -------
    display.Picture or display.Sentence
        A sentence where no act is dated.
    """
    placed = layout(told)
    if placed.empty:
        return display.Sentence("The texts in scope date no act, so there is no timeline to draw.")
    marks, headings = placed[placed["mark"] != ""], placed[placed["mark"] == ""]
    first, last = _years(marks)
    bottom = placed["y"].max() + 0.8
    figure, axes = display.canvas(1)
    low, high = datetime.date(first, 1, 1).toordinal(), datetime.date(last + 1, 1, 1).toordinal()
    margin = (high - low) * _MARK_WIDTH / _PLOT_WIDTH
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(bottom, -0.6)
    _draw_lanes(axes, headings, bottom, low)
    _draw_marks(axes, marks)
    rows = placed.drop_duplicates(["lane", "instrument_id"])
    _label_rows(axes, zip(rows["row_y"], rows["label"], rows["mark"] == "", strict=True))
    ticks = _ticks(first, last)
    axes.set_xticks([day.toordinal() for day, _ in ticks], [words for _, words in ticks])
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    period = str(first) if first == last else f"{first}–{last}"
    count, instruments = len(dated(told)), marks["instrument_id"].nunique()
    title = (
        f"What the texts date: {count} {_plural('act', count)} on {instruments} "
        f"{_plural('instrument', instruments)}, {period}"
    )
    left = display.WIDTH - _PLOT_WIDTH - 0.2
    _set_out(figure, axes, left=left, head=0.45, body=bottom * _ROW, foot=0.45)
    _entitle(figure, title, scope)
    return display.Picture(figure, _describe(told[told["date"] != ""], title, scope))


def _set_out(figure: Any, axes: Any, *, left: float, head: float, body: float, foot: float) -> None:
    """Size the picture so that names, title and legend have room around the axes, in inches.

    The places follow from the sizes of letters; searching for them would cost most of the time.
    """
    foot += 0.18 * -(-len(axes.get_legend_handles_labels()[1]) // _LEGEND_COLUMNS)
    width, height = display.WIDTH, head + body + foot
    figure.set_layout_engine("none")
    figure.set_size_inches(width, height)
    axes.set_position([left / width, foot / height, (width - left - 0.2) / width, body / height])


def _entitle(figure: Any, title: str, scope: str) -> None:
    """Put title and scope on top, and the legend below."""
    height = figure.get_size_inches()[1]
    place = {"x": 0, "ha": "left", "va": "top"}
    figure.suptitle(title, y=1, fontsize=10, fontweight="bold", **place)
    figure.text(y=1 - 0.2 / height, s=scope, fontsize=9, color="#555555", **place)
    figure.legend(
        loc="lower left",
        bbox_to_anchor=(0, 0),
        ncols=_LEGEND_COLUMNS,
        fontsize=8,
        frameon=False,
        handlelength=1.5,
        handletextpad=0.5,
        columnspacing=1.5,
        borderaxespad=0,
    )


def _label_rows(axes: Any, rows: Iterable[tuple[float, str, bool]]) -> None:
    """Names beside the axis; plain words are drawn faster than labels of ticks."""
    axes.set_yticks([])
    beside = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center_baseline"}
    for y, words, bold in rows:
        weight = "bold" if bold else "normal"
        axes.text(-0.015, y, words, fontsize=7.5, fontweight=weight, **beside)


def _draw_lanes(axes: Any, headings: pd.DataFrame, bottom: float, left: float) -> None:
    """Lanes as bands; in each heading, what is not dated."""
    tops = list(headings["y"])
    for top, end in list(zip(tops, [*tops[1:], bottom + 0.5], strict=True))[::2]:
        axes.axhspan(top - 0.5, end - 0.5, color=display.COLORS["light"], alpha=0.3, lw=0, zorder=0)
    small = {"fontsize": 6.5, "va": "center_baseline", "color": "#555555"}
    for heading in headings.to_dict("records"):
        if heading["what"]:
            axes.text(left, heading["y"], heading["what"], **small)


def _draw_marks(axes: Any, marks: pd.DataFrame) -> None:
    days = {name: [day.toordinal() for day in marks[name]] for name in ("first", "at")}
    placed = marks.assign(**days, last=[day.toordinal() + 1 for day in marks["last"]])
    for name, mark in MARKS.items():
        of_sort = placed[placed["mark"] == name]
        if of_sort.empty:
            continue
        color = display.COLORS[mark.color]
        axes.hlines(
            of_sort["y"], of_sort["first"], of_sort["last"], color=color, lw=3.5, alpha=0.45
        )
        hollow = of_sort["approximate"]
        axes.scatter(
            of_sort["at"],
            of_sort["y"],
            s=60 if mark.shape == "*" else 32,
            marker=mark.shape,
            facecolors=["white" if one else color for one in hollow],
            edgecolors=[color if one else "white" for one in hollow],
            linewidths=[1.2 if one else 0.5 for one in hollow],
            zorder=3,
        )
        axes.scatter([], [], s=36, marker=mark.shape, color=color, label=mark.label, linewidths=0)
    for end, marker in (("first", 4), ("last", 5)):
        is_open = placed[placed["open_start" if end == "first" else "open_end"]]
        axes.scatter(is_open[end], is_open["y"], s=30, marker=marker, color=display.COLORS["gray"])
    wide = placed["last"] - placed["first"] > 31
    if wide.any():
        axes.plot(
            [], [], lw=3.5, alpha=0.45, color=display.COLORS["gray"], label="span of the date"
        )
    if placed["approximate"].any():
        axes.scatter([], [], s=32, facecolors="white", edgecolors="black", label="approximate date")


def _ticks(first: int, last: int) -> list[tuple[datetime.date, str]]:
    """Starts of years, or of quarters where there are at most two years."""
    if last - first < 2:
        days = [
            datetime.date(year, month, 1)
            for year in range(first, last + 1)
            for month in (1, 4, 7, 10)
        ]
        return [(day, f"{day:%b}\n{day.year}" if day.month == 1 else f"{day:%b}") for day in days]
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 1000) if last - first < 12 * step)
    return [
        (datetime.date(year, 1, 1), str(year))
        for year in range(first, last + 1)
        if year % step == 0
    ]


def _describe(in_time: pd.DataFrame, title: str, scope: str) -> str:
    per_lane = Counter(in_time["lane"])
    listed = display.listing([f"{lane} ({count})" for lane, count in per_lane.items()])
    years_begun = Counter(day.year for day in in_time["earliest"].dropna())
    fullest = max(years_begun, key=lambda year: (years_begun[year], -year), default="")
    most = f" The year in which most acts begin is {fullest}, with {years_begun[fullest]}."
    return (
        f"Swim lanes by jurisdiction. {title} ({scope}). By lane: {listed}."
        f"{most if years_begun else ''} The table after the chart lists them."
    )


def _plural(noun: str, count: float) -> str:
    return noun if count == 1 else f"{noun}s"


# Resolutions of the Security Council, and what the texts do with them

_USES = {
    "assessed": ("implementation assessed", "o", "blue"),
    "implemented": ("carried out", "s", "green"),
    "invoked": ("invoked", "D", "orange"),
    "co_sponsored": ("co-sponsored", "^", "vermilion"),
    "established_body": ("basis of a body", "*", "black"),
    "reported_under": ("reported on", "P", "purple"),
    "adopted": ("adoption told", "_", "gray"),
    "other": ("other act", "<", "sky"),
    "named": ("named only", "x", "gray"),
}
_UNNUMBERED = "no number"
_MOST_COLUMNS = 12  # more resolutions than these need their numbers turned
_USE_COLUMNS = [
    *("source_id", "text", "issued", "resolution", "instrument_id", "use", "what"),
    *_EVIDENCE,
]


def invocations(selection: Selection) -> pd.DataFrame:
    """Find out what each text does with each resolution of the Security Council.

    That the Council adopted a resolution is carried by naming it with its year; it counts only
    where the text does nothing else with it. A resolution that a text names without any act is
    "named". Resolutions and decisions that a text leaves without a number count as one.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row for each text, resolution and use, by the text's date of issue and the resolution's
        number: ``source_id, text, issued, resolution, instrument_id, use, what`` and evidence.
    """
    numbers = _resolutions(selection)
    issued = _issues(selection)
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for claim in _filled(selection.legal_events).to_dict("records"):
        if claim["instrument_id"] in numbers:
            found.setdefault((claim["source_id"], claim["instrument_id"]), []).append(claim)
    for mention in selection.mentions.to_dict("records"):
        if mention["instrument_id"] in numbers:
            found.setdefault((mention["source_id"], mention["instrument_id"]), []).append(mention)
    rows = []
    for (source_id, instrument_id), told in found.items():
        for use, evidence in _uses(told, selection).items():
            rows.append(
                {
                    "source_id": source_id,
                    "text": f"{source_id} ({issued[source_id][1]})",
                    "issued": issued[source_id][0],
                    "resolution": numbers[instrument_id],
                    "instrument_id": instrument_id,
                    "use": use,
                    "what": _USES[use][0] if use in _USES else _words(use),
                    **evidence,
                }
            )
    rows.sort(
        key=lambda row: (
            row["issued"],
            row["source_id"],
            _number(row["resolution"]),
            row["instrument_id"],
            row["use"],
        )
    )
    return _typed(rows, _USE_COLUMNS)


def _uses(
    told: Sequence[Mapping[str, Any]], selection: Selection
) -> dict[str, dict[str, tuple[str, ...]]]:
    """What one text does with one resolution, with the evidence for each use."""
    by_action = _grouped([dict(row) for row in told if "action" in row], "action")
    if len(by_action) > 1:
        by_action.pop("adopted", None)
    if by_action:
        return {action: _evidence(claims) for action, claims in by_action.items()}
    text = selection.corpus.text(told[0]["source_id"])
    places = [
        {
            "source_id": row["source_id"],
            "citation": citation(row["source_id"], text.paragraph_at(row["start"])),
            "quote": " ".join(row["text"].split()),
        }
        for row in told
    ]
    return {"named": _evidence(places)}


def _resolutions(selection: Selection) -> dict[str, str]:
    """Numbers of the Council's resolutions; of its unnumbered decisions, that they have none."""
    instruments = _filled(selection.corpus.load("instruments"))
    place = lanes(instruments, selection.corpus.load("organizations"))["rank"].to_dict()
    found = {}
    for row in instruments.to_dict("records"):
        if place[row["instrument_id"]] == _COUNCIL_RANK and row["kind"] == "resolution":
            found[row["instrument_id"]] = row["number"] or row["title"]
        elif row["jurisdiction_id"] == _COUNCIL and row["kind"] == "collection":
            found[row["instrument_id"]] = _UNNUMBERED
    return found


def _number(resolution: str) -> tuple[float, str]:
    digits = re.search(r"\d+", resolution)
    return (int(digits.group()) if digits else float("inf")), resolution


def _issues(selection: Selection) -> dict[str, tuple[str, str]]:
    """Date of issue of every text, for sorting and in words."""
    found = {}
    for row in _filled(selection.corpus.load("sources")).to_dict("records"):
        day = row["issued_earliest"]
        key = f"{day:%Y-%m-%d}" if _known(day) else "9999"
        found[row["source_id"]] = (key, dates.label(row["issued"]) if row["issued"] else "undated")
    return found


def _texts(selection: Selection) -> list[str]:
    """The texts in scope, or with acts in scope, in order of issue."""
    issued = _issues(selection)
    found = {*selection.sources["source_id"], *selection.legal_events["source_id"]}
    return sorted(found, key=lambda source_id: (issued[source_id][0], source_id))


def matrix(texts: Sequence[str], uses: pd.DataFrame) -> pd.DataFrame:
    """Place the uses of resolutions in a grid; knows nothing of how they are drawn.

    Parameters
    ----------
    texts : sequence of str
        Short names of the texts: the rows, from the top.
    uses : pandas.DataFrame
        From :func:`invocations`. The columns are its resolutions in order of number.

    Returns
    -------
    pandas.DataFrame
        A row for each text, resolution and use: ``source_id, resolution, use, label`` (what is
        done, in words), ``x`` and ``y`` (float, in cells; several uses stand side by side), and
        evidence.
    """
    columns = sorted(set(uses["resolution"]), key=_number)
    known = uses.assign(use=uses["use"].where(uses["use"].isin(_USES), "other"))
    cells: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for row in known.to_dict("records"):
        cell = cells.setdefault((row["source_id"], row["resolution"]), {})
        cell.setdefault(row["use"], []).append(row)
    rows = []
    for (source_id, resolution), cell in cells.items():
        for place, use in enumerate(sorted(cell, key=list(_USES).index)):
            aside = (place - (len(cell) - 1) / 2) * 0.8 / max(3, len(cell))
            rows.append(
                {
                    "source_id": source_id,
                    "resolution": resolution,
                    "use": use,
                    "label": _USES[use][0],
                    "x": columns.index(resolution) + aside,
                    "y": texts.index(source_id),
                    **_evidence(cell[use]),
                }
            )
    return _typed(rows, ["source_id", "resolution", "use", "label", "x", "y", *_EVIDENCE])


def draw_invocations(
    selection: Selection, uses: pd.DataFrame
) -> display.Picture | display.Sentence:
    """Draw texts in order of issue against resolutions in order of number.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    display.Picture or display.Sentence
        A sentence where no text names a resolution.
    """
    if uses.empty:
        return display.Sentence("No text in scope names a resolution of the Security Council.")
    texts, issued = _texts(selection), _issues(selection)
    resolutions = sorted(set(uses["resolution"]), key=_number)
    labels = [f"{source_id}, {issued[source_id][1]}" for source_id in texts]
    turned = len(resolutions) > _MOST_COLUMNS
    figure, axes = display.canvas(1)
    placed = matrix(texts, uses)
    for use, (label, shape, color) in _USES.items():
        points = placed[placed["use"] == use]
        if len(points):
            axes.scatter(
                points["x"],
                points["y"],
                s=90 if shape == "*" else 50,
                marker=shape,
                color=display.COLORS[color],
                label=label,
                linewidths=1.5 if shape in "x_" else 0,
                zorder=3,
            )
    axes.set_xlim(-0.5, max(len(resolutions), 6) - 0.5)
    axes.set_ylim(len(texts) - 0.5, -0.5)
    axes.set_xticks(
        range(len(resolutions)),
        [name if turned else name.replace(" ", "\n", 1) for name in resolutions],
        rotation=90 if turned else 0,
    )
    axes.set_yticks(range(len(texts)), labels)
    axes.tick_params(length=0, labelsize=7.5)
    axes.xaxis.tick_top()
    axes.grid(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    naming = set(uses.loc[uses["resolution"] != _UNNUMBERED, "source_id"])
    numbered = [name for name in resolutions if name != _UNNUMBERED]
    who = f"{len(naming)} of {len(texts)} texts" if len(texts) > 1 else texts[0]
    title = (
        f"{who} {'names' if len(naming) == 1 else 'name'} {len(numbered)} "
        f"{_plural('resolution', len(numbered))} of the Security Council by number"
    )
    left, head = 0.15 + 0.062 * max(map(len, labels)), 1.25 if turned else 0.8
    _set_out(figure, axes, left=left, head=head, body=0.3 * len(texts), foot=0.15)
    _entitle(figure, title, selection.scope)
    told = (
        f"{source_id}: {display.listing(sorted(set(group['resolution']), key=_number))}"
        for source_id, group in uses.groupby("source_id", sort=False)
    )
    return display.Picture(
        figure,
        "Matrix of texts, in order of issue, and resolutions, in order of number "
        f"({selection.scope}). {title}. {'; '.join(told)}. "
        "What each text does with them is in the table after the chart.",
    )


def by_text(uses: pd.DataFrame) -> pd.DataFrame:
    """Gather the resolutions with which a text does the same.

    Parameters
    ----------
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    pandas.DataFrame
        A row for each text and use, in order of issue: ``text, what, resolutions`` (words) and
        evidence.
    """
    rows = []
    for (text, what), group in uses.groupby(["text", "what"], sort=False):
        records = group.to_dict("records")
        named = display.listing(list(dict.fromkeys(row["resolution"] for row in records)))
        rows.append({"text": text, "what": what, "resolutions": named, **_evidence(records)})
    return _typed(rows, ["text", "what", "resolutions", *_EVIDENCE])


# Visits compared


def visits(selection: Selection) -> pd.DataFrame:
    """Find the visits of which a text tells which resolutions they assessed.

    A text tells so where it dates a visit and the assessment of a resolution alike.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row a visit and a text that tells of it, in order of time: ``event_id, name, country,
        date, when, earliest, latest, source_id`` and evidence.
    """
    numbers = _resolutions(selection)
    claims = _filled(selection.legal_events).to_dict("records")
    assessed = {
        (claim["source_id"], claim["date"])
        for claim in claims
        if claim["action"] == "assessed" and claim["instrument_id"] in numbers and claim["date"]
    }
    rows = [
        {
            **event,
            "when": dates.label(event["date"]),
            "earliest": event["date_earliest"],
            "latest": event["date_latest"],
            **_evidence([event]),
        }
        for event in _filled(selection.events).to_dict("records")
        if event["kind"] == "visit" and (event["source_id"], event["date"]) in assessed
    ]
    rows.sort(key=lambda row: (row["date"], row["event_id"], row["source_id"]))
    columns = ["event_id", "name", "country", "date", "when", "earliest", "latest", "source_id"]
    return _typed(rows, [*columns, *_EVIDENCE])


def compare_visits(selection: Selection, told: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Compare the resolutions in the texts on each visit with those on the one before.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.
    uses : pandas.DataFrame
        From :func:`invocations`.

    Returns
    -------
    pandas.DataFrame
        A row for each pair of visits that follow each other in time and each numbered resolution:
        ``earlier, later`` (``event_id``), ``visits, named`` (both, in few words and in more),
        ``one_state`` ("yes" or "no"), ``resolution``, ``before, after``
        (what the texts do with it, empty if they do not name it), ``change`` ("entered", "stayed"
        or "left"), ``adopted`` (when, as told in scope), ``newer`` ("yes", "no" or empty if
        unknown: adopted after the earlier visit) and evidence.
    """
    visited = _grouped(visits(selection).to_dict("records"), "event_id")
    numbered = uses[uses["resolution"] != _UNNUMBERED].to_dict("records")
    adopted = _adoptions(told)
    sources = {event: {row["source_id"] for row in rows} for event, rows in visited.items()}
    rows = []
    for earlier, later in pairwise(sources):
        before = _grouped([u for u in numbered if u["source_id"] in sources[earlier]], "resolution")
        after = _grouped([u for u in numbered if u["source_id"] in sources[later]], "resolution")
        first, second = visited[earlier][0], visited[later][0]
        pair = {
            "earlier": earlier,
            "later": later,
            "visits": f"{_stay(first)} → {_stay(second)}",
            "named": f"{first['name']}, {first['when']} → {second['name']}, {second['when']}",
            "one_state": "yes" if first["country"] == second["country"] else "no",
        }
        for resolution in sorted({*before, *after}, key=_number):
            used = [*before.get(resolution, []), *after.get(resolution, [])]
            when, since = adopted.get(used[0]["instrument_id"], ("", None))
            rows.append(
                {
                    **pair,
                    "resolution": resolution,
                    "before": _what(before.get(resolution, [])),
                    "after": _what(after.get(resolution, [])),
                    "change": _change(resolution in before, resolution in after),
                    "adopted": when,
                    "newer": ("yes" if since > first["latest"] else "no") if _known(since) else "",
                    **_evidence(used),
                }
            )
    columns = ["earlier", "later", "visits", "named", "one_state", "resolution", "adopted", "newer"]
    return _typed(rows, [*columns, "before", "after", "change", *_EVIDENCE])


def _stay(visit: Mapping[str, Any]) -> str:
    return f"{visit['country'] or '?'} {visit['earliest'].year}"


def _change(before: bool, after: bool) -> str:
    if before and after:
        return "stayed"
    return "left" if before else "entered"


def _what(uses: Iterable[Mapping[str, Any]]) -> str:
    return display.listing(list(dict.fromkeys(use["what"] for use in uses)))


def _adoptions(told: pd.DataFrame) -> dict[str, tuple[str, Any]]:
    """When each instrument was adopted, as told: in words, and the first day that it may be."""
    adopted = dated(told[told["action"] == "adopted"]).to_dict("records")
    return {row["instrument_id"]: (row["when"], row["earliest"]) for row in reversed(adopted)}


def tell_visits(compared: pd.DataFrame) -> display.Bullets | display.Sentence:
    """Say what entered between one visit and the next.

    Parameters
    ----------
    compared : pandas.DataFrame
        From :func:`compare_visits`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    items: list[display.Sentence | str] = []
    for (named, one_state), group in compared.groupby(["named", "one_state"], sort=False):
        entered = _tell_change(group, "entered", "entered")
        left = _tell_change(group, "left", "not named again")
        items.append(display.Sentence(f"{named}: ", *entered, "; ", *left, "."))
        if one_state == "no":
            items.append(
                "The two visits went to different states, so this shows how the Council's law "
                "grew, not how one state's obligations changed."
            )
    if not items:
        return display.Sentence("There are no two visits in scope to compare.")
    return display.Bullets(items)


def _tell_change(
    compared: pd.DataFrame, change: str, verb: str
) -> tuple[str | display.Citation, ...]:
    group = compared[compared["change"] == change]
    if group.empty:
        return (f"none {verb}",)
    if change == "left":
        named = (group["resolution"] + " (" + group["before"] + ")").tolist()
        return f"{verb}: {display.listing(named)} ", _cite(group)
    newer = int((group["newer"] == "yes").sum())
    named = display.listing(group["resolution"].tolist())
    return (
        f"{verb}: {named} ({newer} of {len(group)} adopted after the earlier visit) ",
        _cite(group),
    )


# The national legal order

_STATUS = ("joined", "pending", "signed")
_COUNTED = {
    "codes_amended": ("amended", "code"),
    "laws_amended": ("amended", "law"),
    "instruments_joined": ("joined", ""),
    "ratifications_pending": ("pending", ""),
}


def _countries(selection: Selection) -> dict[str, str]:
    """Names, by their codes, of the states that the texts with acts in scope are about."""
    about = selection.corpus.load("sources").set_index("source_id")["country"].dropna()
    found = {about[one] for one in set(selection.legal_events["source_id"]) if one in about}
    known = _filled(selection.corpus.load("organizations"))
    bodies = known.set_index("organization_id").to_dict("index")
    return {country: _state_name(country, bodies) for country in sorted(found)}


def _state_of(selection: Selection) -> dict[str, str]:
    """Country of every organization; empty where it belongs to none."""
    bodies = _filled(selection.corpus.load("organizations"))
    return dict(zip(bodies["organization_id"], bodies["country"], strict=True))


def national_order(told: pd.DataFrame, country: str) -> pd.DataFrame:
    """Take the acts on a state's own instruments, in order of time, the undated last.

    Parameters
    ----------
    told : pandas.DataFrame
        From :func:`acts`.
    country : str
        ISO 3166-1 alpha-3 code.

    Returns
    -------
    pandas.DataFrame
        Rows as in :func:`acts`. Signing treaties is not among them; see :func:`acceptance`.
    """
    own = told[(told["country"] == country) & ~_is_acceptance(told)]
    return own.assign(when=own["when"].replace("", "undated"))


def _is_acceptance(told: pd.DataFrame) -> pd.Series:
    """Which acts accept a treaty or the like; signing a law of one's own makes it instead."""
    return told["mark"].isin(_STATUS) & ~told["kind"].isin(_OWN_LAW_KINDS)


def acceptance(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """Take what is told about signing and ratifying, each instrument and actor with its status.

    The status is the furthest that a text states: a signature does not become a ratification, nor
    a pending ratification a finished one, because time has passed.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row an instrument and party (a state with its offices, or another body), the furthest
        status first: ``mark, status, instrument_id,
        instrument, actor_id, actor, told`` (all that is told), ``as_of`` (issue of the last text
        that tells the status) and evidence. A state's own laws are left out.
    """
    issued, state_of = _issues(selection), _state_of(selection)
    stated = told[_is_acceptance(told)]
    party = [state_of.get(actor) or actor for actor in stated["actor_id"]]
    rows = []
    for _, group in stated.groupby([stated["instrument_id"], party], sort=False):
        records = group.to_dict("records")
        mark = min((row["mark"] for row in records), key=_STATUS.index)
        telling = [s for row in records if row["mark"] == mark for s in row["source_ids"]]
        said = [f"{row['what']} {row['when']}".strip() for row in records]
        rows.append(
            {
                "mark": mark,
                "status": MARKS[mark].label,
                "instrument_id": records[0]["instrument_id"],
                "instrument": records[0]["instrument"],
                "actor_id": records[0]["actor_id"],
                "actor": records[0]["actor"] or "not said",
                "told": "; ".join(dict.fromkeys(said)),
                "as_of": max(issued[source] for source in telling)[1],
                **_evidence(records),
            }
        )
    rows.sort(key=lambda r: (_STATUS.index(r["mark"]), r["instrument"], r["actor"]))
    columns = [
        "mark",
        "status",
        "instrument_id",
        "instrument",
        "actor_id",
        "actor",
        "told",
        "as_of",
    ]
    return _typed(rows, [*columns, *_EVIDENCE])


def show_national(selection: Selection, told: pd.DataFrame) -> list[display.Shown]:
    """Show the acts on the own instruments of each state in scope.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    list of display.Shown
        A table a state, or a sentence where the texts tell of no act.
    """
    states = _countries(selection)
    shown = [show(national_order(told, one), "national", state=states[one]) for one in states]
    return shown or [display.Sentence("No text in scope tells of an act on an instrument.")]


def _amount(low: float, high: float) -> str:
    """An interval in words; NaN is an open bound."""
    if pd.isna(low) or pd.isna(high):
        bound, words = (high, "at most") if pd.isna(low) else (low, "at least")
        return "unknown" if pd.isna(bound) else f"{words} {bound:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def stated_counts(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """Set the numbers of instruments that texts print beside the instruments that they name.

    Only numbers of texts that are wholly in scope are compared. Where a text takes instruments
    together ("11 laws"), there is nothing to count, and the comparison says so.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a number: ``country, indicator, population, unit, stated, named`` (words), ``verdict``
        ("agrees", "differs" or "not named singly"), ``date, when, source_id`` and evidence.
    """
    claims = _filled(selection.legal_events).to_dict("records")
    kinds = dict(zip(told["instrument_id"], told["kind"], strict=True))
    state_of, whole = _state_of(selection), _whole_texts(selection)
    rows = []
    for figure in _filled(selection.figures).to_dict("records"):
        if figure["indicator"] not in _COUNTED or figure["source_id"] not in whole:
            continue
        mark, kind = _COUNTED[figure["indicator"]]
        named = {
            claim["instrument_id"]: claim
            for claim in claims
            if claim["source_id"] == figure["source_id"]
            and MARK_OF[claim["action"]] == mark
            and state_of.get(claim["actor_id"]) == figure["country"]
            and kinds[claim["instrument_id"]]
            in (kind or kinds[claim["instrument_id"]], "collection")
        }
        rows.append(
            {
                **{name: figure[name] for name in ("country", "indicator", "population", "unit")},
                "stated": _amount(figure["low"], figure["high"]),
                **_verdict(figure, [kinds[one] for one in named]),
                "date": figure["period"],
                "when": dates.label(figure["period"]) if figure["period"] else "",
                "source_id": figure["source_id"],
                **_evidence([figure, *named.values()]),
            }
        )
    columns = ["country", "indicator", "population", "unit", "stated", "named", "verdict"]
    return _typed(rows, [*columns, "date", "when", "source_id", *_EVIDENCE])


def _verdict(figure: Mapping[str, Any], kinds: Sequence[str]) -> dict[str, str]:
    if "collection" in kinds:
        return {"named": "taken together", "verdict": "not named singly"}
    count = len(kinds)
    inside = not (count < figure["low"] or count > figure["high"])
    return {"named": str(count), "verdict": "agrees" if inside else "differs"}


def _whole_texts(selection: Selection) -> set[str]:
    """Texts of which every act is in scope."""
    inside = Counter(selection.legal_events["source_id"])
    everything = Counter(selection.corpus.load("legal_events")["source_id"])
    return {source_id for source_id, count in inside.items() if count == everything[source_id]}


def tell_amendments(selection: Selection, told: pd.DataFrame) -> display.Bullets | display.Sentence:
    """Say how many codes and laws were changed, when, and by which act.

    The amending act is the one that the same text says was adopted on the day that the number is
    given for.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    figures = _filled(selection.figures)
    counted = figures[
        figures["indicator"].isin([n for n, (mark, _) in _COUNTED.items() if mark == "amended"])
    ]
    states = _countries(selection)
    items = []
    for (source_id, period, country), group in counted.groupby(["source_id", "period", "country"]):
        records = group.to_dict("records")
        numbers = display.listing(
            [f"{_amount(row['low'], row['high'])} {row['unit']}" for row in records]
        )
        same_day = [
            act
            for act in national_order(told, country).to_dict("records")
            if act["date"] == period and source_id in act["source_ids"]
        ]
        by = [act for act in same_day if act["mark"] == "adopted"]
        amended = [act for act in same_day if act["mark"] == "amended"]
        when = f", {dates.label(period)}" if period else ""
        act = f", by the {display.listing([one['instrument'] for one in by])}" if by else ""
        unnamed = all(one["kind"] == "collection" for one in amended)
        items.append(
            display.Sentence(
                f"{states.get(country, country)}{when}: {numbers} amended{act}"
                f"{'; the text does not name them' if unnamed else ''} ",
                _cite([*records, *by]),
                ".",
            )
        )
    if not items:
        return display.Sentence("The texts in scope state no number of codes or laws amended.")
    return display.Bullets(items)


# Validation and answer


def validation(selection: Selection, told: pd.DataFrame) -> pd.DataFrame:
    """Set what the texts print beside what the tables hold.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.

    Returns
    -------
    pandas.DataFrame
        A row a check: ``check, stated, ours`` (words) and ``verdict`` ("agrees", "differs" or
        "not named singly"), and evidence (empty for checks within the tables).
    """
    nowhere = dict.fromkeys(_EVIDENCE, ())
    rows = [
        {
            "check": f"{row['source_id']}: {row['population']}",
            "stated": row["stated"],
            "ours": row["named"],
            "verdict": row["verdict"],
            **{name: row[name] for name in _EVIDENCE},
        }
        for row in stated_counts(selection, told).to_dict("records")
    ]
    printed, agreeing = _printed_years(told)
    claims = selection.legal_events
    held = [claim for ids in told["claim_ids"] for claim in ids]
    drawn = [claim for ids in layout(told)["claim_ids"] for claim in ids]
    listed = [claim for ids in undated(told)["claim_ids"] for claim in ids]
    counted = [
        ("Resolutions with the year in their number, and those adopted then", printed, agreeing),
        ("Claims on instruments, and claims in acts", len(claims), len(held)),
        ("Claims on instruments, and claims drawn or listed", len(claims), len(drawn + listed)),
    ]
    counted = [check for check in counted if any(check[1:])]
    rows += [
        {
            "check": check,
            "stated": str(theirs),
            "ours": str(ours),
            "verdict": "agrees" if theirs == ours else "differs",
            **nowhere,
        }
        for check, theirs, ours in counted
    ]
    return _typed(rows, ["check", "stated", "ours", "verdict", *_EVIDENCE])


def _printed_years(told: pd.DataFrame) -> tuple[int, int]:
    """How many dated adoptions of numbered resolutions there are, and how many fit the number."""
    adopted = dated(told[told["action"] == "adopted"]).to_dict("records")
    printed = [
        (re.search(r"\((\d{4})\)$", row["instrument"]), row)
        for row in adopted
        if row["kind"] == "resolution"
    ]
    years_of = [(int(year[1]), row) for year, row in printed if year]
    fitting = [row["earliest"].year <= year <= row["latest"].year for year, row in years_of]
    return len(fitting), sum(fitting)


def answer(
    selection: Selection, told: pd.DataFrame, compared: pd.DataFrame
) -> display.Bullets | display.Sentence:
    """Answer the question of the notebook in a few sentences.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.
    told : pandas.DataFrame
        From :func:`acts`.
    compared : pandas.DataFrame
        From :func:`compare_visits`.

    Returns
    -------
    display.Bullets or display.Sentence
    """
    if told.empty:
        return display.Sentence("The texts in scope tell of no act on an instrument.")
    in_time = dated(told)
    shared = told[told["texts"] > 1]
    span = "none with a date"
    if len(in_time):
        first, last = _years(in_time)
        period = f"in {first}" if first == last else f"from {first} to {last}"
        span = f"{len(in_time)} with a date, {period}"
    several = {0: "none is", 1: "1 is"}.get(len(shared), f"{len(shared)} are")
    instruments = told["instrument_id"].nunique()
    items: list[display.Sentence | str] = [
        f"The texts tell of {len(told)} {_plural('act', len(told))} on {instruments} "
        f"{_plural('instrument', instruments)}, {span}; {several} told by more than one text."
    ]
    disputed = in_time[in_time["differs"]]
    if len(disputed):
        named = sorted(set(disputed["instrument"]))
        items.append(
            display.Sentence(f"Dated differently: {display.listing(named)} ", _cite(disputed), ".")
        )
    if len(compared):
        items += tell_visits(compared).items
    items += _tell_orders(selection, told)
    return display.Bullets(items)


def _tell_orders(selection: Selection, told: pd.DataFrame) -> list[display.Sentence | str]:
    """A sentence on the own law of each state, and one on what is pending."""
    items: list[display.Sentence | str] = []
    for country, state in _countries(selection).items():
        own = national_order(told, country)
        changes = own[own["mark"].isin(["adopted", "signed", "in_force", "amended", "created"])]
        if changes.empty:
            items.append(f"{state}: no change of its own law is told.")
            continue
        in_time = dated(changes)
        items.append(
            display.Sentence(
                f"{state}: {len(changes)} {_plural('change', len(changes))} of its own law and "
                f"programmes {'is' if len(changes) == 1 else 'are'} told, "
                f"{len(in_time)} with a date ",
                _cite(changes),
                ".",
            )
        )
    amended = tell_amendments(selection, told)
    items += amended.items if isinstance(amended, display.Bullets) else []
    status = acceptance(selection, told)
    pending = status[status["mark"] == "pending"].to_dict("records")
    items += [
        display.Sentence(
            f"{row['instrument']}: ratification is pending as of {row['as_of']}, and no text in "
            f"scope tells that {row['actor']} finished it ",
            _cite([row]),
            ".",
        )
        for row in pending
    ]
    return items
