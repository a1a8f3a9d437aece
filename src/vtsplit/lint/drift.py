"""Wrappers in main that are not what the spec makes."""

from collections.abc import Iterator

from vtsplit.diagnostics import RefusedError
from vtsplit.example_trees import DISPATCH, NEON, SPEC, SPLIT, edited
from vtsplit.lint.facts import Facts, all_of
from vtsplit.lint.findings import Finding
from vtsplit.planning.dispatch.plan import plan_dispatch
from vtsplit.planning.dispatch.second.module_init import InitNames
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort

_ANY_ON = """\
static int any_on(struct light *light)
{
	if (is_neon(light))
		return neon_on(light) + 1;

	return lamp_on(light);
}

"""

DRIFT = Rule(
    "L011",
    "drift",
    "wrapper that differs from the spec",
    "A wrapper in main does something else than the wrapper that the spec makes, is defined "
    "more than once, or exists although the spec says `wrap = false`. Only you know which of "
    "the two is right.",
    "Correct the spec or the wrapper. `vtsplit split --force` writes what the spec says.",
    Example(
        {
            "neon.c": NEON["neon.c"],
            **edited("neon.h", ("int is", "int neon_on(struct light *light);\nint is"), base=NEON),
            **edited(
                "main.c",
                ('lamp_ops.h"\n', 'lamp_ops.h"\n#include "neon.h"\n'),
                ("static struct", _ANY_ON + "static struct"),
                (".on = lamp_on", ".on = any_on"),
                base=SPLIT,
            ),
        },
        spec=SPEC + DISPATCH,
        base=SPLIT,
        command="vtsplit lint",
    ),
)


def find_drift(facts: Facts) -> Iterator[Finding]:
    """Find wrappers that a split would keep though they differ from the spec (L011).

    If main has wrappers and the spec cannot be carried out, so that none could be compared, each
    reason is a finding.
    """
    tables = facts.spec.tables.values()
    is_split = any(facts.main.definitions.of(table, Sort.OBJECT) for table in tables)
    if facts.spec.dispatch is None or not is_split:
        return
    try:
        plan = plan_dispatch(facts.spec, facts.tree, facts.graph, InitNames())
    except RefusedError as error:
        if _has_wrappers(facts, facts.spec.dispatch.prefix):
            for problem in error.problems:
                where = problem.site or facts.main.site(0)
                message = f"wrappers cannot be compared with the spec: {problem.message}"
                yield Finding(where, DRIFT, "", message.partition("\n")[0])
        return
    for one in plan.drift:
        yield Finding(one.site, DRIFT, one.name, one.message)


def _has_wrappers(facts: Facts, prefix: str) -> bool:
    functions = (one for one in all_of(facts.main) if one.sort is Sort.FUNCTION)
    return any(one.name.startswith(prefix) for one in functions)
