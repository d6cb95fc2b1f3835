"""Quotes are found where they stand, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ctdata
from ctdata.evidence import EvidenceError, Span, Text, TextError, fold, read_text

WORDS = st.lists(st.text("abcdé’-«.", min_size=1, max_size=8), min_size=1, max_size=40)
SPACES = st.sampled_from([" ", "  ", "\n", " \n ", "\t", "\r\n", "\u00a0"])


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def test_a_quote_is_found_at_its_place_in_the_verbatim_text():
    text = "One two.\n\nThree  four\nfive."
    assert Text(text).find("Three four five") == span_of(text, "Three  four\nfive")


def test_white_space_in_the_quote_does_not_count():
    assert Text("over 800 nationals").find("  over\n800 ") == Span(0, 8)


@pytest.mark.parametrize("quote", ["long-term plan", "longterm plan"])
def test_a_word_split_at_a_line_end_is_joined_with_or_without_its_hyphen(quote):
    text = "a long-\nterm plan"
    assert Text(text).find(quote) == span_of(text, "long-\nterm plan")


def test_a_hyphen_inside_a_line_must_be_in_the_quote():
    with pytest.raises(EvidenceError, match="is not in the text"):
        Text("a long-term plan").find("longterm plan")


def test_a_hyphen_that_the_text_lacks_is_not_found():
    with pytest.raises(EvidenceError, match="is not in the text"):
        Text("a longterm plan").find("long-term plan")


def test_hyphens_between_digits_are_kept():
    with pytest.raises(EvidenceError, match="is not in the text"):
        Text("at least 230-250 are dead").find("230250")


def test_quotation_marks_and_case_count():
    text = Text("the President’s call")
    with pytest.raises(EvidenceError):
        text.find("the President's call")
    with pytest.raises(EvidenceError):
        text.find("the president’s call")


def test_a_quote_is_not_found_inside_other_words():
    with pytest.raises(EvidenceError, match="is not in the text"):
        Text("moreover 8000 people").find("over 800")


def test_a_quote_that_stands_twice_asks_for_a_prefix():
    with pytest.raises(EvidenceError, match="stands in the text 2 times.*prefix"):
        Text("the law; then the law").find("the law")


def test_the_prefix_tells_two_places_apart_and_is_not_part_of_the_span():
    text = "first the law, then the law"
    assert Text(text).find("the law", prefix="then") == Span(len(text) - 7, len(text))


def test_a_wrong_prefix_is_told_from_a_wrong_quote():
    with pytest.raises(EvidenceError, match="though the quote alone is"):
        Text("first the law").find("the law", prefix="then")


def test_an_empty_quote_is_refused():
    with pytest.raises(EvidenceError, match="the quote is empty"):
        Text("words").find("  ")


@given(words=WORDS, spaces=st.lists(SPACES, min_size=40, max_size=40), data=st.data())
def test_any_run_of_words_is_found_and_its_span_reads_like_it(words, spaces, data):
    verbatim = "".join(word + space for word, space in zip(words, spaces, strict=False))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    quote = fold(" ".join(words[first:last]))
    found = [verbatim[span.start : span.end] for span in Text(verbatim).occurrences(quote)]
    if fold(verbatim).count("-") == 0:
        assert found
    for place in found:
        assert fold(place) == quote or fold(place).replace("- ", "").replace("-", "") == (
            quote.replace("-", "")
        )


def test_every_line_of_a_long_lined_text_is_a_paragraph():
    text = "A" * 150 + ".\n" + "B" * 150 + ".\n\nC.\n"
    assert [p.paragraph for p in Text(text).passages] == [1, 2, 3]


def test_a_text_wrapped_by_hand_has_paragraphs_at_blank_lines_and_short_last_lines():
    text = (
        "This sentence is wrapped by\nhand and goes on. It does\nnot end here, it\nends here.\n"
        "Another one begins.\n\nA third."
    )
    passages = Text(text).passages
    assert [fold(text[p.start : p.end])[:7] for p in passages] == ["This se", "Another", "A third"]


def test_a_place_is_told_by_its_paragraph():
    text = Text("x" * 120 + "\n" + "y" * 120)
    assert text.paragraph_at(5) == 1
    assert text.paragraph_at(125) == 2


def test_sentences_end_at_full_stops_but_not_after_titles_and_initials():
    verbatim = "Said Mr. Chen of the U.S. Mission. It was good. “Yes,” he said."
    text = Text(verbatim)
    assert [verbatim[s.start : s.end] for s in text.sentences] == [
        "Said Mr. Chen of the U.S. Mission.",
        "It was good.",
        "“Yes,” he said.",
    ]
    assert text.sentence_at(verbatim.index("good")) == text.sentences[1]


def test_a_missing_text_says_where_it_should_be(tmp_path):
    with pytest.raises(TextError, match="texts/<source_id>.txt"):
        read_text(tmp_path, "nothing")


def test_texts_come_as_received():
    corpus = ctdata.Corpus()
    source_ids = list(corpus.load("sources")["source_id"])
    assert source_ids
    for source_id in source_ids:
        file = corpus.root / "texts" / f"{source_id}.txt"
        assert ctdata.load_text(source_id).encode() == file.read_bytes()
