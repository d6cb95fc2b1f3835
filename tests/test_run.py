"""Batches: only what changed is made, side by side, and nothing is lost when something breaks."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_corpus import TEXT, SmallCorpus

from ctdata import coverage
from ctdata.cli import main
from ctdata.kernels.client import KERNELS, can_fork, own_server
from ctdata.reports import batch as batches
from ctdata.reports import cache, recipes, run, workers
from ctdata.reports.plan import Report

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
on_linux = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")
# Breaking things for real takes minutes: `make test-slow` runs these, and so does CI.
pytestmark = pytest.mark.slow


class Project:
    """A folder with notebooks/ and reports/, as in a repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "site"
        self.batch = root / "reports" / "batch.yaml"
        for folder in ("notebooks", "reports"):
            (root / folder).mkdir(exist_ok=True)

    def notebook(self, name: str, *cells: str, parameters: str = 'label = ""') -> None:
        """Write a notebook; its cells are code."""
        first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
        rest = [new_code_cell(cell) for cell in cells]
        notebook = new_notebook(cells=[new_markdown_cell(f"# {name}"), first, *rest])
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"
        nbformat.write(notebook, self.root / "notebooks" / f"{name}.ipynb")

    def reports(self, **notebooks: str) -> None:
        """Write a batch file: name of a report to the notebook, and what else the entry says."""
        entries = [f"- {{name: {n}, notebook: {rest}}}\n" for n, rest in notebooks.items()]
        self.batch.write_text("".join(entries))

    def command(self, *options: str) -> list[str]:
        return ["report", "--batch", str(self.batch), "--output", str(self.site), *options]

    def run(self, *options: str, status: int = 0):
        """Run `ctdata report` here; return what it printed."""
        result = CliRunner().invoke(main, self.command(*options), catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    def start(self, *options: str, **how: object) -> subprocess.Popen[str]:
        """Start `ctdata report` in a process of its own."""
        command = [sys.executable, "-m", "ctdata.cli", *self.command(*options)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True, cwd=self.root, **how,
        )  # fmt: skip

    def would_make(self, *options: str) -> dict[str, str]:
        """Name of each report that would be made, and why."""
        lines = self.run("--dry-run", *options).stdout.splitlines()[:-1]
        told = (line.removeprefix("would make ").partition(": ") for line in lines)
        return {name: reason for name, _, reason in told}

    def manifest(self) -> dict[str, dict]:
        """Entries of the manifest by name."""
        entries = json.loads((self.site / "manifest.json").read_text())["reports"]
        return {entry["name"]: entry for entry in entries}


@pytest.fixture
def project(tmp_path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def wait_until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def slow(started: Path) -> str:
    """Code of a cell that notes its process and then takes a minute."""
    return (
        "import os, time\nfrom pathlib import Path\n"
        f"Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    )


# --- the same as papermill ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.xdist_group(path.stem)) for path in NOTEBOOKS],
    ids=[path.stem for path in NOTEBOOKS],
)
def test_outputs_equal_those_of_plain_papermill_cell_by_cell(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    # One more cell tells plain papermill's kernel, which imports nothing beforehand, to report.
    modules = (
        "import sys\nprint(*sorted(m for m in sys.modules if m.partition('.')[0] == 'ctdata'))"
    )
    notebook.cells.append(new_code_cell(modules))
    plain = papermill.execute_notebook(
        notebook, None, {"country": "KAZ"}, kernel_name="python3", cwd=str(path.parent),
        progress_bar=False,
    )  # fmt: skip
    imported = plain.cells.pop().outputs[0].text.split()
    ours = run.execute(path, {"country": "KAZ"})
    assert len(ours.cells) == len(plain.cells) > 5
    for one, other in zip(ours.cells, plain.cells, strict=True):
        assert one.source == other.source
        assert one.get("outputs") == other.get("outputs")
        assert one.get("execution_count") == other.get("execution_count")
    # What the notebook was found to use by reading its code is at least what it did import.
    known = recipes.recipes([Report("a", "a", path)], {})["a"]
    paths = {name.replace(".", "/") for name in imported}
    assert paths and all({f"{p}.py", f"{p}/__init__.py"} & known.keys() for p in paths)


# --- only what changed --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_made(tmp_path_factory) -> Path:
    """A corpus, and a project with a report of figures, one of relations and one of no table."""
    root = tmp_path_factory.mktemp("made")
    (root / "corpus").mkdir()
    (root / "project").mkdir()
    corpus, project = SmallCorpus(root / "corpus"), Project(root / "project")
    project.notebook("figures", "import ctdata\nprint(ctdata.load_figures()['low'].tolist())")
    project.notebook("ties", "import ctdata\nprint(len(ctdata.load_relations()), label)")
    project.notebook("none", "print(label)")
    project.reports(figures="figures", ties="ties, parameters: {label: a}", none="none")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CTDATA_SOURCES", str(corpus.root))
        assert "made 3 of 3" in project.run().stdout
    return root


@pytest.fixture
def made(first_made, small_corpus, tmp_path, monkeypatch) -> Project:
    """A copy of the project, with a corpus that is the same, for this test alone."""
    shutil.copytree(first_made / "project", tmp_path / "project")
    project = Project(tmp_path / "project")
    project.corpus = small_corpus
    monkeypatch.setenv("CTDATA_SOURCES", str(small_corpus.root))
    return project


def test_a_second_run_makes_nothing_and_writes_nothing(made):
    before = {path: path.stat().st_mtime_ns for path in made.site.glob("*")}
    assert made.would_make() == {}
    assert "made 0 of 3 reports, 3 unchanged" in made.run().stdout
    after = {path: path.stat().st_mtime_ns for path in made.site.glob("*")}
    assert after == before and len(after) > 6


def test_a_changed_row_of_figures_makes_only_the_reports_that_read_figures(made):
    made.corpus.change("figures", 1, note="seen again")
    assert made.would_make() == {"figures": "changed: figures.csv"}
    assert "made 1 of 3 reports, 2 unchanged" in made.run().stdout
    assert made.would_make() == {}
    entries = made.manifest()
    assert len({entry["made_from"] for entry in entries.values()}) == 1, "none is called outdated"


def test_a_changed_text_makes_the_reports_that_rest_on_it(made):
    made.corpus.write_text("rur-2016", TEXT + "A last line.\n")
    assert set(made.would_make()) == {"figures", "ties"}
    assert "texts/rur-2016.txt" in made.would_make()["ties"]


def test_a_table_that_no_report_reads_changes_nothing_but_the_pages_around(made):
    made.corpus.change("measures", 0, note="seen again")
    assert made.would_make() == {}
    digest = made.manifest()["none"]["made_from"]
    assert "3 unchanged" in made.run().stdout
    assert made.manifest()["none"]["made_from"] != digest


def test_changed_cells_parameters_titles_and_formats_are_noticed(made):
    made.notebook("none", "print(label, 1)")
    made.reports(figures="figures, title: Numbers", ties="ties, parameters: {label: b}",
                 none="none")  # fmt: skip
    assert made.would_make() == {
        "figures": "changed: its title, scope or formats",
        "ties": "changed: its parameters, its title, scope or formats",  # the scope tells of them
        "none": "changed: its notebook",
    }
    made.reports(none="none, formats: []", fourth="none")
    assert made.would_make()["fourth"] == "not made yet"
    assert "its title, scope or formats" in made.would_make()["none"]


def test_the_outputs_stored_in_a_notebook_do_not_count(made):
    path = made.root / "notebooks" / "none.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="stored")]
    notebook.cells[2].execution_count = 7
    nbformat.write(notebook, path)
    assert made.would_make() == {}


def test_a_changed_module_makes_the_reports_that_use_it(project, tmp_path):
    project.notebook("uses", "def late():\n    from ctdata import coverage")
    project.notebook("none", "1")
    project.reports(uses="uses, formats: []", none="none, formats: []")
    for folder in ("ctdata", "sources"):
        shutil.copytree(ROOT / folder, tmp_path / "copy" / folder)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "copy"), "CTDATA_SOURCES": ""}

    def ctdata(*options: str) -> str:
        process = project.start(*options, env=environment)
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        return output

    ctdata()
    module = Path(coverage.__file__).relative_to(ROOT)
    with (tmp_path / "copy" / module).open("a") as file:
        file.write("# changed\n")
    assert f"would make uses: changed: {module}" in ctdata("--dry-run")
    assert "would make none" not in ctdata("--dry-run")


def test_force_makes_all_and_names_choose(made):
    assert set(made.would_make("--force")) == {"figures", "ties", "none"}
    assert set(made.would_make("--force", "ties")) == {"ties"}
    made.corpus.change("figures", 1, note="seen again")
    assert "made 0 of 1 reports, 1 unchanged" in made.run("ties").stdout
    assert set(made.would_make()) == {"figures"}


def test_a_dry_run_writes_nothing(project):
    project.notebook("none", "1")
    project.reports(none="none")
    assert project.would_make() == {"none": "not made yet"}
    assert not project.site.exists()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("by hand")])
