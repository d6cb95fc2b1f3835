"""The country brief: what a decision maker needs on two pages, drawn from all themes.

Nothing is found out here: each statement and number comes from the theme that it belongs to, and
the brief chooses what is told, how much of it, and where it leads.
"""

from ctdata.brief.glance import course, draw, partners, tell_partners
from ctdata.brief.words import judged, key_facts, recounted, unknowns, visits

__all__ = [
    "course",
    "draw",
    "judged",
    "key_facts",
    "partners",
    "recounted",
    "tell_partners",
    "unknowns",
    "visits",
]
