"""How much the texts hold, and how much of them is coded."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from ctdata.corpus import DERIVED_COLUMNS

from .by_hand import (
    Scope,
    by_id,
    claim_tables,
    claims,
    mentions,
    package,
    paragraph,
    paragraphs,
    place,
    rows,
    verbatim,
    year,
)
from .printed import Line, Printed
from .wording import count, label


def recount(printed: Printed, scope: Scope) -> None:
    told, texts = scope.claims, scope.texts
    words = {text: len(re.findall(r"\S+", verbatim(text))) for text in texts}
    by_text = Counter(row["source_id"] for row in told)
    printed.tells(f"{count(len(texts), 'text')} unchanged; {count(len(told), 'quote')} found")
    one, verb = len(texts) == 1, "carries" if len(texts) == 1 else "carry"
    printed.tells(
        f"{count(len(texts), 'text')} of {sum(words.values()):,} words {verb} "
        f"{count(len(told), 'claim')}"
        + ("." if one else f"; the most, {max(by_text.values()):,}, come from")
    )
    passports = printed.table("Source", "Words")
    assert len(passports) == len(texts)
    passports.is_recomputed(
        lambda line: {
            "Issued": label(by_id("sources")[line["Source"]]["issued"]),
            "Words": f"{words[line['Source']]:,}",
            "Paragraphs": len(paragraphs(line["Source"])),
        }
    )
    counted = Counter((row["table"], row["source_id"]) for row in told)
    by_table = printed.table("Table", "All")
    assert [line["Table"] for line in by_table] == claim_tables()
    by_table.is_recomputed(
        lambda line: {
            **{text: counted[line["Table"], text] for text in texts},
            "All": sum(counted[line["Table"], text] for text in texts),
        }
    )
    recount_coded_paragraphs(printed, scope)
    recount_years(printed, scope)
    recount_example(printed)
    recount_dictionary(printed)


def recount_coded_paragraphs(printed: Printed, scope: Scope) -> None:
    touched = defaultdict(set)
    for row in scope.claims:
        start, end = place(row["claim_id"])
        first, last = (paragraph(row["source_id"], at) for at in (start, end - 1))
        touched[row["source_id"]] |= set(range(first, last + 1))

    def by_hand(line: Line) -> dict[str, object]:
        everything = range(1, len(paragraphs(line["Source"])) + 1)
        silent = [str(at) for at in everything if at not in touched[line["Source"]]]
        return {
            "Paragraphs": len(everything),
            "Coded": len(touched[line["Source"]]),
            "Silent": ", ".join(silent) or "none",
        }

    coded = printed.table("Source", "Coded")
    assert len(coded) == len(scope.texts)
    coded.is_recomputed(by_hand)


def recount_years(printed: Printed, scope: Scope) -> None:
    stated = [
        (row["source_id"], row.get("date") or row.get("period") or row.get("as_of"))
        for row in scope.claims
    ]
    begun = Counter((text, year(date)) for text, date in stated if date)
    years = [when for _, when in begun]
    texts = {text for text, _ in begun}
    (chart,) = printed.charts
    assert sorted(chart.numbers()) == sorted(str(n) for n in begun.values() if n >= 5)
    chart.strike_numbers()
    printed.tells(f"The texts speak about {min(years)} to {max(years)}")
    (text, when), most = max(begun.items(), key=lambda item: item[1])
    assert list(begun.values()).count(most) == 1
    whose = f"each of {len(texts)} texts" if len(texts) > 1 else text
    assert chart.alt.words == (
        f"For {whose}, the years that its dated claims speak about, from {min(years)} to "
        f"{max(years)}. The most, {most}, are those of {text} on {when}."
    )
    chart.alt.strike()


def recount_example(printed: Printed) -> None:
    example = printed.table("Claim", "From")
    (line,) = example
    row, (start, end) = claims()[line["Claim"]], place(line["Claim"])
    bounds = {"At least": row["low"], "At most": row["high"]}
    example.is_recomputed(lambda line: {**bounds, "From": start, "To": end})
    printed.tells(verbatim(row["source_id"])[max(0, start - 160) : end + 160])


def recount_dictionary(printed: Printed) -> None:
    derived = {"passages": sum(len(paragraphs(text)) for text in by_id("sources"))}
    derived["mentions"] = len(mentions())
    columns = {"passages": 5, "mentions": 7}
    for table, fields in package().items():
        dated = [field for field in fields if field.get("rdfType", "").endswith("/EDTF")]
        names = [field["name"] for field in fields]
        columns[table] = len(fields) + ("quote" in names) * len(DERIVED_COLUMNS) + 2 * len(dated)
    dictionary = printed.table("Table", "Columns")
    assert [line["Table"] for line in dictionary] == list(columns)[2:] + ["passages", "mentions"]
    dictionary.is_recomputed(
        lambda line: {
            "Rows": derived.get(line["Table"]) or len(rows(line["Table"])),
            "Columns": columns[line["Table"]],
        }
    )
