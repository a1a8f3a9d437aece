"""`vtsplit verify` where a new name means something else: each text is equal, the program is not.

A case is the text of both trees: `<old|new>` is what they have at a place, and `// a.c` begins a
file.
"""

import re
import shutil
from pathlib import Path

import pytest

from built import build, verify
from how_many import mostly_slow

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

CHOICE = re.compile(r"<([^<>|]*)\|([^<>|]*)>")
FUNCTION = "static int <n|m>(int x) { return x + 1; }\n"
VALUE = "static int <n|m> = 5;\n"
# Another file, whose function becomes global under a name.
TAKES = "// b.c\n<static |>int <k|n>(int x) { return x + 7; }\nint b(int x) { return <k|n>(x); }\n"
# Another file, which has had a function of the old name for all others.
STAYS = "// b.c\nint n(int x) { return x + 7; }\nint b(int x) { return n(x); }\n"

HIDDEN = {
    "variable": VALUE + "int a(int x) { int q = 1, m = x; return <n|m> + m + q; }",
    "variable of typeof": VALUE + "int a(int x) { __typeof__(x) m = x; return <n|m> + m; }",
    "variable of a loop": VALUE
    + "int a(int x) { for (int m = 0; m < 2; m++) x += <n|m>; return x; }",
    "parameter": VALUE + "int a(int m) { return <n|m> + m; }",
    "old parameter": VALUE + "int a(m) int m; { return <n|m> + m; }",
    "enumerator": VALUE + "int a(int x) { enum { m = 3 }; return <n|m> + m; }",
    "variable that a macro declares": "#define LOCAL int m = x\n"
    + VALUE
    + "int a(int x) { LOCAL; return <n|m> + x; }",
    "variable that a header's macro declares": "// h.h\n#define LOCAL int m = x\n"
    '// a.c\n#include "h.h"\n' + VALUE + "int a(int x) { LOCAL; return <n|m> + x; }",
    "variable that begins with it": VALUE + "int a(int x) { int m = <n|m>; return m + x; }",
    "function inside": FUNCTION
    + "int a(int x) { int m(int y) { return y * 3; } return <n|m>(x) + m(x); }",
    "parameter of a macro": VALUE + "#define N(m) (<n|m> + m)\nint a(int x) { return N(x); }",
    "variable where a macro names it": VALUE
    + "#define N (<n|m> + 1)\nint a(int x) { int m = x; return N + m; }",
    "one of a chain": "static int <x|y>(int i) { return i + 1; }\n"
    "static int <y|z>(int i) { return i + 2; }\n"
    "int a(int z) { return <x|y>(z) + z; }\nint c(int i) { return <y|z>(i); }",
    "in another branch": FUNCTION
    + "#ifdef Q\n<int m(int);|>\nint a(int x) { return m(x) + <n|m>(x); }\n"
    "#else\nint a(int x) { return <n|m>(x); }\n#endif",
}
NAMED = {
    "assembly": "__attribute__((used)) "
    + FUNCTION
    + 'int a(int x) { int r; __asm__("call n" : "=a"(r) : "D"(x)); return r + <n|m>(x); }\n'
    + STAYS,
    "assembly at file scope": '__asm__(".globl q\\n.set q, n\\n");\nint q(int);\n'
    "__attribute__((used)) " + FUNCTION + "int a(int x) { return q(x); }\n" + STAYS,
    "assembly by a macro": '#define CALL(f, r, x) __asm__("call " f : "=a"(r) : "D"(x))\n'
    "__attribute__((used)) "
    + FUNCTION
    + 'int a(int x) { int r; CALL("n", r, x); return r + <n|m>(x); }\n'
    + STAYS,
    "weakref": 'static int q(int) __attribute__((weakref("n")));\n'
    "int a(int x) { return q ? q(x) : 9; }\n" + TAKES,
    "name for the assembler": '// a.c\nint q(int) __asm__("toupper");\n'
    "int a(int x) { return q(x); }\n" + TAKES.replace("|n>", "|toupper>"),
    "pragma weak": "int n(int);\n#pragma weak n\nint a(int x) { return n ? n(x) : 9; }\n" + TAKES,
    "macro of a header": "// h.h\n#define CALL(x) n(x)\n// a.c\n<|int n(int);>\n"
    + FUNCTION
    + '#include "h.h"\nint a(int x) { return CALL(x) + <n|m>(x); }\n'
    + STAYS,
    "list of a header": "// list.h\nX(n)\n// a.c\n<|int n(int);>\n"
    + FUNCTION
    + 'int a(int x) {\n#define X(f) x += f(x);\n#include "list.h"\nreturn <n|m>(x); }\n'
    + STAYS,
    "list of a macro": "#define L X(n)\n<|int n(int);>\n"
    + FUNCTION
    + "int a(int x) {\n#define X(f) x += f(x);\nL\nreturn <n|m>(x); }\n"
    + STAYS,
    "macro that joins it": "// h.h\n#define CAT(a, b) a##b\n#define CALL(x) CAT(x, _go)(1)\n"
    '// a.c\n#include "h.h"\n<|int n_go(int);>\nstatic int <n_go|m>(int x) { return x + 1; }\n'
    "int a(int x) { return CALL(n) + <n_go|m>(x); }\n"
    + STAYS.replace("n(x", "n_go(x").replace("n(int", "n_go(int"),
    "macro that joins something to it": "// h.h\n#define CALL(x) x##_go(1)\n// a.c\n"
    '#include "h.h"\n'
    + FUNCTION
    + "static int n_go(int x) { return 4; }\nstatic int m_go(int x) { return 5; }\n"
    "int a(int x) { return CALL(<n|m>) + <n|m>(x) + n_go(x) + m_go(x); }",
    "macro that shows it": '// h.h\n#define S(x) #x\n// a.c\n#include "h.h"\n'
    + FUNCTION
    + "int a(int x) { return <n|m>(x) + S(<n|m>)[0]; }",
    "macro of the new name": "// h.h\nstruct o { int v; };\nextern struct o q;\n#define t q\n"
    '// a.c\n#include "h.h"\n#undef t\nstatic struct o <s|t> = { .v = 5 };\n#define t q\n'
    "int a(int x) { return <s|t>.v; }\n// b.c\n" + '#include "h.h"\nstruct o q = { .v = 6 };\n',
}
CALLED = FUNCTION + "int a(int x) { return <n|m>(x); }\n#ifdef OFF\n"
LEFT_OUT = {
    "variable": VALUE + "#ifdef OFF\nint c(int m) { return <n|m> + m; }\n#endif",
    "assembly": CALLED
    + 'int c(int x) { int r; __asm__("call n" : "=a"(r) : "D"(x)); return r; }\n#endif\n'
    + STAYS,
    "alias": CALLED + 'extern int c(int x) __attribute__((alias("n")));\n#endif\n' + STAYS,
    "macro of a header, by another one": "// h.h\n#define GO(x) n(x)\n#define CALL(x) GO(x)\n"
    '// a.c\n#include "h.h"\n<|int n(int);>\n'
    + CALLED
    + "int c(int x) { return CALL(x); }\n#endif\n"
    + STAYS,
    "macro that joins it": "// h.h\n#define CAT(a, b) a##b\n#define CALL(x) CAT(x, _go)(1)\n"
    '// a.c\n#include "h.h"\n<|int n_go(int);>\n'
    + CALLED.replace("<n|", "<n_go|")
    + "int c(int x) { return CALL(n); }\n#endif\n"
    + STAYS.replace("n(x", "n_go(x").replace("n(int", "n_go(int"),
    "one of two branches": "#ifdef OFF\nstatic int <n|m>(int x) { return x + 1; }\n#else\n"
    "static int n(int x) { return x + 2; }\n#endif\nint a(int x) { return n(x); }",
}
USER = "int a(int x) { return toupper(x); }\n"
MEANT = {
    "of the C library": "int toupper(int);\n" + USER,
    "of the C library, declared inside": "int a(int x) { int toupper(int); return toupper(x); }\n",
    "of the C library, by a header's macro": "// h.h\nint toupper(int);\n#define UP(x) toupper(x)\n"
    '// a.c\n#include "h.h"\nint a(int x) { return UP(x); }\n',
    "of the C library, by a header's function": "// h.h\nint toupper(int);\n"
    "static inline int up(int x) { return toupper(x); }\n"
    '// a.c\n#include "h.h"\nint a(int x) { return up(x); }\n',
    "a weak one": "__attribute__((weak)) int toupper(int x) { return x; }\n" + USER,
    "nothing, as it was weak": "extern int toupper(int) __attribute__((weak));\n"
    "int a(int x) { return toupper ? toupper(x) : 9; }\n",
    "of the C library, in code that is left out": "int toupper(int);\nint a(int x)\n{\n"
    "#ifdef OFF\n\treturn toupper(x);\n#else\n\treturn x;\n#endif\n}\n",
}
FINE = {
    "member, tag, label": "struct m { int m; };\n"
    + VALUE
    + "int a(int x) { struct m q = { .m = x }; goto m;\nm: return <n|m> + q.m; }",
    "string of plain text": FUNCTION + 'int a(int x) { return <n|m>(x) + "n m"[0]; }',
    "operand of assembly": VALUE
    + 'int a(int x) { int r; __asm__("mov %[m], %0" : "=r"(r) : [m] "r"(<n|m>)); return r; }',
    "macro that is renamed": VALUE + "#define N (<n|m> + 1)\nint a(int x) { return N + x; }",
    "an enumerator elsewhere": "enum { n = 1 };\nstatic int t[3] = { [n] = 4 };\n"
    "int a(int x) { return t[n]; }\n" + TAKES,
    "what others have under that name": "int a(int x) { int n = x; return n; }\n" + TAKES,
    "both files to one name": FUNCTION
    + "int a(int x) { return <n|m>(x); }\n// b.c\n"
    + FUNCTION
    + "int b(int x) { return <n|m>(x); }",
    "a global one in branches": "#ifdef A\n<static |>int <n|m>(int x) { return x + 1; }\n#else\n"
    "<static |>int <n|m>(int x) { return x + 2; }\n#endif\nint a(int x) { return <n|m>(x); }",
}


