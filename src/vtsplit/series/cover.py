"""The cover letter of a series: what it does, and how to make it again."""

import shlex
from collections.abc import Sequence

from vtsplit import __version__
from vtsplit.series.changelog import words_for_all
from vtsplit.series.repository.base import Base
from vtsplit.series.repository.format_patches import Cover
from vtsplit.series.series import Series
from vtsplit.spec.document import Spec


def cover_letter(
    made: Series, spec: Spec, base: Base, prefix: str, command: Sequence[str]
) -> Cover | None:
    """Return the cover letter; None for a single patch. `command` makes the series again."""
    if len(made.patches) < 2:
        return None
    words = words_for_all([one.stage for one in made.patches], spec)
    blocks = [spec.posting.text.strip()] if spec.posting.text else [*words.paragraphs]
    blocks.append(
        f"vtsplit {__version__} has made the patches from {base.commit[:12]}. To make them "
        f"again:\n\n  {shlex.join(command)}"
    )
    stated = spec.posting.subject
    subject = prefix + stated if stated else words.subject(prefix)
    return Cover(subject, "\n\n".join(blocks))
