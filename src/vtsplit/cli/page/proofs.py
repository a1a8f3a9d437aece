"""A verdict as the page shows it."""

from vtsplit.cli.output.verify_report import as_text
from vtsplit.cli.page.content import Proof
from vtsplit.verify.verdict import Answer, Verdict

NOT_ASKED = Proof(
    "none", "not proved", ("Nobody asked for a proof: vtsplit report --verify makes one.",)
)
_HEADLINES = {
    Answer.PROVED: "proved: the same program",
    Answer.DIFFERS: "differs",
    Answer.UNKNOWN: "could not tell",
}


# From the best to the worst.
_STATES = {
    "proved": "proved",
    "weaker": "proved by texts alone",
    "none": "not proved",
    "unknown": "could not be told",
    "differs": "differ",
}


def proof_of(verdict: Verdict | None, spec: str = "") -> Proof:
    """Return what the page says of a verdict, in the words of `vtsplit verify`.

    `spec` is the one that says how the trees differ, if there is one.
    """
    if verdict is None:
        return NOT_ASKED
    headline, *lines = [line for line in as_text(verdict, spec=spec).split("\n") if line.strip()]
    if verdict.outcome is not Answer.PROVED:
        return Proof(verdict.outcome.name.lower(), _HEADLINES[verdict.outcome], (headline, *lines))
    if verdict.is_textual:
        return Proof("weaker", "proved by texts alone: the same program", tuple(lines))
    return Proof("proved", _HEADLINES[Answer.PROVED], tuple(lines))


def worst(proofs: list[Proof]) -> Proof:
    """Return one proof for several: the worst, and how many there are of each kind."""
    if len(proofs) == 1:
        return proofs[0]
    order = list(_STATES)
    found = max(proofs, key=lambda proof: order.index(proof.state))
    counts = [(sum(p.state == state for p in proofs), state) for state in order]
    said = ", ".join(f"{count} {_STATES[state]}" for count, state in counts if count)
    return Proof(found.state, found.headline, (f"{len(proofs)} commits: {said}",))
