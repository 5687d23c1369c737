"""Checks of what guards people, posts and second factors, in raw SQL as the application."""

import dataclasses
import uuid

from tests.walls.ground import Ground, Outcome, add, attempt, become, insert

NO_PRIVILEGE = "42501"
BROKEN_CHECK = "23514"


def accounts_are_kept_by_another_administrator(ground: Ground) -> None:
    """Names, initial passwords and devices of others: by the right post of the own tenant, in an act."""
    a, b, city = ground.world.a, ground.world.b, ground.world.city
    person = a.posts["head"].user_id
    change = "SELECT sec.change_user(%s, '新名', 'XM xinming', false)"
    reset = "SELECT sec.reset_password(%s, 'x', NULL) AS done"
    device = "SELECT sec.reset_factor(%s)"
    with ground.inside(a.posts["admin"]) as app:
        assert not attempt(app, change, [person]).refused
        assert attempt(app, reset, [person]).rows == [{"done": True}]
        for other in (a.posts["admin"].user_id, b.posts["head"].user_id, 10**12):
            for statement in (change, reset):
                assert attempt(app, statement, [other]).code == NO_PRIVILEGE, (statement, other)
        # The other half of the key is another administrator's.
        assert attempt(app, device, [person]).code == NO_PRIVILEGE
        # What was handed out since one looked is not handed out again.
        app.execute(reset, [person])
        assert attempt(app, reset, [person]).rows == [{"done": False}]
    others = [post for stem, post in a.posts.items() if stem != "admin"]
    for post in (*others, city.posts["admin"], b.posts["admin"]):
        with ground.inside(post) as app:
            for statement in (change, reset, device):
                assert attempt(app, statement, [person]).code == NO_PRIVILEGE, post
    with ground.inside(a.posts["admin"], act=False) as app:
        for statement in (change, reset):
            assert attempt(app, statement, [person]).code == NO_PRIVILEGE, "outside an act"
    with ground.context(None) as app:
        for statement in (change, reset, device, "SELECT sec.bind_factor()"):
            found = attempt(app, statement, [person] if "%s" in statement else ())
            assert found.code == NO_PRIVILEGE, statement


def a_device_is_seen_by_its_person_alone(ground: Ground) -> None:
    """Nobody reads, plants or counts another's device; it proves itself before it is bound."""
    a = ground.world.a
    own, other = a.posts["party_inspector"], a.posts["government_inspector"]
    plant = "INSERT INTO accounts_secondfactor (user_id, secret) VALUES (%s, 'x')"
    with ground.owner.transaction():
        ground.owner.execute(plant, [other.user_id])
    try:
        for context in (own, a.posts["admin"], a.posts["clerk"]):
            with ground.inside(context) as app:
                assert not app.execute("SELECT * FROM accounts_secondfactor").fetchall()
                assert attempt(app, plant, [a.posts["leader"].user_id]).code == NO_PRIVILEGE
                assert attempt(app, "UPDATE accounts_secondfactor SET failures = 0").count == 0
                assert attempt(app, "DELETE FROM accounts_secondfactor").code == NO_PRIVILEGE
        with ground.inside(own) as app:
            assert not attempt(app, plant, [own.user_id]).refused
            assert attempt(app, "SELECT sec.bind_factor()").code == NO_PRIVILEGE, "without a device"
            app.execute(plant, [own.user_id])
            seen = app.execute("SELECT user_id FROM accounts_secondfactor").fetchall()
            assert seen == [{"user_id": own.user_id}]
            assert attempt(app, "SELECT sec.bind_factor()").code == NO_PRIVILEGE, "before its first code"
            for column, value in (("user_id", other.user_id), ("secret", "y")):
                moved = f"UPDATE accounts_secondfactor SET {column} = %s"
                assert attempt(app, moved, [value]).code == NO_PRIVILEGE, column
            assert app.execute("UPDATE accounts_secondfactor SET step = 1").rowcount == 1
            assert not attempt(app, "SELECT sec.bind_factor()").refused
            app.execute("SELECT sec.bind_factor()")
            assert attempt(app, "SELECT sec.bind_factor()").code == NO_PRIVILEGE, "bound already"
        with ground.bare("accounts_secondfactor"), ground.inside(own) as app:
            own_row = "UPDATE accounts_secondfactor SET user_id = %s"
            app.execute(plant, [own.user_id])
            assert attempt(app, own_row, [a.posts["leader"].user_id]).code == NO_PRIVILEGE
            assert attempt(app, "DELETE FROM accounts_secondfactor").count == 0
    finally:
        with ground.owner.transaction():
            ground.owner.execute("DELETE FROM accounts_secondfactor")


