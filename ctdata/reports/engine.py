"""Have papermill execute a notebook, and keep what there is when a kernel dies or a cell hangs."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.execute import (
    prepare_notebook_metadata,
    raise_for_execution_errors,
    remove_error_markers,
)
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from ctdata.kernels.provisioner import WarmKernelManager

ENGINE = "ctdata"
_KERNEL = "python3"
_ADVICE = {
    DeadKernelError: "the kernel has died, perhaps for want of memory; try again with --jobs 1",
    CellTimeoutError: "the report took longer than {timeout:g} s; allow more with --timeout",
}


class _Engine(NBClientEngine):
    """papermill's engine; what ends a kernel becomes an error of the cell that it ended."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, keep: list[Any], timeout: float, **options: Any
    ) -> None:
        keep.append(nb_man.nb)
        deadline = time.monotonic() + timeout
        cells = nb_man.nb.cells
        # papermill reckons with the times of each; there is nothing to time in the others.
        nb_man.nb.cells = [cell for cell in cells if cell.cell_type == "code"]
        try:
            super().execute_managed_notebook(
                nb_man,
                kernel_name,
                # nbclient asks for each cell; what is left of the report's time is the cell's.
                timeout_func=lambda cell: max(deadline - time.monotonic(), 0.001),
                **options,
            )
        except (DeadKernelError, CellTimeoutError) as error:
            message = _ADVICE[type(error)].format(timeout=timeout)
            _end_with(nb_man.nb.cells, type(error).__name__, message)
        finally:
            nb_man.nb.cells = cells


papermill_engines.register(ENGINE, _Engine)


def _end_with(code: list[Any], name: str, message: str) -> None:
    """Put an error into the outputs of the cell that was running."""
    number, cell = [
        (number, cell)
        for number, cell in enumerate(code, start=1)
        if cell.metadata.papermill["start_time"]
    ][-1]
    cell.execution_count = number
    error = nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[message])
    cell.outputs.append(error)


def load(text: str) -> Any:
    """Load a notebook as papermill does, without outputs, which it would read to throw them away.

    Parameters
    ----------
    text : str
        The text of a notebook of any format.

    Returns
    -------
    nbformat.NotebookNode
        The notebook in the present format. Cells of a format without ids have one by their place,
        not by chance.
    """
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    has_ids = (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    notebook = nbformat.v4.upgrade(nbformat.convert(notebook, 4))
    for number, cell in enumerate(notebook.cells, start=1):
        if not has_ids:
            cell["id"] = f"cell-{number}"
        if cell.cell_type == "code":
            cell.outputs = []
    return load_notebook_node(notebook)


_loaded = lru_cache(maxsize=50)(load)  # many reports are made of one notebook


def run(
    text: str, parameters: Mapping[str, Any], folder: Path, timeout: float, keep: list[Any]
) -> Any:
    """Execute a notebook.

    Parameters
    ----------
    text : str
        The text of the notebook.
    parameters : mapping
        Values for its parameters.
    folder : Path
        The kernel's working folder.
    timeout : float
        How many seconds it may take.
    keep : list
        Receives the notebook as far as it came, whatever happens.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, with papermill's metadata.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raises an error, ends its kernel or takes too long.
    nbformat.ValidationError
        If an output is none that a notebook may have.
    """
    # As `papermill.execute_notebook` does it, which would write the notebook once more, to nowhere.
    prepared = copy.deepcopy(_loaded(text))
    if parameters:
        names = {"engine_name": ENGINE, "kernel_name": _KERNEL, "language": "python"}
        prepared = parameterize_notebook(prepared, dict(parameters), **names)
    prepared = remove_error_markers(prepare_notebook_metadata(prepared, None, None))
    executed = papermill_engines.execute_notebook_with_engine(
        ENGINE,
        prepared,
        kernel_name=_KERNEL,
        progress_bar=False,
        # What follows goes to the engine and to nbclient.
        keep=keep,
        record_timing=False,
        timeout=timeout,
        resources={"metadata": {"path": str(folder)}},
        kernel_manager_class=WarmKernelManager,
        shutdown_kernel="immediate",
        coalesce_streams=True,
    )
    raise_for_execution_errors(executed, None)
    nbformat.validate(executed)
    return executed