def test_a_file_that_was_lost_or_changed_by_hand_is_made_again(made, damage):
    damage(made.site / "ties.html")
    assert made.would_make() == {"ties": "missing or changed by hand: ties.html"}
    made.run()
    assert "<html" in (made.site / "ties.html").read_text()


def test_a_copied_site_is_as_good_as_the_first(made):
    copy = made.site.with_name("copy")
    shutil.copytree(made.site, copy, copy_function=shutil.copyfile)
    made.site = copy
    assert made.would_make() == {}


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.99])
def test_a_memory_that_was_cut_short_only_costs_time(made, cut):
    path = made.site / cache.STATE / "made.jsonl"
    text = path.read_bytes()
    path.write_bytes(text[: int(len(text) * cut)] + b"\xff\n[1]\n{}\n")
    lost = set(made.would_make())
    assert f"made {len(lost)} of 3" in made.run().stdout
    assert made.would_make() == {}


@pytest.mark.parametrize("content", ["", '{"reports": [', "[]"])
def test_a_truncated_manifest_is_made_anew_without_making_reports(made, content):
    (made.site / "manifest.json").write_text(content)
    assert "made 0 of 3 reports, 3 unchanged" in made.run().stdout
    assert [entry["status"] for entry in made.manifest().values()] == ["made"] * 3


