"""Names of ops, wrappers and macros: whether the tables have them, and whether they are free."""

from collections.abc import Collection, Sequence

from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.edits import Selection
from vtsplit.planning.dispatch.ops import TableOps
from vtsplit.planning.dispatch.rules import NO_OP, SHARED_WRAPPER, WRAPPER_TAKEN
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.spec.document import did_you_mean
from vtsplit.survey.cfile.definitions import Sort


def refuse_unknown_ops(around: Surroundings, known: Sequence[str]) -> None:
    """Refuse sections and entries of the spec for ops that no table has."""
    absent: list[str] = []
    places = {name: ("op", name) for name in around.spec.ops}
    places |= {name: ("dispatch", "ops") for name in around.dispatch.ops if name not in places}
    for name, path in places.items():
        if name in known:
            continue
        tables = ", ".join(around.spec.tables.values())
        message = f"there is no entry for op '{name}' in {tables}"
        optional = name in around.spec.ops and around.spec.ops[name].optional
        if around.spec.is_of_preset(*path):
            absent.append(name)
        elif optional:
            around.ledger.note(message, around.spec.site(*path))
        else:
            advice = did_you_mean(name, known) or (
                'only = "second" adds an entry, if the structure has such a member'
            )
            around.ledger.refuse(NO_OP, message, _place(around, path, name), advice)
    if absent:
        # A preset has names of many versions; which of them are not here matters to few.
        around.ledger.note(f"ops of the preset that this tree does not have: {', '.join(absent)}")


def _place(around: Surroundings, path: tuple[str, str], name: str) -> Site:
    """Return where the spec names an op: its section, or the word in the list of ops."""
    if path != ("dispatch", "ops"):
        return around.spec.site(*path)
    return around.spec.site(*path, around.dispatch.ops.index(name), of="value")


def note_unserved(around: Surroundings, reader: TableOps, wrapped: Collection[str]) -> None:
    """Say which functions of the second backend are named after an op that calls none."""
    members = [name for table in around.spec.tables.values() for name in reader.members(table)]
    for name in dict.fromkeys(members):
        if name in wrapped or name in around.spec.ops:
            continue
        function = around.of_backend(f"{around.dispatch.backend.prefix}{name}")
        if function is not None:
            around.ledger.warn(
                f"{function.name} serves no op: no entry for '{name}' names a function of the "
                "first backend in a form that can be wrapped",
                function.site,
                f"write a section [op.{name}]; with wrap = false the op is left alone",
            )


def refuse_collisions(around: Surroundings, wanted: Sequence[Wrapper]) -> None:
    """Refuse two wrappers of one name, or one of the name of something else in main."""
    around.look_up(wrapper.name for wrapper in wanted)
    seen: dict[str, Wrapper] = {}
    for wrapper in wanted:
        other = seen.setdefault(wrapper.name, wrapper)
        if other is not wrapper and other.text != wrapper.text:
            around.ledger.refuse(
                SHARED_WRAPPER,
                f"ops '{other.op.name}' and '{wrapper.op.name}' would share the wrapper "
                f"'{wrapper.name}', but the spec says different things for them",
                wrapper.op.site,
                "say the same for both",
            )
        for definition in around.main.definitions.of(wrapper.name):
            allowed = {Sort.FUNCTION, Sort.MACRO, Sort.PROTOTYPE}
            if definition.sort not in allowed:
                around.ledger.refuse(
                    WRAPPER_TAKEN,
                    f"the wrapper '{wrapper.name}' would collide with the "
                    f"{definition.sort.value} of that name",
                    around.main.site(definition.index),
                    "choose another dispatch.prefix",
                )
        _check_headers(around, wrapper.name, f"the wrapper '{wrapper.name}'")


def _check_headers(around: Surroundings, name: str, what: str) -> None:
    """Refuse to define in main what a header that it sees declares, in any sense."""
    for path in sorted(around.declaring(name))[:1]:
        file = around.files.get(path)
        found = file.definitions.of(name)
        around.ledger.refuse(
            WRAPPER_TAKEN,
            f"{what} would collide with what {path} declares by that name",
            file.site(found[0].index) if found else Site(path),
            "choose another dispatch.prefix",
        )


def refuse_taken_macros(around: Surroundings, selection: Selection) -> None:
    """Refuse macros that would be defined anew, with another meaning."""
    main = around.main
    wanted = {piece.name: piece.text for piece in (*selection.chosen, *selection.left_out)}
    for name in wanted:
        _check_headers(around, name, f"the macro '{name}'")
        for definition in main.definitions.of(name, Sort.MACRO):
            if not main.guards[definition.index]:
                around.ledger.refuse(
                    WRAPPER_TAKEN,
                    f"the macro '{name}' is already defined here, under no #if condition",
                    main.site(definition.index),
                    "choose another dispatch.prefix",
                )
