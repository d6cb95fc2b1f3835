"""Remember what was made of a corpus or selection, which never change while they live."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

Source = TypeVar("Source")
Made = TypeVar("Made")


def kept(make: Callable[[Source], Made]) -> Callable[[Source], Made]:
    """Make something once for each corpus or selection, for as long as that lives.

    Parameters
    ----------
    make : callable
        Makes it; its only argument is a corpus or selection, which the result must not hold on to.

    Returns
    -------
    callable
        The same; frames are fresh on each call, so that who changes one changes no other.
    """
    made: WeakKeyDictionary[Source, Made] = WeakKeyDictionary()

    @wraps(make)
    def remembered(source: Source) -> Made:
        if source not in made:
            made[source] = make(source)
        found = made[source]
        # pandas copies what the two share as soon as one of them is changed.
        return found.copy(deep=False) if isinstance(found, pd.DataFrame) else found

    return remembered
