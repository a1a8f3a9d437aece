"""Specs and presets. In specs below, `^` stands in front of what a message is to point to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.diagnostics import Problem, RefusedError, Site, render
from vtsplit.spec.document import Rename, RenamePattern, did_you_mean, load
from vtsplit.spec.presets import load_preset, names, preset_for
from vtsplit.spec.toml_sites import ENCODING
from vtsplit.spec.values import is_c_name

SPLIT = """\
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main   = "drv/main.c"
"""
TABLES = """\
[tables]
foo_ops = "bar_ops"
"""
MINIMAL = SPLIT + TABLES
FULL = """\
# How foo is split
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main   = "drv/main.c"
prefix = "foo_"
license = "GPL-2.0 WITH Linux-syscall-note"
object-list = false

[tables]
foo_ops      = "bar_ops"
foo_init_ops = "foo_init_ops"  # moves, keeps its name

[rename]
foo_create_dev = "foo_dev_create"
setup          = { to = "foo_setup", optional = true }

[[rename-pattern]]
match = "foo_(free|reset)_dev"
to    = 'foo_dev_\\1'

[[rename-pattern]]
match = "foo_(?P<verb>get|put)_(?P<noun>irq)"
to    = 'foo_\\g<noun>_\\g<verb>'
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(RefusedError) as refused:
        load(text, "s.toml")
    return refused.value.problems


def test_a_full_spec_is_read() -> None:
    spec = load(FULL, "s.toml")
    assert (spec.source, spec.header, spec.main) == ("drv/foo.c", "drv/foo_ops.h", "drv/main.c")
    assert spec.prefix == "foo_"
    assert spec.license == "GPL-2.0 WITH Linux-syscall-note"
    assert spec.object_list is False
    assert spec.tables == {"foo_ops": "bar_ops", "foo_init_ops": "foo_init_ops"}
    assert spec.renames == {
        "foo_create_dev": Rename(to="foo_dev_create"),
        "setup": Rename(to="foo_setup", optional=True),
    }
    assert [pattern.apply("foo_reset_dev") for pattern in spec.patterns] == ["foo_dev_reset", None]
    assert [pattern.apply("foo_put_irq") for pattern in spec.patterns] == [None, "foo_irq_put"]
    assert not spec.is_preset


def test_most_of_a_spec_may_be_left_out() -> None:
    spec = load(MINIMAL, "s.toml")
    assert (spec.prefix, spec.license, spec.object_list) == (None, None, True)
    assert (spec.renames, spec.patterns) == ({}, ())


@pytest.mark.parametrize("text", [MINIMAL.replace("\n", "\r\n"), "\ufeff" + MINIMAL])
def test_an_editor_of_another_system_does_no_harm(text: str) -> None:
    spec = load(text, "s.toml")
    assert spec.tables == {"foo_ops": "bar_ops"}
    assert str(spec.site("split")) == "s.toml:1:2"
    assert spec.line(1) == "[split]"


def test_a_spec_knows_its_places_and_lines() -> None:
    spec = load(FULL, "s.toml")
    assert spec.site("rename", "setup") == Site("s.toml", 16, 1, 5)
    assert spec.site("rename", "setup", "to", of="value") == Site("s.toml", 16, 26, 9)
    assert spec.site("rename", "foo_create_dev", "to", of="value") == Site("s.toml", 15, 19, 14)
    assert spec.site("rename-pattern", 1, "to") == Site("s.toml", 24, 1, 2)
    assert spec.line(15) == 'foo_create_dev = "foo_dev_create"'
    assert [spec.line(number) for number in (-1, 0, 25, 1000)] == ["", "", "", ""]


def test_a_problem_is_shown_with_its_line() -> None:
    text = FULL.replace("license", "licence")
    (problem,) = problems_of(text)
    assert render(problem, lambda site: text.split("\n")[site.line - 1]) == (
        "error[VT002]: unknown key 'licence' in [split]\n"
        "  --> s.toml:7:1\n"
        '    7 | licence = "GPL-2.0 WITH Linux-syscall-note"\n'
        "      | ^^^^^^^ did you mean 'license'?"
    )


