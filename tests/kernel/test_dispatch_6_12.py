"""The same second backend in Linux 6.12, whose main.c is the work of people."""

import re
from collections.abc import Callable

import pytest

from . import dispatches
from .builds import INTEL, Built, Variant
from .conftest import Scratch
from .splits import Split, judge_accounts
from .tool import HEADER, MAIN, MAKEFILE, TDX, must_run

pytestmark = pytest.mark.kernel


def test_wrappers_are_added(tdx_6_12: Split) -> None:
    assert len(dispatches.wrappers(tdx_6_12.new(MAIN))) >= 85
    assert judge_accounts(tdx_6_12) == []
    assert tdx_6_12.touched == {
        MAKEFILE,
        *(TDX.path(name) for name in (MAIN, HEADER, TDX.source, dispatches.BACKEND, "tdx.h")),
    }


def test_every_other_line_is_kept(tdx_6_12: Split) -> None:
    """Entries name wrappers now, and main starts the module."""
    lost = dispatches.lost_lines(tdx_6_12, TDX.path(MAIN))
    assert [line for line in lost if not re.fullmatch(r"\t\.\w+ = \w+,|", line)] == []
    after = tdx_6_12.new(MAIN)
    for line in filter(None, lost):
        assert re.search(rf"^{re.escape(line.split(' = ')[0])} = vt_", after, re.M), line
    assert sorted(filter(None, dispatches.lost_lines(tdx_6_12, TDX.path(TDX.source)))) == [
        "module_exit(vmx_exit);",
        "module_init(vmx_init);",
        "static int __init vmx_init(void)",
        "static void vmx_exit(void)",
    ]
    for path in (MAKEFILE, TDX.path(HEADER)):
        assert dispatches.lost_lines(tdx_6_12, path) == []


def test_guards_of_ops_are_kept(tdx_6_12: Split) -> None:
    main = tdx_6_12.new(MAIN)
    start = main.index("static int vt_smi_allowed(")
    inside = main[start : main.index("#endif\n", start)]
    assert main[:start].endswith("#ifdef CONFIG_KVM_SMM\n")
    assert inside.endswith("}\n")
    assert (
        list(dispatches.wrappers(inside))
        == "smi_allowed enter_smm leave_smm enable_smi_window".split()
    )


def test_module_builds(built_6_12: Callable[[Variant], Built], scratch: Scratch) -> None:
    dispatches.check_builds(scratch(built_6_12(INTEL)), built_6_12(INTEL), *TDX.arguments)


def test_second_run_changes_nothing(tdx_6_12: Split) -> None:
    assert must_run(tdx_6_12.after, *TDX.arguments, "--check").out == b""
