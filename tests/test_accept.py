"""Accepted drafts move into the tables: all or none, once, and however the process ends."""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from click.testing import CliRunner
from second_text import row_of

import ctdata
from ctdata import journal
from ctdata.check import check
from ctdata.cli import main
from ctdata.ingest.accept import accept
from ctdata.ingest.desk import Desk
from ctdata.ingest.drafting import draft
from ctdata.ingest.sheets import DraftError


def state(root):
    """All that is curated or drafted, by path."""
    return {path.relative_to(root): path.read_bytes() for path in sorted(root.rglob("*.csv"))}


@pytest.fixture
def decided(desk):
    """A desk on which everything is accepted and sound, but for one draft that is rejected."""
    for table in desk.tables():
        desk.decide(table, desk.load(table)["draft_id"], "accepted")
    rejected = desk.load("participation")["draft_id"][0]
    desk.decide("participation", rejected, "rejected")
    return desk


def test_accepted_drafts_become_rows_of_a_sound_corpus(decided):
    frames = {table: decided.load(table) for table in decided.tables()}
    before = {table: len(ctdata.Corpus(decided.root).load(table)) for table in frames}
    moved = accept("kaz-2018", decided.root)
    assert moved["participation"] == len(frames["participation"]) - 1
    after = ctdata.Corpus(decided.root)
    assert check(decided.root) == []
    for table, frame in frames.items():
        rows = after.load(table)
        assert len(rows) == before[table] + moved[table]
        accepted = frame[frame["status"] == "accepted"]
        if "quote" in rows:
            rows = rows[rows["source_id"] == "kaz-2018"]
            assert sorted(rows["quote"]) == sorted(accepted["quote"])
    assert set(decided.counts()[["draft", "accepted"]].sum()) == {0}
    assert decided.counts()["rejected"].sum() == 1


def test_claims_get_the_next_free_ids_in_the_order_of_the_text(decided):
    accept("kaz-2018", decided.root)
    rows = ctdata.load_participation(source="kaz-2018", root=decided.root)
    assert rows["claim_id"].tolist() == [f"kaz-2018-par-{n:03d}" for n in range(1, len(rows) + 1)]
    assert rows["start"].is_monotonic_increasing
    figures = decided.load("figures")
    assert set(figures["claim_id"]) == {"kaz-2018-fig-001", "kaz-2018-fig-002"}
    figures = decided.folder / "figures.csv"
    figures.write_text(figures.read_text("utf-8").replace("done,", "accepted,", 1), "utf-8")
    assert accept("kaz-2018", decided.root) == {"figures": 1}
    assert "kaz-2018-fig-003" in set(ctdata.load_figures(root=decided.root)["claim_id"])


def test_twice_is_once_and_nothing_that_was_decided_comes_back(decided):
    accept("kaz-2018", decided.root)
    once = state(decided.root)
    assert accept("kaz-2018", decided.root) == {}
    assert state(decided.root) == once
    rejected = set(decided.rows("rejected")["draft_id"])
    new = draft("kaz-2018", decided.root)
    assert set(decided.rows("rejected")["draft_id"]) == rejected
    keys = ["event_id", "organization_id", "role"]
    told = decided.load("participation")
    assert not told.duplicated(keys).any()
    assert "figures" not in new and "events" not in new


def test_a_desk_sees_what_was_moved_into_the_tables(decided):
    table = "organizations"
    name = row_of(decided, table, acronym="CSR")["organization_id"]
    assert name not in decided.corpus.names
    accept("kaz-2018", decided.root)
    assert name in decided.corpus.names


def test_nothing_accepted_is_nothing_done(desk):
    before = state(desk.root)
    assert accept("kaz-2018", desk.root) == {}
    assert state(desk.root) == before


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("figures", {"population": ""}, "population: the cell is empty, but a value is required"),
        ("organizations", {"name": None}, "name: the cell is empty"),
        ("aliases", {"alias": "Ruritania"}, "also stands for rur"),
        ("figures", {"prefix": "Kazakhstan to fight in Syria."}, "leave the prefix empty"),
    ],
)
def test_rows_that_would_break_the_corpus_are_told_by_draft_and_nothing_moves(
    decided, table, change, expected
):
    name = decided.load(table)["draft_id"].iloc[-1]
    if "prefix" in change:
        row = row_of(decided, table, draft_id=name)
        path = decided.folder / f"{table}.csv"
        text = path.read_text("utf-8")
        assert not isinstance(row["prefix"], str)
        cells = (row["quote"] + '"', row["quote"])
        quote = next(cell for cell in cells if cell in text)
        path.write_text(text.replace(f"{quote},,", f"{quote},{change['prefix']},"), "utf-8")
    elif table == "aliases":
        decided.change(table, name, {**change, "context": ""})
    else:
        decided.change(table, name, change)
    before = state(decided.root)
    with pytest.raises(DraftError) as error:
        accept("kaz-2018", decided.root)
    assert expected in str(error.value)
    line = len(decided.load(table)) + 1
    assert f"drafts/kaz-2018/{table}.csv:{line}: " in str(error.value)
    assert state(decided.root) == before
    result = CliRunner().invoke(main, ["accept", "kaz-2018", "--root", str(decided.root)])
    assert result.exit_code == 2 and "nothing has changed" in result.output
    assert state(decided.root) == before


@pytest.mark.parametrize(
    ("status", "expected"), [("draft", "is not decided on"), ("rejected", "is rejected")]
)
def test_a_claim_of_an_organization_that_is_not_accepted_is_refused(decided, status, expected):
    row = row_of(decided, "organizations", name="State Security Committee of Kazakhstan")
    decided.decide("organizations", row["draft_id"], status)
    before = state(decided.root)
    with pytest.raises(DraftError) as error:
        accept("kaz-2018", decided.root)
    assert row["draft_id"] in str(error.value) and expected in str(error.value)
    assert row["organization_id"] in str(error.value)
    assert state(decided.root) == before


