"""Bodies of functions for tests: given ones, and any that hypothesis puts together."""

from hypothesis import strategies as st

from vtsplit.cst import Module, parse_module

PIECES = [
    *"if (a)|else|while (b) {|}|{|for (;;)|do|while (c);|switch (d) {|case 1:|default:".split("|"),
    *"f(a, b);|g(|h()|)|;|,|x = y|return z;|return|goto out;|out:|break;|int i = f(1)".split("|"),
    *"struct s *p|p->q(r)|(*fp)(s)|tbl[i](t)|({ f(1); })|(u32)(x)|'a'|\"s(\"|0x1|[|]".split("|"),
    *"\n#if A\n|\n#else\n|\n#endif\n|\n#if 0\n|\n#define M(x) f(x)\n|/* c( */|// l\n|\\\n".split(
        "|"
    ),
    *"(|)|( {|} )|.|->".split("|"),
    *"for_each(a)|\n\t|MACRO(x)\n|sizeof|typeof(x)|__attribute__((a))|[[b]]|?|:|#|@|\r\n".split(
        "|"
    ),
]
BODIES = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)


def body(text: str) -> Module:
    """Return a module of one function that has this inside."""
    return parse_module(f"int fn(int a)\n{{\n{text}\n}}\n")
