"""The rules for includes of a new file: `needs`, `new_files` and dispatch raise them."""

from vtsplit.example_trees import ENTRY, TABLE, edited, in_table
from vtsplit.rule import Example, Rule

FRONT_MACRO = Rule(
    "VT044",
    "front-macro",
    "a macro of the source file changes what an include says",
    "The source file defines a macro above an include, and that header tests it. Main exists "
    "already and does not define the macro; or the header of the split exists, and other files "
    "include it, which do not define the macro.",
    "Move the macro, and the includes that test it, to a header.",
    Example(
        {
            **edited("lamp.c", ("#include", "#define DIM 1\n#include")),
            **edited(
                "lamp.h", ("\tint level;\n", "#ifdef DIM\n\tint dim;\n#endif\n\tint level;\n")
            ),
            "main.c": "int main_level;\n",
        }
    ),
)

INCLUDED_TEXT = Rule(
    "VT044",
    "included-text",
    "the function is defined in a file that is included as text",
    "The source file includes another C file, which defines the function. It stays static there.",
    "Compile that file on its own, or leave the table out of the split.",
    Example(
        {
            **edited(
                "lamp.c",
                (TABLE, '#include "off.c"\n\n' + TABLE),
                (ENTRY, ENTRY + "\t.off = lamp_off,\n"),
            ),
            "off.c": "static void lamp_off(struct light *light)\n{\n}\n",
        }
    ),
)

RELYING = Rule(
    "VT044",
    "relying",
    "a header uses what the source file defines above its include",
    "Main has to include the header, but does not have the definition that the header uses.",
    "Move that definition to a header that this one includes.",
    Example(
        {
            **edited("lamp.c", ("#include", "typedef int level_t;\n\n#include")),
            **edited("lamp.h", ("\tint level;", "\tlevel_t level;")),
        }
    ),
)

UNKNOWN_ORIGIN = Rule(
    "VT044",
    "unknown-origin",
    "vtsplit cannot tell where a name comes from",
    "Neither the source file nor a header that it includes declares the name. A macro may build "
    "it.",
    "Write the definition without the macro, or leave the table out of the split.",
    Example(in_table("\t.off = lamp_off,\n")),
)

CONFIGURED = Rule(
    "VT044",
    "configured",
    "an include would mean something else in another file",
    "The name comes from an include under `#pragma pack`, or behind a `#define` that makes a "
    "header define code which a program has only once (`X_IMPLEMENTATION`).",
    "Move the include and what changes it to a header, or leave the table out of the split.",
    Example(
        edited(
            "lamp.c",
            ('#include "lamp.h"\n', '#pragma pack(1)\n#include "lamp.h"\n#pragma pack()\n'),
        )
    ),
)
