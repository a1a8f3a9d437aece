"""What the line that a name stands in says of it, in a header that is not parsed."""

import re
from string import ascii_letters, digits

from vtsplit.cst.heads.annotations import is_annotation_call

_AGGREGATE_END = re.compile(r"(struct|union|enum)[ \t]+\Z")
_DEFINE = re.compile(r"[ \t]*#[ \t]*define[ \t]+\Z")
_TYPEDEF_END = re.compile(
    r"(?:[ \t]*\[[^\]]*\])*[ \t]*(?:__\w++[ \t]*(?:\([^)]*\))?[ \t]*)*+;|\)[ \t]*\("
)
_BODY = re.compile(r"(?:\s|__\w++(?:\([^)]*\))?)*+\{")
_ENUMERATOR = re.compile(r"[ \t]*(?:=[^,;\n]*)?(?:,|\s*\}|\s*/[/*]|\s*$)", re.MULTILINE)
_ENUMERATION = re.compile(r"\benum\b[^;{}()=]*\Z")
_FAR = 500  # characters between `enum` and its brace, more than any has
_DECLARATOR_END = re.compile(r"(?:[ \t]+__\w+(?:\([^)]*\))?)*[ \t]*[\[;,]")
_OBJECT_END = re.compile(r"(?:[ \t]*\[[^\]\n]*\])*[ \t]*(?:=(?!=)|;)")
# `void (f) (int a)`: a name in parentheses is no macro's (C11 7.1.4).
_IN_PARENTHESES = re.compile(r"(?:\w+[ \t*]+)+\([ \t]*\Z")
_CALLED = re.compile(r"[ \t]*\)[ \t]*\(")
_DECLARING_CALL = re.compile(r"(?:extern[ \t]+)?(?:DECLARE|DEFINE)_\w+[ \t]*\(")
_WORD = frozenset(ascii_letters + digits + "_$")


def before_name(text: str, start: int) -> str:
    r"""Return what stands in front of a name, in its line.

    >>> before_name("int a;\nint b;\n", 11)
    'int '
    """
    return text[text.rfind("\n", 0, start) + 1 : start]


def is_defined_behind(before: str) -> bool:
    """Tell whether a name behind this is a macro's, which is defined here.

    >>> is_defined_behind("# define "), is_defined_behind("#define A ")
    (True, False)
    """
    return _DEFINE.match(before) is not None


def may_end_enumerator(text: str, end: int) -> bool:
    """Tell whether a name that ends here can be an enumerator, if its line has none before it."""
    return _ENUMERATOR.match(text, end) is not None


def declares_at(text: str, start: int, end: int, name: str, incomplete: bool = False) -> bool:
    r"""Tell whether the name at `text[start:end]` is declared there, by the shape of its line.

    >>> declares_at("typedef int a_t;\n", 12, 15, "a_t"), declares_at("\ta_t b;\n", 1, 4, "a_t")
    (True, False)
    >>> declares_at("static const int a[] = { 1 };\n", 17, 18, "a")
    True
    >>> declares_at("API void (f) (int a);\n", 10, 11, "f")
    True
    >>> declares_at("enum a { B, C = 2, D };\n", 12, 13, "C")
    True
    >>> declares_at("int f(a_t (*g)(void));\n", 6, 9, "a_t")  # a parameter's type
    False
    >>> declares_at("extern int limit __read_mostly;\n", 17, 30, "__read_mostly")
    False
    """
    if (start and text[start - 1] in _WORD) or (end < len(text) and text[end] in _WORD):
        return False
    before = before_name(text, start)
    line_end = text.find("\n", end)
    after = text[end : line_end if line_end >= 0 else len(text)]
    aggregate = _AGGREGATE_END.search(before)
    if " " in name:
        kind = name.partition(" ")[0]
        if not aggregate or aggregate[1] != kind:
            return False
        forward = before.strip() == kind and after.lstrip().startswith(";")
        return bool(_BODY.match(text, end)) or (incomplete and forward)
    if is_defined_behind(before):
        return True
    if aggregate or before.rstrip().endswith((".", "->")):
        return False
    if _TYPEDEF_END.match(after) and _is_typedef(text, before, start):
        return True
    is_outside = before.count("(") == before.count(")")
    if after.lstrip().startswith("(") and is_outside and _starts_in_column_0(before):
        return True
    if _IN_PARENTHESES.match(before) and _CALLED.match(after):
        return True
    if before.startswith("extern") and "(" not in before and _DECLARATOR_END.match(after):
        # `extern int limit __read_mostly;` declares the word in front.
        return not is_annotation_call(name)
    if before.startswith("static ") and not set("(=,") & set(before) and _OBJECT_END.match(after):
        return True
    if _DECLARING_CALL.match(before) and after.lstrip().startswith(")"):
        return True
    if not may_end_enumerator(text, end):
        return False
    return (not before.strip() and bool(before)) or _is_in_enumeration(text, before, start)


def _is_in_enumeration(text: str, before: str, start: int) -> bool:
    """Tell whether a name that others stand in front of in its line is an enumerator."""
    if not before.rstrip().endswith((",", "{")):
        return False
    opened = text.rfind("{", 0, start)
    if opened < 0 or not text.find(";", opened, start) == text.find("}", opened, start) == -1:
        return False
    return _ENUMERATION.search(text, max(0, opened - _FAR), opened) is not None


def _is_typedef(text: str, before: str, start: int) -> bool:
    if before.startswith("typedef") or before.startswith("}"):
        return True
    # A typedef over several lines: go back to where the declaration starts.
    back = text[max(0, start - 2000) : start]
    statement = re.split(r"[;}]", back)[-1]
    return bool(re.search(r"(?:^|\n)[ \t]*typedef\b", statement))


def _starts_in_column_0(before: str) -> bool:
    if not before:
        return True
    return bool(re.match(r"[^\W\d]|[$\[]", before)) and not re.match(
        r"(?:return|else|case|goto|if|while|for|switch|sizeof)\b", before
    )
