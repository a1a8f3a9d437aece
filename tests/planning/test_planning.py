"""Plans of small trees: what other tables of Linux asked of the tool, each once found missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from trees import HEADER, MAKEFILE, SOURCE, SPEC, small_tree, split, write
from vtsplit.apply.split import carry_out
from vtsplit.diagnostics import RefusedError
from vtsplit.planning.context import read_context
from vtsplit.planning.edits import Declared
from vtsplit.planning.plan import make_plan
from vtsplit.spec.document import load
from vtsplit.tree.source_tree import SourceTree

INCLUDE = '#include "foo.h"\n'
DATA = "\t.free = foo_free_unit,\n"


def changed(*pairs: tuple[str, str], text: str = SOURCE) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def lines(root: Path, path: str) -> list[str]:
    return (root / path).read_text().split("\n")


def includes(root: Path, path: str) -> list[str]:
    return [line.removeprefix("#include ") for line in lines(root, path) if "#include" in line]


def test_includes_keep_the_order_of_the_source(tmp_path: Path) -> None:
    source = changed(
        (INCLUDE, '#include "z.h"\n#include "foo.h"\n#include "a.h"\n'),
        (DATA, f"{DATA}\t.number = Z + A,\n"),
    )
    files = {"drv/foo.c": source, "drv/z.h": "#pragma once\n#define Z 1\n"}
    files["drv/a.h"] = "#pragma once\n#define A 2\n"
    root = write(small_tree(tmp_path, files))
    assert includes(root, "drv/main.c") == ['"z.h"', '"foo.h"', '"a.h"', '"foo_ops.h"']


def test_header_without_guard_is_left_to_those_who_include_the_new_one(tmp_path: Path) -> None:
    source = changed(
        (INCLUDE, '#include "types.h"\n#include "foo.h"\n'),
        ("foo_open(int unit)", "foo_open(u unit)"),
    )
    files = {"drv/foo.c": source, "drv/types.h": "typedef int u;\n"}
    root = write(small_tree(tmp_path, files))
    assert '"types.h"' not in includes(root, "drv/foo_ops.h")
    assert includes(root, "drv/main.c") == ['"types.h"', '"foo.h"', '"foo_ops.h"']
    assert includes(root, "drv/foo.c")[-1] == '"foo_ops.h"'


def test_header_gets_what_it_relies_on(tmp_path: Path) -> None:
    header = changed(
        ("int foo_init(void);", "static inline u f(void) { return limit; }"), text=HEADER
    )
    files = {
        "drv/foo.c": changed((INCLUDE, '#include "u.h"\n#include "v.h"\n#include "foo.h"\n')),
        "drv/foo.h": header,
        "drv/u.h": "#pragma once\ntypedef int u;\n",
        "drv/v.h": "#pragma once\nextern int limit;\n",
    }
    root = write(small_tree(tmp_path, files))
    assert includes(root, "drv/main.c") == ['"u.h"', '"v.h"', '"foo.h"', '"foo_ops.h"']


def test_header_that_comes_too_early_gets_what_it_uses_first(tmp_path: Path) -> None:
    """`part.h` is right behind `key.h` only, and `all.h` includes both, in the wrong order."""
    source = changed(
        (INCLUDE, '#include "key.h"\n#include "all.h"\n#include "foo.h"\n'),
        (DATA, f"{DATA}\t.number = ALL,\n"),
    )
    files = {
        "drv/foo.c": source,
        "drv/key.h": "#pragma once\nstruct key { int k; };\n",
        "drv/part.h": "#pragma once\nstruct part { struct key key; };\n",
        "drv/all.h": '#pragma once\n#include "part.h"\n#include "key.h"\n#define ALL 1\n',
    }
    root = write(small_tree(tmp_path / "early", files))
    assert includes(root, "drv/main.c") == ['"key.h"', '"all.h"', '"foo.h"', '"foo_ops.h"']
    files["drv/all.h"] = '#pragma once\n#include "key.h"\n#include "part.h"\n#define ALL 1\n'
    root = write(small_tree(tmp_path / "in time", files))
    assert includes(root, "drv/main.c") == ['"all.h"', '"foo.h"', '"foo_ops.h"']


@pytest.mark.parametrize("relies", ["int more[LIMIT];", "int LIMIT;", "enum { A = LIMIT } a;"])
def test_header_gets_the_macros_it_relies_on(relies: str, tmp_path: Path) -> None:
    header = changed(("\tint number;\n", f"\tint number;\n\t{relies}\n"), text=HEADER)
    files = {
        "drv/foo.c": changed((INCLUDE, f'#include "u.h"\n{INCLUDE}')),
        "drv/foo.h": header,
        "drv/u.h": "#pragma once\n#define LIMIT 2\n",
    }
    root = write(small_tree(tmp_path, files))
    assert includes(root, "drv/main.c") == ['"u.h"', '"foo.h"', '"foo_ops.h"']


def test_macro_that_both_use_goes_to_the_header(tmp_path: Path) -> None:
    source = changed(
        (INCLUDE, f"{INCLUDE}\n#define FOO_MAX 4\n"),
        ("return unit;", "return unit + FOO_MAX;"),
        (DATA, f"{DATA}\t.number = FOO_MAX,\n"),
    )
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    assert "#define FOO_MAX 4" in lines(root, "drv/foo_ops.h")
    assert "#define FOO_MAX 4" not in lines(root, "drv/foo.c") + lines(root, "drv/main.c")


def test_macro_in_a_prototype_goes_to_the_header(tmp_path: Path) -> None:
    source = changed(
        (INCLUDE, f"{INCLUDE}\n#define N 4\n"), ("foo_open(int unit)", "foo_open(int unit[N])")
    )
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    header = lines(root, "drv/foo_ops.h")
    assert header.index("#define N 4") < header.index("int foo_open(int unit[N]);")


def test_macro_stands_in_for_a_function(tmp_path: Path) -> None:
    source = changed(
        ("static int foo_open", "#ifdef A\nstatic int foo_open"),
        ("\treturn unit;\n}\n", "\treturn unit;\n}\n#else\n#define foo_open NULL\n#endif\n"),
        ("return foo_open(unit)", "return unit"),
    )
    root = write(small_tree(tmp_path, {"drv/foo.c": source}))
    main, header = "\n".join(lines(root, "drv/main.c")), "\n".join(lines(root, "drv/foo_ops.h"))
    assert "#ifndef A\n#define foo_open NULL\n#endif\n" in main
    assert "#ifdef A\nint foo_open(int unit);\n#endif\n" in header
    assert "#else" not in lines(root, "drv/foo.c")


@pytest.mark.parametrize(
    ("code", "pairs", "files"),
    [
        (
            "VT028",
            [
                (
                    "static struct ops",
                    "static int list[] = { [sizeof(int)] = 2 };\n\nstatic struct ops",
                ),
                (DATA, f"{DATA}\t.data = list,\n\t.number = ARRAY_SIZE(list),\n"),
            ],
            {},
        ),
        ("VT047", [("struct ops foo_ops", "struct ops: foo_ops")], {}),
        (
            "VT033",
            [("int foo_init", "DEFINE_SHOW(foo);\n\nint foo_init")],
            {"h": "#define DEFINE_SHOW(x) static void *x##_all = &x##_ops\n"},
        ),
        (
            "VT044",
            [
                (INCLUDE, f'{INCLUDE}#ifdef A\n#include "compat.c"\n#else\n#define f 0\n#endif\n'),
                (DATA, f"{DATA}\t.number = f,\n"),
            ],
            {"drv/compat.c": "static int f(int unit)\n{\n\treturn 0;\n}\n"},
        ),
        (
            "VT036",
            [("static int foo_open", "int foo_open")],
            {"drv/other.c": "int foo_open(int a) { return a; }\n"},
        ),
    ],
)
def test_what_is_refused(
    tmp_path: Path, code: str, pairs: list[tuple[str, str]], files: dict[str, str]
) -> None:
    """Each of these went through once, and made C that did not compile."""
    header = HEADER.replace("#endif", files.pop("h", "") + "#endif")
    spec = SPEC + ('[rename]\nfoo_open = "foo_unit_open"\n' if code == "VT036" else "")
    more = {"drv/foo.c": changed(*pairs), "drv/foo.h": header, "vtsplit.toml": spec, **files}
    result = split(small_tree(tmp_path, more))
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr, result.stderr


def test_list_of_one_assignment_an_object_is_accounted_for(tmp_path: Path) -> None:
    names = ["foo", "a", "b", "c", "d", "e"]
    text = "obj-m += x.o\n" + "".join(f"x-y += {name}.o\n" for name in names)
    root = write(small_tree(tmp_path, {"drv/Makefile": text}))
    assert "x-y += main.o" in lines(root, "drv/Makefile")


def test_source_behind_a_link_and_header_in_a_new_folder(tmp_path: Path) -> None:
    spec = changed(('"drv/foo_ops.h"', '"include/foo_ops.h"'), text=SPEC)
    files = {"drv/foo.c": None, "real.c": SOURCE, "vtsplit.toml": spec, "drv/Makefile": MAKEFILE}
    root = small_tree(tmp_path, files)
    (root / "drv/foo.c").symlink_to("../real.c")
    write(root)
    assert (root / "drv/foo.c").is_symlink()
    assert '#include "../include/foo_ops.h"' in lines(root, "real.c")
    assert (root / "include/foo_ops.h").exists()


def test_byte_order_mark_stays_in_front(tmp_path: Path) -> None:
    root = write(small_tree(tmp_path, {"drv/foo.c": "\ufeff" + SOURCE}))
    assert (root / "drv/foo.c").read_text().startswith("\ufeff// SPDX")


@pytest.mark.parametrize(("length", "call"), [(1, ""), (9, "()"), (300, "()")])
def test_chain_of_macros_is_followed_to_its_end(tmp_path: Path, length: int, call: str) -> None:
    chain = "".join(f"#define M{at}{call} M{at + 1}{call}\n" for at in range(length))
    last = f"#define M{length}{call} foo_open\n"
    source = SOURCE.replace("static struct ops", f"{chain}{last}\nstatic struct ops")
    root = small_tree(
        tmp_path, {"drv/foo.c": source.replace(".open = foo_open", f".open = M0{call}")}
    )
    write(root)
    assert "int foo_open(int unit);" in (root / "drv/foo_ops.h").read_text()
    assert "\nint foo_open(int unit)\n" in (root / "drv/foo.c").read_text()


def test_macros_that_call_each_other_end(tmp_path: Path) -> None:
    rounds = "#define A(...) B(1, __VA_ARGS__)\n#define B(...) A(2, __VA_ARGS__)\n"
    source = SOURCE.replace("static struct ops", f"{rounds}\nstatic struct ops")
    root = small_tree(
        tmp_path, {"drv/foo.c": source.replace("\t.open", "\t.number = A(3),\n\t.open")}
    )
    assert split(root).exit_code in {0, 2}


def test_table_cannot_have_the_name_that_a_function_gets(tmp_path: Path) -> None:
    source = SOURCE.replace("foo_open", "start")
    spec = SPEC.replace('"bar_ops"', '"foo_start"')
    result = split(small_tree(tmp_path, {"drv/foo.c": source, "vtsplit.toml": spec}))
    assert result.exit_code == 2
    assert "error[VT030]: 'start' and 'foo_ops' would both be 'foo_start'" in result.stderr


def test_a_declaration_that_has_no_definition_is_refused(tmp_path: Path) -> None:
    root = small_tree(tmp_path)
    tree = SourceTree(root)
    plan = make_plan(read_context(load((root / "vtsplit.toml").read_text(), "vtsplit.toml"), tree))
    more = (*plan.header.declared, Declared("ghost", (), is_object=False))
    header = replace(plan.header, declared=more, order=(*plan.header.order, "ghost"))
    plan = replace(plan, header=header)
    with pytest.raises(RefusedError, match="'ghost' cannot be declared"):
        carry_out(plan, tree)


def test_a_header_that_declares_the_table_ahead_includes_the_new_one(tmp_path: Path) -> None:
    """`static struct ops foo_ops;` in a header that the source includes is no other object."""
    source = changed((INCLUDE, f'{INCLUDE}#include "ahead.h"\n'))
    ahead = "#ifndef AHEAD_H\n#define AHEAD_H\n\nstatic struct ops foo_ops;\n\n#endif\n"
    root = write(small_tree(tmp_path, {"drv/foo.c": source, "drv/ahead.h": ahead}))
    text = (root / "drv/ahead.h").read_text()
    assert "static struct ops foo_ops;" not in text
    assert '#include "foo_ops.h"' in text


def test_a_header_that_makes_a_function_static_by_its_type_is_refused(tmp_path: Path) -> None:
    header = HEADER.replace(
        "int foo_init", "typedef int open_t(int unit);\nstatic open_t foo_open;\n\nint foo_init"
    )
    result = split(small_tree(tmp_path, {"drv/foo.h": header}))
    assert result.exit_code == 2
    assert "error[VT042]" in result.stderr
