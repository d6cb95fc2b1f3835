"""Recounts of all numbers that the notebooks print, straight from the files.

A module is named as the notebook is for which it stands: its `recount` finds each printed number
again, along another way than the package, and strikes out what it has found right.
"""

from __future__ import annotations

from pathlib import Path

import pytest

# A recount that fails is to tell what it compared, as a test does.
for _path in Path(__file__).parent.glob("*.py"):
    pytest.register_assert_rewrite(f"{__name__}.{_path.stem}")