def with_split(line: str) -> str:
    """Put a line in the place of the same key's, or below the others."""
    key = line.lstrip("^").partition("=")[0].strip()
    kept = [old for old in SPLIT.splitlines() if not old.startswith(key)]
    return "\n".join([*kept, line, TABLES])


def with_rename(lines: str) -> str:
    return f"{MINIMAL}[rename]\n{lines}\n"


def with_pattern(match: str, to: str) -> str:
    return f"{MINIMAL}[[rename-pattern]]\nmatch = '{match}'\nto = '{to}'\n"


# Code, what message and help contain, and the spec.
REFUSED = [
    # what is no TOML
    ("VT001", "Expected '='", "[split]\nsource ^oops\n"),
    ("VT001", "not UTF-8", "[split]\n# caf^\udce9\n"),
    # keys
    ("VT002", "'heder' in [split]|did you mean 'header'?", with_split('^heder = "drv/x.h"')),
    ("VT002", "unknown key|did you mean 'object-list'?", with_split("^object_list = true")),
    ("VT002", "'x\\ny' in [split]", with_split('"^x\\ny" = 1')),
    ("VT002", "'prefix' in the spec|it belongs in [split]", '^prefix = "foo_"\n' + MINIMAL),
    ("VT002", "unknown key|did you mean 'tables'?", SPLIT + TABLES + "[^table]\nx_ops = 'y_ops'\n"),
    (
        "VT002",
        "'dispach' in the spec|did you mean 'dispatch'",
        MINIMAL + '[^dispach]\nprefix = "bar_"\n',
    ),
    ("VT002", "'linting' in the spec", MINIMAL + "[^linting]\nx = 'x'\n"),
    (
        "VT002",
        "unknown key|did you mean 'optional'?",
        with_rename('a = { to = "b", ^optinal = true }'),
    ),
    ("VT002", "'flags'", with_pattern("a", "b") + "^flags = 'i'\n"),
    # types
    ("VT003", "split.prefix must be a string, not an integer", with_split("prefix = ^5")),
    ("VT003", "must be true or false, not a string", with_split('object-list = "^no"')),
    ("VT003", "must be true or false, not an integer", with_split("object-list = ^1")),
    ("VT003", "must be a string, not a date or time", with_split("license = ^1979-05-27")),
    ("VT003", "must be a string, not an array", with_split("source = ^[\n'a.c' ]")),
    ("VT003", "split must be a table, not a string", "split = '^x'\n" + TABLES),
    ("VT003", "tables must be a table, not an array", SPLIT + "[[^tables]]\nfoo_ops = 'x'\n"),
    ("VT003", "tables.foo_ops must be a string", SPLIT + "[tables]\nfoo_ops = ^{ to = 'x' }\n"),
    ("VT003", "rename.a must be a string or a table, not a float", with_rename("a = ^1.5")),
    ("VT003", "rename.a.optional must be true or", with_rename("a = { to = 'b', optional = ^0 }")),
    (
        "VT003",
        "must be an array, not a table|write [[rename-pattern]]",
        MINIMAL + "[^rename-pattern]\nmatch = 'a'\nto = 'b'\n",
    ),
    # names
    ("VT003", "the start of a C identifier, not 'foo-'", with_split('prefix = "^foo-"')),
    ("VT003", "the start of a C identifier, not ''", with_split('prefix = ^""')),
    ("VT003", "SPDX", with_split('license = "^MIT */ int x;"')),
    ("VT003", "a C identifier, not 'bar ops'", SPLIT + "[tables]\nfoo_ops = '^bar ops'\n"),
    ("VT003", "a C identifier, not 'bar_ops\\n'", SPLIT + '[tables]\nfoo_ops = "^bar_ops\\n"\n'),
    ("VT003", "a C identifier, not '2'", SPLIT + "[tables]\n^2 = 'bar_ops'\n"),
    ("VT003", "a C identifier, not 'größe!'", SPLIT + '[tables]\n"^größe!" = "x"\n'),
    ("VT003", "a C identifier, not 'if'|a C keyword", with_rename("a = '^if'")),
    ("VT003", "a C identifier, not 'int'|a C keyword", with_rename("^int = 'a'")),
    ("VT003", "a C identifier, not 'b c'", with_rename("a = { to = '^b c' }")),
    # names in each other's way
    ("VT003", "'main' is the same file as 'source'", with_split('main = "^drv/foo.c"')),
    ("VT003", "'bar_ops' is already the new name of 'foo_ops'", f"{MINIMAL}x_ops = '^bar_ops'\n"),
    ("VT003", "'c' is already the new name of 'a'", with_rename("a = 'c'\nb = '^c'")),
    ("VT003", "'c' is already the new name of 'a'", with_rename("a = 'c'\nb = { to = '^c' }")),
    ("VT003", "'bar_ops' is already the new name of 'foo_ops'", with_rename("a = '^bar_ops'")),
    ("VT003", "both a new name and an old one|[rename]", with_rename("a = '^b'\nb = 'c'")),
    ("VT003", "both a new name and an old one|[tables]", with_rename("a = '^foo_ops'")),
    ("VT003", "'foo_ops' is already in [tables]", with_rename("^foo_ops = 'b'")),
    # patterns
    ("VT003", "a regular expression|unterminated", with_pattern("^foo_(", "x")),
    ("VT003", "a regular expression|too large", with_pattern("^a{99999999999}", "x")),
    ("VT003", "a regular expression", with_pattern("^" + "(" * 9000, "x")),
    ("VT003", "a regular expression that matches", with_pattern("", "x").replace("''", "^''")),
    ("VT003", "of RE2|RE2 has no look-ahead", with_pattern("^(?!foo_)a", "x")),
    ("VT003", "of RE2|back references", with_pattern(r"^(a)\1", "x")),
    ("VT003", "of RE2|invalid repetition size", with_pattern("^((a{1000}){1000}){1000}", "x")),
    ("VT003", "at most 1000", with_pattern("^" + "a" * 1001, "x")),
    ("VT003", "does not suit the groups|group reference 2", with_pattern("a(b)", r"^x\2")),
    ("VT003", "does not suit the groups|group name 'n'", with_pattern("a(b)", r"^x\g<n>")),
    ("VT003", "a C identifier with groups", with_pattern("a(b)", r"^x-\1")),
    ("VT003", "a C identifier with groups", with_pattern("a(b)", r"^x\n")),
    ("VT003", "a C identifier with groups", with_pattern("a(b)", r"^x\100")),
    ("VT003", "a C identifier with groups", with_pattern("a(b)", r"^2\1")),
    ("VT003", "a C identifier with groups", with_pattern("a", "").replace("to = ''", "to = ^''")),
    # what is missing
    (
        "VT004",
        "[split] has no 'main'|add main = ...",
        "[^split]\nsource = 'a.c'\nheader = 'a.h'\n" + TABLES,
    ),
    ("VT004", "the spec has no 'tables'|add [tables]", "^" + SPLIT),
    ("VT004", "[tables] names no table", SPLIT + "[^tables]\n"),
    ("VT004", "[rename.a] has no 'to'", with_rename("^a = { optional = true }")),
    ("VT004", "[rename-pattern] has no 'to'", MINIMAL + "[[^rename-pattern]]\nmatch = 'a'\n"),
    # paths
    ("VT005", "inside the tree, not '/drv/foo.c'", with_split("source = '^/drv/foo.c'")),
    ("VT005", "inside the tree", with_split("source = '^../foo.c'")),
    ("VT005", "inside the tree", with_split("source = '^drv/../../foo.c'")),
    ("VT005", "inside the tree", with_split(r"source = '^drv\..\..\foo.c'")),
    ("VT005", "inside the tree", with_split("main = '^C:/drv/foo.c'")),
    ("VT005", "inside the tree", with_split("main = '^C:foo.c'")),
    ("VT005", "inside the tree", with_split(r"header = '^\\host\foo.h'")),
    ("VT003", r"forward slashes|write 'drv/foo.h'", with_split(r"header = '^drv\foo.h'")),
    ("VT003", "the path of a .h file", with_split("header = '^drv/x.c'")),
    ("VT003", "the path of a .c file", with_split("source = '^drv/foo.h'")),
    ("VT003", "the path of a .c file", with_split("source = ^''")),
    ("VT003", "the path of a .c file", with_split("source = '^drv/.c'")),
    ("VT003", "a plain path|write 'drv/foo.c'", with_split("source = '^./drv//foo.c'")),
    *(
        ("VT005", "letters, digits and", with_split(f'source = "^{path}"'))
        for path in (
            r"drv/\u0000foo.c",
            "drv/a b.c",
            "drv/$(shell touch x).c",
            "drv/${X}.c",
            "drv/x#y.c",
            "drv/%.c",
            "drv/x:y.c",
            "drv/x=y.c",
            "drv/x;y.c",
            "drv/x,y.c",
            "drv/@X@.c",
            "~x/y.c",
            "drv/[x].c",
            "drv/x*.c",
            "drv/x'y.c",
            r"drv/x\"y.c",
            r"drv/\u202ex.c",
            r"drv/x\ny.c",
            "drv/-x.c",
            "-x/y.c",
            "drv/größe.c",
            "drv/&.c",
            "drv/x`y.c",
            "drv/<x>.c",
        )
    ),
    ("VT005", "letters, digits|'\"' is not allowed", with_split("header = '^drv/x\"y.h'")),
    ("VT005", "letters, digits|'$' is not allowed", with_split("core = '^drv/x$y.c'")),
    ("VT003", "at most 1000 characters", with_split(f"main = '^{'d/' * 1200}m.c'")),
    ("VT003", "200 in a part", with_split(f"main = '^{'d' * 300}.c'")),
    # names that C keeps for itself
    *(
        ("VT003", f"a C identifier, not '{name}'|{of}", with_rename(f"a = '^{name}'"))
        for of, names in (
            (
                "of the preprocessor",
                "__FILE__ __LINE__ defined _Pragma __VA_ARGS__ __STDC__",
            ),
            ("of the preprocessor", "__COUNTER__ __has_include"),
            ("a C keyword", "bool nullptr __attribute__ __typeof __asm__ _Float128 __int128"),
        )
        for name in names.split()
    ),
]


