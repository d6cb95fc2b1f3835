"""The review in JupyterLab: decided with buttons and keys, on disk at each step."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from drafted import SOURCE, make_drafted
from playwright.sync_api import Locator, Page, expect

from ctdata.ingest.desk import Desk

from .jupyterlab import open_notebook

HOSTILE = "<img src=x onerror=\"console.error('ran')\"> [a](javascript:alert(1))"


@pytest.fixture(scope="module")
def complaints(page: Page) -> list[str]:
    """What the browser complains of from here on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
    return found


@pytest.fixture(scope="module")
def notebook(lab: tuple[Path, str]) -> Path:
    """A notebook that shows the review of a small corpus beside it."""
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    show = f"from ctdata import ingest\ningest.review({SOURCE!r}, '../small')"
    made.cells = [nbformat.v4.new_code_cell(show)]
    path = lab[0] / "notebooks" / "review.ipynb"
    nbformat.write(made, path)
    return path


@pytest.fixture
def review(lab: tuple[Path, str], page: Page, notebook: Path, complaints) -> Iterator[Locator]:
    """The review of fresh drafts on show."""
    root = lab[0] / "small"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    desk = make_drafted(root)
    desk.change("figures", "fig-3", {"note": HOSTILE})
    open_notebook(page, notebook)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)")
    shown = page.locator(".ctd-review")
    shown.wait_for()
    yield shown
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            await app.commands.execute('notebook:clear-all-cell-outputs');
            await app.commands.execute('docmanager:save');
        }"""
    )
    expect(shown).to_have_count(0)
    assert complaints == []


@pytest.fixture
def desk(lab: tuple[Path, str], review: Locator) -> Desk:
    return Desk(SOURCE, lab[0] / "small")


def statuses(desk: Desk) -> dict[str, str]:
    """Every draft's status, read from the files as a spreadsheet would."""
    return {
        row["draft_id"]: row["status"]
        for path in desk.folder.glob("*.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }


def says(review: Locator, words: str) -> None:
    expect(review.locator(".ctd-message")).to_contain_text(words)


def show(review: Locator, words: str) -> None:
    """Choose a draft from the list."""
    review.locator(".ctd-entry", has_text=words).first.click()
    expect(review.locator(".ctd-entry[aria-current]")).to_contain_text(words)


def test_drafts_are_decided_with_the_mouse_and_with_keys(page, review, desk):
    expect(review.locator("mark")).to_have_text("the Ministry")
    review.get_by_role("button", name="Accept", exact=True).click()
    says(review, "Accepted: The Directorat")
    assert statuses(desk)["org-1"] == "accepted"
    # The focus stays, so the keys work at once.
    page.keyboard.press("r")
    says(review, "Rejected: meeting")
    assert statuses(desk)["evt-1"] == "rejected"
    page.keyboard.press("n")
    expect(review.locator(".ctd-place")).to_have_text("2 of 4")
    page.keyboard.press("k")
    expect(review.locator(".ctd-place")).to_have_text("1 of 4")
    page.keyboard.press("u")
    says(review, "Undone: Rejected: meeting")
    assert statuses(desk)["evt-1"] == "draft"
    expect(review.locator(".ctd-counts")).to_have_text("1 of 6 decided: 5 to decide, 1 accepted")
    # JupyterLab would have added or deleted cells for these keys.
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length") == 1


def test_all_like_this_are_decided_together(page, review, desk):
    show(review, "departed to conflict")
    page.keyboard.press("l")
    expect(review.locator(".ctd-like li")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(review.locator(".ctd-like")).to_be_hidden()
    page.keyboard.press("l")
    page.keyboard.press("a")
    says(review, "Accepted: 3 drafts")
    assert [statuses(desk)[f"fig-{at}"] for at in (1, 2, 3)] == ["accepted"] * 3


def test_a_wrong_date_is_told_beside_its_field_and_a_right_one_is_saved(page, review, desk):
    show(review, "meeting: Departure")
    page.keyboard.press("e")
    field = review.get_by_label("Date", exact=True)
    field.fill("May 2016")
    # Letters that are typed are not commands, and what is typed cannot get lost by one.
    review.get_by_role("button", name="Save").focus()
    page.keyboard.press("n")
    expect(review.get_by_role("button", name="Accept", exact=True)).to_be_hidden()
    review.get_by_label("Place").press_sequentially("area u", delay=5)
    page.keyboard.press("Enter")
    says(review, "Not saved")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    problem = review.locator(f"#{field.get_attribute('aria-describedby')}")
    expect(problem).to_contain_text("May 2016")
    expect(review.get_by_label("Place")).to_have_value("area u")
    assert desk.load("events").loc[0, "date"] == "2016"
    field.fill("2016-05")
    page.keyboard.press("Enter")
    says(review, "Changed: date and place")
    event = desk.load("events").loc[0]
    assert (event["date"], event["place"], event["status"]) == ("2016-05", "area u", "draft")


def test_a_new_organization_turns_out_to_be_a_known_one(page, review, desk):
    review.get_by_role("button", name="This is Directorate").click()
    says(review, "this is dir")
    assert statuses(desk)["org-1"] == "rejected"
    assert desk.load("participation").loc[0, "organization_id"] == "dir"
    show(review, "host of")
    expect(review.locator(".ctd-row")).to_contain_text("Directorate dir")


def test_hostile_words_are_shown_as_words(page, review, desk):
    show(review, "100 people")
    expect(review.locator(".ctd-row")).to_contain_text(HOSTILE)
    page.keyboard.press("e")
    expect(review.get_by_label("Note")).to_have_value(HOSTILE)
    assert review.locator("img, a").count() == 0


def test_keys_are_explained_and_everything_has_a_name(page, review):
    review.focus()
    page.keyboard.press("?")
    expect(review.locator(".ctd-help")).to_contain_text("Undo what was done last")
    for role in ("button", "combobox", "textbox"):
        for found in review.get_by_role(role).all():
            assert found.evaluate("node => (node.ariaLabel || node.innerText || '').trim()")
    outline = "node => getComputedStyle(node).outlineStyle"
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate(outline) == "solid"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_review_fits_and_is_readable_in_a_narrow_window(page, review, theme):
    commands = "window.jupyterapp.commands"
    change = f"theme => {commands}.execute('apputils:change-theme', {{theme}}).then(() => null)"
    page.evaluate(change, theme)
    page.set_viewport_size({"width": 700, "height": 900})
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    try:
        expect(review).to_be_visible()
        page.wait_for_function("document.querySelector('.ctd-review').clientWidth < 620")
        show(review, "meeting: Departure")
        page.keyboard.press("e")
        wide = "node => node.scrollWidth - node.clientWidth"
        for part in (review, review.locator(".ctd-card"), review.locator(".ctd-form")):
            assert part.evaluate(wide) <= 1
        assert contrast(review, ".ctd-title") >= 7
        for part in (".ctd-counts", ".ctd-around", "label", "mark"):
            assert contrast(review, part) >= 4.5, part
    finally:
        page.evaluate(change, "JupyterLab Light")
        page.set_viewport_size({"width": 1280, "height": 900})


def contrast(review: Locator, selector: str) -> float:
    """Contrast of words with what is painted behind them (WCAG 2.2, 1.4.3)."""
    return review.locator(selector).first.evaluate(
        """node => {
            const canvas = document.createElement('canvas').getContext('2d');
            const behind = [];
            for (let at = node; at; at = at.parentElement)
                behind.unshift(getComputedStyle(at).backgroundColor);
            canvas.fillStyle = '#fff';
            for (const color of ['#fff', ...behind]) {
                canvas.fillStyle = color;
                canvas.fillRect(0, 0, 1, 1);
            }
            const light = () => {
                const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(c =>
                    (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = light();
            canvas.fillStyle = getComputedStyle(node).color;
            canvas.fillRect(0, 0, 1, 1);
            const ink = light();
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        }"""
    )
