"""A `#line` gives a place another name, as yacc writes it: nothing is read there."""

import shutil
from pathlib import Path

import pytest

from built import verify
from program_pairs import ProgramPair, check_other, check_same, lay
from vtsplit.verify.exports import find_exports

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

HEADER = "struct ops { int (*a)(int); };\n"
MADE = '#include "a.h"\n#line 3 "src/gram.y"\n'
OWN = "static int go(int x) { return x + 1; }\n"
USE = "int shown(void) { return ops.a(8); }\n"
START = "static int n;\nstatic __attribute__((constructor)) void start(void) { n = 3; }\n"
BEFORE = {
    "a.h": HEADER,
    "a.c": f"{MADE}{OWN}static struct ops ops = {{ .a = go }};\n{USE}",
}
AFTER = {
    "a.h": f"{HEADER}extern struct ops ops;\nint go(int x);\n",
    "a.c": MADE + OWN.replace("static ", "") + USE,
    "a_main.c": '#include "a.h"\nstruct ops ops = { .a = go };\n',
}


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize(
    "named", ["src/gram.y", "a.y", "b.c", "main.c", "/nowhere/gram.y", "<stdin>"]
)
def test_named_file_is_not_read(named: str, tmp_path: Path) -> None:
    before, after = (
        {path: text.replace("src/gram.y", named) for path, text in files.items()}
        for files in (BEFORE, AFTER)
    )
    check_same(tmp_path, ProgramPair(before, after))


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("named", ["a.h", "<built-in>", "main.c"])
def test_another_program_is_found_below_it(named: str, tmp_path: Path) -> None:
    use = USE.replace("ops.a(8)", "n + ops.a(8)")
    before, after = (
        {path: text.replace("src/gram.y", named).replace(USE, START + use) for path, text in files}
        for files in (BEFORE.items(), AFTER.items())
    )
    check_other(tmp_path, ProgramPair(before, {**after, "a.c": after["a.c"].replace("3;", "4;")}))


@pytest.mark.slow
@needs_gcc
def test_header_of_the_other_tree_is_still_refused(tmp_path: Path) -> None:
    # It is read, and a `#line` in it makes no difference.
    inner = '#line 9 "b.y"\nstatic inline int more(void) { return 1; }\n'
    lay(tmp_path, ProgramPair({**BEFORE, "b.h": inner}, {**AFTER, "b.h": inner}))
    for side in ("before", "after"):
        path = tmp_path / side / "a.c"
        path.write_text(f'#include "{tmp_path}/before/b.h"\n{path.read_text()}')
    (tmp_path / "after" / "b.h").unlink()
    result = verify(
        tmp_path / "before",
        tmp_path / "after",
        "--compile-commands",
        str(tmp_path / "all.json"),
    )
    assert result.exit_code == 2, result.output
    assert "would read 'b.h'" in result.output


EXPORT = "\nint one(void)\n{\n\treturn 1;\n}\nEXPORT_SYMBOL(one);\n"


@pytest.mark.parametrize("line", ["#line 3", "# 3", '#  line 3 "a.y"', "#/**/line 3", "%:line 3"])
def test_lines_of_exports_are_not_known_then(line: str) -> None:
    texts = {
        "Makefile": "obj-m += one.o two.o\none-y := a.o\ntwo-y := b.o\n",
        "b.c": "int one(void);\nint two(void)\n{\n\treturn one();\n}\n",
    }
    before = {**texts, "a.c": EXPORT.replace("EXPORT_SYMBOL(one);\n", "")}
    for text, known in ((EXPORT, {"a.c": {6: ("exported", "one")}}), (f"{line}{EXPORT}", {})):
        after = {**texts, "a.c": text}
        assert find_exports(before.get, after.get, ["a.c", "b.c"]) == known
