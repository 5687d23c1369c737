"""Checks of the ledger's guards, in raw SQL as the application: what each refuses, and no more."""

from tests.walls import acts, draws, exports, matters, outside, people, publicity, reopening, site_records
from tests.walls.ground import Ground, Outcome, add, attempt, become, insert, looking_down, set_context
from tests.walls.papers import (
    claim,
    claim_again,
    claim_row,
    close,
    decide,
    one,
    opinion_row,
    resubmit,
    say,
    voucher,
)

NO_PRIVILEGE = "42501"


# Every code that the triggers raise, once: (who acts, what leads to it). The functions return the outcome.


def closed_for_reports(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        own = {"unit_id": a.units["城关镇"], "booked_in_id": a.rows["return:城关镇"]}
        row = claim_row(ground, voucher_id=voucher(app, ground), **own)
        assert not attempt(app, *insert("projects_claim", row)).refused
        close(app, ground, "城关镇")
        return attempt(app, *insert("projects_claim", row))


def closed_for_opinions(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["second_clerk"]) as app:
        decide(app, ground, a.rows["office_claim"])
        last = app.execute("SELECT max(id) AS id FROM assessment_opinion").fetchone()["id"]
        again = {"verdict": "reduce", "accepted": 1, "supersedes_id": last}
        assert not say(app, ground, a.rows["office_claim"], "inspection", **again).refused
        close(app, ground, "县委办")
        # The superior's own column stays open.
        set_context(app, looking_down(ground.world.city.posts["officer"], a))
        assert not say(app, ground, a.rows["office_claim"], "superior", "accept").refused
        become(app, a.posts["government_inspector"])
        return say(app, ground, a.rows["office_claim"], "inspection", **again)


def no_return_of_the_unit(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        row = claim_row(ground, voucher_id=voucher(app, ground), unit_id=a.units["城关镇"])
        return attempt(app, *insert("projects_claim", row))


def undecided_cannot_close(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["government_inspector"]) as app:
        both = (
            "UPDATE projects_return SET reports_closed_at = now(), opinions_closed_at = now() WHERE id = %s"
        )
        assert not attempt(app, both, [a.rows["return:城关镇"]]).refused
        period = "UPDATE projects_period SET closed_at = now() WHERE id = %s"
        assert attempt(app, period, [a.rows["period"]]).code == "PT104", "a period closed over open Returns"
        return attempt(app, both, [a.rows["return:水沟镇"]])


def closed_stays_closed(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        withdraw = "UPDATE projects_return SET submitted_at = NULL WHERE id = %s"
        assert attempt(app, withdraw, [a.rows["return:水沟镇"]]).code == "PT105", "withdrawn after a decision"
        assert not attempt(app, withdraw, [a.rows["return:县委办"]]).refused
        moved = "UPDATE projects_return SET unit_id = unit_id + 1 WHERE id = %s"
        assert attempt(app, moved, [a.rows["return:城关镇"]]).code == "PT105"
        close(app, ground, "城关镇")
        sealed = one(app, "projects_return", a.rows["return:城关镇"])
        expected = app.execute(
            "SELECT sec.return_seal(%s, %s) AS seal", [a.tenant_id, a.rows["return:城关镇"]]
        ).fetchone()["seal"]
        assert sealed["seal"] == expected, "closed without its seal"
        return attempt(
            app, "UPDATE projects_return SET on_behalf = true WHERE id = %s", [a.rows["return:城关镇"]]
        )


def own_entry(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        return say(app, ground, a.rows["office_claim"], "first_review", "accept")


def interest(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["second_clerk"]) as app:
        add(
            app, "assessment_opinion", **opinion_row(ground, a.rows["office_claim"], "first_review", "accept")
        )
        become(app, a.posts["government_inspector"])
        assert not say(app, ground, a.rows["office_claim"], "inspection", "accept").refused
        become(app, a.posts["party_inspector"])
        return say(app, ground, a.rows["office_claim"], "inspection", "accept")


def role_of_another_step(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["head"]) as app:
        return say(app, ground, a.rows["claim"], "first_review", "accept")


def step_out_of_order(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        return say(app, ground, a.rows["claim"], "inspection", "accept")


def amount_that_does_not_fit(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        return say(app, ground, a.rows["claim"], "first_review", "accept", accepted=999)


def not_submitted(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        new = claim(app, ground)
        become(app, a.posts["clerk"])
        with app.transaction(force_rollback=True):
            resubmit(app, ground)
            assert not say(app, ground, new, "first_review", "accept").refused
        return say(app, ground, new, "first_review", "accept")


def signed_by_one_office(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["party_inspector"]) as app:
        row = {"tenant_id": a.tenant_id, "kind": "", "valid_from": "2012-01-01", "document": ""}
        steps = {"completeness": False, "first_review": False, "joint": True}
        add(app, "assessment_procedure", **row, **steps)
        add(app, "assessment_opinion", **opinion_row(ground, a.rows["claim"], "inspection", "accept"))
        become(app, a.posts["government_inspector"])
        assert not say(app, ground, a.rows["claim"], "joint", "accept").refused
        become(app, a.posts["party_inspector"])
        return say(app, ground, a.rows["claim"], "joint", "accept")


def replacement_before_its_reversal(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        old = claim(app, ground)
        resubmit(app, ground)
        decide(app, ground, old)
        become(app, a.posts["reporter"])
        row = {**claim_row(ground), **one(app, "projects_claim", old)}
        kept = {
            name: row[name] for name in claim_row(ground, voucher_id=0) if name not in ("reported", "state")
        }
        add(app, "projects_claim", **kept, reported=-100, reverses_id=old, state="submitted")
        new = add(app, "projects_claim", **kept, reported=60, replaces_id=old, state="submitted")
        resubmit(app, ground)
        become(app, a.posts["second_clerk"])
        add(app, "assessment_opinion", **opinion_row(ground, new, "first_review", "accept"))
        become(app, a.posts["government_inspector"])
        assert not say(app, ground, new, "inspection", "reject").refused
        return say(app, ground, new, "inspection", "accept")


def replacement_of_something_else(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        old = claim(app, ground)
        paper = one(app, "projects_claim", old)["voucher_id"]
        row = claim_row(ground, voucher_id=paper, reported=60, replaces_id=old)
        assert attempt(app, *insert("projects_claim", row)).code == "PT309", "replaced without a reversal"
        add(app, "projects_claim", **claim_row(ground, voucher_id=paper, reported=-100, reverses_id=old))
        assert not attempt(app, *insert("projects_claim", row)).refused
        return attempt(app, *insert("projects_claim", {**row, "happened_on": "2012-06-02"}))


def above_the_face_value(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["clerk"]) as app:
        paper = voucher(app, ground, face=100)
        add(app, "projects_claim", **claim_row(ground, voucher_id=paper, reported=60))
        rest = claim_row(ground, voucher_id=paper, reported=40)
        assert not attempt(app, *insert("projects_claim", rest)).refused
        return attempt(app, *insert("projects_claim", {**rest, "reported": "40.000001"}))


def not_the_reversal(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        new = claim(app, ground)
        assert not claim_again(app, ground, new).refused
        assert claim_again(app, ground, new, project_id=a.rows["bureau_project"]).code == "PT302"
        assert claim_again(app, ground, new, happened_on="2012-06-02").code == "PT302"
        return claim_again(app, ground, new, reported=-99)


def negative(ground: Ground) -> Outcome:
    with ground.inside(ground.world.a.posts["clerk"]) as app:
        row = claim_row(ground, voucher_id=voucher(app, ground), reported=-1)
        return attempt(app, *insert("projects_claim", row))


def cited_paper_changed(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        free = voucher(app, ground)
        assert attempt(app, "UPDATE projects_voucher SET face_wan = 5 WHERE id = %s", [free]).count == 1
        signed = "UPDATE projects_agreement SET total_wan = 9999 WHERE id = %s"
        assert attempt(app, signed, [a.rows["agreement"]]).code == "PT304", "a cited agreement was changed"
        return attempt(
            app, "UPDATE projects_voucher SET face_wan = 5 WHERE id = %s", [a.rows["claim:voucher"]]
        )


def used_split_changed(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        line = {"split_id": a.rows["split"], "unit_id": a.units["招商局"], "kind": "paid_in", "share": "0.5"}
        return attempt(app, *insert("projects_splitline", {"tenant_id": a.tenant_id, **line}))


def shares_that_do_not_add_up(ground: Ground) -> Outcome:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        split = {"project_id": a.rows["project"], "document": "另一份", "agreed_on": "2012-01-01"}
        new = add(app, "projects_split", tenant_id=a.tenant_id, double_credit=False, **split)
        line = {"tenant_id": a.tenant_id, "split_id": new, "unit_id": a.units["招商局"], "kind": "paid_in"}
        assert not attempt(app, *insert("projects_splitline", {**line, "share": 1}), settle=True).refused
        return attempt(app, *insert("projects_splitline", {**line, "share": "0.5"}), settle=True)


def no_zero_report(ground: Ground) -> Outcome:
    """Only a submitted Return without claims is confirmed, by an inspection office without an interest."""
    a = ground.world.a
    confirm = "UPDATE projects_return SET zero_confirmed_at = now(), zero_confirmed_by = '假' WHERE id = %s"
    town, house = a.rows["return:城关镇"], a.rows["return:县委办"]
    with ground.inside(a.posts["other_head"]) as app:
        assert attempt(app, confirm, [town]).code == "PT109", "confirmed before it was submitted"
        app.execute("UPDATE projects_return SET submitted_at = now() WHERE id = %s", [town])
        assert attempt(app, confirm, [town]).code == "PT203", "a unit confirmed its own"
        become(app, a.posts["party_inspector"])
        app.execute("UPDATE projects_return SET zero_confirmed_by = '假' WHERE id = %s", [town])
        assert one(app, "projects_return", town)["zero_confirmed_by"] == "", "a name without a moment"
        app.execute(confirm, [town])
        confirmed = one(app, "projects_return", town)
        assert confirmed["zero_confirmed_by"] == "县委督查室·inspection"
        app.execute("UPDATE projects_return SET zero_confirmed_at = NULL WHERE id = %s", [town])
        assert one(app, "projects_return", town) == confirmed, "a confirmation was taken away"
        app.execute("UPDATE projects_return SET submitted_at = now() WHERE id = %s", [town])
        again = one(app, "projects_return", town)
        assert again["zero_confirmed_at"] is None, "it outlived its submission"
        assert again["zero_confirmed_by"] == ""
        own = a.rows["return:县政府办"]
        app.execute("UPDATE projects_return SET submitted_at = now() WHERE id = %s", [own])
        become(app, a.posts["government_inspector"])
        assert attempt(app, confirm, [own]).code == "PT202", "confirmed for the own house"
        assert attempt(app, confirm, [house]).code == "PT109", "a Return with claims"
        close(app, ground, "城关镇")
        return attempt(app, confirm, [town])


REFUSALS = {
    "PT101": closed_for_reports,
    "PT102": closed_for_opinions,
    "PT103": no_return_of_the_unit,
    "PT104": undecided_cannot_close,
    "PT105": closed_stays_closed,
    "PT109": no_zero_report,
    "PT201": own_entry,
    "PT202": interest,
    "PT203": role_of_another_step,
    "PT204": step_out_of_order,
    "PT205": amount_that_does_not_fit,
    "PT206": not_submitted,
    "PT207": signed_by_one_office,
    "PT208": replacement_before_its_reversal,
    "PT301": above_the_face_value,
    "PT302": not_the_reversal,
    "PT303": negative,
    "PT304": cited_paper_changed,
    "PT305": used_split_changed,
    "PT309": replacement_of_something_else,
    "PT306": shares_that_do_not_add_up,
    **acts.REFUSALS,
    **reopening.REFUSALS,
    **draws.REFUSALS,
    **people.REFUSALS,
    **publicity.REFUSALS,
    **matters.REFUSALS,
    **exports.REFUSALS,
    **outside.REFUSALS,
    **site_records.REFUSALS,
}


def every_refusal_has_its_code(ground: Ground) -> None:
    for code, lead in REFUSALS.items():
        outcome = lead(ground)
        assert outcome.code == code, f"{lead.__name__}: {outcome}"


def a_claim_arrives_undecided(ground: Ground) -> None:
    """Decision columns are refused at the insert; who and when are the database's own."""
    a = ground.world.a
    with ground.inside(a.posts["reporter"]) as app:
        row = claim_row(ground, voucher_id=voucher(app, ground))
        for column, value in {"reviewed": 1, "verified": 1, "superior": 1, "state": "decided"}.items():
            outcome = attempt(app, *insert("projects_claim", {**row, column: value}))
            assert outcome.code == NO_PRIVILEGE, f"a claim arrived with {column}"
        forged = {"entered_by_id": a.posts["leader"].user_id, "entered_at": "2001-01-01"}
        new = one(app, "projects_claim", add(app, "projects_claim", **row, **forged))
        assert new["entered_by_id"] == a.posts["reporter"].user_id
        assert new["entered_at"].year > 2001
        for statement in (
            "UPDATE projects_claim SET verified = 1 WHERE id = %s",
            "UPDATE projects_claim SET reported = 1 WHERE id = %s",
            "DELETE FROM projects_claim WHERE id = %s",
            "UPDATE assessment_opinion SET accepted = 1 WHERE claim_id = %s",
            "DELETE FROM assessment_opinion WHERE claim_id = %s",
        ):
            assert attempt(app, statement, [a.rows["decided_claim"]]).code == NO_PRIVILEGE, statement


def a_withdrawal_stands_at_once(ground: Ground) -> None:
    with ground.inside(ground.world.a.posts["reporter"]) as app:
        new = claim(app, ground)
        row = one(app, "projects_claim", new)
        kept = ("unit_id", "project_id", "kind", "voucher_id", "booked_in_id", "tenant_id")
        minus = {column: row[column] for column in kept} | {"happened_on": "2012-06-01", "reported": -100}
        reversal = add(app, "projects_claim", **minus, reverses_id=new, state="submitted")
        assert {one(app, "projects_claim", item)["state"] for item in (new, reversal)} == {"reversed"}


def an_opinion_writes_its_claim(ground: Ground) -> None:
    """Reviewed, verified and superior follow the opinions; who said it is the database's own."""
    a, city = ground.world.a, ground.world.city
    office = a.rows["office_claim"]
    with ground.inside(a.posts["second_clerk"]) as app:
        decide(app, ground, office)
        row = one(app, "projects_claim", office)
        assert (row["reviewed"], row["verified"], row["superior"], row["state"]) == (
            100,
            100,
            None,
            "decided",
        )
        set_context(app, looking_down(city.posts["officer"], a))
        given = {"actor_id": a.posts["leader"].user_id, "post_label": "冒名", "at": "2001-01-01"}
        said = opinion_row(ground, office, "superior", "reduce", accepted=70, **given)
        opinion = one(app, "assessment_opinion", add(app, "assessment_opinion", **said))
        assert (opinion["actor_id"], opinion["post_label"]) == (
            city.posts["officer"].user_id,
            "市招商局·superior",
        )
        assert opinion["at"].year > 2001
        row = one(app, "projects_claim", office)
        assert (row["reviewed"], row["verified"], row["superior"], row["state"]) == (100, 100, 70, "decided")


def a_correction_takes_back_every_column(ground: Ground) -> None:
    """A reversal that an inspector accepts carries the minus of what was decided, and settles its claim."""
    a = ground.world.a
    office = a.rows["office_claim"]
    with ground.inside(a.posts["second_clerk"]) as app:
        decide(app, ground, office)
        become(app, a.posts["clerk"])
        row = one(app, "projects_claim", office)
        kept = ("unit_id", "project_id", "kind", "voucher_id", "booked_in_id", "tenant_id")
        minus = {column: row[column] for column in kept} | {
            "happened_on": str(row["happened_on"]),
            "reported": -100,
        }
        reversal = add(app, "projects_claim", **minus, reverses_id=office, state="submitted")
        assert one(app, "projects_claim", office)["state"] == "decided"
        resubmit(app, ground, "县委办")
        decide(app, ground, reversal)
        settled = one(app, "projects_claim", reversal)
        assert (settled["reviewed"], settled["verified"], settled["state"]) == (-100, -100, "decided")
        assert one(app, "projects_claim", office)["state"] == "reversed"


def a_return_begins_open_in_an_open_period(ground: Ground) -> None:
    a = ground.world.a
    with ground.inside(a.posts["clerk"]) as app:
        year = app.execute("SELECT id FROM projects_period WHERE kind = 'year'").fetchone()["id"]
        row = {"tenant_id": a.tenant_id, "unit_id": a.units["水沟镇"], "period_id": year}
        row |= {"submitted_by": "", "confirmed_by": "", "on_behalf": False, "reopen_reason": "", "seal": ""}
        assert not attempt(app, *insert("projects_return", row)).refused
        for forged in ({"submitted_at": "2012-07-01"}, {"reports_closed_at": "2012-07-01"}, {"seal": "x"}):
            assert attempt(app, *insert("projects_return", {**row, **forged})).code in {
                NO_PRIVILEGE,
                "23514",
            }, forged
        submitted = attempt(app, *insert("projects_return", {**row, "submitted_at": "2012-07-01"}))
        assert submitted.code == NO_PRIVILEGE
        app.execute("UPDATE projects_period SET closed_at = now() WHERE id = %s", [year])
        assert attempt(app, *insert("projects_return", row)).code == "PT101"
        closed = attempt(app, "UPDATE projects_period SET name = 'x' WHERE id = %s", [year])
        assert closed.code == "PT105", "a closed period was changed"


def a_unit_represents_what_lies_below(ground: Ground) -> None:
    """Only a jurisdiction below the own one: not the neighbour, not the own, not one that is not there."""
    a, b, city = ground.world.a, ground.world.b, ground.world.city
    row = {"name": "代表", "kind": "jurisdiction", "organisation_code": "", "exempt": False, "sort_key": ""}
    with ground.inside(city.posts["admin"]) as app:
        below = {**row, "tenant_id": city.tenant_id, "represents_id": a.tenant_id}
        assert not attempt(app, *insert("accounts_unit", below), settle=True).refused
    with ground.inside(a.posts["admin"]) as app:
        for other in (b.tenant_id, city.tenant_id, a.tenant_id, 10**12):
            wrong = {**row, "tenant_id": a.tenant_id, "represents_id": other}
            assert attempt(app, *insert("accounts_unit", wrong), settle=True).code == NO_PRIVILEGE, other
            changed = "UPDATE accounts_unit SET represents_id = %s WHERE id = %s"
            assert attempt(app, changed, [other, a.units["水沟镇"]], settle=True).code == NO_PRIVILEGE


def posts_are_given_by_the_administrator_to_the_own_people(ground: Ground) -> None:
    """A post in county A shows its person there, and its dates decide on interests."""
    a, b = ground.world.a, ground.world.b
    row = {"tenant_id": a.tenant_id, "unit_id": a.units["水沟镇"], "role": "leader", "from_on": "2012-01-01"}
    own, theirs = a.posts["head"].user_id, b.posts["head"].user_id
    with ground.inside(a.posts["admin"]) as app:
        assert not attempt(app, *insert("accounts_post", {**row, "user_id": own}), settle=True).refused
        for other in (theirs, 10**12):
            given = attempt(app, *insert("accounts_post", {**row, "user_id": other}), settle=True)
            assert given.code == NO_PRIVILEGE, f"a post was given to {other}"
            moved = attempt(app, "UPDATE accounts_post SET user_id = %s WHERE user_id = %s", [other, own])
            assert moved.code == NO_PRIVILEGE
        new = app.execute("SELECT sec.add_user('newcomer', '新人', '', '!', true) AS id").fetchone()["id"]
        assert not attempt(app, *insert("accounts_post", {**row, "user_id": new}), settle=True).refused
    for stem, post in a.posts.items():
        if stem != "admin":
            with ground.inside(post) as app:
                given = attempt(app, *insert("accounts_post", {**row, "user_id": post.user_id}))
                assert given.code == NO_PRIVILEGE, stem
                own = "UPDATE accounts_post SET until_on = from_on WHERE user_id = %s"
                ended = attempt(app, own, [post.user_id])
                assert ended.code == NO_PRIVILEGE, stem


def clients_are_given_by_two_administrators(ground: Ground) -> None:
    """A client is a right to read the county: nobody else adds one or lets one in again."""
    a = ground.world.a
    row = {"tenant_id": a.tenant_id, "name": "planted", "groups": [], "addresses": [], "disabled": False}
    row |= {"expires_on": "2012-12-31", "key_hash": "0" * 64, "issued_on": "2012-07-02"}
    longer = "UPDATE accounts_client SET expires_on = '2099-12-31'"
    for post in a.posts.values():
        with ground.inside(post) as app:
            outcomes = [attempt(app, *insert("accounts_client", row)), attempt(app, longer)]
            expected = "" if post.role in {"system_admin", "security_admin"} else NO_PRIVILEGE
            assert {outcome.code for outcome in outcomes} == {expected}, post.role


def a_client_is_found_by_its_hash_alone_and_before_a_scope(ground: Ground) -> None:
    a, b = ground.world.a, ground.world.b
    ask = "SELECT name, tenant_id FROM sec.client_row(%s)"
    known = {county.prefix: ground.rows("accounts_client", county.tenant_id)[0] for county in (a, b)}
    with ground.context(None) as app:
        for row in known.values():
            assert [found["tenant_id"] for found in attempt(app, ask, [row["key_hash"]]).rows] == [
                row["tenant_id"]
            ]
        for other in ("", "0" * 64, known["a"]["name"], "%"):
            assert not attempt(app, ask, [other]).rows
        assert not attempt(app, "SELECT * FROM accounts_client").rows
    for post in (a.posts["admin"], a.posts["clerk"]):
        with ground.inside(post, act=False) as app:
            assert not attempt(app, ask, [known["a"]["key_hash"]]).rows
    with ground.as_owner("accounts_client") as owner:
        owner.execute("UPDATE accounts_client SET next_key_hash = %s", [known["a"]["key_hash"]])
        assert not attempt(owner, ask, [known["a"]["key_hash"]]).rows, "one hash, two clients"


def guards_answer_nothing_about_another_tenant(ground: Ground) -> None:
    """A row that names the neighbour's claim, Return or split is refused like one that names nothing."""
    a, b = ground.world.a, ground.world.b
    with ground.inside(a.posts["clerk"]) as app:
        for other in (b, None):
            claim_id = other.rows["claim"] if other else 10**12
            assert say(app, ground, claim_id, "first_review", "accept").code == "PT204"
            booked = claim_row(ground, booked_in_id=other.rows["return:水沟镇"] if other else 10**12)
            assert attempt(app, *insert("projects_claim", booked)).code == "PT103"
            foreign = claim_row(ground, reverses_id=claim_id, voucher_id=a.rows["claim:voucher"], reported=-1)
            assert attempt(app, *insert("projects_claim", foreign)).code == "PT302"


CHECKS = [
    every_refusal_has_its_code,
    a_claim_arrives_undecided,
    a_withdrawal_stands_at_once,
    an_opinion_writes_its_claim,
    a_correction_takes_back_every_column,
    a_return_begins_open_in_an_open_period,
    *reopening.CHECKS,
    *draws.CHECKS,
    *publicity.CHECKS,
    *exports.CHECKS,
    *matters.CHECKS,
    *outside.CHECKS,
    a_unit_represents_what_lies_below,
    posts_are_given_by_the_administrator_to_the_own_people,
    clients_are_given_by_two_administrators,
    a_client_is_found_by_its_hash_alone_and_before_a_scope,
    guards_answer_nothing_about_another_tenant,
]
