"""Write what binds the reports together: index, marked texts, search, manifest, shared files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any
from urllib.parse import quote

from ctdata.corpus import Corpus
from ctdata.reports import search, sources
from ctdata.reports.pages import SEARCH_DATA, environment, script_data, shared_files
from ctdata.reports.plan import Report
from ctdata.reports.recipes import data_hashes
from ctdata.reports.run import Outcome, write_whole

MANIFEST = "manifest.json"
INDEX = "index.html"
PICTURES = "pictures"


def write_site(
    reports: Sequence[Report], outcomes: Iterable[Outcome], output: Path, root: Path
) -> None:
    """Write all that a site has beside the reports themselves.

    Parameters
    ----------
    reports : sequence of Report
        All reports of the batch, in its order.
    outcomes : iterable of Outcome
        What became of those that were run now; the others keep their entry of an earlier run.
    output : Path
        The folder of the site.
    root : Path
        The corpus that the reports were made from. If it cannot be read, the marked texts of an
        earlier run stay, and the index says so.
    """
    made_from = {"versions": package_versions(), "data": data_hashes(root)}
    digest = _digest(made_from)
    earlier = _earlier_entries(output / MANIFEST)
    now = {outcome.report.name: outcome for outcome in outcomes}
    entries = [
        _entry(report, now.get(report.name), earlier.get(report.name, {}), output, digest)
        for report in reports
    ]
    pages = _read_pages(entries, output)
    for path, text in shared_files():
        _write_changed(output / path, text)
    pictures = _write_pictures(pages, output)
    marked, trouble = _write_texts(root, made_from["data"], entries, pages, output)
    index = (
        environment()
        .get_template("index.html.j2")
        .render(
            entries=entries,
            made_from=made_from,
            counts={kind: _count(made_from["data"], kind) for kind in ("txt", "csv")},
            digest=digest,
            manifest=MANIFEST,
            search_data=SEARCH_DATA,
            pictures=pictures,
            trouble=trouble,
            **marked,
        )
    )
    write_whole(output / INDEX, index)
    manifest = {"made_from": digest, **made_from, "reports": entries}
    write_whole(output / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def read_ahead(root: Path) -> None:
    """Read what the pages around the reports need, so that less is left to do for `write_site`.

    Parameters
    ----------
    root : Path
        The corpus that the reports are made from. If it cannot be read, `write_site` says so.
    """
    with suppress(ValueError, OSError):
        _read(root, tuple(data_hashes(root).items()))
    for template in ("index.html.j2", "source.html.j2"):
        environment().get_template(template)


@lru_cache(maxsize=1)
def _read(root: Path, data: tuple) -> tuple[Corpus, list[sources.Quote]]:
    """Read a corpus and its quotes; the hashes of its files tell whether they are still those."""
    corpus = Corpus(root)
    return corpus, sources.find_quotes(corpus)


def _read_pages(entries: Iterable[Mapping[str, Any]], output: Path) -> dict[str, search.PageFacts]:
    """Read what stands in the pages of the reports, whichever run made them."""
    pages = {}
    for entry in entries:
        name = f"{entry['name']}.html"
        if name in entry["files"]:
            pages[entry["name"]] = search.read_page((output / name).read_text(encoding="utf-8"))
    return pages


def _write_pictures(pages: Mapping[str, search.PageFacts], output: Path) -> dict[str, str]:
    """Write the first chart of each page as a file of its own; return where they stand."""
    pictures = {name: f"{PICTURES}/{name}.svg" for name, page in pages.items() if page.picture}
    for name, path in pictures.items():
        _write_changed(output / path, pages[name].picture + "\n")
    for path in (output / PICTURES).glob("*.svg"):
        if f"{PICTURES}/{path.name}" not in pictures.values():
            path.unlink()
    return pictures


def _write_texts(
    root: Path,
    data: Mapping[str, str],
    entries: Sequence[Mapping[str, Any]],
    pages: Mapping[str, search.PageFacts],
    output: Path,
) -> tuple[dict[str, Any], str]:
    """Write the marked texts and the search; return what the index tells of them, and trouble."""
    try:
        corpus, quotes = _read(root, tuple(data.items()))
        texts = list(sources.source_pages(corpus, quotes, _citing(entries, pages)))
        found = search.search_data(corpus, quotes, entries, pages)
    except (ValueError, OSError) as error:
        _write_changed(output / SEARCH_DATA, script_data("ctdataSearch", {}))
        return {"texts": [], "countries": {}, "themes": []}, " ".join(str(error).split())
    for path, text in texts:
        _write_changed(output / path, text)
    kept = {path for path, _ in texts}
    for path in (output / sources.FOLDER).iterdir():
        if f"{sources.FOLDER}/{path.name}" not in kept:
            path.unlink()
    _write_changed(output / SEARCH_DATA, script_data("ctdataSearch", found))
    states = corpus.load("organizations").query("kind == 'state'")
    names = dict(zip(states["country"], states["name"], strict=True))
    codes = sorted({q.country for q in quotes if q.country})
    listed = [
        {
            "source_id": text.source_id,
            "title": text.title,
            "page": f"{sources.FOLDER}/{quote(text.source_id, safe='')}.html",
            "rows": sum(q.source_id == text.source_id for q in quotes),
        }
        for text in corpus.load("sources").itertuples()
    ]
    return {
        "texts": listed,
        "countries": {code: names.get(code, code) for code in codes},
        "themes": sorted({q.theme for q in quotes}),
    }, ""


def _citing(
    entries: Iterable[Mapping[str, Any]], pages: Mapping[str, search.PageFacts]
) -> list[sources.Citing]:
    """Tell which rows each report cites, and where."""
    found = []
    for entry in entries:
        page = pages.get(entry["name"])
        if page and page.citations:
            title = " · ".join(words for words in (entry["title"], entry["scope"]) if words)
            address = f"{quote(entry['name'])}.html"
            found.append(sources.Citing(title, address, page.citations))
    return found


def _write_changed(path: Path, text: str) -> None:
    """Write a file unless it holds the text already."""
    path.parent.mkdir(exist_ok=True)
    if not path.is_file() or path.read_bytes() != text.encode():
        write_whole(path, text)


def _count(paths: Iterable[str], suffix: str) -> int:
    return sum(path.endswith(f".{suffix}") for path in paths)


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
        kept = ("status", "made_from", "made_at", "seconds", "error", "traceback")
        return entry | {key: earlier[key] for key in kept if key in earlier}
    if outcome.error:
        entry |= {"status": "failed", "error": outcome.error, "traceback": outcome.traceback}
        digest = earlier.get("made_from", "")
        entry |= {"made_at": earlier["made_at"]} if "made_at" in earlier else {}
    else:
        made_at = earlier.get("made_at") if outcome.unchanged else _now()
        entry |= {"status": "made"} | ({"made_at": made_at} if made_at else {})
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


def _now() -> str:
    """Return the time in UTC, or that of SOURCE_DATE_EPOCH for builds that must be the same."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(seconds))
