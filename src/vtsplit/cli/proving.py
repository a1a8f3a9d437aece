"""Prove what a command has made in memory, by the records and options that the user names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vtsplit.apply.finished import FinishedSplit
from vtsplit.cli.arguments.proof_options import ProofOptions
from vtsplit.cli.terminal.progress import show_phases
from vtsplit.diagnostics import RefusedError

if TYPE_CHECKING:
    from vtsplit.verify.inputs.flags import Records

# The functions import what they need: a tenth of the modules, which a run without proof does not.


def records_of(before: Path, after: Path, options: ProofOptions) -> Records | None:
    """Return the records of the build that the options name, or that a tree has.

    Raises RefusedError.
    """
    from vtsplit.verify.inputs.choose_records import NamedRecords, choose_records

    named = NamedRecords(options["build"], options["database"], options["cc"])
    return choose_records(before, after, named)


def with_proof(
    split: FinishedSplit, options: ProofOptions, defines: tuple[str, ...], quiet: bool
) -> FinishedSplit:
    """Return a split with its verdict.

    Raises RefusedError if it is not the same program, or if the proof is weaker than asked for.
    """
    from vtsplit.apply.proof import prove
    from vtsplit.verify.inputs.option_values import read_defines
    from vtsplit.verify.required import require_build

    root = split.source.root
    records = records_of(root, root, options)
    values = read_defines(defines, records)
    with show_phases(quiet) as tell:
        verdict = prove(split.spec, split.source, split.result, records, values, tell)
    if options["require_build"]:
        require_build(verdict)
        if verdict.problems:
            raise RefusedError(*verdict.problems)
    return replace(split, verdict=verdict)
