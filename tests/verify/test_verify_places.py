"""Whether a new file is missing in one of the places of the build that have its source."""

from pathlib import Path

import pytest

from built import verify
from vtsplit.survey.make.makefile import ObjectList
from vtsplit.verify.lists.in_makefile import Makefile

DRY = "int dry(void) { return 1; }\n"
TABLE = "struct ops pump_ops = {\n\t.open = dry,\n\t.most = 3,\n};\n"
HEADER = "struct ops { int (*open)(void); int most; };\n"
START = '#include "pump.h"\n'
BEFORE = {"pump.h": HEADER, "pump.c": f"{START}static {DRY}{TABLE}"}
AFTER = {
    "pump.h": HEADER,
    "pump.c": START + DRY,
    "ops.c": f"{START}int dry(void);\n{TABLE}",
}

LINKS = "all: a b\na: x.o pump.o\n\tcc -o a x.o pump.o\nb: y.o pump.o\n\tcc -o b y.o pump.o\n"
ELSE = (
    "ifdef WET\nO += pump.o\nelse ifdef ICE\nO += ice.o\nelse\nO += sand.o\nendif\n"
    "p: $(O)\n\tcc $^\n"
)
BSD = 'SRCS= x.c\n.if ${MK_WET} == "no"\nSRCS+= sand.c\n.else\nSRCS+= pump.c\n.endif\n'
AM = "bin_PROGRAMS = a b\na_SOURCES = x.c pump.c\nif WET\nb_SOURCES = y.c pump.c\nendif\n"
VARIABLES = (
    "A = x.o pump.o\nB = y.o pump.o\nC = z.o\na: $(A) $(C)\n\tcc $^\nb: $(B) $(C)\n\tcc $^\n"
)
SHARED = "S = pump.o\nA = x.o $(S)\nB = y.o $(S)\na: $(A)\n\tcc $^\nb: $(B)\n\tcc $^\n"
UNTOLD = "A = x.o pump.o\nMORE = z.o\na: $(A)\n\tcc $^\n"
GLOB = "set(SRC pump.c)\nadd_executable(a ${SRC} x.c)\nadd_executable(b y.c pump.c)\n"
IFS = "if(ICE)\n  set(S ice.c)\nelseif(WET)\n  set(S pump.c)\nelse()\n  set(S sand.c)\nendif()\n"
SCOPES = "target_sources(a PRIVATE pump.c INTERFACE y.c)\n"
OWN = "our_library(WET pump.c)\nour_library(DRY sand.c)\n"
GENEX = "add_library(a $<$<CONFIG:Debug>:pump.c> $<$<CONFIG:Release>:sand.c>)\n"
REMOVES = (
    "set(S x.c pump.c)\nlist(REMOVE_ITEM S pump.c)\nadd_library(a pump.c)\nadd_library(b ${S})\n"
)
MESON = (
    "a = ['x.c']\nif wet\n  a += ['pump.c']\nelse\n  a += ['sand.c']\nendif\nexecutable('a', a)\n"
)
ASKED = (
    "s.add(when: 'WET', if_true: files('pump.c'))\ns.add(when: 'ICE', if_true: files('ice.c'))\n"
)
TWICE = "library('a', 'pump.c')\nlibrary('b', ['y.c', 'pump.c'])\n"
GN = 'source_set("a") {\n  sources = [ "x.c" ]\n  if (wet) {\n    sources += [ "pump.c" ]\n  }\n}\n'
WAF = "src='x.c'\nif wet:\n  wet_src='pump.c'\n"
PRO = "SOURCES += x.c\nwin32 {\n  SOURCES += pump.c\n}\n"


def trees(top: Path, path: str, was: str, now: str) -> tuple[Path, Path]:
    """Write a program with a table, and the same one split by hand, with this build file."""
    for name, files, text in (("before", BEFORE, was), ("after", AFTER, now)):
        (top / name).mkdir()
        for one, content in {**files, path: text}.items():
            (top / name / one).write_text(content)
    return top / "before", top / "after"


