"""Chromium, started once. The machine has to have it: `VTSPLIT_REQUIRE_BROWSER` says so."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return the browser."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("VTSPLIT_REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as running:
        # A container has no user namespaces for Chromium's own sandbox; the pages are ours.
        started = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()