def a_chosen_password_is_no_initial_one(ground: Ground) -> None:
    a = ground.world.a
    person = a.posts["head"]
    until = "SELECT initial_until FROM accounts_user WHERE id = %s"
    with ground.inside(a.posts["admin"]) as app:
        app.execute("SELECT sec.reset_password(%s, 'handed out', NULL)", [person.user_id])
        assert app.execute(until, [person.user_id]).fetchone()["initial_until"] is not None
        become(app, person)
        app.execute("UPDATE accounts_user SET password = 'handed out'")
        assert app.execute(until, [person.user_id]).fetchone()["initial_until"] is not None
        cleared = "UPDATE accounts_user SET initial_until = NULL"
        assert attempt(app, cleared).code == NO_PRIVILEGE, "the deadline was taken away"
        app.execute("UPDATE accounts_user SET password = 'chosen'")
        assert app.execute(until, [person.user_id]).fetchone()["initial_until"] is None


def last_security_administrator(ground: Ground) -> Outcome:
    """The only one of a county cannot be ended."""
    a = ground.world.a
    with ground.inside(a.posts["admin"]) as app:
        first = add(
            app,
            "accounts_post",
            tenant_id=a.tenant_id,
            unit_id=a.units["招商局"],
            from_on="2012-01-01",
            pending=False,
            user_id=a.posts["clerk"].user_id,
            role="security_admin",
        )
        return attempt(app, "UPDATE accounts_post SET until_on = '2012-06-30' WHERE id = %s", [first])


REFUSALS = {"PT401": last_security_administrator}


def deciding_posts_wait_for_the_security_administrator(ground: Ground) -> None:
    """Nobody gives posts to himself, changes what a post is, or holds two administrations at once."""
    a = ground.world.a
    row = {"tenant_id": a.tenant_id, "unit_id": a.units["招商局"], "from_on": "2012-01-01", "pending": False}
    clerk, leader = a.posts["clerk"].user_id, a.posts["leader"].user_id
    state = "SELECT pending, until_on FROM accounts_post WHERE id = %s"
    with ground.inside(a.posts["admin"]) as app:
        own = {**row, "user_id": a.posts["admin"].user_id, "role": "bureau"}
        assert attempt(app, *insert("accounts_post", own)).code == NO_PRIVILEGE, "to himself"
        for column, value in (("role", "'inspection'"), ("unit_id", "unit_id + 1"), ("duty", "'first'")):
            changed = f"UPDATE accounts_post SET {column} = {value} WHERE user_id = %s"
            assert attempt(app, changed, [leader]).code == NO_PRIVILEGE, column
        # The first security administrator needs nobody; from then on others wait, whatever the row says.
        first = add(app, "accounts_post", **row, user_id=clerk, role="security_admin")
        assert app.execute(state, [first]).fetchone()["pending"] is False
        two = {**row, "user_id": clerk, "role": "audit_admin"}
        assert attempt(app, *insert("accounts_post", two)).code == "23P01", "two administrations"
        waiting = add(app, "accounts_post", **row, user_id=leader, role="inspection")
        assert app.execute(state, [waiting]).fetchone()["pending"] is True
        plain = add(app, "accounts_post", **row, user_id=leader, role="leader")
        assert app.execute(state, [plain]).fetchone()["pending"] is False
        app.execute("UPDATE accounts_post SET pending = false WHERE id = %s", [waiting])
        assert app.execute(state, [waiting]).fetchone()["pending"] is True, "confirmed by the one who gave it"
        ended = "UPDATE accounts_post SET until_on = '2012-06-30' WHERE id = %s"
        # A pending post is none: not in the list of the person's own, and it administers nothing.
        became = {"id": waiting, "user_id": leader, "tenant_id": a.tenant_id}
        become(app, dataclasses.replace(a.posts["leader"], **became))
        assert waiting not in {
            line["id"] for line in app.execute("SELECT id FROM sec.own_posts()").fetchall()
        }
        become(app, dataclasses.replace(a.posts["clerk"], id=first, role="security_admin"))
        for statement in (
            "UPDATE accounts_post SET from_on = '2011-01-01' WHERE id = %s",
            "UPDATE accounts_post SET role = 'bureau' WHERE id = %s",
        ):
            assert attempt(app, statement, [waiting]).code == NO_PRIVILEGE, statement
        assert attempt(app, ended, [plain]).code == NO_PRIVILEGE, "an ordinary post"
        assert attempt(app, ended, [first]).code == NO_PRIVILEGE, "the own one"
        new = {**row, "user_id": leader, "role": "bureau"}
        assert attempt(app, *insert("accounts_post", new)).code == NO_PRIVILEGE, "a new one"
        app.execute("UPDATE accounts_post SET pending = false WHERE id = %s", [waiting])
        app.execute(ended, [waiting])
        longer = "UPDATE accounts_post SET until_on = NULL WHERE id = %s"
        assert attempt(app, longer, [waiting]).code == NO_PRIVILEGE, "prolonged without the other half"
        become(app, a.posts["admin"])
        app.execute(longer, [waiting])
        assert app.execute(state, [waiting]).fetchone()["pending"] is True, "a longer post waits again"


