"""Take in a text: a plain text as it is, a page's main words, or the words of a PDF.

A page or PDF is stored with a blank line between its paragraphs, which is how
:mod:`ctdata.evidence` tells them apart. What a page says of itself (title, date, publisher) is
handed back for a person to confirm; none of it is written by itself.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import textwrap
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ctdata import journal
from ctdata.check import cell_faults
from ctdata.corpus import Corpus
from ctdata.evidence import fold, text_path

LIMIT = 20_000_000  # bytes
_NEW = "save what you want to add as a text in UTF-8 (.txt), a web page (.html) or a PDF"
# What the first bytes of files tell that are no text.
_BINARIES = {
    b"PK\x03\x04": "a Word, Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a packed file",
    b"{\\rtf": "an RTF file",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HTML_LANGUAGE = re.compile(r"<html[^>]*\slang\s*=\s*[\"']?([A-Za-z]{2})\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(page\s+)?[-–—\s]*\d{1,4}[-–—\s]*((/|of)\s*\d{1,4})?", re.IGNORECASE)
_LETTERS_OF_A_PAGE = 20  # a page of a scan has fewer, if any: stamps and page numbers
_LONGEST_ID = 80
_WIDTH = 99  # of lines in a text wrapped by hand


class IntakeError(ValueError):
    """A text cannot be taken in; the message says why and what to do. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The words of a file, and what it says of itself.

    ``found`` goes by column of the table ``sources``; it is for a person to confirm.
    """

    words: str
    found: Mapping[str, str] = field(default_factory=dict)


def read_limited(file: BinaryIO, limit: int = LIMIT) -> bytes:
    """Read a file that is not too long; of one that is, no more than the limit is read.

    Parameters
    ----------
    file : binary file
        What to read, such as standard input.
    limit : int, optional
        How many bytes it may have.

    Returns
    -------
    bytes

    Raises
    ------
    IntakeError
        There are more.
    """
    pieces, left = [], limit + 1
    while left and (piece := file.read(left)):
        pieces.append(piece)
        left -= len(piece)
    if not left:
        raise IntakeError(
            f"longer than {limit / 1e6:g} MB, which is more than any report; add its parts singly"
        )
    return b"".join(pieces)


def extract(content: bytes, suffix: str = "") -> Extract:
    """Take the words out of a file; what kind it is shows in its content and name.

    Parameters
    ----------
    content : bytes
        The file.
    suffix : str, optional
        How its name ends, such as ".html".

    Returns
    -------
    Extract

    Raises
    ------
    IntakeError
        It is no text, page or PDF, is empty or damaged, or is a scan.
    """
    if not content.strip():
        raise IntakeError(f"the file is empty; {_NEW}")
    if b"%PDF-" in content[:1024]:
        return Extract(_require_words(_pdf(content)))
    for start, kind in _BINARIES.items():
        if content.startswith(start):
            raise IntakeError(f"this is {kind}, not a text; {_NEW}")
    if suffix.lower() == ".pdf":
        raise IntakeError("the name says PDF, but the file is none; download it again")
    if suffix.lower() in (".html", ".htm", ".xhtml") or _HTML.match(content):
        return _html(_decode(content, _charset(content)))
    return Extract(_require_words(_decode(content, "utf-8-sig")))


def add(
    source_id: str, words: str, passport: Mapping[str, str], root: str | Path | None = None
) -> Path:
    """Write a text and its passport into a corpus: both, or neither.

    Parameters
    ----------
    source_id : str
        The short name that it shall have.
    words : str
        The text.
    passport : mapping of str to str
        By column of the table ``sources``: at least those that are required.
    root : path-like, optional
        Folder of another corpus.

    Returns
    -------
    Path
        Where the text lies now.

    Raises
    ------
    IntakeError
        The name is taken or is no short name, the passport lacks something or is wrong, or the
        corpus has a text with the same words. Nothing has changed.
    ctdata.CorpusError
        The corpus cannot be read.
    OSError
        Nothing can be written there; nothing has changed.
    """
    corpus = Corpus(root)
    content = words.encode()
    row = {name: fold(str(value or "")) for name, value in passport.items()}
    row |= {"source_id": source_id, "sha256": hashlib.sha256(content).hexdigest()}
    declared = corpus.schema["sources"]
    _require_passport(declared.columns, row)
    _require_words(words)
    with journal.locked(corpus.root):
        path = corpus.root / declared.path
        known = list(corpus.load("sources")["source_id"])
        place = text_path(corpus.root, source_id)
        if source_id in known or place.exists():
            raise IntakeError(
                f"--id: there is a text {source_id!r} already; choose another name, such as "
                f"{source_id}-2"
            )
        same = hashlib.sha256(fold(words).encode()).digest()
        for name in known:
            if hashlib.sha256(fold(corpus.text(name).verbatim).encode()).digest() == same:
                raise IntakeError(f"the text {name!r} has the same words; it need not be added")
        journal.commit(
            corpus.root,
            {
                place.relative_to(corpus.root).as_posix(): content,
                declared.path: _with_row(path, declared.column_names, row),
            },
        )
    return place


def _require_passport(columns: Sequence, row: Mapping[str, str]) -> None:
    problems = []
    for column in columns:
        value = row.get(column.name, "")
        name = option(column.name)
        if column.required and not value:
            known = f"; one of {', '.join(column.values)}" if column.values else ""
            problems.append(f"{name} is missing: {column.description.rstrip('.')}{known}")
        else:
            problems += [f"{name}: {message}" for message in cell_faults(column, value)]
    if len(row["source_id"]) > _LONGEST_ID:
        problems.append(f"--id: longer than {_LONGEST_ID} signs; choose a shorter one")
    if problems:
        raise IntakeError("\n".join(problems))


def option(column: str) -> str:
    """The option of the command by which a column of the passport is given.

    Parameters
    ----------
    column : str
        Name of the column.

    Returns
    -------
    str
        Such as ``--document-type``.
    """
    return "--id" if column == "source_id" else f"--{column.replace('_', '-')}"


def _with_row(path: Path, columns: Sequence[str], row: Mapping[str, str]) -> bytes:
    """A table with one row more, sorted by its first column."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file), row]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row[columns[0]]))
    return text.getvalue().encode()


