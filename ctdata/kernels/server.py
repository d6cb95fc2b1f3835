"""The process that forks: it imports and prepares once, then makes a child for each request.

A child is a fresh copy of the prepared process: nothing that one child does reaches another. The
server has a single thread when it forks, which is what makes forking safe.

No child outlives its purpose. It is killed, with all that it started, when the process that asked
for it closes the connection or dies; and all children are killed when the server ends, which it
does when the process that started it closes the server's standard input or dies.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Any

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
# What Python and the libraries read from the environment once, as they start.
_READ_ONCE = ("PYTHON", "LD_", "LC_", "LANG", "TZ", "MPLCONFIG", "MATPLOTLIBRC", "OMP_", "OPENBLAS")


@dataclass(frozen=True)
class Request:
    """What a child shall do.

    Attributes
    ----------
    function : str
        What to call, as "module:name". The child sends what it returns and ends at once; if that
        is None, the child ends as a Python process does.
    arguments : tuple
        Its positional arguments.
    environment : dict of str to str
        The child's environment variables, all of them.
    folder : str
        The child's working folder.
    instead : tuple of str
        The command to run in the child where what the server has prepared does not fit; none: it
        is taken to fit.
    again : bool
        Whether the child does not end then but waits for other arguments for the same function.
    """

    function: str
    arguments: tuple[Any, ...]
    environment: Mapping[str, str]
    folder: str
    instead: tuple[str, ...] = ()
    again: bool = False


def main() -> None:
    """Serve on the socket whose number is the first argument; prepare the modules that follow."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
    prepared = _Prepared(sys.argv[2:])
    child = _serve(listener)
    if child is None:
        os._exit(0)  # there is nothing to tidy up, and much to free
    child.run(prepared)


class _Prepared:
    """What the children start from, and whether it is still right for them."""

    def __init__(self, modules: Sequence[str]) -> None:
        before = dict(os.environ)
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # no thread may be there when forking
        gc.disable()
        for name in modules:
            module = importlib.import_module(name)
            if hasattr(module, "prepare"):
                module.prepare()
        gc.freeze()  # the children share these objects as long as none of them touches them
        del os.environ["OPENBLAS_NUM_THREADS"]
        # What libraries have set as they were imported, they would have set in a new process.
        self.set = {key: value for key, value in os.environ.items() if key not in before}
        self.settings = _read_once(before)
        self.code = code_times()

    def fits(self, request: Request) -> bool:
        """Tell whether the child that was forked is what a new process would be."""
        return (
            self.settings == _read_once(request.environment)
            and self.code == code_times()
            and len(os.listdir("/proc/self/task")) == 1
            and not os.path.exists("matplotlibrc")  # read once, from the working folder
        )


def _read_once(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key.startswith(_READ_ONCE)}


def code_times() -> dict[str, int]:
    """When this package, and the folders that others are installed in, were last changed.

    Returns
    -------
    dict of str to int
        Path to time of change, in nanoseconds.
    """
    package = os.path.dirname(os.path.dirname(__file__))
    files = (os.path.join(folder, name) for folder, _, names in os.walk(package) for name in names)
    own = [file for file in files if file.endswith(".py")]
    installed = [path for path in sys.path if path.endswith("site-packages")]
    return {path: os.stat(path).st_mtime_ns for path in [*own, *installed]}


def _serve(listener: socket.socket) -> _Child | None:
    """Fork a child for each request; return the child in it, and None when all is over."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from now on there are children to end first
    server = os.getpid()
    asking: dict[int, Connection] = {}  # who asked for a child, by its process id
    wake_up, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        numbers = {connection.fileno(): pid for pid, connection in asking.items()}
        ready = _wait([listener.fileno(), sys.stdin.fileno(), wake_up], numbers)
        if sys.stdin.fileno() in ready:
            for pid in asking:
                _kill(pid)
            return None
        if wake_up in ready:
            os.read(wake_up, 4096)
        for number in ready & numbers.keys():
            _kill(numbers[number])  # who asked for it has gone
        _reap(asking)
        if listener.fileno() in ready and (asked := _accept(listener)):
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for number in (listener.detach(), wake_up, wake):
                    os.close(number)
                for connection in asking.values():
                    connection.close()
                return _Child(*asked, server)
            asking[pid], _, streams = asked
            for number in streams:
                os.close(number)


def _wait(read: Iterable[int], watched: Iterable[int]) -> set[int]:
    """Return the file descriptors that can be read or were closed at the other end.

    What comes through those that are only watched is for the child, which has them too.
    """
    poll = select.poll()
    for number in read:
        poll.register(number, select.POLLIN)
    for number in watched:
        poll.register(number, select.POLLRDHUP)
    return {number for number, _ in poll.poll()}


def _accept(listener: socket.socket) -> tuple[Connection, Request, tuple[int, int]] | None:
    """Accept a connection, with a request and where the child shall write its output and errors.

    None if it comes from someone else or is broken.
    """
    accepted, _ = listener.accept()
    peer = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    connection = Connection(accepted.detach())
    with suppress(Exception):  # whatever is sent, the server goes on
        if int.from_bytes(peer[4:8], sys.byteorder) == os.getuid():
            request = connection.recv()
            if isinstance(request, Request):
                return connection, request, (recv_handle(connection), recv_handle(connection))
    connection.close()
    return None


def _reap(asking: dict[int, Connection]) -> None:
    """Tell those who asked for them which children have ended, and how."""
    for pid in list(asking):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            continue
        _kill(pid)  # what the child has started and left behind; its number is not free yet
        _, status = os.waitpid(pid, 0)
        with asking.pop(pid) as connection:
            with suppress(OSError):  # perhaps nobody waits for it any more
                connection.send(os.waitstatus_to_exitcode(status))


def _kill(pid: int) -> None:
    """Kill a child that was not reaped yet, and its process group."""
    os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):  # it may have none of its own yet
        os.killpg(pid, signal.SIGKILL)


class _Child:
    """The forked process: it becomes what a newly started one would be, and does its task."""

    def __init__(
        self, connection: Connection, request: Request, streams: tuple[int, int], server: int
    ) -> None:
        self.connection, self.request, self.streams = connection, request, streams
        self.server = server

    def run(self, prepared: _Prepared) -> None:
        """Do the task; tell its process id first and its result in the end."""
        request = self.request
        self._settle()
        os.environ.clear()
        os.environ.update(prepared.set | request.environment)
        self.connection.send(os.getpid())
        if request.instead and not prepared.fits(request):
            os.execvpe(request.instead[0], request.instead, request.environment)
        gc.enable()
        module, _, name = request.function.partition(":")
        function = getattr(importlib.import_module(module), name)
        value = function(*request.arguments)
        if value is None:
            return
        self.connection.send((value,))
        while request.again:
            self.connection.send((function(*self.connection.recv()),))
        # Tidying up would copy all that is shared with the server, only to throw it away.
        os._exit(0)

    def _settle(self) -> None:
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != self.server:
            os._exit(1)
        os.setsid()
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), *self.streams)):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(self.request.folder)
        tempfile.tempdir = None  # the child's environment may name another
        if "numpy.random" in sys.modules:  # the random module does this by itself
            sys.modules["numpy.random"].seed()
