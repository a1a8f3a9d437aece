"""A file that a spec asks for: each item stands where it should, under the same conditions."""

from pathlib import Path

import pytest

from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.stated import compare_stated
from vtsplit.verify.verdict import BY_TEXTS, Verdict

WRAPPER = "static int bar_open(int n)\n{\n\treturn n ? qux_open(n) : foo_open(n);\n}\n"
MAKES, NAMES = "#define bar_op(name) bar_##name\n", "#define bar_op(name) foo_##name\n"
TABLE = "struct ops bar_ops = {\n\t.open = bar_op(open),\n};\n"
CLOSE = "int foo_close(void);\n"
MAIN = (
    f'#include "foo.h"\n#include "qux.h"\n\n#ifdef CONFIG_QUX\n{WRAPPER}\n{MAKES}#else\n{NAMES}'
    f"#endif\n\n{CLOSE}\n{TABLE}"
)


def said(now: str, tmp_path: Path) -> list[str]:
    """Return what is said of a main that reads like this."""
    (tmp_path / "main.c").write_text(now)
    verdict = Verdict(BY_TEXTS)
    compare_stated({"main.c": MAIN}, {"bar_open": "op open"}, SourceTree(tmp_path), verdict)
    return [f"{one.what} {one.name}: {one.message}" for one in verdict.differences]


@pytest.mark.parametrize(
    "now",
    [
        MAIN.replace(MAKES, "@").replace(NAMES, MAKES).replace("@", NAMES),
        MAIN.replace("#endif\n", "") + "#endif\n",
        MAIN.replace(WRAPPER, "").replace("#ifdef", f"{WRAPPER}#ifdef"),
        MAIN.replace("#ifdef", "#ifndef"),
        MAIN.replace(TABLE, "").replace("#ifdef", f"{TABLE}#ifdef"),
        MAIN.replace(CLOSE, "").replace("#else\n", f"{CLOSE}#else\n"),
        MAIN.replace('#include "foo.h"\n', "").replace(
            "\n\n#ifdef", '\n#include "foo.h"\n\n#ifdef'
        ),
    ],
    ids=[
        *("branches change places", "the table is under the option", "a wrapper is not"),
        *("the opposite condition", "the table is above the macro", "a declaration is in a branch"),
        "includes change places",
    ],
)
def test_what_stands_elsewhere_is_found(now: str, tmp_path: Path) -> None:
    assert now != MAIN
    assert said(now, tmp_path)


def test_the_tokens_that_differ_are_told(tmp_path: Path) -> None:
    (tmp_path / "main.c").write_text(MAIN.replace("qux_open(n) :", "qux_open(0) :"))
    verdict = Verdict(BY_TEXTS)
    compare_stated({"main.c": MAIN}, {"bar_open": "op open"}, SourceTree(tmp_path), verdict)
    (one,) = verdict.differences
    assert (one.name, one.tokens) == (
        "bar_open",
        (
            "- return n ? qux_open ( n ) : foo_open ( n",
            "+ return n ? qux_open ( 0 ) : foo_open ( n",
        ),
    )


@pytest.mark.parametrize(
    "now",
    [
        MAIN,
        MAIN.replace("#else", "#else /* no qux */").replace("\n\n", "\n"),
        MAIN.replace(CLOSE, "").replace("#ifdef", f"{CLOSE}#ifdef"),
        MAIN.replace(MAKES, "").replace(WRAPPER, MAKES + WRAPPER),
        MAIN.replace("#ifdef CONFIG_QUX", "#if defined(CONFIG_QUX)"),
    ],
    ids=["itself", "comments and lines", "a declaration", "the macro in front", "if defined"],
)
def test_what_means_the_same_elsewhere_is_proved(now: str, tmp_path: Path) -> None:
    assert said(now, tmp_path) == []


def test_an_item_that_leaves_a_pragma_is_found(tmp_path: Path) -> None:
    pair = "struct pair { char a; int b; };\n"
    on, off = "#pragma pack(1)\n", "#pragma pack()\n"
    (tmp_path / "main.c").write_text(on + off + pair)
    verdict = Verdict(BY_TEXTS)
    compare_stated({"main.c": on + pair + off}, {}, SourceTree(tmp_path), verdict)
    assert [one.what for one in verdict.differences] == ["declaration"]
