"""ctdata: claims on counter-terrorism cooperation in Central Asia, each with its evidence."""

from ctdata.corpus import (
    Corpus,
    CorpusError,
    Selection,
    cite,
    describe,
    load_aliases,
    load_designations,
    load_events,
    load_figures,
    load_instruments,
    load_legal_events,
    load_measures,
    load_mentions,
    load_organizations,
    load_participation,
    load_passages,
    load_people,
    load_relations,
    load_sources,
    load_text,
    select,
)

__version__ = "0.1.0"

__all__ = [
    "Corpus",
    "CorpusError",
    "Selection",
    "cite",
    "describe",
    "load_aliases",
    "load_designations",
    "load_events",
    "load_figures",
    "load_instruments",
    "load_legal_events",
    "load_measures",
    "load_mentions",
    "load_organizations",
    "load_participation",
    "load_passages",
    "load_people",
    "load_relations",
    "load_sources",
    "load_text",
    "select",
    "suggest",
]


def __getattr__(name: str) -> object:
    # The drafting rules are read when they are first asked for: loading tables needs none of them.
    if name == "suggest":
        from ctdata.ingest import suggest

        return suggest
    raise AttributeError(f"module 'ctdata' has no attribute {name!r}")
