"""What a value of the spec may be: the leaf types of the schema, each with its check."""

import re
import warnings
from typing import Annotated, NamedTuple

from msgspec import Meta

from vtsplit.example_trees import SPEC
from vtsplit.rule import Example, Rule
from vtsplit.spec.toml_sites import KeyPath, Part

VALUE = Rule(
    "VT003",
    "value",
    "a value has a wrong type or form",
    "The message says what the key takes: a C name, `true` or `false`, a path with forward "
    "slashes, a regular expression whose groups the template uses. Two keys can also contradict "
    "each other.",
    "Write a value of the form that the message names.",
    Example(spec=SPEC + '\n[rename]\nlamp_on = "lamp-on"\n'),
)

MISSING_KEY = Rule(
    "VT004",
    "missing-key",
    "a required key is missing",
    "`[split]` needs `source`, `header` and `main`, and `[tables]` needs at least one line. "
    "Some keys need another key beside them.",
    "Add the key that the message names.",
    Example(spec='[split]\nsource = "lamp.c"\nheader = "lamp_ops.h"\n[tables]\nlamp_ops = "l"\n'),
)

OUTSIDE = Rule(
    "VT005",
    "outside-path",
    "a path of the spec leaves the tree",
    "Nothing outside of the tree is read or written.",
    "Write the path from the top of the tree, without `..`.",
    Example(spec=SPEC.replace('"lamp.c"', '"../lamp.c"')),
)


_KEYWORD = re.compile(
    "auto|break|case|char|const|continue|default|do|double|else|enum|extern|float|for|goto|if|inline"
    "|int|long|register|restrict|return|short|signed|sizeof|static|struct|switch|typedef|union"
    "|unsigned|void|volatile|while|asm|typeof|_Alignas|_Alignof|_Atomic|_Bool|_Complex|_Generic"
    "|_Imaginary|_Noreturn|_Static_assert|_Thread_local"
)
# C11 6.4.2.1; letters beyond ASCII by its annex D, `$` by GCC (GCC manual, 6.49).
_IDENTIFIER = re.compile(r"(?:[^\W\d]|\$)[\w$]*")
_LICENSE = re.compile(r"[A-Za-z0-9(][A-Za-z0-9.+() -]*")
# A third digit would make an octal escape of a group number.
_GROUP_REFERENCE = re.compile(r"\\(?:[1-9][0-9]?(?![0-9])|g<\w+>)")


# The macro that exports a name, by the word of the spec.
EXPORTS = {"plain": "EXPORT_SYMBOL", "gpl": "EXPORT_SYMBOL_GPL"}


class Refusal(NamedTuple):
    """What a value should have been."""

    expected: str
    help: str = ""
    rule: Rule = VALUE


def is_c_name(name: str) -> bool:
    """Say whether C can give something this name.

    >>> is_c_name("foo_2"), is_c_name("2_foo"), is_c_name("goto")
    (True, False, False)
    """
    return bool(_IDENTIFIER.fullmatch(name)) and not _KEYWORD.fullmatch(name)


def _check_name(name: str) -> Refusal | None:
    if is_c_name(name):
        return None
    return Refusal("a C identifier", "a C keyword" if _KEYWORD.fullmatch(name) else "")


def _check_prefix(prefix: str) -> Refusal | None:
    return None if _IDENTIFIER.fullmatch(prefix) else Refusal("the start of a C identifier")


def _check_license(license_id: str) -> Refusal | None:
    # It goes into a comment, which it must not end.
    return None if _LICENSE.fullmatch(license_id) else Refusal("an SPDX licence identifier")


def _check_export(kind: str) -> Refusal | None:
    return None if kind in EXPORTS else Refusal("'plain' or 'gpl'")


def _check_namespace(name: str) -> Refusal | None:
    return None if re.fullmatch(r"\w+", name, re.ASCII) else Refusal("the name of a namespace")


def check_path(path: str, suffix: str) -> Refusal | None:
    """Say why a text is no plain path inside the tree that ends with `suffix`; None if it is."""
    parts = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path) or ".." in parts:
        return Refusal("a path inside the tree", "relative to the tree's top", OUTSIDE)
    if "\\" in path:
        return Refusal("a path with forward slashes", f"write {quoted('/'.join(parts))}")
    if not path.endswith(suffix) or parts[-1] == suffix:
        return Refusal(f"the path of a {suffix} file")
    plain = [part for part in parts if part not in ("", ".")]
    if plain != parts:
        return Refusal("a plain path", f"write {quoted('/'.join(plain))}")
    return None if path.isprintable() else Refusal("a path of printable characters")


def check_pattern(pattern: str) -> Refusal | None:
    """Say why a text is no regular expression; None when it is one."""
    try:
        compile_pattern(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return Refusal("a regular expression", str(error))
    return None if pattern else Refusal("a regular expression that matches names")


def _check_template(template: str) -> Refusal | None:
    plain = _GROUP_REFERENCE.sub("", template)
    if template and re.fullmatch(r"[A-Za-z0-9_]*", plain) and not template[0].isdigit():
        return None
    return Refusal(r"a C identifier with groups such as \1 or \g<name>")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression without Python's warnings about its own future."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about syntax that a later Python may read differently
        return re.compile(pattern)


class Fault(NamedTuple):
    """A problem whose place is still a path of keys."""

    path: KeyPath
    message: str
    help: str = ""
    rule: Rule = VALUE
    of: Part = "value"


def quoted(text: str) -> str:
    """Show a value of the spec in a message: in quotes, short, and printable."""
    text = text if len(text) <= 60 else f"{text[:57]}..."
    # A backslash is shown as it is written.
    return f"'{text}'" if text.isprintable() else repr(text)


Name = Annotated[str, Meta(extra={"check": _check_name})]
Prefix = Annotated[str, Meta(extra={"check": _check_prefix})]
License = Annotated[str, Meta(extra={"check": _check_license})]
Export = Annotated[str, Meta(extra={"check": _check_export})]
Namespace = Annotated[str, Meta(extra={"check": _check_namespace})]
SourcePath = Annotated[str, Meta(extra={"check": lambda path: check_path(path, ".c")})]
HeaderPath = Annotated[str, Meta(extra={"check": lambda path: check_path(path, ".h")})]
Pattern = Annotated[str, Meta(extra={"check": check_pattern})]
Template = Annotated[str, Meta(extra={"check": _check_template})]
