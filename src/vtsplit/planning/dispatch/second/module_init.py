"""Main's own init and exit functions, which call those of both backends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vtsplit.codemods.dispatch.wrapper import Body, BodyBlock, render, wrapper_head
from vtsplit.cst.nodes import MacroCall
from vtsplit.diagnostics import Site
from vtsplit.example_trees import LAMP, NEON
from vtsplit.planning.dispatch.surroundings import Function, Surroundings
from vtsplit.planning.dispatch.wrappers.attributes import promises
from vtsplit.planning.dispatch.wrappers.calls import Calls, ShapeError
from vtsplit.planning.dispatch.wrappers.compose import (
    BackendCall,
    ComposeError,
    WrapperParts,
    compose,
)
from vtsplit.planning.dispatch.wrappers.wrapper import names_in
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec.dispatch import Policy
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.types.typedefs import Typedefs

_INCLUDE = "#include <linux/init.h>\n"
_STARTS = """
static int __init lamp_start(void)
{
	return 0;
}
module_init(lamp_start);
"""
_FLAGGED = NEON["vtsplit.toml"].replace('neon.h"\n', 'neon.h"\nflag = "use_neon"\n')

UNSEEN_START = Rule(
    "VT080",
    "unseen",
    "nothing that main sees declares the starting function",
    "A macro, for example, makes the function that starts the module. Main could not call it.",
    "Remove `[init]` from the spec, and move the registration by hand.",
    Example(
        {"lamp.c": LAMP["lamp.c"] + "\nMAKE_START(lamp_start)\nmodule_init(lamp_start);\n"},
        spec=NEON["vtsplit.toml"] + "\n[init]\n",
        base=NEON,
    ),
)

START_TAKEN = Rule(
    "VT081",
    "taken",
    "the name of main's starting function is taken",
    "`[init]` writes a function that starts both backends, but its name exists already.",
    "Give another name with `init` or `exit` in `[init]`.",
    Example(
        {"lamp.c": _INCLUDE + LAMP["lamp.c"] + _STARTS},
        spec=NEON["vtsplit.toml"] + '\n[init]\ninit = "is_neon"\n',
        base=NEON,
    ),
)

START_UNWRITABLE = Rule(
    "VT081",
    "unwritable",
    "main's starting function cannot be written",
    "The spec has no `flag` that tells whether the second backend starts, or the second "
    "backend's function has another type.",
    "Set `flag` in `[dispatch.backend]`, or correct the function.",
    Example(
        {
            "lamp.c": _INCLUDE + LAMP["lamp.c"] + _STARTS,
            "neon.c": NEON["neon.c"] + "\nlong neon_init(int level)\n{\n\treturn level;\n}\n",
        },
        spec=NEON["vtsplit.toml"] + "\n[init]\n",
        base=NEON,
    ),
)

DISCARDED_EXIT = Rule(
    "VT082",
    "exit",
    "the start would call a function that is `__exit`",
    "If the second backend does not start, main stops the first one again. A kernel with the "
    "driver built in discards functions that are `__exit`.",
    "Remove `__exit` from that function.",
    Example(
        {
            "lamp.c": _INCLUDE
            + LAMP["lamp.c"]
            + _STARTS
            + "\nstatic void __exit lamp_stop(void)\n{\n}\nmodule_exit(lamp_stop);\n",
            "neon.c": NEON["neon.c"] + "\nint neon_init(void)\n{\n\treturn 0;\n}\n",
        },
        spec=_FLAGGED + "\n[init]\n",
        base=NEON,
    ),
)

NO_SECOND_START = Rule(
    "VT051",
    "start",
    "the second backend does not have the function that starts or stops it",
    "`second-init` or `second-exit` names a function that the second backend does not have.",
    "Write the function, or remove the key.",
    Example(
        {"lamp.c": _INCLUDE + LAMP["lamp.c"] + _STARTS},
        spec=_FLAGGED + '\n[init]\nsecond-init = "neon_start"\n',
        base=NEON,
    ),
)


@dataclass(frozen=True)
class InitNames:
    """The first backend's init and exit, global by now, with the macros that registered them."""

    init: str = ""
    exit: str = ""
    init_macro: str = ""
    exit_macro: str = ""


