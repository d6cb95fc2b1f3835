"""What becomes of the drafts from the practice page."""

from __future__ import annotations

import calendar
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import lxml.html

from ctdata import ingest
from ctdata.ingest.drafting import draft
from ctdata.ingest.intake import add
from ctdata.ingest.practice import Practice

from .by_hand import Scope, by_id, rows, written, year
from .printed import NUMBER, Line, Printed
from .wording import count, label, listing, name

SAID = "What the row says"


def recount(printed: Printed, scope: Scope) -> None:
    page = (Path(ingest.__file__).parent / "practice.html").read_text("utf-8")
    (main,) = lxml.html.fromstring(page).iter("main")
    blocks = [" ".join(block.text_content().split()) for block in main.iter("h1", "p")]
    words = " ".join(blocks)
    printed.tells(f"{len(words.split())} words in {len(blocks)} paragraphs are stored.")
    for line in printed.table("Column", "The page says"):
        if line["The page says"] in page:
            line.cells["The page says"].strike()
    drafts = Counter(line["Table"] for line in printed.table("Table", SAID))
    drafted = printed.table("Table", "Drafts")
    assert {line["Table"] for line in drafted} == set(drafts)
    drafted.is_recomputed(lambda line: {"Drafts": drafts[line["Table"]]})
    recount_review(printed, blocks)
    recount_likeness(printed, words)
    accepted = recount_decisions(printed, drafts)
    recount_growth(printed, scope, accepted)
    recount_new_brief(printed, blocks, accepted)


def recount_decisions(printed: Printed, drafts: Counter[str]) -> Counter[str]:
    """What is accepted, by table, if a reader decides as the notebook tells."""
    rejected = Counter(
        line["Table"]
        for line in printed.table("Table", SAID)
        if (line["Table"] == "Events" and not line[SAID].startswith("visit:"))
        or (line["Table"] == "Figures" and line[SAID].startswith("number:"))
        or (line["Table"] == "Legal events" and ": adopted by" in line[SAID])
    )
    # A new organization is found to be a known one; its name stays as another alias of that.
    rejected["Organizations"] += 1
    decided = drafts + Counter({"Aliases": 1})
    accepted = decided - rejected
    table = printed.table("To decide", "Accepted")
    assert {line["Table"] for line in table} == set(decided)
    table.is_recomputed(
        lambda line: {
            "To decide": 0,
            "Accepted": accepted[line["Table"]],
            "Rejected": rejected[line["Table"]],
        }
    )
    printed.tells(f"{accepted.total()} rows have moved into {len(accepted)} tables")
    printed.tells(
        f"{drafts.total()} drafts from one page, and {decided.total() - drafts.total()} that a "
        f"decision added, were decided on: {accepted.total()} accepted, {rejected.total()} "
        "rejected."
    )
    return accepted


def recount_review(printed: Printed, blocks: list[str]) -> None:
    """The numbers and dates of a draft stand in the sentence that it was read from.

    A score is set by a rule: the one that is printed must be the one on disk.
    """
    sentences = [part for block in blocks for part in re.split(r"(?<=\.) (?=[A-Z])", block)]
    on_disk = list(drafts_on_disk(tuple(blocks)))
    events = {row["event_id"] for row in on_disk if "event_id" in row}
    for line in printed.table("Table", SAID):
        words = line["The words"].removesuffix("…").strip()
        told = " ".join(sentence for sentence in sentences if words in sentence)
        numbers = {int(number.replace(",", "")) for number in NUMBER.findall(told)}
        numbers |= {at for at, month in enumerate(calendar.month_name) if month and month in told}
        # The id of an event has numbers of the sentence that tells of the event.
        said, _, event = line[SAID].rpartition(" of ")
        said = said if event in events else line[SAID]
        assert told and set(map(int, re.findall(r"\d+", said))) <= numbers, line[SAID]
        kept = [
            row
            for row in on_disk
            if row["table"] == line["Table"] and row["quote"].startswith(words)
            if f"{float(row['score']):.2f}" == line["Score"]
        ]
        assert kept, f"no draft on disk has the score of {line[SAID]!r}"
        on_disk.remove(kept[0])
        for header in (SAID, "The words", "Score"):
            line.cells[header].strike()


@cache
def drafts_on_disk(blocks: tuple[str, ...]) -> list[dict[str, str]]:
    """The drafts of a page as their files have them, with the names of their tables."""
    practice = Practice()
    passport = {
        "title": "Practice",
        "publisher": "Nobody",
        "document_type": "press_release",
        "issued": "2018-06-18",
        "country": "TJK",
        "language": "en",
        "rights": "Public domain.",
    }
    add("practice-tjk", "\n\n".join(blocks), passport, practice.root)
    draft("practice-tjk", practice.root)
    found = []
    for path in sorted((practice.root / "drafts" / "practice-tjk").glob("*.csv")):
        table = path.stem.replace("_", " ").capitalize()
        with path.open(encoding="utf-8", newline="") as file:
            found += [row | {"table": table} for row in csv.DictReader(file)]
    return found


