"""`vtsplit init --dispatch`: the proposed sections run as they are, and all at once."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from dispatch_trees import (
    ENTRIES,
    FUNCTIONS,
    HEADER,
    MEMBERS,
    QUX_HEADER,
    SECOND,
    dispatch_tree,
    function,
    gcc,
)
from how_many import mostly_slow
from trees import Files, copy_sample, snapshot, split
from vtsplit.cli import main
from vtsplit.spec.document import Spec, load

pytestmark = pytest.mark.slow

TABLE = "drv/foo.c:foo_ops"


def init(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["init", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def uncommented(text: str) -> str:
    """State every section that is a comment."""
    lines, inside = [], False
    for line in text.split("\n"):
        inside = line.startswith("# [op.") or (inside and line.startswith("# "))
        lines.append(line.removeprefix("# ") if inside else line)
    return "\n".join(lines)


class Proposed:
    """A proposal for a tree: its text, what was said, and the tree to split by it."""

    def __init__(self, root: Path, *tables: str, prefix: str = "qux_") -> None:
        before = snapshot(root)
        result = init(str(root), *(tables or (TABLE,)), "--dispatch", prefix)
        assert result.exit_code == 0, result.stderr
        assert snapshot(root) == before
        self.root = root
        self.text, self.said = result.stdout, result.stderr
        self.spec: Spec = load(self.text, "x.toml")
        self.all: Spec = load(uncommented(self.text), "x.toml")
        assert self.spec.dispatch is not None
        self.dispatch = self.spec.dispatch

    def write(self, text: str = "") -> str:
        """Split for good by the proposal; return main. A second run has nothing to do."""
        spec = self.root / "drv" / "spec.toml"
        spec.write_text(text or self.text)
        done = split(self.root, "--spec", str(spec), "--write")
        assert done.exit_code == 0, done.stderr
        again = split(self.root, "--spec", str(spec), "--check")
        assert again.exit_code == 0, again.stderr
        return (self.root / self.spec.main).read_text()

    def write_all(self) -> str:
        """Split by the proposal with every section stated."""
        return self.write(uncommented(self.text))

    def compile(self, *names: str) -> None:
        for name in (*names, self.spec.main, self.spec.source):
            gcc(self.root / name)


def tree(root: Path, changed: Files | None = None, /, **pieces: str) -> Path:
    return dispatch_tree(root, {"vtsplit.toml": None, **(changed or {})}, **pieces)


def op(all_: Spec, name: str) -> dict[str, object]:
    """Return the keys of a section that differ from the defaults."""
    kept = json.loads(msgspec.json.encode(all_.ops[name]))
    default = json.loads(msgspec.json.encode(type(all_.ops[name])()))
    return {key: value for key, value in kept.items() if value != default[key]}


def test_a_second_backend_that_is_there(tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path))
    backend = proposed.dispatch.backend
    assert (backend.prefix, backend.source, backend.header) == ("qux_", "drv/qux.c", "drv/qux.h")
    assert (backend.flag, backend.config, backend.skeleton) == ("qux_on", None, None)
    assert proposed.dispatch.when == {"struct unit *": "is_qux({})"}
    assert "a section: open.\n" in proposed.text
    assert not proposed.spec.ops
    assert op(proposed.all, "close") == {"only": "first"}
    assert "# void close(struct unit *unit, int how)\n# [op.close]\n" in proposed.text
    assert "[op.reset]" not in proposed.text
    assert "it serves" not in proposed.said
    text = proposed.write()
    assert "if (is_qux(unit))\n\t\treturn qux_open(unit);" in text
    proposed.compile("drv/qux.c")


def test_all_sections_at_once(tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path))
    assert "if (is_qux(unit))\n\t\treturn;\n\n\tfoo_close(unit, how);" in proposed.write_all()
    proposed.compile("drv/qux.c")


def test_without_the_option_the_split_alone_is_proposed(tmp_path: Path) -> None:
    result = init(str(tree(tmp_path)), TABLE)
    assert "dispatch" not in result.stdout
    assert "[op" not in result.stdout


SHAPES = {
    "int": ("int OP(struct unit *unit)", {"otherwise": "return 0"}),
    "bool": ("bool OP(struct unit *unit)", {"otherwise": "return false"}),
    "pointer": ("const char *OP(struct unit *unit)", {"otherwise": "return NULL"}),
    "structure": ("struct pair OP(struct unit *unit)",
                  {"otherwise": "return (struct pair){{ }}"}),
    "behind a typedef": ("pair_t OP(struct unit *unit)", {"otherwise": "return (pair_t){{ }}"}),
    "enum": ("enum mode OP(struct unit *unit)", {"otherwise": "return 0"}),
    "number out": ("void OP(struct unit *unit, u32 *low)", {"zero": ["low"]}),
    "structure out": ("int OP(struct unit *unit, struct pair *pair)",
                      {"zero": ["pair"], "otherwise": "return 0"}),
    "const is no out": ("void OP(struct unit *unit, const u32 *low)", {"only": "first"}),
    "void pointer is no out": ("void OP(struct unit *unit, void *data)", {"only": "first"}),
    "incomplete is no out": ("void OP(struct unit *unit, struct none *none)", {"only": "first"}),
    "buffer is no out": ("void OP(struct unit *unit, char *text)", {"only": "first"}),
    "object is no out": ("void OP(struct unit *unit, struct unit *to)", {"only": "first"}),
    "function is no out": ("void OP(struct unit *unit, int (*f)(int *))", {"only": "first"}),
}  # fmt: skip
PAIR = "struct none;\nstruct pair { int a, b; };\ntypedef struct pair pair_t;\n"


def shaped(root: Path, declared: str, name: str = "op") -> Path:
    """Make a tree whose second backend has no function for one op, which is declared so."""
    head, _, rest = declared.partition("OP")
    result = head.strip()
    body = "" if result == "void" else f"\treturn {'(pair_t){ }' if 'pair' in result else 0};\n"
    return tree(
        root,
        {"drv/foo.h": HEADER.replace("struct ops", f"{PAIR}\nstruct ops")
            .replace("MEMBERS", f"{MEMBERS}\t{head}(*{name}){rest};\n")},
        functions=FUNCTIONS + function(f"static {declared.replace('OP', f'foo_{name}')}", body),
        entries=f"{ENTRIES}\t.{name} = foo_{name},\n",
    )  # fmt: skip


@pytest.mark.parametrize("shape", mostly_slow(SHAPES, 5))
def test_the_policy_fits_the_shape(shape: str, tmp_path: Path) -> None:
    declared, keys = SHAPES[shape]
    proposed = Proposed(shaped(tmp_path, declared))
    assert "op" not in proposed.spec.ops
    assert op(proposed.all, "op") == keys
    assert f"# {declared.replace('OP', 'op')}\n# [op.op]\n" in proposed.text
    proposed.write_all()
    proposed.compile()


@pytest.mark.parametrize(
    ("name", "last", "keys"),
    [
        ("get_level", "u32 *level", {"zero": ["level"]}),
        ("set_level", "u32 *level", {"only": "first"}),
        ("set_level", "bool *done", {"zero": ["done"]}),
    ],
)
def test_what_an_op_takes_is_not_cleared(
    name: str, last: str, keys: dict[str, object], tmp_path: Path
) -> None:
    proposed = Proposed(shaped(tmp_path, f"void OP(struct unit *unit, {last})", name))
    assert op(proposed.all, name) == keys


def whole(name: str, result: str = "int") -> dict[str, str]:
    """Return pieces with an op about the whole system that both backends have a function for."""
    body = "" if result == "void" else "\treturn 0;\n"
    return {
        "members": f"{MEMBERS}\t{result} (*{name})(void);\n",
        "functions": FUNCTIONS + function(f"static {result} foo_{name}(void)", body),
        "entries": f"{ENTRIES}\t.{name} = foo_{name},\n",
        "second": SECOND + function(f"{result} qux_{name}(void)", body),
    }


@pytest.mark.parametrize(
    ("name", "result", "side"),
    [("hw_setup", "int", "first"), ("hw_disable", "void", "second"), ("flush", "void", "first")],
)
def test_ops_about_the_whole(name: str, result: str, side: str, tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, **whole(name, result)))
    assert op(proposed.all, name) == {"both": side}
    assert name not in proposed.spec.ops
    assert f"to be checked: the flag alone decides on {name}\n" in proposed.said
    proposed.write_all()
    proposed.compile("drv/qux.c")


@pytest.mark.parametrize(("name", "result"), [("get_count", "int"), ("hw_setup", "bool")])
def test_values_that_are_no_errors_come_from_one(name: str, result: str, tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, **whole(name, result)))
    assert name not in proposed.all.ops
    assert "if (qux_on)" in proposed.write()


NO_FLAG = QUX_HEADER.replace("extern bool qux_on;\n", "")


def test_without_a_flag_what_has_no_parameter_stays(tmp_path: Path) -> None:
    root = tree(tmp_path, {"drv/qux.h": NO_FLAG}, **whole("hw_setup"))
    proposed = Proposed(root)
    assert proposed.dispatch.backend.flag is None
    assert "# flag = " in proposed.text
    assert op(proposed.spec, "hw_setup") == {"wrap": False}
    assert "not wrapped, see their sections: hw_setup\n" in proposed.said
    text = proposed.write_all()
    assert ".hw_setup = foo_hw_setup," in text


ONLY = "\tbool (*ready)(struct unit *unit);\n\tint (*load)(struct unit *unit, u32 at);\n"


def test_members_that_only_the_second_serves(tmp_path: Path) -> None:
    second = SECOND + function("bool qux_ready(struct unit *unit)") + function(
        "int qux_load(struct unit *unit, u32 at)")  # fmt: skip
    proposed = Proposed(tree(tmp_path, members=MEMBERS + ONLY, second=second))
    assert not proposed.spec.ops
    assert op(proposed.all, "ready") == {"only": "second", "and": True}
    assert op(proposed.all, "load") == {"only": "second", "otherwise": "return 0"}
    assert "return is_qux(unit) && qux_ready(unit);" in proposed.write_all()
    proposed.compile("drv/qux.c")


def test_functions_that_are_called_otherwise(tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*unit_load)(struct unit *unit);\n{ONLY}"
    entries = f"{ENTRIES}\t.unit_load = foo_unit_load,\n\t.ready = NULL,\n"
    functions = FUNCTIONS + function("static int foo_unit_load(struct unit *unit)")
    second = SECOND + function("int qux_load_unit(struct unit *unit)") + function(
        "bool qux_is_ready(struct unit *unit)") + function(
        "int qux_load_all(void)")  # fmt: skip
    pieces = {"members": members, "entries": entries, "functions": functions, "second": second}
    proposed = Proposed(tree(tmp_path, **pieces))
    assert op(proposed.all, "unit_load") == {"second": "qux_load_unit"}
    assert op(proposed.all, "ready") == {"only": "second", "second": "qux_is_ready", "and": True}
    assert "load" not in proposed.all.ops
    proposed.write_all()
    proposed.compile("drv/qux.c")


def test_a_function_of_another_type_is_left_alone(tmp_path: Path) -> None:
    second = SECOND + function("void qux_close(struct unit *unit, void *how)", "")
    proposed = Proposed(tree(tmp_path, second=second))
    assert op(proposed.spec, "close") == {"wrap": False}
    assert "# It stays as it is: op 'close' cannot be wrapped: its parameter 'how' " in (
        proposed.text
    )
    assert ".close = foo_close," in proposed.write_all()


def test_a_function_that_is_not_always_there_is_left_alone(tmp_path: Path) -> None:
    second = (
        f"{SECOND}#ifdef X\n{function('void qux_close(struct unit *unit, int how)', '')}#endif\n"
    )
    proposed = Proposed(tree(tmp_path, second=second))
    assert set(proposed.spec.ops) == {"close"}
    assert "qux_open(unit)" in proposed.write_all()


WITHOUT: Files = {"drv/qux.c": None, "drv/qux.h": None}


def test_a_second_backend_that_is_to_be_made(tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, WITHOUT))
    backend = proposed.dispatch.backend
    assert (backend.source, backend.header) == ("drv/qux.c", "drv/qux.h")
    assert (backend.flag, backend.skeleton) == (None, "-EOPNOTSUPP")
    assert '# flag = "enable_qux"' in proposed.text  # a parameter tells for each op
    assert proposed.dispatch.ops == ("open", "close")
    assert proposed.dispatch.when == {"struct unit *": "is_qux({})"}
    assert op(proposed.all, "open") == {"otherwise": "return 0"}
    assert "reset" not in proposed.all.ops
    assert "there is no second backend: a split makes drv/qux.c\n" in proposed.said
    assert "qux_close(unit, how);" in proposed.write()
    assert (
        "int qux_open(struct unit *unit)\n{\n\treturn -EOPNOTSUPP;"
        in (tmp_path / "drv/qux.c").read_text()
    )
    proposed.compile("drv/qux.c")


def test_all_sections_of_one_that_is_to_be_made(tmp_path: Path) -> None:
    pieces = whole("hw_setup")
    del pieces["second"]
    proposed = Proposed(tree(tmp_path, WITHOUT, **pieces))
    assert proposed.dispatch.backend.flag == "enable_qux"
    assert op(proposed.all, "hw_setup") == {"both": "first"}
    text = proposed.write_all()
    assert "? qux_hw_setup() : 0;" in text
    assert "qux_open" not in text
    proposed.compile("drv/qux.c")


def test_a_made_predicate_takes_const_where_an_op_does(tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*peek)(const struct unit *unit);\n"
    functions = FUNCTIONS + function("static int foo_peek(const struct unit *unit)")
    entries = f"{ENTRIES}\t.peek = foo_peek,\n"
    root = tree(tmp_path, WITHOUT, members=members, functions=functions, entries=entries)
    proposed = Proposed(root)
    assert list(proposed.dispatch.when) == ["const struct unit *"]
    proposed.write()
    proposed.compile("drv/qux.c")


def test_a_predicate_that_drops_const_is_not_taken_for_such_ops(tmp_path: Path) -> None:
    header = QUX_HEADER.replace("const struct unit", "struct unit")
    members = f"{MEMBERS}\tint (*peek)(const struct unit *unit);\n"
    functions = FUNCTIONS + function("static int foo_peek(const struct unit *unit)")
    second = SECOND + function("int qux_peek(const struct unit *unit)")
    pieces = {"members": members, "functions": functions, "second": second}
    entries = f"{ENTRIES}\t.peek = foo_peek,\n"
    proposed = Proposed(tree(tmp_path, {"drv/qux.h": header}, entries=entries, **pieces))
    assert op(proposed.spec, "peek") == {"wrap": False}
    assert proposed.dispatch.when == {"struct unit *": "is_qux({})"}
    proposed.write()
    proposed.compile("drv/qux.c")


def test_names_that_are_taken_are_not_made(tmp_path: Path) -> None:
    other = {"drv/other.c": "int qux_open;\nint qux_reset;\n"}
    proposed = Proposed(tree(tmp_path, {**WITHOUT, **other}))
    assert proposed.dispatch.ops == ("close",)
    assert "since drv/other.c has such names: open, reset.\n" in proposed.text.replace("\n# ", " ")
    assert "functions of such names are in drv/other.c\n" in proposed.said
    assert "qux_open" not in proposed.write_all()


def test_files_of_the_second_backend_that_are_taken(tmp_path: Path) -> None:
    there = {"drv/qux.c": "int other_thing;\n", "drv/qux.h": "struct thing;\n"}
    backend = Proposed(tree(tmp_path, there)).dispatch.backend
    assert (backend.source, backend.header) == ("drv/qux_second.c", "drv/qux_second.h")


def listing(line: str) -> Files:
    return {"drv/Makefile": f"obj-m += foo-drv.o\nfoo-drv-y := foo.o other.o\n{line}\n"}


@pytest.mark.parametrize(
    ("line", "config"),
    [
        ("foo-drv-$(CONFIG_QUX) += qux.o", "CONFIG_QUX"),
        ("ifdef CONFIG_QUX\nfoo-drv-y += qux.o\nendif", "CONFIG_QUX"),
        ("ifeq ($(CONFIG_QUX),y)\nfoo-drv-y += qux.o\nendif", "CONFIG_QUX"),
        ("ifndef CONFIG_QUX\nfoo-drv-y += qux.o\nendif", None),
        ("ifdef CONFIG_QUX\nelse\nfoo-drv-y += qux.o\nendif", None),
        ("foo-drv-y += qux.o", None),
    ],
)
def test_the_option_is_the_makefile_s(line: str, config: str | None, tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, listing(line)))
    assert proposed.dispatch.backend.config == config
    assert "another module" not in proposed.said
    assert ("#ifdef CONFIG_QUX" in proposed.write_all()) == bool(config)
    gcc(tmp_path / "drv/foo_main.c", "-DCONFIG_QUX")
    gcc(tmp_path / "drv/foo_main.c")


def test_the_option_that_the_header_has_is_a_comment(tmp_path: Path) -> None:
    header = QUX_HEADER.replace(
        "extern bool qux_on;", "#ifdef CONFIG_Q\nextern bool qux_on;\n#endif"
    )
    proposed = Proposed(tree(tmp_path, {"drv/qux.h": header}))
    assert proposed.dispatch.backend.config is None
    assert '# config = "CONFIG_Q"\n' in proposed.text


def test_a_module_of_its_own_is_told_of(tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, listing("obj-m += qux.o")))
    assert "another module links drv/qux.c (drv/Makefile:3)" in proposed.said


IS_QUX = "static inline bool is_qux(const struct unit *unit)\n{\n\treturn unit->secure;\n}\n"
DEVICE = "struct port { struct unit *owner; int at; };\n"


def predicates(root: Path, text: str, **pieces: str) -> Proposed:
    return Proposed(tree(root, {"drv/qux.h": QUX_HEADER.replace(IS_QUX, text)}, **pieces))


@pytest.mark.parametrize(
    ("text", "when"),
    mostly_slow(
        [
            ("bool is_qux_unit(struct unit *unit);\n", "is_qux_unit({})"),
            ("int is_qux(const struct unit *);\n", "is_qux({})"),
            ("bool is_qu(struct unit *unit);\n", "is_qu({})"),
            ("#define is_qux(unit) ((unit)->secure)\n", "is_qux({})"),
            (
                "bool is_secure(struct unit *unit);\nint other(struct unit *unit);\n",
                "is_secure({})",
            ),
            ("bool qux_is_ready(struct unit *unit);\nbool is_qux(struct unit *u);\n", "is_qux({})"),
            ("bool is_free(struct unit *unit);\nbool is_busy(struct unit *unit);\n", None),
            ("bool is_qux(struct ops *ops);\n", None),
            ("bool is_qux(struct unit *unit, int how);\n", None),
            ("void is_qux(struct unit *unit);\n", None),
            ("#define is_qux(number) ((number) > 3)\n", None),
            ("", None),
        ],
        5,
    ),
)
def test_predicates(text: str, when: str | None, tmp_path: Path) -> None:
    proposed = predicates(tmp_path, text)
    if when:
        assert proposed.dispatch.when == {"struct unit *": when}
        assert "open" not in proposed.spec.ops
        assert when.replace("{}", "unit") in proposed.write()
    else:
        assert not proposed.dispatch.when
        assert '\n# "struct unit *" = "is_' in proposed.text
        assert op(proposed.spec, "open") == {"wrap": False}
        assert "to be filled in: [dispatch.when] for struct unit *\n" in proposed.said
        assert ".open = foo_open," in proposed.write_all()


def test_each_type_has_a_predicate_of_its_own_to_be_filled_in(tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*plug)(struct port *port);\n"
    port = "struct port { int at; };\n"
    changed = {
        "drv/qux.h": QUX_HEADER.replace(IS_QUX, ""),
        "drv/foo.h": HEADER.replace("struct ops {", f"{port}\nstruct ops {{").replace(
            "MEMBERS", members),
    }  # fmt: skip
    text = Proposed(
        tree(
            tmp_path,
            changed,
            functions=FUNCTIONS + function("static int foo_plug(struct port *port)"),
            entries=f"{ENTRIES}\t.plug = foo_plug,\n",
            second=SECOND + function("int qux_plug(struct port *port)"),
        )
    ).text
    assert '# "struct unit *" = "is_qux({})"\n' in text
    assert '# "struct port *" = "is_qux_port({})"\n' in text


def test_the_source_s_headers_count_by_name_alone(tmp_path: Path) -> None:
    tellers = "bool is_busy(struct unit *unit);\nbool is_qux_unit(struct unit *unit);\n"
    changed = {
        "drv/qux.h": NO_FLAG.replace(IS_QUX, ""),
        "drv/foo.h": HEADER.replace("MEMBERS", MEMBERS).replace(
            "struct ops {", f"{tellers}struct ops {{"
        ),
    }
    assert Proposed(tree(tmp_path, changed)).dispatch.when == {"struct unit *": "is_qux_unit({})"}


def test_an_object_whose_member_tells(tmp_path: Path) -> None:
    changed = {"drv/foo.h": HEADER.replace("struct ops {", f"{DEVICE}\nstruct ops {{").replace(
        "MEMBERS", f"{MEMBERS}\tint (*plug)(struct port *port);\n")}  # fmt: skip
    proposed = Proposed(
        tree(
            tmp_path,
            changed,
            functions=FUNCTIONS + function("static int foo_plug(struct port *port)"),
            entries=f"{ENTRIES}\t.plug = foo_plug,\n",
            second=SECOND + function("int qux_plug(struct port *port)"),
        )
    )
    assert proposed.dispatch.when["struct port *"] == "is_qux({}->owner)"
    assert "to be checked: [dispatch.when] for struct port *, is_qux({}->owner)" in proposed.said
    assert "if (is_qux(port->owner))" in proposed.write()
    proposed.compile("drv/qux.c")


@pytest.mark.parametrize(
    ("declared", "flag"),
    [
        ("extern bool enable_qux;", "enable_qux"),
        ("extern int qux_enabled;", "qux_enabled"),
        ("extern bool qux_there;", "qux_there"),
        ("extern bool qux_one;\nextern bool qux_two;", None),
        ("extern bool *qux_on;", None),
        ("extern bool qux_on[2];", None),
        ("extern struct unit qux_on;", None),
        ("bool qux_on(void);", None),
    ],
)
def test_flags(declared: str, flag: str | None, tmp_path: Path) -> None:
    header = QUX_HEADER.replace("extern bool qux_on;", declared)
    source = '#include "qux.h"\n\nint qux_open(struct unit *unit)\n{\n\treturn 0;\n}\n'
    proposed = Proposed(tree(tmp_path, {"drv/qux.h": header, "drv/qux.c": source}))
    assert proposed.dispatch.backend.flag == flag
    assert ("# flag = " in proposed.text) == (flag is None)


def test_functions_without_a_common_prefix(tmp_path: Path) -> None:
    functions = (
        function("static int open_it(struct unit *unit)")
        + function("static void unit_close(struct unit *unit, int how)", "")
        + function("static int hard_reset(void)")
    )
    entries = "\t.open = open_it,\n\t.close = unit_close,\n\t.reset = hard_reset,\n"
    second = SECOND + function("void qux_close(struct unit *unit, int how)", "")
    changed = listing("foo-drv-$(CONFIG_QUX) += qux.o")
    proposed = Proposed(
        tree(tmp_path, changed, functions=functions, entries=entries, second=second)
    )
    assert proposed.spec.prefix is None
    assert "return qux_open(unit);\n\n\treturn open_it(unit);" in proposed.write_all()
    for options in ((), ("-DCONFIG_QUX",)):
        gcc(tmp_path / "drv/foo_main.c", *options)


def test_a_function_that_is_called_like_its_op(tmp_path: Path) -> None:
    members = "\tint (*open_it)(struct unit *unit);\n\tint (*stop)(void);\n"
    functions = function("static int open_it(struct unit *unit)") + function(
        "static int hard_stop(void)"
    )
    entries = "\t.open_it = open_it,\n\t.stop = hard_stop,\n"
    second = function("int qux_open_it(struct unit *unit)")
    pieces = {"members": members, "functions": functions, "entries": entries, "second": second}
    proposed = Proposed(tree(tmp_path, listing("foo-drv-$(CONFIG_QUX) += qux.o"), **pieces))
    proposed.write()
    for options in ((), ("-DCONFIG_QUX",)):
        gcc(tmp_path / "drv/foo_main.c", *options)


def test_the_prefix_of_wrappers(tmp_path: Path) -> None:
    assert Proposed(tree(tmp_path / "own")).dispatch.prefix == "foo_main_"
    files = {
        "drv/foo.c": '#include "foo.h"\n' + FUNCTIONS + f"struct ops bar_ops = {{\n{ENTRIES}}};\n"
    }
    proposed = Proposed(tree(tmp_path / "table", files), "drv/foo.c:bar_ops")
    assert proposed.dispatch.prefix == "bar_"
    taken = {"drv/foo.c": f"int bar_open;\n{files['drv/foo.c']}"}
    proposed = Proposed(tree(tmp_path / "taken", taken), "drv/foo.c:bar_ops")
    assert proposed.dispatch.prefix == "foo_main_"
    taken = {
        "drv/foo.h": HEADER.replace("MEMBERS", MEMBERS).replace(
            "#endif", "int bar_open(int);\n#endif"
        )
    }
    proposed = Proposed(tree(tmp_path / "declared", {**files, **taken}), "drv/foo.c:bar_ops")
    assert proposed.dispatch.prefix == "foo_main_"
    proposed.write()


def test_two_sources_of_the_second_backend(tmp_path: Path) -> None:
    more = {
        "drv/qux.h": QUX_HEADER.replace(
            "#endif", "void qux_close(struct unit *unit, int how);\n#endif"
        ),
        "drv/more.c": '#include "qux.h"\n\n'
        + function("void qux_close(struct unit *unit, int how)", ""),
    }
    second = SECOND + function("int qux_reset(void)")
    proposed = Proposed(tree(tmp_path, more, second=second))
    assert proposed.dispatch.backend.source == "drv/qux.c"
    assert "More are in drv/more.c." in proposed.text
    assert "qux_close(unit, how);" in proposed.write()


def test_a_header_of_another_name(tmp_path: Path) -> None:
    changed = {"drv/qux.h": None, "drv/secure.h": QUX_HEADER,
               "drv/qux.c": '#include "foo.h"\n#include "secure.h"\n\n' + SECOND}  # fmt: skip
    proposed = Proposed(tree(tmp_path, changed))
    assert proposed.dispatch.backend.header == "drv/secure.h"
    proposed.write()


def test_two_tables(tmp_path: Path) -> None:
    files = tree(tmp_path)
    source = files / "drv/foo.c"
    more = function("static int foo_begin(struct unit *unit)")
    source.write_text(f"{source.read_text()}\n{more}struct ops b_ops = {{ .open = foo_begin }};\n")
    proposed = Proposed(files, TABLE, "drv/foo.c:b_ops")
    assert list(proposed.spec.tables) == ["foo_ops", "b_ops"]
    proposed.write_all()
    proposed.compile()


def test_ops_that_share_a_function(tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*again)(struct unit *unit);\n\tint (*other)(struct unit *unit);\n"
    entries = f"{ENTRIES}\t.again = foo_open,\n\t.other = foo_open,\n"
    second = SECOND + function("int qux_again(struct unit *unit)")
    proposed = Proposed(tree(tmp_path, members=members, entries=entries, second=second))
    proposed.write_all()
    proposed.compile("drv/qux.c")


def test_a_name_that_no_spec_can_have(tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*go$on)(struct unit *unit);\n"
    functions = FUNCTIONS + function("static int foo_go(struct unit *unit)")
    entries = f"{ENTRIES}\t.go$on = foo_go,\n"
    second = SECOND + function("int qux_go$on(struct unit *unit)")
    for files in ({}, WITHOUT):
        root = tmp_path / str(len(files))
        pieces = {"members": members, "functions": functions, "entries": entries, "second": second}
        proposed = Proposed(tree(root, files, **pieces))
        assert not any("$" in name for name in proposed.all.ops)


def test_where_the_split_is_refused_the_sections_are_there(tmp_path: Path) -> None:
    root = tree(tmp_path, {"drv/other.c": '#include "foo.c"\n'})
    result = init(str(root), TABLE, "--dispatch", "qux_")
    assert result.exit_code == 0
    assert "a dry run of it was refused (VT046)" in result.stderr
    spec = load(uncommented(result.stdout), "x.toml")
    assert op(spec, "close") == {"only": "first"}
    assert spec.dispatch
    assert spec.dispatch.backend.source == "drv/qux.c"


@pytest.mark.parametrize(
    ("prefix", "says"),
    [
        ("", "is not the start of a C name"),
        ("2qux_", "'2qux_' is not the start of a C name, such as 'foo_'"),
        ("qux-", "is not the start of a C name"),
        ("qux ", "is not the start of a C name"),
        ("q·_", "is not the start of a C name"),
        ("foo_", "error[VT003]: 'foo_' is the prefix of the first backend: foo_open serves 'open'"),
    ],
)
def test_bad_prefixes(prefix: str, says: str, tmp_path: Path) -> None:
    root = tree(tmp_path)
    before = snapshot(root)
    result = init(str(root), TABLE, "--dispatch", prefix)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("rror") == 1
    assert snapshot(root) == before


@pytest.mark.parametrize("prefix", ["_", "Q_", "qux", "qux$", "qüx_"])
def test_odd_prefixes(prefix: str, tmp_path: Path) -> None:
    proposed = Proposed(tree(tmp_path, WITHOUT), prefix=prefix)
    proposed.write()
    proposed.compile()


def test_a_parameter_with_an_odd_name(tmp_path: Path) -> None:
    proposed = Proposed(shaped(tmp_path, "void OP(struct unit *unit, u32 *lo$w)"))
    assert op(proposed.all, "op") == {"zero": ["lo$w"]}
    proposed.write_all()


def test_the_second_source_has_an_odd_name(tmp_path: Path) -> None:
    files = tree(tmp_path, {"drv/qux.c": None, "drv/q+x-.c": '#include "qux.h"\n\n' + SECOND})
    more = function("void qux_close(struct unit *unit, int how)", "")
    for name in ("\t", 'q"ü"', "$(x)"):  # these can be in no spec
        (files / f"drv/{name}.c").write_text(f'#include "qux.h"\n\n{SECOND}{more}')
    assert Proposed(files).dispatch.backend.source == "drv/q+x-.c"


def test_a_table_of_another_place(tmp_path: Path) -> None:
    """The functions of the prefix in files that are not beside the source are not taken."""
    files = {"drv/qux.c": None, "drv/qux.h": None, "other/qux.c": "static int qux_open;\n"}
    assert Proposed(tree(tmp_path, files)).dispatch.backend.source == "drv/qux.c"


def test_quiet(tmp_path: Path) -> None:
    result = init(str(tree(tmp_path, WITHOUT)), TABLE, "--dispatch", "qux_", "-q")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.slow
def test_the_sample(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "sample")
    tables = ("vmx/vmx.c:vmx_x86_ops", "vmx/vmx.c:vmx_init_ops")
    for text in (str, uncommented):
        result = init(str(root), *tables, "--dispatch", "tdx_")
        (root / "own.toml").write_text(text(result.stdout))
        done = split(root, "--spec", str(root / "own.toml"))
        assert done.exit_code == 0, done.stderr
        assert "+static int vmx_main_vm_init(struct kvm *kvm)" in done.stdout
