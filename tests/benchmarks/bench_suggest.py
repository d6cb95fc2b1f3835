"""How fast `suggest` reads: on texts of the field, by length, in a stream, and on hostile input.

    python tests/benchmarks/bench_suggest.py            # two minutes
    python tests/benchmarks/bench_suggest.py --stream 1000    # also a stream of so many megabytes

The texts are sentences of the collection in random order, with other numbers in each copy, so that
nothing can be had by remembering; as in its texts there is a draft or claim in every 57 characters.
Those called dense have the sentences of the tests as well, and a draft or claim in every 42. Times
are processor time of one core, the best of some runs, as a shared machine only ever adds. A stream
is read once; how fast its fastest passages were read tells what the core can do by itself. Ten
times on its way one and the same text is read as well: where both slow down, it is the machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from operator import truediv
from pathlib import Path

import ctdata
from ctdata.ingest import suggest, suggest_stream
from ctdata.ingest.drafts import TABLES

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = Path("build") / "bench_suggest.json"
MEGABYTE = 1_000_000
READ = 30 * MEGABYTE  # of each text, over and over: a shared core is free for moments only
HOSTILE = {
    "capitals without a break": "A" * MEGABYTE,
    "capitalized words": "Aa " * (MEGABYTE // 3),
    "names of bodies, one long line": "State Committee for National Security " * 26_000,
    "digits without a break": "1" * MEGABYTE,
    "digits and commas": "1,111," * (MEGABYTE // 6),
    "years": "2015 and " * (MEGABYTE // 9),
    "months": "May to June " * (MEGABYTE // 12),
    "numbers of people, one sentence": "over 5 people left " * (MEGABYTE // 19),
    "resolutions": "resolutions 1373 (2001), " * (MEGABYTE // 25),
    "brackets": "(ABC) " * (MEGABYTE // 6),
    "open quotation marks": "“«" * (MEGABYTE // 2),
    "a context and its alias": "Expert Group 1540 (2004) " * (MEGABYTE // 25),
    "blanks": " " * MEGABYTE,
    "line breaks": "a-\n" * (MEGABYTE // 3),
    "full stops": ". " * (MEGABYTE // 2),
}


def sentences(dense: bool) -> list[str]:
    """Sentences of the collection, and those of the tests if the text shall be dense."""
    corpus = ctdata.Corpus()
    texts = [corpus.text(name).verbatim for name in corpus.load("sources")["source_id"]]
    if dense:
        fixtures = sorted((ROOT / "tests" / "fixtures" / "suggest").glob("*.txt"))
        texts += [path.read_text("utf-8") for path in fixtures]
    return [each for text in texts for each in re.split(r"(?<=[.;]) +", text) if each.strip()]


def pieces(seed: int = 0, dense: bool = False) -> Iterator[str]:
    """Paragraphs without end, no two alike."""
    draw = random.Random(seed)
    known = sentences(dense)

    def other_number(match: re.Match[str]) -> str:
        digits = match.group()
        if len(digits) == 4 and digits[:2] in ("19", "20"):
            return str(draw.randint(1995, 2025))
        return str(draw.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1))

    while True:
        chosen = draw.choices(known, k=draw.randint(2, 7))
        yield re.sub(r"\d+", other_number, " ".join(chosen)) + "\n\n"


def text_of(length: int, dense: bool = False) -> str:
    """So many characters of such paragraphs."""
    parts, size = [], 0
    for piece in pieces(dense=dense):
        parts.append(piece)
        size += len(piece)
        if size >= length:
            return "".join(parts)[:length]
    raise AssertionError


def best(read: Callable[[], object], runs: int) -> float:
    """Least processor time of some runs."""
    least = float("inf")
    for _ in range(runs):
        start = time.process_time()
        read()
        least = min(least, time.process_time() - start)
    return least


def tables_of(text: str) -> list[object]:
    """All tables of a text."""
    drafts = suggest(text)
    return [getattr(drafts, table) for table in TABLES]


def processor_time(text: str) -> float:
    """Seconds of a core that a text takes."""
    return best(lambda: suggest(text), 1)


def gain_of_two(text: str) -> float:
    """How many times as fast as one two processes are that each have a core.

    What they cost each other (memory, caches) is in it; a core that others use as well is not.
    """
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(processor_time, [text] * 4))  # both have read their names
        one = min(pool.submit(processor_time, text).result() for _ in range(3))
        both = min(max(pool.map(processor_time, [text] * 2)) for _ in range(3))
    return 2 * one / both


def memory() -> float:
    """The most memory that was in use, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def written(values: Iterable[float]) -> str:
    """Numbers side by side."""
    return " ".join(f"{value:.2f}" for value in values)


