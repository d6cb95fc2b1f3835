"""The site: marked texts, links, search, PDF and Word, and nothing in them that could run."""

from __future__ import annotations

import io
import json
import re
import threading
import urllib.error
import urllib.request
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pypdfium2
import pytest
from click.testing import CliRunner
from hostile import NASTY, hostile_notebook, make_hostile, notebook_of
from hypothesis import given
from hypothesis import strategies as st

import ctdata
from ctdata import display
from ctdata.cli import main
from ctdata.evidence import Text, fold
from ctdata.reports import pages, plan, render, run, search, serve, site, sources
from ctdata.reports.links import check_links

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


class Words(HTMLParser):
    """The words of a marked text, and those of each mark."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.marks: list[tuple[list[str], str]] = []
        self.rows: list[str] = []
        self._depth = 0
        self._in_mark = False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if self._depth or found.get("class") == "words":
            self._depth += 1
        if found.get("class", "").startswith("mark "):
            self._in_mark = True
            self.marks.append((found["data-claims"].split(), ""))
        if found.get("id", "").startswith("row-"):
            self.rows.append(found["id"].removeprefix("row-"))

    def handle_endtag(self, tag):
        self._depth -= self._depth > 0
        self._in_mark = False

    def handle_data(self, data):
        if self._depth:
            self.text += data
        if self._in_mark:
            claims, words = self.marks[-1]
            self.marks[-1] = (claims, words + data)


def marked(page: str) -> Words:
    words = Words()
    words.feed(page)
    words.close()
    return words


def a_report(name: str, **facts) -> plan.Report:
    return plan.Report(name=name, title=name, notebook=Path("a.ipynb"), **facts)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    return make_hostile(root)


@pytest.fixture(scope="module", params=["collection", "hostile"])
def corpus(request, tmp_path_factory):
    if request.param == "collection":
        return ctdata.Corpus()
    return make_hostile(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def texts(corpus):
    """Everything that is written for the texts, by path."""
    return dict(sources.source_pages(corpus, sources.find_quotes(corpus), []))


@pytest.fixture(scope="module")
def made(hostile, tmp_path_factory):
    """A site with one report on the hostile corpus; the folder."""
    output = tmp_path_factory.mktemp("site")
    report = a_report("hostile", scope=NASTY, sources=("rur-2016",))
    page = render.render_page(report, hostile_notebook(hostile))
    (output / "hostile.html").write_text(page, encoding="utf-8")
    (output / "hostile.ipynb").touch()
    failed = run.Outcome(a_report("failed"), 1, error=NASTY, traceback=NASTY)
    reports = [report, a_report("failed", scope=NASTY)]
    site.write_site(reports, [run.Outcome(report, 1), failed], output, hostile.root)
    return output


# --- marked texts -------------------------------------------------------------------------------


def test_a_marked_text_is_the_text_word_for_word(corpus, texts):
    checked = 0
    for name in corpus.load("sources")["source_id"]:
        words = marked(texts[f"sources/{name}.html"]).text
        assert words == corpus.text(name).verbatim
        checked += 1
    assert checked


def test_every_row_with_a_quote_has_its_mark_and_its_row(corpus, texts):
    checked = 0
    for name in corpus.load("sources")["source_id"]:
        page = texts[f"sources/{name}.html"]
        found, verbatim = marked(page), corpus.text(name).verbatim
        words: dict[str, str] = {}
        for claims, part in found.marks:
            for claim in claims:
                words[claim] = words.get(claim, "") + part
        expected = {
            display.anchor(row): verbatim[row["start"] : row["end"]]
            for table, declared in corpus.schema.items()
            if declared.has_evidence
            for row in corpus.load(table, source=name).to_dict("records")
        }
        assert words == expected
        assert sorted(found.rows) == sorted(expected)
        assert all(f'id="{anchor}"' in page for anchor in expected)
        checked += len(expected)
    assert checked


@given(
    st.text("ab c\n", min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8),
)
def test_overlapping_quotes_keep_the_text_and_their_words(verbatim, spans):
    quotes = [
        sources.Quote(f"q{number}", "figures", "a", start, end, "", "", "", "")
        for number, (start, length) in enumerate(spans)
        if (end := min(start + length, len(verbatim))) > start
    ]
    segments = [s for p in sources.cut(Text(verbatim), quotes) for s in p.segments]
    assert "".join(s.words for s in segments) == verbatim
    for quote in quotes:
        words = "".join(s.words for s in segments if quote in s.quotes)
        assert words == verbatim[quote.start : quote.end]
        assert sum(quote in s.begins for s in segments) == 1


def test_a_row_tells_names_and_dates_and_leaves_out_what_is_empty(small_corpus):
    corpus = ctdata.Corpus(small_corpus.root)
    facts = {q.anchor: dict(q.facts) for q in sources.find_quotes(corpus)}
    assert facts["rur-2016-rel-001"]["Subject"] == "Directorate"
    assert facts["rur-2016-par-001"]["Event"] == "Visit to Ruritania"
    assert facts["rur-2016-evt-001"]["Date"] == "3–5 May 2016"
    assert "Note" not in facts["rur-2016-fig-001"]
    assert facts["person-minister"]["Role"] == "Minister of Ruritania"


def test_a_marked_text_tells_which_reports_cite_it(small_corpus):
    corpus = ctdata.Corpus(small_corpus.root)
    citing = [sources.Citing("A <b>", "a.html", {"rur-2016-fig-001": "cite-3", "other": "cite-1"})]
    written = dict(sources.source_pages(corpus, sources.find_quotes(corpus), citing))
    page = written["sources/rur-2016.html"]
    assert '<a href="../a.html">A &lt;b&gt;</a>: 1 row<' in page
    assert page.count("Cited in 1 report.") == 1 and "No report cites it." in page
    data = written["sources/rur-2016.uses.js"]
    uses = json.loads(data.removeprefix("window.ctdataUses = ").rstrip(";\n"))
    assert uses == {"reports": [["A <b>", "a.html"]], "rows": {"rur-2016-fig-001": [[0, "cite-3"]]}}


def test_the_markdown_form_has_every_anchor_and_no_markup_of_the_text(corpus, texts):
    for quote in sources.find_quotes(corpus):
        assert f'<a id="{quote.anchor}"></a>' in texts[f"sources/{quote.source_id}.md"]
    for path, text in texts.items():
        if path.endswith(".md"):
            tags = set(re.findall(r"</?(\w+)", text))
            assert tags <= {"h1", "p", "sup", "mark", "a"}
            assert not re.search(r"[$`*]", text)


# --- citations ----------------------------------------------------------------------------------


def test_a_citation_in_a_page_leads_to_the_mark(small_corpus):
    figures = ctdata.Corpus(small_corpus.root).load("figures")
    shown = display.Citation(figures)
    page = render.render_page(a_report("a"), notebook_of("# A", display.Sentence("Words ", shown)))
    links = re.findall(r'<a class="ct-cite" id="(cite-\d)" href="([^"]*)"', page)
    assert links == [("cite-1", "sources/rur-2016.html#rur-2016-fig-001")]
    assert search.read_page(page).citations == {
        "rur-2016-fig-001": "cite-1",
        "rur-2016-fig-002": "cite-1",
    }


def test_people_and_passages_are_cited_at_their_own_places(small_corpus):
    corpus = ctdata.Corpus(small_corpus.root)
    assert "#person-minister" in display.Citation(corpus.load("people")).html()
    passage = pd.Series({"citation": "rur-2016, para. 2", "quote": "words"})
    assert "rur-2016.md#para-2" in display.Citation(passage).html()


@pytest.mark.parametrize(
    "address",
    ["https://example.org/?a=1#b", "http://example.org", "mailto:a@example.org", "a.html#b", "#b"],
)
def test_a_link_that_is_safe_may_stand(address):
    assert pages.is_safe_link(address)
    page = render.render_page(a_report("a"), notebook_of("# A", f"[words]({address})"))
    assert address in page


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", " java\nscript:alert(1)", "data:text/html,x",
     "vbscript:x", "file:///etc/passwd", "java\x01script:x", "x:y", "http://[x"],
)  # fmt: skip
def test_a_link_that_is_not_safe_is_refused(address):
    assert not pages.is_safe_link(address)
    notebook = notebook_of("# A")
    link = nbformat.v4.new_output(
        "display_data", {"text/html": f'<a href="{address}">words</a>', "text/plain": ""}
    )
    notebook.cells.append(nbformat.v4.new_code_cell("x", outputs=[link]))
    with pytest.raises(render.RenderError, match="would link to"):
        render.render_page(a_report("a"), notebook)


# --- the site as a whole ------------------------------------------------------------------------


def test_no_link_of_the_site_is_dead(made):
    count, dead = check_links(made)
    assert dead == [] and count > 50


@pytest.mark.parametrize(
    "markup",
    ['<a href="nowhere.html">', '<a href="#nowhere">', '<a href="b.html#nowhere">',
     '<script type="application/json">["sources/b.html#nowhere"]</script>'],
)  # fmt: skip
def test_a_dead_link_is_found(tmp_path, markup):
    (tmp_path / "sources").mkdir()
    (tmp_path / "b.html").write_text('<p id="here"><a href="#here"><a href="https://x.org/#a">')
    (tmp_path / "sources" / "b.html").write_text("<p>")
    assert check_links(tmp_path) == (1, [])
    (tmp_path / "a.html").write_text(markup)
    count, dead = check_links(tmp_path)
    assert count == 2 and len(dead) == 1 and dead[0].startswith("a.html: ")


def test_nothing_of_the_corpus_becomes_markup(made):
    checked = 0
    for path in made.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert (
            "<script>" not in page and "<img src=x" not in page and "</title></title>" not in page
        )
        assert "javascript:" not in " ".join(re.findall(r'href="([^"]*)"', page))
        assert str(7 * 1234567) not in page
        assert not re.search(r"<(em|strong)>(star|line)", page)
        checked += 1
    assert checked == 3
    for path in made.rglob("*.js"):
        if path.name not in ("bokeh.js", "tables.js"):
            assert "</script" not in path.read_text(encoding="utf-8")


def test_every_page_has_a_strict_policy_and_a_language(made):
    for path in made.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'" and rules["script-src"] == "'self' file:"
        assert ("unsafe-inline" in rules["style-src"]) == (path.name == "hostile.html")
        assert '<html lang="en">' in page
        assert not re.search(r"<script(?![^>]*(?: src=|application/json))", page)
        assert not re.search(r"<[^>]* on\w+=", re.sub(r'"[^"]*"', '""', page))


def test_headings_go_down_one_level_at_a_time(made):
    for path in made.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), path.name


def test_names_in_a_page_are_unique(made):
    for path in made.rglob("*.html"):
        names = re.findall(r'\sid="([^"]*)"', path.read_text(encoding="utf-8"))
        assert len(names) == len(set(names)), path.name


def test_the_index_shows_failures_with_their_reason_and_pictures(made):
    index = (made / "index.html").read_text(encoding="utf-8")
    assert "1 of 2 reports failed" in index and "&lt;script&gt;window.hacked" in index
    assert '<img src="pictures/hostile.svg" alt=""' in index
    assert (made / "pictures" / "hostile.svg").read_text().startswith("<svg ")
    assert re.search(r'Made <time datetime="[-0-9T:]+Z">', index)


def test_search_holds_every_report_claim_and_passage(made, hostile):
    text = (made / "assets" / "search-data.js").read_text(encoding="utf-8")
    assert "<" not in text and ">" not in text
    data = json.loads(text.removeprefix("window.ctdataSearch = ").rstrip(";\n"))
    assert {q.words for q in sources.find_quotes(hostile)} == {c["quote"] for c in data["claims"]}
    assert len(data["passages"]) == len(hostile.load("passages"))
    assert [report["name"] for report in data["reports"]] == ["hostile", "failed"]
    assert data["reports"][0]["countries"] == ["RUR"]
    assert {"Border security", "Figures"} <= set(data["reports"][0]["themes"])
    assert fold(NASTY) in fold(data["reports"][0]["words"])


def test_a_corpus_that_cannot_be_read_leaves_the_older_texts_and_says_so(tmp_path):
    (tmp_path / "c").mkdir()
    make_hostile(tmp_path / "c")
    site.write_site([], [], tmp_path, tmp_path / "c")
    before = (tmp_path / "sources" / "rur-2016.html").read_bytes()
    (tmp_path / "c" / "texts" / "rur-2016.txt").write_text("other words")
    site.write_site([], [], tmp_path, tmp_path / "c")
    assert (tmp_path / "sources" / "rur-2016.html").read_bytes() == before
    assert "cannot be read" in (tmp_path / "index.html").read_text()


def test_what_was_read_ahead_is_not_used_for_a_corpus_that_has_changed(tmp_path, small_corpus):
    site.read_ahead(small_corpus.root)
    path = small_corpus.root / "texts" / "rur-2016.txt"
    path.write_text(path.read_text() + "\nWords that came later.\n")
    site.write_site([], [], tmp_path, small_corpus.root)
    assert "Words that came later." in (tmp_path / "sources" / "rur-2016.html").read_text()


def test_what_no_longer_exists_leaves_the_site(tmp_path, small_corpus):
    for folder, name in (("sources", "gone.html"), ("pictures", "gone.svg")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).touch()
    site.write_site([], [], tmp_path, small_corpus.root)
    assert not list(tmp_path.rglob("gone.*"))
    assert (tmp_path / "sources" / "rur-2016.html").is_file()


# --- pages --------------------------------------------------------------------------------------


def test_a_page_lists_its_headings(made):
    page = (made / "hostile.html").read_text(encoding="utf-8")
    contents = re.search(r'<nav class="contents".*?</nav>', page, re.DOTALL)[0]
    names = re.findall(r'href="#([^"]*)"', contents)
    assert names == ["tables", "words", "a-chart", "sources"]
    assert all(f'<h2 id="{name}">' in page for name in names)


def test_headings_that_read_the_same_get_names_of_their_own():
    page = render.render_page(a_report("a"), notebook_of("# A", "## Same", "## Same", "## !"))
    assert re.findall(r'<h2 id="([^"]*)">', page) == ["same", "same-2", "section"]


def test_the_outlines_of_letters_stand_in_a_page_once():
    drawings = []
    for _ in range(2):
        figure, axes = display.canvas(1.5)
        axes.set_xlabel("the same letters")
        drawings.append(display.Picture(figure, "A drawing with letters."))
    one = render.render_page(a_report("a"), notebook_of("# A", drawings[0]))
    two = render.render_page(a_report("a"), notebook_of("# A", *drawings))
    assert one.count("<path id=") == two.count("<path id=") > 5
    assert set(re.findall(r'href="#(_\d+)"', two)) <= set(re.findall(r'id="(_\d+)"', two))
    picture = search.read_page(two).picture
    ElementTree.fromstring(picture)


def test_a_chart_keeps_its_picture_and_brings_its_data(hostile):
    page = render.render_page(a_report("a"), hostile_notebook(hostile))
    assert 'src="assets/bokeh.js"' in page and "<figcaption>Two points." in page
    data = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1]
    text = json.dumps(json.loads(data), ensure_ascii=False)
    assert '"sources/rur-2016.html#rur-2016-fig-001"' in text
    assert json.dumps(NASTY, ensure_ascii=False) in text
    plain = render.render_page(a_report("a"), notebook_of("# A", "words"))
    assert "bokeh.js" not in plain


def test_a_chart_comes_out_of_a_stored_notebook_as_it_went_in(hostile):
    notebook = hostile_notebook(hostile)
    stored = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert render.render_page(a_report("a"), stored) == render.render_page(a_report("a"), notebook)


def test_a_chart_is_the_same_on_every_run(hostile):
    from hostile import chart

    assert chart(hostile, "words").chart() == chart(hostile, "words").chart()


# --- PDF and Word -------------------------------------------------------------------------------


def long_notebook(corpus: ctdata.Corpus):
    frame = pd.DataFrame({"number": range(1, 151), "words": [f"row {n}" for n in range(1, 151)]})
    figures = corpus.load("figures")
    return notebook_of(
        "# Long",
        "## A table",
        display.table(frame, caption="All rows"),
        "## Words",
        display.Sentence("Said ", display.Citation(figures), ", and again "),
        display.Sentence("here ", display.Citation(figures.head(1))),
        "## A chart",
        a_picture(),
        "Read [more](https://example.org/).",
    )


def a_picture() -> display.Picture:
    figure, axes = display.canvas(1.5)
    axes.plot([1, 2])
    display.title(axes, "It rises")
    return display.Picture(figure, "A line from one to two.")


@pytest.fixture
def cited(small_corpus, monkeypatch):
    """The small corpus, as the one that documents are made from."""
    monkeypatch.setenv("CTDATA_SOURCES", str(small_corpus.root))
    return ctdata.Corpus()


def word_parts(content: bytes) -> dict[str, ElementTree.Element]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    xml = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return {name: ElementTree.fromstring(archive.read(name)) for name in xml}


def word_text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{WORD}t"))


def test_a_word_file_has_whole_tables_numbered_figures_and_links_to_the_words(cited):
    report = a_report("Long", scope="All")
    content = render.make_word(report, long_notebook(cited))
    parts = word_parts(content)
    body = parts["word/document.xml"]
    (table,) = body.iter(f"{WORD}tbl")
    rows = list(table.iter(f"{WORD}tr"))
    assert len(rows) == 151 and word_text(rows[150]) == "150row 150"
    assert [row.find(f".//{WORD}tblHeader") is not None for row in rows[:2]] == [True, False]
    text = word_text(body)
    assert "Table 1. All rows" in text and "Figure 1. A line from one to two." in text
    (picture,) = body.iter(f"{DRAWING}docPr")
    assert picture.get("descr") == "It rises"
    names = {mark.get(f"{WORD}name") for mark in body.iter(f"{WORD}bookmarkStart")}
    anchors = [link.get(f"{WORD}anchor") for link in body.iter(f"{WORD}hyperlink")]
    inside = [anchor for anchor in anchors if anchor]
    assert inside and set(inside) <= names
    assert text.index("Cited words") < text.index("“100 of them returned”")
    assert "Visit to Ruritania. Directorate, 2016. [rur-2016]" in text
    outside = [
        relation.get("Target")
        for relation in parts["word/_rels/document.xml.rels"]
        if relation.get("TargetMode") == "External"
    ]
    assert outside == ["https://example.org/"]


def test_a_pdf_has_whole_tables_and_alt_texts(cited):
    content = render.make_pdf(a_report("Long", scope="All"), long_notebook(cited))
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    document = pypdfium2.PdfDocument(content)
    leaves = [page.get_textpage().get_text_range() for page in document]
    text = "\n".join(leaves)
    assert all(f"row {number}" in text for number in range(1, 151))
    with_rows = [leaf for leaf in leaves if re.search(r"row \d+", leaf)]
    assert len(with_rows) > 2 and all("Words" in leaf for leaf in with_rows)
    assert "Figure 1. A line from one to two." in text and "“100 of them returned”" in text
    assert "Contents" in leaves[0] and "1 / " in leaves[0]


@pytest.mark.parametrize("maker", [render.make_pdf, render.make_word, render.render_page])
def test_documents_are_the_same_on_every_run(cited, maker):
    report = a_report("a")
    assert maker(report, long_notebook(cited)) == maker(report, long_notebook(cited))


def test_the_hostile_corpus_stays_words_in_a_word_file(hostile, monkeypatch):
    monkeypatch.setenv("CTDATA_SOURCES", str(hostile.root))
    content = render.make_word(a_report("a", scope=NASTY), hostile_notebook(hostile))
    text = word_text(word_parts(content)["word/document.xml"])
    assert text.count(NASTY) > 20
    relations = word_parts(content)["word/_rels/document.xml.rels"]
    assert not [r for r in relations if r.get("TargetMode") == "External"]


def test_the_hostile_corpus_stays_words_in_a_pdf(hostile, monkeypatch):
    monkeypatch.setenv("CTDATA_SOURCES", str(hostile.root))
    content = render.make_pdf(a_report("a", scope=NASTY), hostile_notebook(hostile))
    assert b"/URI" not in content and b"/JavaScript" not in content
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    text = re.sub(r"\s|\xad|￾|\u200b|-", "", "".join(pages))
    for piece in (
        "<script>window.hacked=1</script>",
        "{{7*1234567}}",
        "*star*",
        "#letx=1",
        "$y^2$",
    ):
        assert text.count(re.sub(r"-", "", piece)) > 20, piece


def test_a_link_that_is_not_safe_is_words_in_a_document(cited):
    content = render.make_word(a_report("a"), notebook_of("# A", "[run](javascript:alert(1))"))
    parts = word_parts(content)
    assert "run" in word_text(parts["word/document.xml"])
    assert "javascript" not in str([r.attrib for r in parts["word/_rels/document.xml.rels"]])


def test_words_at_the_head_of_a_line_stay_words(cited):
    shown = [display.Sentence(words) for words in ("1. one", "- two", "# three", "> four", "= =")]
    content = render.make_word(a_report("a"), notebook_of("# A", *shown))
    text = word_text(word_parts(content)["word/document.xml"])
    assert all(words in text for words in ("1. one", "- two", "# three", "> four", "= ="))


# --- serve --------------------------------------------------------------------------------------


@pytest.fixture
def served(made):
    server = serve.make_server(made, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_site_is_served_on_this_machine_alone(served, made):
    with urllib.request.urlopen(f"{served}/") as answer:
        assert answer.read() == (made / "index.html").read_bytes()
    for path in ("/sources/", "/nowhere.html", "/../secret", "/%2e%2e/secret"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(served + path)


def test_serving_without_a_site_or_on_a_port_that_is_taken_is_refused(served, made, tmp_path):
    result = CliRunner().invoke(main, ["serve", "--site", str(tmp_path)])
    assert result.exit_code == 2 and "ctdata report" in result.stderr
    port = served.rpartition(":")[2]
    result = CliRunner().invoke(main, ["serve", "--site", str(made), "--port", port])
    assert result.exit_code == 2 and f"port {port}" in result.stderr
