"""Build files of simple lists: what lists a source, how another one is listed beside it."""

from pathlib import Path
from time import perf_counter

import pytest

from trees import small_tree, write
from vtsplit.codemods.build.source_list import list_beside
from vtsplit.survey.build.word_lists import find_listed, is_listed
from vtsplit.verify.build_files import FileChanges, compare_build_files
from vtsplit.verify.verdict import Verdict

# (file, before, after), for drv/foo.c
LISTED = [
    ("drv/build.info", "SOURCE[../lib]=foo.c\n\nX[x]=z.c\n", "=foo.c main.c\n\nX[x]=z.c\n"),
    ("drv/build.info", "SHARED_SOURCE[$A]=b.c foo.c\n", "=b.c foo.c main.c\n"),
    (
        "drv/build.info",
        "$C=a.c \\\n  foo.c \\\n  x.c\n",
        "a.c \\\n  foo.c \\\n  main.c \\\n  x.c\n",
    ),
    ("drv/build.info", "$C=$D\\\n  e.c \\\n  foo.c\nX\n", "e.c \\\n  foo.c \\\n  main.c\nX\n"),
    (
        "drv/config.m4",
        "PHP_NEW_EXTENSION(foo,\n\t  foo.c \\\n\t  x.c,\n\t  no)\n",
        "(foo,\n\t  foo.c \\\n\t  main.c \\\n\t  x.c,\n\t  no)\n",
    ),
    (
        "drv/config0.m4",
        "PHP_NEW_EXTENSION([foo],\n  m4_normalize([\n    foo.c\n    b.c\n  ]),\n  [no])\n",
        "[\n    foo.c\n    main.c\n    b.c\n  ]",
    ),
    ("drv/config.m4", 'A_FILES="foo.c \\\n  b.c \\\n "\n', '"foo.c \\\n  main.c \\\n  b.c \\\n "'),
    ("configure.ac", "PHP_ADD_SOURCES(drv, x.c foo.c \\\n  b.c, -D)", "x.c foo.c main.c \\\n"),
    ("configure.ac", "PHP_ADD_SOURCES([/drv], [foo.c])", "[foo.c main.c])"),
    ("x/config.w32", "ADD_SOURCES('drv', 'foo.c', 'x');", "'foo.c main.c'"),
    ("config.w32", 'ADD_SOURCES(configure_module_dirname + "/drv", "foo.c");', '"foo.c main.c"'),
    ("drv/config.w32", "EXTENSION('j', 'foo.c', false);", "'j', 'foo.c main.c', false"),
    ("drv/wscript", "bld.MODULE('x',\n  source='foo.c',\n  deps='a')", "source='foo.c main.c',\n"),
    ("wscript_build", "b(source='''\n  a.c\n  drv/foo.c\n  ''')", "drv/foo.c\n  drv/main.c\n  '''"),
    (
        "drv/BUILD.bazel",
        'cc(\n  srcs = [\n    "foo.c",\n    "a.c",\n  ],\n  hdrs = ["foo.h"])',
        '"foo.c",\n    "main.c",\n    "a.c",\n  ]',
    ),
    ("drv/BUILD.gn", 'sources = [ "foo.c" ]', '[ "foo.c", "main.c" ]'),
    ("drv/x.gyp", "'sources': [ 'foo.c' ],", "[ 'foo.c', 'main.c' ],"),
    ("drv/Android.bp", 'srcs: ["foo.c"],', '["foo.c", "main.c"]'),
    ("setup.py", "Extension('x', sources=['drv/foo.c'])", "['drv/foo.c', 'drv/main.c']"),
    ("drv/x.pro", "SOURCES += foo.c \\\n    z.c\n", "foo.c \\\n    main.c \\\n    z.c\n"),
    ("drv/SConscript", "env.Program('x', source='foo.c')", "source=['foo.c', 'main.c'])"),
    ("drv/SConscript", "srcs = 'foo.c x.c'.split()", "'foo.c main.c x.c'.split()"),
    ("SConstruct", "env.Program('x', Split('drv/foo.c'))", "Split('drv/foo.c drv/main.c'))"),
    ("SConstruct", "env.Program('x', ['a.c', 'drv/foo.c'])", "'drv/foo.c', 'drv/main.c'])"),
    ("setup.py", "Extension('x', ['drv/foo.c'], f=['a'])", "['drv/foo.c', 'drv/main.c'], f="),
    ("drv/x.qbs", 'files: "foo.c"\n', 'files: ["foo.c", "main.c"]\n'),
    ("drv/build.info", "SOURCE[a]=foo.c main.c\n", "=foo.c main.c\n"),
]

