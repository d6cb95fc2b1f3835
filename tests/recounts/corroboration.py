"""What several texts tell, and whether they agree."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from ctdata.corroboration.reading import KINDS  # the vocabulary; what is of which kind is recounted

from .by_hand import (
    ONCE,
    ONCE_FOR_EACH,
    TREATIES,
    Scope,
    by_id,
    by_issue,
    cited,
    days,
    line_of,
    place,
    rows,
    state_id,
)
from .foreign_fighter_figures import bounds, number_of
from .printed import Line, Printed
from .wording import count, label, name

STRUCTURE = {"part_of", "established_by", "concerns"}
STAGES = {
    "signed": "signed",
    "signatory_to": "signed",
    "ratification_pending": "ratification pending",
    "ratified": "party",
    "acceded": "party",
    "party_to": "party",
}
# What each party to an instrument does once, so that silence about who did it leaves nothing open.
ONCE_A_PARTY = ONCE | ONCE_FOR_EACH | {"co_sponsored"}


@cache
def speaker(source_id: str) -> str:
    """Whom a text speaks for, as far up as it belongs.

    A statement speaks for the body that its title names first, any other text for the one with
    which its publisher's name ends.
    """
    row = by_id("sources")[source_id]
    is_statement = row["document_type"] == "statement"
    words = row["title" if is_statement else "publisher"]
    bodies = sorted(by_id("organizations").items(), key=lambda item: len(item[1]["name"]))
    # Of names that begin at one place the longest is kept.
    places = {words.rfind(row["name"]): body for body, row in bodies if row["name"] in words}
    return line_of(places[min(places) if is_statement else max(places)])[0]


def overlap(one: str, other: str) -> bool:
    """Whether two dates may be one day; a doubtful one reaches its own length further."""
    if not (one and other):
        return True
    (first, last), (start, end) = map(reach, (one, other))
    return first <= end and start <= last


def reach(date: str) -> tuple[int, int]:
    """The days that a date may be, as ordinals; an open end is far away."""
    start, _, end = date.partition("/")
    first = days(start)[0].toordinal() if start != ".." else 0
    last = days(end or start)[1].toordinal() if end != ".." else 10**7
    length = (last - first + 1) * ("~" in date)
    return first - length, last + length


def agree(kind: str, one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two claims at one point may tell one fact."""
    if kind == "seat":
        return overlap(one["occasion"], other["occasion"])
    if kind == "part":
        return one["role"] == other["role"]
    if kind == "number":
        same = overlap(one["period"] or one["as_of"], other["period"] or other["as_of"])
        return same and bounds(one)[0] <= bounds(other)[1] and bounds(other)[0] <= bounds(one)[1]
    if kind == "act":
        actors = [one["actor_id"], other["actor_id"]]
        if all(actors):
            first, second = sorted(map(line_of, actors), key=len)
            if second[: len(first)] != first:
                return False
        elif any(actors) and one["action"] not in ONCE_A_PARTY:
            return bool(one["date"] and other["date"]) and overlap(one["date"], other["date"])
    return overlap(one.get("date", ""), other.get("date", ""))


