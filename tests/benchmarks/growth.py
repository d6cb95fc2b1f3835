"""How time and memory grow: with the number of reports, and with the size of a corpus."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from batches import Measured
from corpora import make_corpus
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

REPORTS = (10, 100, 1000)
TEXTS = (10, 1000, 10_000)
_LOAD = """
import time
start = time.perf_counter()
import ctdata
corpus = ctdata.Corpus({root!r})
rows = sum(len(corpus.load(table)) for table in {tables})
print(time.perf_counter() - start, rows)
"""


def reports(fresh: Callable[[], Path], jobs: int) -> dict[int, dict[str, float]]:
    """Make more and more reports of a small notebook; then once more, when nothing has changed.

    Parameters
    ----------
    fresh : callable
        Gives an empty folder.
    jobs : int
        How many reports at a time.

    Returns
    -------
    dict of int to dict of str to float
        By number of reports: seconds, seconds when nothing has changed, and peak megabytes.
    """
    found = {}
    for count in REPORTS:
        folder = fresh()
        command = [sys.executable, "-m", "ctdata.cli", *_small_batch(folder, count)]
        first = Measured().run([[*command, "--jobs", str(jobs)]], folder, memory=True)
        again = Measured().run([command], folder)
        found[count] = {
            "seconds": first.seconds,
            "unchanged": again.seconds,
            "megabytes": first.peak / 1e6,
        }
    return found


def _small_batch(folder: Path, count: int) -> list[str]:
    """Write a notebook of a few cells and a batch of it; return the command's arguments."""
    parameters = new_code_cell('label = ""', metadata={"tags": ["parameters"]})
    cells = [new_code_cell(source) for source in ("import ctdata", "print(label)", "1 + 1")]
    notebook = new_notebook(cells=[new_markdown_cell("# Small"), parameters, *cells])
    nbformat.write(notebook, folder / "small.ipynb")
    labels = ", ".join(f'"{number}"' for number in range(count))
    entry = "- {name: 'r{label}', notebook: ./small.ipynb, formats: [], matrix: {label: [%s]}}\n"
    (folder / "batch.yaml").write_text(entry % labels, encoding="utf-8")
    batch, site = folder / "batch.yaml", folder / "site"
    return ["report", "-q", "--batch", str(batch), "--output", str(site)]


def corpora(fresh: Callable[[], Path]) -> dict[int, dict[str, float]]:
    """Check and load made-up corpora of more and more texts.

    Parameters
    ----------
    fresh : callable
        Gives an empty folder.

    Returns
    -------
    dict of int to dict of str to float
        By number of texts: seconds of `ctdata check`, of loading all tables, and of loading the
        derived ones too; and the most megabytes that any of these took.
    """
    found = {}
    for count in TEXTS:
        root = fresh()
        make_corpus(root, count)
        check = _alone([sys.executable, "-m", "ctdata.cli", "check", str(root)])
        load = [
            _alone([sys.executable, "-c", _LOAD.format(root=str(root), tables=tables)])
            for tables in ("corpus.schema", "corpus.tables")
        ]
        found[count] = {
            "check": check[0],
            "load": load[0][0],
            "load with mentions": load[1][0],
            "megabytes": max(check[1], *(run[1] for run in load)),
        }
    return found


def _alone(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and its most megabytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} has failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1e3


def table(title: str, found: dict[int, dict[str, float]]) -> str:
    """A line for each size."""
    names = list(next(iter(found.values())))
    lines = [f"{title:12}" + "".join(f"  {name:>18}" for name in names)]
    for size, values in found.items():
        lines.append(f"{size:12,}" + "".join(f"  {values[name]:18.2f}" for name in names))
    return "\n".join(lines)
