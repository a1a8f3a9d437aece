"""Main's object gets the variables and macros that a build gives the source's object alone."""

from collections.abc import Callable
from dataclasses import replace
from posixpath import basename, splitext

from vtsplit.diagnostics import Site
from vtsplit.planning.build.other_lists import OtherLists
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import is_cmake
from vtsplit.survey.build.settings.cmake_settings import file_macros
from vtsplit.survey.build.settings.own_options import own_macros
from vtsplit.survey.make.kbuild import Membership

OWN_MACROS = Rule(
    "VT060",
    "own-macros",
    "a rule gives macros to the source's object alone, and main needs them",
    "A macro that the compiler gets by `-D`, or a file that it reads by `-include`, decides what "
    "the table or a header says. Main's object would be compiled without it.",
    "Write a rule for main's object in the Makefile first, with the same options, and split by a "
    "spec whose `main` is that file.",
    Example(
        {
            "Makefile": "lights: lamp.o\n\tcc -o $@ $^\nlamp.o: lamp.c\n\tcc -DLAMPS=4 -c lamp.c\n",
            "lamp.h": "#ifndef LAMPS\n#define LAMPS 1\n#endif\n"
            "struct light {\n\tint level[LAMPS];\n};\n\n"
            "struct light_ops {\n\tint (*on)(struct light *light);\n};\n",
            "lamp.c": '#include "lamp.h"\n\nstatic int lamp_on(struct light *light)\n{\n'
            "\treturn light->level[0];\n}\n\nstatic struct light_ops lamp_ops = {\n"
            "\t.on = lamp_on,\n};\n",
        }
    ),
)


def refuse_own_settings(
    others: OtherLists, main: str, is_named: Callable[[str], bool], ledger: Ledger
) -> None:
    """Refuse (VT060) macros that a CMake file gives the source alone, as far as main needs them."""
    for path, text, _ in others.lists():
        if not is_cmake(path):
            continue
        there = {one.shown for one in file_macros(text, path, main)}
        for one in file_macros(text, path, others.source):
            named = sorted(filter(is_named, one.names))
            if one.shown in there or (one.names and not named):
                continue
            what = f"'{named[0]}'" if named else "that file"
            ledger.refuse(
                OWN_MACROS,
                f"'{basename(others.source)}' has {one.shown}, and '{basename(main)}' would not: "
                f"what main has may depend on {what}",
                Site(path, one.line, one.column),
                f"write the same for '{basename(main)}' first",
            )


def refuse_own_macros(
    text: str, found: Membership, main: str, is_named: Callable[[str], bool], ledger: Ledger
) -> None:
    """Refuse (VT060) macros of the source's object that main lacks and that something names there.

    `is_named` tells whether the source's items that move, or its headers, have a word.
    """
    ours, theirs = (f"{splitext(basename(path))[0]}.o" for path in (found.source, main))
    there = {one.options for one in own_macros(text, replace(found, source=main, places=()))}
    for one in own_macros(text, found):
        named = sorted(filter(is_named, one.names))
        if one.options in there or (one.names and not named):
            continue
        what = f"'{named[0]}'" if named else "that file"
        ledger.refuse(
            OWN_MACROS,
            f"'{ours}' is compiled with {' '.join(one.options)}, and '{theirs}' would not be: what "
            f"main has may depend on {what}",
            Site(found.makefile, one.place.line, one.place.column, len(one.place.text)),
            f"write the same for '{theirs}' first, and split by a spec with {basename(main)} for "
            "`main`; or set `object-list = false` there, and list it by hand",
        )
