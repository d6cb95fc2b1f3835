"""What makes a forked process an IPython kernel."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import os
import pkgutil
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config, Configurable
from traitlets.config.loader import DeferredConfigString

import ctdata
from ctdata import corpus, display

# What ipykernel imports only as a kernel starts, and what notebooks read, reckon and draw with.
# pyplot is not among it: it would tie itself to a shell that is not there yet.
_MODULES = """
ipykernel_launcher ipykernel.debugger psutil pdb sqlite3 tornado.platform.asyncio
IPython.core.completerlib IPython.core.debugger IPython.core.logger IPython.core.oinspect
IPython.extensions.storemagic IPython.utils.wildcard encodings.utf_8_sig zmq.utils.garbage
ahocorasick bokeh.plotting networkx pandas.core.reshape.reshape pandas.core.methods.to_dict
matplotlib.figure matplotlib.backends.backend_agg matplotlib.backends.backend_svg
ctdata.ingest.accept ctdata.ingest.drafting ctdata.ingest.intake ctdata.ingest.practice
rapidfuzz.process trafilatura
""".split()
# How many more objects there are when garbage is looked for: a process that soon ends with all that
# it has need not look as often as others do.
_YOUNG = 10_000
_SETTING = re.compile(r"--(\w+)\.(\w+)=(.*)")
_INLINE = "module://matplotlib_inline.backend_inline"


def prepare() -> None:
    """Import what kernels and notebooks use, get drawing ready and read the collection."""
    own = [f"ctdata.{found.name}" for found in pkgutil.iter_modules(ctdata.__path__)]
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the debugger speaks up
    for name in [*_MODULES, *own]:
        # What cannot be imported is told where it is used.
        with suppress(Exception):
            importlib.import_module(name)
    del os.environ["PYDEVD_DISABLE_FILE_VALIDATION"]
    for ready in (_draw, corpus.prepare, _kernel):
        with suppress(Exception):
            ready()


def _kernel() -> None:
    """Make the kernel that a report will have, with its shell: half of what its start takes."""
    _application(LoneKernelApp)
    memory = Config({"HistoryManager": {"hist_file": ":memory:"}})  # as nbclient wants it
    LoneKernel.instance(config=memory, user_ns=None)


def _draw() -> None:
    """Draw words of each size, so that fonts are found, and image formats and backends known."""
    from matplotlib.rcsetup import validate_backend

    validate_backend(_INLINE)
    figure, axes = display.canvas(1)
    figure.set_layout_engine(None)
    axes.plot([0, 1])
    for half_points in range(10, 24):
        for weight in ("normal", "bold"):
            axes.text(0, 0, "a", size=half_points / 2, weight=weight)
    axes.text(0, 0, "a", style="italic")
    for form in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=form)


class KernelApp(IPKernelApp):
    """IPython's kernel, which understands what managers say without a parser of all options."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        flag, file, *others = argv if argv and len(argv) > 1 else ("", "")
        settings = [_SETTING.fullmatch(argument) for argument in others]
        if flag != "-f" or None in settings:
            super().parse_command_line(argv)
            return
        said = [("IPKernelApp", "connection_file", file), *(each.groups() for each in settings)]
        for section, name, value in said:
            self.update_config(Config({section: {name: DeferredConfigString(value)}}))

    def init_kernel(self) -> None:
        """Forget the kernel that was made ahead, unless this would be the same."""
        if LoneKernel.initialized():
            ahead = LoneKernel.instance()
            if self.kernel_class is not LoneKernel or _about(ahead) != _about(self):
                atexit.unregister(ahead.shell.atexit_operations)
                ZMQInteractiveShell.clear_instance()
                LoneKernel.clear_instance()
        super().init_kernel()


def _about(configured: Configurable) -> dict[str, dict[str, Any]]:
    """What is set for a kernel, its shell and what belongs to it."""
    config = configured.config
    return {key: dict(part) for key, part in config.items() if part and key != "IPKernelApp"}


class LoneKernel(IPythonKernel):
    """A kernel that can be made before it is known over which lines it will speak, and where."""

    @classmethod
    def instance(cls, **traits: Any) -> LoneKernel:
        ahead = cls.initialized()
        kernel = super().instance(**traits)
        if ahead and traits:
            kernel._settle({name: value for name, value in traits.items() if value is not None})
        return kernel

    def _settle(self, traits: Mapping[str, Any]) -> None:
        """Do what depends on where it runs, as it is done when a kernel is made."""
        for name, value in traits.items():
            setattr(self, name, value)
        self._stdout, self._stderr = sys.stdout, sys.stderr
        shell = self.shell
        shell.ipython_dir, shell.profile_dir = self.parent.ipython_dir, self.profile_dir
        shell.starting_dir = os.getcwd()
        shell.init_environment()
        shell.save_sys_module_state()
        shell.displayhook.session = shell.display_pub.session = self.session
        shell.displayhook.pub_socket = shell.display_pub.pub_socket = self.iopub_socket
        if session_name := os.environ.get("JPY_SESSION_NAME"):
            shell.user_ns["__session__"] = session_name


class Stream(OutStream):
    """What cells print; a flush hands nothing over to another thread if there is nothing."""

    _unsent = False

    def write(self, string: str) -> int | None:
        written = super().write(string)
        self._unsent = True
        return written

    def flush(self) -> None:
        if self._unsent:
            self._unsent = False
            super().flush()


class LoneKernelApp(KernelApp):
    """A kernel for a client that has it run one cell after another and asks for nothing else."""

    kernel_class = LoneKernel
    outstream_class = f"{__name__}.Stream"

    def init_control(self, context: Any) -> None:
        super().init_control(context)
        self.shell_channel_thread = None  # it would hand on what is asked for in the meantime

    def init_heartbeat(self) -> None:
        pass  # nobody listens


def run(arguments: list[str], alone: bool = False) -> None:
    """Be a kernel until told to end, as `python -m ipykernel_launcher` would be.

    Parameters
    ----------
    arguments : list of str
        What follows on that command line.
    alone : bool, optional
        Whether its only client has it run one cell after another and asks for nothing else.
    """
    import ipykernel_launcher
    import matplotlib

    sys.argv = [ipykernel_launcher.__file__, *arguments]
    # ipykernel sets this variable, but matplotlib has read it long ago.
    matplotlib.rcParams["backend"] = os.environ.setdefault("MPLBACKEND", _INLINE)
    if alone:
        gc.set_threshold(_YOUNG)
    else:
        LoneKernelApp.clear_instance()
    app = _application(LoneKernelApp if alone else KernelApp)
    app.initialize(arguments)
    app.start()


def _application(kind: type[KernelApp]) -> KernelApp:
    """Make an application, or return the one that was made ahead."""
    # The system ends this process with its parent; no thread needs to watch for that.
    app = kind.instance(parent_handle=1)
    # Its handlers print nothing below this level, but each message would still make records.
    app.log.setLevel(app.log_level)
    return app
