-- A reopened Return takes opinions until its end; after it only those that it still waits for, so that it can
-- be sealed again. Fires after guard_opinion, which holds the Return and the claim.
CREATE FUNCTION sec.guard_opinion_in_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.step <> 'superior' AND EXISTS (
        SELECT FROM public.projects_claim c
        JOIN public.projects_return r ON r.id = c.booked_in_id AND r.tenant_id = c.tenant_id
        WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.claim_id AND c.state IN ('decided', 'reversed')
          AND r.reopened_until <= clock_timestamp()
          AND EXISTS (SELECT FROM public.projects_period p
                      WHERE p.tenant_id = r.tenant_id AND p.id = r.period_id AND p.closed_at IS NOT NULL))
    THEN
        RAISE EXCEPTION 'the reopening is over' USING ERRCODE = 'PT102';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_opinion_in_time BEFORE INSERT ON assessment_opinion
FOR EACH ROW EXECUTE FUNCTION sec.guard_opinion_in_time();

REVOKE ALL ON FUNCTION sec.guard_opinion_in_time() FROM PUBLIC;
