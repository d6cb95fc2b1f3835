"""Offers warm kernels to Jupyter: a provisioner for everyone, and a manager for batch runs.

The provisioner is the official way to change how kernels start. It is registered under the name
``ctdata-warm``; where ``JUPYTER_DEFAULT_PROVISIONER_NAME`` has this value, JupyterLab and nbval
use it for each kernel. It starts what it cannot fork as usual.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Type

from ctdata.kernels.client import ADDRESS, KERNELS, Child, ServerGone, can_fork, fork, own_server
from ctdata.kernels.server import Request

NAME = "ctdata-warm"
# How long the path of a folder may be at most, in bytes, if sockets in folders in it shall have
# paths of 107 bytes at most.
_LONG = 68
_PYTHON_KERNEL = [sys.executable, "-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels of this environment from a process that is prepared for them.

    Attributes
    ----------
    alone : bool
        Whether the kernel's only client has it run one cell after another and asks for nothing
        else, neither for a sign of life nor for a completion meanwhile.
    """

    alone = Bool(False)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; start it as usual if it cannot be forked."""
        self.process = self._fork(cmd, **self._scrub_kwargs(kwargs))
        if self.process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info

    def _fork(
        self,
        cmd: list[str],
        *,
        env: dict[str, str] | None = None,
        cwd: str | None = None,
        stdout: Any = None,
        stderr: Any = None,
        **others: Any,
    ) -> Child | None:
        """Fork the kernel; None where it has to be started as usual."""
        is_own = cmd[: len(_PYTHON_KERNEL)] == _PYTHON_KERNEL
        streams = {name: s for name, s in (("stdout", stdout), ("stderr", stderr)) if s is not None}
        if not (can_fork() and is_own and all(hasattr(s, "fileno") for s in streams.values())):
            return None
        if others:
            return None
        request = Request(
            f"{KERNELS}:run",
            (cmd[len(_PYTHON_KERNEL) :], self.alone),
            # A kernel with a parent of this number neither watches it nor speaks to the terminal.
            dict(env or os.environ) | {"JPY_PARENT_PID": "1"},
            os.fspath(cwd or os.getcwd()),
            tuple(cmd),
        )
        try:
            address = os.environ.get(ADDRESS) or own_server(KERNELS).address
            return fork(address, request, **{name: s.fileno() for name, s in streams.items()})
        except ServerGone:
            return None

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait the moment that it takes, rather than until the next poll."""
        await super().kill(restart)
        if isinstance(self.process, Child):
            self.process.wait(1)


class WarmKernelManager(AsyncKernelManager):
    """Manages a warm kernel of a batch run: nothing is waited for that need not be.

    On Linux the lines to the kernel are files in a folder that is closed to others, as two kernels
    that start at the same time can be given the same port. Elsewhere they are encrypted.
    """

    def __init__(self, **options: Any) -> None:
        self._lines = _private_folder() if can_fork() else None
        if self._lines:
            line = {"transport": "ipc", "ip": os.path.join(self._lines.name, "line")}
        else:
            line = {"transport_encryption": "auto" if zmq.has("curve") else "disabled"}
        super().__init__(**line, **options)
        self.client_factory = _PromptClient

    def cleanup_connection_file(self) -> None:
        """Remove what the kernel needed on disk."""
        super().cleanup_connection_file()
        if self._lines:
            self._lines.cleanup()

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernel's description, with the provisioner named in it."""
        spec = super().kernel_spec
        alone = {"alone": True}
        spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME, "config": alone}
        return spec


def _private_folder() -> tempfile.TemporaryDirectory:
    """Make a folder that only this user can enter, with a path short enough for a socket in it."""
    usual = tempfile.gettempdir()
    return tempfile.TemporaryDirectory(
        prefix="ctdata-", dir=usual if len(os.fsencode(usual)) < _LONG else "/tmp"
    )


class _Channel(AsyncZMQSocketChannel):
    """Takes a message as it comes, rather than look first whether there is one."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        return await (self._recv() if timeout is None else super().get_msg(timeout))


class _PromptClient(AsyncKernelClient):
    """Is ready as soon as the kernel has answered on both of its channels.

    The client that it is made from waits for another fifth of a second, to throw away messages
    that nbclient passes over anyway; and for another tenth or two where it has tried to reach a
    kernel that was about to listen. It also has a thread listen for signs of life, where nbclient
    asks whether the process is there.
    """

    iopub_channel_class = Type(_Channel)

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, 5)  # milliseconds
        return context

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while time.monotonic() < deadline:
            self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=1)
                return
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
        raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")
