"""Organizations and instruments are found where they are named, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdata.evidence import Text
from ctdata.names import INSTRUMENT, ORGANIZATION, Name, NameFinder, name_key

UN = Name("un", ORGANIZATION, "United Nations")
UNODC = Name("unodc", ORGANIZATION, "United Nations Office on Drugs and Crime")


def found(text: str, *names: Name, parents: dict[str, str] | None = None) -> list[tuple[str, str]]:
    mentions = NameFinder(names, parents).find(Text(text))
    return [(mention.entity_id, text[mention.start : mention.end]) for mention in mentions]


def test_the_longest_name_is_kept():
    assert found("the United Nations Office on Drugs and Crime", UN, UNODC) == [
        ("unodc", "United Nations Office on Drugs and Crime")
    ]


def test_a_parent_spelled_out_in_the_name_is_found_too():
    names = [
        entity
        for entity, _ in found(
            "the United Nations Office on Drugs and Crime", UN, UNODC, parents={"unodc": "un"}
        )
    ]
    assert names == ["un", "unodc"]


def test_a_longer_match_that_fails_does_not_hide_a_shorter_one():
    assert found("the United Nations Office on Drugs and Crimes", UN, UNODC) == [
        ("un", "United Nations")
    ]


def test_names_are_not_found_inside_other_words():
    assert found("the ECOSOC is discussed", Name("sco", ORGANIZATION, "SCO")) == []


def test_a_name_ends_before_a_hyphen():
    name = Name("fatf", ORGANIZATION, "Financial Action Task Force")
    assert found("a Financial Action Task Force-style body", name) == [
        ("fatf", "Financial Action Task Force")
    ]


def test_a_name_split_over_two_lines_is_found():
    name = Name("s", INSTRUMENT, "Counter-Terrorism Strategy")
    assert found("the Counter-\nTerrorism\nStrategy", name) == [
        ("s", "Counter-\nTerrorism\nStrategy")
    ]


def test_half_of_a_word_split_over_two_lines_is_not_a_name():
    assert found("the coop-\nerative", Name("c", ORGANIZATION, "Coop")) == []


def test_acronyms_keep_their_case_and_names_do_not():
    who = Name("who", ORGANIZATION, "WHO")
    assert found("the people who left told WHO", who) == [("who", "WHO")]
    assert found("the united nations", UN) == [("un", "united nations")]


def test_context_in_the_same_sentence_tells_two_bodies_apart():
    names = (
        Name("national", ORGANIZATION, "Centre", "order of the President"),
        Name("regional", ORGANIZATION, "Centre", "Commonwealth"),
    )
    text = "By order of the President the Centre was made. The Commonwealth has a Centre. A Centre."
    assert [entity for entity, _ in found(text, *names)] == ["national", "regional"]


def test_a_name_with_fitting_context_goes_before_one_without():
    names = (
        Name("any", ORGANIZATION, "Committee"),
        Name("special", ORGANIZATION, "Committee", "sanctions"),
    )
    text = "The Committee met. The sanctions Committee met."
    assert [entity for entity, _ in found(text, *names)] == ["any", "special"]


def test_an_instrument_is_found_inside_the_name_of_its_committee():
    names = (
        Name("committee", ORGANIZATION, "Committee pursuant to resolution 1540 (2004)"),
        Name("unscr-1540", INSTRUMENT, "1540 (2004)"),
    )
    entities = {
        entity for entity, _ in found("Committee pursuant to resolution 1540 (2004)", *names)
    }
    assert entities == {"committee", "unscr-1540"}


def test_no_names_find_nothing():
    assert found("United Nations") == []


@given(
    before=st.text("ab ,.", max_size=20),
    name=st.text("xyz", min_size=1, max_size=6),
    behind=st.text("ab ,.", max_size=20),
)
def test_a_name_between_any_words_is_found_exactly_when_it_stands_alone(before, name, behind):
    text = f"{before}{name}{behind}"
    alone = not (before[-1:].isalnum() or behind[:1].isalnum())
    assert bool(found(text, Name("n", ORGANIZATION, name))) == alone


@pytest.mark.parametrize(
    ("one", "other"),
    [("Counter-Terrorism", "counterterrorism"), ("Money  Laundering", "money laundering")],
)
def test_spellings_that_count_as_the_same_have_one_key(one, other):
    assert name_key(one) == name_key(other)


def test_the_key_keeps_the_length_of_letters_that_grow_in_lower_case():
    assert len(name_key("İstanbul")) == len("İstanbul")