def test_a_report_that_was_taken_out_leaves_the_index(made):
    made.reports(figures="figures", none="none")
    assert "2 unchanged" in made.run().stdout
    assert set(made.manifest()) == {"figures", "none"}


@pytest.mark.parametrize(
    "around",
    [
        "def f():\n  {}",
        "class A:\n  async def f(self):\n    {}",
        "try:\n  pass\nexcept OSError:\n  {}",
        "try:\n  pass\nfinally:\n  {}",
        "for _ in ():\n  pass\nelse:\n  {}",
        "if a:\n  pass\nelif b:\n  {}",
        "with a as b:\n  {}",
        "match a:\n  case 1:\n    {}",
        "while (lambda: a if b else c)():\n  {}",
    ],
)
def test_an_import_is_found_wherever_it_stands(around):
    for code in ("import ctdata.network as n", "from ctdata import network"):
        assert "ctdata.network" in recipes._imported(around.format(code))


def test_code_that_cannot_be_parsed_counts_as_using_everything():
    assert {"ctdata.network", "ctdata.cli"} <= recipes._imported("this is no Python")


# --- what breaks --------------------------------------------------------------------------------


def test_a_failure_tells_the_cell_and_the_end_of_the_traceback(project):
    project.notebook("fails", "def deep():\n    return {}['lost']", "deep()")
    project.notebook("none", "1")
    project.reports(fails="fails", none="none")
    result = project.run(status=1)
    assert "failed: fails: cell 3: KeyError: 'lost'" in result.stderr
    assert "return {}['lost']" in result.stderr
    assert "made 1 of 2 reports, 1 failed" in result.stdout
    # It is tried again although nothing has changed.
    assert project.would_make() == {"fails": "not made yet"}


