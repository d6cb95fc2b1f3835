"""Draft the legal and political instruments that a text names.

Resolutions in all forms of lists ("resolutions 1373 (2001), 1624 (2005) and 2178 (2014)",
"resolution 60/288", "resolutions 2170, 2178 and 2199"); known documents; and names by their shape:
a noun for a kind of instrument (Convention, Law, Strategy, Programme ...) with the words around it,
a title in quotation marks, and its years.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

from ctdata.ingest.context import Context
from ctdata.ingest.gazetteer import (
    COLLECTION_NOUN,
    DOCUMENT_NOUN,
    INSTRUMENT,
    RESOLUTION,
    Entity,
    Gazetteer,
    Known,
)
from ctdata.ingest.numerals import YEAR, Token
from ctdata.ingest.passage import Passage
from ctdata.ingest.shapes import MONTHS, QUOTED, SEGMENT, WORD, before
from ctdata.ingest.words import DOCUMENT_KINDS

# A noun that needs no more words to name one instrument.
_SUFFICIENT = frozenset({"Constitution"})
_NATIONAL = frozenset({"code", "constitution", "law", "decree"})
_NUMBERED_KINDS = frozenset({"law", "decree"})
# What stands behind such a noun where it is part of a body's name or of another noun's.
_NOT_BEHIND = re.compile(
    rf" (?:[Ee]nforcement|Office|Organi[sz]ation|Committee|Centre|Center|Group|Team|Secretariat"
    rf"|Council|Department|Minister|Ministry|Academy|Institute|Faculty|Society|and Order"
    rf"|(?:{WORD} ){{0,3}}(?:Report|Strategy|Plan|Act|Law|Convention|Agreement|Agency|Programme"
    rf"|Program)\b)"
)

_YEAR = r"(?:19|20)\d\d"
# Words at which a title ends that goes on in small letters.
_STOP = (
    "which|that|was|were|is|are|has|have|had|adopted|approved|signed|passed|entered|came|will"
    "|would|by|from|as|who|it|he|they|while|where|after|before|since|until|whose|when|but|also|can"
    "|may|must|should|during|under|into|remains?|remained|governs?|names?|identifies|rests?|dates?"
    "|covers?|serves?|sets?|allows?|provides?|defines?|prohibits?|made|makes?|directed|developed"
    "|established|amended|revised|being|been|be|does|do|did|not|or|through|targets?|draws?|went"
    "|and (?:the|an?|its|has|have|was|is|to|then|with|by)|in (?:its|a|force|\\d|"
    f"{MONTHS})|of \\d|for (?:the (?:years|period)|\\d)|to (?:the|be)"
)
_TITLE_WORD = rf"(?!(?:{_STOP})\b)(?!\d)[\w’'«“\"(-]{{1,40}}[»”\")]{{0,2}}"
_TITLE = rf"(?: {_TITLE_WORD}(?:, (?!(?:{_STOP})\b)[a-zA-Z][\w’'-]+(?=,| and ))?){{1,14}}"
_YEARS = re.compile(
    rf",? \(?(?:(?:of|for|from|covering|through|until)(?: the)?(?: years?| period)?"
    rf"(?: from| until| up to| to| of)? )?\(?(?:\d\d? {MONTHS} )?({_YEAR})"
    rf"(?:(?:[-–/]| to | and )({_YEAR}|\d\d)(?!\d))?(?: period)?\)?"
)
_YEARS_LEAD = re.compile(r",? ?\(?(?:of|for|from|covering|through|until)\b| \(|, \d")
_ACRONYM_BEHIND = re.compile(r" \([A-Z][A-Za-z]{1,8}\)")
_LEADING_YEARS = re.compile(rf"({_YEAR})(?:[-–]({_YEAR}))? $")
_NUMBERED = (
    rf"(?: No\.? ?[\w/-]+| \d{{3,5}}(?= on )| \(EU\) \d+/\d+)?"
    rf"(?: (?:of|dated) \d\d? {MONTHS} {_YEAR})?"
)
_BEHIND_QUOTED = re.compile(
    rf"{_NUMBERED}(?: of (?:the )?{SEGMENT}(?: of {SEGMENT})?)?"
    rf"(?:,? (?:entitled|called|titled))? ({QUOTED})"
)
_LINKS = "on|for|against|towards?|to|concerning|regarding|among|between|relating to|of"
# Behind a noun a title goes on in capitals ("Law on Combating Terrorism") or in small letters
# ("Law on countering terrorism"); "in" leads into it only before a few words.
_IN = r"in(?= (?:the )?(?:[A-Z]|fight|field|sphere|area|struggle|combat|counter|prevent))"
_CAPITALS = (
    rf"(?: (?:{_LINKS}|{_IN})(?: the| its| an?)? (?!{MONTHS}\b){SEGMENT}"
    rf"(?:(?<=ing) the {SEGMENT})?(?: \({WORD}\)(?= of))?"
    rf"(?:, {SEGMENT}){{0,4}}(?:,? and {SEGMENT})?(?: [Mm]ember [Ss]tates)?){{1,5}}"
)
_SMALL = rf" (?:{_LINKS}|{_IN})(?: the| its)?(?= [a-z]){_TITLE}"
_BEHIND = re.compile(rf"{_NUMBERED}(?:{_CAPITALS}(?:{_SMALL})?|{_SMALL})")
# "Law No. 178-I", "Decree No. UP-6255"; a decree's number may stand alone.
_OWN_NUMBER = re.compile(r"(?: (\()|,? )No\.? ?((?:[A-Z]{1,4}-)?\d[\w/-]*)(?(1)\))")
_DECREE_NUMBER = re.compile(r" \d{1,5}(?= (?:of|on|and|was|is|which|that|to|in)\b|[.,;)](?!\d))")
_CODE = re.compile(r" [A-Z]{1,4}-\d[\w/-]*")  # "Decree UP-5379"
_NUMBER_IN = re.compile(
    r"\b(?:Law|Decree|Edict|Directive|Regulation) (?:\(EU\) )?((?:[A-Z]{1,4}-)?\d[\w/-]*)"
)
_BEHIND_BEGINS = (
    *(f" {digit}" for digit in range(1, 10)),
    *(f" {link} " for link in (*_LINKS.replace("?", "").split("|"), "toward", "in")),
    *' (EU) | No| dated | "| “| «| „'.split("|"),
    *(f"{comma} {word} " for comma in ("", ",") for word in ("entitled", "called", "titled")),
)

_BODY_BEFORE = re.compile(
    r"(Security Council|General Assembly|Human Rights Council|UNSC|UNGA)(?:'s|’s)?"
    r"(?: \((?:UNSC|UNGA|HRC)\))? (?:draft )?$"
)
_LIST_LEAD = re.compile(
    r"(?: \(UNSCRs?\))?"
    r"(?: of the (?:(?:United Nations|UN) )?(?:Security Council|General Assembly|United Nations))?"
    r"(?:,? (?:including|namely|such as|in particular|inter alia))? (?:Nos?\.? ?)?"
)
_LIST_NUMBER = re.compile(
    r"(?:[AS]/RES/)?(\d{1,4}(?:/\d{1,4})*)(?: ?\((\d{4})\))?(?: of (?:\d\d? [A-Z][a-z]+ )?(\d{4}))?"
)
_LIST_NEXT = re.compile(r"(?:,? and(?: resolution)? |[,;] )(?=(?:[AS]/RES/)?\d)")
_SYMBOL_INSIDE = re.compile(r"/(?:RES|PRST|HRC)/")  # found in a tenth of the time
_SYMBOL = re.compile(r"(?:A/RES|S/RES|S/PRST|A/HRC)/\d+(?:/\d+)?(?: \(\d{4}\))?")

_LOWER_BEHIND = re.compile(
    rf"(?: (?:on|against|of understanding|of cooperation|of conduct|with {WORD} on|governing"
    rf"|to (?:counter|combat|prevent)|for (?:counter|combat|prevent)ing)(?! the\b|\w)(?:{_TITLE})?"
    rf"|(?:,? (?:entitled|called|titled|named))? (?=.(?:On|About) ){QUOTED})"
)
# What may stand behind a noun in small letters that such a title goes on with; cheap to ask for.
_LOWER_BEGINS = tuple(
    ' on | ag| of | with | gov| to | for | en| ca| ti| na|, en|, ca|, ti|, na| "| “| «'.split("|")
)
_LOWER_NOUNS = frozenset(
    "law laws convention conventions treaty agreement protocol strategy programme program plan "
    "decree memorandum code".split()
)
_LOWER_BEFORE = re.compile(
    rf"(?:\b(?:draft|new|comprehensive|bilateral|national|state|first|updated|amended|existing|UN"
    rf"|government|federal|presidential|(?:two|three|five|ten)-year|statewide|joint|special|global"
    rf"|{_YEAR}|criminal|penal|civil|administrative|criminal procedure|procedural|labou?r|tax"
    rf"|customs|action|counter-?terrorism|anti-?terroris[mt]|counter-?extremism|anti-?extremism"
    rf"|extremism|anti-money[- ]laundering|AML/CFT|CVE|CT|religion|citizenship|development) )+$"
)
_SPECIFIC_BEFORE = re.compile(
    r"(?:criminal|penal|criminal procedure|procedural|counter-?terrorism|anti-?terroris[mt]"
    r"|counter-?extremism|anti-?extremism|extremism|laundering|AML/CFT|CVE|CT|religion"
    r"|citizenship) $"
)
_COLLECTION_BEFORE = re.compile(
    r"\b(?:universal|international|multilateral|United Nations|UN)(?: [\w-]+){0,4} $"
)

_PART_BEGINS = frozenset(f" {letter}" for letter in "aeABCDEFGHIJKLMNOPQRSTUVWXYZ")

_FIRST_NOUN = re.compile(rf"\b(?:{'|'.join(DOCUMENT_KINDS)})\b")

_START, _END = itemgetter(0), itemgetter(1)
_LOOSE_WORDS = frozenset("for in of on to and or the with against by a an its their".split())


# A place where a text names an instrument: start, end, the instrument, its years, rule, score.
Instrument = tuple[int, int, Entity, str, str, float]


def find_instruments(
    passage: Passage,
    found: dict[str, list[Known]],
    tokens: list[Token],
    bodies: Sequence[tuple],
    context: Context,
) -> list[Instrument]:
    """Find the instruments that a passage names.

    Parameters
    ----------
    passage : Passage
        The passage.
    found : dict of str to list of Known
        The known names and words of the passage.
    tokens : list of tuple
        Its numbers and months.
    bodies : sequence of tuple
        The organizations, in order: "United Nations Development Programme" is one. Each begins
        with its start and end.
    context : Context
        What was read so far; learns what "the Strategy" means.

    Returns
    -------
    list of Instrument
        In the order of the passage; offsets are those of its folded words.
    """
    words = passage.words
    places = _resolutions(found[RESOLUTION], tokens, words, context)
    places += [place for hit in found[INSTRUMENT] if (place := _known(hit, words, context))]
    _sort(places)
    places += _shapes(places, found[DOCUMENT_NOUN], bodies, words, context)
    _sort(places)
    places += _in_small_letters(places, found, words, context)
    _sort(places)
    kept = []
    reach = 0
    for place in places:
        start, end, _, _, rule, _ = place
        if start >= reach or rule == "resolution":
            kept.append(place)
            if end > reach:
                reach = end
    return kept


def _sort(places: list[Instrument]) -> None:
    """Put places in order; of those that begin together the longest goes first."""
    places.sort(key=_END, reverse=True)
    places.sort(key=_START)


class _Taken:
    """Places in order, asked for in order."""

    def __init__(self, places: Sequence[tuple]) -> None:
        self._places = places
        self._last = len(places)
        self._at = 0

    def around(self, offset: int) -> tuple | None:
        """The place that holds an offset."""
        places, at, last = self._places, self._at, self._last
        while at < last and places[at][1] <= offset:
            at += 1
        self._at = at
        return places[at] if at < last and places[at][0] <= offset else None

    def next_start(self, otherwise: int) -> int:
        """Where the next place begins."""
        return self._places[self._at][0] if self._at < len(self._places) else otherwise

    @property
    def last_end(self) -> int:
        """Where the last place before ends."""
        return self._places[self._at - 1][1] if self._at else 0


def _resolutions(
    hits: list[Known], tokens: list[Token], words: str, context: Context
) -> list[Instrument]:
    found: list[Instrument] = []
    numbers: set[int] = set()
    reach = 0
    for word_start, word_end, _ in hits:
        if word_start < reach:
            continue
        body = _BODY_BEFORE.search(words, max(0, word_start - 40), word_start)
        maker = body.group(1) if body else ""
        start = body.start() if body else word_start
        lead = _LIST_LEAD.match(words, word_end)
        number = _LIST_NUMBER.match(words, lead.end()) if lead else None
        while number:
            numeral, in_brackets, year = number.groups()
            year = in_brackets or year or ""
            end = number.end(2) + 1 if in_brackets else number.end(1)
            if not (maker or year) and "No" in lead.group() and len(numeral) < 4:
                found.append(_national_resolution(start, end, numeral, context))
            else:
                found.append(_resolution(start, end, numeral, year, maker, context))
            numbers.add(number.start(1))
            reach = number.end()
            following = _LIST_NEXT.match(words, reach)
            number = _LIST_NUMBER.match(words, following.end()) if following else None
            if number:
                start = number.start()
                if not number.group(2) and not _names_resolution(words, number):
                    number = None
    for (start, end, _), (first, last, kind) in pairwise(tokens):
        # "2178 (2014)", also where the word stands farther away.
        if kind == YEAR and first - end == 2 and start not in numbers:
            if words[end:first] == " (" and words[last : last + 1] == ")":
                numeral = words[start:end]
                if numeral.isdecimal() and not words[start - 1 : start].isalnum():
                    year = words[first:last]
                    found.append(_resolution(start, last + 1, numeral, year, "", context))
    if _SYMBOL_INSIDE.search(words):
        for match in _SYMBOL.finditer(words):
            if not numbers & set(range(match.start(), match.end())):
                entity = Entity(INSTRUMENT, match.group(), match.group(), sort="resolution")
                found.append((match.start(), match.end(), entity, "", "resolution", 0.9))
    return found


def _names_resolution(words: str, number: re.Match[str]) -> bool:
    """Whether a bare number in a list is a resolution's; "resolution 1373 and 500 laws" is not."""
    if "/" in number.group(1):
        return True
    return len(number.group(1)) == 4 and not re.match(r" [a-z]+s\b", words[number.end() :][:20])


