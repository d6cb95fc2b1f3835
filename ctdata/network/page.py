"""A picture measured in inches from its upper left corner, and the width of words on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ctdata import display

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

    from ctdata.corpus import Selection

FONT = 7.5  # points
RULE = "#6b6b6b"
_NOTE = "#4d4d4d"


class Page:
    """A page to draw and write on; it is cut to its height when finished.

    Nothing is left to a layout engine, which would lay out all words once more for each format.
    """

    def __init__(self) -> None:
        self.figure, self.axes = display.canvas(1.0)
        self.figure.set_layout_engine(None)
        self.axes.set_position((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_autoscale_on(False)

    def write(self, x: float, y: float, words: str, size: float = FONT, **style: Any) -> None:
        """Write words; their middle is at the height given."""
        self.axes.text(x, y, words, fontsize=size, **{"va": "center"} | style)

    def finish(self, title: str, bottom: float, keys: Sequence[Any], columns: int) -> None:
        """Write the title, and the keys below what is drawn; cut the page to its height."""
        rows = -(-len(keys) // columns)
        for i, mark in enumerate(keys):
            column, row = divmod(i, rows)
            x = 0.1 + column * (display.WIDTH - 0.2) / columns
            y = bottom + 0.22 + 0.155 * row
            if hasattr(mark, "set_bounds"):
                mark.set_bounds(x, y - 0.05, 0.3, 0.1)
            else:
                is_line = mark.get_marker() == "None"
                mark.set_data(([x, x + 0.3], [y, y]) if is_line else ([x + 0.15], [y]))
            self.axes.add_artist(mark)
            self.write(x + 0.38, y, mark.get_label())
        height = bottom + 0.2 + 0.155 * rows
        self.figure.set_size_inches(display.WIDTH, height)
        x, y = 0.08 / display.WIDTH, 1 - 0.16 / height
        self.figure.suptitle(title, x=x, y=y, ha="left", va="center", size=10.5, weight="bold")
        self.axes.set(xlim=(0, display.WIDTH), ylim=(height, 0))
        # All lies on the page, so that nothing needs to be measured to find how far it reaches.
        for artist in self.axes.get_children():
            artist.set_in_layout(False)

    def write_notes(self, selection: Selection, *notes: str) -> None:
        """Write the scope and what else a reader must know, a line each, below the title."""
        scope = f"{selection.scope[:1].upper()}{selection.scope[1:]}."
        for i, line in enumerate((scope, *notes)):
            self.write(0.08, 0.38 + 0.16 * i, fitted(line, display.WIDTH - 0.16), color=_NOTE)


def key(words: str, **style: Any) -> Line2D:
    """A mark or line for the key of a picture."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=words, **style)


def width(words: str, size: float = FONT, *, bold: bool = False) -> float:
    """Width of words in inches, as they will be drawn."""
    return sum(_advance(character, bold) for character in words) * size / 72


@cache
def _advance(character: str, bold: bool) -> float:
    """How far a character moves the pen, as a share of the size of the font."""
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.ft2font import LoadFlags

    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / 100


def fitted(words: str, room: float, size: float = FONT) -> str:
    """The words, cut where they would be wider than the room that they have."""
    if width(words, size) <= room + 0.01:
        return words
    while words and width(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words.rstrip(' ,')}…"
