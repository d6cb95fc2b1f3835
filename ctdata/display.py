"""How tables, sentences, citations and pictures look in a notebook.

Everything shown comes in several forms at once, so that nothing is lost on the way: HTML for the
screen, Markdown for Word and PDF, plain text for the terminal and for comparing runs; a picture as
SVG and as its description in words. Words that come from texts, tables or parameters are
escaped in each form. The outputs are the same on each run.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_url

import pandas as pd

if TYPE_CHECKING:
    from bokeh.model import Model
    from matplotlib.figure import Figure

    from ctdata.corpus import Selection

# Colours that people with any colour vision tell apart, and that differ in lightness so that a
# grey print keeps them apart too (after Okabe and Ito, 2008).
COLORS = {
    "black": "#1b1b1b",
    "blue": "#0072b2",
    "orange": "#e69f00",
    "vermilion": "#d55e00",
    "green": "#009e73",
    "sky": "#56b4e9",
    "purple": "#a5568f",
    "gray": "#8a8a8a",
    "light": "#d9d9d9",
}
# Shades of one colour for a grey print too, from nothing to most; the last takes white ink.
SHADES = ("#ffffff", "#e6eff6", "#bcd6e8", "#79aed2", "#1d5c8c")
# Width of a picture in inches: the text width of a printed page; and the margin around it.
WIDTH = 7.2
_MARGIN = 0.08
_STYLE = {
    "svg.hashsalt": "ctdata",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    # Fitting letters to a grid of pixels takes longer than all else and shows in no print.
    "text.hinting": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#6b6b6b",
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
# Where the marked texts lie, seen from the notebooks. JupyterLab opens their Markdown form at the
# fragment of the link, which it does for no other kind of file; pages lead to their HTML form.
MARKED_TEXTS = "../reports/sources/"
MARKED_SUFFIX = ".md"
# A chart that answers to the pointer, as a document of Bokeh's; what does not know this type shows
# the picture that comes beside it.
CHART_TYPE = "application/vnd.ctdata.chart+json"
_MARKDOWN = re.compile(r"""([\\`*_{}\[\]()#+!|<>~$@^&"=:-])""")
_LIST_NUMBER = re.compile(r"^(\s*\d+)([.)])")


def escape_html(words: object) -> str:
    """Escape words for HTML, attributes included."""
    return html.escape(str(words), quote=True)


def escape_markdown(words: object) -> str:
    """Escape what Markdown, and Pandoc's Markdown, would read as markup; folds white space."""
    return _escape_piece(" ".join(str(words).split()))


def _escape_piece(words: str) -> str:
    """Escape a piece of a line, keeping the blanks at its ends."""
    words = _MARKDOWN.sub(r"\\\1", re.sub(r"\s", " ", words))
    return _LIST_NUMBER.sub(r"\1\\\2", words)


class Shown:
    """Something that a notebook shows in several forms."""

    def html(self) -> str:
        """The form for the screen."""
        raise NotImplementedError

    def markdown(self) -> str:
        """The form for Word and PDF."""
        raise NotImplementedError

    def plain(self) -> str:
        """The form for a terminal."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.plain()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/html": self.html(),
            "text/markdown": self.markdown(),
            "text/plain": self.plain(),
        }


class Citation(Shown):
    """Where it is said: the places of one or more claims, each a link to the marked words.

    Parameters
    ----------
    claims : pandas.DataFrame, pandas.Series or mapping
        Rows, or one row, with ``citation``, ``quote`` and, of claims, ``claim_id`` or, of people,
        ``person_id``.
    """

    def __init__(self, claims: pd.DataFrame | pd.Series | Mapping[str, Any]) -> None:
        if isinstance(claims, pd.DataFrame):
            needed = ["citation", "quote", "claim_id", "person_id"]
            rows = claims[claims.columns.intersection(needed)].to_dict("records")
        else:
            rows = [claims]
        self.places = [(anchor(row), row["citation"], row["quote"]) for row in rows]

    def links(self) -> list[tuple[str, str, list[str], str]]:
        """The places, each once.

        Returns
        -------
        list of (str, str, list of str, str)
            The citation, the address of the marked words, the anchors of all claims there, and
            the words that were quoted.
        """
        by_place: dict[str, list[tuple[str, str]]] = {}
        for name, citation, words in self.places:
            by_place.setdefault(citation, []).append((name, words))
        found = []
        for citation, claims in by_place.items():
            source, _, paragraph = citation.rpartition(", para. ")
            anchors = [name or f"para-{paragraph}" for name, _ in claims]
            text = quote_url(source, safe="")
            address = f"{MARKED_TEXTS}{text}{MARKED_SUFFIX}#{quote_url(anchors[0], safe='')}"
            words = " … ".join(dict.fromkeys(words for _, words in claims))
            found.append((citation, address, list(dict.fromkeys(anchors)), words))
        return found

    def html(self) -> str:
        """Links that tell the quote when pointed at."""
        marks = [
            f'<a class="ct-cite" href="{escape_html(address)}"'
            f' data-claims="{escape_html(" ".join(anchors))}"'
            f' title="{escape_html(" ".join(words.split()))}">{escape_html(citation)}</a>'
            for citation, address, anchors, words in self.links()
        ]
        return f"[{'; '.join(marks)}]" if marks else ""

    def markdown(self) -> str:
        """Links in square brackets, with the quotes as their titles."""
        marks = [
            f'[{escape_markdown(citation)}]({address} "{escape_markdown(words)}")'
            for citation, address, _, words in self.links()
        ]
        return rf"\[{'; '.join(marks)}\]" if marks else ""

    def plain(self) -> str:
        """The places in square brackets."""
        places = dict.fromkeys(citation for _, citation, _ in self.places)
        return f"[{'; '.join(places)}]" if places else ""


class TextLink(Shown):
    """The short name of a text, in square brackets, as a link to the text with its marks.

    Parameters
    ----------
    source_id : str
        The short name.
    """

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id

    @property
    def _address(self) -> str:
        return f"{MARKED_TEXTS}{quote_url(self.source_id, safe='')}{MARKED_SUFFIX}"

    def html(self) -> str:
        """A link."""
        return f'[<a href="{escape_html(self._address)}">{escape_html(self.source_id)}</a>]'

    def markdown(self) -> str:
        """A link."""
        return rf"\[[{escape_markdown(self.source_id)}]({self._address})\]"

    def plain(self) -> str:
        """The name."""
        return f"[{self.source_id}]"


def anchor(row: Mapping[str, Any]) -> str:
    """Name the place of a row's quote in its marked text.

    Parameters
    ----------
    row : mapping
        A row of a table with quotes.

    Returns
    -------
    str
        The id of a claim; ``person-`` and the id of a person; "" for another row.
    """
    for key, prefix in (("claim_id", ""), ("person_id", "person-")):
        if isinstance(row.get(key), str) and row[key]:
            return prefix + row[key]
    return ""


class Sentence(Shown):
    """A paragraph that was computed.

    Parameters
    ----------
    *parts : str or Shown
        Words and citations; they are joined as they are.
    """

    def __init__(self, *parts: str | Shown) -> None:
        self.parts = parts

    def html(self) -> str:
        """A paragraph."""
        parts = (p.html() if isinstance(p, Shown) else escape_html(p) for p in self.parts)
        return f'<p class="ct-sentence">{"".join(parts)}</p>'

    def markdown(self) -> str:
        """A paragraph."""
        # Parts are joined with the blanks that they bring along, which folding would take away.
        return "".join(
            p.markdown() if isinstance(p, Shown) else _escape_piece(p) for p in self.parts
        )

    def plain(self) -> str:
        """The words."""
        return "".join(p.plain() if isinstance(p, Shown) else p for p in self.parts)


class Bullets(Shown):
    """A list of computed sentences.

    Parameters
    ----------
    items : iterable of Sentence or str
        The sentences.
    """

    def __init__(self, items: Iterable[Sentence | str]) -> None:
        self.items = [Sentence(item) if isinstance(item, str) else item for item in items]

    def html(self) -> str:
        """A bulleted list."""
        lines = (item.html().replace("<p ", "<span ", 1)[:-4] + "</span>" for item in self.items)
        return '<ul class="ct-list">' + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"

    def markdown(self) -> str:
        """A bulleted list."""
        return "\n".join(f"- {item.markdown()}" for item in self.items)

    def plain(self) -> str:
        """A line for each item."""
        return "\n".join(f"- {item.plain()}" for item in self.items)


class Table(Shown):
    """A table with headers for people.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows. Cells may hold :class:`Shown`.
    headers : list of str
        One for each column.
    caption : str
        What the table shows; may be empty.
    """

    def __init__(self, frame: pd.DataFrame, headers: list[str], caption: str) -> None:
        self.headers = headers
        self.caption = caption
        self.numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
        self.cells = [
            [_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)
        ]

    def html(self) -> str:
        """A table in a box of its own, which can be scrolled where it is too wide."""
        align = [' class="ct-number"' if numeric else "" for numeric in self.numeric]
        head = "".join(
            f'<th scope="col"{a}>{escape_html(h)}</th>'
            for h, a in zip(self.headers, align, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{a}>{c.html() if isinstance(c, Shown) else escape_html(c)}</td>"
                for c, a in zip(row, align, strict=True)
            )
            + "</tr>"
            for row in self.cells
        )
        caption = f"<caption>{escape_html(self.caption)}</caption>" if self.caption else ""
        return (
            f'<div class="ct-table"><table>{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def markdown(self) -> str:
        """A pipe table."""
        rule = ["--:" if numeric else ":--" for numeric in self.numeric]
        rows = [
            [c.markdown() if isinstance(c, Shown) else escape_markdown(c) for c in row]
            for row in self.cells
        ]
        lines = [[escape_markdown(h) for h in self.headers], rule, *rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{table}\n\n: {escape_markdown(self.caption)}\n" if self.caption else table + "\n"

    def plain(self) -> str:
        """Columns of equal width; long cells are cut."""
        rows = [[c.plain() if isinstance(c, Shown) else c for c in row] for row in self.cells]
        rows = [[_cut(c) for c in row] for row in [self.headers, *rows]]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.headers))]
        lines = [
            "  ".join(
                c.rjust(w) if n else c.ljust(w)
                for c, w, n in zip(row, widths, self.numeric, strict=True)
            ).rstrip()
            for row in rows
        ]
        lines.insert(1, "  ".join("-" * w for w in widths))
        return "\n".join([self.caption, *lines] if self.caption else lines)


class Picture(Shown):
    """A chart with its title and its description in words.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart, made by :func:`canvas`.
    alt : str
        What the chart shows, for those who cannot see it.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        self.figure = figure
        self.alt = " ".join(alt.split())

    def svg(self) -> str:
        """The chart as SVG, with its description inside."""
        from matplotlib import rc_context

        stream = io.StringIO()
        # All of the figure and a margin: to cut it to what is drawn would take a second layout.
        extent = self.figure.bbox_inches.padded(_MARGIN)
        with rc_context(_STYLE):
            self.figure.savefig(
                stream,
                format="svg",
                bbox_inches=extent,
                metadata={"Date": None, "Creator": None},
            )
        text = stream.getvalue()
        # An outline goes on in one line: notebooks keep each line of a chart as an item of a list.
        text = text[text.index("<svg") :].replace(" \n", " ")
        label = escape_html(self.alt)
        return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)

    @property
    def title(self) -> str:
        """The title that is drawn into the chart; may be empty."""
        drawn = [self.figure.get_suptitle()]
        drawn += [a.get_title(loc=at) for a in self.figure.axes for at in ("left", "center")]
        return " ".join(next((words for words in drawn if words), "").split())

    def plain(self) -> str:
        """The description."""
        return f"[Chart: {self.alt}]"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/svg+xml": self.svg(), "text/plain": self.plain()}
        return data, {"image/svg+xml": {"alt": self.alt, "title": self.title}}


class Interactive(Picture):
    """A chart that answers to the pointer where a page can, and is a picture everywhere else.

    Parameters
    ----------
    picture : Picture
        The chart for print, for Word, for JupyterLab and for readers without scripts.
    model : bokeh.model.Model
        The same chart as Bokeh draws it; :func:`ctdata.hover.draw` makes one.
    """

    def __init__(self, picture: Picture, model: Model) -> None:
        super().__init__(picture.figure, picture.alt)
        self.model = model

    def chart(self) -> dict[str, Any]:
        """The chart as a Bokeh document, with the same names of its parts on every run."""
        from bokeh.document import Document

        document = Document()
        document.add_root(self.model)
        content = document.to_json(deferred=False)
        document.remove_root(self.model)
        content["title"] = ""
        numbers: dict[str, str] = {}
        _renumber(content, numbers)
        return {"document": content, "root": numbers[self.model.id]}

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_()
        # As a string, for Bokeh reads its parts in order, and notebooks are stored with their keys
        # sorted.
        chart = json.dumps(self.chart(), ensure_ascii=False)
        return data | {CHART_TYPE: {"chart": chart}}, metadata


def _renumber(value: Any, numbers: dict[str, str]) -> None:
    """Name the parts of a Bokeh document by their order in it; the names given are kept."""
    if isinstance(value, dict):
        name = value.get("id")
        is_part = set(value) == {"id"} or "type" in value
        if is_part and isinstance(name, str) and re.fullmatch(r"p\d+", name):
            value["id"] = numbers.setdefault(name, f"c{len(numbers) + 1}")
        for part in value.values():
            _renumber(part, numbers)
    elif isinstance(value, list | tuple):
        for part in value:
            _renumber(part, numbers)


def _cell(value: object) -> Shown | str:
    if isinstance(value, Shown):
        return value
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _cut(words: str, width: int = 60) -> str:
    words = " ".join(words.split())
    return words if len(words) <= width else words[: width - 1] + "…"


def canvas(height: float, width: float = WIDTH, **kwargs: Any) -> tuple[Figure, Any]:
    """Make an empty chart in the collection's style.

    Its parts are laid out when it is written, which measures all words once more. A chart that
    gives each part its place inside the figure saves that by ``figure.set_layout_engine(None)``.

    Parameters
    ----------
    height, width : float
        Size in inches.
    **kwargs
        Handed to :meth:`matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or array of Axes
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(**kwargs)


def title(axes: Any, words: str) -> None:
    """Give a chart its title, which states what the chart shows.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The chart.
    words : str
        The title; a long one is broken over lines.
    """
    import textwrap

    axes.set_title(textwrap.fill(words, 88), loc="left", size=10, weight="bold")


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, str] | Sequence[str] | None = None,
    *,
    caption: str = "",
    empty: str = "Nothing in scope.",
) -> Table | Sentence:
    """Show a frame as a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows. A column ``citation`` beside a column ``quote`` is shown as citations that tell
        the quote when pointed at.
    columns : mapping of str to str, or sequence of str, optional
        Which columns to show, in order, with their headers; without headers they are made from the
        names.
    caption : str, optional
        What the table shows.
    empty : str, optional
        What to say where there are no rows.

    Returns
    -------
    Table or Sentence
    """
    if frame.empty:
        return Sentence(empty)
    if columns is None:
        columns = list(frame.columns)
    if not isinstance(columns, Mapping):
        columns = {name: header(name) for name in columns}
    shown = frame.loc[:, list(columns)].copy()
    if "citation" in shown and "quote" in frame:
        needed = frame.columns.intersection(["citation", "quote", "claim_id", "person_id"])
        rows = frame[needed].to_dict("records")
        shown["citation"] = pd.Series(map(Citation, rows), index=shown.index, dtype=object)
    return Table(shown, list(columns.values()), caption)


