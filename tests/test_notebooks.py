"""Every notebook runs for every scope, says what it shows, and is stored as it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from ctdata.kernels import provisioner
from ctdata.reports.run import NotebookFailed, execute

ROOT = Path(__file__).parent.parent
FIXTURES = Path(__file__).parent / "fixtures" / "nbval"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCOPES = {
    "Kazakhstan": {"country": "KAZ"},
    "Kyrgyzstan": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
    "one text": {"sources": "unsc-kaz-2014"},
    "nothing": {"country": "KGZ", "until": "1990"},
}
# `make test` runs each notebook as it is stored, with one country and with nothing to tell.
EVERY_SCOPE = [
    scope if scope in ("Kazakhstan", "nothing") else pytest.param(scope, marks=pytest.mark.slow)
    for scope in SCOPES
]
# With `--dist loadgroup` one worker takes all tests of a notebook, and runs each scope once.
every_notebook = pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.xdist_group(path.stem)) for path in NOTEBOOKS],
    ids=[path.stem for path in NOTEBOOKS],
)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


@cache
def executed(path: Path, scope: str) -> nbformat.NotebookNode:
    return execute(path, SCOPES[scope])


def test_the_notebooks_are_found_and_numbered_in_order():
    numbers = [path.stem[:2] for path in NOTEBOOKS]
    assert len(NOTEBOOKS) >= 5
    assert numbers == sorted(set(numbers))


@every_notebook
def test_a_notebook_declares_the_common_parameters(path):
    parameters = papermill.inspect_notebook(str(path))
    assert {name: p["default"] for name, p in parameters.items()} == {
        "country": '"all"',
        "since": '""',
        "until": '""',
        "sources": '""',
    }
    assert all(p["help"] for p in parameters.values())


@every_notebook
def test_a_notebook_is_stored_as_it_was_run_from_top_to_bottom(path):
    notebook = read(path)
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert outputs(notebook)
    assert not [
        o for o in outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"
    ]


@every_notebook
def test_a_notebook_follows_the_common_order(path):
    headings = [
        line.lstrip("# ")
        for cell in read(path).cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    parts = [h for h in headings if h in ("Validation", "Answer", "Limits", "Sources")]
    assert parts[-4:] == ["Validation", "Answer", "Limits", "Sources"]


@every_notebook
def test_no_number_is_typed_into_prose(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|\(https?://[^)]*\)", "", cell.source)
            prose = re.sub(r"SHA-256|ISO \d+(-\d)?", "", prose)
            # The year of a cited method, such as "Borgatti and Everett (1997)".
            prose = re.sub(r"[A-Z]\w+ \(\d{4}\)", "", prose)
            assert not re.search(r"\d", prose), prose


@every_notebook
def test_a_notebook_defines_no_function_and_names_no_path(path):
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    assert not re.search(r"^\s*(def|class) ", source, re.M)
    assert not re.search(r"\.csv|\.txt|open\(|Path\(|\.\./", source)


@every_notebook
def test_every_chart_has_a_description(path):
    for output in outputs(read(path)):
        data = output.get("data", {})
        if any(form.startswith("image/") for form in data):
            assert len(output.metadata["image/svg+xml"]["alt"]) > 40
            assert "aria-label=" in data["image/svg+xml"]


@pytest.mark.parametrize("scope", EVERY_SCOPE)
@every_notebook
def test_a_notebook_runs_for_every_scope_without_a_word_on_stderr(path, scope):
    found = outputs(executed(path, scope))
    assert found
    assert not [o for o in found if o.get("name") == "stderr"]


@every_notebook
def test_an_empty_scope_says_so_and_draws_nothing(path):
    found = outputs(executed(path, "nothing"))
    words = " ".join(o.get("data", {}).get("text/plain", "") for o in found)
    assert "hold no claim in this scope" in words
    assert not [o for o in found if "image/svg+xml" in o.get("data", {})]


@pytest.mark.slow
@every_notebook
def test_the_country_changes_what_a_notebook_shows(path):
    one, other = (
        [o.get("data", {}).get("text/plain") for o in outputs(executed(path, scope))]
        for scope in ("Kazakhstan", "Kyrgyzstan")
    )
    assert one != other


def test_a_wrong_value_stops_a_notebook_with_the_known_ones():
    with pytest.raises(NotebookFailed, match="unknown country 'KIR'.*KAZ, KGZ"):
        execute(NOTEBOOKS[0], {"country": "KIR"})


@pytest.mark.slow
@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_papermill_runs_a_notebook_from_the_root_and_from_its_folder(folder, tmp_path):
    notebook = next(path for path in NOTEBOOKS if "figures" in path.stem)
    command = [sys.executable, "-m", "papermill", str(notebook.relative_to(ROOT / folder))]
    target = tmp_path / "out.ipynb"
    options = ["-p", "country", "KGZ", "--no-progress-bar", "--log-level", "ERROR"]
    subprocess.run([*command, str(target), *options], cwd=ROOT / folder, check=True)
    words = " ".join(o.get("data", {}).get("text/plain", "") for o in outputs(read(target)))
    assert "Kyrgyzstan" in words


@pytest.mark.slow
def test_nbval_passes_right_outputs_fails_wrong_ones_and_takes_warm_kernels(tmp_path):
    cell = new_code_cell("import sys\n'kernels.server' in str(sys.orig_argv)", execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": "True"}, execution_count=1)]
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "warm.ipynb")
    shutil.copytree(FIXTURES, tmp_path, dirs_exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-rA"]
    done = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", "."],
        cwd=tmp_path,
        env=os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": provisioner.NAME},
        capture_output=True,
        text=True,
    )
    results = re.findall(r"^(PASSED|FAILED) (\w+)\.ipynb", done.stdout, re.MULTILINE)
    assert {result for result, name in results if name == "right_output_pass"} == {"PASSED"}
    assert ("FAILED", "wrong_output_fail") in results
    assert ("PASSED", "warm") in results
    assert done.returncode == 1
    assert "801" in done.stdout and "800" in done.stdout
