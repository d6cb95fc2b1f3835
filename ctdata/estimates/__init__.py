"""How many, within which bounds, and which numbers may be set side by side.

A text seldom gives a number that is one number. "Over 800" is a floor, "between 300 and 500" a
range, "approximately 150" a number with soft edges, "none" a number all the same, and silence is
no number. Here each becomes an interval, and what is computed from intervals is an interval again
(R. E. Moore, *Interval Analysis*, Prentice-Hall, 1966), so that no result is surer than its parts.

Bounds are closed, as the table of figures has them: "over 800" counts as 800 or more. Strictly it
is 801 or more, so every bound that is derived here holds all the more.

Numbers are added, ranked or divided only together with what tells them apart: who is counted, over
which time, by whom, and how exactly.

The rooms, of which each imports only those before it: intervals, figures, checking, comparing,
words, drawing.
"""

from ctdata.estimates.checking import quoted, recounted
from ctdata.estimates.comparing import pairs, rank, shares
from ctdata.estimates.drawing import draw_knowledge, draw_numbers
from ctdata.estimates.figures import FIGHTERS, bounds, departures, fighters, others, read
from ctdata.estimates.intervals import Incomparable, Interval
from ctdata.estimates.words import answer, in_total, statements

__all__ = [
    "FIGHTERS",
    "Incomparable",
    "Interval",
    "answer",
    "bounds",
    "departures",
    "draw_knowledge",
    "draw_numbers",
    "fighters",
    "in_total",
    "others",
    "pairs",
    "quoted",
    "rank",
    "read",
    "recounted",
    "shares",
    "statements",
]
