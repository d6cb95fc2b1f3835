"""Measures by theme, text and stance."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests_support import numbers_in

from .by_hand import Scope, cited, place, rows
from .printed import NUMBER, Line, Printed
from .wording import count, listing, name, words_of


def recount_section(printed: Printed, scope: Scope, *themes: str) -> None:
    """How much the texts tell of some themes, who tells it, and in what tone."""
    told = [row for row in scope.rows("measures") if row["theme"] in themes]
    if not told:
        return
    by_text = Counter(row["source_id"] for row in told)
    stances = Counter(row["stance"] for row in told)
    tone = [f"{stances[one]} {one}" for one in STANCES if stances[one]]
    tellers = [f"{text} ({by_text[text]})" for text in scope.texts if by_text[text]]
    printed.tells(
        f"{count(len(told), 'measure')} in {count(len(by_text), 'text')}: {listing(tone)}. "
        f"Told by {listing(tellers)}."
    )


STANCES = ("criticised", "commended", "reported")


def recount(printed: Printed, scope: Scope) -> None:
    measures = scope.rows("measures")
    totals = printed.table("Check", "Counted", "Rows")
    assert len(totals) == 4
    standing = sum(place(row["claim_id"])[1] > 0 for row in measures)
    different = len({row["claim_id"] for row in measures})
    assert standing == different == len(measures)
    totals.is_recomputed(lambda line: {"Counted": len(measures), "Rows": len(measures)})
    recount_stated_numbers(printed, measures)
    recount_theme_charts(printed, scope, measures)
    recount_judges(printed, scope, measures)
    recount_tellers(printed, scope, measures)
    for themes in SECTIONS:
        recount_section(printed, scope, *themes)
    recount_policy_answer(printed, scope, measures)


SECTIONS = [
    ("rehabilitation",),
    ("terrorism_financing",),
    ("border_security", "foreign_fighters"),
    ("online_content",),
    ("prevention",),
    ("human_rights",),
]


def recount_stated_numbers(printed: Printed, measures: list[dict[str, str]]) -> None:
    """Figures whose quotes share words with that of a measure, as the text states them."""

    def stated(measure: dict[str, str]) -> list[str]:
        start, end = place(measure["claim_id"])
        found = []
        for row in rows("figures"):
            first, last = place(row["claim_id"])
            if row["source_id"] == measure["source_id"] and first < end and start < last:
                ends = dict.fromkeys(f"{float(row[e]):,.0f}" for e in ("low", "high") if row[e])
                word = row["qualifier"] if "…" not in row["qualifier"] else ""
                one = row["low"] == row["high"] == "1"
                unit = row["unit"].removesuffix("s" if one else "")
                found.append(f"{word} {'–'.join(ends)} {unit}".strip())
        return found

    table = printed.table("The text states", "Our summary")
    told = {row["claim_id"] for row in measures if numbers_in(row["summary"]) and stated(row)}
    assert {claim for line in table for claim in line.claims} <= told
    table.is_recomputed(
        lambda line: {"The text states": "; ".join(stated(cited(line.claims, "measures")[0]))}
    )
    for line in table:
        (row,) = cited(line.claims, "measures")
        numbers = numbers_in(line["The text states"])
        assert [n for n in numbers_in(row["summary"]) if n in numbers], line["Our summary"]


def recount_theme_charts(printed: Printed, scope: Scope, measures: list[dict[str, str]]) -> None:
    themes = Counter(row["theme"] for row in measures)
    cells = Counter((row["theme"], row["source_id"]) for row in measures)
    tone = Counter((row["theme"], row["stance"]) for row in measures)
    stances = Counter(row["stance"] for row in measures)
    heat = printed.charts[0]
    several = len(scope.texts) > 1
    expected = [*cells.values(), *(themes.values() if several else ())]
    assert sorted(heat.numbers()) == sorted(map(str, expected))
    heat.strike_numbers()
    shape = f"{count(len(themes), 'theme')} and {count(len(scope.texts), 'text')}"
    printed.tells(f"Table of {shape} with the number of measures in each cell.")
    first = min(themes, key=lambda theme: (-themes[theme], theme))
    printed.tells(f"Told most: {words_of([first])} ({themes[first]}).")
    printed.tells(f"{count(len(measures), 'measure')}")
    steps = [piece for piece in heat.words if "%" in piece.words]
    assert [NUMBER.search(piece.words)[0] for piece in steps] == ["5", "15", "30", "30"]
    for piece in steps:
        piece.strike()
    if not stances["criticised"] + stances["commended"]:
        printed.tells(f"{count(stances['reported'], 'measure')} only reported.")
        return
    bars = printed.charts[1]
    assert sorted(bars.numbers()) == sorted(map(str, tone.values()))
    bars.strike_numbers()
    parts = []
    for stance in STANCES[:2]:
        texts = {row["source_id"] for row in measures if row["stance"] == stance}
        who = next(iter(texts)) if len(texts) == 1 else f"{len(texts)} texts"
        parts.append(f"{stances[stance]} {stance} ({who})" if texts else f"none {stance}")
        ranked = sorted(
            (theme for theme in themes if tone[theme, stance]),
            key=lambda theme: (-tone[theme, stance], theme),
        )
        listed = ", ".join(f"{theme.replace('_', ' ')} ({tone[theme, stance]})" for theme in ranked)
        printed.tells(f"{stance.capitalize()}: {listed or 'nothing'}.")
    printed.tells(f"{count(len(measures), 'measure')}: {listing(parts)}")
    printed.tells(f"Bars for {count(len(themes), 'theme')}, criticism")
    printed.tells(f"Only reported: {stances['reported']}.")


def recount_judges(printed: Printed, scope: Scope, measures: list[dict[str, str]]) -> None:
    stances = Counter((row["source_id"], row["stance"]) for row in measures)
    printed.table("Text", "Kind", "Criticised").is_recomputed(
        lambda line: {
            "Criticised": stances[line["Text"], "criticised"],
            "Commended": stances[line["Text"], "commended"],
            "Only reported": stances[line["Text"], "reported"],
        }
    )
    judged = {row["claim_id"] for row in measures if row["stance"] != "reported"}
    judges = printed.table("By whom", "Whose measure")

    def by_hand(line: Line) -> dict[str, object]:
        told = Counter(row["stance"] for row in cited(line.claims, "measures"))
        return {"Criticised": told["criticised"], "Commended": told["commended"]}

    assert sorted(claim for line in judges for claim in line.claims) == sorted(judged)
    judges.is_recomputed(by_hand)


def recount_tellers(printed: Printed, scope: Scope, measures: list[dict[str, str]]) -> None:
    recount_alone(printed, scope, "Theme", [in_words(row["theme"]) for row in measures], measures)
    actors = [name(row["actor_id"]) if row["actor_id"] else "" for row in measures]
    recount_alone(printed, scope, "Actor", actors, measures)
    told = {text: [r["theme"] for r in measures if r["source_id"] == text] for text in scope.texts}
    silences = printed.table("Text", "Themes told")
    assert [line["Text"] for line in silences] == scope.texts
    silences.is_recomputed(
        lambda line: {
            "Measures": len(told[line["Text"]]),
            "Themes told": len(set(told[line["Text"]])),
        }
    )


def in_words(theme: str) -> str:
    """A theme as a table has it."""
    return theme.replace("_", " ").capitalize()


def recount_alone(
    printed: Printed, scope: Scope, header: str, values: list[str], measures: list[dict[str, str]]
) -> None:
    """What a single text tells: themes, or actors of whom it tells measures."""
    texts, sizes = defaultdict(set), Counter(values)
    for value, row in zip(values, measures, strict=True):
        texts[value].add(row["source_id"])
    alone = {value for value, told in texts.items() if value and len(told) == 1}
    table = printed.table(header, "Only in")
    assert {line[header] for line in table} == (alone if len(scope.texts) > 1 else set())
    table.is_recomputed(lambda line: {"Measures": sizes[line[header]]})


def recount_policy_answer(printed: Printed, scope: Scope, measures: list[dict[str, str]]) -> None:
    themes = Counter(row["theme"] for row in measures)
    most = sorted(theme for theme in themes if themes[theme] == max(themes.values()))
    each = " each" if len(most) > 1 else ""
    texts = len({row["source_id"] for row in measures})
    printed.tells(
        f"{count(len(measures), 'measure')} in {count(texts, 'text')}; told most: "
        f"{words_of(most)} ({max(themes.values())}{each})."
    )
    for stance, head in (("criticised", "Criticism"), ("commended", "Praise")):
        judged = [row for row in measures if row["stance"] == stance]
        if not judged:
            continue
        printed.tells(f"{head} ({count(len(judged), 'measure')}) stands in ")
        about = Counter(row["theme"] for row in judged)
        first = sorted(theme for theme in about if about[theme] == max(about.values()))
        each = " each" if len(first) > 1 else ""
        tellers = count(len({row["source_id"] for row in judged}), "text")
        if stance == "criticised":
            printed.tells(f"most often about {words_of(first)} ({max(about.values())}{each})")
        else:
            printed.tells(f"stands in {tellers}.")
