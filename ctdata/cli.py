"""The ``ctdata`` command.

Exit statuses: 0 all went well, 1 something failed in running, 2 the request or a file is wrong
and nothing was run, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many reports at a time on this machine; one more than cores if not given.",
)
@click.option("--scheduler", default="", help="Address of a dask scheduler, as tcp://host:8786.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600,
    show_default=True,
    help="How many seconds a report may take.",
)
@click.option("--force", is_flag=True, help="Make reports for which nothing has changed, too.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be made, and why.")
@click.option("--quiet", "-q", is_flag=True, help="Tell of failures only.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json: a line of JSON for each event, for programs.",
)
def report(
    names: tuple[str, ...],
    batch: Path | None,
    output: Path | None,
    dry_run: bool,
    quiet: bool,
    log_format: str,
    jobs: int | None,
    **options: Any,
) -> None:
    """Make the reports of a batch file, or those named NAME, as a site of HTML pages.

    Only those are made for which something has changed: the notebook, its parameters, the code
    that it uses, or a text or table that it has read.
    """
    from ctdata.kernels.client import KERNELS, can_fork, own_server
    from ctdata.reports.cache import Memory
    from ctdata.reports.plan import PlanError, find_batch, make_plan

    try:
        batch = batch or find_batch(Path.cwd())
        output = (output or batch.parent).resolve()
        # Where there is surely something to make, what takes longest to get ready is started first.
        if can_fork() and not (dry_run or options["scheduler"] or Memory(output).made):
            own_server(KERNELS)
        plan = make_plan(batch, names)
    except PlanError as error:
        _refuse(error.problems)
    from ctdata.reports.batch import Batch, Options
    from ctdata.reports.progress import Progress
    from ctdata.reports.site import INDEX

    # A report waits now and then, for its kernel to start and to end: another one runs meanwhile.
    work = Batch(plan, output, Options(jobs=jobs or _cores() + 1, **options))
    if dry_run:
        for made, reason in work.todo:
            click.echo(f"would make {made.name}: {reason}")
        click.echo(f"would make {len(work.todo)} of {len(plan.chosen)} reports: {output / INDEX}")
        return
    progress = Progress(len(plan.chosen), log_format, quiet)
    _make(work, progress, output / INDEX)
    sys.exit(1 if any(outcome.error for outcome in progress.outcomes) else 0)


def _make(batch: Any, progress: Any, index: Path) -> None:
    """Make a batch; what prevents or stops it is told, and decides the exit status."""
    from ctdata.reports.cache import FolderInUse
    from ctdata.reports.workers import SchedulerError

    again = "what is finished stays; run the same command again to go on"
    try:
        batch.make(progress)
    except (FolderInUse, SchedulerError) as error:
        _refuse([str(error)])
    except KeyboardInterrupt:
        progress.finish(str(index), f"stopped: {again}")
        sys.exit(130)
    except OSError as error:
        trouble = f"{error.filename or index.parent}: {error.strerror}"
        if not progress.outcomes:
            _refuse([f"{trouble}; nothing was made, choose another folder with --output"])
        progress.finish(str(index), f"{trouble}: {again}")
        sys.exit(1)
    progress.finish(str(index))


def _cores() -> int:
    """How many cores this process may use."""
    count = getattr(os, "sched_getaffinity", None)
    return len(count(0)) if count else os.cpu_count() or 1


@main.command()
@click.option(
    "--batch",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The batch file; reports/batch.yaml of this repository if not given.",
)
def site(batch: Path | None) -> None:
    """Write index, marked texts and search anew, without running a notebook."""
    from ctdata.reports.plan import PlanError, find_batch, make_plan
    from ctdata.reports.site import INDEX, write_site

    try:
        batch = batch or find_batch(Path.cwd())
        plan = make_plan(batch)
    except PlanError as error:
        _refuse(error.problems)
    write_site(plan.reports, [], batch.parent.resolve(), plan.sources)
    click.echo(batch.parent.resolve() / INDEX)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0: any free one.")
@click.option(
    "--site",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the site; reports/ of this repository if not given.",
)
def serve(port: int, site: Path | None) -> None:
    """Serve the finished reports on this machine, for reading, until Ctrl-C."""
    from ctdata.reports.plan import PlanError, find_batch
    from ctdata.reports.serve import make_server
    from ctdata.reports.site import INDEX

    try:
        folder = (site or find_batch(Path.cwd()).parent).resolve()
    except PlanError as error:
        _refuse(error.problems)
    if not (folder / INDEX).is_file():
        _refuse([f"{folder}: no {INDEX} here; `ctdata report` makes one"])
    try:
        server = make_server(folder, port)
    except (OSError, OverflowError) as error:
        _refuse([f"port {port} cannot be used: {error}; name another one with --port"])
    with server:
        click.echo(f"http://{server.server_address[0]}:{server.server_address[1]}/")
        server.serve_forever()


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
    """Check a corpus: the folder ROOT, or the collection's own texts, tables and drafts.

    Prints a line for each problem and ends with status 1 if there is any.
    """
    from ctdata.check import check as find_problems
    from ctdata.corpus import Corpus
    from ctdata.ingest.sheets import check_drafts
    from ctdata.schema import SchemaError, default_root, read_schema

    root = root or default_root()
    problems = find_problems(root)
    with suppress(SchemaError):
        problems += check_drafts(root, read_schema(root))
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


@main.command()
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--id", "source_id", required=True, help="Short name, such as cted-tjk-2017.")
@click.option("--title", help="Title as printed.")
@click.option("--publisher", help="Who has published the text.")
@click.option("--document-type", help="press_release, statement, government_page, country_report.")
@click.option("--issued", help="EDTF date, such as 2017-05.")
@click.option("--country", help="ISO 3166-1 alpha-3 code of the country that it is about.")
@click.option("--language", help="ISO 639-1 code, such as en.")
@click.option("--url", help="Where it was published.")
@click.option("--rights", help="Terms under which it may be used.")
@click.option("--note", help="Anything else.")
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
def add(file: Path, source_id: str, root: Path | None, **passport: str | None) -> None:
    """Add the text FILE (.txt, .html, .pdf, or - for standard input) and its passport.

    What a page says of itself is offered as options to paste; nothing is written until all that a
    passport needs is given.
    """
    from ctdata.ingest import intake

    with _refusing(f"{file}: " if str(file) != "-" else ""):
        if file.is_dir():
            raise intake.IntakeError("this is a folder; add its files singly")
        if str(file) != "-":
            with file.open("rb") as opened:
                content = intake.read_limited(opened)
        else:
            content = intake.read_limited(sys.stdin.buffer)
        found = intake.extract(content, file.suffix)
    given = {name: value for name, value in passport.items() if value}
    offered = [
        f"{intake.option(name)} {shlex.quote(value)}"
        for name, value in found.found.items()
        if name not in given
    ]
    with _refusing(behind=["the page says of itself:", *offered] if offered else []):
        path = intake.add(source_id, found.words, given, root)
    click.echo(f"{path}: {len(found.words.split())} words")
    for line in ["the page also says of itself:", *offered] if offered else []:
        click.echo(line, err=True)
    click.echo(f"next: ctdata suggest {source_id}", err=True)


@main.command()
@click.argument("source", required=False)
@click.option("--all", "of_all", is_flag=True, help="From all texts.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="With --all: how many texts at a time; as many as the machine has cores if not given.",
)
@click.option("--scheduler", default="", help="Address of a dask scheduler, as tcp://host:8786.")
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
def suggest(
    source: str | None, of_all: bool, jobs: int | None, scheduler: str, root: Path | None
) -> None:
    """Draft records from the text SOURCE, for a person to decide on.

    Run again, it adds what is new and changes nothing else: neither what was decided nor what was
    mended.
    """
    if of_all == bool(source):
        _refuse(["name a text, or say --all for all of them"])
    from concurrent.futures import BrokenExecutor

    from ctdata.ingest.drafting import draft_all

    failed = False
    with _refusing():
        from ctdata.corpus import Corpus, unknown_value

        known = Corpus(root).load("sources")["source_id"].tolist()
        if source and source not in known:
            raise unknown_value("source", source, known)
        texts = known if of_all else [source]
        workers = min(jobs or _cores(), len(texts)) if of_all else 1
        try:
            for name, found in draft_all(texts, root, jobs=workers, scheduler=scheduler):
                failed |= isinstance(found, Exception)
                _tell_drafted(name, found)
        except BrokenExecutor as error:
            _refuse([f"{error}; what is told above is written, run it again with --jobs 1"])
    if source and not failed:
        _show_drafts(source, root)
        click.echo(
            f"decide in notebooks/09_add_a_source.ipynb or in the files; "
            f"then: ctdata accept {source}",
            err=True,
        )
    sys.exit(2 if failed else 0)


def _tell_drafted(source: str, found: Any) -> None:
    if isinstance(found, Exception):
        click.echo(f"{source}: {found}", err=True)
        return
    told = ", ".join(f"{count} {table}" for table, count in found.items())
    click.echo(f"{source}: {f'new drafts: {told}' if told else 'nothing new'}")


@main.command()
@click.argument("source", required=False)
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
def drafts(source: str | None, root: Path | None) -> None:
    """Count the drafts of the text SOURCE, or of each text, by table and status."""
    with _refusing():
        from ctdata.corpus import Corpus
        from ctdata.ingest.desk import Desk

        corpus = Corpus(root)
        names = [source] if source else corpus.load("sources")["source_id"].tolist()
        shown = [name for name in names if source or Desk(name, root).tables()]
        for name in shown:
            _show_drafts(name, root)
        if not shown:
            click.echo("no drafts; ctdata suggest SOURCE makes some", err=True)


def _show_drafts(source: str, root: Path | None) -> None:
    from ctdata.display import table
    from ctdata.ingest.desk import Desk

    with _refusing():
        desk = Desk(source, root)
        counts = desk.counts().reset_index()
    click.echo(desk.folder)
    click.echo(table(counts, list(counts), empty="No drafts.").plain())


@main.command()
@click.argument("source")
@click.option("--root", type=click.Path(path_type=Path), help="Folder of another corpus.")
def accept(source: str, root: Path | None) -> None:
    """Move the accepted drafts of the text SOURCE into the tables, if the whole then is sound."""
    from ctdata.ingest.accept import accept as move

    with _refusing(behind=["nothing has changed"]):
        found = move(source, root)
    told = ", ".join(f"{count} {table}" for table, count in found.items())
    click.echo(f"{source}: {f'new rows: {told}' if told else 'no accepted drafts; nothing to do'}")
    if found:
        _warn_of_contradictions(source, root)


def _warn_of_contradictions(source: str, root: Path | None) -> None:
    """Tell what would stop reports, while the analyst has the text at hand."""
    from ctdata.contradictions import contradictions
    from ctdata.corpus import Corpus

    lines = contradictions(Corpus(root).select(sources=source))
    if lines:
        click.echo(
            "The text states another number than the tables hold of it. Reports that compare the "
            "two will stop; correct the row, or add the rows that it counts:",
            err=True,
        )
    for line in lines:
        click.echo(f"  {line}", err=True)


@contextmanager
def _refusing(before: str = "", behind: Iterable[str] = ()) -> Iterator[None]:
    """Turn an error about a corpus, a file or a filter into a refusal."""
    try:
        yield
    except ValueError as error:
        _refuse([f"{before}{error}", *behind])
    except OSError as error:
        name = f"{error.filename}: " if error.filename else before
        _refuse([f"{name}{error.strerror or error}", *behind])


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
