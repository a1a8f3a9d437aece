"""`[dispatch.backend.kconfig]`: an entry for the second backend's option, if Kconfig has none."""

import re
from posixpath import basename
from typing import Annotated

from msgspec import Meta, Struct

from vtsplit.spec.values import Refusal, check_path

# Words of Documentation/kbuild/kconfig-language.rst, "Menu dependencies". What is in parentheses
# behind a dollar sign is a macro's (kconfig-macro-language.rst).
# Some of these run a command with what they are given, so only options go through.
_MACRO = re.compile(r"\$\((?:\w+|(?:cc|as|ld|m32|m64|rustc)-[\w-]+,[\w.,=+ %-]*)\)", re.ASCII)
_TOKEN = re.compile(
    r"\s*(?:(\(|!(?!=))|(\))|(&&|\|\||!=|<=|>=|[=<>])|(\"[^\"\\$]*\"|'[^'\\$]*'|[\w.-]+))",
    re.ASCII,
)


def is_expression(text: str) -> bool:
    """Tell whether Kconfig could read a text as an expression.

    >>> [is_expression(one) for one in ("A && (!B || C=y)", "A &&", "A B", "(A", "É", "")]
    [True, False, False, False, False, False]
    """
    text = _MACRO.sub("m", text).strip()
    depth, at, wants = 0, 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return False
        before, closing, operator, _ = match.groups()
        if wants != (closing is None and operator is None):
            return False
        depth += (before == "(") - bool(closing)
        if depth < 0:
            return False
        wants = bool(before or operator)
        at = match.end()
    return not wants and not depth


def _check_file(path: str) -> Refusal | None:
    # A stanza that is put into a Makefile by a slip would break the build.
    if path.isprintable() and "config" not in basename(path).lower():
        return Refusal("the path of a Kconfig file")
    return check_path(path, "")


def _check_prompt(text: str) -> Refusal | None:
    if text.strip() == text and text and text.isprintable() and not set(text) & {'"', "\\", "$"}:
        return None
    return Refusal("a prompt of one line", "without quotes, backslashes and dollar signs")


def _check_expression(text: str) -> Refusal | None:
    shown = text.isprintable() and "#" not in text and is_expression(text)
    return None if shown else Refusal("an expression of Kconfig", 'as in "KVM_INTEL && X86_64"')


def _check_default(text: str) -> Refusal | None:
    value, _, condition = text.partition(" if ")
    refused = _check_expression(value) or (_check_expression(condition) if condition else None)
    return refused and Refusal("a value of Kconfig", 'as in "y" or "y if X86_64"')


def _check_help(text: str) -> Refusal | None:
    shown = all(char.isprintable() or char in "\n\t" for char in text)
    return None if shown and text.strip() else Refusal("a help text of printable characters")


class KconfigEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[dispatch.backend.kconfig]`: what to write, and into which file."""

    file: Annotated[str, Meta(extra={"check": _check_file})]
    prompt: Annotated[str, Meta(extra={"check": _check_prompt})]
    help: Annotated[str, Meta(extra={"check": _check_help})]
    # What it depends on; the option that the source depends on, if nothing is stated.
    depends: Annotated[str, Meta(extra={"check": _check_expression})] | None = None
    default: Annotated[str, Meta(extra={"check": _check_default})] | None = None
