"""`vtsplit verify` on the sample and on small trees: proved, differs, could not tell."""

import importlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import vtsplit.apply.transform
from built import build, record, verify
from how_many import mostly_slow
from trees import SMALL, copy_sample, small_tree, split, write
from vtsplit.apply.split import SplitTexts, carry_out

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
SOURCES = ("x86.c", "msr.c", "vmx/vmx.c", "vmx/nested.c", "vmx/hyperv.c")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample, built, and the sample after its split. To read only."""
    top = tmp_path_factory.mktemp("verify")
    return build(copy_sample(top / "before"), *SOURCES), write(copy_sample(top / "after"))


@needs_gcc
def test_sample_is_proved(sample: tuple[Path, Path]) -> None:
    result = verify(*sample, "--json")
    assert result.exit_code == 0, result.output
    verdict = json.loads(result.output)
    assert verdict["outcome"] == "proved"
    assert verdict["mode"] == "preprocessed"
    names = {one["name"] for one in verdict["proved"] if one["stage"] == "tokens"}
    assert {"vmx_vcpu_create", "vt_x86_ops", "vmx_hardware_setup"} <= names
    contents = {one["name"] for one in verdict["proved"] if one["what"] == "content"}
    assert {"vt_x86_ops", "vt_init_ops"} <= contents
    changes = {(one["change"], one["name"]) for one in verdict["designed"]}
    assert ("renamed", "vmx_create_vcpu -> vmx_vcpu_create") in changes
    assert ("moved from vmx/vmx.c to vmx/main.c", "vt_x86_ops") in changes


def test_sample_is_proved_by_its_texts_which_is_said_to_be_weaker(
    sample: tuple[Path, Path],
) -> None:
    result = verify(*sample, "--textual")
    assert result.exit_code == 0, result.output
    assert "the weaker proof" in result.output


@needs_gcc
@pytest.mark.slow
def test_split_is_proved_before_it_is_shown(sample: tuple[Path, Path]) -> None:
    result = split(sample[0], "--verify")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == split(sample[0]).stdout
    assert result.stderr.startswith("proved: ")
    assert "object files of the program" in result.stderr


def test_split_that_is_not_proved_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("vtsplit.apply.finished")

    def spoil(*arguments: object) -> SplitTexts:
        made = carry_out(*arguments)  # type: ignore[arg-type]
        after = {p: t.replace("return unit;", "return unit + 1;") for p, t in made.after.items()}
        return SplitTexts(made.before, after)

    monkeypatch.setattr(vtsplit.apply.transform, "carry_out", spoil)
    monkeypatch.setattr(vtsplit.apply.transform, "check_outcome", lambda plan, outcome: None)
    monkeypatch.setattr(module, "account", lambda *arguments: [])
    result = split(small_tree(tmp_path), "--verify")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "error[VT310]: not proved: function 'foo_open' is not the same" in result.stderr


def pair(tmp_path: Path, before: dict[str, str], after: dict[str, str]) -> tuple[Path, Path]:
    """Make two trees of these files."""
    for name, files in (("before", before), ("after", after)):
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
    return tmp_path / "before", tmp_path / "after"


A = """\
#include "a.h"
static int hidden(int x) { return x + LIMIT; }
int shown(int x) { return hidden(x); }
static struct ops ops = { .one = hidden, .two = shown };
int start(void) { return ops.one(1); }
"""
HEADER = """\
#define LIMIT 4
struct ops { int (*one)(int); int (*two)(int); };
static inline int twice(int x) { return x * 2; }
int shown(int x);
"""
B = '#include "a.h"\nint other(void) { return twice(LIMIT) + shown(1); }\n'
TREE = {"a.c": A, "a.h": HEADER, "b.c": B}

# Changes of the tree above by replacement in one file, and what is said of them.
FOUND = {
    "statement": ("a.c", "return hidden(x);", "return hidden(x + 1);", "function 'shown'"),
    "macro that a body uses": ("a.h", "LIMIT 4", "LIMIT 5", "function 'hidden'"),
    "header's function, in a file that did not change": ("a.h", "x * 2", "x * 3", "'twice'"),
    "type": ("a.h", "int (*two)(int); }", "int (*two)(int); int n; }", "type 'struct ops'"),
    "attribute": ("a.c", "int shown", "__attribute__((cold)) int shown", "'shown' has other attr"),
    "table": ("a.c", ".two = shown", ".two = hidden", "table 'ops'"),
    "section": ("a.c", "ops ops =", 'ops ops __attribute__((section("x"))) =', "'ops' has other"),
    "signature": ("a.c", "int start(void)", "long start(void)", "function 'start'"),
    "linkage": ("a.c", "int start(", "static int start(", "symbol 'start' was STB_GLOBAL"),
    "prototype": ("a.h", "int shown(int x);", "int shown(int x);\nlong start(int);", "'start'"),
}


@needs_gcc
@pytest.mark.parametrize(("where", "old", "new", "says"), mostly_slow(FOUND.values(), 2), ids=FOUND)
def test_difference_is_found(tmp_path: Path, where: str, old: str, new: str, says: str) -> None:
    assert old in TREE[where]
    changed = {**TREE, where: TREE[where].replace(old, new)}
    trees = pair(tmp_path, TREE, changed)
    build(trees[0], "a.c", "b.c", flags=["-I."])
    result = verify(*trees)
    assert result.exit_code == 1, result.output
    assert says in result.output


HARMLESS = {
    "comment": ("a.c", "return hidden(x);", "/* so */ return hidden( x );"),
    "order": (
        "a.c",
        "int shown(int x) { return hidden(x); }\n",
        "",
    ),
    "entries": ("a.c", ".one = hidden, .two = shown", ".two = shown, .one = hidden,"),
    "linkage": ("a.c", "static int hidden", "int hidden"),
    "unused macro": ("a.h", "#define LIMIT 4", "#define LIMIT 4\n#define MORE 5"),
}


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize(("where", "old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_change_is_proved(tmp_path: Path, where: str, old: str, new: str) -> None:
    assert old in TREE[where]
    text = TREE[where].replace(old, new)
    trees = pair(tmp_path, TREE, {**TREE, where: text if new else text + old})
    build(trees[0], "a.c", "b.c", flags=["-I."])
    result = verify(*trees)
    assert result.exit_code == 0, result.output


@needs_gcc
def test_line_numbers_and_counters_say_nothing(tmp_path: Path) -> None:
    text = "int f(void) { return __LINE__ + __COUNTER__; }\nconst char *n = __FILE__;\n"
    trees = pair(tmp_path, {"a.c": text}, {"a.c": f"\n\n{text}"})
    build(trees[0], "a.c", flags=["-I."])
    result = verify(*trees, "--no-objects")
    assert result.exit_code == 0, result.output


@pytest.mark.slow
@needs_gcc
def test_moved_function_must_not_mean_another_static_one(tmp_path: Path) -> None:
    """Token by token nothing has changed, but `helper` is the other file's now."""
    one = "static int helper(void) { return 1; }\n"
    two = "static int helper(void) { return 2; }\nint b(void) { return helper(); }\n"
    user = "int a(void) { return helper(); }\n"
    keep = "int keep(void) { return helper(); }\n"
    trees = pair(
        tmp_path, {"a.c": one + user + keep, "b.c": two}, {"a.c": one + keep, "b.c": two + user}
    )
    build(trees[0], "a.c", "b.c", flags=["-I."])
    result = verify(*trees, "--no-objects")
    assert result.exit_code == 1
    assert "reference 'a' names 'helper', which is another one in b.c" in result.output


