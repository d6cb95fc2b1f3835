"""What all pages of the site share: templates that escape, policies, styles and scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

FOLDER = Path(__file__).parent
ASSETS = "assets"
STYLE_SHEET = f"{ASSETS}/ctdata.css"
SEARCH_DATA = f"{ASSETS}/search-data.js"

# Nothing is fetched but what lies beside the page. Browsers differ in whether 'self' covers the
# files of a folder that is opened from disk, so `file:` stands beside it; from a web server no
# page can reach a file, so it allows nothing there.
POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'self' file:{inline}; "
    "script-src 'self' file:; base-uri 'none'; form-action 'none'"
)
# Charts bring their styles along as attributes of their lines.
REPORT_POLICY = POLICY.format(inline=" 'unsafe-inline'")
PLAIN_POLICY = POLICY.format(inline="")

_EXPORTS = re.compile(r"\bexport\s*\{([^}]*)\}\s*;?")


@cache
def environment() -> Any:
    """Return the environment of the own templates, which escapes whatever is put into them."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["file_link"] = lambda name: quote(name)
    made.globals["policy"] = PLAIN_POLICY
    made.globals["style_sheet"] = STYLE_SHEET
    return made


def shared_files() -> Iterator[tuple[str, str]]:
    """Yield path and text of each style sheet and script that pages of the site share."""
    for path in sorted((FOLDER / ASSETS).iterdir()):
        yield f"{ASSETS}/{path.name}", path.read_text(encoding="utf-8")
    yield f"{ASSETS}/tables.js", _tables_script()
    scripts = resources.files("bokeh") / "server" / "static" / "js"
    yield f"{ASSETS}/bokeh.js", (scripts / "bokeh.min.js").read_text(encoding="utf-8")


def _tables_script() -> str:
    """Return the table library of itables as a plain script that sets ``window.DataTable``.

    It comes as a module, and browsers load no module from disk.
    """
    module = (resources.files("itables") / "html" / "dt_bundle.js").read_text(encoding="utf-8")
    exports = list(_EXPORTS.finditer(module))
    name = re.search(r"(\w+) as default", exports[-1][1]) if exports else None
    if name is None:
        raise RuntimeError("itables' script exports no table; this version of it is not known")
    start, end = exports[-1].span()
    body = f"{module[:start]};window.DataTable={name[1]};{module[end:]}"
    return f'(() => {{"use strict";{body}\n}})();\n'


def script_data(name: str, value: Any) -> str:
    """Write data as a script that sets a global, for pages that may not fetch.

    Parameters
    ----------
    name : str
        Name of the global.
    value : object
        Plain JSON.

    Returns
    -------
    str
        The script.
    """
    return f"window.{name} = {embedded_json(value)};\n"


def embedded_json(value: Any) -> str:
    """Write JSON that can stand inside a script element or a script file.

    Parameters
    ----------
    value : object
        Plain JSON.

    Returns
    -------
    str
        Without the signs that could end an element, begin a comment or break a line of script.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def is_safe_link(address: str) -> bool:
    """Tell whether a link may stand in a page.

    Parameters
    ----------
    address : str
        Where it leads.

    Returns
    -------
    bool
        True for the web, for mail and for places beside the page; false for ``javascript:`` and
        everything else that could run or hide something.
    """
    # Browsers skip white space and control characters in an address.
    address = re.sub(r"[\s\x00-\x1f]", "", address)
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return False
    # A colon in the first step of an address makes it a scheme to some readers.
    return scheme in ("http", "https", "mailto") or (
        not scheme and ":" not in re.split(r"[/?#]", address)[0]
    )
