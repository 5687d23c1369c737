import threading, time
import pytest
from django.db import connection, transaction
from accounts import scope
from accounts.acts import act
from projects.models import *
from projects.services import claims, returns, evidence
from tests.world import acting, picture
import datetime as dt
from decimal import Decimal

def ctx(c, post, act_name="voucher.record"):
    c.set_autocommit(False)
    cur = c.cursor()
    return cur

def begin(cur, post):
    cur.execute("SELECT set_config('app.ctx', %s, true)", [scope.signed(scope.Scope(post.tenant_id, post.user_id, post.id, scope.MEMBER))])
    cur.execute("SELECT sec.begin_act('voucher.record','','')")

@pytest.mark.django_db(transaction=True)
def test_rr(world):
    a = world.a
    clerk, insp = a.posts["clerk"], a.posts["party_inspector"]
    other = connection.copy(); other.set_autocommit(False)
    cur = other.cursor()
    cur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    begin(cur, insp)
    cur.execute("SELECT count(*) FROM projects_return")
    rid = a.rows["return:城关镇"]
    with acting(clerk):
        act("voucher.record")
        v = Voucher.objects.create(kind="bank_slip", number="X1", payer_id=a.rows["enterprise"], dated_on=dt.date(2012,5,1), face_wan=5)
        c = claims.of_voucher(v, project=Project(pk=a.rows["project"]), unit=__import__("accounts.models").models.Unit(pk=a.units["城关镇"]), booked_in=Return(pk=rid), amount=Decimal(5))
        claims.write([c]); claims.write([claims.reversal(c, booked_in=Return(pk=rid))])
    try:
        cur.execute("UPDATE projects_return SET reports_closed_at=now(), opinions_closed_at=now() WHERE id=%s", [rid])
        other.commit()
        print("RR close accepted")
    except Exception as e:
        print("RR refused", e)
    other.close()
    with acting(clerk):
        with connection.cursor() as k:
            k.execute("SELECT seal = sec.return_seal(tenant_id, id), opinions_closed_at FROM projects_return WHERE id=%s", [rid])
            print("seal equal:", k.fetchone())

@pytest.mark.django_db(transaction=True)
def test_deadlock(world):
    a = world.a
    clerk, second = a.posts["clerk"], a.posts["second_clerk"]
    # Y holds the voucher FOR UPDATE through guard_claim
    with acting(clerk):
        act("voucher.record")
        v = Voucher.objects.create(kind="bank_slip", number="X1", payer_id=a.rows["enterprise"], dated_on=dt.date(2012,5,1), face_wan=50)
    y = connection.copy(); y.set_autocommit(False); yc = y.cursor(); begin(yc, clerk)
    yc.execute("INSERT INTO projects_claim (tenant_id, unit_id, booked_in_id, project_id, kind, voucher_id, happened_on, reported, state) VALUES (%s,%s,%s,%s,'paid_in',%s,'2012-05-01',5,'submitted')",
       [a.tenant_id, a.units["城关镇"], a.rows["return:城关镇"], a.rows["project"], v.pk])
    x = connection.copy(); x.set_autocommit(False); xc = x.cursor(); begin(xc, second)
    xc.execute("INSERT INTO projects_evidencelink (tenant_id, evidence_id, voucher_id) VALUES (%s,%s,%s)", [a.tenant_id, a.rows["claim:evidence"], v.pk])
    res = {}
    def commit(name, c):
        try: c.commit(); res[name] = "ok"
        except Exception as e: res[name] = str(e)[:80]
    t = threading.Thread(target=commit, args=("x", x)); 
    x._thread_sharing_count = 1; y._thread_sharing_count = 1
    t.start(); time.sleep(.7)
    commit("y", y); t.join()
    print(res)
    x.close(); y.close()
