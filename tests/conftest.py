"""What tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_corpus import SmallCorpus


@pytest.fixture
def small_corpus(tmp_path: Path) -> SmallCorpus:
    """A sound corpus with one text, in a folder of its own."""
    root = tmp_path / "corpus"
    root.mkdir()
    return SmallCorpus(root)
