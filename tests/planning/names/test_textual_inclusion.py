"""Files that are included inside of a declaration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from trees import SOURCE, SPEC, small_tree, split
from vtsplit.cst.lexer import Token, lex
from vtsplit.planning.names import textual_inclusion

RENAMES = SPEC + '[rename]\nfoo_open = "foo_unit_open"\n'
NESTED = SOURCE.replace("return unit;", '\n#include "inside.h"\n\treturn unit;')


@pytest.mark.parametrize(("inside", "times"), [("unit++;\n", 0), ("foo_open(0);\n", 1)])
def test_only_a_text_that_has_a_name_is_lexed(
    inside: str, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexed: list[str] = []

    def record(text: str) -> Iterator[Token]:
        lexed.append(text)
        yield from lex(text)

    monkeypatch.setattr(textual_inclusion, "lex", record)
    files = {"vtsplit.toml": RENAMES, "drv/foo.c": NESTED, "drv/inside.h": inside}
    result = split(small_tree(tmp_path, files))
    assert len(lexed) == times
    assert ("VT033" in result.stderr) == bool(times)
