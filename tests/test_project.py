"""The set-up files agree with each other, and tell nothing of the machine they were made on."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# Where conda-forge has another name than the Python registry, or no package at all.
CONDA_NAMES = {
    "jupyter-client": "jupyter_client",
    "lxml-html-clean": "lxml_html_clean",
    "matplotlib": "matplotlib-base",
}
NOT_ON_CONDA_FORGE = {
    "axe-playwright-python", "edtf", "playwright", "pypandoc-binary", "pypdfium2", "typst",
}  # fmt: skip

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def declared() -> dict[str, Requirement]:
    """All requirements of pyproject.toml by name: to run, to test and to build."""
    texts = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["project"]["optional-dependencies"]["cluster"],
        *PROJECT["build-system"]["requires"],
    ]
    return {canonicalize_name(found.name): found for found in map(Requirement, texts)}


# --- Lock files ---------------------------------------------------------------------------------


class Pin(NamedTuple):
    """One entry of a lock file: a package at one version, with the hashes of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pins(lock: str) -> list[Pin]:
    """Read the entries of a lock file; one package can have several, for different Pythons."""
    entries = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.M), flags=re.M)
    heads = [(re.match(r"([\w.-]+)==(\S+)", entry), entry) for entry in entries if entry.strip()]
    return [
        Pin(
            canonicalize_name(head[1]) if head else entry.strip(),
            head[2] if head else "",
            tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)),
        )
        for head, entry in heads
    ]


def unmet(requirements: Mapping[str, Requirement], locked: Iterable[Pin]) -> list[str]:
    """Name the requirements that a lock leaves open, or pins outside of their bounds."""
    versions: dict[str, list[str]] = {}
    for pin in locked:
        versions.setdefault(pin.name, []).append(pin.version)
    return [
        str(requirement)
        for name, requirement in requirements.items()
        if name not in versions or not all(map(requirement.specifier.contains, versions[name]))
    ]


def unhashed(locked: Iterable[Pin]) -> list[str]:
    """Name the packages whose entry has no version or no hash."""
    return [pin.name for pin in locked if not pin.version or not pin.hashes]


def addresses(lock: str) -> list[str]:
    """Find what does not belong into a lock: an address, a path, any option but a hash."""
    return re.findall(r"\S*[/@]\S*|(?<!\S)-(?!-hash=sha256:)\S+", lock)


def test_the_lock_covers_every_requirement_within_its_bounds():
    locked = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert len(locked) > len(declared())
    assert unmet(declared(), locked) == []


@pytest.mark.parametrize("lock", ["", "pandas==2.9 \\\n", "pandas==3.1\npandas==2.9 ; x\n"])
def test_a_lock_that_leaves_a_requirement_open_is_found(lock):
    assert unmet({"pandas": Requirement("pandas>=3")}, pins(lock)) == ["pandas>=3"]


def test_pyarrow_stays_out():
    names = {pin.name for path in LOCKS for pin in pins(path.read_text(encoding="utf-8"))}
    assert "pandas" in names
    assert "pyarrow" not in names


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_version_and_a_hash(path):
    locked = pins(path.read_text(encoding="utf-8"))
    assert locked
    assert unhashed(locked) == []


def test_a_package_without_version_or_hash_is_found():
    good = f"click==8.1 \\\n    --hash=sha256:{'0' * 64}\n    # via ctdata\n"
    assert unhashed(pins(good)) == []
    assert unhashed(pins(good + "tqdm==4.0\n    # via ctdata\n")) == ["tqdm"]
    assert unhashed(pins(good.replace("==8.1", ">=8.1"))) != []
    assert unhashed(pins(good.replace("0" * 64, "0" * 63))) == ["click"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_no_lock_holds_an_address_a_path_or_an_option(path):
    assert addresses(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url simple",
        "-i simple",
        "--find-links wheels",
        "click @ click.whl",
        "-e .",
        "click==8.1 # via wheels/click.whl",
    ],
)
def test_an_address_in_a_lock_is_found(line):
    assert addresses(f"tqdm==4.67 \\\n    --hash=sha256:{'0' * 64}\n{line}\n") != []


# --- conda --------------------------------------------------------------------------------------


