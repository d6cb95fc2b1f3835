"""Each notebook's validation stops it when a table no longer says what the texts say."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "sources"
NOTEBOOKS = {path.stem[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
Row = dict[str, str]


def validated(path: Path) -> None:
    """Run the code cells of a notebook up to the end of its validation."""
    names: dict[str, object] = {}
    heading = ""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            lines = [line for line in cell.source.splitlines() if line.startswith("## ")]
            if heading == "Validation" and lines:
                return
            heading = lines[-1].removeprefix("## ") if lines else heading
        elif heading in ("", "Validation") or "scope = " in cell.source:
            exec(compile(cell.source, f"{path.name}:{cell['id']}", "exec"), names)
    raise AssertionError("the notebook has no validation")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the corpus, which the notebooks then read."""
    root = tmp_path / "sources"
    shutil.copytree(SOURCES, root)
    monkeypatch.setenv("CTDATA_SOURCES", str(root))
    return root


def edit(root: Path, table: str, change: Callable[[Row], Row | None]) -> None:
    """Change the rows of a table, or take out those for which nothing is returned."""
    path = root / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        before, columns = list(reader), reader.fieldnames
    after = [row for old in before if (row := change(dict(old))) is not None]
    assert after != before
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(after)


def without(table: str, claim_id: str) -> tuple[str, Callable[[Row], Row | None]]:
    return table, lambda row: None if row["claim_id"] == claim_id else row


def with_cell(
    table: str, key: str, value: str, **cells: str
) -> tuple[str, Callable[[Row], Row | None]]:
    return table, lambda row: row | cells if row[key] == value else row


def by_key(name: str, text: str, **wanted: str) -> str:
    """The id of the first claim of a table that has these cells."""
    with (SOURCES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if all(r[k] == v for k, v in wanted.items())]
    return next(row["claim_id"] for row in rows if row["source_id"] == text)


MEMBER = by_key("participation", "cted-kaz-2016", role="member")
PENDING = by_key("legal_events", "gov-kaz-2011", action="ratification_pending")
ADOPTED = by_key("legal_events", "cted-kgz-2019", action="adopted", instrument_id="unscr-2396")
VISIT = by_key("events", "cted-kaz-2016", kind="visit")
LENGTH = by_key("figures", "cted-kaz-2016", indicator="visit_duration")
LISTED = by_key("designations", "gov-kaz-2011")
ATTACK = by_key("events", "crt-kaz-2017", kind="attack")
FLOOR = by_key("figures", "cted-kgz-2019", low="800")
OTHER_HASH = with_cell("sources", "source_id", "crt-kaz-2017", sha256="0" * 64)
DRIFTS = {
    "01 another text than the one that was curated": ("01", OTHER_HASH),
    "02 a member of a printed delegation is lost": ("02", without("participation", MEMBER)),
    "02 a visit is a day longer than stated": (
        "02",
        with_cell("events", "claim_id", VISIT, date="2016-05-16/2016-05-21"),
    ),
    "03 a resolution is adopted in another year than its number says": (
        "03",
        with_cell("legal_events", "claim_id", ADOPTED, date="2018"),
    ),
    "03 a pending ratification is lost": ("03", without("legal_events", PENDING)),
    "04 a bound is not the printed one": (
        "04",
        with_cell("figures", "claim_id", FLOOR, low="900"),
    ),
    "04 an attack is lost": ("04", without("events", ATTACK)),
    "05 an entry of the printed list is lost": ("05", without("designations", LISTED)),
    "06 a summary tells another number than its text": (
        "06",
        with_cell("figures", "claim_id", "crt-kaz-2017-fig-001", low="3", high="3"),
    ),
    "07 a stated length does not fit its dates": (
        "07",
        with_cell("figures", "claim_id", LENGTH, period="2016-05-16/2016-05-21"),
    ),
    "08 an entry of the printed list is lost": ("08", without("designations", LISTED)),
}


@pytest.mark.parametrize("number", sorted({number for number, _ in DRIFTS.values()}))
def test_validation_passes_on_the_curated_tables(number, tables):
    validated(NOTEBOOKS[number])


@pytest.mark.parametrize(("number", "drift"), DRIFTS.values(), ids=DRIFTS)
def test_validation_stops_the_notebook_when(number, drift, tables):
    edit(tables, *drift)
    with pytest.raises(AssertionError, match="differs|crt-kaz-2017"):
        validated(NOTEBOOKS[number])


def test_every_notebook_that_analyses_has_a_drift_that_stops_it():
    analysing = {number for number in NOTEBOOKS if number != "09"}
    assert analysing <= {number for number, _ in DRIFTS.values()}
