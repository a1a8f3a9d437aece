"""`vtsplit verify` with a build that leaves code out: it has other names in the text alone."""

import shutil
from pathlib import Path

import pytest

from built import build, verify

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

HEADER = "#include <stdio.h>\nstruct ops { int (*read)(int x); };\nint f(int x);\n"
FRONT = '#include "ops.h"\n'
BODY = "int x) { return x + 1; }\n"
TABLE = "struct ops %s = { .read = %s };\n"
USER = "int f(int x) { return %s.read(x); }\n#else\nint f(int x) { return x; }\n#endif\n"
BEFORE = {
    "ops.h": HEADER,
    "a.c": f"{FRONT}#ifdef OFF\nstatic int read({BODY}static {TABLE % ('ops', 'read')}"
    + USER % "ops",
}
NEW = "#ifdef OFF\nextern struct ops a_ops;\nint a_read(int x);\n#endif\n"
AFTER = {
    "ops.h": HEADER,
    "a_ops.h": NEW,
    "a.c": f'{FRONT}#include "a_ops.h"\n#ifdef OFF\nint a_read({BODY}' + USER % "a_ops",
    "main.c": f'{FRONT}#include "a_ops.h"\n#ifdef OFF\n{TABLE % ("a_ops", "a_read")}#endif\n',
}


def judge(top: Path, before: dict[str, str], after: dict[str, str], *flags: str) -> tuple[int, str]:
    """Write two trees, build the first one, and return the exit code and the report."""
    for name, files in (("before", before), ("after", after)):
        objects = " ".join(sorted(p.replace(".c", ".o") for p in files if p.endswith(".c")))
        for path, text in {**files, "Makefile": f"obj-y += {objects}\n"}.items():
            (top / name).mkdir(exist_ok=True)
            (top / name / path).write_text(text)
    build(top / "before", "a.c", flags=["-I.", *flags])
    result = verify(top / "before", top / "after")
    return result.exit_code, result.output


@pytest.mark.parametrize(("flags", "declared"), [([], ""), (["-DOFF"], "2 declared")])
def test_what_the_build_leaves_out_may_have_other_names(
    tmp_path: Path, flags: list[str], declared: str
) -> None:
    code, output = judge(tmp_path, BEFORE, AFTER, *flags)
    assert code == 0, output
    assert declared in output
    assert bool(declared) is ("declared" in output)  # what headers declare is not new


def changed(path: str, old: str, new: str) -> dict[str, dict[str, str]]:
    """Return the tree after with another text in a file."""
    assert old in AFTER[path]
    return {"after": {path: AFTER[path].replace(old, new)}}


def both(path: str, text: str) -> dict[str, dict[str, str]]:
    """Return both trees with a text more behind the first line of a file."""
    trees = {}
    for name, tree in (("before", BEFORE), ("after", AFTER)):
        first, rest = tree[path].split("\n", 1)
        trees[name] = {path: f"{first}\n{text}{rest}"}
    return trees


WRONG = {
    "body": changed("a.c", "x + 1", "x + 2"),
    "entry": changed("main.c", ".read = a_read", ".read = f"),
    "user that has the old name": changed("a.c", "return a_ops.read", "return ops.read"),
    "lost": changed("main.c", TABLE % ("a_ops", "a_read"), ""),
    "guard": changed("a.c", "#ifdef OFF", "#ifdef ON"),
    "macro names it": both("a.c", "#define CALL(x) read(x)\n"),
    "macro of a header names it": {
        name: {**one, **other}
        for (name, one), other in zip(
            both("ops.h", "#define CALL(x) read(x)\n").items(),
            both("a.c", "#ifdef OFF\nint g(void) { return CALL(1); }\n#endif\n").values(),
            strict=True,
        )
    },
    "macro makes it": both("a.c", "#define CALL(x) re##x(1)\n#define USE CALL(ad)\n"),
    "header names it": both("ops.h", "static inline int g(void) { return read(1); }\n"),
    "code that is always there names it": both(
        "a.c", "#ifndef OFF\nint read(int x);\n#endif\nint g(void) { return read(1); }\n"
    ),
}


@pytest.mark.parametrize("trees", WRONG.values(), ids=WRONG)
def test_what_else_differs_there_is_found(tmp_path: Path, trees: dict[str, dict[str, str]]) -> None:
    before, after = BEFORE | trees.get("before", {}), AFTER | trees["after"]
    code, output = judge(tmp_path, before, after)
    assert code == 1, output
    assert "in the text, under #if conditions" in output
