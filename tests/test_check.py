"""Every fault of a corpus is caught, with its file, its line and what would be right."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from click.testing import CliRunner

import ctdata
from ctdata.check import check
from ctdata.cli import main


def messages(corpus, table: str | None = None) -> list[str]:
    found = check(corpus.root)
    return [str(p) for p in found if table is None or p.path.name == f"{table}.csv"]


def test_the_collection_is_sound():
    assert check(ctdata.Corpus().root) == []


def test_the_small_corpus_is_sound(small_corpus):
    assert check(small_corpus.root) == []


CELL_FAULTS = [
    ("figures", "indicator", "departed", "unknown value 'departed'"),
    ("figures", "indicator", "departed_to_conflit", "did you mean 'departed_to_conflict'?"),
    ("figures", "low", "eight hundred", "is not a number"),
    ("figures", "period", "May 2016", "2016-05"),
    ("figures", "period", "2016-13", "month 13"),
    ("figures", "country", "Ruritania", "does not have the form [A-Z]{3}"),
    ("figures", "unit", "", "a value is required"),
    ("figures", "note", "two\nlines", "a line break stands in the cell"),
    ("figures", "note", " blank", "white space stands around"),
    ("figures", "quote", "Under 800 people", "is not in the text; copy the words exactly"),
    ("figures", "quote", "Over 800 people left Ruritania", "stands in the text 2 times"),
    ("figures", "asserted_by", "nobody", "'nobody' is not in organizations"),
    ("figures", "source_id", "rur-2017", "'rur-2017' is not in sources"),
    ("relations", "object_id", "boarder-act", "did you mean 'border-act'?"),
    ("aliases", "entity_id", "nothing", "'nothing' is not in organizations or instruments"),
    ("participation", "event_id", "visit-2017", "'visit-2017' is not in events"),
    ("sources", "sha256", "0" * 64, "has changed"),
    ("organizations", "level", "local", "one of global, regional, national"),
]


@pytest.mark.parametrize(("table", "column", "value", "expected"), CELL_FAULTS)
def test_a_wrong_cell_is_told_with_its_line_and_column(
    small_corpus, table, column, value, expected
):
    small_corpus.change(table, 0, **{column: value})
    found = messages(small_corpus, table)
    path = small_corpus.path(table)
    assert any(m.startswith(f"{path}:2: {column}: ") for m in found), found
    assert any(expected in m for m in found), found


def test_low_above_high_is_caught(small_corpus):
    small_corpus.change("figures", 1, low="200")
    assert messages(small_corpus) == [
        f"{small_corpus.path('figures')}:3: low: low 200 is above high 100; swap the two"
    ]


def test_a_line_is_right_even_behind_a_line_break_in_a_cell(small_corpus):
    small_corpus.change("figures", 0, note="two\nlines")
    small_corpus.change("figures", 1, unit="folk")
    lines = [p.line for p in check(small_corpus.root)]
    assert lines == [2, 4]


def test_a_prefix_that_does_not_stand_before_the_quote_is_caught(small_corpus):
    small_corpus.change("figures", 0, prefix="by 2010.")
    assert "though the quote alone is" in messages(small_corpus)[0]


def test_an_unneeded_prefix_is_caught(small_corpus):
    small_corpus.change("figures", 1, prefix="said the Ministry;")
    assert "leave the prefix empty" in messages(small_corpus)[0]


def test_a_doubled_id_is_caught(small_corpus):
    small_corpus.change("figures", 1, claim_id="rur-2016-fig-001")
    assert any("stands already on line 2" in m for m in messages(small_corpus, "figures"))


def test_a_claim_id_used_in_two_tables_is_caught(small_corpus):
    small_corpus.change("measures", 0, claim_id="rur-2016-fig-001")
    assert any("stands already in figures.csv" in m for m in messages(small_corpus, "measures"))


def test_rows_out_of_order_are_caught(small_corpus):
    small_corpus.change("figures", 0, claim_id="rur-2016-fig-003")
    assert any("sort the rows" in m for m in messages(small_corpus, "figures"))


def test_participation_without_its_event_in_the_same_text_is_caught(small_corpus):
    text = "The Directorate met."
    small_corpus.write_text("rur-2017", text)
    small_corpus.add("sources", source_id="rur-2017", title="Other", publisher="Directorate",
                     document_type="statement", language="en", rights="Made for a test.",
                     sha256=hashlib.sha256(text.encode()).hexdigest())  # fmt: skip
    small_corpus.add("participation", claim_id="rur-2017-par-001", source_id="rur-2017",
                     event_id="visit-2016", organization_id="dir", role="lead",
                     quote="The Directorate met")  # fmt: skip
    assert any("for the text 'rur-2017'" in m for m in messages(small_corpus))


BYTE_FAULTS = {
    "a byte order mark": (lambda b: b"\xef\xbb\xbf" + b, "byte order mark", 1),
    "bytes that are not UTF-8": (lambda b: b.replace(b"praised", b"prais\xe9d"), "0xE9", 2),
    "CR LF": (lambda b: b.replace(b"\n", b"\r\n"), "CR LF", 1),
    "an empty file": (lambda b: b"", "the file is empty", 1),
    "a blank header": (lambda b: b.replace(b"theme", b"", 1), "is blank; name the column", 1),
    "a doubled header": (lambda b: b.replace(b"theme", b"country", 1), "header is doubled", 1),
    "an unknown column": (lambda b: b.replace(b"theme", b"topic", 1), "unknown column", 1),
    "a missing column": (lambda b: b.replace(b"theme", b"topic", 1), "the column is missing", 1),
    "a cell too many": (lambda b: b.replace(b"Act of 2010,", b"Act, of 2010,"), "15 cells", 2),
    "a blank line": (lambda b: b + b"\n", "the line is blank", 3),
    "no line end": (lambda b: b.rstrip(b"\n"), "has no line end", 2),
    "an unclosed quotation mark": (lambda b: b.replace(b"praised", b'"praised'), "not CSV", 2),
}


@pytest.mark.parametrize("fault", BYTE_FAULTS)
def test_a_fault_of_the_file_is_told_with_its_line(small_corpus, fault):
    edit, expected, line = BYTE_FAULTS[fault]
    before = small_corpus.path("measures").read_bytes()
    small_corpus.edit("measures", edit)
    assert small_corpus.path("measures").read_bytes() != before
    found = [p for p in check(small_corpus.root) if expected in p.message]
    if fault == "a cell too many":
        found = [p for p in check(small_corpus.root) if "but the header has" in p.message]
    if fault == "an unclosed quotation mark":
        found = [p for p in check(small_corpus.root) if p.path.name == "measures.csv"]
    assert [p.line for p in found] == [line]


def test_columns_in_another_order_are_caught(small_corpus):
    small_corpus.edit("measures", lambda b: b.replace(b"theme,stance", b"stance,theme"))
    assert any("another order" in m for m in messages(small_corpus))


def test_a_missing_table_is_caught(small_corpus):
    small_corpus.path("measures").unlink()
    assert any("the table is missing" in m for m in messages(small_corpus))


def test_a_table_that_is_not_declared_is_caught(small_corpus):
    (small_corpus.root / "extra.csv").write_text("a\n")
    assert any("does not declare this table" in m for m in messages(small_corpus))


def test_a_missing_descriptor_is_caught(small_corpus):
    (small_corpus.root / "datapackage.json").unlink()
    assert "no such file" in messages(small_corpus)[0]


def test_a_broken_descriptor_is_told_with_its_line(small_corpus):
    (small_corpus.root / "datapackage.json").write_text('{\n"resources": [}\n')
    assert "not JSON" in messages(small_corpus)[0]


def test_a_missing_text_is_caught(small_corpus):
    (small_corpus.root / "texts" / "rur-2016.txt").unlink()
    assert any("there is no text" in m for m in messages(small_corpus))


def test_a_text_without_a_passport_is_caught(small_corpus):
    small_corpus.write_text("rur-2020", "Words.")
    assert any("no row of sources.csv speaks of this file" in m for m in messages(small_corpus))


def test_a_changed_text_is_caught(small_corpus):
    small_corpus.write_text("rur-2016", "Other words.")
    assert any("has changed: its sha256 is" in m for m in messages(small_corpus))


def test_a_text_that_is_not_utf8_is_caught(small_corpus):
    (small_corpus.root / "texts" / "rur-2016.txt").write_bytes(b"one\n\xff\n")
    assert any("rur-2016.txt:2: not UTF-8" in m for m in messages(small_corpus))


def test_one_spelling_for_two_organizations_is_caught(small_corpus):
    small_corpus.add("aliases", entity_id="dir", alias="the Ministry")
    assert any("also stands for" in m for m in messages(small_corpus, "aliases"))


def test_a_spelling_with_context_may_be_shared(small_corpus):
    small_corpus.write(
        "aliases",
        [
            {"entity_id": "dir", "alias": "the Ministry", "context": "praised"},
            {"entity_id": "rur", "alias": "the Ministry"},
        ],
    )
    assert messages(small_corpus) == []


def test_every_table_and_every_column_with_a_rule_is_checked(small_corpus):
    """A value that fits nothing is refused wherever a column has a rule."""
    refused = 0
    for name, table in ctdata.Corpus(small_corpus.root).schema.items():
        if not small_corpus.path(name).read_text().splitlines()[1:]:
            continue
        for column in table.columns:
            has_rule = column.pattern or column.values or column.is_date or column.type != "string"
            if has_rule:
                before = small_corpus.path(name).read_bytes()
                small_corpus.change(name, 0, **{column.name: "?? !"})
                found = [p for p in check(small_corpus.root) if p.column == column.name]
                assert found, f"{name}.{column.name} takes anything"
                small_corpus.path(name).write_bytes(before)
                refused += 1
    assert refused > 40


def test_the_command_prints_the_problems_and_ends_with_status_1(small_corpus):
    small_corpus.change("figures", 0, unit="folk")
    result = CliRunner().invoke(main, ["check", str(small_corpus.root)])
    assert result.exit_code == 1
    assert f"{small_corpus.path('figures')}:2: unit: unknown value 'folk'" in result.output


def test_the_command_counts_what_it_found_sound(small_corpus):
    result = CliRunner().invoke(main, ["check", str(small_corpus.root)])
    assert result.exit_code == 0
    assert "no problem" in result.output


def test_a_flipped_number_in_the_collection_turns_the_check_or_the_tests_red(tmp_path):
    """A changed low bound must leave its quote: every bound is printed in it or noted."""
    from tests_support import number_is_in_quote

    root = tmp_path / "sources"
    shutil.copytree(ctdata.Corpus().root, root)
    figures = ctdata.load_figures(root=root)
    assert len(figures)
    for figure in figures.to_dict("records"):
        assert number_is_in_quote(figure)
        figure["low"] = (figure["low"] if figure["low"] == figure["low"] else 0) + 7
        assert not number_is_in_quote(figure)
