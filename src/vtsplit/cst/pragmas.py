"""Which pragmas are in force at a place: those that decide on types, code or symbols.

Other pragmas are for a reader, an editor or the linker's comments, and change nothing.
"""

import re

_LINE = re.compile(r"\s*#\s*pragma\b(.*)", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\n]*", re.DOTALL)
_WORDS = re.compile(r"\s*(?:(?:GCC|clang)\s+)?(STDC\s+\w+|\w+)(.*)", re.DOTALL)
_SILENT = frozenset(
    "mark ident once region endregion message warning error poison system_header dependency "
    "comment push_macro pop_macro include_alias error_messages warn argsused disable_message "
    "enable_message".split()
)
# They are about the statement that follows, in a body, and never in force behind it.
_OF_A_STATEMENT = frozenset(
    "unroll nounroll unroll_and_jam nounroll_and_jam ivdep loop simd vector novector".split()
)
# They are about one name each, wherever they stand in a file.
_OF_A_NAME = re.compile(r"(weak|redefine_extname|extern_prefix|omp\s+threadprivate)\b[\s(]*(.*)")
_OPTIONS = ("optimize", "target")
_TALK = "diagnostic"  # what the compiler is to complain of
_GATHERED = frozenset({*_OPTIONS, _TALK})  # one adds to another
_BACK = frozenset({"", "default", "off", "reset", "0", "DEFAULT"})
_PIECES = re.compile(r'"(?:\\.|[^"\\])*"|[\w.+-]+|[^\s\w(),"]')


def pragma_of(directive: str) -> str:
    """Return what a `#pragma` says, "" for any other directive.

    >>> pragma_of("# pragma GCC poison x"), pragma_of("#define A")
    ('GCC poison x', '')
    >>> pragma_of("#pragma pack(1) /* no gaps */")
    'pack(1)'
    """
    found = _LINE.match(_COMMENT.sub(" ", directive))
    return " ".join(found[1].split()) if found else ""


def named_by(pragma: str) -> frozenset[str]:
    """Return the names that a pragma is about, where it is about names only.

    >>> sorted(named_by("weak a = b")), named_by("pack(1)")
    (['a', 'b'], frozenset())
    """
    found = _OF_A_NAME.match(pragma)
    return frozenset(re.findall(r"[\w$]+", found[2])) if found else frozenset()


def decides(pragma: str) -> bool:
    """Tell whether a pragma decides on more than what is said of the program.

    >>> decides("mark - Files"), decides("GCC unroll 4"), decides("GCC diagnostic push")
    (False, True, False)
    """
    found = _WORDS.match(pragma)
    return found is not None and found[1] not in _SILENT and found[1] != _TALK


class Pragmas:
    """The pragmas in force, while one goes through a file.

    >>> pragmas = Pragmas()
    >>> for one in ("mark - A", "pack(push, 1)", "GCC push_options", 'GCC optimize("O3")'):
    ...     pragmas.follow(one)
    >>> pragmas.in_force
    ('pack 1', 'optimize "O3"')
    >>> pragmas.follow("pack(pop)"); pragmas.follow("GCC pop_options"); pragmas.in_force
    ()
    """

    def __init__(self) -> None:
        self._now: dict[str, str] = {}
        self._pushed: dict[str, list[str]] = {}
        self.in_force: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What pragmas say of warnings here: `ignored "-Wformat"`."""
        said = self._now.get(_TALK, "")
        return tuple(said.split(", ")) if said else ()

    def follow(self, pragma: str) -> None:
        """Take one more pragma, given without `#pragma`."""
        found = _WORDS.match(pragma)
        if found is None or named_by(pragma):
            return
        family, rest = " ".join(found[1].split()), found[2]
        if family in _SILENT or family in _OF_A_STATEMENT:
            return
        if family in {"push_options", "pop_options", "reset_options"}:
            for one in _OPTIONS:
                self._turn(one, family.removesuffix("_options"))
        else:
            self._say(family, _PIECES.findall(rest))
        self.in_force = tuple(f"{k} {v}" for k, v in self._now.items() if v and k != _TALK)

    def _say(self, family: str, words: list[str]) -> None:
        # The compilers of VMS have other words for it.
        words = [{"save": "push", "restore": "pop"}.get(word, word) for word in words[:1]] + words[
            1:
        ]
        if words[:1] in (["push"], ["pop"]):
            self._turn(family, words[0])
            if words[0] == "pop":
                return
            # `pack(push, 1)` sets as well, `pack(push)` does not; `pack(push, a, 1)` has a name.
            words = words[2:] if family == "pack" and len(words) > 2 else words[1:]
            if not words:
                return
        said = " ".join(words)
        # clang's `optimize on` takes back what `optimize off` says.
        if family == "optimize" and said in {"on", "off"}:
            said = {"on": "", "off": "disabled"}[said]
        if said in _BACK:
            self._now[family] = ""
        elif family in _GATHERED and self._now.get(family):
            self._now[family] += f", {said}"
        else:
            self._now[family] = said

    def _turn(self, family: str, how: str) -> None:
        """Keep what a family says, go back to what was kept, or forget it."""
        if how == "push":
            self._pushed.setdefault(family, []).append(self._now.get(family, ""))
        elif how == "pop":
            kept = self._pushed.get(family)
            self._now[family] = kept.pop() if kept else ""
        else:
            self._now[family] = ""