def measure_stream(megabytes: int) -> dict[str, object]:
    """Read a stream, and print how fast: on the whole, in each tenth of the way, by passage."""
    aside = 0.0  # seconds that go into something else, such as making the text
    size = 0
    same = text_of(MEGABYTE)

    def chunks() -> Iterator[str]:
        nonlocal aside, size
        made = pieces(1)
        while size < megabytes * MEGABYTE:
            begun = time.process_time()
            chunk = "".join(itertools.islice(made, 100))
            aside += time.process_time() - begun
            size += len(chunk)
            yield chunk

    def reading() -> float:
        """Seconds that the reading took so far."""
        return time.process_time() - start - aside

    before = memory()
    start = time.process_time()
    found = 0
    marks = [(0, 0.0)]  # how far it came, and when
    beside: list[float] = []  # how fast the same text was read there
    passages: list[float] = []  # how fast each was read
    last = 0.0
    for part in suggest_stream(chunks()):
        found += sum(part.counts.values())
        [(passage, _)] = part._parts
        passages.append(len(passage.verbatim) / ((now := reading()) - last) / MEGABYTE)
        last = now
        if size >= megabytes * MEGABYTE * len(marks) / 10:
            marks.append((size, reading()))
            taken = processor_time(same)
            aside += taken
            beside.append(len(same) / taken / MEGABYTE)
            last = reading()
    marks[-1] = size, reading()
    tenths = [
        (there - here) / (later - now) / MEGABYTE
        for (here, now), (there, later) in itertools.pairwise(marks)
    ]
    speed = size / reading() / MEGABYTE
    more = memory() - before
    _, middle, _ = statistics.quantiles(passages, n=4)
    fast = statistics.quantiles(passages, n=10)[-1]
    print(
        f"stream of {megabytes} MB: {speed:.2f} MB/s, {found:,} drafts and claims, "
        f"{more:.0f} MB more memory, {memory():.0f} MB at most\n"
        f"MB/s in each tenth of it: {written(tenths)}\n"
        f"MB/s of one and the same text there: {written(beside)}\n"
        f"the one by the other: {written(map(truediv, tenths, beside))}\n"
        f"MB/s of its {len(passages):,} passages: half of them above {middle:.2f}, "
        f"a tenth above {fast:.2f}, none above {max(passages):.2f}"
    )
    return {
        "MB/s": speed,
        "MB/s by tenths": tenths,
        "MB/s of the same text at each tenth": beside,
        "MB/s of the middle passage": middle,
        "MB/s of the passage at nine tenths": fast,
        "MB of memory at most": memory(),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stream", type=int, default=20, help="megabytes of the stream")
    options = parser.parse_args()
    print(f"Python {platform.python_version()} of {sys.base_prefix}, {platform.python_compiler()}")
    start = time.process_time()
    suggest("")
    results: dict[str, object] = {"first call, seconds": time.process_time() - start}
    print(f"first call, with all names of the corpus: {results['first call, seconds']:.2f} s")

    print("\ncharacters           MB/s   with all tables made   drafts and claims")
    lengths = (1_500, 60_000, MEGABYTE, 4 * MEGABYTE, 8 * MEGABYTE)
    for length, dense in (*((length, False) for length in lengths), (MEGABYTE, True)):
        text = text_of(length, dense)
        name = f"{length:,}{' dense' if dense else ''}"
        runs = min(500, max(5, READ // length))
        speed = length / best(lambda text=text: suggest(text), runs) / MEGABYTE
        in_full = length / best(lambda text=text: tables_of(text), runs) / MEGABYTE
        results[f"{name}, MB/s"] = speed
        results[f"{name}, with all tables, MB/s"] = in_full
        rows = sum(suggest(text).counts.values())
        print(f"{name:15} {speed:9.2f} {in_full:22.2f}   {rows:,}")

    gain = gain_of_two(text_of(2 * MEGABYTE))
    results["two processes, times as fast as one"] = gain
    print(f"\ntwo processes, a core each: {gain:.2f} times as fast as one")

    stream = measure_stream(options.stream)
    results |= {f"stream of {options.stream} MB, {name}": value for name, value in stream.items()}

    print("\nhostile, 1 MB each                       MB/s   twice the length takes")
    for name, text in HOSTILE.items():
        half = best(lambda text=text: suggest(text[: len(text) // 2]), 1)
        whole = best(lambda text=text: suggest(text), 1)
        results[f"{name}, MB/s"] = len(text) / whole / MEGABYTE
        print(f"{name:36} {len(text) / whole / MEGABYTE:8.2f}   {whole / half:.1f} times")
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
