"""The command line of `bench/postings`."""

import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from kernel.cache import UnavailableError
from postings.applying import check_abort, check_each
from postings.bad import check_bad_states
from postings.checks import Checks
from postings.mailing import check_b4_am, check_b4_prep, check_send_email
from postings.making import make_posting
from postings.proving import check_proof
from postings.style import check_style
from postings.subject import Posting, Subject
from postings.subjects import KERNELS, USERSPACE, open_kernel, open_userspace

_BAD, _USERSPACE = "bad", "e2fsprogs"
CASES = (_BAD, _USERSPACE, *KERNELS)
# In this order: a proof needs the branch and the build that the first one leaves.
_PARTS: dict[str, Callable[[Subject, Posting, Checks], None]] = {
    "patch by patch": check_each,
    "proof": check_proof,
    "git am --abort": check_abort,
    "git send-email": check_send_email,
    "checkpatch": check_style,
    "b4 am": check_b4_am,
    "b4 prep": check_b4_prep,
}


@click.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...", type=click.Choice(CASES))
def main(cases: tuple[str, ...]) -> None:
    """Do with the patches of `vtsplit series` all that a maintainer may do with them.

    \b
    bad           bad states of a small tree: one message each, and nothing changes
    e2fsprogs     three tables of e2fsprogs, each a series of its own
    single        Linux 6.1: a module of one object
    composite     Linux 6.1: a table of the driver e1000
    svm, kvm-vt   Linux 6.1: the tables of KVM
    kvm-tdx       Linux 6.1: the same with a second backend and wrappers
    kvm-tdx-6.12  Linux 6.12: the same

    A series is made twice, applied patch by patch and built after each, proved, given up halfway,
    given to git send-email, checkpatch and b4. All ways have to come to the tree of
    `split --write`. Prints a line for each check, and exits with 1 if one begins with BAD. Trees
    are built below VTSPLIT_CACHE the first time; b4 is installed there, from PyPI.
    """
    # Whoever ends the run politely, as Ctrl-C does, leaves no mounts behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    right = [_carry_out(case) for case in cases]
    sys.exit(not all(right))


def _carry_out(case: str) -> bool:
    checks = Checks(case)
    start = time.monotonic()
    try:
        if case == _BAD:
            check_bad_states(checks)
        elif case == _USERSPACE:
            for name in USERSPACE:
                _check_series(open_userspace(name), checks)
        else:
            _check_series(open_kernel(case), checks)
    except UnavailableError as error:
        checks.skip("the case", str(error))
    is_right = checks.close()
    print(f"{case}: {time.monotonic() - start:.0f} s", flush=True)
    return is_right


def _check_series(opened: AbstractContextManager[Subject], checks: Checks) -> None:
    with checks.part("the series is made"), opened as subject:
        checks.about(subject.name)
        posting = make_posting(subject, checks)
        for name, check in _PARTS.items():
            if check is check_style and not subject.is_kernel:
                continue
            with checks.part(name):
                check(subject, posting, checks)