def laid_out(scope: Scope) -> list[dict[str, object]]:
    """Every claim at the point that it makes; `named` are those that a name or number carries."""
    found = []

    def lay(kind: str, row: dict, key: tuple, topic: tuple, thing: object, named=False) -> None:
        own = {"key": key, "topic": topic, "thing": thing, "named": named}
        found.append({"kind": kind, "row": row, **own})

    for row in scope.rows("relations"):
        ends = row["subject_id"], row["object_id"]
        thing = next((e for e in reversed(ends) if e in by_id("instruments")), tuple(sorted(ends)))
        key = tuple(sorted(ends)) if row["predicate"] == "cooperates_with" else ends
        named = row["predicate"] in STRUCTURE
        lay("tie", row, (*key, row["predicate"]), tuple(sorted(ends)), thing, named)
    for row in scope.rows("legal_events"):
        one = row["instrument_id"]
        resolution = by_id("instruments")[one]["kind"] == "resolution"
        named = resolution and row["action"] in ("adopted", "established_body")
        lay("act", row, (one, row["action"]), (one,), one, named)
    for row in scope.rows("events"):
        lay("event", row, (row["event_id"],), (), row["event_id"])
    for row in scope.rows("participation"):
        lay("part", row, (row["event_id"], row["organization_id"]), (), row["event_id"])
    for row in scope.rows("figures"):
        topic = row["country"], row["indicator"], row["unit"]
        lay("number", row, (*topic, row["population"].lower()), topic, topic)
    for row, instrument in terms(scope):
        lay("term", row, (instrument,), (), instrument)
    met = {row["event_id"]: row for row in reversed(rows("events"))}
    parts = scope.rows("participation")
    leads = {r["event_id"]: r["organization_id"] for r in reversed(parts) if r["role"] == "lead"}
    for row in parts:
        event = row["event_id"]
        if row["role"] == "member" and event in leads and met[event]["kind"] == "visit":
            key = leads[event], row["organization_id"]
            lay("seat", row | {"occasion": met[event]["date"]}, key, (), key)
    return found


def terms(scope: Scope) -> Iterable[tuple[dict[str, str], str]]:
    """Numbers that tell how long an instrument runs, with the instrument that their words name."""
    for row in scope.rows("figures"):
        start, _, end = row["period"].partition("/")
        in_years = end == ".." and row["unit"] == "years" and row["low"] == row["high"]
        if not end or (end == ".." and not in_years):
            continue
        last = end if end != ".." else str(int(start) + int(row["low"]) - 1)
        first, behind = place(row["claim_id"])
        named = {
            act["instrument_id"]
            for act in scope.rows("legal_events")
            if act["source_id"] == row["source_id"]
            and place(act["claim_id"])[0] < behind
            and first < place(act["claim_id"])[1]
        }
        yield from ((row | {"date": f"{start}/{last}"}, one) for one in named)


def by_text(laid: Iterable[dict]) -> dict[str, list[dict]]:
    """What texts say, by the texts in order of issue."""
    found = defaultdict(list)
    for one in laid:
        found[one["row"]["source_id"]].append(one)
    return {text: found[text] for text in by_issue() if text in found}


@cache
def meetings_of(country: str) -> list[dict[str, object]]:
    """Every two texts that share a point, or a topic and no point in it, and whether they agree."""
    laid, found = laid_out(Scope(country)), []
    for kind in dict.fromkeys(one["kind"] for one in laid):
        points, topics = defaultdict(list), defaultdict(list)
        for one in laid:
            if one["kind"] == kind:
                points[one["key"]].append(one)
                if kind in ("tie", "act", "number") and not one["named"]:
                    topics[one["topic"]].append(one)
        for told in points.values():
            for (text, mine), (other, theirs) in itertools.combinations(by_text(told).items(), 2):
                same = any(agree(kind, a["row"], b["row"]) for a in mine for b in theirs)
                named = mine[0]["named"] and theirs[0]["named"]
                first = {"kind": kind, "thing": mine[0]["thing"], "texts": (text, other)}
                found.append(
                    first | {"level": "point", "named": named, "agree": same, "key": mine[0]["key"]}
                )
        for told in topics.values():
            for (text, mine), (other, theirs) in itertools.combinations(by_text(told).items(), 2):
                if not {a["key"] for a in mine} & {b["key"] for b in theirs}:
                    first = {"kind": kind, "thing": mine[0]["thing"], "texts": (text, other)}
                    found.append(first | {"level": "topic", "named": False, "agree": False})
    return found + stages_apart(Scope(country))


