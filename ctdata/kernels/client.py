"""Start a server of prepared processes, and ask it for children."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import Any

from ctdata.kernels.server import Request, code_times

# The module that a server of kernels prepares, and the variable by which a process tells others to
# use its own server of kernels.
KERNELS = "ctdata.kernels.kernel"
ADDRESS = "CTDATA_KERNELS"
# Python puts the working folder first on the path of such a command; what lies there is not meant.
_SERVE = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from ctdata.kernels.server import main; main()"
)


class ServerGone(Exception):
    """There is no server to fork a child, or it has ended."""


def can_fork() -> bool:
    """Tell whether forking a prepared process is safe on this system.

    It is on Linux. macOS has libraries that break in a forked child, and Windows has no fork.
    """
    return sys.platform == "linux"


class Child:
    """A process forked by a server; it can be handled like one of `subprocess.Popen`.

    It is killed when this object is deleted.

    Attributes
    ----------
    pid : int
        Its process id, which is also that of its process group.
    returncode : int or None
        How it ended: the exit status, or minus the signal that ended it; None while it runs.
    value : tuple
        What the function returned last, as the only item; empty while it runs or if it failed.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: Connection) -> None:
        self.returncode: int | None = None
        self.value: tuple[Any, ...] = ()
        self._connection = connection
        try:
            self.pid: int = connection.recv()
        except (EOFError, OSError) as error:
            raise ServerGone("the server of prepared processes has ended") from error

    def poll(self) -> int | None:
        """Return how the process ended; None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the process ends, or for some seconds.

        Parameters
        ----------
        timeout : float, optional
            How many seconds at most.

        Returns
        -------
        int or None
            How it ended; None if it still runs.
        """
        while self.returncode is None and self._connection.poll(timeout):
            self._receive()
        return self.returncode

    def result(self, timeout: float | None = None) -> tuple[Any, ...]:
        """Wait until the function returns, or for some seconds.

        Parameters
        ----------
        timeout : float, optional
            How many seconds at most.

        Returns
        -------
        tuple
            What it returned, as the only item; empty if the process ended without.
        """
        while not self.value and self.returncode is None and self._connection.poll(timeout):
            self._receive()
        return self.value

    def ask_again(self, *arguments: Any) -> None:
        """Have a child that was asked for with ``again`` call its function once more."""
        self.value = ()
        with suppress(OSError):  # one that has ended says so when it is asked for the result
            self._connection.send(arguments)

    def _receive(self) -> None:
        try:
            received = self._connection.recv()
        except (EOFError, OSError):
            received = -signal.SIGKILL  # the server died and took its children along
        if isinstance(received, tuple):
            self.value = received
        else:
            self.returncode = received
            self._connection.close()

    def send_signal(self, number: int) -> None:
        """Send a signal to the process."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)


class Server:
    """A server of prepared processes. It ends with this process, if not before.

    Parameters
    ----------
    *modules : str
        What it imports. If a module has a function `prepare`, that is called.

    Attributes
    ----------
    address : str
        What other processes of the same user reach it by, with :func:`fork`.
    """

    def __init__(self, *modules: str) -> None:
        self.address = f"ctdata-{uuid.uuid4().hex}"
        self._code = code_times()
        with socket.socket(socket.AF_UNIX) as listener:
            # An abstract address: there is no file to be left behind.
            listener.bind(f"\0{self.address}")
            listener.listen(128)
            number = listener.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, str(number), *modules],
                stdin=subprocess.PIPE,
                pass_fds=[number],
                start_new_session=True,
            )
        atexit.register(self.close)

    @property
    def is_fit(self) -> bool:
        """Whether it runs, with the code as it is now."""
        return self._process.poll() is None and self._code == code_times()

    def close(self) -> None:
        """End the server and with it all children."""
        atexit.unregister(self.close)
        self._process.stdin.close()
        self._process.terminate()  # which it heeds while it has nothing but imports to end
        self._process.wait()


_servers: dict[tuple[int, tuple[str, ...]], list[Server]] = {}
_starting = threading.Lock()


def own_server(*modules: str) -> Server:
    """Return this process's server for some modules; it is started when first asked for.

    Parameters
    ----------
    *modules : str
        As for :class:`Server`.

    Returns
    -------
    Server
    """
    key = (os.getpid(), modules)
    with _starting:
        found = _servers.setdefault(key, [])
        # One that is no longer fit may still have children at work, so it is not closed.
        if not found or not found[-1].is_fit:
            found.append(Server(*modules))
        return found[-1]


def close_servers() -> None:
    """End the servers of this process and with them all children."""
    with _starting:
        for key in [key for key in _servers if key[0] == os.getpid()]:
            for server in _servers.pop(key):
                server.close()


def fork(address: str, request: Request, stdout: int = 1, stderr: int = 2) -> Child:
    """Ask a server for a child.

    Parameters
    ----------
    address : str
        Where the server is reached.
    request : Request
        What the child shall do.
    stdout, stderr : int, optional
        File descriptors that it shall write its output and errors to; else those of this process.

    Returns
    -------
    Child
        The process, which has begun.

    Raises
    ------
    ServerGone
        There is no such server.
    """
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(f"\0{address}")
        except OSError as error:
            raise ServerGone("there is no server of prepared processes") from error
        connection = Connection(client.detach())
    try:
        connection.send(request)
        for stream in (stdout, stderr):
            send_handle(connection, stream, None)
    except OSError as error:
        raise ServerGone("the server of prepared processes has ended") from error
    return Child(connection)
