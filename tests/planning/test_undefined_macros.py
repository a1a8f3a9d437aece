"""A macro that is there for a table alone, and gone below it, goes along with its `#undef`."""

import shutil
from pathlib import Path

import pytest

from built import verify
from compilations import compile_well
from trees import SOURCE, refused, small_tree, split, write

pytestmark = pytest.mark.slow

OPS = "static struct ops foo_ops = {\n\t.open = foo_open,\n\t.free = foo_free_unit,\n};\n"
ROW = "#define ROW(f) .open = f, .free = foo_free_unit\n"
ROWS = "static struct ops foo_ops = { ROW(foo_open) };\n"
GONE = "#undef ROW\n"


def source_with(table: str) -> str:
    """Return the source with another text for its table."""
    assert OPS in SOURCE
    return SOURCE.replace(OPS, table)


@pytest.mark.parametrize(
    ("table", "in_main"),
    [
        (f"{ROW}{ROWS}{GONE}", [ROW, GONE]),
        (f"{ROW}{ROWS}\n{GONE}", [ROW, GONE]),
        (f"/* a row */\n{ROW}{ROWS}/* no more */\n{GONE}", [f"/* a row */\n{ROW}", GONE]),
        (f"#define PART(f) .open = f\n#define ROW(f) PART(f)\n{ROWS}{GONE}#undef PART\n", [GONE]),
        (f"#ifdef ROWS\n{ROW}{ROWS}{GONE}#else\n{OPS}#endif\n", [ROW, GONE, "#ifdef ROWS\n"]),
    ],
)
def test_it_goes_to_main(table: str, in_main: list[str], tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree", {"drv/foo.c": source_with(table)})
    before = shutil.copytree(root, tmp_path / "before")
    write(root)
    main, source = ((root / "drv" / name).read_text() for name in ("main.c", "foo.c"))
    at = main.index("{ ROW(")
    assert all(text.startswith("#undef") == (main.index(text) > at) for text in in_main)
    assert "ROW(" not in source
    assert "#undef" not in source
    for flags in ((), ("-DROWS",)):
        compile_well(["gcc", "-fsyntax-only", *flags, "drv/main.c", "drv/foo.c"], root)
    verdict = verify(before, root, "--textual")
    assert verdict.exit_code == 0, verdict.output
    assert split(root, "--check").exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        # Something else uses it, between the two or behind.
        source_with(f"{ROW}{ROWS}struct ops more = {{ ROW(0) }};\n{GONE}"),
        source_with(f"{ROW}{ROWS}{GONE}int more(int ROW);\n"),
        # Another macro of that name comes, or one was there.
        source_with(f"{ROW}{ROWS}{GONE}#define ROW(f) f\nint (*more)(int) = ROW(0);\n"),
        source_with(f"#define ROW(f) f\nint (*more)(int) = ROW(0);\n{GONE}{ROW}{ROWS}{GONE}"),
        # It is gone for some configurations alone.
        source_with(f"{ROW}{ROWS}#ifdef A\n{GONE}#endif\n"),
        # The table stands behind.
        source_with(f"{ROW}{GONE}#ifdef ROW\n#endif\n{ROWS}"),
    ],
)
def test_it_stays_where_it_means_more(text: str, tmp_path: Path) -> None:
    said = refused(small_tree(tmp_path, {"drv/foo.c": text}))
    assert said.startswith("error[VT043]: macro 'ROW' (entry ROW() of foo_ops "), said
