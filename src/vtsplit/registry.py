"""Every rule there is, by the stage that raises it. A rule that is not listed here fails a test."""

from collections.abc import Mapping

from vtsplit.apply import account, dispatch_check, lost, proof, self_check
from vtsplit.change import carrying_out, changes, output, recovery, uncommitted, write
from vtsplit.drafting import propose
from vtsplit.lint import facts as lint_facts
from vtsplit.lint import linter, mends
from vtsplit.planning.build import (
    build_names,
    composable,
    included_settings,
    linked_too,
    object_list,
    other_builds,
    own_options,
    path_followers,
    shared_main,
)
from vtsplit.planning.dispatch import rules as dispatch_rules
from vtsplit.planning.dispatch import unclear, used_names
from vtsplit.planning.dispatch.second import backend as second_backend
from vtsplit.planning.dispatch.second import made_includes, module_init, option, skeleton
from vtsplit.planning.dispatch.wrappers import called_macros
from vtsplit.planning.header import sizes
from vtsplit.planning.includes import makings
from vtsplit.planning.includes import rules as include_rules
from vtsplit.planning.locals import order as local_order
from vtsplit.planning.locals import rules as local_rules
from vtsplit.planning.modules import across_modules, module_entry
from vtsplit.planning.names import pastings, textual_inclusion
from vtsplit.planning.names import rules as name_rules
from vtsplit.planning.rules import assembled, constant_values, readable, surrounding_pragmas
from vtsplit.planning.tables import (
    exposure_rules,
    inner_macros,
    macros,
    made_forward,
    made_names,
    made_objects,
)
from vtsplit.planning.tables import rules as table_rules
from vtsplit.rule import Rule
from vtsplit.series import rules as series_rules
from vtsplit.spec import document, presets, toml_sites, values
from vtsplit.spec import rules as spec_rules
from vtsplit.survey.make import kbuild
from vtsplit.tree import journal, lock, source_tree
from vtsplit.verify import build_files, required
from vtsplit.verify.inputs import flags, jobs, option_values, preprocess, sides
from vtsplit.verify.lists import check
from vtsplit.verify.objects import compiled, objects

SPEC = (
    toml_sites.ENCODING,
    toml_sites.SYNTAX,
    toml_sites.TOO_LARGE,
    document.UNKNOWN_KEY,
    propose.FIRST_PREFIX,
    linter.UNKNOWN_CODE,
    values.VALUE,
    values.MISSING_KEY,
    values.OUTSIDE,
    values.UNSAFE_PATH,
    presets.UNKNOWN_PRESET,
    presets.PRESET_KEY,
    spec_rules.UNREADABLE_SPEC,
    spec_rules.NO_SPEC,
    output.EXISTS,
    output.UNWRITABLE,
)

TREE = (
    source_tree.MISSING,
    source_tree.UNREADABLE,
    readable.UNSEARCHED,
    source_tree.BINARY,
    source_tree.OUTSIDE,
    source_tree.NO_TREE,
    changes.SAME_FILE,
    readable.CUT_NAME,
    readable.UNBALANCED,
    readable.DEEP_CONDITIONS,
    readable.TOO_DEEP,
)

PLANNING = (
    table_rules.NO_TABLE,
    table_rules.LOCAL_TABLE,
    table_rules.NOT_A_TABLE,
    table_rules.TABLE_TWICE,
    table_rules.CUT,
    table_rules.OWN_TYPE,
    table_rules.SHARED,
    surrounding_pragmas.ANNOTATED,
    table_rules.NEEDS_TABLE,
    surrounding_pragmas.TABLE_LEADING,
    surrounding_pragmas.TABLE_PRAGMA,
    constant_values.CONSTANT_VALUE,
    exposure_rules.ONLY_HERE,
    sizes.NO_LENGTH,
    sizes.UNCOUNTED,
    table_rules.STATIC_TABLE,
    exposure_rules.HIDDEN_WORDS,
    name_rules.SAME_NAME,
    name_rules.TAKEN,
    name_rules.PREFIX,
    name_rules.ABSENT,
    assembled.ASSEMBLED,
    pastings.BUILT_NAME,
    name_rules.HEADER_MACRO,
    name_rules.MIXED,
    textual_inclusion.NESTED_NAME,
    name_rules.PASTED,
    macros.NAMESAKE,
    name_rules.NO_NAME,
    name_rules.TWO_DEFINITIONS,
    name_rules.CAPTURED,
    name_rules.ALTERNATIVE,
    name_rules.GLOBAL_TAKEN,
    name_rules.STATIC_PROTOTYPE,
    macros.CHANGING,
    inner_macros.INSIDE_TABLE,
    local_rules.MACRO_INSIDE,
    macros.UNDEFINED,
    include_rules.CONFIGURED,
    made_forward.DECLARED_ALONG,
    include_rules.FRONT_MACRO,
    include_rules.INCLUDED_TEXT,
    made_names.MADE_NAME,
    made_objects.MADE_OBJECT,
    textual_inclusion.NESTED_TABLE,
    exposure_rules.UNDEFINED,
    include_rules.RELYING,
    include_rules.UNKNOWN_ORIGIN,
    exposure_rules.UNREAD,
    local_rules.FIXED_TYPE,
    local_order.NAME_SEEN,
    surrounding_pragmas.NEEDED_LEADING,
    surrounding_pragmas.NEEDED_PRAGMA,
    local_order.SEEN_BELOW,
    local_order.USED_ABOVE,
    textual_inclusion.INCLUDED_SOURCE,
    exposure_rules.NO_DEFINITION,
    exposure_rules.UNREADABLE_TYPE,
    exposure_rules.TWO_TYPES,
    makings.SINGLE_HEADER,
    makings.STATIC_FUNCTION,
    makings.STATIC_DECLARATION,
)

