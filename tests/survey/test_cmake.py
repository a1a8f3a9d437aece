"""CMake files: what lists a source, how another one is listed beside it, and what is refused."""

from pathlib import Path

import pytest

from trees import refused, small_tree, split, write
from vtsplit.codemods.build.source_list import list_beside
from vtsplit.survey.build.cmake import find_globs, find_listed
from vtsplit.survey.build.listed import ListRole
from vtsplit.verify.build_files import FileChanges, compare_build_files
from vtsplit.verify.verdict import Verdict

MAIN = "drv/main.c"

# (before, after), for drv/foo.c listed in drv/CMakeLists.txt
LISTED = [
    ("add_library(l foo.c)", "add_library(l foo.c main.c)"),
    ("add_library(l STATIC a.c foo.c) # foo.c", "add_library(l STATIC a.c foo.c main.c) # foo.c"),
    ("ADD_EXECUTABLE (p ./foo.c)", "ADD_EXECUTABLE (p ./foo.c ./main.c)"),
    ("add_executable(p\n\tfoo.c\n)", "add_executable(p\n\tfoo.c\n\tmain.c\n)"),
    ("add_executable(p\n  foo.c)", "add_executable(p\n  foo.c\n  main.c)"),
    (
        "add_library(l foo.c\n            x.c)",
        "add_library(l foo.c\n            main.c\n            x.c)",
    ),
    ("set(S foo.c x.c)", "set(S foo.c main.c x.c)"),
    ("set(S foo.c CACHE STRING x)", "set(S foo.c main.c CACHE STRING x)"),
    ("set(S a.c foo.c z.c)", "set(S a.c foo.c main.c z.c)"),
    ("set(S\n  foo.c\n  g.c\n  z.c)\n", "set(S\n  foo.c\n  g.c\n  main.c\n  z.c)\n"),
    ("set(S\r\n  foo.c # all\r\n)\r\n", "set(S\r\n  foo.c # all\r\n  main.c\r\n)\r\n"),
    ('set(S "foo.c;x.c")', 'set(S "foo.c;main.c;x.c")'),
    ("set(S foo.c;x.c)", "set(S foo.c;main.c;x.c)"),
    ('set(S\n  "foo.c"\n  "x.c")', 'set(S\n  "foo.c"\n  "main.c"\n  "x.c")'),
    (
        "set(D ${PROJECT_SOURCE_DIR}/drv)\nset(S ${D}/foo.c)",
        "set(D ${PROJECT_SOURCE_DIR}/drv)\nset(S ${D}/foo.c ${D}/main.c)",
    ),
    (
        'list(APPEND S "${CMAKE_CURRENT_SOURCE_DIR}/foo.c")',
        'list(APPEND S "${CMAKE_CURRENT_SOURCE_DIR}/foo.c" "${CMAKE_CURRENT_SOURCE_DIR}/main.c")',
    ),
    (
        "target_sources(p PRIVATE foo.c PUBLIC a.h)",
        "target_sources(p PRIVATE foo.c main.c PUBLIC a.h)",
    ),
    (
        "target_sources(p PRIVATE $<$<BOOL:${X}>:foo.c>)",
        "$<$<BOOL:${X}>:foo.c> $<$<BOOL:${X}>:main.c>)",
    ),
    ("own_component(SRCS foo.c INCLUDES inc)", "own_component(SRCS foo.c main.c INCLUDES inc)"),
    ("board_library_sources(foo.c)", "board_library_sources(foo.c main.c)"),
    ("set(S foo.c main.c)", "set(S foo.c main.c)"),
]


