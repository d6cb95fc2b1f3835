"""Warm kernels are what ordinary kernels are, carry nothing over, and leave no process behind."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
import papermill
import pytest
from ipykernel.kernelapp import IPKernelApp
from jupyter_client import jsonutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat.v4 import new_code_cell, new_notebook

from ctdata.kernels import client, provisioner
from ctdata.kernels.client import KERNELS, Server, ServerGone, close_servers, fork, own_server
from ctdata.kernels.server import Request
from ctdata.reports.run import execute

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not client.can_fork(), reason="processes are forked on Linux only")
# What a notebook may notice of the process that it runs in.
PROCESS = """
import os, signal, sys, threading
import matplotlib
print(sys.argv[0], sys.path, os.getcwd(), __name__, sys.executable)
print(type(get_ipython()), matplotlib.get_backend(), get_ipython().colors)
print(sys.stdin.fileno() if hasattr(sys.stdin, "fileno") else None, signal.getsignal(signal.SIGINT))
print(signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCHLD))
print(sys.modules["__main__"].__dict__.keys() >= {"In", "Out"}, threading.main_thread().name)
print(sorted(key for key in os.environ if key not in {"JPY_PARENT_PID"}))
print(os.getsid(0) == os.getpid(), os.umask(0o22), os.nice(0))
shell = get_ipython()
print(shell.starting_dir, shell.ipython_dir, shell.profile_dir.location, type(shell.user_module))
print(shell.history_manager.hist_file, shell.parent is shell.kernel, shell.kernel.shell is shell)
print([type(part).__name__ for part in shell.configurables if part is not shell.kernel.parent])
print(sorted(shell.user_ns), sorted(shell.user_ns_hidden), sorted(shell.events.callbacks))
"""
STREAMS = ("stdout", "stderr")
# What a notebook may print, and how.
PRINTED = """
import os, subprocess, sys, threading
from IPython.display import display
print("one line")
print("no line feed", end="")
sys.stdout.flush()
display("between")
thread = threading.Thread(target=print, args=("from a thread",))
thread.start(); thread.join()
sys.stderr.write("an error")
sys.stdout.write("")
os.write(1, b"past Python\\n")
subprocess.run(["echo", "from a program"]);
"""


def write_notebook(path: Path, *cells: str) -> Path:
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    return path


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.text for output in outputs if output.output_type == "stream"]


def ask(server: Server, function: str, *arguments: object, **facts: object) -> client.Child:
    request = {"environment": dict(os.environ), "folder": os.getcwd()} | facts
    return fork(server.address, Request(function, arguments, **request))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def kernels() -> Server:
    return own_server(KERNELS)


# --- like an ordinary kernel --------------------------------------------------------------------


def test_a_notebook_sees_the_same_process_as_under_plain_papermill(tmp_path):
    path = write_notebook(
        tmp_path / "n.ipynb", PROCESS, "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "plt.plot([1, 3, 2]);", "print(plt.get_backend(), plt.rcParams['figure.dpi'])",
    )  # fmt: skip
    plain = papermill.execute_notebook(
        str(path), None, kernel_name="python3", cwd=str(tmp_path), progress_bar=False
    )
    warm = execute(path, {})
    assert [cell.outputs for cell in warm.cells] == [cell.outputs for cell in plain.cells]
    assert any("image/png" in output.data for output in warm.cells[2].outputs)


def test_all_that_is_printed_arrives(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it ipykernel leaves what is not Python alone
    path = write_notebook(tmp_path / "n.ipynb", PRINTED, "import time; time.sleep(0.5)", "print(2)")
    told = [output for cell in execute(path, {}).cells for output in cell.outputs]
    texts = {name: "".join(o.text for o in told if o.get("name") == name) for name in STREAMS}
    assert "one line\nno line feed" in texts["stdout"] and texts["stdout"].endswith("2\n")
    for words in ("from a thread", "past Python", "from a program"):
        assert words in texts["stdout"]
    assert texts["stderr"] == "an error"
    kinds = [output.output_type for output in told]
    assert kinds.index("stream") < kinds.index("display_data") < len(kinds) - 1


def test_what_is_set_for_the_shell_holds_in_a_warm_kernel(tmp_path, monkeypatch):
    profile = tmp_path / "profile_default"
    profile.mkdir()
    settings = "c.InteractiveShell.ast_node_interactivity = 'all'\n"
    (profile / "ipython_kernel_config.py").write_text(settings)
    path = write_notebook(tmp_path / "n.ipynb", "1\n2")
    assert len(execute(path, {}).cells[0].outputs) == 1
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert len(execute(path, {}).cells[0].outputs) == 2


def test_a_warm_kernel_keeps_its_things_where_the_environment_says(kernels, tmp_path, monkeypatch):
    cell = "shell = get_ipython(); print(shell.ipython_dir, shell.profile_dir.location)"
    path = write_notebook(tmp_path / "n.ipynb", cell)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "own"))
    own, profile = printed(execute(path, {}))[0].split()
    assert Path(own) == tmp_path / "own" and Path(profile).parent == tmp_path / "own"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-f", "line.json"],
        ["-f", "line.json", "--HistoryManager.hist_file=:memory:"],
        ["-f", "line.json", "--InteractiveShell.cache_size=7", "--IPKernelApp.quiet=False"],
        ["-f", "line.json", "--no-stdout"],
        ["--debug", "-f", "line.json"],
        ["-f=line.json"],
        [],
    ],
)
def test_what_a_manager_says_means_the_same_to_a_warm_kernel(arguments):
    from ctdata.kernels.kernel import KernelApp

    warm, ordinary = KernelApp(), IPKernelApp()
    for app in (warm, ordinary):
        app.parse_command_line(arguments)
    assert warm.connection_file == ordinary.connection_file
    assert (warm.log_level, warm.no_stdout) == (ordinary.log_level, ordinary.no_stdout)
    for section, name in (("HistoryManager", "hist_file"), ("InteractiveShell", "cache_size")):
        said = [str(app.config.get(section, {}).get(name)) for app in (warm, ordinary)]
        assert said[0] == said[1]


def test_only_its_user_can_reach_a_kernel_of_a_batch(tmp_path):
    cell = "import stat, pathlib; line = pathlib.Path(get_ipython().kernel.parent.ip)\n"
    cell += "print(line, stat.filemode(line.parent.stat().st_mode))"
    path = write_notebook(tmp_path / "n.ipynb", cell)
    line, mode = printed(execute(path, {}))[0].split()
    assert mode == "drwx------"
    assert not Path(line).parent.exists()


def test_a_kernel_starts_where_temporary_folders_have_long_paths(tmp_path, monkeypatch):
    deep = tmp_path / ("long" * 25)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert printed(execute(write_notebook(tmp_path / "n.ipynb", "print(1)"), {})) == ["1\n"]


def test_pyplot_without_a_magic_draws_inline_as_in_an_ordinary_kernel(tmp_path):
    path = write_notebook(tmp_path / "n.ipynb", "import matplotlib.pyplot as p\np.plot([1, 2])")
    assert [o.output_type for o in execute(path, {}).cells[0].outputs] == [
        "execute_result",
        "display_data",
    ]


def test_dates_of_messages_are_read_as_the_client_reads_them():
    assert hasattr(jsonutil, "_dateutil_parse"), "what reads them has another name now"
    for zone in ("Z", "+00:00", "-05:30"):
        for fraction in ("", ".1", ".123456"):
            written = f"2016-05-16T23:59:01{fraction}{zone}"
            assert isinstance(jsonutil.parse_date(written), datetime)
            assert datetime.fromisoformat(written) == jsonutil.parse_date(written)


def garbage_told(note: Path) -> str:
    """Code that notes whether and when garbage is looked for."""
    return (
        "import gc, pathlib\n"
        f"pathlib.Path({str(note)!r}).write_text(str((gc.isenabled(), gc.get_threshold())));"
    )


def test_a_kernel_of_a_batch_looks_for_garbage_less_often(tmp_path):
    execute(write_notebook(tmp_path / "n.ipynb", garbage_told(tmp_path / "note")), {})
    assert (tmp_path / "note").read_text() == str((True, (10_000, *gc.get_threshold()[1:])))


def test_the_kernel_is_forked_and_not_started(tmp_path):
    path = write_notebook(tmp_path / "n.ipynb", "import sys\nprint(sys.orig_argv)")
    assert "ctdata.kernels.server" in printed(execute(path, {}))[0]


def test_two_kernels_share_nothing(tmp_path):
    change = (
        "import os, random, sys, numpy, pandas, ctdata\n"
        "seen = [hasattr(pandas, 'mark'), 'MARK' in os.environ, 'mark' in globals(), "
        "'mark' in sys.modules, len(ctdata.load_figures())]\n"
        "pandas.mark = mark = os.environ['MARK'] = 'x'\n"
        "sys.modules['mark'] = sys\n"
        "print(seen)\nprint(random.random(), numpy.random.random(), os.getpid())"
    )
    path = write_notebook(tmp_path / "n.ipynb", change)
    first, second = (printed(execute(path, {}))[0].splitlines() for _ in range(2))
    assert first[0] == second[0] and first[0].startswith("[False, False, False, False, ")
    assert set(first[1].split()).isdisjoint(second[1].split())


def test_the_server_has_one_thread_when_it_forks(kernels):
    for server in (kernels, own_server("ctdata.reports.workers", "ctdata.reports.render")):
        (threads,) = ask(server, "os:listdir", "/proc/self/task").result(30)
        assert len(threads) == 1


# --- ordinary where it must be ------------------------------------------------------------------


def started_as(notebook: Path) -> str:
    return printed(execute(notebook, {}))[0]


@pytest.fixture
def command_line(tmp_path):
    return write_notebook(tmp_path / "n.ipynb", "import sys\nprint(sys.orig_argv)")


def test_a_setting_that_is_read_once_gives_an_ordinary_kernel(command_line, monkeypatch, kernels):
    monkeypatch.setenv(client.ADDRESS, kernels.address)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert "ipykernel_launcher" in started_as(command_line)


def test_a_matplotlibrc_beside_the_notebook_gives_an_ordinary_kernel(command_line):
    (command_line.parent / "matplotlibrc").write_text("lines.linewidth: 7\n")
    assert "ipykernel_launcher" in started_as(command_line)


def test_where_nothing_can_be_forked_kernels_start_as_usual(command_line, monkeypatch):
    monkeypatch.setattr(provisioner, "can_fork", lambda: False)
    assert "ipykernel_launcher" in started_as(command_line)


def test_without_a_server_kernels_start_as_usual(command_line, monkeypatch):
    monkeypatch.setenv(client.ADDRESS, "ctdata-nowhere")
    assert "ipykernel_launcher" in started_as(command_line)


def test_a_server_is_not_used_for_code_that_has_changed_since(tmp_path):
    shutil.copytree(ROOT / "ctdata", tmp_path / "ctdata")
    script = tmp_path / "script.py"
    script.write_text(
        "import os\nfrom pathlib import Path\n"
        "from ctdata.kernels.client import Server, fork, own_server\n"
        "from ctdata.kernels.server import Request\n"
        "server = own_server('json')\n"
        "ask = lambda s: fork(s.address, Request('ctdata:probe', (), os.environ.copy(), '/',"
        " ('echo', 'started as usual')))\n"
        "assert ask(server).wait(30) == 1\n"  # there is no such function yet: a traceback
        "Path('ctdata/__init__.py').write_text('def probe(): return 7')\n"
        "assert ask(server).wait(30) == 0\n"
        "print(ask(own_server('json')).result(30), own_server('json') is server)\n"
    )
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["started as usual", "(7,) False"], done.stderr


# --- Jupyter's own ways -------------------------------------------------------------------------


@pytest.fixture
def manager(monkeypatch, kernels):
    """A kernel as JupyterLab starts it, with the provisioner as the default one."""
    monkeypatch.setattr(provisioner.WarmKernelManager, "kernel_spec", KernelManager.kernel_spec)
    spec = KernelSpecManager().get_kernel_spec("python3")
    spec.metadata["kernel_provisioner"] = {"provisioner_name": provisioner.NAME}
    manager = KernelManager(kernel_name="python3")
    manager._kernel_spec = spec
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


def run_code(manager: KernelManager, code: str, during=lambda: None) -> dict:
    """Execute code; return the reply."""
    channel = manager.client()
    channel.start_channels()
    try:
        channel.wait_for_ready(timeout=30)
        asked = channel.execute(code)
        during()
        while True:
            reply = channel.get_shell_msg(timeout=30)
            if reply["parent_header"].get("msg_id") == asked:
                return reply["content"]
    finally:
        channel.stop_channels()


def test_a_kernel_can_be_interrupted_restarted_and_shut_down(manager, tmp_path):
    first = manager.provisioner.pid
    started = tmp_path / "started"
    code = f"open({str(started)!r}, 'w').close()\nimport time\ntime.sleep(60)"

    def interrupt():
        wait_until(started.exists)
        manager.interrupt_kernel()

    assert run_code(manager, code, interrupt)["ename"] == "KeyboardInterrupt"
    manager.restart_kernel()
    assert run_code(manager, "1")["status"] == "ok"
    second = manager.provisioner.pid
    assert first != second and not is_running(first)
    manager.shutdown_kernel()
    assert not is_running(second)


def test_a_kernel_for_people_looks_for_garbage_as_often_as_any(manager, tmp_path):
    assert run_code(manager, garbage_told(tmp_path / "note"))["status"] == "ok"
    assert (tmp_path / "note").read_text() == str((True, gc.get_threshold()))


def test_a_kernel_that_ends_politely_runs_what_it_was_asked_to_run_at_its_end(manager, tmp_path):
    goodbye = tmp_path / "goodbye"
    run_code(manager, f"import atexit\natexit.register(open({str(goodbye)!r}, 'w').write, 'x')")
    manager.shutdown_kernel()
    assert goodbye.read_text() == "x"


# --- no process is left -------------------------------------------------------------------------

SLEEP = "time:sleep"


def test_a_child_dies_with_all_it_started_when_nobody_waits_for_it_any_more(kernels):
    child = ask(kernels, "os:system", "sleep 1000 & sleep 1000")
    (children,) = [Path(f"/proc/{child.pid}/task/{child.pid}/children")]
    wait_until(lambda: children.read_text())
    group = [child.pid, *map(int, children.read_text().split())]
    del child
    wait_until(lambda: not any(map(is_running, group)))


def test_children_die_with_their_server_and_a_server_with_its_starter(tmp_path):
    script = (
        "import os, time\nfrom ctdata.kernels.client import Server, fork\n"
        "from ctdata.kernels.server import Request\nserver = Server('json')\n"
        "children = [fork(server.address, Request('time:sleep', (1000,), {}, '/')) for _ in 'ab']\n"
        "print(server._process.pid, *[child.pid for child in children], flush=True)\n"
        "time.sleep(1000)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pids = list(map(int, starter.stdout.readline().split()))
    assert len(pids) == 3 and all(map(is_running, pids))
    starter.kill()
    starter.communicate()
    wait_until(lambda: not any(map(is_running, pids)))


def test_children_die_when_their_server_is_killed():
    server = Server("json")
    child = ask(server, SLEEP, 1000)
    os.kill(server._process.pid, signal.SIGKILL)
    assert child.wait(20) == -signal.SIGKILL
    wait_until(lambda: not is_running(child.pid))
    with pytest.raises(ServerGone):
        ask(server, SLEEP, 1000)
    server.close()


def test_a_server_that_has_ended_is_replaced():
    first = own_server("json")
    first._process.kill()
    first._process.wait()
    second = own_server("json")
    assert second is not first and ask(second, "os:getpid").result(20)


def test_how_a_child_ended_is_told(kernels):
    assert ask(kernels, "os:abort").wait(20) == -signal.SIGABRT
    assert ask(kernels, "sys:exit", 3).wait(20) == 3
    child = ask(kernels, SLEEP, 1000)
    assert child.poll() is None and child.result(0.01) == ()
    child.terminate()
    assert child.wait(20) == -signal.SIGTERM
    assert ask(kernels, "builtins:len", "four").result(20) == (4,)


def test_a_child_may_be_asked_again_until_nobody_wants_it(kernels):
    child = ask(kernels, "builtins:divmod", 7, 2, again=True)
    pid = child.pid
    assert child.result(20) == ((3, 1),)
    child.ask_again(9, 2)
    assert child.result(20) == ((4, 1),) and is_running(pid)
    child.ask_again(9, 0)  # a traceback
    assert child.result(20) == () and child.wait(20) == 1
    child.ask_again(9, 2)
    assert child.result(20) == ()
    unwanted = ask(kernels, "builtins:len", "four", again=True)
    pid = unwanted.pid
    assert unwanted.result(20) == (4,)
    del unwanted
    wait_until(lambda: not is_running(pid))


def test_a_broken_request_does_no_harm(kernels):
    import socket

    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(f"\0{kernels.address}")
        stranger.send(b"\0\0\0\5hello")
    assert ask(kernels, "builtins:len", "four").result(20) == (4,)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can be someone else")
def test_another_user_of_the_machine_gets_no_child(kernels):
    script = (
        "import socket\nfrom multiprocessing.connection import Connection\n"
        f"client = socket.socket(socket.AF_UNIX)\nclient.connect('\\0{kernels.address}')\n"
        "connection = Connection(client.detach())\n"
        "try:\n    connection.send(('a', 'b'))\n    connection.recv()\n"
        "except (EOFError, OSError):\n    print('refused')\n"
    )
    command = [shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable]
    done = subprocess.run(
        [*command, "-c", script], user=65534, capture_output=True, text=True, cwd="/"
    )
    assert done.stdout == "refused\n", done.stderr


def test_closing_leaves_no_server():
    server = own_server("json")
    child = ask(server, SLEEP, 1000)
    close_servers()
    assert not is_running(server._process.pid)
    wait_until(lambda: not is_running(child.pid))