def _resolution(
    start: int, end: int, numeral: str, year: str, maker: str, context: Context
) -> Instrument:
    if "/" not in numeral:
        body, symbol = "Security Council", ""
    elif maker.startswith("Human"):
        body, symbol = "Human Rights Council", f"A/HRC/RES/{numeral}"
    else:
        body, symbol = "General Assembly", f"A/RES/{numeral}"
    known = context.gazetteer.entity
    entity = known(INSTRUMENT, f"{body} resolution {numeral}")
    if entity is None and symbol:
        entity = known(INSTRUMENT, symbol)
    if entity is None:
        number = f"{numeral} ({year})" if year else numeral
        entity = Entity(INSTRUMENT, f"{body} resolution {numeral}", number, sort="resolution")
    return start, end, entity, year, "resolution", 0.95


def _national_resolution(start: int, end: int, numeral: str, context: Context) -> Instrument:
    """A government's resolution: "Resolution No. 124"; the Security Council's are past 1000."""
    name = f"Resolution No. {numeral}"
    entity = Entity(INSTRUMENT, name, numeral, sort="decree", country=context.country)
    return start, end, entity, "", "national resolution", 0.7


def _known(hit: Known, words: str, context: Context) -> Instrument | None:
    """A known title, where it can stand for what is known by it."""
    start, end, entries = hit
    if _is_part(words, end):
        return None
    for entry in entries:
        entity = entry.entity
        if entity.sort == "resolution" and not entry.context:
            continue
        if entity.country not in ("", context.country):
            continue
        start, end, years = _with_years(words, start, end)
        return start, end, entity, years, "known title", 0.95
    return None