def test_a_fault_that_was_there_before_is_told_where_it_is(decided, two_texts):
    two_texts.change("measures", 0, theme="borders")
    with pytest.raises(DraftError, match="measures.csv:2: theme: unknown value 'borders'") as error:
        accept("kaz-2018", decided.root)
    assert str(decided.root / "measures.csv") in str(error.value)


def test_a_known_organization_that_was_recognized_keeps_its_id(decided):
    row = row_of(decided, "organizations", acronym="CSR")
    decided.use(row["draft_id"], "dir")
    decided.decide("organizations", row["draft_id"], "accepted")
    with pytest.raises(DraftError, match="'dir' stands already on line"):
        accept("kaz-2018", decided.root)
    decided.decide("organizations", row["draft_id"], "rejected")
    accept("kaz-2018", decided.root)
    names = ctdata.load_aliases(root=decided.root)
    assert "Centre for Strategic Research" in set(names[names["entity_id"] == "dir"]["alias"])
    assert row["organization_id"] not in set(
        ctdata.load_participation(root=decided.root)["organization_id"]
    )


def test_the_command_says_what_moved(decided):
    arguments = ["accept", "kaz-2018", "--root", str(decided.root)]
    first, again = (CliRunner().invoke(main, arguments) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "new rows: " in first.output and "2 figures" in first.output
    assert "nothing to do" in again.output
    wrong = CliRunner().invoke(main, ["accept", "kaz-2017", "--root", str(decided.root)])
    assert wrong.exit_code == 2 and "did you mean 'kaz-2018'" in wrong.output


# Kill ---------------------------------------------------------------------------------------------

CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.symlink", "os.truncate",
    "shutil.rmtree", "shutil.copyfile", "tempfile.mkdtemp", "tempfile.mkstemp",
}  # fmt: skip


def killed(work, root, at):
    """Do the work in a process that dies, without any clearing up, before its at-th change of root.

    Returns how many changes it came to and whether it died.
    """
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        count = 0

        def hook(event, arguments):
            nonlocal count
            writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if (writes or event in CHANGES) and str(root) in repr(arguments):
                count += 1
                if count == at:
                    os.write(send, str(count).encode())
                    os._exit(9)

        status = 1
        try:
            sys.addaudithook(hook)
            work(root)
            at = -1
            os.write(send, str(count).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        count = int(pipe.read())
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return count, status == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_point_leaves_the_corpus_as_before_or_complete(decided, tmp_path):
    for table in set(decided.tables()) - {"organizations", "figures"}:
        decided.decide(table, decided.load(table)["draft_id"], "draft")

    def copy():
        root = tmp_path / "copy"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(decided.root, root)
        return root

    def work(root):
        accept("kaz-2018", root)

    before = state(decided.root)
    changes, died = killed(work, root := copy(), 0)
    complete = state(root)
    assert changes > 20 and not died and complete != before
    seen = set()
    for at in range(1, changes + 1):
        root = copy()
        _, died = killed(work, root, at)
        assert died
        pending = (root / journal.PENDING).exists()
        figures = ctdata.load_figures(root=root)  # what any later command does first
        assert not (root / journal.PENDING).exists()
        found = state(root)
        found = {path: found[path] for path in found if not path.parts[0].startswith(".staged-")}
        assert found in (before, complete), f"half done when killed at change {at}"
        if len(figures) not in {count for _, count in seen}:
            work(root)  # whatever a kill leaves behind does not keep the next one from working
            assert state(root) == complete
        seen.add((pending, len(figures)))
    assert {count for _, count in seen} == {2, 4}  # both ends were reached
    assert (True, 4) in seen  # and a loader finished what was begun


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_while_loading_finishes_the_change_loses_nothing(decided, tmp_path):
    def staged(name):
        root = tmp_path / name
        shutil.copytree(decided.root, root)
        (root / journal.PENDING / "drafts" / "kaz-2018").mkdir(parents=True)
        for path in ("figures.csv", "drafts/kaz-2018/figures.csv"):
            (root / journal.PENDING / path).write_bytes(f"new {path}".encode())
        return root

    changes, _ = killed(journal.recover, staged("whole"), 0)
    assert changes > 4
    for at in range(1, changes + 1):
        root = staged(f"copy-{at}")
        killed(journal.recover, root, at)
        journal.recover(root)
        for path in ("figures.csv", "drafts/kaz-2018/figures.csv"):
            assert (root / path).read_text() == f"new {path}"
        assert not (root / journal.PENDING).exists()


def test_a_full_disk_changes_nothing_and_leaves_nothing(decided, monkeypatch):
    before = state(decided.root)

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        accept("kaz-2018", decided.root)
    result = CliRunner().invoke(main, ["accept", "kaz-2018", "--root", str(decided.root)])
    assert result.exit_code == 2 and "No space left on device" in result.output
    assert state(decided.root) == before
    assert not list(decided.root.glob(".*"))


def test_two_at_a_time_lose_nothing(decided):
    from concurrent.futures import ThreadPoolExecutor

    names = decided.load("figures")["draft_id"].tolist()
    others = decided.load("participation")["draft_id"].tolist()
    work = [("figures", name, "rejected") for name in names]
    work += [("participation", name, "draft") for name in others]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda entry: Desk("kaz-2018", decided.root).decide(*entry), work))
    assert set(decided.load("figures")["status"]) == {"rejected"}
    assert set(decided.load("participation")["status"]) == {"draft"}
