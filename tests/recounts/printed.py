"""What a notebook prints, piece by piece, and which of its numbers a test has recomputed."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import lxml.html
import nbformat

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
HOVER = ("words", "where", "quote")
STRUCK = "\N{CURRENCY SIGN}"
CHART = "application/vnd.ctdata.chart+json"


class Piece:
    """Words as printed, without the citations among them, and the claims that these lead to."""

    def __init__(self, where: str, words: str, claims: Iterable[str] = ()) -> None:
        self.where = where
        self.words = " ".join(words.split())
        self.claims = frozenset(claims)
        self._is_struck = bytearray(len(self.words))

    def strike(self, words: str | None = None) -> None:
        """Take out what was recomputed: all, or these words wherever they stand."""
        words = self.words if words is None else words
        at = self.words.find(words) if words else -1
        while at >= 0:
            self._is_struck[at : at + len(words)] = bytes([1]) * len(words)
            at = self.words.find(words, at + 1)

    @property
    def left(self) -> str:
        """The words that nobody has recomputed; what was struck out leaves a mark."""
        signs = zip(self.words, self._is_struck, strict=True)
        return re.sub(f"{STRUCK}+", STRUCK, "".join(STRUCK if s else sign for sign, s in signs))

    def numbers(self) -> list[str]:
        """The numbers that are left."""
        return NUMBER.findall(self.left)


@dataclass
class Line:
    """A line of a table: its cells by their headers, and the claims that it cites."""

    cells: dict[str, Piece]

    def __getitem__(self, header: str) -> str:
        return self.cells[header].words

    @property
    def claims(self) -> set[str]:
        return set().union(*(cell.claims for cell in self.cells.values()))


@dataclass
class Table:
    """A printed table."""

    caption: Piece
    lines: list[Line]

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def is_recomputed(self, by_hand: Callable[[Line], dict[str, object]]) -> None:
        """Compare each line with what is recomputed for it, cell by cell, and strike that out."""
        for line in self.lines:
            for header, value in by_hand(line).items():
                cell = line.cells[header]
                assert _is(cell.words, value), f"{cell.where}: {cell.words!r}, by hand {value!r}"
                cell.strike()


@dataclass
class Chart:
    """A printed picture: its title, its description, and the words drawn into it."""

    title: Piece
    alt: Piece
    words: list[Piece]

    def numbers(self) -> list[str]:
        """The words that are numbers and no more, as the labels of bars and cells are."""
        return [piece.words for piece in self.words if re.fullmatch(r"[\d,]+", piece.words)]

    def strike_numbers(self) -> None:
        """Take out the words that are numbers and no more, once they were recomputed."""
        for piece in self.words:
            if re.fullmatch(r"[\d,]+", piece.words):
                piece.strike()


class Printed:
    """All that the outputs of a notebook print."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        self.pieces: list[Piece] = []
        self.tables: list[tuple[tuple[str, ...], Table]] = []
        self.charts: list[Chart] = []
        # What points tell when pointed at: their words, where that stands, and its quotes.
        self.hovers: list[Line] = []
        # Citations, the claims whose words they lead to (or a paragraph), and these words.
        self.citations: list[tuple[str, tuple[str, ...], str]] = []
        for at, cell in enumerate(notebook.cells):
            for output in cell.get("outputs", ()):
                self._read(f"cell {at}", output)

    def _read(self, where: str, output: nbformat.NotebookNode) -> None:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            named = output["metadata"]["image/svg+xml"]
            self._read_chart(where, data["image/svg+xml"], named)
            if CHART in data:
                self._read_hover(f"{where}, hover", data[CHART]["chart"])
        elif "text/html" in data:
            self._read_html(where, data["text/html"])
        else:
            self._add(where, output.get("text", "") or data.get("text/plain", ""))

    def _add(self, where: str, words: str, claims: Iterable[str] = ()) -> Piece:
        piece = Piece(where, words, claims)
        self.pieces.append(piece)
        return piece

    def _read_html(self, where: str, source: str) -> None:
        root = lxml.html.fragment_fromstring(source, create_parent=True)
        for element in list(root.iter("table")):
            self._read_table(where, element)
            element.getparent().remove(element)
        sentences = root.xpath(".//p|.//li|.//blockquote")
        for sentence in sentences:
            self._add(where, *self._words(sentence))

    def _read_table(self, where: str, table: lxml.html.HtmlElement) -> None:
        headers = [" ".join(head.text_content().split()) for head in table.iter("th")]
        captions = list(table.iter("caption"))
        caption = self._add(f"{where}, caption", captions[0].text_content() if captions else "")
        for head in headers:
            self._add(f"{where}, header", head)
        lines = []
        for row in table.xpath("./tbody/tr"):
            cells = zip(headers, row.xpath("./td"), strict=True)
            lines.append(
                Line({h: self._add(f"{where}, {h}", *self._words(cell)) for h, cell in cells})
            )
        self.tables.append((tuple(headers), Table(caption, lines)))

    def _words(self, element: lxml.html.HtmlElement) -> tuple[str, set[str]]:
        """The words of an element without its citations, and the claims that these lead to."""
        claims: set[str] = set()
        for link in element.iter("a"):
            if link.get("data-claims"):
                names = tuple(link.get("data-claims").split())
                claims |= set(names)
                self.citations.append((link.text_content(), names, link.get("title")))
                link.text = ""
        return re.sub(r"\[[\s;]*\]", "", element.text_content()), claims

    def _read_chart(self, where: str, svg: str, named: dict[str, str]) -> None:
        words = []
        root = lxml.etree.fromstring(svg.encode())
        for group in root.iter("{http://www.w3.org/2000/svg}g"):
            if not (group.get("id") or "").startswith("text_"):
                continue
            line = " ".join(
                html.unescape(comment.text).strip() for comment in group.iter(lxml.etree.Comment)
            )
            above = [parent.get("id") or "" for parent in group.iterancestors()]
            on_axis = any(re.match(r"[xy]tick_", name) for name in above)
            if on_axis and re.fullmatch(r"[\d,.]+", line):
                continue  # The scale of an axis is no result.
            words.append(self._add(f"{where}, drawn", line))
        title = self._add(f"{where}, title", named["title"])
        self.charts.append(Chart(title, self._add(f"{where}, alt", named["alt"]), words))

    def _read_hover(self, where: str, chart: str) -> None:
        for columns in _maps(json.loads(chart)):
            if set(HOVER) <= set(columns):
                for told in zip(*(columns[name] for name in HOVER), strict=True):
                    cells = zip(HOVER, told, strict=True)
                    self.hovers.append(
                        Line({name: self._add(f"{where}, {name}", words) for name, words in cells})
                    )
        # Titles, legends and labels.
        seen = {words for line in self.hovers for words in (line[name] for name in HOVER)}
        for words in dict.fromkeys(_strings(json.loads(chart))):
            if " ".join(words.split()) not in seen:
                self._add(where, words)

    def table(self, *headers: str, caption: str = "") -> Table:
        """The table with these headers among its own; one without lines if there is none."""
        found = [
            table
            for own, table in self.tables
            if set(headers) <= set(own) and table.caption.words.startswith(caption)
        ]
        assert len(found) < 2, f"{len(found)} tables with {headers}"
        return found[0] if found else Table(Piece("", ""), [])

    def strike(self, words: str) -> None:
        """Take out words wherever they are printed, if they are."""
        for piece in self.pieces:
            piece.strike(words)

    def tells(self, words: str) -> None:
        """Require that the words are printed, and strike them out everywhere."""
        words = " ".join(words.split())
        told = [piece for piece in self.pieces if words in piece.words]
        near = words[: max(8, len(words) // 3)]
        hint = [piece.words for piece in self.pieces if near in piece.words]
        assert told, f"nowhere printed: {words!r}; but {hint}"
        self.strike(words)


def _is(words: str, value: object) -> bool:
    """Whether words print a value; a fraction is printed with two decimals, a missing one not."""
    if not isinstance(value, float):
        return words == str(value)
    if math.isnan(value):
        return words == ""
    return bool(NUMBER.fullmatch(words)) and abs(float(words) - value) < 0.005 + 1e-9


def _maps(value: object) -> Iterator[dict[str, list]]:
    """The columns of data, anywhere in a document of Bokeh's."""
    if isinstance(value, dict):
        if value.get("type") == "map":
            yield {name: column for name, column in value["entries"] if isinstance(name, str)}
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _maps(part)


def _strings(value: object) -> Iterator[str]:
    """All words with a blank in them, anywhere in a document."""
    if isinstance(value, str):
        if " " in value:
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
