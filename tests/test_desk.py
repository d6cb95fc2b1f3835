"""Drafts on disk: what is found, decided and changed, and what a spreadsheet may do to them."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from second_text import row_of

import ctdata
from ctdata.cli import main
from ctdata.evidence import Text
from ctdata.ingest.accept import accept
from ctdata.ingest.desk import Desk
from ctdata.ingest.drafting import draft, draft_all
from ctdata.ingest.intake import add
from ctdata.ingest.quotes import NoQuote, quote_at
from ctdata.ingest.records import slug
from ctdata.ingest.sheets import DraftError, check_drafts, read_sheet
from ctdata.schema import read_schema


def files(desk):
    return {path.name: path.read_bytes() for path in desk.folder.iterdir()}


def test_every_draft_is_sound_and_leads_to_words_of_the_text(desk):
    rows = desk.rows()
    assert {"organizations", "participation", "figures", "instruments"} <= set(rows["table"])
    assert (rows["start"] >= 0).all() and (rows["end"] > rows["start"]).all()
    assert rows["label"].str.len().all()
    for table in desk.tables():
        assert set(desk.load(table)["status"]) == {"draft"}
    assert list(dict.fromkeys(rows["table"])) == desk.tables()
    for _, group in rows.groupby("table"):
        assert group["start"].is_monotonic_increasing


def test_drafts_of_any_text_of_the_field_can_be_read_back(tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(ctdata.Corpus().root, root, ignore=shutil.ignore_patterns("drafts"))
    texts = sorted((Path(__file__).parent / "fixtures" / "suggest").glob("*.txt"))
    assert texts
    passport = {"document_type": "statement", "publisher": "State", "rights": "Made for a test."}
    passport |= {"issued": "2020", "country": "KAZ", "language": "en"}
    for path in texts:
        add(f"t-{path.stem[:2]}", path.read_text("utf-8"), passport | {"title": path.stem}, root)
    found = dict(draft_all([f"t-{path.stem[:2]}" for path in texts], root))
    assert all(count["figures"] for count in found.values())
    assert not check_drafts(root, read_schema(root))
    figures = pd.concat(Desk(name, root).load("figures") for name in found)
    assert {"KZT", "USD", "percent", "people"} <= set(figures["unit"])
    assert 270e9 in set(figures["low"])  # "over 270 billion tenge"
    who = figures.groupby("indicator")["population"].agg(set)
    assert "people who returned" in who["returned"]
    assert "nationals who left" in who["departed_to_conflict"]


def test_what_one_text_brought_in_is_known_in_the_next(small_corpus):
    root = small_corpus.root
    text = (
        "Ruritania recalls resolution 2617, resolution 2617 (2021), General Assembly resolution "
        "71/291 and the Ruritanian Border Code. Kazakhstan amended its Penal Code.\n"
    )
    passport = {"document_type": "statement", "publisher": "State", "rights": "Made for a test."}
    passport |= {"issued": "2022", "country": "KAZ", "language": "en", "title": "Statement"}
    add("first", text, passport, root)
    draft("first", root)
    desk = Desk("first", root)
    rows = desk.load("instruments").set_index("instrument_id")
    assert {"unscr-2617", "general-assembly-resolution-71-291"} <= set(rows.index)
    assert rows.loc["unscr-2617", "number"] == "2617 (2021)"
    for table in desk.tables():
        desk.decide(table, desk.load(table)["draft_id"], "accepted")
    accept("first", root)
    add("second", f"{text} They said so again.\n", passport, root)
    draft("second", root)
    assert not {"organizations", "instruments"} & set(Desk("second", root).tables())


@pytest.mark.parametrize("source_id", ctdata.load_sources()["source_id"])
def test_what_is_curated_is_not_drafted_again(source_id, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(ctdata.Corpus().root, root, ignore=shutil.ignore_patterns("drafts"))
    draft(source_id, root)
    desk = Desk(source_id, root)
    curated = ctdata.Corpus(root).load("participation", source=source_id)
    known = set(zip(curated["event_id"], curated["organization_id"], curated["role"], strict=True))
    drafted = desk.load("participation") if "participation" in desk.tables() else curated[:0]
    found = zip(drafted["event_id"], drafted["organization_id"], drafted["role"], strict=True)
    assert not known & set(found)
    new = desk.load("organizations") if "organizations" in desk.tables() else curated[:0]
    assert not set(new["organization_id"]) & set(ctdata.load_organizations()["organization_id"])
    assert not check_drafts(root, read_schema(root))


def test_new_organizations_have_readable_ids_and_rows_refer_to_them(desk):
    row = row_of(desk, "organizations", name="State Security Committee of Kazakhstan")
    assert row["organization_id"].startswith("kaz-")
    state = row_of(desk, "organizations", kind="state")
    assert (state["organization_id"], row["parent_id"]) == ("kaz", "kaz")
    assert row["organization_id"] in set(desk.load("participation")["organization_id"])
    known = set(desk.load("organizations")["organization_id"]) | {"dir", "rur"}
    assert set(desk.load("participation")["organization_id"].dropna()) <= known


def test_a_quote_that_stands_twice_gets_the_words_before_it(desk):
    figures = desk.load("figures")
    assert len(figures) == 2
    spans = {desk.text.find(q, p) for q, p in zip(figures["quote"], figures["prefix"].fillna(""),
             strict=True)}  # fmt: skip
    assert len(spans) == 2


def test_suggesting_again_adds_nothing_and_keeps_all_that_was_decided(desk):
    ids = list(desk.load("organizations")["draft_id"])
    desk.decide("organizations", ids[:1], "rejected")
    desk.decide("organizations", ids[1:2], "accepted")
    figure = desk.load("figures").iloc[0]
    desk.change("figures", figure["draft_id"], {"low": 900, "population": "adults"})
    before = files(desk)
    assert draft("kaz-2018", desk.root) == {}
    assert files(desk) == before


def test_what_is_new_is_added_behind_what_was_there(desk, two_texts):
    gone = row_of(desk, "figures", low=800.0)["draft_id"]
    path = desk.folder / "figures.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(gone)), "utf-8")
    rest = [line for line in lines if not line.startswith(gone)]
    assert draft("kaz-2018", two_texts.root) == {"figures": 1}
    assert path.read_text("utf-8").startswith("".join(rest))


def test_many_texts_are_drafted_side_by_side_with_the_same_result(two_texts, tmp_path):
    names = ["kaz-2018", "rur-2016"]
    alone = {name: draft(name, two_texts.root) for name in names}
    written = {p: p.read_bytes() for p in two_texts.root.glob("drafts/*/*.csv")}
    assert written
    for path in written:
        path.unlink()
    assert dict(draft_all(names, two_texts.root, jobs=2)) == alone
    assert {p: p.read_bytes() for p in two_texts.root.glob("drafts/*/*.csv")} == written


def test_one_broken_sheet_does_not_keep_other_texts_from_being_drafted(two_texts):
    draft("kaz-2018", two_texts.root)
    (two_texts.root / "drafts/kaz-2018/figures.csv").write_bytes(b"nonsense\n")
    found = dict(draft_all(["kaz-2018", "rur-2016"], two_texts.root))
    assert isinstance(found["kaz-2018"], DraftError)
    assert isinstance(found["rur-2016"], dict)


# Deciding and changing ----------------------------------------------------------------------------


def test_a_decision_is_on_disk_at_once_and_can_be_taken_back(desk):
    name = desk.load("figures")["draft_id"][0]
    for status in ("accepted", "rejected", "draft"):
        desk.decide("figures", name, status)
        again = Desk("kaz-2018", desk.root)
        assert again.rows(status).query("draft_id == @name")["status"].tolist() == [status]
    assert desk.counts().loc["figures", "draft"] == len(desk.load("figures"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d, i: Desk("kaz-2017", d.root), "did you mean 'kaz-2018'"),
        (lambda d, i: d.load("figure"), "did you mean 'figures'"),
        (lambda d, i: d.decide("figures", i, "acepted"), "did you mean 'accepted'"),
        (lambda d, i: d.decide("figures", i, "done"), "unknown status"),
        (lambda d, i: d.decide("figures", [i, "fig-0"], "rejected"), "unknown draft of figures"),
        (lambda d, i: d.rows("open"), "unknown status 'open'"),
        (lambda d, i: d.change("figures", "fig-0", {}), "unknown draft of figures"),
        (lambda d, i: d.change("figures", i, {"hight": 1}), "unknown column"),
        (lambda d, i: d.change("figures", i, {"status": "done"}), "unknown column"),
        (lambda d, i: d.change("figures", i, {"source_id": "x"}), "unknown column"),
        (lambda d, i: d.change("figures", i, {"indicator": "departed"}), "one of departed_to"),
        (lambda d, i: d.change("figures", i, {"period": "May 2016"}), "2016-05"),
        (lambda d, i: d.change("figures", i, {"low": "many"}), "is not a number"),
        (lambda d, i: d.change("figures", i, {"low": 9, "high": 8}), "swap the two"),
        (lambda d, i: d.change("figures", i, {"asserted_by": "who"}), "nor drafted"),
        (lambda d, i: d.change("figures", i, {"quote": "Over 900"}), "is not in the text"),
        (lambda d, i: d.change("figures", i, {"quote": ""}), "the quote is empty"),
        (lambda d, i: d.change("figures", i, {"prefix": "wrong words"}), "copy the prefix"),
        (lambda d, i: d.matches("figures", i), "unknown table of names"),
        (lambda d, i: d.use(i, "dir"), "unknown draft of an organization"),
    ],
)
def test_what_is_wrong_is_refused_with_what_would_be_right(desk, call, message):
    name = desk.load("figures")["draft_id"][0]
    before = files(desk)
    with pytest.raises(ValueError) as error:
        call(desk, name)
    assert message in str(error.value)
    assert files(desk) == before


def test_a_change_is_on_disk_and_only_in_its_cells(desk):
    name = desk.load("figures")["draft_id"][0]
    before = desk.load("figures")
    desk.change("figures", name, {"low": 850.0, "high": None, "note": " a  note\n"})
    after = Desk("kaz-2018", desk.root).load("figures")
    assert (after["low"][0], after["note"][0]) == (850, "a note")
    changed = ["low", "note"]
    assert after.drop(columns=changed).equals(before.drop(columns=changed))


def test_a_changed_quote_that_stands_twice_keeps_its_place(desk):
    rows = desk.rows()
    rows = rows[rows["table"] == "figures"]
    for name, start in zip(rows["draft_id"], rows["start"], strict=True):
        desk.change("figures", name, {"quote": "Over 800 nationals"})
        row = row_of(desk, "figures", draft_id=name)
        assert desk.text.find(row["quote"], row["prefix"]).start == start


def test_drafts_follow_when_a_proposed_id_is_changed(desk):
    row = row_of(desk, "organizations", name="State Security Committee of Kazakhstan")
    desk.change("organizations", row["draft_id"], {"organization_id": "kaz-interior"})
    assert "kaz-interior" in set(desk.load("participation")["organization_id"])
    assert row["organization_id"] not in set(desk.load("participation")["organization_id"])
    assert draft("kaz-2018", desk.root) == {}
    with pytest.raises(ValueError, match="is taken"):
        desk.change("organizations", row["draft_id"], {"organization_id": "rur"})
    state = row_of(desk, "organizations", kind="state")["draft_id"]
    desk.change("organizations", state, {"organization_id": "kazakhstan"})
    assert row_of(desk, "organizations", draft_id=row["draft_id"])["parent_id"] == "kazakhstan"


def test_drafts_follow_when_the_id_of_an_event_is_changed(desk):
    event = desk.load("events").iloc[0]
    before = (desk.load("participation")["event_id"] == event["event_id"]).sum()
    desk.change("events", event["draft_id"], {"event_id": "dir-visit-2018"})
    assert (desk.load("participation")["event_id"] == "dir-visit-2018").sum() == before > 0
    assert draft("kaz-2018", desk.root) == {}


def test_a_new_organization_may_turn_out_to_be_a_known_one(desk):
    row = row_of(desk, "organizations", acronym="CSR")
    old = row["organization_id"]
    desk.use(row["draft_id"], "dir")
    assert row_of(desk, "organizations", draft_id=row["draft_id"])["status"] == "rejected"
    alias = row_of(desk, "aliases", entity_id="dir")
    assert alias["status"] == "accepted" and "Strategic Research" in alias["alias"]
    for table in desk.tables():
        frame = desk.load(table)
        assert not (frame.astype(str) == old).any().any(), table
    assert draft("kaz-2018", desk.root) == {}
    with pytest.raises(ValueError, match="unknown organization_id 'di'"):
        desk.use(row["draft_id"], "di")


def test_the_most_similar_known_name_comes_first(desk, two_texts):
    two_texts.write(
        "organizations",
        [
            {"organization_id": name, "name": words, "kind": "organ", "level": "global"}
            for name, words in [
                ("affairs", "Committee of State Security, Kazakhstan"),
                ("bank", "World Bank"),
                ("dir", "Directorate"),
            ]
        ]
        + [{"organization_id": "rur", "name": "Ruritania", "kind": "state", "level": "national"}],
    )
    desk = Desk("kaz-2018", two_texts.root)
    row = row_of(desk, "organizations", name="State Security Committee of Kazakhstan")
    found = desk.matches("organizations", row["draft_id"], limit=2)
    assert found["id"][0] == "affairs" and found["score"].is_monotonic_decreasing
    assert len(found) == 2 and found["score"].between(0, 100).all()


def test_the_next_ones_like_this_are_undecided_and_in_the_order_of_the_text(desk):
    frame = desk.load("participation")
    rows = desk.rows().query("table == 'participation'")["draft_id"].tolist()
    alike = frame[frame["role"] == "member"]["draft_id"].tolist()
    assert len(alike) > 2
    ordered = [name for name in rows if name in alike]
    assert desk.like("participation", ordered[0]) == ordered[1:]
    desk.decide("participation", ordered[1], "rejected")
    assert desk.like("participation", ordered[0]) == ordered[2:]


# Spreadsheets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: resaved(text, ";"),
        lambda text: b"\xef\xbb\xbf" + resaved(text, "\t").replace(b"\n", b"\r\n"),
        lambda text: text + b",,\n\n",
    ],
)
def test_what_a_spreadsheet_does_to_a_file_is_forgiven(desk, edit):
    before = desk.load("figures")
    path = desk.folder / "figures.csv"
    path.write_bytes(edit(path.read_bytes()))
    assert desk.load("figures").equals(before)
    desk.decide("figures", before["draft_id"][0], "accepted")
    assert path.read_bytes().startswith(b"draft_id,status,") and b"\r" not in path.read_bytes()


def resaved(content: bytes, delimiter: str) -> bytes:
    text = io.StringIO()
    rows = csv.reader(io.StringIO(content.decode()))
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b",draft,", b",acepted,", "figures.csv:2: status: unknown status 'acepted'; one of draft"),
        (b",800,", b",eight,", "figures.csv:2: low: 'eight' is not a number"),
        (b"departed_to", b"gone_to", "figures.csv:2: indicator: unknown value 'gone_to_conflict'"),
        (b"0.85", b"0\xe9", "figures.csv:2: byte 0xE9 is not UTF-8; save the sheet as"),
        (b"0.85", b'"0,85"', "figures.csv:2: score: '0,85' is not a number"),
        (b"status,", b"state,", "figures.csv:1: state: unknown column; one of draft_id, status"),
        (b"status,", b"", "figures.csv:1: status: the column is missing"),
        (b",note", b",note,note", "figures.csv:1: note: the column stands twice"),
        (b",800,", b",8,00,", "figures.csv:2: 19 cells, but the header has 18"),
        (b"said", b'"said', "figures.csv:3: not CSV: ',' expected after"),
        (b"Over 800", b"Over 900", "figures.csv:2: quote: “Over 900"),
    ],
)
def test_a_broken_sheet_is_told_with_its_line_and_never_written_over(desk, old, new, expected):
    path = desk.folder / "figures.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    broken = path.read_bytes()
    with pytest.raises(DraftError) as error:
        desk.rows()
    assert expected in str(error.value)
    if "quote" not in expected:
        for call in (
            lambda: draft("kaz-2018", desk.root),
            lambda: desk.decide("figures", "fig", "accepted"),
            lambda: desk.counts(),
        ):
            with pytest.raises(DraftError):
                call()
        result = CliRunner().invoke(main, ["check", str(desk.root)])
        assert result.exit_code == 1 and expected in result.output
    assert path.read_bytes() == broken


def test_an_id_that_stands_twice_and_an_empty_file_are_told(desk):
    path = desk.folder / "figures.csv"
    content = path.read_bytes()
    path.write_bytes(content + content.split(b"\n", 1)[1])
    with pytest.raises(DraftError, match="stands already on line 2; empty the cell of a new row"):
        desk.load("figures")
    path.write_bytes(b"")
    with pytest.raises(DraftError, match="the file is empty; write the header draft_id,status"):
        desk.load("figures")


def test_a_row_written_by_hand_is_a_draft_like_any_other(desk):
    path = desk.folder / "relations.csv"
    schema = read_schema(desk.root)
    header = read_sheet(path, schema["relations"]).columns
    row = dict.fromkeys(header, "") | {"subject_id": "dir", "predicate": "cooperates_with"}
    row |= {"object_id": "rur", "source_id": "kaz-2018", "quote": "visited Ruritania"}
    path.write_text(",".join(header) + "\n" + ",".join(row.values()) + "\n", "utf-8")
    found = desk.rows().query("table == 'relations'")
    assert found["status"].tolist() == ["draft"]
    desk.decide("relations", found["draft_id"], "accepted")
    again = desk.rows().query("table == 'relations'")
    assert again["draft_id"].tolist() == found["draft_id"].tolist()


def test_drafts_of_no_text_and_no_table_are_told_by_check(desk):
    (desk.root / "drafts" / "nobody").mkdir()
    (desk.root / "drafts" / "nobody" / "figures.csv").write_bytes(b"")
    (desk.folder / "numbers.csv").write_bytes(b"")
    problems = list(map(str, check_drafts(desk.root, read_schema(desk.root))))
    assert len(problems) == 2
    assert "there is no text 'nobody'" in problems[1] and "no such table" in problems[0]


def test_drafts_are_never_among_the_curated_rows(desk):
    curated = ctdata.load_figures(root=desk.root)
    assert set(curated["source_id"]) == {"rur-2016"}
    for name in desk.load("figures")["draft_id"]:
        desk.decide("figures", name, "accepted")
    assert ctdata.load_figures(root=desk.root).equals(curated)


# The command --------------------------------------------------------------------------------------


def test_the_command_suggests_and_counts(two_texts):
    run = CliRunner().invoke
    first = run(main, ["suggest", "kaz-2018", "--root", str(two_texts.root)])
    assert first.exit_code == 0 and "new drafts: " in first.output
    again = run(main, ["suggest", "--all", "--jobs", "1", "--root", str(two_texts.root)])
    assert again.exit_code == 0 and "kaz-2018: nothing new" in again.output
    counts = run(main, ["drafts", "kaz-2018", "--root", str(two_texts.root)])
    assert counts.exit_code == 0 and "figures" in counts.output
    assert "figures" in run(main, ["drafts", "--root", str(two_texts.root)]).output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "name a text, or say --all"),
        (["kaz-2018", "--all"], "name a text, or say --all"),
        (["kaz-2017"], "did you mean 'kaz-2018'"),
    ],
)
def test_a_wrong_request_is_refused(two_texts, arguments, expected):
    result = CliRunner().invoke(main, ["suggest", *arguments, "--root", str(two_texts.root)])
    assert result.exit_code == 2 and expected in result.output
    assert not (two_texts.root / "drafts").exists()


def test_a_cluster_that_is_not_there_is_refused(two_texts, monkeypatch):
    from ctdata.reports import workers

    monkeypatch.setattr(workers, "_PATIENCE", 0.2)
    arguments = ["suggest", "--all", "--scheduler", "tcp://127.0.0.1:1"]
    result = CliRunner().invoke(main, [*arguments, "--root", str(two_texts.root)])
    assert result.exit_code == 2 and "no scheduler answers at tcp://127.0.0.1:1" in result.output


# Parts --------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.data())
def test_a_quote_leads_back_to_the_place_it_was_made_for(data):
    words = data.draw(st.lists(st.sampled_from(["one", "two", "a-b", "x.", "\n", "One"]),
                               min_size=1, max_size=25))  # fmt: skip
    text = Text(" ".join(words))
    if not text.verbatim.strip():
        return
    start = data.draw(st.integers(0, len(text.verbatim) - 1))
    end = data.draw(st.integers(start + 1, len(text.verbatim)))
    try:
        quote, prefix = quote_at(text, start, end)
    except NoQuote:
        return
    found = text.find(quote, prefix)
    assert found.start < end and start < found.end or not text.verbatim[start:end].strip()
    assert bool(prefix) == (len(text.occurrences(quote)) > 1)


@given(st.text(), st.sets(st.text("ab-1", min_size=1)))
def test_an_id_is_always_a_free_short_name(words, taken):
    made = slug(words, taken | {"unnamed"})
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", made) and made not in taken
