"""Draft claims: what the sentences around organizations, instruments, dates and figures say.

A sentence is read by its cue words: nouns for events, verbs for the part that a body has in one,
verbs for what happens to an instrument, words for what a figure counts. Each cue looks to one side
("the delegation included ...", "... took part") for what it speaks of, within its sentence. What a
sentence does not tell (the event of "the delegation included") is the main event of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from ctdata.dates import label
from ctdata.ingest.context import Context
from ctdata.ingest.dates import Date
from ctdata.ingest.figures import Figure
from ctdata.ingest.gazetteer import (
    ACTION_WORD,
    CITY,
    EVENT_WORD,
    INDICATOR_WORD,
    ROLE_WORD,
    STATE,
    Entity,
    Known,
)
from ctdata.ingest.instruments import Instrument
from ctdata.ingest.organizations import Organization
from ctdata.ingest.passage import Passage
from ctdata.ingest.words import ACTIONS, EVENT_KINDS, INDICATOR_UNITS, INDICATORS, ROLES

Cue = tuple[int, int, str]
_Named = tuple[int, int, Entity]  # where a body, a state or a city is named
_Place = TypeVar("_Place", bound=tuple)

# Kinds of events that a text can be about, and that others in it refer to.
_MAIN_KINDS = frozenset(
    {"visit", "meeting", "conference", "seminar", "forum", "summit", "exercise", "training"}
)
# On which side of its cue the body stands that has the part.
_BEHIND, _BEFORE, _NEAREST = "behind", "before", "nearest"
_SIDES = {
    "member": _BEHIND,
    "participant": _BEFORE,
    "organizer": _BEFORE,
    "lead": _BEFORE,
    "host": _NEAREST,
    "interlocutor": _BEHIND,
    "speaker": _BEFORE,
    "supporter": _NEAREST,
    "initiator": _BEHIND,
}
# Parts that many bodies of a sentence have together.
_SHARED_ROLES = frozenset({"member", "participant", "interlocutor"})
# Words behind which the participants are named; before the others they stand as the subject.
_NAMES_PARTICIPANTS = frozenset({"observers", "guests", "delegations", "participants"})
_BY = (" by ", " from ")
_TO_PLACES = (" in ", " In ", " to ", " at ", " in the ", " to the ")
_MEETINGS_OF = tuple(
    f"{word} of {article}"
    for word, kind in EVENT_KINDS.items()
    if kind in _MAIN_KINDS
    for article in ("", "the ")
)
_OF = (" of ", " of the ")
_WE = re.compile(r"\b(?:[Ww]e|[Mm]y country|[Oo]ur country)\b")
# Who asserts a figure: the body before such a word, or the government.
_SAYING = frozenset(
    "announced,stated,reported,estimates,estimate,estimated,put at,put the number,put the total,"
    "put the toll".split(",")
)
# Places of war, which a figure is seldom about.
_ELSEWHERE = frozenset({"SYR", "IRQ"})

_FAR = 130  # characters between a cue and what it speaks of
_CROSSING = 80  # what another figure between a figure and a word counts, in characters
# Behind a verb: what follows is told by another one, if there is one.
_NEXT_CLAUSE = (" and ", ", ", "; ", " while ", " but ")
_MOST_QUOTED = 260
_UNITS = {
    "attacks_prevented": "attacks",
    "cases_to_court": "cases",
    "detachments": "detachments",
    "instruments_joined": "instruments",
    "ratifications_pending": "instruments",
    "organizations_listed": "organizations",
    "codes_amended": "codes",
    "laws_amended": "laws",
    "states_participating": "countries",
    "activities_held": "activities",
    "strategy_pillars": "pillars",
    "websites_blocked": "websites",
}
_NOUNS = {indicator: frozenset(nouns.split()) for indicator, nouns in INDICATOR_UNITS.items()}


class Event(NamedTuple):
    """A place where a text tells of an event."""

    start: int
    end: int
    event_id: str
    name: str
    kind: str
    date: str
    place: str
    country: str
    score: float


# A place where a text tells of a body's part in an event: start, end, the event's id, the body, its
# role, score.
Participation = tuple[int, int, str, Entity, str, float]
# A place where a text tells what happened to an instrument: start, end, the instrument, what
# happened, who did it, when, score.
LegalEvent = tuple[int, int, Entity, str, Entity | None, str, float]
# What the sentence of a figure says about it: start and end of the words that say so, its
# indicator, unit, country and period, and who asserts it.
FigureClaim = tuple[int, int, str, str, str, str, str]


class Claims(NamedTuple):
    """All claims of a passage; ``figures`` in the order of its figures."""

    events: list[Event]
    participation: list[Participation]
    legal_events: list[LegalEvent]
    figures: list[FigureClaim]


class _Sentence:
    """What stands in one sentence, in the order of the text."""

    __slots__ = (
        "start", "end", "bodies", "states", "cities", "instruments", "dates", "figures",
        "event_cues", "role_cues", "action_cues", "indicator_cues",
    )  # fmt: skip

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.bodies: Sequence[Organization] = ()
        self.states: Sequence[_Named] = ()
        self.cities: Sequence[_Named] = ()
        self.instruments: Sequence[Instrument] = ()
        self.dates: Sequence[Date] = ()
        self.figures: Sequence[Figure] = ()
        self.event_cues: Sequence[Cue] = ()
        self.role_cues: Sequence[Cue] = ()
        self.action_cues: Sequence[Cue] = ()
        self.indicator_cues: Sequence[Cue] = ()

    def outer_bodies(self) -> list[_Named]:
        """The bodies whose names lie in no longer name, armed groups left out."""
        kept: list[_Named] = []
        reach = 0
        for start, end, entity, _, _ in self.bodies:
            if start < reach:
                if end <= reach:
                    continue
                kept.pop()
            kept.append((start, end, entity))
            reach = end
        return [place for place in kept if place[2].sort != "nonstate_group"]


# What makes a sentence worth reading; all else is told only where one of these is.
_TELLING = ("dates", "role_cues", "instruments", "figures")


def _sentences(rows: dict[str, Sequence[tuple]], starts: list[int]) -> list[_Sentence]:
    """The sentences that tell something, each with what stands in it."""
    sentences: list[_Sentence | None] = [None] * len(starts)
    for name in sorted(rows, key=lambda name: name not in _TELLING):
        tells = name in _TELLING
        index = end = 0
        kept: list[tuple] = []
        for row in rows[name]:
            start = row[0]
            if start >= end:
                index += 1
                if starts[index] <= start:
                    index = bisect_right(starts, start, index)
                end = starts[index]
                kept = []
                sentence = sentences[index]
                if sentence is None and tells:
                    sentence = sentences[index] = _Sentence(starts[index - 1], end)
                if sentence is not None:
                    setattr(sentence, name, kept)
            kept.append(row)
    return [sentence for sentence in sentences if sentence is not None]


def find_claims(
    passage: Passage,
    found: dict[str, list[Known]],
    organizations: list[Organization],
    instruments: list[Instrument],
    dates: list[Date],
    figures: list[Figure],
    context: Context,
) -> Claims:
    """Find the claims that the sentences of a passage make.

    Parameters
    ----------
    passage : Passage
        The passage.
    found : dict of str to list of Known
        Its known names and cue words.
    organizations, instruments, dates, figures : list
        What was drafted from it.
    context : Context
        What was read so far; learns the main event of the text.

    Returns
    -------
    Claims
        Offsets are those of the folded words.
    """
    text = passage.words
    rows = {
        "bodies": organizations,
        "states": _states(context),
        "cities": [(start, end, entries[0].entity) for start, end, entries in context.cities],
        "instruments": instruments,
        "dates": dates,
        "figures": figures,
        "event_cues": found[EVENT_WORD],
        "role_cues": found[ROLE_WORD],
        "action_cues": found[ACTION_WORD],
        "indicator_cues": found[INDICATOR_WORD],
    }
    claims = Claims([], [], [], [])
    for sentence in _sentences(rows, passage.sentence_starts):
        event = context.main_event
        if sentence.dates:
            event = _events(sentence, text, context, claims.events) or event
        if event is not None and (sentence.bodies or sentence.states):
            _participation(sentence, event, text, context, claims.participation)
        if sentence.instruments:
            _legal_events(sentence, event, context, claims.legal_events)
        if sentence.figures:
            _figure_claims(sentence, text, context, claims.figures)
    return claims


def _states(context: Context) -> list[_Named]:
    """The states and peoples of the passage; a people stands for its state."""
    kept = []
    reach = 0
    for start, end, entries in context.states:
        if start >= reach:
            entity = entries[0].entity
            if entity.kind != STATE:
                entity = context.state_of(entity)
            kept.append((start, end, entity))
            reach = end
    return kept


def _gap(one: tuple, other: tuple) -> int:
    """How many characters lie between two places."""
    return other[0] - one[1] if one[0] < other[0] else one[0] - other[1]


def _nearest(places: Sequence[_Place], cue: tuple) -> _Place:
    """The place that lies nearest to a cue, of several the first."""
    return places[0] if len(places) == 1 else min(places, key=partial(_gap, cue))


def _events(sentence: _Sentence, text: str, context: Context, events: list[Event]) -> Event | None:
    """The events that a sentence dates, each with the date nearest to its word."""
    told = None
    seen = set()
    for start, end, word in sentence.event_cues:
        date = _nearest(sentence.dates, (start, end))
        first, last, edtf, _, _ = date
        kind = EVENT_KINDS[word]
        if _gap((start, end), date) > _FAR or ".." in edtf or (kind, edtf) in seen:
            continue
        seen.add((kind, edtf))
        since = edtf[:7] if edtf[4:5] == "-" else edtf[:4]  # of a period its first year or month
        place, country = _where(sentence, (start, end), text)
        stated, country = country, country or context.country
        # A visit is taken to be one to the country of the text; a summit may be anywhere.
        state = context.gazetteer.state_names[country if kind == "visit" else stated]
        event = Event(
            min(start, first),
            max(end, last),
            "-".join([part.lower() for part in (kind, country, since) if part]),
            _event_name(kind, place or state, edtf),
            kind,
            edtf,
            place,
            country,
            0.6,
        )
        events.append(event)
        told = told or event
        if kind in _MAIN_KINDS and context.main_event is None:
            context.main_event = event
            if kind == "visit" and sentence.bodies:
                context.visitor = _visitor(sentence)
    return told


def _event_name(kind: str, where: str, edtf: str) -> str:
    """A name to go on from: by the place, or else by the date."""
    if where:
        return f"{kind.capitalize()} {'to' if kind == 'visit' else 'in'} {where}"
    return f"{kind.capitalize()} of {label(edtf)}"


def _where(sentence: _Sentence, cue: tuple[int, int], text: str) -> tuple[str, str]:
    """The city and the country of an event, by the nearest "in", "at" or "to"."""
    nearest = None
    least = _FAR
    for place in (*sentence.cities, *sentence.states):
        gap = _gap(cue, place)
        if gap < least and text.endswith(_TO_PLACES, 0, place[0]):
            nearest, least = place[2], gap
    if nearest is None:
        return "", ""
    return nearest.name if nearest.kind == CITY else "", nearest.country


def _visitor(sentence: _Sentence) -> Entity:
    """Who visits: the experts where they are named, else the body that is named first."""
    bodies = [place[2] for place in sentence.bodies]
    return next((body for body in bodies if "Executive Directorate" in body.name), bodies[0])


def _participation(
    sentence: _Sentence,
    event: Event,
    text: str,
    context: Context,
    rows: list[Participation],
) -> None:
    """Which bodies have which part in the event of the sentence."""
    is_told_here = sentence.start <= event.start < sentence.end
    if not (is_told_here or sentence.role_cues):
        return
    seen = set()
    bodies = sentence.outer_bodies()
    if is_told_here:
        for part in _from_event(bodies, event, text, context):
            seen.add(part[3].name)
            rows.append(part)
    for cue in sentence.role_cues:
        start, end, word = cue
        role = ROLES[word]
        if role == "organizer":
            role = "lead" if event.kind == "visit" else role
            ours = _WE.search(text, max(sentence.start, start - 40), start)
            if ours and context.text_state:
                rows.append(_part(event, cue, (*ours.span(), context.text_state), role))
                continue
        places = bodies
        if role == "host" or (role == "participant" and not bodies):
            places = sentence.states
        for place in _reached(role, cue, places, text):
            name = place[2].name
            if name not in seen:
                seen.add(name)
                rows.append(_part(event, cue, place, role))


def _part(event: Event, cue: tuple, place: _Named, role: str) -> Participation:
    """A row whose quote reaches from the cue to the body, or is the body where that is far."""
    start, end = _around(cue, place) or place[:2]
    return start, end, event.event_id, place[2], role, 0.6


def _from_event(
    bodies: Sequence[_Named], event: Event, text: str, context: Context
) -> list[Participation]:
    """The host, by the place of an event, and the body whose meeting it is."""
    rows = []
    gazetteer = context.gazetteer
    host = gazetteer.entity(STATE, gazetteer.state_names.get(event.country, ""))
    if host and event.kind in _MAIN_KINDS:
        rows.append((event.start, event.end, event.event_id, host, "host", 0.6))
    for place in bodies:
        start = place[0]
        if text.endswith(_OF, 0, start) and text.endswith(_MEETINGS_OF, 0, start):
            rows.append(_part(event, place, place, "organizer"))
            break
    return rows


def _reached(role: str, cue: Cue, places: Sequence[_Named], text: str) -> Sequence[_Named]:
    """The bodies that a cue speaks of."""
    if not places:
        return places
    start, end, word = cue
    side = _SIDES[role]
    if side == _BEFORE and (word in _NAMES_PARTICIPANTS or text.startswith(_BY, end)):
        side = _BEHIND
    if side == _NEAREST:
        nearest = [_nearest(places, cue)]
    elif side == _BEHIND:
        nearest = [place for place in places if place[0] >= end]
        if role in _SHARED_ROLES:
            return nearest
        nearest = nearest[:1]
    else:
        nearest = [place for place in places if place[1] <= start]
        if role in _SHARED_ROLES:
            return nearest
        nearest = nearest[-1:]
    return [place for place in nearest if _gap(cue, place) <= _FAR]


def _legal_events(
    sentence: _Sentence, event: Event | None, context: Context, rows: list[LegalEvent]
) -> None:
    """What happens to the instruments of the sentence."""
    first = sentence.instruments[0]
    cues = sentence.action_cues
    for instrument in sentence.instruments:
        start, end, entity, years, _, _ = instrument
        is_resolution = entity.sort == "resolution"
        if is_resolution and years and entity.name.startswith("Security Council"):
            quote = first[0] if end - first[0] <= _MOST_QUOTED else start
            rows.append((quote, end, entity, "adopted", context.council, years, 0.8))
        elif years.isdecimal():
            rows.append((start, end, entity, "adopted", None, years, 0.5))
        elif entity.sort == "report":
            rows.append((start, end, entity, "published", None, "", 0.4))
        if not cues:
            continue
        listed = first[0] if is_resolution else start
        for cue in _cues_of(listed, end, cues):
            action = ACTIONS[cue[2]]
            if action == "adopted" and years:
                continue
            place = None
            if action == "implemented" and event is not None and event.kind == "visit":
                action, actor, date = "assessed", context.visitor, event.date
            elif action == "established_body":
                actor = context.council if is_resolution else _actor(sentence, cue, context)
                date = ""
            else:
                actor, place = _actor(sentence, cue, context), _date_of(sentence, cue)
                date = place[2] if place else ""
            if is_resolution and action == "adopted":
                its_year = entity.short.partition("(")[2][:4]
                date = date if its_year in ("", date[:4]) else ""  # misread
            said = _around(instrument, cue)
            whole = _around(said, place) if said and place else None
            quote = whole or said or (start, end)
            rows.append((*quote, entity, action, actor, date, 0.55))


def _around(one: tuple, other: tuple) -> tuple[int, int] | None:
    """Where the words start and end that hold both places; None if that is too much to quote."""
    start = one[0] if one[0] < other[0] else other[0]
    end = one[1] if one[1] > other[1] else other[1]
    return (start, end) if end - start <= _MOST_QUOTED else None


def _cues_of(start: int, end: int, cues: Sequence[Cue]) -> list[Cue]:
    """The verbs that speak of an instrument: the last before it, or before the list that it is in,
    and the first behind it."""
    before = behind = None
    for cue in cues:
        if 0 <= start - cue[1] < _FAR:
            before = cue
        elif behind is None and 0 <= cue[0] - end < _FAR // 2:
            behind = cue
    if before is None or behind is None:
        return [cue for cue in (before, behind) if cue]
    return [before] if ACTIONS[before[2]] == ACTIONS[behind[2]] else [before, behind]


def _actor(sentence: _Sentence, cue: Cue, context: Context) -> Entity | None:
    """Who did it: the body or state that stands last before the verb."""
    verb = cue[0]
    reach = verb - _FAR - 1
    actor = None
    for places in (sentence.bodies, sentence.states):
        for place in places:
            if reach < place[1] <= verb:
                reach = place[1]
                actor = place
    return actor[2] if actor else context.text_state


def _date_of(sentence: _Sentence, cue: Cue) -> Date | None:
    """When it was: the date nearest to the verb."""
    dates = [date for date in sentence.dates if not date[2].startswith("..")]
    if not dates:
        return None
    nearest = min(dates, key=lambda date: _gap(date, cue)) if len(dates) > 1 else dates[0]
    return nearest if _gap(nearest, cue) <= _FAR else None


def _figure_claims(
    sentence: _Sentence, text: str, context: Context, rows: list[FigureClaim]
) -> None:
    """What a sentence says about its figures."""
    start, end = sentence.start, sentence.end
    whole = (start, _without_white(text, start, end)) if end - start <= _MOST_QUOTED else None
    official = _official(text, start, end, context)
    speaker = _speaker(sentence) or official
    countries = [
        (last, entity.country)
        for _, last, entity in sentence.states
        if entity.country not in _ELSEWHERE
    ]
    starts = [figure[0] for figure in sentence.figures]
    cues = sentence.indicator_cues
    for figure in sentence.figures:
        first = figure[0]
        unit = figure.unit
        indicator = ""
        if cues:
            indicator = _indicator(figure, starts, cues, sentence, text)
        if indicator:
            unit = _UNITS.get(indicator, unit) if indicator in _NOUNS else "people"
        country = context.country
        for last, stated in countries:
            country = stated
            if last > first:
                break
        quote = whole
        if quote is None:
            last = min(end, max(figure[1], first + _MOST_QUOTED // 2))
            quote = first, _without_white(text, first, last)
        period = _nearest_date(sentence.dates, figure)
        rows.append((*quote, indicator, unit, country, period, speaker))


def _without_white(text: str, start: int, end: int) -> int:
    """Where a stretch ends without the white space at its end."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _nearest_date(dates: Sequence[Date], place: tuple) -> str:
    """The date that stands nearest to a place; empty where there is none."""
    if len(dates) > 1:
        return min(dates, key=lambda date: _gap(date, place))[2]
    return dates[0][2] if dates else ""