@pytest.mark.parametrize(
    ("path", "was", "place"),
    [
        ("Makefile", LINKS, "b y.o pump.o"),
        ("Makefile", LINKS, "b: y.o pump.o"),
        ("Makefile", ELSE, "O += ice.o"),
        ("Makefile", ELSE, "O += sand.o"),
        ("Makefile", BSD, "SRCS+= sand.c"),
        ("Makefile", BSD, "SRCS= x.c"),
        ("Makefile.am", AM, "a_SOURCES = x.c pump.c"),
        ("Makefile.am", AM, "b_SOURCES = y.c pump.c"),
        ("Makefile", SHARED, "A = x.o"),
        ("CMakeLists.txt", GLOB, "b y.c pump.c"),
        ("CMakeLists.txt", GLOB, "SRC pump.c"),
        ("CMakeLists.txt", IFS, "S ice.c"),
        ("CMakeLists.txt", IFS, "S sand.c"),
        ("CMakeLists.txt", SCOPES, "INTERFACE y.c"),
        ("CMakeLists.txt", OWN, "DRY sand.c"),
        ("CMakeLists.txt", REMOVES, "set(S x.c pump.c"),
        ("meson.build", MESON, "'x.c'"),
        ("meson.build", MESON, "'sand.c'"),
        ("meson.build", ASKED, "'ice.c'"),
        ("meson.build", TWICE, "'y.c'"),
        ("meson.build", TWICE, "'a', 'pump.c'"),
        ("water.pro", PRO, "SOURCES += x.c"),
    ],
)
def test_a_place_without_the_new_file_is_found(
    path: str, was: str, place: str, tmp_path: Path
) -> None:
    """Main is at one place alone: where the source is not, or not under the same conditions."""
    now = add(was, place)
    result = verify(*trees(tmp_path, path, was, now))
    assert result.exit_code == 1, result.output
    assert "makefile 'ops.c' is not " in result.output


def add(text: str, place: str) -> str:
    """Write main behind a place, as what stands there is written."""
    assert text.count(place) == 1
    last = place.split()[-1]
    main = f", '{ops(last)}" if last.startswith("'") else f" {ops(last)}"
    return text.replace(place, place + main)


def ops(word: str) -> str:
    """Return main's name with the ending of another one."""
    return "ops." + word.split(".")[-1]


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        ("Makefile", LINKS, LINKS.replace("pump.o", "pump.o ops.o")),
        ("Makefile", LINKS, LINKS.replace("pump.o", "ops.o pump.o")),
        ("Makefile", ELSE, ELSE.replace("O += pump.o\n", "O += pump.o\nO += ops.o\n")),
        (
            "Makefile",
            f"{ELSE}ifdef WET\nO += sea.o\nendif\n",
            f"{ELSE}ifdef WET\nO += sea.o ops.o\nendif\n",
        ),
        ("Makefile", BSD, BSD.replace("SRCS+= pump.c\n", "SRCS+= pump.c\nSRCS+= ops.c\n")),
        ("Makefile", VARIABLES, VARIABLES.replace("z.o", "z.o ops.o")),
        ("Makefile", VARIABLES, VARIABLES.replace("pump.o", "pump.o ops.o")),
        ("Makefile.am", AM, AM.replace("pump.c", "pump.c ops.c")),
        ("CMakeLists.txt", GLOB, GLOB.replace("pump.c", "ops.c pump.c")),
        ("CMakeLists.txt", IFS, IFS.replace("pump.c", "pump.c ops.c")),
        ("CMakeLists.txt", SCOPES, SCOPES.replace("pump.c", "pump.c ops.c")),
        ("CMakeLists.txt", OWN, OWN.replace("pump.c", "pump.c ops.c")),
        ("CMakeLists.txt", REMOVES, REMOVES.replace("pump.c", "pump.c ops.c")),
        (
            "CMakeLists.txt",
            GENEX,
            GENEX.replace("g>:pump.c>", "g>:pump.c> $<$<CONFIG:Debug>:ops.c>"),
        ),
        ("meson.build", MESON, MESON.replace("'pump.c'", "'ops.c', 'pump.c'")),
        ("meson.build", ASKED, ASKED.replace("'pump.c'", "'pump.c', 'ops.c'")),
        ("meson.build", TWICE, TWICE.replace("'pump.c'", "'pump.c', 'ops.c'")),
        ("BUILD.gn", GN, GN.replace('"pump.c"', '"ops.c", "pump.c"')),
        ("water.pro", PRO, PRO.replace("pump.c", "pump.c ops.c")),
    ],
)
def test_a_split_by_hand_is_proved(path: str, was: str, now: str, tmp_path: Path) -> None:
    result = verify(*trees(tmp_path, path, was, now))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        ("Makefile", UNTOLD, UNTOLD.replace("z.o", "z.o ops.o")),
        (
            "Makefile",
            f"{ELSE}ifneq ($(WET),)\nO += sea.o\nendif\n",
            f"{ELSE}ifneq ($(WET),)\nO += sea.o ops.o\nendif\n",
        ),
        ("CMakeLists.txt", GENEX, add(GENEX, "$<$<CONFIG:Release>:sand.c>")),
        ("wscript", WAF, WAF.replace("x.c", "x.c ops.c")),
    ],
)
def test_what_may_link_the_same_is_not_known(path: str, was: str, now: str, tmp_path: Path) -> None:
    if "CONFIG" in was:
        now = now.replace("ops.c>", "$<$<CONFIG:Release>:ops.c>")
    result = verify(*trees(tmp_path, path, was, now))
    assert result.exit_code == 2, result.output
    assert "error[VT316]: cannot tell whether 'ops.c' is linked where pump.c is" in result.output


