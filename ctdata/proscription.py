"""Forbidden organizations: the lists, their entries, and the texts that name the same groups.

A *list* is an instrument of kind ``list`` or ``regime``. An *entry* is a row of ``designations``:
an organization that a text prints as standing on a list. A *naming* is any place where a text
names an organization: as an entry, together with a list or the body that keeps one, or otherwise.
An organization that a text names is not by that on a list; the tables keep the two apart.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ctdata import agreement, dates, display
from ctdata.corpus import Selection
from ctdata.coverage import claims
from ctdata.evidence import citation
from ctdata.kept import kept
from ctdata.policy import board, gather, key, number_of, sentence, texts_in_scope

LIST_KINDS = ("list", "regime")
TIES = {"sanctions": "sanctioned by", "concerns": "a concern of"}
FOUNDATIONS = ("established_by", "implements")
INDICATOR = "organizations_listed"
WIDEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A way of naming an organization, and how it is drawn: told apart by shape and by colour."""

    words: str
    shape: str
    color: str
    face: str
    offset: float


NAMINGS = {
    "entry": Mark("entry of a list", "s", "black", "", -0.2),
    "listing": Mark("with a list or its keeper", "D", "vermilion", "", 0.0),
    "other": Mark("named otherwise", "o", "blue", "white", 0.2),
}
_COLUMNS = (
    "organization_id source_id naming how list_id as_written claim_id citation quote start end"
).split()
_LETTERS = re.compile(r"[\W_]+")


@kept
def entries(scope: Selection) -> pd.DataFrame:
    """Set the entries of the lists as printed beside their standard names.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        Rows of ``designations`` in printed order, with ``number`` (from 1, in each list and text),
        ``list`` and ``name`` (standard names), ``acronym``, ``as_standard`` (bool: printed as the
        field writes it, but for case, blanks and hyphens) and ``remark`` (the curator's notes on
        the entry and on the organization).
    """
    found = scope.designations.sort_values(["list_id", "source_id", "start"], ignore_index=True)
    bodies = scope.corpus.load("organizations").set_index("organization_id")
    bodies = bodies.reindex(found["organization_id"]).set_axis(found.index)
    remarks = [
        _remark(str(written), notes)
        for written, *notes in zip(
            found["as_written"], found["note"].fillna(""), bodies["note"].fillna(""), strict=True
        )
    ]
    return found.assign(
        number=found.groupby(["list_id", "source_id"]).cumcount() + 1,
        list=found["list_id"].map(scope.corpus.names).astype("str"),
        name=bodies["name"].astype("str"),
        acronym=bodies["acronym"].fillna("").astype("str"),
        as_standard=[
            _bare(written) in (_bare(name), _bare(acronym))
            for written, name, acronym in zip(
                found["as_written"], bodies["name"], bodies["acronym"].fillna(""), strict=True
            )
        ],
        remark=remarks,
    )


def _bare(name: str) -> str:
    """A name without case, blanks and hyphens."""
    return _LETTERS.sub("", name).casefold()


def _remark(written: str, notes: Sequence[str]) -> str:
    """The notes in one; the printed form stands in a column of its own and need not be told."""
    told = " ".join(note for note in notes if note)
    return told.replace(f'Printed "{written}".', "").strip()


def show_entries(scope: Selection) -> display.Table | display.Sentence:
    """Show the entries of the lists: as printed, and by their standard names.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Table or ctdata.display.Sentence
        The list has a column where there are several, and is named in the caption else.
    """
    found = entries(scope)
    columns = {
        "list": "List",
        "number": "No.",
        "as_written": "As printed",
        "name": "Standard name",
        "acronym": "Short",
        "remark": "Curator's note",
        "citation": "Where",
    }
    caption = "Entries of the printed lists"
    if found["list"].nunique() == 1:
        caption = columns.pop("list") and found["list"].iloc[0]
    return display.table(
        found, columns, caption=caption, empty="No text in scope prints the entries of a list."
    )


def spelling(scope: Selection) -> display.Sentence:
    """Say how many entries are printed under their standard names.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
    """
    found = entries(scope)
    if found.empty:
        return display.Sentence("There are no entries whose spelling could be compared.")
    same = found[found["as_standard"]]
    words = f"Printed under the standard name: {len(same)} of "
    words += number_of(len(found), "entry", "entries")
    names = f" ({display.listing(same['name'].tolist())})" if len(same) else ""
    rest = len(found) - len(same)
    other = f"; under another spelling or name: {rest}" if rest else ""
    return display.Sentence(f"{words}{names}{other}.")


