"""The tables and texts, read without the package, and what follows from them."""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "sources"
LEVELS = ("global", "regional", "national")
# Roles in which a body is named with an event without taking part in it beside the others.
APART = ("perpetrator", "target", "venue")
Row = dict[str, str]
Pairs = Collection[frozenset[str]]


@cache
def rows(table: str) -> list[Row]:
    """The rows of a table."""
    with (SOURCES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found
    return found


@cache
def package() -> dict[str, list[dict]]:
    """The columns of each table, as the data package declares them."""
    declared = json.loads((SOURCES / "datapackage.json").read_text(encoding="utf-8"))
    return {r["name"]: r["schema"]["fields"] for r in declared["resources"]}


@cache
def claim_tables() -> list[str]:
    """Names of the tables that hold claims."""
    return [name for name, fields in package().items() if fields[0]["name"] == "claim_id"]


@cache
def claims() -> dict[str, Row]:
    """Every claim by its id, with the name of its table."""
    return {row["claim_id"]: row | {"table": t} for t in claim_tables() for row in rows(t)}


def cited(names: Iterable[str], table: str = "") -> list[Row]:
    """The claims of these names, or those of one table; a mention outside of all has none."""
    found = [claims()[claim] for claim in sorted(names) if claim in claims()]
    return [row for row in found if table in ("", row["table"])]


@cache
def by_id(table: str) -> dict[str, Row]:
    """Rows by what stands in their first column."""
    return {next(iter(row.values())): row for row in rows(table)}


@cache
def by_issue() -> list[str]:
    """All texts by date of issue."""
    found = sorted(rows("sources"), key=lambda row: (row["issued"], row["source_id"]))
    return [row["source_id"] for row in found]


@cache
def verbatim(source_id: str) -> str:
    """A text as its file has it."""
    return (SOURCES / "texts" / f"{source_id}.txt").read_bytes().decode("utf-8")


@cache
def paragraphs(source_id: str) -> list[str]:
    """Its paragraphs: the lines; where these are wrapped, blocks that end in a short or no line."""
    text = verbatim(source_id)
    if _is_wrapped(text):
        half = max(map(len, text.splitlines())) // 2
        text = re.sub(rf"(?m)^(.{{,{half}}}\.)$", r"\1\n", text)
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    return [part for part in text.splitlines() if part.strip()]


@cache
def _is_wrapped(text: str) -> bool:
    """Whether lines end where the page did."""
    return max(map(len, text.splitlines())) < 100


@cache
def _letters_of(source_id: str) -> tuple[str, list[int]]:
    """A text without blanks and hyphens, and where each sign of it stood."""
    found = [(sign, at) for at, sign in enumerate(verbatim(source_id)) if letters(sign)]
    return "".join(sign for sign, _ in found), [at for _, at in found]


def letters(words: str) -> str:
    """Words without blanks and hyphens, so that a line end between them does not matter."""
    return re.sub(r"[\s-]+", "", words)


@cache
def place(claim_id: str) -> tuple[int, int]:
    """Where the quote of a claim begins and ends in its text."""
    row = claims()[claim_id]
    before, quote = letters(row["prefix"]), letters(row["quote"])
    (squeezed, at), text = _letters_of(row["source_id"]), verbatim(row["source_id"])
    for found in re.finditer(re.escape(before + quote), squeezed):
        start, end = at[found.start() + len(before)], at[found.end() - 1] + 1
        if not re.fullmatch(r"\w\w", text[start - 1 : start + 1]):
            if not re.fullmatch(r"\w\w", text[end - 1 : end + 1]):
                return start, end
    raise AssertionError(f"the words of {claim_id} are not in its text")


def paragraph(source_id: str, offset: int) -> int:
    """The number of the paragraph in which an offset lies."""
    passed = bisect_right(_letters_of(source_id)[1], offset)
    return 1 + bisect_left(_paragraph_ends(source_id), passed)


@cache
def citation(claim_id: str) -> str:
    """The text of a claim and the paragraph in which its quote begins."""
    source_id = claims()[claim_id]["source_id"]
    return f"{source_id}, para. {paragraph(source_id, place(claim_id)[0])}"


@cache
def _paragraph_ends(source_id: str) -> list[int]:
    """How many letters the text has up to the end of each paragraph."""
    return [*itertools.accumulate(len(letters(part)) for part in paragraphs(source_id))]


def days(date: str) -> tuple[datetime.date, datetime.date]:
    """First and last day of a closed interval, day, month or year."""
    start, _, end = date.rstrip("~").partition("/")
    first = [*map(int, start.split("-")), 1, 1][:3]
    last = list(map(int, (end or start).split("-")))
    if len(last) == 3:
        return datetime.date(*first), datetime.date(*last)
    following = (last[0] + last[1] // 12, last[1] % 12 + 1) if len(last) > 1 else (last[0] + 1, 1)
    return datetime.date(*first), datetime.date(*following, 1) - datetime.timedelta(1)


def year(date: str) -> int:
    """The first year that a date names."""
    return int(re.search(r"\d{4}", date).group())


class Scope:
    """The rows about one country, or all."""

    def __init__(self, country: str = "") -> None:
        self.country = country
        self._of_text = {row["source_id"]: row["country"] for row in rows("sources")}

    def rows(self, table: str) -> list[Row]:
        """The rows of a table of claims that are about the country."""
        return [row for row in rows(table) if not self.country or self._is_about(table, row)]

    def _is_about(self, table: str, row: Row) -> bool:
        of_text, own = self._of_text[row["source_id"]], row.get("country", "")
        if table == "events":
            return self.country in (of_text, own)
        return (own or of_text) == self.country

    @cached_property
    def claims(self) -> list[Row]:
        """All claims, with the names of their tables."""
        return [row | {"table": table} for table in claim_tables() for row in self.rows(table)]

    @cached_property
    def texts(self) -> list[str]:
        """The texts that make a claim, by date of issue."""
        speaking = {row["source_id"] for row in self.claims}
        return [text for text in by_issue() if text in speaking]

    @cached_property
    def entities(self) -> set[str]:
        """Bodies and instruments that the texts about the country name, or claims refer to."""
        about = {t for t, country in self._of_text.items() if self.country in ("", country)}
        named = {entity for text, entity, _, _ in mentions() if text in about}
        known = {*by_id("organizations"), *by_id("instruments")}
        return named | known & {value for row in self.claims for value in row.values()}

    @cached_property
    def states(self) -> list[str]:
        """The states that the texts with ties or parts in events are about, by their ids."""
        told = {row["source_id"] for t in ("relations", "participation") for row in self.rows(t)}
        about = {self._of_text[text] for text in told}
        bodies = by_id("organizations").items()
        return [b for b, row in bodies if row["kind"] == "state" and row["country"] in about]


# Networks


def tied_pairs(relations: Iterable[Row]) -> dict[frozenset[str], list[str]]:
    """Claims behind each pair of bodies that a cooperative tie joins."""
    bodies = by_id("organizations")
    pairs = defaultdict(list)
    for row in relations:
        ends = frozenset((row["subject_id"], row["object_id"]))
        if (
            len(ends) == 2
            and ends <= set(bodies)
            and row["predicate"] not in ("sanctions", "concerns")
            and all(bodies[end]["kind"] != "nonstate_group" for end in ends)
        ):
            pairs[ends].append(row["claim_id"])
    return pairs


def attendance(participation: Iterable[Row]) -> dict[str, set[str]]:
    """Bodies that took part, by event."""
    found = defaultdict(set)
    for row in participation:
        if row["role"] not in APART:
            found[row["event_id"]].add(row["organization_id"])
    return found


def neighbours(pairs: Pairs) -> dict[str, set[str]]:
    """Who is paired with whom."""
    near = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    return near


def pieces(pairs: Pairs, left_out: Iterable[str] = ()) -> list[set[str]]:
    """Connected parts, by spreading from each node in turn."""
    near, gone = neighbours(pairs), set(left_out)
    nodes = set(near) - gone
    found = []
    while nodes:
        part, edge = set(), {min(nodes)}
        while edge:
            part |= edge
            edge = set().union(*(near[node] for node in edge)) - part - gone
        found.append(part)
        nodes -= part
    return found


def distances(near: Mapping[str, set[str]], start: str) -> dict[str, tuple[int, int]]:
    """Length and number of the shortest paths from one node to each other."""
    found, ring, length = {start: (0, 1)}, {start: 1}, 0
    while ring:
        length += 1
        wider: Counter[str] = Counter()
        for node, ways in ring.items():
            for other in near[node]:
                if other not in found:
                    wider[other] += ways
        ring = dict(wider)
        found |= {node: (length, ways) for node, ways in ring.items()}
    return found


def betweenness(pairs: Pairs) -> dict[str, float]:
    """Sum over all pairs of the share of shortest paths through a node: Freeman's definition."""
    near = neighbours(pairs)
    far = {node: distances(near, node) for node in sorted(near)}
    result = dict.fromkeys(far, 0.0)
    # No path leads through a node that has a single neighbour.
    inner = [node for node in far if len(near[node]) > 1]
    for one, other in itertools.combinations(far, 2):
        if other not in far[one]:
            continue
        length, ways = far[one][other]
        for node in inner:
            if node in far[one] and node not in (one, other):
                (first, before), (second, after) = far[one][node], far[node][other]
                if first + second == length:
                    result[node] += before * after / ways
    return result


@cache
def share_of_paths(pairs: frozenset[frozenset[str]]) -> dict[str, float]:
    """Betweenness as a share of the pairs of other nodes."""
    found = betweenness(pairs)
    possible = (len(found) - 1) * (len(found) - 2) / 2
    return {node: value / possible if possible else 0.0 for node, value in found.items()}


def cores(pairs: Pairs) -> dict[str, int]:
    """The largest k such that a node is left when those with fewer than k neighbours are peeled."""
    found = dict.fromkeys(set().union(*pairs), 0)
    left, k = set(pairs), 0
    while left:
        k += 1
        while True:
            degree = Counter(itertools.chain(*left))
            kept = {pair for pair in left if all(degree[node] >= k for node in pair)}
            if kept == left:
                break
            left = kept
        found |= dict.fromkeys(itertools.chain(*left), k)
    return found


# Names in texts


def written() -> Iterable[tuple[str, str, str, str]]:
    """Every way to write a body or instrument: its id, its table, the words, and their context."""
    for table, (name, short) in {
        "organizations": ("name", "acronym"),
        "instruments": ("title", "number"),
    }.items():
        for entity, row in by_id(table).items():
            yield from ((entity, table, row[column], "") for column in (name, short) if row[column])
    for row in rows("aliases"):
        table = "instruments" if row["entity_id"] in by_id("instruments") else "organizations"
        yield row["entity_id"], table, row["alias"], row["context"]


def _spelling(name: str) -> re.Pattern[str]:
    """A name over any white space, with or without hyphens within words."""
    bare = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", "", " ".join(name.split()))
    parts = []
    for sign, behind in zip(bare, f"{bare[1:]} ", strict=True):
        parts.append(r"\s+" if sign == " " else re.escape(sign))
        if sign.isalpha() and behind.isalpha():
            parts.append(r"(?:-\s*)?")
    keeps_case = not any(sign.islower() for sign in name)
    return re.compile("".join(parts) + r"(?!(?<=\w)\w)", 0 if keeps_case else re.IGNORECASE)


def _sentence(text: str, at: int) -> str:
    """The words around an offset, to the ends of its sentence or paragraph, in lower case."""
    end = r"(?<=[.!?])\s+(?=[A-Z])|\n" + r"\n" * _is_wrapped(text)
    whole = re.split(end, text[:at])[-1] + re.split(end, text[at:])[0]
    return " ".join(whole.lower().split())


@cache
def mentions() -> list[tuple[str, str, int, int]]:
    """Each place where a text names a body or an instrument: the text, its id, start and end.

    The name that begins first counts, then the longest. Inside it only the body that it belongs to
    is named too.
    """
    squeezed = "\n".join(_letters_of(source_id)[0] for source_id in by_id("sources")).lower()
    by_first = defaultdict(list)
    for entity, table, name, context in written():
        if letters(name).lower() in squeezed:
            by_first[name[0].lower()].append((entity, table, _spelling(name), context.lower()))
    return [
        (source_id, entity, start, end)
        for source_id in by_id("sources")
        for start, end, entity in _named_in(verbatim(source_id), by_first)
    ]


def _named_in(text: str, by_first: Mapping[str, list]) -> Iterable[tuple[int, int, str]]:
    found = defaultdict(list)
    for begin in re.finditer(r"(?<!\w)\w|[^\w\s]", text):
        at = begin.start()
        for entity, table, spelling, context in by_first.get(text[at].lower(), ()):
            hit = spelling.match(text, at)
            if hit and context in _sentence(text, at) * bool(context):
                found[table].append((at, -hit.end(), not context, entity))
    for candidates in found.values():
        whole, last = (0, 0, ""), 0
        for start, end, _, entity in sorted(candidates):
            inside = by_id("organizations").get(whole[2], {}).get("parent_id") == entity
            if start >= whole[1]:
                whole = (start, -end, entity)
            elif not (inside and -end <= whole[1] and (last == whole[1] or last <= start)):
                continue
            last = -end
            yield start, -end, entity


# Acts on instruments

ONCE = {"adopted", "approved", "entered_into_force"}
ONCE_FOR_EACH = {"signed", "ratified", "acceded"}
TREATIES = {"convention", "protocol", "treaty", "agreement", "collection"}


def acts(legal_events: Iterable[Row]) -> list[dict]:
    """Claims that tell the same act, with the strictest date of them."""
    same = defaultdict(list)
    for row in legal_events:
        key = (row["instrument_id"], row["action"])
        if row["action"] in ONCE_FOR_EACH:
            key += (row["actor_id"],)
        elif row["action"] not in ONCE:
            key += (row["actor_id"], row["date"])
        same[key].append(row)
    found = []
    for told in same.values():
        dates = [row["date"] for row in told if row["date"]]
        strictest = min(dates, key=lambda date: days(date)[1] - days(date)[0], default="")
        found.append(
            {
                **{name: told[0][name] for name in ("instrument_id", "action")},
                "actor_id": max(row["actor_id"] for row in told),
                "date": strictest,
                "lane": lane(told[0]["instrument_id"]),
                "texts": {row["source_id"] for row in told},
                "claims": {row["claim_id"] for row in told},
            }
        )
    return found


def lane(instrument_id: str) -> str:
    """The body under whose authority an instrument is, as the timeline calls it."""
    instrument = by_id("instruments")[instrument_id]
    if not instrument["jurisdiction_id"]:
        return "Jurisdiction not stated"
    line = line_of(instrument["jurisdiction_id"])
    top = by_id("organizations")[line[0]]
    if "unsc" in line:
        return "UN Security Council"
    if line[0] == "un":
        return "Universal treaties" if instrument["kind"] in TREATIES else "UN"
    if line[0] in ("nato", "eu"):
        return "NATO and EU"
    if top["level"] == "national":
        return state(top["country"])
    return top["acronym"] or top["name"]


def state(country: str) -> str:
    """The name of a state."""
    return by_id("organizations")[state_id(country)]["name"]


def state_id(country: str) -> str:
    """The id under which a state is a body."""
    bodies = by_id("organizations").items()
    return next(b for b, row in bodies if (row["kind"], row["country"]) == ("state", country))


def line_of(body: str) -> list[str]:
    """What a body belongs to, from the top, and itself."""
    line = [body]
    while parent := by_id("organizations")[line[0]]["parent_id"]:
        line.insert(0, parent)
    return line