def stages_apart(scope: Scope) -> list[dict[str, object]]:
    """Texts that tell of other stages for the treaties of one party under one roof."""
    told = defaultdict(lambda: defaultdict(set))
    for row in scope.rows("legal_events") + scope.rows("relations"):
        stage = STAGES.get(row.get("action") or row.get("predicate"))
        one = by_id("instruments").get(row.get("instrument_id") or row.get("object_id"))
        if stage and one and one["kind"] in TREATIES:
            # Where the text is silent, the state that it is about is meant.
            about = state_id(by_id("sources")[row["source_id"]]["country"])
            party = row.get("actor_id") or row.get("subject_id") or about
            told[party, one["jurisdiction_id"]][row["source_id"]].add(stage)
    apart = {"kind": "stage", "level": "topic", "named": False, "agree": False}
    return [
        apart | {"thing": key, "texts": (first, second)}
        for key, texts in told.items()
        for first, second in itertools.combinations([t for t in scope.texts if t in texts], 2)
        if texts[first] != texts[second]
    ]


def recount(printed: Printed, scope: Scope) -> None:
    met = meetings_of(scope.country)
    recount_lengths(printed, scope)
    tables = {
        "Ties": "relations",
        "Acts on instruments": "legal_events",
        "Events": "events",
        "Parts in events": "participation",
        "Numbers": "figures",
    }
    at_points = sum(one["level"] == "point" for one in met)
    totals = printed.table("What", "Expected", "Found")
    assert len(totals) == len(tables) + 1
    sizes = {kind: len(scope.rows(table)) for kind, table in tables.items()}
    totals.is_recomputed(
        lambda line: dict.fromkeys(
            ("Expected", "Found"), sizes.get(line["What"].partition(":")[0], at_points)
        )
    )
    recount_support(printed, scope, met)
    recount_pairs_of_texts(printed, scope, met)
    recount_things(printed, met)
    recount_differences(printed, met)
    for piece in printed.pieces:
        for row in cited(piece.claims):
            if row["table"] == "figures":
                amount = f"{number_of(row)} {row['unit']}"
                period = label(row["period"]) or f"as of {label(row['as_of'])}"
                piece.strike(f"{amount} ({period})")
    for line in printed.table("What", "Verdict", "Earlier text", caption="Both sides"):
        for row in cited(line.claims, "figures"):
            line.cells["Verdict"].strike(number_of(row))
            line.cells["Verdict"].strike(f"as of {label(row['as_of'])}")
    for row, instrument in terms(scope):
        printed.strike(f"{name(instrument)}: term {label(row['date'])}")


def recount_lengths(printed: Printed, scope: Scope) -> None:
    def is_length(row: dict[str, str]) -> bool:
        closed = "/" in row["period"] and ".." not in row["period"]
        return closed and row["low"] == row["high"] and row["unit"] in ("days", "years")

    table = printed.table("Printed", "By its dates")
    assert len(table) == sum(map(is_length, scope.rows("figures")))

    def by_hand(line: Line) -> dict[str, object]:
        (row,) = cited(line.claims, "figures")
        first, last = days(row["period"])
        length = (last - first).days if row["unit"] == "days" else last.year - first.year
        return {"Printed": row["low"], "By its dates": length + 1}

    table.is_recomputed(by_hand)


def points_of(scope: Scope, met: list[dict]) -> list[dict[str, object]]:
    """Each point with the number of texts that agree on it, and of their speakers."""
    points = defaultdict(list)
    for one in laid_out(scope):
        if one["kind"] != "seat":
            points[one["kind"], one["key"]].append(one)
    agreeing = {
        (m["kind"], m["key"], m["texts"]) for m in met if m["level"] == "point" and m["agree"]
    }
    found = []
    for (kind, key), told in points.items():
        texts = list(by_text(told))
        sets = (g for n in range(len(texts), 0, -1) for g in itertools.combinations(texts, n))
        best = next(
            group
            for group in sets
            if all((kind, key, pair) in agreeing for pair in itertools.combinations(group, 2))
        )
        asserters = {o["row"]["source_id"]: o["row"].get("asserted_by") for o in reversed(told)}
        speakers = {line_of(asserters[t])[0] if asserters[t] else speaker(t) for t in best}
        named = by_text(told)[texts[0]][0]["named"]
        found.append(
            {"kind": kind, "support": len(best), "speakers": len(speakers), "named": named}
        )
    return found