def judge(top: Path, case: str, *options: str) -> tuple[int, str]:
    """Write both trees of a case, build the first one, and return exit code and report."""
    pieces = re.split(
        r"^// (\S+)\n", case if case.startswith("//") else f"// a.c\n{case}", flags=re.M
    )
    files = {
        path: f"{text.rstrip()}\n" for path, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    sources = [path for path in files if path.endswith(".c")]
    files["Makefile"] = f"obj-y += {' '.join(path.replace('.c', '.o') for path in sources)}\n"
    for side, name in enumerate(("before", "after"), 1):
        (top / name).mkdir()
        for path, text in files.items():
            (top / name / path).write_text(CHOICE.sub(rf"\{side}", text))
    build(top / "before", *sources, flags=["-w", "-I.", "-fno-builtin"])
    result = verify(top / "before", top / "after", *options)
    return result.exit_code, result.output


def every(cases: dict[str, str], fast: int) -> list[object]:
    options = (["--textual"], [], ["--no-objects"])
    return mostly_slow([(name, one) for name in cases for one in options], fast)


@pytest.mark.parametrize(("name", "options"), every(HIDDEN, 11))
def test_a_local_name_hides_the_new_one(name: str, options: list[str], tmp_path: Path) -> None:
    code, output = judge(tmp_path, HIDDEN[name], *options)
    assert code == 1, output


@pytest.mark.parametrize(("name", "options"), every(NAMED, 13))
def test_what_names_it_and_does_not_change(name: str, options: list[str], tmp_path: Path) -> None:
    code, output = judge(tmp_path, NAMED[name], *options)
    assert code == 1, output


@pytest.mark.parametrize(("name", "options"), every(MEANT, 10))
def test_what_the_name_meant_in_files_that_stay(
    name: str, options: list[str], tmp_path: Path
) -> None:
    for old in ("k", "toupper"):  # it may have had that name, and be static
        case = MEANT[name] + TAKES.replace("|n>", "|toupper>").replace("<k|", f"<{old}|")
        (tmp_path / old).mkdir()
        code, output = judge(tmp_path / old, case, *options)
        assert code == 1, output


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_the_build_leaves_out(name: str, tmp_path: Path) -> None:
    code, output = judge(tmp_path, LEFT_OUT[name])
    assert code == 1, output
    assert "in the text, under #if conditions" in output


@pytest.mark.parametrize(("name", "options"), every(FINE, 7))
def test_what_means_the_same_is_proved(name: str, options: list[str], tmp_path: Path) -> None:
    code, output = judge(tmp_path, FINE[name], *options)
    assert code == 0, output


ELSEWHERE = """// h.h
#define CALL(x) <n|m>(x)
// a.c
<int n(int);|>
int <n|m>(int x) { return x + 1; }
// b.c
#include "h.h"
static int m(int x) { return x + 9; }
int b(int x) { return %s(x); }
"""


@pytest.mark.parametrize("options", [["--textual"], []], ids=" ".join)
@pytest.mark.parametrize(("call", "wanted"), [("m(x) + CALL", 1), ("m", 0)])
def test_a_headers_macro_gives_another_file_the_new_name(
    call: str, wanted: int, options: list[str], tmp_path: Path
) -> None:
    code, output = judge(tmp_path, ELSEWHERE % call, *options)
    assert code == wanted, output
