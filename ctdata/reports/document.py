"""Write an executed notebook as PDF, through pandoc and typst, and as a Word file, through pandoc.

The notebook's Markdown forms and pictures become one document. Pandoc parses it; its tree is then
put in order here: figures and tables are numbered, columns get widths that fit their words, what
is not plain text is dropped, and each citation becomes a link to a list of cited words at the end.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ctdata.display import MARKED_TEXTS
from ctdata.reports.pages import FOLDER, is_safe_link
from ctdata.reports.plan import Report

_READER = "commonmark+pipe_tables+implicit_figures"
_CITATION = re.compile(re.escape(MARKED_TEXTS))
# What pandoc writes into a Word file as its time, so that two runs give the same bytes.
_EPOCH = "1577836800"
_WORD_TIME = (2020, 1, 1, 0, 0, 0)
# Width of a picture in a Word file, in inches, and its dots an inch.
_WORD_WIDTH, _WORD_DOTS = 6.5, 200
# Signs of a table that fit on a line of the page, and what a word may take of them unbroken.
_LINE = 118
_LONGEST_WORD = 14
_LONGEST_HEAD = 12


def make_pdf(report: Report, notebook: Any) -> bytes:
    """Write an executed notebook as PDF.

    Parameters
    ----------
    report : Report
        Gives the title and the scope in words.
    notebook : nbformat.NotebookNode
        The notebook with its outputs.

    Returns
    -------
    bytes
        A tagged PDF; the same for the same notebook.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="ctdata-") as name:
        folder = Path(name)
        tree = _Document(report, notebook, folder, for_word=False).tree()
        options = ["--template", str(FOLDER / "templates" / "document.typ")]
        if _is_brief(notebook):
            options += ["--variable", "brief"]
        text = _pandoc(tree, "json", "typst", options, folder)
        (folder / "document.typ").write_bytes(text)
        return typst.compile(folder / "document.typ", root=folder, format="pdf", timestamp=0)


def make_word(report: Report, notebook: Any) -> bytes:
    """Write an executed notebook as a Word file.

    Parameters
    ----------
    report, notebook
        As for :func:`make_pdf`.

    Returns
    -------
    bytes
        A .docx file; the same for the same notebook.
    """
    with tempfile.TemporaryDirectory(prefix="ctdata-") as name:
        folder = Path(name)
        tree = _Document(report, notebook, folder, for_word=True).tree()
        target = folder / "document.docx"
        _pandoc(tree, "json", "docx", ["--output", str(target)], folder)
        return _restyled(target.read_bytes())


