"""Files of assembly that name what has another name now, or is static: no compiler tells."""

import re
from collections.abc import Iterator, Mapping

from vtsplit.diagnostics import Site
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.tokens.references.assembly import words_of_assembly
from vtsplit.verify.verdict import Mismatch

ASSEMBLY = (".S", ".s", ".asm")


def find_assembly(tree: Side, lost: Mapping[str, str]) -> Iterator[Mismatch]:
    """Yield a difference for each file of assembly that names what other files no longer see.

    `lost` says by name what has become of it. What such a file defines itself is not meant.
    """
    if not lost:
        return
    found = tree.files_with(lost, ASSEMBLY)
    for name, became in sorted(lost.items()):
        for path in sorted(found[name]):
            text = tree.find(path) or ""
            label = rf"(?:^|[;\n])[ \t]*(?:[\w.$]+:[ \t]*)*{re.escape(name)}:"
            if name in words_of_assembly(text) and not re.search(label, text):
                message = f"names '{name}', which {became}"
                yield Mismatch("assembly", path, message, None, Site(path))
