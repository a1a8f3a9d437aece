r"""Put declarations inside of a header's `extern "C"` block, which C++ needs around them.

Before:

    extern "C" {
    int foo_count(void);
    }

After:

    extern "C" {
    int foo_count(void);

    int foo_open(int unit);

    }
"""

from vtsplit.cst.meaning.linkage_block import linkage_blocks
from vtsplit.cst.nodes import Declaration, FunctionDef, Module
from vtsplit.cst.parser import parse_module


def put_in_linkage(module: Module, block: str, is_source: bool = False) -> Module | None:
    r"""Return a file with lines at the end of its last block of C linkage.

    None if it has no such block, or defines what the lines may need behind it.

    >>> put_in_linkage(parse_module("A_BEGIN_DECLS\nA_END_DECLS\n"), "int a;\n").code
    'A_BEGIN_DECLS\n\nint a;\n\nA_END_DECLS\n'
    """
    code = module.code
    blocks = linkage_blocks(code)
    if not blocks or _defines(code[blocks[-1].behind :], is_source):
        return None
    at = blocks[-1].end
    front, rest = code[:at], code[at:]
    newline = "\r\n" if front.endswith("\r\n") else "\n"
    blank = "" if front.endswith(newline * 2) else newline
    return parse_module(f"{front}{blank}{block}{newline}{rest}")


def _defines(text: str, is_source: bool) -> bool:
    """Tell whether a text defines types or, of a source file, anything."""
    return any(
        is_source or item.is_type
        for item in parse_module(text).items
        if isinstance(item, Declaration | FunctionDef)
    )