def _pandoc(text: bytes, source: str, target: str, options: list[str], folder: Path) -> bytes:
    """Run pandoc on a text; pictures are found in the folder, and nothing is fetched."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--sandbox=false", "-f", source, "-t", target, *options]
    done = subprocess.run(
        command,
        input=text,
        cwd=folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": _EPOCH},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pandoc: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


# --- from the notebook to one Markdown text -----------------------------------------------------


class _Document:
    """A notebook on its way to paper; collects its figures and citations.

    Parameters
    ----------
    report, notebook
        As for :func:`make_pdf`.
    folder : Path
        Where the pictures are put.
    for_word : bool
        Whether it will be a Word file, which holds no drawings, only pictures made of dots.
    """

    def __init__(self, report: Report, notebook: Any, folder: Path, *, for_word: bool) -> None:
        self.report = report
        self.notebook = notebook
        self.folder = folder
        self.for_word = for_word
        self.told: dict[str, dict[str, str]] = {}
        # text -> citation -> (name in the document, quotes)
        self.cited: dict[str, dict[str, tuple[str, list[str]]]] = {}
        self.figures = self.tables = self.sections = 0

    def tree(self) -> bytes:
        """Return pandoc's tree of the document, in order."""
        text = "\n\n".join(self._pieces())
        tree = json.loads(_pandoc(text.encode(), _READER, "json", [], self.folder))
        blocks = self._captioned(tree["blocks"])
        blocks = self._walk(blocks)
        if self.for_word and not _is_brief(self.notebook):
            blocks = [*_contents(blocks), *blocks]
        tree["blocks"] = blocks + self._cited_words()
        tree["meta"] = {
            "title": _meta(self.report.title),
            "subtitle": _meta(self.report.scope),
            "lang": _meta("en"),
        }
        return json.dumps(tree).encode()

    def _pieces(self) -> Iterator[str]:
        """Yield the Markdown of each cell and output."""
        for number, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "markdown":
                # The title of the document stands in place of the notebook's.
                yield re.sub(r"\A\s*#\s[^\n]*\n*", "", cell.source) if number == 0 else cell.source
            for output in cell.get("outputs", ()):
                yield self._piece(output)

    def _piece(self, output: Any) -> str:
        data = output.get("data", {})
        if "text/markdown" in data:
            return "".join(data["text/markdown"])
        form = next((form for form in ("svg", "png") if _media_type(form) in data), None)
        if form:
            return self._image(output, form)
        text = (
            output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", ()))
        )
        text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", "".join(text)).rstrip("\n")
        return "\n".join(f"    {line}" for line in text.splitlines())

    def _image(self, output: Any, form: str) -> str:
        """Put a picture into the folder and return a reference to it."""
        content = "".join(output["data"][_media_type(form)])
        name = f"picture-{len(self.told) + 1}.{form}"
        if form == "svg":
            (self.folder / name).write_text(content, encoding="utf-8")
            if self.for_word:
                name = _dotted(self.folder / name)
        else:
            (self.folder / name).write_bytes(base64.b64decode(content))
        metadata = output.get("metadata", {})
        places = [p for p in (metadata.get(_media_type(form)), metadata) if isinstance(p, dict)]
        self.told[name] = {
            key: next((str(p[key]) for p in places if p.get(key)), "") for key in ("alt", "title")
        }
        return f"![picture]({name})"

    # --- the tree, put in order ---

    def _captioned(self, blocks: list[Any]) -> list[Any]:
        """Give each table the caption that stands in the paragraph after it."""
        found: list[Any] = []
        for block in blocks:
            is_caption = (
                block["t"] == "Para" and found and found[-1]["t"] == "Table"
                and block["c"][0] == _text(":")
            )  # fmt: skip
            if is_caption:
                self.tables += 1
                words = [_text(f"Table {self.tables}."), _SPACE, *block["c"][2:]]
                found[-1]["c"][1] = [None, [{"t": "Plain", "c": words}]]
            else:
                found.append(block)
        return found

    def _walk(self, value: Any) -> Any:
        """Return a part of the tree with everything in it put in order."""
        if isinstance(value, list):
            return [self._walk(part) for part in value]
        if not isinstance(value, dict) or "t" not in value:
            return value
        kind, content = value["t"], value.get("c")
        if kind == "Header":
            self.sections += 1
            name = [f"section-{self.sections}", [], []]
            return {"t": kind, "c": [max(1, content[0] - 1), name, self._walk(content[2])]}
        if kind == "Link":
            return self._link(self._walk(content[1]), *content[2])
        if kind == "Figure":
            return self._figure(content)
        if kind == "Image":
            # Only pictures that outputs brought along; anything else is its words.
            return {"t": "Span", "c": [_NO_ATTRIBUTES, self._walk(content[1])]}
        if kind == "RawInline":
            return _text(content[1])
        if kind == "RawBlock":
            return {"t": "Para", "c": [_text(content[1])]}
        if kind == "Table":
            content = _with_widths(content)
            if not self.for_word:
                content = _breakable(content)
        return {"t": kind, "c": self._walk(content)} if content is not None else value

    def _link(self, words: list[Any], address: str, title: str) -> dict[str, Any]:
        if _CITATION.match(address) and "#" in address:
            citation = _plain(words)
            source = citation.rpartition(", para. ")[0]
            places = self.cited.setdefault(source, {})
            number = sum(map(len, self.cited.values())) + 1
            name, quotes = places.setdefault(citation, (f"cited-{number}", []))
            quotes += [words for words in title.split(" … ") if words not in quotes]
            words = [_text(citation.replace("para. ", "para.\u00a0"))]
            return {"t": "Link", "c": [_NO_ATTRIBUTES, words, [f"#{name}", ""]]}
        if is_safe_link(address) and ":" in address:
            return {"t": "Link", "c": [_NO_ATTRIBUTES, words, [address, ""]]}
        return {"t": "Span", "c": [_NO_ATTRIBUTES, words]}

    def _figure(self, content: list[Any]) -> dict[str, Any]:
        name = next(_images(content), "")
        if name not in self.told:
            return {"t": "Para", "c": [_text(_plain(content[1]))]}
        self.figures += 1
        told = self.told[name]
        alt = told["title"] or told["alt"] or "Figure without a description"
        caption = f"Figure {self.figures}." + (f" {told['alt']}" if told["alt"] else "")
        if not self.for_word:
            typst = (
                f"#figure(image({_typst_string(name)}, alt: {_typst_string(alt)}, width: 100%), "
                f"caption: {_typst_string(caption)})"
            )
            return {"t": "RawBlock", "c": ["typst", typst]}
        # As wide as the words: Word would take it in its own size, which may not fit.
        size = ["", [], [["width", "100%"]]]
        image = {"t": "Image", "c": [size, [_text(alt)], [name, ""]]}
        words = [None, [{"t": "Plain", "c": [_text(caption)]}]]
        return {"t": "Figure", "c": [_NO_ATTRIBUTES, words, [{"t": "Plain", "c": [image]}]]}

    def _cited_words(self) -> list[Any]:
        """Return the list of sources: each with the words that the document cites."""
        if not self.cited:
            return []
        blocks = [_header(1, "Cited words", "cited-words")]
        references = _references(self.cited)
        for source, places in sorted(self.cited.items()):
            blocks.append({"t": "Para", "c": [_strong(references.get(source, source))]})
            items = [
                [{"t": "Plain", "c": _entry(citation, source, name, quotes)}]
                for citation, (name, quotes) in sorted(
                    places.items(), key=lambda place: _paragraph(place[0])
                )
            ]
            blocks.append({"t": "BulletList", "c": items})
        return blocks


