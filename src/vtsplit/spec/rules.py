"""Causes for which a spec file is not read. `cli` raises them."""

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
    "Write one with `vtsplit init TREE FILE:TABLE -o TREE/vtsplit.toml`, or name one with "
    "`--spec FILE` or `--preset NAME`.",
    Example(files={"vtsplit.toml": None}),
)