def test_a_list_of_a_build_file_that_does_not_differ(tmp_path: Path) -> None:
    """A test that compiles the source as well is in a folder of its own."""
    was = "O = x.o pump.o\na: $(O)\n\tcc $^\n"
    before, after = trees(tmp_path, "Makefile", was, was.replace("pump.o", "pump.o ops.o"))
    for tree in (before, after):
        (tree / "t").mkdir()
        (tree / "t/Makefile.am").write_text("check_PROGRAMS = t\nt_SOURCES = t.c ../pump.c\n")
    result = verify(before, after)
    assert result.exit_code == 1, result.output
    assert "makefile 'ops.c' is not in 't_SOURCES', where pump.c is" in result.output


FRAGMENT = "set(SRC x.c pump.c)\nset(TESTED pump.c)\n"


@pytest.mark.parametrize(
    ("includes", "now", "code"),
    [
        ("include(src/list.cmake)", FRAGMENT.replace("pump.c", "pump.c ops.c"), 0),
        ("include(list)", FRAGMENT.replace("pump.c", "pump.c ops.c"), 0),
        ("include(src/list.cmake)", FRAGMENT.replace("x.c", "x.c ops.c"), 1),
        ("include(src/my_list.cmake)", FRAGMENT.replace("pump.c", "pump.c ops.c"), 2),
    ],
)
def test_a_fragment_that_a_cmakelists_includes(
    includes: str, now: str, code: int, tmp_path: Path
) -> None:
    before, after = trees(tmp_path, "list.cmake", FRAGMENT, now)
    for tree in (before, after):
        (tree / "CMakeLists.txt").write_text(f"{includes}\nadd_executable(a ${{SRC}})\n")
    result = verify(before, after)
    assert result.exit_code == code, result.output


def test_another_file_of_the_source_s_name_asks_for_nothing(tmp_path: Path) -> None:
    was = "O = x.o pump.o\na: $(O)\n\tcc $^\n"
    before, after = trees(tmp_path, "Makefile", was, was.replace("pump.o", "pump.o ops.o"))
    for tree in (before, after):
        (tree / "t").mkdir()
        (tree / "t/Makefile").write_text("t: t.o pump.o\n\tcc -o t t.o pump.o\n")
        (tree / "t/CMakeLists.txt").write_text("add_library(t pump.c)\n")
        (tree / "t/pump.c").write_text("int none;\n")
    result = verify(before, after)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("head", "names"),
    [("# Generated from Makefile.in by configure.\n", ["before", "after"]), ("", ["after"])],
)
def test_what_a_build_made_may_be_older_than_the_split(
    head: str, names: list[str], tmp_path: Path
) -> None:
    was = "O = x.o pump.o\na: $(O)\n\tcc $^\n"
    trees(tmp_path, "Makefile", was, was.replace("pump.o", "pump.o ops.o"))
    for name in names:
        (tmp_path / name / "out").mkdir()
        (tmp_path / name / "out/Makefile").write_text(
            f"{head}a: x.o pump.o\n\tcc -o a x.o pump.o\n"
        )
    result = verify(tmp_path / "before", tmp_path / "after")
    assert "makefile 'ops.c'" not in result.output


