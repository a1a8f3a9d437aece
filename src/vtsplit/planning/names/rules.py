"""What is refused of names, old and new: `naming` and `uses` raise it."""

from vtsplit.example_trees import ENTRY, LAMP, RENAMED, SPEC, TABLE, above_table, edited
from vtsplit.rule import Example, Rule

TAKEN = Rule(
    "VT030",
    "taken",
    "the new name exists",
    "The source file has it already, or it is global elsewhere.",
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
    "The spec, or its patterns, give the same new name to two functions.",
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
    "the new name departs from its siblings",
    "It does not start with the prefix of the others. Most often that is a slip, `lmap_` for "
    "`lamp_`.",
    "Correct the name. If it is meant so, change `prefix` in `[split]`.",
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
    "Correct the name. `optional = true` allows that it is not there.",
    Example(spec=SPEC + '\n[rename]\nlamp_onn = "lamp_light"\n', fixed={"vtsplit.toml": RENAMED}),
)

NO_NAME = Rule(
    "VT035",
    "no-name",
    "the new name is not a C name",
    "A pattern made something that is not an identifier, or that is a keyword.",
    "Correct the pattern's `to`.",
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
    "Another file that can be linked with the source has a global object of that name, or a header "
    "that the source file includes has a macro or declaration of that name.",
    "Add it to `[rename]`. docs/scan.md says which names are taken.",
    Example(
        {"Makefile": LAMP["Makefile"] + "lights-y += sign.o\n", "sign.c": "int lamp_on;\n"},
        fixed={"vtsplit.toml": RENAMED},
    ),
)

ALTERNATIVE = Rule(
    "VT041",
    "alternative",
    "a header has the name for another configuration",
    "A header defines the name where the source file does not. Both mean one thing, and a rename "
    "would part the two.",
    "Keep the table where it is, or tell the two apart by hand.",
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
    "a header says that the name is static",
    "A header that the source file includes has a static prototype of a function that becomes "
    "global.",
    "Take that declaration out first. The header of the split is to have it.",
    Example(edited("lamp.h", ("\n#endif", "\nstatic int lamp_on(struct light *light);\n\n#endif"))),
)

TWO_DEFINITIONS = Rule(
    "VT036",
    "two-definitions",
    "a global name has two definitions",
    "Another file defines the name too, so that a use elsewhere can mean either.",
    "Rename it by hand, or leave the name out of the spec.",
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
    "The source file uses a macro of a header, and that macro uses the name. The header may serve "
    "other files too, so that a rename cannot follow there.",
    "Keep the name, or write out what the macro makes.",
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
    "The name is a piece of another name, made with `##`. A rename would break that.",
    'Keep the name (`x = "x"` in `[rename]`), or write the pasted name out.',
    Example(
        above_table("#define NAME_OF(x) x##_name\n\nextern const char *NAME_OF(lamp_on);\n\n"),
        spec=RENAMED,
    ),
)

MIXED = Rule(
    "VT033",
    "mixed",
    "a macro may do more with the name than take its value",
    "The macro takes its argument as a value and also as a member's name, say. Only one of the two "
    "is to change.",
    "Keep the name, or write out what the macro makes.",
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
    "A function that uses the old name declares the new name itself. The use would mean that "
    "local.",
    "Choose another new name, or rename the local one first.",
    Example(
        above_table(
            "int lamp_test(struct light *light)\n{\n\tint lamp_light = 1;\n\n"
            "\treturn lamp_on(light) + lamp_light;\n}\n\n"
        ),
        spec=RENAMED,
        fixed={"vtsplit.toml": RENAMED.replace("lamp_light", "lamp_shine")},
    ),
)
