"""Write what binds the reports together: index, manifest and the shared style sheet."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any
from urllib.parse import quote

from ctdata.reports.plan import Report
from ctdata.reports.render import STYLE_SHEET, style_sheet
from ctdata.reports.run import Outcome, write_whole

MANIFEST = "manifest.json"
INDEX = "index.html"


def write_site(
    reports: Sequence[Report], outcomes: Iterable[Outcome], output: Path, sources: Path
) -> None:
    """Write index, manifest and style sheet for the reports of a batch.

    Parameters
    ----------
    reports : sequence of Report
        All reports of the batch, in its order.
    outcomes : iterable of Outcome
        What became of those that were run now; the others keep their entry of an earlier run.
    output : Path
        The folder of the site.
    sources : Path
        The corpus that the reports were made from.
    """
    made_from = {"versions": package_versions(), "data": data_hashes(sources)}
    digest = _digest(made_from)
    earlier = _earlier_entries(output / MANIFEST)
    now = {outcome.report.name: outcome for outcome in outcomes}
    entries = [
        _entry(report, now.get(report.name), earlier.get(report.name, {}), output, digest)
        for report in reports
    ]
    (output / STYLE_SHEET).parent.mkdir(exist_ok=True)
    write_whole(output / STYLE_SHEET, style_sheet())
    write_whole(output / INDEX, _index(entries, made_from, digest))
    manifest = {"made_from": digest, **made_from, "reports": entries}
    write_whole(output / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def data_hashes(sources: Path) -> dict[str, str]:
    """Hash each text and table of a corpus.

    Parameters
    ----------
    sources : Path
        The folder of the corpus.

    Returns
    -------
    dict of str to str
        Path inside the corpus, with slashes, to its SHA-256 in hexadecimal digits: the
        descriptor, the tables, the texts.
    """
    patterns = ("*.json", "*.csv", "texts/*.txt")
    return {
        path.relative_to(sources).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in patterns
        for path in sorted(sources.glob(pattern))
    }


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of ctdata and of what ctdata directly builds on."""
    versions = {"python": python_version()}
    try:
        required = metadata.requires("ctdata") or []
    except metadata.PackageNotFoundError:
        return versions
    names = {re.match(r"[\w.-]+", line).group() for line in required if "extra ==" not in line}
    for name in ("ctdata", *sorted(names)):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _entry(
    report: Report, outcome: Outcome | None, earlier: Mapping[str, Any], output: Path, digest: str
) -> dict[str, Any]:
    """Return a report's entry in the manifest, which the index shows too."""
    names = [f"{report.name}.{form}" for form in (*report.formats, "ipynb")]
    entry = {
        "name": report.name,
        "title": report.title,
        "scope": report.scope,
        "notebook": report.notebook.stem,
        "parameters": dict(report.parameters),
        "formats": list(report.formats),
        "sources": None if report.sources is None else list(report.sources),
        "status": "not made",
        "files": [name for name in names if (output / name).is_file()],
    }
    if outcome is None:
        kept = ("status", "made_from", "seconds", "error", "traceback")
        return entry | {key: earlier[key] for key in kept if key in earlier}
    if outcome.error:
        entry |= {"status": "failed", "error": outcome.error, "traceback": outcome.traceback}
        digest = earlier.get("made_from", "")
    else:
        entry["status"] = "made"
    return entry | {"made_from": digest, "seconds": outcome.seconds}


def _earlier_entries(manifest: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of the last manifest by name; none if it is missing or damaged."""
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["reports"]
        return {entry["name"]: entry for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _digest(facts: Any) -> str:
    """Return a short fingerprint of data and versions, to tell older reports by."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _index(entries: Sequence[Mapping[str, Any]], made_from: Mapping[str, Any], digest: str) -> str:
    template = _environment().get_template("index.html.j2")
    suffixes = [Path(name).suffix for name in made_from["data"]]
    return template.render(
        entries=entries,
        made_from=made_from,
        counts={"txt": suffixes.count(".txt"), "csv": suffixes.count(".csv")},
        digest=digest,
        style_sheet=STYLE_SHEET,
        manifest=MANIFEST,
    )


@cache
def _environment() -> Any:
    """Return the environment of the own templates, which escapes whatever is put into them."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["file_link"] = lambda name: quote(name)
    return environment
