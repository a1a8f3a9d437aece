"""A hint at the preset that also makes the wrappers."""

import re

from vtsplit.spec.document import Spec
from vtsplit.spec.presets import load_preset, with_wrappers
from vtsplit.tree.source_tree import SourceTree


def preset_hint(spec: Spec, tree: SourceTree) -> str:
    """Return a line that names the preset with wrappers; empty if main has such wrappers already.

    `tree` is the one after the split. It is for who has named no preset and may not know of it.
    """
    more = with_wrappers(spec)
    dispatch = load_preset(more).dispatch if more else None
    if dispatch is None:
        return ""
    main = tree.find(spec.main) or ""
    if re.search(rf"^static [^;{{]*\b{dispatch.prefix}\w+\([^;{{]*\)\n\{{", main, re.MULTILINE):
        return ""
    return f"--preset {more} also makes the wrappers that choose between two backends"
