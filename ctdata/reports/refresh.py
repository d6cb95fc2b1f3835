"""Execute the committed notebooks in place, so that their outputs are what the code yields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ctdata.reports.plan import PlanError, nearest
from ctdata.reports.run import execute, notebook_text, write_whole


def find_notebooks(start: Path, names: Sequence[str] = ()) -> list[Path]:
    """Find the notebooks of the repository that a folder belongs to.

    Parameters
    ----------
    start : Path
        Where to begin; its parents are searched too.
    names : sequence of str
        Which notebooks: a stem such as ``01_sources``, or a path. All of them if empty.

    Returns
    -------
    list of Path
        The notebooks, in the order of their names or as asked for.

    Raises
    ------
    PlanError
        If there is no folder of notebooks, or no such notebook in it.
    """
    folders = [folder / "notebooks" for folder in (start, *start.parents)]
    folder = next((folder for folder in folders if any(folder.glob("*.ipynb"))), None)
    known = {path.stem: path for path in sorted(folder.glob("*.ipynb"))} if folder else {}
    if not names and not known:
        raise PlanError(["no notebooks/ with notebooks in this folder or above it"])
    found, problems = [], []
    for name in names or known:
        path = known.get(name.removesuffix(".ipynb"), start / name)
        if path.suffix == ".ipynb" and path.is_file():
            found.append(path.resolve())
        else:
            problems.append(f"unknown notebook {name!r}; {nearest(name, known)}")
    if problems:
        raise PlanError(problems)
    return found


def refresh(notebook: Path) -> bool:
    """Execute one notebook with its default parameters and put the result in its place.

    Parameters
    ----------
    notebook : Path
        The notebook. It stays as it is if a cell fails.

    Returns
    -------
    bool
        Whether the file has changed.

    Raises
    ------
    NotebookFailed
        If a cell raises an error.
    """
    before = notebook.read_text(encoding="utf-8")
    after = notebook_text(execute(notebook, {}))
    if after == before:
        return False
    write_whole(notebook, after)
    return True


def refresh_all(notebooks: Sequence[Path]) -> Iterator[tuple[Path, bool | Exception]]:
    """Refresh notebooks one after another; a failure does not stop the others.

    Parameters
    ----------
    notebooks : sequence of Path
        The notebooks.

    Yields
    ------
    tuple of Path and (bool or Exception)
        The notebook, and whether it changed or why it failed.
    """
    for notebook in notebooks:
        result: bool | Exception
        try:
            result = refresh(notebook)
        except Exception as error:
            result = error
        yield notebook, result
