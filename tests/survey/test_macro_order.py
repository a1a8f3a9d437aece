"""Macros that one header sets and another has a default for."""

from pathlib import Path

import pytest

from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.order.macro_order import late_settings
from vtsplit.tree.source_tree import SourceTree

DEFAULT = "#ifndef fmt\n#define fmt(x) x\n#endif\n"


def late(root: Path, *headers: str, **texts: str) -> set[tuple[str, str]]:
    for name, text in texts.items():
        (root / f"{name}.h").write_text(f"#ifndef {name}_H\n#define {name}_H\n{text}\n#endif\n")
    return set(late_settings(graph_of(SourceTree(root), "a.c"), headers))


def test_a_setting_behind_a_default_is_late(tmp_path: Path) -> None:
    texts = {"sys": DEFAULT, "own": "#define fmt(x) 'o' x"}
    assert late(tmp_path, "sys.h", "own.h", **texts) == {("fmt", "own.h")}
    assert late(tmp_path, "own.h", "sys.h", **texts) == set()


def test_headers_that_come_with_others_count(tmp_path: Path) -> None:
    texts = {"sys": DEFAULT, "own": "#define fmt(x) 'o' x", "lib": '#include "own.h"'}
    texts["top"] = '#include "sys.h"'
    assert late(tmp_path, "top.h", "lib.h", **texts) == {("fmt", "own.h")}


@pytest.mark.parametrize(
    "own",
    [
        "#undef fmt\n#define fmt(x) 'o' x",
        "#ifdef CONFIG_A\n#define fmt(x) 'o' x\n#endif",
        DEFAULT,
        "int fmt;",
    ],
)
def test_what_does_not_clash_is_not_late(own: str, tmp_path: Path) -> None:
    assert late(tmp_path, "sys.h", "own.h", sys=DEFAULT, own=own) == set()


def test_a_header_that_includes_what_sets_its_defaults(tmp_path: Path) -> None:
    texts = {"sys": f'#include "own.h"\n{DEFAULT}', "own": "#define fmt(x) 'o' x"}
    assert late(tmp_path, "sys.h", "own.h", **texts) == set()


def test_an_include_guard_is_no_default(tmp_path: Path) -> None:
    assert late(tmp_path, "sys.h", "own.h", sys="int a;", own="#define sys_H") == set()
