"""Why a step is taken, as data: the command line has the words for it."""

from dataclasses import dataclass
from enum import StrEnum

from vtsplit.diagnostics import Site


class Why(StrEnum):
    """The kinds of reasons. What the fields of `Reason` mean for each is said behind it."""

    # Why something becomes global, moves, or goes.
    ENTRY = "entry"  # `name` is an entry of table `of`, at `site`; by macro `through`
    USED_BY_TABLE = "used-by-table"  # table `of` uses it outside of its entries
    USED_IN = "used-in"  # the file `path` uses it
    USED_OUTSIDE = "used-outside"  # files other than `path` use it
    CALLED_IN_PLACE = "called-in-place"  # main calls it where macro `name` stands at `site`
    TO_MAIN = "to-main"  # a table goes to `path`
    ONLY_TABLES_USE = "only-tables-use"  # a macro or type goes to main, `path`
    BOTH_USE = "both-use"  # a macro or type goes to the header, `path`
    MADE_FOR_TABLES = "made-for-tables"  # a macro call makes what only moved tables use
    WITH_OBJECT = "with-object"  # it was defined together with the object `name`
    NAMED_FOR = "named-for"  # the type had no name, and was defined with the object `name`
    WITH_OTHERS = "with-others"  # it was declared together with `name`
    WITH_TABLE = "with-table"  # it goes where table `name` goes
    FROM = "from"  # main or the header gains it from `path`
    MADE_GLOBAL = "made-global"  # the function `name` becomes global
    HEADER_DECLARES = "header-declares"  # the header declares `name`
    DECLARED_BY = "declared-by"  # the header `name` declares it
    TABLE_IN_MAIN = "table-in-main"
    NOTHING_LEFT = "nothing-left"
    UNUSED_BY = "unused-by"  # `path` includes it and does not use it
    REGISTERED_IN = "registered-in"  # `path` registers its own
    # Why a name changes.
    STATED = "stated"  # the spec says so
    BECOMES = "becomes"  # it becomes global as `name`
    FOLLOWS = "follows"
    IN_COMMENT = "in-comment"
    # Why a file, an include or a declaration is added.
    NEW_HEADER = "new-header"
    HEADER_LACKS = "header-lacks"
    HOLDS_TABLES = "holds-tables"
    DECLARES = "declares"  # the header declares `name`
    DECLARES_GLOBALS = "declares-globals"
    DECLARES_CALLED = "declares-called"
    EXPORTS = "exports"
    HEADERS_ASK = "headers-ask"  # headers ask for the macro that stands at `site`
    OTHER_MODULE = "other-module"  # `path` is part of another module and names it
    EXPORTED_INTO = "exported-into"  # `path` exports into the namespace
    # Why a file that is no C changes.
    BESIDE = "beside"  # it is listed beside `name` in the list `of`
    COMPOSITE = "composite"  # `name` in the list `of` becomes a composite
    DISTRIBUTED = "distributed"
    WHOLE_MODULE = "whole-module"  # the object `name` is the whole module
    FILE_RENAMED = "file-renamed"  # the file `of` is `name` now
    PATTERN = "pattern"  # the pattern `of` matches file `name` only
    NO_OPTION = "no-option"  # nothing defines it; `name` says where the entry stands
    # Why wrappers and what belongs to them change.
    OP = "op"  # it serves op `name` of table `of`
    TO_WRAPPER = "to-wrapper"  # the entry names wrapper `name` now
    BACK_TO = "back-to"  # the entry names `name` again, or goes
    NEW_ENTRY = "new-entry"
    NOT_ASKED_FOR = "not-asked-for"
    NO_ENTRY_USES = "no-entry-uses"
    CALLS_BY_IT = "calls-by-it"
    MOVED_HERE = "moved-here"  # macro `name` has moved here
    CALLED_BY_WRAPPER = "called-by-wrapper"
    CALLED_BY_MAIN = "called-by-main"  # a function of main calls it, perhaps at `site`
    WITHOUT_OPTION = "without-option"  # the option `name` is off
    SECOND_BESIDE = "second-beside"  # the second backend, beside `name`
    SKELETON = "skeleton"
    INIT_PARAMETER = "init-parameter"
    LACKS_COMMENT = "lacks-comment"
    FORCED = "forced"  # `name` says how the wrapper differed


@dataclass(frozen=True)
class Reason:
    """A reason: its kind, and what it is about. Which fields are set depends on `why`."""

    why: Why
    name: str = ""
    of: str = ""
    path: str = ""
    through: str = ""
    site: Site | None = None

    def clause(self) -> str:
        """Return how a refusal names the reason in brackets, where it is a use by main."""
        match self.why:
            case Why.ENTRY:
                through = f" through {self.through}" if self.through else ""
                return f"entry {self.name} of {self.of}{through} ({_place(self.site)})"
            case Why.USED_BY_TABLE:
                through = f" through {self.through}" if self.through else ""
                return f"used by {self.of}{through} ({_place(self.site)})"
            case Why.CALLED_IN_PLACE:
                return f"main calls it in place of {self.name} ({_place(self.site)})"
            case Why.CALLED_BY_MAIN:
                return f"main calls it ({_place(self.site)})"
        raise ValueError(f"{self.why} is no use by main")


def _place(site: Site | None) -> str:
    return f"{site.path}:{site.line}" if site else "?"
