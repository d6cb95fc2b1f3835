"""Benchmarks; `make bench` runs them all, `bench.py PART...` some.

Times on shared machines drift, so what counts is a ratio: what is compared is run in turn, and each
round gives one ratio. The tables show medians; the JSON file holds every run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import batches
import growth

OUTPUT = Path("build") / "bench.json"
RUNS = 15


def seconds(code: str) -> float:
    """How long a fresh interpreter takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def compare(one: str, other: str, runs: int = RUNS) -> dict[str, list[float]]:
    """Run two pieces of code in turn, after a warm-up."""
    seconds(one), seconds(other)
    times: dict[str, list[float]] = {one: [], other: []}
    for _ in range(runs):
        for code in (one, other):
            times[code].append(seconds(code))
    return times


def loading() -> dict:
    """Measure what loading costs beside importing pandas."""
    base, load = "import pandas", "import ctdata; ctdata.load_figures()"
    results = {}
    for code in (load, "import ctdata; ctdata.load_mentions()"):
        times = compare(base, code)
        ratios = [b / a for a, b in zip(times[base], times[code], strict=True)]
        results[code] = {"pandas": times[base], "ctdata": times[code], "ratio": ratios}
    print(f"{'cold start of':42}  {'median s':>8}  {'to import pandas':>16}")
    for code, times in results.items():
        seconds_, ratio = (statistics.median(times[key]) for key in ("ctdata", "ratio"))
        print(f"{code:42}  {seconds_:8.3f}  {ratio:16.2f}")
    return results


def main() -> None:
    """Measure the parts that are asked for, and keep what was measured of the others before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="loading, batches, html, ...")
    parser.add_argument("--reports", type=int, default=60, help="how many, to compare batches")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="cores")
    parser.add_argument("--rounds", type=int, default=5, help="how often ctdata's are made")
    options = parser.parse_args()
    with ExitStack() as stack:

        def fresh() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))

        def compare_batches(form: str) -> dict:
            sizes = (options.reports, options.jobs, form)
            times = batches.compare(fresh, *sizes, options.rounds)
            print(batches.table(times, *sizes))
            return times

        def grow(title: str, found: dict) -> dict:
            print(growth.table(title, found))
            return found

        def memory() -> float:
            peak = batches.peak_memory(fresh, options.reports, options.jobs)
            print(f"peak memory of ctdata report, with HTML: {peak:.0f} MB")
            return peak

        parts: dict[str, Callable[[], object]] = {
            "loading": loading,
            "batches": lambda: compare_batches(""),
            "html": lambda: compare_batches("html"),
            "memory": memory,
            "reports": lambda: grow("reports", growth.reports(fresh, options.jobs)),
            "corpora": lambda: grow("texts", growth.corpora(fresh)),
        }
        unknown = set(options.parts) - parts.keys()
        if unknown:
            parser.error(f"unknown part {unknown.pop()}; known: {', '.join(parts)}")
        for part in options.parts or parts:
            _keep(part, parts[part]())
    print(f"every run: {OUTPUT}")


def _keep(part: str, measured: object) -> None:
    results = json.loads(OUTPUT.read_text(encoding="utf-8")) if OUTPUT.is_file() else {}
    results[part] = measured
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
