"""How tables, sentences, citations and pictures look in a notebook.

Everything shown comes in several forms at once, so that nothing is lost on the way: HTML for the
screen, Markdown for Word and PDF, plain text for the terminal and for comparing runs; a picture as
SVG, as PNG and as its description in words. Words that come from texts, tables or parameters are
escaped in each form. The outputs are the same on each run.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
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
# Width of a picture in inches: the text width of a printed page.
WIDTH = 7.2
_STYLE = {
    "svg.hashsalt": "ctdata",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
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
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~$@^-])")


def escape_html(words: object) -> str:
    """Escape words for HTML, attributes included."""
    return html.escape(str(words), quote=True)


def escape_markdown(words: object) -> str:
    """Escape what Markdown, and Pandoc's Markdown, would read as markup; folds white space."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(words).split()))


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
    """Where it is said: the places of one or more claims.

    Parameters
    ----------
    claims : pandas.DataFrame or pandas.Series
        Rows, or one row, with ``citation``, ``quote``, ``source_id`` and, of claims, ``claim_id``.
    """

    def __init__(self, claims: pd.DataFrame | pd.Series) -> None:
        rows = claims.to_frame().T if isinstance(claims, pd.Series) else claims
        self.places = [
            (str(row.get("claim_id", "")), row["citation"], row["quote"])
            for row in rows.to_dict("records")
        ]

    def html(self) -> str:
        """Marks that tell the quote when pointed at."""
        by_place: dict[str, list[tuple[str, str]]] = {}
        for claim_id, citation, quote in self.places:
            by_place.setdefault(citation, []).append((claim_id, quote))
        marks = [
            f'<cite class="ct-cite" data-claims="{escape_html(" ".join(c for c, _ in claims))}"'
            f' title="{escape_html(" … ".join(dict.fromkeys(q for _, q in claims)))}">'
            f"{escape_html(citation)}</cite>"
            for citation, claims in by_place.items()
        ]
        return f"[{'; '.join(marks)}]" if marks else ""

    def markdown(self) -> str:
        """The places in square brackets."""
        return escape_markdown(self.plain())

    def plain(self) -> str:
        """The places in square brackets."""
        places = dict.fromkeys(citation for _, citation, _ in self.places)
        return f"[{'; '.join(places)}]" if places else ""


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
            p.markdown() if isinstance(p, Shown) else _MARKDOWN.sub(r"\\\1", p) for p in self.parts
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
        with rc_context(_STYLE):
            self.figure.savefig(
                stream, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}
            )
        text = stream.getvalue()
        text = text[text.index("<svg") :]
        label = escape_html(self.alt)
        return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)

    def png(self) -> bytes:
        """The chart as PNG, 150 dots an inch."""
        from matplotlib import rc_context

        stream = io.BytesIO()
        with rc_context(_STYLE):
            self.figure.savefig(
                stream, format="png", dpi=150, bbox_inches="tight", metadata={"Software": None}
            )
        return stream.getvalue()

    def plain(self) -> str:
        """The description."""
        return f"[Chart: {self.alt}]"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/svg+xml": self.svg(), "image/png": self.png(), "text/plain": self.plain()}
        metadata = {"image/svg+xml": {"alt": self.alt}, "image/png": {"alt": self.alt}}
        return data, metadata


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
        rows = frame.to_dict("records")
        shown["citation"] = pd.Series(
            [Citation(pd.Series(row)) for row in rows], index=shown.index, dtype=object
        )
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
    return Bullets(cited.splitlines())


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
