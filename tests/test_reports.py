"""Reports: the batch file is checked before anything runs, and what is written is whole and safe.

The notebooks here are the small ones of tests/fixtures/reports, so that nothing depends on the
collection's own. Kernels start in module-wide fixtures only, as each start costs a second.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from ctdata.cli import main
from ctdata.reports import engine, plan, render, run, site
from ctdata.reports.refresh import find_notebooks

FIXTURES = Path(__file__).parent / "fixtures" / "reports"
HOSTILE_TITLE = "<script>alert('title')</script> & {{ 7 * 7 }}"
BATCH = f"""
reports:
  - name: good
    notebook: good
    title: "{HOSTILE_TITLE}"
    parameters: {{label: "</title><b>bold", count: 3}}
  - {{name: notebook only, notebook: good, formats: []}}
  - {{name: raises, notebook: raises, parameters: {{label: "<i>it</i>"}}}}
  - {{name: outside, notebook: outside}}
  - {{name: hostile, notebook: hostile}}
"""


def make_project(folder: Path, batch: str) -> Path:
    """Lay out notebooks/ and reports/batch.yaml as in a repository; return the batch file."""
    shutil.copytree(FIXTURES, folder / "notebooks", dirs_exist_ok=True)
    path = folder / "reports" / "batch.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(batch, encoding="utf-8")
    return path


def invoke(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def refused(tmp_path):
    """Run a batch that must be refused; return the problems printed."""

    def refuse(batch: str | bytes, *names: str) -> list[str]:
        path = make_project(tmp_path, "")
        path.write_bytes(batch if isinstance(batch, bytes) else batch.encode())
        output = tmp_path / "site"
        result = invoke("report", *names, "--batch", path, "--output", output)
        assert result.exit_code == 2, result.output
        assert not output.exists(), "something was written although the plan is wrong"
        assert [item.name for item in path.parent.iterdir()] == ["batch.yaml"]
        return result.stderr.splitlines()

    return refuse


@pytest.fixture
def planned(tmp_path):
    """Plan a batch that is right; return its reports."""
    return lambda batch: plan.make_plan(make_project(tmp_path, batch)).reports


def only(problems: list[str]) -> str:
    assert len(problems) == 1, problems
    return problems[0]


# --- what is refused before anything runs -------------------------------------------------------


def test_an_unknown_report_is_refused_with_the_nearest_name(refused):
    problem = only(refused("- {name: brief, notebook: good}", "breif"))
    assert "unknown report 'breif'" in problem and "did you mean 'brief'" in problem


def test_an_unknown_notebook_is_refused_with_the_known_ones(refused):
    problem = only(refused("- {name: a, notebook: goood}"))
    assert "unknown notebook 'goood'" in problem and "did you mean 'good'" in problem
    assert "hostile" in problem


def test_a_notebook_path_that_leads_nowhere_is_refused(refused):
    assert "there is no file" in only(refused("- {name: a, notebook: ../elsewhere/good.ipynb}"))


def test_an_unknown_parameter_is_refused_with_its_line_and_the_known_ones(refused):
    batch = "reports:\n- name: a\n  notebook: good\n  parameters:\n    lable: x\n"
    problem = only(refused(batch))
    assert "batch.yaml:5: a: unknown parameter 'lable'" in problem
    assert "did you mean 'label'" in problem and "count" in problem


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("NO", 'quote it: "NO"'),
        ("2010", 'quote it: "2010"'),
        ("2010-05-01", 'quote it: "2010-05-01"'),
        ("2024_01", 'quote it: "2024_01"'),
        ("", 'write ""'),
        ("[KAZ]", "must be text"),
    ],
)
def test_a_text_that_yaml_reads_as_something_else_is_refused_with_advice(refused, value, advice):
    problem = only(refused(f"- {{name: a, notebook: good, parameters: {{label: {value}}}}}"))
    assert "parameter 'label'" in problem and advice in problem


@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [
        ("count: '1'", "a whole number"),
        ("count: 1.5", "a whole number"),
        ("count: true", "a whole number"),
        ("share: x", "a number"),
        ("loud: 1", "true or false"),
        ("levels: x", "a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(refused, parameter, wanted):
    problem = only(refused(f"- {{name: a, notebook: good, parameters: {{{parameter}}}}}"))
    assert f"the notebook wants {wanted}" in problem


@pytest.mark.parametrize("parameter", ["free: 2010-05-01", "levels: [2010-05-01]"])
def test_a_value_that_json_cannot_carry_is_refused(refused, parameter):
    assert "parameter" in only(
        refused(f"- {{name: a, notebook: good, parameters: {{{parameter}}}}}")
    )


def test_a_value_in_a_matrix_is_checked_too(refused):
    problem = only(refused("- {name: 'a-{label}', notebook: good, matrix: {label: [x, NO]}}"))
    assert "a-NO" in problem and 'quote it: "NO"' in problem


def test_a_notebook_without_parameters_cell_is_refused(refused):
    assert "no parameters cell" in only(refused("- {name: a, notebook: bare}"))


def test_a_file_that_is_no_notebook_is_refused(refused, tmp_path):
    make_project(tmp_path, "")
    (tmp_path / "notebooks" / "broken.ipynb").write_text("{")
    assert "not a notebook" in only(refused("- {name: a, notebook: broken}"))


@pytest.mark.parametrize(
    ("parameter", "known"),
    [
        ("country: KAS", "KAZ"),
        ("sources: gov-kaz-2012", "gov-kaz-2011"),
        ("since: the nineties", "since"),
        ("until: 2010-13", "until"),
    ],
)
def test_an_unknown_scope_is_refused_with_what_is_known(refused, parameter, known):
    problem = only(refused(f"- {{name: a, notebook: scoped, parameters: {{{parameter}}}}}"))
    assert parameter.split(": ")[1] in problem and known in problem


def test_a_doubled_name_is_refused(refused):
    batch = "- {name: a, notebook: good}\n- {name: a, notebook: good}"
    assert "stands twice" in only(refused(batch))


def test_names_that_differ_in_case_only_are_refused(refused):
    batch = "- {name: Brief, notebook: good}\n- {name: brief, notebook: good}"
    assert "only in case" in only(refused(batch))


def test_a_matrix_whose_key_is_not_in_the_name_is_refused_as_doubled(refused):
    assert "stands twice" in only(refused("- {name: a, notebook: good, matrix: {label: [x, y]}}"))


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a\\b", "", " ", ".hidden", "-x", "x ", "a" * 121, "a:b", "con", "index",
     "a\tb", "x.failed", "\u202ea", "<b>", "я" * 125],
)  # fmt: skip
def test_a_name_that_is_no_safe_file_name_is_refused(refused, name):
    assert "name" in only(refused(f"- {{name: {json.dumps(name)}, notebook: good}}"))


@pytest.mark.parametrize("name", ["brief-KAZ", "Обзор 2017", "a.b (2)", "a" * 120, "я" * 115])
def test_a_readable_name_is_allowed(name):
    assert plan.name_problem(name) == ""


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("reports:\n  - name: a\n   notebook: b\n", "batch.yaml:3: bad YAML"),
        ("reports: [\n", "bad YAML"),
        ("- {name: a, name: b, notebook: good}", "the key 'name' stands twice"),
        ("- {NO: a}", "a key must be text"),
        ("- name: &a [*a]", "bad YAML"),
        ("- name: \x07", "bad YAML"),
        (b"- name: \xff", "not UTF-8"),
        ("", "lists no reports"),
        ("reports: {}", "lists no reports"),
        ("just words", "lists no reports"),
        ("- just words", "report 1 is not a mapping"),
        ("- {notebook: good}", "has no name"),
        ("- {name: 2017, notebook: good}", 'quote it: "2017"'),
        ("- {name: a}", "names no notebook"),
        ("- {name: a, notebook: good, titel: x}", "did you mean 'title'"),
        ("- {name: a, notebook: good, title: [x]}", "title must be text"),
        ("- {name: a, notebook: good, formats: html}", "formats must be a list"),
        ("- {name: a, notebook: good, formats: [htm]}", "did you mean 'html'"),
        ("- {name: a, notebook: good, parameters: [x]}", "parameters must be a mapping"),
        ("- {name: a, notebook: good, matrix: [x]}", "matrix must be a mapping"),
        ("- {name: 'a{label}', notebook: good, matrix: {label: x}}", "must be a list of values"),
        ("- {name: 'a{label}', notebook: good, matrix: {label: []}}", "must be a list of values"),
        ("- {name: 'a-{x}', notebook: good}", "the matrix has no 'x'"),
        (
            "- {name: 'a{label}', notebook: good, parameters: {label: x}, matrix: {label: [y]}}",
            "both in parameters and in matrix",
        ),
    ],
)
def test_a_batch_file_that_is_written_wrongly_is_refused(refused, batch, message):
    assert message in only(refused(batch))


def test_an_unknown_key_beside_the_reports_is_refused(refused):
    problems = refused("reports: [{name: a, notebook: good}]\nreprots: []\n")
    assert "batch.yaml:2: unknown key 'reprots'" in only(problems)


def test_a_missing_batch_file_is_refused(tmp_path):
    result = invoke("report", "--batch", tmp_path / "none.yaml")
    assert result.exit_code == 2 and "cannot be read" in result.stderr


def test_a_folder_without_batch_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("report")
    assert result.exit_code == 2 and "--batch" in result.stderr


def test_a_corpus_that_is_not_there_is_refused(refused, monkeypatch, tmp_path):
    monkeypatch.setenv("CTDATA_SOURCES", str(tmp_path / "nowhere"))
    assert "nowhere" in only(refused("- {name: a, notebook: scoped}"))


def test_all_problems_are_told_at_once(refused):
    batch = """
