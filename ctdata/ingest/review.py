"""Review drafts: one at a time, in its sentence, for a person to decide on.

What the reader does comes in as a message (a mapping with ``do``), what the page shows goes out as
a view (mappings, lists, strings and numbers). In between is the desk, which has each decision on
disk before the next view goes out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import pandas as pd

from ctdata import display, journal
from ctdata.evidence import citation
from ctdata.ingest.desk import ENTITY_IDS, Desk
from ctdata.ingest.sheets import Sheet
from ctdata.schema import Column

# How a status is told, and its sign in the list.
STATUSES = {
    "draft": ("to decide", "○"),
    "accepted": ("accepted", "✓"),
    "rejected": ("rejected", "✕"),
    "done": ("in the tables", "●"),
}
# What ids stand for: their column and the column with the name.
_NAMED = {
    "organizations": ("organization_id", "name"),
    "instruments": ("instrument_id", "title"),
    "events": ("event_id", "name"),
}
_LONG = ("quote", "prefix", "note", "summary", "population", "name", "title", "alias")
_FIXED = ("claim_id", "source_id")
_LISTED = 200  # rows of the list that the page holds at a time
_AROUND = 600  # signs of the text on either side of the words
_LEAST_ALIKE = 70  # of 100: names below have little in common
_OFFERED = 5  # known names that may be the same
_STEPS = 200  # that can be undone


class Review(display.Shown):
    """The drafts of a text as a notebook shows them: a table, and a page to decide on them.

    Parameters
    ----------
    desk : ctdata.ingest.desk.Desk
        The drafts.
    live : bool
        Whether to show the page, which needs JupyterLab and a running kernel. The table stands in
        for it wherever there is neither.
    """

    def __init__(self, desk: Desk, live: bool) -> None:
        self.desk = desk
        self.page: Any = None
        if live:
            from ctdata.ingest.widget import Page

            self.page = Page(Reviewer(desk))

    def _table(self) -> display.Table | display.Sentence:
        rows = self.desk.rows()
        text = self.desk.text
        words = [
            shorten(text.verbatim[row.start : row.end], 90, placeholder=" …")
            if row.start >= 0
            else ""
            for row in rows.itertuples()
        ]
        return display.table(
            rows.assign(
                table=rows["table"].map(display.header),
                status=rows["status"].map(lambda status: STATUSES[status][0]),
                words=words,
            ),
            {
                "table": "Table",
                "label": "What the row says",
                "words": "The words",
                "score": "Score",
                "status": "Status",
            },
            empty=f"There are no drafts of {self.desk.source_id}.",
        )

    def html(self) -> str:
        """A table."""
        return self._table().html()

    def markdown(self) -> str:
        """A table."""
        return self._table().markdown()

    def plain(self) -> str:
        """A table."""
        return self._table().plain()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_()
        if self.page is not None:
            shown, _ = self.page._repr_mimebundle_()
            bundle = shown | bundle
        return bundle


def review(source_id: str, root: str | Path | None = None, *, live: bool = True) -> Review:
    """Decide on the drafts of a text, one at a time, in JupyterLab.

    Each draft stands in its sentence, with its words marked. It is accepted, rejected or changed
    with a button or a key ("?" shows the keys), and what was decided is on disk at once. Without
    its kernel the page cannot go on: run the cell again, and it goes on where it was broken off.

    Parameters
    ----------
    source_id : str
        Short name of the text.
    root : path-like, optional
        Folder of another corpus.
    live : bool, optional
        False shows the drafts as a table only, which is the same on every run.

    Returns
    -------
    Review
        To be shown by a notebook; its ``desk`` decides in code.

    Raises
    ------
    ValueError
        No text has this name, or a sheet of drafts is broken; the message tells the line.
    """
    return Review(Desk(source_id, root), live)


class _Step(NamedTuple):
    """What an action did to the files, and which draft was on show."""

    words: str
    key: str
    before: dict[Path, bytes]
    after: dict[Path, bytes]


class Reviewer:
    """The decisions of one person on the drafts of one text.

    Parameters
    ----------
    desk : ctdata.ingest.desk.Desk
        The drafts.

    Attributes
    ----------
    desk : ctdata.ingest.desk.Desk
        The drafts; each decision is on disk when :meth:`do` returns.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._filter = {"table": "", "status": "draft"}
        self._steps: list[_Step] = []
        self._answers = 0
        self._refused: dict[str, str] = {}  # cells of the form that were not saved
        self._faults: dict[str, str] = {}  # what is wrong with them, by column
        self._rows = self._read()
        self._key = ""
        self._say("")
        self._settle(0)

    # Messages in ----------------------------------------------------------------------------------

    def do(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a message asks for.

        Parameters
        ----------
        message : mapping
            ``do`` names the action: go, next, back, filter, accept, reject, change, like, use or
            undo; ``key`` is the draft that the reader saw. Further entries: ``table`` and
            ``status`` of a filter, ``values`` of a change, ``status`` of like, ``entity`` of use.

        Returns
        -------
        dict
            The new view. What went wrong stands there in words; nothing is raised for it.
        """
        actions: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "go": lambda _: None,
            "next": lambda _: self._walk(1),
            "back": lambda _: self._walk(-1),
            "filter": self._choose,
            "accept": lambda _: self._decide("accepted"),
            "reject": lambda _: self._decide("rejected"),
            "change": self._change,
            "like": self._like,
            "use": self._use,
            "undo": lambda _: self._undo(),
        }
        self._say("")
        self._refused, self._faults = {}, {}
        action = actions.get(str(message.get("do")))
        try:
            self._rows = self._read()
            if action is None:
                self._say(f"unknown action {message.get('do')!r}", is_problem=True)
            elif self._finds(message):
                action(message)
        except (ValueError, OSError) as error:
            self._say(str(error), is_problem=True)
        return self.view()

    def _finds(self, message: Mapping[str, Any]) -> bool:
        """Whether the draft that the reader saw is still there; it then is the one on show."""
        if message["do"] in ("filter", "undo"):
            return True
        if message.get("key") in self._rows.index:
            self._key = str(message["key"])
            return True
        self._say("That draft is no longer there: the files have changed. Nothing was done.", True)
        self._settle(0)
        return False

    def _walk(self, steps: int) -> None:
        keys = self._listed()
        at = self._position(keys) + steps
        if 0 <= at < len(keys):
            self._key = keys[at]

    def _choose(self, message: Mapping[str, Any]) -> None:
        table, status = str(message.get("table", "")), str(message.get("status", ""))
        if table in {"", *self.desk.tables()} and status in {"", *STATUSES}:
            self._filter = {"table": table, "status": status}
        self._settle(0)

    def _decide(self, status: str) -> None:
        self._decide_all([_parted(self._key)[1]], status, self._rows.at[self._key, "label"])

    def _like(self, message: Mapping[str, Any]) -> None:
        status = str(message.get("status"))
        if status not in ("accepted", "rejected"):
            raise ValueError(f"unknown decision {status!r}; one of accepted, rejected")
        table, draft_id = _parted(self._key)
        together = [draft_id, *self.desk.like(table, draft_id)]
        self._decide_all(together, status, display.count(len(together), "draft"))

    def _decide_all(self, draft_ids: list[str], status: str, what: str) -> None:
        table = _parted(self._key)[0]
        if status == "accepted" and not self._is_complete(table, draft_ids):
            return
        at = self._position(self._listed())
        words = f"{STATUSES[status][0].capitalize()}: {what}"
        self._step(words, lambda: self.desk.decide(table, draft_ids, status))
        # A list of undecided drafts closes up behind one that was decided; in another list the
        # reader moves on.
        self._settle(at + 1 if self._key in self._listed() else at)

    def _is_complete(self, table: str, draft_ids: list[str]) -> bool:
        """Whether the drafts have what each row of the table needs; if not, the first one says."""
        needed = [c.name for c in self._columns(table) if c.required and c.name not in _FIXED]
        for draft_id in draft_ids:
            cells = self._cells(table, draft_id)
            lacking = [name for name in needed if name in cells and not cells[name]]
            if lacking:
                self._key = _joined(table, draft_id)
                self._faults = dict.fromkeys(lacking, "each row needs a value here")
                names = display.listing([display.header(name).lower() for name in lacking])
                self._say(f"Not accepted: the draft has no {names} yet.", is_problem=True)
                return False
        return True

    def _change(self, message: Mapping[str, Any]) -> None:
        table, draft_id = _parted(self._key)
        before = self._cells(table, draft_id)
        told = message.get("values")
        if not isinstance(told, Mapping):
            raise ValueError("a change needs values, by column")
        values = {str(name): " ".join(str(value).split()) for name, value in told.items()}
        changed = {name: value for name, value in values.items() if value != before.get(name)}
        if not changed:
            self._say("Nothing was changed.")
            return
        what = display.listing([display.header(name).lower() for name in changed])
        try:
            self._step(f"Changed: {what}", lambda: self.desk.change(table, draft_id, changed))
        except ValueError as error:
            column, _, message_words = str(error).partition(": ")
            if column not in before:
                raise
            self._refused, self._faults = values, {column: message_words}
            self._say("Not saved: mend what is marked.", is_problem=True)

    def _use(self, message: Mapping[str, Any]) -> None:
        at = self._position(self._listed())
        entity = str(message.get("entity"))
        words = f"{self._rows.at[self._key, 'label']}: this is {entity}"
        self._step(words, lambda: self.desk.use(_parted(self._key)[1], entity))
        self._settle(at + 1 if self._key in self._listed() else at)

    def _step(self, words: str, action: Callable[[], object]) -> None:
        """Act, and keep what the files were."""
        before = self._files()
        action()
        after = self._files()
        self._rows = self._read()
        if before != after:
            self._steps = [*self._steps[1 - _STEPS :], _Step(words, self._key, before, after)]
        self._say(f"{words}. Saved.")

    def _undo(self) -> None:
        if not self._steps:
            self._say("There is nothing to undo.")
            return
        step = self._steps.pop()
        with journal.locked(self.desk.root):
            if self._files() != step.after:
                self._steps.clear()
                words = "The files were changed elsewhere since; undo would lose that."
                self._say(f"{words} Nothing was done.", is_problem=True)
                return
            journal.commit(self.desk.root, self._reverted(step))
        self._rows = self._read()
        self._key = step.key
        if step.key not in self._listed():
            self._filter = {"table": "", "status": ""}
        self._say(f"Undone: {step.words}.")

    def _reverted(self, step: _Step) -> dict[str, bytes]:
        """The files that a step has changed, as they were; a new one is emptied."""
        empty = {
            path: Sheet(self.desk.corpus.schema[path.stem], path).content()
            for path in step.after.keys() - step.before.keys()
        }
        return {
            path.relative_to(self.desk.root).as_posix(): content
            for path, content in (step.before | empty).items()
            if step.after.get(path) != content
        }

    def _files(self) -> dict[Path, bytes]:
        """The sheets that hold a draft."""
        found = {path: path.read_bytes() for path in self.desk.folder.glob("*.csv")}
        return {path: content for path, content in found.items() if content.count(b"\n") > 1}

    def _say(self, words: str, is_problem: bool = False) -> None:
        self._message, self._is_problem = words, is_problem

    # The view out --------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        """What the page shows.

        Returns
        -------
        dict
            Mappings, lists, strings and numbers only, so that it travels as JSON.
        """
        keys = self._listed()
        at = self._position(keys)
        statuses = self._rows["status"].value_counts()
        draft = self._shown()
        self._answers += 1
        return {
            "answer": self._answers,
            "title": f"Drafts of {self.desk.source_id}",
            "total": len(self._rows),
            "decided": int(len(self._rows) - statuses.get("draft", 0)),
            "counts": self._counts(statuses),
            "filter": self._filter,
            "tables": self._tables(),
            "statuses": [["", "any status"], *([s, told] for s, (told, _) in STATUSES.items())],
            "place": f"{at + 1} of {len(keys)}" if keys else "",
            "before": at > 0,
            "behind": at + 1 < len(keys),
            "list": self._list(keys, at),
            "more": _more(len(keys)),
            "draft": draft,
            "undo": bool(self._steps),
            "end": "" if draft else self._end(),
            "message": self._message,
            "is_problem": self._is_problem,
        }

    def known(self) -> dict[str, list[list[str]]]:
        """What an id may be: known and drafted organizations, instruments and events.

        Returns
        -------
        dict of str to list of [str, str]
            By table, ids and names.
        """
        return {
            table: [[entity_id, name] for entity_id, name in sorted(names.items())]
            for table, names in (self._known | self._drafted()).items()
        }

    @cached_property
    def _known(self) -> dict[str, dict[str, str]]:
        """Names of what the tables hold, by table and id."""
        return {
            table: self.desk.corpus.load(table).set_index(key)[name].to_dict()
            for table, (key, name) in _NAMED.items()
        }

    def _drafted(self) -> dict[str, dict[str, str]]:
        """The same with what is drafted."""
        return {
            table: {
                row[key]: f"{row[name]} (new: {STATUSES[row['status']][0]})"
                for row in self.desk.sheet(table).rows
                if row["status"] != "done"
            }
            | self._known[table]
            for table, (key, name) in _NAMED.items()
        }

    def _columns(self, table: str) -> tuple[Column, ...]:
        return self.desk.corpus.schema[table].columns

    def _read(self) -> pd.DataFrame:
        """All drafts by their key: names first, then what is said of them, as the text goes."""
        rows = self.desk.rows()
        keys = [_joined(*pair) for pair in zip(rows["table"], rows["draft_id"], strict=True)]
        return rows.set_axis(pd.Index(keys, dtype="str"))

    def _listed(self) -> list[str]:
        rows, wanted = self._rows, self._filter
        for name in ("table", "status"):
            if wanted[name]:
                rows = rows[rows[name] == wanted[name]]
        return list(rows.index)

    def _position(self, keys: list[str]) -> int:
        """Where the draft on show stands in a list, or would stand."""
        order = {key: at for at, key in enumerate(self._rows.index)}
        here = order.get(self._key, 0)
        return sum(order[key] < here for key in keys)

    def _settle(self, at: int) -> None:
        """Put the draft at a place of the list on show, or the last one."""
        keys = self._listed()
        self._key = keys[min(at, len(keys) - 1)] if keys else ""

    def _counts(self, statuses: pd.Series) -> str:
        decided = len(self._rows) - statuses.get("draft", 0)
        parts = [
            f"{statuses[name]:,} {told}" for name, (told, _) in STATUSES.items() if name in statuses
        ]
        return f"{decided:,} of {len(self._rows):,} decided: {', '.join(parts)}" if parts else ""

    def _end(self) -> str:
        """What to say where there is no draft to show."""
        source_id = self.desk.source_id
        if self._rows.empty:
            return f"There are no drafts of {source_id}; “ctdata suggest {source_id}” makes some."
        if self._filter["status"] != "draft":
            return "No draft is like that."
        if (self._rows["status"] == "draft").any():
            return "Nothing is left to decide in this table."
        accepted = int((self._rows["status"] == "accepted").sum())
        if not accepted:
            return "Nothing is left to decide."
        return (
            f"Nothing is left to decide. “ctdata accept {source_id}” moves the "
            f"{display.count(accepted, 'accepted draft')} into the tables."
        )

    def _tables(self) -> list[list[str]]:
        wanted = self._filter["status"]
        rows = self._rows[self._rows["status"] == wanted] if wanted else self._rows
        counts = rows["table"].value_counts()
        have = dict.fromkeys(self._rows["table"])
        return [
            ["", f"All tables ({len(rows)})"],
            *([name, f"{display.header(name)} ({counts.get(name, 0)})"] for name in have),
        ]

    def _list(self, keys: list[str], at: int) -> list[dict[str, str]]:
        first = max(0, min(at - _LISTED // 2, len(keys) - _LISTED))
        return [
            {
                "key": row.Index,
                "status": row.status,
                "status_words": STATUSES[row.status][0],
                "sign": STATUSES[row.status][1],
                "label": row.label,
                "table_words": display.header(row.table),
            }
            for row in self._rows.loc[keys[first : first + _LISTED]].itertuples()
        ]

    def _cells(self, table: str, draft_id: str) -> dict[str, str]:
        """The cells of a draft as they stand in its sheet."""
        row = self.desk.sheet(table).row(draft_id)
        if row is None:
            raise ValueError(f"there is no draft {draft_id} of {table}")
        return row

    def _shown(self) -> dict[str, Any] | None:
        try:
            return self._draft() if self._key else None
        except (ValueError, OSError) as error:
            self._say(str(error), is_problem=True)
            return None

    def _draft(self) -> dict[str, Any]:
        """The draft on show."""
        row = self._rows.loc[self._key]
        table, draft_id = _parted(self._key)
        is_open = row["status"] != "done"
        names = self._drafted()
        cells = self._cells(table, draft_id) | self._refused
        return {
            "key": self._key,
            "table_words": display.header(table),
            "status": row["status"],
            "status_words": STATUSES[row["status"]][0],
            "score": "" if pd.isna(row["score"]) else f"{row['score']:.2f}",
            **self._passage(int(row["start"]), int(row["end"])),
            "fields": self._fields(table, cells, names),
            "problems": self._faults,
            "matches": self._matches(table, draft_id) if row["status"] == "draft" else [],
            "like": self._alike(table, draft_id) if is_open else [],
        }

    def _matches(self, table: str, draft_id: str) -> list[dict[str, Any]]:
        """Known ones that a new one may be; the body of another state is not the same body."""
        if table not in ENTITY_IDS:
            return []
        country = self._cells(table, draft_id).get("country", "")
        found = self.desk.matches(table, draft_id, limit=4 * _OFFERED)
        return [
            {"id": match.id, "name": match.name, "score": round(match.score)}
            for match in found[found["score"] >= _LEAST_ALIKE].itertuples()
            if not country or self._countries.get(match.id, country) == country
        ][:_OFFERED]

    @cached_property
    def _countries(self) -> dict[str, str]:
        organizations = self.desk.corpus.load("organizations").dropna(subset="country")
        return organizations.set_index("organization_id")["country"].to_dict()

    def _alike(self, table: str, draft_id: str) -> list[str]:
        keys = [_joined(table, other) for other in self.desk.like(table, draft_id)]
        return [str(words) for words in self._rows.loc[keys, "label"]]

    def _passage(self, start: int, end: int) -> dict[str, str]:
        """The words of a draft in their sentence, and the sentences beside it."""
        parts = dict.fromkeys(("before", "lead", "words", "rest", "after", "citation"), "")
        if start < 0:
            return parts
        text, words = self.desk.text, self.desk.text.verbatim
        sentences = text.sentences
        first, last = self._sentence(start), self._sentence(max(start, end - 1))
        before, after = max(0, first - 1), min(len(sentences) - 1, last + 1)
        opening, closing = sentences[first].start, max(end, sentences[last].end)

        def between(one: int, other: int) -> str:
            paragraphs = {text.paragraph_at(sentences[at].start) for at in (one, other)}
            return "\n" if len(paragraphs) > 1 else " "

        return {
            "before": _tail(words[sentences[before].start : opening].strip())
            + between(before, first)
            if before < first
            else "",
            "lead": _tail(words[opening:start]),
            "words": _blanks(words[start:end]),
            "rest": _head(words[end:closing]),
            "after": between(last, after) + _head(words[closing : sentences[after].end].strip())
            if after > last
            else "",
            "citation": citation(self.desk.source_id, text.paragraph_at(start)),
        }

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.desk.text.sentences]

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_right(self._sentence_starts, offset) - 1)

    def _fields(
        self, table: str, cells: Mapping[str, str], names: Mapping[str, Mapping[str, str]]
    ) -> list[dict[str, Any]]:
        """The columns of a draft, with those of its evidence at the end."""
        own = self._columns(table)
        have = {column.name for column in own}
        claims = self.desk.corpus.schema["figures"].columns
        own += tuple(c for c in claims if c.name in ("quote", "prefix") and c.name not in have)
        return [_field(column, cells, names) for column in own if column.name not in _FIXED]


def _field(
    column: Column, cells: Mapping[str, str], names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    value = cells[column.name]
    choices = [[name, f"{name}: {told}" if told else name] for name, told in column.values.items()]
    if choices and value not in column.values:
        choices.insert(0, [value, value])
    elif choices and not column.required:
        choices.insert(0, ["", ""])
    keys = ENTITY_IDS.values() if not column.references else ()
    told = [names[table][value] for table in column.references if value in names.get(table, ())]
    return {
        "name": column.name,
        "label": "Id" if column.name in keys else display.header(column.name),
        "help": column.description,
        "hint": "a date such as 2016-05" if column.is_date else "",
        "value": value,
        "values": choices,
        "told": told[0] if told else "",
        "refers": next((table for table in column.references if table in names), ""),
        "required": column.required,
        "long": column.name in _LONG,
    }


def _joined(table: str, draft_id: str) -> str:
    return f"{table}/{draft_id}"


def _parted(key: str) -> tuple[str, str]:
    table, _, draft_id = key.partition("/")
    return table, draft_id


def _more(count: int) -> str:
    return f"{_LISTED:,} of {count:,} are listed." if count > _LISTED else ""


def _blanks(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def _head(words: str) -> str:
    words = _blanks(words)
    return words if len(words) <= _AROUND else words[:_AROUND] + "…"


def _tail(words: str) -> str:
    words = _blanks(words)
    return words if len(words) <= _AROUND else "…" + words[-_AROUND:]
