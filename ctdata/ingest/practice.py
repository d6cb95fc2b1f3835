"""A place to try out taking in a text: nothing that is done here reaches the corpus."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from ctdata.schema import default_root

_PAGE = Path(__file__).parent / "practice.html"


class Practice:
    """A temporary copy of the corpus, and a saved page to add to it.

    The page tells of a visit that never took place. The copy is deleted with the object, at the
    latest when Python ends.

    Parameters
    ----------
    root : path-like, optional
        Folder of another corpus.

    Attributes
    ----------
    root : pathlib.Path
        Folder of the copy; drafts of the corpus are not in it.
    page : bytes
        The page, as a browser saves it.
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="ctdata-practice-")
        self.root = Path(self._folder.name) / "sources"
        origin = Path(root) if root is not None else default_root()
        shutil.copytree(origin, self.root, ignore=shutil.ignore_patterns("drafts", ".*"))
        self.page = _PAGE.read_bytes()
