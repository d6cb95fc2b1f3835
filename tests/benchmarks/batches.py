"""The same reports made in several ways, one after the other on the same cores.

The floor is what the cells alone take in one warm process, divided by the cores: no way of running
them can be faster on average. The speed of a shared machine drifts, by half within minutes, so the
floor is measured before and behind each run of `ctdata report`, and what counts is the median of
such ratios. The two slow ways take so long that the drift evens out; they are run once.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
CONTENDERS = Path(__file__).parent / "contenders.py"
SCOPES = [
    {},
    {"country": "KAZ"},
    {"country": "KGZ"},
    {"since": "2010", "until": "2014"},
    {"sources": "gov-kaz-2011"},
    {"country": "KAZ", "since": "2012"},
    {"sources": "cted-kaz-2016,cted-kgz-2019"},
    {"until": "2015"},
]
WAYS = ("loop of papermill", "pool of papermill.execute_notebook", "ctdata report")


def choose(count: int) -> list[tuple[Path, dict[str, str]]]:
    """So many reports over all notebooks, which take turns."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    every = ((path, scope) for scope in itertools.cycle(SCOPES) for path in notebooks)
    return list(itertools.islice(every, count))


class Measured:
    """Runs commands and measures how long they take, and their memory if asked to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.peak = 0

    def run(self, commands: list[list[str]], cwd: Path, memory: bool = False) -> Measured:
        """Run commands one after another, which must succeed."""
        start = time.perf_counter()
        for command in commands:
            process = subprocess.Popen(
                command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            if memory:
                threading.Thread(target=self._watch, args=(process,), daemon=True).start()
            output, _ = process.communicate()
            if process.returncode:
                raise RuntimeError(output.decode())
        self.seconds = time.perf_counter() - start
        return self

    def _watch(self, process: subprocess.Popen) -> None:
        """Note the most memory that a process and all that it starts have, shared parts once."""
        while process.poll() is None:
            total = 0
            try:
                tree = psutil.Process(process.pid)
                for part in (tree, *tree.children(recursive=True)):
                    total += _share(part)
            except psutil.NoSuchProcess:
                continue
            self.peak = max(self.peak, total)
            time.sleep(0.2)


def _share(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def commands(way: str, reports: list, folder: Path, jobs: int, form: str) -> list[list[str]]:
    """The commands that make the reports in one way."""
    plan = folder / "plan.json"
    listed = [(str(p), scope, str(folder / f"{n}.ipynb")) for n, (p, scope) in enumerate(reports)]
    plan.write_text(json.dumps(listed), encoding="utf-8")
    python = [sys.executable]
    if way == WAYS[0]:
        found = []
        for path, scope, output in listed:
            given = [word for name, value in scope.items() for word in ("-r", name, value)]
            quiet = ["--no-progress-bar", "--log-level", "ERROR"]
            found.append([*python, "-m", "papermill", path, output, *given, *quiet])
            if form == "html":
                found.append([*python, "-m", "nbconvert", "--to", "html", output])
        return found
    if way == WAYS[1]:
        return [[*python, str(CONTENDERS), "pool", str(plan), str(jobs), form]]
    batch = folder / "batch.json"  # JSON is YAML
    formats = [form] if form else []
    entries = [
        {"name": f"r{n}", "notebook": str(path), "parameters": scope, "formats": formats}
        for n, (path, scope) in enumerate(reports)
    ]
    batch.write_text(json.dumps(entries), encoding="utf-8")
    options = ["--batch", str(batch), "--output", str(folder / "site")]
    # As by default, one more than cores; the pool gains nothing by that.
    options += ["--jobs", str(jobs + 1)]
    return [[*python, "-m", "ctdata.cli", "report", "-q", *options]]


def floor(reports: list, folder: Path, jobs: int) -> float:
    """Seconds that the cells alone take, divided by the cores."""
    commands(WAYS[1], reports, folder, jobs, "")
    command = [sys.executable, str(CONTENDERS), "floor", str(folder / "plan.json"), str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def compare(
    fresh: Callable[[], Path], count: int, jobs: int, form: str, rounds: int
) -> dict[str, list[float]]:
    """Make the reports each way.

    Parameters
    ----------
    fresh : callable
        Gives an empty folder.
    count, jobs, rounds : int
        How many reports, at a time, and how often `ctdata report` is run.
    form : str
        "html", or "" for the executed notebooks alone.

    Returns
    -------
    dict of str to list of float
        Seconds by way, and of the floor; of that there is one more than of `ctdata report`.
    """
    reports = choose(count)

    def measured(way: str) -> float:
        folder = fresh()
        return Measured().run(commands(way, reports, folder, jobs, form), folder).seconds

    *slow, own = WAYS
    seconds = {"floor": [floor(reports, fresh(), jobs)], own: []}
    for _ in range(rounds):
        seconds[own].append(measured(own))
        seconds["floor"].append(floor(reports, fresh(), jobs))
    return seconds | {way: [measured(way)] for way in slow}


def peak_memory(fresh: Callable[[], Path], count: int, jobs: int) -> float:
    """Most memory of `ctdata report`, in megabytes; in a run of its own, as watching costs time."""
    folder = fresh()
    run = Measured().run(commands(WAYS[2], choose(count), folder, jobs, "html"), folder, True)
    return run.peak / 1e6


def ratios(seconds: dict[str, list[float]]) -> dict[str, list[float]]:
    """How many times as long as the floor each way takes.

    Parameters
    ----------
    seconds : dict of str to list of float
        What :func:`compare` returns.

    Returns
    -------
    dict of str to list of float
        By way; a run between two floors is divided by their mean, others by the median of all.
    """
    floors = seconds["floor"]
    around = [statistics.mean(pair) for pair in itertools.pairwise(floors)]
    level = [statistics.median(floors)]
    return {
        way: [
            time_ / one
            for time_, one in zip(times, around if way == WAYS[-1] else level, strict=True)
        ]
        for way, times in seconds.items()
        if way != "floor"
    }


def table(seconds: dict[str, list[float]], count: int, jobs: int, form: str) -> str:
    """A table of medians, and of how the ways compare."""
    title = f"{count} reports, {jobs} cores, {form or 'execution only'}"
    lines = [f"{title:42}  {'median s':>8}  {'to the floor':>12}  {'loop is slower':>14}  all runs"]
    to_floor = ratios(seconds)
    loop = statistics.median(seconds[WAYS[0]])
    for way, times in seconds.items():
        middle = statistics.median(times)
        ratio = statistics.median(to_floor.get(way, [1]))
        every = " ".join(f"{time_:.1f}" for time_ in times)
        lines.append(f"{way:42}  {middle:8.1f}  {ratio:12.2f}  {loop / middle:14.1f}  {every}")
    own = " ".join(f"{ratio:.2f}" for ratio in to_floor[WAYS[-1]])
    lines.append(f"{WAYS[-1]} to the floor around it, each time: {own}")
    return "\n".join(lines)
