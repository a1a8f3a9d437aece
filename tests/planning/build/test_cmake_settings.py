"""Properties of one source in CMake files: main needs their macros too, or is refused."""

from pathlib import Path

import pytest

from plain_builds import plant
from trees import split

PROGRAM = "project(p C)\nadd_executable(prog prog.c foo.c)\n"

REFUSED = [
    'set_source_files_properties(foo.c PROPERTIES COMPILE_DEFINITIONS "A=1;LIMIT=5")',
    "set_source_files_properties(prog.c foo.c PROPERTIES LANGUAGE C COMPILE_FLAGS -DLIMIT=5)",
    "set_property(SOURCE foo.c APPEND PROPERTY COMPILE_DEFINITIONS A LIMIT=5)",
    "set_property(SOURCE foo.c PROPERTY COMPILE_OPTIONS -Wall -ULIMIT)",
    "set_property(SOURCE ${CMAKE_SOURCE_DIR}/foo.c PROPERTY COMPILE_DEFINITIONS LIMIT)",
    'set(F "-O0 -DLIMIT=5")\nset_source_files_properties(foo.c PROPERTIES COMPILE_FLAGS ${F})',
    'set_source_files_properties(foo.c PROPERTIES COMPILE_FLAGS "-include limit.h")',
    'set_source_files_properties(foo.c PROPERTIES COMPILE_FLAGS "-includelimit.h")',
    'set_property(SOURCE foo.c PROPERTY COMPILE_OPTIONS "/DLIMIT=5")',
    'set_property(SOURCE foo.c PROPERTY COMPILE_DEFINITIONS "A;$<$<CONFIG:Debug>:LIMIT=5>")',
    'set_property(SOURCE foo.c PROPERTY COMPILE_DEFINITIONS "$<${WET}:LIMIT>;B")',
]
PASSED = [
    "set_source_files_properties(foo.c PROPERTIES COMPILE_FLAGS -Wno-unused)",
    "set_source_files_properties(foo.c PROPERTIES COMPILE_DEFINITIONS LIMITS=5)",
    "set_source_files_properties(prog.c PROPERTIES COMPILE_DEFINITIONS LIMIT=5)",
    "set_property(SOURCE foo.c foo_main.c PROPERTY COMPILE_DEFINITIONS LIMIT=5)",
]


@pytest.mark.parametrize("command", REFUSED)
def test_it_is_refused(command: str, tmp_path: Path) -> None:
    root = plant(tmp_path, {"CMakeLists.txt": f"{PROGRAM}{command}\n"})
    ran = split(root, "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2, ran.stderr
    assert "error[VT060]: 'foo.c' has COMPILE_" in ran.stderr
    line = 3 + command.count("\n")
    assert f" CMakeLists.txt:{line}:1\n" in ran.stderr


@pytest.mark.parametrize("command", PASSED)
def test_main_lacks_nothing(command: str, tmp_path: Path) -> None:
    root = plant(tmp_path, {"CMakeLists.txt": f"{PROGRAM}{command}\n"})
    ran = split(root, "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    assert "+add_executable(prog prog.c foo.c foo_main.c)" in ran.stdout
    assert ("but foo_main.c gets none" in ran.stderr) is ("(foo.c P" in command)
