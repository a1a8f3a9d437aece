"""Declarations without definitions, definitions without declarations, and repeated ones."""

from collections.abc import Iterator
from posixpath import splitext

from vtsplit.cst.conditions import are_exclusive, beyond, contradict
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import code_words
from vtsplit.cst.nodes import Declaration, MacroCall
from vtsplit.example_trees import SPLIT, edited
from vtsplit.lint.facts import DECLARING, DeclarationPlace, Facts, in_strings, is_exported, uses_of
from vtsplit.lint.findings import Declare, Drop, Finding
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.self_contained import used_names
from vtsplit.survey.order.providers import find_declaring

UNDEFINED = Rule(
    "L001",
    "undefined",
    "declared, but defined nowhere",
    "The header declares a function or object, but no file of the tree defines it. Most often a "
    "change removed the definition and forgot the header.",
    "Remove the declaration. `--fix` does so, unless something uses it.",
    Example(
        edited(
            "lamp_ops.h",
            ("light);\n", "light);\nvoid lamp_dim(struct light *light);\n"),
            base=SPLIT,
        ),
        base=SPLIT,
        command="vtsplit lint",
    ),
)

UNDECLARED = Rule(
    "L002",
    "undeclared",
    "defined and used in another file, but declared in no header",
    "The function is global, and another file uses it through its own declaration or without "
    "one. The compiler does not see when the two differ.",
    "Declare it in the header. `--fix` does so if main uses it and the header sees the types.",
    Example(
        edited("lamp_ops.h", ("int lamp_on(struct light *light);\n", ""), base=SPLIT),
        base=SPLIT,
        command="vtsplit lint",
    ),
)

REPEATED = Rule(
    "L003",
    "repeated",
    "declared twice",
    "Two headers that main sees declare the same name, or one header does so twice. It does no "
    "harm until one of the two changes.",
    "Remove one. `--fix` removes the second of two equal ones in one header.",
    Example(
        edited("lamp.h", ("\n#endif", "\nint lamp_on(struct light *light);\n\n#endif"), base=SPLIT),
        base=SPLIT,
        command="vtsplit lint",
    ),
)

_LAMP_DIM = "int lamp_dim(void)\n{\n\treturn 1;\n}\n\n"

CONFINED = Rule(
    "L006",
    "confined",
    "global, but used in its own file only",
    "It became global for a table or for another file, but neither uses it any more.",
    "Make it `static` again and remove its declaration.",
    Example(
        {
            **edited("lamp.c", ("int lamp_on", _LAMP_DIM + "int lamp_on"), base=SPLIT),
            **edited("lamp_ops.h", ("int lamp", "int lamp_dim(void);\nint lamp"), base=SPLIT),
        },
        base=SPLIT,
        command="vtsplit lint",
    ),
)


# What a compiler or Kbuild calls, declared or not (C11 5.1.2.2.1; init_module(2)).
_CALLED_BY_SYSTEM = frozenset({"main", "init_module", "cleanup_module"})
_SEEN_BY_OTHERS = frozenset(
    "asmlinkage __visible __weak __used notrace_asm __asmlinkage __attribute__".split()
)


def find_undefined(facts: Facts) -> Iterator[Finding]:
    """Find declarations of what nothing defines (L001)."""
    for place in facts.declared:
        name = place.definition.name
        if _is_defined(facts, name) or facts.may_be_built(name):
            continue
        used = _user(facts, place)
        if used is None:
            message = f"'{name}' is declared, but nothing defines it and nothing uses it"
        else:
            message = f"'{name}' is declared, but nothing defines it; used at {used}"
        idle = used is None and not place.head.more
        mend = Drop(place.file.path, place.definition.index) if idle else None
        yield Finding(place.site, UNDEFINED, name, message, mend)


