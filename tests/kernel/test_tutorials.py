"""The tutorials on Linux: what they tell a reader to do prints what they say."""

from collections.abc import Callable
from pathlib import Path

import pytest

import consoles

from .conftest import Scratch
from .test_series import as_repository

pytestmark = pytest.mark.kernel
TUTORIALS = Path(__file__).parents[2] / "docs/tutorials"


@pytest.mark.parametrize(
    ("name", "folder"), [("kvm", "arch/x86/kvm"), ("driver", "drivers/thermal/intel")]
)
def test_a_tutorial(
    pristine: Callable[[str], object], scratch: Scratch, tmp_path: Path, name: str, folder: str
) -> None:
    tree = scratch(pristine("6.1"))  # type: ignore[arg-type]
    as_repository(tree, folder)
    (tmp_path / "linux").symlink_to(tree)
    faults = consoles.run(TUTORIALS / f"{name}.md", tmp_path)
    assert not faults, "\n".join(faults)
