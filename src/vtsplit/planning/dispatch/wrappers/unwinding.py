"""Whether a wrapper can call what undoes the earlier backend's part."""

import re

import msgspec

from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.planning.dispatch.ops import Op
from vtsplit.planning.dispatch.surroundings import Function, Surroundings
from vtsplit.planning.dispatch.wrappers.compose import ComposeError
from vtsplit.planning.steps import Ledger
from vtsplit.spec.dispatch import Policy


def with_usable_unwind(
    op: Op, policy: Policy, of_preset: bool, around: Surroundings, ledger: Ledger
) -> Policy:
    """Return a policy whose `unwind` can be called: a preset's is left out if it cannot.

    A kernel discards what is `__exit` if it is built in (include/linux/init.h). Raises
    ComposeError.
    """
    called = re.match(r"\w+", policy.unwind or "")
    if called is None:
        return policy
    function = around.function(called[0])
    is_exit = function is not None and any(t.text == "__exit" for t in function.head.tokens)
    if function is not None and called[0] == (policy.unwind or "").strip():
        _refuse_parameters(function)
    if not of_preset:
        if is_exit:
            message = f"'{called[0]}' is __exit, which a kernel discards if it is built in"
            raise ComposeError("unwind", message, "remove __exit there, or leave `unwind` out")
        return policy
    if function is not None and not is_exit:
        return policy
    why = "is __exit" if is_exit else "is not in this tree"
    ledger.note(f"op '{op.name}' undoes nothing if it fails: '{called[0]}' {why}", op.site)
    return msgspec.structs.replace(policy, unwind=None)


def _refuse_parameters(function: Function) -> None:
    """Refuse a function that is only named: it is called without arguments. Raises ComposeError."""
    try:
        signature = read_signature(function.head)
    except TypeReadError:
        return
    if signature.parameters:
        message = f"'{function.name}' has parameters, and only its name is given"
        raise ComposeError("unwind", message, f"write the call, as in '{function.name}({{}})'")
