"""ctdata: claims on counter-terrorism cooperation in Central Asia, each with its evidence."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from ctdata.ingest import suggest

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
    # What stands behind a name is imported when it is first asked for, as pandas takes its time.
    if name not in __all__:
        raise AttributeError(f"module 'ctdata' has no attribute {name!r}")
    module = "ctdata.ingest" if name == "suggest" else "ctdata.corpus"
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
