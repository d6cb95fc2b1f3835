"""Legal timelines: what was decided when, by whose authority, and which text builds on what.

A *claim* is a row of ``legal_events``. An *act* is what claims of several texts may tell together:
the same thing done to the same instrument. A *mark* is what is drawn: acts of one sort, on one
instrument, at one time. Each keeps the claims behind it: ``claim_ids``, ``source_ids``,
``citations`` and ``quotes`` are tuples of equal length.

Only dates that a text states are placed in time. The authority table may know from elsewhere when
an instrument was issued; that is shown beside an undated act, as what it is, and never drawn.

Each room imports only from those named before it: ``rows``, ``lanes``, ``claims``, ``places``,
``drawing``, ``resolutions``, ``comparison``, ``national``, ``answers``.
"""

# ruff: noqa: F401

from ctdata.timeline.answers import answer, show, show_national, validation
from ctdata.timeline.claims import acts, dated, tally, undated
from ctdata.timeline.comparison import compare_visits, tell_visits
from ctdata.timeline.drawing import draw
from ctdata.timeline.lanes import MARKS
from ctdata.timeline.national import acceptance, tell_amendments
from ctdata.timeline.places import layout
from ctdata.timeline.resolutions import by_text, draw_invocations, invocations
