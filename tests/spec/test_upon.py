"""A spec that builds upon a preset: what it takes from there, and whom a message points to."""

from pathlib import Path

import msgspec
import pytest

from dispatch_trees import SPEC as DISPATCH
from dispatch_trees import dispatch_tree
from trees import SPEC, small_tree, split
from vtsplit.diagnostics import RefusedError
from vtsplit.spec import presets
from vtsplit.spec.dispatch import Policy
from vtsplit.spec.document import Spec, load
from vtsplit.spec.presets import load_preset, load_spec

OPS = """\
[op.open]
otherwise = "return 0"
[op.gone]
otherwise = "return 0"
"""


def preset(text: str) -> Spec:
    return msgspec.structs.replace(load(text, "presets/lamps.toml"), is_preset=True)


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one preset, for the small trees of the tests."""
    made = preset(DISPATCH + '[rename]\nfoo_gone = "foo_lost"\n' + OPS)
    monkeypatch.setattr(presets, "names", lambda: ("lamps",))
    monkeypatch.setattr(presets, "load_preset", lambda _: made)


def test_what_it_leaves_out_comes_from_the_preset() -> None:
    spec = load_spec('preset = "kvm-tdx"\n[series]\nprefix = "KVM: VMX:"\n', "a.toml")
    base = load_preset("kvm-tdx")
    assert spec.posting.prefix == "KVM: VMX:"
    assert (spec.source, spec.tables, spec.ops) == (base.source, base.tables, base.ops)
    assert (spec.dispatch, spec.init, spec.patterns) == (base.dispatch, base.init, base.patterns)
    assert not spec.is_preset


def test_a_section_is_merged_by_its_keys_and_an_op_is_taken_whole() -> None:
    text = '[dispatch]\nops = ["open"]\n[dispatch.backend]\nflag = "on"\n[op.open]\nsecond = "f"\n'
    spec = load(text, "a.toml", preset(DISPATCH + OPS))
    assert spec.dispatch is not None
    assert (spec.dispatch.ops, spec.dispatch.prefix) == (("open",), "bar_")
    assert (spec.dispatch.backend.flag, spec.dispatch.backend.prefix) == ("on", "qux_")
    assert spec.ops["open"] == Policy(second="f")
    assert spec.ops["gone"].otherwise == "return 0"


def test_an_array_is_taken_whole() -> None:
    base = preset(DISPATCH.replace('prefix = "bar_"', 'prefix = "bar_"\nops = ["a", "b"]'))
    spec = load('[dispatch]\nops = ["c"]\n', "a.toml", base)
    assert spec.dispatch is not None
    assert spec.dispatch.ops == ("c",)


def test_places_are_those_of_the_file_that_says_it() -> None:
    text = '[split]\nprefix = "x_"\n[op.open]\nsecond = "f"\n'
    spec = load(text, "a.toml", preset(DISPATCH + OPS))
    assert str(spec.site("split", "prefix", of="value")) == "a.toml:2:11"
    assert spec.site("split", "source").path == "presets/lamps.toml"
    assert spec.op_site("open", "otherwise").path == "a.toml"
    assert spec.op_site("gone", "otherwise").path == "presets/lamps.toml"


def test_a_fault_is_shown_where_it_stands() -> None:
    with pytest.raises(RefusedError) as refused:
        load('[split]\ncore = "other/core.c"\nsorce = "a.c"\n', "a.toml", preset(SPEC))
    assert [str(one.site) for one in refused.value.problems] == ["a.toml:2:9", "a.toml:3:1"]


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ('[dispatch]\nprefix = "vt_"\n', "a.toml:1:2"),
        ('[dispatch]\nprefix = "vt_"\n[dispatch.backend]\nprefix = "x_"\n', "a.toml:3:11"),
    ],
)
def test_a_key_that_neither_of_them_has_lacks_in_the_spec(text: str, site: str) -> None:
    with pytest.raises(RefusedError) as refused:
        load(text, "a.toml", preset(SPEC))
    assert [str(one.site) for one in refused.value.problems] == [site]


def test_what_neither_of_them_says_is_no_matter_of_the_preset() -> None:
    spec = load("[lint]\n", "a.toml", preset(SPEC))
    assert spec.is_of_preset("split", "source")
    assert not spec.is_of_preset("dispatch", "ops")
    assert spec.site("dispatch", "ops").path == "a.toml"


def test_unknown_preset(tmp_path: Path) -> None:
    result = split(small_tree(tmp_path, {"vtsplit.toml": 'preset = "kvm-tdk"\n'}))
    assert result.exit_code == 2
    assert "error[VT006]: no preset 'kvm-tdk'" in result.stderr
    assert "vtsplit.toml:1:11" in result.stderr
    assert "did you mean 'kvm-tdx'?" in result.stderr


@pytest.mark.parametrize("value", ["5", "[]", '["kvm-vt"]'])
def test_the_name_is_a_string(value: str, tmp_path: Path) -> None:
    result = split(small_tree(tmp_path, {"vtsplit.toml": f"preset = {value}\n"}))
    assert result.exit_code == 2
    assert "preset must be a string" in result.stderr
    assert "refused: 1 problem;" in result.stderr


@pytest.mark.usefixtures("lamps")
def test_only_names_of_the_preset_may_be_absent(tmp_path: Path) -> None:
    """Those that the spec itself states are a slip."""
    root = dispatch_tree(tmp_path)
    (root / "vtsplit.toml").write_text('preset = "lamps"\n')
    result = split(root, "--stat")
    assert result.exit_code == 0, result.stderr
    (root / "vtsplit.toml").write_text('preset = "lamps"\n[rename]\nfoo_missing = "foo_found"\n')
    result = split(root)
    assert result.exit_code == 2
    assert "has no 'foo_missing' to rename" in result.stderr
    assert "foo_gone" not in result.stderr
    (root / "vtsplit.toml").write_text('preset = "lamps"\n[op.absent]\nonly = "first"\n')
    result = split(root)
    assert result.exit_code == 2
    assert "there is no entry for op 'absent'" in result.stderr
    assert "error" not in result.stderr.replace("error[VT050]", "", 1)
