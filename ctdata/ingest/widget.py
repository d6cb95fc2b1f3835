"""The page on which a person decides: what carries messages and views between browser and kernel.

A module of its own, for it needs widgets, which nothing else does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ctdata.ingest.review import Reviewer

_HERE = Path(__file__).parent


class Page(anywidget.AnyWidget):
    """A review in JupyterLab; ``review.js`` draws it.

    Parameters
    ----------
    reviewer : ctdata.ingest.review.Reviewer
        Who answers the messages.
    """

    _esm = _HERE / "review.js"
    _css = _HERE / "review.css"
    view = traitlets.Dict().tag(sync=True)
    known = traitlets.Dict().tag(sync=True)

    def __init__(self, reviewer: Reviewer) -> None:
        super().__init__(view=reviewer.view(), known=reviewer.known())
        self.reviewer = reviewer
        self.on_msg(self._answer)

    def _answer(self, widget: Page, message: Any, buffers: list[bytes]) -> None:
        self.view = self.reviewer.do(message if isinstance(message, dict) else {})
