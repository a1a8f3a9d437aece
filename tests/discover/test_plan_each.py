"""Dry runs of many tables: one search for all, shared knowledge, and the same outcome."""

from pathlib import Path

import pytest

from vtsplit.discover import plan_each as planning
from vtsplit.discover.outlook import try_split
from vtsplit.discover.plan_each import plan_each
from vtsplit.discover.scan import ScannedTable, TableFilter, scan
from vtsplit.survey.build.build_files import BuildFiles
from vtsplit.survey.search.index import UnknownNamesError, WordIndex
from vtsplit.tree.source_tree import SourceTree

pytestmark = pytest.mark.slow

# `made_run` is in no text: a scan does not know it, so the first search does not look for it.
MADE = """\
#include "foo.h"

#define RUN(name) name##_run
#define ALSO(name) .run = RUN(name)

static int made_run(int unit)
{
	return unit;
}

static int foo_open(int unit)
{
	return unit;
}

static int foo_close(int unit)
{
	return unit + 1;
}

static struct ops foo_ops = {
	.o = foo_open,
	.c = foo_close,
	ALSO(made)
};

struct ops *foo_get(void)
{
	return &foo_ops;
}
"""
PLAIN = MADE.replace("ALSO(made)", ".run = plain_run,").replace("made_run", "plain_run")
FILES = {
    "drv/foo.h": "struct ops {\n\tint (*o)(int);\n\tint (*c)(int);\n\tint (*run)(int);\n};\n",
    "drv/made.c": MADE,
    "drv/plain.c": PLAIN.replace("foo_get", "bar_get"),
    "drv/Makefile": "obj-m += drv.o\ndrv-y := made.o plain.o\n",
}


def nothing(done: int, total: int) -> None:
    """Tell nobody."""


def make(root: Path) -> Path:
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return root


def tables(root: Path) -> tuple[ScannedTable, ...]:
    return scan(root, [""], TableFilter(least=2), nothing).tables


def test_outcome_is_that_of_each_table_alone(tmp_path: Path) -> None:
    root = make(tmp_path)
    found = tables(root)
    planned = list(plan_each(root, found, nothing))
    alone = [
        try_split(one.table.path, one.table.name, SourceTree(root), WordIndex(root))
        for one in found
    ]
    assert [one.table.path for one in planned] == ["drv/made.c", "drv/plain.c"]
    assert [one.problems for one in planned] == alone
    assert all(one.is_planned for one in planned)


def test_names_that_the_first_search_did_not_look_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are searched for together, behind the first round of dry runs."""
    root = make(tmp_path)
    searches: list[set[str]] = []
    find = WordIndex.find

    def counted(self: WordIndex, names: set[str]) -> object:
        searches.append(set(names))
        return find(self, names)

    monkeypatch.setattr(WordIndex, "find", counted)
    told: list[int] = []
    assert len(list(plan_each(root, tables(root), lambda done, _: told.append(done)))) == 2
    first, *later = searches  # of this process: what workers ask for is not counted here
    assert "foo_open" in first
    assert "made_run" not in first
    assert ["made_run" in one for one in later] == [True]
    assert told == [1, 2]


def test_last_round_searches_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_ROUNDS", 0)
    root = make(tmp_path)
    assert len(list(plan_each(root, tables(root), nothing))) == 2


def test_index_that_is_closed_says_what_it_lacks(tmp_path: Path) -> None:
    index = WordIndex(make(tmp_path))
    assert index.find({"foo_open"}).of("foo_open") == ("drv/made.c", "drv/plain.c")
    index.is_open = False
    assert index.find({"foo_open"}).of("foo_open")
    with pytest.raises(UnknownNamesError) as error:
        index.find({"foo_open", "foo_close"})
    assert error.value.names == {"foo_close"}


def test_sources_of_one_folder_share_what_is_known(tmp_path: Path) -> None:
    root = make(tmp_path)
    worker = planning._DryRunWorker(root, WordIndex(root), BuildFiles(SourceTree(root)))
    first = worker.tree("drv/made.c")
    assert worker.tree("drv/plain.c") is first
    assert worker.tree("lib/other.c") is not first
