"""Functions that do the same, by the rules of `same_function`, and functions that may not."""

import random
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest

from how_many import examples
from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.meaning.same_function import same_function

MACROS = """\
#define BOTH(x) note(1, x); note(2, x)
#define ONE(x) do { note(3, x); note(4, x); } while (0)
#define WHEN(x) if (x)
#define SHOW(x) note_text(#x)
#define SEES(x) note(5, (x) + r)
#define PART(p, m) note(6, (p)->m)
#define PLAIN(x) note(7, (x))
#define OUTER(x) SHOW(x)
#define RUN(x) x
#define LIMIT 3
"""


def known(names: Collection[str]) -> Mapping[str, Sequence[Macro]]:
    """Look macros up in the text above."""
    found = [macro for line in MACROS.splitlines() if (macro := read_macro(line))]
    return {macro.name: [macro] for macro in found if macro.name in names}


MADE = """\
static int op(struct unit *unit, int how)
{
	int r;

	if (is_b(unit)) {
		r = b_op(unit, how);
		if (r)
			return r;
	}

	return a_op(unit, how);
}"""

ALIKE = {
    "blanks": (MADE, " ".join(MADE.split())),
    "a comment": (MADE, MADE.replace("\treturn r;", "\treturn r;\t/* busy */")),
    "the result": (MADE, re.sub(r"\br\b", "error", MADE)),
    "a parameter of its tag's name": (MADE, re.sub(r"\bunit\b(?! \*)", "u", MADE)),
    "a parameter": (MADE, re.sub(r"\bhow\b", "mode", MADE)),
    "both names exchanged": (
        "int f(int a, int b) { return g(a) - g(b); }",
        "int f(int b, int a) { return g(b) - g(a); }",
    ),
    "braces": (MADE, MADE.replace("if (r)\n\t\t\treturn r;", "if (r) {\n\t\t\treturn r;\n\t\t}")),
    "a macro that is one statement": ("void f(int a) { if (a) ONE(a); }",
                                      "void f(int a) { if (a) { ONE(a); } }"),
    "a returned call": ("static void f(int a) { if (a) { g(a); return; } h(); }",
                        "static void f(int a) { if (a) return g(a); return h(); }"),
    "specifiers": ("static __init int f(void) { return 0; }",
                   "static int __init f(void) { return 0; }"),
    "an else and its if": ("void f(int a) { if (a) g(); else if (h()) k(); }",
                           "void f(int a) { if (a) { g(); } else { if (h()) { k(); } } }"),
    "a choice turned round": ("int f(int a) { if (!g(a)) return 0; return h(a); }",
                              "int f(int a) { if (g(a)) return h(a); return 0; }"),
    "a return with nothing behind it": ("void f(int a) { if (a) g(); }",
                                        "void f(int a) { if (a) return g(); }"),
    "an integer's name": ("int f(void) { s32 r = g(); return r; }",
                          "int f(void) { s32 e = g(); return e; }"),
}  # fmt: skip

