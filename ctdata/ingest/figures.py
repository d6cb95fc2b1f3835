"""Draft the figures that a text tells: each number as an interval, with its qualifier and unit.

"Over 800 nationals" is 800 or more, "up to 500" is 500 or less, "approximately 150" is 150 with the
qualifier, "between 300 and 500" is that interval, "at least 230-250" has the floor 230 and no
ceiling, "no Kazakhstanis" is 0, "$600 million" is 600,000,000 USD. Numbers of dates, resolutions,
articles, items and units of an army count nothing and are left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ctdata.ingest.gazetteer import Known
from ctdata.ingest.numerals import MONTH, Token
from ctdata.ingest.passage import Passage
from ctdata.ingest.words import NUMBER_WORDS, VAGUE_NUMBERS, WHOLE_NUMBERS

_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "dozen": 12}
_SCALE = re.compile(r"[ -](hundred|thousand|million|billion|dozen)\b")
_SCALE_BEGINS = frozenset(f"{mark}{scale[0]}" for mark in " -" for scale in _SCALES)
_NEXT_PART = re.compile(
    rf"(?:[ -]|(?<=hundred) and |(?<=thousand) and )"
    rf"({'|'.join(NUMBER_WORDS)}|hundred|thousand|million|billion)\b"
)
# Thousands set apart by blanks: "3 700".
_THOUSANDS = re.compile(r"(?: \d{3}){1,4}(?! ?\d|[\w.,/]{0,20}\d)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LETTERS = re.compile(r"[a-z]+")

# Words of vagueness before a number, and which bound they leave open.
_FLOORS = (
    "over,more than,at least,no fewer than,no less than,not less than,not fewer than,in excess of,"
    "upwards of,above,exceeding,exceeds,exceeded,a minimum of,well over,just over"
)
_CEILINGS = (
    "up to,fewer than,less than,under,below,no more than,at most,as many as,a maximum of,"
    "not more than,not exceed,not exceeding,no higher than"
)
_ABOUTS = (
    "about,approximately,around,some,nearly,almost,roughly,an estimated,estimated,close to,circa,"
    "at around,at about,approx.,a total of"
)
# These are taken in, and say nothing about the number.
_SILENT = "another,a further,further,an additional,additional,only,exactly,just,in all,all"
QUALIFIERS = {
    phrase: kind
    for kind, phrases in (
        ("floor", _FLOORS),
        ("ceiling", _CEILINGS),
        ("about", _ABOUTS),
        ("silent", _SILENT),
    )
    for phrase in phrases.split(",")
}
_LAST_OF_QUALIFIERS = frozenset(phrase.split(" ")[-1] for phrase in QUALIFIERS)
_OR_MORE = re.compile(r"\+| or (?:more|above|higher)\b| and more\b")
# A figure of which the text says that the true one is higher.
_HIGHER = re.compile(r"(?:figure|number|total|count|toll|it|actual|true)\b[^.;]{0,60}\bhigher\b")

_RANGE = re.compile(r" ?[-–—] ?(?=\d)| to (?=\d|[a-z])| and (?=\d|[a-z])")
_AND_A_HALF = " and a half"
_RANGE_WORDS = {"between": "between … and …", "from": "from … to …"}
_CURRENCY_BEFORE = re.compile(r"(US ?\$|\$|€|£|USD ?|EUR ?|US dollars )$")
_CURRENCIES = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "USD": "USD", "EUR": "EUR"}
_CURRENCY_BEHIND = re.compile(
    r" ?(?:(US dollars|U\.S\. dollars|dollars|USD|\$)|(euros?|EUR|€)|(tenge)|(somoni)|(soms?)\b"
    r"|(roubles|rubles)|(sums?)\b|(pounds)|(manat))"
)
_CURRENCY_CODES = ("USD", "EUR", "KZT", "TJS", "KGS", "RUB", "UZS", "GBP", "TMT")
# "$2.5m"; behind a sign of money only.
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}
_SHORT_SCALE = re.compile(r"(k|mn?|bn)\b")
_CURRENCY_LETTERS = frozenset("Udet€$prsmE")
_PERCENT = re.compile(r" ?(?:%|per ?cent\b|percentage points?\b)")

# A number behind these words names something.
_NAMING = frozenset(
    "item items article articles chapter chapters paragraph paragraphs para paras section "
    "sections no nos number numbers page pages part annex rule rules order phase stage group "
    "unit volume boeing flight room level round appendix operation clause highway route table "
    "figure box decree resolution resolutions pillar agenda strategy plan aged age expo law "
    "issue point class grade sdg sdgs goal".split()
)
_NAMED_RANGE = re.compile(r"\b(?:[Aa]rticles?|[Ii]tems?) [\d, ]+(?: to | and |[-–] ?)$")
_AGE = re.compile(r"\bage of $|\bages? $")
_NOT_COUNTED = re.compile(
    r" (?:a\.m|p\.m|am|pm|o'clock|hrs)\b|:\d\d| (?:Sanctions |Monitoring )?(?:Committee|regime"
    r"|sanctions|Monitoring)\b|/\w|(?:st|nd|rd|th)\b|°"
)
# How a number goes on where only a noun can follow; spares trying all other patterns.
_NOUN_BEGINS = frozenset(f" {letter}" for letter in "cfgijklnquvwxyzABDFGHIJKLNOPQRTVWXYZ")
_COMPOUND = re.compile(
    r"-(day|week|month|year|hour|kilomet(?:er|re)|km|mile|person|member|meter|metre|page|man)"
    r"(?:-(?:long|strong))?\b(?!-old|s)"
)
_DURATIONS = frozenset(
    "day days week weeks month months year years hour hours decade decades minute minutes".split()
)
_TIME_SPAN_BEFORE = re.compile(
    r"\b(?:last|past|next|previous|recent|coming|first|preceding|every|within|these|those) "
    r"(?:about |some )?(?:\d+(?: to | or |[-–]))?$"
)
_TIME_SPAN_BEHIND = re.compile(r" (?:ago|later|earlier|before|after|old)\b")

# Behind a number in words that counts what was named before.
_NUMBER_ACTS = tuple(
    f" {word} " for word in "were had have could did remained received faced died".split()
) + (" a year", " per year")
# Before one that does not count: "the two were".
_BEFORE_KNOWN = frozenset("the these those all both other last first its their any".split())

# Words at which the noun phrase behind a number ends.
_STOP = frozenset(
    "a an the of in on at by from to and or have has had were was are is be been who which that "
    "with for during since until as but not after before when while where than into under over "
    "between against among across through did do does will would could can may might must it "
    "its they he she this these those their his her also then so if about behind upon both came "
    "come gone left joined went killed returned remain remained remains followed said including "
    "mostly mainly currently respectively per via took reportedly sides side parties ways way "
    "times thirds halves hands fronts another other thing things third half quarters occasions "
    "respects levels".split()
)
_PEOPLE = frozenset(
    "people person persons man men woman women child children minor minors citizen citizens "
    "national nationals fighter fighters militant militants terrorist terrorists soldier "
    "soldiers serviceman servicemen civilian civilians guard guards prisoner prisoners officer "
    "officers official officials individual individuals member members participant participants "
    "delegate delegates troops policeman policemen police personnel staff attacker attackers "
    "suspect suspects gunman gunmen insurgent insurgents victim victims refugee refugees "
    "migrant migrants worker workers returnee returnees recruit recruits relative relatives "
    "expert experts practitioner practitioners student students judge judges prosecutor "
    "prosecutors convict convicts detainee detainees dead wounded injured others hostages "
    "hostage adult adults orphans orphan boys girls names ftfs extremists sympathizers "
    "supporters adherents defendants teachers imams clerics leaders representatives trainees "
    "foreigners residents believers bombers bomber assailant assailants mercenaries".split()
)
# What "one" counts; behind other nouns it is an article.
_ONE_COUNTS = _PEOPLE | frozenset(
    "attack incident operation cell group camp case law centre center country state arrest "
    "conviction detachment training workshop seminar exercise meeting conference plot sentence "
    "death project programme program checkpoint post explosion bombing laboratory website".split()
)
# What a stated zero counts.
_ZERO_COUNTS = _PEOPLE | frozenset(
    "attack attacks incident incidents case cases arrest arrests casualties casualty conviction "
    "convictions deaths prosecutions departures fatalities explosions acts crimes returns weapons "
    "kyrgyz turkmen".split()
)
_PLURALS = frozenset(
    "people women men children police personnel staff troops dead wounded injured others media "
    "data aircraft servicemen policemen gunmen crises analyses".split()
)
_NO_PLURALS = frozenset("is was has this his its as says includes shows takes series news".split())
_OF_THEM = re.compile(
    r" (?:(?:more )?of (?:them|whom|these|those|which|its|his|our|their)|others?)\b"
)
# "Fourteen of the nineteen instruments": the noun comes behind the whole.
_OF_THE = re.compile(rf" of the\b(?: (?:\d[\d,]*|{'|'.join(NUMBER_WORDS)})(?= ))?")
# Who may be counted together: "388 women and children".
_TOGETHER = frozenset("men women children minors boys girls".split())
_ALSO = rf"(?:{'|'.join(sorted(_TOGETHER))})"
_WITH_OTHERS = re.compile(rf"(?:, {_ALSO})?,? and {_ALSO}\b")
_ACRONYMS = re.compile("[A-Z]{2,5}s")  # "eight NGOs"
_CAPITAL_NOUNS = frozenset(
    "states members ftfs internet offices centres centers committees ministries agencies".split()
)

_QUOTES = "\"“”«»‘’'"
_A_QUOTE = re.compile(f"[{_QUOTES}]")

_PUNCTUATION = ".,;:!?)" + _QUOTES


class Figure(NamedTuple):
    """A place where a text tells a number."""

    start: int
    end: int
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    population: str
    rule: str
    score: float


def find_figures(
    passage: Passage,
    tokens: list[Token],
    number_words: list[Known],
    taken: list[tuple[int, int]],
) -> list[Figure]:
    """Find the figures that a passage tells.

    Parameters
    ----------
    passage : Passage
        The passage.
    tokens : list of tuple
        Its numbers and months.
    number_words : list of Known
        Where it has words for numbers.
    taken : list of tuple of int
        The places of dates and of numbers that name something, in order.

    Returns
    -------
    list of Figure
        In the order of the passage; offsets are those of its folded words.
    """
    text = passage.words
    numbers = [token for token in tokens if token[2] != MONTH]
    found: list[Figure] = []
    reach = at = 0
    last = len(taken)
    for start, end, _ in sorted([*numbers, *number_words]):
        if start < reach:
            continue
        while at < last and taken[at][0] <= start:
            at += 1
        if at and taken[at - 1][1] > start:
            continue
        if text[start] <= "9":
            figure = _in_digits(text, start, end)
        else:
            figure = _in_words(text, start, end)
        if figure is None:
            continue
        reach = max(end, figure.end)
        if (
            figure.unit in ("people", "")
            and figure.low is not None
            and figure.low == figure.high
            and text.find("higher", end, end + 250) > 0
            and _HIGHER.search(text, end, end + 250)
        ):
            qualifier = f"{figure.qualifier}; could be higher".strip("; ")
            figure = figure._replace(high=None, qualifier=qualifier)
        found.append(figure)
    return found


def _in_digits(text: str, start: int, end: int) -> Figure | None:
    before = text[start - 1] if start else " "
    if before == " ":
        word = text[max(0, start - 16) : start - 1].rpartition(" ")[2].rstrip(".").lower()
        if word in _NAMING:
            return None
        if word in ("to", "and") and _NAMED_RANGE.search(text, max(0, start - 30), start):
            return None
        if word == "of" and _AGE.search(text, max(0, start - 30), start):
            return None
    elif before.isalnum() or before in "-–/.,_+’'№#§:":
        return None
    digits = text[start:end]
    if end - start > 15 or digits[-1] > "9":
        return None
    if digits[0] == "0" and digits[1:2].isdecimal():
        return None
    follows = text[end : end + 2]
    lead = text[max(0, start - 2) : start]
    if follows in (". ", ") ") and (lead in ("", "(", "\n(") or before == "\n"):
        return None  # the number of a paragraph
    if follows[:1].isalpha() and not text.startswith(("km", "kg", "m "), end):
        if before not in "$€£" or not _SHORT_SCALE.match(text, end):
            return None
    if follows not in _NOUN_BEGINS and _NOT_COUNTED.match(text, end):
        return None
    if follows[1:].isdecimal():
        end = _with_thousands(text, start, end)
        digits = text[start:end].replace(" ", "")
    value = _value(digits)
    if value is None:
        return None
    figure = _figure(text, start, end, value, False)
    if figure and end - start == 4 and 1900 <= value < 2100 and figure.unit != "people":
        return None  # a year that is part of a name
    return figure


def _with_thousands(text: str, start: int, end: int) -> int:
    """Where a number ends whose first digits these are: "3 700" is one."""
    if end - start <= 3 and (thousands := _THOUSANDS.match(text, end)):
        return thousands.end()
    return end


def _value(digits: str) -> float | None:
    """The number that digits write; none where they write a date or a version."""
    if digits.isdecimal():
        return int(digits)
    whole, point, fraction = digits.partition(".")
    if "." in fraction or "," in fraction:
        return None
    groups = whole.split(",")
    if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        return None
    whole = "".join(groups)
    return float(f"{whole}.{fraction}") if point else int(whole)


def _in_words(text: str, start: int, end: int) -> Figure | None:
    if start and text[start - 1] in "-–’'":
        return None
    word = text[start:end].lower()
    if word == "no":
        return _zero(text, start, end)
    if word in VAGUE_NUMBERS:
        return _vague(text, start, end)
    if word in WHOLE_NUMBERS:
        return _figure(text, start, end, WHOLE_NUMBERS[word], True)
    if word not in NUMBER_WORDS:
        return None
    end, value = _compound(text, end, NUMBER_WORDS[word])
    return _figure(text, start, end, value, True)


def _compound(text: str, end: int, current: int) -> tuple[int, int]:
    """Read on: "twenty-five", "two hundred and ten", "three thousand"."""
    total = 0
    while match := _NEXT_PART.match(text, end):
        part = match.group(1)
        if part in NUMBER_WORDS:
            small = NUMBER_WORDS[part]
            if current % 100 and not (small < 10 and current % 10 == 0):
                break
            current += small
        elif part == "hundred":
            current *= 100
        else:
            total += current * _SCALES[part]
            current = 0
        end = match.end()
    return end, total + current


def _figure(text: str, start: int, end: int, low: float, spelled: bool) -> Figure | None:
    if text.startswith(_AND_A_HALF, end):
        low, end = low + 0.5, end + len(_AND_A_HALF)
    high: float | None = low
    first = start
    currency = None
    if start and (
        text[start - 1] in "$€£DR" or text[start - 2 : start - 1] in ("$", "D", "R", "s")
    ):
        currency = _CURRENCY_BEFORE.search(text, max(0, start - 12), start)
        if currency:
            first = currency.start()
    qualifier, kind, first = _qualifier(text, first)
    is_range = False
    follows = text[end : end + 2]
    if follows not in _NOUN_BEGINS:
        if link := _RANGE.match(text, end):
            lead = text[max(0, first - 9) : first]
            word = "".join(lead.lower().split()[-1:])
            if other := _second(text, link, word, low):
                end, high = other
                is_range = True
                if word in _RANGE_WORDS:
                    first -= len(lead) - len(lead.rstrip()) + len(word)
                    qualifier = qualifier or _RANGE_WORDS[word]
                follows = text[end : end + 2]
        if currency and (short := _SHORT_SCALE.match(text, end)):
            factor = _SHORT_SCALES[short.group(1)]
            low, high = _scaled(low, factor), _scaled(high, factor)
            end = short.end()
        elif follows in _SCALE_BEGINS and (scale := _SCALE.match(text, end)):
            factor = _SCALES[scale.group(1)]
            low, high = _scaled(low, factor), _scaled(high, factor)
            end = scale.end()
        if text.startswith(("+", " or ", " and more"), end) and (more := _OR_MORE.match(text, end)):
            kind, qualifier, end = "floor", qualifier or "or more", more.end()
        if text.startswith("-odd ", end):  # "200-odd women" are about 200
            qualifier, end = qualifier or "-odd", end + len("-odd")
    is_one = spelled and low == high == 1
    unit, noun, last = _unit(text, end, currency, is_one)
    if unit is None or (spelled and not unit and not _stands_alone(text, first, end)):
        return None
    if noun == "of them" and text.endswith((" in ", " out of "), 0, first):
        return None  # "one in five of those tried" is a share
    if is_one and noun not in _ONE_COUNTS and noun not in _DURATIONS and unit != "percent":
        return None
    if noun in _DURATIONS and (
        _TIME_SPAN_BEFORE.search(text, max(0, first - 20), first)
        or _TIME_SPAN_BEHIND.match(text, last)
    ):
        return None
    if kind == "floor" and noun in _DURATIONS and text.startswith("Over ", first):
        # At the head of a sentence that is how long something took.
        qualifier, kind, first = "", "", first + len("Over ")
    if kind == "floor":
        high = None
    elif kind == "ceiling" and not is_range:
        low = None
    if noun in _TOGETHER and (others := _WITH_OTHERS.match(text, last)):
        last = others.end()
    population = "" if noun in ("money", "percent") else text[end:last].strip(" -")
    if not _A_QUOTE.search(population, 1):
        population = population.lstrip(_QUOTES)
    return Figure(first, last, low, high, qualifier, unit, population, "number", 0.85)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a number in words counts what was named before: "only nine had been tried"."""
    if not text.startswith(_NUMBER_ACTS, end):
        return False
    lead = text[max(0, start - 12) : start].lower().split()
    return not lead or lead[-1] not in _BEFORE_KNOWN


