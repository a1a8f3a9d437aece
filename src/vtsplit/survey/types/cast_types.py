"""What casts say of a type that no header of the tree declares."""

import re

from vtsplit.cst.lexer import COMMENT

_BEFORE = r"(?:[=,?:({]|\breturn)\s*"
_COMMENT = re.compile(COMMENT)
_OPERAND = r"(?!sizeof\b)[A-Za-z_\"'\d]"


def is_cast_to(text: str, name: str) -> bool:
    """Tell whether a text casts a value to a type: then the type is scalar (C11 6.5.4p2).

    A cast whose operand begins with an operator or a bracket may as well be a sum or a call, so
    that it tells nothing.

    >>> is_cast_to("p = (handle_t)fd;", "handle_t"), is_cast_to("f((handle_t) 1)", "handle_t")
    (True, True)
    >>> is_cast_to("/* the handle, (handle_t) if any */", "handle_t")
    False
    >>> is_cast_to("p = (handle_t)-1; q = (handle_t){ 1 }; int f(handle_t) PURE;", "handle_t")
    False
    """
    cast = re.compile(rf"{_BEFORE}\(\s*{re.escape(name)}\s*\)\s*{_OPERAND}")
    return bool(cast.search(text) and cast.search(_COMMENT.sub(" ", text)))
