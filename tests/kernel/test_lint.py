"""Lint on Linux: the leftovers of upstream's split in 6.12, and nothing in what vtsplit made."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from .conftest import Scratch
from .ctext import read
from .layers import Tree
from .splits import Split
from .tool import HEADER, MAIN, VMX, run_tool

pytestmark = pytest.mark.kernel


class Found(msgspec.Struct):
    """A finding, as `--json` reports it."""

    code: str
    name: str
    path: str
    line: int
    message: str
    fixable: bool


class Report(msgspec.Struct):
    """What `--json` prints."""

    findings: list[Found]


def lint(tree: Path, *arguments: str) -> list[Found]:
    ran = run_tool(tree, "--json", *arguments, command="lint")
    assert ran.code in {0, 1}, ran.err
    return msgspec.json.decode(ran.out, type=Report).findings


def prototypes(text: str) -> set[str]:
    """Return the names that lines of a header declare, found without the tool's own parser."""
    return set(re.findall(r"^[\w \t*]*?\b(\w+)\([^;{}]*\);", text, re.MULTILINE))


def test_leftover_of_6_12_is_named_and_nothing_false(pristine: Callable[[str], Tree]) -> None:
    tree = pristine("6.12").pristine
    found = lint(tree)
    (leftover,) = [one for one in found if one.code == "L001"]
    assert (leftover.name, leftover.path, leftover.fixable) == (
        "vmx_set_dr6",
        VMX.path(HEADER),
        True,
    )
    # What else there is are declarations that vmx.h has too.
    others = [one for one in found if one is not leftover]
    assert {one.code for one in others} == {"L003"}
    twice = prototypes(read(tree / VMX.path(HEADER))) & prototypes(read(tree / VMX.path("vmx.h")))
    assert {one.name for one in others} == twice
    assert len(others) == len(twice)


def test_leftover_of_6_12_is_mended(pristine: Callable[[str], Tree], scratch: Scratch) -> None:
    tree = scratch(pristine("6.12"))
    before = lint(tree)
    shown = run_tool(tree, "--fix", command="lint")
    assert shown.code == 1
    lines = [line for line in shown.out.decode().splitlines() if re.match(r"[-+](?![-+])", line)]
    assert lines == ["-void vmx_set_dr6(struct kvm_vcpu *vcpu, unsigned long val);"]
    subprocess.run(["patch", "-p1", "-s"], cwd=tree, input=shown.out, check=True)
    assert [one.name for one in lint(tree)] == [
        one.name for one in before if one.name != "vmx_set_dr6"
    ]


def test_nothing_in_what_was_split(vmx: Split, svm: Split) -> None:
    for split in (vmx, svm):
        assert lint(split.after, *split.job.arguments) == []


def edit(path: Path, old: str, new: str) -> None:
    text = read(path)
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8", errors="surrogateescape")


def test_faults_put_into_a_split_are_found(vmx: Split, scratch: Scratch) -> None:
    tree = scratch(Tree((vmx.after,)))
    header, main = tree / VMX.path(HEADER), tree / VMX.path(MAIN)
    edit(header, "void vmx_vcpu_put(struct kvm_vcpu *vcpu);\n", "")
    edit(
        header,
        "int vmx_vcpu_precreate(",
        "int vmx_vcpu_gone(struct kvm *kvm);\nint vmx_vcpu_precreate(",
    )
    edit(header, "u64 vmx_get_segment_base(struct", "u32 vmx_get_segment_base(struct")
    edit(main, "\t.vcpu_free = vmx_vcpu_free,\n", "")
    edit(main, ".flush_tlb_all = vmx_flush_tlb_all", ".flush_tlb_all = vmx_vm_init")
    end = "#endif /* __KVM_X86_VMX_H */"
    again = f"void vmx_vcpu_load(struct kvm_vcpu *vcpu, int cpu);\n{end}"
    edit(tree / VMX.path("vmx.h"), end, again)
    edit(header, "void vmx_inject_irq(", "#ifdef CONFIG_X86_64\nvoid vmx_inject_irq(")
    edit(header, "void vmx_inject_nmi(", "#endif\nvoid vmx_inject_nmi(")
    found = {(one.code, one.name) for one in lint(tree)}
    assert found == {
        ("L001", "vmx_vcpu_gone"),
        ("L002", "vmx_vcpu_put"),
        ("L003", "vmx_vcpu_load"),
        ("L004", "vmx_get_segment_base"),
        ("L005", "vmx_vm_init"),
        ("L006", "vmx_vcpu_free"),
        ("L006", "vmx_flush_tlb_all"),
        ("L007", "vmx_inject_irq"),
    }
