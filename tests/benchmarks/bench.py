"""Benchmarks; `make bench` runs them.

Times on shared machines drift, so what counts is a ratio: the two commands are run in turn, and
each pair gives one ratio. The table shows medians; the JSON file holds every run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

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


def main() -> None:
    """Measure what loading costs beside importing pandas."""
    base, load = "import pandas", "import ctdata; ctdata.load_figures()"
    results = {}
    for code in (load, "import ctdata; ctdata.load_mentions()"):
        times = compare(base, code)
        ratios = [b / a for a, b in zip(times[base], times[code], strict=True)]
        results[code] = {"pandas": times[base], "ctdata": times[code], "ratio": ratios}
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"{'cold start of':42}  {'median s':>8}  {'to import pandas':>16}")
    for code, times in results.items():
        seconds_, ratio = (statistics.median(times[key]) for key in ("ctdata", "ratio"))
        print(f"{code:42}  {seconds_:8.3f}  {ratio:16.2f}")
    print(f"every run: {OUTPUT}")


if __name__ == "__main__":
    main()
