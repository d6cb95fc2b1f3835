"""What has been read of a text so far: its country, its year, its acronyms, its instruments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from operator import itemgetter
from typing import Any

from ctdata.ingest.gazetteer import ORGANIZATION, STATE, Entity, Gazetteer, Known

# Mentioned everywhere as places of war or as partners; seldom what a text is about.
_BYSTANDERS = frozenset({"SYR", "IRQ", "AFG", "USA"})
_MOST_NAMES = 10_000  # more than any text has, so that a stream without end takes bounded memory
_TITLE = 250  # characters at the beginning in which a country counts more
_NO_BODY = re.compile(
    r"\b(?:Strategy|Convention|Protocol|Treaty|Plan|Law|Code|Programme|Program|Report|Agreement"
    r"|Declaration|Charter|Act|Areas?|Zone|Region|Goals|Fighters|Devices|Review)\b"
    r"(?! (?:Office|Committee|Organization|Group|Team))"
)


class Context:
    """What carries over from one passage of a text to the next.

    Parameters
    ----------
    gazetteer : Gazetteer
        The known names.
    country : str, optional
        The country that the text is about, where that is known beforehand.
    year : int, optional
        The year that the text is of, where that is known beforehand.

    Attributes
    ----------
    country : str
        ISO 3166-1 alpha-3; empty where the text is about none or more than one.
    year : int or None
        The year of dates that are told without one.
    acronyms : dict of str to Entity
        Organizations by the acronyms that the text has explained.
    short_forms : dict of str to Entity
        Organizations by the words that their longer name began with.
    main_event : Event or None
        The event that the text is about.
    visitor : Entity or None
        Who visits, where the text is about a visit.
    states, cities : list of Known
        Where the passage at hand names states and peoples, and cities.
    council : Entity or None
        The Security Council, which adopts resolutions.
    last_of_kind : dict of str to tuple
        The instrument named last of each kind, and its years: what "the Strategy" then means.
    """

    def __init__(self, gazetteer: Gazetteer, country: str = "", year: int | None = None) -> None:
        self.gazetteer = gazetteer
        self.country = country
        self.year = year
        self.acronyms: dict[str, Entity] = {}
        self.short_forms: dict[str, Entity] = {}
        self.last_of_kind: dict[str, tuple[Entity, str]] = {}
        self.council = gazetteer.entity(ORGANIZATION, "Security Council")
        self.main_event: Any = None
        self.visitor: Entity | None = None
        self.states: list[Known] = []
        self.cities: list[Known] = []
        self._starts: list[int] = []

    def read_states(self, states: list[Known], peoples: list[Known], cities: list[Known]) -> None:
        """Take in where a passage names states, peoples and cities.

        Parameters
        ----------
        states, peoples, cities : list of Known
            Their places. The first passage that names any decides which country the text is about.
        """
        self.states = sorted([*states, *peoples], key=itemgetter(0, 1))
        self.cities = sorted(cities, key=itemgetter(0, 1))
        self._starts = [start for start, _, _ in self.states]
        if not self.country and (self.states or cities):
            self.country = _main_country(sorted([*self.states, *self.cities], key=itemgetter(0, 1)))

    def states_near(self, start: int, end: int) -> list[Known]:
        """States and peoples whose names touch a stretch of the passage.

        Parameters
        ----------
        start, end : int
            The stretch.

        Returns
        -------
        list of Known
        """
        first = bisect_left(self._starts, start - 40)
        last = bisect_left(self._starts, end)
        return [hit for hit in self.states[first:last] if hit[1] >= start]

    @staticmethod
    def remember(names: dict[str, Entity], name: str, entity: Entity) -> None:
        """Keep what a short name stands for; the first meaning stays.

        Parameters
        ----------
        names : dict of str to Entity
            ``acronyms`` or ``short_forms``; begun anew when it is too large.
        name : str
            The short name.
        entity : Entity
            What it stands for.
        """
        if len(names) >= _MOST_NAMES:
            names.clear()
        names.setdefault(name, entity)

    @property
    def text_state(self) -> Entity | None:
        """The state that the text is about."""
        return self.gazetteer.entity(STATE, self.gazetteer.state_names[self.country])

    def state_of(self, people: Entity) -> Entity:
        """The state of a people.

        Parameters
        ----------
        people : Entity
            A people, or a state.

        Returns
        -------
        Entity
        """
        if people.kind == STATE:
            return people
        return self.gazetteer.entity(STATE, people.name) or people

    def is_state(self, name: str) -> bool:
        """Whether a name is that of a state.

        Parameters
        ----------
        name : str
            The name.

        Returns
        -------
        bool
        """
        return self.gazetteer.entity(STATE, name) is not None

    def names_no_body(self, name: str) -> bool:
        """Whether a name is that of an instrument, an area or a kind of thing.

        Parameters
        ----------
        name : str
            The name.

        Returns
        -------
        bool
        """
        return _NO_BODY.search(name) is not None


def _main_country(states: list[Known]) -> str:
    weights: Counter[str] = Counter()
    for start, _, entries in states:
        country = entries[0].entity.country
        weight = 3 if start < _TITLE else 1
        weights[country] += weight * (1 if country in _BYSTANDERS else 2)
    weights[states[0][2][0].entity.country] += 2
    (country, most), *others = weights.most_common(2)
    return "" if others and others[0][1] == most else country
