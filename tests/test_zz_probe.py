import pytest
from tests.walls.ground import attempt
from tests.walls.papers import say
@pytest.mark.django_db
def test_x(ground):
    a,b=ground.world.a,ground.world.b
    with ground.inside(a.posts["reporter"]) as app:
        u=b.posts["head"].user_id
        print(attempt(app,"SELECT id,name FROM accounts_user WHERE id=%s",[u]))
        app.execute("INSERT INTO accounts_post(tenant_id,user_id,unit_id,role,from_on) VALUES(%s,%s,%s,'reporter','2012-01-01')",[a.tenant_id,u,a.units["水沟镇"]])
        print(attempt(app,"SELECT id,name,password FROM accounts_user WHERE id=%s",[u]))
        print(attempt(app,"INSERT INTO accounts_post(tenant_id,user_id,unit_id,role,from_on) VALUES(%s,%s,%s,'system_admin','2012-01-01')",[a.tenant_id,a.posts["reporter"].user_id,a.units["水沟镇"]],settle=True))
    with ground.inside(a.posts["party_inspector"]) as app:
        print(attempt(app,"UPDATE accounts_post SET from_on='2000-01-01', until_on='2001-01-01' WHERE user_id=%s",[a.posts["party_inspector"].user_id],settle=True))
        print(attempt(app,"INSERT INTO accounts_unitalias(id,tenant_id,unit_id,name) VALUES(%s,%s,%s,'q') ON CONFLICT DO NOTHING",[b.rows["alias"],a.tenant_id,a.units["水沟镇"]]))
    with ground.inside(a.posts["clerk"]) as app:
        print(say(app,ground,a.rows["claim"],"first_review","reject",reason="\n"))
        print(attempt(app,"SELECT count(*) FROM django_session"), attempt(app,"SELECT count(*) FROM axes_accesslog"))
