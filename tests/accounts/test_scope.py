"""The wall in Python: no manager answers outside a scope, and what entering and leaving one does."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, ProgrammingError, connection, models, transaction

from accounts import scope
from accounts.models import Post, Tenant, Unit, User
from accounts.scope import NoScope
from projects.models import Claim, Enterprise, Project
from tests.walls.ground import tenant_models
from tests.world import acting, looking_down

pytestmark = [pytest.mark.walls, pytest.mark.django_db]


def refuses(call):
    with pytest.raises(NoScope), transaction.atomic():
        call()


@pytest.mark.covers("I6")
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model.__name__)
def test_no_manager_answers_outside_a_scope(world, model):
    for manager in (model.objects, model._base_manager, model._default_manager):
        for call in (
            manager.exists,
            manager.count,
            manager.first,
            lambda m=manager: m.get(pk=1),
            lambda m=manager: list(m.all()),
            lambda m=manager: list(m.values("pk")),
            lambda m=manager: m.in_bulk([1]),
            lambda m=manager: m.aggregate(models.Count("pk")),
            lambda m=manager: m.filter(pk=1).update(tenant_id=1),
            manager.filter,
            lambda m=manager: m.filter(pk=1).delete(),
            lambda m=manager: m.create(tenant_id=world.a.tenant_id),
            manager.create,
            lambda m=manager: m.get_or_create(pk=1),
            lambda m=manager: m.bulk_create([model(tenant_id=world.a.tenant_id)]),
            lambda m=manager: m.bulk_update([model(pk=1, tenant_id=1)], ["tenant_id"]),
            lambda m=manager: list(m.raw(f"SELECT * FROM {model._meta.db_table}")),
        ):
            refuses(call)
    refuses(model(tenant_id=world.a.tenant_id, pk=1).save)
    refuses(lambda: model(tenant_id=world.a.tenant_id).save(force_insert=True))
    refuses(model(tenant_id=world.a.tenant_id, pk=1).refresh_from_db)


@pytest.mark.covers("I6")
@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model.__name__)
def test_what_passes_the_wall_in_python_meets_the_policies(ground, model):
    """Django deletes a row that nothing refers to without asking a manager."""
    row = ground.rows(model._meta.db_table, ground.world.a.tenant_id)[0]
    deleted = 0
    with suppress(NoScope, ProgrammingError), transaction.atomic():
        deleted, _by_model = model(tenant_id=row["tenant_id"], pk=row["id"]).delete()
    assert deleted == 0


@pytest.mark.covers("I6")
def test_what_was_loaded_inside_leads_nowhere_outside(world):
    with acting(world.a.posts["clerk"]):
        project = Project.objects.get(pk=world.a.rows["project"])
        claim = Claim.objects.get(pk=world.a.rows["claim"])
        lazy = Claim.objects.all()
    user = User(pk=world.a.posts["clerk"].user_id)
    refuses(lambda: project.unit)
    refuses(project.claims.count)
    refuses(lambda: list(project.agreements.all()))
    refuses(lambda: project.claims.create(tenant_id=world.a.tenant_id))
    refuses(claim.opinions.exists)
    refuses(user.posts.count)
    refuses(lambda: models.prefetch_related_objects([project], "claims"))
    refuses(lambda: models.prefetch_related_objects([user], "posts"))
    refuses(claim.refresh_from_db)
    refuses(project.save)
    # Filtered by its tenant already, asked again outside: the database shows nothing.
    assert list(lazy) == []


@pytest.mark.covers("I6")
def test_a_scope_without_a_tenant_is_none(world):
    post = world.a.posts["clerk"]
    with transaction.atomic(), scope.enter(None, user=post.user_id, kind=scope.IDENTITY):
        refuses(Unit.objects.count)
        assert User.objects.get().pk == post.user_id


@pytest.mark.covers("I6")
def test_a_manager_stays_in_its_tenant_where_the_database_would_show_more(world):
    officer = world.city.posts["officer"]
    with acting(officer):
        assert {unit.tenant_id for unit in Unit.objects.all()} == {world.city.tenant_id}
        assert not Unit.objects.filter(pk=world.a.units["水沟镇"]).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT tenant_id) FROM accounts_unit")
            assert cursor.fetchone() == (3,)
    with looking_down(officer, world.a):
        assert {unit.tenant_id for unit in Unit.objects.all()} == {world.a.tenant_id}


# Entering a scope


def in_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.ctx', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.covers("I6")
def test_entering_needs_a_transaction(django_db_blocker):
    before, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        with pytest.raises(RuntimeError, match="transaction"), scope.enter(1):
            pass
    finally:
        connection.in_atomic_block = before
    refuses(scope.current)


@pytest.mark.covers("I6")
def test_nested_scopes_are_restored(world):
    a, b = world.a.posts["clerk"], world.b.posts["clerk"]
    before = in_database()
    with acting(a):
        outer = in_database()
        assert scope.tenant_id() == a.tenant_id
        with acting(b):
            assert scope.tenant_id() == b.tenant_id
            assert {claim.tenant_id for claim in Claim.objects.all()} == {b.tenant_id}
        assert scope.tenant_id() == a.tenant_id
        assert in_database() == outer
        assert {claim.tenant_id for claim in Claim.objects.all()} == {a.tenant_id}
    assert in_database() == before
    refuses(Claim.objects.count)


@pytest.mark.covers("I6")
def test_an_error_restores_the_outer_scope_and_undoes_the_inner_writes(world):
    a, b = world.a.posts["clerk"], world.b.posts["clerk"]
    with acting(a):
        outer = in_database()
        with pytest.raises(ZeroDivisionError), scope.enter(b.tenant_id, user=b.user_id, post=b.id):
            raise ZeroDivisionError
        assert (in_database(), scope.tenant_id()) == (outer, a.tenant_id)
        # The first error is the one that is seen, though the transaction was aborted by it.
        with (
            pytest.raises(DatabaseError, match="no_such_table"),
            scope.enter(b.tenant_id, user=b.user_id, post=b.id),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT * FROM no_such_table")
        assert (in_database(), scope.tenant_id()) == (outer, a.tenant_id)
        assert Enterprise.objects.exists()


@pytest.mark.covers("I6")
@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_a_scope_after_its_transaction():
    tenant = User.objects.count()
    assert tenant == 0
    with transaction.atomic(), scope.enter(None, user=1, kind=scope.IDENTITY):
        assert in_database()
    assert in_database() == ""
    assert Tenant.objects.count() == 0
    refuses(Post.objects.count)
