"""Clerks who load one workbook at the same moment, by the command, in processes of their own."""

import pytest

from tests import county
from tests.battery.processes import Worker, at_once
from tests.checker.recompute import differences
from tests.conftest import migrator_connection
from tests.county import ENTERS, REVIEWS

pytestmark = [pytest.mark.battery, pytest.mark.django_db(transaction=True)]

EXPECTED = county.exactly((county.DATA / "expected.json").read_text("utf-8"))
TABLES = {
    "targets": "assessment_target",
    "enterprises": "projects_enterprise",
    "projects": "projects_project",
    "agreements": "projects_agreement",
    "vouchers": "projects_voucher",
    "claims": "projects_claim",
}


def rows() -> dict[str, int]:
    """How many rows of each kind the county has."""
    with migrator_connection() as owner:
        counted = "SELECT count(*) FROM {} WHERE tenant_id = (SELECT id FROM accounts_tenant WHERE code = %s)"
        return {
            what: owner.execute(counted.format(table), [county.CODE]).fetchone()[0]
            for what, table in TABLES.items()
        }


@pytest.mark.covers("S0-01", "I1", "F-97")
def test_two_clerks_who_load_one_workbook_at_once_leave_one_set_of_rows(capsys):
    county.set_up()
    clerks = [ENTERS, REVIEWS, ENTERS, REVIEWS]
    loads = at_once(*(Worker(county.load, file=county.OFFICE, user=user) for user in clerks))

    wrote = [load for load in loads if load["written"]]
    assert len(wrote) == 1
    assert [load["batch"] for load in loads if not load["written"]] == [None] * 3
    left = rows()
    assert left == {what: wrote[0]["written"][what] for what in TABLES}
    assert min(left.values()) > 0
    assert differences(EXPECTED, county.both("reported")) == []

    # Loaded once more, one after the other, it changes nothing either.
    before = county.everything()
    assert county.load(county.OFFICE, user=REVIEWS)["written"] == {}
    assert county.everything() == before
    checked = county.run("verify_changes").splitlines()[-1]
    with capsys.disabled():
        print(f"\nimport race: {len(loads)} loads at once, one set of rows: {left}; {checked}")
