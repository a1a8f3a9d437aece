"""The rules for types and macros that only the source file has: `closure` and others raise them."""

from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.rule import Example, Rule

MACRO_INSIDE = Rule(
    "VT043",
    "inside-type",
    "a type has a `#define` inside, and the name of that macro is used above it",
    "The type moves up to the header, and its macro with it. A use of the name above the type "
    "would then mean the macro.",
    "Give the macro a name of its own.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "int lamp_first(int LEVELS) { return LEVELS; }\n\n"
                "struct state {\n#define LEVELS 4\n\tint level[LEVELS];\n};\n\n" + TABLE,
            ),
            (ENTRY, ENTRY + "\t.count = sizeof(struct state),\n"),
        )
    ),
)

FIXED_TYPE = Rule(
    "VT045",
    "fixed",
    "the definition of a type cannot move",
    "The table or a prototype needs a type that only the source file defines. Its definition "
    "cannot move: it also declares an object, an `#if` cuts through it, or there are two of it. "
    "vtsplit separates a type from one object if the table itself names one of the two.",
    "Move the type to a header by hand.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "struct state { int level; } lamp_state, lamp_spare;\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.count = sizeof(struct state),\n"),
        )
    ),
)
