"""What stands in front of a moved table: thirty other meanings, which `verify` has to find, and
thirty changes that say nothing, which it has to prove.

    python bench/in_front.py [-v]

Each is written in front of the includes of the new file, or between them and the table. All have to
compile. The figures are in docs/verify.md.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click.testing

from vtsplit.cli import main

HEADER = """\
#ifndef CRANE_H
#define CRANE_H
#include <stddef.h>
#ifndef REACH
#define REACH 4
#endif
#ifdef LONG_NAMES
#define NAME_LENGTH 32
#else
#define NAME_LENGTH 16
#endif
#ifdef HEAVY
typedef unsigned long load_t;
#else
typedef unsigned int load_t;
#endif
#ifndef PACKED
#define PACKED
#endif
#ifndef SLOT
#define SLOT(n) (n)
#endif
enum step { RAISE = 1, LOWER = REACH, HOLD };
struct cable { char name[NAME_LENGTH]; load_t most; };
struct limits { char kind; load_t load[REACH]; } PACKED;
union reading { load_t load; unsigned char raw[8]; };
struct crane_ops {
	int (*lift)(int n);
#if REACH > 5
	int (*extend)(int n);
#endif
	struct limits limits;
	struct cable *cable;
	enum step step;
	unsigned flags : SLOT(3);
	unsigned mode : 5;
	union reading last;
	size_t size;
};
struct aside { int one; long two; };
typedef struct aside aside_t;
static inline int doubled(int n) { return n * SLOT(2); }
extern int crane_count;
int crane_free(int n);
#endif
"""
ITEMS = """\
{link}int crane_lift(int n)
{{
	return doubled(n) + crane_count;
}}
"""
TABLE = """\
{link}const struct crane_ops crane_ops = {{
	.lift = crane_lift,
	.limits = {{ .kind = 1, .load = {{ 1, 2 }} }},
	.step = HOLD,
	.flags = SLOT(2),
	.last = {{ .load = 7 }},
	.size = sizeof(struct cable),
}};
"""
USE = "int use(void)\n{\n\treturn crane_ops.lift(1) + crane_ops.step + crane_free(2);\n}\n"
OPS = "extern const struct crane_ops crane_ops;\nint crane_lift(int n);\n"
OTHER = '#include "crane.h"\nint crane_count;\nint crane_free(int n) { return n; }\n'
SEEN = '#include "crane.h"\n'

OTHER_MEANINGS = (
    "#define REACH 5\n",
    "#define REACH 6\n",
    "#define REACH (4 + 1)\n",
    "#define LONG_NAMES\n",
    "#define HEAVY 1\n",
    "#define PACKED __attribute__((packed))\n",
    "#define PACKED __attribute__((aligned(64)))\n",
    "#define SLOT(n) ((n) + 1)\n",
    "#define SLOT(n) 2\n",
    "#define unsigned signed\n",
    "#define char short\n",
    "#define int long\n",
    "#define HOLD STAY\n",
    "#define RAISE LOWEST = 7, RAISE\n",
    "#define load_t load_type\n",
    "#define kind sort\n",
    "#define union struct\n",
    "#pragma pack(1)\n",
    "#pragma pack(push, 2)\n",
    "#pragma pack(4)\n",
    "#define LONG_NAMES 1\n#define REACH 4\n",
    "#undef REACH\n#define REACH 3\n",
    f"{SEEN}#define HOLD LOWER\n",
    f"{SEEN}#define HOLD 6\n",
    f"{SEEN}#undef SLOT\n#define SLOT(n) 1\n",
    f"{SEEN}#define cable aside\n",
    f"{SEEN}#define crane_lift crane_free\n",
    f"{SEEN}#define sizeof(x) 3\n",
    f"{SEEN}#pragma weak crane_ops\n",
    f"{SEEN}#define const\n",
)
OF_NO_MEANING = (
    "#define REACH 4\n",
    "#define HEIGHT 4\n",
    "#undef REACH\n",
    "#undef LONG_NAMES\n",
    "#define LIGHT 1\n",
    "#define PACKED\n",
    "#define SLOT(n) (n)\n",
    "#define aside besides\n",
    "#define two second\n",
    "#define one\n#undef one\n",
    "#define REACH 9\n#undef REACH\n",
    "#pragma pack(1)\n#pragma pack()\n",
    "#pragma pack(push, 1)\n#pragma pack(pop)\n",
    "#pragma GCC diagnostic push\n#pragma GCC diagnostic pop\n",
    '#pragma GCC diagnostic ignored "-Wunused-function"\n',
    "#pragma mark - Table\n",
    "#pragma GCC visibility push(hidden)\n#pragma GCC visibility pop\n",
    "#pragma weak crane_other\n",
    "struct cable;\n",
    "struct aside;\nunion reading;\n",
    "#include <stddef.h>\n",
    "#include <limits.h>\n",
    "int crane_free(int);\n",
    "int crane_free(int count);\n",
    "extern int crane_count;\n",
    "#include <stdbool.h>\n",
    f"{SEEN}#define HEIGHT 4\n",
    f"{SEEN}#define aside besides\n",
    f"{SEEN}/* int hidden; */\n",
    f"{SEEN}struct crane_ops;\n",
)


def lay(root: Path, front: str) -> Path:
    """Write both trees with their compilation database; return the database."""
    before = SEEN + ITEMS.format(link="static ") + TABLE.format(link="static ") + USE
    core = f'{SEEN}#include "crane_ops.h"\n{ITEMS.format(link="")}{USE}'
    made = f'{front}{SEEN}#include "crane_ops.h"\n{TABLE.format(link="")}'
    trees = {
        "before": {"crane.c": before},
        "after": {"crane.c": core, "crane_main.c": made, "crane_ops.h": SEEN + OPS},
    }
    commands = []
    for name, files in trees.items():
        (root / name).mkdir(parents=True)
        for path, text in {**files, "crane.h": HEADER, "other.c": OTHER}.items():
            (root / name / path).write_text(text)
        sources = [path for path in (*files, "other.c") if path.endswith(".c")]
        objects = " ".join(f"{path[:-2]}.o" for path in sources)
        (root / name / "Makefile").write_text(f"obj-y += {objects}\n")
        for path in sources:
            command = ["gcc", "-w", "-c", path, "-o", f"{path[:-2]}.o"]
            subprocess.run(command, cwd=root / name, check=True)
            commands.append({"directory": str(root / name), "file": path, "arguments": command})
    (root / "all.json").write_text(json.dumps(commands))
    return root / "all.json"


def is_proved(front: str) -> bool:
    """Tell whether `verify` proves the two trees with this in front of the table."""
    with tempfile.TemporaryDirectory() as folder:
        database = lay(Path(folder), front)
        words = ["verify", f"{folder}/before", f"{folder}/after", "--compile-commands", database]
        result = click.testing.CliRunner().invoke(main, list(map(str, words)))
        if result.exit_code not in {0, 1}:
            raise SystemExit(f"{front!r}: exit code {result.exit_code}\n{result.output}")
        if "-v" in sys.argv[1:]:
            print(f"{front!r}\n{result.output}")
        return result.exit_code == 0


def run() -> int:
    """Judge all of them; return how many came out wrong."""
    wrong = 0
    for kind, fronts, wanted in (
        ("other meanings", OTHER_MEANINGS, False),
        ("of no meaning", OF_NO_MEANING, True),
    ):
        failed = [front for front in fronts if is_proved(front) is not wanted]
        print(f"{kind}: {len(fronts) - len(failed)} of {len(fronts)} judged rightly")
        for front in failed:
            print(f"  {front!r}")
        wrong += len(failed)
    return wrong


if __name__ == "__main__":
    sys.exit(run() > 0)