# What names the file, or another one of that name, and lists no source.
NOT_LISTED = [
    ("drv/build.info", "DEPEND[foo.c]=foo.inc\n"),
    ("drv/build.info", "# SOURCE[a]=foo.c\n"),
    ("drv/build.info", "SOURCE[a]=sub/foo.c bigfoo.c foo.cc\n"),
    ("build.info", "SOURCE[a]=foo.c\n"),
    ("drv/build.info", "SOURCE[a]=b.c\nGENERATE[x]=foo.c\n"),
    ("drv/config.m4", "dnl PHP_NEW_EXTENSION(x, foo.c)\nAC_CHECK_FILE(foo.c)\n"),
    ("configure.ac", "AC_CONFIG_SRCDIR([drv/foo.c])\n"),
    ("configure.ac", "PHP_ADD_SOURCES(other, foo.c)\n"),
    ("drv/BUILD.gn", 'sources -= [ "foo.c" ]\n'),
    ("drv/Android.bp", 'exclude_srcs: ["foo.c"],\n'),
    ("drv/x.gyp", "'sources!': [ 'foo.c' ],\n"),
    # In a shell, a second word would be a command.
    ("drv/config.m4", "probe_src=foo.c\n"),
    ("drv/config.m4", 'ac_unique_file="foo.c"\n'),
    # Here a string is one file, whatever it has.
    ("drv/BUILD", 'gen(\n  src = "foo.c",\n)\n'),
    ("drv/setup.py", "check(source='foo.c')\n"),
    ("drv/setup.py", "Extension('x', depends=['foo.c'])\n"),
]


@pytest.mark.parametrize(("path", "before", "after"), LISTED)
def test_a_list_gains_the_path_as_it_is_written(path: str, before: str, after: str) -> None:
    listed = find_listed(before, path, "drv/foo.c")
    done = list_beside(before, listed, "drv/foo.c", "drv/main.c")
    assert after in done
    assert done.count("main.c") == 1
    again = find_listed(done, path, "drv/foo.c")
    assert list_beside(done, again, "drv/foo.c", "drv/main.c") == done
    assert find_listed(done, path, "drv/main.c")


@pytest.mark.parametrize(("path", "text"), NOT_LISTED)
def test_what_lists_no_source_is_left_alone(path: str, text: str) -> None:
    assert not find_listed(text, path, "drv/foo.c")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "$abcd" * 40 + " foo.c",
        "foo.c " * 3000,
        "foo.c\n" * 3000,
        "srcs = [" + "'foo.c', " * 3000 + "]",
        "Program(" * 2000 + "['foo.c']",
        "EXTENSION(" * 2000 + "(" * 2000 + ", foo.c",
        "x.c " * 10_000 + "foo.c",
    ],
)
def test_a_text_of_any_shape_is_read_in_a_moment(text: str) -> None:
    start = perf_counter()
    find_listed(text, "drv/config.m4", "drv/foo.c")
    assert perf_counter() - start < 10  # it takes less than 2 s; without bounds, minutes or years


def test_a_source_is_looked_for_up_to_the_top() -> None:
    texts = {"configure.ac": "PHP_ADD_SOURCES(drv/sub, foo.c)\n"}
    assert is_listed(texts.get, "drv/sub/foo.c")
    assert not is_listed(texts.get, "drv/foo.c")


def test_a_split_lists_main_in_every_such_file(tmp_path: Path) -> None:
    info = "SOURCE[../lib]=foo.c\nDEPEND[foo.c]=foo.h\n"
    script = "AC_CONFIG_SRCDIR([drv/foo.c])\nDRV_SRC='drv/foo.c'\n"
    changed = {"drv/Makefile": None, "drv/build.info": info, "configure.ac": script}
    root = write(small_tree(tmp_path, changed))
    made = (root / "drv/build.info").read_text()
    assert made == "SOURCE[../lib]=foo.c main.c\nDEPEND[foo.c]=foo.h\n"
    assert (root / "configure.ac").read_text() == script.replace("foo.c'", "foo.c drv/main.c'")


@pytest.mark.parametrize(("path", "before", "after"), LISTED[:-1])
def test_verify_lets_new_files_be_listed_and_cannot_tell_of_more(
    path: str, before: str, after: str
) -> None:
    listed = find_listed(before, path, "drv/foo.c")
    done = list_beside(before, listed, "drv/foo.c", "drv/main.c")
    changes = FileChanges(frozenset({path}), frozenset({"drv/main.c"}))
    for now, listed_only in ((done, True), (done.replace("foo.c", "other.c"), False)):
        verdict = Verdict("build")
        problems = compare_build_files({path: before}.get, {path: now}.get, changes, verdict)
        assert [one.code for one in problems] == ([] if listed_only else ["VT308"])
        assert not verdict.differences
        assert bool(verdict.designed) == listed_only
