"""Small trees for the examples of rules: a driver for lamps, which splits as it stands."""

from collections.abc import Mapping

SPEC = """\
[split]
source = "lamp.c"
header = "lamp_ops.h"
main = "main.c"

[tables]
lamp_ops = "light_ops"
"""

LAMP: Mapping[str, str] = {
    "vtsplit.toml": SPEC,
    "lamp.c": """\
#include "lamp.h"

static int lamp_on(struct light *light)
{
	return light->level;
}

static struct light_ops lamp_ops = {
	.on = lamp_on,
};
""",
    "lamp.h": """\
#ifndef LAMP_H
#define LAMP_H

struct light {
	int level;
};

struct light_ops {
	int (*on)(struct light *light);
	void (*off)(struct light *light);
	const void *data;
	int count;
};

#endif
""",
    "Makefile": """\
obj-m += lights.o
lights-y := lamp.o
""",
}

# A second backend, neon, beside the lamp.
DISPATCH = """
[dispatch]
prefix = "any_"

[dispatch.backend]
prefix = "neon_"
source = "neon.c"
header = "neon.h"

[dispatch.when]
"struct light *" = "is_neon({})"
"""

NEON: Mapping[str, str] = {
    **LAMP,
    "vtsplit.toml": SPEC + DISPATCH,
    "neon.h": """\
#ifndef NEON_H
#define NEON_H

struct light;

int is_neon(struct light *light);

#endif
""",
    "neon.c": """\
#include "lamp.h"
#include "neon.h"

int neon_on(struct light *light)
{
	return light->level + 1;
}

int is_neon(struct light *light)
{
	return light->level > 9;
}
""",
}

# What `vtsplit split --write` makes of LAMP.
SPLIT: Mapping[str, str] = {
    **LAMP,
    "lamp.c": """\
#include "lamp.h"
#include "lamp_ops.h"

int lamp_on(struct light *light)
{
	return light->level;
}
""",
    "lamp_ops.h": """\
#ifndef LAMP_OPS_H
#define LAMP_OPS_H

int lamp_on(struct light *light);

#endif
""",
    "main.c": """\
#include "lamp.h"
#include "lamp_ops.h"

static struct light_ops light_ops = {
	.on = lamp_on,
};
""",
    "Makefile": """\
obj-m += lights.o
lights-y := lamp.o main.o
""",
}

RENAMED = SPEC + '\n[rename]\nlamp_on = "lamp_light"\n'

# How the lamp's source is compiled, for a command that is told where that stands.
COMMANDS = '[{"directory": ".", "command": "gcc -c lamp.c", "file": "lamp.c"}]\n'

TABLE = "static struct light_ops lamp_ops = {\n"
ENTRY = "\t.on = lamp_on,\n"


def edited(path: str, *replaced: tuple[str, str], base: Mapping[str, str] = LAMP) -> dict[str, str]:
    r"""Return a file of a tree with pieces of its text replaced.

    >>> edited("Makefile", ("lamp.o", "lamp.o sign.o"))
    {'Makefile': 'obj-m += lights.o\nlights-y := lamp.o sign.o\n'}
    """
    text = base[path]
    for old, new in replaced:
        assert old in text, f"{path} has no {old!r}"
        text = text.replace(old, new)
    return {path: text}


def above_table(text: str) -> dict[str, str]:
    """Return the lamp's source with lines in front of its table."""
    return edited("lamp.c", (TABLE, text + TABLE))


def in_table(text: str) -> dict[str, str]:
    """Return the lamp's source with more entries in its table."""
    return edited("lamp.c", (ENTRY, ENTRY + text))
