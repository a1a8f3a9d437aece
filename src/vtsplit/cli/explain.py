"""`vtsplit explain`: why a rule refuses, what to do, and an example, on stdout."""

import re
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from textwrap import indent

import click

from vtsplit.cli.arguments.common import report_options
from vtsplit.cli.arguments.completing import complete_code
from vtsplit.cli.machine.envelope import as_json
from vtsplit.cli.machine.explain import report_rules
from vtsplit.cli.output.example_run import lay_out, run
from vtsplit.cli.output.summary import MORE
from vtsplit.cli.terminal.printing import print_bytes, print_text
from vtsplit.registry import RULES, STAGES, named
from vtsplit.rule import Example, Rule

_EPILOG = """\b
Examples:
  vtsplit explain VT044               each cause of this code, with an example
  vtsplit explain 44                  the same
  vtsplit explain VT044/made-name     one of them
  vtsplit explain L009                a finding of `vtsplit lint`
  vtsplit explain                     list all codes

\b
Exit codes:
  0  explained
  2  there is no such code
  4  the result cannot be printed, as on a full disk
  128 + N  ended by signal N: 130 for Ctrl-C
"""


@click.command(epilog=_EPILOG)
@click.argument("codes", metavar="[CODE]...", nargs=-1, shell_complete=complete_code)
@click.option("--json", "json_", is_flag=True, help="Print the rules as JSON.")
@report_options("the files of the example that have no fault")
def explain(codes: tuple[str, ...], json_: bool, quiet: bool, verbose: bool) -> None:
    """Explain the code of a refusal or a finding: why, what to do, and an example.

    The example is made and run in a temporary folder; with -q it is left out. Without CODE all
    codes are listed.
    """
    rules = dict.fromkeys(rule for code in codes for rule in _named(code))
    if json_:
        print_bytes(as_json(report_rules(rules or RULES)))
    elif codes:
        print_text("\n\n".join(_page(rule, quiet, verbose) for rule in rules))
    else:
        print_text("\n".join(_list()))


def _named(code: str) -> tuple[Rule, ...]:
    whole = _whole(code)
    rules = named(whole)
    if not rules:
        asked = whole.partition("/")[0]
        causes = [rule.name for rule in named(asked)]
        by_case = {name.lower(): name for name in causes or [rule.code for rule in RULES]}
        number = whole.lower().lstrip("vtl")
        same = [name for name in by_case if name.lstrip("vtl") == number]
        close = [*same, *get_close_matches(whole.lower(), by_case, 3, 0.5)]
        near = [by_case[name] for name in dict.fromkeys(close)][:3] or causes[:3]
        hint = f"did you mean {' or '.join(near)}?" if near else "leave CODE out to list all"
        raise click.BadParameter(f"there is no code '{code}': {hint}")
    return rules


def _whole(code: str) -> str:
    """Return the code that is meant if VT or zeros are left out; a code of lint has its L.

    >>> _whole("44"), _whole("vt44/made-name"), _whole("l9"), _whole("lamp")
    ('VT044', 'VT044/made-name', 'L009', 'lamp')
    """
    found = re.fullmatch(r"(vt|l)?0*(\d+)(/.*)?", code, re.ASCII | re.IGNORECASE)
    return f"{(found[1] or 'VT').upper()}{found[2]:0>3}{found[3] or ''}" if found else code


def _list() -> Iterator[str]:
    wide = max(len(rule.name) for rule in RULES)
    for at, (stage, rules) in enumerate(STAGES.items()):
        yield f"\n{stage}:" if at else f"{stage}:"
        yield from (f"  {rule.name:<{wide}}  {rule.title}" for rule in rules)


def _page(rule: Rule, quiet: bool, verbose: bool) -> str:
    blocks = [f"{rule.name}: {rule.title}", _wrapped(rule.why), _wrapped(f"To do: {rule.advice}")]
    if quiet:
        pass
    elif isinstance(rule.example, str):
        blocks.append(_wrapped(rule.example))
    else:
        blocks += _shown(rule.example, verbose)
    return "\n\n".join(blocks)


def _wrapped(text: str) -> str:
    return click.wrap_text(text, 90)


def _shown(example: Example, verbose: bool) -> Iterator[str]:
    """Yield the files of an example, and what the command says of them."""
    yield "Example:"
    shown = example.shown
    if verbose:
        shown = {**shown, **example.tree}
    for path, text in shown.items():
        yield f"{path}:\n{_indented(text)}"
    others = ", ".join(sorted(example.tree.keys() - shown.keys()))
    if others:
        yield _wrapped(f"The other files have no fault: {others}.")
    with tempfile.TemporaryDirectory(prefix="vtsplit-") as folder:
        lay_out(example, Path(folder))
        said = run(example.command, Path(folder)).said
    yield f"$ {example.command}\n{_indented(said.partition(MORE)[0])}"
    for path, text in example.fixed.items():
        yield f"With {path} like this, the command succeeds:\n{_indented(text)}"


def _indented(text: str) -> str:
    return indent(text.rstrip().replace("\0", "\\0"), "    ")
