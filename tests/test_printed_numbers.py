"""Every number that a notebook prints is recomputed from the files, along another way.

What is read are the printed outputs: those that are stored, and those of runs for one country. A
recount strikes out what it has found right, and what is copied from the tables is struck out too.
A number that is left has been recomputed by nobody, and fails the test: no new one slips in.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from recounts.by_hand import Scope, claims
from recounts.copied import unclaimed, wrong_citations
from recounts.printed import NUMBER, Piece, Printed
from test_notebooks import SCOPES, every_notebook, executed, read

from ctdata import display

in_scopes = pytest.mark.parametrize(
    "scope", ["all", "Kazakhstan", pytest.param("Kyrgyzstan", marks=pytest.mark.slow)]
)


def notebook(path: Path, scope: str) -> nbformat.NotebookNode:
    """A notebook as it is stored, which is for all that there is, or as it runs for a country."""
    return read(path) if scope == "all" else executed(path, scope)


def left_over(printed: Printed, path: Path, scope: str = "all") -> list[tuple[str, str]]:
    """What the module that is named as the notebook is has not recomputed, and no table holds."""
    theme = importlib.import_module(f"recounts.{path.stem[3:]}")
    theme.recount(printed, Scope(SCOPES.get(scope, {}).get("country", "")))
    return [(piece.where, piece.left) for piece in unclaimed(printed)]


@in_scopes
@every_notebook
def test_every_printed_number_is_recomputed_and_every_citation_right(path, scope):
    printed = Printed(notebook(path, scope))
    assert left_over(printed, path, scope) == []
    assert wrong_citations(printed) == []


@every_notebook
def test_a_printed_number_that_is_off_by_one_is_noticed(path):
    stored = read(path)
    numbers = [
        (place, number.end() - 1)
        for place, piece in enumerate(Printed(stored).pieces)
        for number in NUMBER.finditer(piece.words)
    ]
    assert len(numbers) > 50
    for place, digit in numbers[7 :: len(numbers) // 3]:
        printed = Printed(stored)
        piece = printed.pieces[place]
        other = str((int(piece.words[digit]) + 1) % 10)
        piece.words = piece.words[:digit] + other + piece.words[digit + 1 :]
        try:
            left = left_over(printed, path)
        except (AssertionError, LookupError, OSError, ValueError):
            continue  # The recount has found another number, or no such row or text.
        assert left, f"nobody misses a number in {piece.words!r}"


def showing(*shown: display.Shown) -> Printed:
    """What a notebook prints that shows just these."""
    outputs = [new_output("display_data", one._repr_mimebundle_()) for one in shown]
    return Printed(new_notebook(cells=[new_code_cell("", outputs=outputs)]))


def test_a_number_that_nobody_recomputes_is_left():
    printed = showing(display.Sentence("14 of 29 numbers"), display.Sentence("para. 7"))
    printed.tells("29 numbers")
    assert [piece.numbers() for piece in unclaimed(printed)] == [["14"], ["7"]]
    with pytest.raises(AssertionError, match="nowhere printed: '30 numbers'"):
        printed.tells("30 numbers")


def test_what_is_struck_out_stays_so_whatever_is_struck_out_next():
    piece = Piece("cell 1", "221 measures: 16 criticised and 18 commended")
    piece.strike("221 measures")
    piece.strike("221 measures: 16 criticised")
    assert piece.numbers() == ["18"]


def test_a_citation_of_another_paragraph_is_wrong():
    claim = next(row for row in claims().values() if row["source_id"] == "cted-kaz-2016")
    cited = {**claim, "citation": "cted-kaz-2016, para. 9"}
    printed = showing(display.Sentence("Said ", display.Citation(cited)))
    assert wrong_citations(printed) == [("cted-kaz-2016, para. 9", claim["claim_id"])]
