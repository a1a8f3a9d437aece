"""The other name of the source file, for a module whose object must not have its name."""

from posixpath import basename, dirname, join, splitext

import msgspec

from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree


def core_path(spec: Spec) -> str:
    """Return what the source file is called once its module is a composite.

    >>> from vtsplit.spec.document import load
    >>> split = '[split]\\nsource = "drv/foo-bar.c"\\nheader = "a.h"\\nmain = "a.c"\\n'
    >>> core_path(load(split + '[tables]\\na = "b"', "s"))
    'drv/foo-bar-core.c'
    """
    return beside(spec.source, "core.c") if spec.core is None else spec.core


def beside(source: str, *words: str) -> str:
    """Return the path of a file that is called after a source file, joined as its name is.

    >>> beside("drv/foo-bar.c", "split", "ops.h"), beside("foo.c", "ops.h")
    ('drv/foo-bar-split-ops.h', 'foo_ops.h')
    """
    stem = splitext(basename(source))[0]
    joint = "-" if "-" in stem and "_" not in stem else "_"
    return join(dirname(source), joint.join([stem, *words]))


def present_source(spec: Spec, tree: SourceTree) -> Spec:
    """Return the spec with the name that the source file has in this tree: an earlier run's, maybe.

    `core` is stated then.
    """
    core = core_path(spec)
    renamed = core not in (spec.main, spec.source) and tree.exists(core)
    if renamed and not tree.exists(spec.source):
        return msgspec.structs.replace(spec, source=core, core=core)
    return msgspec.structs.replace(spec, core=core)