@pytest.mark.parametrize(
    ("comment", "code"), [("/* set by helper */ 0", 0), ("(int)sizeof(helper())", 1)]
)
def test_a_comment_of_what_moves_may_name_what_stays_static(
    tmp_path: Path, comment: str, code: int
) -> None:
    stays = "static int helper(void) { return 1; }\nint keep(void) { return helper(); }\n"
    moves = f"int table[] = {{ 1, {comment} }};\n"
    trees = pair(
        tmp_path,
        {"a.c": stays + moves, "Makefile": "obj-y += a.o\n"},
        {"a.c": stays, "b.c": moves, "Makefile": "obj-y += a.o b.o\n"},
    )
    result = verify(*trees, "--textual")
    assert result.exit_code == code, result.output
    assert ("names 'helper', which is static in a.c" in result.output) is bool(code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{ #name, mode_##name }", 0),
        ("{ #name, (name, mode_##name) }", 1),
        ("{ #name, TWICE(name) }", 1),
    ],
)
def test_a_macro_that_only_pastes_does_not_name_a_function(
    tmp_path: Path, body: str, code: int
) -> None:
    """`helper` is a piece of `mode_helper`, and a static function has that name by chance."""
    stays = "static int helper(void) { return 1; }\nint keep(void) { return helper(); }\n"
    stays += "int mode_helper(void) { return 2; }\n"
    moves = f"#define TWICE(x) mode_##x() + x()\n#define MODE(name) {body}\n"
    moves += "struct mode { const char *name; int (*run)(void); } modes[] = { MODE(helper) };\n"
    trees = pair(
        tmp_path,
        {"a.c": stays + moves, "Makefile": "obj-y += a.o\n"},
        {"a.c": stays, "b.c": moves, "Makefile": "obj-y += a.o b.o\n"},
    )
    result = verify(*trees, "--textual")
    assert result.exit_code == code, result.output
    assert ("names 'helper', which is static in a.c" in result.output) is bool(code)


