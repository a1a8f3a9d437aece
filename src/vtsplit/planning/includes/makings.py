"""What a header makes in each file that includes it: variables, functions, a module's licence."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vtsplit.cst.nodes import Declaration, FunctionDef, MacroCall
from vtsplit.example_trees import ENTRY, edited
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Definitions, Sort
from vtsplit.survey.cfile.files import CFile

_OFF = "void lamp_off(struct light *light)\n{\n\tlight->level = 0;\n}\n"

SINGLE_HEADER = Rule(
    "VT049",
    "single-header",
    "main has to include a header that can be included once",
    "The header holds a variable, defines a function that is not static, or says something about "
    "the module. The program would have it twice. A static variable that only the header's inline "
    "functions use may stay, unless the table itself also uses it. If main needs only what that "
    "header includes, main includes this instead.",
    "Move it to the source file, or leave the table out of the split.",
    Example({**edited("lamp.h", ("\n#endif", "\nint lamp_total = 1;\n\n#endif"))}),
)

STATIC_FUNCTION = Rule(
    "VT049",
    "static-function",
    "the table names a static function that a header defines",
    "Each file that includes the header has a copy of the function. In main the table would name "
    "main's copy, which is another function than the source file's. A static function that the "
    "table does not name becomes inline, since the compiler would warn that main does not use it.",
    "Move the function to the source file, or leave the table out of the split.",
    Example(
        {
            **edited("lamp.h", ("\n#endif", f"\nstatic {_OFF}\n#endif")),
            **edited("lamp.c", (ENTRY, ENTRY + "\t.off = lamp_off,\n")),
        }
    ),
)

STATIC_DECLARATION = Rule(
    "VT049",
    "static-declaration",
    "main has to include a header that declares a static function of the source file",
    "Main would declare the function static and not define it, and the compiler warns about that.",
    "Move the declaration to the source file.",
    Example(edited("lamp.h", ("\n#endif", "\nstatic int lamp_twice(int level);\n\n#endif"))),
)


# What these make is global, or read from a section of its own, or is said once of a module.
_MAKERS = re.compile(
    r"(?:module|EXPORT)_\w+|\w+_DEVICE_TABLE|MODULE_(?:AUTHOR|DESCRIPTION|LICENSE|VERSION|PARM_DESC)"
)
_USING = re.compile(r"\s*using\s+[\w:]*::")  # C++: no C file comes there


@dataclass(frozen=True)
class Making:
    """An item of a header that makes something: what to say of it, and whose name it is.

    `is_private` is set for what a file may have for itself: with internal linkage, and of use in
    the header. `is_plain` is set for what looks like a global variable without a value.
    """

    index: int
    what: str
    name: str = ""
    is_private: bool = False
    is_plain: bool = False
    rule: Rule = SINGLE_HEADER


def find_makings(
    file: CFile,
    is_function: Callable[[Declaration], bool] = lambda _: False,
) -> Iterator[Making]:
    r"""Yield what a header makes in each file that includes it.

    `is_function` tells whether what looks like a variable is a function, declared by its type.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = "static int a;\nstatic const int b = 1;\nstatic inline int f(void) { return a; }\n"
    >>> header = CFile("a.h", parse_module(text + "int g;\nint h(void);\nMODULE_LICENSE(x);\n"))
    >>> [(one.what.partition(":")[0], one.is_private) for one in find_makings(header)][:2]
    [("holds the variable 'a'", True), ("holds the variable 'g'", False)]
    >>> [one.what for one in find_makings(header)][2:]
    ['has MODULE_LICENSE(): there would be two']
    >>> text = "static inline int f(int a);\nint f(int a) { return a; }\n"
    >>> list(find_makings(CFile("a.h", parse_module(text))))
    []
    """
    for index, item in enumerate(file.module.items):
        if file.site(index).column > 1:
            continue  # what the parser could not read goes on there: it is inside of something
        if isinstance(item, MacroCall) and _MAKERS.fullmatch(item.name):
            yield Making(index, f"has {item.name}(): there would be two")
        elif isinstance(item, FunctionDef) and not _may_be_copied(item, file.definitions):
            what, rule = f"defines the function '{item.name}': there would be two", SINGLE_HEADER
            if item.head.is_static:
                what = (
                    f"defines '{item.name}', a static function that the table names: there would "
                    "be two"
                )
                rule = STATIC_FUNCTION
            yield Making(index, what, item.name, _is_private(item, file), rule=rule)
        elif not isinstance(item, Declaration) or not item.name or _USING.match(item.code):
            continue
        elif not _is_state(item, file.definitions):
            if _is_promise(item, file.definitions):
                yield _declared(index, item.name)
        elif is_function(item):
            if item.head.is_static and not file.definitions.of(item.name, Sort.FUNCTION):
                yield _declared(index, item.name)
        else:
            what = f"holds the variable '{item.name}': there would be two"
            is_plain = not item.head.is_static and item.head.initializer is None
            yield Making(index, what, item.name, _is_private(item, file), is_plain)


def _declared(index: int, name: str) -> Making:
    what = f"declares '{name}' static, but main does not define it"
    return Making(index, what, name, rule=STATIC_DECLARATION)


def _is_promise(item: Declaration, definitions: Definitions) -> bool:
    """Tell a prototype of a static function that the includer is to define: GCC warns if not."""
    if not item.head.is_function or not item.head.is_static or _is_spare(item):
        return False
    return not definitions.of(item.name, Sort.FUNCTION)


def _is_private(item: FunctionDef | Declaration, file: CFile) -> bool:
    """Tell what is static and used beside its definition: the compiler warns of what is not."""
    uses = re.findall(rf"\b{re.escape(item.name)}\b", file.module.code)
    return item.head.is_static and len(uses) > 1


def _is_spare(item: FunctionDef | Declaration) -> bool:
    """Tell a function that each file may have a copy of, without using it.

    A macro among its specifiers, `STORAGE_CLASS_FOO`, may say so.
    """
    head = item.head
    words = [token.text for token in head.tokens]
    macros = (word for word in words[: head.name_index] if word.isupper() and len(word) > 3)
    return any("inline" in word or "unused" in word for word in words) or any(macros)


def _may_be_copied(item: FunctionDef, definitions: Definitions) -> bool:
    """Tell a function that each file may have a copy of, as its own head or a prototype says.

    Behind a static prototype it is static (C11 6.2.2p5).
    """
    prototypes = (one.item for one in definitions.of(item.name, Sort.PROTOTYPE) if one.is_static)
    return _is_spare(item) or any(
        isinstance(one, Declaration) and _is_spare(one) for one in prototypes
    )


def _is_state(item: Declaration, definitions: Definitions) -> bool:
    found = definitions.of(item.name, Sort.OBJECT, Sort.TENTATIVE)
    if not any(definition.item is item for definition in found):
        return False
    words = [token.text for token in item.head.tokens[: item.head.name_index]]
    # Behind the last star `const` is said of the variable itself.
    last = max((at for at, word in enumerate(words) if word == "*"), default=0)
    return "const" not in words[last:]
