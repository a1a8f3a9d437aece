"""Files that do not differ link to what they linked to before: in C, in `asm` and in assembly."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from program_pairs import OBJECTS, TEXTS, TOKENS, ProgramPair, check_other, check_same

pytestmark = pytest.mark.slow

OLD = "int old(void) { return 1; }\n"
NEW = OLD.replace("old", "new")
CODE = ".globl shown\nshown:\n\tcall old\n\tret\n"
CALLS = f"{CODE}\t.section .note.GNU-stack\n"
IN_C = '__asm__(".globl shown\\nshown:\\n\\tcall old\\n\\tret\\n");\n'
USES = "int old(void);\nint shown(void) { return old(); }\n"
REFERENCE = """\
static int other(void) __attribute__((weakref("old")));
int shown(void) { return other ? other() : 3; }
"""
WEAK = "__attribute__((weak)) "
ONE = "int step(void) { return 1; }\nint one(void) { return step(); }\n"
TWO = "int step(void) { return 2; }\nint two(void) { return step(); }\n"
STEP = "int step(void);\nint shown(void) { return step(); }\n"
SET = "int level;\nvoid set(void) { level = 5; }\n"
GET = "int level;\nvoid set(void);\nint shown(void) { set(); return level; }\n"
ADD = "int add(void) { return 1; }\n"
ADDS = (
    'int shown(void) { int n = 1; __asm__("add %0, %[more]" : "+r"(n) : [more] "r"(n));'
    " return n + add(); }\n"
)
COMMON = ("-O2", "-fcommon")


def with_table(call: str, entries: str, table: str = "static struct ops ops") -> str:
    """Return a file with static functions, a table of them that it changes, and one that asks."""
    name = table.split()[-1]
    return (
        "struct ops { int (*open)(void); int (*close)(void); };\n"
        "static int n; static int open(void) { return ++n; }\n"
        "static int close(void) { return --n; }\n"
        f"{table} = {{ {entries} }};\n"
        f"int {call}(void) {{ {name}.close = {name}.open; return {name}.open() + close(); }}\n"
    )


ALL = ".open = open, .close = close"

FOUND = {
    "assembly names a renamed function": ProgramPair(
        {"a.c": OLD, "b.S": CALLS}, {"a.c": NEW, "b.S": CALLS}
    ),
    "assembly that no record names": ProgramPair(
        {"a.c": OLD, "b.s": CALLS}, {"a.c": NEW, "b.s": CALLS}, unlisted=("b.s",)
    ),
    "assembly names what is static now": ProgramPair(
        {"a.c": f"{OLD}int more(void) {{ return old(); }}\n", "b.S": CALLS},
        {"a.c": f"static {OLD}int more(void) {{ return old(); }}\n", "b.S": CALLS},
    ),
    "asm of another file": ProgramPair({"a.c": OLD, "b.c": IN_C}, {"a.c": NEW, "b.c": IN_C}),
    "asm of the same file": ProgramPair({"a.c": OLD + IN_C}, {"a.c": NEW + IN_C}),
    "asm names what something else is called now": ProgramPair(
        {"a.c": f"{OLD}{IN_C}static int aux(void) {{ return 7; }}\nint (*kept)(void) = aux;\n"},
        {"a.c": f"{NEW}{IN_C}int old(void) {{ return 7; }}\nint (*kept)(void) = old;\n"},
    ),
    "a reference by weakref": ProgramPair(
        {"a.c": OLD, "b.c": REFERENCE}, {"a.c": NEW, "b.c": REFERENCE}
    ),
    "static and global change places": ProgramPair(
        {"a.c": ONE, "b.c": f"static {TWO}", "c.c": STEP},
        {"a.c": f"static {ONE}", "b.c": TWO, "c.c": STEP},
    ),
    "a weak function is left": ProgramPair(
        {"a.c": WEAK + ONE, "b.c": TWO, "c.c": STEP},
        {"a.c": WEAK + ONE, "b.c": f"static {TWO}", "c.c": STEP},
    ),
    "a weak function is no longer replaced in its file": ProgramPair(
        {"a.c": WEAK + ONE + "int shown(void) { return one(); }\n", "b.c": TWO},
        {
            "a.c": (WEAK + ONE).replace("step", "my_step") + "int shown(void) { return one(); }\n",
            "b.c": TWO,
        },
    ),
    "one of two weak functions has another name": ProgramPair(
        {"a.c": WEAK + ONE, "b.c": WEAK + TWO, "c.c": STEP},
        {"a.c": (WEAK + ONE).replace("step", "my_step"), "b.c": WEAK + TWO, "c.c": STEP},
    ),
}
# (the source that another one of the name is in, as it is and as it is changed)
ENTRY = "struct entry { int (*call)(void); };\n"
ENTRIES = f"{ENTRY}static int call(void) {{ return 1; }}\n"
ENTRIES += "static struct entry table[3] = { { call }, { call }, { call } };\n"
SHOWN = "int shown(void) { volatile int at = 2; return table[at].call(); }\n"
THEIRS = f"{ENTRY}static int other(void) {{ return 2; }}\n"
THEIRS += (
    "static struct entry table[] = { { other } };\nstruct entry *more(void) { return table; }\n"
)
MOVED = (
    f"{ENTRY}int call(void);\nstruct entry table[3] = {{ {{ call }}, {{ call }}, {{ call }} }};\n"
)
LEFT = f"{ENTRY}extern struct entry table[3];\nint call(void) {{ return 1; }}\n{SHOWN}"
# Each file that includes it has the weak object.
LOWER = f"#ifndef BASE\n#define BASE 7\n#endif\n{WEAK}const int lower[2] = {{ BASE, 8 }};\n"
LOWERS = (
    '#include "lower.h"\nint step(void) { return lower[0]; }\nint shown(void) { return step(); }\n'
)
CALLER = '#include "lower.h"\nint step(void);\nint shown(void) { return step(); }\n'
STEPS = '#include "lower.h"\nint step(void) { return lower[0]; }\n'

# What only objects tell: with -fno-common these are the variables of two programs.
IN_OBJECTS = {
    "a new file has another weak object": ProgramPair(
        {"a.c": LOWERS, "b.c": "int b;\n", "lower.h": LOWER},
        {
            "a.c": CALLER.replace('#include "lower.h"', "extern const int lower[2];"),
            "b.c": "int b;\n",
            "c.c": f"#define BASE 9\n{STEPS}",
            "lower.h": LOWER,
        },
    ),
    "a common variable has another name in one file": ProgramPair(
        {"a.c": SET, "b.c": GET}, {"a.c": SET, "b.c": GET.replace("level", "my_level")}, COMMON
    ),
    "a common variable is static in one file": ProgramPair(
        {"a.c": SET, "b.c": GET}, {"a.c": SET, "b.c": f"static {GET}"}, COMMON
    ),
}
SAME = {
    "assembly names another file's function": ProgramPair(
        {"a.c": f"static {OLD}int (*kept)(void) = old;\n", "b.S": CALLS, "c.c": OLD},
        {
            "a.c": f"{NEW}int (*kept)(void) = new;\n",
            "b.S": CALLS,
            "c.c": OLD,
        },
    ),
    "assembly has the name in a comment, and a label of that name": ProgramPair(
        {"a.c": f"{OLD}int shown(void) {{ return old(); }}\n", "b.S": "// old\n", "c.s": "old:\n"},
        {"a.c": f"{NEW}int shown(void) {{ return new(); }}\n", "b.S": "// old\n", "c.s": "old:\n"},
        unlisted=("b.S", "c.s"),
    ),
    "an instruction has the name": ProgramPair(
        {"a.c": f"static {ADD}{ADDS}"},
        {"a.c": f"{ADD}{ADDS}".replace("add()", "my_add()").replace("int add(", "int my_add(")},
    ),
    "one of several static tables of one name has another name": ProgramPair(
        {
            "a.c": with_table("a", ALL),
            "b.c": with_table("shown", ".open = open"),
            "c.c": with_table("c", ".open = open"),
        },
        {
            "a.c": with_table("a", ALL, "struct ops a_ops"),
            "b.c": with_table("shown", ".open = open"),
            "c.c": with_table("c", ".open = open"),
        },
    ),
    "a function moves, and its users stay": ProgramPair(
        {"a.c": ONE, "b.c": f"static {TWO}", "c.c": STEP},
        {
            "a.c": "int step(void);\nint one(void) { return step(); }\n",
            "b.c": f"static {TWO}",
            "c.c": STEP,
            "d.c": "int step(void) { return 1; }\n",
        },
    ),
    "one of two static tables of a name moves, and both files differ": ProgramPair(
        {"a.c": ENTRIES + SHOWN, "b.c": THEIRS},
        {"a.c": LEFT, "b.c": THEIRS.replace("static int", "int"), "c.c": MOVED},
    ),
    "a new file has a weak object of a header": ProgramPair(
        {"a.c": LOWERS, "b.c": "int b;\n", "lower.h": LOWER},
        {"a.c": CALLER, "b.c": "int b;\n", "c.c": STEPS, "lower.h": LOWER},
    ),
    "a weak function moves": ProgramPair(
        {"a.c": WEAK + ONE, "b.c": TWO, "c.c": STEP},
        {
            "a.c": "int step(void);\nint one(void) { return step(); }\n",
            "b.c": TWO,
            "c.c": STEP,
            "d.c": f"{WEAK}int step(void) {{ return 1; }}\n",
        },
    ),
    "a common variable has another name in all files": ProgramPair(
        {"a.c": SET, "b.c": GET},
        {"a.c": SET.replace("level", "my_level"), "b.c": GET.replace("level", "my_level")},
        COMMON,
    ),
    "a static function that nobody else has is global now": ProgramPair(
        {"a.c": f"static {OLD}int shown(void) {{ return old(); }}\n", "b.c": "int b;\n"},
        {"a.c": f"{OLD}int shown(void) {{ return old(); }}\n", "b.c": "int b;\n"},
    ),
    "asm moves to another file": ProgramPair(
        {"a.c": OLD + IN_C, "b.c": "int b;\n"}, {"a.c": OLD, "b.c": f"int b;\n{IN_C}"}
    ),
}


@pytest.mark.parametrize("case", mostly_slow(FOUND.values(), 5), ids=FOUND)
def test_another_definition_is_found(case: ProgramPair, tmp_path: Path) -> None:
    check_other(tmp_path, case)


@pytest.mark.parametrize("case", mostly_slow(IN_OBJECTS.values(), 1), ids=IN_OBJECTS)
def test_another_definition_is_found_by_objects(case: ProgramPair, tmp_path: Path) -> None:
    check_other(tmp_path, case, [OBJECTS])


@pytest.mark.parametrize("case", mostly_slow(SAME.values(), 4), ids=SAME)
def test_the_same_definition_is_proved(case: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, case)


def test_messages_say_what_the_name_is_now(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    said = check_other(tmp_path / "links", FOUND["static and global change places"])
    assert "symbol 'step' means the one of before/b.o in before/c.o now" in said
    assert "and meant the one of before/a.o" in said
    assert "reference 'shown' names 'step', which is another one in b.c" in said
    (tmp_path / "assembly").mkdir()
    case = FOUND["assembly names a renamed function"]
    said = check_other(tmp_path / "assembly", case, [OBJECTS, TEXTS])
    assert "symbol 'old' is undefined in the program now" in said
    assert "assembly 'b.S' names 'old', which is 'new' now" in said
    (tmp_path / "asm").mkdir()
    said = check_other(tmp_path / "asm", FOUND["asm of the same file"], [TOKENS])
    assert "names 'old' for the assembler, which is 'new' now" in said
