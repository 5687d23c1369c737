-- Opinions: who may decide, in which order, on what; and the only writer of a claim's decisions.

-- Units whose people may not decide on a claim: the credited units (its unit and every split
-- line), their ancestors, descendants and leader's offices (I4).
CREATE FUNCTION sec.interested_units(claim public.projects_claim) RETURNS TABLE (unit_id bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE credited AS (
        SELECT claim.unit_id AS id
        UNION
        SELECT l.unit_id FROM public.projects_splitline l
        WHERE l.tenant_id = claim.tenant_id AND l.split_id = claim.split_id
    ), above AS (
        SELECT id FROM credited
        UNION
        SELECT u.parent_id FROM above a JOIN public.accounts_unit u
            ON u.tenant_id = claim.tenant_id AND u.id = a.id AND u.parent_id IS NOT NULL
    ), below AS (
        SELECT id FROM credited
        UNION
        SELECT u.id FROM below b JOIN public.accounts_unit u
            ON u.tenant_id = claim.tenant_id AND u.parent_id = b.id
    )
    SELECT id FROM above
    UNION SELECT id FROM below
    UNION SELECT u.leader_office_id FROM credited c JOIN public.accounts_unit u
        ON u.tenant_id = claim.tenant_id AND u.id = c.id AND u.leader_office_id IS NOT NULL
$$;

-- Whether this person holds, or has held since the fact, a post in one of those units.
CREATE FUNCTION sec.has_interest(claim public.projects_claim, person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.tenant_id = claim.tenant_id AND p.user_id = person
          AND (p.until_on IS NULL OR p.until_on >= claim.happened_on)
          AND p.unit_id IN (SELECT i.unit_id FROM sec.interested_units(claim) i))
$$;

-- Which role gives an opinion of this step.
CREATE FUNCTION sec.may_give(step text, role text, kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE step
        WHEN 'unit' THEN kind = 'member' AND role IN ('reporter', 'head')
        WHEN 'first_review' THEN kind = 'member' AND role = 'bureau'
        WHEN 'inspection' THEN kind = 'member' AND role = 'inspection'
        WHEN 'superior' THEN kind = 'superior' AND role = 'superior'
        ELSE false END
$$;

-- From which states a step may be taken.
CREATE FUNCTION sec.may_follow(step text, verdict text, state text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE step
        WHEN 'unit' THEN verdict = 'resubmit' AND state = 'returned'
        WHEN 'first_review' THEN verdict <> 'resubmit' AND state = 'submitted'
        WHEN 'inspection' THEN verdict NOT IN ('resubmit', 'skip') AND state IN ('first_reviewed', 'doubted', 'decided')
        WHEN 'superior' THEN verdict IN ('accept', 'reduce', 'reject') AND state <> 'reversed'
        ELSE false END
$$;

CREATE FUNCTION sec.guard_opinion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_claim public.projects_claim;
    v_return public.projects_return;
    v_post public.accounts_post;
    v_conflict boolean;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    SELECT * INTO v_claim FROM public.projects_claim WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such claim' USING ERRCODE = 'PT204';
    END IF;

    -- First the Return, as closing does; then the claim, whose state must not move under us.
    SELECT * INTO v_return FROM public.projects_return
    WHERE tenant_id = NEW.tenant_id AND id = v_claim.booked_in_id FOR SHARE;
    IF v_return.opinions_closed_at IS NOT NULL AND NEW.step <> 'superior' THEN
        RAISE EXCEPTION 'opinions closed' USING ERRCODE = 'PT102';
    END IF;
    SELECT * INTO v_claim FROM public.projects_claim
    WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id FOR NO KEY UPDATE;

    SELECT * INTO v_post FROM public.accounts_post WHERE id = v_context.post AND user_id = v_context.person;
    IF NOT FOUND OR NOT sec.may_give(NEW.step, v_post.role, v_context.kind)
        OR (NEW.step = 'unit' AND v_post.unit_id <> v_claim.unit_id)
    THEN
        RAISE EXCEPTION 'not the role of this step' USING ERRCODE = 'PT203';
    END IF;

    -- Four eyes and no interest. Only a skip says that the bureau may not review its own house's claim.
    v_conflict := sec.has_interest(v_claim, v_context.person);
    IF NEW.verdict = 'skip' THEN
        IF NOT EXISTS (SELECT FROM sec.interested_units(v_claim) i WHERE i.unit_id = v_post.unit_id) THEN
            RAISE EXCEPTION 'nothing to skip' USING ERRCODE = 'PT204';
        END IF;
    ELSIF NEW.step <> 'unit' THEN
        IF v_claim.entered_by_id = v_context.person THEN
            RAISE EXCEPTION 'own entry' USING ERRCODE = 'PT201';
        END IF;
        IF v_conflict THEN
            RAISE EXCEPTION 'interest in the claim' USING ERRCODE = 'PT202';
        END IF;
    END IF;

    IF NEW.step IN ('first_review', 'inspection')
        AND (v_return.submitted_at IS NULL OR v_claim.entered_at > v_return.submitted_at)
    THEN
        RAISE EXCEPTION 'not submitted' USING ERRCODE = 'PT206';
    END IF;
    IF NOT sec.may_follow(NEW.step, NEW.verdict, v_claim.state)
        OR (v_claim.reverses_id IS NOT NULL AND v_claim.state = 'decided')
    THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'PT204';
    END IF;
    -- A change of mind names the opinion that it changes: two inspectors cannot overwrite each other unseen.
    IF NEW.supersedes_id IS DISTINCT FROM (
        SELECT max(o.id) FROM public.assessment_opinion o
        WHERE o.tenant_id = NEW.tenant_id AND o.claim_id = NEW.claim_id AND o.step = NEW.step
          AND (NEW.step = 'superior' OR (NEW.step = 'inspection' AND v_claim.state = 'decided')))
    THEN
        RAISE EXCEPTION 'decided meanwhile' USING ERRCODE = 'PT204';
    END IF;

    IF NEW.verdict = 'accept' THEN
        NEW.accepted := coalesce(NEW.accepted, v_claim.reported);
    ELSIF NEW.verdict = 'reject' THEN
        NEW.accepted := coalesce(NEW.accepted, 0);
    END IF;
    IF (CASE NEW.verdict
        WHEN 'accept' THEN NEW.accepted <> v_claim.reported
        WHEN 'reduce' THEN NOT coalesce(NEW.accepted > 0 AND NEW.accepted < v_claim.reported, false)
        WHEN 'reject' THEN NEW.accepted <> 0 OR v_claim.reverses_id IS NOT NULL
        ELSE NEW.accepted IS NOT NULL END)
        OR (NEW.verdict NOT IN ('accept', 'skip') AND NEW.reason !~ '\S')
    THEN
        RAISE EXCEPTION 'amount or reason does not fit the verdict' USING ERRCODE = 'PT205';
    END IF;

    NEW.actor_id := v_context.person;
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_opinion BEFORE INSERT ON assessment_opinion
FOR EACH ROW EXECUTE FUNCTION sec.guard_opinion();

-- What an opinion makes of its claim. Rejected: verified 0; returned and doubted: null.
CREATE FUNCTION sec.apply_opinion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.step = 'superior' THEN
        UPDATE public.projects_claim SET superior = NEW.accepted
        WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    ELSIF NEW.step = 'unit' THEN
        UPDATE public.projects_claim SET state = 'submitted', reviewed = NULL, verified = NULL
        WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    ELSE
        UPDATE public.projects_claim SET
            reviewed = CASE WHEN NEW.step = 'first_review' THEN NEW.accepted ELSE reviewed END,
            verified = CASE WHEN NEW.step = 'inspection' THEN NEW.accepted END,
            state = CASE NEW.verdict
                WHEN 'return' THEN 'returned'
                WHEN 'doubt' THEN 'doubted'
                ELSE CASE NEW.step WHEN 'inspection' THEN 'decided' ELSE 'first_reviewed' END END
        WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
        IF NEW.step = 'inspection' AND NEW.verdict = 'accept' THEN
            PERFORM sec.settle_reversal(NEW.tenant_id, NEW.claim_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- A reversal that stands takes back every column of its claim, not only what was reported.
CREATE FUNCTION sec.settle_reversal(tenant bigint, reversal bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_origin public.projects_claim;
BEGIN
    SELECT o.* INTO v_origin FROM public.projects_claim r
    JOIN public.projects_claim o ON o.tenant_id = r.tenant_id AND o.id = r.reverses_id
    WHERE r.tenant_id = tenant AND r.id = reversal FOR NO KEY UPDATE OF o;
    IF FOUND THEN
        UPDATE public.projects_claim
        SET reviewed = - v_origin.reviewed, verified = - v_origin.verified, superior = - v_origin.superior
        WHERE tenant_id = tenant AND id = reversal;
        UPDATE public.projects_claim SET state = 'reversed' WHERE tenant_id = tenant AND id = v_origin.id;
    END IF;
END $$;

CREATE TRIGGER apply_opinion AFTER INSERT ON assessment_opinion
FOR EACH ROW EXECUTE FUNCTION sec.apply_opinion();

-- A closed Return is sealed over its claims and their opinions; the superior's own step stays outside.
CREATE OR REPLACE FUNCTION sec.return_rows(tenant bigint, return_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT jsonb_build_array(
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
            c.id, c.unit_id, c.project_id, c.kind, c.voucher_id, c.agreement_id, c.happened_on,
            c.reported, c.reviewed, c.verified, c.split_id, c.reverses_id, c.replaces_id, c.entered_by_id
        ) ORDER BY c.id), '[]')
        FROM public.projects_claim c
        WHERE c.tenant_id = return_rows.tenant AND c.booked_in_id = return_rows.return_id),
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
            o.id, o.claim_id, o.step, o.verdict, o.accepted, o.reason, o.actor_id, o.post_label
        ) ORDER BY o.id), '[]')
        FROM public.projects_claim c
        JOIN public.assessment_opinion o ON o.tenant_id = c.tenant_id AND o.claim_id = c.id
        WHERE c.tenant_id = return_rows.tenant AND c.booked_in_id = return_rows.return_id AND o.step <> 'superior')
    )
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
-- Asked by the queue before anybody decides; they read as the asker, behind the policies.
GRANT EXECUTE ON FUNCTION sec.interested_units(public.projects_claim),
    sec.has_interest(public.projects_claim, bigint), sec.return_rows(bigint, bigint),
    sec.return_seal(bigint, bigint) TO app;
