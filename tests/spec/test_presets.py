"""Presets: which one is chosen by itself, and which one adds wrappers."""

from pathlib import Path

from trees import small_tree, split
from vtsplit.spec.presets import load_preset, names, preset_for, with_wrappers

SOURCES = {load_preset(name).source for name in names()}


def test_every_preset_is_read_and_says_so() -> None:
    assert all(load_preset(name).file == f"presets/{name}.toml" for name in names())
    assert all(load_preset(name).is_preset for name in names())


def test_what_is_chosen_by_itself_makes_no_wrappers() -> None:
    for source in SOURCES:
        chosen = preset_for(lambda path, source=source: path == source)  # type: ignore[misc]
        assert chosen is not None
        assert chosen.dispatch is None


def test_the_preset_with_wrappers_splits_the_same() -> None:
    for name in names():
        more = with_wrappers(load_preset(name))
        if load_preset(name).dispatch is not None:
            assert more == ""
            continue
        plain, whole = load_preset(name), load_preset(more)
        assert whole.dispatch is not None
        for key in ("source", "header", "main", "prefix", "tables", "renames", "patterns"):
            assert getattr(plain, key) == getattr(whole, key), key


def test_unknown_preset_is_refused_with_a_near_name(tmp_path: Path) -> None:
    result = split(small_tree(tmp_path, {"a.c": "int a;\n"}), "--preset", "kvm-tdk")
    assert result.exit_code == 2
    assert "VT006" in result.stderr
    assert "kvm-tdx" in result.stderr
