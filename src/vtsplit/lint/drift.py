"""Wrappers in main that are not what the spec makes."""

from collections.abc import Iterator

from vtsplit.diagnostics import RefusedError
from vtsplit.lint.facts import Facts, all_of
from vtsplit.lint.findings import Finding
from vtsplit.planning.dispatch.module_init import InitNames
from vtsplit.planning.dispatch.plan import DispatchPlanner
from vtsplit.survey.definitions import Sort


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
        plan = DispatchPlanner(facts.spec, facts.tree, facts.graph, InitNames()).plan()
    except RefusedError as error:
        if _has_wrappers(facts, facts.spec.dispatch.prefix):
            for problem in error.problems:
                where = problem.site or facts.main.site(0)
                message = f"wrappers cannot be held against the spec: {problem.message}"
                yield Finding(where, "L011", "", message.partition("\n")[0])
        return
    for one in plan.drift:
        yield Finding(one.site, "L011", one.name, one.message)


def _has_wrappers(facts: Facts, prefix: str) -> bool:
    functions = (one for one in all_of(facts.main) if one.sort is Sort.FUNCTION)
    return any(one.name.startswith(prefix) for one in functions)