def _require_words(words: str) -> str:
    if not any(letter.isalpha() for letter in words):
        raise IntakeError(f"there are no words in it; {_NEW}")
    return words


# Plain texts and pages ----------------------------------------------------------------------------


def _charset(content: bytes) -> str:
    """How a page says that it is encoded."""
    declared = _CHARSET.search(content[:4096])
    return declared[1].decode("ascii") if declared else "utf-8-sig"


def _decode(content: bytes, charset: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise IntakeError("the text is UTF-16; save it as UTF-8")
    if content.startswith(codecs.BOM_UTF8):
        charset = "utf-8-sig"
    if b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise IntakeError(f"line {line}: byte 0x00 stands here, so this is no text; {_NEW}")
    try:
        words = content.decode(charset)
    except LookupError:
        raise IntakeError(
            f"the page says that it is encoded as {charset!r}, which is unknown; save it as UTF-8"
        ) from None
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line, byte = content.count(b"\n", 0, at) + 1, content[at]
        name = charset.removesuffix("-sig").upper()
        raise IntakeError(
            f"line {line}: byte 0x{byte:02X} is not {name}; open the file in an editor with the "
            "encoding that it has and save it as UTF-8"
        ) from None
    if found := _CONTROL.search(words):
        line = words.count("\n", 0, found.start()) + 1
        sign = ord(found[0])
        raise IntakeError(
            f"line {line}: the control sign 0x{sign:02X} stands here, so this is no text; {_NEW}"
        )
    if "\ufffd" in words:
        line = words.count("\n", 0, words.index("\ufffd")) + 1
        raise IntakeError(
            f"line {line}: a sign is lost (U+FFFD), as after a wrong change of encoding; get the "
            "file anew, or put the sign in"
        )
    return words


def _html(page: str) -> Extract:
    import trafilatura

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            document = trafilatura.bare_extraction(
                page, include_comments=False, favor_recall=True, with_metadata=True
            )
        except (ValueError, RecursionError):
            document = None
    words = document.text if document is not None else ""
    if not words or not any(letter.isalpha() for letter in words):
        raise IntakeError(
            "no main text is found in the page; copy its words into a text file and add that"
        )
    paragraphs = [fold(line) for line in words.splitlines() if line.strip()]
    language = _HTML_LANGUAGE.search(page)
    found = {
        "title": document.title,
        "publisher": document.sitename or document.hostname,
        "issued": document.date,
        "url": document.url,
        "language": language[1].lower() if language else "",
    }
    return Extract(
        "\n\n".join(paragraphs) + "\n",
        {name: fold(value) for name, value in found.items() if value},
    )


# PDF ----------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise IntakeError("the PDF has a password; save a copy without one") from None
        raise IntakeError("the PDF is damaged; download it again") from None
    try:
        pages, size = [], 0
        for page in document:
            words = page.get_textpage().get_text_range()
            size += len(words)
            if size > LIMIT:
                raise IntakeError(f"more than {LIMIT / 1e6:g} million signs; add its parts singly")
            pages.append(_lines(words))
    except pypdfium2.PdfiumError:
        raise IntakeError(f"page {len(pages) + 1} of the PDF is damaged; get it anew") from None
    finally:
        document.close()
    letters = sum(letter.isalpha() for lines in pages for line in lines for letter in line)
    if letters < _LETTERS_OF_A_PAGE * len(pages):
        raise IntakeError(
            "the PDF has pictures of its pages and no text (a scan); run a text recognition over "
            "it, such as ocrmypdf, and add what that gives"
        )
    return _paragraphs([line for lines in _without_furniture(pages) for line in lines])


def _lines(words: str) -> list[str]:
    """The lines of a page; a word split at the end of a line keeps its hyphen there."""
    words = re.sub("[\ufffe\x02\u00ad](?:\r?\n)?", "-\n", words)
    words = _CONTROL.sub("", words.replace("\ufffd", "").replace("\r\n", "\n").replace("\r", "\n"))
    return [fold(line) for line in words.split("\n") if line.strip()]


def _without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Pages without page numbers and the lines that stand at the edge of most of them."""

    def key(line: str) -> str:
        return re.sub(r"\d+", "0", line)

    edges = Counter(key(line) for lines in pages for line in {*lines[:1], *lines[-1:]})
    often = {line for line, count in edges.items() if count > 1 and count > len(pages) / 2}

    def is_furniture(line: str) -> bool:
        return key(line) in often or _PAGE_NUMBER.fullmatch(line) is not None

    kept = []
    for lines in pages:
        lines = list(lines)
        while lines and is_furniture(lines[0]):
            lines.pop(0)
        while lines and is_furniture(lines[-1]):
            lines.pop()
        kept.append(lines)
    return kept


def _paragraphs(lines: list[str]) -> str:
    """Put lines together to paragraphs, wrapped as if by hand, with blank lines between them.

    A line ends a paragraph if the next line's first word would have fitted on it: by some margin
    behind the end of a sentence, by a wide one elsewhere (a heading). A word that is split at the
    end of a line stays split, since only its reader knows whether the hyphen is its own.
    """
    width = max(map(len, lines))
    paragraphs, pieces = [], [""]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        pieces[-1] = f"{pieces[-1]} {line}".strip()
        needed = len(line) + 1 + len(following.split(" ", 1)[0])
        closes = line.rstrip('"”’»)').endswith((".", "!", "?", ":"))
        if line.endswith("-"):
            pieces.append("")
        elif not following or needed <= (0.85 if closes else 0.7) * width:
            paragraphs.append("\n".join(map(_wrap, pieces)))
            pieces = [""]
    paragraphs.append("\n".join(map(_wrap, pieces)))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _wrap(words: str) -> str:
    return textwrap.fill(words, _WIDTH, break_on_hyphens=False, break_long_words=False)