def recount_support(printed: Printed, scope: Scope, met: list[dict]) -> None:
    points = points_of(scope, met)

    def by_hand(kind: str) -> dict[str, int]:
        mine = [p for p in points if kind == "All" or KINDS[p["kind"]] == kind]
        several = [p for p in mine if p["support"] > 1]
        own = [p for p in several if not p["named"]]
        return {
            "Points": len(mine),
            "One text": len(mine) - len(several),
            "Two": sum(p["support"] == 2 for p in mine),
            "Three or more": sum(p["support"] > 2 for p in mine),
            "More than one: carried by a name": len(several) - len(own),
            "In their own words": len(own),
            "By different speakers": sum(p["speakers"] > 1 for p in own),
        }

    table = printed.table("Kind", "Points")
    kinds = [KINDS[kind] for kind in dict.fromkeys(p["kind"] for p in points)]
    assert [line["Kind"] for line in table] == [*kinds, "All"]
    table.is_recomputed(lambda line: by_hand(line["Kind"]))
    everything = by_hand("All")
    one, several = everything["One text"], everything["Points"] - everything["One text"]
    if not several:
        printed.tells(f"{count(one, 'point')} in scope, and no two texts agree on any.")
        return
    own, independent = everything["In their own words"], everything["By different speakers"]
    stand = "stands" if one == 1 else "stand"
    printed.tells(
        f"{count(one, 'point')} of {everything['Points']:,} {stand} on one text alone; "
        f"{several} on more than one, "
        f"{everything['More than one: carried by a name']} of them carried by a name. "
        f"Of the {own} others, {independent} {'has' if independent == 1 else 'have'} different"
    )


def recount_pairs_of_texts(printed: Printed, scope: Scope, met: list[dict]) -> None:
    agreements = printed.table("What", "Verdict", "Earlier text", caption="Agreements")
    both_sides = printed.table("What", "Verdict", "Earlier text", caption="Both sides")
    finer, shown = Counter(), Counter()
    for line in [*agreements, *both_sides]:
        texts = tuple(
            next(iter({row["source_id"] for row in cited(line.cells[side].claims)}))
            for side in ("Earlier text", "Later text")
        )
        is_agreement = line["Verdict"].startswith("agree")
        shown[texts, is_agreement] += 1
        finer[texts] += line["Verdict"].startswith("agree, one more exact")
    own = [one for one in met if not one["named"] and one["kind"] != "seat"]
    assert shown == Counter((one["texts"], one["agree"]) for one in own)
    by_name = Counter(one["texts"] for one in met if one["named"] and one["agree"])
    verdicts = Counter((one["texts"], one["agree"]) for one in met if not one["named"])
    table = printed.table("Earlier text", "Later text", "Speakers")
    assert len(table) == len({one["texts"] for one in met})

    def by_hand(line: Line) -> dict[str, object]:
        texts = line["Earlier text"], line["Later text"]
        return {
            "Carried by a name": by_name[texts],
            "Agree": verdicts[texts, True] - finer[texts],
            "Agree, one more exact": finer[texts],
            "Another stage or scope": verdicts[texts, False],
            "Exclude each other": 0,
        }

    table.is_recomputed(by_hand)


def recount_things(printed: Printed, met: list[dict]) -> None:
    things = defaultdict(list)
    for one in met:
        if not one["named"]:
            things[one["thing"]].append(one)
    if not things:
        return
    agreed = {t: [one for one in told if one["agree"]] for t, told in things.items()}
    confirmed = sum(map(bool, agreed.values()))
    independent = sum(
        any(speaker(a) != speaker(b) for a, b in (one["texts"] for one in told))
        for told in agreed.values()
    )
    printed.tells(
        f"Of {count(len(things), 'thing')} that several texts tell, {confirmed} "
        f"{'is' if confirmed == 1 else 'are'} confirmed, {independent} by different speakers"
    )


def recount_differences(printed: Printed, met: list[dict]) -> None:
    """The sentence that the brief of a country tells too."""
    beside = sum(not one["agree"] for one in met)
    if beside:
        printed.tells(f"In {count(beside, 'meeting')} of two texts neither confirms the other")
