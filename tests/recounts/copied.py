"""What notebooks print as the tables have it, and whether their citations are right."""

from __future__ import annotations

import re
from functools import cache

from ctdata.corpus import DERIVED_COLUMNS

from .by_hand import by_id, citation, cited, claims, letters, package, paragraphs, rows
from .printed import Piece, Printed
from .wording import label

DATES = ("date", "period", "as_of", "issued")


@cache
def phrases() -> list[str]:
    """What the tables hold in words with a number in it, and dates in words; the longest first."""
    found = set()
    for table in package():
        for row in rows(table):
            for column, value in row.items():
                words = label(value) if column in DATES else " ".join(value.split())
                if re.search(r"\d", words) and re.search(r"[A-Za-z]|\d \(\d{4}\)", words):
                    found.add(words)
    for text, row in by_id("sources").items():
        issued = label(row["issued"])
        found |= {f"{row['publisher']}, {issued}.", f"{text} ({issued})", f"{text}, {issued}"}
        # Over a narrow column a name is broken.
        found |= {" ".join(text.rsplit("-", 1)), text.replace("-", "- ")}
    found |= {field["description"] for fields in package().values() for field in fields}
    found |= {description for _, description in DERIVED_COLUMNS.values()}
    for body in rows("organizations"):
        # A committee is known by the number of its resolution.
        for number in re.findall(r"\b\d{4}\b", body["name"]):
            found |= {f"{number} {word}" for word in body["name"].split() if word.istitle()}
    return sorted(found, key=len, reverse=True)


def wrong_citations(printed: Printed) -> list[tuple[str, str]]:
    """Citations that name another paragraph than the one in which the words of the claim begin."""
    return [
        (where, name)
        for where, names, words in printed.citations
        for name in names
        if where != (citation(name) if name in claims() else _place_of_name(where, words))
    ]


def _place_of_name(where: str, words: str) -> str:
    """The place of a name that no claim holds, if it stands where it is said to stand."""
    source_id, _, number = where.partition(", para. ")
    paragraph = paragraphs(source_id)[int(number) - 1]
    return where if letters(words.partition(" … ")[0]) in letters(paragraph) else ""


def unclaimed(printed: Printed) -> list[Piece]:
    """Pieces with a number that no recount has struck out and no table holds."""
    for _, table in printed.tables:
        for line in table:
            dates = {label(row.get(column, "")) for row in cited(line.claims) for column in DATES}
            for cell in line.cells.values():
                if cell.words in dates:
                    cell.strike()
                # A date of what is cited may also stand among words.
                for date in dates - {""}:
                    for words in (f"({date})", f"({date} /", f"/ {date})", f"{date}, by "):
                        cell.strike(words)
    left = [piece for piece in printed.pieces if piece.numbers()]
    for piece in left:
        for phrase in phrases():
            piece.strike(phrase)
    return [piece for piece in left if piece.numbers() and not _is_copied(piece.words)]


def _is_copied(words: str) -> bool:
    """Whether words, or what stands between their dots, are those of a quote or of a title."""
    parts = [part for part in re.split(r"\s*…\s*", words) if part]
    head, tail = parts[0], parts[-1] if not words.endswith("…") else ""
    of_quotes = all(any(part in row["quote"] for row in claims().values()) for part in parts)
    of_title = any(
        row["title"].startswith(head) and row["title"].endswith(tail) for row in rows("instruments")
    )
    return len(max(parts, key=len)) > 12 and (of_quotes or of_title)