NOT_ALIKE = {
    "another function": (MADE, MADE.replace("a_op(", "a_ops(")),
    "a choice of other values": ("int f(int a) { if (!g(a)) return 0; return h(a); }",
                                 "int f(int a) { if (g(a)) return 0; return h(a); }"),
    "a denied macro": ("int f(int a) { if (!RUN(a == 1)) return 0; return 1; }",
                       "int f(int a) { if (RUN(a == 1)) return 1; return 0; }"),
    "a denied operand": ("int f(int a) { if (!g(a) && a) return 0; return 1; }",
                         "int f(int a) { if (g(a) && a) return 1; return 0; }"),
    "more than returns": ("int f(int a) { if (!g(a)) { k(); return 0; } return h(a); }",
                          "int f(int a) { if (g(a)) return h(a); k(); return 0; }"),
    "a return with something behind it": ("void f(int a) { if (a) g(); h(); }",
                                          "void f(int a) { if (a) return g(); h(); }"),
    "a return in front of an else": ("void f(int a) { if (a) { g(); return; } else h(); k(); }",
                                     "void f(int a) { if (a) g(); else h(); k(); }"),
    "a negation": (MADE, MADE.replace("if (r)", "if (!r)")),
    "arguments exchanged": ("int f(int a, int b) { return g(a, b); }",
                            "int f(int a, int b) { return g(b, a); }"),
    "a name captured": ("int f(int a) { int r; r = g(a); return r; }",
                        "int f(int a) { int g; g = g(a); return g; }"),
    "two names made one": ("int f(int a, int b) { return g(a, b); }",
                           "int f(int a, int a) { return g(a, a); }"),
    "a global": ("int f(void) { return limit; }", "int f(void) { return bound; }"),
    "a global that is a local later": ("int f(void) { g(x); { int x; h(x); } return 0; }",
                                       "int f(void) { g(y); { int y; h(y); } return 0; }"),
    "a member": ("int f(struct s *p, int a) { return p->a; }",
                 "int f(struct s *p, int b) { return p->b; }"),
    "a tag": ("int f(int a) { struct a x; return g(&x); }",
              "int f(int b) { struct b x; return g(&x); }"),
    "a type": ("int f(foo *foo) { return g(foo); }", "int f(bar *bar) { return g(bar); }"),
    "an offset": ("int f(int a) { return offsetof(struct s, a); }",
                  "int f(int b) { return offsetof(struct s, b); }"),
    "a label": ("int f(int a) { goto a; a: return 0; }", "int f(int b) { goto b; b: return 0; }"),
    "braces round two": ("void f(int a) { if (a) g(); h(); }",
                         "void f(int a) { if (a) { g(); h(); } }"),
    "another if's else": ("void f(int a) { if (a) if (g()) h(); else k(); }",
                          "void f(int a) { if (a) { if (g()) h(); } else k(); }"),
    "a macro of two statements": ("void f(int a) { if (a) BOTH(a); }",
                                  "void f(int a) { if (a) { BOTH(a); } }"),
    "a macro that is an if": ("void f(int a) { if (a) WHEN(g()) h(); else k(); }",
                              "void f(int a) { if (a) { WHEN(g()) h(); } else k(); }"),
    "a macro that shows a name": ("void f(int a) { SHOW(a); }", "void f(int b) { SHOW(b); }"),
    "one that does so by another": ("void f(int a) { OUTER(a); }", "void f(int b) { OUTER(b); }"),
    "a macro that sees a local": ("int f(int a) { int r; r = 1; SEES(a); return r; }",
                                  "int f(int a) { int e; e = 1; SEES(a); return e; }"),
    "a macro's member": ("void f(struct s *p, int a) { PART(p, a); }",
                         "void f(struct s *p, int b) { PART(p, b); }"),
    "a returned value": ("static int f(int a) { return g(a); }",
                         "static int f(int a) { g(a); return; }"),
    "a return in the middle": ("void f(int a) { if (a) g(); h(); }",
                               "void f(int a) { if (a) { g(); return; } h(); }"),
    "a loop that is a macro": ("void f(int a) { if (a) each(a) { g(); } h(); }",
                               "void f(int a) { if (a) { each(a) { g(); } h(); } }"),
    "a global used before its namesake": ("int f(void) { g(x); int x; h(x); return 0; }",
                                          "int f(void) { g(y); int y; h(y); return 0; }"),
    "what may be an if": ("void f(int a) { if (a) each(a) g(); else h(); }",
                          "void f(int a) { if (a) { each(a) g(); } else h(); }"),
    "statements as an argument": ("void f(int a) { if (a) RUN(g(); h()); }",
                                  "void f(int a) { if (a) { RUN(g(); h()); } }"),
    "a macro's name": ("int f(int a) { return g(a); }", "int f(int LIMIT) { return g(LIMIT); }"),
    "another type": ("static u32 f(void) { return 0; }", "static u64 f(void) { return 0; }"),
    "what a pointer is to": ("static A const f(void) { return 0; }",
                             "static const A f(void) { return 0; }"),
    "a directive": ("void f(int a) {\n#ifdef A\n\tg(a);\n#endif\n}",
                    "void f(int a) {\n#ifdef B\n\tg(a);\n#endif\n}"),
}  # fmt: skip


@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE)
def test_these_do_the_same(pair: tuple[str, str]) -> None:
    assert same_function(*pair, known)
    assert same_function(pair[1], pair[0], known)


@pytest.mark.parametrize("pair", NOT_ALIKE.values(), ids=NOT_ALIKE)
def test_these_may_not(pair: tuple[str, str]) -> None:
    assert not same_function(*pair, known)
    assert not same_function(pair[1], pair[0], known)