def header(name: str) -> str:
    """Make a header for people from a column's name.

    Parameters
    ----------
    name : str
        Such as ``legal_events``.

    Returns
    -------
    str
        Such as "Legal events".
    """
    words = name.removesuffix("_id").replace("_", " ")
    # A name with a hyphen is the short name of a text, which stays as it is.
    return words if "-" in words else words[:1].upper() + words[1:]


def scope(selection: Selection) -> Sentence:
    """Say what is in scope.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    Sentence
    """
    if selection.is_empty:
        return Sentence(
            f"Scope: {selection.scope}. The texts hold no claim in this scope; "
            "widen the country, the period or the texts."
        )
    return Sentence(f"Scope: {selection.scope}.")


def references(selection: Selection) -> Bullets | Sentence:
    """List the texts behind what is in scope.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    Bullets or Sentence
    """
    cited = selection.cite()
    if not cited:
        return Sentence("No text speaks in this scope.")
    corpus = selection.corpus
    named = {corpus.references([name]): name for name in corpus.load("sources")["source_id"]}
    items = []
    for line in cited.splitlines():
        before, _, behind = line.rpartition(f"[{named[line]}]")
        items.append(Sentence(before, TextLink(named[line]), behind))
    return Bullets(items)


def listing(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Parameters
    ----------
    words : sequence of str
        Any words.

    Returns
    -------
    str
        Such as "a, b and c".
    """
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def count(number: int, noun: str) -> str:
    """Count things in words.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        What one of them is called.

    Returns
    -------
    str
        Such as "1 text" or "2 texts".
    """
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def cited(claims: Iterable[Mapping[str, Any]]) -> Citation:
    """Cite many claims at once, without making a frame of them.

    Parameters
    ----------
    claims : iterable of mapping
        Each as for :class:`Citation`.

    Returns
    -------
    Citation
    """
    together = Citation.__new__(Citation)
    together.places = [place for claim in claims for place in Citation(claim).places]
    return together
