"""Pages that show each verbatim text with every quote marked.

A text is cut wherever a quote begins or ends, so that quotes may overlap: each segment knows all
rows that rest on it. Beside the page stands the same in Markdown, which JupyterLab opens at the
claim that a notebook's citation names.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd

from ctdata import dates
from ctdata.corpus import Corpus
from ctdata.display import anchor, header
from ctdata.evidence import Text, fold
from ctdata.reports.pages import environment, is_safe_link, script_data

FOLDER = "sources"
# JupyterLab marks in a glaring yellow, and knows no style sheet of ours.
_MARK = "background-color:#fff0a8;color:#22262b"


@dataclass(frozen=True)
class Quote:
    """One row and the words that it was read from.

    Attributes
    ----------
    anchor : str
        Name of its place in the page of the text; unique in the corpus.
    table, source_id : str
        Where the row stands, and the text that it was read from.
    start, end : int
        The words, as offsets into the verbatim text.
    citation, words : str
        The place, ready to print, and the quote with its white space folded.
    country, theme : str
        What it is about: the state, and the theme of a measure or else the table.
    facts : tuple of (str, str)
        The row's other cells, for people: header and value.
    """

    anchor: str
    table: str
    source_id: str
    start: int
    end: int
    citation: str
    words: str
    country: str
    theme: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Segment:
    """A stretch of a text that no quote begins or ends in."""

    words: str
    quotes: tuple[Quote, ...] = ()
    begins: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Citing:
    """A report and the rows that it cites.

    Attributes
    ----------
    title, address : str
        What it is called, and its page.
    places : mapping of str to str
        For the anchor of each row, the name of the place in the page.
    """

    title: str
    address: str
    places: Mapping[str, str]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a text, cut into segments."""

    number: int
    segments: tuple[Segment, ...] = field(default=())


def find_quotes(corpus: Corpus) -> list[Quote]:
    """Gather all rows of a corpus that carry a quote.

    Parameters
    ----------
    corpus : ctdata.Corpus
        Texts and tables.

    Returns
    -------
    list of Quote
        Sorted by text and place.
    """
    countries = corpus.load("sources").set_index("source_id")["country"].to_dict()
    names = _names(corpus)
    found = []
    for table, declared in corpus.schema.items():
        if not declared.has_evidence:
            continue
        for row in corpus.load(table).to_dict("records"):
            country, theme = row.get("country"), row.get("theme")
            found.append(
                Quote(
                    anchor=anchor(row),
                    table=table,
                    source_id=row["source_id"],
                    start=row["start"],
                    end=row["end"],
                    citation=row["citation"],
                    words=fold(row["quote"]),
                    country=_words(country) or _words(countries[row["source_id"]]),
                    theme=header(_words(theme)) or declared.title,
                    facts=tuple(_facts(declared, row, names)),
                )
            )
    return sorted(found, key=lambda q: (q.source_id, q.start, -q.end, q.anchor))


def _names(corpus: Corpus) -> dict[str, str]:
    """Names of everything that a row may refer to."""
    events = corpus.load("events").set_index("event_id")["name"].to_dict()
    return {**events, **corpus.names}


def _facts(declared: Any, row: Mapping[str, Any], names: Mapping[str, str]) -> Iterator:
    """The cells of a row that say something, for people."""
    hidden = {"claim_id", "person_id", "source_id", "quote", "prefix"}
    for column in declared.columns:
        words = _words(row[column.name])
        if column.name in hidden or not words:
            continue
        if column.is_date:
            words = dates.label(words)
        elif column.references:
            words = names.get(words, words)
        elif column.values:
            words = column.values[words].rstrip(".") or words.replace("_", " ")
        yield header(column.name), words


def _words(value: Any) -> str:
    """A cell as words; empty where it is missing."""
    if value is None or pd.isna(value):
        return ""
    return f"{value:,g}" if isinstance(value, float) else str(value)


def cut(text: Text, quotes: Iterable[Quote]) -> list[Paragraph]:
    """Cut a text into its paragraphs, and these wherever a quote begins or ends.

    Parameters
    ----------
    text : ctdata.evidence.Text
        The verbatim text.
    quotes : iterable of Quote
        Those of this text.

    Returns
    -------
    list of Paragraph
        Joined, the words of all segments are the verbatim text.
    """
    quotes = list(quotes)
    starts = [passage.start for passage in text.passages] or [0]
    # White space between two paragraphs stands with the one before; what precedes all, with the
    # first.
    bounds = [0, *starts[1:], len(text.verbatim)]
    edges = sorted({*bounds, *(q.start for q in quotes), *(q.end for q in quotes)})
    paragraphs = []
    for number, (first, last) in enumerate(zip(bounds, bounds[1:], strict=False), start=1):
        inside = [edge for edge in edges if first <= edge <= last]
        segments = [
            Segment(
                words=text.verbatim[start:end],
                quotes=tuple(q for q in quotes if q.start <= start and end <= q.end),
                begins=tuple(q for q in quotes if q.start == start),
            )
            for start, end in zip(inside, inside[1:], strict=False)
        ]
        paragraphs.append(Paragraph(number, tuple(segments)))
    return paragraphs


