"""What the change log costs: the same act with its triggers and without them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts.acts import act
from tests.bench.measuring import ms, seconds, show
from tests.conftest import migrator_connection
from tests.world import acting

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

ROUNDS = 9
TRIGGERS = ("log_insert", "log_update", "log_delete")
INSERT = """
INSERT INTO projects_voucher (tenant_id, kind, number, payer_id, dated_on, face_wan, division)
SELECT %s, 'bank_slip', 'BENCH' || %s || '-' || n, %s, '2012-05-01', 100, '福建福州' FROM generate_series(1, %s) n
"""
