"""Make the reports of a batch: those that have to be made, side by side, and then the site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from ctdata.reports.cache import Memory, locked
from ctdata.reports.plan import Plan, Report
from ctdata.reports.progress import Progress
from ctdata.reports.recipes import data_hashes, file_digest, recipes, site_recipe
from ctdata.reports.run import TIMEOUT, Outcome, Product, Task, put_in_place
from ctdata.reports.site import INDEX, MANIFEST, package_versions, read_ahead, write_site
from ctdata.reports.workers import executor, work

_SITE = ""  # the name under which the site itself is remembered


@dataclass(frozen=True)
class Options:
    """How a batch is made.

    Attributes
    ----------
    jobs : int
        How many reports at a time on this machine.
    timeout : float
        How many seconds a report may take.
    force : bool
        Whether to make reports for which nothing has changed, too.
    scheduler : str
        Address of a dask scheduler whose workers make the reports; "" for this machine.
    """

    jobs: int = 1
    timeout: float = TIMEOUT
    force: bool = False
    scheduler: str = ""


class Batch:
    """What of a plan has to be made in a folder, and why.

    Parameters
    ----------
    plan : Plan
        The reports.
    output : Path
        The folder of the site; it need not exist.
    options : Options
        How the batch is made.

    Attributes
    ----------
    todo : list of (Report, str)
        The chosen reports that have to be made, and what has changed.
    unchanged : list of Outcome
        Those of all reports that need not be made.
    """

    def __init__(self, plan: Plan, output: Path, options: Options) -> None:
        self.plan, self.output, self.options = plan, output, options
        self.memory = Memory(output)
        versions = package_versions()
        self.data = data_hashes(plan.sources)
        self.site = site_recipe(plan.reports, self.data, versions)
        self.recipes = recipes(plan.reports, versions)
        self._chosen = {report.name for report in plan.chosen}
        self.todo: list[tuple[Report, str]] = []
        self.unchanged: list[Outcome] = []
        for report in plan.reports:
            reason = self.memory.changes(report.name, self.recipes[report.name] | self.data)
            if report.name in self._chosen and (reason or options.force):
                self.todo.append((report, reason or "asked for with --force"))
            elif not reason:
                known = self.memory.made[report.name]
                outcome = Outcome(report, known["seconds"], tuple(known["files"]), unchanged=True)
                self.unchanged.append(outcome)

    def make(self, progress: Progress) -> None:
        """Make what has to be made, and the pages around it if anything in them has changed.

        Parameters
        ----------
        progress : Progress
            Is told what becomes of each chosen report.

        Raises
        ------
        FolderInUse
            If another batch is being made in the folder.
        SchedulerError
            If the cluster cannot be used.
        OSError
            If nothing can be written there, or no more. What is finished stays.
        """
        with locked(self.output):
            self.memory.tidy([_SITE, *(report.name for report in self.plan.reports)])
            for outcome in self.unchanged:
                if outcome.report.name in self._chosen:
                    progress.done(outcome)
            try:
                if self.todo:
                    self._make_reports(progress)
            finally:
                # After an interruption too: what is finished gets its place on the index.
                if self.todo or self.memory.changes(_SITE, self.site):
                    outcomes = [*self.unchanged, *progress.outcomes]
                    write_site(self.plan.reports, outcomes, self.output, self.plan.sources)
                    self.memory.add(_SITE, (INDEX, MANIFEST), self.site, 0)

    def _make_reports(self, progress: Progress) -> None:
        options = self.options
        with executor(options.jobs, options.scheduler) as (pool, at_once):
            tasks = (_task(report, options) for report, _ in self.todo)
            begun = _begin(tasks, pool, 2 * at_once)
            read_ahead(self.plan.sources)  # while the first reports are made
            for report, product in _side_by_side(begun, tasks, pool, at_once, progress):
                outcome = put_in_place(report, product, self.output)
                if not outcome.error:
                    read = {path: self._hash(path) for path in product.read}
                    inputs = self.recipes[report.name] | read
                    self.memory.add(report.name, outcome.files, inputs, outcome.seconds)
                progress.done(outcome)

    def _hash(self, path: str) -> str:
        """Hash a text or table as it was when the batch began; another file as it is."""
        return self.data.get(path) or file_digest(Path(path))


def _task(report: Report, options: Options) -> Task:
    modified = report.notebook.stat().st_mtime_ns
    return Task(report, _without_outputs(report.notebook, modified), options.timeout)


@cache
def _without_outputs(path: Path, modified: int) -> str:
    """Read a notebook without what it showed when it was stored, which nobody needs here."""
    notebook = json.loads(path.read_bytes())
    for cell in notebook.get("cells", ()):
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    return json.dumps(notebook)


def _begin(tasks: Iterator[Task], pool: Executor, count: int) -> dict[Future[Product], Report]:
    """Hand out some tasks."""
    return {pool.submit(work, task): task.report for task in islice(tasks, count)}


def _side_by_side(
    waiting: dict[Future[Product], Report],
    tasks: Iterator[Task],
    pool: Executor,
    at_once: int,
    progress: Progress,
) -> Iterator[tuple[Report, Product]]:
    """Have tasks worked on, some at once; yield each as soon as it is finished."""
    while waiting:
        progress.running([report.name for report in waiting.values()][:at_once])
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), _product(future)
        # Twice as many as are made at once, so that nobody waits for work.
        waiting |= _begin(tasks, pool, 2 * at_once - len(waiting))


def _product(future: Future[Product]) -> Product:
    """Return what a worker has made; a worker that was lost has failed."""
    error = future.exception()
    return Product(0, {}, error=f"the worker was lost: {error}") if error else future.result()