def test_an_output_that_no_notebook_may_have_fails_its_report(project):
    project.notebook("odd", "from IPython.display import publish_display_data as publish",
                     "publish({'text/plain': 5})")  # fmt: skip
    project.reports(odd="odd")
    told = project.run(status=1).stderr
    assert "failed: odd: NotebookValidationError: 5 is not valid" in told
    assert not list(project.site.glob("odd*"))


def test_a_killed_kernel_fails_its_report_alone(project):
    project.notebook("dies", "print('so far')\nimport os, signal",
                     "os.kill(os.getpid(), signal.SIGKILL)")  # fmt: skip
    project.notebook("none", "1")
    project.reports(dies="dies", none="none")
    result = project.run(status=1)
    assert "failed: dies: cell 3: DeadKernelError: the kernel has died" in result.stderr
    assert "--jobs 1" in result.stderr
    assert (project.site / "none.html").is_file() and not (project.site / "dies.html").exists()
    kept = nbformat.read(project.site / "dies.failed.ipynb", as_version=4)
    outputs = [output.output_type for cell in kept.cells for output in cell.get("outputs", ())]
    assert outputs == ["stream", "error"]


@pytest.mark.parametrize(
    "hangs", ["time.sleep(600)", "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"]
)
def test_a_report_that_takes_too_long_is_ended(project, hangs):
    started = project.root / "pid"
    note = f"open({str(started)!r}, 'w').write(str(os.getpid()))"
    project.notebook("hangs", f"import os, signal, time\n{note}", hangs)
    project.reports(hangs="hangs, formats: []")
    result = project.run("--timeout", "3", status=1)
    assert "failed: hangs: cell 3: CellTimeoutError" in result.stderr
    assert "took longer than 3 s; allow more with --timeout" in result.stderr
    assert not is_running(int(started.read_text()))


@pytest.fixture
def task(project) -> run.Task:
    started = project.root / "pid"
    project.notebook("slow", slow(started))
    path = project.root / "notebooks" / "slow.ipynb"
    return run.Task(Report("slow", "slow", path), path.read_text())


@pytest.fixture
def no_makers():
    """Those who make reports and are idle; nobody at first."""
    workers._Maker._idle.clear()
    return workers._Maker._idle


@on_linux
def test_a_process_makes_one_report_after_another_each_with_a_fresh_kernel(no_makers, project):
    cell = (
        "import builtins, os, tempfile\nfrom pathlib import Path\n"
        "print(getattr(builtins, 'left', 'new'), 'left' in os.listdir(tempfile.gettempdir()))\n"
        "builtins.left = 'old'\nPath(tempfile.gettempdir(), 'left').touch()"
    )
    project.notebook("fresh", cell)
    path = project.root / "notebooks" / "fresh.ipynb"
    quick = run.Task(Report("fresh", "fresh", path, formats=()), path.read_text())
    products = [workers.work(quick) for _ in range(2)]
    (maker,) = no_makers
    assert maker.made == 2 and not any(product.error for product in products)
    first, second = (product.contents["fresh.ipynb"] for product in products)
    assert first == second and "new False" in first


@on_linux
def test_a_process_ends_when_it_has_made_many_reports(no_makers, project, monkeypatch):
    monkeypatch.setattr(workers, "_MANY", 2)
    project.notebook("none", "1")
    path = project.root / "notebooks" / "none.ipynb"
    quick = run.Task(Report("none", "none", path, formats=()), path.read_text())
    assert not workers.work(quick).error
    pid = no_makers[0].child.pid
    assert not workers.work(quick).error and not no_makers
    wait_until(lambda: not is_running(pid))
    assert not workers.work(quick).error and no_makers[0].child.pid != pid


