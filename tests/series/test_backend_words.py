"""What the patch says that makes the second backend known."""

from pathlib import Path

import pytest

from dispatch_trees import SPEC, UNDER_OPTION, dispatch_files
from repositories import committed, patches, repository, subjects

pytestmark = pytest.mark.slow

HEADER = "Declare the functions of qux.c, qux_*(), in foo_ops.h"
BUILD = "Change Makefile so that qux.c is built."
MADE = 'flag = "qux_on"\nskeleton = "-5"'


def told(made: list[str], word: str) -> tuple[str, str]:
    """Return subject and text, in one line, of the patch whose subject has a word."""
    [found] = [text for text in made if word in subjects([text])[0]]
    text = found.partition("\n\n")[2].partition("\n---\n")[0]
    return subjects([found])[0], text.replace("\n", " ")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (SPEC, f"{HEADER}. {BUILD}"),
        (UNDER_OPTION, f"{HEADER}, for builds with CONFIG_QUX. {BUILD}"),
        (
            UNDER_OPTION.replace('"bar_"\n', '"bar_"\nstyle = "stubs"\n').replace(
                "[dispatch.when]", 'skeleton = "-5"\n[dispatch.when]'
            ),
            f"{HEADER}, with stubs for builds without CONFIG_QUX. {BUILD}",
        ),
    ],
    ids=["always", "macros", "stubs"],
)
def test_backend_that_exists(base: str, expected: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "tree", dispatch_files(base=base))
    subject, text = told(patches(root, tmp_path / "patches"), "functions of qux.c")
    assert subject == "foo: Declare the functions of qux.c in foo_ops.h"
    assert text == expected


def test_skeleton(tmp_path: Path) -> None:
    base = SPEC.replace('flag = "qux_on"', MADE).replace('"bar_"\n', '"bar_"\nops = ["open"]\n')
    tree = {**dispatch_files(base=base), "drv/qux.c": None, "drv/qux.h": None}
    made = patches(repository(tmp_path / "tree", tree), tmp_path / "patches")
    subject, text = told(made, "qux.c for")
    assert subject == "foo: Add qux.c for a second backend"
    assert text == (
        "Add qux.c and qux.h as the skeleton of a second backend: its functions, qux_*(), do "
        f"nothing yet. Declare them in foo_ops.h. {BUILD}"
    )


def test_variable_of_main(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    start = (
        "#define module_param_named(a, b, c, d)\n#define module_init(x)\n"
        "#define MODULE_PARM_DESC(a, b)\n"
    )
    tree = dispatch_files(spec='[init]\nparameter = { name = "qux", description = "Q" }\n')
    tree["drv/foo.h"] = tree["drv/foo.h"].replace("#define __init\n", "#define __init\n" + start)
    tree["drv/foo.c"] += "\nstatic int foo_init(void)\n{\n\treturn 0;\n}\nmodule_init(foo_init);\n"
    tree["drv/qux.c"] = tree["drv/qux.c"].replace("bool qux_on;\n\n", "")
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "drv/other.c").write_text("int other;\n")
    _, text = told(patches(committed(root), tmp_path / "patches"), "functions of qux.c")
    assert "Let qux_on in main.c say whether the backend is used, by the module's parameter" in text