- {name: a/b, notebook: goood, formats: [pfd]}
- {name: c, notebook: good, parameters: {lable: x, count: many}}
- {name: d, notebook: scoped, parameters: {country: KAS, since: 2010, until: never}}
"""
    problems = refused(batch, "unheard-of")
    expected = ["safe file name", "'pfd'", "'goood'", "'lable'", "'count'", "2010", "KAS", "never",
                "unheard-of"]  # fmt: skip
    assert len(problems) == len(expected)
    assert all(word in problem for word, problem in zip(expected, problems, strict=True))


# --- what a batch says --------------------------------------------------------------------------


def test_a_matrix_makes_a_report_of_each_combination(planned):
    reports = planned("""
- name: "{label}-{count}"
  title: "Of {label} {other}"
  notebook: good
  parameters: {share: 1}
  matrix: {label: ["NO", KGZ], count: [1, 2]}
""")
    assert [report.name for report in reports] == ["NO-1", "NO-2", "KGZ-1", "KGZ-2"]
    assert reports[0].parameters == {"share": 1, "label": "NO", "count": 1}
    assert reports[2].title == "Of KGZ {other}"


def test_a_list_may_stand_alone_and_defaults_hold(planned):
    (report,) = planned("- {name: a, notebook: good.ipynb}")
    assert report.title == "A good report"
    assert report.formats == ("html",) and report.parameters == {}
    assert report.scope == "" and report.sources is None


def test_a_notebook_may_be_given_as_a_path_even_with_braces(tmp_path):
    batch = make_project(tmp_path, "- {name: a, notebook: '../{odd}/good.ipynb'}")
    shutil.copytree(FIXTURES, tmp_path / "{odd}")
    (report,) = plan.make_plan(batch).reports
    assert report.notebook == (tmp_path / "{odd}" / "good.ipynb").resolve()


def test_the_scope_is_said_in_words_and_its_sources_are_known(planned):
    everything, one = planned("""
