"""Programs whose macros and includes mean something at their place: the same, or refused."""

import shutil
from pathlib import Path

import pytest

from small_programs import COMMON, PAIR, SETUP, TABLE, Case, check_case, check_split

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

OPS = "static const struct ops foo_ops = { .open = open, .close = close };\n"
# Macros of a function's own name.
NAMESAKES = {
    "macro that renames the function": Case(
        f"#define foo_open foo_open_v2\n{PAIR}{TABLE}{SETUP}", "VT034"
    ),
    "macro that calls the function": Case(
        f"{PAIR}#define foo_open(x) (foo_open(x) + 100)\n{TABLE}"
        "int setup(void) { enlist(&foo_ops); return foo_open(1); }\n",
        "VT034",
    ),
    "macro that renames the table": Case(
        f"#define foo_ops foo_ops_v2\n{PAIR}{TABLE}{SETUP}", "VT034"
    ),
    "macro that stands in for the function": Case(
        f"#ifdef CONFIG_X\n{PAIR}#else\n#define foo_open NULL\n#define foo_close NULL\n#endif\n"
        f"{TABLE}{SETUP}"
    ),
    "macro that stands in, and a definition further down": Case(
        "#ifdef CONFIG_X\nstatic int foo_open(int unit);\n#else\n#define foo_open NULL\n#endif\n"
        f"static int foo_close(int unit) {{ return 3; }}\n{TABLE}{SETUP}"
        "#ifdef CONFIG_X\nstatic int foo_open(int unit) { return 4; }\n#endif\n",
        flags=("-DCONFIG_X",),
    ),
    "macro that stands for its own name": Case(f"#define foo_open foo_open\n{PAIR}{TABLE}{SETUP}"),
}
ENTRIES = {"x.inc": ".open = open,\n.close = close,\n"}
# Includes inside of a table, of another initializer, of a function.
INSIDE = {
    "table by an include": Case(
        f'{COMMON}static const struct ops foo_ops = {{\n#include "x.inc"\n}};\n{SETUP}',
        "VT044",
        files=ENTRIES,
    ),
    "entries pasted by an include": Case(
        f"{PAIR}static const struct ops foo_ops = {{\n#define X(n) .n = foo_##n,\n"
        f'#include "x.inc"\n#undef X\n}};\n{SETUP}',
        "VT044",
        files={"x.inc": "X(open)\nX(close)\n"},
    ),
    "initializer by an include": Case(
        f'{COMMON}{OPS}static int (*hooks[])(int) = {{\n#include "x.inc"\n}};\n'
        "int setup(void) { enlist(&foo_ops); return hooks[0](3); }\n",
        "VT033",
        files={"x.inc": "close,\nopen,\n"},
    ),
    "function by an include": Case(
        f'{COMMON}{OPS}int setup(void) {{\nenlist(&foo_ops);\n#include "x.inc"\n}}\n',
        "VT033",
        files={"x.inc": "return close(4);\n"},
    ),
    "include of no concern in an initializer": Case(
        f'{COMMON}{OPS}static const struct ops other[] = {{\n#include "x.inc"\n}};\n'
        "int setup(void) { enlist(&foo_ops); return !other[0].open; }\n",
        files={"x.inc": "{ /* no open() */ .open = NULL },\n"},
    ),
}
FORCED = "#ifdef FORCE\n#define PTR(x) (x)\n#else\n#define PTR(x) NULL\n#endif\n"
BASED = "#ifndef BASE\n#define BASE 1\n#endif\n"
PTR_TABLE = "static const struct ops foo_ops = { .open = foo_open, .close = PTR(foo_close) };\n"
LEVELLED = (
    f"struct drv {{ struct ops ops; int n; }};\n{PAIR}"
    "static const struct drv foo_ops = { { .open = foo_open }, LEVEL };\n"
    "int setup(void) { enlist(&foo_ops.ops); return foo_ops.n; }\n"
)
# Macros of the source in front of a header that asks for them.
IN_FRONT = {
    "macro for a macro of a header": Case(
        f'#define FORCE 1\n#include "ptr.h"\n{PAIR}{PTR_TABLE}{SETUP}',
        files={"ptr.h": FORCED},
    ),
    "macro for a macro by another": Case(
        f'#define FORCE 1\n#include "ptr.h"\n{PAIR}'
        "static const struct ops foo_ops = { .open = foo_open, .close = PTR_2(foo_close) };\n"
        f"{SETUP}",
        files={"ptr.h": f"{FORCED}#define PTR_2(x) PTR(x)\n"},
    ),
    "undefined macro for a macro of a header": Case(
        f'#undef FORCE\n#include "ptr.h"\n{PAIR}{PTR_TABLE}{SETUP}',
        files={"ptr.h": FORCED},
        flags=("-DFORCE",),
    ),
    "macro for an enumerator": Case(
        f'#define BASE 3\n#include "level.h"\n{LEVELLED}',
        files={"level.h": f"{BASED}enum {{ LEVEL = BASE + 4 }};\n"},
    ),
    "macro for the size of a type": Case(
        f'#define BASE 3\n#include "wide.h"\n{PAIR}'
        "static const struct wide foo_ops = { .ops = { .open = foo_open } };\n"
        "int setup(void) { enlist(&foo_ops.ops); return sizeof(foo_ops); }\n",
        files={"wide.h": f"{BASED}struct wide {{ int pad[BASE]; struct ops ops; }};\n"},
    ),
    "macro for what the table does not use": Case(
        f'#define FORCE 1\n#include "ptr.h"\n{PAIR}'
        "static const struct mine foo_ops = { .o = { .open = foo_open, .close = PTR(foo_close) } };"
        "\nint setup(void) { enlist(&foo_ops.o); return 0; }\n",
        files={
            "ptr.h": "#ifdef FORCE\n#define SAY(x) (x)\nvoid o(void);\n#endif\n"
            "#define PTR(x) (x)\nstruct mine { struct ops o; int (*SAY)(void); };\n"
        },
    ),
    "macro that is over": Case(
        f'#define FORCE 1\n#undef FORCE\n#include "ptr.h"\n{PAIR}{PTR_TABLE}{SETUP}',
        files={"ptr.h": FORCED},
    ),
}
CASES = {**NAMESAKES, **INSIDE, **IN_FRONT}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_split_or_refused(tmp_path: Path, case: Case) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_does_the_same_or_is_refused(tmp_path: Path, case: Case) -> None:
    check_case(tmp_path, case)
