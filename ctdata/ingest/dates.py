"""Draft the dates that a text tells, in EDTF.

A cluster of days, months and years is read as a row of letters (D, M, Y, with "-" for a range and
"&" for "and"), and its shape is looked up in a table: "31 May to 2 June 2016" is DM-DMY. The words
before it may open it ("since 2013"), close it ("by the end of 2020") or narrow it ("the first half
of 2018"). A date without a year gets that of its sentence or of the text. Years that belong to an
instrument, to the name of an exercise, or that count people are no dates.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ctdata.dates import DateError, parse
from ctdata.ingest.context import Context
from ctdata.ingest.gazetteer import Known
from ctdata.ingest.numerals import NUMERIC, OTHER, YEAR, Token
from ctdata.ingest.passage import Passage
from ctdata.ingest.words import MONTHS, NUMBER_WORDS

_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
# What may stand between the parts of a date, and what it makes of them.
_LINKS = {
    " ": "", ", ": ",", " of ": "", " of the ": "",
    "-": "-", "–": "-", "—": "-", " - ": "-", " – ": "-", " — ": "-", "/": "/",
    " to ": "-", " until ": "-", " till ": "-", " through ": "-",
    " and ": "&", ", and ": "&", " or ": "&",
}  # fmt: skip
_LONGEST_LINK = max(map(len, _LINKS))

# Shapes of a cluster: where day, month and year of the first and the last day stand in it. Numbers
# are places of tokens; a part that both ends share stands in both.
_Place = tuple[int | None, int | None, int | None]
_SHAPES: dict[str, tuple[_Place, ...]] = {
    "DMY": ((0, 1, 2),),
    "DM": ((0, 1, None),),
    "MDY": ((1, 0, 2),),
    "MD": ((1, 0, None),),
    "MY": ((None, 0, 1),),
    "YM": ((None, 1, 0),),
    "M": ((None, 0, None),),
    "Y": ((None, None, 0),),
    "D-DMY": ((0, 2, 3), (1, 2, 3)),
    "D-DM": ((0, 2, None), (1, 2, None)),
    "DM-DMY": ((0, 1, 4), (2, 3, 4)),
    "DM-DM": ((0, 1, None), (2, 3, None)),
    "DMY-DMY": ((0, 1, 2), (3, 4, 5)),
    "MD-DY": ((1, 0, 3), (2, 0, 3)),
    "MD-D": ((1, 0, None), (2, 0, None)),
    "MD-MDY": ((1, 0, 4), (3, 2, 4)),
    "MD-MD": ((1, 0, None), (3, 2, None)),
    "MDY-MDY": ((1, 0, 2), (4, 3, 5)),
    "M-MY": ((None, 0, 2), (None, 1, 2)),
    "M-M": ((None, 0, None), (None, 1, None)),
    "MY-MY": ((None, 0, 1), (None, 2, 3)),
    "Y-Y": ((None, None, 0), (None, None, 1)),
}
_SHAPES |= {shape.replace("-", "&"): places for shape, places in _SHAPES.items() if "-" in shape}
_ONLY_MONTHS = frozenset(shape for shape in _SHAPES if set(shape) <= {"M", "-", "&"})
_ISO = "Y-D-D"
_SLASHED = "D/D/Y"
_SLASHED_MONTHS = "D/Y-D/Y"
_SHORT_RANGE = "Y-D"  # 2018-22
_IN_DIGITS = frozenset({"N", _ISO, _SHORT_RANGE, _SLASHED, _SLASHED_MONTHS})
_YEARS = re.compile("Y(?:[&,]Y)+")

_OPENING = frozenset({"since", "after"})
_CLOSING = frozenset({"until", "till", "by", "before"})
_ABOUT = frozenset({"about", "around", "circa", "approximately", "roughly"})
_MODIFYING = _OPENING | _CLOSING | _ABOUT | {"the", "to"}
_BEFORE_MONTH = frozenset(
    "in since until till by early late mid last this next during before after of from through "
    "between for the and to every that following previous".split()
)
_VERB_MONTHS = frozenset({"May", "March"})
_BEFORE_VERB_MONTH = _BEFORE_MONTH - {"the", "and", "to", "for"}
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_MONTHS_COUNTED = rf"(?:first ({'|'.join(list(NUMBER_WORDS)[2:12])}|\d\d?) months)"
_PART = re.compile(
    rf"(?:\b(?:the )?(?:(first|second|third|fourth|last) (half|quarter) of|{_MONTHS_COUNTED} of"
    r"|(?:end|beginning|start|middle|close|course) of"
    r"|(?:early|late|mid|earlier in|later in|early in|late in)(?= |-)"
    r"|(spring|summer|autumn|fall|winter)(?: of)?|([QH][1-4]))[ -]?)$"
)
_PART_WORDS = frozenset(
    "of early late mid in spring summer autumn fall winter Q1 Q2 Q3 Q4 H1 H2".split()
)
# What such a part has before these words; cheap to ask for.
_BEFORE_PART = {
    "in": ("earlier", "later", "early", "late"),
    "of": (
        *("half", "quarter", "months", "end", "beginning", "start", "middle", "close", "course"),
        *_SEASONS,
    ),
}
_PART_OF_YEAR = re.compile(
    r"(?:\b(by|until|before) )?(?:the )?(?:\b(first|second|third|fourth|last) (half|quarter)"
    rf"|\b{_MONTHS_COUNTED}|\b(end)) of (?:the|this|that) $"
)
_NEXT_YEAR = re.compile(r"\b([Ll]ast|[Pp]revious|[Nn]ext|[Pp]receding) $")
_HEADING = re.compile(r"\b((?:19|20)\d\d) [Tt]errorist [Ii]ncidents")
_STEPS = {"last": -1, "this": 0, "next": 1}
_YEAR_BEHIND = re.compile(rf",? (?:of )?({'|'.join(_STEPS)}) year\b(?!['’])")
_OF_THE = (" of the ", " of this ", " of that ")
_NEXT = ("ast ", "revious ", "ext ", "receding ")
_COUNTED = frozenset(
    "people persons citizens nationals fighters militants troops soldiers servicemen members "
    "participants delegates women children men officers websites cases individuals others km kg "
    "kilometres kilometers tonnes dollars million resources sites pages items files names homes "
    "families".split()
)
_NUMBERING = frozenset("no nos resolution resolutions group order article over than some".split())
_PERIOD_OF = re.compile(
    r"\b(?:[Pp]rogram(?:me)?|[Pp]lan|[Ss]trategy|[Cc]oncept|operation)\b[^.]{0,90}$"
)
_NEAR = 300  # characters between the title of an instrument and its years
_SENTENCE_OPENERS = frozenset(
    "In Since Until By During After Before Between From Throughout The Around About For Over "
    "Q1 Q2 Q3 Q4 H1 H2".split()
)
_ENDS_WORD = (".", ",", ":", ";", "’s", "'s", ")", "”", '"')
_OPEN_LEAD = ("ince ", "ntil ", " by ", "end of ", "efore ", "fter ", "efore the ")

_SCORES = {"open": 0.8, "relative": 0.5, "about": 0.8}


# A place where a text tells a date: start, end, the date, rule, score.
Date = tuple[int, int, str, str, float]


_Cluster = tuple[int, int, str, list[Token]]  # start, end, shape, tokens


def find_dates(
    passage: Passage,
    tokens: list[Token],
    year_words: list[Known],
    taken: Sequence[tuple],
    context: Context,
) -> tuple[list[Date], list[tuple[int, int]]]:
    """Find the dates that a passage tells.

    Parameters
    ----------
    passage : Passage
        The passage.
    tokens : list of tuple
        Its numbers and months.
    year_words : list of Known
        Where it has the word "year".
    taken : sequence of tuple
        The instruments, in order, each with its start and end first: a bare year inside one is a
        part of its name.
    context : Context
        What was read so far; learns the year of the text.

    Returns
    -------
    dates : list of Date
        In the order of the passage; offsets are those of its folded words.
    places : list of tuple of int
        All places that were read as a date, also those whose year is unknown.
    """
    text = passage.words
    clusters = _clusters(text, tokens, taken)
    if context.year is None:
        context.year = _year_of_text(text, clusters, tokens)
    found: list[Date] = []
    for cluster in clusters:
        found += _read(cluster, passage, context, found)
    if context.year:
        told = {end for _, end, _, _, _ in found}  # "March last year" is one date
        for start, end, _ in year_words:
            if end not in told:
                found += _relative(text, start, end, context.year)
    found.sort()
    return found, [(start, end) for start, end, _, _ in clusters]


def _clusters(text: str, tokens: list[Token], taken: Sequence[tuple]) -> list[_Cluster]:
    """Stretches of days, months and years whose shape is a date's."""
    starts = [place[0] for place in taken]
    found = []
    last = len(tokens)
    at = 0
    while at < last:
        start, end, letter = tokens[at]
        if letter == OTHER or (start and text[start - 1] != " " and not _may_begin(text, start)):
            at += 1
            continue
        row = letter
        for following in range(at + 1, min(at + 8, last)):
            next_start, next_end, next_letter = tokens[following]
            if next_letter == OTHER or next_start - end > _LONGEST_LINK:
                break
            link = _LINKS.get(text[end:next_start])
            if link is None:
                break
            row += link + next_letter
            end = next_end
        shape, length = _shape(row)
        if not shape:
            at += 1
            continue
        parts = tokens[at : at + length]
        end = parts[-1][1]
        if shape == _SHORT_RANGE and not _is_short_range(text, parts):
            shape, parts, end = "Y", parts[:1], parts[0][1]
        if end < len(text) and (text[end].isalpha() or text[end] == "%"):
            if text[end] == "s" and shape == "Y":
                found.append((start, end + 1, "decade", parts))
            at += len(parts)
            continue
        at += len(parts)
        if shape in ("Y", "Y-Y", "Y&Y", _SHORT_RANGE) or "," in shape:
            before = bisect_right(starts, start) - 1
            if before >= 0 and taken[before][1] > start:
                continue
            in_period = (
                before >= 0
                and start - taken[before][1] < _NEAR
                and (text.find(".", taken[before][1], start) < 0)
            )
            if not _is_year(text, start, end, shape, in_period):
                continue
        elif shape in _ONLY_MONTHS and not _is_month(text, start, parts[0]):
            continue
        found.append((start, end, shape, parts))
    return found


