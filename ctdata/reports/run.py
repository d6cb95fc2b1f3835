"""Execute notebooks with papermill and put what they yield in place.

papermill writes into a temporary folder; only what is finished goes to where readers look, and
gets there by a rename, so that nobody ever meets half a file.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctdata.reports.plan import Report, literal_path
from ctdata.reports.render import render_page

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
    """

    report: Report
    seconds: float
    files: tuple[str, ...] = ()
    error: str = ""
    traceback: str = ""


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
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import remove_error_markers

    with tempfile.TemporaryDirectory(prefix="ctdata-") as folder:
        source, target = Path(folder, "source.ipynb"), Path(folder, "executed.ipynb")
        nbformat.write(read_notebook(notebook), source)
        try:
            papermill.execute_notebook(
                literal_path(source),
                literal_path(target),
                dict(parameters),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                # What follows goes to nbclient. The working folder is given there and not as
                # `cwd`, for which papermill would change that of this whole process.
                resources={"metadata": {"path": str(notebook.parent)}},
                config=_kernel_config(),
                shutdown_kernel="immediate",
                coalesce_streams=True,
            )
        except PapermillExecutionError as error:
            failed = remove_error_markers(nbformat.read(target, as_version=4))
            summary = f"cell {error.exec_count}: {error.ename}: {error.evalue}"
            raise NotebookFailed(
                _one_line(summary), normalize(failed), _ANSI.sub("", "\n".join(error.traceback))
            ) from None
        return normalize(nbformat.read(target, as_version=4))


def read_notebook(path: Path) -> Any:
    """Read a notebook; cells of a format without ids get one by their place, not by chance.

    Parameters
    ----------
    path : Path
        A notebook of any format.

    Returns
    -------
    nbformat.NotebookNode
        The notebook in the present format.
    """
    import nbformat

    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    has_ids = (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    notebook = nbformat.v4.upgrade(nbformat.convert(notebook, 4))
    if not has_ids:
        for number, cell in enumerate(notebook.cells, start=1):
            cell["id"] = f"cell-{number}"
    return notebook


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

    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers find the old one or the new one, never a part.

    Parameters
    ----------
    path : Path
        Where the file shall stand; an older one there is replaced.
    text : str
        Its content, written as UTF-8 with plain line feeds.
    """
    temporary = path.parent / f".ctdata-{uuid.uuid4().hex}"
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_report(report: Report, output: Path) -> Outcome:
    """Make one report and put its files in place, or leave the older ones as they are.

    Parameters
    ----------
    report : Report
        The report, as the plan has checked it.
    output : Path
        An existing folder. A notebook that fails is kept there as ``<name>.failed.ipynb``.

    Returns
    -------
    Outcome
        What was written or why it failed. Only an interruption is raised.
    """
    start = time.perf_counter()
    failed = output / f"{report.name}.failed.ipynb"

    def outcome(**facts: Any) -> Outcome:
        return Outcome(report, round(time.perf_counter() - start, 3), **facts)

    try:
        try:
            notebook = execute(report.notebook, report.parameters)
        except NotebookFailed as error:
            write_whole(failed, notebook_text(error.notebook))
            return outcome(error=str(error), traceback=error.traceback)
        texts = {f"{report.name}.ipynb": notebook_text(notebook)}
        if "html" in report.formats:
            texts[f"{report.name}.html"] = render_page(report, notebook)
        for name, text in texts.items():
            write_whole(output / name, text)
        failed.unlink(missing_ok=True)
    except Exception as error:  # one report's trouble must not stop the others
        return outcome(error=_one_line(f"{type(error).__name__}: {error}"))
    return outcome(files=tuple(texts))


def make_reports(
    reports: Sequence[Report], output: Path, announce: Callable[[str], None] = lambda name: None
) -> Iterator[Outcome]:
    """Make reports one after another.

    Parameters
    ----------
    reports : sequence of Report
        The reports, as the plan has checked them.
    output : Path
        An existing folder.
    announce : callable
        Called with each report's name before it starts.

    Yields
    ------
    Outcome
        For each report, as soon as it is there.
    """
    for report in reports:
        announce(report.name)
        yield make_report(report, output)


def _kernel_config() -> Any:
    """Ask for an encrypted line to the kernel, without which newer kernels print a warning."""
    import zmq
    from traitlets.config import Config

    encryption = "auto" if zmq.has("curve") else "disabled"
    return Config({"KernelManager": {"transport_encryption": encryption}})


def _one_line(text: str, length: int = 300) -> str:
    """Fold a message into one line that fits a list."""
    text = " ".join(_ANSI.sub("", text).split())
    return text if len(text) <= length else text[: length - 1] + "…"