- {name: a, notebook: scoped}
- {name: b, notebook: scoped, parameters: {since: "2010", sources: gov-kaz-2011}}
""")
    assert "all countries" in everything.scope.lower() and "2010" in one.scope
    assert set(one.sources) == {"gov-kaz-2011"} < set(everything.sources)


def test_names_choose_reports_in_the_order_of_the_batch(tmp_path):
    batch = make_project(tmp_path, "".join(f"- {{name: {n}, notebook: good}}\n" for n in "abc"))
    made = plan.make_plan(batch, ["c", "a"])
    assert [report.name for report in made.chosen] == ["a", "c"]
    assert [report.name for report in made.reports] == ["a", "b", "c"]


def test_the_batch_file_of_the_repository_is_found_from_a_folder_inside_it(tmp_path):
    batch = make_project(tmp_path, BATCH)
    assert plan.find_batch(tmp_path / "notebooks" / "deep") == batch


# --- what is written ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """Run the whole batch; return the folder and click's result."""
    folder = tmp_path_factory.mktemp("project")
    batch = make_project(folder, BATCH)
    # An older version of the report that is going to fail.
    (batch.parent / "raises.html").write_text("older page")
    return folder, invoke("report", "--batch", batch)


@pytest.fixture(scope="module")
def pages(first_run):
    return {path.stem: path.read_text() for path in (first_run[0] / "reports").glob("*.html")}


@pytest.fixture(scope="module")
def manifest(first_run):
    return json.loads((first_run[0] / "reports" / "manifest.json").read_text())


