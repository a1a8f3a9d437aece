"""samples/mini-kvm split as its vtsplit.toml says: what each of its oddities turns into.

Dispatch is left out of the spec here; tests/apply/test_sample_dispatch.py has it.
"""

import re
import shutil
from pathlib import Path

import pytest

import trees
from trees import SAMPLE, copy_sample, make_run, snapshot, split, write

pytestmark = pytest.mark.slow

TOUCHED = ["Makefile", "vmx/main.c", "vmx/nested.c", "vmx/vmx.c", "vmx/vmx.h", "vmx/x86_ops.h"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample split once; tests only read it."""
    return write(copy_sample(tmp_path_factory.mktemp("sample") / "tree"))


@pytest.mark.skipif(not shutil.which("make") or not shutil.which("gcc"), reason="needs make, gcc")
@pytest.mark.parametrize("value", ["y", pytest.param("n", marks=pytest.mark.slow)])
def test_the_program_prints_the_same(done: Path, tmp_path: Path, value: str) -> None:
    settings = [f"CONFIG_{name}={value}" for name in ("X86_64", "HYPERV", "INTEL_TDX")]
    before = make_run(copy_sample(tmp_path / "before"), *settings)
    assert "vmx_create_vcpu: vcpu 0" in before
    assert make_run(shutil.copytree(done, tmp_path / "after"), *settings) == before


def test_only_these_files_change(done: Path, tmp_path: Path) -> None:
    before, after = snapshot(copy_sample(tmp_path / "before")), snapshot(done)
    changed = [path for path in sorted(after) if after[path] != before.get(path)]
    assert changed == TOUCHED


def test_makefile(done: Path) -> None:
    before = (SAMPLE / "Makefile").read_text()
    line = "mini-kvm-y += vmx/vmx.o vmx/nested.o"
    assert (done / "Makefile").read_text() == before.replace(line, f"{line} vmx/main.o")


# Lines, or several, that the source has after the split as they stand here.
SOURCE_HAS = {
    "comments follow": " * A vcpu lives from vmx_vcpu_create() to vmx_vcpu_free(). In between,\n"
    " * vmx_vcpu_reset() may take it back",
    "include in its place": '#include "x86.h"\n#include "x86_ops.h"\n#include "x86_trace.h"\n',
    "members keep their names": "\tunsigned int vmx_create_vcpu;\n\tunsigned int vmx_free_vcpu;\n",
    "uses of a member": "\tvmx_stats.vmx_create_vcpu++;\n",
    "uses of a member by pointer": "\tstats->vmx_free_vcpu++;\n",
    "static data is exposed": " */\nstruct kvm_nested_caps vmx_nested_caps = {\n\t.events = true,",
    "forward declarations are gone": "};\n\n#define restart_vcpu(vcpu, why)\t\t\t\t\t\t\\\n",
    "macro body": "\t\tvmx_vcpu_reset(vcpu, true);\t\t\t\t\\\n",
    "name begins the second line": "\nbool\nvmx_has_emulated_msr(struct kvm *kvm, u32 index)\n{\n",
    "string": '\ttrace("vmx_create_vcpu: vcpu %d", vcpu->id);\n',
    "label": "\t\tgoto vmx_free_vcpu;\n\n\treturn 0;\n\nvmx_free_vcpu:\n\tvmx_vcpu_free(vcpu);\n",
    "continuation is aligned": "\nvoid vmx_vcpu_reset(struct kvm_vcpu *vcpu,\n"
    "\t\t    bool init_event) /* INIT, and not power-on */\n{\n",
    "inactive #if": "#if 0\n/* Both in one, until vmx_vcpu_free() needed the lock. */\n"
    "static void vmx_recreate_vcpu(struct kvm_vcpu *vcpu)\n{\n\tvmx_vcpu_free(vcpu);\n"
    "\tif (!vmx_vcpu_create(vcpu))\n\t\tvmx_vcpu_reset(vcpu, false);\n}\n#endif\n",
    "inactive #ifdef": "#ifdef CONFIG_NEVER\n"
    "\t/* A fresh one, where vmx_vcpu_reset() will not do. */\n\tvmx_vcpu_free(vcpu);\n"
    "\tif (vmx_vcpu_create(vcpu))\n\t\treturn -1;\n\tvmx_vcpu_reset(vcpu, false);\n#else\n",
    "comment after static": "\n/* cannot fail */ void vmx_vcpu_load(struct kvm_vcpu *vcpu, int",
    "static alone on a line": "}\n\nvoid vmx_vcpu_put(struct kvm_vcpu *vcpu)\n",
    "annotation": "\nnoinstr fastpath_t vmx_vcpu_run(struct kvm_vcpu *vcpu)\n",
    "comment behind parameters": "\nvoid vmx_inject_irq(struct kvm_vcpu *vcpu, u32 vector,\n"
    "\t\t    bool again)\t/* after an exit that lost it */\n",
    "call is aligned": "\t\tvmx_inject_irq(vcpu, VMX_TIMER_VECTOR,\n"
    "\t\t\t       to_vmx(vcpu)->posted_irq == VMX_TIMER_VECTOR);\n",
    "another table's functions": "\nstatic int handle_cpuid(struct kvm_vcpu *vcpu)\n",
    "function pointer as parameter": "\nvoid vmx_for_each_msr(struct kvm_vcpu *vcpu,\n"
    "\t\t      void (*visit)(struct kvm_vcpu *vcpu, u32 index,\n\t\t\t\t    u64 data))\n",
    "inline": "\nint vmx_get_cpl(struct kvm_vcpu *vcpu)\n",
    "both branches": "#if defined(CONFIG_HYPERV)\nvoid vmx_flush_tlb_root(struct kvm_vcpu *vcpu, "
    "gpa_t root)\n{\n\thv_flush_root(vcpu->id, root);\n}\n#else\nvoid vmx_flush_tlb_root(",
    "__init in the middle": "\n__init int vmx_cpu_has_kvm_support(void)\n",
    "__init in front": "\n__init int vmx_disabled_by_bios(void)\n",
    "__init behind the type": "\nint __init vmx_check_processor(void)\n",
    "table and macro are gone": "}\n\n/* The generic namesake, in x86.c, has run before this one. "
    "*/\n__init int vmx_hardware_setup(void)\n{\n"
    '\ttrace("vmx: hardware_setup");\n',
    "uses of the tables": "\t\tvt_x86_ops.sync_pir_to_irr = NULL;\n",
    "shadowing local": "\tint hardware_setup;\t/* a result; hides the function of the name */\n\n"
    "\thardware_setup = kvm_x86_vendor_init(&vt_init_ops);\n\tif (hardware_setup)\n"
    '\t\ttrace("vmx: no vendor: %d", hardware_setup);\n\treturn hardware_setup;\n',
}


@pytest.mark.parametrize("text", SOURCE_HAS.values(), ids=SOURCE_HAS)
def test_source(done: Path, text: str) -> None:
    assert (done / "vmx/vmx.c").read_text().count(text) == 1


def test_what_must_not_change(done: Path) -> None:
    for path in (
        "x86.c",
        "x86.h",
        "msr.c",
        "vmx/tdx.c",
        "vmx/tdx.h",
        "include/linux/kvm_host.h",
        "vmx/nested.h",
    ):
        assert (done / path).read_bytes() == (SAMPLE / path).read_bytes()
    source = (done / "vmx/vmx.c").read_text()
    assert "vmx_x86_ops" not in source
    assert "vmx_init_ops" not in source
    assert "static DEFINE_MUTEX(vmx_lock);\n" in source
    assert source.endswith("module_init(vmx_init);\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("vmx/vmx.h", "/* One of these per vcpu, made by vmx_vcpu_create(). */\n"),
        ("vmx/nested.c", " * vmx_vcpu_create(), and is gone after vmx_vcpu_free().\n"),
    ],
)
def test_comments_elsewhere_follow(done: Path, path: str, text: str) -> None:
    before, after = (SAMPLE / path).read_text(), (done / path).read_text()
    assert text in after
    assert re.sub(r"vmx_(create|free)_vcpu", r"vmx_vcpu_\1", before) == after


def test_main(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    assert main.startswith("// SPDX-License-Identifier: GPL-2.0\n#include <linux/init.h>\n")
    assert '#include "nested.h"\n#include "vmx.h"\n#include "x86_ops.h"\n\n/* Only the' in main
    before = (SAMPLE / "vmx/vmx.c").read_text()
    start = before.index("/* Only the table below")
    middle = before.index("static struct kvm_x86_init_ops vmx_init_ops __initdata;")
    last = before.index("static struct kvm_x86_init_ops vmx_init_ops __initdata = {")
    end = before.index("static void vmx_exit(void)")
    # Byte for byte, but for the names and the linkage.
    moved = before[start:middle] + before[last:end].rstrip("\n") + "\n"
    moved = moved.replace("\nstatic ", "\n").replace(
        "static struct kvm_x86_init", "struct kvm_x86_init"
    )
    moved = re.sub(r"\bvmx_(x86|init)_ops\b", r"vt_\1_ops", moved)
    moved = re.sub(r"vmx_(create|free|reset)_vcpu", r"vmx_vcpu_\1", moved)
    for name in ("hardware_setup", "hardware_unsetup", "cpu_has_kvm_support", "inject_irq"):
        moved = moved.replace(f"= {name},", f"= vmx_{name},")
    assert main[main.index("/* Only the") :] == moved


def test_main_includes_no_more_than_it_uses(done: Path) -> None:
    main = (done / "vmx/main.c").read_text()
    assert re.findall(r"#include (.*)", main) == [
        "<linux/init.h>",
        "<linux/kvm_host.h>",
        '"capabilities.h"',
        '"nested.h"',
        '"vmx.h"',
        '"x86_ops.h"',
    ]


def test_header(done: Path) -> None:
    header = (done / "vmx/x86_ops.h").read_text()
    assert header.startswith(
        "/* SPDX-License-Identifier: GPL-2.0 */\n"
        "#ifndef __MINI_KVM_VMX_X86_OPS_H\n#define __MINI_KVM_VMX_X86_OPS_H\n\n"
        "#include <linux/init.h>\n#include <linux/kvm_host.h>\n\n"
        "extern struct kvm_x86_ops vt_x86_ops __initdata;\n"
        "extern struct kvm_x86_init_ops vt_init_ops __initdata;\n"
    )
    assert header.endswith("\n\n#endif /* __MINI_KVM_VMX_X86_OPS_H */\n")
    # One shared guard for neighbours.
    assert header.count("#if") == 2
    assert (
        "#ifdef CONFIG_X86_64\nint vmx_set_timer(struct kvm_vcpu *vcpu, u64 deadline,\n"
        "\t\t  bool *expired);\nvoid vmx_cancel_timer(struct kvm_vcpu *vcpu);\n#endif\n" in header
    )
    # Defined in both branches of an #if: declared once, unguarded.
    assert "#endif\nvoid vmx_flush_tlb_root(struct kvm_vcpu *vcpu, gpa_t root);\nint " in header
    assert "\nint __init vmx_check_processor(void);\n" in header
    assert "\nextern struct kvm_nested_caps vmx_nested_caps;\n" in header
    assert max(len(line.expandtabs(8)) for line in header.splitlines()) <= 80


def test_nothing_is_declared_twice_or_in_vain(done: Path) -> None:
    header = (done / "vmx/x86_ops.h").read_text()
    declared = re.findall(r"^\S.*?(\w+)(?:\(.*| __initdata)?;?$", header, re.MULTILINE)
    names = [name for name in declared if name.startswith(("vmx_", "vt_"))]
    assert len(names) == len(set(names)) == 40
    assert "vmx_set_cr0" not in names  # vmx.h declares it
    defined = (done / "vmx/vmx.c").read_text() + (done / "vmx/main.c").read_text()
    for name in names:
        assert re.search(
            rf"^(?!static|\s).*\b{name}\b(?:\(| __initdata = | = )", defined, re.M
        ) or (f"\n{name}(" in defined), name


def test_a_second_run_changes_nothing(done: Path) -> None:
    before = snapshot(done)
    for option in ("--check", "--write", "--stat"):
        result = split(done, option)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "vtsplit: nothing to do\n"
    assert snapshot(done) == before


def without(path: str, text: str, instead: str = "") -> tuple[str, str, str]:
    return path, text, instead


PARTIAL = {
    "prototype": without("vmx/x86_ops.h", "void vmx_vm_destroy(struct kvm *kvm);\n"),
    "first prototype": without("vmx/x86_ops.h", "int vmx_hardware_enable(void);\n"),
    "last prototype": without("vmx/x86_ops.h", "__init int vmx_hardware_setup(void);\n"),
    "prototype of a group": without(
        "vmx/x86_ops.h", "void vmx_cancel_timer(struct kvm_vcpu *vcpu);\n"
    ),
    "object's declaration": without(
        "vmx/x86_ops.h", "extern struct kvm_nested_caps vmx_nested_caps;\n"
    ),
    "static function": without(
        "vmx/vmx.c", "\nint __init vmx_check", "\nstatic int __init vmx_check"
    ),
    "static function of two lines": without(
        "vmx/vmx.c",
        "\nint vmx_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr,\n\t\tbool",
        "\nstatic int vmx_set_msr(struct kvm_vcpu *vcpu, struct msr_data *msr,\n\t\t       bool",
    ),
    "static object": without(
        "vmx/vmx.c", "\nstruct kvm_nested_caps", "\nstatic struct kvm_nested_caps"
    ),
    "include": without("vmx/vmx.c", '#include "x86_ops.h"\n'),
    "include of main": without("vmx/main.c", '#include "x86_ops.h"\n'),
    "object list": without("Makefile", " vmx/main.o"),
}
PARTIAL |= {
    "table's declaration": without(
        "vmx/x86_ops.h", "extern struct kvm_x86_ops vt_x86_ops __initdata;\n"
    ),
    "static table": without(
        "vmx/main.c", "\nstruct kvm_x86_ops vt", "\nstatic struct kvm_x86_ops vt"
    ),
    "comment elsewhere": without(
        "vmx/vmx.h", "made by vmx_vcpu_create()", "made by vmx_create_vcpu()"
    ),
    "static forward declaration": without(
        "vmx/vmx.c",
        "#define restart_vcpu",
        "static void vmx_vcpu_free(struct kvm_vcpu *vcpu);\n\n#define restart_vcpu",
    ),
}


@pytest.mark.parametrize("part", PARTIAL.values(), ids=PARTIAL)
def test_a_part_is_done_again(done: Path, tmp_path: Path, part: tuple[str, str, str]) -> None:
    root = shutil.copytree(done, tmp_path / "tree")
    path, text, instead = part
    whole = (root / path).read_text()
    assert whole.count(text) == 1
    (root / path).write_text(whole.replace(text, instead))
    assert snapshot(write(root)) == snapshot(done)


def test_an_object_list_of_before_is_done_again(done: Path, tmp_path: Path) -> None:
    root = shutil.copytree(done, tmp_path / "tree")
    shutil.copy(SAMPLE / "Makefile", root)
    assert snapshot(write(root)) == snapshot(done)


@pytest.mark.parametrize("code", ["VT020", "VT022"])
def test_a_lost_or_a_second_table_is_refused(done: Path, tmp_path: Path, code: str) -> None:
    """Whether a split or a mistake left the tree like this cannot be told."""
    root = shutil.copytree(done, tmp_path / "tree")
    if code == "VT020":
        (root / "vmx/main.c").unlink()
    else:
        shutil.copy(SAMPLE / "vmx/vmx.c", root / "vmx/vmx.c")
    before = snapshot(root)
    result = split(root, "--write")
    assert result.exit_code == 2
    assert result.stderr.count(f"error[{code}]") == 2
    assert snapshot(root) == before


def with_all_files(root: Path, old: bytes, new: bytes) -> Path:
    for path in root.rglob("*"):
        if path.is_file() and path.suffix in {".c", ".h"}:
            path.write_bytes(path.read_bytes().replace(old, new))
    return root


def test_crlf_of_the_source_is_that_of_new_files(tmp_path: Path) -> None:
    lf = write(trees.small_tree(tmp_path / "lf"))
    crlf = write(with_all_files(trees.small_tree(tmp_path / "crlf"), b"\n", b"\r\n"))
    for path in ("drv/foo.c", "drv/foo_ops.h", "drv/main.c"):
        assert (crlf / path).read_bytes() == (lf / path).read_bytes().replace(b"\n", b"\r\n")


def test_crlf_stays(done: Path, tmp_path: Path) -> None:
    root = write(with_all_files(copy_sample(tmp_path / "tree"), b"\n", b"\r\n"))
    for path in TOUCHED[1:]:
        assert (root / path).read_bytes() == (done / path).read_bytes().replace(b"\n", b"\r\n")


def test_crlf_makefile_stays(done: Path, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree")
    (root / "Makefile").write_bytes((SAMPLE / "Makefile").read_bytes().replace(b"\n", b"\r\n"))
    after = (write(root) / "Makefile").read_bytes()
    assert after == (done / "Makefile").read_bytes().replace(b"\n", b"\r\n")


def test_odd_bytes_and_a_last_line_stay(done: Path, tmp_path: Path) -> None:
    """Latin-1 in comments that move, change or stay; and no newline at the end."""
    root = copy_sample(tmp_path / "tree")
    spoils = [
        (b"takes a vcpu. */", b"takes a vcpu: \xfc\xe9. */"),
        (b"A vcpu lives", b"A vcpu l\xefves"),
    ]
    for path in ("vmx/vmx.c", "vmx/nested.c"):
        data = (root / path).read_bytes()
        for old, new in spoils:
            data = data.replace(old, new)
        (root / path).write_bytes(data.rstrip(b"\n"))
    write(root)
    for path in ("vmx/vmx.c", "vmx/main.c", "vmx/nested.c"):
        want = (done / path).read_bytes()
        for old, new in spoils:
            want = want.replace(old, new)
        if path != "vmx/main.c":
            want = want.rstrip(b"\n")
        assert (root / path).read_bytes() == want
    assert trees.split(root, "--check").exit_code == 0


def test_mode_bits_stay(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree")
    (root / "vmx/vmx.c").chmod(0o750)
    (root / "vmx/vmx.h").chmod(0o440)
    before = {path: mode for path, (mode, _) in trees.files(root).items()}
    after = {path: mode for path, (mode, _) in trees.files(write(root)).items()}
    assert {path: after[path] for path in before} == before


def test_odd_bytes_in_a_header_stay(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree")
    header = root / "include/linux/kvm_host.h"
    header.write_bytes(b"/* \xfc */\n" + header.read_bytes())
    write(root)
    assert header.read_bytes().startswith(b"/* \xfc */\n")