def a_kept_form_is_its_own_persons(ground: Ground) -> None:
    """Nobody leaves a form that another person would find answered."""
    a = ground.world.a
    kept = {"tenant_id": a.tenant_id, "key": str(uuid.uuid4()), "digest": "0" * 64, "answer": "/"}
    clerk, head = a.posts["clerk"].user_id, a.posts["head"].user_id
    with ground.inside(a.posts["clerk"]) as app:
        others = attempt(app, *insert("accounts_sentform", {**kept, "user_id": head}))
        assert others.code == NO_PRIVILEGE, "in another's name"
        own = add(app, "accounts_sentform", **kept, user_id=clerk)
        given = "UPDATE accounts_sentform SET user_id = %s WHERE id = %s"
        assert attempt(app, given, [head, own]).code == NO_PRIVILEGE, "given away"


def a_saved_filter_is_its_own_posts(ground: Ground) -> None:
    """Nobody writes, takes over, hands on or takes away a filter, shared or not; it leads into the portal."""
    a = ground.world.a
    clerk, colleague = a.posts["clerk"], a.posts["second_clerk"]
    table, row = "accounts_savedfilter", {"tenant_id": a.tenant_id, "name": "我的", "shared": True}
    about, own = {**row, "address": "/units/?q=x"}, a.rows["saved_filter"]
    change = f"UPDATE {table} SET shared = true WHERE id = %s"
    move, remove = f"UPDATE {table} SET post_id = %s WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"
    with ground.inside(colleague) as app:
        assert attempt(app, *insert(table, {**about, "post_id": clerk.id})).code == NO_PRIVILEGE
        assert attempt(app, change, [own]).code == NO_PRIVILEGE
        assert attempt(app, move, [colleague.id, own]).code == NO_PRIVILEGE
        assert attempt(app, remove, [own]).code == NO_PRIVILEGE
    with ground.inside(clerk) as app:
        assert attempt(app, move, [colleague.id, own]).code == NO_PRIVILEGE
        for wrong in ("//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil.example", ""):
            found = attempt(app, *insert(table, {**about, "post_id": clerk.id, "address": wrong}))
            assert found.code == BROKEN_CHECK, wrong
        unnamed = insert(table, {**about, "post_id": clerk.id, "name": " "})
        assert attempt(app, *unnamed).code == BROKEN_CHECK
        assert attempt(app, change, [own]).count == 1
        assert attempt(app, remove, [own]).count == 1


CHECKS = [
    a_kept_form_is_its_own_persons,
    accounts_are_kept_by_another_administrator,
    a_device_is_seen_by_its_person_alone,
    a_saved_filter_is_its_own_posts,
    a_chosen_password_is_no_initial_one,
    deciding_posts_wait_for_the_security_administrator,
]
