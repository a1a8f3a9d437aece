"""The rules for functions and objects that a table names: `exposure` raises them."""

from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.rule import Example, Rule

ONLY_HERE = Rule(
    "VT027",
    "attribute",
    "only a forward declaration has an attribute",
    "The forward declaration is removed, since the header declares the function. An attribute "
    "behind its parameters goes to the header. One at another place would be lost.",
    "Also write the attribute at the definition.",
    Example(
        edited(
            "lamp.c",
            (
                "static int lamp_on",
                "static __attribute__((cold)) int lamp_on(struct light *light);\n\n"
                "static int lamp_on",
            ),
        ),
    ),
)

HIDDEN_WORDS = Rule(
    "VT029",
    "unknown-words",
    "a macro makes a function static, and says more",
    "In `LOCAL int f(void)`, vtsplit writes the other words of the macro in its place. The "
    "macro has several definitions, and their other words differ.",
    "Write the words of the macro in its place.",
    Example(
        edited(
            "lamp.c",
            (
                "static int lamp_on",
                "#define LOCAL static\n#ifdef DIM\n#define LOCAL static __cold\n#endif\n\n"
                "LOCAL int lamp_on",
            ),
        )
    ),
)

UNDEFINED = Rule(
    "VT044",
    "no-definition",
    "a name is declared static, and nothing defines it",
    "The source file has no definition of the function that vtsplit can read. A macro may make it.",
    "Write the definition without the macro, or leave the table out of the split.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static void lamp_off(struct light *light);\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.off = lamp_off,\n"),
        )
    ),
)

UNREAD = Rule(
    "VT044",
    "unread",
    "a definition cannot be read",
    "The name stands in front of a brace, but what is there cannot be read as a definition.",
    "Write its head in plain C.",
    Example(edited("lamp.c", ("static int lamp_on(", "static int lamp_on <a> ("))),
)

UNREADABLE_TYPE = Rule(
    "VT047",
    "type",
    "a type cannot be read",
    "The header has to declare a function, an object or a table. Its type is made by `typeof`, "
    "for example, or its parameters are declared in the old style (K&R), or the type of an object "
    "has no name (a tag) and is defined in the same declaration.",
    "Write its type in plain C.",
    Example(
        edited(
            "lamp.c",
            ("(struct light *light)\n", "(light)\nstruct light *light;\n"),
        )
    ),
)

NO_DEFINITION = Rule(
    "VT047",
    "no-definition",
    "vtsplit finds no definition of the name",
    "The header has to declare the name, with the type of its definition. vtsplit cannot read a "
    "definition.",
    "Write the definition in plain C, without a macro.",
    "It comes up when planning finds a definition in a form that carrying out does not find again.",
)

TWO_TYPES = Rule(
    "VT048",
    "two-types",
    "one name has several types",
    "Main uses a name that is defined twice, with two types: one declaration in a header cannot "
    "serve both. A function in the branches of an `#if` gets a declaration for each branch. "
    "What only a C++ compiler reads, under `#ifdef __cplusplus`, stays as it is.",
    "Give both definitions one type, or put functions into the branches of one `#if`.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#ifdef DIM\nstatic long lamp_least = 1;\n#else\nstatic int lamp_least;\n#endif\n\n"
                + TABLE,
            ),
            (ENTRY, ENTRY + "\t.data = &lamp_least,\n"),
        )
    ),
)
