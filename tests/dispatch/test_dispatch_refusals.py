"""What dispatch cannot do is refused by place and reason, on the tree of docs/dispatch.md."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from test_dispatch_docs import sections, spec_of, tree_files

from how_many import mostly_slow
from trees import copy_sample, snapshot, split, write

pytestmark = pytest.mark.slow

# (files with a piece to replace in each, sections of the spec, code, place, what is said)
Case = tuple[Mapping[str, tuple[str, str]], str, str, str, str]
CASES: dict[str, Case] = {
    "void returns": ({}, '[op.kick]\notherwise = "return 0"', "VT053", "vtsplit.toml:25:14",
                     "the op returns nothing"),
    "two bodies": ({}, '[op.open]\nbody = "\\treturn 0; } int a_open(struct dev *dev) {"', "VT056",
                   "vtsplit.toml:25:9", "the body of 'bar_open' is not one function body"),
    "no C": ({}, '[op.open]\notherwise = "return 0 0"', "VT056", "vtsplit.toml:24:5",
             "cannot be read as C (the parser stops in front of '0')"),
    "no such second": ({}, '[op.open]\nsecond = "b_opne"', "VT051", "vtsplit.toml:25:11",
                       "no function 'b_opne'"),
    "name of init": ({}, '[init]\ninit = "a_open"', "VT081", "drv/a.c:5:1",
                     "the name 'a_open' is taken"),
    "no flag": ({"vtsplit.toml": ('flag   = "enable_b"', "#")}, "", "VT053", "vtsplit.toml:13:11",
                "op 'get_caps' cannot be wrapped: nothing tells which backend"),
    "another type": ({"drv/b.c": ("b_open(struct dev *", "b_open(struct queue *")}, "", "VT054",
                     "drv/a.c:234:10", "'dev' is of another type"),
    "slip": ({}, '[op.open]\nwhen = "is_open({})"', "VT057", "vtsplit.toml:10:2", "'is_open'"),
}  # fmt: skip


@pytest.mark.parametrize("case", mostly_slow([(case,) for case in CASES.values()], 7), ids=CASES)
def test_refused(tmp_path: Path, case: Case) -> None:
    changes, more, code, place, says = case
    kept = {
        name: text
        for name, text in sections(spec_of("macros")).items()
        if not name.lstrip("[").startswith(("op.", "init"))
    }
    spec = "".join(f"{name}\n{text}" for name, text in kept.items()) + more + "\n"
    for path, text in {**tree_files(), "vtsplit.toml": spec}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        old, new = changes.get(path, ("", ""))
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new, 1) if old else text)
    result = split(tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    said = result.stderr.replace(f"{tmp_path}/", "")
    assert said.startswith(f"error[{code}]: ")
    assert f"  --> {place}\n" in said
    assert says in said


@pytest.mark.parametrize("under", ["entry under an #if", "entry always there"])
def test_a_function_that_is_a_macro_elsewhere(tmp_path: Path, under: str) -> None:
    files = {**tree_files(), "vtsplit.toml": spec_of("macros")}
    endif = "#endif\n\nstatic int a_get_queues"
    entry = "#ifdef CONFIG_64BIT\n\t.arm = a_arm,\n#endif\n"
    source = files["drv/a.c"]
    assert endif in source
    assert entry in source
    source = source.replace(endif, f"#else\n#define a_arm NULL\n{endif}")
    if under == "entry always there":
        source = source.replace(entry, "\t.arm = a_arm,\n")
    for path, text in {**files, "drv/a.c": source}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    result = split(tmp_path)
    if under == "entry under an #if":
        assert result.exit_code == 0, result.stderr
        assert "+#ifdef CONFIG_64BIT\n+static int bar_arm(" in result.stdout
    else:
        assert (result.exit_code, result.stdout) == (2, "")
        assert "error[VT054]" in result.stderr
        assert "'a_arm' is a macro under other conditions" in result.stderr


@pytest.mark.slow
def test_wrappers_stay_on_their_side_of_the_option(tmp_path: Path) -> None:
    root = write(copy_sample(tmp_path / "tree", dispatch=True))
    spec = root / "vtsplit.toml"
    text = spec.read_text().replace('style  = "macros"', 'style = "stubs"')
    spec.write_text(text.replace("# skeleton = ", "skeleton = "))
    before = snapshot(root)
    result = split(root, "--write")
    assert (result.exit_code, snapshot(root) == before) == (2, True)
    assert (
        "error[VT059]: 'vt_hardware_enable' stands under #ifdef CONFIG_INTEL_TDX" in result.stderr
    )
