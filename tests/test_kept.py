"""What was made of a corpus or selection is made once, and nobody can spoil it for the next."""

from __future__ import annotations

import gc
import weakref

import pandas as pd

import ctdata
from ctdata import coverage
from ctdata.kept import kept


class Source:
    """Something that can be held on to."""


def test_a_thing_is_made_once_for_each_source():
    made = []

    @kept
    def number(source: Source) -> int:
        made.append(source)
        return len(made)

    one, other = Source(), Source()
    assert [number(one), number(other), number(one)] == [1, 2, 1]


def test_a_frame_that_is_changed_leaves_the_next_one_as_it_was():
    @kept
    def frame(source: Source) -> pd.DataFrame:
        return pd.DataFrame({"n": [1, 2]})

    source = Source()
    first = frame(source)
    first.loc[0, "n"] = 9
    first["more"] = 0
    assert frame(source).to_dict("list") == {"n": [1, 2]}


def test_nothing_is_remembered_longer_than_its_source_lives():
    made = weakref.WeakSet()

    @kept
    def thing(source: Source) -> Source:
        found = Source()
        made.add(found)
        return found

    source = Source()
    thing(source)
    assert len(made) == 1
    del source
    gc.collect()
    assert not made


def test_a_selection_can_be_let_go_after_its_claims_were_read():
    scope = ctdata.select(country="KGZ")
    assert len(coverage.claims(scope))
    alive = weakref.ref(scope)
    del scope
    gc.collect()
    assert alive() is None
