"""What files that vtsplit writes include for names of a kernel or of the C library.

Headers that the source file includes come first. A name that none of them declares is a kernel's
own, or the C library's (C11 7.5, 7.18, 7.19).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.wrapper import names_in
from vtsplit.planning.header.declarations import include_target
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.headers.includes import Include, is_absent
from vtsplit.survey.headers.system_headers import headers_by_name, names_of_header
from vtsplit.survey.order.providers import choose_among, find_declaring
from vtsplit.tree.folders import folders_up

_MADE = NEON["vtsplit.toml"].replace('"any_"\n', '"any_"\nops = ["on"]\n')

UNDECLARED_VALUE = Rule(
    "VT057",
    "skeleton",
    "the files of a skeleton use a name that nothing declares",
    "A skeleton uses `bool`, `false`, `NULL` and the types of `[dispatch.when]`, and its functions "
    "return the value of `skeleton`. No header that the source file includes declares the name, "
    "and it is not a name of the C library that vtsplit knows.",
    "Correct the name, or include the header that declares it in the source file.",
    Example(
        {"neon.c": None, "neon.h": None},
        spec=_MADE.replace('neon.h"\n', 'neon.h"\nskeleton = "-ELIGHT"\n'),
        base=NEON,
        fixed={"vtsplit.toml": _MADE.replace('neon.h"\n', 'neon.h"\nskeleton = "-EIO"\n')},
    ),
)

_BOOLEAN = ("bool", "true", "false")
_WRITTEN = ("bool", "false", "NULL")
# Where a kernel has what a C library has in the headers of the standard.
_KERNEL_TYPES, _KERNEL_ERRORS = "<linux/types.h>", "<linux/errno.h>"
_ERROR = re.compile(r"E[0-9A-Z]\w*")  # C11 7.31.3 keeps these names for <errno.h>
_DECLARING = (Sort.ENUMERATOR, Sort.MACRO, Sort.TYPE, Sort.OBJECT, Sort.PROTOTYPE, Sort.FUNCTION)


def used_names(text: str, value: str) -> list[str]:
    r"""Return the names that a made text uses beside those of the ops: `value` is what it returns.

    >>> used_names("bool f;\nint a(void)\n{\n\treturn -EIO;\n}\n", "-EIO")
    ['EIO', 'bool']
    """
    words = set(re.findall(r"\w+", text))
    names = [*sorted(names_in(value) - KEYWORDS), *_WRITTEN]
    return [name for name in dict.fromkeys(names) if name in words]


class MadeIncludes:
    """Chooses includes for a file that vtsplit writes: its path says how it names them."""

    def __init__(self, around: Surroundings, path: str) -> None:
        self.around = around
        self.graph = around.source_graph
        self.path = path

    @cached_property
    def _of_source(self) -> set[str]:
        """The headers that the source file sees."""
        return {path for include in self.around.source_includes for path in include.files}

    def chosen(self, names: Iterable[str]) -> list[str]:
        """Return includes of the source file that provide names."""
        return [self._written(include) for include in self._choose(names)]

    def _choose(self, names: Iterable[str]) -> list[Include]:
        direct = self.around.source_includes
        wanted = list(names)
        declaring = self._find(self._of_source, wanted)
        # A quoted header of the first backend is for the second's files if nothing else will do.
        public = [include for include in direct if include.target[0] == "<"]
        choice = choose_among(public, wanted, declaring)
        rest = choose_among(direct, choice.unresolved, declaring)
        return [*choice.includes, *rest.includes]

    def _written(self, include: Include) -> str:
        """Return an include of the source file as this file writes it."""
        if include.target[0] == "<":
            return include.target
        path = next(iter(include.files))
        return include.target if is_absent(path) else include_target(path, self.path)

    def of_types(self, names: Iterable[str]) -> list[str]:
        """Return includes for types, which a prototype has to find declared in front of it.

        A type that the tree does not have may be one of the C library.
        """
        wanted = list(names)
        kernels = {name: one for name in wanted if (one := self._of_kernel(name))}
        declaring = self._find(self._of_source, wanted)
        own = [n for n, paths in declaring.items() if not all(map(is_absent, paths))]
        chosen = {one.place: one for one in self._choose(n for n in own if n not in kernels)}
        # The file is the first to include these, so that nothing stands in front of them.
        self.around.in_front.complete(chosen, (), ())
        found = [*kernels.values(), *(self._written(chosen[place]) for place in sorted(chosen))]
        for name in self.lacking(found, wanted, ()):
            found += [one for one in self._outside(name, is_type=True) if one not in found]
        return list(dict.fromkeys(found))

    def least(self, name: str) -> list[str]:
        """Return the include of the header that declares a name itself and brings least along."""
        found = self._find(self._of_source, [name]).get(name, set())
        for path in sorted(found, key=lambda path: (len(self.graph.reach(path)), path)):
            target = self._public(path)
            if target is not None:
                return [target]
        return self.chosen([name])

    def of_errors(self, names: Sequence[str]) -> list[str]:
        """Return the include of a kernel's errors if all names are such; else none.

        Some include of the source has them as well, but far down, and no reader would see why a
        file with another purpose includes it.
        """
        if not names or not self.graph.resolve("<", _KERNEL_ERRORS[1:-1], self.path):
            return []
        are_errors = all(self.standard(name) == _KERNEL_ERRORS for name in names)
        return [_KERNEL_ERRORS] if are_errors else []

    def complete(
        self, includes: Sequence[str], names: Iterable[str], behind: Collection[str] = ()
    ) -> list[str]:
        """Return includes with what they lack for names: those in angle brackets come first.

        `behind` are headers that come with the file's other includes. A name that no header is
        known to have is refused.
        """
        found = list(dict.fromkeys(includes))
        lacking = self.lacking(found, names, behind)
        found += [one for one in self.chosen(lacking) if one not in found]
        for name in self.lacking(found, lacking, behind):
            if name in self.lacking(found, [name], behind):
                found += [one for one in self._outside(name) if one not in found]
        return sorted(found, key=lambda one: (one.strip('<>"') != "config.h", one[0] != "<"))

    def reached(self, includes: Iterable[str]) -> set[str]:
        """Return the headers that come with includes of the file."""
        found: set[str] = set()
        for target in includes:
            path = self.graph.resolve(target[0], target[1:-1], self.path)
            found |= self.graph.reach(path).keys() if path else {f"<{target[1:-1]}>"}
        return found

    def lacking(
        self, includes: Iterable[str], names: Iterable[str], behind: Collection[str]
    ) -> list[str]:
        """Return the names that neither includes nor other headers declare."""
        wanted = list(names)
        declaring = self._find(self.reached(includes) | {*behind}, wanted)
        return [name for name in wanted if name not in declaring]

    def _find(self, paths: Collection[str], names: Sequence[str]) -> Mapping[str, set[str]]:
        """Return for names which headers declare them; those that a line does not show are read."""
        ordered = sorted(paths)
        found = find_declaring(self.graph, ordered, names)
        for name in names:
            if name in found:
                continue
            word = re.compile(rf"\b{re.escape(name)}\b")
            having = [path for path in ordered if word.search(self.graph.text(path))]
            files = self.around.files.readable(having)
            read = {file.path for file in files if file.definitions.of(name, *_DECLARING)}
            if read:
                found[name] = read
        return found

    def _public(self, path: str) -> str | None:
        """Return the include of a header that any file of the tree can write so."""
        beside = set(folders_up(self.path.rpartition("/")[0]))
        for folder in self.graph.search:
            target = path.removeprefix(f"{folder}/")
            if folder in beside or target == path:
                continue
            if self.graph.resolve("<", target, self.around.source.path) == path:
                return f"<{target}>"
        return None

    def standard(self, name: str) -> str | None:
        """Return the include for a name of a kernel or of the C library; None for other names.

        None is also for a boolean name where the tree has its own `bool`.
        """
        if of_kernel := self._of_kernel(name):
            return of_kernel
        known = headers_by_name().get(name)
        if known is None or self.graph.is_generating or self._own_boolean(name):
            return None
        if self._is_of_kernel:
            if "<errno.h>" in known:
                return _KERNEL_ERRORS
            return "<linux/string.h>" if known == {"<string.h>"} else _KERNEL_TYPES
        # The one that brings least along; <inttypes.h> brings <stdint.h> (C11 7.8p1).
        return min(known, key=lambda one: (one == "<inttypes.h>", len(names_of_header(one)), one))

    def _of_kernel(self, name: str) -> str | None:
        """Return the include of a kernel's own header for a name; None if no such header has it."""
        for target in (_KERNEL_TYPES, _KERNEL_ERRORS):
            path = self.graph.resolve("<", target[1:-1], self.path)
            if path and self._find(self.graph.reach(path), [name]) and self._public(path):
                return target
        return None

    def _outside(self, name: str, is_type: bool = False) -> list[str]:
        """Return includes for a name that no header of the source's declares; refuse others."""
        standard = self.standard(name)
        if standard:
            return [standard]
        outside = [one.target for one in self.around.source_includes if one.is_outside]
        own = self._own_boolean(name)
        if outside and not own:
            if _ERROR.fullmatch(name) and not self.graph.is_generating:
                return [_KERNEL_ERRORS if self._is_of_kernel else "<errno.h>"]
            # A system's header, or a generated one, may have it: nothing here can tell.
            return outside
        self._refuse(
            name,
            f"{own} declares a boolean type, which <stdbool.h> would replace"
            if own
            else f"no header that {self.around.spec.source} includes declares it",
            is_type,
        )
        return []

    @property
    def _is_of_kernel(self) -> bool:
        """Whether the source includes headers of Linux, and none of a C library.

        Then the source is a kernel's, and the tree has only a part of that kernel.
        """
        having = [bool(names_of_header(path)) for path in self._of_source]
        return not any(having) and any(one.startswith("<linux/") for one in self._of_source)

    def _own_boolean(self, name: str) -> str:
        """Return a header of the tree that declares another boolean name; empty for none."""
        if name not in _BOOLEAN:
            return ""
        found = {path for paths in self._find(self._of_source, _BOOLEAN).values() for path in paths}
        return min((path for path in found if not is_absent(path)), default="")

    def _refuse(self, name: str, why: str, is_type: bool) -> None:
        spec = self.around.spec
        place = ("dispatch", "when") if is_type else ("dispatch", "backend", "skeleton")
        is_value = not is_type and name not in _WRITTEN
        self.around.ledger.refuse(
            UNDECLARED_VALUE,
            f"{self.path} is to use '{name}', which is not declared: {why}",
            spec.site(*place) if is_type else spec.site(*place, of="value"),
            f"declare '{name}' in a header that {spec.source} includes"
            + (", or write another value" if is_value else ""),
        )