def _is_part(words: str, end: int) -> bool:
    """Whether the noun that ends here belongs to a longer name: "Treaty Organization"."""
    follows = words[end : end + 2]
    return follows in _PART_BEGINS and _NOT_BEHIND.match(words, end) is not None


def _with_years(words: str, start: int, end: int) -> tuple[int, int, str]:
    """Take in the years before or behind a title."""
    if words.startswith(" (", end) and (acronym := _ACRONYM_BEHIND.match(words, end)):
        end = acronym.end()
    years = _YEARS.match(words, end)
    if years and (_YEARS_LEAD.match(years.group()) or _is_own_year(words, end, years)):
        end = years.end()
    else:
        at = start + 5 if words[start : start + 4].isdecimal() else start
        if not words[at - 2 : at - 1].isdecimal():
            return start, end, ""
        years = _LEADING_YEARS.search(words, max(0, at - 11), at)
        if years is None:
            return start, end, ""
        start = years.start()
    first, last = years.groups()
    if last:
        first += "/" + (last if len(last) == 4 else first[:2] + last)
    return start, end, first


def _with_number(words: str, head: str, end: int) -> int:
    """Where a title ends with the number of the act behind it."""
    if words.endswith(" No", 0, end):
        # The title was read as if "No" were a word of it.
        end -= len(" No")
        if behind := _BEHIND.match(words, end):
            return behind.end()
    kind = DOCUMENT_KINDS.get(head)
    if kind not in _NUMBERED_KINDS:
        return end
    number = _OWN_NUMBER.match(words, end) or _CODE.match(words, end)
    if number is None and kind == "decree":
        number = _DECREE_NUMBER.match(words, end)
    return number.end() if number else end


