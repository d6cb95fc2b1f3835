"""Where several texts speak of the same thing, and whether they say the same.

A *point* is one thing that a text can say: that this state is a member of that body, that this
resolution was adopted, that this conference took place, that so many people left. Claims of
different texts meet at a point by its key (same two ends and same kind of tie; same instrument and
act; same event; same event and body; same state, indicator and people counted; same instrument and
its term), never by likeness of words. At each point every two texts get a verdict:

``agree``
    What both state is the same. What only one states, a date for instance, is silence of the other
    and no disagreement.
``agree, one more exact``
    Both can be meant by the same fact, but one date or number lies within the other or overlaps it.
``another stage or scope``
    Both can be true side by side, but neither confirms the other: signed and pending, initiated and
    taken part in, another visit, another year, other people counted.
``exclude each other``
    Not both can be true as stated.

A *topic* holds the points that belong together (a pair of bodies, an instrument, an indicator, the
treaties under one roof). Two texts that speak of one topic without sharing a point in it are
compared there: they tell another side of the same matter.

A point is supported by as many texts as agree on it with each other, and independently by as many
*speakers* as stand behind those: two texts in which one government speaks are two texts, but one
speaker. That witnesses count only as far as they are independent is the old rule of source
criticism (M. Howell and W. Prevenier, *From Reliable Sources: An Introduction to Historical
Methods*, Cornell University Press, 2001).
"""

from ctdata.corroboration.accounts import bodies, profiles
from ctdata.corroboration.drawing import draw, things
from ctdata.corroboration.meetings import agreeing, differing, look_alikes, pairs
from ctdata.corroboration.reading import claims, treaties
from ctdata.corroboration.support import by_texts, durations, points, summary, totals
from ctdata.corroboration.verdicts import VERDICTS
from ctdata.corroboration.words import (
    answer,
    by_column,
    evidence,
    side_by_side,
    tell_differences,
    tell_seats,
    tell_support,
)

__all__ = [
    "VERDICTS",
    "agreeing",
    "answer",
    "bodies",
    "by_column",
    "by_texts",
    "claims",
    "differing",
    "draw",
    "durations",
    "evidence",
    "look_alikes",
    "pairs",
    "points",
    "profiles",
    "side_by_side",
    "summary",
    "tell_differences",
    "tell_seats",
    "tell_support",
    "things",
    "totals",
    "treaties",
]
