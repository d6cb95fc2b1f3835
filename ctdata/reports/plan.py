"""Read a batch file and check all of it before anything runs.

A batch file (``reports/batch.yaml``) lists reports::

    reports:
      - name: brief-{country}
        notebook: 08_country_brief
        parameters: {since: "2010"}
        matrix: {country: [KAZ, KGZ]}
        formats: [html]

``name`` becomes the name of the files, ``notebook`` stands in ``notebooks/`` beside the batch
file's folder (or is a path from the batch file, if it has a slash), ``formats: []`` asks for the
executed notebook alone, ``title`` replaces the notebook's own heading, and a ``matrix`` makes one
report of each combination of its values.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

FORMATS = ("html", "pdf", "docx")
KEYS = ("name", "notebook", "parameters", "formats", "title", "matrix")
SCOPE = ("country", "since", "until", "sources")
NAME_LENGTH = 120

# A file name holds at most 255 bytes on common systems, and ".failed.ipynb" is added to a name.
_NAME_BYTES = 255 - len(".failed.ipynb")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TYPE_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a mapping",
}


class PlanError(Exception):
    """The batch file or the request is wrong.

    Attributes
    ----------
    problems : list of str
        One line for each thing that is wrong, ready to print.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Report:
    """One report that can be made: checked, with its matrix expanded.

    Attributes
    ----------
    name : str
        Stem of the report's files; a safe file name, unique in its batch.
    title : str
        What the page is headed with.
    notebook : Path
        The notebook to execute.
    parameters : dict
        Values for the notebook's parameters, of plain JSON types.
    formats : tuple of str
        What to write beside the executed notebook.
    scope : str
        The parameters in words, such as "Kazakhstan, 2010 to 2014, all sources".
    sources : tuple of str or None
        Ids of the texts in scope; None if the notebook has no scope.
    """

    name: str
    title: str
    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ("html",)
    scope: str = ""
    sources: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes
    ----------
    reports : tuple of Report
        Every report of the batch, in its order.
    chosen : tuple of Report
        Those that are to be made now.
    sources : Path
        The folder of the corpus that they are made from.
    """

    reports: tuple[Report, ...]
    chosen: tuple[Report, ...]
    sources: Path


def find_batch(start: Path) -> Path:
    """Find the batch file of the repository that a folder belongs to.

    Parameters
    ----------
    start : Path
        Where to begin; its parents are searched too.

    Returns
    -------
    Path
        The nearest ``reports/batch.yaml``.

    Raises
    ------
    PlanError
        If there is none.
    """
    for folder in (start, *start.parents):
        batch = folder / "reports" / "batch.yaml"
        if batch.is_file():
            return batch
    raise PlanError(
        ["no reports/batch.yaml in this folder or above it; name a batch file with --batch FILE"]
    )


def make_plan(batch: Path, names: Sequence[str] = ()) -> Plan:
    """Read a batch file, check all of it, and choose reports by name.

    Parameters
    ----------
    batch : Path
        The batch file.
    names : sequence of str
        Names of the reports to make; all of them if empty.

    Returns
    -------
    Plan
        Every report of the batch, and the chosen ones in the order of the batch.

    Raises
    ------
    PlanError
        With every problem found, one line each.
    """
    checker = _Checker(batch)
    reports = checker.reports()
    for name in dict.fromkeys(names):
        # A batch that cannot be read knows no names; its own problem says enough.
        if name not in checker.names and (checker.names or not checker.problems):
            checker.problems.append(f"unknown report {name!r}; {nearest(name, checker.names)}")
    if checker.problems:
        raise PlanError(checker.problems)
    chosen = [report for report in reports if not names or report.name in names]
    return Plan(tuple(reports), tuple(chosen), Path(checker.corpus.root))


def nearest(word: str, known: Iterable[str], otherwise: str = "there are none") -> str:
    """Advise on a word that is not known.

    Parameters
    ----------
    word : str
        What was given.
    known : iterable of str
        What could have been given.
    otherwise : str
        What to say if nothing is known.

    Returns
    -------
    str
        Such as "did you mean 'brief-KAZ'? known: brief-KAZ, brief-KGZ".
    """
    known = list(known)
    if not known:
        return otherwise
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}known: {', '.join(known)}"


# --- the batch file as YAML ---------------------------------------------------------------------


class _Mapping(dict):
    """A YAML mapping that knows on which lines its keys stand and how its values are written."""

    def __init__(self, items: Any = (), line: int = 0) -> None:
        super().__init__(items)
        self.line = line
        self.lines: dict[str, int] = dict(getattr(items, "lines", {}))
        self.written: dict[str, Any] = dict(getattr(items, "written", {}))


class _Loader(yaml.SafeLoader):
    """Safe loader for batch files: keys are words, none twice, and lines are kept."""


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> _Mapping:
    seen: set[str] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"a key must be text, write {key_node.value!r}", key_node.start_mark
            )
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    loader.flatten_mapping(node)
    mapping = _Mapping(line=node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        mapping[key] = loader.construct_object(value_node, deep=True)
        mapping.lines[key] = key_node.start_mark.line + 1
        mapping.written[key] = _written(value_node)
    return mapping


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)


def _written(node: yaml.Node) -> Any:
    """Return the text of a scalar, or of each item of a list, as it stands in the file."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_written(item) for item in node.value]
    return None


