"""Which configuration symbols can be `m`: what the Kconfig files say, and what they leave open."""

import pytest

from vtsplit.survey.build.kconfig import is_bool

BOOL = 'config FOO\n\tbool "Foo"\n\thelp\n\t  Text.\n'
MODULE = 'config FOO\n\ttristate "Foo"\n'


@pytest.mark.parametrize(
    "texts",
    [
        [BOOL],
        ["menuconfig FOO\n\tdef_bool y\n"],
        ["config FOO\n\tdepends on BAR\n\tbool\n"],
        ["config FOO\n        boolean 'Foo'\n"],
        [BOOL, "config FOO\n\tdefault y\n"],
        [BOOL, "config FOO\n\tbool\n"],
        [BOOL + MODULE.replace("FOO", "BAR")],
        [MODULE.replace("FOO", "BAR") + BOOL],
        [BOOL + "\t  tristate in the help text\n\n\t  tristate again\n\tdefault y\n"],
        [BOOL.replace("help", "---help---") + "\t  tristate\n"],
        ["if BAR\nconfig FOO\n\tbool\nendif\nconfig BAZ\n\ttristate\n"],
    ],
)
def test_never_a_module(texts: list[str]) -> None:
    assert is_bool("FOO", texts)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [MODULE],
        [BOOL, MODULE],
        ["config FOO\n\tdef_tristate BAR\n"],
        ["config FOO\n\tdefault y\n"],
        ["config FOO\n\tstring\n"],
        ["config FOO_BAR\n\tbool\n"],
        ["comment 'config FOO'\n\tbool\n"],
        ["config FOO\n\thelp\n\t  bool text\n"],
        ["config FOO\n\thelp\n\t  text\n\tbool\n\ttristate\n"],
        ["config FOO\n\thelp\n\t  text\nconfig BAR\n\tbool\n"],
        ["config FOO\nchoice\n\tbool\nendchoice\n"],
    ],
)
def test_may_be_a_module(texts: list[str]) -> None:
    assert not is_bool("FOO", texts)
