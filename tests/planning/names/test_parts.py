"""Old names in what the source includes: a part of it follows, what others have too does not."""

import subprocess
from pathlib import Path

import pytest

from trees import SOURCE, SPEC, small_tree, write

RENAMES = SPEC + '[rename]\nfoo_open = "foo_unit_open"\n'
LISTED = "#define ALL(FN) FN(foo_open) FN(foo_close)\n"


def split_with(root: Path, include: str, files: dict[str, str]) -> Path:
    source = SOURCE.replace('#include "foo.h"\n', f'#include "foo.h"\n{include}\n')
    return write(small_tree(root, {"vtsplit.toml": RENAMES, "drv/foo.c": source, **files}))


@pytest.mark.parametrize(
    ("include", "files"),
    [
        ("#include <api.h>", {"include/api.h": LISTED}),
        (
            '#include "list.h"',
            {"drv/list.h": LISTED, "drv/other.c": '#include "list.h"\nint other;\n'},
        ),
        (
            '#include "list.h"',
            {
                "drv/list.h": '#include "inner.h"\n',
                "drv/inner.h": LISTED,
                "lib/a.c": '#include "../drv/inner.h"\n',
            },
        ),
    ],
    ids=["include folder", "another file's", "another's by way of a header"],
)
def test_header_that_others_have_too_is_left_alone(
    tmp_path: Path, include: str, files: dict[str, str]
) -> None:
    root = split_with(tmp_path, include, files)
    for path, text in files.items():
        assert (root / path).read_text() == text
    assert "int foo_unit_open(int unit)" in (root / "drv/foo.c").read_text()


def test_part_of_the_source_follows(tmp_path: Path) -> None:
    part = "static inline int foo_twice(int unit)\n{\n\treturn 2 * foo_open(unit);\n}\n"
    files = {
        "vtsplit.toml": RENAMES,
        "drv/foo.c": SOURCE.replace("static struct ops", '#include "part.h"\n\nstatic struct ops'),
        "drv/part.h": part,
        "lib/part.h": "",
        "lib/other.c": '#include "part.h"\nint other;\n',
    }
    root = write(small_tree(tmp_path, files))
    assert (root / "drv/part.h").read_text() == part.replace("foo_open", "foo_unit_open")
    command = ["gcc", "-fsyntax-only", "-Wall", "-Werror", "drv/foo.c", "drv/main.c"]
    subprocess.run(command, cwd=root, check=True)