@pytest.mark.parametrize("path", ["water.vcxproj", "premake5.lua", "Jamfile"])
def test_a_changed_build_file_that_is_not_read_is_named(path: str, tmp_path: Path) -> None:
    for name, text in (("before", "pump.c sand.c"), ("after", "pump.c")):
        (tmp_path / name).mkdir()
        (tmp_path / name / path).write_text(text)
    result = verify(tmp_path / "before", tmp_path / "after")
    assert result.exit_code == 0, result.output
    assert f"note: {path} differs and was not compared" in result.output
    assert "no file differs" not in result.output


@pytest.mark.parametrize(
    ("now", "is_noted"), [(LINKS, True), (LINKS.replace("y.o", "y.o x.o"), False)]
)
def test_a_table_moves_to_a_file_that_was_there(now: str, is_noted: bool, tmp_path: Path) -> None:
    before, after = trees(tmp_path, "Makefile", LINKS, now)
    (after / "ops.c").rename(after / "x.c")
    (before / "x.c").write_text(START + "int dry(void);\n")
    if not is_noted:
        (before / "Makefile").write_text(now)
    result = verify(before, after)
    assert result.exit_code == 0, result.output
    assert ("may be missing in 'b' (Makefile, line 4)" in result.output) == is_noted


def test_a_rule_that_makes_the_object_links_nothing(tmp_path: Path) -> None:
    was = f"{LINKS}pump.o: pump.c pump.h\n"
    now = add(was, "b y.o pump.o").replace("b: y.o pump.o", "b: y.o pump.o ops.o")
    trees(tmp_path, "Makefile", was + "ops.o: ops.c\n", now + "ops.o: ops.c\n")
    result = verify(tmp_path / "before", tmp_path / "after")
    assert result.exit_code == 1, result.output
    assert "makefile 'ops.c' is not in 'a', where pump.c is" in result.output


TWO = "obj-m += a.o b.o\na-y := x.o pump.o\nb-objs := y.o pump.o\n"


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        (TWO, TWO.replace("pump.o", "pump.o ops.o"), 0),
        (TWO, TWO.replace("pump.o", "ops.o pump.o"), 0),
        (TWO, TWO.replace("x.o pump.o", "x.o pump.o ops.o"), 1),
        (TWO, TWO.replace("y.o pump.o", "y.o pump.o ops.o"), 1),
        (TWO, TWO.replace("x.o", "x.o ops.o") + "b-y += ops.o\n", 0),
    ],
)
def test_each_module_of_kbuild_has_it(was: str, now: str, code: int, tmp_path: Path) -> None:
    result = verify(*trees(tmp_path, "Makefile", was, now))
    assert result.exit_code == code, result.output


def test_variables_of_variables_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of three variables has three others, twelve times over: half a million ways."""
    lines = [
        f"V{level}_{one} = " + " ".join(f"$(V{level + 1}_{other})" for other in range(3))
        for level in range(12)
        for one in range(3)
    ]
    lines += [f"V12_{one} = pump.o" for one in range(3)]
    lines += ["a: $(V0_0) $(V0_1) $(V0_2)", "\tcc $^", ""]
    makefile = Makefile("Makefile", "\n".join(lines))
    looked: list[object] = []
    really = Makefile._users_of

    def look(self: Makefile, one: ObjectList) -> list[ObjectList]:
        looked.append(one)
        return really(self, one)

    monkeypatch.setattr(Makefile, "_users_of", look)
    pairs = [(one, word) for one in makefile.lines for word in one.words if word.text == "pump.o"]
    assert makefile.goals(pairs) == {(("rule", "a"), ())}
    assert len(looked) < 100


def test_a_file_of_the_same_name_in_another_folder_is_another_one(tmp_path: Path) -> None:
    lists = "A = x.o pump.o{}\nB = y.o pump.o\na: $(A)\n\tcc $^\nb: $(B)\n\tcc $^\n"
    before, after = trees(tmp_path, "Makefile", lists.format(""), lists.format(" ops.o"))
    for root in (before, after):
        (root / "far").mkdir()
        (root / "far/Makefile").write_text("obj-y += ops.o\n")
        (root / "far/ops.c").write_text("int far;\n")
    done = verify(before, after, "--textual", "--no-spec")
    assert done.exit_code == 1, done.output
    assert "ops.c is not in 'B', where pump.c is" in done.output.replace("'ops.c'", "ops.c")
