"""Turn what the rules find in a text into rows of the tables, each with the words that bear it out.

The id of a draft is made from its place in the text and, where several share one, from what the
rule reads there; never from an id, since ids change as organizations are accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

from ctdata import dates
from ctdata.corpus import unknown_value
from ctdata.evidence import EvidenceError, Span, Text, read_text
from ctdata.ingest.drafts import Drafts, suggest
from ctdata.ingest.gazetteer import gazetteer_of
from ctdata.ingest.known import CLAIMS, Known, Row, cell
from ctdata.ingest.quotes import NoQuote, plain_name, quote_at
from ctdata.ingest.sheets import draft_id
from ctdata.names import name_key

# What makes a drafted and a curated row the same claim, if their words overlap; who took part in
# what is told once, wherever that is.
_SAME = {
    "events": ("kind",),
    "participation": ("event_id", "organization_id", "role"),
    "legal_events": ("instrument_id", "action"),
    "figures": ("low", "high"),
}
_SLUG_LENGTH = 48
_SMALL_WORDS = {"a", "against", "and", "for", "from", "in", "of", "on", "the", "to", "with"}
# Words for people that do not tell what they did, and the words that do.
_ANYBODY = frozenset(
    "people persons individuals nationals citizens men women children minors families".split()
)
_WHAT_THEY_DID = {
    "departed_to_conflict": "who left",
    "died_in_conflict": "who died",
    "returned": "who returned",
    "arrested_and_convicted": "who were convicted",
}
_OF_THE_STATE = ("government_body", "organ", "military")
_NATIONAL = ("law", "code", "constitution", "decree")
# Chapters of the yearly country reports come out in the year after the one that they are about.
_ABOUT_AN_EARLIER_YEAR = "country_report"


def _who(population: str, indicator: str) -> str:
    """Who is counted, also to a reader who does not see the sentence: "nationals who left"."""
    words = population.split()
    if words and words[-1].lower() in _ANYBODY and indicator in _WHAT_THEY_DID:
        return f"{population} {_WHAT_THEY_DID[indicator]}"
    return population


def records(
    known: Known, source_id: str, earlier: Mapping[str, Iterable[Row]] | None = None
) -> dict[str, list[Row]]:
    """Draft rows for a text.

    Parameters
    ----------
    known : Known
        What the corpus knows.
    source_id : str
        Short name of the text.
    earlier : mapping of str to iterable of dict, optional
        By table, the drafts that the text has already. Names that have an id there keep it.

    Returns
    -------
    dict of str to list of dict
        By table, in the order of the text; each row has ``draft_id``, ``score``, ``quote`` and
        ``prefix`` and those columns of the table that the text tells. What the tables hold for the
        text already is left out, and so is what an earlier draft says.

    Raises
    ------
    ValueError
        No text has this name.
    ctdata.CorpusError
        The corpus cannot be read.
    """
    if source_id not in known.passports:
        raise unknown_value("source", source_id, known.passports)
    passport = known.passports[source_id]
    root, country = known.corpus.root, passport["country"]
    text = Text(read_text(root, source_id))
    drafts = suggest(
        text.verbatim,
        country=country if country in gazetteer_of(root).state_names else "",
        year=_year(passport["issued"], passport["document_type"]),
        root=root,
    )
    return _Recorder(known, passport, text, drafts, earlier or {}).tables()


def _year(issued: str, document_type: str) -> int | None:
    """The year that a text speaks of when it names none."""
    if not issued or document_type == _ABOUT_AN_EARLIER_YEAR:
        return None
    first = dates.parse(issued).earliest
    return first.year if first else None


def slug(words: str, taken: Iterable[str] = ()) -> str:
    """Make a readable id.

    Parameters
    ----------
    words : str
        What it should read like.
    taken : iterable of str, optional
        Ids that it may not be.

    Returns
    -------
    str
        Lower case, digits and single hyphens; with a number behind it if the id is taken.
    """
    plain = unicodedata.normalize("NFKD", re.sub("[’'ʼ]", "", words))
    parts = re.findall("[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    while len(parts) > 1 and len("-".join(parts)) > _SLUG_LENGTH:
        parts.pop()
    while len(parts) > 1 and parts[-1] in _SMALL_WORDS:
        parts.pop()
    made = "-".join(parts)[:_SLUG_LENGTH] or "unnamed"
    taken, number, candidate = set(taken), 1, made
    while candidate in taken:
        number += 1
        candidate = f"{made}-{number}"
    return candidate


class _Recorder:
    """Makes the rows for one text."""

    def __init__(
        self,
        known: Known,
        passport: Row,
        text: Text,
        drafts: Drafts,
        earlier: Mapping[str, Iterable[Row]],
    ) -> None:
        self.known, self.text, self.drafts = known, text, drafts
        self.schema = known.corpus.schema
        self.vocabularies = {
            name: {column.name: column.values for column in table.columns}
            for name, table in self.schema.items()
        }
        self.source_id, self.country = passport["source_id"], passport["country"]
        self.earlier_rows = earlier
        self.earlier = {row["draft_id"]: row for rows in earlier.values() for row in rows}
        columns = ("organization_id", "instrument_id")
        proposed = {row.get(name, "") for row in self.earlier.values() for name in columns}
        self.taken = set(known.corpus.names) | proposed
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)  # by table and draft_id
        self.ids: dict[tuple[str, ...], str] = {}  # of what is new, by its table and name
        self.state_names = gazetteer_of(known.corpus.root).state_names
        self.state_codes = {name: code for code, name in self.state_names.items() if code}

    def tables(self) -> dict[str, list[Row]]:
        """All rows, by table."""
        for found in self.drafts.rows("organizations"):
            if not found["organization_id"]:
                self._organization(found)
        named = self.drafts.rows("instruments")
        for found in sorted(named, key=_is_bare_resolution):  # that with its year tells more
            if not found["instrument_id"]:
                self._instrument(found)
        self._events()
        self._participation()
        self._legal_events()
        self._figures()
        self._aliases()
        return {name: [*self.rows[name].values()] for name in self.schema if self.rows[name]}

    def _add(self, table: str, facts: tuple, found: Mapping[str, Any], row: Row) -> None:
        """Draft a row that the words of ``found`` bear out, if they can be quoted."""
        vocabularies = self.vocabularies[table]
        for name, value in row.items():
            if vocabularies[name] and value not in vocabularies[name]:
                row[name] = ""
        name, number = draft_id(table, *facts), 1
        while name in self.rows[table]:
            number += 1
            name = draft_id(table, *facts, number)
        try:
            quote, prefix = quote_at(self.text, found["start"], found["end"])
        except NoQuote:
            return
        score = f"{found['score']:g}"
        own = {"draft_id": name, "score": score, "quote": quote, "prefix": prefix}
        self.rows[table][name] = row | own

    # Names ----------------------------------------------------------------------------------------

    def _organization(self, found: Mapping[str, Any]) -> None:
        name, country = found["name"], found["country"]
        if ("organizations", name) in self.ids:
            return
        body = name.removesuffix(f" of {self.state_names.get(country, country)}")
        proposed = f"{country} {found['acronym'] or body}"
        is_of_state = country and found["kind"] in _OF_THE_STATE
        row = {key: found[key] for key in ("name", "acronym", "kind", "level", "country")}
        row["parent_id"] = self._state(country, found) if is_of_state else ""
        self._new("organizations", "organization_id", (name,), proposed, row, found)

    def _instrument(self, found: Mapping[str, Any]) -> None:
        title, years = found["name"], found["years"]
        # The number of an act or resolution is a name; a bare year is none.
        is_year = re.fullmatch(r"\d{4}", found["number"]) and found["kind"] != "resolution"
        number = "" if is_year else found["number"]
        key = _instrument_key(found)
        if ("instruments", *key) in self.ids:
            return
        row = {"title": title, "number": number, "kind": found["kind"]}
        row["issued"] = years if re.fullmatch(r"\d{4}", years) else ""
        proposed = f"{title} {years[:4] if years[:4] not in title else ''}"
        if found["kind"] == "resolution" and title.startswith("Security Council"):
            row["jurisdiction_id"] = "unsc" if "unsc" in self.known.corpus.names else ""
            proposed = f"unscr {number.split(' ')[0]}"
        elif found["kind"] in _NATIONAL and self.country:
            row["jurisdiction_id"] = self._state(self.country, found)
            proposed = f"{self.country} {proposed}"
        self._new("instruments", "instrument_id", key, proposed, row, found)

    def _new(
        self,
        table: str,
        column: str,
        key: tuple[str, ...],
        proposed: str,
        row: Row,
        found: Mapping[str, Any],
    ) -> str:
        """Draft something new, under the id that it got when it was drafted first."""
        facts = tuple(map(name_key, key))
        before = self.earlier.get(draft_id(table, *facts), {})
        entity_id = before.get(column) or slug(proposed, self.taken)
        self.taken.add(entity_id)
        self.ids[table, *key] = entity_id
        self._add(table, facts, found, row | {column: entity_id})
        return entity_id

    def _state(self, code: str, found: Mapping[str, Any]) -> str:
        """The id of a state, which is drafted if it is new."""
        name = self.state_names.get(code)
        if code in self.known.states or not name:
            return self.known.states.get(code, "")
        if ("organizations", name) in self.ids:
            return self.ids["organizations", name]
        named = re.search(rf"\b{re.escape(name)}\b", self.text.verbatim)
        place = {"start": named.start(), "end": named.end()} if named else {}
        row = {"name": name, "kind": "state", "level": "national", "country": code}
        where = {**found, "score": 0.9, **place}
        return self._new("organizations", "organization_id", (name,), code, row, where)

    def _body(self, entity_id: str, name: str, found: Mapping[str, Any]) -> str:
        """The id of an organization or state; empty where it is neither known nor drafted."""
        if entity_id:
            return entity_id
        if code := self.state_codes.get(name):
            return self._state(code, found)
        return self._id("organizations", name)

    # Claims ---------------------------------------------------------------------------------------

    def _claim(
        self, table: str, found: Mapping[str, Any], row: Row, *facts: str, place: Span | None = None
    ) -> None:
        """Draft a claim, unless a row of the table or an earlier draft says the same."""
        here = place or Span(found["start"], found["end"])
        if self._told(table, here, row) is None:
            self._add(
                table,
                (found["start"], found["end"], *facts),
                {**found, "start": here.start, "end": here.end},
                {"source_id": self.source_id, **row},
            )

    def _told(self, table: str, place: Span, row: Row) -> Row | None:
        """The row that says the same about overlapping words, if there is one."""
        for span, told in self._told_rows[table]:
            if table == "participation" or (span.start < place.end and place.start < span.end):
                if all(told[name] == row[name] for name in _SAME[table]):
                    return told
        return None

    @cached_property
    def _told_rows(self) -> dict[str, list[tuple[Span, Row]]]:
        """By table, what is curated from the text and what was drafted from it before."""
        found = {table: list(self.known.claims[self.source_id][table]) for table in CLAIMS}
        for table, rows in found.items():
            for row in self.earlier_rows.get(table, ()):
                with suppress(EvidenceError):
                    rows.append((self.text.find(row["quote"], row["prefix"]), row))
        return found

    def _events(self) -> None:
        self.event_ids: dict[str, str] = {}
        for found in self.drafts.rows("events"):
            row = {k: found[k] for k in ("event_id", "name", "kind", "date", "place", "country")}
            place = Span(found["start"], found["end"])
            if told := self._told("events", place, row):
                self.event_ids[found["event_id"]] = told["event_id"]
                continue
            self.event_ids.setdefault(found["event_id"], row["event_id"])
            self._claim("events", found, row, found["kind"])

    def _participation(self) -> None:
        told = set()
        for found in self.drafts.rows("participation"):
            row = {
                "event_id": self.event_ids.get(found["event_id"], found["event_id"]),
                "organization_id": self._body(
                    found["organization_id"], found["organization"], found
                ),
                "role": found["role"],
            }
            if row["organization_id"] and tuple(row.values()) in told:
                continue
            told.add(tuple(row.values()))
            self._claim("participation", found, row, found["role"])

    def _legal_events(self) -> None:
        titles = {key[1]: entity for key, entity in self.ids.items() if key[0] == "instruments"}
        for found in self.drafts.rows("legal_events"):
            row = {
                "instrument_id": found["instrument_id"] or titles.get(found["instrument"], ""),
                "action": found["action"],
                "actor_id": self._body(found["actor_id"], found["actor"], found),
                "date": found["date"],
            }
            self._claim("legal_events", found, row, found["action"])

    def _figures(self) -> None:
        told = ("country", "indicator", "population", "unit", "qualifier", "period")
        for found in self.drafts.rows("figures"):
            row = {name: found[name] for name in told}
            row["population"] = _who(row["population"], row["indicator"])
            row["low"], row["high"] = cell(found["low"]), cell(found["high"])
            said_by = found["asserted_by"]
            is_id = said_by in self.known.corpus.names
            row["asserted_by"] = self._body(said_by if is_id else "", said_by, found)
            place = self._around(found["quote"], found["start"], found["end"])
            self._claim("figures", found, row, place=place)

    def _around(self, quote: str, start: int, end: int) -> Span:
        """Where the quote stands that holds a number; else the number's sentence."""
        for span in self.text.occurrences(quote):
            if span.start <= start and end <= span.end:
                return span
        sentence = self.text.sentence_at(start)
        return Span(min(start, sentence.start), max(end, sentence.end))

    # Other spellings ------------------------------------------------------------------------------

    def _aliases(self) -> None:
        """Draft the spellings by which what is named here would not be found again."""
        for found in self.drafts.rows("organizations"):
            self._alias(found["organization_id"] or self._id("organizations", found["name"]), found)
        for found in self.drafts.rows("instruments"):
            entity_id = found["instrument_id"] or self._id("instruments", *_instrument_key(found))
            self._alias(entity_id, found)

    def _id(self, table: str, *key: str) -> str:
        return self.ids.get((table, *key), "")

    def _alias(self, entity_id: str, found: Mapping[str, Any]) -> None:
        if not entity_id:
            return
        alias = plain_name(found["text"])
        key = name_key(alias)
        own = self.known.written.get(entity_id) or [name_key(found["name"])]
        short = found.get("acronym") or found.get("number") or ""
        if any(_holds(key, form) for form in (*own, name_key(short)) if form):
            return
        if " " not in alias and sum(map(str.isupper, alias)) < 2:
            return  # "the Resolution", "the Initiative": anything may be called so
        country = self.state_names.get(found.get("country") or "", "")
        others = self.known.owners.get(key, set()) - {entity_id}
        context = ""
        if others or (country and name_key(country) not in key):
            context = country
            sentence = self.text.sentence_at(found["start"])
            words = name_key(self.text.verbatim[sentence.start : sentence.end])
            if not context or name_key(context) not in words:
                return
        if draft_id("aliases", key) not in self.rows["aliases"]:
            row = {"entity_id": entity_id, "alias": alias, "context": context}
            self._add("aliases", (key,), found, row)


def _instrument_key(found: Mapping[str, Any]) -> tuple[str, str]:
    """What tells an instrument from others; a resolution's title has its number."""
    return found["name"], "" if found["kind"] == "resolution" else found["number"]


def _is_bare_resolution(found: Mapping[str, Any]) -> bool:
    return found["kind"] == "resolution" and "(" not in found["number"]


@lru_cache(maxsize=1 << 14)
def _holds(words: str, form: str) -> bool:
    """Whether a spelling holds another one as whole words."""
    words, form = (" ".join(re.findall(r"\w+", entry)) for entry in (words, form))
    return f" {form} " in f" {words} "