def recount_likeness(printed: Printed, words: str) -> None:
    table = printed.table("Known as", "Alike, in percent")
    assert len(table) == 3
    called = table.caption.words
    acronym = re.search(rf"{called} \((\w+)\)", words)[1]

    def likeness(line: Line) -> dict[str, object]:
        known = [own for entity, _, own, _ in written() if entity == line["Known as"]]
        spellings = (called, acronym, f"{called} ({acronym})")
        best = max(in_common(one, other) for one in spellings for other in known)
        return {"Alike, in percent": round(best)}

    table.is_recomputed(likeness)


def in_common(one: str, other: str) -> float:
    """Signs that two names have in common, in order, once their words are sorted; in per cent."""
    first, second = (
        " ".join(sorted(re.sub(r"[\W_]", " ", name_.lower()).split())) for name_ in (one, other)
    )
    row = [0] * (len(second) + 1)
    for sign in first:
        before = row
        row = [0]
        for at, its in enumerate(second, start=1):
            row.append(before[at - 1] + 1 if sign == its else max(before[at], row[-1]))
    return 200 * row[-1] / (len(first) + len(second))


def recount_growth(printed: Printed, scope: Scope, accepted: Counter[str]) -> None:
    before = {
        table: len(scope.entities & set(by_id(table))) for table in ("organizations", "instruments")
    }
    before["aliases"] = sum(row["entity_id"] in scope.entities for row in rows("aliases"))
    for table in ("events", "participation", "legal_events", "figures"):
        before[table] = len(scope.rows(table))
    before = {table.replace("_", " ").capitalize(): size for table, size in before.items()}
    # The text is about none of these countries: there only aliases of known bodies are news.
    news = dict(accepted) if not scope.country else dict.fromkeys(accepted, 0)
    same = printed.table("Known as", "Alike, in percent").lines[0]["Known as"]
    called = [line[SAID] for line in printed.table("Table", SAID) if line["Table"] == "Aliases"]
    named = {
        body for body in scope.entities if any(c.endswith(f" for {name(body)}") for c in called)
    }
    news["Aliases"] = len(called) * bool(named) + (same in scope.entities)
    table = printed.table("Table", "Rows before")
    assert {line["Table"] for line in table} == set(accepted)
    table.is_recomputed(
        lambda line: {
            "Rows before": before[line["Table"]],
            "Rows with the new text": before[line["Table"]] + news[line["Table"]],
        }
    )


def recount_new_brief(printed: Printed, blocks: list[str], accepted: Counter[str]) -> None:
    def cite(words: str) -> str:
        """The place of words in the page; the brief is shown without links."""
        (number,) = (at for at, block in enumerate(blocks, start=1) if words in block)
        return f" [practice-tjk, para. {number}]"

    said = [(line["Table"], line[SAID]) for line in printed.table("Table", SAID)]
    own = {"Events": "event", "Participation": "part", "Legal events": "legal event"}
    own |= {"Figures": "figure"}
    parts = [count(accepted[table], noun) for table, noun in own.items()]
    printed.tells(f"rests on {listing(parts)}.")
    told = count(sum(accepted[table] for table in own), "claim")
    (issued,) = (
        line["The page says"]
        for line in printed.table("Column", "The page says")
        if line["Column"] == "issued"
    )
    printed.tells(f"1 text speaks in this scope, with {told}: practice-tjk ({label(issued)})")
    left, until, women = re.search(
        r"over ([\d,]+) nationals .*? end of (\d{4}), among them approximately (\d+) women",
        " ".join(blocks),
    ).groups()
    for number, who in ((f"over {left}", "nationals"), (f"about {women}", "women")):
        said_so = f"{number} ({who} who left; until {until}; says Tajikistan)"
        printed.tells(said_so)
        printed.tells(said_so + cite(who))
        printed.tells(number)
    printed.tells(f"until {until}; Tajikistan")
    (visit,) = (row for table, row in said if row.startswith("visit:"))
    members = sum(": member of " in row for _, row in said)
    when = label(re.search(r"[\d-]+/[\d-]+", visit)[0])
    printed.tells(f"{when}: a delegation of {members} bodies{cite('visited')}")
    acts = [row for table, row in said if table == "Legal events" and ": adopted by" not in row]
    (in_year,) = {year(row.rpartition(", ")[2]) for row in acts}
    instruments = count(len({row.partition(":")[0] for row in acts}), "instrument")
    printed.tells(
        f"{count(len(acts), 'act')} on {instruments}, {len(acts)} with a date, in {in_year}"
    )
    changes = sum("amended by Tajikistan" in row for row in acts)
    printed.tells(
        f"Tajikistan: {count(changes, 'change')} of its own law and programmes is told, "
        f"{changes} with a date{cite('amended')}"
    )