def _may_begin(text: str, start: int) -> bool:
    """Whether a date may begin behind what is no blank."""
    before = text[start - 1]
    return not before.isalnum() and before not in "$€£/’'._+"


@lru_cache(maxsize=4096)
def _shape(row: str) -> tuple[str, int]:
    """The shape that a row of letters begins with, and how many tokens it takes."""
    while row:
        shape = re.sub(r"(?<=[DM]),(?=Y)|(?<=[DM])[,/](?=$)", "", row)
        length = len(re.sub("[^DMYN]", "", row))
        if shape in _SHAPES or shape in _IN_DIGITS or _YEARS.fullmatch(shape):
            return shape, length
        row = re.sub("[^DMYN]*[DMYN]$", "", row)
    return "", 0


def _is_short_range(text: str, tokens: list[Token]) -> bool:
    """Whether a year and two digits are a range, as 2018-22."""
    (start, end, _), (first, last, _) = tokens
    short = text[first:last]
    is_joined = first - end == 1 and len(short) == 2 and short.isdecimal()
    return is_joined and short > text[end - 2 : end]


def _is_year(text: str, start: int, end: int, shape: str, in_period: bool) -> bool:
    """Whether bare years are a date, and not a number or a part of a name."""
    follows = text[end : end + 2]
    if follows[:1] == "/" or (follows[:1] == "-" and follows[1:].isalnum()):
        return False
    if follows[:1] == " ":
        word = text[end + 1 : end + 14].split(" ", 1)[0].rstrip(".,;")
        if word in _COUNTED or word in ("Committee", "Sanctions", "sanctions"):
            return False
    before = text[max(0, start - 40) : start]
    if not before:
        return True
    if before[-1] in "-–." and not before.endswith(("mid-", "Mid-")):
        return False
    if shape == "Y-Y" and before.endswith(("for ", "for the period ", "for the years ")):
        if in_period or _PERIOD_OF.search(text, max(0, start - 120), start):
            return False
    words = before.split()
    last = words[-1].lstrip('(“"«') if words else ""
    if last in ("-", "–") or last.rstrip(".").lower() in _NUMBERING:
        return False
    if last[:1].isupper() and before[-1] == " " and not last.endswith(_ENDS_WORD):
        return last in _SENTENCE_OPENERS
    return True


