"""What texts state is compared with the tables, and what differs is told before a report stops."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from test_validation import DRIFTS, edit, tables

import ctdata
from ctdata import agreement
from ctdata.cli import main
from ctdata.contradictions import contradictions

__all__ = ["tables"]  # a fixture
COUNTS = st.integers(0, 9)
BOUNDS = COUNTS | st.just(math.nan)


@given(COUNTS, BOUNDS, BOUNDS)
def test_a_count_agrees_inside_of_the_bounds(counted, low, high):
    inside = not counted < low and not counted > high
    for in_full in (True, False):
        assert (agreement.named(counted, low, high, in_full=in_full) == "agrees") == inside


@pytest.mark.parametrize(
    ("counted", "verdict"), [(0, "names none"), (1, "names some"), (3, "names more")]
)
def test_only_a_text_that_is_curated_in_full_must_name_all_that_it_counts(counted, verdict):
    assert agreement.named(counted, 2, 2, in_full=True) == "differs"
    assert agreement.named(counted, 2, 2, in_full=False) == verdict


def test_what_differs_is_told_with_where_it_is_said():
    checked = pd.DataFrame(
        {
            "what": ["attacks", "visits", "laws"],
            "stated": [2, 3, 24],
            "counted": [1, 3, 0],
            "citation": ["a-2020, para. 1", "a-2020, para. 2", "a-2020, para. 3"],
            "quote": ["two attacks", "three visits", "24 laws"],
            "verdict": ["differs", "agrees", "names none"],
        }
    )
    line = "what attacks; stated 2; counted 1; citation a-2020, para. 1"
    assert agreement.differing(checked) == [line]
    with pytest.raises(agreement.Disagreement, match=f"1 of 3 comparisons; .*\n{line}"):
        agreement.require(checked)
    agreement.require(checked.tail(2))
    agreement.require(pd.DataFrame({"what": [], "verdict": []}))


def test_the_collection_contradicts_itself_nowhere():
    assert contradictions(ctdata.select()) == []


@pytest.mark.parametrize("name", [name for name, (number, _) in DRIFTS.items() if number != "01"])
def test_each_drift_that_stops_a_notebook_is_told_beforehand(name, tables):
    edit(tables, *DRIFTS[name][1])
    assert contradictions(ctdata.select(root=tables))


def test_what_stops_a_report_of_a_text_curated_in_full_does_not_stop_one_of_another(tables):
    edit(tables, *DRIFTS["04 an attack is lost"][1])
    assert contradictions(ctdata.select(root=tables))
    edit(tables, "sources", lambda row: row | {"curation": ""})
    assert contradictions(ctdata.select(root=tables)) == []


def test_accepting_a_text_tells_what_would_stop_a_report(desk):
    for table in desk.tables():
        desk.decide(table, desk.load(table)["draft_id"], "accepted")
    wrong = desk.load("figures")["draft_id"][0]
    desk.change("figures", wrong, {"low": 850})
    result = CliRunner().invoke(main, ["accept", "kaz-2018", "--root", str(desk.root)])
    assert result.exit_code == 0, result.output
    assert "new rows: " in result.stdout
    assert "differs: kaz-2018-fig-001" in result.stderr and "will stop" in result.stderr