# --- what a notebook takes ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Parameter:
    """A parameter as the notebook declares it; `kind` is None where any type will do."""

    default: Any
    kind: type | None


@dataclass(frozen=True)
class _Notebook:
    """What the checks need to know of a notebook."""

    heading: str
    parameters: Mapping[str, _Parameter]


@cache
def _read_notebook(path: Path, modified: int) -> _Notebook:
    """Inspect a notebook; the time of modification keeps the cache honest.

    Raises ValueError with the reason if it is no notebook or has no parameters cell.
    """
    try:
        cells = _cells(path)
    except Exception as error:
        raise ValueError(f"{path.name} is not a notebook that can be read: {error}") from error
    for cell in cells:
        if "parameters" in cell.get("metadata", {}).get("tags", ()):
            return _Notebook(_heading(cells), _parameters(path, "".join(cell["source"])))
    raise ValueError(
        f"{path.name} has no parameters cell; tag the cell that sets its parameters "
        "with 'parameters'"
    )


def _cells(path: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook as they stand in its file."""
    notebook = json.loads(path.read_bytes())
    if notebook["nbformat"] != 4:
        import nbformat  # which takes a while, and such notebooks are rare

        notebook = nbformat.read(path, as_version=4)
    return notebook["cells"]


def _heading(cells: Iterable[Mapping[str, Any]]) -> str:
    """Return the first heading of a notebook, or ""."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            if found := re.search(r"^#\s+(.+?)\s*#*\s*$", source, re.MULTILINE):
                return found.group(1)
    return ""


def _parameters(path: Path, source: str) -> dict[str, _Parameter]:
    """Read what a parameters cell sets, as papermill does but without starting all of it."""
    try:
        statements = ast.parse(source, type_comments=True).body
    except SyntaxError as error:
        raise ValueError(
            f"{path.name}: line {error.lineno} of the parameters cell is not Python: {error.msg}"
        ) from error
    found = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value, type_comment=kind):
                found[name] = _declared(value, kind or "")
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = _declared(value, ast.unparse(statement.annotation))
    return found


def _declared(value: ast.expr, annotation: str) -> _Parameter:
    """Read a parameter's default and type."""
    kinds = {kind.__name__: kind for kind in _TYPE_NAMES}
    kind = kinds.get(annotation.split("[")[0].strip())
    try:
        default = ast.literal_eval(value)
    except ValueError:
        return _Parameter(None, kind)
    return _Parameter(default, kind or (None if default is None else type(default)))


# --- the checks ---------------------------------------------------------------------------------


