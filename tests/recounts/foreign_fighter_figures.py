"""Figures as people read them, their shares, places and sums."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable

from tests_support import number_is_in_quote

from .by_hand import Scope, by_id, cited, claims, days, state
from .printed import Line, Printed
from .wording import label, listing

DEPARTED = "departed_to_conflict"
VERBS = {DEPARTED: "left", "died_in_conflict": "died", "arrested_and_convicted": "convicted"}
NO_STATE = "No single state"


def printed_number(value: float) -> str:
    if value >= 1e6 and value % 1e5 == 0:
        return f"{value / 1e6:g} million"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def number_of(row: dict[str, str]) -> str:
    """A figure as people read it, from its bounds and the text's own word."""
    low, high = (printed_number(float(row[end])) if row[end] else "" for end in ("low", "high"))
    own = row["qualifier"] if "…" not in row["qualifier"] else ""
    if low and low == high:
        return f"about {low}" if own else "none" if low == "0" else low
    if low and high:
        return f"{low} to {high}"
    return f"{own or 'at least'} {low}" if low else f"{own or 'at most'} {high}"


def amount_of(row: dict[str, str]) -> str:
    """The same with its unit."""
    number, unit = number_of(row), row["unit"]
    if number == "none":
        return number
    one = row["low"] == row["high"] == "1"
    after = {"rank": f"place {number}", "USD": f"USD {number}"}
    return after.get(unit, f"{number} {unit.removesuffix('s') if one else unit}")


def covers(row: dict[str, str]) -> str:
    """The time that a figure covers; one without an end goes up to its statement."""
    stated = label(row["as_of"] or by_id("sources")[row["source_id"]]["issued"])
    if not row["period"]:
        return f"no period stated, as of {stated}"
    return label(row["period"]) + (f", as of {stated}" if row["period"].endswith("..") else "")


def home(row: dict[str, str]) -> str:
    return state(row["country"]) if row["country"] else NO_STATE


def says(row: dict[str, str]) -> str:
    body = by_id("organizations").get(row["asserted_by"])
    return (body["acronym"] or body["name"]) if body else "not a named body"


def whole_of(part: dict[str, str], figures: list[dict[str, str]]) -> dict[str, str] | None:
    """The figure of the same text whose people the wording of a part takes up."""
    found = [
        row
        for row in figures
        if row["claim_id"] != part["claim_id"]
        and row["source_id"] == part["source_id"]
        and row["population"].split(", including")[0] in part["population"]
    ]
    return found[0] if found else None


def bounds(row: dict[str, str]) -> tuple[float, float]:
    return float(row["low"] or 0), float(row["high"] or math.inf)


def outwards(low: float, high: float) -> str:
    """A share in per cent with two decimals, the bounds moved outwards."""
    if low <= 0 and high >= 1:
        return "not bounded"
    assert low <= 0
    return f"at most {printed_number(math.ceil(round(high * 1e4, 6)) / 100)} %"


def departures(figures: list[dict[str, str]]) -> list[dict[str, str]]:
    """The figures of all who left, by state and time of statement."""
    found = [r for r in figures if r["indicator"] == DEPARTED and not whole_of(r, figures)]
    return sorted(found, key=lambda row: (home(row), row["as_of"]))


def recount(printed: Printed, scope: Scope) -> None:
    figures = scope.rows("figures")
    recount_figure_checks(printed, scope)
    recount_figure_tables(printed, figures)
    recount_shares(printed, figures)
    recount_comparisons(printed, figures)
    recount_figure_charts(printed, scope)
    recount_departures(printed, scope)


def recount_figure_checks(printed: Printed, scope: Scope) -> None:
    by_text = defaultdict(list)
    for row in scope.rows("figures"):
        by_text[row["source_id"]].append(row)
    quoted = printed.table("Text", "Printed in quote")
    assert {line["Text"] for line in quoted} == set(by_text)
    quoted.is_recomputed(
        lambda line: {
            "Figures": len(by_text[line["Text"]]),
            "Printed in quote": sum(
                map(number_is_in_quote, map(as_numbers, by_text[line["Text"]]))
            ),
        }
    )
    checked = recountable(scope)
    counted = printed.table("Stated", "Counted as")
    assert len(counted) == len(checked)
    counted.is_recomputed(
        lambda line: {
            "Text": number_of(cited(line.claims, "figures")[0]),
            "Tables": checked[cited(line.claims, "figures")[0]["claim_id"]],
        }
    )


