"""Entries of lists, and the groups that texts name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from .by_hand import Scope, by_id, cited, mentions, place
from .foreign_fighter_figures import number_of
from .measures import recount_section
from .printed import Printed
from .wording import count, name


def recount(printed: Printed, scope: Scope) -> None:
    entries = sorted(scope.rows("designations"), key=lambda row: place(row["claim_id"]))
    recount_entries(printed, scope, entries)
    recount_section(printed, scope, "proscription")
    known = printed.table("List", "Entries printed")
    sizes = Counter(name(row["list_id"]) for row in entries)
    assert {line["List"] for line in known} >= set(sizes)
    known.is_recomputed(lambda line: {"Entries printed": sizes[line["List"]]})
    recount_namings(printed, scope, entries)


def fought() -> set[str]:
    """The groups that are no states and no organizations of states."""
    return {b for b, row in by_id("organizations").items() if row["kind"] == "nonstate_group"}


def recount_entries(printed: Printed, scope: Scope, entries: list[dict[str, str]]) -> None:
    checks = printed.table("List", "Found by name")
    stated = Counter(row["indicator"] for row in scope.rows("figures"))
    assert len(checks) == stated["organizations_listed"]
    listed = printed.table("No.", "As printed")
    assert [line["As printed"] for line in listed] == [row["as_written"] for row in entries]
    if not entries:
        return
    # The groups that a plain search meets from the first to the last entry.
    text, start, end = entries[0]["source_id"], *place(entries[0]["claim_id"])
    end = place(entries[-1]["claim_id"])[1]
    found = {e for t, e, a, b in mentions() if t == text and start <= a and b <= end} & fought()
    checks.is_recomputed(
        lambda line: {
            "Stated": number_of(*cited(line.claims, "figures")),
            "Entries": len(entries),
            "Organizations": len({row["organization_id"] for row in entries}),
            "Found by name": len(found),
        }
    )
    numbers = {row["as_written"]: at for at, row in enumerate(entries, start=1)}
    listed.is_recomputed(lambda line: {"No.": numbers[line["As printed"]]})
    alike = sum(map(is_standard, entries))
    printed.tells(f"Printed under the standard name: {alike} of {len(entries)} entries")
    printed.tells(f"under another spelling or name: {len(entries) - alike}.")
    printed.tells(f"prints {len(entries)} entries of the list")


def is_standard(entry: dict[str, str]) -> bool:
    """Whether an entry is printed as the body is called, but for case, blanks and hyphens."""
    body = by_id("organizations")[entry["organization_id"]]
    written, *standard = (
        re.sub(r"[\W_]+", "", words).casefold()
        for words in (entry["as_written"], body["name"], body["acronym"])
    )
    return written in standard


def recount_namings(printed: Printed, scope: Scope, entries: list[dict[str, str]]) -> None:
    naming = defaultdict(set)
    for text, entity, _, _ in mentions():
        if entity in fought() and text in scope.texts:
            naming[entity].add(text)
    listed = {row["organization_id"] for row in entries}
    shared, others = sum(len(naming[body]) > 1 for body in listed), len(set(naming) - listed)
    if not naming:
        return
    words = f"{count(others, 'group')} named; no list is printed"
    if listed:
        words = f"{count(len(listed), 'group')} on a printed list"
        if len(scope.texts) > 1:
            words += f", {shared or 'none'} of them also named by other texts"
        words += f"; {others} named but not listed" if others else ""
    printed.tells(words)
    printed.tells(f"Columns: {count(len(scope.texts), 'text')}.")
