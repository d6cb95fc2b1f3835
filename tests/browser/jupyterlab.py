"""JupyterLab in the browser, as `make lab` starts it; one for all tests of a run."""

from __future__ import annotations

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

import pytest
from playwright.sync_api import Page

from ctdata.corpus import Corpus
from ctdata.kernels import provisioner
from ctdata.reports.site import write_site

ROOT = Path(__file__).resolve().parents[2]
OPENED = """name => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.context?.path === name && widget.context.isReady
        && widget.sessionContext.session?.kernel?.status === 'idle';
}"""


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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
