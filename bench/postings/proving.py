"""`vtsplit verify --range` proves each patch of a series, with the last commit built."""

import json

from postings.checks import Checks
from postings.programs import vtsplit
from postings.subject import Posting, Subject


def check_proof(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Verify the branch `posting`, on which the tree stands, as it was built."""
    range_ = f"{subject.base}..posting"
    options = ("--range", range_, *subject.spec, *subject.proof(), "--json")
    ran = vtsplit("verify", *options, subject.tree)
    count = len(posting.patches)
    if not ran.out:
        checks.see("verify --range tells", False, ran.end)
        return
    found = json.loads(ran.out)["commits"]
    checks.see(f"verify --range sees {count} patches", len(found) == count, str(len(found)))
    for at, one in enumerate(found, 1):
        how = f"{one['mode']}, {one['files']} files, {one['objects']} objects"
        why = json.dumps({key: one[key] for key in ("differences", "problems", "limits")})[:1500]
        checks.see(f"{at:04} is proved ({how})", one["outcome"] == "proved", why)
    checks.see("verify --range ends with 0", ran.code == 0, f"{ran.code} {ran.err}")
