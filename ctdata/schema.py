"""The data dictionary: tables, columns, types and vocabularies, read from ``datapackage.json``.

The descriptor is a Frictionless data package. Three properties go beyond its Table Schema:
``rdfType`` marks the columns that hold EDTF dates, ``references`` names the tables that an id may
come from where there is more than one, and ``dates`` on a table names, in order, the columns that
say when a claim holds.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

DESCRIPTOR = "datapackage.json"
EDTF_TYPE = "http://id.loc.gov/datatypes/edtf/EDTF"
ENVIRONMENT_VARIABLE = "CTDATA_SOURCES"
# Names a file to which each file of a corpus that is read is noted, a path a line: a batch makes a
# report anew when one of these has changed.
READS = "CTDATA_READS"


class SchemaError(ValueError):
    """The descriptor of a corpus is missing or cannot be understood."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    description: str
    required: bool
    unique: bool
    pattern: str | None
    minimum: float | None
    values: dict[str, str]
    references: tuple[str, ...]
    is_date: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where it lies, what a row is, and its columns in order."""

    name: str
    path: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    dates: tuple[str, ...]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return [column.name for column in self.columns]

    @property
    def is_claim(self) -> bool:
        """Whether the rows are claims, each with a name of its own."""
        return "claim_id" in self.column_names

    @property
    def has_evidence(self) -> bool:
        """Whether the rows carry a quote from a text."""
        return "quote" in self.column_names


def default_root() -> Path:
    """Folder of the corpus to use where none is named.

    Returns
    -------
    pathlib.Path
        The folder named by the environment variable ``CTDATA_SOURCES``; else ``sources/`` beside
        the package in a checkout; else the copy that an installed package carries.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return Path(named).expanduser()
    package = Path(__file__).resolve().parent
    checkout = package.parent / "sources"
    return checkout if (checkout / DESCRIPTOR).is_file() else package / "_sources"


def read_schema(root: Path) -> dict[str, Table]:
    """Read the tables that a corpus declares.

    Parameters
    ----------
    root : pathlib.Path
        Folder that holds ``datapackage.json``.

    Returns
    -------
    dict of str to Table
        The tables by name, in the order of the descriptor.

    Raises
    ------
    SchemaError
        The descriptor is missing, is not JSON, or lacks what a table needs.
    """
    path = Path(root) / DESCRIPTOR
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SchemaError(
            f"{path}: no such file; a corpus is a folder with {DESCRIPTOR}, its tables and texts/"
        ) from None
    except UnicodeDecodeError as error:
        raise SchemaError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise SchemaError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    try:
        return {resource["name"]: _table(resource) for resource in package["resources"]}
    except (KeyError, TypeError) as error:
        raise SchemaError(
            f"{path}: a resource lacks {error}; each needs name, path and schema.fields"
        ) from None


def _table(resource: dict) -> Table:
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    keys = {
        key["fields"][0] if isinstance(key["fields"], list) else key["fields"]: key["reference"][
            "resource"
        ]
        or resource["name"]
        for key in schema.get("foreignKeys", [])
    }
    return Table(
        name=resource["name"],
        path=resource["path"],
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        columns=tuple(_column(field, keys.get(field["name"])) for field in schema["fields"]),
        primary_key=tuple([key] if isinstance(key, str) else key),
        dates=tuple(resource.get("dates", [])),
    )


def _column(field: dict, foreign_table: str | None) -> Column:
    constraints = field.get("constraints", {})
    labels = {entry["value"]: entry.get("label", "") for entry in field.get("categories", [])}
    return Column(
        name=field["name"],
        type=field.get("type", "string"),
        description=field.get("description", ""),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        pattern=constraints.get("pattern"),
        minimum=constraints.get("minimum"),
        values={value: labels.get(value, "") for value in constraints.get("enum", [])},
        references=tuple(field.get("references", [foreign_table] if foreign_table else [])),
        is_date=field.get("rdfType") == EDTF_TYPE,
    )