@on_linux
def test_an_idle_process_that_was_killed_costs_no_report(no_makers, project):
    project.notebook("none", "1")
    path = project.root / "notebooks" / "none.ipynb"
    quick = run.Task(Report("none", "none", path, formats=()), path.read_text())
    assert not workers.work(quick).error
    os.kill(no_makers[0].child.pid, signal.SIGKILL)
    no_makers[0].child.wait(20)
    assert not workers.work(quick).error


@on_linux
def test_a_killed_worker_fails_its_report_and_its_kernel_ends(no_makers, task, project):
    from concurrent.futures import ThreadPoolExecutor

    started = project.root / "pid"
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(workers.work, task)
        wait_until(lambda: started.exists() and started.read_text())
        server = psutil.Process(workers.start_servers(rendering=True)[1]._process.pid)
        wait_until(lambda: len(server.children()) == 1)  # the idle ones before it have ended
        server.children()[0].kill()
        assert "its process has ended (-9)" in future.result(30).error
    wait_until(lambda: not is_running(int(started.read_text())))


@on_linux
def test_killed_servers_are_replaced(project):
    project.notebook("none", "1")
    path = project.root / "notebooks" / "none.ipynb"
    quick = run.Task(Report("none", "none", path, formats=()), path.read_text())
    for module in (KERNELS, "ctdata.reports.workers"):
        own_server(module)._process.kill()
        own_server(module)._process.wait()
        assert workers.work(quick).error == ""