@kept
def lists(scope: Selection) -> pd.DataFrame:
    """List the lists that the texts in scope speak of, those without printed entries too.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``list_id, list, kind, keeper_id, keeper, entries`` (int), ``told`` (what happens to it,
        in words), ``claim_ids`` (tuple of str) and ``citation``
        (:class:`ctdata.display.Citation`); most entries first.
    """
    known = scope.instruments
    known = known[known["kind"].isin(LIST_KINDS)]
    counts = scope.designations["list_id"].value_counts()
    mentions = scope.mentions
    named = locate(scope, mentions[mentions["entity_id"].isin(known["instrument_id"])])
    events = scope.legal_events
    rows = []
    for row in known.itertuples():
        of_list = events[events["instrument_id"] == row.instrument_id]
        places = pd.concat([of_list, named[named["entity_id"] == row.instrument_id]])
        places = places.sort_values(["source_id", "start"])
        rows.append(
            {
                "list_id": row.instrument_id,
                "list": row.title,
                "kind": row.kind,
                "keeper_id": row.jurisdiction_id,
                "keeper": scope.corpus.names.get(row.jurisdiction_id, ""),
                "entries": int(counts.get(row.instrument_id, 0)),
                "told": ", ".join(sorted({in_words(action) for action in of_list["action"]})),
                "claim_ids": tuple(name for name in dict.fromkeys(places["claim_id"]) if name),
                "citation": display.Citation(places),
            }
        )
    columns = "list_id list kind keeper_id keeper entries told claim_ids citation".split()
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["entries", "list"], ascending=[False, True], ignore_index=True)


def in_words(action: str) -> str:
    """Write what happened to an instrument for people: ``listing_initiated`` without the line."""
    return {"established_body": "set up a body"}.get(action, action.replace("_", " "))


def locate(scope: Selection, mentions: pd.DataFrame) -> pd.DataFrame:
    """Give mentions the evidence of the narrowest claim in scope that holds them.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.
    mentions : pandas.DataFrame
        Rows of ``mentions``.

    Returns
    -------
    pandas.DataFrame
        The mentions with ``claim_id``, ``citation`` and ``quote``. Where no claim holds one, its
        ``claim_id`` is empty and its quote is the name itself.
    """
    by_text = {text: list(found.itertuples()) for text, found in claims(scope).groupby("source_id")}
    rows = []
    for mention in mentions.itertuples():
        around = [
            claim
            for claim in by_text.get(mention.source_id, ())
            if claim.start <= mention.start and claim.end >= mention.end
        ]
        if around:
            claim = min(around, key=lambda claim: claim.end - claim.start)
            rows.append((claim.claim_id, claim.citation, claim.quote))
        else:
            paragraph = scope.corpus.text(mention.source_id).paragraph_at(mention.start)
            rows.append(("", citation(mention.source_id, paragraph), mention.text))
    places = pd.DataFrame(rows, columns=["claim_id", "citation", "quote"], index=mentions.index)
    return mentions.join(places)


def groups(scope: Selection) -> list[str]:
    """Name the organizations that this theme is about.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    list of str
        Ids: first the entries of the lists in printed order, then the other non-state groups that
        the texts in scope name, by name.
    """
    listed = list(dict.fromkeys(entries(scope)["organization_id"]))
    known = scope.organizations
    others = known[(known["kind"] == "nonstate_group") & ~known["organization_id"].isin(listed)]
    return listed + others.sort_values("name")["organization_id"].tolist()


@kept
def namings(scope: Selection) -> pd.DataFrame:
    """Find every place where a text in scope names one of the organizations.

    Entries are ``designations``. An organization is named with a list where ``relations`` say that
    a body sanctions it or is concerned with it, and where the quote of something that happens to a
    list (``legal_events``) names it. Its part in an event (``participation``) and all other
    ``mentions`` count as named otherwise.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``organization_id, source_id, naming`` (a key of :data:`NAMINGS`), ``how`` (in words),
        ``list_id`` (empty where no list is meant), ``as_written, claim_id, citation, quote, start,
        end``; in the order of :func:`groups`.
    """
    wanted = groups(scope)
    mentions = scope.mentions
    mentions = mentions[mentions["entity_id"].isin(wanted)]
    told = [
        *_as_entries(scope),
        *_with_keepers(scope, wanted),
        *_with_lists(scope, mentions),
        *_in_events(scope, wanted),
    ]
    rest = [mention for mention in mentions.to_dict("records") if not _is_told(mention, told)]
    rest = locate(scope, pd.DataFrame(rest, columns=mentions.columns))
    told += [
        _naming(mention, mention["entity_id"], "other", "named", "", mention["text"])
        for mention in rest.to_dict("records")
    ]
    found = pd.DataFrame(told, columns=_COLUMNS)
    order = pd.DataFrame(
        {
            "group": found["organization_id"].map(wanted.index),
            "text": found["source_id"],
            "naming": found["naming"].map(list(NAMINGS).index),
            "start": found["start"],
            "claim": found["claim_id"],
        }
    )
    return found.loc[order.sort_values(list(order.columns)).index].reset_index(drop=True)