def conda_drift(environment: Mapping, requirements: Mapping[str, Requirement]) -> list[str]:
    """Compare a conda environment with the requirements; name what only one of them has."""
    wanted = {f"python{PROJECT['project']['requires-python']}", "pip", "pip: --editable ."}
    for name, requirement in requirements.items():
        prefix = "pip: " if name in NOT_ON_CONDA_FORGE else ""
        wanted.add(f"{prefix}{CONDA_NAMES.get(name, name)}{requirement.specifier}")
    listed = set()
    for entry in environment["dependencies"]:
        listed |= {f"pip: {line}" for line in entry["pip"]} if isinstance(entry, dict) else {entry}
    return sorted(wanted ^ listed)


def test_conda_users_get_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"][0] == "conda-forge"
    assert conda_drift(environment, declared()) == []


def test_a_conda_environment_out_of_step_is_found():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    older = declared() | {"pandas": Requirement("pandas>=2.0")}
    assert conda_drift(environment, older) == ["pandas>=2.0", "pandas>=3.0"]
    more = declared() | {"folium": Requirement("folium>=1")}
    assert conda_drift(environment, more) == ["folium>=1"]
    environment["dependencies"].append("pyarrow")
    assert conda_drift(environment, declared()) == ["pyarrow"]


# --- What the project tells about itself --------------------------------------------------------


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert str(citation["version"]) == PROJECT["project"]["version"]
    assert {"message", "title", "authors"} <= citation.keys()


def test_the_newest_entry_of_the_changelog_is_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, flags=re.M)
    assert newest and newest[1] == PROJECT["project"]["version"]


def traces(text: str) -> list[str]:
    """Find traces of one machine: a folder of its own, or the host of a package registry."""
    folders = r"(?<![\w.-])/(?:home|root|tmp|work|Users)/[^\s\"')]*"
    hosts = r"[\w.-]*(?:pypi\.(?:org|python)|pythonhosted\.org|anaconda\.(?:org|com)|npmjs\.)[\w.]*"
    return re.findall(f"{folders}|{hosts}", text)


def test_no_file_tells_of_the_machine_it_was_made_on():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("this is not a git repository")
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    assert ROOT / "pyproject.toml" in files
    texts = {path: path.read_text("utf-8", "replace") for path in files if path.is_file()}
    found = {str(path.relative_to(ROOT)): traces(text) for path, text in texts.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "text",
    [
        'open("/{}/me/a.csv")'.format("home"),
        "file:///{}/a.html".format("tmp"),
        "--index-url https://{}.org/simple".format("pypi"),
    ],
)
def test_a_trace_of_a_machine_is_found(text):
    assert len(traces(text)) == 1


def test_a_web_address_is_no_trace_of_a_machine():
    assert traces("https://www.example.org/home/page and notebooks/home/x") == []


# --- Makefile -----------------------------------------------------------------------------------


def unexplained(makefile: str) -> list[str]:
    """Name the targets that have no help line or are not declared phony."""
    phony = set(" ".join(re.findall(r"^\.PHONY:(.*)", makefile, flags=re.M)).split())
    targets = re.findall(r"^([a-z][\w-]*):(?!=)(.*)", makefile, flags=re.M)
    return [name for name, rest in targets if not re.search(r"## \S", rest) or name not in phony]