def as_numbers(row: dict[str, str]) -> dict[str, object]:
    return row | {end: float(row[end] or math.nan) for end in ("low", "high")}


def recountable(scope: Scope) -> dict[str, int]:
    """Figures that other tables let us count, with the count."""
    found = {}
    for row in scope.rows("figures"):
        mine = [other for other in claims().values() if other["source_id"] == row["source_id"]]
        match row["indicator"]:
            case "organizations_listed":
                found[row["claim_id"]] = sum(other["table"] == "designations" for other in mine)
            case "ratifications_pending":
                pending = [o for o in mine if o.get("action") == "ratification_pending"]
                found[row["claim_id"]] = len({other["instrument_id"] for other in pending})
            case "attacks":
                attacks = [
                    o for o in mine if o.get("kind") == "attack" and o["date"] == row["period"]
                ]
                found[row["claim_id"]] = len({other["event_id"] for other in attacks})
            case "visit_duration":
                first, last = days(row["period"])
                found[row["claim_id"]] = (last - first).days + 1
    return found


def recount_figure_tables(printed: Printed, figures: list[dict[str, str]]) -> None:
    fighters = [row for row in figures if row["indicator"] in VERBS]
    told = printed.table("State", "Who is counted", "Number")
    rest = printed.table("State", "What", "Number")
    assert (len(told), len(rest)) == (len(fighters), len(figures) - len(fighters))

    def by_hand(line: Line, write: Callable[[dict], str]) -> dict[str, object]:
        (row,) = cited(line.claims, "figures")
        return {"Number": write(row), "Period": covers(row)}

    told.is_recomputed(lambda line: by_hand(line, number_of))
    rest.is_recomputed(lambda line: by_hand(line, amount_of))
    by_text = printed.table("Text", "About", "Left")

    def of_text(line: Line) -> dict[str, object]:
        cells: dict[str, object] = {"Issued": label(by_id("sources")[line["Text"]]["issued"])}
        for indicator, verb in VERBS.items():
            mine = [
                r for r in fighters if (r["source_id"], r["indicator"]) == (line["Text"], indicator)
            ]
            cells[verb.capitalize()] = together(mine, fighters) or "silent"
        return cells

    by_text.is_recomputed(of_text)


def together(mine: list[dict[str, str]], figures: list[dict[str, str]], verb: str = "") -> str:
    """Numbers of one text, the parts of a whole in brackets."""
    alone = [row for row in mine if not whole_of(row, [f for f in figures if f in mine])]
    parts = [number_of(row) for row in mine if row not in alone]
    words = ", ".join(f"{number_of(row)} {verb}".strip() for row in alone)
    return words + (f" (of them {listing(parts)})" if parts else "")


def recount_shares(printed: Printed, figures: list[dict[str, str]]) -> None:
    parts = [(row, whole) for row in figures if (whole := whole_of(row, figures))]
    alike = [row for row, whole in parts if row["indicator"] == whole["indicator"]]
    table = printed.table("Part", "Of", "Share")
    assert len(table) == len(parts) + (len(alike) > 1)
    widened = "Share if “about” may be off by 10%"

    def by_hand(line: Line) -> dict[str, object]:
        mine = [row for row in cited(line.claims, "figures") if whole_of(row, figures)]
        whole = whole_of(mine[0], figures)
        ends = [bounds(row) for row in mine]
        low, high = max(low for low, _ in ends), sum(high for _, high in ends)
        number = number_of(mine[0])
        if len(mine) > 1:
            number = f"about {printed_number(low)} to {printed_number(high)}"
        floor = bounds(whole)[0]
        assert bounds(whole)[1] == math.inf
        left = f"at least about {printed_number(floor - high)}" if high < floor else "not bounded"
        return {
            "Number": number,
            "Of": number_of(whole),
            "Share": outwards(0, high / floor),
            widened: outwards(0, 1.1 * high / floor),
            "All others": left,
        }

    table.is_recomputed(by_hand)
    # How far "about" may be off is an assumption of the notebook.
    printed.strike(widened)


