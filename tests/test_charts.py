"""Every chart of every notebook stays on its page, and no two of its words collide."""

from __future__ import annotations

import itertools
from pathlib import Path

import nbformat
import pytest
from matplotlib.text import Text

from ctdata import display

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCOPES = {
    "all": {},
    "Kazakhstan": {"country": "KAZ"},
    "Kyrgyzstan": {"country": "KGZ"},
    "two years": {"since": "2012", "until": "2013"},
    "one text": {"sources": "gov-kaz-2011"},
}
OTHERS = [scope for scope in SCOPES if scope != "all"]
MARGIN = 0.05  # inches; the page itself has a little more around it


def drawn(path: Path, parameters: dict[str, str], monkeypatch) -> list[display.Picture]:
    """The pictures that the code cells of a notebook make."""
    made: list[display.Picture] = []
    begin = display.Picture.__init__

    def note(picture: display.Picture, *given: object) -> None:
        begin(picture, *given)
        if type(picture) is display.Picture:  # what answers to the pointer is made of one
            made.append(picture)

    monkeypatch.setattr(display.Picture, "__init__", note)
    names: dict[str, object] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{path.name}:{cell['id']}", "exec"), names)
            if "parameters" in cell.metadata.get("tags", ()):
                names.update(parameters)
    return made


def faults(picture: display.Picture) -> list[str]:
    """What reaches out of the page, and the words that cover each other."""
    figure = picture.figure
    for artist in figure.findobj():
        artist.set_in_layout(True)
    figure.draw_without_rendering()
    box, page = figure.get_tightbbox(), figure.bbox_inches
    gaps = (box.x0 - page.x0, box.y0 - page.y0, page.x1 - box.x1, page.y1 - box.y1)
    sides = zip(("left", "bottom", "right", "top"), gaps, strict=True)
    found = [f"out of the page: {side}, {gap:.2f} in" for side, gap in sides if gap < -MARGIN]
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    places = [(text.get_text(), text.get_window_extent()) for text in shown]
    for (one, a), (other, b) in itertools.combinations(places, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > 1 and down > 2:  # pixels, a hundred an inch
            found.append(f"{one!r} covers {other!r}")
    return found


@pytest.mark.parametrize(
    "scope",
    [each if each == "all" else pytest.param(each, marks=pytest.mark.slow) for each in SCOPES],
)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_charts_stay_on_their_page_and_their_words_apart(path, scope, monkeypatch):
    for picture in drawn(path, SCOPES[scope], monkeypatch):
        assert faults(picture) == [], picture.title


def test_charts_are_found(monkeypatch):
    path = next(path for path in NOTEBOOKS if "networks" in path.stem)
    assert len(drawn(path, {}, monkeypatch)) == 2


@pytest.mark.parametrize(
    ("x", "fault"),
    [(0.62, "'the other word' covers 'second'"), (0.99, "out of the page: right")],
)
def test_words_that_collide_or_leave_are_noticed(x, fault):
    figure, axes = display.canvas(2)
    figure.set_layout_engine(None)
    axes.set_axis_off()
    for y, words in ((0.5, "the other word"), (0.1, "elsewhere")):
        figure.text(0.6, y, words)
    figure.text(x, 0.51, "second")
    assert any(fault in one for one in faults(display.Picture(figure, "Words.")))
