"""Ties, events and delegations, and the measures taken on them."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from .by_hand import (
    LEVELS,
    Scope,
    attendance,
    betweenness,
    by_id,
    citation,
    cited,
    claims,
    cores,
    days,
    distances,
    neighbours,
    pieces,
    place,
    rows,
    share_of_paths,
    state,
    tied_pairs,
    verbatim,
    year,
)
from .printed import Line, Printed
from .wording import count, label, listing, name


def bodies_of(relations: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Ties between bodies; those to laws and treaties are left out."""
    known = by_id("organizations")
    return [r for r in relations if r["subject_id"] in known and r["object_id"] in known]


def level(body: str) -> str:
    return by_id("organizations")[body]["level"]


def recount(printed: Printed, scope: Scope) -> None:
    pairs = tied_pairs(scope.rows("relations"))
    recount_network_checks(printed, scope)
    recount_picture_of_ties(printed, scope)
    recount_levels(printed, scope, pairs)
    recount_caution(printed, scope, pairs)
    recount_measures(printed, scope, pairs)
    recount_two_modes(printed, scope)
    recount_company(printed, scope)
    recount_delegations(printed, scope)
    recount_holders(printed, scope, pairs)
    recount_meetings(printed, scope)
    recount_tie_list(printed, scope)
    recount_network_answer(printed, scope, pairs)


def recount_network_checks(printed: Printed, scope: Scope) -> None:
    relations, parts = scope.rows("relations"), scope.rows("participation")
    part_of = [row for row in bodies_of(relations) if row["predicate"] == "part_of"]
    totals = {
        "Rows of relations, and claims on ties": len(relations),
        "Part-of rows, and claims in the hierarchy": len(part_of),
        "Rows of participation, and claims on attendance": len(parts),
    }

    def by_hand(line: Line) -> dict[str, object]:
        what, figures = line["What"], cited(line.claims, "figures")
        if what in totals:
            return {"Stated": totals[what], "Ours": totals[what]}
        if what.endswith("days"):
            (visit,) = cited(line.claims, "events")
            first, last = days(visit["date"])
            return {"Stated": figures[0]["low"], "Ours": (last - first).days + 1}
        if what.endswith("participating states"):
            states = {row["subject_id"] for row in cited(line.claims, "relations")}
            return {"Stated": figures[0]["low"], "Ours": len(states)}
        members = cited(line.claims, "participation")
        start, end = (at(place(row["claim_id"])[0] for row in members) for at in (min, max))
        items = verbatim(members[0]["source_id"])[start:end].count(";") + 1
        return {"Stated": items, "Ours": len({row["organization_id"] for row in members})}

    checks = printed.table("What", "Stated", "Ours")
    stated = Counter(row["indicator"] for row in scope.rows("figures"))
    assert Counter(line["What"].rpartition(": ")[2] for line in checks) == +Counter(
        {
            **dict.fromkeys(totals, 1),
            "days": stated["visit_duration"],
            "participating states": stated["states_participating"],
            "members in the printed list": len(
                {row["event_id"] for row in parts if row["role"] == "member"}
            ),
        }
    )
    checks.is_recomputed(by_hand)


