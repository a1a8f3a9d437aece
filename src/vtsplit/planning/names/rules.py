"""The rules for names, old and new: `choose` and `uses` raise them."""

from vtsplit.example_trees import ENTRY, LAMP, RENAMED, SPEC, TABLE, above_table, edited
from vtsplit.rule import Example, Rule

TAKEN = Rule(
    "VT030",
    "taken",
    "the new name exists",
    "The source file already has the name, or it is a global name in another file.",
    "Choose another name.",
    Example(
        above_table("int lamp_light;\n\n"),
        spec=RENAMED,
        fixed={"vtsplit.toml": RENAMED.replace("lamp_light", "lamp_shine")},
    ),
)

SAME_NAME = Rule(
    "VT030",
    "same",
    "two functions would get one name",
    "The spec or its patterns give the same new name to two functions.",
    "Choose another name for one of them.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static void LAMP_ON(struct light *light)\n{\n}\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.off = LAMP_ON,\n"),
        ),
        spec=SPEC + '\n[[rename-pattern]]\nmatch = "lamp_on|LAMP_ON"\nto = "lamp_light"\n',
    ),
)

PREFIX = Rule(
    "VT031",
    "prefix",
    "the new name does not have the prefix of its siblings",
    "The other new names start with another prefix. Most often this is a slip, such as `lmap_` "
    "for `lamp_`.",
    "Correct the name. If you want this name, change `prefix` in `[split]`.",
    Example(
        spec=RENAMED.replace("[tables]", 'prefix = "lamp_"\n\n[tables]').replace(
            '"lamp_light', '"lmap_light'
        ),
        fixed={"vtsplit.toml": RENAMED.replace("[tables]", 'prefix = "lamp_"\n\n[tables]')},
    ),
)

ABSENT = Rule(
    "VT032",
    "absent",
    "there is nothing to rename",
    "The source file has neither the old nor the new name.",
    "Correct the name. With `optional = true`, neither of the two has to be there.",
    Example(spec=SPEC + '\n[rename]\nlamp_onn = "lamp_light"\n', fixed={"vtsplit.toml": RENAMED}),
)

NO_NAME = Rule(
    "VT035",
    "no-name",
    "the new name is not a C name",
    "A pattern made something that is not an identifier, or that is a keyword.",
    "Correct `to` of the pattern.",
    Example(
        edited("lamp.c", ("lamp_on", "lamp_switch")),
        spec=SPEC + "\n[[rename-pattern]]\nmatch = 'lamp_(\\w+)'\nto = '\\1'\n",
        fixed={
            "vtsplit.toml": SPEC + "\n[[rename-pattern]]\nmatch = 'lamp_(\\w+)'\nto = 'do_\\1'\n"
        },
    ),
)

GLOBAL_TAKEN = Rule(
    "VT041",
    "taken",
    "a name that becomes global is taken",
    "The name is already in use: by a global object in another file that can be linked with the "
    "source, or by a macro or declaration in a header that the source file includes.",
    "Add a new name to `[rename]`. docs/scan.md says which names are taken.",
    Example(
        {"Makefile": LAMP["Makefile"] + "lights-y += sign.o\n", "sign.c": "int lamp_on;\n"},
        fixed={"vtsplit.toml": RENAMED},
    ),
)

ALTERNATIVE = Rule(
    "VT041",
    "alternative",
    "a header defines the name for another configuration",
    "A header defines the name under conditions where the source file does not. Both mean the "
    "same thing, and a rename would change only one.",
    "Leave the table out of the split, or give one of the two another name by hand.",
    Example(
        {
            **edited(
                "lamp.c",
                ("static int lamp", "#ifdef DIM\nstatic int lamp"),
                (TABLE, "#endif\n\n" + TABLE),
            ),
            **edited(
                "lamp.h",
                (
                    "\n#endif",
                    "\n#ifndef DIM\n"
                    "static inline int lamp_on(struct light *light) { return 0; }\n#endif\n\n"
                    "#endif",
                ),
            ),
        }
    ),
)

STATIC_PROTOTYPE = Rule(
    "VT042",
    "static-prototype",
    "a header declares the name static",
    "A header that the source file includes has a static prototype of a function that becomes "
    "global.",
    "First remove that declaration. The header of the split declares the function.",
    Example(edited("lamp.h", ("\n#endif", "\nstatic int lamp_on(struct light *light);\n\n#endif"))),
)

TWO_DEFINITIONS = Rule(
    "VT036",
    "two-definitions",
    "a global name has two definitions",
    "Another file also defines the name, so a use in a third file can mean either of the two.",
    "Rename it by hand, or remove the name from the spec.",
    Example(
        {
            **edited("lamp.c", ("static int lamp_on", "int lamp_on")),
            "sign.c": "int lamp_on(void)\n{\n\treturn 0;\n}\n",
        },
        spec=RENAMED,
    ),
)

HEADER_MACRO = Rule(
    "VT033",
    "header-macro",
    "a header's macro uses the old name",
    "The source file uses a macro of a header, and that macro uses the name. The header may "
    "also serve other files, so a rename cannot follow there.",
    "Keep the name, or write the code without the macro.",
    Example(
        {
            **edited("lamp.h", ("\n#endif", "\n#define LIGHT(x) lamp_on(x)\n\n#endif")),
            **above_table("int lamp_test(struct light *light)\n{\n\treturn LIGHT(light);\n}\n\n"),
            "sign.c": '#include "lamp.h"\n',
        },
        spec=RENAMED,
    ),
)

PASTED = Rule(
    "VT033",
    "pasted",
    "a macro pastes the old name into another name",
    "A macro makes another name from this one with `##`. A rename would break that.",
    'Keep the name (`x = "x"` in `[rename]`), or write the pasted name itself.',
    Example(
        above_table("#define NAME_OF(x) x##_name\n\nextern const char *NAME_OF(lamp_on);\n\n"),
        spec=RENAMED,
    ),
)

MIXED = Rule(
    "VT033",
    "mixed",
    "a macro may do more with the name than use its value",
    "The macro uses its argument as a value, and also in another way, for example as the name "
    "of a member. Only one of the two may change.",
    "Keep the name, or write the code without the macro.",
    Example(
        above_table(
            "struct pair { int (*lamp_on)(struct light *light); };\n"
            "#define SET(p, x) (p)->x = x\n\n"
            "void lamp_pair(struct pair *pair)\n{\n\tSET(pair, lamp_on);\n}\n\n"
        ),
        spec=RENAMED,
    ),
)

CAPTURED = Rule(
    "VT037",
    "captured",
    "a local name would capture the new one",
    "A function that uses the old name has a local variable with the new name. The use would "
    "mean that variable.",
    "Choose another new name, or first rename the local variable.",
    Example(
        above_table(
            "int lamp_test(struct light *light)\n{\n\tint lamp_light = 1;\n\n"
            "\treturn lamp_on(light) + lamp_light;\n}\n\n"
        ),
        spec=RENAMED,
        fixed={"vtsplit.toml": RENAMED.replace("lamp_light", "lamp_shine")},
    ),
)
