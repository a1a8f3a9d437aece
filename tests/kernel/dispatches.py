"""A tree with a second backend: its option for Kconfig, and what its wrappers are."""

import re
import tomllib
from pathlib import Path

from . import judges
from .builds import Built, Variant, ask_compiler, make, must_make, undefined_symbols
from .checks import MORE_WARNINGS
from .patches import diff_lines
from .splits import Split
from .tool import KVM, MAIN, TDX, must_run

OPTION = "KVM_INTEL_TDX"
DEFINED = f"-DCONFIG_{OPTION}=1"
BACKEND = "tdx.c"
KCONFIG = f'\nconfig {OPTION}\n\tbool "A second backend"\n\tdepends on KVM_INTEL\n'
SPEC = Path(TDX.arguments[1])


def add_option(tree: Path, variant: Variant) -> None:
    """Make the backend's option one that Kconfig knows, if the split has not; it is off."""
    path = tree / KVM / "Kconfig"
    text = path.read_text()
    if f"\nconfig {OPTION}\n" not in text:
        end = "\nendif # VIRTUALIZATION"
        path.write_text(text.replace(end, f"{KCONFIG}{end}"))
        assert KCONFIG in path.read_text()
    must_make(tree, variant, "olddefconfig")


def turn_on(tree: Path, variant: Variant) -> None:
    """Configure the backend in."""
    path = tree / ".config"
    text = path.read_text()
    off = f"# CONFIG_{OPTION} is not set\n"
    assert off in text
    path.write_text(text.replace(off, f"CONFIG_{OPTION}=y\n"))
    must_make(tree, variant, "olddefconfig")


def check_builds(tree: Path, built: Built, *arguments: str) -> None:
    """Split a built tree, build with the option off and on: it links, and nobody warns of it."""
    variant = built.variant
    needed = undefined_symbols(tree, TDX.module)
    must_run(tree, *arguments, "--write")
    add_option(tree, variant)
    main, backend = ((tree / TDX.path(name)).with_suffix(".o") for name in (MAIN, BACKEND))
    for is_on in (False, True):
        if is_on:
            turn_on(tree, variant)
        result = make(tree, variant, *variant.targets)
        assert result.returncode == 0, result.stderr
        assert judges.judge_warnings(built.stderr, result.stderr, {}) == []
        assert sorted(undefined_symbols(tree, TDX.module) - needed) == []
        assert backend.is_file() == is_on
        called = undefined_symbols(tree, str(main.relative_to(tree)))
        assert any(name.startswith("tdx_") for name in called) == is_on


def more_warnings(tree: Path, like: str) -> list[str]:
    """Return what the compiler, asked for more, says of main and the backend, option on and off.

    `like` is an object whose command shows how such files are compiled.
    """
    complaints: list[str] = []
    asked = [*MORE_WARNINGS, "-Wunused-function"]
    for name, defines in ((MAIN, []), (MAIN, [DEFINED]), (BACKEND, [DEFINED])):
        said = ask_compiler(tree, like, TDX.path(name), [*asked, *defines])
        complaints += [line for line in said.splitlines() if line.startswith(KVM)]
    return [line for line in complaints if "warning:" in line]


def wrappers(main: str) -> dict[str, str]:
    """Return the wrappers in main's text, without their prefix, and their whole texts."""
    found = re.finditer(r"^static [^;={}]*?\bvt_(\w+)\([^{}]*\)\n\{\n.*?^\}\n", main, re.M | re.S)
    return {match[1]: match[0] for match in found}


def with_option_off(main: str) -> str:
    """Return main's text as the compiler takes it with the option off.

    The branch for the option on is left out, and what the other one defines is put in place.
    """
    chosen = re.search(
        rf"#ifdef CONFIG_{OPTION}\n.*?\n#define vt_op.*?#else\n(.*?)#endif\n", main, re.S
    )
    assert chosen
    text = main[: chosen.start()] + main[chosen.end() :]
    for name, value in re.findall(r"^#define (vt_\w+) (\w+)$", chosen[1], re.M):
        text = re.sub(rf"\b{name}\b", value, text)
    text = re.sub(r"\t\.\w+ =\s+vt_op_tdx_only\(\w+\),\n", "", text)
    return re.sub(r"\bvt_op\((\w+)\)", r"vmx_\1", text)


def lost_lines(split: Split, path: str) -> list[str]:
    """Return the lines that a file of the tree before has, and after has not."""
    hunks = diff_lines(split.before / path, split.after / path)
    return [line for hunk in hunks for line in hunk.marked("-")]


def stated_keys() -> set[str]:
    """Return all keys that the spec has for ops."""
    return {key for op in tomllib.loads(SPEC.read_text())["op"].values() for key in op}