def _scaled(value: float, factor: int) -> float:
    scaled = round(value * factor, 6)
    return int(scaled) if scaled == int(scaled) else scaled


def _second(text: str, link: re.Match[str], before: str, low: float) -> tuple[int, float] | None:
    """Where the number ends that ends a range, and its value."""
    if link.group() == " and " and before != "between":
        return None
    at = link.end()
    if text[at].isdigit():
        match = _NUMBER.match(text, at)
        end = _with_thousands(text, at, match.end())
        value = _value(text[at:end].replace(" ", ""))
        if text[end : end + 1].isalpha() or _NOT_COUNTED.match(text, end):
            return None
        return (end, value) if value is not None and value >= low else None
    match = _LETTERS.match(text, at)
    if match is None or match.group() not in NUMBER_WORDS:
        return None
    end, value = _compound(text, match.end(), NUMBER_WORDS[match.group()])
    return (end, value) if value > low else None


def _qualifier(text: str, start: int) -> tuple[str, str, int]:
    """The words of vagueness before a number, what they make of it, and where they begin."""
    if text[start - 1 : start] != " ":
        return "", "", start
    lead = text[max(0, start - 30) : start - 1]
    last = lead[max(lead.rfind(" "), lead.rfind("\n")) + 1 :]
    if last.lower().lstrip('(“"') not in _LAST_OF_QUALIFIERS:
        return "", "", start
    words = lead[lead.rfind("\n") + 1 :].split(" ")
    for length in (4, 3, 2, 1):
        if len(words) >= length:
            phrase = " ".join(words[-length:]).lower().lstrip('(“"')
            kind = QUALIFIERS.get(phrase)
            if kind:
                return "" if kind == "silent" else phrase, kind, start - len(phrase) - 1
    return "", "", start


