"""Causes for which a spec file is not read or not written. `cli` raises them."""

from vtsplit.rule import Example, Rule

UNREADABLE_SPEC = Rule(
    "VT006",
    "spec-file",
    "the spec cannot be read",
    "`--spec` names a file that does not exist or that you may not read.",
    "Correct the path or the permissions of the file.",
    Example(command="vtsplit split --spec lamps.toml"),
)

NO_SPEC = Rule(
    "VT007",
    "no-spec",
    "nothing says what to split",
    "The tree has no `vtsplit.toml`, and no preset fits it.",
    "Name a spec with `--spec FILE` or `--preset NAME`. `vtsplit init` writes one.",
    Example(files={"vtsplit.toml": None}),
)

EXISTS = Rule(
    "VT008",
    "exists",
    "the file to write exists already",
    "`-o FILE` would overwrite it. Only `vtsplit report` replaces a file: a page that it has made.",
    "Name another file, or remove the one that exists.",
    Example(command="vtsplit init . lamp.c:lamp_ops -o vtsplit.toml"),
)

UNWRITABLE = Rule(
    "VT008",
    "unwritable",
    "the file cannot be written",
    "The folder of `-o FILE` does not exist, or you may not write to it.",
    "Name a file in a folder that you can write to.",
    Example(command="vtsplit init . lamp.c:lamp_ops -o specs/lamp.toml"),
)
