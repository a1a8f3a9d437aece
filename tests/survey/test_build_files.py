"""Which files of a tree say how it is built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.survey.build import build_files

# What follows the last slash of a path.
BASENAMES = st.from_regex(build_files._NAMES, fullmatch=True).filter(lambda name: "/" not in name)


@given(BASENAMES)
def test_the_quick_look_passes_over_no_build_file(name: str) -> None:
    assert build_files._is_likely(name)
    assert build_files._is_likely(f"drivers/net/{name}")


@pytest.mark.parametrize("path", ["lib/foo.c", "include/base.h", "doc/index.rst", "a/foo.dts"])
def test_the_quick_look_passes_over_other_files(path: str) -> None:
    assert not build_files._is_likely(path)