@dataclass(frozen=True)
class InitFunctions:
    """What main gains: functions at its end, a variable in front of the wrappers.

    `uses` are names they use, `seconds` functions of the second backend, `prototypes` those of
    them that are yet to be made.
    """

    text: str
    variable: str
    uses: frozenset[str]
    seconds: tuple[str, ...]
    prototypes: Mapping[str, str]


class ModuleInit:
    """Plans the functions that start and stop both backends."""

    def __init__(self, around: Surroundings) -> None:
        assert around.spec.init is not None
        self.around = around
        self.stated = around.spec.init
        self.caller = Calls(around, Typedefs(around.graph, around.seen, around.files))
        self.taken: Collection[str] = ()
        self.uses: set[str] = set()
        self.seconds: list[str] = []
        self.prototypes: dict[str, str] = {}

    def plan(self, names: InitNames, taken: Collection[str]) -> InitFunctions | None:
        """Return what main lacks; None when it has all. What cannot be written is refused.

        `taken` are the names of wrappers.
        """
        self.taken = taken
        prefix = self.around.dispatch.prefix
        variable = self._parameter()
        pieces: list[str] = []
        if names.exit:
            own = self.stated.exit or f"{prefix}exit"
            pieces.append(self._write("exit", own, names.exit, names.exit_macro, ""))
        if names.init:
            own = self.stated.init or f"{prefix}init"
            pieces.append(self._write("init", own, names.init, names.init_macro, names.exit))
        text = "\n".join(piece for piece in pieces if piece)
        if not text and not variable:
            return None
        return InitFunctions(
            text, variable, frozenset(self.uses), tuple(self.seconds), self.prototypes
        )

    def _write(self, which: str, name: str, first_name: str, macro: str, undo: str) -> str:
        around = self.around
        first = around.function(first_name)
        if first is None:
            source = around.on_disk(Site(around.source.path))
            around.ledger.refuse(
                UNSEEN_START,
                f"{macro} registers '{first_name}', but {source} does not define it, and no "
                "header that main sees declares it",
                Site(around.source.path),
                "remove [init] from the spec, and move this by hand",
            )
            return ""
        there = [around.main.site(found.index) for found in around.main.definitions.of(name)]
        if not there and (other := around.function(name)):
            there = [other.site]
        if there or name in self.taken:
            site = there[0] if there else around.spec.site("init")
            message = f"the name '{name}' is taken"
            around.ledger.refuse(
                START_TAKEN, message, site, f"give another name: [init] {which} = ..."
            )
            return ""
        second = self._second(which, first)
        try:
            text = self._function(which, name, first, second, undo)
        except (ShapeError, ComposeError) as error:
            advice = "correct this function" if isinstance(error, ShapeError) else error.advice
            around.ledger.refuse(
                START_UNWRITABLE, f"'{name}' cannot be written: {error}", first.site, advice
            )
            return ""
        if second:
            self.seconds.append(second if isinstance(second, str) else second.name)
        self.uses |= names_in(text[text.index("\n{") :]) | {macro}
        added, reason = Symbol.added(name, Role.WRAPPER), Reason(Why.MOVED_HERE, macro)
        around.ledger.step(Action.WRAP, added, Site(around.main.path), reason)
        return f"{text}\n{macro}({name});\n"

    def _function(
        self, which: str, name: str, first: Function, second: Function | str | None, undo: str
    ) -> str:
        shape = self.caller.shape(first.head)
        is_void = shape.returns == "void"
        own = BackendCall(self.caller.call(first, shape), is_void)
        head = wrapper_head(first.head, name, [], promises(first.head, self.around))
        if second is None:
            body = Body((BodyBlock((own.text if is_void else f"return {own.text}",)),))
            return render(head, body, style=self.around.style)
        other = second if isinstance(second, str) else second.name
        if not isinstance(second, str):
            try:
                self.caller.call(second, shape, is_error=True)
            except ShapeError as error:
                message = f"'{other}' does not fit '{first.name}': {error}"
                raise ComposeError("both", message, f"correct '{other}'") from error
        flag = self.around.dispatch.backend.flag
        if not flag:
            raise ComposeError(
                "both",
                "the spec has no flag that tells whether to start the second backend",
                'name one: [dispatch.backend] flag = "..."',
            )
        unwind = f"{undo}()" if undo and which == "init" and not is_void else None
        if unwind:
            self._check_sections(undo, first)
        policy = Policy(both="first" if which == "init" else "second", unwind=unwind)
        option = self.around.dispatch.backend.config if self.around.selecting else None
        second_call = BackendCall(f"{other}()", is_void)
        parts = WrapperParts(shape.returns, {}, own, second_call, flag, {}, option or "")
        return render(head, compose(policy, parts), style=self.around.style)

    def _check_sections(self, undo: str, first: Function) -> None:
        """Refuse to call from `__init` what is `__exit`: a built-in kernel discards that.

        (Linux's include/linux/init.h.)
        """
        function = self.around.function(undo)
        if function and any(token.text == "__exit" for token in function.head.tokens):
            self.around.ledger.refuse(
                DISCARDED_EXIT,
                f"'{undo}' is __exit, so an init function that fails cannot call it",
                function.site,
                "remove __exit there",
            )

    def _second(self, which: str, first: Function) -> Function | str | None:
        """Return the second backend's function, or its name where a skeleton is to bring it."""
        stated = self.stated.second_init if which == "init" else self.stated.second_exit
        backend = self.around.dispatch.backend
        name = stated or f"{backend.prefix}{which}"
        found = self.around.of_backend(name)
        if found is not None or stated is None:
            return found
        if self.around.backend is None and backend.skeleton is not None:
            dropped = promises(first.head, self.around)
            self.prototypes[name] = wrapper_head(first.head, name, [], dropped)
            return name
        self.around.ledger.refuse(
            NO_SECOND_START,
            f"the second backend has no function '{name}'",
            self.around.spec.site("init", f"second-{which}", of="value"),
            "write it, or remove this key",
        )
        return None

    def _parameter(self) -> str:
        """Return the flag's definition and module parameter; empty if there is one, or none."""
        asked, flag = self.stated.parameter, self.around.dispatch.backend.flag
        if asked is None or flag is None:
            return ""
        for file in (self.around.main, self.around.backend, self.around.source):
            found = file.definitions.of(flag, Sort.OBJECT, Sort.TENTATIVE) if file else ()
            if file and found:
                if not any(
                    isinstance(item, MacroCall)
                    and item.name.startswith("module_param")
                    and any(token.text == flag for token in item.tokens)
                    for item in file.module.items
                ):
                    message = f"{flag} is defined here, so no module parameter is made for it"
                    site = file.site(found[0].index)
                    advice = "remove the definition to have both made, or add the parameter by hand"
                    self.around.ledger.warn(message, site, advice)
                return ""
        config = self.around.dispatch.backend.config
        lines = [
            f"bool {flag} = true;" if asked.default else f"bool {flag};",
            f"module_param_named({asked.name}, {flag}, bool, 0444);",
        ]
        if asked.description:
            shown = " ".join(asked.description.split()).replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'MODULE_PARM_DESC({asked.name}, "{shown}");')
        self.uses.add("module_param_named")
        added = Symbol.added(flag, Role.OBJECT)
        site = Site(self.around.main.path)
        self.around.ledger.step(Action.DEFINE, added, site, Reason(Why.INIT_PARAMETER))
        text = "\n".join(lines) + "\n"
        return f"#ifdef {config}\n{text}#endif\n" if config and not self.around.selecting else text