def _is_defined(facts: Facts, name: str) -> bool:
    """Tell whether anything in the tree defines a name, or cannot be read and has it."""
    if facts.is_common(name) or facts.is_mentioned_outside_c(name) or facts.definitions(name):
        return True
    for place in facts.places(name):
        item = place.item
        if place.definition.sort in {Sort.MACRO_CALL, Sort.MACRO, Sort.TYPE, Sort.ENUMERATOR}:
            return True
        if place.definition.sort is Sort.FUNCTION and not place.definition.is_static:
            return True  # `inline` without `static`
        if "alias" in item.text and place.definition.sort in DECLARING:
            return True  # __attribute__((alias("other")))
    return any(file.definitions.straddling(name) for file in facts.having(name)) or any(
        name in facts.used_by(item)
        for file in facts.sources
        for item in file.module.items
        if isinstance(item, MacroCall)
    )


def _user(facts: Facts, place: DeclarationPlace) -> str | None:
    for file in facts.having(place.definition.name):
        if _has_another(file, place.definition.name):
            continue
        for site in uses_of(file, place.definition.name):
            return f"{site.path}:{site.line}"
    return None


def _has_another(file: CFile, name: str) -> bool:
    """Tell whether a name is another thing in a file: a static function or object, or a macro."""
    return any(d.is_static or d.sort is Sort.MACRO for d in file.definitions.of(name))


def find_undeclared(facts: Facts) -> Iterator[Finding]:
    """Find global definitions that other files use and no header declares (L002)."""
    for place in facts.globals:
        name = place.definition.name
        if name in _CALLED_BY_SYSTEM or facts.is_common(name) or _is_declared(facts, name):
            continue
        user = _outside_user(facts, place)
        if user is not None:
            message = f"'{name}' is used at {user}, but no header declares it"
            yield Finding(place.site, UNDECLARED, name, message, _declaring(facts, place))


def _is_declared(facts: Facts, name: str) -> bool:
    for file in facts.having(name):
        if file.path.endswith(".h") and (
            file.definitions.of(name) or file.definitions.straddling(name)
        ):
            return True
    return False


def _outside_user(facts: Facts, place: DeclarationPlace) -> str | None:
    """Return where another file uses a name.

    A file that is no part of the split may declare what it uses itself: it did so before.
    """
    name = place.definition.name
    for file in facts.having(name):
        if file.path == place.file.path or _has_another(file, name):
            continue
        if file.definitions.of(name, Sort.FUNCTION):
            continue
        if file not in facts.sources and file.definitions.of(name, *DECLARING):
            continue
        for site in uses_of(file, name):
            return f"{site.path}:{site.line}"
    return None


def _declaring(facts: Facts, place: DeclarationPlace) -> Declare | None:
    """Return the mend: the split's header declares it, when it can see all that this needs."""
    if place.head.more or place.definition.name not in facts.uses_in_main:
        return None
    try:
        signature = read_signature(place.head)
    except TypeReadError:
        return None
    reached = facts.graph.reach(facts.header.path)
    needed = signature.complete | signature.constants
    there = set(find_declaring(facts.graph, reached, needed))
    there |= find_declaring(facts.graph, reached, signature.incomplete, incomplete=True).keys()
    # The includes of the C files stand above the header's, and serve it if it relies on them.
    relied = set(used_names(facts.header.module))
    if (needed | signature.incomplete) - there - relied:
        return None
    return Declare(place.file.path, place.definition.index)


def find_repeated(facts: Facts) -> Iterator[Finding]:
    """Find second declarations of what the split's headers declare (L003)."""
    seen = set(facts.seen)
    for name in dict.fromkeys(place.definition.name for place in facts.declared):
        if facts.is_common(name):
            continue
        places = [
            place
            for place in facts.places(name)
            if place.definition.sort in DECLARING
            and not place.definition.is_static
            and place.file.path in seen
        ]
        headers = {file.path for file in facts.headers}
        own = [place for place in places if place.file.path in headers]
        others = [place for place in places if place.file.path not in headers]
        for at, place in enumerate(own):
            first = next((p for p in own[:at] if _meet(p, place)), None)
            other = next((p for p in others if _is_header(p) and _meet(p, place)), None)
            if first is not None:
                yield _repeated(name, place, first, _dropping(place, first))
            elif other is not None:
                yield _repeated(name, place, other, None)
        for place in others:
            first = next((p for p in own if _meet(p, place)), None)
            if first is not None and place.file in facts.sources:
                yield _repeated(name, place, first, None)


