"""One source and its headers: the part of the job that programs do which rewrite single files.

spatch and ast-grep each get rules for this split: they rename the functions, and spatch also drops
`static`. Neither moves a table, declares a function, nor looks into other files.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import dirname

from vtsplit.planning.context import read_context
from vtsplit.planning.plan import make_plan
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree


def one_source(
    tree: Path, spec: Spec, preset: str, scratch: Path, program: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the command for a tree of the source and its headers alone, and its peers."""
    small = scratch / "one"
    context = read_context(spec, SourceTree(tree))
    folder = dirname(spec.source)
    makefiles = (f"{folder}/Makefile", f"{dirname(folder)}/Makefile")
    for path in (spec.source, *sorted(context.seen), *makefiles):
        if (tree / path).is_file():  # headers of the system are not in the tree
            (small / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree / path, small / path)
    plan = make_plan(context)
    names = {old: new for old, new in plan.renames[spec.source].names.items() if old != new}
    source = str(small / spec.source)
    yield "one source", (*program, "split", str(small), "-q", "--preset", preset)
    if shutil.which("spatch"):
        patch = scratch / "split.cocci"
        patch.write_text(semantic_patch(sorted(plan.source.exposed), names))
        yield "spatch", ("spatch", "--very-quiet", "--sp-file", str(patch), source)
    if shutil.which("ast-grep"):
        rules = scratch / "split.yml"
        rules.write_text(ast_rules(names))
        command = ("ast-grep", "scan", "--rule", str(rules), "--json=stream")
        yield "ast-grep", (*command, str((small / spec.source).parent))


def semantic_patch(exposed: Sequence[str], names: Mapping[str, str]) -> str:
    """Return a semantic patch that drops `static` of functions, and renames."""
    listed = ", ".join(exposed)
    rules = [
        f"@@\nidentifier f = {{ {listed} }};\ntype T;\nparameter list P;\n@@\n"
        "- static\n  T f(P) { ... }\n"
    ]
    rules += [f"@@\n@@\n- {old}\n+ {new}\n" for old, new in sorted(names.items())]
    return "\n".join(rules)


def ast_rules(names: Mapping[str, str]) -> str:
    """Return rules of ast-grep that rename."""
    return "---\n".join(
        f"id: {old}\nlanguage: c\nrule:\n  kind: identifier\n  regex: ^{old}$\nfix: {new}\n"
        for old, new in sorted(names.items())
    )
