"""What is refused of types and macros that only the source file has: `local_types` raises it."""

from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.rule import Example, Rule

MACRO_INSIDE = Rule(
    "VT043",
    "inside-type",
    "a type has a `#define` inside, and the name is used above it",
    "The type moves up to the header, and its macro with it. What uses the macro's name above the "
    "type would then mean the macro.",
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
    "a type means something at its own place",
    "The table or a prototype needs a type that only the source file defines. It cannot be taken "
    "out: it is declared together with an object, an `#if` cuts through it, or it is defined "
    "twice.",
    "Move it to a header by hand.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "struct state { int level; } lamp_state;\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.count = sizeof(struct state),\n"),
        )
    ),
)