def _is_month(text: str, start: int, token: Token) -> bool:
    """Whether a month by itself is a date, and not a verb or a name."""
    first, last, _ = token
    month = text[first:last].rstrip(".")
    before = text[max(0, start - 12) : start].lower()
    if len(month) < 3 or before[-1:] not in (" ", "-"):
        return False
    last = before.replace("-", " ").split()[-1:]
    needed = _BEFORE_VERB_MONTH if month.title() in _VERB_MONTHS else _BEFORE_MONTH
    return bool(last) and last[0] in needed


def _year_of_text(text: str, clusters: list[_Cluster], tokens: list[Token]) -> int | None:
    """The year that most dates are of; the first counts most, open and long periods do not.

    Where no date tells a year, it is that of the names: "Peace Mission 2021". A country report has
    its year in a heading.
    """
    if heading := _HEADING.search(text):
        return int(heading.group(1))
    weights: Counter[int] = Counter()
    for start, _, shape, parts in clusters:
        if shape in ("Y-Y", _SHORT_RANGE, "decade") or text.endswith(_OPEN_LEAD, 0, start):
            continue
        for _, end, letter in parts:
            if letter in (YEAR, NUMERIC):
                weights[int(text[end - 4 : end])] += 2 if weights else 8
    if not weights:
        weights.update(
            int(text[start:end])
            for start, end, letter in tokens
            if letter == YEAR and text[start - 1 : start] in (" ", "-", "–")
        )
    return max(weights, key=lambda year: weights[year], default=None)


