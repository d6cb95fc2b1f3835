"""What the index of the site searches in: reports, claims and passages, as one script of data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote as quote_url

from ctdata.corpus import Corpus
from ctdata.reports.sources import FOLDER, Quote

# As render writes them.
_CITATION = re.compile(r'<a class="ct-cite" id="(cite-\d+)" href="[^"]*" data-claims="([^"]*)"')
_PROSE = re.compile(r"<(p|li|h[1-6]|figcaption)\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r'<figure><div class="drawn"[^>]*>(<svg.*?</svg>)', re.DOTALL)
_LONGEST_PROSE = 20_000


@dataclass(frozen=True)
class PageFacts:
    """What the rest of the site needs to know of a report's page.

    Attributes
    ----------
    citations : dict of str to str
        Anchor of each cited row, and the name of the first citation that leads to it.
    prose : str
        Its sentences, headings and captions; no tables.
    picture : str
        Its first chart as an SVG document; "" if it has none.
    """

    citations: Mapping[str, str]
    prose: str
    picture: str


def read_page(page: str) -> PageFacts:
    """Read from a report's page what the rest of the site needs of it.

    Parameters
    ----------
    page : str
        A page that :func:`ctdata.reports.render.render_page` wrote.

    Returns
    -------
    PageFacts
    """
    citations: dict[str, str] = {}
    for name, anchors in _CITATION.findall(page):
        for anchor in unescape(anchors).split():
            citations.setdefault(anchor, name)
    body = page.partition("<main")[2].partition("</main>")[0]
    pieces = (unescape(_TAG.sub("", words)) for _, words in _PROSE.findall(body))
    prose = " ".join(" ".join(pieces).split())[:_LONGEST_PROSE]
    picture = _PICTURE.search(body)
    drawn = picture[1] if picture and "xmlns=" in picture[1].partition(">")[0] else ""
    return PageFacts(citations, prose, drawn)


def search_data(
    corpus: Corpus,
    quotes: Sequence[Quote],
    reports: Iterable[Mapping[str, Any]],
    pages: Mapping[str, PageFacts],
) -> dict[str, list[dict[str, Any]]]:
    """Gather what can be searched.

    Parameters
    ----------
    corpus : ctdata.Corpus
        Texts and tables.
    quotes : sequence of Quote
        From :func:`ctdata.reports.sources.find_quotes`.
    reports : iterable of mapping
        Entries of the manifest.
    pages : mapping of str to PageFacts
        For the name of each report that has a page.

    Returns
    -------
    dict of str to list of dict
        ``reports`` (``name, words, countries, themes``; the last two are those of the rows that
        the report cites or, where it cites none, the countries of its texts), ``claims``
        (``address, where, table, quote, words, country, theme``) and ``passages`` (``address,
        where, words, country, themes``).
    """
    by_anchor = {found.anchor: found for found in quotes}
    sources = corpus.load("sources").set_index("source_id")["country"]
    told = []
    for report in reports:
        page = pages.get(report["name"], PageFacts({}, "", ""))
        cited = [by_anchor[anchor] for anchor in page.citations if anchor in by_anchor]
        texts = [name for name in report["sources"] or () if name in sources]
        countries = {q.country for q in cited} or set(sources[texts].dropna())
        told.append(
            {
                "name": report["name"],
                "words": f"{report['title']} {report['scope']} {page.prose}",
                "countries": sorted(countries),
                "themes": sorted({q.theme for q in cited}),
            }
        )
    claims = [
        {
            "address": _address(found.source_id, found.anchor),
            "where": found.citation,
            "table": corpus.schema[found.table].title,
            "quote": found.words,
            "words": " · ".join(words for _, words in found.facts),
            "country": found.country,
            "theme": found.theme,
        }
        for found in quotes
    ]
    passages = [
        {
            "address": _address(row.source_id, f"para-{row.paragraph}"),
            "where": f"{row.source_id}, para. {row.paragraph}",
            "words": row.text,
            "country": sources[row.source_id] if isinstance(sources[row.source_id], str) else "",
            "themes": _themes_between(quotes, row.source_id, row.start, row.end),
        }
        for row in corpus.load("passages").itertuples()
    ]
    return {"reports": told, "claims": claims, "passages": passages}


def _address(source_id: str, anchor: str) -> str:
    return f"{FOLDER}/{quote_url(source_id, safe='')}.html#{quote_url(anchor, safe='')}"


def _themes_between(quotes: Iterable[Quote], source_id: str, start: int, end: int) -> list[str]:
    """Themes of the rows that were read from a stretch of a text."""
    return sorted(
        {q.theme for q in quotes if q.source_id == source_id and q.start < end and q.end > start}
    )