def test_a_failure_does_not_stop_the_others_and_makes_the_status_1(first_run):
    folder, result = first_run
    assert result.exit_code == 1
    assert "made 3 of 5" in result.stdout
    assert "failed: raises: cell 4: ValueError: <b><i>it</i></b> does not exist" in result.stderr
    assert (folder / "reports" / "hostile.html").is_file()


def test_no_half_written_file_is_left(first_run):
    folder, _ = first_run
    names = {path.name for path in (folder / "reports").iterdir()} - {".ctdata"}
    assert names == {
        "batch.yaml", "index.html", "manifest.json", "assets", "pictures", "sources",
        "good.ipynb", "good.html", "notebook only.ipynb", "hostile.ipynb", "hostile.html",
        "raises.failed.ipynb", "raises.html",
    }  # fmt: skip
    assert not list((folder / "reports").rglob(".ctdata-*"))


def test_a_failed_report_leaves_its_older_version_and_says_so(first_run, pages, manifest):
    assert pages["raises"] == "older page"
    (entry,) = [entry for entry in manifest["reports"] if entry["name"] == "raises"]
    assert entry["status"] == "failed" and entry["files"] == ["raises.html"]
    assert "ValueError" in entry["traceback"] and "\x1b" not in entry["traceback"]
    assert "earlier run" in pages["index"] and 'href="raises.html"' in pages["index"]


def test_a_failed_notebook_is_kept_as_far_as_it_came(first_run):
    notebook = nbformat.read(first_run[0] / "reports" / "raises.failed.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output.output_type for output in outputs] == ["stream", "error"]
    assert "papermill" not in json.dumps(notebook.metadata)


def test_parameters_reach_the_notebook(first_run):
    text = (first_run[0] / "reports" / "good.ipynb").read_text()
    assert "label: '</title><b>bold'" in text and "count: 3" in text


def test_no_formats_give_the_executed_notebook_alone(first_run, pages):
    notebook = nbformat.read(first_run[0] / "reports" / "notebook only.ipynb", as_version=4)
    assert "label: 'none'" in notebook.cells[2].outputs[0].text
    assert "notebook only" not in pages
    assert 'href="notebook%20only.ipynb"' in pages["index"]


def test_two_runs_give_the_same_bytes_but_for_the_durations(first_run, tmp_path):
    folder, _ = first_run
    output = tmp_path / "again"
    result = invoke("report", "--batch", folder / "reports" / "batch.yaml", "--output", output,
                    "good", "hostile")  # fmt: skip
    assert result.exit_code == 0, result.output
    names = ["good.ipynb", "good.html", "hostile.ipynb", "hostile.html", "assets/ctdata.css"]
    for name in names:
        assert (output / name).read_bytes() == (folder / "reports" / name).read_bytes(), name
    first, again = (
        json.loads((place / "manifest.json").read_text()) for place in (folder / "reports", output)
    )
    kept = ("good", "hostile")
    for made in (first, again):
        made["reports"] = [entry for entry in made["reports"] if entry["name"] in kept]
        assert all(entry.pop("seconds") > 0 for entry in made["reports"])
        assert all(entry.pop("made_at") for entry in made["reports"])
    assert first == again


def fetched(text: str) -> list[str]:
    """List addresses that a browser would fetch, read by patterns and not by the code's parser."""
    found = re.findall(r"""\bsrc(?:set)?\s*=\s*["']?([^"'\s>]+)""", text)
    found += re.findall(r"""<link\b[^>]*\bhref\s*=\s*["']?([^"'\s>]+)""", text)
    found += re.findall(r"""url\(\s*["']?([^"')]+)""", text)
    return found + re.findall(r"""@import\s+["']([^"']+)""", text)


def test_pages_load_nothing_but_what_lies_beside_them(first_run, pages):
    site = first_run[0] / "reports"
    assert not fetched((site / "assets" / "ctdata.css").read_text())
    for name in ("index", "good", "hostile"):
        addresses = fetched(re.sub(r"<pre.*?</pre>", "", pages[name], flags=re.DOTALL))
        assert "assets/ctdata.css" in addresses
        beside = [address for address in addresses if not address.startswith("data:")]
        assert all((site / address).is_file() for address in beside), name
        assert not re.search(r"<script(?![^>]* src=)[^>]*>", pages[name]), name


def test_an_output_that_would_load_from_outside_fails_its_report(first_run):
    folder, result = first_run
    assert "failed: outside: RenderError: the page would load https://example.org" in result.stderr
    assert not (folder / "reports" / "outside.html").exists()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="//host/x.png">',
        '<img src="http&#58;//host/x.png">',
        '<img srcset="assets/a.png 1x, https://host/x.png 2x">',
        '<link rel="stylesheet" href="https://host/x.css">',
        '<p style="background: url(https://host/x.png)">',
        "<style>@import 'https://host/x.css';</style>",
        "<style>p { background: url('//host/x.png') }</style>",
        '<svg><image href="https://host/x.png"/></svg>',
        '<svg><use xlink:href="https://host/x.svg#a"/></svg>',
        '<svg><path fill="url(https://host/x.svg#a)"/></svg>',
        '<video poster="https://host/x.png"></video>',
        '<img src="\\\\host\\x.png">',
        '<iframe src="java\nscript:alert(1)"></iframe>',
        '<img src="picture.png">',
        '<img src="assets/../../picture.png">',
    ],
)
def test_what_loads_from_outside_is_found(markup):
    assert len(render.fetched_from_outside(f"<body>{markup}</body>")) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://host/">words</a>',
        '<img src="data:image/png;base64,AA==">',
        '<img src="assets/picture.png">',
        '<svg><path clip-path="url(#a)"/></svg>',
        "<pre>&lt;img src=https://host/x.png&gt;</pre>",
    ],
)
def test_what_stays_inside_is_not_reported(markup):
    assert render.fetched_from_outside(f"<body>{markup}</body>") == []