def _read(cluster: _Cluster, passage: Passage, context: Context, found: list[Date]) -> list[Date]:
    text = passage.words
    start, end, shape, tokens = cluster
    if shape == "Y":
        return _modified(text, start, end, text[start:end])
    parts = [text[first:last] for first, last, _ in tokens]
    if shape == _ISO:
        return _date(start, end, "-".join(parts))
    if shape == "N":
        day, month, year = parts[0].split(".")
        return _date(start, end, f"{year}-{int(month):02}-{int(day):02}")
    if shape == _SLASHED:
        day, month, year = parts if int(parts[1]) < 13 else (parts[1], parts[0], parts[2])
        return _date(start, end, f"{year}-{int(month):02}-{int(day):02}")
    if shape == _SLASHED_MONTHS:
        first, its_year, last, year = parts
        return _date(start, end, f"{its_year}-{int(first):02}/{year}-{int(last):02}")
    if shape == _SHORT_RANGE:
        return _date(start, end, f"{parts[0]}/{parts[0][:2]}{parts[1]}")
    if shape == "decade":
        return _date(start, end, f"{parts[0][:3]}X", "decade")
    if shape not in _SHAPES or (shape == "Y&Y" and not _joins(text, start)):
        return [
            date
            for token, part in zip(tokens, parts, strict=True)
            for date in _modified(text, token[0], token[1], part)
        ]
    places = _SHAPES[shape]
    year = _year_without(passage, start, found, context)
    if context.year and places[-1][2] is None and (behind := _YEAR_BEHIND.match(text, end)):
        year = context.year + _STEPS[behind.group(1)]
        end = behind.end()
    edges = [_edtf(place, parts, year) for place in places]
    if "" in edges:
        return []
    if len(edges) == 1:
        return _modified(text, start, end, edges[0])
    if "&" in shape and not _joins(text, start) and not _in_a_row(edges):
        cut = text.find(" and ", tokens[0][1], end)
        if cut < 0:
            return _date(start, end, edges[0])
        return [*_date(start, cut, edges[0]), *_date(cut + 5, end, edges[1])]
    return _date(start, end, "/".join(edges))


def _joins(text: str, start: int) -> bool:
    """Whether "and" joins the two ends of a range."""
    return text.endswith(("etween ", "from "), 0, start)


def _in_a_row(edges: list[str]) -> bool:
    """Whether two dates are of one day and the next."""
    try:
        first, last = (parse(edge).earliest for edge in edges)
    except DateError:
        return False
    return len(edges[0]) == 10 and last - first == datetime.timedelta(days=1)


def _year_without(passage: Passage, start: int, found: list[Date], context: Context) -> int | None:
    """The year of a date that tells none: that of the month before it, or else of the text."""
    if found:
        last_start, _, edtf, _, _ = found[-1]
        if len(edtf) >= 7 and "/" not in edtf and last_start >= passage.sentence_at(start)[0]:
            return int(edtf[:4])
    return context.year


