"""The review page in a real browser: links, filters, check marks, keys, no request, no fault.

Run by .ci/run, which installs Chromium: `pytest -m browser`.
"""

from pathlib import Path
from typing import Any

import click.testing
import pytest

from dispatch_trees import dispatch_tree
from vtsplit.cli import main

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SIZES = {"wide": (1400, "light"), "dark": (1000, "dark"), "phone": (390, "light")}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page of the sample."""
    target = tmp_path_factory.mktemp("page") / "page.html"
    arguments = ["report", str(ROOT / "samples/mini-kvm"), "--verify", "-o", str(target)]
    result = click.testing.CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return target


class Opened:
    """A page that is open, what its console says and which requests it makes."""

    def __init__(self, browser: Any, address: str, size: str = "wide", csp: bool = True) -> None:
        width, scheme = SIZES[size]
        view = {"width": width, "height": 900}
        self.context = browser.new_context(viewport=view, color_scheme=scheme, bypass_csp=not csp)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def shown(self, selector: str) -> int:
        """Return how many elements are visible."""
        return sum(one.is_visible() for one in self.page.locator(selector).all())


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_without_a_word_or_a_request_and_fits(
    browser: Any, page_file: Path, size: str
) -> None:
    with Opened(browser, page_file.as_uri(), size) as opened:
        assert opened.said == []
        assert opened.requests == [page_file.as_uri()]
        assert opened.page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_fault(browser: Any, page_file: Path, size: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # axe is a script of its own, which the page's policy would rightly stop.
    with Opened(browser, page_file.as_uri(), size, csp=False) as opened:
        found = axe.Axe().run(opened.page)
        assert found.violations_count == 0, found.generate_report()


def test_the_policy_of_the_page_stops_other_scripts(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        opened.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'),"
            "{textContent: 'window.ran = 1'}))"
        )
        assert opened.page.evaluate("window.ran") is None


def test_a_filter_leaves_one_kind(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        before = opened.shown(".piece")
        opened.page.click('[data-kind="build"]')
        kinds = opened.page.locator(".piece:not(.off)").all()
        assert 0 < len(kinds) < before
        assert all("build" in (one.get_attribute("data-kinds") or "") for one in kinds)
        opened.page.click('[data-kind="build"]')
        assert opened.shown(".piece") == before


def test_a_policy_leaves_its_ops(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        opened.page.click('[data-policy="both"].chip')
        assert opened.shown(".matrix tbody") == 5


def test_an_op_opens_its_wrapper(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        assert not opened.page.is_visible("#op0-more")
        opened.page.click("#op0 .more")
        assert "vt_hardware_enable" in opened.page.inner_text("#op0-more")
        assert "tdx_hardware_enable(void);" in opened.page.inner_text("#op0-more")


def test_search_finds_and_leaves(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        before = opened.shown(".piece")
        opened.page.keyboard.press("/")
        opened.page.keyboard.type("vt_has_timer")
        opened.page.wait_for_selector(".hit")
        assert opened.shown(".piece") < before
        opened.page.keyboard.press("Escape")
        assert opened.shown(".piece") == before


def test_check_marks_are_kept_in_the_address(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        for key in ("j", "x", "j", "j", "x"):
            opened.page.keyboard.press(key)
        assert opened.page.inner_text("#progress").startswith("2 of ")
        address = opened.page.url
    with Opened(browser, address) as again:
        marked = again.page.locator(".piece.is-seen").all()
        assert [one.get_attribute("id") for one in marked] == ["p0-0", "p1-1"]
        assert again.page.locator("[data-seen]:checked").count() == 2


@pytest.mark.parametrize("hash_", ["#seen=%%%", "#seen=AAAA&at=nothing", "#nothing", "#at=p0-0"])
def test_an_odd_address_does_no_harm(browser: Any, page_file: Path, hash_: str) -> None:
    with Opened(browser, page_file.as_uri() + hash_) as opened:
        assert opened.said == []
        assert opened.page.inner_text("#progress").startswith("0 of ")


def test_every_link_leads_somewhere_that_shows(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        for link in ("#op0 a >> nth=0", "#op3 a >> nth=-1", "#spec40 a, .links a >> nth=0"):
            target = opened.page.get_attribute(link, "href")
            opened.page.locator(link).first.click()
            assert opened.page.locator(f'[id="{(target or "")[1:]}"]').is_visible()


def test_side_by_side_shows_both_sides_and_goes_back(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        opened.page.click("#unfold")
        lines = opened.page.locator(".diff:not(.spec) .code").count()
        opened.page.click("#split-view")
        assert opened.shown(".diff.both") > 0
        assert not opened.shown(".piece .diff:not(.both)")
        opened.page.click("#split-view")
        assert not opened.shown(".diff.both")
        assert opened.page.locator(".diff:not(.spec):not(.both) .code").count() == lines


def test_light_and_dark(browser: Any, page_file: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        color = "getComputedStyle(document.body).backgroundColor"
        light = opened.page.evaluate(color)
        opened.page.click("#theme")
        assert opened.page.evaluate(color) != light


def test_all_is_unfolded_for_print(browser: Any, page_file: Path, tmp_path: Path) -> None:
    with Opened(browser, page_file.as_uri()) as opened:
        folded = opened.page.locator("details:not([open])").count()
        opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert opened.page.locator("details:not([open])").count() == 0
        opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert opened.page.locator("details:not([open])").count() == folded > 0


def test_500_ops(browser: Any, tmp_path: Path) -> None:
    names = [f"op_{at}" for at in range(500)]
    tree = dispatch_tree(
        tmp_path / "tree",
        members="".join(f"\tint (*{name})(struct unit *unit);\n" for name in names),
        functions="".join(
            f"static int foo_{name}(struct unit *unit)\n{{\n\treturn {at};\n}}\n\n"
            for at, name in enumerate(names)
        ),
        entries="".join(f"\t.{name} = foo_{name},\n" for name in names),
        second="".join(
            f"int qux_{name}(struct unit *unit)\n{{\n\treturn 0;\n}}\n\n" for name in names[:400]
        ),
    )
    target = tmp_path / "page.html"
    result = click.testing.CliRunner().invoke(main, ["report", str(tree), "-o", str(target)])
    assert result.exit_code == 0, result.output
    with Opened(browser, target.as_uri()) as opened:
        assert opened.said == []
        assert opened.page.locator(".matrix tbody").count() == 500
        opened.page.click('[data-policy="one or the other"].chip')
        assert opened.page.locator(".matrix tbody:not(.off)").count() == 400
        opened.page.click("#unfold")
        opened.page.click("#split-view")
        assert opened.page.locator(".diff.both").count() > 400