def test_every_make_target_says_what_it_does():
    assert unexplained((ROOT / "Makefile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("makefile", ["a: b\n", ".PHONY: a\na: b ##\n", "a: b ## makes a\n"])
def test_a_make_target_that_says_nothing_is_found(makefile):
    assert unexplained(makefile) == ["a"]


@pytest.fixture
def setup(tmp_path):
    """A folder with the set-up files and a stand-in for Python that writes down each call."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for path in [ROOT / "Makefile", ROOT / "pyproject.toml", *LOCKS]:
        shutil.copy(path, folder)
    return Setup(folder)


class Setup:
    """Runs make in a folder with a stand-in for Python, so that nothing is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.python()

    def python(self, *, version: str = "3.12.1", recent: bool = True, fails_at: str = "-") -> None:
        """Make the stand-in; it fails when an argument is `fails_at`."""
        script = f"""#!/bin/sh
            [ "$1" = --version ] && echo "Python {version}" && exit
            [ "$1" = -c ] && exit {int(not recent)}
            echo "$@ [$PYTHONPATH$VIRTUAL_ENV$PIP_TARGET$PIP_USER$CTDATA_SOURCES]" >> calls
            for word in "$@"; do [ "$word" = "{fails_at}" ] && exit 1; done
            if [ "$2" = venv ]; then mkdir -p .venv/bin; cp python .venv/bin/python; fi
            """
        (self.folder / "python").write_text(script, encoding="utf-8")
        (self.folder / "python").chmod(0o755)

    def make(
        self, target: str = "install", names: str = "PYTHON", **environment: str
    ) -> subprocess.CompletedProcess:
        """Run make; the calls written down are those of this run."""
        self.calls.write_text("", encoding="utf-8")
        left_out = ("MAKE", "PYTHON")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
        command = ["make", target, f"{names}=./python"]
        return subprocess.run(
            command, cwd=self.folder, env=kept | environment, capture_output=True, text=True
        )

    def steps(self) -> list[str]:
        """Tell what the last run of make did, in order; see `ALL_STEPS`."""
        words = self.calls.read_text(encoding="utf-8").split()
        return [STEPS[word] for word in words if word in STEPS]

    def changed(self, name: str) -> None:
        """Make a file newer than everything that stands."""
        for path in self.folder.rglob("*"):
            os.utime(path, (1e9, 1e9), follow_symlinks=False)
        os.utime(self.folder / name, (1.1e9, 1.1e9))


# What a call to Python says, and the step of the set-up that it stands for.
STEPS = {
    "venv": "environment",
    "requirements-pip.lock": "pip",
    "requirements.lock": "packages",
    "--editable": "ctdata",
}
ALL_STEPS = list(STEPS.values())


@needs_make
def test_make_alone_lists_every_target(setup):
    makefile = (setup.folder / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## (.*)", makefile, flags=re.M)
    assert targets
    printed = setup.make("help").stdout
    for name, text in targets:
        assert re.search(rf"^ *make {name} +{re.escape(text)}$", printed, flags=re.M), name


@needs_make
def test_set_up_runs_once(setup):
    assert setup.make().returncode == 0
    assert setup.steps() == ALL_STEPS
    assert setup.make().returncode == 0
    assert setup.steps() == []


@needs_make
def test_a_changed_lock_sets_up_anew(setup):
    setup.make()
    for path in LOCKS:
        setup.changed(path.name)
        setup.make()
        assert setup.steps() == ALL_STEPS, path.name


@needs_make
def test_a_changed_pyproject_installs_the_package_again(setup):
    setup.make()
    setup.changed("pyproject.toml")
    setup.make()
    assert setup.steps() == ["ctdata"]


@needs_make
@pytest.mark.parametrize("step", [word for word in STEPS if word != "--editable"])
def test_a_set_up_cut_short_starts_over(setup, step):
    setup.python(fails_at=step)
    assert setup.make().returncode != 0
    assert setup.make().returncode != 0
    assert setup.steps()[0] == "environment"
    setup.python()
    assert setup.make().returncode == 0
    assert setup.steps() == ALL_STEPS


@needs_make
def test_a_set_up_that_lacks_only_ctdata_is_not_finished(setup):
    setup.python(fails_at="--editable")
    assert setup.make().returncode != 0
    setup.python()
    shutil.copy(setup.folder / "python", setup.folder / ".venv/bin/python")
    assert setup.make().returncode == 0
    assert setup.steps() == ["ctdata"]


@needs_make
def test_a_moved_folder_sets_up_anew(setup):
    setup.make()
    moved = Setup(setup.folder.rename(setup.folder.with_name("elsewhere")))
    assert moved.make().returncode == 0
    assert moved.steps() == ALL_STEPS


@needs_make
def test_an_old_python_is_named_and_nothing_is_made(setup):
    setup.python(version="3.9.18", recent=False)
    result = setup.make()
    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert "3.9.18" in result.stderr
    assert not (setup.folder / ".venv").exists()


@needs_make
def test_the_python_of_the_machine_goes_first(setup):
    assert setup.make(names="OWN_PYTHON").returncode == 0
    assert setup.steps() == ALL_STEPS


@needs_make
def test_a_python_of_the_machine_that_is_too_old_is_passed_over(setup):
    other = setup.folder / "other"
    other.mkdir()
    (setup.folder / "python").rename(other / "python3")
    setup.python(recent=False, fails_at="venv")
    result = setup.make(names="OWN_PYTHON", PATH=f"{other}:{os.environ['PATH']}")
    assert result.returncode == 0, result.stderr
    assert setup.steps() == ALL_STEPS


@needs_make
def test_a_missing_python_is_named(setup):
    (setup.folder / "python").unlink()
    result = setup.make()
    assert result.returncode != 0
    assert "./python does not run" in result.stderr


@needs_make
def test_settings_of_the_shell_do_not_reach_the_set_up(setup):
    setup.make(PYTHONPATH="odd", VIRTUAL_ENV="odd", PIP_TARGET="odd", PIP_USER="1")
    calls = setup.calls.read_text(encoding="utf-8").splitlines()
    assert calls
    assert all(line.endswith("[0]") for line in calls), calls


@needs_make
def test_a_corpus_that_the_shell_names_is_not_the_one_measured(setup):
    setup.make()
    setup.make("bench", CTDATA_SOURCES="odd")
    calls = setup.calls.read_text(encoding="utf-8").splitlines()
    assert calls and all(re.fullmatch(r"tests/benchmarks/\w+\.py \[0\]", call) for call in calls)


# --- Wheel --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A folder with what a wheel installs, built from a copy that holds a draft."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ["pyproject.toml", "LICENSE", "README.md"]:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    for name in ["ctdata", "sources"]:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "sources/drafts").mkdir(exist_ok=True)
    (copy / "sources/drafts/draft.csv").write_text("claim_id\n", encoding="utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    [path] = copy.glob("dist/*.whl")
    installed = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(installed)
    return installed


def files(folder: Path) -> set[Path]:
    """All files of a folder, relative to it, without caches and drafts."""
    found = {path.relative_to(folder) for path in folder.glob("**/*") if path.is_file()}
    return {path for path in found if not {"__pycache__", "drafts"} & set(path.parts)}


@pytest.mark.parametrize("ours, theirs", [("ctdata", "ctdata"), ("sources", "ctdata/_sources")])
def test_a_wheel_carries_the_package_and_its_data(wheel, ours, theirs):
    assert files(ROOT / ours)
    assert files(ROOT / ours) <= files(wheel / theirs)


def test_a_wheel_carries_no_draft(wheel):
    assert not list(wheel.glob("**/drafts"))


def test_an_installed_ctdata_finds_its_data(wheel, tmp_path):
    code = "import ctdata; print(ctdata.__file__, len(ctdata.load_sources()))"
    environment = os.environ | {"PYTHONPATH": str(wheel), "CTDATA_SOURCES": ""}
    command = [sys.executable, "-c", code]
    printed = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)
    module, rows = printed.rsplit(maxsplit=1)
    assert Path(module).is_relative_to(wheel)
    assert int(rows) > 0


# --- Imports ------------------------------------------------------------------------------------


@cache
def providers() -> Mapping[str, list[str]]:
    """The packages that bring each module; reading them takes a while."""
    return packages_distributions()


def undeclared(code: str) -> set[str]:
    """Name the packages that code imports and pyproject.toml does not ask for."""
    imported = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported.add(node.module.partition(".")[0])
    project = PROJECT["project"]
    asked_for = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    runtime = map(Requirement, asked_for)
    ours = {canonicalize_name(requirement.name) for requirement in runtime}
    origins = providers()
    return {
        module
        for module in imported - sys.stdlib_module_names - {"ctdata"}
        if not ours & set(map(canonicalize_name, origins.get(module, [])))
    }


def test_every_import_is_a_declared_requirement():
    modules = sorted(ROOT.glob("ctdata/**/*.py"))
    assert modules
    found = {path.name: undeclared(path.read_text(encoding="utf-8")) for path in modules}
    assert {name: packages for name, packages in found.items() if packages} == {}


def test_an_import_that_is_not_declared_is_found():
    code = "import os, pandas.api\nfrom packaging.version import Version\nimport nowhere.to_be\n"
    assert undeclared(code) == {"packaging", "nowhere"}