@pytest.mark.parametrize("other", ["int other;\n", "int f(void) { return 9; }\n"])
def test_one_of_two_static_functions_that_an_if_chooses_from(tmp_path: Path, other: str) -> None:
    one, two = (f"static int f(void)\n{{\n\treturn {n};\n}}\n" for n in (1, 2))
    user = "int g(void)\n{\n\treturn f();\n}\n"
    trees = pair(
        tmp_path,
        {
            "a.c": f"#ifdef A\n{one}#else\n{two}{user}#endif\n",
            "c.c": other,
            "Makefile": "obj-y += a.o\n",
        },
        {
            "a.c": f"#ifdef A\n{one}#else\n{two}#endif\n",
            "b.c": f"#ifndef A\n{user}#endif\n",
            "c.c": other,
            "Makefile": "obj-y += a.o b.o\n",
        },
    )
    result = verify(*trees, "--textual")
    assert result.exit_code == 1, result.output
    assert "names 'f', which is static in a.c" in result.output


@pytest.mark.slow
@needs_gcc
def test_static_functions_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The one in a.c gets another name; the one in b.c, in which a line changes, keeps its own."""
    a = "static int run(void) { return 1; }\nint a(void) { return run(); }\n"
    b = "static int run(void) { return 2; }\nint b(void) { return run(); }\n"
    trees = pair(
        tmp_path,
        {"a.c": a, "b.c": b},
        {"a.c": a.replace("run", "a_run"), "b.c": b.replace("{", "{ /* */")},
    )
    build(trees[0], "a.c", "b.c", flags=["-I."])
    result = verify(*trees)
    assert result.exit_code == 0, result.output
    stale = b.replace("return run", "return a_run")
    (trees[1] / "b.c").write_text(stale)
    assert verify(*trees, "--no-objects").exit_code == 1


@needs_gcc
@pytest.mark.parametrize("head", ["static int run(void)", "int run(void)"])
def test_static_function_beside_a_global_one_of_its_name(tmp_path: Path, head: str) -> None:
    """The static one in a.c gets another name; the global one in b.c and its users keep theirs."""
    a = f"static int run(void);\n{head} {{ return 1; }}\nint a(void) {{ return run(); }}\n"
    b = "int run(void) { return 2; }\nint b(void) { return run(); }\n"
    c = "int run(void);\nint c(void) { return run(); }\n"
    trees = pair(
        tmp_path,
        {"a.c": a, "b.c": b, "c.c": c},
        {"a.c": a.replace("run", "a_run"), "b.c": f"/* */{b}", "c.c": f"/* */{c}"},
    )
    result = verify(*trees, "--textual")
    assert result.exit_code == 0, result.output
    (trees[1] / "c.c").write_text(c.replace("run", "a_run"))
    assert verify(*trees, "--textual").exit_code == 1


@pytest.mark.slow
@needs_gcc
def test_renamed_global_that_another_file_still_names(tmp_path: Path) -> None:
    a, b = "int old(void) { return 1; }\n", "int old(void);\nint b(void) { return old(); }\n"
    trees = pair(tmp_path, {"a.c": a, "b.c": b}, {"a.c": a.replace("old", "new"), "b.c": b})
    build(trees[0], "a.c", "b.c", flags=["-I."])
    for options in ([], ["--no-objects"], ["--textual"]):
        result = verify(*trees, *options)
        assert result.exit_code == 1, result.output
        assert "function 'b' is not the same" in result.output


@pytest.mark.slow
@needs_gcc
def test_what_this_configuration_leaves_out_is_compared_as_text(tmp_path: Path) -> None:
    text = "#ifdef CONFIG_A\nint f(void) { return 1; }\n#endif\nint g;\n"
    lost = text.replace("#ifdef CONFIG_A\n", "").replace("#endif\n", "")
    cold = text.replace("int f", "__attribute__((cold)) int f")
    for after in (text.replace("1", "2"), lost, cold):
        trees = pair(tmp_path, {"a.c": text}, {"a.c": after})
        build(trees[0], "a.c", flags=["-I."])
        result = verify(*trees)
        assert result.exit_code == 1, result.output


@pytest.mark.slow
@needs_gcc
def test_config_is_looked_at_on_both_sides(tmp_path: Path) -> None:
    text = "#ifdef CONFIG_A\n#define N 1\n#else\n#define N 2\n#endif\nint f(void) { return N; }\n"
    trees = pair(tmp_path, {"a.c": text}, {"a.c": text.replace("N 2", "N 3")})
    build(trees[0], "a.c", flags=["-I.", "-DCONFIG_A=1"])
    result = verify(*trees, "--config", "CONFIG_A=y,n")
    assert result.exit_code == 1
    assert "function 'f' is not the same (CONFIG_A=n)" in result.output
    assert "(CONFIG_A=y)" not in result.output


@pytest.mark.slow
@needs_gcc
def test_kbuild_records_serve(tmp_path: Path) -> None:
    """A module of two objects, by records as Kbuild leaves them; the split adds a third."""
    before = small_tree(tmp_path / "before", {"vtsplit.toml": SMALL["vtsplit.toml"]})
    (before / "include/generated").mkdir(parents=True)
    (before / "include/generated/autoconf.h").write_text("#define CONFIG_X 1\n")
    build(before, "drv/foo.c", "drv/other.c", flags=["-I."])
    (before / "compile_commands.json").unlink()
    for source in ("drv/foo.c", "drv/other.c"):
        record(before, source)
    (before / "drv/foo.mod").write_text("drv/foo.o\ndrv/other.o\n")
    after = write(small_tree(tmp_path / "after"))
    result = verify(before, after)
    assert result.exit_code == 0, result.output
    # foo.o, main.o, and other.o as the build left it.
    assert "3 object files of foo" in result.output
    # A header that changed reaches the file that reads it, by its record.
    header = (after / "drv/foo.h").read_text()
    (after / "drv/foo.h").write_text(header.replace("int number", "long number"))
    assert "type 'struct ops' is not the same" in verify(before, after).output


def refused(trees: tuple[Path, Path], code: str, *options: str) -> None:
    result = verify(*trees, *options)
    assert result.exit_code == 2, result.output
    assert f"error[{code}]: " in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
@needs_gcc
def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    changed = A.replace("return hidden(x);", "return hidden((x));").replace("((x))", "(x) ")
    trees = pair(tmp_path, {**TREE, "CMakeLists.txt": ""}, {**TREE, "a.c": changed})
    build(trees[0], "a.c", "b.c", flags=["-I."])
    assert verify(*trees).exit_code == 0
    refused(trees, "VT301", "--build", str(tmp_path / "none"))
    refused(trees, "VT301", "--build", str(trees[1]))
    said = verify(*trees, "--build", str(trees[1])).output
    assert f"'{trees[1]}' has no records of Kbuild\n" in said
    assert "`bear -- make` makes one\nrefused: 1 problem\n" in said
    refused(trees, "VT303", "--compile-commands", str(tmp_path / "none.json"))
    refused(trees, "VT303", "--compile-commands", str(trees[0] / "a.c"))
    refused(trees, "VT304", "--cc", str(tmp_path / "no-gcc"))
    refused(trees, "VT311", "--config", "CONFIG_A=maybe")
    (trees[0] / "b.o").write_text("not an object")
    refused(trees, "VT307")
    (trees[0] / "b.o").unlink()
    refused(trees, "VT307")
    assert verify(*trees, "--no-objects").exit_code == 0
    (trees[1] / "c.S").write_text("nop\n")
    refused(trees, "VT308", "--no-objects")
    (trees[1] / "c.S").unlink()
    (trees[1] / "a.c").write_text('#include "nowhere.h"\n')
    refused(trees, "VT306", "--no-objects")


def test_broken_record(tmp_path: Path) -> None:
    before = small_tree(tmp_path / "before")
    after = write(small_tree(tmp_path / "after"))
    record(before, "drv/other.c")
    (before / "drv/.foo.o.cmd").write_text("half a rec")
    refused((before, after), "VT302", "--build", str(before))
    (before / "drv/.foo.o.cmd").unlink()
    refused((before, after), "VT309", "--build", str(before))


@pytest.mark.parametrize(
    ("new", "is_proved"),
    [("/* foo_free */ int a;\n", True), ("/* foo_free\n */ int a;\n", False), ("int b;\n", False)],
)
def test_a_file_that_is_not_built_may_change_in_its_comments(
    tmp_path: Path, new: str, is_proved: bool
) -> None:
    before = small_tree(tmp_path / "before", {"drv/apart.c": "/* old */ int a;\n"})
    after = small_tree(tmp_path / "after", {"drv/apart.c": new})
    record(before, "drv/foo.c")
    if is_proved:
        result = verify(before, after, "--build", str(before), "--no-objects")
        assert result.exit_code == 0, result.output
    else:
        refused((before, after), "VT309", "--build", str(before))


def test_bad_trees(tmp_path: Path) -> None:
    result = verify(tmp_path / "none", tmp_path)
    assert result.exit_code == 2
    assert "VT014" in result.output


LONG = """\
struct step { int (*go)(int *); unsigned long n; };
extern int limit;
static __attribute__((noinline)) int back(int *state, int *unused) { return *state; }
static int ahead(int *state) { return back(state, &limit); }
static const struct step steps[] = { { ahead, sizeof(__typeof__(int)) }, { ahead } };
const struct step *get(void);
const struct step *get(void) { return steps; }
"""


@pytest.mark.slow
@needs_gcc
def test_what_the_compiler_made_of_static_functions(tmp_path: Path) -> None:
    # The unused argument, and with it the reference to `limit`, is there once `back` is global.
    shown = "int back(int *, int *);\nint ahead(int *);\nextern const struct step steps[2];\n"
    first, rest = LONG.replace("static ", "").split("\n", 1)
    trees = pair(tmp_path, {"a.c": LONG}, {"a.c": f"{first}\n{shown}{rest}"})
    build(trees[0], "a.c", flags=["-O2"])
    build(trees[1], "a.c", flags=["-O2"])
    symbols = [
        subprocess.run(["nm", tree / "a.o"], capture_output=True, text=True, check=True).stdout
        for tree in trees
    ]
    assert ["U limit" in one for one in symbols] == [False, True]
    (trees[1] / "compile_commands.json").unlink()
    result = verify(*trees)
    assert result.exit_code == 0, result.output


@pytest.mark.slow
@needs_gcc
def test_function_that_is_no_longer_linked(tmp_path: Path) -> None:
    # `gone` is written before, and defined there: that it is undefined now is no compiler's choice.
    before = "int gone(void);\nint gone(void) { return 3; }\nint f(void) { return gone(); }\n"
    after = "int gone(void);\nint f(void) { return gone(); }\n"
    trees = pair(tmp_path, {"a.c": before}, {"a.c": after})
    build(trees[0], "a.c", flags=["-O0"])
    result = verify(*trees)
    assert result.exit_code == 1
    assert "symbol 'gone' is undefined" in result.output or "'gone' is gone" in result.output


@pytest.mark.slow
@needs_gcc
def test_string_that_names_its_own_line(tmp_path: Path) -> None:
    text = """#define TEXT(x) #x