DISPATCH = (
    dispatch_rules.NO_OP,
    dispatch_rules.NO_FIRST,
    dispatch_rules.NO_SECOND,
    dispatch_rules.NO_STATED,
    module_init.NO_SECOND_START,
    dispatch_rules.SHARED_WRAPPER,
    dispatch_rules.WRAPPER_TAKEN,
    dispatch_rules.NO_TYPE,
    dispatch_rules.POLICY,
    dispatch_rules.TWO_PREDICATES,
    called_macros.MACRO_BELOW,
    dispatch_rules.SHAPE,
    unclear.UNCLEAR_ENTRY,
    second_backend.GUARDED,
    dispatch_check.NO_FUNCTION_BODY,
    dispatch_check.NO_C,
    made_includes.UNDECLARED_VALUE,
    skeleton.UNKNOWN_PREDICATE,
    used_names.UNDECLARED,
    second_backend.NO_HEADER,
    dispatch_rules.WRONG_SIDE,
    option.UNPAIRED,
    module_entry.TWO_STARTS,
    module_entry.NO_START,
    module_entry.SEVERAL_STARTS,
    module_init.UNSEEN_START,
    module_init.START_TAKEN,
    module_init.START_UNWRITABLE,
    module_init.DISCARDED_EXIT,
)

BUILD = (
    included_settings.INCLUDED,
    composable.LINK,
    other_builds.LINKED_ALONE,
    other_builds.OTHER_FOLDER,
    linked_too.LINKED_TOO,
    second_backend.LONE_OPTION,
    composable.NO_COMPOSITE,
    other_builds.READ_AS_TEXT,
    other_builds.PATTERN,
    other_builds.REMOVED,
    linked_too.TAKEN_OUT,
    object_list.UNCLEAR_LIST,
    own_options.OWN_MACROS,
    other_builds.UNLISTED_MAIN,
    path_followers.USED_OBJECT,
    kbuild.NO_LIST,
    object_list.CORE_SECOND,
    object_list.CORE_THERE,
    composable.NAME_TAKEN,
    build_names.MOVED_NAME,
    build_names.RENAMED_NAME,
    shared_main.LINKED_ELSEWHERE,
    across_modules.DISCARDED,
    across_modules.NO_DISPATCH,
    across_modules.SIBLING,
    across_modules.CIRCLE,
)

WRITE = (
    uncommitted.UNCOMMITTED,
    source_tree.CHANGED,
    uncommitted.NO_GIT,
    carrying_out.FAILED,
    carrying_out.NOT_RESTORED,
    write.GITS_OWN,
    journal.DAMAGED,
    journal.TORN,
    lock.BUSY,
    recovery.CHANGED_SINCE,
    recovery.LOST_CONTENT,
    mends.BAD_MEND,
    lost.LOST,
    dispatch_check.LOST_WRAPPER,
    self_check.MISDECLARED,
    account.UNNAMED_LINE,
)

VERIFY = (
    option_values.DEFINE_ALONE,
    flags.NO_BUILD_FOLDER,
    flags.NOT_BUILT,
    flags.BROKEN_RECORD,
    flags.NO_DATABASE,
    preprocess.NO_COMPILER,
    sides.UNTRUSTED,
    sides.FOREIGN,
    compiled.BAD_VALUES,
    preprocess.NOT_COMPILED,
    objects.NO_OBJECT,
    build_files.NO_C,
    jobs.NO_RECORD,
    proof.NOT_PROVED,
    option_values.NO_FORM,
    option_values.TWO_VALUES,
    build_files.UNKNOWN_BUILD,
    check.UNKNOWN_PLACE,
    required.WEAKER,
)

SERIES = (
    series_rules.NO_REPOSITORY,
    series_rules.GIT_FAILED,
    series_rules.NOT_CLEAN,
    series_rules.INCOMPLETE,
    series_rules.SHALLOW,
    series_rules.NO_DATE,
    series_rules.NO_IDENTITY,
    series_rules.OUTPUT,
    series_rules.BRANCH,
    series_rules.NO_MAINTAINERS,
    series_rules.PARTIAL_KERNEL,
    series_rules.NO_RANGE,
    series_rules.BAD_PATCH,
    series_rules.NO_PATCH,
    series_rules.DAMAGED_PATCH,
    series_rules.FOREIGN_PATH,
    series_rules.NOT_THE_SPLIT,
)

LINT = (
    lint_facts.NOT_SPLIT,
    *(rule for rule, _ in linter.CHECKS),
)

STAGES: Mapping[str, tuple[Rule, ...]] = {
    "The spec": SPEC,
    "The tree": TREE,
    "Planning a split": PLANNING,
    "Dispatch": DISPATCH,
    "The build": BUILD,
    "Writing": WRITE,
    "Verify": VERIFY,
    "A series": SERIES,
    "Lint": LINT,
}

RULES = tuple(rule for rules in STAGES.values() for rule in rules)


def named(name: str) -> tuple[Rule, ...]:
    """Return the rules of a code, or the one of `CODE/slug`; in capitals or not.

    >>> [rule.slug for rule in named("vt001")], [rule.slug for rule in named("VT001/syntax")]
    (['encoding', 'syntax', 'too-large'], ['syntax'])
    """
    code, _, slug = name.partition("/")
    found = (rule for rule in RULES if rule.code == code.upper())
    return tuple(rule for rule in found if slug.lower() in {"", rule.slug})