@pytest.mark.parametrize(("before", "after"), LISTED)
def test_a_list_gains_the_path_as_it_is_written(before: str, after: str) -> None:
    listed = find_listed(before, "drv/CMakeLists.txt", "drv/foo.c")
    done = list_beside(before, listed, "drv/foo.c", MAIN)
    assert after in done
    again = find_listed(done, "drv/CMakeLists.txt", "drv/foo.c")
    assert list_beside(done, again, "drv/foo.c", MAIN) == done
    verdict = Verdict("build")
    path = "drv/CMakeLists.txt"
    compare_build_files({path: before}.get, {path: done}.get, FileChanges({path}, {MAIN}), verdict)
    assert not verdict.differences


# (what is written, what it is for); none of these lists gains anything
OTHER = [
    ("# set(S foo.c)", []),
    ("#[[\nset(S foo.c)\n]]", []),
    ("message(foo.cc afoo.c foo.c.in x/foo.c)", []),
    ("set(S ../foo.c ${UNKNOWN}/foo.c)", []),
    ("install(FILES foo.c DESTINATION x)", [ListRole.OTHER]),
    ("configure_file(foo.c bar.c)", [ListRole.OTHER]),
    ("add_custom_command(OUTPUT x DEPENDS foo.c)", [ListRole.OTHER]),
    ("source_group(x FILES foo.c)", [ListRole.OTHER]),
    ("set_source_files_properties(foo.c PROPERTIES COMPILE_OPTIONS -w)", [ListRole.SETTING]),
    ("list(REMOVE_ITEM S foo.c)", [ListRole.REMOVED]),
    ("set(S foo.c)\nforeach(s ${S})\nadd_executable(${s} ${s})\nendforeach()", [ListRole.ALONE]),
    (
        "set(S foo.c)\nforeach(s IN LISTS S)\nadd_library(t_${s} ${s})\nendforeach()",
        [ListRole.ALONE],
    ),
]


@pytest.mark.parametrize(("text", "roles"), OTHER)
def test_what_is_no_list_of_sources_is_left_alone(text: str, roles: list[ListRole]) -> None:
    listed = find_listed(text, "drv/CMakeLists.txt", "drv/foo.c")
    assert [one.role for one in listed] == roles
    assert list_beside(text, listed, "drv/foo.c", MAIN) == text


def test_a_loop_that_makes_one_target_is_no_obstacle() -> None:
    text = "set(S foo.c)\nforeach(s ${S})\ntarget_sources(t PRIVATE ${s})\nendforeach()\n"
    [one] = find_listed(text, "drv/CMakeLists.txt", "drv/foo.c")
    assert one.role is ListRole.SOURCE


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("file(GLOB S *.c)", True),
        ("file(GLOB S CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.[ch] f*.c)", True),
        ("file(GLOB_RECURSE S ../*.c)", True),
        ("aux_source_directory(. S)", True),
        ("file(GLOB S x/*.c *.h)", False),
        ("file(READ *.c S)", False),
    ],
)
def test_globs(text: str, takes: bool) -> None:
    assert bool(find_globs(text, "drv/CMakeLists.txt", "drv/foo.c")) is takes


def test_a_tree_of_cmake_alone(tmp_path: Path) -> None:
    lists = {"CMakeLists.txt": "add_subdirectory(drv)\n", "drv/CMakeLists.txt": LISTED[3][0]}
    root = write(small_tree(tmp_path, {**lists, "drv/Makefile": None}))
    assert (root / "drv/CMakeLists.txt").read_text() == LISTED[3][1]
    assert split(root, "--check").exit_code == 0


def test_a_kernel_module_with_cmake_beside(tmp_path: Path) -> None:
    root = write(small_tree(tmp_path, {"CMakeLists.txt": "add_library(l drv/foo.c)\n"}))
    assert (root / "CMakeLists.txt").read_text() == "add_library(l drv/foo.c drv/main.c)\n"
    assert "main.o" in (root / "drv/Makefile").read_text()


def test_nothing_is_to_do_where_cmake_takes_all(tmp_path: Path) -> None:
    lists = {"CMakeLists.txt": "file(GLOB S drv/*.c)\n", "drv/Makefile": None}
    result = split(small_tree(tmp_path, lists))
    assert result.exit_code == 0, result.stderr
    assert "CMakeLists" not in result.stdout


