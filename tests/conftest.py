"""What all tests have in common: nothing is compiled twice, and no disk is waited for."""

import os
import subprocess
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import compilations
from vtsplit.verify import preprocess


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let `verify` and the tests share what has been compiled."""
    shared = compilations.Compilations(tmp_path_factory.getbasetemp().resolve())
    compilations.known[:] = [shared]
    door = SimpleNamespace(**vars(subprocess))
    door.run = shared.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preprocess, "subprocess", door)
        # No test can cut the power; tests/test_write.py looks whether it is asked for.
        patch.setattr(os, "fsync", lambda handle: None)
        yield
