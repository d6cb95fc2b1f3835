"""The ``ctdata`` command.

Exit statuses: 0 all went well, 1 something failed in running, 2 the request or a file is wrong
and nothing was run, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click


class _Group(click.Group):
    """A group whose commands end with the customary status when they are interrupted."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(130)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ctdata", prog_name="ctdata")
def main() -> None:
    """Evidence-linked data on counter-terrorism cooperation in Central Asia."""


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--batch",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The batch file; reports/batch.yaml of this repository if not given.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write; the folder of the batch file if not given.",
)
def report(names: tuple[str, ...], batch: Path | None, output: Path | None) -> None:
    """Make the reports of a batch file, or those named NAME, as a site of HTML pages."""
    from ctdata.reports.plan import PlanError, find_batch, make_plan
    from ctdata.reports.run import make_reports
    from ctdata.reports.site import INDEX, write_site

    try:
        batch = batch or find_batch(Path.cwd())
        plan = make_plan(batch, names)
    except PlanError as error:
        _refuse(error.problems)
    output = (output or batch.parent).resolve()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _refuse([f"{output}: cannot be made: {error.strerror}"])

    outcomes = []
    bar = _progress(len(plan.chosen), "report")
    try:
        for outcome in make_reports(plan.chosen, output, bar.set_description):
            outcomes.append(outcome)
            bar.update()
    finally:
        bar.close()
        # After an interruption too: what is finished gets its place on the index.
        try:
            write_site(plan.reports, outcomes, output, plan.sources)
        except OSError as error:
            sys.exit(f"{output}: the index cannot be written: {error.strerror}")
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"failed: {outcome.report.name}: {outcome.error}", err=True)
    click.echo(f"made {len(outcomes) - len(failed)} of {len(outcomes)} reports: {output / INDEX}")
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
def refresh(notebooks: tuple[str, ...]) -> None:
    """Execute the repository's notebooks, or each NOTEBOOK, in place with default parameters."""
    from ctdata.reports.plan import PlanError
    from ctdata.reports.refresh import find_notebooks, refresh_all

    try:
        paths = find_notebooks(Path.cwd(), notebooks)
    except PlanError as error:
        _refuse(error.problems)
    results = []
    with _progress(len(paths), "notebook") as bar:
        for path, result in refresh_all(paths):
            results.append(result)
            bar.update()
            if isinstance(result, Exception):
                bar.write(f"failed: {path.stem}: {result}", file=sys.stderr)
            else:
                bar.write(f"{'changed' if result else 'unchanged'}: {path.stem}")
    sys.exit(1 if any(isinstance(result, Exception) for result in results) else 0)


@main.command()
@click.argument("root", required=False, type=click.Path(path_type=Path))
def check(root: Path | None) -> None:
    """Check a corpus: the folder ROOT, or the collection's own texts and tables.

    Prints a line for each problem and ends with status 1 if there is any.
    """
    from ctdata.check import check as find_problems
    from ctdata.corpus import Corpus
    from ctdata.schema import default_root

    root = root or default_root()
    problems = find_problems(root)
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{len(problems)} problem{'s'[: len(problems) > 1]} in {root}", err=True)
        sys.exit(1)
    corpus = Corpus(root)
    counts = {name: len(corpus.load(name)) for name in corpus.schema}
    quotes = sum(counts[name] for name, table in corpus.schema.items() if table.has_evidence)
    click.echo(
        f"{root}: {len(counts)} tables, {sum(counts.values())} rows, "
        f"{quotes} quotes found in {counts.get('sources', 0)} texts, no problem"
    )


@main.command()
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
def tables(root: Path | None) -> None:
    """List the tables."""
    from ctdata.display import table

    with _refusing():
        from ctdata.corpus import Corpus

        click.echo(table(Corpus(root).describe()).plain())


@main.command()
@click.argument("table")
@click.option("--country", help="ISO 3166-1 alpha-3 codes, with commas between them.")
@click.option("--source", help="Short names of texts, with commas between them.")
@click.option("--since", help="EDTF date, such as 2010.")
@click.option("--until", help="EDTF date, such as 2014.")
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
@click.option("--csv", "as_csv", is_flag=True, help="All columns and cells in full, as CSV.")
@click.option("--columns", is_flag=True, help="The data dictionary of the table.")
def show(
    table: str,
    country: str | None,
    source: str | None,
    since: str | None,
    until: str | None,
    root: Path | None,
    as_csv: bool,
    columns: bool,
) -> None:
    """Print TABLE, or the rows of it that are in scope."""
    from ctdata import display

    with _refusing():
        from ctdata.corpus import Corpus

        corpus = Corpus(root)
        if columns:
            frame = corpus.describe(table)
        else:
            frame = corpus.load(table, country=country, source=source, since=since, until=until)
    if as_csv:
        click.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
        return
    hidden = {"quote", "prefix", "note", "start", "end", "paragraph", "sha256", "rights"}
    shown = [c for c in frame if c not in hidden and not c.endswith(("_earliest", "_latest"))]
    click.echo(display.table(frame[shown], shown, empty="No row in scope.").plain())
    click.echo(f"{len(frame)} rows; all columns with --csv", err=True)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn an error about a corpus or a filter into a refusal."""
    try:
        yield
    except ValueError as error:
        _refuse([str(error)])


def _refuse(problems: Iterable[str]) -> None:
    """Print what is wrong and end before anything has run."""
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(2)


def _progress(total: int, unit: str) -> Any:
    """Return a progress bar that shows only on a terminal."""
    from tqdm import tqdm

    return tqdm(total=total, unit=unit, disable=None, leave=False)


if __name__ == "__main__":
    main()
