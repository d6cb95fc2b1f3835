"""The numbers of the brief, most of which other notebooks print too."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict

from ctdata.network import FAMILIES

from .by_hand import APART, Scope, acts, attendance, by_id, cited, claims, line_of, year
from .corroboration import meetings_of, recount_differences
from .foreign_fighter_figures import VERBS, covers, number_of, recount_departures, recountable
from .legal_timelines import recount_legal_answer
from .measures import in_words
from .organizational_networks import bodies_of, visits
from .printed import Printed
from .wording import count, label, name


def recount(printed: Printed, scope: Scope) -> None:
    texts, told = scope.texts, scope.claims
    speaks = "1 text speaks" if len(texts) == 1 else f"{len(texts)} texts speak"
    printed.tells(f"{speaks} in this scope, with {count(len(told), 'claim')}: ")
    recount_departures(printed, scope)
    recount_legal_answer(printed, scope)
    recount_sizes_of_delegations(printed, scope)
    recount_differences(printed, meetings_of(scope.country))
    sizes = Counter(name(row["list_id"]) for row in scope.rows("designations"))
    for title, size in sizes.items():
        printed.tells(f"prints {count(size, 'name')} on the list “{title}”")
    recount_partners(printed, scope)
    recount_course(printed, scope)
    table = printed.table("State", "Who is counted", "Number")
    fighters = [row for row in scope.rows("figures") if row["indicator"] in VERBS]
    assert len(table) == len(fighters)
    table.is_recomputed(
        lambda line: {
            "Number": number_of(cited(line.claims, "figures")[0]),
            "Period": covers(cited(line.claims, "figures")[0]),
        }
    )
    recount_judged(printed, scope)
    recount_unknowns(printed, scope)
    checked = recountable(scope)
    if checked:
        verb = "agrees" if len(checked) == 1 else "agree"
        printed.tells(f"{len(checked)} of {count(len(checked), 'stated number')} {verb}: ")
    for claim, number in checked.items():
        assert claims()[claim]["low"] == str(number)
        printed.tells(f"{number} {claims()[claim]['population']}")
    met = len(meetings_of(scope.country))
    bodies, instruments = (
        len(scope.entities & set(by_id(table))) for table in ("organizations", "instruments")
    )
    printed.tells(
        f"{count(len(told), 'claim')} on {bodies} organizations and {instruments} instruments; "
        f"{count(met, 'meeting')} of two texts"
    )


def recount_sizes_of_delegations(printed: Printed, scope: Scope) -> None:
    for visit in visits(scope).values():
        row = visit["row"]
        if visit["named"]:
            printed.tells(
                f"{row['name']}, {label(row['date'])}: a delegation of {len(visit['came'])} bodies"
            )
        printed.strike(visit["words"])


def own_bodies(scope: Scope) -> set[str]:
    """The states that the texts are about, and what belongs to them alone."""
    homes = {by_id("organizations")[body]["country"] for body in scope.states}
    found = set(scope.states)
    for body, row in by_id("organizations").items():
        at_home = not row["parent_id"] and row["country"] in homes
        if row["kind"] != "state" and (line_of(body)[0] in scope.states or at_home):
            found.add(body)
    return found


def ways_of_partners(scope: Scope) -> dict[str, dict[str, set[str]]]:
    """How bodies stand to the states that the texts are about: claims by family of tie, and parts
    in events that they shared."""
    family_of = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
    states, found = set(scope.states), defaultdict(lambda: defaultdict(set))
    for row in bodies_of(scope.rows("relations")):
        for body, other in itertools.permutations((row["subject_id"], row["object_id"])):
            if other in states:
                found[body][family_of[row["predicate"]]].add(row["claim_id"])
    parts = scope.rows("participation")
    shared = {event for event, there in attendance(parts).items() if there & states}
    for row in parts:
        if row["event_id"] in shared and row["role"] not in APART:
            found[row["organization_id"]]["events"].add(row["claim_id"])
    own = own_bodies(scope)
    return {body: dict(ways) for body, ways in found.items() if body not in own}


def recount_partners(printed: Printed, scope: Scope) -> None:
    partners = ways_of_partners(scope)
    tied = sum(set(ways) != {"events"} for ways in partners.values())
    partner = count(len(partners), "partner")
    printed.tells(f"{partner}, {tied} by a tie, the others at events alone")

    def rank(body: str) -> tuple:
        told = [claim for ways in partners[body].values() for claim in ways]
        texts = {claims()[claim]["source_id"] for claim in told}
        return -len(texts), -len(partners[body]), -len(told), name(body)

    def number(family: str, told: set[str]) -> int:
        """Claims on ties, or the events in which both took part."""
        return len({claims()[one]["event_id"] for one in told} if family == "events" else told)

    first = sorted(partners, key=rank)[:10]
    if len(partners) > len(first):
        printed.tells(f"The first {len(first)} partners")
    cells = [number(family, told) for body in first for family, told in partners[body].items()]
    in_time = course(scope)
    drawn = [*cells, *bucketed(in_time).values(), *year_heads(in_time)]
    (chart,) = printed.charts
    assert sorted(chart.numbers()) == sorted(map(str, drawn))
    chart.strike_numbers()
    dated = "act, visit or attack" if in_time.total() == 1 else "acts, visits and attacks"
    printed.tells(f"{partner}; {in_time.total()} {dated} with a date")


def course(scope: Scope) -> Counter[tuple[str, int]]:
    """How many acts, visits and attacks begin in a year, by lane."""
    kinds = {"visit": "Visits", "attack": "Attacks"}
    happened = {
        row["event_id"]: (kinds[row["kind"]], year(row["date"]))
        for row in scope.rows("events")
        if row["date"] and row["kind"] in kinds
    }
    dated = [act for act in acts(scope.rows("legal_events")) if act["date"]]
    return Counter([*happened.values(), *((act["lane"], year(act["date"])) for act in dated)])


def columns_of(told: Counter[tuple[str, int]]) -> tuple[int, int, int]:
    """The first year of the table, how many years share a column, and how many of these it has."""
    first, last = (at(when for _, when in told) for at in (min, max))
    step = math.ceil((last - first + 1) / 24)
    return first, step, (last - first) // step + 1


def bucketed(told: Counter[tuple[str, int]]) -> Counter[tuple[str, int]]:
    """The same by column."""
    first, step, _ = columns_of(told)
    return Counter((lane, (when - first) // step) for lane, when in told.elements())


def year_heads(told: Counter[tuple[str, int]]) -> list[int]:
    """The years that stand over the table, six at most."""
    first, step, columns = columns_of(told)
    return [first + at * step for at in range(0, columns, math.ceil(columns / 6))]


def recount_course(printed: Printed, scope: Scope) -> None:
    sums = Counter(lane for lane, _ in course(scope).elements())
    (chart,) = printed.charts
    listed = re.search(r"With a date: (.*)\.$", chart.alt.words)[1]
    assert sorted(listed.split(", ")) == sorted(f"{lane} {sums[lane]}" for lane in sums)
    chart.alt.strike(listed)


def recount_judged(printed: Printed, scope: Scope) -> None:
    sizes = Counter(
        (row["stance"].capitalize(), in_words(row["theme"])) for row in scope.rows("measures")
    )
    ranked = sorted(sizes, key=lambda told: (-sizes[told], told))
    table = printed.table("Stance", "Theme", "Measures")
    for stance in ("Criticised", "Commended"):
        shown = [(stance, line["Theme"]) for line in table if line["Stance"] == stance]
        assert shown == [told for told in ranked if told[0] == stance][:3]
    table.is_recomputed(lambda line: {"Measures": sizes[line["Stance"], line["Theme"]]})


def recount_unknowns(printed: Printed, scope: Scope) -> None:
    figures = scope.rows("figures")
    is_open = sum("" in (row["low"], row["high"]) for row in figures)
    if is_open:
        printed.tells(f"no lower bound told: {is_open} of {len(figures)} numbers")
    told = acts(scope.rows("legal_events"))
    undated = sum(not act["date"] for act in told)
    if undated:
        printed.tells(f"{undated} of {len(told)} acts on instruments are told without a date.")
