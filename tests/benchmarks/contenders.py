"""What batches are compared with; each runs in a process of its own.

    python contenders.py floor PLAN JOBS       the cells alone, in this process: prints the seconds
    python contenders.py pool PLAN JOBS html   papermill.execute_notebook in a process pool

PLAN is a JSON file: a list of [notebook, parameters, output].
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def floor(plan: list, jobs: int) -> float:
    """Run the cells of all reports in one warm process; return the seconds on so many cores."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance(display_pub_class=CapturingDisplayPublisher)
    shell.displayhook.write_output_prompt = shell.displayhook.write_format_data = _nothing
    shell.displayhook.finish_displayhook = _nothing
    cells = {path: _cells(path) for path, _, _ in plan}
    for source in cells.values():  # once before, so that it is warm
        _run(shell, source, {})
    start = time.perf_counter()
    for path, parameters, _ in plan:
        _run(shell, cells[path], parameters)
    return (time.perf_counter() - start) / jobs


def _nothing(*_: object) -> None:
    pass


def _cells(path: str) -> list[tuple[str, bool]]:
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return [
        ("".join(cell["source"]), "parameters" in cell["metadata"].get("tags", ()))
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def _run(shell, cells: list[tuple[str, bool]], parameters: dict) -> None:
    shell.user_ns.clear()
    shell.init_user_ns()
    for source, sets_parameters in cells:
        shell.run_cell(source, store_history=False).raise_error()
        if sets_parameters:
            shell.user_ns.update(parameters)


def pool(plan: list, jobs: int, form: str) -> None:
    """Execute all reports with papermill in a process pool."""
    with ProcessPoolExecutor(jobs) as workers:
        list(workers.map(_execute, plan, [form] * len(plan)))


def _execute(report: list, form: str) -> None:
    import papermill

    path, parameters, output = report
    papermill.execute_notebook(path, output, parameters, progress_bar=False)
    if form == "html":
        from nbconvert import HTMLExporter

        page, _ = HTMLExporter().from_filename(output)
        Path(output).with_suffix(".html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    name, plan_file, jobs_, *rest = sys.argv[1:]
    reports = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    if name == "floor":
        print(floor(reports, int(jobs_)))
    else:
        import papermill  # noqa: F401 (before the pool forks)

        pool(reports, int(jobs_), *rest)