def _naming(
    claim: Mapping[str, Any],
    organization_id: str,
    naming: str,
    how: str,
    list_id: str,
    written: str,
) -> dict[str, Any]:
    own = (organization_id, claim["source_id"], naming, how, list_id, written)
    evidence = (claim[name] for name in ("claim_id", "citation", "quote", "start", "end"))
    return dict(zip(_COLUMNS, (*own, *evidence), strict=True))


def _as_entries(scope: Selection) -> Iterator[dict[str, Any]]:
    for claim in scope.designations.to_dict("records"):
        list_id, written = claim["list_id"], claim["as_written"]
        yield _naming(claim, claim["organization_id"], "entry", "an entry", list_id, written)


def _with_keepers(scope: Selection, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Organizations of which a text says that a body sanctions them or is concerned with them."""
    known = _all_lists(scope)
    lists_of = known.dropna(subset=["jurisdiction_id"]).groupby("jurisdiction_id")["instrument_id"]
    lists_of = lists_of.agg(list).to_dict()
    ties = scope.relations
    ties = ties[ties["predicate"].isin(TIES) & ties["object_id"].isin(wanted)]
    for claim in ties.to_dict("records"):
        of_keeper = lists_of.get(claim["subject_id"], [])
        meant = [name for name in of_keeper if _printed(scope, claim, name)] or of_keeper
        list_id = meant[0] if len(meant) == 1 else ""
        body = "its keeper" if list_id else scope.corpus.names[claim["subject_id"]]
        how, written = TIES[claim["predicate"]], _printed(scope, claim, claim["object_id"])
        yield _naming(claim, claim["object_id"], "listing", f"{how} {body}", list_id, written)


def _with_lists(scope: Selection, mentions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Organizations that a text names where it tells what happened to a list."""
    events = scope.legal_events
    events = events[events["instrument_id"].isin(_all_lists(scope)["instrument_id"])]
    for claim in events.to_dict("records"):
        inside = mentions[_within(mentions, claim)]
        for organization_id in dict.fromkeys(inside["entity_id"]):
            list_id, written = claim["instrument_id"], _printed(scope, claim, organization_id)
            how = in_words(claim["action"])
            how = how if how.startswith("listing") else f"list {how}"
            yield _naming(claim, organization_id, "listing", how, list_id, written)


def _in_events(scope: Selection, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Organizations that a text gives a part in an event."""
    names = scope.corpus.load("events").drop_duplicates("event_id").set_index("event_id")["name"]
    parts = scope.participation
    for claim in parts[parts["organization_id"].isin(wanted)].to_dict("records"):
        how = f"{in_words(claim['role'])}: {names[claim['event_id']]}"
        written = _printed(scope, claim, claim["organization_id"])
        yield _naming(claim, claim["organization_id"], "other", how, "", written)


def _all_lists(scope: Selection) -> pd.DataFrame:
    """The lists that the whole corpus knows; who keeps which one is no claim of a text."""
    known = scope.corpus.load("instruments")
    return known[known["kind"].isin(LIST_KINDS)]


def _within(places: pd.DataFrame, claim: Mapping[str, Any]) -> pd.Series:
    """Which places lie within the quote of a claim."""
    same_text = places["source_id"] == claim["source_id"]
    return same_text & (places["start"] >= claim["start"]) & (places["end"] <= claim["end"])


def _printed(scope: Selection, claim: Mapping[str, Any], entity_id: str) -> str:
    """How a claim's quote writes a name; empty where it does not."""
    places = _places(scope).get((claim["source_id"], entity_id), ())
    start, end = claim["start"], claim["end"]
    words = (text for first, last, text in places if start <= first and last <= end)
    return ", ".join(dict.fromkeys(words))


@kept
def _places(scope: Selection) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    """Start, end and words of the mentions, by text and what they name."""
    places: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for mention in scope.mentions.itertuples():
        place = (mention.start, mention.end, mention.text)
        places.setdefault((mention.source_id, mention.entity_id), []).append(place)
    return places


def _is_told(mention: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a claim on the organization holds the mention in its quote."""
    return any(
        place["source_id"] == mention["source_id"]
        and place["organization_id"] == mention["entity_id"]
        and place["start"] <= mention["start"]
        and place["end"] >= mention["end"]
        for place in told
    )


@kept
def beyond_entries(scope: Selection) -> pd.DataFrame:
    """Show where texts name the organizations other than as an entry of a list.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``organization_id, source_id, naming, list_id, claims, claim_ids, citation``, with ``name``,
        ``list`` (title), ``how`` and ``as_written`` (each way once) and ``listed`` ("yes" where
        it is an entry of a list in scope, else "no").
    """
    found = namings(scope)
    listed = set(found.loc[found["naming"] == "entry", "organization_id"])
    found = found[found["naming"] != "entry"]
    keys = ["organization_id", "source_id", "naming", "list_id"]
    merged = gather(found, keys)
    ways = found.groupby(keys, sort=False)[["how", "as_written"]]
    ways = ways.agg(lambda told: "; ".join(dict.fromkeys(told))).reset_index()
    names = scope.corpus.names
    return merged.assign(
        name=merged["organization_id"].map(names),
        list=[names.get(list_id, "") for list_id in merged["list_id"]],
        how=ways["how"],
        as_written=ways["as_written"],
        listed=merged["organization_id"].isin(listed).map({True: "yes", False: "no"}),
    )


@kept
def stated_counts(scope: Selection) -> pd.DataFrame:
    """Set the number of entries that a text states beside those that are counted.

    A number belongs to the list that its quote names or, where it names none, to the only list
    that the text prints entries of. Two counts stand beside it: the curated entries, and the
    organizations that the name finder meets in the stretch of text from the first to the last
    entry, which owes nothing to the curator's table of entries but its ends.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``list_id, list, source_id, stated, entries, organizations, found, verdict, claim_id,
        citation, quote``; the verdict is that of :func:`ctdata.agreement.named`, or "not
        compared" where the entries are not wholly in scope.
    """
    figures = scope.figures
    rows = []
    for figure in figures[figures["indicator"] == INDICATOR].to_dict("records"):
        list_id = _list_counted(scope, figure)
        printed = scope.designations
        printed = printed[
            (printed["list_id"] == list_id) & (printed["source_id"] == figure["source_id"])
        ]
        known = scope.corpus.load("designations", source=figure["source_id"])
        found = _found_between(scope, printed)
        row = {
            "list_id": list_id,
            "list": scope.corpus.names.get(list_id, ""),
            "source_id": figure["source_id"],
            "stated": _interval(figure),
            "entries": len(printed),
            "organizations": printed["organization_id"].nunique(),
            "found": len(found),
        }
        whole = len(printed) == (known["list_id"] == list_id).sum() > 0
        in_full = figure["source_id"] in scope.corpus.curated_in_full
        verdicts = {
            agreement.named(row[count], figure["low"], figure["high"], in_full=in_full)
            for count in ("entries", "organizations", "found")
        }
        row["verdict"] = "not compared"
        if whole:
            row["verdict"] = min(verdicts - {agreement.AGREES}, default=agreement.AGREES)
        rows.append({**row, **{name: figure[name] for name in ("claim_id", "citation", "quote")}})
    columns = "list_id list source_id stated entries organizations found verdict".split()
    return pd.DataFrame(rows, columns=[*columns, "claim_id", "citation", "quote"])


def _list_counted(scope: Selection, figure: Mapping[str, Any]) -> str:
    """The list that a number counts; empty where that is not clear."""
    named = [name for name in _all_lists(scope)["instrument_id"] if _printed(scope, figure, name)]
    if not named:
        known = scope.corpus.load("designations", source=figure["source_id"])
        named = list(known["list_id"].unique())
    return named[0] if len(named) == 1 else ""


def _found_between(scope: Selection, printed: pd.DataFrame) -> set[str]:
    """Non-state groups that the name finder meets from the first to the last entry."""
    if printed.empty:
        return set()
    stretch = {
        "source_id": printed["source_id"].iloc[0],
        "start": printed["start"].min(),
        "end": printed["end"].max(),
    }
    mentions = scope.mentions
    known = scope.corpus.load("organizations").set_index("organization_id")["kind"]
    inside = mentions[_within(mentions, stretch)]
    return set(inside.loc[inside["entity_id"].map(known) == "nonstate_group", "entity_id"])


def _interval(figure: Mapping[str, Any]) -> str:
    low, high = (f"{figure[end]:,.0f}" if pd.notna(figure[end]) else "" for end in ("low", "high"))
    if low == high:
        return low
    return f"{low}–{high}" if low and high else f"at least {low}" if low else f"at most {high}"


def acts_around(scope: Selection) -> pd.DataFrame:
    """List what the texts say happened to the lists, and to what their keepers stand on.

    A keeper stands on the instruments that the texts name as its foundation, or as what it
    carries out (``relations`` of kind ``established_by`` and ``implements``).

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        ``instrument_id, action, actor_id, date, claims, claim_ids, citation`` with ``part`` ("a
        list", "a keeper's basis"), ``instrument``, ``what``, ``actor`` and ``when`` in words; by
        part and date, undated ones last.
    """
    known = set(_all_lists(scope)["instrument_id"])
    bodies = scope.corpus.load("organizations")
    bodies = bodies[bodies["organization_id"].isin(_all_lists(scope)["jurisdiction_id"])]
    # A state stands on no instrument: it carries out many that have nothing to do with its list.
    keepers = bodies.loc[bodies["kind"] != "state", "organization_id"]
    ties = scope.relations
    ties = ties[ties["predicate"].isin(FOUNDATIONS) & ties["subject_id"].isin(keepers)]
    # A keeper that carries out a list is no foundation of it.
    foundations = set(ties["object_id"]) - known
    events = scope.legal_events
    events = events[events["instrument_id"].isin(known | foundations)]
    events = events.assign(rank=events["instrument_id"].isin(foundations).astype("int64"))
    events = events.sort_values(
        ["rank", "date_earliest", "instrument_id", "action", "source_id", "start"]
    )
    acts = gather(events, ["rank", "instrument_id", "action", "actor_id", "date"])
    names = scope.corpus.names
    return acts.assign(
        part=acts["rank"].map({0: "a list", 1: "a keeper's basis"}),
        instrument=acts["instrument_id"].map(names),
        what=acts["action"].map(in_words),
        actor=acts["actor_id"].map(names).fillna(""),
        when=[dates.label(date) if isinstance(date, str) else "" for date in acts["date"]],
    ).drop(columns="rank")


def answer(scope: Selection) -> display.Sentence:
    """Answer the question of the theme: who is forbidden, and who else names them.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Sentence
    """
    found = namings(scope)
    if found.empty:
        return display.Sentence("No text in scope names a forbidden organization.")
    printed = found[found["naming"] == "entry"]
    parts: list[str | display.Shown] = _printed_lists(scope, printed)
    printers = printed.groupby("organization_id")["source_id"].agg(set).to_dict()
    by_others = [
        text not in printers.get(group, ())
        for group, text in zip(found["organization_id"], found["source_id"], strict=True)
    ]
    elsewhere = found[by_others]
    listed = elsewhere["organization_id"].isin(printers)
    if printers and len(texts_in_scope(scope, found)) == 1:
        parts.append("No other text is in scope that could name them. ")
    elif printers:
        parts += _tell(scope, elsewhere[listed], "Of the entries, another text names ")
        parts.append("" if listed.any() else "No other text names any of the entries. ")
    parts += _tell(scope, elsewhere[~listed], "Named, but on no list printed in scope: ")
    others = lists(scope)
    others = others[others["entries"] == 0]
    for place, row in enumerate(others.itertuples()):
        head = "Lists that are named without their entries: " if place == 0 else "; "
        parts += [head, f"{row.list} ", row.citation]
    return sentence([*parts, "."] if len(others) else parts)


def _printed_lists(scope: Selection, printed: pd.DataFrame) -> list[str | display.Shown]:
    """How many entries each text prints of each list, and whether it says so itself."""
    if printed.empty:
        return ["No text in scope prints the entries of a list. "]
    stated = stated_counts(scope).set_index(["list_id", "source_id"])
    parts: list[str | display.Shown] = []
    for (list_id, source_id), of_list in printed.groupby(["list_id", "source_id"]):
        entry = number_of(len(of_list), "entry", "entries")
        parts.append(f"{source_id} prints {entry} of the list “{scope.corpus.names[list_id]}”")
        if (list_id, source_id) in stated.index:
            claim = stated.loc[[(list_id, source_id)]].reset_index()
            verdict = claim["verdict"].iloc[0]
            same = "as many" if verdict == agreement.AGREES else "not as many"
            words = " " if verdict == "not compared" else f", {same} as it states "
            parts += [words, display.Citation(claim)]
        parts.append(". ")
    return parts


def _tell(scope: Selection, found: pd.DataFrame, head: str) -> list[str | display.Shown]:
    parts: list[str | display.Shown] = []
    for group, places in found.groupby("organization_id", sort=False):
        places = places.sort_values(["source_id", "start"])
        parts += ["; " if parts else head, f"{scope.corpus.names[group]} "]
        parts.append(display.Citation(places))
    return [*parts, ". "] if parts else []


def draw_namings(scope: Selection) -> display.Picture | display.Sentence:
    """Draw which text names which organization, and how.

    A row for each organization, the entries of a list first; a column for each text, by date of
    issue. Each way of naming has a shape, a colour and a place of its own within the column.

    Parameters
    ----------
    scope : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    ctdata.display.Picture or ctdata.display.Sentence
    """
    found = namings(scope)
    if found.empty:
        return display.Sentence("No text in scope names a forbidden organization.")
    from matplotlib.lines import Line2D

    order = list(dict.fromkeys(found["organization_id"]))
    texts = texts_in_scope(scope, found)
    labels = [_label(scope.corpus.names[name]) for name in order]
    figure, axes = board(
        labels,
        texts,
        _title(found, texts),
        scope,
        row_height=0.31 if any("\n" in label for label in labels) else 0.24,
    )
    axes.hlines(range(len(order)), -0.5, len(texts) - 0.5, "#efefef", lw=0.7, zorder=0)
    listed = found.loc[found["naming"] == "entry", "organization_id"].nunique()
    if 0 < listed < len(order):
        axes.axhline(listed - 0.5, color="#9a9a9a", lw=0.8, ls=(0, (4, 3)))
    handles = []
    for naming, mark in NAMINGS.items():
        pairs = found[found["naming"] == naming].drop_duplicates(["organization_id", "source_id"])
        color = display.COLORS[mark.color]
        look = {"marker": mark.shape, "color": color, "markerfacecolor": mark.face or color}
        axes.plot(
            pairs["source_id"].map(texts.index) + mark.offset,
            pairs["organization_id"].map(order.index),
            linestyle="",
            markersize=7,
            **look,
        )
        if len(pairs):
            handles.append(Line2D([], [], linestyle="", markersize=7, label=mark.words, **look))
    key(figure, handles)
    return display.Picture(figure, _alt(scope, found, texts))


def _label(name: str) -> str:
    """A name for a row: what stands in brackets is left out where the name is long."""
    short = name if len(name) <= WIDEST_LABEL else name.partition(" (")[0]
    return textwrap.fill(short, WIDEST_LABEL, break_on_hyphens=False)


def _title(found: pd.DataFrame, texts: Sequence[str]) -> str:
    listed = found.loc[found["naming"] == "entry", "organization_id"].unique()
    others = found["organization_id"].nunique() - len(listed)
    tellers = found.groupby("organization_id")["source_id"].nunique()
    shared = int((tellers[tellers.index.isin(listed)] > 1).sum())
    if not len(listed):
        return f"{number_of(others, 'group')} named; no list is printed"
    words = f"{number_of(len(listed), 'group')} on a printed list"
    if len(texts) > 1:
        words += f", {shared or 'none'} of them also named by other texts"
    return words + (f"; {others} named but not listed" if others else "")


def _alt(scope: Selection, found: pd.DataFrame, texts: Sequence[str]) -> str:
    parts = [f"{_title(found, texts)}. Columns: {number_of(len(texts), 'text')}."]
    for naming, mark in NAMINGS.items():
        of_kind = found[found["naming"] == naming]
        told = [
            f"{source_id}: "
            + ", ".join(scope.corpus.names[name] for name in dict.fromkeys(part["organization_id"]))
            for source_id, part in of_kind.groupby("source_id")
        ]
        if told:
            parts.append(f"{mark.words[0].upper()}{mark.words[1:]}: {'; '.join(told)}.")
    return " ".join(parts)
