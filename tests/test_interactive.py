"""Charts that answer to the pointer: what they tell leads to the evidence, the same on each run."""

from __future__ import annotations

import json
import re

import pytest

import ctdata
from ctdata import display, interactive, timeline

SCOPES = {
    "all": {},
    "Kazakhstan": {"country": "KAZ"},
    "Kyrgyzstan": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
}


def drawn(scope: ctdata.corpus.Selection) -> list[display.Picture | display.Sentence]:
    told = timeline.acts(scope)
    return [interactive.ties(scope), interactive.timeline(told, scope.scope)]


@pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)
def test_every_mark_leads_to_a_claim_in_scope(filters):
    scope = ctdata.select(**filters)
    claims = set(scope.relations["claim_id"]) | set(scope.legal_events["claim_id"])
    shown = drawn(scope)
    assert any(isinstance(chart, display.Interactive) for chart in shown)
    for chart in shown:
        if isinstance(chart, display.Interactive):
            text = json.dumps(chart.chart(), ensure_ascii=False)
            led_to = re.findall(r'\.\./reports/sources/[\w-]+\.md#([\w-]+)"', text)
            assert led_to and set(led_to) <= claims


def test_a_chart_tells_of_every_body_and_act_that_its_picture_draws():
    scope = ctdata.select()
    ties, acts = (json.dumps(chart.chart(), ensure_ascii=False) for chart in drawn(scope))
    bodies = set(scope.relations["subject_id"]) | set(scope.relations["object_id"])
    names = scope.corpus.load("organizations").set_index("organization_id")["name"]
    told = [name for name in names.reindex(sorted(bodies)).dropna() if f'"{name}: ' in ties]
    assert len(told) > 70
    dated = timeline.layout(timeline.acts(scope)).query("mark != ''")
    assert all(f"{row.label}: {row.what}, {row.when}" in acts for row in dated.itertuples())


def test_a_chart_is_the_same_on_every_run():
    scope = ctdata.select(country="KGZ")
    once, again = ([chart.chart() for chart in drawn(scope)] for _ in range(2))
    assert once == again


def test_an_empty_scope_is_a_sentence():
    scope = ctdata.select(country="KGZ", until="1990")
    assert all(isinstance(shown, display.Sentence) for shown in drawn(scope))
