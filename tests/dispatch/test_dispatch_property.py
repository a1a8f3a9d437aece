"""Any policy over any prototype: the wrapper compiles without a warning, or nothing is written."""

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch_trees import SPEC, UNDER_OPTION, compile_all, dispatch_tree, one_op
from how_many import examples
from trees import snapshot, split

TYPES = [
    "struct unit *{}",
    "int {}",
    "u32 *{}",
    "const char *{}",
    "bool *{}",
    "u32 {}[4]",
    "int (*{})(int a, void *b)",
    "void __user *{}",
]
NAMES = ["unit", "a", "r", "ret", "other_unit", "quite_a_long_name_for_one", "foo_op", "is_qux"]
parameters = st.lists(
    st.tuples(st.sampled_from(TYPES), st.sampled_from(NAMES)),
    max_size=5,
    unique_by=lambda pair: pair[1],
)
code = st.sampled_from(
    ["return 0", "return", "return -1", "{when}", "{}", "!{when} && {a}", "foo_op", "qux_on = 1"]
)
policies = st.fixed_dictionaries(
    {},
    optional={
        "when": st.sampled_from(["{when}", "!{when}", "{when} || qux_on", "{a} == 3", "{}"]),
        "only": st.sampled_from(["first", "second"]),
        "otherwise": code,
        "before": code,
        "both": st.sampled_from(["first", "second"]),
        "zero": st.sampled_from([["a"], ["unit"], ["r", "ret"]]),
        "zero-first": st.booleans(),
        "and": st.booleans(),
        "comment": st.sampled_from(["Why.", "A long one. " * 12]),
    },
)


def _toml(policy: dict[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in policy.items()]
    return "\n".join(["[op.op]", *lines, ""]) if lines else ""


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("'", '"') if isinstance(value, list) else f'"{value}"'


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(
    returns=st.sampled_from(["int ", "void ", "bool ", "u32 ", "struct unit *"]),
    given_=parameters,
    order=st.randoms(use_true_random=False),
    policy=policies,
    base=st.sampled_from([SPEC, UNDER_OPTION]),
)
def test_a_wrapper_compiles_or_is_refused(
    returns: str,
    given_: list[tuple[str, str]],
    order: random.Random,
    policy: dict[str, object],
    base: str,
) -> None:
    own = [kind.format(name) for kind, name in given_]
    fewer = [one for one in own if order.random() < 0.8]
    order.shuffle(fewer)
    op = f"{returns}OP({', '.join(own) or 'void'})"
    second = f"{returns}OP({', '.join(fewer) or 'void'})"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "tree")
        dispatch_tree(root, **one_op(op, second=second, spec=_toml(policy)), base=base)
        before = snapshot(root)
        result = split(root, "--write")
        if result.exit_code:
            assert result.exit_code == 2
            assert snapshot(root) == before
            assert "VT09" not in result.stderr, result.stderr
            return
        compile_all(root, "-Wno-unused-value")
        compile_all(root, "-DCONFIG_QUX", "-Wno-unused-value")
        again = split(root, "--check")
        assert again.exit_code == 0, again.stderr