def _repeated(
    name: str, place: DeclarationPlace, first: DeclarationPlace, mend: Drop | None
) -> Finding:
    message = f"'{name}' is already declared at {first.site.path}:{first.site.line}"
    return Finding(place.site, REPEATED, name, message, mend)


def _is_header(place: DeclarationPlace) -> bool:
    return place.file.path.endswith(".h")


def _meet(one: DeclarationPlace, other: DeclarationPlace) -> bool:
    """Tell whether two declarations can be in force together: no branches exclude each other."""
    ours, theirs = one.definition.guard, other.definition.guard
    if one.file.path == other.file.path and are_exclusive(ours, theirs):
        return False
    return not contradict(ours, theirs)


def _dropping(place: DeclarationPlace, first: DeclarationPlace) -> Drop | None:
    """Return the mend where the first declaration says the same, wherever the second is seen."""
    one, other = place.item, first.item
    if not isinstance(one, Declaration) or not isinstance(other, Declaration):
        return None
    same_file = place.file.path == first.file.path
    if not same_file or one.head.more or other.head.more or _words(one) != _words(other):
        return None
    return (
        Drop(place.file.path, place.definition.index)
        if not beyond(first.definition.guard, place.definition.guard)
        else None
    )


def _words(item: Declaration) -> list[str]:
    words = code_words(item.tokens)
    return [word for word in words if word != "extern"]


def find_confined(facts: Facts) -> Iterator[Finding]:
    """Find what is global and used in its own file only (L006)."""
    declared = {place.definition.name: place for place in facts.declared}
    for name in dict.fromkeys([*declared, *(place.definition.name for place in facts.globals)]):
        definitions = facts.definitions(name)
        files = {place.file.path: place.file for place in definitions}
        if len(files) != 1 or name in _CALLED_BY_SYSTEM or facts.is_common(name):
            continue
        (file,) = files.values()
        if not file.path.endswith(".c") or not _is_free(facts, file, definitions, name):
            continue
        if name in declared and _is_interface(declared[name], file):
            continue
        if name in declared:
            message = f"nothing but {file.path} uses '{name}': it could be static there"
            yield Finding(declared[name].site, CONFINED, name, message)
        elif file in facts.sources and not _is_declared(facts, name):
            message = f"'{name}' is neither declared in a header nor used elsewhere: make it static"
            yield Finding(definitions[0].site, CONFINED, name, message)


def _is_interface(declared: DeclarationPlace, file: CFile) -> bool:
    """Tell whether a header called as a source is declares a name: it says what that file offers.

    Whoever uses `foo.h` may be outside of the tree.
    """
    return splitext(declared.file.path)[0] == splitext(file.path)[0]


def _is_free(
    facts: Facts, file: CFile, definitions: tuple[DeclarationPlace, ...], name: str
) -> bool:
    """Tell whether a name can become static: nothing outside can reach it, seen or unseen."""
    words = {token.text for place in definitions for token in place.head.tokens}
    if words & _SEEN_BY_OTHERS or is_exported(file, name) or in_strings(file, name):
        return False
    if facts.is_mentioned_outside_c(name):
        return False
    if name in facts.uses_in_main and file is not facts.main:
        return False
    for other in facts.having(name):
        if other.path == file.path:
            continue
        own = other.definitions.of(name)
        if other.path.endswith(".c") and _has_another(other, name):
            continue
        if next(uses_of(other, name), None) is not None or other.definitions.straddling(name):
            return False
        if any(d.sort not in DECLARING for d in own):
            return False
        if other.path.endswith(".c") and own:
            return False  # declared there by hand
    return not facts.may_be_built(name)
