"""Specs of dispatch that cannot be carried out: one clear message, an untouched tree."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from dispatch_trees import SPEC, UNDER_OPTION, dispatch_files
from trees import Bad, check_refused


class BadSpec(NamedTuple):
    """More of a spec, or a piece of it replaced, and what has to be said, `|` between phrases."""

    name: str
    more: str
    code: str
    site: str
    says: str
    replaced: tuple[str, str] = ("", "")


# All of the spec that is about dispatch.
_DISPATCH = SPEC[SPEC.index("[dispatch]") :]

SPECS = [
    BadSpec("unknown op", '[op.opne]\notherwise = "return 0"\n', "VT050", "17:5",
            "op 'opne' in |did you mean 'open'?"),
    BadSpec("unknown op in a list", "", "VT050", "11:4", "op 'opne' in |did you mean 'open'?",
            ("[dispatch]\n", '[dispatch]\nops = [\n  "open",\n  "opne",\n]\n')),
    BadSpec("unknown key", '[op.open]\notherwize = "return 0"\n', "VT002", "18:1",
            "'otherwize'|did you mean 'otherwise'?"),
    BadSpec("op without dispatch", '[op.open]\nwrap = false\n', "VT003", "8:2",
            "[op] has no meaning without [dispatch]", (_DISPATCH, "")),
    BadSpec("body beside otherwise", '[op.open]\nbody = "x;"\notherwise = "return 0"\n', "VT003",
            "19:1", "'otherwise' has no effect beside 'body'"),
    BadSpec("wrap beside when", '[op.open]\nwrap = false\nwhen = "{when}"\n', "VT003", "19:1",
            "'when' has no effect beside 'wrap'"),
    BadSpec("both beside otherwise", '[op.open]\nboth = "first"\notherwise = "return 0"\n', "VT003",
            "19:1", "'otherwise' has no effect beside 'both'"),
    BadSpec("unwind alone", '[op.open]\nunwind = "foo_close"\n', "VT003", "18:1",
            "'unwind' has no effect without 'both'"),
    BadSpec("zero-first alone", "[op.open]\nzero-first = true\n", "VT003", "18:1",
            "'zero-first' has no effect without 'zero'"),
    BadSpec("and alone", "[op.open]\nand = true\n", "VT003", "18:1", 'add only = "second"'),
    BadSpec("no such side", '[op.open]\nonly = "third"\n', "VT003", "18:9", "'first' or 'second'"),
    BadSpec("place without value", '[op.open]\nwhen = "is_qux({unti})"\n', "VT053", "18:9",
            "'{unti}' in 'when' has no value: the parameters are unit"),
    BadSpec("no parameter to choose by", '[op.reset]\nwhen = "{}->on"\notherwise = "return 0"\n',
            "VT053", "18:9",
            "'{}' in 'when' has no value"),
    BadSpec("place that does not end", '[op.open]\nwhen = "is_qux({)"\n', "VT003", "18:9",
            "expected '}'"),
    BadSpec("bracket that does not end", '[op.open]\nwhen = "is_qux({}"\n', "VT003", "18:9",
            "')' is missing"),
    BadSpec("no C", '[op.open]\nwhen = "is_qux({}) +"\n', "VT056", "17:5",
            "'bar_open' would not be right"),
    BadSpec("no C in a statement", '[op.open]\notherwise = "return return 0"\n', "VT056", "17:5",
            "'bar_open' would not be right"),
    BadSpec("directive", '[op.open]\notherwise = "#define X"\n', "VT003", "18:14", "directives"),
    BadSpec("comment that ends", '[op.open]\ncomment = "a */ b"\n', "VT003", "18:12",
            "without the /* and */"),
    BadSpec("heading that begins", '[op.open]\nheading = "/* a"\n', "VT003", "18:12",
            "without the /* and */"),
    BadSpec("body with a brace too many", '[op.open]\nbody = "\\treturn 0;\\n}"\n', "VT056", "18:9",
            "the body of 'bar_open' is not one function body"),
    BadSpec("body with a brace too few", '[op.open]\nbody = "\\tif (1) {\\n\\treturn 0;"\n',
            "VT056", "18:9", "the body of 'bar_open' is not one function body"),
    BadSpec("number", "[op.open]\notherwise = 0\n", "VT003", "18:13", "string"),
    BadSpec("list of numbers", "[op.open]\nbefore = [1]\n", "VT003", "18:11", "string"),
    BadSpec("truth as text", '[op.open]\nwrap = "no"\n', "VT003", "18:9", "true or false"),
    BadSpec("otherwise says nothing", '[op.open]\nonly = "first"\n', "VT053", "17:5",
            "the op returns int, but 'otherwise' returns nothing"),
    BadSpec("void op returns", '[op.close]\notherwise = "return 0"\n', "VT053", "18:14",
            "the op returns nothing"),
    BadSpec("void op fails", '[op.close]\nboth = "first"\nunwind = "foo_reset"\n', "VT051", "17:5",
            "no function 'qux_close' in drv/qux.c"),
    BadSpec("nothing to clear", '[op.open]\nzero = ["x"]\notherwise = "return 0"\n', "VT053",
            "18:8", "the op has no parameter 'x' (it has unit)"),
    BadSpec("cannot be cleared", '[op.close]\nzero = ["how"]\n', "VT053", "18:8",
            "'int how' cannot be cleared"),
    BadSpec("return before", '[op.open]\nbefore = "return 0"\n', "VT053", "18:11",
            "no statement behind 'return 0' would be reached"),
    BadSpec("no second function", '[op.reset]\nwhen = "qux_on"\n', "VT051", "17:5",
            "no function 'qux_reset' in drv/qux.c"),
    BadSpec("undeclared", '[op.open]\nwhen = "nobody({})"\n', "VT057", "8:2",
            "'nobody', which bar_open uses, is not declared"),
    BadSpec("config", "", "VT003", "14:11", "it starts with CONFIG_",
            ('flag = "qux_on"', 'config = "QUX"')),
    BadSpec("config in other letters", "", "VT003", "14:11", "it starts with CONFIG_",
            ('flag = "qux_on"', 'config = "CONFIG_É"')),
    BadSpec("style without config", "", "VT003", "10:1", "give dispatch.backend a config",
            ('prefix = "bar_"', 'prefix = "bar_"\nstyle = "stubs"')),
    BadSpec("no such style", "", "VT003", "10:10", "'macros' or 'stubs'",
            ("[dispatch.backend]", 'style = "inline"\n[dispatch.backend]\nconfig = "CONFIG_QUX"')),
    BadSpec("same prefix", "", "VT003", "11:11", "cannot share a prefix",
            ('prefix = "qux_"', 'prefix = "bar_"')),
    BadSpec("same file", "", "VT003", "12:11", "[split] calls 'source'", ("qux.c", "foo.c")),
    BadSpec("no such file", "", "VT010", "12:11", "there is no 'drv/qxu.c'",
            ("qux.c", "qxu.c")),
    BadSpec("key of no type", "", "VT053", "16:2", "'struct unit *)(' is not the type",
            ("struct unit *", "struct unit *)(")),
    BadSpec("empty key", "", "VT053", "16:1", "'' is not the type", ("struct unit *", "")),
    BadSpec("two keys of a type", '"const struct unit *" = "1"\n', "VT053", "17:2",
            "'const struct unit *' names a type that already has a predicate"),
    BadSpec("wrapper as init", '[init]\ninit = "bar_open"\n', "VT080", "17:2", "no module_init"),
]  # fmt: skip


@pytest.mark.parametrize("bad", SPECS, ids=lambda bad: bad.name)
def test_bad_spec(bad: BadSpec, tmp_path: Path) -> None:
    base = SPEC.replace(*bad.replaced, 1) if bad.replaced[0] else SPEC
    assert base != SPEC or not bad.replaced[0]
    files = dispatch_files(base=base, spec=bad.more)
    if bad.code == "VT057":
        files["drv/foo.h"] = _without_system(files["drv/foo.h"])
    check_refused(Bad(bad.name, files, bad.code, f"vtsplit.toml:{bad.site}", bad.says), tmp_path)


BACKENDS = [
    ("binary", {"drv/qux.c": b"int a;\0"}, "VT012", "drv/qux.c"),
    ("folder", {"drv/qux.c": None, "drv/qux.c/x": ""}, "VT011", "drv/qux.c"),
    ("not whole", {"drv/qux.c": "int f(void) {"}, "VT016", "drv/qux.c:1:1"),
    ("header binary", {"drv/qux.h": b"int a;\0"}, "VT012", "drv/qux.h"),
    ("header missing", {"drv/qux.h": None}, "VT057", "vtsplit.toml:8:2"),
]


@pytest.mark.parametrize(("name", "files", "code", "site"), BACKENDS)
def test_bad_backend(
    name: str, files: dict[str, str | bytes | None], code: str, site: str, tmp_path: Path
) -> None:
    tree = dispatch_files(base=UNDER_OPTION)
    tree["drv/foo.h"] = _without_system(tree["drv/foo.h"])
    check_refused(Bad(name, {**tree, **files}, code, site, ""), tmp_path)


def _without_system(header: str) -> str:
    """Return a header that includes none of the system's, which could declare anything."""
    return re.sub("#include <.*\n", "", header)
