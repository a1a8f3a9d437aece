"""Kernel trees that are configured and built, each once for each machine."""

import contextlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cache import UnavailableError, digest, fill_once, need_programs, unpack
from .layers import Tree, can_overlay, copy_tree, lend, mount_over
from .mounts import TREE

PROGRAMS = ["gcc", "make", "flex", "bison", "bc", "perl", "ld", "nm"]

# Type information and signatures take time, and an error on a warning would hide what follows it.
LEAN = "-d DEBUG_INFO_BTF -d MODULE_SIG -d WERROR -d KVM_WERROR -e DEBUG_INFO_NONE"


@dataclass(frozen=True)
class Variant:
    """A configuration: where it starts, arguments of scripts/config, and what is built."""

    name: str
    defconfig: str
    options: str
    targets: tuple[str, ...]
    arch: str = "x86_64"


FULL = Variant(
    "full",
    "x86_64_defconfig",
    # SGX is dropped without a word unless the two options in front of it are there.
    "-m KVM -m KVM_INTEL -m KVM_AMD -e KVM_SMM -e HYPERV "
    f"-e CRYPTO_SHA256 -e X86_X2APIC -e X86_SGX -e X86_SGX_KVM {LEAN}",
    ("arch/x86/kvm/",),
)
OFF = Variant(
    "off",
    "x86_64_defconfig",
    f"-m KVM -m KVM_INTEL -m KVM_AMD -d KVM_SMM -d X86_SGX_KVM -d HYPERV {LEAN}",
    ("arch/x86/kvm/",),
)
I386 = Variant(
    "i386",
    "i386_defconfig",
    f"-m KVM -m KVM_INTEL {LEAN}",
    ("arch/x86/kvm/vmx/vmx.o",),
    arch="i386",
)
# As little as shows that what is added to a tree of another version builds.
INTEL = Variant(
    "intel",
    "x86_64_defconfig",
    f"-m KVM -m KVM_INTEL -d KVM_AMD -e KVM_SMM -e HYPERV {LEAN}",
    ("arch/x86/kvm/",),
)

# Every driver that can be, as a module where it can be. What instruments code for tests doubles
# the time of each compilation; type information and signatures are of no use to single objects.
ALLMOD = Variant(
    "allmod",
    "allmodconfig",
    "-d KASAN -d KCSAN -d UBSAN -d KMSAN -d KCOV -d GCOV_KERNEL -d GCC_PLUGINS "
    "-d DEBUG_INFO_BTF -d WERROR -d KVM_WERROR -e DEBUG_INFO_NONE",
    ("lib/errname.o",),
)


@dataclass(frozen=True)
class Built:
    """A tree after a build, the path where it was built, and what the compiler said."""

    tree: Tree
    variant: Variant
    place: str
    stderr: str


def plain_environment() -> dict[str, str]:
    """Return the environment in plain English, without what a make around the tests passes on."""
    ours = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS")}
    return ours | {"LC_ALL": "C"}


def make(tree: Path, variant: Variant, *targets: str) -> subprocess.CompletedProcess[str]:
    """Run make in a tree, on all processors; never raises on a failed build."""
    jobs = len(os.sched_getaffinity(0))
    command = ["make", "-s", f"-j{jobs}", "--output-sync=target", f"ARCH={variant.arch}", *targets]
    return subprocess.run(
        command,
        cwd=tree,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def configure(tree: Path, variant: Variant) -> None:
    """Make .config, and see to it that what the variant asks for is in it."""
    must_make(tree, variant, variant.defconfig)
    subprocess.run(["scripts/config", *shlex.split(variant.options)], cwd=tree, check=True)
    must_make(tree, variant, "olddefconfig")
    config = (tree / ".config").read_text().splitlines()
    known = read_symbols(tree)
    for state, symbol in re.findall(r"-([med]) (\w+)", variant.options):
        # Options come and go between versions; one that this version knows has to be honoured.
        wanted = {"m": f"CONFIG_{symbol}=m", "e": f"CONFIG_{symbol}=y"}.get(state)
        found = [line for line in config if line.startswith(f"CONFIG_{symbol}=")]
        if symbol in known and found != ([wanted] if wanted else []):
            raise UnavailableError(f"{variant.name}: -{state} {symbol} gave {found} in .config")


def read_symbols(tree: Path) -> set[str]:
    """Return the names of all configuration symbols that the tree's Kconfig files define."""
    found: set[str] = set()
    for top in ("arch/x86", "virt", "lib", "kernel", "drivers/hv", "init"):
        for path in (tree / top).rglob("Kconfig*"):
            found.update(re.findall(r"^(?:menu)?config (\w+)", path.read_text(), re.MULTILINE))
    return found


def must_make(tree: Path, variant: Variant, *targets: str) -> str:
    """Run make and return what it wrote to stderr; UnavailableError when it fails."""
    result = make(tree, variant, *targets)
    if result.returncode:
        said = result.stderr[-2000:]
        raise UnavailableError(f"{variant.name}: make {' '.join(targets)} failed:\n{said}")
    return result.stderr


def build(version: str, variant: Variant) -> Built:
    """Return the built tree of a kernel version, building it the first time."""
    need_programs(PROGRAMS)
    pristine = unpack(version)
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, check=True).stdout
    kind = "overlay" if can_overlay() else "copy"
    home = pristine.parent / f"{variant.name}-{kind}-{digest(variant, compiler)}"
    with fill_once(home) as part:
        if part is not None:
            build_into(part, Tree((pristine,)), variant)
    layers = (home / "upper", pristine) if kind == "overlay" else (home / TREE,)
    place, stderr = (home / "place").read_text(), (home / "stderr").read_text()
    return Built(Tree(layers), variant, place, stderr)