#define LINE(x) TEXT(x)
struct key {{ const char *name; int (*go)(void); }};
{0}int go(void) {{ return 1; }}
struct key key = {{ __FILE__ ":" LINE(__LINE__), go }};
const char *other = "{1}";
"""
    trees = pair(
        tmp_path,
        {"drv/a.c": text.format("static ", "x"), "drv/Makefile": "obj-m += a.o\n"},
        {
            "drv/a_core.c": "int go(void);\n" + text.format("", "x"),
            "drv/Makefile": "obj-m += a.o\na-y := a_core.o\n",
        },
    )
    build(trees[0], "drv/a.c", flags=["-O1"])
    result = verify(*trees)
    assert result.exit_code == 0, result.output
    core = trees[1] / "drv/a_core.c"
    core.write_text(core.read_text().replace(' ":"', ' "-"'))
    result = verify(*trees)
    assert result.exit_code == 1
    assert "'key'" in result.output


@pytest.mark.slow
@needs_gcc
def test_names_that_a_macro_makes_of_the_line(tmp_path: Path) -> None:
    """As rdma/uverbs_named_ioctl.h does: an include more, and a table refers to another name."""
    text = """#define PASTE(a, b) a##b
#define UNIQUE(a, b) PASTE(a, b)
#define METHODS(n, ...) static const int *const UNIQUE(n##1, __LINE__)[] = {{ __VA_ARGS__ }}
#define TREE(n) const int *const *n = UNIQUE(same1, __LINE__)
const int one = 1, two = 2;
{0}int go(void) {{ return 1; }}
int (*use)(void) = go;
METHODS(same, &one, &one); TREE(first);
METHODS(same, &two, &two); TREE(second);
static const int *const same120[] = {{ &two }}; const int *const *third = same120;
"""
    trees = pair(
        tmp_path,
        {"drv/a.c": text.format("static ")},
        {"drv/a.c": "int go(void);\n" + text.format("")},
    )
    build(trees[0], "drv/a.c", flags=["-O1"])
    result = verify(*trees)
    assert result.exit_code == 0, result.output
    after = trees[1] / "drv/a.c"
    swapped = after.read_text().replace("&one, &one", "@").replace("&two, &two", "&one, &one")
    after.write_text(swapped.replace("@", "&two, &two"))
    result = verify(*trees)
    assert result.exit_code == 1, result.output
    assert "table 'same10' refers to something else at offset 0" in result.output
    assert "table 'same10#2' refers to something else at offset 0" in result.output


@pytest.mark.slow
@needs_gcc
def test_variable_of_a_header_that_a_new_file_has_too(tmp_path: Path) -> None:
    """By its tokens all is the same, but one would count what the other never sees."""
    header = "static int count;\nstatic int *const at = &count;\n"
    user = '#include "a.h"\nint *{0}(void) {{ return at; }}\n'
    both = user.format("one") + user.format("two").partition("\n")[2]
    trees = pair(
        tmp_path,
        {"a.h": header, "a.c": both},
        {"a.h": header, "a.c": user.format("one"), "b.c": user.format("two")},
    )
    build(trees[0], "a.c", flags=["-I."])
    result = verify(*trees)
    assert result.exit_code == 1, result.output
    assert "symbol 'count' is static in a.o, b.o: each has a copy of its own" in result.output
    assert "'at'" not in result.output


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize(
    ("now", "says"),
    [
        (["one", "two"], "module 'parm=two' was not said"),
        ([], "module 'parm=one' is no longer said by the module"),
    ],
)
def test_what_a_module_says_of_itself(tmp_path: Path, now: list[str], says: str) -> None:
    def text(words: list[str]) -> str:
        said = "".join(
            f'__attribute__((section(".modinfo"), used)) static const char s{at}[] = '
            f'"parm={word}";\n'
            for at, word in enumerate(words)
        )
        return f"{said}int f(void) {{ return 1; }}\n"

    trees = pair(tmp_path, {"a.c": text(["one"])}, {"a.c": text(now)})
    build(trees[0], "a.c", flags=["-I."])
    result = verify(*trees)
    assert result.exit_code == 1, result.output
    assert says in result.output
    (trees[1] / "a.c").write_text(text(["one"]))
    assert verify(*trees).exit_code == 0
