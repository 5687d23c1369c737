-- Every claim can come to its end, whatever the county's procedure: there is always somebody who may take the
-- next step.

-- As before, but the bureau also skips its own house's claims where its one step is the check of the papers.
CREATE OR REPLACE FUNCTION sec.may_follow(step text, verdict text, claim public.projects_claim) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rule public.assessment_procedure := sec.procedure_of(claim);
    v_complete boolean := claim.state = 'complete'
        OR (claim.state = 'submitted' AND NOT coalesce(v_rule.completeness, false));
BEGIN
    RETURN CASE step
        WHEN 'unit' THEN verdict = 'resubmit' AND claim.state = 'returned'
        WHEN 'completeness' THEN verdict IN ('accept', 'return') AND claim.state = 'submitted'
            AND coalesce(v_rule.completeness, false)
        WHEN 'first_review' THEN verdict <> 'resubmit' AND (
            (coalesce(v_rule.first_review, true) AND v_complete)
            OR (verdict = 'skip' AND claim.state = 'submitted'
                AND (coalesce(v_rule.first_review, true) OR v_rule.completeness)))
        WHEN 'inspection' THEN verdict NOT IN ('resubmit', 'skip') AND (
            claim.state IN ('first_reviewed', 'doubted', 'inspected', 'decided')
            OR (v_complete AND NOT coalesce(v_rule.first_review, true))
            OR (claim.state IN ('submitted', 'complete') AND sec.review_is_late(claim, v_rule.review_days)))
        WHEN 'joint' THEN verdict IN ('accept', 'doubt') AND claim.state = 'inspected'
        WHEN 'superior' THEN verdict IN ('accept', 'reduce', 'reject') AND claim.state <> 'reversed'
        ELSE false END;
END $$;

