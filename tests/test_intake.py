"""Texts are taken in as text, page or PDF; what is none is refused, and nothing is changed."""

from __future__ import annotations

import hashlib
import io
import shutil

import pytest
import typst
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import ctdata
from ctdata.check import check
from ctdata.cli import main
from ctdata.evidence import Text
from ctdata.ingest import intake
from ctdata.ingest.intake import Extract, IntakeError, add, extract, read_limited

PASSPORT = {
    "--id": "tjk-2017",
    "--title": "Visit to Tajikistan",
    "--publisher": "Directorate",
    "--document-type": "press_release",
    "--issued": "2017-05",
    "--country": "TJK",
    "--language": "en",
    "--rights": "Free.",
}
WORDS = "The Directorate visited Tajikistan.\n\nOver 800 people left; “nobody” came back.\n"
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Visit to Tajikistan | Directorate</title>
<meta property="og:site_name" content="The Directorate">
<meta property="article:published_time" content="2017-05-08">
<link rel="canonical" href="https://example.org/tjk"></head>
<body><nav><a href="/">Home</a> <a href="/all">All the news</a></nav><main><article>
<h1>Visit to Tajikistan</h1>
<p>The Directorate visited <b>Tajikistan</b> from 3 to
5 May 2017, and it met the Ministry of Justice and the courts of the country.</p>
<p>Over 800 people left the country; “nobody” came back, as the Ministry told the visitors.</p>
<ul><li>The first thing that was recommended is a law on border control.</li></ul>
</article></main><footer>Contact us</footer><script>var x = "no words";</script></body></html>"""


def run(root, *arguments, input=None, **options):
    """Run `ctdata add` with a full passport, changed by options; None leaves one out."""
    given = PASSPORT | {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    command = ["add", *map(str, arguments), "--root", str(root)]
    for name, value in given.items():
        command += [name, value] if value is not None else []
    return CliRunner().invoke(main, command, input=input)


def state(root):
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def save(tmp_path):
    """Writes a file to add, outside the corpus."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def pdf(source):
    """A PDF made from typst markup."""
    return typst.compile(f"#set page(width: 12cm, height: 9cm)\n{source}".encode(), format="pdf")


# What goes well -----------------------------------------------------------------------------------


def test_a_text_and_its_passport_are_written_and_nothing_else(small_corpus, save):
    root = small_corpus.root
    before = state(root)
    result = run(root, save("visit.txt", WORDS), url="https://example.org", note="A note, too")
    assert result.exit_code == 0, result.output
    after = state(root)
    text, table = root / "texts" / "tjk-2017.txt", small_corpus.path("sources")
    assert {path for path in after if after[path] != before.get(path)} == {text, table}
    assert after[text] == WORDS.encode()
    assert after[table].startswith(before[table])
    row = ctdata.load_sources(root=root).set_index("source_id").loc["tjk-2017"]
    assert row["sha256"] == hashlib.sha256(WORDS.encode()).hexdigest()
    assert (row["country"], row["issued"], row["note"]) == ("TJK", "2017-05", "A note, too")
    assert check(root) == []