# (CMakeLists.txt at the top, code, what is said)
REFUSED = [
    ("file(GLOB S drv/f*.c)\n", "VT060", "'drv/f*.c' does not take drv/main.c"),
    (
        "set(S drv/foo.c)\nforeach(s ${S})\nadd_executable(${s} ${s})\nendforeach()\n",
        "VT060",
        "alone",
    ),
    ("set(S drv/foo.c)\nlist(REMOVE_ITEM S drv/foo.c)\n", "VT060", "is removed from a list here"),
    ("install(FILES drv/foo.c)\n", "VT061", "no object list holds"),
]


@pytest.mark.parametrize(("text", "code", "says"), REFUSED)
def test_refused(tmp_path: Path, text: str, code: str, says: str) -> None:
    said = refused(small_tree(tmp_path, {"CMakeLists.txt": text, "drv/Makefile": None}))
    assert code in said
    assert says in said


# (name, text, line of the warning; none where it follows, or links nothing)
NAMED = [
    ("CMakeLists.txt", "set(S ${UNKNOWN}/drv/foo.c)\n", 1),
    ("drv/CMakeLists.txt", "\nset(S ${X}/foo.c)\n", 2),
    ("drv/BUILD.gn", 'executable("x") {\n  one = "foo.c"\n}\n', 2),
    ("drv/x.vcxproj", '<X>\n  <ClCompile Include="foo.c" />\n</X>\n', 2),
    ("drv/x.mk", "\nO = $(call made,foo.o)\n", 2),
    ("drv/x.mk", "A = x/afoo.o foo.o.d # foo.o\nCFLAGS_foo.o = -w\n", None),
    ("win/x.mak", "O = out\\foo.obj\n", 1),
    ("drv/Makefile.vc", "O = foo.obj\nall: $(Y)\n\tlink $(Y) foo.obj\n", None),
    ("CMakeLists.txt", "# drv/foo.c\nset(S x/foo.c)\n", None),
    ("Documentation/x.yaml", "drv/foo.c\n", None),
]


@pytest.mark.parametrize(("name", "text", "line"), NAMED)
def test_a_build_that_cannot_follow_is_named(
    tmp_path: Path, name: str, text: str, line: int | None
) -> None:
    makefile = "O = foo.o other.o\nall: $(O)\n\t$(CC) $(O)\n"
    root = small_tree(tmp_path, {name: text, "drv/Makefile": makefile})
    result = split(root, "--explain")
    assert result.exit_code == 0, result.stderr
    told = "foo.c is named here, but vtsplit does not know how to add main.c to this build"
    assert (told in result.stderr + result.stdout) is (line is not None)
    assert line is None or f"{name}:{line}" in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("# C\ndrv/foo.c\n", True),
        ("drv/foo.c\ndrv/main.c\n", False),
        ("# drv/foo.c\nfoo.c\nx/drv/foo.c\n", False),
    ],
)
def test_a_list_of_files_to_translate_is_named(tmp_path: Path, text: str, is_told: bool) -> None:
    """A text that moves to main would no longer be translated (gettext's manual, 13.6)."""
    makefile = "O = foo.o other.o\nall: $(O)\n\t$(CC) $(O)\n"
    root = small_tree(tmp_path, {"po/POTFILES.in": text, "drv/Makefile": makefile})
    said = split(root).stderr
    told = "foo.c is listed here, so that its texts are translated, and main.c is not"
    assert (told in said) is is_told
    assert ("po/POTFILES.in:2" in said) is is_told
    assert "list drv/main.c as well if a text of the tables is translated" in said or not is_told
    assert "to this build" not in said


def test_a_command_without_arguments() -> None:
    text = "list()\nset()\nadd_library(l foo.c)\n"
    assert len(find_listed(text, "CMakeLists.txt", "foo.c")) == 1