def test_names_and_braces_count_where_macros_are_not_known() -> None:
    assert not same_function(*ALIKE["the result"])
    assert not same_function(*ALIKE["braces"])
    assert same_function(*ALIKE["specifiers"])


NAMES = ("a", "b", "r", "e", "x")
CALLS = (
    "g({});", "h({});", "if (g({})) h({});", "if ({}) {{ h({}); }}", "ONE({});", "BOTH({});",
    "PLAIN({});", "SEES({});", "SHOW({});", "{} = g({});", "if ({}) g({}); else h({});", "return;",
    "WHEN({}) g({});", "return h({});", "{{ g({}); }}",
)  # fmt: skip


def some_function(draw: random.Random) -> list[str]:
    """Draw a function's tokens."""
    body = " ".join(
        draw.choice(CALLS).format(*(draw.choice(("a", "b", "r")) for _ in range(3)))
        for _ in range(draw.randint(1, 4))
    )
    text = f"static void f(int a, int b) {{ int r = 0; {body} }}"
    return re.findall(r"\w+|.", text.replace(" ", "\n"))


def edited(tokens: Sequence[str], draw: random.Random) -> list[str]:
    """Change a name everywhere or once, or put in, take out or move a brace or a `return;`."""
    found = list(tokens)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(16, len(found))
        match draw.randrange(6):
            case 0 | 1:
                old, new = draw.choice(("a", "b", "r")), draw.choice(NAMES)
                found = [new if token == old else token for token in found]
            case 2:
                names = [i for i, token in enumerate(found) if token in NAMES]
                found[draw.choice(names)] = draw.choice(NAMES)
            case 3:
                ends = [i for i, t in enumerate(found) if t in {";", "}"} and i > at]
                starts = [i for i, t in enumerate(found) if t in {";", "{", ")"} and 16 < i <= at]
                if ends and starts:
                    end, start = ends[draw.randrange(min(len(ends), 2))], starts[-1]
                    found[end + 1 : end + 1] = ["}"]
                    found[start + 1 : start + 1] = ["{"]
            case 4:
                inner = [i for i, t in enumerate(found) if t in "{}"][1:-1]
                if len(inner) > 1:
                    first = draw.randrange(len(inner) - 1)
                    for i in sorted(inner[first : first + 2], reverse=True):
                        del found[i]
            case 5:
                found[-1:] = ["return", ";", "}"]
    return found


PROGRAM = f"""\
#include <stdio.h>
{MACROS}
static int r = 40, e = 50, x = 60, seed;
static int note(int what, int a) {{ printf("%d:%d ", what, a); return (a + seed) % 3 != 1; }}
static void note_text(const char *s) {{ printf("%s ", s); }}
static int g(int a) {{ return note(8, a); }}
static int h(int a) {{ return note(9, a); }}
"""


def spelled(tokens: Sequence[str], name: str = "f") -> str:
    return re.sub(r"\bf\b", name, " ".join(tokens))


@pytest.mark.slow
def test_what_is_called_the_same_does_the_same(tmp_path: Path) -> None:
    """Of functions drawn by a seed and edited, run on a few values."""
    draw = random.Random(20)
    pairs: list[tuple[list[str], list[str]]] = []
    while len(pairs) < examples(150):
        one = some_function(draw)
        other = edited(one, draw)
        is_new = " ".join(one).split() != " ".join(other).split()
        if is_new and same_function(spelled(one), spelled(other), known):
            pairs.append((one, other))
    lines = [PROGRAM]
    calls = []
    for at, pair in enumerate(pairs):
        lines += [spelled(text, f"f{at}_{side}") for side, text in enumerate(pair)]
        for side in range(2):
            calls += [f"seed = {k}; f{at}_{side}({a}, {b});" for k in (0, 1, 2) for a, b in VALUES]
            calls.append('printf("\\n");')
    lines += ["int main(void) {", *calls, "(void)(r + e + x); return 0; }"]
    (tmp_path / "all.c").write_text("\n".join(lines))
    command = ["gcc", "-w", "-O0", "-std=gnu11", "-o", "all", "all.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    traces = subprocess.run(
        [str(tmp_path / "all")], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for at, (one, other) in enumerate(pairs):
        assert traces[2 * at] == traces[2 * at + 1], f"{spelled(one)}\n{spelled(other)}"


VALUES = ((0, 0), (1, 0), (0, 2), (5, 7))
