"""Who makes reports: processes of this machine, or those of a dask cluster.

Both stand behind the interface of `concurrent.futures`. Where processes can be forked, those that
make reports are forked from a server that has imported papermill (and built nbconvert's converters,
where reports are rendered), and the kernel of each report from another server. A process makes one
report at a time, so a report that goes astray takes no other with it, and can be ended at any time.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from ctdata.kernels.client import (
    ADDRESS,
    KERNELS,
    Child,
    Server,
    ServerGone,
    can_fork,
    close_servers,
    fork,
    own_server,
)
from ctdata.kernels.server import Request
from ctdata.reports.run import Product, Task, make

# The module that a server prepares, too, if its makers shall render.
_RENDERING = "ctdata.reports.render"
# How many seconds beyond its limit a report may take, for rendering, before it is ended.
_GRACE = 120
# How many reports a process makes.
_MANY = 50
# How many seconds to wait for a cluster and for its first worker.
_PATIENCE = 10
_ALL = 1_000_000


class SchedulerError(Exception):
    """The cluster cannot be used; the message says why."""


def work(task: Task) -> Product:
    """Make a report in another process, which makes no other report meanwhile.

    Parameters
    ----------
    task : Task
        What to make.

    Returns
    -------
    Product
        The contents of the report's files, or why there are none.
    """
    with tempfile.TemporaryDirectory(prefix="ctdata-") as scratch:
        if not can_fork():
            return make(task, Path(scratch))
        try:
            return _Maker.idle(bool(task.report.formats)).make(task, scratch)
        except ServerGone as error:
            return Product(0, {}, error=f"{error}; run the same command again")


def start_servers(rendering: bool) -> tuple[Server, Server]:
    """Start those that fork kernels and makers of reports, if they do not run yet.

    They take seconds until they are ready, and may be asked before.

    Parameters
    ----------
    rendering : bool
        Whether reports are to be rendered, which needs more than to execute them.

    Returns
    -------
    tuple of ctdata.kernels.client.Server
        The one for kernels and the one for makers.
    """
    return own_server(KERNELS), own_server(__name__, *([_RENDERING] if rendering else []))


class _Maker:
    """A process that makes one report after another, each with a kernel of its own.

    It is ended, and another takes its place, when a report has gone astray in it, when it has made
    so many that what it might have gathered is worth throwing away, or when code has changed.
    """

    _idle: ClassVar[list[_Maker]] = []

    @classmethod
    def idle(cls, rendering: bool) -> _Maker:
        """Take one that has nothing to do; a new one if there is none."""
        servers = start_servers(rendering)
        with suppress(IndexError):  # another thread may take the last one
            while cls._idle:
                maker = cls._idle.pop()
                if maker.servers == servers and maker.child.poll() is None:
                    return maker
        return cls(servers)

    def __init__(self, servers: tuple[Server, Server]) -> None:
        self.servers = servers
        self.child: Child | None = None
        self.made = 0

    def make(self, task: Task, scratch: str) -> Product:
        """Make a report; be idle again if all went well."""
        if self.child is None:
            kernels, reports = self.servers
            environment = os.environ | {ADDRESS: kernels.address}
            function = f"{__name__}:_make"
            request = Request(function, (task, scratch), environment, scratch, again=True)
            self.child = fork(reports.address, request)
        else:
            self.child.ask_again(task, scratch)
        product = self.child.result(task.timeout + _GRACE)
        if not product:  # without this maker the server ends the process
            return Product(0, {}, error=_lost(self.child.returncode, task))
        self.made += 1
        if self.made < _MANY:
            self._idle.append(self)
        return product[0]


def _lost(status: int | None, task: Task) -> str:
    if status is None:
        return f"it took longer than {task.timeout:g} s; allow more with --timeout"
    return f"its process has ended ({status}), perhaps for want of memory; try again with --jobs 1"


def _make(task: Task, scratch: str) -> Product:
    """Make a report, in the process that a maker has."""
    # So that nothing stays behind, neither of this process nor of cells, however they end.
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    os.chdir(scratch)
    logging.disable(logging.CRITICAL)  # what went wrong is told in the product
    return make(task, Path(scratch))


def prepare() -> None:
    """Get ready what the processes forked for reports need to execute them."""
    # jsonschema would import this to check addresses that have signs of other scripts in them,
    # which takes a second and which no notebook has.
    sys.modules["rfc3987_syntax"] = None
    import nbformat
    from jupyter_client import jsonutil
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.provisioning import KernelProvisionerFactory
    from nbformat.v4 import nbbase

    from ctdata.reports import engine

    # Each message has two dates, and each output would be checked alone by the slower of nbformat's
    # two ways; the engine checks the whole notebook in the end.
    jsonutil._dateutil_parse = datetime.fromisoformat
    nbbase.validate = lambda node, ref=None: None
    KernelProvisionerFactory.instance()  # reads what all packages offer
    KernelSpecManager().find_kernel_specs()  # imports IPython to learn where to look
    engine.load(nbformat.writes(nbbase.new_notebook()))  # compiles what notebooks are checked by


@contextmanager
def executor(jobs: int, scheduler: str = "") -> Iterator[tuple[Executor, int]]:
    """Open what takes tasks.

    Parameters
    ----------
    jobs : int
        How many reports to make at a time on this machine.
    scheduler : str, optional
        Address of a dask scheduler; its workers make the reports instead.

    Yields
    ------
    Executor
        Takes :func:`work` with a task.
    int
        How many tasks it should be given at a time.

    Raises
    ------
    SchedulerError
        If the cluster cannot be used.
    """
    if scheduler:
        with connect(scheduler) as client:
            # Workers come and go, so all tasks are handed over at once.
            yield client.get_executor(pure=False), _ALL
        return
    pool = ThreadPoolExecutor(jobs) if can_fork() else ProcessPoolExecutor(jobs)
    try:
        yield pool, jobs
    except BaseException:
        close_servers()  # ends what is being made
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def connect(address: str) -> Any:
    """Connect to a dask scheduler that has workers.

    Parameters
    ----------
    address : str
        Such as ``tcp://host:8786``.

    Returns
    -------
    distributed.Client

    Raises
    ------
    SchedulerError
        If the cluster cannot be used.
    """
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError(
            "--scheduler needs dask's distributed: pip install 'ctdata[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SchedulerError(f"no scheduler answers at {address}: {error}") from None
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        client.close()
        raise SchedulerError(f"the scheduler at {address} has no workers; start some") from None
    return client