def _is_own_year(words: str, end: int, years: re.Match[str]) -> bool:
    """Whether a year behind a title without a link is its own: "Act 2013", "Strategy 2021-2025"."""
    if not years.group().startswith(" "):
        return False
    return years.group(2) is not None or words.endswith((" Act", " Law", " Code"), 0, end)


def _shapes(
    places: list[Instrument],
    nouns: list[Known],
    bodies: Sequence[tuple],
    words: str,
    context: Context,
) -> list[Instrument]:
    """Names by their shape, outside the places found already."""
    found = []
    taken = _Taken(places)
    inside = _Taken(bodies)
    reach = 0
    for head_start, head_end, _ in nouns:
        if head_start < reach or words[head_start].islower() or taken.around(head_start):
            continue
        head = words[head_start:head_end]
        if head not in DOCUMENT_KINDS or words[head_end : head_end + 1] == "-":
            continue
        body = inside.around(head_start)
        if (body and body[1] >= head_end) or _is_part(words, head_end):
            continue
        start = before(words, head_start, max(reach, taken.last_end))
        end = head_end
        if words.startswith(_BEHIND_BEGINS, head_end):
            behind = _BEHIND_QUOTED.match(words, head_end) or _BEHIND.match(words, head_end)
            end = behind.end() if behind else head_end
            end = min(end, max(head_end, taken.next_start(end + 1) - 1))
        end = _with_number(words, head, end)
        if end == head_end and (
            head in ("Report", "Reports") or (start == head_start and head not in _SUFFICIENT)
        ):
            place = _short_form(words, head, head_start, head_end, context)
        else:
            place = _by_shape(words, head, start, end, context)
        if place:
            found.append(place)
            _, reach, entity, years, _, _ = place
            context.last_of_kind[head] = (entity, years)
    for start, end, entity, years, rule, _ in places:
        if rule == "known title" and (head := _first_noun(words[start:end])):
            context.last_of_kind.setdefault(head, (entity, years))
    return found


