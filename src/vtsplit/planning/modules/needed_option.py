"""Whether Kconfig builds the modules that another module needs (a warning if not)."""

import re
from collections.abc import Iterator

from vtsplit.diagnostics import Site
from vtsplit.planning.steps import Ledger
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.build.governing_option import Defined, find_defined, governing_option
from vtsplit.tree.source_tree import SourceTree

_NEEDS = re.compile(r"^[ \t]*(?:select|depends[ \t]+on|if)[ \t]+(.*)", re.MULTILINE)
_PROMPT = re.compile(r'^[ \t]*(?:(?:bool|tristate)[ \t]+["\']|prompt\b)', re.MULTILINE)
_FAR = 4  # steps from option to option


def warn_of_option(user: str, used: str, tree: SourceTree, ledger: Ledger) -> None:
    """Warn where the module of the file `user` can be built without the one of `used`."""
    ours, theirs = governing_option(tree.find, used), governing_option(tree.find, user)
    if ours is None or theirs is None or ours == theirs:
        return
    options = _Options(tree, user)
    defined = options.of(theirs)
    if not defined or options.lead(theirs, ours, _FAR) or options.follows(theirs, ours):
        return
    has_prompt = any(_PROMPT.search(options.text(one)) for one in options.of(ours))
    line = f"depends on {ours}" if has_prompt else f"select {ours}"
    ledger.warn(
        f"{theirs} builds {user}, which needs {used} now, but neither selects nor depends on "
        f"{ours}",
        Site(defined[0].path, defined[0].entry.first),
        f"write this into the entry of {theirs}:\n\n\t{line}\n",
    )


class _Options:
    """The entries of options, as they are written."""

    def __init__(self, tree: SourceTree, near: str) -> None:
        self.tree = tree
        self.near = near

    def of(self, symbol: str) -> list[Defined]:
        return find_defined(self.tree.find, build_files(self.tree), symbol, self.near)

    def text(self, one: Defined) -> str:
        """Return an entry without its help text, and the first lines of the blocks around it."""
        lines = (self.tree.find(one.path) or "").split("\n")
        own = "\n".join(lines[one.entry.first - 1 : one.entry.last])
        own = re.split(r"^[ \t]*(?:-+[ \t]*)?help\b", own, flags=re.MULTILINE)[0]
        return "\n".join([*(lines[block.first - 1] for block in one.entry.blocks), own])

    def lead(self, symbol: str, wanted: str, steps: int) -> bool:
        """Tell whether an option, or one that it needs, selects or depends on the wanted one."""
        words = {word for one in self.of(symbol) for word in self._needed(one)}
        if wanted in words:
            return True
        return steps > 1 and any(self.lead(word, wanted, steps - 1) for word in sorted(words))

    def _needed(self, one: Defined) -> Iterator[str]:
        for rest in _NEEDS.findall(self.text(one)):
            # What stands behind `if` only says when.
            plain = re.split(r"\bif\b", rest)[0]
            if "||" not in plain:
                yield from re.findall(r"(?<![!\w])[A-Z]\w*", plain)

    def follows(self, symbol: str, wanted: str) -> bool:
        """Tell an option that nobody can set, and that the wanted one selects."""
        if any(_PROMPT.search(self.text(one)) for one in self.of(symbol)):
            return False
        selects = re.compile(rf"^[ \t]*select[ \t]+{symbol}\b", re.MULTILINE)
        return any(selects.search(self.text(one)) for one in self.of(wanted))