def _unit(
    text: str, end: int, currency: re.Match[str] | None, is_one: bool = False
) -> tuple[str | None, str, int]:
    """The unit of a number, the noun it counts, and where that ends; no unit: not a figure."""
    if currency:
        sign = currency.group(1).strip().replace("US $", "US$")
        return _CURRENCIES.get(sign, "USD"), "money", end
    follows = text[end : end + 2]
    if follows not in _NOUN_BEGINS:
        if follows[:1] == "-":
            compound = _COMPOUND.match(text, end)
            if compound is None:
                return None, "", end
            unit = f"{compound.group(1)}s"
            return unit, unit, compound.end()
        if follows[:1] == "%" or follows in (" %", " p"):
            if percent := _PERCENT.match(text, end):
                return "percent", "percent", percent.end()
        if follows.strip()[:1] in _CURRENCY_LETTERS and (
            match := _CURRENCY_BEHIND.match(text, end)
        ):
            return _CURRENCY_CODES[match.lastindex - 1], "money", match.end()
        if follows == " o" and (whole := _OF_THE.match(text, end)):
            noun, _ = _noun(text, whole.end(), is_one)
            return _unit_of(noun), "of them", end
        if follows in (" o", " m") and _OF_THEM.match(text, end):
            return "people", "of them", end
    noun, last = _noun(text, end, is_one)
    if not noun:
        return ("people", "of them", end) if text.startswith(" more", end) else ("", "", end)
    return _unit_of(noun), noun.lower(), last