@on_linux
def test_a_worker_that_neither_ends_nor_answers_is_ended(task, monkeypatch):
    monkeypatch.setattr(workers, "_GRACE", 0)
    hasty = run.Task(task.report, task.notebook, timeout=0.5)
    assert "it took longer than 0.5 s" in workers.work(hasty).error


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_batch_keeps_what_is_finished_and_goes_on_there(project, ended_by):
    started = project.root / "pid"
    project.notebook("quick", "print(label)")
    project.notebook("slow", slow(started))
    project.reports(one="quick", two="quick, parameters: {label: x}", slow="slow", last="quick")
    process = project.start("--jobs", "1")
    wait_until(lambda: started.exists() and started.read_text())
    kernel = int(started.read_text())
    children = psutil.Process(process.pid).children(recursive=True)
    assert kernel in {child.pid for child in children} or not can_fork()
    os.killpg(process.pid, ended_by)
    output, errors = process.communicate(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
    assert {path.name for path in project.site.glob("*.html")} >= {"one.html", "two.html"}
    assert not list(project.site.rglob(".ctdata-*"))
    assert set(project.would_make()) == {"slow", "last"}
    if ended_by == signal.SIGINT:
        assert process.returncode == 130
        assert "made 2 of 4" in output and "run the same command again" in errors
        assert "Traceback" not in errors
        entries = project.manifest()
        assert [entries[name]["status"] for name in ("one", "slow")] == ["made", "not made"]


def test_two_batches_in_the_same_folder_do_not_meet(project):
    started = project.root / "pid"
    project.notebook("slow", slow(started))
    project.reports(slow="slow")
    first = project.start()
    wait_until(started.exists)
    refused = project.run(status=2)
    assert "another batch is being made here" in refused.stderr
    assert f"process {first.pid} on " in refused.stderr and "--output" in refused.stderr
    first.send_signal(signal.SIGINT)
    assert first.wait(60) == 130
    with cache.locked(project.site):  # it is free again
        pass


def big_notebook(project: Project) -> None:
    project.notebook("small", "print(1)")
    project.notebook("big", "print('x\\n' * 300_000)")
    project.reports(small="small, formats: []", big="big, formats: []", last="small, formats: []")


def assert_stopped_for_want_of_room(process: subprocess.Popen, site: Path, reason: str) -> None:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert reason in errors and "run the same command again" in errors
    assert "Traceback" not in errors
    assert json.loads((site / "small.ipynb").read_text())["cells"]
    assert not (site / "big.ipynb").exists() and not list(site.rglob(".ctdata-*"))


def test_a_file_that_may_not_grow_stops_the_batch_and_keeps_what_is_finished(project):
    big_notebook(project)
    # The shared scripts of the site are large as well; they are there already.
    (project.site / "assets").mkdir(parents=True)
    project.run("small")
    process = project.start(
        "--jobs", "1",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
    )  # fmt: skip
    assert_stopped_for_want_of_room(process, project.site, "File too large")
    assert set(project.would_make()) == {"big", "last"}


def mounted(folder: Path, *options: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", *options, str(folder)]
    return os.getuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


def test_a_full_disk_stops_the_batch_and_keeps_what_is_finished(project):
    big_notebook(project)
    if not mounted(project.site, "-t", "tmpfs", "-o", "size=5m", "tmpfs"):
        pytest.skip("only root can mount a disk to be filled")
    try:
        project.run("small")
        (project.site / "rubbish").write_bytes(bytes(1_000_000))
        process = project.start("--jobs", "1")
        assert_stopped_for_want_of_room(process, project.site, "No space left on device")
        (project.site / "rubbish").unlink()
        subprocess.run(["mount", "-o", "remount,size=20m", str(project.site)], check=True)
        assert "made 2 of 3 reports, 1 unchanged" in project.run().stdout
    finally:
        subprocess.run(["umount", str(project.site)], check=True)


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(project):
    started = project.root / "pid"
    project.notebook("slow", slow(started))
    project.reports(slow="slow")
    project.site.mkdir()
    is_mounted = mounted(project.site, "-t", "tmpfs", "-o", "ro", "tmpfs")
    if not is_mounted:
        project.site.chmod(0o555)
    if os.access(project.site, os.W_OK):
        pytest.skip("root writes anywhere, and cannot mount here")
    try:
        problem = project.run(status=2).stderr
    finally:
        if is_mounted:
            subprocess.run(["umount", str(project.site)], check=True)
    assert str(project.site) in problem and "--output" in problem
    assert not started.exists()


def test_names_with_blanks_and_cyrillic_letters_are_made(project):
    project.notebook("none", "print(label)")
    names = ["Обзор 2017", "a (2) 'b' #3%20", "я" * 110]
    entries = [f"- {json.dumps({'name': name, 'notebook': 'none'})}\n" for name in names]
    project.batch.write_text("".join(entries))
    project.run()
    assert {path.stem for path in project.site.glob("*.html")} >= set(names)
    assert project.would_make() == {}


# --- many ---------------------------------------------------------------------------------------


def test_a_thousand_reports_are_planned_remembered_and_listed(project, monkeypatch):
    project.notebook("none", "print(label)")
    labels = ", ".join(f'"{number}"' for number in range(1000))
    project.batch.write_text(
        f"- {{name: 'r{{label}}', notebook: none, formats: [], matrix: {{label: [{labels}]}}}}\n"
    )
    at_once = []

    def work(task: run.Task) -> run.Product:
        at_once.append(len(threading.enumerate()))
        return run.Product(0.1, {f"{task.report.name}.ipynb": task.notebook}, ("figures.csv",))

    import threading

    monkeypatch.setattr(batches, "work", work)
    assert "made 1000 of 1000" in project.run("--jobs", "4").stdout
    assert len(at_once) == 1000
    assert len(project.manifest()) == 1000
    assert project.would_make() == {}
    (project.site / "r500.ipynb").unlink()
    assert set(project.would_make()) == {"r500"}


def test_reports_are_made_side_by_side_and_no_more_than_allowed(project, monkeypatch):
    import threading

    project.notebook("none", "1")
    project.reports(**{f"r{number}": "none, formats: []" for number in range(6)})
    working, most, lock = 0, 0, threading.Lock()
    meeting = threading.Barrier(3)

    def work(task: run.Task) -> run.Product:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        meeting.wait(30)  # breaks unless three are at work at the same time
        with lock:
            working -= 1
        return run.Product(0, {f"{task.report.name}.ipynb": task.notebook})

    monkeypatch.setattr(batches, "work", work)
    project.run("--jobs", "3")
    assert most == 3


# --- what is said -------------------------------------------------------------------------------


def test_quiet_says_nothing_but_failures(project):
    project.notebook("none", "1")
    project.notebook("fails", "1 / 0")
    project.reports(none="none, formats: []")
    result = project.run("-q")
    assert result.output == ""
    project.reports(none="none, formats: []", fails="fails, formats: []")
    assert project.run("-q", status=1).output.startswith("failed: fails: cell 2: ZeroDivisionError")


def test_programs_get_a_line_of_json_for_each_event(project):
    project.notebook("none", "1")
    project.notebook("fails", "1 / 0")
    project.reports(none="none, formats: []", fails="fails, formats: []")
    events = [json.loads(line) for line in
              project.run("--log-format", "json", status=1).stdout.splitlines()]  # fmt: skip
    assert {(event["event"], event.get("report")) for event in events[:-1]} == {
        ("made", "none"), ("failed", "fails"),
    }  # fmt: skip
    failed = next(event for event in events if event["event"] == "failed")
    assert "ZeroDivisionError" in failed["error"] and "1 / 0" in failed["traceback"]
    assert events[-1]["event"] == "finished"
    assert {key: events[-1][key] for key in ("made", "failed", "unchanged", "left")} == {
        "made": 1, "failed": 1, "unchanged": 0, "left": 0,
    }  # fmt: skip
    again = project.run("--log-format", "json", status=1).stdout.splitlines()
    assert json.loads(again[0]) | {"seconds": 0} == {
        "event": "unchanged", "report": "none", "seconds": 0, "files": ["none.ipynb"],
    }  # fmt: skip


# --- one machine or many ------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, each in a process of its own."""
    pytest.importorskip("distributed")
    address = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(address)]
    dask = [sys.executable, "-m", "distributed.cli."]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def start(what: str, *more: str) -> subprocess.Popen:
        return subprocess.Popen([*dask[:2], f"{dask[2]}dask_{what}", *options, *more], **quiet)

    scheduler = start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
    wait_until(address.exists)
    workers_ = [start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                      "--local-directory", str(tmp_path)) for _ in "ab"]  # fmt: skip
    yield json.loads(address.read_text())["address"], workers_
    for process in (*workers_, scheduler):
        process.kill()
        process.wait()


def test_a_cluster_makes_the_same_reports_even_if_a_worker_is_killed(project, cluster):
    address, (first, _) = cluster
    pids = project.root / "pids"
    pids.mkdir()
    project.notebook(
        "none", "import os, time\nfrom pathlib import Path",
        f"Path({str(pids)!r}, label).write_text('')\ntime.sleep(0.5)\nprint(label)",
    )  # fmt: skip
    project.reports(**{f"r{n}": f"none, parameters: {{label: l{n}}}" for n in range(8)})
    process = project.start("--scheduler", address)
    wait_until(lambda: len(list(pids.iterdir())) > 2)
    children = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "made 8 of 8" in output
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "the servers and kernels of a killed worker end with it"
    here = project.site
    project.site = project.root / "here"
    project.run("r1", "r2")
    for name in ("r1.html", "r2.ipynb"):
        assert (project.site / name).read_bytes() == (here / name).read_bytes()


def test_a_cluster_that_is_not_there_is_refused(project, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    project.notebook("none", "1")
    project.reports(none="none")
    result = project.run("--scheduler", "tcp://127.0.0.1:9", status=2)
    assert "no scheduler answers at tcp://127.0.0.1:9" in result.stderr
