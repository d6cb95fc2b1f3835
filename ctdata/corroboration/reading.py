"""The claims of a selection, laid out so that those of different texts can meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ctdata import dates, display
from ctdata.corpus import Corpus, Selection
from ctdata.corroboration.rows import EVIDENCE, Row, by, is_stated, plain
from ctdata.estimates import bounds
from ctdata.evidence import Text
from ctdata.kept import kept

KINDS = {
    "tie": "Ties",
    "act": "Acts on instruments",
    "event": "Events",
    "part": "Parts in events",
    "number": "Numbers",
    "term": "Terms of instruments",
    "seat": "Seats in visiting delegations",
    "stage": "Treaties, how far accepted",
}
# What a claim is about, in the order of the picture.
_GROUPS = {
    "tie": "Ties",
    "act": "Instruments",
    "term": "Instruments",
    "stage": "Treaties",
    "event": "Events",
    "part": "Events",
    "number": "Numbers",
    "seat": "Delegations",
}
GROUPS = tuple(dict.fromkeys(_GROUPS.values()))
# Ties that a body's name mostly carries with it ("... Committee of the Security Council").
STRUCTURE = {"part_of", "established_by", "concerns"}
NOT_STATED = "not stated"
_SYMMETRIC = {"cooperates_with"}
_COLUMNS = (
    "kind key topic aspect label topic_label group thing thing_label structural speaker "
    "actor date place country role occasion period number term words"
).split()
_STAGES = {
    "signed": "signed",
    "signatory_to": "signed",
    "ratification_pending": "ratification pending",
    "ratified": "party",
    "acceded": "party",
    "party_to": "party",
}
_TREATIES = {"convention", "treaty", "protocol", "agreement", "collection"}


class Names:
    """What bodies, instruments and texts are called, and to whom they belong."""

    def __init__(self, corpus: Corpus) -> None:
        bodies = corpus.load("organizations").set_index("organization_id")
        instruments = corpus.load("instruments").set_index("instrument_id")
        texts = corpus.load("sources").sort_values(["issued_earliest", "source_id"])
        states = bodies[bodies["kind"] == "state"]
        numbers = instruments.loc[instruments["kind"] == "resolution", "number"].dropna()
        self.of_id = {**corpus.names, **bodies["acronym"].dropna(), **("Resolution " + numbers)}
        self.of_country = dict(zip(states["country"], states["name"], strict=True))
        self.state_of = dict(zip(states["country"], states.index, strict=True))
        self.instruments = instruments.to_dict("index")
        self.texts = texts.set_index("source_id", drop=False).to_dict("index")
        self._parents = bodies["parent_id"].dropna().to_dict()
        self.issue = {text: at for at, text in enumerate(self.texts)}
        self.speakers = {name: self._speaker(corpus, text) for name, text in self.texts.items()}

    def _speaker(self, corpus: Corpus, text: Row) -> str:
        """The state or organization at the top of the line of the body that a text speaks for.

        A statement in a meeting speaks for the body that its title names first, whoever keeps the
        record; any other text speaks for the body that its publisher's name ends with. A publisher
        that is no known organization stands for itself.
        """
        is_statement = text["document_type"] == "statement"
        words = text["title" if is_statement else "publisher"]
        found = [m for m in corpus.name_finder.find(Text(words)) if m.kind == "organization"]
        return self.line(found[0 if is_statement else -1].entity_id)[0] if found else words

    def line(self, body: str) -> list[str]:
        """The body and what it is a part of, from the top."""
        line = [body]
        while self._parents.get(line[0]) and self._parents[line[0]] not in line:
            line.insert(0, self._parents[line[0]])
        return line

    def by_issue(self, row: Row) -> int:
        """A key that sorts rows by their texts, in order of issue."""
        return self.issue[row["source_id"]]


@kept
def names_of(corpus: Corpus) -> Names:
    """The names of a corpus, read once."""
    return Names(corpus)


def claims(selection: Selection) -> pd.DataFrame:
    """Lay out every claim that can meet another one at a point.

    Measures and list entries are left out: a policy has no key by which two texts could be said to
    mean the same action, and a list is told by one text.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row a claim and point, texts in order of issue: ``kind`` (a key of ``KINDS``), ``key`` of
        the point, ``topic``, ``aspect`` (the tie, act, role or people counted), ``label`` and
        ``topic_label`` in words; ``thing`` (what points of several kinds are about) with its label
        and ``group``; ``structural`` (bool: mostly carried by a name, as the parent body or the
        year of a numbered resolution is); ``speaker`` and the evidence; and what is compared:
        ``actor`` (its line of parents, from the top), ``date, place, country, role, occasion,
        period, number`` (an interval), ``term``, with ``words``, a dict that tells what a reader
        sees instead.
    """
    names = names_of(selection.corpus)
    readers = (_ties, _acts, _events, _parts, _numbers, _terms, _seats)
    rows = [row for read in readers for row in sorted(read(selection, names), key=names.by_issue)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *EVIDENCE]).astype({"structural": bool})


def _lay(names: Names, kind: str, claim: Row, key: str, label: str, **cells: Any) -> Row:
    """A row; a point is a topic and a thing of its own unless others are given, with labels."""
    topic = cells.pop("topic", (key, label))
    thing = cells.pop("thing", topic)
    # What a number's asserter says is the asserter's, whoever prints it.
    asserter, text = claim.get("asserted_by"), claim["source_id"]
    speaker = names.line(asserter)[0] if is_stated(asserter) else names.speakers[text]
    row = {"kind": kind, "key": key, "label": label, "group": _GROUPS[kind], "speaker": speaker}
    row |= {"topic": topic[0], "topic_label": topic[1], "thing": thing[0], "thing_label": thing[1]}
    row |= {name: claim[name] for name in EVIDENCE}
    return {**row, "structural": False, "words": {}, **cells}


def _ties(selection: Selection, names: Names) -> Iterable[Row]:
    for row in selection.relations.to_dict("records"):
        tie, ends = row["predicate"], [row["subject_id"], row["object_id"]]
        subject, other = (names.of_id[end] for end in ends)
        topic = "|".join(sorted(ends)), f"{subject} and {other}"
        cells = {"aspect": tie, "date": row["date"], "structural": tie in STRUCTURE, "topic": topic}
        for end in ends:
            if end in names.instruments:
                cells |= {"group": "Instruments", "thing": (end, names.of_id[end])}
        key = "|".join([*(sorted(ends) if tie in _SYMMETRIC else ends), tie])
        yield _lay(names, "tie", row, key, f"{subject}: {plain(tie)} {other}", **cells)


def _acts(selection: Selection, names: Names) -> Iterable[Row]:
    for row in selection.legal_events.to_dict("records"):
        instrument, act, actor = row["instrument_id"], row["action"], row["actor_id"]
        called = names.of_id[instrument]
        cells = {"aspect": act, "date": row["date"], "topic": (instrument, called)}
        if is_stated(actor):
            cells |= {"actor": "/".join(names.line(actor)), "words": {"actor": names.of_id[actor]}}
        is_resolution = names.instruments[instrument]["kind"] == "resolution"
        cells["structural"] = is_resolution and act in ("adopted", "established_body")
        yield _lay(names, "act", row, f"{instrument}|{act}", f"{called}: {plain(act)}", **cells)


def _events(selection: Selection, names: Names) -> Iterable[Row]:
    for row in selection.events.to_dict("records"):
        cells = {name: row[name] for name in ("date", "place", "country")}
        cells["words"] = {"country": names.of_country.get(row["country"], row["country"])}
        yield _lay(names, "event", row, row["event_id"], row["name"], **cells)


def _parts(selection: Selection, names: Names) -> Iterable[Row]:
    events = events_of(selection)
    for row in selection.participation.to_dict("records"):
        event, body, role = row["event_id"], row["organization_id"], row["role"]
        called = events[event]["name"]
        cells = {"thing": (event, called), "aspect": role, "role": role}
        label = f"{names.of_id[body]}: part in {called}"
        yield _lay(names, "part", row, f"{event}|{body}", label, **cells)


def events_of(selection: Selection) -> dict[str, Row]:
    """Every event of the corpus, as the first row of the table tells it."""
    rows = selection.corpus.load("events").to_dict("records")
    return {row["event_id"]: row for row in reversed(rows)}


def _numbers(selection: Selection, names: Names) -> Iterable[Row]:
    for figure in selection.figures.itertuples():
        optional = (figure.country, figure.population, figure.qualifier)
        country, counted, qualifier = (value if is_stated(value) else "" for value in optional)
        called = display.header(figure.indicator)
        called += f", {names.of_country.get(country, country)}" if country else ""
        topic = f"{country}|{figure.indicator}|{figure.unit}"
        as_of = "" if is_stated(figure.period) else "as of "
        period = figure.as_of if as_of else figure.period
        number = bounds(figure)
        words = {
            "number": number.label(qualifier),
            "period": as_of + dates.label(period) if is_stated(period) else NOT_STATED,
        }
        cells = {"topic": (topic, called), "aspect": counted, "number": number, "period": period}
        key, label = f"{topic}|{counted.casefold()}", f"{called}: {counted}"
        yield _lay(names, "number", figure._asdict(), key, label, words=words, **cells)


def _terms(selection: Selection, names: Names) -> Iterable[Row]:
    """Terms of instruments: a number tells the term, the act that shares its words tells of what.

    Both are evidence, so there is a row for each.
    """
    acts_at = acts_with_numbers(selection)
    for figure in selection.figures.itertuples():
        term = _term(figure)
        acts = by(acts_at[figure.claim_id] if term else (), "instrument_id")
        for instrument, at_figure in acts.items():
            called = names.of_id[instrument]
            label = f"{called}: term {dates.label(term)}"
            for claim in (*at_figure, figure._asdict()):
                claim = {**claim, "asserted_by": figure.asserted_by}
                topic = (instrument, called)
                yield _lay(names, "term", claim, instrument, label, topic=topic, term=term)


def _term(figure: Any) -> str | None:
    """The closed interval that a number covers; five years since 2013 are 2013 to 2017."""
    if not is_stated(figure.period):
        return None
    period = dates.parse(figure.period)
    if period.precision != "interval" or period.earliest is None:
        return None
    if period.latest:
        return figure.period
    start = figure.period.partition("/")[0]
    if figure.unit != "years" or figure.low != figure.high or not start.isdigit():
        return None
    return f"{start}/{int(start) + int(figure.low) - 1}"


def acts_with_numbers(selection: Selection) -> dict[str, list[Row]]:
    """For each number, by its claim, the acts whose quotes share words with its own."""
    acts = by(selection.legal_events.to_dict("records"), "source_id")
    return {
        figure.claim_id: [
            act
            for act in acts[figure.source_id]
            if act["start"] < figure.end and act["end"] > figure.start
        ]
        for figure in selection.figures.itertuples()
    }


def _seats(selection: Selection, names: Names) -> Iterable[Row]:
    """Members of visiting delegations, by the body that led the delegation."""
    events, parts = events_of(selection), by(selection.participation.to_dict("records"), "role")
    leads = {row["event_id"]: row["organization_id"] for row in reversed(parts["lead"])}
    for row in parts["member"]:
        event, body, lead = row["event_id"], row["organization_id"], leads.get(row["event_id"])
        if lead and events[event]["kind"] == "visit":
            label = f"On visits of {names.of_id[lead]}: {names.of_id[body]}"
            occasion = events[event]["date"]
            yield _lay(names, "seat", row, f"{lead}|{body}", label, occasion=occasion)


def treaties(selection: Selection) -> pd.DataFrame:
    """Take what is told about how far treaties are accepted.

    Parameters
    ----------
    selection : ctdata.Selection
        The part of the corpus in scope.

    Returns
    -------
    pandas.DataFrame
        A row a claim, from the acts and from the ties "party to" and "signatory to", texts in order
        of issue: ``party`` (who is bound; where the text is silent, the state that the text is
        about), ``instrument_id, instrument``, ``stage`` ("signed", "ratification pending" or
        "party"), ``says`` (the stage, and whether the party is stated) and the columns of
        :func:`claims`, with the treaties of a party under one roof as the topic. Laws, decrees and
        other acts of one state are no treaties.
    """
    names = names_of(selection.corpus)
    acts = selection.legal_events.rename(columns={"action": "act", "actor_id": "party"})
    columns = {"predicate": "act", "subject_id": "party", "object_id": "instrument_id"}
    ties = selection.relations.rename(columns=columns)
    rows = []
    for claim in [*acts.to_dict("records"), *ties.to_dict("records")]:
        instrument, stage = names.instruments.get(claim["instrument_id"]), _STAGES.get(claim["act"])
        if not stage or not instrument or instrument["kind"] not in _TREATIES:
            continue
        state = names.state_of.get(names.texts[claim["source_id"]]["country"], "")
        stated, roof = is_stated(claim["party"]), instrument["jurisdiction_id"]
        party, roof = claim["party"] if stated else state, roof if is_stated(roof) else ""
        called = names.of_id.get(party, NOT_STATED)
        under = f"{called}: treaties under {names.of_id.get(roof, 'no named body')}"
        cells = {"instrument_id": claim["instrument_id"], "party_id": party, "party": called}
        cells |= {"instrument": names.of_id[claim["instrument_id"]], "stage": stage}
        cells["says"] = stage if stated else f"{stage}, by whom is not said"
        rows.append(_lay(names, "stage", claim, f"{party}|{roof}", under, **cells))
    rows.sort(key=lambda row: (names.by_issue(row), row["party_id"], row["instrument"]))
    columns = "party_id party instrument_id instrument stage says".split()
    return pd.DataFrame(rows, columns=[*columns, *_COLUMNS, *EVIDENCE])
