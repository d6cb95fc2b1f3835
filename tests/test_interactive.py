"""Charts that answer to the pointer: what they tell leads to the evidence, the same on each run."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from bokeh.models import BoxAnnotation, Plot, Scatter

import ctdata
from ctdata import display, hover, interactive, timeline

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


def legend_of(chart: display.Interactive) -> dict[str, tuple]:
    """For each entry of the legend: the look of what it stands for."""
    (figure,) = chart.model.select({"type": Plot})
    looks = {}
    for item in figure.legend[0].items:
        (mark,) = item.renderers
        data = mark.data_source.data
        if isinstance(mark.glyph, Scatter):
            strokes = {*data["fill_color"], *data["line_color"]} - {"white"}
            looks[item.label.value] = (mark.glyph.marker, *strokes)
    return looks


@pytest.mark.parametrize("filters", SCOPES.values(), ids=SCOPES)
def test_the_timeline_tells_actions_apart_by_shape_and_explains_each_in_a_legend(filters):
    scope = ctdata.select(**filters)
    told = timeline.acts(scope)
    chart = interactive.timeline(told, scope.scope)
    drawn = {timeline.MARKS[mark] for mark in timeline.layout(told)["mark"] if mark}
    looks = legend_of(chart)
    assert list(looks) == [mark.label for mark in timeline.MARKS.values() if mark in drawn]
    colors = {mark.label: display.COLORS[mark.color] for mark in drawn}
    assert {label: color for label, (_, color) in looks.items()} == colors
    assert len({shape for shape, _ in looks.values()}) == len(looks) > 1


def test_every_mark_of_the_timeline_has_a_shape_of_its_own_on_the_screen():
    shapes = [hover.SHAPES[mark.shape] for mark in timeline.MARKS.values()]
    assert len(shapes) == len(set(shapes)) > 5


def test_points_may_be_hollow_or_strokes_and_the_legend_shows_a_full_one():
    claims = ctdata.select().legal_events.head(4)
    points = pd.DataFrame(
        {
            "x": [1.0, 2.0, 3.0, 4.0],
            "y": 1.0,
            "words": list("abcd"),
            "evidence": [display.Citation(row) for _, row in claims.iterrows()],
            "kind": ["disc", "disc", "cross", "cross"],
            "shape": ["o", "o", "X", "X"],
            "color": "#000000",
            "hollow": [True, False, False, False],
        }
    )
    chart = hover.draw(points, title="Four points", bands=[3.0, 2.0, 0.0])
    discs, crosses = chart.legend[0].items
    assert (discs.label.value, discs.index) == ("disc", 1)
    assert discs.renderers[0].data_source.data["fill_color"] == ["white", "#000000"]
    assert discs.renderers[0].data_source.data["line_color"] == ["#000000", "white"]
    assert crosses.renderers[0].data_source.data["line_color"] == ["#000000"] * 2
    assert (chart.y_range.start, chart.y_range.end) == (0.0, 3.0)
    shaded = chart.select({"type": BoxAnnotation})
    assert {(band.bottom, band.top) for band in shaded} >= {(2.0, 3.0)}


def test_a_chart_is_the_same_on_every_run():
    scope = ctdata.select(country="KGZ")
    once, again = ([chart.chart() for chart in drawn(scope)] for _ in range(2))
    assert once == again


def test_an_empty_scope_is_a_sentence():
    scope = ctdata.select(country="KGZ", until="1990")
    assert all(isinstance(shown, display.Sentence) for shown in drawn(scope))