def _unit_of(noun: str) -> str:
    """The unit of what a number counts; empty where it counts nothing."""
    return "people" if noun in _PEOPLE or noun[:1].isupper() else noun


def _noun(text: str, position: int, singular: bool) -> tuple[str, int]:
    """The noun that a number counts, and where it ends."""
    noun, end = "", position
    pieces = text[position : position + 100].partition("\n")[0].split(" ", 8)
    if pieces[0].strip(_QUOTES):
        return noun, end  # no blank behind the number
    position += len(pieces[0]) + 1
    for piece in pieces[1:8]:
        word = _read_word(piece, singular)
        if word is None:
            break
        if word.counts:
            noun, end = word.plain, position + word.end
        elif noun:
            break
        if word.closes:
            break
        position += len(piece) + 1
    return noun, end


class _Word(NamedTuple):
    """A word of a noun phrase: bare, and what it does there."""

    plain: str
    end: int
    counts: bool  # whether it may be what a number counts
    closes: bool  # whether punctuation behind it ends the phrase


@lru_cache(maxsize=1 << 14)
def _read_word(piece: str, singular: bool) -> _Word | None:
    """Read what stands between two blanks; none where it cannot belong to a noun phrase."""
    word = piece.strip(_QUOTES)
    core = word.rstrip(_PUNCTUATION)
    plain = core.lower()
    if not plain[:1].isalpha() or plain in _STOP:
        return None
    if plain[-2:] in ("'s", "’s"):
        plain = plain[:-2]
    if core[0].isupper() and plain not in _CAPITAL_NOUNS and not _ACRONYMS.fullmatch(core):
        # "Kazakhstanis" are people, "United Nations" is part of a longer noun.
        counts = plain.endswith(("is", "ks", "ns", "rs")) and plain != "nations"
        plain = core
    else:
        counts = _counts(plain, singular)
    return _Word(plain, piece.index(core) + len(core), counts, len(core) < len(word))


def _counts(word: str, singular: bool) -> bool:
    if word in _PLURALS or (singular and word in _ONE_COUNTS):
        return True
    return word.endswith("s") and word not in _NO_PLURALS and not word.endswith(("ss", "us"))


def _zero(text: str, start: int, end: int) -> Figure | None:
    """ "No Kazakhstanis", "no attacks": a zero that the text states."""
    noun, last = _noun(text, end, True)
    if noun.lower() not in _ZERO_COUNTS and not noun[:1].isupper():
        return None
    return Figure(start, last, 0, 0, "", _unit_of(noun), text[end:last].strip(), "stated zero", 0.7)


def _vague(text: str, start: int, end: int) -> Figure | None:
    """ "Dozens of raids": a figure without a number."""
    if not text.startswith(" of ", end):
        return None
    noun, last = _noun(text, end + 3, False)
    if not noun:
        return None
    words = text[start:end].lower()
    population = text[end + 3 : last].strip()
    return Figure(start, last, None, None, words, _unit_of(noun), population, "vague", 0.5)
