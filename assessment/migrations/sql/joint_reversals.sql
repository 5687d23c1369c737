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