def build_into(home: Path, pristine: Tree, variant: Variant) -> None:
    """Build a variant below `home`: what the build adds in `upper`, or a whole copy in `tree`."""
    with contextlib.ExitStack() as stack:
        if can_overlay():
            target = stack.enter_context(mount_over(pristine, home))
            if target is None:
                raise UnavailableError(f"cannot mount an overlay of {pristine.layers}")
        else:
            target = home / TREE
            copy_tree(pristine, target)
        (home / "place").write_text(str(target))
        (home / "stderr").write_text(run_build(target, variant))


def run_build(tree: Path, variant: Variant) -> str:
    """Configure, prepare and build; returns what the build of the targets wrote to stderr."""
    configure(tree, variant)
    must_make(tree, variant, "prepare", "modules_prepare")
    return must_make(tree, variant, *variant.targets)


def undefined_symbols(tree: Path, target: str) -> set[str]:
    """Return what an object needs from elsewhere, but for what the compiler calls as it likes."""
    found = {line.split()[-1] for line in read_symbol_table(tree, target, "--undefined-only")}
    return {name for name in found if not name.startswith(("__x86_indirect_thunk", "__fortify"))}


def defined_symbols(tree: Path, target: str) -> set[str]:
    """Return the global symbols that an object defines."""
    lines = read_symbol_table(tree, target, "--defined-only", "--extern-only")
    return {line.split()[-1] for line in lines}


def read_symbol_table(tree: Path, target: str, *options: str) -> list[str]:
    """Run nm on an object of a tree."""
    command = ["nm", *options, str(tree / target)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def ask_compiler(tree: Path, like: str, source: str, flags: list[str]) -> str:
    """Check a source file by the command that made the object `like`, with more warnings on.

    Returns what the compiler said; it writes no object.
    """
    stem = like.removesuffix(".o")
    record = (tree / like).with_name(f".{Path(like).name}.cmd").read_text()
    saved = re.search(r"^(?:saved)?cmd_\S+ := (.*?)(?: ;.*)?$", record, re.MULTILINE)
    assert saved, f"no command for {like}"
    # Make's own escapes, in a file that make was to include.
    words = shlex.split(saved[1].replace("$$", "$").replace("\\#", "#"))
    words = [source if word == f"{stem}.c" else word for word in words]
    keep = [word for word in words if not word.startswith("-Wp,-MMD") and word not in ("-o", like)]
    command = [*keep, "-fsyntax-only", *flags]
    # Kbuild runs the compiler in the tree's top, in the language of must_make.
    result = subprocess.run(
        command, cwd=tree, env=plain_environment(), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


@contextlib.contextmanager
def lend_built(built: Built) -> Iterator[Path]:
    """Give a writable copy of a built tree in which make finds nothing to be done again."""
    with lend(built.tree) as tree:
        # Kbuild records relative paths, but the tools that it builds record absolute ones. Were
        # they left, make would build objtool again, and then every object, which depends on it.
        for record in (tree / "tools").rglob(".*.cmd"):
            text = record.read_text()
            if built.place in text:
                record.write_text(text.replace(built.place, str(tree)))
        yield tree
