"""The cover letter of a series: what it does, and how to make it again."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from vtsplit import __version__
from vtsplit.series.changelog import words_for_all
from vtsplit.series.repository.base import Base
from vtsplit.series.repository.format_patches import Cover
from vtsplit.series.series import Series
from vtsplit.series.words import filled
from vtsplit.spec.document import Spec


@dataclass(frozen=True)
class Remake:
    """The command that makes a series again, and how many of its patches were proved."""

    command: Sequence[str]
    proved: int


def cover_letter(
    made: Series, spec: Spec, base: Base, beginning: str, remake: Remake
) -> Cover | None:
    """Return the cover letter; None for a single patch."""
    if len(made.patches) < 2:
        return None
    words = words_for_all([one.stage for one in made.patches], spec)
    blocks = [spec.posting.text.strip()] if spec.posting.text else [*words.paragraphs]
    if remake.proved:
        count = len(made.patches)
        which = f"all {count}" if remake.proved == count else f"{remake.proved} of the {count}"
        text = (
            f"`vtsplit verify` has proved for {which} patches that the program stays the same; "
            "each of them says how. When the patches are applied, `vtsplit verify --range` proves "
            "it again."
        )
        blocks.append(filled(text))
    text = f"vtsplit {__version__} made these patches from {base.commit[:12]}. To make them again:"
    blocks.append(f"{filled(text)}\n\n  {shlex.join(remake.command)}")
    stated = spec.posting.subject
    subject = beginning + stated if stated else words.subject(beginning)
    return Cover(subject, "\n\n".join(blocks))
