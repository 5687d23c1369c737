"""Many workbooks with random edits, each loaded, decided, closed and told by the commands."""

import pytest

from tests import county
from tests.assessment.test_half_year import told
from tests.checker.edits import edited


@pytest.mark.battery
@pytest.mark.covers("S0-01", "S2-06", "S2-07", "S2-08", "S2-09", "S2-10", "F-38", "I2", "I14")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 125))
def test_an_edited_workbook_comes_out_as_recomputed(seed, tmp_path):
    content, edits = edited(county.OFFICE.read_bytes(), seed)
    assert told(content, tmp_path / "edited.xlsx") == [], "\n".join(edits)
