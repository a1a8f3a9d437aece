"""A declaration of the header that is gone comes back, whatever the first run made it for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from trees import copy_sample, split, write
from vtsplit.apply.transform import transform
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.spec.document import load
from vtsplit.tree.overlay import OverlaidTree
from vtsplit.tree.source_tree import SourceTree

HEADER = "vmx/x86_ops.h"
STARTS = ("vmx_init(void)", "vmx_exit(void)", "tdx_init(void)", "tdx_exit(void)")


@pytest.fixture(scope="module", params=["macros", "stubs"])
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample split once; tests only read it, or put the header back."""
    root = copy_sample(tmp_path_factory.mktemp(request.param) / "tree", dispatch=True)
    spec = root / "vtsplit.toml"
    text = spec.read_text()
    assert 'style  = "macros"' in text
    spec.write_text(text.replace('"macros"', f'"{request.param}"', 1))
    return write(root)


def without_each(text: str) -> Iterator[tuple[str, str]]:
    """Yield each declaration of a header, and the header without it and what is empty then."""
    module = parse_module(text)
    for item in module.items:
        if isinstance(item, Declaration):
            kept = [one.leading if one is item else one.code for one in module.items]
            yield item.text, re.sub(r"^#if.*\n#endif\n", "", "".join(kept), flags=re.MULTILINE)


@pytest.mark.slow
def test_each_declaration_comes_back(done: Path) -> None:
    spec = load((done / "vtsplit.toml").read_text(), "vtsplit.toml")
    tree = SourceTree(done)
    header = tree.read(HEADER)
    seen = 0
    for declaration, text in without_each(header):
        lacking = OverlaidTree(tree, {HEADER: text})
        again = transform(spec, lacking).texts
        changed = {path: new for path, new in again.items() if new != lacking.read(path)}
        assert changed == {HEADER: header}, declaration
        seen += 1
    assert seen > 70


EACH = [*(((one,),) for one in STARTS), (STARTS,)]


@pytest.mark.slow
@pytest.mark.parametrize("gone", [gone for (gone,) in EACH], ids=" ".join)
def test_what_starts_and_stops_is_declared_again(done: Path, gone: tuple[str, ...]) -> None:
    header = (done / HEADER).read_text()
    lines = header.splitlines(keepends=True)
    kept = [line for line in lines if not (line.endswith(");\n") and any(g in line for g in gone))]
    assert len(lines) - len(kept) == len(gone)
    try:
        (done / HEADER).write_text("".join(kept))
        assert split(done, "--check").exit_code == 1
        write(done)
        assert (done / HEADER).read_text() == header
    finally:
        (done / HEADER).write_text(header)


@pytest.mark.slow
def test_a_header_that_is_gone_is_made_again(done: Path) -> None:
    header = (done / HEADER).read_text()
    try:
        (done / HEADER).unlink()
        write(done)
        assert (done / HEADER).read_text() == header
        assert split(done, "--check").exit_code == 0
    finally:
        (done / HEADER).write_text(header)
