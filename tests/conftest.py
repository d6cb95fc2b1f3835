"""What tests share."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings
from second_text import add_text
from small_corpus import SmallCorpus

# jsonschema would take a second to import this, to check addresses that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)

# How long an example takes depends on what else the machine does, so it is no fault.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

from ctdata.ingest.desk import Desk  # noqa: E402
from ctdata.ingest.drafting import draft  # noqa: E402
from ctdata.kernels.client import close_servers  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Whatever the tests have started has ended when they have."""
    mark = os.environ["CTDATA_TESTS"] = uuid.uuid4().hex
    yield
    close_servers()
    left = [process for process in psutil.process_iter() if _is_marked(process, mark)]
    assert not psutil.wait_procs(left, timeout=10)[1]


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        own = process.pid != os.getpid()
        return own and process.environ().get("CTDATA_TESTS") == mark
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@pytest.fixture
def small_corpus(tmp_path: Path) -> SmallCorpus:
    """A sound corpus with one text, in a folder of its own."""
    root = tmp_path / "corpus"
    root.mkdir()
    return SmallCorpus(root)


@pytest.fixture
def two_texts(small_corpus: SmallCorpus) -> SmallCorpus:
    """The small corpus with a second text, kaz-2018, of which nothing is curated yet."""
    return add_text(small_corpus)


@pytest.fixture(scope="session")
def drafts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is drafted from the second text; made once."""
    root = tmp_path_factory.mktemp("drafted")
    add_text(SmallCorpus(root))
    assert draft("kaz-2018", root)
    return root / "drafts"


@pytest.fixture
def desk(two_texts: SmallCorpus, drafts_folder: Path) -> Desk:
    """The desk with what is drafted from the second text."""
    shutil.copytree(drafts_folder, two_texts.root / "drafts")
    return Desk("kaz-2018", two_texts.root)
