"""How a wrapper can tell the backends apart: predicates by type, and the flag."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vtsplit.cst.conditions import tested_macro
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import code_words
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef
from vtsplit.drafting.draft import Choice
from vtsplit.drafting.types import is_constant, words_of
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.calls import ShapeError, base_of, shape_of, type_key
from vtsplit.spec.values import is_c_name
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.types.members import find_structures, read_members
from vtsplit.survey.types.typedefs import TypeKey

_PREDICATE = re.compile(r"(?:\w+_)?is_\w+")
_SHORTEST = 2  # letters of a prefix that tell whose a name is: `td` of `tdx_`
_SEVERAL = 2  # ops that take an object of a type
_TRUTH = {("names", "_Bool"), ("names", "int")}
_FLAG_TYPES = re.compile(r"(?:bool|_Bool|int)")


class Wanted(NamedTuple):
    """A type to find a predicate for; `names` are what ops call a parameter of it."""

    key: TypeKey
    names: frozenset[str]
    is_constant: bool


class _Candidate(NamedTuple):
    spare: int  # words of its name that neither the backend nor the type explains
    is_own: bool  # the second backend's header has it
    name: str
    site: str
    drops_const: bool


class Choosing:
    """Looks for predicates and the flag in the headers that main can see."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.stem = words_of(around.dispatch.backend.prefix)

    def choices(
        self, types: Mapping[str, Wanted], ops: Iterable[Sequence[str]], made: str
    ) -> list[Choice]:
        """Return what to choose by for each of the types that ops need one for.

        `ops` has the types of each op's parameters; one that is known will do for an op. `made` is
        the header that a skeleton makes, which may have more.
        """
        found = {t: choice for t, wanted in types.items() if (choice := self._predicate(t, wanted))}
        certain = {text: choice for text, choice in found.items() if choice.is_certain}
        ops = [needed for needed in ops if needed]
        usual = Counter(needed[0] for needed in ops)
        least = min(_SEVERAL, max(usual.values(), default=0))
        for needed in ops:
            if not needed or any(text in certain for text in needed):
                continue
            text = needed[0]
            through = self._through_member(text, certain)
            if through:
                found[text] = certain[text] = through
            elif made and usual[text] < least:
                continue  # most likely nothing that belongs to one backend
            elif made:
                found[text] = certain[text] = self._to_be_made(text, types[text], certain, made)
            elif text not in found:
                why = f"To be filled in: no function tells the backends apart by a {text[:-2]}."
                found[text] = Choice(text, f"{self._name(text, found)}({{}})", why, False)
        return [found[text] for text in types if text in found]

    def _predicate(self, text: str, wanted: Wanted) -> Choice | None:
        """Return the function or macro that tells the backends apart by an object of a type."""
        found = sorted(self._candidates(text, wanted))
        if not found:
            return None
        best = found[0]
        own = [one for one in found if one.is_own]
        others = ", ".join(one.name for one in found[1:])
        more = f" There is also {others}." if others else ""
        is_named = not best.spare and not (len(found) > 1 and not found[1].spare)
        if is_named or own == [best]:
            why = f"{best.site}.{more}"
            if not is_named:
                why = (
                    f"{best.site}: the only such function there. Check that it tells the "
                    f"backends apart.{more}"
                )
            return Choice(
                text,
                f"{best.name}({{}})",
                why,
                drops_const=best.drops_const,
                is_to_check=not is_named,
            )
        why = (
            f"To be filled in: {best.site} may tell the backends apart, but its name does not "
            f"say so.{more}"
        )
        return Choice(text, f"{best.name}({{}})", why, is_certain=False)

    def _candidates(self, text: str, wanted: Wanted) -> Iterator[_Candidate]:
        own = self.around.backend_header
        tag = words_of(text)
        names: dict[str, None] = {}
        if own is not None:
            names |= dict.fromkeys(n for n in own.definitions.by_name if _PREDICATE.fullmatch(n))
        for beginning in self._beginnings():
            for end in ("", *("_" + "_".join(tag[at:]) for at in range(len(tag)))):
                names[f"is_{beginning}{end}"] = None
        self.around.look_up(names)
        for name in names:
            for file, definition in self._declared(name):
                if not self._takes(definition, wanted, tag):
                    continue
                is_own = own is not None and file.path == own.path
                site = str(file.site(definition.index).path)
                spare = [word for word in words_of(name) if word != "is" and word not in tag]
                unexplained = sum(not self._is_related(word) for word in spare)
                related = any(map(self._is_related, spare))
                if related or is_own:
                    yield _Candidate(
                        unexplained if related else 99,
                        is_own,
                        name,
                        f"{name}() of {site}",
                        _drops_const(definition),
                    )
                    break

    def _beginnings(self) -> Iterator[str]:
        """Yield what a name may call the second backend: its prefix, or a part from the left."""
        whole = "_".join(self.stem)
        yield whole
        yield from (whole[:end] for end in range(_SHORTEST, len(whole)) if whole[end - 1] != "_")

    def _is_related(self, word: str) -> bool:
        if len(word) < min(_SHORTEST, len(self.stem[0]) if self.stem else 1):
            return False
        return any(one.startswith(word) or word == one for one in self.stem)

    def _declared(self, name: str) -> Iterator[tuple[CFile, Definition]]:
        for file in self.around.files.readable(sorted(self.around.declaring(name))):
            for definition in file.definitions.of(name):
                yield file, definition

    def _takes(self, definition: Definition, wanted: Wanted, tag: list[str]) -> bool:
        """Tell whether something can be called with an object, and is true or false."""
        item = definition.item
        if isinstance(item, Directive):
            parameters = item.macro.parameters if item.macro else None
            if not parameters or len(parameters) != 1:
                return False
            return parameters[0] in wanted.names or parameters[0] == tag[-1]
        if not isinstance(item, FunctionDef | Declaration) or not item.head.is_function:
            return False
        try:
            shape = shape_of(item.head)
        except ShapeError:
            return False
        if len(shape.parameters) != 1 or shape.returned not in _TRUTH:
            return False
        return base_of(shape.parameters[0]) == wanted.key

    def _through_member(self, text: str, certain: Mapping[str, Choice]) -> Choice | None:
        """Return the predicate of what an object's only such member points to."""
        keys = {type_key(known): choice for known, choice in certain.items()}
        tag = text.rstrip(" *")
        paths: dict[str, str] = {}
        around = self.around
        for file, index in find_structures(tag, around.graph, around.files, around.seen):
            item = file.module.items[index]
            for member in read_members(item) if isinstance(item, Declaration) else ():
                try:
                    key = read_signature(read_head(f"int f({member.text})")).key[1][0]
                except (TypeReadError, IndexError):
                    continue
                choice = keys.get(key)
                if choice is not None and not member.guard:
                    paths[member.name] = choice.template.replace("{}", f"{{}}->{member.name}")
        if len(paths) != 1:
            return None
        name, template = next(iter(paths.items()))
        why = f"By its member {name}. Check that it is always set."
        return Choice(text, template, why, is_to_check=True)

    def _to_be_made(
        self, text: str, wanted: Wanted, certain: Mapping[str, Choice], header: str
    ) -> Choice:
        name = self._name(text, certain)
        constant = "const " if wanted.is_constant else ""
        return Choice(
            f"{constant}{text}",
            f"{name}({{}})",
            f"To be written: at first, {header} returns false.",
        )

    def _name(self, text: str, chosen: Mapping[str, Choice]) -> str:
        """Return a name for a predicate that nothing has, nor what is chosen for other types."""
        taken = {choice.template.partition("(")[0] for choice in chosen.values()}
        stem, last = "_".join(self.stem), words_of(text)
        names = [f"is_{stem}", f"is_{stem}_{last[-1]}", f"is_{stem}_{'_'.join(last)}"]
        self.around.look_up(names)
        free = (n for n in names if n not in taken and not self.around.declaring(n))
        return next(free, names[-1])

    def option(self) -> str:
        """Return the option under which the second backend's header declares things, if one."""
        own = self.around.backend_header
        every = own.definitions.by_name.values() if own else ()
        tests = (
            tested_macro(condition.expression)
            for definitions in every
            for one in definitions
            for condition in one.guard
        )
        found = {macro for no, macro in tests if macro.startswith("CONFIG_") and not no}
        return next(iter(found)) if len(found) == 1 else ""

    def flag(self) -> tuple[str, str] | None:
        """Return the variable that says whether there is a second backend, and who declares it."""
        stem = "_".join(self.stem)
        usual = [form.format(stem) for form in _FLAGS]
        own = self.around.backend_header
        self.around.look_up(usual)
        for name in usual:
            for file, definition in self._declared(name):
                if _is_flag(definition):
                    return name, file.path
        found = [
            name
            for name, definitions in (own.definitions.by_name.items() if own else ())
            if is_c_name(name)
            and any(_is_flag(one) for one in definitions) and any(map(self._is_related,
                                                                   words_of(name)))
        ]  # fmt: skip
        return (found[0], own.path) if own and len(found) == 1 else None

    def free_flag(self) -> str:
        """Return a name for the flag that nothing has."""
        names = [form.format("_".join(self.stem)) for form in _FLAGS]
        self.around.look_up(names)
        return next((n for n in names if not self.around.declaring(n) and is_c_name(n)), names[0])


_FLAGS = (
    "enable_{}", "{}_enable", "{}_enabled", "enabled_{}", "{}_on", "use_{}", "have_{}", "has_{}",
)  # fmt: skip


def _drops_const(definition: Definition) -> bool:
    item = definition.item
    if not isinstance(item, FunctionDef | Declaration):
        return False
    return not is_constant(shape_of(item.head).parameters[0].key)


def _is_flag(definition: Definition) -> bool:
    item = definition.item
    if definition.sort is not Sort.EXTERN or not isinstance(item, Declaration):
        return False
    head = item.head
    words = code_words(head.tokens[: head.name_index])
    behind = code_words(head.tokens[head.name_index + 1 :])
    types = [word for word in words if word not in {"extern", "const", "volatile"}]
    return any(map(_FLAG_TYPES.fullmatch, types)) and "*" not in types and "[" not in behind