class _Checker:
    """Goes through one batch file and gathers every problem, with its line."""

    def __init__(self, batch: Path) -> None:
        self.batch = batch
        self.problems: list[str] = []
        self.names: list[str] = []
        self._folded: dict[str, str] = {}
        self._selections: dict[tuple, Any] = {}
        self._line = 0
        self._name = ""

    def say(self, problem: str, line: int | None = None) -> None:
        """Note a problem of the entry that is being looked at."""
        line = line or self._line
        where = f"{self.batch}:{line}" if line else str(self.batch)
        message = ": ".join(part for part in (where, self._name, problem) if part)
        if message not in self.problems:
            self.problems.append(message)

    def reports(self) -> list[Report]:
        """Return the reports of the batch that are free of problems."""
        reports: list[Report] = []
        if self.corpus is None:
            return reports
        for entry in self._entries():
            for draft in self._expand(entry):
                report = self._check(draft)
                if report is not None:
                    reports.append(report)
        return reports

    def _entries(self) -> Iterator[_Mapping]:
        document = self._document()
        if document is None:
            return
        if isinstance(document, _Mapping):
            for key in document:
                if key != "reports":
                    advice = nearest(key, ["reports"])
                    self.say(f"unknown key {key!r}; {advice}", document.lines[key])
            document = document.get("reports")
        if not isinstance(document, list) or not document:
            self.say("lists no reports; write 'reports:' and below it '- name: ...'")
            return
        for number, entry in enumerate(document, start=1):
            self._name, self._line = "", 0
            if not isinstance(entry, _Mapping):
                self.say(f"report {number} is not a mapping; it needs at least name and notebook")
                continue
            self._line = entry.line
            yield entry

    def _document(self) -> Any:
        """Parse the file; None after a problem."""
        try:
            text = self.batch.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.say(f"cannot be read: {error.strerror}")
            return None
        except UnicodeDecodeError as error:
            self.say(f"is not UTF-8 (byte {error.start}); save it as UTF-8")
            return None
        try:
            document = yaml.load(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            self._line = error.problem_mark.line + 1 if error.problem_mark else 0
            self.say(f"bad YAML: {error.problem or error.context}")
            return None
        except yaml.YAMLError as error:
            self.say(f"bad YAML: {' '.join(str(error).split())}")
            return None
        return [] if document is None else document

    def _expand(self, entry: _Mapping) -> Iterator[_Mapping]:
        """Yield the entry once for each combination of its matrix, placeholders filled in."""
        self._name = str(entry.get("name", ""))
        for key in entry:
            if key not in KEYS:
                self.say(f"unknown key {key!r}; {nearest(key, KEYS)}", entry.lines[key])
        matrix = entry.get("matrix", _Mapping())
        if not self._matrix_is_sound(entry, matrix):
            return
        for key in _PLACEHOLDER.findall(entry["name"]):
            if key not in matrix:
                self.say(f"the name speaks of {{{key}}}, but the matrix has no {key!r}")
                return
        for numbers in itertools.product(*(range(len(values)) for values in matrix.values())):
            chosen = dict(zip(matrix, numbers, strict=True))
            yield _combine(entry, matrix, chosen)

    def _matrix_is_sound(self, entry: _Mapping, matrix: Any) -> bool:
        before = len(self.problems)
        name = entry.get("name")
        if name is None or name == "":
            self.say("has no name")
        elif not isinstance(name, str):
            self.say(_quote_it("name", name, entry.written["name"]))
        if not isinstance(matrix, _Mapping):
            self.say("matrix must be a mapping, such as {country: [KAZ, KGZ]}")
            return False
        given = entry.get("parameters") or {}
        for key, values in matrix.items():
            if not isinstance(values, list) or not values:
                self.say(f"matrix: {key} must be a list of values, such as [KAZ, KGZ]")
            if isinstance(given, dict) and key in given:
                self.say(f"{key!r} stands both in parameters and in matrix; keep one")
        return len(self.problems) == before

    def _check(self, draft: _Mapping) -> Report | None:
        """Check one report; None if something is wrong with it."""
        before = len(self.problems)
        self._line, self._name = draft.line, draft["name"]
        self._check_name(draft["name"])
        formats = self._formats(draft.get("formats", ["html"]))
        title = draft.get("title")
        if title is not None and (not isinstance(title, str) or not title.strip()):
            self.say("title must be text; leave it out to take the notebook's heading")
        path = self._notebook_path(draft.get("notebook"))
        notebook = self._inspect(path) if path else None
        if notebook is None:
            return None
        given = draft.get("parameters")
        if given is None:
            given = _Mapping()
        if not isinstance(given, _Mapping):
            self.say("parameters must be a mapping, such as {country: KAZ}")
            return None
        self._check_parameters(given, notebook, path)
        declared = notebook.parameters
        values = {
            name: given.get(name, declared[name].default) for name in SCOPE if name in declared
        }
        selection = self._resolve({k: v for k, v in values.items() if v is None or _fits(v, str)})
        if len(self.problems) > before:
            return None
        return Report(
            name=draft["name"],
            title=title or notebook.heading or draft["name"],
            notebook=path,
            parameters=dict(given),
            formats=formats,
            scope=_in_words(selection, given),
            sources=None if selection is None else tuple(selection.sources["source_id"]),
        )

    def _check_name(self, name: str) -> None:
        if problem := name_problem(name):
            self.say(problem)
        # Systems that fold case or normalize would let one report overwrite another.
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in self._folded:
            other = self._folded[folded]
            same = "stands twice" if other == name else f"differs from {other!r} only in case"
            self.say(f"the name {same}; with a matrix, use its keys in it, as in brief-{{country}}")
        else:
            self._folded[folded] = name
            self.names.append(name)

    def _formats(self, formats: Any) -> tuple[str, ...]:
        if not isinstance(formats, list):
            self.say(f"formats must be a list, such as [html]; {nearest('', FORMATS)}")
            return ()
        for form in formats:
            if form not in FORMATS:
                self.say(f"unknown format {form!r}; {nearest(str(form), FORMATS)}")
        return tuple(dict.fromkeys(form for form in formats if form in FORMATS))

    def _notebook_path(self, name: Any) -> Path | None:
        if not isinstance(name, str) or not name:
            self.say("names no notebook")
            return None
        if "/" in name:
            path = (self.batch.parent / name).resolve()
            if not path.is_file():
                self.say(f"unknown notebook {name!r}; there is no file {path}")
                return None
            return path
        folder = self.batch.resolve().parent.parent / "notebooks"
        path = folder / (name if name.endswith(".ipynb") else f"{name}.ipynb")
        if not path.is_file():
            known = sorted(found.stem for found in folder.glob("*.ipynb"))
            self.say(f"unknown notebook {name!r}; {nearest(name, known, f'none in {folder}')}")
            return None
        return path

    def _inspect(self, path: Path) -> _Notebook | None:
        try:
            return _read_notebook(path, path.stat().st_mtime_ns)
        except ValueError as error:
            self.say(str(error))
            return None

    def _check_parameters(self, given: _Mapping, notebook: _Notebook, path: Path) -> None:
        for name, value in given.items():
            declared = notebook.parameters.get(name)
            if declared is None:
                advice = nearest(name, list(notebook.parameters), f"{path.stem} takes none")
                self.say(f"unknown parameter {name!r}; {advice}", given.lines.get(name))
            elif not _fits(value, declared.kind):
                if declared.kind is str or declared.kind is None:
                    problem = _quote_it(f"parameter {name!r}", value, given.written.get(name))
                else:
                    wanted = _TYPE_NAMES.get(declared.kind, declared.kind.__name__)
                    problem = f"parameter {name!r} is {value!r}, but the notebook wants {wanted}"
                self.say(problem, given.lines.get(name))

    def _resolve(self, scope: Mapping[str, Any]) -> Any:
        """Try a scope on the corpus; return the selection, or None without scope or if wrong."""
        if not scope:
            return None
        # One value at a time, so that every wrong one is told; then together.
        alone = [self._select(**{name: value}) for name, value in scope.items()]
        return None if any(part is None for part in alone) else self._select(**scope)

    def _select(self, **scope: Any) -> Any:
        """Return the selection of the corpus for a scope; None after a problem."""
        key = tuple(scope.items())
        if key not in self._selections:
            self._selections[key] = self._try_select(scope)
        selection = self._selections[key]
        if isinstance(selection, str):
            self.say(selection)
            return None
        return selection

    def _try_select(self, scope: Mapping[str, Any]) -> Any:
        """Return the selection, or what is wrong with the scope."""
        try:
            selection = self.corpus.select(**scope)
            selection.sources  # noqa: B018 (read now, so that a broken table is told here)
        except (ValueError, OSError) as error:
            return _folded(error)
        return selection

    @cached_property
    def corpus(self) -> Any:
        """The corpus that the reports are made from; None after a problem."""
        from ctdata.corpus import Corpus

        try:
            return Corpus()
        except (ValueError, OSError) as error:
            self.problems.append(_folded(error))
            return None


def name_problem(name: str) -> str:
    """Tell why a report's name cannot become a file name.

    Parameters
    ----------
    name : str
        The name, without suffix.

    Returns
    -------
    str
        What is wrong and what would be right, or "" if the name is safe on common systems.
    """
    if not name.strip():
        return "the name is empty"
    if len(name) > NAME_LENGTH:
        return f"the name has {len(name)} characters; at most {NAME_LENGTH} are allowed"
    if len(name.encode("utf-8", errors="replace")) > _NAME_BYTES:
        return f"the name takes more than {_NAME_BYTES} bytes; choose a shorter one"
    if _UNSAFE.search(name) or any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in name
    ):
        return f"the name {name!r} is no safe file name; use letters, digits, '-', '_' and '.'"
    if name[0] in ".- " or name[-1] in ". ":
        return f"the name {name!r} must begin and end with a letter or a digit"
    if _RESERVED.fullmatch(name) or name.casefold() == "index" or name.endswith(".failed"):
        return f"the name {name!r} is taken by the system or by the site; choose another"
    return ""


