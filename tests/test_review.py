"""Reviewing: messages go in, the sheets on disk and the view follow, errors are told in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from drafted import DRAFTS, SOURCE, make_drafted, write_drafts
from hostile import NASTY, make_hostile
from small_corpus import SmallCorpus

from ctdata import ingest
from ctdata.evidence import Text
from ctdata.ingest.desk import Desk
from ctdata.ingest.drafting import draft
from ctdata.ingest.intake import add, extract
from ctdata.ingest.practice import Practice
from ctdata.ingest.review import Reviewer

FIGURES = [f"figures/{row['draft_id']}" for row in DRAFTS["figures"]]


@pytest.fixture
def desk(tmp_path):
    return make_drafted(tmp_path)


@pytest.fixture
def reviewer(desk):
    return Reviewer(desk)


def on_disk(reviewer: Reviewer, key: str) -> dict[str, str]:
    """The cells of a draft as another process reads them."""
    table, _, draft_id = key.partition("/")
    path = reviewer.desk.folder / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("draft_id")
    return frame.loc[draft_id].to_dict()


def field(view: dict, name: str) -> dict:
    return next(field for field in view["draft"]["fields"] if field["name"] == name)


def test_the_first_draft_is_shown_in_its_sentence_with_its_neighbours(reviewer):
    view = reviewer.do({"do": "go", "key": FIGURES[1]})
    draft = view["draft"]
    assert draft["words"] == "Over 800 people left Ruritania"
    assert draft["lead"] == "" and draft["rest"] == ", said the Ministry; 100 of them returned."
    # The sentence before is the end of another paragraph.
    assert draft["before"] == "The Directorate praised the Border Act of 2010.\n"
    assert draft["citation"] == "rur-2016, para. 3"
    other = reviewer.do({"do": "go", "key": FIGURES[0]})["draft"]
    assert other["words"] == draft["words"] and other["citation"] == "rur-2016, para. 2"
    assert other["rest"] == "." and other["after"].startswith(" The Directorate praised")


def test_names_come_before_the_claims_that_need_them(reviewer):
    tables = [entry["key"].split("/")[0] for entry in reviewer.view()["list"]]
    assert list(dict.fromkeys(tables)) == ["organizations", "events", "participation", "figures"]


@pytest.mark.parametrize(("action", "status"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_decision_is_on_disk_before_the_answer_and_the_next_draft_comes_up(
    reviewer, action, status
):
    view = reviewer.do({"do": action, "key": FIGURES[0]})
    assert on_disk(reviewer, FIGURES[0])["status"] == status
    assert on_disk(reviewer, FIGURES[1])["status"] == "draft"
    assert view["draft"]["key"] == FIGURES[1]
    assert view["decided"] == 1 and f"1 {status}" in view["counts"]
    assert "Saved." in view["message"]


def test_the_same_decision_twice_decides_one_draft(reviewer):
    for _ in range(2):
        view = reviewer.do({"do": "accept", "key": FIGURES[0]})
    assert view["draft"]["key"] == FIGURES[1]
    assert [on_disk(reviewer, key)["status"] for key in FIGURES] == ["accepted", "draft", "draft"]
    assert reviewer.do({"do": "undo"})["undo"] is False


def test_a_new_review_goes_on_where_the_last_one_was_broken_off(reviewer):
    reviewer.do({"do": "accept", "key": FIGURES[0]})
    again = Reviewer(Desk(SOURCE, reviewer.desk.root)).view()
    assert again["decided"] == 1
    assert FIGURES[0] not in [entry["key"] for entry in again["list"]]


def test_next_and_back_walk_the_list_and_stop_at_its_ends(reviewer):
    keys = [entry["key"] for entry in reviewer.view()["list"]]
    seen = [reviewer.view()["draft"]["key"]]
    for _ in keys:
        seen.append(reviewer.do({"do": "next", "key": seen[-1]})["draft"]["key"])
    assert seen == [*keys, keys[-1]]
    assert reviewer.do({"do": "back", "key": keys[-1]})["draft"]["key"] == keys[-2]
    assert reviewer.do({"do": "back", "key": keys[0]})["draft"]["key"] == keys[0]


def test_the_list_is_filtered_by_table_and_status(reviewer):
    reviewer.do({"do": "reject", "key": FIGURES[2]})
    view = reviewer.do({"do": "filter", "table": "figures", "status": "rejected"})
    assert [entry["key"] for entry in view["list"]] == [FIGURES[2]]
    view = reviewer.do({"do": "filter", "table": "figures", "status": ""})
    assert [entry["key"] for entry in view["list"]] == FIGURES
    view = reviewer.do({"do": "filter", "table": "", "status": "done"})
    assert view["draft"] is None and view["end"] == "No draft is like that."


def test_a_decided_draft_can_be_decided_anew(reviewer):
    reviewer.do({"do": "reject", "key": FIGURES[0]})
    reviewer.do({"do": "filter", "table": "", "status": ""})
    view = reviewer.do({"do": "accept", "key": FIGURES[0]})
    assert on_disk(reviewer, FIGURES[0])["status"] == "accepted"
    assert view["draft"]["key"] == FIGURES[1]


def test_when_all_is_decided_the_page_tells_the_next_step(reviewer):
    view = reviewer.do({"do": "filter", "table": "events", "status": "draft"})
    view = reviewer.do({"do": "accept", "key": view["draft"]["key"]})
    assert view["end"] == "Nothing is left to decide in this table."
    view = reviewer.do({"do": "filter", "table": "", "status": "draft"})
    while draft := view["draft"]:
        assert view["end"] == ""
        view = reviewer.do({"do": "reject", "key": draft["key"]})
    assert view["decided"] == view["total"] == 6
    assert "“ctdata accept rur-2016” moves the 1 accepted draft into the tables" in view["end"]


def test_a_text_without_drafts_says_how_to_make_some(tmp_path):
    SmallCorpus(tmp_path)
    assert "ctdata suggest rur-2016" in Reviewer(Desk(SOURCE, tmp_path)).view()["end"]
    assert "no drafts" in ingest.review(SOURCE, tmp_path, live=False).plain()


def test_a_change_is_on_disk_and_what_is_not_changed_stays(reviewer):
    before = on_disk(reviewer, FIGURES[0])
    view = reviewer.do({"do": "change", "key": FIGURES[0], "values": {"period": "2015/2016"}})
    assert on_disk(reviewer, FIGURES[0]) == before | {"period": "2015/2016"}
    assert field(view, "period")["value"] == "2015/2016"
    assert view["draft"]["key"] == FIGURES[0]


@pytest.mark.parametrize(
    ("key", "values", "column", "words"),
    [
        (FIGURES[0], {"period": "May 2016"}, "period", "May 2016"),
        (FIGURES[0], {"low": "many"}, "low", "not a number"),
        (FIGURES[0], {"high": "7"}, "low", "swap the two"),
        (FIGURES[0], {"unit": "peple"}, "unit", "did you mean 'people'"),
        (FIGURES[0], {"quote": "Over 900 people"}, "quote", "not in the text"),
        ("participation/par-1", {"organization_id": "rurr"}, "organization_id", "did you mean"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_written(
    reviewer, key, values, column, words
):
    before = on_disk(reviewer, key)
    view = reviewer.do({"do": "change", "key": key, "values": values | {"note": "typed too"}})
    assert on_disk(reviewer, key) == before
    assert list(view["draft"]["problems"]) == [column]
    assert words in view["draft"]["problems"][column]
    assert view["is_problem"]
    # What was typed is not lost.
    assert field(view, "note")["value"] == "typed too"
    assert reviewer.do({"do": "go", "key": key})["draft"]["problems"] == {}


def test_line_breaks_in_a_field_become_blanks(reviewer):
    reviewer.do({"do": "change", "key": FIGURES[0], "values": {"note": " two\n lines "}})
    assert on_disk(reviewer, FIGURES[0])["note"] == "two lines"


def test_a_draft_without_a_needed_value_is_not_accepted_and_says_what_it_needs(reviewer):
    reviewer.do({"do": "change", "key": FIGURES[0], "values": {"indicator": ""}})
    view = reviewer.do({"do": "accept", "key": FIGURES[0]})
    assert on_disk(reviewer, FIGURES[0])["status"] == "draft"
    assert list(view["draft"]["problems"]) == ["indicator"]
    assert view["message"] == "Not accepted: the draft has no indicator yet."
    assert reviewer.do({"do": "reject", "key": FIGURES[0]})["decided"] == 1


def test_all_like_this_are_decided_together_and_undone_together(reviewer):
    view = reviewer.do({"do": "go", "key": FIGURES[0]})
    assert len(view["draft"]["like"]) == 2
    reviewer.do({"do": "like", "key": FIGURES[0], "status": "rejected"})
    assert [on_disk(reviewer, key)["status"] for key in FIGURES] == ["rejected"] * 3
    assert on_disk(reviewer, "events/evt-1")["status"] == "draft"
    view = reviewer.do({"do": "undo"})
    assert [on_disk(reviewer, key)["status"] for key in FIGURES] == ["draft"] * 3
    assert view["draft"]["key"] == FIGURES[0]


def test_a_new_organization_can_be_a_known_one(reviewer):
    key = "organizations/org-1"
    view = reviewer.do({"do": "go", "key": key})
    assert "dir" in [match["id"] for match in view["draft"]["matches"]]
    told = field(reviewer.do({"do": "go", "key": "participation/par-1"}), "organization_id")
    assert told["told"] == "The Directorat (new: to decide)"
    view = reviewer.do({"do": "use", "key": key, "entity": "dir"})
    assert on_disk(reviewer, key)["status"] == "rejected"
    assert on_disk(reviewer, "participation/par-1")["organization_id"] == "dir"
    (alias,) = reviewer.desk.load("aliases").to_dict("records")
    assert (alias["entity_id"], alias["status"]) == ("dir", "accepted")
    assert "Ministry" in alias["alias"]
    told = field(reviewer.do({"do": "go", "key": "participation/par-1"}), "organization_id")
    assert told["told"] == "Directorate"


def test_a_body_of_another_state_is_not_offered_as_the_same(reviewer):
    key = "organizations/org-1"
    offered = reviewer.do({"do": "go", "key": key})["draft"]["matches"]
    assert "rur" in [match["id"] for match in offered]
    values = {"country": "TJK"}
    offered = reviewer.do({"do": "change", "key": key, "values": values})["draft"]["matches"]
    assert [match["id"] for match in offered] == ["dir"]


def test_undo_takes_back_one_step_at_a_time_over_all_sheets(reviewer):
    before = reviewer.desk.rows()
    reviewer.do({"do": "change", "key": FIGURES[2], "values": {"note": "first"}})
    reviewer.do({"do": "use", "key": "organizations/org-1", "entity": "dir"})
    reviewer.do({"do": "accept", "key": FIGURES[2]})
    view = reviewer.do({"do": "undo"})
    assert on_disk(reviewer, FIGURES[2])["status"] == "draft"
    assert view["draft"]["key"] == FIGURES[2]
    reviewer.do({"do": "undo"})
    assert on_disk(reviewer, "participation/par-1")["organization_id"] == "rur-ministry"
    assert on_disk(reviewer, FIGURES[2])["note"] == "first"
    reviewer.do({"do": "undo"})
    pd.testing.assert_frame_equal(reviewer.desk.rows(), before)
    assert reviewer.do({"do": "undo"})["message"] == "There is nothing to undo."


def test_undo_never_overwrites_what_was_changed_elsewhere(reviewer):
    reviewer.do({"do": "accept", "key": FIGURES[0]})
    Desk(SOURCE, reviewer.desk.root).decide("figures", "fig-3", "rejected")
    view = reviewer.do({"do": "undo"})
    assert view["is_problem"] and "changed elsewhere" in view["message"]
    assert [on_disk(reviewer, key)["status"] for key in FIGURES] == [
        "accepted",
        "draft",
        "rejected",
    ]


def test_what_a_spreadsheet_changed_is_seen_and_a_draft_that_is_gone_is_not_decided(reviewer):
    path = reviewer.desk.folder / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    view = reviewer.do({"do": "accept", "key": FIGURES[2]})
    assert view["total"] == 5 and view["decided"] == 0
    assert "no longer there" in view["message"]


def test_a_sheet_that_cannot_be_read_is_told_with_its_line(reviewer):
    path = reviewer.desk.folder / "figures.csv"
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("fig-2,draft", "fig-2,maybe"), encoding="utf-8")
    view = reviewer.do({"do": "accept", "key": FIGURES[0]})
    assert view["is_problem"] and "figures.csv:3: status: unknown status 'maybe'" in view["message"]
    path.write_text(content, encoding="utf-8")
    assert reviewer.do({"do": "accept", "key": FIGURES[0]})["decided"] == 1


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"do": "explode"},
        {"do": "accept"},
        {"do": "accept", "key": "figures/none"},
        {"do": "accept", "key": 7},
        {"do": "like", "key": FIGURES[0], "status": "done"},
        {"do": "use", "key": FIGURES[0], "entity": "dir"},
        {"do": "use", "key": "organizations/org-1", "entity": "nobody"},
        {"do": "change", "key": FIGURES[0], "values": {"status": "done"}},
        {"do": "change", "key": FIGURES[0], "values": 5},
    ],
    ids=str,
)
def test_a_wrong_message_is_answered_in_words_and_changes_nothing(reviewer, message):
    before = {path: path.read_bytes() for path in reviewer.desk.folder.iterdir()}
    view = reviewer.do(message)
    assert view["is_problem"] and view["message"]
    assert {path: path.read_bytes() for path in reviewer.desk.folder.iterdir()} == before


def test_a_view_travels_as_json_and_every_answer_differs_from_the_last(reviewer):
    first, second = (reviewer.do({"do": "go", "key": FIGURES[0]}) for _ in range(2))
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    assert first != second


def test_a_draft_without_score_or_words_is_shown(reviewer):
    row = DRAFTS["organizations"][0] | {"draft_id": "org-2", "organization_id": "rur-x"}
    write_drafts(reviewer.desk.root, {"organizations": [row | {"score": "", "quote": ""}]})
    view = reviewer.do({"do": "filter", "table": "organizations", "status": ""})
    view = reviewer.do({"do": "go", "key": "organizations/org-2"})
    assert view["draft"]["words"] == view["draft"]["score"] == ""
    json.dumps(view, allow_nan=False)


def test_hostile_words_travel_as_they_are(tmp_path):
    corpus = make_hostile(tmp_path)
    row = DRAFTS["figures"][0] | {"quote": NASTY, "prefix": "Ruritania.", "population": NASTY}
    desk = write_drafts(corpus.root, {"figures": [row]})
    view = Reviewer(desk).view()
    assert view["draft"]["words"] == NASTY
    assert field(view, "population")["value"] == NASTY
    shown = ingest.review(SOURCE, tmp_path, live=False)
    assert "<script>" not in shown.html() and "&lt;script&gt;" in shown.html()


def test_a_text_without_sentence_ends_sends_only_what_is_around_the_words(tmp_path):
    SmallCorpus(tmp_path)
    desk = Desk(SOURCE, tmp_path)
    desk.text = Text(f"{'word ' * 50_000}Over 800 people left Ruritania{' word' * 50_000}")
    view = Reviewer(desk)._passage(250_000, 250_030)
    assert view["words"] == "Over 800 people left Ruritania"
    assert sum(map(len, view.values())) < 3000


def test_a_long_list_is_sent_in_part(tmp_path):
    desk = make_drafted(tmp_path)
    rows = [DRAFTS["figures"][2] | {"draft_id": f"more-{at}"} for at in range(400)]
    write_drafts(tmp_path, {"figures": rows})
    view = Reviewer(desk).do({"do": "go", "key": "figures/more-300"})
    assert len(view["list"]) < 250 and "of 406 are listed" in view["more"]
    assert "figures/more-300" in [entry["key"] for entry in view["list"]]


def test_without_a_page_a_review_is_a_table_that_is_the_same_on_every_run(desk):
    bundles = [ingest.review(SOURCE, desk.root, live=False)._repr_mimebundle_() for _ in range(2)]
    assert bundles[0] == bundles[1]
    assert set(bundles[0]) == {"text/html", "text/markdown", "text/plain"}
    assert bundles[0]["text/plain"].count("to decide") == 6


def test_a_page_brings_the_table_along_for_wherever_there_is_no_kernel(desk):
    bundle = ingest.review(SOURCE, desk.root)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<table>" in bundle["text/html"] and "to decide" in bundle["text/plain"]


def test_the_page_answers_messages_with_a_new_view(desk):
    page = ingest.review(SOURCE, desk.root).page
    assert page.view["decided"] == 0
    page._handle_custom_msg({"do": "accept", "key": FIGURES[0]}, [])
    assert page.view["decided"] == 1
    assert ["dir", "Directorate"] in page.known["organizations"]


def test_an_unknown_text_is_told_with_the_known_ones(desk):
    with pytest.raises(ValueError, match="rur-2017.*rur-2016"):
        ingest.review("rur-2017", desk.root)


def test_the_page_puts_no_markup_together():
    script = (Path(ingest.__file__).parent / "review.js").read_text(encoding="utf-8")
    assert "textContent" in script
    for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert unsafe not in script


def test_drafting_does_not_load_widgets():
    code = "import sys, ctdata.ingest; print('anywidget' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_is_practised_stays_out_of_the_corpus_and_goes_with_the_practice(desk):
    def files(root: Path) -> dict[str, bytes]:
        found = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}

    before = files(desk.root)
    practice = Practice(desk.root)
    copy = files(practice.root)
    assert copy == {name: content for name, content in before.items() if "drafts/" not in name}
    page = extract(practice.page, ".html")
    passport = {"document_type": "press_release", "country": "TJK", "rights": "Public domain."}
    add("practice", page.words, page.found | passport, practice.root)
    assert sum(draft("practice", practice.root).values()) > 20
    assert files(desk.root) == before
    root = practice.root
    del practice
    assert not root.exists()
