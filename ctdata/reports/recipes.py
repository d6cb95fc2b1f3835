"""Tell what a report is made from: names, each with a hash, so that a change can be told by name.

It is the notebook, its parameters and title, the modules of this package that its cells and its
rendering use, the installed packages, and the texts and tables that the loaders read for it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from ctdata.reports.plan import Report

_PACKAGE = Path(__file__).parent.parent
_RENDERER = "ctdata.reports.render"


def digest(content: bytes | str) -> str:
    """Hash a content: the first 32 hexadecimal digits of its SHA-256."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:32]


def file_digest(path: Path) -> str:
    """Hash a file; "" if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def recipes(reports: Iterable[Report], versions: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Hash all that reports are made from, but for the texts and tables.

    Parameters
    ----------
    reports : iterable of Report
        The reports.
    versions : mapping
        The installed packages.

    Returns
    -------
    dict of str to dict of str to str
        By name of the report: a name that says what it is, such as "its notebook" or
        "ctdata/network/graphs.py", and a hash.
    """
    reports = list(reports)
    shared = {
        "the installed packages": digest(json.dumps(versions, sort_keys=True)),
        **_folder_hashes("templates"),
    }
    of_notebook = {}
    for path in {report.notebook for report in reports}:
        content, modules = _read_notebook(path, path.stat().st_mtime_ns)
        of_notebook[path] = {"its notebook": content, **_module_hashes({*modules, _RENDERER})}
    return {
        report.name: {
            "its parameters": digest(json.dumps(report.parameters, sort_keys=True)),
            "its title, scope or formats": digest(
                json.dumps([report.title, report.scope, report.sources, report.formats])
            ),
            **of_notebook[report.notebook],
            **shared,
        }
        for report in reports
    }


def site_recipe(
    reports: Iterable[Report], data: Mapping[str, str], versions: Mapping[str, str]
) -> dict[str, str]:
    """Hash all that the pages around the reports are made from, but for the reports' own files.

    Parameters
    ----------
    reports : iterable of Report
        All reports of the batch.
    data : mapping
        The hashes of all texts and tables.
    versions : mapping
        The installed packages.

    Returns
    -------
    dict of str to str
        As for one report in :func:`recipes`.
    """
    return {
        "the batch": digest(repr([replace(report, notebook=None) for report in reports])),
        "the texts and tables": digest(json.dumps(data, sort_keys=True)),
        "the installed packages": digest(json.dumps(versions, sort_keys=True)),
        **_module_hashes({"ctdata.reports.site"}),
        **_folder_hashes("templates"),
        **_folder_hashes("assets"),
    }


@cache
def _read_notebook(path: Path, modified: int) -> tuple[str, set[str]]:
    """Hash what a notebook executes, and list what it imports of this package."""
    notebook = json.loads(path.read_bytes())
    kept = [
        {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
        for cell in notebook.get("cells", ())
    ]
    source = "\n".join(
        "".join(cell.get("source", ())) for cell in kept if cell.get("cell_type") == "code"
    )
    # Lines for IPython itself are not Python.
    source = re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)
    return digest(json.dumps([kept, notebook.get("metadata")], sort_keys=True)), _imported(source)


def _module_hashes(names: set[str]) -> dict[str, str]:
    """Hash modules and all modules of this package that they import in turn, by path."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = set(names)
    while waiting:
        seen |= waiting
        name = waiting.pop()
        if path := _module_file(name):
            key = path.relative_to(_PACKAGE.parent).as_posix()
            found[key], imported = _read_module(path, path.stat().st_mtime_ns)
            waiting |= imported - seen
    return dict(sorted(found.items()))


@cache
def _read_module(path: Path, modified: int) -> tuple[str, set[str]]:
    """Hash a module and list what it imports of this package."""
    text = path.read_bytes()
    return digest(text), _imported(text.decode())


def _imported(source: str) -> set[str]:
    """List the modules of this package that code imports, inside functions too.

    Where that cannot be told, all of them.
    """
    try:
        nodes = list(_statements(ast.parse(source)))
    except SyntaxError:
        return _all_modules()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            if node.level or not node.module:  # told from where it stands
                return _all_modules()
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    # Importing a module runs those that it lies in.
    names |= {name.rpartition(".")[0] for name in names}
    return {name for name in names if name.partition(".")[0] == _PACKAGE.name}


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements, those inside others too; expressions, of which there are many more, not."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            inside = getattr(node, part, ())
            waiting.extend(inside if isinstance(inside, list) else ())


def _module_file(name: str) -> Path | None:
    """Find the file of a module of this package; None if there is no module of this name."""
    path = _PACKAGE.parent.joinpath(*name.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def _all_modules() -> set[str]:
    paths = [path.relative_to(_PACKAGE.parent) for path in _PACKAGE.rglob("*.py")]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths}


def _folder_hashes(name: str) -> dict[str, str]:
    """Hash the files of a folder beside this module, by path."""
    files = sorted(path for path in (_PACKAGE / "reports" / name).rglob("*") if path.is_file())
    return {path.relative_to(_PACKAGE.parent).as_posix(): file_digest(path) for path in files}


def data_hashes(root: Path) -> dict[str, str]:
    """Hash each text and table of a corpus.

    Parameters
    ----------
    root : Path
        The folder of the corpus.

    Returns
    -------
    dict of str to str
        Path inside the corpus, with slashes, to its SHA-256 in hexadecimal digits: the
        descriptor, the tables, the texts.
    """
    patterns = ("*.json", "*.csv", "texts/*.txt")
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in patterns
        for path in sorted(root.glob(pattern))
    }