def test_the_other_rows_of_the_passports_stay_byte_for_byte(tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(ctdata.Corpus().root, root, ignore=shutil.ignore_patterns("drafts"))
    before = (root / "sources.csv").read_bytes().splitlines()
    passport = {k[2:].replace("-", "_"): v for k, v in PASSPORT.items() if k != "--id"}
    add("tjk-2017", WORDS, passport, root)
    after = (root / "sources.csv").read_bytes().splitlines()
    assert [line for line in after if not line.startswith(b"tjk-2017")] == before
    assert check(root) == []


def test_standard_input_is_taken_in_like_a_file(small_corpus):
    assert run(small_corpus.root, "-", input=WORDS.encode()).exit_code == 0
    assert ctdata.load_text("tjk-2017", root=small_corpus.root) == WORDS


def test_a_text_keeps_its_line_ends_and_loses_a_byte_order_mark():
    assert extract(b"\xef\xbb\xbfOne\r\ntwo\r\n").words == "One\r\ntwo\r\n"


@pytest.mark.parametrize("suffix", [".html", ""])
def test_of_a_page_the_main_words_are_taken(suffix):
    found = extract(PAGE.encode(), suffix)
    assert "from 3 to 5 May 2017" in found.words and "“nobody”" in found.words
    for word in ("Home", "Contact", "var x"):
        assert word not in found.words
    paragraphs = Text(found.words).passages
    assert len(paragraphs) == 4
    assert len(ctdata.suggest(found.words).dates) == 1


def test_a_page_is_read_in_the_encoding_that_it_names():
    page = PAGE.replace("utf-8", "windows-1252")
    assert "“nobody”" in extract(page.encode("windows-1252"), ".html").words


def test_what_a_page_says_of_itself_is_offered_and_not_believed(small_corpus, save):
    page = save("page.html", PAGE)
    before = state(small_corpus.root)
    left_out = dict.fromkeys(["title", "publisher", "issued", "rights"])
    result = run(small_corpus.root, page, **left_out)
    assert result.exit_code == 2 and state(small_corpus.root) == before
    for line in (
        "--title is missing",
        "--rights is missing",
        "--title 'Visit to Tajikistan'",
        "--publisher 'The Directorate'",
        "--issued 2017-05-08",
        "--url https://example.org/tjk",
    ):
        assert line in result.output
    assert "--language en" not in result.output  # it was given
    result = run(small_corpus.root, page, issued=None)
    assert result.exit_code == 0 and "--issued 2017-05-08" in result.output
    row = ctdata.load_sources(root=small_corpus.root).set_index("source_id").loc["tjk-2017"]
    assert row[["issued", "url"]].isna().all()


def test_of_a_pdf_the_paragraphs_are_taken_without_page_numbers_and_headers():
    source = """#set page(header: [Report of the Directorate], numbering: "1 / 1")
= The visit
#let lines = ("The Directorate visited Tajikistan in May 2017 and met the Ministry of Justice.",
  "It praised the courts of the country for their work on the financing of terrorism.") * 4
#for i in range(6) [ #lines.join(" ") Paragraph #i ends here.

]"""
    words = extract(pdf(source)).words
    assert words.count("visited Tajikistan") + words.count("visited\nTajikistan") == 24
    assert "Report of the" not in words and "/ 2" not in words
    text = Text(words)
    assert len(text.occurrences("courts of the country for their work")) == 24
    assert max(map(len, words.splitlines())) <= 100
    assert 6 <= len(text.passages) <= 9
    assert text.verbatim.startswith("The visit\n\n")


def test_a_word_split_at_the_end_of_a_line_of_a_pdf_is_found_whole():
    words = "extraordinarily incomprehensible administrative responsibilities notwithstanding "
    source = f'#set text(hyphenate: true, lang: "en")\n#set par(justify: true)\n{words * 6}'
    found = extract(pdf(source)).words
    assert "-\n" in found  # the test would be none without
    assert len(Text(found).occurrences("extraordinarily incomprehensible")) == 6


# What is refused ----------------------------------------------------------------------------------


def picture():
    file = io.BytesIO()
    Image.new("RGB", (40, 40), "gray").save(file, "PNG")
    return file.getvalue()


def scan():
    file = io.BytesIO()
    Image.new("RGB", (200, 300), "gray").save(file, "PDF")
    return file.getvalue()


BAD = {
    "an empty file": ("a.txt", b"", "the file is empty"),
    "blanks only": ("a.txt", b" \n\t\n", "the file is empty"),
    "no words": ("a.txt", b"123 -- 456\n", "there are no words in it"),
    "a scan": ("a.pdf", scan(), "no text (a scan); run a text recognition"),
    "a broken PDF": ("a.pdf", b"%PDF-1.7\nnothing", "the PDF is damaged"),
    "a PDF that is none": ("a.pdf", b"words", "the name says PDF, but the file is none"),
    "a picture": ("a.txt", picture(), "this is a picture, not a text"),
    "a Word file": ("a.docx", b"PK\x03\x04rest", "this is a Word, Excel or zip file"),
    "a binary": ("a.txt", b"words\n\x00\x01\x02", "line 2: byte 0x00 stands here"),
    "a control sign": ("a.txt", b"words\nand\x07more", "line 2: the control sign 0x07"),
    "Latin-1": ("a.txt", "caf\xe9\n".encode("latin-1"), "line 1: byte 0xE9 is not UTF-8"),
    "UTF-16": ("a.txt", "words".encode("utf-16"), "the text is UTF-16; save it as UTF-8"),
    "a lost sign": ("a.txt", "one\ntw\ufffd".encode(), "line 2: a sign is lost (U+FFFD)"),
    "a broken page": ("a.html", PAGE.encode("cp1252"), "is not UTF-8"),
    "an unknown charset": ("a.html", PAGE.replace("utf-8", "x-y").encode(), "'x-y', which is"),
    "an empty page": ("a.html", b"<html><body></body></html>", "no main text is found"),
    "the same words": ("a.txt", None, "the text 'rur-2016' has the same words"),
}  # fmt: skip


# What is piped in has no name that could be wrong.
@pytest.mark.parametrize(
    ("bad", "is_piped"),
    [(bad, False) for bad in BAD] + [(bad, True) for bad in BAD if bad != "a PDF that is none"],
)
def test_what_is_no_new_text_is_refused_and_nothing_changes(small_corpus, save, bad, is_piped):
    name, content, expected = BAD[bad]
    if content is None:
        same = (small_corpus.root / "texts" / "rur-2016.txt").read_text("utf-8")
        content = same.replace(" ", "\r\n ").encode()
    before = state(small_corpus.root)
    path = save(name, content)
    result = run(small_corpus.root, "-" if is_piped else path, input=content if is_piped else None)
    assert result.exit_code == 2, result.output
    assert expected in result.output
    assert is_piped or str(path) in result.output or bad == "the same words"
    assert state(small_corpus.root) == before
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"id": "rur-2016"}, "there is a text 'rur-2016' already"),
        ({"id": "Tajikistan 2017"}, "--id: 'Tajikistan 2017' does not have the form"),
        ({"id": "../evil"}, "--id: '../evil' does not have the form"),
        ({"id": "x" * 300}, "--id: longer than 80 signs"),
        ({"title": None}, "--title is missing"),
        ({"title": "  "}, "--title is missing"),
        ({"document_type": "memo"}, "--document-type: unknown value 'memo'"),
        ({"document_type": None}, "one of press_release"),
        ({"issued": "May 2017"}, "--issued: "),
        ({"country": "Tajikistan"}, "--country: 'Tajikistan' does not have the form"),
        ({"language": "English"}, "--language: 'English' does not have the form"),
        ({"url": "example.org"}, "--url: 'example.org' does not have the form"),
    ],
)
def test_a_wrong_passport_is_refused_and_nothing_changes(small_corpus, save, options, expected):
    before = state(small_corpus.root)
    result = run(small_corpus.root, save("visit.txt", WORDS), **options)
    assert result.exit_code == 2 and expected in result.output, result.output
    assert state(small_corpus.root) == before