def test_titles_and_parameters_are_escaped(pages):
    for name in ("index", "good"):
        assert "&lt;script&gt;alert('title')&lt;/script&gt; &amp; {{ 7 * 7 }}" in pages[
            name
        ].replace("&#39;", "'")
        assert "&lt;/title&gt;&lt;b&gt;bold" in pages[name]
        assert "<b>bold" not in pages[name]
    assert "&lt;b&gt;&lt;i&gt;it&lt;/i&gt;&lt;/b&gt; does not exist" in pages["index"]
    assert "<i>it" not in pages["index"]


def test_text_outputs_are_escaped_and_scripts_left_out(pages):
    page = pages["hostile"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=alert(2)&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "alert(4)" not in re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "<script>" not in page


def test_a_page_has_title_scope_language_and_way_back_with_the_code_folded(pages):
    page = pages["good"]
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert 'href="index.html"' in page
    assert "count: 3" in page
    assert "A good report" not in page, "the notebook's heading stands beside the report's title"
    assert "Which value comes out?" in page
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "IPython" in page and "IPython" not in shown
    assert "<details open" not in page


def test_figures_keep_their_alt_text_and_prefer_svg(pages):
    page = pages["good"]
    assert re.search(r"""<svg[^>]*aria-label="A wide &quot;black&quot; bar""", page)
    assert 'alt="One dot"' in page and 'aria-label="A drawn bar"' in page
    assert page.count("data:image/png") == 1


def test_a_page_is_small(first_run):
    pages = list((first_run[0] / "reports").glob("[a-h]*.html"))
    assert pages and all(page.stat().st_size < 20_000 for page in pages)


def test_the_index_tells_what_there_is(pages, first_run):
    index = pages["index"]
    for name in ("good.html", "good.ipynb", "hostile.html", "manifest.json"):
        assert f'href="{name}"' in index
    assert "2 of 5 reports failed" in index


def test_the_manifest_has_parameters_versions_and_hashes(manifest):
    assert [entry["name"] for entry in manifest["reports"]][:2] == ["good", "notebook only"]
    assert manifest["reports"][0]["parameters"]["count"] == 3
    assert {"python", "ctdata", "papermill", "pandas"} <= set(manifest["versions"])
    texts = {name for name in manifest["data"] if name.startswith("texts/")}
    assert texts and "datapackage.json" in manifest["data"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in manifest["data"].values())


def test_executed_notebooks_hold_no_times_paths_or_random_ids(first_run):
    folder, _ = first_run
    for path in (folder / "reports").glob("*.ipynb"):
        notebook = json.loads(path.read_text())
        assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
        assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
        assert all(cell["id"].startswith(("cell-", "injected-")) for cell in notebook["cells"])
        assert str(folder) not in path.read_text()


# --- the site, without kernels ------------------------------------------------------------------


def a_report(name: str, **facts) -> plan.Report:
    return plan.Report(name=name, title=name, notebook=Path("a.ipynb"), **facts)


def entries(output: Path) -> dict[str, dict]:
    manifest = json.loads((output / "manifest.json").read_text())
    return {entry["name"]: entry for entry in manifest["reports"]}


def test_reports_that_are_not_run_again_keep_their_entry(tmp_path):
    reports = [a_report("a", formats=()), a_report("b", formats=())]
    (tmp_path / "a.ipynb").touch()
    site.write_site(reports, [run.Outcome(reports[0], 1.5)], tmp_path, tmp_path)
    assert entries(tmp_path)["b"]["status"] == "not made"
    assert "Not made yet" in (tmp_path / "index.html").read_text()
    (tmp_path / "b.ipynb").touch()
    site.write_site(reports, [run.Outcome(reports[1], 2.5)], tmp_path, tmp_path)
    assert entries(tmp_path)["a"]["seconds"] == 1.5
    assert entries(tmp_path)["b"]["seconds"] == 2.5


def test_the_index_marks_reports_made_from_earlier_data(tmp_path):
    sources, output = tmp_path / "sources", tmp_path / "site"
    sources.mkdir()
    output.mkdir()
    (sources / "figures.csv").write_text("low\n800\n")
    reports = [a_report("a", formats=()), a_report("b", formats=())]
    for report in reports:
        (output / f"{report.name}.ipynb").touch()
    site.write_site(reports, [run.Outcome(report, 1) for report in reports], output, sources)
    assert "earlier data" not in (output / "index.html").read_text()
    (sources / "figures.csv").write_text("low\n801\n")
    site.write_site(reports, [run.Outcome(reports[1], 1)], output, sources)
    assert (output / "index.html").read_text().count("earlier data") == 1


@pytest.mark.parametrize("damaged", ["", '{"reports": [', '{"reports": 7}', "[]"])
def test_a_damaged_manifest_is_made_anew(tmp_path, damaged):
    (tmp_path / "manifest.json").write_text(damaged)
    site.write_site([a_report("a")], [], tmp_path, tmp_path)
    assert entries(tmp_path)["a"]["status"] == "not made"


def test_a_file_that_cannot_be_written_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("older")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        run.write_whole(path, "newer")
    assert path.read_text() == "older" and list(tmp_path.iterdir()) == [path]


def test_cells_of_an_older_format_get_ids_by_their_place(tmp_path):
    notebook = nbformat.read(FIXTURES / "good.ipynb", as_version=4)
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4
    old = json.dumps(notebook)
    texts = [run.notebook_text(engine.load(old)) for _ in range(2)]
    assert texts[0] == texts[1] and '"id": "cell-1"' in texts[0]


def test_a_picture_beside_the_notebook_is_put_into_the_page(tmp_path):
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("![a dot](dot.svg)")]
    report = plan.Report(name="a", title="a", notebook=tmp_path / "a.ipynb")
    page = render.render_page(report, notebook)
    assert "data:image/svg+xml;base64," in page and 'alt="a dot"' in page


