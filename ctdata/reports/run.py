"""Execute notebooks with papermill and put what they yield in place.

papermill writes into a temporary folder; only what is finished goes to where readers look, and
gets there by a rename, so that nobody ever meets half a file.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctdata.reports.plan import Report
from ctdata.schema import READS, default_root

# How many seconds a report may take where nothing else is said.
TIMEOUT = 600.0
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class NotebookFailed(Exception):
    """A cell of a notebook raised an error.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        The notebook as far as it came, with the error among its outputs.
    traceback : str
        The traceback of the cell, without terminal colors.
    """

    def __init__(self, summary: str, notebook: Any, traceback: str) -> None:
        super().__init__(summary)
        self.notebook = notebook
        self.traceback = traceback


@dataclass(frozen=True)
class Task:
    """What a worker needs to make a report.

    Attributes
    ----------
    report : Report
        The report, as the plan has checked it.
    notebook : str
        The text of its notebook.
    timeout : float
        How many seconds it may take.
    """

    report: Report
    notebook: str
    timeout: float = TIMEOUT


@dataclass(frozen=True)
class Product:
    """What a worker has made.

    Attributes
    ----------
    seconds : float
        How long it took.
    contents : mapping of str to (str or bytes)
        Name and content of each file.
    read : tuple of str
        Paths of the texts and tables that were read.
    error, traceback : str
        As in :class:`Outcome`.
    """

    seconds: float
    contents: Mapping[str, str | bytes]
    read: tuple[str, ...] = ()
    error: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Attributes
    ----------
    report : Report
        The report that was asked for.
    seconds : float
        How long it took.
    files : tuple of str
        Names of the files that were written for readers; none if the report failed.
    error : str
        Why it failed, in one line; "" if it did not.
    traceback : str
        The whole traceback of a failure in the notebook.
    unchanged : bool
        Whether it did not have to be made, as nothing has changed since it was.
    """

    report: Report
    seconds: float
    files: tuple[str, ...] = ()
    error: str = ""
    traceback: str = ""
    unchanged: bool = False


def execute(notebook: Path, parameters: Mapping[str, Any]) -> Any:
    """Execute a notebook with papermill, in the notebook's own folder.

    Parameters
    ----------
    notebook : Path
        The notebook; it is not changed.
    parameters : mapping
        Values for its parameters; the defaults hold if empty.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, free of times, paths and random ids.

    Raises
    ------
    NotebookFailed
        If a cell raises an error.
    """
    return execute_text(notebook.read_text(encoding="utf-8"), parameters, notebook.parent)


def execute_text(
    text: str, parameters: Mapping[str, Any], folder: Path, timeout: float = TIMEOUT
) -> Any:
    """Execute a notebook that is given as the text of its file.

    Parameters
    ----------
    text : str
        The notebook.
    parameters : mapping
        Values for its parameters; the defaults hold if empty.
    folder : Path
        Where to execute it.
    timeout : float, optional
        How many seconds it may take.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, free of times, paths and random ids.

    Raises
    ------
    NotebookFailed
        If a cell raises an error, takes too long or ends its kernel.
    """
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import remove_error_markers

    from ctdata.reports import engine

    reached: list[Any] = []
    try:
        return normalize(engine.run(text, parameters, folder, timeout, reached))
    except PapermillExecutionError as error:
        failed = remove_error_markers(reached[0])
        summary = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
        raise NotebookFailed(
            one_line(summary), normalize(failed), _ANSI.sub("", "\n".join(error.traceback))
        ) from None


def normalize(notebook: Any) -> Any:
    """Take out of a notebook what differs between two runs of the same cells.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        An executed notebook; it is changed in place.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook, without papermill's and nbclient's times, paths and versions, with one
        spelling of kernel and language, and with a fixed id for the injected parameters.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata["language_info"] = dict(LANGUAGE)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
    return notebook


def notebook_text(notebook: Any) -> str:
    """Return a notebook as the text of its file."""
    import nbformat

    return nbformat.v4.writes(notebook) + "\n"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that readers find the old one or the new one, never a part.

    Parameters
    ----------
    path : Path
        Where the file shall stand; an older one there is replaced.
    content : str or bytes
        Its content; text is written as UTF-8 with plain line feeds.
    """
    temporary = path.parent / f".ctdata-{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make(task: Task, scratch: Path) -> Product:
    """Execute a report's notebook and render it. Nothing is written where readers look.

    Parameters
    ----------
    task : Task
        What to make.
    scratch : Path
        An existing folder for what is needed in between.

    Returns
    -------
    Product
        The contents of the report's files, or why there are none.
    """
    start = time.perf_counter()
    report = task.report
    reads = scratch / "reads"
    os.environ[READS] = str(reads)
    folder = report.notebook.parent if report.notebook.parent.is_dir() else scratch

    def product(contents: Mapping[str, str | bytes], **facts: Any) -> Product:
        return Product(round(time.perf_counter() - start, 3), contents, **facts)

    try:
        notebook = execute_text(task.notebook, report.parameters, folder, task.timeout)
        contents = {f"{report.name}.ipynb": notebook_text(notebook)}
        if report.formats:
            from ctdata.reports.render import render

            contents |= render(report, notebook)
    except NotebookFailed as error:
        kept = {failed_name(report): notebook_text(error.notebook)}
        return product(kept, error=str(error), traceback=error.traceback)
    except Exception as error:  # one report's trouble must not stop the others
        return product({}, error=one_line(f"{type(error).__name__}: {error}"))
    return product(contents, read=_read_names(reads))


def _read_names(notes: Path) -> tuple[str, ...]:
    """Return what the loaders have noted, by path inside the corpus where it lies in there."""
    if not notes.is_file():
        return ()
    root = default_root().resolve()
    paths = {Path(line) for line in notes.read_text(encoding="utf-8").splitlines()}
    names = (path.relative_to(root) if path.is_relative_to(root) else path for path in paths)
    return tuple(sorted(name.as_posix() for name in names))


def failed_name(report: Report) -> str:
    """Name the file that keeps a failed notebook as far as it came."""
    return f"{report.name}.failed.ipynb"


def put_in_place(report: Report, product: Product, output: Path) -> Outcome:
    """Write a report's files where readers look; those of a failed one stay as they were.

    Parameters
    ----------
    report : Report
        The report.
    product : Product
        What a worker has made of it.
    output : Path
        The folder of the site.

    Returns
    -------
    Outcome
        What became of the report.

    Raises
    ------
    OSError
        If a file cannot be written; no other report can then, either.
    """
    for name, content in product.contents.items():
        write_whole(output / name, content)
    if product.error:
        return Outcome(report, product.seconds, (), product.error, product.traceback)
    (output / failed_name(report)).unlink(missing_ok=True)
    return Outcome(report, product.seconds, tuple(product.contents))


def one_line(text: str, length: int = 300) -> str:
    """Fold a message into one line that fits a list, without terminal colors."""
    text = " ".join(_ANSI.sub("", text).split())
    return text if len(text) <= length else text[: length - 1] + "…"