def _official(text: str, start: int, end: int, context: Context) -> str:
    """The government, where a stretch of the text speaks of it or of its officials."""
    words = text[start:end]
    if "overnment" in words or "uthorit" in words or "fficials" in words:
        if state := context.text_state:
            return state.entity_id or state.name
    return ""


def _speaker(sentence: _Sentence) -> str:
    """Who says so: the body or state before a word of saying."""
    saying = [cue for cue in sentence.role_cues if cue[2] in _SAYING]
    if not saying:
        return ""
    places = (*sentence.outer_bodies(), *sentence.states)
    for start, _, _ in saying:
        reached = [place for place in places if 0 <= start - place[1] < _FAR // 2]
        if reached:
            entity = max(reached, key=lambda place: place[1])[2]
            return entity.entity_id or entity.name
    return ""


def _indicator(
    figure: Figure, places: list[int], cues: Sequence[Cue], sentence: _Sentence, text: str
) -> str:
    """What a figure counts: the nearest word that fits its unit, other figures between counting."""
    first, last = figure[:2]
    unit = figure.unit
    counts_people = unit in ("people", "")
    noun = figure.population.rsplit(" ", 1)[-1].lower() if counts_people else unit
    if len(unit) == 3 and unit.isupper():
        noun = "money"
    best, least = "", 10**9
    place = bisect_right(places, first)
    closing = text.find(")", last, sentence.end)
    in_brackets = closing >= 0 and text.rfind("(", sentence.start, first) > text.rfind(
        ")", sentence.start, first
    )
    for start, end, word in cues:
        indicator = _counted(word, noun, counts_people)
        if not indicator:
            continue
        crossed = bisect_right(places, start) - place
        crossed = crossed if crossed >= 0 else -crossed - 1
        distance = (first - end if start < first else start - last) + _CROSSING * crossed
        if in_brackets and start > closing:
            distance += 2 * _CROSSING
        elif start < first and text.startswith(_NEXT_CLAUSE, end):
            distance += _CROSSING // 2
        if distance < least:
            best, least = indicator, distance
    if best in ("arrested", "arrested_and_convicted"):
        if {"arrested", "convicted"} <= {word for _, _, word in cues}:
            return "arrested_and_convicted"
    return best


@lru_cache(maxsize=1 << 14)
def _counted(word: str, noun: str, counts_people: bool) -> str:
    """What a figure with such a noun counts beside a word; empty: that does not fit."""
    for indicator in INDICATORS[word]:
        nouns = _NOUNS.get(indicator)
        if noun in nouns if nouns else counts_people:
            return indicator
    return ""
