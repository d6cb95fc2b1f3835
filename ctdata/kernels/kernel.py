"""What makes a forked process an IPython kernel."""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from contextlib import suppress

import ctdata
from ctdata import corpus, display

# What ipykernel imports only as a kernel starts, and what notebooks reckon and draw with. pyplot
# is not among it: it would tie itself to a shell that is not there yet.
_MODULES = """
ipykernel.kernelapp ipykernel.debugger psutil pdb sqlite3 tornado.platform.asyncio
IPython.core.completerlib IPython.core.debugger IPython.core.logger IPython.core.oinspect
IPython.extensions.storemagic IPython.utils.wildcard
ahocorasick bokeh.plotting networkx pandas.core.reshape.reshape pandas.core.methods.to_dict
matplotlib.figure matplotlib.backends.backend_agg matplotlib.backends.backend_svg
""".split()
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
    for ready in (_draw, corpus.prepare):
        with suppress(Exception):
            ready()


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


def run(arguments: list[str]) -> None:
    """Be a kernel until told to end, as `python -m ipykernel_launcher` would be.

    Parameters
    ----------
    arguments : list of str
        What follows on that command line.
    """
    import ipykernel_launcher
    import matplotlib
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [ipykernel_launcher.__file__, *arguments]
    # ipykernel sets this variable, but matplotlib has read it long ago.
    matplotlib.rcParams["backend"] = os.environ.setdefault("MPLBACKEND", _INLINE)
    # The system ends this process with its parent; no thread needs to watch for that.
    app = IPKernelApp.instance(parent_handle=1)
    app.initialize(arguments)
    # Its handlers print nothing below this level, but each message would still make records.
    app.log.setLevel(app.log_level)
    app.start()
