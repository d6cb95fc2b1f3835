"""Draft the organizations that a text names.

Three ways, the surest first: names that are known beforehand; names by their shape, which is a noun
for a kind of body (Committee, Centre, Ministry ...) with the capitalized words around it; and
"Full Name (ACRONYM)", after which the bare acronym is the same body. States, governments and the
offices of single persons are not organizations here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from operator import itemgetter

from ctdata.ingest.context import Context
from ctdata.ingest.gazetteer import (
    ARMED_NOUN,
    BODY_NOUN,
    GROUP_NOUN,
    ORGANIZATION,
    PEOPLE,
    SHARED_NOUN,
    STATE,
    Entity,
    Entry,
    Gazetteer,
    Known,
)
from ctdata.ingest.passage import Passage
from ctdata.ingest.shapes import MONTHS, QUOTED, SEGMENT, WORD, alternatives, before
from ctdata.ingest.words import BODY_KINDS, SHARED_NOUNS

# Nouns that name a body by themselves.
_SUFFICIENT = frozenset(
    "Parliament Senate Kenesh Majilis Majlis Mazhilis Mejlis Muftiate Muftiyat".split()
    + ["Prosecutor General", "Attorney General"]
)
# Nouns whose name may not go on with "of" without a word before them: "Group of Experts".
_NOT_FIRST = frozenset(
    "Group Team Unit Front Union Staff Board Movement Force Forces Society".split()
)
_NO_BODIES = frozenset({"Soviet Union", "Former Soviet Union", "Armed Forces", "Air Force"})
# Exercises and operations carry a year, bodies do not: "Peace Mission 2021".
_YEAR_BEHIND = re.compile(r" ?[-–]? ?(?:19|20)\d\d\b")
_HEADS = alternatives(BODY_KINDS)
_NEXT_HEAD = re.compile(rf"(?: {WORD}){{0,3}} (?:{_HEADS})\b")
_A_HEAD = rf"(?:{WORD} ){{0,4}}(?:{_HEADS})\b"
_BEHIND = re.compile(
    rf"(?: (?:of|for|on|against|[Cc]oncerning)(?: the| its| an?)? (?!{MONTHS}\b){SEGMENT}"
    rf"(?:(?:, (?!{_A_HEAD}){SEGMENT}){{1,3}}(?=,? and ))?"
    rf"(?:,? and(?: the| on| of| for)? (?!{_A_HEAD}|NGOs? |(?!AML|CFT|WMD)[A-Z]{{3,}}\b){SEGMENT})?"
    r"){1,4}"
)
_BEHIND_BEGINS = (" of ", " for ", " on ", " against ", " concerning ", " Concerning ")
_ESTABLISHED = re.compile(
    r",? (?:established |created |set up )?(?:pursuant to|by|under) "
    r"(?:(?:General Assembly|(?:UN )?Security Council) )?resolutions? "
    r"\d[\d/]*(?: \(\d{4}\))?(?:(?:,? and|,) \d[\d/]*(?: \(\d{4}\))?){0,5}"
    r"(?: concerning (?:[\w’'()-]{1,40},? ){0,14}entities)?"
)
_ESTABLISHED_BEGINS = (" est", " purs", " by res", " under res", " created ", " set up ", ", est")
# How a text goes on behind a noun where the name may do so; cheap to ask for.
_NAME_GOES_ON = frozenset(begin[:2] for begin in (*_BEHIND_BEGINS, *_ESTABLISHED_BEGINS))
_PURSUANT = re.compile(r"(?:pursuant to|by|under) resolutions? (\d{4})")
_IN_PLACE = re.compile(rf" (?:in|to)(?: the)? {SEGMENT}")
_PLACED_HEADS = frozenset("Mission Office Centre Center Coalition Team".split())
_POSSESSIVE = re.compile(r"(?<!General)(?<!People)(?<!Children)(?<!Women)(?<!President)['’]s(?= )")

_SHARED_FIRST = re.compile(
    rf" (of|for) (?:the )?({SEGMENT})((?:, {SEGMENT}){{0,6}}),? and ({SEGMENT})"
)
_SHARED_LAST = re.compile(
    rf"((?:State|National|Federal) )?({WORD}(?:, {WORD}){{0,4}}),? and ({WORD}) "
)
_SEGMENT = re.compile(SEGMENT)
_QUOTED_BEHIND = re.compile(rf"(?:,? (?:called|named|known as))? ({QUOTED})")
_QUOTED_BEGINS = frozenset((", ", " c", " n", " k", ' "', " “", " «", " „"))
_REST_OF_ARMED = re.compile(
    rf"(?:(?:[ -](?:e|i|al|ul|ut|at|wal|ud|as|ash|an)(?=[ -]))?[ -]{WORD}){{1,4}}"
)
_IN_BRACKETS = re.compile(
    r"\((?:the |known as |or )?[\"“«]?([A-Z][\w+/’'-]{1,14}(?: [A-Z]{2,8})?)[\"”»]?\)"
)
_NAME_BEHIND = re.compile(" [A-Z]")
# Behind these an acronym names the body that was described: "the financial intelligence unit, X".
_APPOSED_TO = tuple(
    f" {noun}, " for noun in "agency authority body board committee police service unit".split()
)
_ROMAN = re.compile(r"[IVXLC]+")
_NAME_BEFORE_BRACKET = re.compile(
    r"(?: ?(?:[\w’'ʻ‘/–-]{0,60}[A-ZÀ-ÖØ-Þ](?![\w’'-])"
    r"|(?:fo|no|rof|dna|ni|eht|ot|tsniaga|–|-)(?= )))+"
)
# Acronyms of things that are no bodies.
_NO_ACRONYMS = frozenset(
    "AML CFT CTF CVE PVE CT FTF FTFS IED IEDS NGO NGOS CSO CSOS WMD CBRN SALW COVID PRESS RELEASE "
    "API PNR DNA USD EUR GDP ICT TV MLA DPRK UAE USA UK US PRC ID HE MR EXPO AI IT PM AM MOU VIP "
    "SDG SDGS TOC UTC GMT CCTV".split()
)
_INTERNATIONAL = re.compile(
    r"\b(?:United|Nations|UN|OSCE|CIS|SCO|CSTO|EU|NATO|CTC|International|Interstate|European"
    r"|Eurasian|Regional|World|Global|Asian?|Arab|Islamic|Euro-Atlantic|Ad Hoc|Collective"
    r"|Executive|Joint|Heads|Commanders|Secretaries|Scientific|Coordination|Working|Gulf"
    r"|Monitoring|Commonwealth|Permanent|RATS|Ministerial|Human Rights|Interparliamentary|\d{4})\b"
)
# Nouns of bodies that belong to a state, unless the name says otherwise.
_NATIONAL_HEADS = frozenset(
    "Ministry Committee Agency Service Directorate Department Parliament Court Police Office Guard "
    "Guards Senate Council Cabinet Center Centre Assembly Unit Authority Commission Mejlis Majlis "
    "Majilis Mazhilis Kenesh Bureau Troops Gendarmerie".split()
    + ["Prosecutor General", "Attorney General"]
)
_OTHER_ORDER = {
    "Foreign Ministry": "Ministry of Foreign Affairs",
    "Interior Ministry": "Ministry of Internal Affairs",
    "Defence Ministry": "Ministry of Defence",
    "Defense Ministry": "Ministry of Defense",
    "Justice Ministry": "Ministry of Justice",
    "Finance Ministry": "Ministry of Finance",
    "Prosecutor General": "Prosecutor General's Office",
    "General Prosecutor's Office": "Prosecutor General's Office",
    "Attorney General": "Attorney General's Office",
}
_OF = re.compile(r" of (?:the )?(?=[A-Z])")

_START, _END = itemgetter(0), itemgetter(1)

_COUNCIL = "United Nations Security Council"

_LIST_LINKS = frozenset({", ", " and ", ", and ", ", the ", " and the ", "; ", "; the "})

_LONGEST_TITLE = 250

_QUOTATION_MARKS = (("“", "”"), ("«", "»"), ('"', '"'))


# A place where a text names an organization: start, end, the organization, rule, score. There are
# many, and plain tuples take much less time than named ones.
Organization = tuple[int, int, Entity, str, float]


def find_organizations(
    passage: Passage,
    found: dict[str, list[Known]],
    capitals: list[tuple[int, int]],
    context: Context,
) -> list[Organization]:
    """Find the organizations that a passage names.

    Parameters
    ----------
    passage : Passage
        The passage.
    found : dict of str to list of Known
        The known names and words of the passage.
    capitals : list of tuple of int
        Where words in capitals stand.
    context : Context
        What was read so far; learns the acronyms and short forms that the passage brings in.

    Returns
    -------
    list of Organization
        In the order of the passage; offsets are those of its folded words.
    """
    words = passage.words
    places = _known_names(found[ORGANIZATION], words, context)
    places += _shapes(places, found[BODY_NOUN], words, context)
    places += _sharing_a_noun(found[SHARED_NOUN], words, context)
    places += _armed(found[ARMED_NOUN], words, context)
    places += _quoted(found[GROUP_NOUN], words, context)
    _sort(places)
    if more := _explained(places, words, context):
        places += more
        _sort(places)
    places += _acronyms(places, capitals, words, context)
    _sort(places)
    kept: list[Organization] = []
    reach = 0
    for place in places:
        start, end, entity, _, score = place
        if start < reach:
            last_start, last_end, last_entity, _, last_score = kept[-1]
            if end <= last_end and entity == last_entity:
                continue  # the acronym in brackets behind its own name
            if start == last_start and end == last_end and last_score >= score:
                continue
            if start == last_start and (end == last_end or entity == last_entity):
                kept.pop()
        kept.append(place)
        reach = end
    return kept


def _sort(places: list[Organization]) -> None:
    """Put places in order; of those that begin together the shortest goes first."""
    places.sort(key=_END)
    places.sort(key=_START)


def _known_names(hits: list[Known], words: str, context: Context) -> list[Organization]:
    """Known names, where they can stand for what is known by them."""
    places = []
    for start, end, entries in hits:
        entity = entries[0].entity
        if entity.level == "national" or entity.sort == "grouping" or entity.name == _COUNCIL:
            entity = _meant(start, end, entries, words, context)
            if entity is None:
                continue
        if words[end : end + 1] == ")" and "(" in words[start:end]:
            end += 1
        places.append((start, end, entity, "known name", 0.95))
    return places


def _meant(
    start: int, end: int, entries: tuple[Entry, ...], words: str, context: Context
) -> Entity | None:
    """The first of the entities of a name that it can stand for where it is."""
    for entry in entries:
        entity = entry.entity
        if entity.sort == "grouping" and words[start].islower():
            continue  # "countries of the region" are states
        if entity.level == "national":
            if entity.name.startswith("President of"):
                continue  # the office of one person
            if entity.country not in ("", context.country, "USA") and _is_elsewhere(
                entry, _stated_country(words, start, end, context) or context.country
            ):
                continue
        elif entity.name == _COUNCIL and (
            words.endswith(("National ", "State ", "Supreme "), 0, start)
            or _stated_country(words, start, end, context)
        ):
            continue  # a country's own Security Council; its shape tells
        return entity
    return None


def _is_elsewhere(entry: Entry, country: str) -> bool:
    """Whether the name belongs to a body of another country than the text's.

    The corpus knows "Ministry of Internal Affairs" as one country's. The list of bodies has such
    names only where no other country of the region has them, but for acronyms; and no other has
    what the United States have.
    """
    entity = entry.entity
    return entity.country != country and (bool(entity.entity_id) or entry.keeps_case)


def _stated_country(words: str, start: int, end: int, context: Context) -> str:
    """The country that stands directly before a name or, with "of", directly behind it."""
    for first, last, entries in context.states_near(start - 3, end + len(" of the ") + 1):
        if words[last:start] in (" ", "’s ", "'s "):
            return entries[0].entity.country
        if first > end and words[end:first] in (" of ", " of the "):
            return entries[0].entity.country
    return ""


def _shapes(
    places: list[Organization], nouns: list[Known], words: str, context: Context
) -> list[Organization]:
    """Names by their shape; a known name that goes on behind "of" may become a longer one."""
    ends = {end: (start, entity) for start, end, entity, _, _ in places}
    found: list[Organization] = []
    reach = at = 0
    last = len(places)
    for head_start, head_end, _ in nouns:
        if head_start < reach:
            continue
        head = words[head_start:head_end]
        if head not in BODY_KINDS or (head_start and words[head_start - 1] in "-’'"):
            continue
        while at < last and places[at][1] < head_end:
            at += 1
        if at < last and places[at][0] <= head_start and head_end < places[at][1]:
            continue
        known = ends.get(head_end)
        follows = words[head_end : head_end + 2]
        if known and follows not in _NAME_GOES_ON and head not in _PLACED_HEADS:
            continue
        if follows[:1] == "-":
            continue
        if follows[:1] == " " and follows[1:].isupper() and _NEXT_HEAD.match(words, head_end):
            continue
        end = _end_of_name(words, head, head_end, context)
        if known and end == head_end:
            continue
        start = known[0] if known else before(words, head_start, reach)
        if start == head_start and (
            head in _NOT_FIRST if end > head_end else head not in _SUFFICIENT
        ):
            continue
        name = words[start:end]
        if name in _NO_BODIES or _YEAR_BEHIND.match(words, end) or _in_title(words, head_start):
            continue
        if known:
            entity = known[1]  # "the Monitoring Team of the ..." is still the same team
        else:
            country = _stated_country(words, start, end, context)
            entity = context.short_forms.get(name) or _entity(
                context.gazetteer, name, head, country, context.country
            )
        if entity is None:
            continue
        if end > head_end and start < head_start:
            context.remember(context.short_forms, words[start:head_end], entity)
        found.append((start, end, entity, f"shape: {head}", 0.8))
        reach = end
    return found


def _in_title(words: str, offset: int) -> bool:
    """Whether an offset lies in a quotation of more than six words: a title, not a name."""
    lowest = max(0, offset - _LONGEST_TITLE, words.rfind("\n", 0, offset))
    for opening, closing in _QUOTATION_MARKS:
        start = words.rfind(opening, lowest, offset)
        if start < 0 or (opening == closing and words.count(opening, lowest, offset) % 2 == 0):
            continue
        end = words.find(closing, start + 1, start + _LONGEST_TITLE)
        if end > offset and words.count(" ", start, end) > 5:
            return True
    return False


def _end_of_name(words: str, head: str, end: int, context: Context) -> int:
    """Where the name ends whose head noun ends at ``end``."""
    if head.endswith(" General") and words.startswith(("'s Office", "’s Office"), end):
        return end + len("'s Office")
    if words.startswith(_ESTABLISHED_BEGINS, end) and (match := _ESTABLISHED.match(words, end)):
        return match.end()
    if words.startswith(_BEHIND_BEGINS, end) and (match := _BEHIND.match(words, end)):
        stop = match.end()
        if "s " in words[end:stop] and (possessive := _POSSESSIVE.search(words, end, stop)):
            stop = possessive.start()
        for first, last, entries in context.states_near(end, stop):
            # A state ends a name ("of Kazakhstan Nurgali ..."), or is the next item of a list.
            lead = words[end:first]
            if lead.endswith((" of ", " of the ")) and entries[0].entity.kind == STATE:
                stop = min(stop, last)
            elif first > end and lead.endswith((", ", " and ", " and the ")):
                stop = min(stop, end + len(re.sub(r"(?:,|,? and(?: the)?) $", "", lead)))
        end = stop
    if head in _PLACED_HEADS and (match := _IN_PLACE.match(words, end)):
        return match.end()
    return end


@lru_cache(maxsize=1 << 14)
def _entity(
    gazetteer: Gazetteer, name: str, head: str, country: str, text_country: str
) -> Entity | None:
    """The known entity that a name stands for, or a new one; none for the name of a state."""
    base = name.replace("’", "'")
    if gazetteer.entity(STATE, base):
        return None
    for length in (2, 1):
        lead = " ".join(base.split(" ")[:length])
        people = gazetteer.entity(PEOPLE, lead) or gazetteer.entity(STATE, lead)
        if people and len(base) > len(lead):
            country = people.country
            if country == "USA":
                break  # "United States Agency ..." is the name itself
            base = base[len(lead) + 1 :]
            break
    if pursuant := _PURSUANT.search(base):
        known = gazetteer.entity(ORGANIZATION, f"{pursuant.group(1)} {head}")
        if known:
            return known
    as_written = base
    of_state, state = _state_at_end(gazetteer, base)
    if state:
        country, base = state.country, base[:of_state]
    elif not country and head in _NATIONAL_HEADS and not _INTERNATIONAL.search(base):
        country = text_country
    base = _OTHER_ORDER.get(base, base)
    names_state = base.startswith(("United States", "U.S.", "American "))
    in_full = base if names_state or not country else f"{base} of {gazetteer.state_names[country]}"
    for written in (in_full, as_written, base):
        known = gazetteer.entity(ORGANIZATION, written, country)
        if known and known.country in ("", country) and known.name != _COUNCIL:
            return known
    level = "national" if country else "global" if "United Nations" in base else "regional"
    return Entity(ORGANIZATION, in_full, "", "", BODY_KINDS.get(head, ""), level, country)


def _state_at_end(gazetteer: Gazetteer, name: str) -> tuple[int, Entity | None]:
    """Where " of" begins that brings in a state at the end of a name, and the state."""
    for of in _OF.finditer(name):
        if state := gazetteer.entity(STATE, name[of.end() :]):
            return of.start(), state
    return len(name), None


def _sharing_a_noun(nouns: list[Known], words: str, context: Context) -> list[Organization]:
    """ "The Ministries of Justice and Defence", "the State Border and Customs Services"."""
    found = []
    for noun_start, noun_end, _ in nouns:
        head = SHARED_NOUNS.get(words[noun_start:noun_end])
        if head is None:
            continue
        if shared := _SHARED_FIRST.match(words, noun_end):
            link = shared.group(1)
            items = [shared.span(2), *_items(words, *shared.span(3)), shared.span(4)]
            names = [f"{head} {link} {words[slice(*item)]}" for item in items]
            items[0] = (noun_start, items[0][1])
        else:
            lowest = max(0, noun_start - 90)
            lists = _SHARED_LAST.finditer(words, lowest, noun_start)
            shared = next((match for match in lists if match.end() == noun_start), None)
            if shared is None:
                continue
            lead = shared.group(1) or ""
            items = [*_items(words, *shared.span(2)), (shared.start(3), noun_end)]
            names = [f"{lead}{words[slice(*item)]} {head}" for item in items[:-1]]
            names.append(f"{lead}{shared.group(3)} {head}")
            items[0] = (shared.start(), items[0][1])
        for (start, end), name in zip(items, names, strict=True):
            if context.is_state(words[start:end]):
                continue
            entity = _entity(context.gazetteer, name, head, "", context.country)
            if entity:
                found.append((start, end, entity, "shared noun", 0.75))
    return found


def _items(words: str, start: int, end: int) -> list[tuple[int, int]]:
    """Places of the items of a list with commas."""
    return [match.span() for match in _SEGMENT.finditer(words, start, end)]


def _armed(nouns: list[Known], words: str, context: Context) -> list[Organization]:
    found = []
    reach = 0
    for start, end, _ in nouns:
        if start >= reach and words[start].isupper():
            if rest := _REST_OF_ARMED.match(words, end):
                reach = rest.end()
                name = words[start:reach]
                found.append(_group(start, reach, name, "shape: armed group", context))
    return found


def _quoted(nouns: list[Known], words: str, context: Context) -> list[Organization]:
    """The terrorist organization "Name"."""
    found = []
    for _, noun_end, _ in nouns:
        if words[noun_end : noun_end + 2] not in _QUOTED_BEGINS:
            continue
        if match := _QUOTED_BEHIND.match(words, noun_end):
            start, end = match.start(1) + 1, match.end(1) - 1
            if words[start].isupper():
                name = words[start:end].strip(" ,.")
                found.append(_group(start, end, name, "quoted behind group", context))
    return found


def _group(start: int, end: int, name: str, rule: str, context: Context) -> Organization:
    entity = context.gazetteer.entity(ORGANIZATION, name)
    entity = entity or Entity(ORGANIZATION, name, "", "", "nonstate_group", "regional")
    return start, end, entity, rule, 0.75


def _explained(places: list[Organization], words: str, context: Context) -> list[Organization]:
    """Take in the acronym behind a name, and learn it; find names by their acronym.

    Changes the places whose name an acronym follows, and returns those that it brings in.
    """
    starts = [place[0] for place in places]
    found = []
    for match in _IN_BRACKETS.finditer(words):
        acronym = match.group(1)
        if not _may_be_body(acronym):
            continue
        opens, closes = match.span()
        opens -= words[opens - 1 : opens] == " "
        known = context.gazetteer.entity(ORGANIZATION, acronym)
        if known and known.country not in ("", context.country):
            known = None
        last = bisect_right(starts, opens)
        indexes = [i for i in range(max(0, last - 4), last) if places[i][1] == opens]
        if indexes:
            # Of names that end together the acronym is that of the one it is known for.
            index = indexes[0]
            if len(indexes) > 1:
                index = next((i for i in indexes if places[i][2] == known), index)
            start, _, entity, rule, score = places[index]
            if rule != "known name":
                entity = known or entity
            if not entity.short and not entity.entity_id:
                entity = entity._replace(short=acronym)
            context.remember(context.acronyms, acronym, entity)
            places[index] = start, closes, entity, rule, score
            continue
        start = _spelled_out(words, opens, acronym)
        if start is None:
            continue
        name = words[start:opens].replace("’", "'")
        if context.names_no_body(name):
            continue
        entity = known or context.gazetteer.entity(ORGANIZATION, name)
        entity = entity or Entity(ORGANIZATION, name, acronym)
        context.remember(context.acronyms, acronym, entity)
        found.append((start, closes, entity, "name and acronym", 0.8))
    return found


@lru_cache(maxsize=1 << 12)
def _may_be_body(acronym: str) -> bool:
    """Whether what stands in brackets can be the acronym of a body."""
    return acronym not in _NO_ACRONYMS and sum(map(str.isupper, acronym)) > 1


def _spelled_out(words: str, end: int, acronym: str) -> int | None:
    """Where the capitalized name begins whose first letters the acronym has."""
    lowest = max(0, end - 120)
    run = _NAME_BEFORE_BRACKET.match(words[lowest:end][::-1])
    if run is None:
        return None
    start = end - run.end()
    letters = [letter for letter in acronym.upper() if letter.isalpha()]
    for capital in reversed(list(re.finditer(r"(?<![\w’'-])[A-ZÀ-Þ]", words[start:end]))):
        begin = start + capital.start()
        initials = [initial.upper() for initial in re.findall(r"(?<![\w’'])\w", words[begin:end])]
        remaining = iter(initials)
        if initials[0] == letters[0] and all(letter in remaining for letter in letters):
            return begin
    return None


def _acronyms(
    places: list[Organization], capitals: list[tuple[int, int]], words: str, context: Context
) -> list[Organization]:
    """Bare acronyms that the text has explained, or that stand where a body's would."""
    found = []
    at = 0
    last = len(places)
    for start, end in capitals:
        while at < last and places[at][1] <= start:
            at += 1
        if at < last and places[at][0] <= start:
            continue
        if start and (words[start - 1].isalnum() or words[start - 1] in "-/&–’'"):
            continue
        if words[end : end + 1].isalnum():
            continue
        acronym = words[start:end].rstrip("-")
        entity = context.acronyms.get(acronym)
        if entity is not None:
            end = start + len(acronym)
            found.append((start, end, entity, "explained acronym", 0.9))
        elif (
            len(acronym) > 2
            and acronym.isalpha()
            and (
                (
                    words[max(0, start - 4) : start].lower() == "the "
                    and not _NAME_BEHIND.match(words, end)
                )
                or words.endswith(_APPOSED_TO, 0, start)
                or (len(acronym) > 3 and _is_listed(words, start, end, places, at, found))
            )
            and acronym not in _NO_ACRONYMS
            and words[end : end + 1] != "-"
            and not _ROMAN.fullmatch(acronym)
            and not context.is_state(acronym)
        ):
            entity = context.gazetteer.entity(ORGANIZATION, acronym)
            entity = entity or Entity(ORGANIZATION, acronym, acronym)
            found.append((start, end, entity, "bare acronym", 0.5))
    return found


def _is_listed(
    words: str,
    start: int,
    end: int,
    places: list[Organization],
    at: int,
    found: list[Organization],
) -> bool:
    """Whether an acronym stands in a list beside a body."""
    following = at < len(places) and words[end : places[at][0]] in _LIST_LINKS
    before = at and words[places[at - 1][1] : start] in _LIST_LINKS
    return following or before or (found and words[found[-1][1] : start] in _LIST_LINKS)
