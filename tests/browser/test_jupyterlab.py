"""The notebooks in JupyterLab: they run without error, show what is stored, and cite."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from ctdata.corpus import Corpus
from ctdata.kernels import provisioner
from ctdata.reports.run import normalize
from ctdata.reports.site import write_site

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OPENED = """name => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.context?.path === name && widget.context.isReady
        && widget.sessionContext.session?.kernel?.status === 'idle';
}"""


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """JupyterLab on a copy of the repository, as `make lab` starts it: folder and address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "sources", folder / "sources")
    (folder / "reports").mkdir()
    write_site([], [], folder / "reports", Corpus().root)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser",
               "--allow-root", f"--ServerApp.port={port}", f"--IdentityProvider.token={token}",
               f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]  # fmt: skip
    settings = folder / "settings"
    environment = os.environ | {"JUPYTERLAB_SETTINGS_DIR": str(settings), "PYTHONPATH": str(ROOT),
                                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
                                "JUPYTER_DEFAULT_PROVISIONER_NAME": provisioner.NAME}  # fmt: skip
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", folder / "log")
        yield folder, f"http://127.0.0.1:{port}/lab?token={token}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)


@pytest.fixture(scope="module")
def page(browser, lab) -> Iterator[Page]:
    """JupyterLab's window, in which each test opens its notebook."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(lab[1])
    page.wait_for_function("window.jupyterapp?.shell")
    page.evaluate("window.jupyterapp.restored.then(() => null)")
    yield page
    context.close()


def open_notebook(page: Page, path: Path) -> None:
    """Open a notebook and wait for its kernel."""
    name = f"notebooks/{path.name}"
    page.evaluate(
        "path => window.jupyterapp.commands.execute('docmanager:open', {path}).then(() => null)",
        name,
    )
    page.wait_for_function(OPENED, arg=name)


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