@lru_cache(maxsize=1 << 12)
def _first_noun(title: str) -> str:
    """The first noun for a kind of instrument in a title; empty where there is none."""
    noun = _FIRST_NOUN.search(title)
    return noun.group() if noun else ""


def _whole_title(words: str, start: int, end: int) -> int:
    """Where a title ends that was read too far, or not as far as its closing quotation mark."""
    while (blank := words.rfind(" ", start, end)) >= 0 and words[blank + 1 : end] in _LOOSE_WORDS:
        end = blank
    if words[end : end + 1] in ("”", "»", '"'):
        opened = words.count("“", start, end) + words.count("«", start, end)
        closed = words.count("”", start, end) + words.count("»", start, end)
        end += opened > closed or words.count('"', start, end) % 2
    return end


def _by_shape(words: str, head: str, start: int, end: int, context: Context) -> Instrument:
    start, end, years = _with_years(words, start, _whole_title(words, start, end))
    if DOCUMENT_KINDS[head] in _NUMBERED_KINDS and (number := _OWN_NUMBER.match(words, end)):
        end = number.end()  # "Law of 13 July 1999 No. 416-I"
    if words.endswith("draft ", 0, start):
        start -= len("draft ")
    name = words[start:end].replace("’", "'").strip(" ,")
    entity = _entity(context.gazetteer, name, DOCUMENT_KINDS[head], context.country)
    return start, end, entity, years, f"shape: {head}", 0.8