def _in_words(selection: Any, given: Mapping[str, Any]) -> str:
    """Say what a report covers: its scope, and the other parameters that were given."""
    words = [] if selection is None else [selection.scope]
    words += [f"{name}: {value}" for name, value in given.items() if name not in SCOPE]
    sentence = "; ".join(words)
    return sentence[:1].upper() + sentence[1:]


def _folded(error: Exception) -> str:
    """Return an error's message in one line."""
    return " ".join(str(error).split())


def _combine(entry: _Mapping, matrix: _Mapping, chosen: Mapping[str, int]) -> _Mapping:
    """Return a copy of the entry for one choice of matrix values (key -> position)."""
    draft = _Mapping(entry, line=entry.line)
    texts = {key: str(matrix.written[key][number]) for key, number in chosen.items()}
    for key in ("name", "title"):
        if isinstance(draft.get(key), str):
            draft[key] = _PLACEHOLDER.sub(lambda found: texts.get(found[1], found[0]), draft[key])
    given = draft.get("parameters")
    if chosen and (given is None or isinstance(given, _Mapping)):
        parameters = _Mapping(given or {}, line=entry.line)
        for key, number in chosen.items():
            parameters[key] = matrix[key][number]
            parameters.lines[key], parameters.written[key] = matrix.lines[key], texts[key]
        draft["parameters"] = parameters
    return draft


def _fits(value: Any, kind: type | None) -> bool:
    """Tell whether a value is plain JSON and of the declared type."""
    if kind is None:
        return _is_plain(value)
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind) and _is_plain(value)


def _is_plain(value: Any) -> bool:
    """Tell whether a value is of the JSON types, which are all that papermill carries over."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | bool | int | float)


def _quote_it(what: str, value: Any, written: Any) -> str:
    """Say that YAML did not read a text, and how to write it so that it does."""
    if value is None:
        return f'{what} is empty; write "" for no value'
    if isinstance(value, list | dict):
        return f"{what} is {value!r}, but must be text"
    shown = written if isinstance(written, str) else str(value)
    return (
        f"{what} is read by YAML as {value!r} ({type(value).__name__}), "
        f'but must be text; quote it: "{shown}"'
    )
