"""Every rule has a home, is listed, and is raised: by its example, or by a test named here."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import make_messages
import trees
import vtsplit
from vtsplit.apply.account import UNNAMED_LINE, account
from vtsplit.apply.dispatch_check import LOST_WRAPPER, check_dispatch
from vtsplit.apply.split import carry_out
from vtsplit.change.changes import changes_to
from vtsplit.cli.output.example_run import lay_out, run
from vtsplit.codemods.places import Insertion
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.example_trees import LAMP, NEON, SPEC, SPLIT
from vtsplit.planning.build.other_builds import UNLISTED_MAIN, refuse_main_apart
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.planning.edits import Declared, HeaderEdit, MainEdit, Plan, SourceEdit
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.rules.readable import UNSEARCHED, refuse_unread
from vtsplit.planning.steps import Action, Ledger, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure_rules import NO_DEFINITION
from vtsplit.registry import RULES, named
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import load
from vtsplit.survey.make.kbuild import Membership, find_object
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.source_tree import SourceTree

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"(?:VT|L)\d{3}")
EXAMPLES = {rule.name: rule.example for rule in RULES if isinstance(rule.example, Example)}
FIXED = {name: example for name, example in EXAMPLES.items() if example.fixed}

# What files alone cannot show: the test that raises it.
RAISED_BY = {
    "VT011/unsearched": "test_rules.py::test_file_that_cannot_be_searched",
    "VT013/outside": "test_tree.py::test_links",
    "VT015/same-file": "test_write.py::test_link_inside_stays_a_link",
    "VT017/too-deep": "test_bad_input.py::test_what_nests_without_end_is_refused",
    "VT047/no-definition": "test_rules.py::test_declaration_of_what_nothing_defines",
    "VT054/macro-below": "test_dispatch_macro_ops.py::test_a_macro_in_the_table_s_own_condition",
    "VT060/link": "test_one_object_module.py::test_symbolic_link_is_refused",
    "VT060/unlisted-main": "test_rules.py::test_main_that_no_list_gains",
    "VT070/uncommitted": "test_write.py::test_uncommitted",
    "VT071/changed": "test_write.py::test_changed_meanwhile",
    "VT072/no-git": "test_write.py::test_git_cannot_say",
    "VT073/failed": "test_write.py::test_rename_fails",
    "VT073/not-restored": "test_write.py::test_what_cannot_be_restored_is_kept",
    "VT076/busy": "test_two_runs.py::test_second_run_is_refused_with_the_number_of_the_first",
    "VT077/changed-since": "test_recovery.py::test_a_file_that_somebody_has_changed_is_not_lost",
    "VT077/lost-content": "test_recovery.py::test_lost_content",
    "VT090/bad-mend": "test_lint_cli.py::test_mend_that_does_not_mend_is_refused",
    "VT090/lost": "test_self_check.py::test_wrong_outcome_is_refused",
    "VT090/lost-wrapper": "test_rules.py::test_wrapper_that_is_not_in_the_result",
    "VT090/misdeclared": "test_self_check.py::test_wrong_outcome_is_refused",
    "VT091/unnamed-line": "test_rules.py::test_line_that_no_step_names",
    "VT305/foreign": "test_verify_flags.py::"
    "test_header_of_the_tree_that_was_built_is_not_taken_for_another",
    "VT306/bad-values": "test_verify_compiled.py::"
    "test_values_that_the_tree_before_does_not_stand_prove_nothing",
    "VT307/no-object": "test_verify.py::test_what_cannot_be_told_is_said",
    "VT310/not-proved": "test_verify.py::test_split_that_is_not_proved_is_not_shown",
    "VT092/not-the-split": "test_patches.py::test_series_that_is_not_the_whole_split_is_refused",
    "VT401/no-repository": "test_states.py::test_no_git",
    "VT402/git-failed": "test_states.py::test_hook_that_fails",
    "VT403/not-clean": "test_states.py::test_uncommitted_change",
    "VT404/incomplete": "test_states.py::test_sparse_checkout",
    "VT404/shallow": "test_states.py::test_shallow_clone",
    "VT405/no-date": "test_states.py::test_bad_date",
    "VT405/no-identity": "test_states.py::test_nobody",
    "VT406/output-folder": "test_states.py::test_folder_that_cannot_be_used",
    "VT407/branch": "test_states.py::test_branch_that_is_taken",
    "VT409/no-range": "test_range.py::test_bad_range",
    "VT408/no-maintainers": "test_proof.py::test_nobody_to_ask",
    "VT408/partial-kernel": "test_proof.py::test_a_part_of_a_kernel_tree",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_raises_its_rule_alone_and_writes_nothing(name: str, tmp_path: Path) -> None:
    example = EXAMPLES[name]
    lay_out(example, tmp_path)
    before = trees.snapshot(tmp_path)
    code, said = run(example.command, tmp_path)
    assert trees.snapshot(tmp_path) == before, said
    if name.startswith("L"):
        assert code == 1, said
        assert re.findall(r"^\S+: (L\d+) ", said, re.MULTILINE) == [name.partition("/")[0]], said
    else:
        assert code == 2, said
        assert said.endswith(f"for more: vtsplit explain {name}\n"), said
        told = re.findall(r"^error\[.*(?:\n .*)*", said, re.MULTILINE)
        assert len(told) == len(set(told)), "it is said twice"
    assert "Traceback" not in said
    assert str(tmp_path) not in said, "a page of `explain` has no folder of one run"


@pytest.mark.parametrize("name", FIXED)
def test_example_that_is_corrected_goes_through(name: str, tmp_path: Path) -> None:
    example = FIXED[name]
    lay_out(example, tmp_path)
    for path, text in example.fixed.items():
        (tmp_path / path).write_text(text)
    code, said = run(example.command, tmp_path)
    assert code == 0, said


@pytest.mark.parametrize("base", [LAMP, NEON, SPLIT], ids=["lamp", "neon", "split"])
def test_base_of_the_examples_splits(base: dict[str, str], tmp_path: Path) -> None:
    lay_out(Example(base=base), tmp_path)
    code, said = run("vtsplit split", tmp_path)
    assert code == 0, said
    assert ("nothing to do" in said) == (base is SPLIT)


@pytest.mark.slow
def test_a_rule_without_an_example_is_raised_by_a_test() -> None:
    assert RAISED_BY.keys() == {rule.name for rule in RULES} - EXAMPLES.keys()
    for name, test in RAISED_BY.items():
        name_of_file, _, function = test.partition("::")
        paths = (ROOT / "tests").rglob(name_of_file)
        (path,) = (path for path in paths if path.parent.name != "kernel")
        text = _text_of(path, function)
        (rule,) = named(name)
        constants = [key for key, value in values() if value == rule]
        assert any(word in text for word in [rule.code, *constants]), f"{test} raises {name}?"


def _text_of(path: Path, function: str) -> str:
    text = path.read_text()
    (found,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    first = min([found.lineno, *(one.lineno for one in found.decorator_list)])
    return "\n".join(text.split("\n")[first - 1 : found.end_lineno])


def values() -> Iterator[tuple[str, Rule]]:
    """Yield the rules that are values of a module, with their names there."""
    for module in pkgutil.walk_packages(vtsplit.__path__, "vtsplit."):
        if module.name != "vtsplit.__main__":
            found = vars(import_module(module.name)).items()
            yield from ((key, value) for key, value in found if isinstance(value, Rule))


@pytest.mark.slow
def test_every_rule_is_listed_once() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(names) == sorted(set(names))
    there = {rule.name for _, rule in values()}
    assert there == set(names), "src/vtsplit/registry.py has to list every rule"
    written = [call for path in sources() for call in _calls(path)]
    assert len(written) == len(names), "a rule is a value of a module, in capitals"


def test_a_code_stands_in_its_rule_alone() -> None:
    wrong = []
    for path in sources():
        own = {id(call.args[0]) for call in _calls(path)}
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Constant) or id(node) in own:
                continue
            if isinstance(node.value, str) and CODE.fullmatch(node.value):
                wrong.append(f"{path.name}:{node.lineno}: {node.value}")
    assert not wrong, "raise the rule by its value"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_texts_are_sentences(rule: Rule) -> None:
    assert CODE.fullmatch(rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.slug)
    assert rule.title == rule.title.strip(" .")
    texts = [rule.why, rule.advice, *([rule.example] if isinstance(rule.example, str) else [])]
    for text in texts:
        assert re.fullmatch(r"[A-Z`$\[].*[.)]", text), text
        assert "  " not in text


@cache
def sources() -> list[Path]:
    """Return the modules that have a rule, or a word like a code."""
    paths = sorted((ROOT / "src").rglob("*.py"))
    return [path for path in paths if re.search(r"\bRule\(|\"(?:VT|L)\d", path.read_text())]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _calls(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rule"
    ]


def test_the_page_of_messages_is_up_to_date() -> None:
    written = make_messages.PAGE.read_text()
    assert written == make_messages.page(), "run: python docs/make_messages.py"


def test_the_page_of_messages_has_a_place_for_each_code_and_each_cause() -> None:
    page = make_messages.PAGE.read_text()
    places = re.findall(r'<a id="([\w-]+)">', page)
    # The site and GitHub name a headline by its words.
    places += [line.lower().replace(" ", "-") for line in re.findall(r"(?m)^####? (\w.*)$", page)]
    assert len(places) == len(set(places))
    wanted = {rule.code.lower() for rule in RULES} | {make_messages.anchor(rule) for rule in RULES}
    assert set(places) == wanted


def test_line_that_no_step_names(tmp_path: Path) -> None:
    """A defect of vtsplit: a codemod that changes what the plan does not say."""
    lay_out(Example(), tmp_path)
    tree = SourceTree(tmp_path)
    text = LAMP["lamp.c"].replace("return light->level;", "return 1;")
    changes = changes_to(tree, {"lamp.c": text})
    plan = Plan(SourceEdit("lamp.c"), HeaderEdit("lamp_ops.h"), MainEdit("main.c"))
    symbol, reason = Symbol.kept("lamp_on", Role.FUNCTION), Reason(Why.STATED)
    step = Step(Action.RENAME, symbol, Site("lamp.c", 5), reason, ((5, 5),))
    assert account(replace(plan, steps=(step,)), changes)
    with pytest.raises(RefusedError) as caught:
        account(plan, changes)
    assert {problem.rule for problem in caught.value.problems} == {UNNAMED_LINE}
    assert str(caught.value.problems[0].site) == "lamp.c:5"


def test_declaration_of_what_nothing_defines(tmp_path: Path) -> None:
    lay_out(Example(base=SPLIT), tmp_path)
    header = HeaderEdit("lamp_ops.h", declared=(Declared("lamp_off", ()),))
    plan = Plan(SourceEdit("lamp.c"), header, MainEdit("main.c"))
    with pytest.raises(RefusedError) as caught:
        carry_out(plan, SourceTree(tmp_path))
    assert [problem.rule for problem in caught.value.problems] == [NO_DEFINITION]


def test_main_that_no_list_gains(tmp_path: Path) -> None:
    lay_out(Example(), tmp_path)
    tree, ledger = SourceTree(tmp_path), Ledger()
    found = find_object(tree.find, "lamp.c")
    assert isinstance(found, Membership)
    gained = {"Makefile": LAMP["Makefile"].replace("lamp.o", "lamp.o main.o")}
    refuse_main_apart(found, gained, load(SPEC, "a.toml"), tree, ledger)
    assert not ledger.problems
    refuse_main_apart(found, {}, load(SPEC, "a.toml"), tree, ledger)
    assert [problem.rule for problem in ledger.problems] == [UNLISTED_MAIN]
    assert str(ledger.problems[0].site) == "Makefile:2:13"


def test_wrapper_that_is_not_in_the_result(tmp_path: Path) -> None:
    """A defect of vtsplit: the result has another function than the plan."""
    lay_out(Example(base=NEON), tmp_path)
    text = "static int any_on(void)\n{\n\treturn 1;\n}\n"
    spec, tree = load(NEON["vtsplit.toml"], "a.toml"), SourceTree(tmp_path)
    plan = DispatchPlan(spec, wrappers=(Insertion("any_on", (), text),))
    check_dispatch(plan, spec, tree, {"main.c": text})
    with pytest.raises(RefusedError) as caught:
        check_dispatch(plan, spec, tree, {"main.c": text.replace("1", "2")})
    assert [problem.rule for problem in caught.value.problems] == [LOST_WRAPPER]


def test_file_that_cannot_be_searched() -> None:
    ledger = Ledger()
    refuse_unread(WordFiles({}, ("drv/lamp.c", "notes.txt")), ledger)
    assert [problem.rule for problem in ledger.problems] == [UNSEARCHED]
    assert str(ledger.problems[0].site) == "drv/lamp.c"
