"""What browser tests share: Debian's chromium, and one site made of the stored notebooks.

Without a browser these tests are skipped and say so; in continuous integration, where it has to be
there, they fail.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from hostile import NASTY, hostile_notebook, make_hostile
from playwright.sync_api import Browser, Page, sync_playwright

from ctdata.reports import plan, render, run, serve, site

from . import jupyterlab

lab, page = jupyterlab.lab, jupyterlab.page  # fixtures

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Visit:
    """A page in the browser, with what it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker takes all tests of the site, and one all of JupyterLab, to start each once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            group = "jupyterlab" if "lab" in item.fixturenames else "site"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says why."""
    if CHROMIUM is None:
        message = "no chromium found; install it to run the browser tests"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _stored(path: Path) -> plan.Report:
    (cell, *_) = nbformat.read(path, as_version=4).cells
    title = cell.source.splitlines()[0].lstrip("# ")
    return plan.Report(path.stem, title, path, scope="All", sources=None)


def make_site(folder: Path, reports: list[tuple[plan.Report, object]], root: Path) -> Path:
    """Make a site of notebooks that have been executed already."""
    for report, given in reports:
        notebook = nbformat.reads(nbformat.writes(given), as_version=4)
        page = render.render_page(report, notebook)
        (folder / f"{report.name}.html").write_text(page, encoding="utf-8")
        (folder / f"{report.name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    outcomes = [run.Outcome(report, 1) for report, _ in reports]
    site.write_site([report for report, _ in reports], outcomes, folder, root)
    return folder


@pytest.fixture(scope="session")
def stored_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the collection, made of the notebooks as they are stored."""
    import ctdata

    reports = [(_stored(path), nbformat.read(path, as_version=4)) for path in NOTEBOOKS]
    return make_site(tmp_path_factory.mktemp("stored"), reports, ctdata.Corpus().root)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one report on a corpus that tries to be markup, and one that failed."""
    corpus = make_hostile(tmp_path_factory.mktemp("hostile"))
    report = plan.Report("hostile", NASTY, Path("hostile.ipynb"), scope=NASTY, sources=None)
    folder = tmp_path_factory.mktemp("hostile-site")
    return make_site(folder, [(report, hostile_notebook(corpus))], corpus.root)


@pytest.fixture(scope="session")
def address(stored_site: Path) -> Iterator[str]:
    """Where the site of the collection is served."""
    server = serve.make_server(stored_site, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser) -> Iterator:
    """Open a page in a fresh window; the keywords are playwright's for a context."""
    contexts = []

    def open_page(url: str, **options) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        found = Visit(context.new_page())
        found.page.set_default_timeout(10_000)
        found.page.goto(url, wait_until="load")
        return found

    yield open_page
    for context in contexts:
        context.close()
