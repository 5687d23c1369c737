-- A zero report is confirmed as one: while it is submitted, open for opinions and without a standing claim.

CREATE OR REPLACE FUNCTION sec.guard_return_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    PERFORM FROM public.projects_period
    WHERE tenant_id = NEW.tenant_id AND id = NEW.period_id AND closed_at IS NULL AND reports_closed_at IS NULL
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no open period' USING ERRCODE = 'PT101';
    END IF;
    IF NEW.submitted_at IS NOT NULL OR NEW.submitted_on IS NOT NULL OR NEW.confirmed_at IS NOT NULL
        OR NEW.reports_closed_at IS NOT NULL OR NEW.opinions_closed_at IS NOT NULL
        OR NEW.reopened_until IS NOT NULL OR NEW.zero_confirmed_at IS NOT NULL OR NEW.seal <> ''
    THEN
        RAISE EXCEPTION 'a return begins open' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- As before, but for the zero report, and a Return that was reopened and closed once more is not reopened under
-- the end that it was given then.
CREATE OR REPLACE FUNCTION sec.guard_return() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_reopens boolean := OLD.reports_closed_at IS NOT NULL AND NEW.reports_closed_at IS NULL;
    v_files boolean := (NEW.submitted_at, NEW.submitted_on, NEW.submitted_by, NEW.on_behalf)
        IS DISTINCT FROM (OLD.submitted_at, OLD.submitted_on, OLD.submitted_by, OLD.on_behalf);
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF (NEW.unit_id, NEW.period_id) IS DISTINCT FROM (OLD.unit_id, OLD.period_id)
        OR (v_files AND (OLD.reports_closed_at IS NOT NULL OR sec.has_expired(OLD)))
        OR (OLD.reports_closed_at IS NOT NULL AND NOT v_reopens
            AND NEW.reports_closed_at IS DISTINCT FROM OLD.reports_closed_at)
        OR (OLD.opinions_closed_at IS NOT NULL AND NOT v_reopens
            AND (NEW.opinions_closed_at, NEW.seal) IS DISTINCT FROM (OLD.opinions_closed_at, OLD.seal))
        OR (NOT v_reopens
            AND (NEW.reopened_until, NEW.reopen_reason) IS DISTINCT FROM (OLD.reopened_until, OLD.reopen_reason))
    THEN
        RAISE EXCEPTION 'return closed' USING ERRCODE = 'PT105';
    END IF;
    IF v_reopens AND (NEW.opinions_closed_at IS NOT NULL OR NEW.reopen_reason !~ '\S'
                      OR coalesce(NEW.reopened_until <= clock_timestamp(), true)
                      OR NEW.reopened_until IS NOT DISTINCT FROM OLD.reopened_until)
    THEN
        RAISE EXCEPTION 'a reopening has a reason and an end' USING ERRCODE = 'PT107';
    END IF;

    -- Moments and labels are the database's own, whatever was sent.
    IF NEW.submitted_at IS NULL AND OLD.submitted_at IS NOT NULL THEN
        IF EXISTS (SELECT FROM public.projects_claim
                   WHERE tenant_id = OLD.tenant_id AND booked_in_id = OLD.id
                     AND (state NOT IN ('submitted', 'reversed') OR reviewed IS NOT NULL OR verified IS NOT NULL
                          OR superior IS NOT NULL))
        THEN
            RAISE EXCEPTION 'somebody has acted on it' USING ERRCODE = 'PT105';
        END IF;
        NEW.submitted_on := NULL;
        NEW.submitted_by := '';
        NEW.on_behalf := false;
        NEW.confirmed_at := NULL;
    ELSIF NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
        NEW.submitted_at := clock_timestamp();
        NEW.submitted_by := sec.post_label();
        NEW.confirmed_at := NULL;
    END IF;
    IF NEW.confirmed_at IS NULL THEN
        NEW.confirmed_by := '';
    ELSIF OLD.confirmed_at IS NULL THEN
        NEW.confirmed_at := clock_timestamp();
        NEW.confirmed_by := sec.post_label();
    ELSE
        NEW.confirmed_at := OLD.confirmed_at;
        NEW.confirmed_by := OLD.confirmed_by;
    END IF;
    -- What was confirmed as a zero report is so no more once it is taken back, submitted again or reopened.
    IF v_reopens OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
        NEW.zero_confirmed_at := NULL;
        NEW.zero_confirmed_by := '';
    ELSIF OLD.zero_confirmed_at IS NOT NULL THEN
        NEW.zero_confirmed_at := OLD.zero_confirmed_at;
        NEW.zero_confirmed_by := OLD.zero_confirmed_by;
    ELSIF NEW.zero_confirmed_at IS NULL THEN
        NEW.zero_confirmed_by := '';
    ELSE
        IF NEW.submitted_at IS NULL OR OLD.opinions_closed_at IS NOT NULL
            OR EXISTS (SELECT FROM public.projects_claim
                       WHERE tenant_id = OLD.tenant_id AND booked_in_id = OLD.id AND state <> 'reversed')
        THEN
            RAISE EXCEPTION 'no open zero report' USING ERRCODE = 'PT109';
        END IF;
        NEW.zero_confirmed_at := clock_timestamp();
        NEW.zero_confirmed_by := sec.post_label();
    END IF;
    IF NEW.reports_closed_at IS NOT NULL AND OLD.reports_closed_at IS NULL THEN
        NEW.reports_closed_at := now();
    END IF;
    IF NEW.opinions_closed_at IS NULL THEN
        NEW.seal := '';
    ELSIF OLD.opinions_closed_at IS NULL THEN
        IF EXISTS (SELECT FROM public.projects_claim
                   WHERE tenant_id = OLD.tenant_id AND booked_in_id = OLD.id
                     AND state NOT IN ('decided', 'reversed'))
        THEN
            RAISE EXCEPTION 'claims are undecided' USING ERRCODE = 'PT104';
        END IF;
        NEW.opinions_closed_at := now();
        NEW.seal := sec.return_seal(OLD.tenant_id, OLD.id);
    END IF;
    RETURN NEW;
END $$;
