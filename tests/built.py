"""Trees that are built, as `vtsplit verify` wants them: objects, and how each was compiled."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from compilations import compile_well
from vtsplit.cli import main

FLAGS = ["-std=gnu11", "-O1", "-Wall", "-Iinclude", "-I.", "-DCONFIG_X86_64=1", "-DCONFIG_HYPERV=1"]


def build(root: Path, *sources: str, flags: list[str] = FLAGS) -> Path:
    """Compile files of a tree and leave objects and a compilation database there."""
    entries = []
    for source in sources:
        target = source.removesuffix(".c") + ".o"
        command = ["gcc", *flags, "-c", "-o", target, source]
        entries.append({"directory": str(root), "file": source, "arguments": command})
        compile_well(command, root)
    (root / "compile_commands.json").write_text(json.dumps(entries))
    return root


def record(
    root: Path, source: str, *, compiler: str = "gcc", flags: str = "-O1 -I. -DMODULE"
) -> None:
    """Leave such a record of a compilation as Kbuild leaves, but for the headers it read."""
    folder, _, name = source.rpartition("/")
    stem = name.removesuffix(".c")
    target = f"{folder}/{stem}.o"
    dependencies = "".join(f"  {path} \\\n" for path in (source, f"{folder}/{stem}.h"))
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / f".{stem}.o.cmd").write_text(
        f"savedcmd_{target} := gcc -Wp,-MMD,{folder}/.{stem}.o.d {flags} "
        f"-DKBUILD_BASENAME='\"{stem}\"' -DKBUILD_MODNAME='\"foo\"' -c -o {target} {source}"
        f" ; ./tools/check {target}\n\nsource_{target} := {source}\n\n"
        f"deps_{target} := \\\n{dependencies}\n"
    )


def verify(before: Path, after: Path, *options: str) -> Result:
    """Run `vtsplit verify` in this process. A traceback fails the test that asked."""
    result = CliRunner().invoke(main, ["verify", str(before), str(after), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