def source_pages(
    corpus: Corpus, quotes: Sequence[Quote], reports: Sequence[Citing]
) -> Iterator[tuple[str, str]]:
    """Write the pages of all texts.

    Parameters
    ----------
    corpus : ctdata.Corpus
        Texts and tables.
    quotes : sequence of Quote
        From :func:`find_quotes`.
    reports : sequence of Citing
        What the reports cite.

    Yields
    ------
    tuple of (str, str)
        Path in the site and content: for each text a page, what its rows are used in, as a script,
        and the marked text in Markdown.
    """
    titles = {name: table.title for name, table in corpus.schema.items()}
    for source in corpus.load("sources").to_dict("records"):
        name = source["source_id"]
        own = [q for q in quotes if q.source_id == name]
        paragraphs = cut(corpus.text(name), own)
        stem = f"{FOLDER}/{quote(name, safe='')}"
        anchors = {q.anchor for q in own} | {f"para-{p.number}" for p in paragraphs}
        citing = [
            Citing(report.title, report.address, places)
            for report in reports
            if (places := {a: p for a, p in report.places.items() if a in anchors})
        ]
        yield (
            f"{stem}.html",
            environment()
            .get_template("source.html.j2")
            .render(
                source=source,
                facts=_passport(source),
                link=_link(source),
                reference=corpus.references([name]),
                paragraphs=paragraphs,
                quotes=own,
                tables={q.table: titles[q.table] for q in sorted(own, key=_table_order(titles))},
                citing=citing,
                times=Counter(anchor for report in citing for anchor in report.places),
                uses_file=f"{quote(quote(name, safe=''))}.uses.js",
                home="../",
            ),
        )
        yield f"{stem}.uses.js", script_data("ctdataUses", _uses(citing))
        yield f"{stem}.md", _markdown(source, paragraphs)


def _uses(citing: Sequence[Citing]) -> dict[str, Any]:
    """The reports, and for the anchor of each row the numbers of those that use it and where."""
    rows: dict[str, list[tuple[int, str]]] = {}
    for number, report in enumerate(citing):
        for name, place in report.places.items():
            rows.setdefault(name, []).append((number, place))
    return {"reports": [[report.title, report.address] for report in citing], "rows": rows}


def _table_order(titles: Mapping[str, str]) -> Any:
    order = list(titles)
    return lambda found: order.index(found.table)


def _passport(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a text is, for people."""
    facts = []
    shown = "publisher document_type issued country language rights curation note"
    for name in shown.split():
        words = _words(source.get(name))
        if words:
            words = dates.label(words) if name == "issued" else words
            words = words.replace("_", " ") if name in ("document_type", "curation") else words
            facts.append((header(name), words))
    return [*facts, ("SHA-256", _words(source.get("sha256")))]


def _link(source: Mapping[str, Any]) -> str:
    """Where the text was found, if that is an address of the web."""
    address = _words(source.get("url"))
    return address if address.startswith(("http://", "https://")) and is_safe_link(address) else ""


def _markdown(source: Mapping[str, Any], paragraphs: Iterable[Paragraph]) -> str:
    """A marked text as Markdown made of HTML elements, in which nothing else is markup."""
    lines = [f"<h1>{_escaped(source['title'])}</h1>", f"<p>{_escaped(source['source_id'])}</p>"]
    for paragraph in paragraphs:
        words = "".join(map(_marked, paragraph.segments))
        lines.append(
            f'<p class="tex2jax_ignore mathjax_ignore" id="para-{paragraph.number}">'
            f"<sup>{paragraph.number}</sup> {words}</p>"
        )
    return "\n\n".join(lines) + "\n"


def _marked(segment: Segment) -> str:
    anchors = "".join(f'<a id="{_escaped(q.anchor)}"></a>' for q in segment.begins)
    words = _escaped(segment.words)
    if not segment.quotes:
        return anchors + words
    told = _escaped("; ".join(f"{q.table}: {q.anchor}" for q in segment.quotes))
    return f'{anchors}<mark title="{told}" style="{_MARK}">{words}</mark>'


def _escaped(words: str) -> str:
    """Escape for HTML and for Markdown that knows formulas; a line break becomes a blank."""
    words = html.escape(" ".join(words.split("\n")))
    for sign in "$\\`*_":
        words = words.replace(sign, f"&#{ord(sign)};")
    return words
