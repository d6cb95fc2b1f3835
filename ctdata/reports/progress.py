"""Tell how a batch comes along: to people on a terminal, in a log, or to a program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import click

from ctdata.reports.run import Outcome

FORMATS = ("text", "json")
_TRACEBACK_LINES = 6


class Progress:
    """Tells what becomes of each report.

    Parameters
    ----------
    total : int
        How many reports there are.
    form : str
        "text": a bar on a terminal, and failures; "json": a line of JSON for each event.
    quiet : bool
        Whether to tell of failures only.
    """

    def __init__(self, total: int, form: str = "text", quiet: bool = False) -> None:
        from tqdm import tqdm

        self.form, self.quiet = form, quiet
        self.total = total
        self.outcomes: list[Outcome] = []
        self._start = time.perf_counter()
        no_bar = quiet or form != "text"
        self._bar = tqdm(total=total, unit="report", disable=no_bar or None, leave=False)

    def running(self, names: Sequence[str]) -> None:
        """Show which reports are being made."""
        self._bar.set_postfix_str(_shortened(", ".join(names)))

    def done(self, outcome: Outcome) -> None:
        """Tell what became of a report."""
        self.outcomes.append(outcome)
        self._bar.update()
        name = outcome.report.name
        if self.form == "json":
            self._event(
                "failed" if outcome.error else "unchanged" if outcome.unchanged else "made",
                report=name,
                seconds=outcome.seconds,
                files=outcome.files,
                **({"error": outcome.error} if outcome.error else {}),
                **({"traceback": outcome.traceback} if outcome.traceback else {}),
            )
        elif outcome.error:
            last = outcome.traceback.strip().splitlines()[-_TRACEBACK_LINES:]
            lines = [f"failed: {name}: {outcome.error}", *(f"    {line}" for line in last)]
            self._bar.write("\n".join(lines), file=sys.stderr)

    def finish(self, index: str, stopped: str = "") -> None:
        """Tell what has become of all.

        Parameters
        ----------
        index : str
            Where the reports are to be found.
        stopped : str, optional
            Why the batch has ended before its time.
        """
        self._bar.close()
        failed = sum(bool(outcome.error) for outcome in self.outcomes)
        unchanged = sum(outcome.unchanged for outcome in self.outcomes)
        counts = {
            "made": len(self.outcomes) - failed - unchanged,
            "unchanged": unchanged,
            "failed": failed,
            "left": self.total - len(self.outcomes),
            "seconds": round(time.perf_counter() - self._start, 1),
        }
        if self.form == "json":
            self._event("stopped" if stopped else "finished", **counts, index=index)
        elif not self.quiet:
            words = [f"made {counts['made']} of {self.total} reports"]
            words += [f"{counts[key]} {key}" for key in ("unchanged", "failed") if counts[key]]
            click.echo(f"{', '.join(words)}, in {counts['seconds']:.1f} s: {index}")
        if stopped:
            click.echo(stopped, err=True)

    def _event(self, event: str, **facts: Any) -> None:
        if not self.quiet or event == "failed":
            click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False))


def _shortened(words: str, length: int = 40) -> str:
    return words if len(words) <= length else words[: length - 1] + "…"
