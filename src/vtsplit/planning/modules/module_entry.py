"""The functions that start and stop the module: main's own functions will call them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import MacroCall
from vtsplit.diagnostics import Site
from vtsplit.example_trees import LAMP, NEON
from vtsplit.planning.modules.written_use import WrittenUse
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.files import CFile

_STARTED = """
static int __init lamp_start(void)
{
	return 0;
}
"""

SEVERAL_STARTS = Rule(
    "VT080",
    "several",
    "the module's start is registered more than once, or under an `#if`",
    "`[init]` moves one registration to main. vtsplit cannot tell which of several it should be.",
    "Remove `[init]` from the spec, and move the registrations by hand.",
    Example(
        {"lamp.c": LAMP["lamp.c"] + _STARTED + "#ifdef MODULE\nmodule_init(lamp_start);\n#endif\n"},
        spec=NEON["vtsplit.toml"] + "\n[init]\n",
        base=NEON,
    ),
)

TWO_STARTS = Rule(
    "VT080",
    "in-both",
    "both source and main register the start of the module",
    "A module has one start. After the split, main has it.",
    "Remove one of them.",
    Example(
        {
            "lamp.c": LAMP["lamp.c"] + _STARTED + "module_init(lamp_start);\n",
            "main.c": _STARTED.replace("lamp", "main") + "module_init(main_start);\n",
        },
        spec=NEON["vtsplit.toml"] + "\n[init]\n",
        base=NEON,
    ),
)

NO_START = Rule(
    "VT080",
    "none",
    "the source registers no start",
    "`[init]` needs a `module_init` or an initcall in the source file.",
    "Remove `[init]` from the spec. The module then starts as before.",
    Example(spec=NEON["vtsplit.toml"] + "\n[init]\n", base=NEON),
)


# include/linux/module.h and include/linux/init.h; each takes the function, alone.
_START = re.compile(r"module_init|(?:\w+_)?initcall(?:_sync)?")
_STOP = re.compile(r"module_exit|__exitcall")


@dataclass(frozen=True)
class ModuleEntry(WrittenUse):
    """A function that a macro call of the source file registers, and the index of that call."""

    macro: str
    function: str
    index: int
    site: Site

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function

    @property
    def because(self) -> Reason:
        """Why the function concerns the split."""
        return Reason(Why.CALLED_IN_PLACE, self.macro, site=self.site)


def find_module_entries(
    spec: Spec, source: CFile, main: CFile | None, ledger: Ledger
) -> list[ModuleEntry]:
    """Return what the source registers to start and stop the module, where the spec has `[init]`.

    None is left when main has taken over already.
    """
    if spec.init is None:
        return []
    found = []
    for what, pattern in (("init", _START), ("exit", _STOP)):
        here = _registered(source, pattern)
        there = _registered(main, pattern) if main else []
        if len(here) > 1 or (here and source.guards[here[0].index]):
            ledger.refuse(
                SEVERAL_STARTS,
                f"{here[-1].macro} stands here more than once, or under an #if",
                here[-1].site,
                "remove [init] from the spec, and move these by hand",
            )
        elif here and there:
            ledger.refuse(
                TWO_STARTS,
                f"{here[0].macro} stands both in {source.path} and in {spec.main}",
                here[0].site,
                "remove one of them",
            )
        elif here:
            found.append(here[0])
        elif not there and what == "init" and not spec.is_of_preset("init"):
            ledger.refuse(
                NO_START,
                f"{source.path} has no module_init or initcall that could move",
                spec.site("init"),
                "remove [init] from the spec",
            )
    return found


def entry_names(entries: Sequence[ModuleEntry], new: Callable[[str], str]) -> dict[str, str]:
    """Return the entries as main needs them: function and macro, for init and for exit.

    `new` tells the new name of a function.
    """
    found = {}
    for entry in entries:
        what = "init" if _START.fullmatch(entry.macro) else "exit"
        found[what] = new(entry.function)
        found[f"{what}_macro"] = entry.macro
    return found


def record_entries(
    entries: Sequence[ModuleEntry], source: CFile, main: str, ledger: Ledger
) -> None:
    """Record that the source registers them no more."""
    for entry in entries:
        span = source.lines(entry.index)
        reason = Reason(Why.REGISTERED_IN, path=main)
        call = Symbol.gone(entry.macro, Role.CALL)
        ledger.step(Action.DROP, call, entry.site, reason, span)


def registered(file: CFile) -> list[ModuleEntry]:
    """Return what a file registers to start the module, then what to stop it."""
    return [*_registered(file, _START), *_registered(file, _STOP)]


def _registered(file: CFile, pattern: re.Pattern[str]) -> list[ModuleEntry]:
    found = []
    for index, item in enumerate(file.module.items):
        if isinstance(item, MacroCall) and pattern.fullmatch(item.name):
            words = [t.text for t in item.tokens if t.kind is Kind.IDENT]
            if len(words) == 2:
                found.append(ModuleEntry(item.name, words[1], index, file.site(index)))
    return found
