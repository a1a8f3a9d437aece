"""Tests on real Linux sources. None of their text is kept here: Debian's packages supply it."""

import pytest

# These assert on behalf of the tests, and are to show what they compared just the same.
pytest.register_assert_rewrite(f"{__name__}.checks", f"{__name__}.tool")
