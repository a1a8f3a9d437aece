"""Trees that differ in one number only: of tables, of lines, of functions, of uses of a name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_OPS = "struct ops {\n\tint (*get)(int at);\n\tint (*set)(int at);\n};\n\n"
_SPEC = '[split]\nsource = "f.c"\nheader = "f.h"\nmain = "m.c"\nprefix = "foo_"\n\n[tables]\n'


@dataclass(frozen=True)
class Growth:
    """A number that grows: what it counts, its values, and the source and spec for one value."""

    what: str
    sizes: tuple[int, ...]
    make: Callable[[int], tuple[str, str]]

    def tree(self, root: Path, size: int) -> Path:
        """Make the tree for one value."""
        source, spec = self.make(size)
        root.mkdir()
        (root / "f.c").write_text(source)
        (root / "vtsplit.toml").write_text(spec)
        (root / "Makefile").write_text("obj-y += f.o\n")
        return root


def _function(name: str, body: str = "\treturn at;\n") -> str:
    return f"static int {name}(int at)\n{{\n{body}}}\n\n"


def _table(name: str, get: str, set_: str) -> str:
    return f"static const struct ops {name} = {{\n\t.get = {get},\n\t.set = {set_},\n}};\n\n"


def _tables(size: int) -> tuple[str, str]:
    numbers = range(size)
    source = "".join(
        _function(f"get{n}") + _function(f"set{n}") + _table(f"ops{n}", f"get{n}", f"set{n}")
        for n in numbers
    )
    return _OPS + source, _SPEC + "".join(f'ops{n} = "foo_ops{n}"\n' for n in numbers)


def _one_table(before: str, get: str = "") -> tuple[str, str]:
    functions = _function("get", get + "\treturn at;\n") + _function("set")
    return _OPS + before + functions + _table("ops", "get", "set"), _SPEC + 'ops = "foo_ops"\n'


def _lines(size: int) -> tuple[str, str]:
    # Ten lines each, as long as those of a driver.
    body = "\tint sum = at * 2;\n\n\tif (sum > 4)\n\t\tsum -= at;\n\treturn sum;\n"
    return _one_table(
        "".join(_function(f"part_{n}_of_the_driver", body) for n in range(size // 10))
    )


def _functions(size: int) -> tuple[str, str]:
    names = [f"get{n}" for n in range(size)]
    members = "".join(f"\tint (*{name})(int at);\n" for name in names)
    entries = "".join(f"\t.{name} = {name},\n" for name in names)
    source = f"struct ops {{\n{members}}};\n\n" + "".join(map(_function, names))
    table = f"static const struct ops ops = {{\n{entries}}};\n"
    renames = "".join(f'{name} = "foo_new_{name}"\n' for name in names)
    return source + table, f'{_SPEC}ops = "foo_ops"\n\n[rename]\n{renames}'


def _uses(size: int) -> tuple[str, str]:
    return _one_table("static int set(int at);\n\n", "\tset(at);\n" * size)


def _conditions(size: int) -> tuple[str, str]:
    return _one_table("".join(f"#ifdef A{n}\nint a{n};\n#endif\n\n" for n in range(size)))


GROWTHS = (
    Growth("tables", (1, 10, 100, 1_000), _tables),
    Growth("lines of the source", (1_000, 10_000, 100_000, 1_000_000), _lines),
    Growth("functions of a table, each renamed", (10, 100, 1_000, 10_000), _functions),
    Growth("uses of a renamed name in one function", (10, 100, 1_000, 10_000), _uses),
    Growth("conditions in the source", (10, 100, 1_000, 10_000), _conditions),
)