def test_a_folder_and_a_file_that_is_not_there_are_refused(small_corpus, tmp_path):
    assert "this is a folder" in run(small_corpus.root, tmp_path).output
    missing = run(small_corpus.root, tmp_path / "no.txt")
    assert missing.exit_code == 2 and "does not exist" in missing.output


def test_a_text_without_a_passport_is_not_written_over(small_corpus, save):
    small_corpus.write_text("tjk-2017", "Other words.\n")
    before = state(small_corpus.root)
    result = run(small_corpus.root, save("visit.txt", WORDS))
    assert result.exit_code == 2 and "there is a text 'tjk-2017' already" in result.output
    assert state(small_corpus.root) == before


class Endless(io.RawIOBase):
    """A stream that never ends and counts what is read of it."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:] = b"a" * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


def test_of_a_stream_that_is_too_long_only_the_limit_is_read():
    endless = Endless()
    with pytest.raises(IntakeError, match="longer than 20 MB"):
        read_limited(endless)
    assert endless.taken == intake.LIMIT + 1


def test_a_file_that_is_too_long_is_refused(small_corpus, tmp_path):
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    result = run(small_corpus.root, path)
    assert result.exit_code == 2 and "longer than 20 MB" in result.output


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_what_is_not_too_long_is_read_whole(size):
    assert read_limited(io.BytesIO(b"x" * size), limit=1000) == b"x" * size


def test_a_full_disk_leaves_neither_text_nor_passport(small_corpus, save, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    before = state(small_corpus.root)
    monkeypatch.setattr("os.fsync", full)
    result = run(small_corpus.root, save("visit.txt", WORDS))
    assert result.exit_code == 2 and "No space left on device" in result.output
    assert state(small_corpus.root) == before


@given(st.binary(max_size=300), st.sampled_from(["", ".txt", ".html", ".pdf"]))
def test_any_bytes_are_words_or_are_refused(content, suffix):
    try:
        found = extract(content, suffix)
    except IntakeError as error:
        assert str(error)
    else:
        assert isinstance(found, Extract)
        assert any(letter.isalpha() for letter in found.words)
        assert "\x00" not in found.words


@given(st.text(min_size=1, max_size=300))
def test_a_text_is_taken_as_it_is(words):
    try:
        found = extract(words.encode("utf-8", "ignore"), ".txt").words
    except IntakeError:
        return
    if not found.lstrip().startswith("<"):
        assert found == words.encode("utf-8", "ignore").decode("utf-8-sig")