def recount_picture_of_ties(printed: Printed, scope: Scope) -> None:
    told = bodies_of(scope.rows("relations"))
    near = neighbours({frozenset((r["subject_id"], r["object_id"])) for r in told})
    tied = count(sum(map(len, near.values())) // 2, "tied pair")
    printed.tells(f"Who is tied to whom: {len(near)} bodies in {tied}")
    levels = Counter(map(level, near))
    printed.tells(f"{listing([f'{levels[one]} {one}' for one in LEVELS])} bodies, {tied}.")
    most = sorted(near, key=lambda body: (-len(near[body]), body))[:3]
    named = [f"{name(body)} ({len(near[body])})" for body in most]
    printed.tells(f"Tied to most others: {listing(named)}.")
    recount_shared_rows(printed, scope, near)
    for line in printed.hovers:
        body, _, listed = line["words"].partition(": ")
        mine = [row for row in told if body in (name(row["subject_id"]), name(row["object_id"]))]
        places = {citation(row["claim_id"]) for row in mine}
        shown, _, others = line["where"].partition("; and ")
        shown = shown.split("; ")
        assert len(set(shown) & places) == len(shown) == min(6, len(places)), line["words"]
        assert others == (f"{len(places) - 6} more" if len(places) > 6 else "")
        line.cells["where"].strike()
        if more := re.search(r"; and (\d+) more$", listed):
            ties = {(row["subject_id"], row["predicate"], row["object_id"]) for row in mine}
            assert int(more[1]) == len(ties) - listed.count("; ")
            line.cells["words"].strike(more[0])


def recount_shared_rows(printed: Printed, scope: Scope, near: dict[str, set[str]]) -> None:
    """States that are tied to one body only, and in the same way, share a row of the picture."""
    ways = defaultdict(set)
    for row in bodies_of(scope.rows("relations")):
        ways[row["subject_id"]].add((row["predicate"], row["object_id"]))
        ways[row["object_id"]].add((row["predicate"], row["subject_id"]))
    alike = defaultdict(list)
    for body in sorted(near):
        is_state = by_id("organizations")[body]["kind"] == "state" and body not in scope.states
        if is_state and len(near[body]) == 1:
            alike[frozenset(ways[body])].append(by_id("organizations")[body]["country"])
    for codes in alike.values():
        if len(codes) > 6:
            printed.tells(f"{', '.join(codes[:5])} + {len(codes) - 5}")


def recount_levels(printed: Printed, scope: Scope, pairs: dict[frozenset, list[str]]) -> None:
    met = attendance(scope.rows("participation")).values()
    there = [Counter(map(level, bodies)) for bodies in met]

    def by_hand(line: Line) -> dict[str, object]:
        words = line["Levels"].removeprefix("within ").split(" – ")
        first, second = words[0], words[-1]
        mine = [pair for pair in pairs if {level(body) for body in pair} == {first, second}]
        most = Counter(itertools.chain(*mine)).most_common(1)
        least = Counter([first, second])
        return {
            "Tied pairs": len(mine),
            "Claims": sum(len(pairs[pair]) for pair in mine),
            "Of these pairs": most[0][1] if most and most[0][1] > 1 else 0,
            "Shared events": sum(least <= levels for levels in there),
        }

    levels = printed.table("Levels", "Tied pairs")
    assert len(levels) == 6
    levels.is_recomputed(by_hand)


def first_between(pairs: Iterable[frozenset], number: int) -> list[str]:
    """The bodies through which most shortest paths lead."""
    found = share_of_paths(frozenset(pairs))
    order = sorted(found, key=lambda body: (-round(found[body], 9), body))
    return [body for body in order if found[body] > 0][:number]


def without_text(pairs: dict[frozenset, list[str]], text: str) -> frozenset[frozenset]:
    """The pairs that would be tied had this text not been read."""
    others = {pair: {claims()[claim]["source_id"] for claim in ids} for pair, ids in pairs.items()}
    return frozenset(pair for pair, texts in others.items() if texts - {text})


def recount_caution(printed: Printed, scope: Scope, pairs: dict[frozenset, list[str]]) -> None:
    bodies, parts = set().union(*pairs), pieces(pairs)
    texts = Counter(claims()[claim]["source_id"] for ids in pairs.values() for claim in ids)
    possible = math.comb(len(bodies), 2)
    words = f"n = {len(bodies)} bodies and {count(len(pairs), 'tied pair')}, "
    words += f"{100 * len(pairs) / possible:.0f} % of all possible pairs"
    if len(parts) > 1:
        most = max(map(len, parts))
        words += f"; the graph is in {len(parts)} parts, the largest with {most} bodies"
    printed.tells(words)
    if len(texts) == 1:
        return
    (leading, told), *_ = texts.most_common(1)
    printed.tells(f"{100 * told / texts.total():.0f} % of the claims behind them stand in one")
    first = set(first_between(pairs, 5))
    kept = first.intersection(*(first_between(without_text(pairs, text), 5) for text in texts))
    printed.tells(
        f"Of the {len(first)} bodies with the greatest betweenness {len(kept)} stay among the "
        f"first five whichever of the {len(texts)} texts is left out"
    )


def recount_measures(printed: Printed, scope: Scope, pairs: dict[frozenset, list[str]]) -> None:
    between, near, core = share_of_paths(frozenset(pairs)), neighbours(pairs), cores(pairs)
    texts = {claims()[claim]["source_id"] for ids in pairs.values() for claim in ids}
    reruns = [share_of_paths(without_text(pairs, text)) for text in sorted(texts)]
    rest = share_of_paths(frozenset(pair for pair in pairs if not pair & set(scope.states)))
    parts = len(pieces(pairs))
    told = {body: sum(len(pairs[frozenset((body, o))]) for o in near[body]) for body in near}

    def parting(pair: frozenset) -> bool:
        left = set(pairs) - {pair}
        return len(pieces(left)) + len(set(near) - set(neighbours(left))) > parts

    bridges = Counter(itertools.chain(*filter(parting, pairs)))
    of_name = {name(body): body for body in near}

    def by_hand(line: Line) -> dict[str, object]:
        body = of_name[line["Name"]]
        range_ = [found.get(body, 0.0) for found in reruns] if len(texts) > 1 else [math.nan]
        return {
            "Degree": len(near[body]),
            "Claims": told[body],
            "Betweenness": between[body],
            "Lowest": min(range_),
            "Highest": max(range_),
            "Without states": math.nan if body in scope.states else rest.get(body, 0.0),
            "Core": core[body],
            "Cut point": "yes" if len(pieces(pairs, {body})) > parts else "no",
            "Bridges": bridges[body],
        }

    measures = printed.table("Name", "Lowest")
    order = sorted(near, key=lambda b: (-round(between[b], 9), -len(near[b]), -told[b], name(b)))
    assert [line["Name"] for line in measures] == list(map(name, order[:15]))
    printed.tells(f"The first {len(measures)} of {len(near)} bodies by betweenness")
    measures.is_recomputed(by_hand)


def recount_two_modes(printed: Printed, scope: Scope) -> None:
    there = attendance(scope.rows("participation"))
    pairs = {frozenset((body, f"event:{event}")) for event, of in there.items() for body in of}
    near, between = neighbours(pairs), betweenness(pairs)
    bodies = [node for node in near if not node.startswith("event:")]
    events = len(there)
    # Most of all lies between others who alone is at each event, and the others at one each, shared
    # out evenly: then each pair of nodes in two branches is joined through it.
    share, rest = divmod(len(bodies) - 1, events)
    branches = [1 + share + (at < rest) for at in range(events)]
    most = (sum(branches) ** 2 - sum(size**2 for size in branches)) / 2

    def closeness(body: str) -> float:
        far = [length for length, _ in distances(near, body).values()]
        own = sum(length % 2 == 0 for length in far) - 1
        least = (len(far) - 1 - own) + 2 * own
        return least / sum(far) * (len(far) - 1) / (len(near) - 1)

    of_name = {name(body): body for body in bodies}
    table = printed.table("Name", "Closeness")
    order = sorted(bodies, key=lambda b: (-round(between[b] / most, 9), -len(near[b]), name(b)))
    assert [line["Name"] for line in table] == list(map(name, order[:12]))
    printed.tells(f"The first {len(table)} of {len(bodies)} bodies by betweenness")
    table.is_recomputed(
        lambda line: {
            "Events": len(near[of_name[line["Name"]]]),
            "Share of events": len(near[of_name[line["Name"]]]) / events,
            "Closeness": closeness(of_name[line["Name"]]),
            "Betweenness": between[of_name[line["Name"]]] / most,
        }
    )


def recount_company(printed: Printed, scope: Scope) -> None:
    shared, newman = Counter(), Counter()
    for bodies in attendance(scope.rows("participation")).values():
        for pair in itertools.combinations(sorted(map(name, bodies)), 2):
            shared[frozenset(pair)] += 1
            newman[frozenset(pair)] += 1 / (len(bodies) - 1)
    again = {pair: number for pair, number in shared.items() if number > 1}
    table = printed.table("First", "Second", "Newman")
    assert len(table) == min(12, len(again))
    ranked = sorted(((again[p], round(newman[p], 9)) for p in again), reverse=True)[:12]
    found = [frozenset((line["First"], line["Second"])) for line in table]
    assert [(again[pair], round(newman[pair], 9)) for pair in found] == ranked
    table.is_recomputed(
        lambda line: {
            "Events": shared[frozenset((line["First"], line["Second"]))],
            "Newman": newman[frozenset((line["First"], line["Second"]))],
        }
    )
    if again:
        printed.tells(
            f"{len(shared)} pairs were at the same event, {len(again)} of them more than once"
        )


def visits(scope: Scope) -> dict[str, dict[str, object]]:
    """The visits in order of time: state, date, and who came, where members are named."""
    found = {}
    told = {row["event_id"]: row for row in rows("events") if row["kind"] == "visit"}
    parts = scope.rows("participation")
    known = {r["event_id"] for r in scope.rows("events")} | {r["event_id"] for r in parts}
    for event, row in sorted(told.items(), key=lambda item: (days(item[1]["date"])[0], item[0])):
        of_visit = [part for part in parts if part["event_id"] == event]
        came = {p["organization_id"] for p in of_visit if p["role"] in ("lead", "member")}
        named = any(part["role"] == "member" for part in of_visit)
        words = f"{state(row['country'])}, {label(row['date'])}"
        if event in known:
            found[event] = {"row": row, "words": words, "came": came, "named": named}
    return found


def recount_delegations(printed: Printed, scope: Scope) -> None:
    told = visits(scope)
    named = [visit for visit in told.values() if visit["named"]]
    by_words = {visit["words"]: visit["came"] for visit in named}
    for visit in told.values():
        row = visit["row"]
        for where, when in itertools.product(
            (row["country"], state(row["country"])), (year(row["date"]), label(row["date"]))
        ):
            printed.strike(f"{where} {when}")
        printed.strike(visit["words"])

    def parts(line: Line) -> tuple[set[str], set[str]]:
        return by_words[line["Earlier"]], by_words[line["Later"]]

    def changed(line: Line) -> dict[str, object]:
        earlier, later = parts(line)
        number = {
            "came with both": len(earlier & later),
            "only the earlier": len(earlier - later),
            "only the later": len(later - earlier),
        }
        return {"Number": number[line["Change"]]}

    def compared(line: Line) -> dict[str, object]:
        earlier, later = parts(line)
        both, either = len(earlier & later), len(earlier | later)
        sizes = {"Size earlier": len(earlier), "Size later": len(later)}
        return {**sizes, "Both": both, "Either": either, "Jaccard": both / either}

    pairs = math.comb(len(named), 2)
    turnover = printed.table("Earlier", "Later", "Change")
    overlap = printed.table("Earlier", "Later", "Jaccard")
    assert (len(turnover), len(overlap)) == (3 * pairs, pairs)
    turnover.is_recomputed(changed)
    overlap.is_recomputed(compared)
    for one, other in itertools.combinations(named, 2):
        earlier, later = one["came"], other["came"]
        both, either = len(earlier & later), len(earlier | later)
        printed.tells(
            f"{both} bodies in both, {len(earlier - later)} only in the first, "
            f"{len(later - earlier)} only in the second."
        )
        printed.tells(f"{both} of {either} bodies in common (Jaccard {both / either:.2f})")
        if pairs == 1:
            printed.tells(f"{both} of {either} bodies came with both visits")
    if len(named) == 1:
        printed.tells(f"members named for {len(named)} of {count(len(told), 'visit')}")
    kinds = {
        words: Counter(
            (level(body), by_id("organizations")[body]["kind"].replace("_", " ")) for body in came
        )
        for words, came in by_words.items()
    }
    composition = printed.table("Level", "Kind", *by_words)
    assert len(composition) == len(set().union(*kinds.values()))
    composition.is_recomputed(
        lambda line: {words: counts[line["Level"], line["Kind"]] for words, counts in kinds.items()}
    )


def recount_holders(printed: Printed, scope: Scope, pairs: dict[frozenset, list[str]]) -> None:
    bodies = by_id("organizations")
    edges = set(pairs)
    for event, there in attendance(scope.rows("participation")).items():
        fought = {body for body in there if bodies[body]["kind"] == "nonstate_group"}
        edges |= {frozenset((body, f"event:{event}")) for body in there - fought}
    near = neighbours(edges)
    events = {f"event:{row['event_id']}": row["name"] for row in reversed(rows("events"))}
    parts, holding = pieces(edges), {}
    for node in near:
        whole = next(part for part in parts if node in part)
        left = [len(piece - set(events)) for piece in pieces(edges, {node}) if piece <= whole]
        lost = sum(left) - max(left, default=0)
        if lost:
            met = set().union(
                *(near[other] if other in events else {other} for other in near[node])
            )
            holding[events.get(node) or name(node), node in events] = lost, met - {node}

    def by_hand(line: Line) -> dict[str, object]:
        lost, met = holding[line["Name"], line["Mode"] == "event"]
        levels = Counter(map(level, met))
        return {"Cut off": lost, **{one.capitalize(): levels[one] for one in LEVELS}}

    table = printed.table("Name", "Mode", "Cut off")
    assert len(table) == len(holding)
    table.is_recomputed(by_hand)
    for line in table:
        if more := re.search(r" and (\d+) more$", line["Cut off names"]):
            assert int(more[1]) == holding[line["Name"], line["Mode"] == "event"][0] - 4
            line.cells["Cut off names"].strike(more[0])
    alone = [line for line in table if line["Mode"] == "organization"]
    if alone:
        first, others = alone[0], [line for line in alone if line["Cut off"] != "1"][1:3]
        lost = "1 body" if first["Cut off"] == "1" else f"{first['Cut off']} bodies"
        words = f"{first['Name']} is the only link of {lost} to the rest"
        rest = [f"{line['Name']} that of {line['Cut off']}" for line in others]
        printed.tells(f"{words}, {listing(rest)}" if rest else words)


def recount_meetings(printed: Printed, scope: Scope) -> None:
    there = attendance(scope.rows("participation"))
    told = {row["event_id"]: row["name"] for row in reversed(rows("events"))}
    counts = {
        told[event]: Counter(map(level, bodies))
        for event, bodies in there.items()
        if len(set(map(level, bodies))) > 1
    }
    order = sorted(counts, key=lambda one: (-len(counts[one]), -counts[one].total(), one))
    table = printed.table("Name", "Date", "Global")
    assert [line["Name"] for line in table] == order[:10]
    stated = defaultdict(set)
    for row in rows("events"):
        stated[row["name"]].add(label(row["date"]))
    if counts:
        printed.tells(f"The widest {len(table)} of {len(counts)} events of several levels")
    assert all(line["Date"] in stated[line["Name"]] for line in table)
    table.is_recomputed(
        lambda line: {
            **{one.capitalize(): counts[line["Name"]][one] for one in LEVELS},
            "Date": line["Date"],
        }
    )
    everywhere = sum(len(levels) == len(LEVELS) for levels in counts.values())
    if everywhere:
        printed.tells(f"bodies sit together at {count(everywhere, 'event')}: ")


def recount_tie_list(printed: Printed, scope: Scope) -> None:
    told = defaultdict(set)
    for row in bodies_of(scope.rows("relations")):
        if row["predicate"] != "part_of":
            tie = row["predicate"].replace("_", " ")
            told[name(row["subject_id"]), tie, name(row["object_id"])].add(row["source_id"])
    table = printed.table("Subject", "Predicate", "Object")
    assert len(table) == len(told)
    table.is_recomputed(
        lambda line: {"Texts": len(told[line["Subject"], line["Predicate"], line["Object"]])}
    )


def recount_network_answer(
    printed: Printed, scope: Scope, pairs: dict[frozenset, list[str]]
) -> None:
    mine = sum(bool(pair & set(scope.states)) for pair in pairs)
    printed.tells(
        f"{len(set().union(*pairs))} bodies are tied in {count(len(pairs), 'pair')}; "
        f"{100 * mine / len(pairs):.0f} % of the pairs include "
        f"{listing([name(body) for body in scope.states])}, which says as much"
    )
