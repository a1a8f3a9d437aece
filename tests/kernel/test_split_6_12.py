"""The preset on Linux 6.12, which upstream has split already: there is nothing to do."""

from collections.abc import Callable

import pytest

from .conftest import Scratch
from .layers import Tree
from .tool import must_run, take_snapshot

pytestmark = pytest.mark.kernel


def test_nothing_is_left_to_do(pristine: Callable[[str], Tree], scratch: Scratch) -> None:
    tree = scratch(pristine("6.12"))
    before = take_snapshot(tree)
    for arguments in ([], ["--preset", "kvm-vt"], ["--check"], ["--write"]):
        ran = must_run(tree, *arguments)
        assert ran.out == b"", arguments
        assert take_snapshot(tree) == before, arguments
