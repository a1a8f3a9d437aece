"""What a value of the spec may be: the leaf types of the schema, each with its check."""

import re
import warnings
from functools import cache
from typing import Annotated, Any, NamedTuple

import re2
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

UNSAFE_PATH = Rule(
    "VT005",
    "unsafe-path",
    "a path of the spec has a character that build files do not take",
    "The path is written into Makefiles and `#include` lines. There a blank, a quote, `$`, `#`, "
    "`%` and most other signs mean something else, or run a command.",
    "Rename the file or folder. A path has ASCII letters, digits, `_`, `.`, `+`, `-` and `/`, and "
    "no part of it begins with `-`.",
    Example(spec=SPEC.replace('"main.c"', '"ma in.c"')),
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
    # C23 6.4.1
    "|alignas|alignof|bool|constexpr|false|nullptr|static_assert|thread_local|true|typeof_unqual"
    r"|_BitInt|_Decimal\d+|_Float\d+x?"
    # GCC's (GCC manual, "Alternate Keywords" and "Extensions")
    "|__(?:alignof|asm|attribute|complex|const|imag|inline|real|restrict|signed|typeof|volatile)(?:__)?"
    "|__(?:auto_type|extension__|label__|thread|int128|func__|FUNCTION__|PRETTY_FUNCTION__|float128)"
)
# What the preprocessor keeps for itself (C11 6.10.8; CPP manual, "Predefined Macros").
_PREPROCESSOR = re.compile(
    "defined|_Pragma|__has_[a-z_]+|__VA_(?:ARGS|OPT)__|__STDC\\w*"
    "|__(?:FILE|LINE|DATE|TIME|TIMESTAMP|COUNTER|BASE_FILE|INCLUDE_LEVEL|FILE_NAME)__"
)
_PATH_PART = re.compile(r"[A-Za-z0-9_.+][A-Za-z0-9_.+-]*")
_LONGEST_PATTERN = 1000
_LONGEST_PATH, _LONGEST_PART = 1000, 200  # characters; Linux takes 4095 and 255
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
    return bool(_IDENTIFIER.fullmatch(name)) and not _kept_for(name)


def _kept_for(name: str) -> str:
    """Say what a name is that C keeps for itself; empty for any other."""
    if _KEYWORD.fullmatch(name):
        return "a C keyword"
    return "a name of the preprocessor" if _PREPROCESSOR.fullmatch(name) else ""


def _check_name(name: str) -> Refusal | None:
    return None if is_c_name(name) else Refusal("a C identifier", _kept_for(name))


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
    if odd := next((part for part in parts if not _PATH_PART.fullmatch(part)), None):
        signs = re.sub(r"[\w.+-]", "", odd, flags=re.ASCII)
        help_ = f"{quoted(signs[0])} is not allowed" if signs else f"{quoted(odd)} begins with '-'"
        return Refusal("a path of letters, digits and _ . + - /", help_, UNSAFE_PATH)
    if len(path) > _LONGEST_PATH or max(map(len, parts)) > _LONGEST_PART:
        return Refusal(f"a path of at most {_LONGEST_PATH} characters, {_LONGEST_PART} in a part")
    return None


def check_pattern(pattern: str) -> Refusal | None:
    """Say why a text is no regular expression; None when it is one.

    Python says better than RE2 what is wrong, and takes patterns that RE2 does not.
    """
    if len(pattern) > _LONGEST_PATTERN:
        return Refusal(f"a regular expression of at most {_LONGEST_PATTERN} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about syntax that a later Python may read differently
            re.compile(pattern)
        compile_pattern(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return Refusal("a regular expression", str(error))
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace").partition(":")[0]
        is_large = "large" in said or "repetition" in said
        lacks = "" if is_large else ": RE2 has no look-ahead, look-behind and back references"
        return Refusal("a regular expression of RE2", said + lacks)
    return None if pattern else Refusal("a regular expression that matches names")


def find_template_fault(pattern: str, template: str) -> str:
    r"""Say which group of a template its pattern does not have; empty if it has all.

    >>> find_template_fault("a(?P<b>c)", r"x\1\g<b>"), find_template_fault("a(b)", r"x\2")
    ('', 'invalid group reference 2')
    """
    known = compile_pattern(pattern)
    for match in _GROUP_REFERENCE.finditer(template):
        group = match[0].removeprefix("\\g<").rstrip(">").lstrip("\\")
        if group.isdigit():
            if int(group) > known.groups:
                return f"invalid group reference {group}"
        elif group not in known.groupindex:
            return f"unknown group name {group!r}"
    return ""


def _check_template(template: str) -> Refusal | None:
    plain = _GROUP_REFERENCE.sub("", template)
    if template and re.fullmatch(r"[A-Za-z0-9_]*", plain) and not template[0].isdigit():
        return None
    return Refusal(r"a C identifier with groups such as \1 or \g<name>")


@cache
def compile_pattern(pattern: str) -> Any:  # RE2 has no types of its own
    """Compile a regular expression, which then takes time in proportion to what it is tried on."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


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


CName = Annotated[str, Meta(extra={"check": _check_name})]
Prefix = Annotated[str, Meta(extra={"check": _check_prefix})]
License = Annotated[str, Meta(extra={"check": _check_license})]
Export = Annotated[
    str, Meta(extra={"check": _check_export}, extra_json_schema={"enum": [*EXPORTS]})
]
Namespace = Annotated[str, Meta(extra={"check": _check_namespace})]
SourcePath = Annotated[str, Meta(extra={"check": lambda path: check_path(path, ".c")})]
HeaderPath = Annotated[str, Meta(extra={"check": lambda path: check_path(path, ".h")})]
Pattern = Annotated[str, Meta(extra={"check": check_pattern})]
Template = Annotated[str, Meta(extra={"check": _check_template})]