def _edtf(place: _Place, parts: list[str], year: int | None) -> str:
    day_at, month_at, year_at = place
    if year_at is not None:
        year = int(parts[year_at])
    if year is None:
        return ""
    edtf = f"{year:04}"
    if month_at is not None:
        edtf += f"-{MONTHS[parts[month_at].rstrip('.')]:02}"
    if day_at is not None:
        edtf += f"-{int(parts[day_at].rstrip('stndrh')):02}"
    return edtf


def _modified(text: str, start: int, end: int, edtf: str) -> list[Date]:
    """A date with what the words before it make of it."""
    lead = text[max(0, start - 26) : start]
    if not lead or lead[-1] not in " -":
        return _date(start, end, edtf)
    words = lead.replace("-", " ").split()
    last = words[-1].strip('“"«(') if words else ""
    if last not in _PART_WORDS and last.lower() not in _MODIFYING:
        return _date(start, end, edtf)
    first, rule = start, "date"
    part = None
    if last in _PART_WORDS and (len(words) < 2 or words[-2].endswith(_BEFORE_PART.get(last, ""))):
        part = _PART.search(lead)
    if part:
        edtf = _narrowed(edtf, *part.groups())
        first -= len(lead) - part.start()
        rule = "part"
        words = lead[: part.start()].split()
        last = words[-1].strip('“"«(') if words else ""
    if last == "the" and len(words) > 1 and (part or words[-2] != "by"):
        last = words[-2]
    last = last.lower()
    if "/" not in edtf:
        if last in _OPENING:
            edtf, rule = f"{edtf}/..", "open"
        elif last in _CLOSING or (last == "to" and words[-2:-1] in (["up"], ["prior"])):
            edtf, rule = f"../{edtf}", "open"
        elif last in _ABOUT:
            edtf, rule = f"{edtf}~", "about"
        if rule in ("open", "about"):
            lowest = max(0, first - 16)
            written = (last, last.title(), last.upper())
            at = max(text.rfind(word, lowest, first) for word in written)
            first = at if at >= 0 else first
    return _date(first, end, edtf, rule)


def _narrowed(
    edtf: str, ordinal: str | None, unit: str | None, months: str | None, season: str, short: str
) -> str:
    """The part of a year or of a month that the words tell."""
    if season and len(edtf) == 4:
        return f"{edtf}-{_SEASONS[season]}"
    if months:
        last = NUMBER_WORDS.get(months) or int(months)
        return f"{edtf}-01/{edtf}-{last:02}" if len(edtf) == 4 and 1 < last < 13 else edtf
    if short:
        unit = "quarter" if short[0] == "Q" else "half"
        index = int(short[1]) - 1
    elif ordinal:
        index = _ORDINALS[ordinal]
    else:
        return edtf
    count, months = (2, 6) if unit == "half" else (4, 3)
    if not -1 <= index < count:
        return edtf
    index %= count
    if len(edtf) == 4:
        return f"{edtf}-{index * months + 1:02}/{edtf}-{(index + 1) * months:02}"
    if len(edtf) == 7 and unit == "half":
        last_day = parse(edtf).latest.day
        return f"{edtf}-16/{edtf}-{last_day}" if index else f"{edtf}-01/{edtf}-15"
    return edtf


def _relative(text: str, start: int, end: int, year: int) -> list[Date]:
    """ "Last year", "the second half of the year"."""
    lead = text[max(0, start - 40) : start]
    if lead.endswith(_OF_THE) and (match := _PART_OF_YEAR.search(lead)):
        closing, ordinal, unit, months, _ = match.groups()
        edtf = _narrowed(f"{year:04}", ordinal, unit, months, "", "")
        if closing:
            edtf = f"../{edtf.split('/')[-1]}"
        elif not (unit or months):
            return []
        return _date(start - len(lead) + match.start(), end, edtf, "part")
    if lead.endswith(_NEXT) and (match := _NEXT_YEAR.search(lead)):
        if text[end : end + 1] in ("’", "'"):
            return []
        step = 1 if match.group(1).lower() == "next" else -1
        return _date(start - len(lead) + match.start(), end, f"{year + step:04}", "relative")
    return []


def _date(start: int, end: int, edtf: str, rule: str = "date") -> list[Date]:
    if not _is_edtf(edtf):
        return []
    return [(start, end, edtf, rule, _SCORES.get(rule, 0.9))]


@lru_cache(maxsize=1 << 14)
def _is_edtf(edtf: str) -> bool:
    try:
        parse(edtf)
    except DateError:
        return False
    return True
