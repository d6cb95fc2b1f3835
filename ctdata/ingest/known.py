"""What a corpus knows already, in the form in which drafts of many texts are held against it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ctdata.corpus import Corpus
from ctdata.evidence import Span
from ctdata.ingest.gazetteer import gazetteer_of
from ctdata.journal import recover
from ctdata.names import name_key

Row = dict[str, str]
CLAIMS = ("events", "participation", "legal_events", "figures")


class Known:
    """What the tables of a corpus hold; each part is read when it is first asked for.

    Parameters
    ----------
    corpus : Corpus
        The corpus.

    Attributes
    ----------
    corpus : Corpus
        The corpus.
    states : dict of str to str
        Id of each state, by its code.
    passports : dict of str to dict
        The row of each text in ``sources``, by its short name.
    written : dict of str to list of str
        Every way in which an id is written, as :func:`ctdata.names.name_key` folds it.
    owners : dict of str to set of str
        The ids that such a spelling stands for.
    claims : dict of str to dict
        By text and table, the rows that are curated from it, each with its place in the text.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    @cached_property
    def states(self) -> dict[str, str]:
        states = self.corpus.load("organizations").query("kind == 'state'")
        return dict(zip(states["country"], states["organization_id"], strict=True))

    @cached_property
    def passports(self) -> dict[str, Row]:
        rows = self.corpus.load("sources").to_dict("records")
        return {row["source_id"]: {k: cell(v) for k, v in row.items()} for row in rows}

    @cached_property
    def written(self) -> dict[str, list[str]]:
        written = defaultdict(list)
        for table, column, names in (
            ("organizations", "organization_id", ("name", "acronym")),
            ("instruments", "instrument_id", ("title", "number")),
            ("aliases", "entity_id", ("alias",)),
        ):
            frame = self.corpus.load(table).fillna("")
            for name in names:
                for entity_id, words in zip(frame[column], frame[name], strict=True):
                    if words:
                        written[entity_id].append(name_key(words))
        return dict(written)

    @cached_property
    def owners(self) -> dict[str, set[str]]:
        owners = defaultdict(set)
        for entity_id, forms in self.written.items():
            for form in forms:
                owners[form].add(entity_id)
        return dict(owners)

    @cached_property
    def claims(self) -> dict[str, dict[str, list[tuple[Span, Row]]]]:
        found: dict = defaultdict(lambda: defaultdict(list))
        for table in CLAIMS:
            for row in self.corpus.load(table).to_dict("records"):
                span = Span(row["start"], row["end"])
                cells = {name: cell(value) for name, value in row.items()}
                found[row["source_id"]][table].append((span, cells))
        return found


def known_of(root: Path) -> Known:
    """What a corpus knows, kept for the next text until a table changes.

    Parameters
    ----------
    root : Path
        Folder of the corpus.

    Returns
    -------
    Known
    """
    recover(root)
    tables = sorted(root.glob("*.csv"))
    return _known(root, tuple((path.name, *_stamp(path)) for path in tables))


@lru_cache(maxsize=1)
def _known(root: Path, stamps: tuple) -> Known:
    gazetteer_of.cache_clear()  # it was made of the same tables
    return Known(Corpus(root))


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of change of a file; zeros if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def cell(value: object) -> str:
    """A value as it stands in a table.

    Parameters
    ----------
    value : object
        A text, a number, or nothing.

    Returns
    -------
    str
    """
    if value is None or value != value:
        return ""
    # No exponent: who reads a table wants digits.
    return np.format_float_positional(value, trim="-") if isinstance(value, float) else str(value)
