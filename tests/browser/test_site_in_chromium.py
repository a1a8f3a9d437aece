"""The site of the documents in a real browser: no error, no request to anywhere else."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import make_messages
from vtsplit.registry import RULES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_request(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the site, serve it on this machine, and return its address."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("page", ["index", "tutorials/sample", "messages", "dispatch", "speed"])
@pytest.mark.parametrize("width", [1300, 390])
def test_a_page_opens_without_an_error_or_a_request_elsewhere(
    browser: Any, site: str, page: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(f"{site}/{page}.html")
    opened.wait_for_load_state("networkidle")
    assert said == []
    assert [address for address in requests if not address.startswith(site)] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_each_cause_of_a_message_has_its_place(browser: Any, site: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{site}/messages.html#vt044-made-name")
    wanted = [make_messages.anchor(rule) for rule in RULES]
    missing = "names => names.filter(name => !document.getElementById(name))"
    assert opened.evaluate(missing, wanted) == []
    assert opened.locator("#vt044-made-name").is_visible()
    context.close()


def test_the_search_finds_a_message(browser: Any, site: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{site}/index.html")
    opened.wait_for_load_state("networkidle")
    opened.keyboard.press("/")
    opened.keyboard.type("VT026")
    opened.wait_for_selector(".md-search-result__link[href*=messages]")
    context.close()
