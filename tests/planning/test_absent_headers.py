"""Headers that the tree lacks: new files get more includes, and the run says so."""

from pathlib import Path

from trees import HEADER, SOURCE, small_tree, split

WARNING = "what they declare is not known"


def test_a_part_of_a_tree_is_said_to_lack_headers(tmp_path: Path) -> None:
    includes = "".join(f"#include <lib/{name}.h>\n" for name in ("a", "b", "c", "d"))
    source = includes + SOURCE.replace("int unit", "lib_unit_t unit")
    header = HEADER.replace("int unit", "lib_unit_t unit")
    root = small_tree(tmp_path / "part", {"drv/foo.c": source, "drv/foo.h": header})
    result = split(root)
    assert result.exit_code == 0, result.stderr
    (line,) = (line for line in result.stderr.splitlines() if WARNING in line)
    shown = "<lib/a.h>, <lib/b.h>, <lib/c.h>, ..."
    assert line.startswith(f"warning: drv/foo.c: 4 headers cannot be found in the tree ({shown})")
    # With the headers nothing is open.
    files = {f"include/lib/{name}.h": "" for name in ("b", "c", "d")}
    files["include/lib/a.h"] = "typedef int lib_unit_t;\n"
    whole = small_tree(tmp_path / "all", {"drv/foo.c": source, "drv/foo.h": header, **files})
    assert WARNING not in split(whole).stderr


def test_headers_of_the_system_that_are_known_are_no_reason_to_warn(tmp_path: Path) -> None:
    source = "#include <stdio.h>\n#include <gtk/gtk.h>\n" + SOURCE.replace(
        "int unit", "size_t unit"
    )
    header = "#include <stddef.h>\n" + HEADER.replace("int unit", "size_t unit")
    root = small_tree(tmp_path, {"drv/foo.c": source, "drv/foo.h": header})
    result = split(root)
    assert result.exit_code == 0, result.stderr
    assert "cannot be found" not in result.stderr