def _is_brief(notebook: Any) -> bool:
    """Whether a notebook asks for small print without contents, as what fits two pages does."""
    return notebook.metadata.get("ctdata", {}).get("paper") == "brief"


_NO_ATTRIBUTES: list[Any] = ["", [], []]
_SPACE = {"t": "Space"}


def _dotted(drawing: Path) -> str:
    """Make a PNG picture of an SVG drawing, as wide as the words of a page; return its name."""
    import pypdfium2
    import typst

    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f"#image({_typst_string(drawing.name)}, width: {_WORD_WIDTH}in)"
    )
    # By way of PDF, as typst's own dots lose a row of the drawing here and there.
    document = pypdfium2.PdfDocument(typst.compile(page.encode(), root=drawing.parent))
    picture = drawing.with_suffix(".png")
    document[0].render(scale=_WORD_DOTS / 72).to_pil().save(picture)
    return picture.name


def _media_type(form: str) -> str:
    return {"svg": "image/svg+xml", "png": "image/png"}[form]


def _text(words: str) -> dict[str, Any]:
    return {"t": "Str", "c": words}


def _strong(words: str) -> dict[str, Any]:
    return {"t": "Strong", "c": [_text(words)]}


def _meta(words: str) -> dict[str, Any]:
    return {"t": "MetaInlines", "c": [_text(words)]}


def _header(level: int, words: str, name: str) -> dict[str, Any]:
    return {"t": "Header", "c": [level, [name, [], []], [_text(words)]]}


def _entry(citation: str, source: str, name: str, quotes: Iterable[str]) -> list[Any]:
    """Return a line of the list of cited words."""
    place = citation.removeprefix(f"{source}, ")
    # What is part of a longer quote from the same paragraph need not be printed twice.
    longest = [words for words in quotes if not any(words in other != words for other in quotes)]
    words = "; ".join(f"“{quote}”" for quote in longest)
    return [{"t": "Span", "c": [[name, [], []], [_text(f"{place}:")]]}, _SPACE, _text(words)]


def _paragraph(citation: str) -> tuple[int, str]:
    number = citation.rpartition(" ")[2]
    return (int(number) if number.isdigit() else 0, citation)


def _references(sources: Iterable[str]) -> dict[str, str]:
    """Return the full references of those texts that the corpus knows."""
    from ctdata.corpus import Corpus

    corpus = Corpus()
    known = set(corpus.load("sources")["source_id"])
    return {source: corpus.references([source]) for source in sources if source in known}


def _plain(value: Any) -> str:
    """Return the words of a part of the tree."""
    if isinstance(value, list):
        return "".join(map(_plain, value))
    if isinstance(value, dict):
        if value.get("t") in ("Space", "SoftBreak", "LineBreak"):
            return " "
        return value["c"] if value.get("t") == "Str" else _plain(value.get("c"))
    return ""


def _images(value: Any) -> Iterator[str]:
    """Yield the addresses of the images in a part of the tree."""
    if isinstance(value, list):
        for part in value:
            yield from _images(part)
    elif isinstance(value, dict):
        if value.get("t") == "Image":
            yield value["c"][2][0]
        else:
            yield from _images(value.get("c"))