@pytest.mark.parametrize(("code", "words", "marked"), REFUSED)
def test_a_bad_spec_is_refused_with_its_place(code: str, words: str, marked: str) -> None:
    before, mark, after = marked.partition("^")
    (problem,) = problems_of(before + after)
    message, _, hint = words.partition("|")
    assert problem.code == code
    assert message in problem.message
    assert hint in problem.help
    assert problem.site is not None
    if mark:
        line = before.count("\n") + 1
        assert str(problem.site) == f"s.toml:{line}:{len(before) - before.rfind(chr(10))}"


def test_a_binary_file_is_one_problem() -> None:
    (problem,) = problems_of("\x7fELF\x02\x01\0\0\udcff[split]\n")
    assert problem == Problem(
        ENCODING, "not TOML: a binary file", Site("s.toml"), "save it as UTF-8 text"
    )


def test_an_empty_spec_says_what_it_lacks() -> None:
    assert [(problem.code, problem.help) for problem in problems_of("")] == [
        ("VT004", "add [split]"),
        ("VT004", "add [tables]"),
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
[split]
sorce  = "drv/foo.c"
header = "../foo_ops.h"
main   = 3
[tables]
foo_ops = "bar ops"
[rename]
a = "c"
b = "c"
[[rename-pattern]]
match = "("
to = 'x'
"""
    assert [(problem.code, str(problem.site)) for problem in problems_of(text)] == [
        ("VT004", "s.toml:1:2"),
        ("VT002", "s.toml:2:1"),
        ("VT005", "s.toml:3:11"),
        ("VT003", "s.toml:4:10"),
        ("VT003", "s.toml:6:12"),
        ("VT003", "s.toml:9:6"),
        ("VT003", "s.toml:11:10"),
    ]


def test_a_long_name_does_not_fill_the_screen() -> None:
    (problem,) = problems_of(f"{MINIMAL}{'x' * 5000} = '-'\n")
    assert len(problem.message) < 300


def read_or_refuse(text: str) -> None:
    try:
        load(text, "s.toml")
    except RefusedError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(problem.site is not None for problem in problems)


pieces = """
[split] [tables] [rename] [[rename-pattern]] rename=1 split={} tables=[] match='(' to='\\2' { \"""
"""
fragments = st.sampled_from(
    [*re.findall(r"\n|\W+|\w+", FULL), *(f"{piece}\n" for piece in pieces.split()), "\0", "\udc80"]
)


@given(st.text() | st.lists(fragments).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


values = st.recursive(
    st.sampled_from(
        ["1", "true", "'x.c'", "'x.h'", "'a'", "'('", r"'\1'", "''", "1.5", "07:32:00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["to", "match", "x"]), inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=4,
)
keys = """
split split.source split.header split.main split.prefix split.object-list tables tables.a
rename rename.a rename.b rename.'-' rename-pattern x
"""


@given(st.dictionaries(st.sampled_from(keys.split()), values))
def test_any_value_anywhere_is_read_or_refused(entries: dict[str, str]) -> None:
    read_or_refuse("".join(f"{key} = {value}\n" for key, value in entries.items()))


@pytest.mark.parametrize(
    ("match", "to", "name", "renamed"),
    [
        (r"foo_(create|free)_dev", r"foo_dev_\1", "foo_free_dev", "foo_dev_free"),
        (r"foo_(create|free)_dev", r"foo_dev_\1", "foo_free_device", None),
        (r"foo_(create|free)_dev", r"foo_dev_\1", "my_foo_free_dev", None),
        (r"(?P<a>\w+)_ops", r"\g<a>_table", "foo_ops", "foo_table"),
        (r"[^f]\w+", r"foo_\g<0>", "setup", "foo_setup"),
        (r"[^f]\w+", r"foo_\g<0>", "foo_setup", None),
        (r"([a-z_]+)*!", "x", "a" * 60, None),
        (r"(a|a)*b", "x", "a" * 60, None),
        (r"a.*", "x", "a\udce9", None),
        (r"foo(_x)?(_y)?", r"foo\2\1", "foo_y", None),  # a group without a match is empty
        (r"foo(_x)?(_y)?", r"foo\2\1", "foo_x_y", "foo_y_x"),
        (r"foo_\w+", r"foo_one", "foo_any", "foo_one"),
    ],
)
def test_a_pattern_renames_whole_names(match: str, to: str, name: str, renamed: str | None) -> None:
    assert RenamePattern(match=match, to=to).apply(name) == renamed


def test_a_doubtful_pattern_prints_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    load(with_pattern("[[a]b", "x"), "s.toml")
    assert not recwarn.list


def test_names_of_c() -> None:
    assert all(map(is_c_name, ["x", "_x1", "Foo", "into", "é", "a$b"]))
    assert not any(map(is_c_name, ["", "1x", "a-b", "a\n", "a€", "int", "_Bool", "typeof"]))


def test_suggestions_disregard_case() -> None:
    assert did_you_mean("HEADER", ["header", "main"]) == "did you mean 'header'?"
    assert did_you_mean("zzz", ["header", "main"]) == ""


def test_every_preset_loads() -> None:
    assert "kvm-vt" in names()
    for name in names():
        spec = load_preset(name)
        assert spec.is_preset
        assert spec.file == f"presets/{name}.toml"


def test_the_kvm_preset() -> None:
    spec = load_preset("kvm-vt")
    assert spec.tables == {"vmx_x86_ops": "vt_x86_ops", "vmx_init_ops": "vt_init_ops"}
    assert spec.renames["vmx_create_vcpu"].to == "vmx_vcpu_create"
    assert spec.renames["vmx_free_vcpu"].to == "vmx_vcpu_free"
    (pattern,) = spec.patterns
    assert pattern.apply("vmx_init_vm") == "vmx_vm_init"
    for kept in ["vmx_vcpu_create", "nested_vmx_free_vcpu", "vmx_set_cr0", "vmx_vm_init"]:
        assert pattern.apply(kept) is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [("kvm-tv", "did you mean 'kvm-vt'?"), ("", "kvm-vt"), ("../presets/kvm-vt", "kvm-vt")],
)
def test_an_unknown_preset_is_refused(name: str, hint: str) -> None:
    with pytest.raises(RefusedError, match="no preset") as refused:
        load_preset(name)
    (problem,) = refused.value.problems
    assert problem.code == "VT006"
    assert hint in problem.help


def test_a_preset_is_chosen_by_its_source() -> None:
    spec = load_preset("kvm-vt")
    assert preset_for({spec.source, "Makefile"}.__contains__) == spec
    assert preset_for({spec.main, "Makefile"}.__contains__) is None
