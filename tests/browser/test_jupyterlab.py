"""The notebooks in JupyterLab: they run without error, show what is stored, and cite."""

from __future__ import annotations

import json

import nbformat
import pytest
from playwright.sync_api import expect

from ctdata.reports.run import normalize

from .jupyterlab import ROOT, open_notebook

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(notebook: nbformat.NotebookNode) -> list:
    """The outputs; pictures in their SVG form, as PNG depends on the drawing library's build."""
    outputs = json.loads(
        json.dumps([cell.get("outputs", []) for cell in normalize(notebook).cells])
    )
    for output in (output for found in outputs for output in found):
        output.get("data", {}).pop("image/png", None)
    return outputs


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_jupyterlab_and_shows_what_is_stored(page, lab, path):
    open_notebook(page, path)
    ran = page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            const widget = app.shell.currentWidget;
            await app.commands.execute('notebook:run-all-cells');
            await app.commands.execute('docmanager:save');
            const cells = widget.content.widgets.filter(cell => cell.model.type === 'code');
            await widget.sessionContext.shutdown();
            widget.dispose();
            return cells.length;
        }"""
    )
    assert ran > 3
    stored = nbformat.read(path, as_version=4)
    after = nbformat.read(lab[0] / "notebooks" / path.name, as_version=4)
    assert not [o for cell in after.cells for o in cell.get("outputs", ())
                if o.output_type == "error" or o.get("name") == "stderr"]  # fmt: skip
    assert shown(after) == shown(stored)


def test_a_citation_in_a_notebook_opens_the_marked_text_at_the_words(page):
    path = next(p for p in NOTEBOOKS if "ct-cite" in p.read_text(encoding="utf-8"))
    open_notebook(page, path)
    # JupyterLab draws only the cells that are in sight.
    page.evaluate(
        """() => {
            const content = window.jupyterapp.shell.currentWidget.content;
            const cites = cell => JSON.stringify(cell.model.toJSON()).includes('ct-cite');
            return content.scrollToItem(content.widgets.findIndex(cites), 'center');
        }"""
    )
    citation = page.locator(".jp-OutputArea a.ct-cite:visible").first
    citation.scroll_into_view_if_needed()
    place = citation.get_attribute("href").rpartition("#")[2]
    words = citation.get_attribute("title").split(" … ")[0]
    citation.click()
    page.wait_for_selector(".jp-MarkdownViewer mark")
    target = page.locator(f'.jp-MarkdownViewer [data-jupyter-id="{place}"]')
    expect(target).to_be_in_viewport()
    text = target.locator("xpath=..").inner_text()
    assert " ".join(words.split())[:20] in " ".join(text.split())


def test_keys_pressed_in_a_review_do_nothing_to_the_notebook(page):
    path = next(p for p in NOTEBOOKS if "live = False" in p.read_text(encoding="utf-8"))
    open_notebook(page, path)
    cells = "window.jupyterapp.shell.currentWidget.content.widgets"
    # JupyterLab draws only the cells that are in sight.
    page.evaluate(
        f"""async () => {{
            const app = window.jupyterapp;
            const content = app.shell.currentWidget.content;
            const at = {cells}.findIndex(
                cell => cell.model.sharedModel.getSource().includes('live = False'));
            const source = {cells}[at].model.sharedModel;
            source.setSource(source.getSource().replace('live = False', 'live = True'));
            content.activeCellIndex = at;
            await app.commands.execute('notebook:run-all-above');
            await app.commands.execute('notebook:run-cell');
            await content.scrollToItem(at, 'start');
        }}"""
    )
    review = page.locator(".ctd-review")
    expect(review).to_be_visible()
    before = page.evaluate(f"{cells}.length")
    review.get_by_role("button", name="Change").click()
    for field in (review.locator("form select").first, review.locator("form input").first):
        field.focus()
        page.keyboard.press("a")
        page.keyboard.press("x")
    page.keyboard.press("Escape")
    review.get_by_role("button", name="Skip").focus()
    page.keyboard.press("x")
    assert page.evaluate(f"{cells}.length") == before
    page.evaluate(
        """async () => {
            const widget = window.jupyterapp.shell.currentWidget;
            await widget.sessionContext.shutdown();
            widget.dispose();
        }"""
    )
