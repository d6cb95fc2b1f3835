"""Who is tied to whom: graphs of the claims, their measures, delegations, and pictures of both.

A graph never says more than the texts do. Each edge carries all claims that stand behind it, each
as a record of ``claim_id, source_id, citation, quote, date, note``; each row of a frame has them as
a :class:`ctdata.display.Citation` in its column ``evidence``. Nodes are ids of the tables; events
are written ``event:<event_id>`` so that no body can share their name.

The ties are what a handful of texts chose to tell. Measures of such a graph describe the texts
first and the world second; :func:`caution` says how far they carry.

Each room imports only from those before it: ``records``, ``graphs``, ``centrality``, ``page``,
``visits``, ``words``, ``positions``, ``drawing`` (of ties).
"""

from ctdata.network.centrality import (
    between_levels,
    caution,
    holders,
    measures,
    meetings,
    two_mode_measures,
)
from ctdata.network.drawing import FAMILY_WORDS, draw_ties, fold_states
from ctdata.network.graphs import (
    APART,
    FAMILIES,
    cooperative,
    focal_states,
    hierarchy,
    meeting_ground,
    shared_events,
    ties,
    two_mode,
)
from ctdata.network.positions import Layout, Place, isotonic, layout, ranks
from ctdata.network.records import LEVELS, labels
from ctdata.network.visits import (
    DELEGATION,
    compare_delegations,
    composition,
    delegations,
    draw_delegations,
    jaccard,
    turnover,
    visits_without_members,
)
from ctdata.network.words import answer, outline, pair_list, tie_list, validation

__all__ = [
    "APART",
    "DELEGATION",
    "FAMILIES",
    "FAMILY_WORDS",
    "LEVELS",
    "Layout",
    "Place",
    "answer",
    "between_levels",
    "caution",
    "compare_delegations",
    "composition",
    "cooperative",
    "delegations",
    "draw_delegations",
    "draw_ties",
    "focal_states",
    "fold_states",
    "hierarchy",
    "holders",
    "isotonic",
    "jaccard",
    "labels",
    "layout",
    "measures",
    "meeting_ground",
    "meetings",
    "outline",
    "pair_list",
    "ranks",
    "shared_events",
    "tie_list",
    "ties",
    "turnover",
    "two_mode",
    "two_mode_measures",
    "validation",
    "visits_without_members",
]
