"""What texts state, set beside what the tables hold of it: verdicts, and where a run must stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

AGREES = "agrees"
NONE = "names none"
SOME = "names some"
MORE = "names more"
DIFFERS = "differs"


class Disagreement(AssertionError):
    """A table does not say what a text states, or what another table says."""


def same(one: object, other: object) -> str:
    """Compare two counts that must be the same.

    Parameters
    ----------
    one, other : object
        The counts.

    Returns
    -------
    str
        ``AGREES`` or ``DIFFERS``.
    """
    return AGREES if one == other else DIFFERS


def named(counted: float, low: float, high: float, *, in_full: bool) -> str:
    """Compare what the tables hold of a text with a number that it states.

    Of a text that is curated in full the tables must hold as many. Of another one rows may be
    missing, and what it names may be more than it counts in that sentence.

    Parameters
    ----------
    counted : float
        What the tables hold.
    low, high : float
        The number that the text states; NaN is an open bound.
    in_full : bool
        Whether the text is curated in full; see :attr:`ctdata.Corpus.curated_in_full`.

    Returns
    -------
    str
        ``AGREES``; else ``DIFFERS`` for a text that is curated in full, and ``NONE``, ``SOME`` or
        ``MORE`` for another.
    """
    if not (counted < low or counted > high):
        return AGREES
    if in_full:
        return DIFFERS
    if counted > high:
        return MORE
    return SOME if counted else NONE


def differing(checked: pd.DataFrame) -> list[str]:
    """Tell each comparison that differs in a line.

    Parameters
    ----------
    checked : pandas.DataFrame
        A row for each comparison, with a column ``verdict``; one that differs begins with
        ``DIFFERS``.

    Returns
    -------
    list of str
        What was compared and where it is said.
    """
    verdicts = checked["verdict"].astype(str)  # of no rows it is of no type
    rows = checked[verdicts.str.startswith(DIFFERS)]
    return [
        "; ".join(
            f"{name} {', '.join(value) if name == 'claim_ids' else value}"
            for name, value in row.items()
            if _tells(name, value)
        )
        for row in rows.to_dict("records")
    ]


def _tells(column: str, value: object) -> bool:
    """Whether a cell helps to find what differs."""
    if column == "claim_ids":
        return bool(value)
    is_known = column.startswith("quote") or (column, value) == ("verdict", DIFFERS)
    return not is_known and not isinstance(value, list | tuple)


def require(checked: pd.DataFrame) -> None:
    """Stop a notebook where the tables do not say what the texts state.

    Parameters
    ----------
    checked : pandas.DataFrame
        As in :func:`differing`.

    Raises
    ------
    Disagreement
        Tells each comparison that differs in a line.
    """
    if lines := differing(checked):
        compared = f"{len(lines)} of {len(checked)} comparison{'s'[: len(checked) > 1]}"
        raise Disagreement(
            f"what the texts state differs from the tables in {compared}; correct the row, or add "
            "the rows that it counts:\n" + "\n".join(lines)
        )
