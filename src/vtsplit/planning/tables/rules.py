"""The rules for the tables themselves: `find` and `exposure` raise them."""

from vtsplit.example_trees import ENTRY, LAMP, SPEC, TABLE, edited
from vtsplit.rule import Example, Rule

NO_TABLE = Rule(
    "VT020",
    "no-table",
    "the source file has no such table",
    "The source file initializes no structure of that name.",
    "Correct the name. The message suggests near names.",
    Example(spec=SPEC.replace("lamp_ops =", "lump_ops =")),
)

LOCAL_TABLE = Rule(
    "VT020",
    "local-table",
    "the table is local to a function",
    "The table is declared in the body of a function, and may use what only this function sees. "
    "vtsplit moves what is declared outside of functions.",
    "First move the table out of the function, in front of it.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "const void *lamp_data(void)\n{\n" + TABLE),
            (ENTRY + "};\n", ENTRY + "};\n\n\treturn &lamp_ops;\n}\n"),
        )
    ),
)

NOT_A_TABLE = Rule(
    "VT021",
    "not-a-table",
    "the name is not a table",
    "The name is declared in the source file, but as something else: a function, a macro or an "
    "object without an initializer.",
    "Name an initialized structure.",
    Example(spec=SPEC.replace("lamp_ops =", "lamp_on =")),
)

TABLE_TWICE = Rule(
    "VT022",
    "table-twice",
    "the table is defined twice",
    "The source file defines it under the old name, and main defines it under the new one.",
    "Remove one of the two.",
    Example({"main.c": '#include "lamp.h"\n\nstruct light_ops light_ops = { .count = 1 };\n'}),
)

CUT = Rule(
    "VT023",
    "cut",
    "an `#if` cuts through a definition",
    "Half of the head, or of a pair of braces, stands in each branch of the `#if`. Such a "
    "definition cannot move, and cannot be declared.",
    "Put whole definitions into each branch of the `#if`.",
    Example(
        edited(
            "lamp.c",
            (
                "static int lamp_on(struct light *light)\n",
                "#ifdef DIM\nstatic int lamp_on(struct light *light)\n#else\n"
                "static long lamp_on(struct light *light)\n#endif\n",
            ),
        )
    ),
)

SHARED = Rule(
    "VT024",
    "shared",
    "one declaration declares several names",
    "A declaration such as `struct ops a = { ... }, b;` is taken apart. It is not if a comment or "
    "an `#if` stands among the names, which may belong to any of them. Neither is it if "
    "the type is defined there, or if the type's name may be a macro: a star in it would belong to "
    "one name.",
    "Give the name a declaration of its own.",
    Example(
        edited("lamp.c", (ENTRY + "};", ENTRY + "}, /* for tests */ lamp_spare;")),
    ),
)

OWN_TYPE = Rule(
    "VT024",
    "own-type",
    "the table is declared together with its type",
    "`struct x { ... } y = { ... };` defines a type and an object. Main also needs the type. "
    "vtsplit separates the two if only one object is declared. A type without a name (a tag) gets "
    "the object's name, if no type that the source file sees has that name. "
    "vtsplit does not know whether a macro of your project, between the type and the object, is an "
    "attribute of the type.",
    "Give the type a name, or declare it on its own, where main can see it.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static struct { int (*on)(struct light *light); } LOCAL lamp_ops = {\n"),
        )
    ),
)

NEEDS_TABLE = Rule(
    "VT025",
    "needs-table",
    "a macro needs the table in its own file",
    "`MODULE_DEVICE_TABLE` and similar macros make an alias, which needs the definition in the "
    "same file.",
    "Leave the table out of the split.",
    Example({"lamp.c": LAMP["lamp.c"] + "MODULE_DEVICE_TABLE(of, lamp_ops);\n"}),
)

STATIC_TABLE = Rule(
    "VT029",
    "table",
    "a macro makes the table static, and says more",
    "The word `static` of the table comes from a macro, which says other things as well, or which "
    "says so in one branch of an `#if` alone. Or the table is in main already.",
    "Write the words of the macro in its place.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "#define LOCAL static FOO(1)\n\n" + TABLE.replace("static", "LOCAL")),
        )
    ),
)