@lru_cache(maxsize=1 << 14)
def _entity(gazetteer: Gazetteer, name: str, kind: str, text_country: str) -> Entity:
    """The known entity that a name stands for, or a new one."""
    country = text_country if kind in _NATIONAL and "Code of Conduct" not in name else ""
    in_full = name
    if country and name.lower().endswith(("code", "constitution")):
        in_full = f"{name[0].upper()}{name[1:]} of {gazetteer.state_names[country]}"
    for written in (name, in_full):
        known = gazetteer.entity(INSTRUMENT, written, text_country)
        if known and known.country in ("", text_country):
            return known
    number = ""
    if stated := _OWN_NUMBER.search(name) or _NUMBER_IN.search(name):
        number = stated.group(stated.lastindex)
    return Entity(INSTRUMENT, in_full, number, sort=kind, country=country)


def _short_form(words: str, head: str, start: int, end: int, context: Context) -> Instrument | None:
    """ "The Strategy", where the text has named one before."""
    if head not in context.last_of_kind or not words.endswith(("the ", "The ", "this "), 0, start):
        return None
    entity, years = context.last_of_kind[head]
    return start, end, entity, years, "short form", 0.7


def _in_small_letters(
    places: list[Instrument], hits: dict[str, list[Known]], words: str, context: Context
) -> list[Instrument]:
    """ "The new law on countering extremism", "its criminal code", "universal instruments"."""
    found = []
    taken = _Taken(places)
    reach = 0
    for start, end, _ in hits[DOCUMENT_NOUN]:
        if start < reach or words[start].isupper() or words[end : end + 1] in ("-", "’", "'"):
            continue
        noun = words[start:end]
        if noun not in _LOWER_NOUNS or (start and words[start - 1] in "-’'"):
            continue
        if taken.around(start) or words.startswith(" enforcement", end):
            continue
        ahead = _LOWER_BEFORE.search(words, max(0, start - 70, taken.last_end), start)
        behind = None
        if words.startswith(_LOWER_BEGINS, end):
            behind = _LOWER_BEHIND.match(words, end)
        limit = taken.next_start(len(words) + 1) - 1
        if behind and behind.end() > limit and limit - end < 12:
            behind = None
        numbered = _with_number(words, noun.capitalize(), end)
        is_specific = ahead and _SPECIFIC_BEFORE.search(ahead.group())
        if not behind and numbered == end and not is_specific:
            continue
        first = ahead.start() if ahead else start
        last = min(behind.end(), limit) if behind else numbered
        first, last, years = _with_years(words, first, _whole_title(words, first, last))
        name = words[first:last].strip(" ,")
        kind = DOCUMENT_KINDS.get(noun.removesuffix("s").capitalize(), "law")
        entity = _entity(context.gazetteer, name, kind, context.country)
        found.append((first, last, entity, years, "small letters", 0.6))
        reach = last
    taken = _Taken(places)
    for start, end, _ in hits[COLLECTION_NOUN]:
        ahead = _COLLECTION_BEFORE.search(words, max(0, start - 70), start)
        if ahead and not taken.around(ahead.start()) and not taken.around(end - 1):
            name = words[ahead.start() : end]
            entity = _entity(context.gazetteer, name, "collection", context.country)
            found.append((ahead.start(), end, entity, "", "collection", 0.5))
    return found
