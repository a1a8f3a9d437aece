"""Names that stand among the specifiers of a declaration without being its type or its name."""

import re
from collections.abc import Iterable

from vtsplit.cst.lexer import Kind, Token

THREAD = frozenset({"_Thread_local", "thread_local", "__thread"})  # C11 6.7.1, C23, GNU C
STORAGE = frozenset({"static", "extern", "typedef", "register", "auto"}) | THREAD
INLINE = frozenset({"inline", "__inline", "__inline__", "__always_inline", "__attribute_inline__"})
QUALIFIERS = frozenset(
    {"const", "volatile", "restrict", "__const", "__volatile__", "__restrict", "__restrict__"}
    | {"_Atomic", "_Noreturn", "__extension__"}
)
TYPE_WORDS = frozenset(
    {"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool"}
    | {"bool", "_Complex", "__int128", "__signed__"}
)
AGGREGATES = frozenset({"struct", "union", "enum"})
TYPEOF = frozenset({"typeof", "__typeof__", "__typeof", "typeof_unqual"})
ATTRIBUTES = frozenset(
    {"__attribute__", "__attribute", "_Alignas", "alignas", "__declspec", "asm", "__asm__", "__asm"}
)
KEYWORDS = (
    STORAGE
    | QUALIFIERS
    | TYPE_WORDS
    | AGGREGATES
    | TYPEOF
    | ATTRIBUTES
    | INLINE
    | frozenset(
        "break case continue default do else for goto if return sizeof switch while".split()
    )
    | {"_Alignof", "__alignof__", "_Generic", "_Static_assert", "static_assert"}
)
# Keywords since C23 (6.4.1) that a header makes for older C (C11 7.15, 7.18, 7.26).
BY_HEADERS = frozenset({"bool", "alignas", "thread_local"})
# Before C23 (6.4.1) a header declares `bool`.
RESERVED = KEYWORDS - {"bool"}

# Linux's include/linux/init.h, compiler_attributes.h, compiler_types.h, cache.h and sparse's own.
_KNOWN = frozenset(
    "noinline noinstr notrace asmlinkage fastcall nokprobe_inline noinline_for_stack "
    "randomized_struct_fields_start fallthrough mustcheck __visible __weak __pure __cold __hot "
    "__used __unused __maybe_unused __always_unused __must_check __noreturn __malloc __packed "
    "__aligned __section __user __kernel __iomem __percpu __rcu __force __bitwise __private "
    "__nocast __safe __noclone __naked __printf __scanf __acquires __releases __must_hold "
    "__cond_acquires __alloc_size __assume_aligned __no_sanitize __no_sanitize_address "
    "__no_kcsan __no_profile __no_stack_protector __nonstring __nonnull __counted_by __ref "
    "__refdata __refconst __read_mostly __ro_after_init __cacheline_aligned "
    "__cacheline_aligned_in_smp ____cacheline_aligned ____cacheline_aligned_in_smp "
    "____cacheline_internodealigned_in_smp __page_aligned_data __page_aligned_bss __sched "
    "__kprobes __latent_entropy __randomize_layout __no_randomize_layout __nosavedata "
    "__lockfunc __entry_text __irq_entry __softirq_entry __signed __designated_init __flatten "
    "__deprecated __nocfi __noendbr __diagnose_as __attribute_const__ __attribute_pure__ "
    "__gnu_inline __no_caller_saved_registers".split()
)
_PATTERN = re.compile(
    r"_*__(?:\w+_)?(?:init|exit|initdata|exitdata|initconst|exitconst|memory|init_memblock|"
    r"init_or_module|initdata_or_module|ro_after_init|read_mostly|aligned|unused|text|section)\Z"
)

_RESERVED_TYPE = re.compile(
    r"__(?:[us]|[lb]e|fs|hc|virtio)(?:8|16|32|64|128)\Z|__\w+_t\Z|__wsum\Z|__sum16\Z|__kernel_\w+\Z"
)


def program_words(tokens: Iterable[Token]) -> set[str]:
    """Return the words among tokens that are not C's own."""
    return {token.text for token in tokens if token.kind is Kind.IDENT} - KEYWORDS


def is_annotation(name: str) -> bool:
    """Tell whether a name is known to annotate a declaration, as `__init` does.

    >>> is_annotation("__initdata"), is_annotation("__u32"), is_annotation("noinstr")
    (True, False, True)
    """
    return name in _KNOWN or bool(_PATTERN.match(name))


def is_annotation_call(name: str) -> bool:
    """Tell whether `name(...)` is known to annotate; `__foo_exit(...)` declares a function.

    >>> is_annotation_call("__printf"), is_annotation_call("__foo_exit")
    (True, False)
    """
    return name in _KNOWN or name in ATTRIBUTES


def may_annotate(name: str) -> bool:
    """Tell whether a name could annotate, when another one is there to be the declarator.

    C reserves names with two underscores (C11 7.1.3); in kernel style a macro among the specifiers
    has such a name or is in capitals.
    """
    if _RESERVED_TYPE.match(name):
        return False
    return is_annotation(name) or name.startswith("__") or (name.isupper() and len(name) > 1)