-- As before, but the second office signs for a replacement that was rejected while the first figure stands.
CREATE OR REPLACE FUNCTION sec.guard_opinion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_claim public.projects_claim;
    v_return public.projects_return;
    v_post public.accounts_post;
    v_inspected public.assessment_opinion;
    v_full numeric;
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
    IF NEW.verdict = 'skip' THEN
        IF NOT EXISTS (SELECT FROM sec.interested_units(v_claim) i WHERE i.unit_id = v_post.unit_id) THEN
            RAISE EXCEPTION 'nothing to skip' USING ERRCODE = 'PT204';
        END IF;
    ELSIF NEW.step <> 'unit' THEN
        IF v_claim.entered_by_id = v_context.person THEN
            RAISE EXCEPTION 'own entry' USING ERRCODE = 'PT201';
        END IF;
        IF sec.has_interest(v_claim, v_context.person) THEN
            RAISE EXCEPTION 'interest in the claim' USING ERRCODE = 'PT202';
        END IF;
    END IF;

    IF NEW.step NOT IN ('unit', 'superior')
        AND (v_return.submitted_at IS NULL OR v_claim.entered_at > v_return.submitted_at)
    THEN
        RAISE EXCEPTION 'not submitted' USING ERRCODE = 'PT206';
    END IF;
    IF NOT sec.may_follow(NEW.step, NEW.verdict, v_claim)
        OR (v_claim.reverses_id IS NOT NULL AND v_claim.state = 'decided')
    THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'PT204';
    END IF;
    -- The figure that replaces another counts only when the other has been taken back.
    IF v_claim.replaces_id IS NOT NULL AND EXISTS (
            SELECT FROM public.projects_claim o
            WHERE o.id = v_claim.replaces_id AND o.tenant_id = NEW.tenant_id AND o.state <> 'reversed')
        AND (CASE NEW.step
            WHEN 'inspection' THEN NEW.verdict IN ('accept', 'reduce')
            WHEN 'joint' THEN NEW.verdict = 'accept' AND 0 <> (
                SELECT i.accepted FROM public.assessment_opinion i
                WHERE i.tenant_id = NEW.tenant_id AND i.claim_id = NEW.claim_id AND i.step = 'inspection'
                ORDER BY i.id DESC LIMIT 1)
            ELSE false END)
    THEN
        RAISE EXCEPTION 'the first figure still stands' USING ERRCODE = 'PT208';
    END IF;
    -- A change of mind names the opinion that it changes: two inspectors cannot overwrite each other unseen.
    IF NEW.supersedes_id IS DISTINCT FROM (
        SELECT max(o.id) FROM public.assessment_opinion o
        WHERE o.tenant_id = NEW.tenant_id AND o.claim_id = NEW.claim_id AND o.step = NEW.step
          AND (NEW.step = 'superior' OR (NEW.step = 'inspection' AND v_claim.state IN ('inspected', 'decided'))))
    THEN
        RAISE EXCEPTION 'decided meanwhile' USING ERRCODE = 'PT204';
    END IF;

    -- Who signs for the other office signs what that office has found, never a figure of its own.
    v_full := v_claim.reported;
    IF NEW.step = 'joint' THEN
        SELECT * INTO v_inspected FROM public.assessment_opinion o
        WHERE o.tenant_id = NEW.tenant_id AND o.claim_id = NEW.claim_id AND o.step = 'inspection'
        ORDER BY o.id DESC LIMIT 1;
        IF v_inspected.post_label = sec.post_label() OR v_inspected.actor_id = v_context.person THEN
            RAISE EXCEPTION 'the same office' USING ERRCODE = 'PT207';
        END IF;
        v_full := v_inspected.accepted;
    END IF;
    IF NEW.step <> 'completeness' AND NEW.verdict = 'accept' THEN
        NEW.accepted := coalesce(NEW.accepted, v_full);
    ELSIF NEW.verdict = 'reject' THEN
        NEW.accepted := coalesce(NEW.accepted, 0);
    END IF;
    IF (CASE
        WHEN NEW.step = 'completeness' THEN NEW.accepted IS NOT NULL
        WHEN NEW.verdict = 'accept' THEN NEW.accepted <> v_full
        WHEN NEW.verdict = 'reduce' THEN NOT coalesce(NEW.accepted > 0 AND NEW.accepted < v_claim.reported, false)
        WHEN NEW.verdict = 'reject' THEN NEW.accepted <> 0
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

-- What an opinion makes of its claim. Rejected: verified 0; returned, doubted and not yet signed for: null.
CREATE OR REPLACE FUNCTION sec.apply_opinion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_claim public.projects_claim;
    v_state text;
BEGIN
    IF NEW.step = 'superior' THEN
        UPDATE public.projects_claim SET superior = NEW.accepted
        WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
        RETURN NULL;
    END IF;
    SELECT * INTO v_claim FROM public.projects_claim WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    v_state := CASE
        WHEN NEW.step = 'unit' THEN 'submitted'
        WHEN NEW.verdict = 'return' THEN 'returned'
        WHEN NEW.verdict = 'doubt' THEN 'doubted'
        WHEN NEW.step = 'completeness' THEN 'complete'
        WHEN NEW.step = 'first_review' THEN 'first_reviewed'
        WHEN NEW.step = 'inspection' AND (sec.procedure_of(v_claim)).joint THEN 'inspected'
        ELSE 'decided' END;
    UPDATE public.projects_claim SET
        reviewed = CASE NEW.step
            WHEN 'unit' THEN NULL WHEN 'first_review' THEN NEW.accepted ELSE reviewed END,
        verified = CASE WHEN v_state = 'decided' THEN NEW.accepted END,
        state = v_state
    WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    -- Who signs for the other office accepts what was found: a reversal that was rejected takes nothing back.
    IF v_state = 'decided' AND NEW.verdict = 'accept' AND NEW.accepted = v_claim.reported THEN
        PERFORM sec.settle_reversal(NEW.tenant_id, NEW.claim_id);
    END IF;
    RETURN NULL;
END $$;
