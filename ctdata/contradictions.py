"""What would stop the reports of a corpus: numbers that the tables hold otherwise than a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctdata import agreement, corroboration, estimates, network, policy, proscription, timeline

if TYPE_CHECKING:
    from ctdata.corpus import Selection


def contradictions(selection: Selection) -> list[str]:
    """Tell where what a text states differs from the tables, as the notebooks compare them.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    list of str
        A line for each; where two notebooks compare the same number, in the words of both.
    """
    compared = (
        network.validation(selection),
        timeline.validation(selection, timeline.acts(selection)),
        estimates.quoted(selection),
        estimates.recounted(selection),
        proscription.stated_counts(selection),
        policy.stated_numbers(selection),
        corroboration.durations(selection),
    )
    return [line for checked in compared for line in agreement.differing(checked)]
