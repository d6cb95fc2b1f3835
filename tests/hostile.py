"""A corpus whose texts, names and notes try to be markup, and a notebook that shows all of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from small_corpus import SmallCorpus

import ctdata
from ctdata import coverage, display, hover

# HTML, attributes, Jinja, Markdown, TeX, Typst, a link that runs, entities, and other scripts.
NASTY = (
    "<script>window.hacked = 1</script> \"double\" 'single' & &amp; {{ 7 * 1234567 }} {% raw %} "
    "*star* _line_ `tick` [words](javascript:alert(1)) <img src=x onerror=window.hacked=1> "
    "| pipe | #let x = 1 @name $y^2$ ~tilde~ \\textbf{x} </style></title> Ёж 中"
)
TEXT = (
    f"The Directorate visited Ruritania. {NASTY} said the Ministry.\r\n"
    f"\r\n"
    f"Over 800 people left: {NASTY} and 100 of them returned.\r\n"
    "1. A line that looks like a list\r\n"
)


def make_hostile(root: Path) -> ctdata.Corpus:
    """Make the corpus in an empty folder."""
    small = SmallCorpus(root)
    small.write_text("rur-2016", TEXT)
    small.change(
        "sources",
        0,
        title=f"Title {NASTY}",
        publisher=f"Publisher {NASTY}",
        rights=f"Rights {NASTY}",
        note=NASTY,
        url="javascript:alert(1)",
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
    )
    small.change("organizations", 0, name=f"Directorate {NASTY}", note=NASTY)
    small.change("instruments", 0, title=f"Border Act {NASTY}", note=NASTY)
    quotes = {
        "people": "said the Ministry",
        "relations": f"The Directorate visited Ruritania. {NASTY}",
        "events": f"Ruritania. {NASTY} said the Ministry",
        "participation": "visited Ruritania",
        "legal_events": "the Ministry",
        "measures": f"{NASTY} and 100",
    }
    for table, quote in quotes.items():
        small.change(table, 0, quote=quote, note=NASTY)
    small.change("measures", 0, summary=NASTY)
    small.change("figures", 0, quote=f"Over 800 people left: {NASTY}", population=NASTY, note=NASTY)
    small.change("figures", 1, quote="100 of them returned")
    return ctdata.Corpus(root)


def output(shown: display.Shown) -> Any:
    """Return what a cell that shows something puts into its notebook."""
    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    data = dict(data)
    if isinstance(data.get("image/png"), bytes):
        import base64

        data["image/png"] = base64.b64encode(data["image/png"]).decode()
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def notebook_of(*parts: str | display.Shown) -> Any:
    """Make an executed notebook: words become Markdown cells, the rest outputs."""
    notebook = nbformat.v4.new_notebook()
    for part in parts:
        if isinstance(part, str):
            notebook.cells.append(nbformat.v4.new_markdown_cell(part))
        else:
            notebook.cells.append(
                nbformat.v4.new_code_cell(f"show({NASTY!r})", outputs=[output(part)])
            )
    return notebook


def chart(corpus: ctdata.Corpus, words: str) -> display.Interactive:
    """Make a chart of two points that answers to the pointer."""
    figures = corpus.load("figures").head(2)
    rows = [display.Citation(row) for _, row in figures.iterrows()]
    points = pd.DataFrame(
        {"x": [0.0, 1.0], "y": [0.0, 1.0], "words": [words, words], "evidence": rows, "size": 40}
    )
    drawn, axes = display.canvas(2)
    axes.plot([0, 1], "o")
    display.title(axes, "Two points")
    picture = display.Picture(drawn, f"Two points. {words}")
    return display.Interactive(picture, hover.draw(points, title="Two points"))


def hostile_notebook(corpus: ctdata.Corpus) -> Any:
    """Show every table of the corpus, sentences, lists, a chart and a quote in its context."""
    scope = corpus.select()
    parts: list[str | display.Shown] = ["# Hostile", "## Tables"]
    for name, table in corpus.schema.items():
        frame = corpus.load(name)
        if len(frame):
            columns = [*table.column_names, *(["citation"] if table.has_evidence else [])]
            parts.append(display.table(frame, columns, caption=f"{name} {NASTY}"))
    figures = corpus.load("figures")
    parts += [
        "## Words",
        display.Sentence(f"1. {NASTY} ", display.Citation(figures)),
        display.Bullets([NASTY, f"2) {NASTY}"]),
        display.Sentence(NASTY, display.Citation(corpus.load("people"))),
        coverage.Context(scope, figures["claim_id"].iloc[0]),
        "## A chart",
        chart(corpus, NASTY),
        "## Sources",
        display.references(scope),
    ]
    return notebook_of(*parts)
