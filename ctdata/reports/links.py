"""Check a finished site: every link inside it must lead to a place that is there.

``python -m ctdata.reports.links reports`` prints the number of links and each dead one.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ATTRIBUTES = {"href", "src"}
_CHART_ADDRESS = re.compile(r'"(sources/[^"#]+\.html#[^"]+)"')


def check_links(site: Path) -> tuple[int, list[str]]:
    """Follow every link of a site that stays inside it.

    Parameters
    ----------
    site : Path
        The folder of the site.

    Returns
    -------
    count : int
        How many links there are: in pages, in charts and in the data of the scripts.
    dead : list of str
        Those that lead nowhere, each with the file that it stands in.
    """
    count, dead = 0, []
    for file, address in _links(site):
        count += 1
        parts = urlsplit(address)
        target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
        anchor = unquote(parts.fragment)
        if not target.is_file() or (
            anchor and target.suffix == ".html" and anchor not in _page(target).names
        ):
            dead.append(f"{file.relative_to(site).as_posix()}: {address}")
    return count, dead


def _links(site: Path) -> Iterator[tuple[Path, str]]:
    """Yield each link inside the site, with the file that it is seen from."""
    for file in sorted(site.rglob("*.html")):
        page = _page(file)
        for address in page.links:
            if not urlsplit(address).scheme:
                yield file, address
        for address in _CHART_ADDRESS.findall(page.data):
            yield file, address
    data = site / "assets" / "search-data.js"
    if data.is_file():
        for entries in _script_data(data).values():
            yield from ((site / "index.html", e["address"]) for e in entries if "address" in e)
    for file in sorted(site.glob("sources/*.uses.js")):
        uses = _script_data(file)
        for place in (place for found in uses["rows"].values() for place in found):
            yield file, f"../{uses['reports'][place[0]][1]}#{place[1]}"


def _script_data(file: Path) -> dict:
    text = file.read_text(encoding="utf-8")
    return json.loads(text[text.index("=") + 1 :].rstrip().rstrip(";"))


class _Page(HTMLParser):
    """The links and the named places of a page, and the data in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.data = ""
        self._in_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_data = tag == "script"
        self.links += [found[name] or "" for name in _ATTRIBUTES & found.keys()]
        if found.get("id"):
            self.names.add(found["id"])

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data += data


@cache
def _page(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text(encoding="utf-8"))
    page.close()
    return page


def main(site: Path) -> int:
    """Print what :func:`check_links` finds; return the exit status."""
    count, dead = check_links(site.resolve())
    for line in dead:
        print(f"dead: {line}")
    print(f"{site}: {count} links inside the site, {len(dead)} dead")
    return 1 if dead or not count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
