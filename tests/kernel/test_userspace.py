"""A userspace tree with ops tables, built by its own Makefiles before and after a split."""

import shutil
from pathlib import Path

import pytest

from . import userspace
from .conftest import obtain
from .tool import must_run, run_tool

pytestmark = pytest.mark.kernel

# Lists, sources and rules of Makefile.in, a list that configure comments out, and a macro beside
# the parameters of most functions.
TABLES = {
    "lib/ext2fs/undo_io.c": ["struct_undo_manager"],
    "lib/ext2fs/sparse_io.c": ["struct_sparse_manager", "struct_sparsefd_manager"],
    "lib/ext2fs/blkmap64_rb.c": ["ext2fs_blkmap64_rbtree"],
    "lib/ext2fs/blkmap64_ba.c": ["ext2fs_blkmap64_bitarray"],
    "lib/ext2fs/test_io.c": ["struct_test_manager"],
    "lib/ext2fs/tdb.c": ["io_methods", "transaction_methods"],
    "lib/support/quotaio_v2.c": ["quotafile_ops_2", "v2r0_fmt_ops", "v2r1_fmt_ops"],
}
# Undo files, quota, bitmaps, a file system made and checked.
TESTS = tuple("u_mke2fs u_undo_undo u_tune2fs f_quota m_quota m_std f_lotsbad r_32to64bit".split())


def test_the_package_builds_and_its_own_tests_pass_before_and_after(tmp_path: Path) -> None:
    built = obtain(userspace.build)
    tree = tmp_path / "tree"
    shutil.copytree(built, tree, symlinks=True)
    before = userspace.run_tests(tree, TESTS)
    assert before == dict.fromkeys(TESTS, "ok")
    for path, tables in TABLES.items():
        asked = [word for table in tables for word in ("--table", f"{path}:{table}")]
        must_run(tree, *asked, "--write")
        main = path.replace(".c", "_main.c")
        assert (tree / main).is_file()
        assert (tree / main).with_suffix(".o").name in (
            (tree / path).with_name("Makefile.in").read_text()
        )
    userspace.make(tree)
    for path in TABLES:
        assert (tree / path.replace(".c", "_main.o")).is_file()
    userspace.make(tree / "lib/ext2fs", "tst_bitmaps", "ext2_tdbtool")
    assert userspace.run_tests(tree, TESTS) == before


def test_what_another_makefile_compiles_once_more_is_refused(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(obtain(userspace.fetch), tree, symlinks=True)
    # A pragma turns warnings off where the table stands: main's too, so it is no fault.
    ran = run_tool(tree, "--table", "debugfs/set_fields.c:super_fields")
    assert ran.code == 2
    assert "VT025" not in ran.err
    assert "VT060" in ran.err
    assert "lib/ext2fs/Makefile.in" in ran.err