def recount_comparisons(printed: Printed, figures: list[dict[str, str]]) -> None:
    left = departures(figures)
    ranking = printed.table("Place", "Differs from others in")
    assert len(ranking) == (len(left) if len(left) > 1 else 0)

    def places(line: Line) -> dict[str, object]:
        (row,) = cited(line.claims, "figures")
        rivals = [bounds(other) for other in left if other["claim_id"] != row["claim_id"]]
        low, high = bounds(row)
        best = 1 + sum(rival_low > high for rival_low, _ in rivals)
        worst = 1 + sum(rival_high > low for _, rival_high in rivals)
        place_ = f"{best}" if best == worst else f"{best} to {worst}"
        return {"Place": place_, "Number": number_of(row), "Period": covers(row)}

    ranking.is_recomputed(places)
    same = Counter(
        (row["indicator"], row["unit"]) for row in figures if row["indicator"] not in VERBS
    )
    others = sum(math.comb(number, 2) for number in same.values())
    times, plain = (
        printed.table("First", "Second", "Times"),
        printed.table("What", "First", "Second"),
    )
    assert len(times) == math.comb(len(left), 2) and len(plain) == others

    def pair(line: Line) -> dict[str, object]:
        rows_ = {
            f"{home(r)}: {amount_of(r)} ({r['source_id']})": r
            for r in cited(line.claims, "figures")
        }
        assert len(rows_) == 2
        first, second = rows_[line["First"]], rows_[line["Second"]]
        (low, high), (low_, high_) = bounds(first), bounds(second)
        order = "first" if low > high_ else "second" if low_ > high else "open"
        cells = {"First": line["First"], "Second": line["Second"], "Larger": order}
        for one, other in ((first, second), (second, first)):
            spans = f"({covers(one)} / {covers(other)})"
            line.cells["They differ in"].strike(spans)
        if "Times" in line.cells:
            larger, smaller = ((low, high), (low_, high_))[:: 1 if order == "first" else -1]
            known = order != "open" and smaller[1] > 0
            assert not known or larger[1] == math.inf
            cells["Times"] = f"at least {printed_number(larger[0] / smaller[1])}" if known else ""
        return cells

    times.is_recomputed(pair)
    plain.is_recomputed(pair)
    if len(left) > 1:
        low, high = (sum(ends) for ends in zip(*map(bounds, left), strict=True))
        sum_ = f"at least {low:,.0f}" if high == math.inf else f"{low:,.0f} to {high:,.0f}"
        printed.tells(f"By the bounds alone the {len(left)} figures add up to {sum_}")


def recount_figure_charts(printed: Printed, scope: Scope) -> None:
    fighters = [row for row in scope.rows("figures") if row["indicator"] in VERBS]
    numbers, knowledge = printed.charts
    drawn = Counter(piece.words for piece in numbers.words)
    assert Counter(map(number_of, fighters)) <= drawn
    for row in fighters:
        said = f"{row['population']}; {covers(row)}; says {says(row)}"
        printed.tells(f"{home(row)}: {number_of(row)} ({said})")
        printed.tells(number_of(row))
        printed.tells(f"{covers(row)}; {says(row)}")
    for text in dict.fromkeys(row["source_id"] for row in fighters):
        mine = [row for row in fighters if row["source_id"] == text]
        told = [
            together(of_kind, fighters, verb)
            for indicator, verb in VERBS.items()
            if (of_kind := [row for row in mine if row["indicator"] == indicator])
        ]
        printed.tells(f"{home(mine[0])}: {', '.join(told)}")
        # One claim of a time and a speaker stands for all of them.
        stated = label(mine[0]["as_of"] or by_id("sources")[text]["issued"])
        for row in mine:
            said = f"{number_of(row)} {VERBS[row['indicator']]}, stated {stated}, says {says(row)}"
            knowledge.alt.strike(f"{home(row)}, {covers(row)}: {said}")
    for text in scope.texts:
        printed.strike(f"text of {label(by_id('sources')[text]['issued'])}")


def recount_departures(printed: Printed, scope: Scope) -> None:
    """The sentences on those who left, which the brief of a country tells too."""
    figures = scope.rows("figures")
    by_state = defaultdict(list)
    for row in departures(figures):
        by_state[home(row)].append(row)
    for at, told in by_state.items():
        for row in told:
            lead = f"{at}: " if row is told[0] else ""
            who = f"{row['population']}; {covers(row)}; says {says(row)}"
            printed.tells(f"{lead}{number_of(row)} ({who})")
        for whole in told:
            parts = [row for row in figures if whole_of(row, figures) == whole]
            for row in parts:
                share = outwards(0, bounds(row)[1] / bounds(whole)[0])
                if share != "not bounded":
                    printed.tells(f"{row['population'].split()[0]} {share}")
                    printed.tells(f"{at}, of {number_of(whole)}: ")
            same = [row for row in parts if row["indicator"] == whole["indicator"]]
            if len(same) > 1:
                share = outwards(0, sum(bounds(row)[1] for row in same) / bounds(whole)[0])
                printed.tells(f"together {share} of them")
