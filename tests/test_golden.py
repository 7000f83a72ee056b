"""Golden files: what must not change unseen.  `python tests/golden/write.py` writes them anew."""

import pytest

from tests.golden.write import HERE, golden


@pytest.mark.parametrize("name", golden())
def test_a_golden_file_is_what_is_written_today(name):
    """A difference is either a mistake or a line in the changelog."""
    assert golden()[name] == (HERE / name).read_text(encoding="utf-8")
