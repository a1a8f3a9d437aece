"""What a look at the text rules out, held against the parser on files of Linux 6.1."""

import os
import random
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions, Sort
from vtsplit.survey.cfile.name_places import NamePlaces

from .ctext import read
from .layers import Tree

pytestmark = pytest.mark.kernel

SEED = 5
FILES, WORDS = 400, 25


def looks(path: Path) -> tuple[list[str], int, int]:
    """Return what is missed in a file, and how many looks at how many words rule a name out."""
    data, text = path.read_bytes(), read(path)
    module = parse_module(text)
    found = Definitions(module).by_name
    declared = {
        name.rpartition(" ")[2]
        for name, definitions in found.items()
        if any(one.sort is not Sort.MACRO_CALL for one in definitions)
    }
    missed = [n for n in sorted(declared) if not NamePlaces(data, n).may_be_declared()]
    words = sorted(set(re.findall(r"[A-Za-z_]\w*", text)))
    names = frozenset(random.Random(SEED).sample(words, min(WORDS, len(words))))
    code = {t.text for item in module.items for t in lex(item.code) if t.kind is Kind.IDENT}
    places = [one for item in module.items for one in find_occurrences(item, names)]
    mentioned = {one.name for one in places if one.meaning is Meaning.COMMENT}
    missed += [n for n in names & code if not NamePlaces(data, n).may_be_code()]
    missed += [n for n in names & mentioned if not NamePlaces(data, n).may_be_mentioned()]
    ruled_out = sum(not NamePlaces(data, name).may_be_declared() for name in names)
    return [f"{path}: {name}" for name in missed], ruled_out, len(names)


def test_no_look_misses_what_the_parser_finds(pristine: Callable[[str], Tree]) -> None:
    top = pristine("6.1").pristine
    files = sorted([*top.rglob("*.c"), *top.rglob("*.h")])
    # A file of it is known for a `//*` above code.
    chosen = [*random.Random(SEED).sample(files, FILES), top / "sound/pci/au88x0/au88x0_a3d.c"]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = list(pool.map(looks, chosen, chunksize=16))
    assert [one for missed, _, _ in results for one in missed] == []
    # If it rules nothing out it is of no use.
    assert sum(ruled for _, ruled, _ in results) * 2 > sum(words for _, _, words in results)
