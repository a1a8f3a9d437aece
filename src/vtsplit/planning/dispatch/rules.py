"""The rules for ops, policies and wrappers: `plan` and `wrappers` raise them."""

from vtsplit.example_trees import ENTRY, NEON, SPLIT, TABLE, edited
from vtsplit.rule import Example, Rule

_ANY_ON = """\
static int any_on(struct light *light)
{
	if (is_neon(light))
		return neon_on(light);

	return lamp_on(light);
}

"""

NO_OP = Rule(
    "VT050",
    "no-op",
    "no entry of the tables has this name",
    "A section `[op.NAME]`, or `ops` in `[dispatch]` or in a group of `[series]`, names an op that "
    "no table has.",
    'Correct the name. The message suggests near names. `only = "second"` adds an entry, if the '
    "structure has the member.",
    Example(spec=NEON["vtsplit.toml"] + "\n[op.onn]\nbody = '\treturn 0;'\n", base=NEON),
)

NO_SECOND = Rule(
    "VT051",
    "no-second",
    "the second backend has no function for the op",
    "The spec asks for a wrapper, but the second backend has no function that it could call.",
    "Write the function, or say with `otherwise` what the wrapper does instead. If the source of "
    "the second backend does not exist yet, `skeleton` makes it.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static void lamp_off(struct light *light)\n{\n}\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.off = lamp_off,\n"),
        ),
        spec=NEON["vtsplit.toml"].replace('"any_"\n', '"any_"\nops = ["off"]\n'),
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"] + '\n[op.off]\notherwise = "return"\n'},
    ),
)

NO_STATED = Rule(
    "VT051",
    "no-stated",
    "the second backend does not have the function that the spec names",
    "`second` names a function that nothing declares or defines.",
    "Correct the name, or write the function. If the source of the second backend does not exist "
    "yet, `skeleton` makes it.",
    Example(
        spec=NEON["vtsplit.toml"] + '\n[op.on]\nsecond = "neon_onn"\n',
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"] + '\n[op.on]\nsecond = "neon_on"\n'},
    ),
)

NO_FIRST = Rule(
    "VT051",
    "no-first",
    "the first backend has no function for the op",
    "The entry names no function that vtsplit can find, so a wrapper would have nothing to call.",
    'Name the function with `first`, or say `only = "second"`.',
    Example(
        spec=NEON["vtsplit.toml"] + '\n[op.on]\nfirst = "lamp_onn"\n',
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"] + '\n[op.on]\nfirst = "lamp_on"\n'},
    ),
)

SHARED_WRAPPER = Rule(
    "VT052",
    "shared",
    "two ops share one function, but not what the spec says",
    "A wrapper is named after its function, so two ops with one function have one wrapper. The "
    "spec says different things for the two.",
    "Say the same for both.",
    Example(
        {
            **edited("lamp.c", (ENTRY, ENTRY + "\t.dim = lamp_on,\n")),
            **edited(
                "lamp.h", ("\tvoid (*off)", "\tint (*dim)(struct light *light);\n\tvoid (*off)")
            ),
        },
        spec=NEON["vtsplit.toml"].replace('"main.c"\n', '"main.c"\nprefix = "lamp_"\n')
        + '\n[op.dim]\notherwise = "return 0"\n',
        base=NEON,
    ),
)

WRAPPER_TAKEN = Rule(
    "VT052",
    "taken",
    "a wrapper's name is taken",
    "Something else in main, or in a header that main sees, has the name of the wrapper.",
    "Choose another `prefix` in `[dispatch]`.",
    Example(
        edited("lamp.h", ("\n#endif", "\nvoid any_on(void);\n\n#endif")),
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"].replace('"any_"', '"vt_"')},
    ),
)

NO_TYPE = Rule(
    "VT053",
    "no-type",
    "a key of `[dispatch.when]` is not a type",
    "Each key names the type of a parameter, as C has it.",
    'Write it as in C: `"struct foo *"`.',
    Example(spec=NEON["vtsplit.toml"] + '"light struct" = "is_lit({})"\n', base=NEON),
)

TWO_PREDICATES = Rule(
    "VT053",
    "two-predicates",
    "a type has two predicates",
    "Two keys of `[dispatch.when]` name one type, and only one predicate can be asked.",
    "Remove one of them.",
    Example(spec=NEON["vtsplit.toml"] + '"struct light*" = "is_lit({})"\n', base=NEON),
)

POLICY = Rule(
    "VT053",
    "policy",
    "vtsplit cannot do what the spec says of an op",
    "A place such as `{dev}` has no value, `otherwise` returns nothing although the op returns "
    "something, `both` needs an error code, or `zero` needs a pointer. The message names the "
    "key.",
    "Correct that key.",
    Example(
        spec=NEON["vtsplit.toml"] + '\n[op.on]\notherwise = "return"\n',
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"] + '\n[op.on]\notherwise = "return 0"\n'},
    ),
)

SHAPE = Rule(
    "VT054",
    "shape",
    "the op cannot be wrapped, or its function cannot be called",
    "A function takes a parameter that the op does not have, or a conversion could lose a "
    "value. An op with a variable number of arguments cannot have a wrapper, nor can an op "
    "whose function is replaced by a macro under other conditions.",
    'Change the function, write the call (`second = "b_open({dev})"`), or leave the op alone '
    "(`wrap = false`). A function that is also a macro with arguments needs the call, such as "
    '`first = "(f)({dev})"`. docs/dispatch.md says how a call is made.',
    Example(
        edited("neon.c", ("(struct light *light)", "(struct light *light, int more)"), base=NEON),
        base=NEON,
    ),
)

WRONG_SIDE = Rule(
    "VT059",
    "wrong-side",
    "wrappers stand on the wrong side of the option",
    "The wrappers were made with another `config` or `style` than the spec has now.",
    "Restore that `config` and `style`, or remove all wrappers from main and run the command "
    "again.",
    Example(
        {
            **SPLIT,
            **{path: NEON[path] for path in ("neon.c",)},
            "neon.h": NEON["neon.h"],
            **edited(
                "main.c",
                ('lamp_ops.h"\n', 'lamp_ops.h"\n#include "neon.h"\n'),
                ("static struct", _ANY_ON + "static struct"),
                (".on = lamp_on", ".on = any_on"),
                base=SPLIT,
            ),
        },
        spec=NEON["vtsplit.toml"].replace('neon.h"\n', 'neon.h"\nconfig = "CONFIG_NEON"\n'),
        base=NEON,
    ),
)