# --- interruption and refresh -------------------------------------------------------------------


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.slow
def test_an_interruption_ends_with_130_and_leaves_no_kernel(tmp_path):
    started = tmp_path / "started"
    batch = make_project(
        tmp_path,
        f"- {{name: a, notebook: slow, parameters: {{started: {json.dumps(str(started))}}}}}",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "ctdata.cli", "report", "--batch", str(batch)],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: started.exists() and started.read_text(), seconds=30)
        os.killpg(process.pid, signal.SIGINT)
        _, messages = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in messages
    wait_until(lambda: not is_running(int(started.read_text())), seconds=10)
    assert not (batch.parent / "a.ipynb").exists()


def wait_until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_refreshing_twice_changes_nothing_and_a_failure_leaves_the_file(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("raises", "bare"):
        shutil.copy(FIXTURES / f"{name}.ipynb", folder)
    before = (folder / "raises.ipynb").read_bytes()
    monkeypatch.chdir(folder)
    first = invoke("refresh")
    assert first.exit_code == 1
    assert "changed: bare" in first.stdout and "failed: raises: cell" in first.stderr
    assert (folder / "raises.ipynb").read_bytes() == before
    refreshed = (folder / "bare.ipynb").read_bytes()
    assert b'"none\\n"' in refreshed
    second = invoke("refresh", "bare")
    assert second.exit_code == 0 and "unchanged: bare" in second.stdout
    assert (folder / "bare.ipynb").read_bytes() == refreshed


def test_an_unknown_notebook_is_not_refreshed(tmp_path):
    shutil.copytree(FIXTURES, tmp_path / "notebooks")
    with pytest.raises(plan.PlanError, match="did you mean 'good'"):
        find_notebooks(tmp_path, ["goood"])
