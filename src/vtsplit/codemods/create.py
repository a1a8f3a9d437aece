"""Begin a new file: licence line, include guard, includes in groups."""

from collections.abc import Sequence
from itertools import groupby

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import guarded
from vtsplit.cst.nodes import Module
from vtsplit.cst.parser import parse_module


def new_source(license_id: str | None, includes: Sequence[tuple[str, Guard]]) -> Module:
    r"""Return a C file with nothing but its licence line and its includes.

    The licence line is a `//` comment in a source file and a block comment in a header
    (Documentation/process/license-rules.rst).

    >>> new_source("GPL-2.0", [("<a.h>", ()), ('"b.h"', ())]).code
    '// SPDX-License-Identifier: GPL-2.0\n#include <a.h>\n\n#include "b.h"\n'
    """
    top = f"// SPDX-License-Identifier: {license_id}\n" if license_id else ""
    return parse_module(top + include_block(includes))


def new_header(
    license_id: str | None,
    guard: str,
    closing: str,
    includes: Sequence[tuple[str, Guard]],
) -> Module:
    r"""Return a header with its include guard, `#pragma once` when `guard` is empty.

    >>> new_header(None, "A_H", "#endif", [("<a.h>", ())]).code
    '#ifndef A_H\n#define A_H\n\n#include <a.h>\n\n#endif\n'
    """
    top = f"/* SPDX-License-Identifier: {license_id} */\n" if license_id else ""
    block = include_block(includes)
    body = f"\n{block}" if block else ""
    if not guard:
        return parse_module(f"{top}#pragma once\n{body}")
    return parse_module(f"{top}#ifndef {guard}\n#define {guard}\n{body}\n{closing}\n")


def include_block(includes: Sequence[tuple[str, Guard]]) -> str:
    r"""Return `#include` lines in their order, apart where `<...>` turns to quotes.

    A `#define` that stands for a header is written as it is.

    >>> include_block([("#define A 1", ()), ("<a.h>", ())])
    '#define A 1\n\n#include <a.h>\n'
    """
    groups = groupby(includes, key=lambda include: include[0][0])
    return "\n".join(
        guarded([(guard, _line(target)) for target, guard in group]) for _, group in groups
    )


def _line(target: str) -> str:
    return f"{target}\n" if target[0] == "#" else f"#include {target}\n"