def _with_widths(table: list[Any]) -> list[Any]:
    """Return a table whose columns share the line in the way that their words need it."""
    attributes, caption, columns, head, bodies, foot = table
    rows = [*head[1], *(row for body in bodies for row in body[3])]
    cells = [[_plain(cell[4]) for cell in row[1]] for row in rows]
    # First each column gets room for its longest word, then the rest goes to those with most.
    needs, wishes = [], []
    for column in zip(*cells, strict=False):
        head_word, *body_words = (max(map(len, cell.split()), default=1) for cell in column)
        # Room beyond the mean width of letters; a word may have many wide ones.
        need = max(min(head_word, _LONGEST_HEAD) + 3, min(max([1, *body_words]), _LONGEST_WORD) + 4)
        most = max(map(len, column), default=1)
        mean = sum(map(len, column)) / max(1, len(column))
        needs.append(need)
        wishes.append(max(0.0, min(most, 2 * mean + 8) + 4 - need))
    room = max(_LINE - sum(needs), 0)
    given = min(room / max(sum(wishes), 1), 1)
    widths = [need + wish * given for need, wish in zip(needs, wishes, strict=True)]
    whole = max(sum(widths), _LINE)
    aligned = [
        [column[0], {"t": "ColWidth", "c": round(width / whole, 4)}]
        for column, width in zip(columns, widths, strict=True)
    ]
    return [attributes, caption, aligned, head, bodies, foot]


def _breakable(value: Any) -> Any:
    """Return a part of the tree whose longest words may be broken, as typst breaks none itself."""
    if isinstance(value, list):
        return [_breakable(part) for part in value]
    if isinstance(value, dict) and value.get("t") == "Str" and len(value["c"]) > _LONGEST_WORD:
        return _text(re.sub(r"([^\W\d_]{10}|[\d_]{8}|[^\w\s])(?=\S)", "\\1\u200b", value["c"]))
    if isinstance(value, dict) and "c" in value:
        return value | {"c": _breakable(value["c"])}
    return value


def _contents(blocks: Iterable[Any]) -> list[Any]:
    """Return a list of the headings, each a link; Word would only draw one up when asked to."""
    items = [
        [{"t": "Plain", "c": [{"t": "Link", "c": [_NO_ATTRIBUTES, words, [f"#{name[0]}", ""]]}]}]
        for level, name, words in (block["c"] for block in blocks if block["t"] == "Header")
        if level == 1
    ]
    if not items:
        return []
    return [_header(1, "Contents", "contents"), {"t": "BulletList", "c": items}]


def _typst_string(words: str) -> str:
    """Write words as a string of typst's."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- Word ---------------------------------------------------------------------------------------


def _restyled(content: bytes) -> bytes:
    """Return a Word file in the collection's style, with page numbers and without times."""
    edits = {
        "word/styles.xml": _with_styles,
        "word/document.xml": _with_layout,
        "word/_rels/document.xml.rels": _with_footer_link,
        "[Content_Types].xml": _with_footer_type,
        "docProps/core.xml": _without_times,
    }
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist() if not name.endswith("/")}
    for name, edit in edits.items():
        parts[name] = edit(parts[name].decode()).encode()
    parts["word/footer1.xml"] = _word_part("footer.xml").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WORD_TIME), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _word_part(name: str) -> str:
    return (FOLDER / "templates" / "word" / name).read_text(encoding="utf-8").strip()


def _with_styles(xml: str) -> str:
    """Replace pandoc's styles by those of templates/word/styles.xml that have the same names."""
    for style in re.findall(r"<w:style .*?</w:style>", _word_part("styles.xml"), re.DOTALL):
        name = re.search(r'w:styleId="([^"]*)"', style)[1]
        old = re.search(rf'<w:style [^>]*w:styleId="{name}".*?</w:style>', xml, re.DOTALL)
        xml = xml.replace(old[0] if old else "</w:styles>", style + ("" if old else "</w:styles>"))
    return re.sub(r"<w:sz(Cs)? w:val=\"24\" />", r'<w:sz\1 w:val="21"/>', xml, count=2)


def _with_layout(xml: str) -> str:
    """Set the paper and its footer; keep the rows of tables whole and their words small."""

    def table(found: re.Match[str]) -> str:
        rows = found[0].replace("<w:trPr>", "<w:trPr><w:cantSplit/>")
        rows = rows.replace("<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")
        return rows.replace('<w:pStyle w:val="Compact" />', '<w:pStyle w:val="TableText"/>')

    xml = re.sub(r"<w:tbl>.*?</w:tbl>", table, xml, flags=re.DOTALL)
    start = xml.rindex("<w:sectPr")
    end = xml.index("</w:sectPr>", start)
    return xml[:start] + _word_part("section.xml") + xml[end + len("</w:sectPr>") :]


def _with_footer_link(xml: str) -> str:
    return xml.replace(
        "</Relationships>",
        '<Relationship Id="footer1" Target="footer1.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/footer"/></Relationships>',
    )


def _with_footer_type(xml: str) -> str:
    return xml.replace(
        "</Types>",
        '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.footer+xml"/></Types>',
    )


def _without_times(xml: str) -> str:
    return re.sub(r"<dcterms:(created|modified)\b.*?</dcterms:\1>", "", xml, flags=re.DOTALL)
