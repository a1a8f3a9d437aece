"""Rules of C that decide whether an order or a specifier says something."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import EVERY, ProgramPair, check_other, check_same
from vtsplit.verify.tokens.chunks import Chunks

pytestmark = pytest.mark.slow

STRUCT = "struct parts { int a, b, c, d; };\n"


def old_style(name: str, value: int) -> str:
    return f"int {name}(n, m) int n; char m; {{ return {value}; }}\n"


def table(entries: str, above: str = "") -> ProgramPair:
    """Make a program of which only a table differs, to whose entries it gives weights."""
    shown = "int shown(void) { return one.a + one.b * 10 + one.c * 100 + one.d * 1000; }\n"
    before, after = (
        {"a.c": f"{above}{STRUCT}struct parts one = {{ {text} }};\n{shown}"}
        for text in entries.split(" / ")
    )
    return ProgramPair(before, after)


FIRST, SECOND, THIRD = old_style("shown", 1), old_style("second", 2), old_style("third", 3)
DIGITS = {"main.c": '#include <stdio.h>\nint shown();\nint main() { printf("%d", shown(0, 0)); }\n'}
INLINE = "inline int value(void) { return 1; }\nint shown(void) { return value(); }\n"
WEAK = {"b.c": "__attribute__((weak)) int value(void) { return 2; }\n"}
C11, C89 = ("-O0", "-std=gnu11"), ("-O0", "-std=gnu89")


def inlines(before: str, after: str, flags: tuple[str, ...]) -> ProgramPair:
    return ProgramPair({"a.c": before, **WEAK}, {"a.c": after, **WEAK}, flags)


UNION = "struct parts { union { int a, b; }; int c, d; };\n"
HALF = {"half.h": "double half(int);\n", "b.c": "double half(int n) { return n / 2.0; }\n"}
WITH_HALF = '#include "half.h"\n'
PART = "int part(void) { return half(9) * 2; }\n"
SHOWN = "int part(void);\nint shown(void) { int half = part(); return half; }\n"
ON, OFF = '_Pragma("pack(push, 1)")', '_Pragma("pack(pop)")'
PACKED = "struct a { char c; int i; };"
OPEN = "struct b { char c; int i; };"
CALLS_F = "int shown(void) { return f(); }\n"
SIZES = "return sizeof(struct a) * 10 + sizeof(struct b); }\n"


def joined(entries: str, structure: str, declarator: str = "struct parts one") -> ProgramPair:
    """Make a program of which only a table differs, whose type may have a union inside."""
    before, after = (
        {"a.c": f"{structure}{declarator} = {{ {text} }};\nint shown(void) {{ return one.a; }}\n"}
        for text in entries.split(" / ")
    )
    return ProgramPair(before, after)


READS_T = "int shown(void) { return t[0]; }\n"
FLOAT = {"b.c": "float half(float n) { return n / 2; }\n"}
CALLS = '#include "half.h"\nint shown(void) { return half(3) * 2; }\n'


def declared(*heads: str) -> ProgramPair:
    """Make a program of which a prototype differs, which the definition does not see."""
    before, after = ({**FLOAT, "half.h": f"{head}\n", "a.c": CALLS} for head in heads)
    return ProgramPair(before, after)


FOUND = {
    "a prototype without parameters": declared("float half(float);", "float half();"),
    "a prototype of another type": declared("float half(float);", "float half(double);"),
    "a pragma inside of a function": ProgramPair(
        {"a.c": f"int shown(void) {{ {ON} {PACKED} {OFF} {OPEN} {SIZES}"},
        {"a.c": f"int shown(void) {{ {ON} {PACKED} {OPEN} {OFF} {SIZES}"},
    ),
    "entries of one union": joined(".a = 1, .b = 2, .c = 3 / .b = 2, .a = 1, .c = 3", UNION),
    "entries of one union, by a typedef": joined(
        ".a = 1, .b = 2 / .b = 2, .a = 1", f"{UNION}typedef struct parts parts;\n", "parts one"
    ),
    "a function that moves away from its declaration": ProgramPair(
        {**HALF, "a.c": WITH_HALF + PART + SHOWN, "c.c": "int c;\n"},
        {**HALF, "a.c": WITH_HALF + SHOWN, "c.c": f"int c;\n{PART}"},
        C89,
    ),
    "a declaration that goes": ProgramPair(
        {**HALF, "a.c": WITH_HALF + PART + SHOWN}, {**HALF, "a.c": PART + SHOWN}, C89
    ),
    "bodies of old-style functions change places": ProgramPair(
        {"a.c": FIRST + SECOND + THIRD, **DIGITS},
        {
            "a.c": old_style("shown", 2) + old_style("third", 1) + old_style("second", 3),
            **DIGITS,
        },
    ),
    "inline without extern, C11": inlines(f"extern {INLINE}", INLINE, C11),
    "inline with extern, GNU C89": inlines(INLINE, f"extern {INLINE}", C89),
    "inline that a declaration beside it makes extern, C11": inlines(
        f"{INLINE}extern int value(void);\n", INLINE, C11
    ),
    "static inline that is inline alone": inlines(f"static {INLINE}", INLINE, C11),
    "entry behind a designated one": table(".a = 1, 7, .c = 3 / .c = 3, 7, .a = 1"),
    "entry that looks like a call": table(
        ".a = 1, sizeof(int), .c = 3 / .c = 3, sizeof(int), .a = 1"
    ),
    "entry that an entry below it replaces": table(
        ".a = 1, sizeof(int), .b = 3 / .b = 3, .a = 1, sizeof(int)"
    ),
    "entry of a macro in front": table("IT(7), .c = 3 / .c = 3, IT(7)", "#define IT(n) n\n"),
    "entry of a macro": table(".a = 1, IT(7), .c = 3 / .c = 3, IT(7), .a = 1", "#define IT(n) n\n"),
}
LISTED = """\
static int *parts[] = { &my_one, &my_two, &my_three };
int shown(void) { return my_one + my_two + my_three + head + *parts[0]; }
"""
SAME = {
    "a length that is left out": ProgramPair(
        {"b.c": "int t[3] = { 7 };\n", "a.c": f"extern int t[3];\n{READS_T}"},
        {"b.c": "int t[3] = { 7 };\n", "a.c": f"extern int t[];\n{READS_T}"},
    ),
    "a prototype with names": declared("float half(float);", "extern float half(float number);"),
    "a pragma inside of a function that is global now": ProgramPair(
        {"a.c": f"static int f(void) {{ {ON} {PACKED} {OFF} {OPEN} {SIZES}{CALLS_F}"},
        {"a.c": f"int f(void) {{ {ON} {PACKED} {OFF} {OPEN} {SIZES}{CALLS_F}"},
    ),
    "entries of two unions": joined(
        ".a = 1, .c = 2 / .c = 2, .a = 1",
        "struct parts { union { int a, b; }; union { int c, d; }; };\n",
    ),
    "a declaration that only a local name has": ProgramPair(
        {**HALF, "a.c": WITH_HALF + SHOWN, "c.c": "int part(void) { return 3; }\n"},
        {**HALF, "a.c": SHOWN, "c.c": "int part(void) { return 3; }\n"},
        C89,
    ),
    "order of old-style functions": ProgramPair(
        {"a.c": FIRST + SECOND + THIRD, **DIGITS},
        {"a.c": THIRD + SECOND + FIRST, **DIGITS},
    ),
    "name of an old-style function": ProgramPair(
        {"a.c": f"static {SECOND}{FIRST.replace('1', 'second(0, 0)')}", **DIGITS},
        {"a.c": f"{SECOND}{FIRST.replace('1', 'second(0, 0)')}".replace("second", "my"), **DIGITS},
    ),
    "inline with extern in a second declaration": inlines(
        f"extern {INLINE}", f"extern inline int value(void);\nextern {INLINE}", C11
    ),
    "static inline that is global": inlines(f"static {INLINE}", INLINE.replace("inline ", ""), C11),
    "order of designated entries": table(".a = 1, .d = 5, .c = 3 / .c = 3, .a = 1, .d = 5"),
    "some objects of a list that are global now": ProgramPair(
        {"a.c": "static int head, one,\n\ttwo, three;\n" + LISTED.replace("my_", "")},
        {"a.c": "static int head;\nint my_one,\n\tmy_two, my_three;\n" + LISTED},
    ),
}


@pytest.mark.parametrize("case", mostly_slow(FOUND.values(), 4), ids=FOUND)
def test_what_says_something_is_found(case: ProgramPair, tmp_path: Path) -> None:
    # As it is written, a declaration of a header is not known.
    check_other(tmp_path, case, EVERY[:2] if HALF.items() <= case.before.items() else EVERY)


@pytest.mark.parametrize("case", mostly_slow(SAME.values(), 2), ids=SAME)
def test_what_says_nothing_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    # A weak definition gives way to what is global now, which the linker is asked for.
    ways: Sequence[tuple[str, ...]] = EVERY[1:] if "b.c" in case.before else EVERY
    # As it is written, an include that goes is a difference.
    ways = EVERY[:2] if HALF.items() <= case.before.items() else ways
    check_same(tmp_path, case, ways)


@pytest.mark.parametrize(
    "head",
    [
        "int f(a) int a;",
        "int f(a, b) struct s *a; int (*b)(int);",
        "int f(a) typeof(int) a;",
        "int (*f(a))(int) int a;",
        "static struct { int n; } f(a) char a;",
        "__attribute__((cold)) int f (a, b) int b; int a;",
    ],
)
def test_old_style_function_is_one_chunk(head: str) -> None:
    text = f"{head} {{ if (a) {{ ; }} return 0; }}"
    made = Chunks(f'# 1 "a.c"\nint g(int a);\n{text}\n{text}\nint z;\n')
    assert [chunk.text for chunk in made.chunks] == ["int g(int a);", text, text, "int z;"]
