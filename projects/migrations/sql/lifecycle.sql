-- Guards of visits, leads and stages, and what a claim of one of them must agree with.

-- A claim of a visit, a lead or a stage change is that act's figure: same unit, project and day, and a
-- thing that can happen to a project once counts once.
CREATE FUNCTION sec.check_act(claim public.projects_claim) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_fits boolean;
BEGIN
    IF claim.visit_id IS NOT NULL THEN
        SELECT (v.unit_id, v.project_id, v.happened_on)
                   IS NOT DISTINCT FROM (claim.unit_id, claim.project_id, claim.happened_on)
               AND claim.kind = CASE v.direction WHEN 'outbound' THEN 'visit' ELSE 'reception' END
        INTO v_fits FROM public.projects_visit v
        WHERE v.id = claim.visit_id AND (v.tenant_id = claim.tenant_id) IS TRUE;
    ELSIF claim.lead_id IS NOT NULL THEN
        SELECT claim.project_id IS NULL AND (l.unit_id, l.reported_on) = (claim.unit_id, claim.happened_on)
        INTO v_fits FROM public.projects_lead l
        WHERE l.id = claim.lead_id AND (l.tenant_id = claim.tenant_id) IS TRUE;
    ELSIF claim.stage_change_id IS NOT NULL THEN
        -- Held, so that two claims of one thing follow each other.
        PERFORM FROM public.projects_project p
        WHERE p.id = claim.project_id AND (p.tenant_id = claim.tenant_id) IS TRUE FOR NO KEY UPDATE;
        SELECT s.status = 'effective' AND s.after = claim.kind
               AND (s.project_id, s.happened_on) = (claim.project_id, claim.happened_on)
        INTO v_fits FROM public.projects_stagechange s
        WHERE s.id = claim.stage_change_id AND (s.tenant_id = claim.tenant_id) IS TRUE;
        IF claim.reverses_id IS NULL AND claim.replaces_id IS NULL AND EXISTS (
            SELECT FROM public.projects_claim c
            WHERE c.tenant_id = claim.tenant_id AND c.project_id = claim.project_id AND c.kind = claim.kind
              AND c.reverses_id IS NULL AND c.state <> 'reversed')
        THEN
            RAISE EXCEPTION 'counted already' USING ERRCODE = 'PT308';
        END IF;
    ELSE
        v_fits := true;
    END IF;
    IF v_fits IS NOT TRUE THEN
        RAISE EXCEPTION 'not the figure of that act' USING ERRCODE = 'PT307';
    END IF;
END $$;

-- As before, with the acts among the sources.
CREATE OR REPLACE FUNCTION sec.guard_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_return public.projects_return;
    v_origin public.projects_claim;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NEW.reviewed IS NOT NULL OR NEW.verified IS NOT NULL OR NEW.superior IS NOT NULL
        OR NEW.state <> 'submitted'
    THEN
        RAISE EXCEPTION 'a claim arrives undecided' USING ERRCODE = '42501';
    END IF;

    -- The Return is the row that closing locks: FOR SHARE here, FOR NO KEY UPDATE there (I5). Its id finds it;
    -- the tenant is only tested (IS TRUE), since every other index begins with the tenant and a plan made
    -- while the tables were small would read one of them from end to end for each claim.
    SELECT * INTO v_return FROM public.projects_return
    WHERE id = NEW.booked_in_id AND (tenant_id = NEW.tenant_id) IS TRUE FOR SHARE;
    IF NOT FOUND OR v_return.unit_id <> NEW.unit_id THEN
        RAISE EXCEPTION 'no return of this unit' USING ERRCODE = 'PT103';
    END IF;
    IF v_return.reports_closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'return closed' USING ERRCODE = 'PT101';
    END IF;

    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO v_origin FROM public.projects_claim
        WHERE id = NEW.reverses_id AND (tenant_id = NEW.tenant_id) IS TRUE FOR NO KEY UPDATE;
        IF NOT FOUND OR v_origin.state = 'reversed' OR v_origin.reverses_id IS NOT NULL
            OR NEW.reported <> - v_origin.reported
            OR (NEW.unit_id, NEW.project_id, NEW.kind, NEW.happened_on)
                IS DISTINCT FROM (v_origin.unit_id, v_origin.project_id, v_origin.kind, v_origin.happened_on)
            OR (NEW.voucher_id, NEW.agreement_id, NEW.visit_id, NEW.lead_id, NEW.stage_change_id, NEW.split_id)
                IS DISTINCT FROM (v_origin.voucher_id, v_origin.agreement_id, v_origin.visit_id,
                                  v_origin.lead_id, v_origin.stage_change_id, v_origin.split_id)
        THEN
            RAISE EXCEPTION 'not the reversal of that claim' USING ERRCODE = 'PT302';
        END IF;
    ELSIF NEW.reported < 0 THEN
        RAISE EXCEPTION 'negative claim' USING ERRCODE = 'PT303';
    END IF;
    IF NEW.voucher_id IS NULL AND NEW.agreement_id IS NULL THEN
        PERFORM sec.check_act(NEW);
    END IF;

    NEW.entered_by_id := sec.person();
    -- Read while the Return is held, so that it tells whether a submission covers this claim.
    NEW.entered_at := clock_timestamp();
    RETURN NEW;
END $$;

-- Leads ------------------------------------------------------------------------------------------

-- The first report is the database's own moment, and stays as it was reported: a lead only ends, once.
CREATE FUNCTION sec.guard_lead() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ends CONSTANT text[] := ARRAY['project_id', 'abandoned_on', 'abandoned_because'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.project_id IS NOT NULL OR NEW.abandoned_on IS NOT NULL THEN
            RAISE EXCEPTION 'a lead begins open' USING ERRCODE = '42501';
        END IF;
        NEW.first_reported_at := clock_timestamp();
    ELSIF OLD.project_id IS NOT NULL OR OLD.abandoned_on IS NOT NULL
        OR to_jsonb(NEW) - v_ends IS DISTINCT FROM to_jsonb(OLD) - v_ends
    THEN
        RAISE EXCEPTION 'a lead stays as it was reported' USING ERRCODE = 'PT501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_lead BEFORE INSERT OR UPDATE ON projects_lead
FOR EACH ROW EXECUTE FUNCTION sec.guard_lead();

-- Stages -----------------------------------------------------------------------------------------

-- A change starts from the stage that the project is at; a skip or a step back waits for a second person.
CREATE FUNCTION sec.guard_stage_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_decision CONSTANT text[] := ARRAY['status', 'decided_by_id', 'decided_at', 'answer'];
    v_stage text;
BEGIN
    SELECT p.stage INTO v_stage FROM public.projects_project p
    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.project_id FOR NO KEY UPDATE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'refused' OR (NEW.status = 'effective' AND NEW.move NOT IN ('begin', 'forward')) THEN
            RAISE EXCEPTION 'a second person decides' USING ERRCODE = 'PT503';
        END IF;
        IF NEW.status = 'effective' AND EXISTS (
            SELECT FROM public.projects_stagechange s
            WHERE s.tenant_id = NEW.tenant_id AND s.project_id = NEW.project_id AND s.status = 'waiting')
        THEN
            RAISE EXCEPTION 'another change waits' USING ERRCODE = 'PT504';
        END IF;
        NEW.entered_by_id := sec.person();
        NEW.entered_at := clock_timestamp();
        NEW.decided_by_id := NULL;
        NEW.decided_at := NULL;
    ELSE
        IF OLD.status <> 'waiting' OR NEW.status = 'waiting'
            OR to_jsonb(NEW) - v_decision IS DISTINCT FROM to_jsonb(OLD) - v_decision
        THEN
            RAISE EXCEPTION 'decided already' USING ERRCODE = 'PT504';
        END IF;
        IF OLD.entered_by_id IS NOT DISTINCT FROM sec.person() AND NEW.status = 'effective' THEN
            RAISE EXCEPTION 'a second person decides' USING ERRCODE = 'PT503';
        END IF;
        NEW.decided_by_id := sec.person();
        NEW.decided_at := clock_timestamp();
    END IF;
    IF NEW.status <> 'refused' AND v_stage <> '' AND NEW.before <> v_stage THEN
        RAISE EXCEPTION 'not the stage it is at' USING ERRCODE = 'PT502';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_stage_change BEFORE INSERT OR UPDATE ON projects_stagechange
FOR EACH ROW EXECUTE FUNCTION sec.guard_stage_change();

-- The stage of a project is what its last standing change says; nobody writes it by hand.
CREATE FUNCTION sec.guard_stage() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_last text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT s.after INTO v_last FROM public.projects_stagechange s
        WHERE s.tenant_id = NEW.tenant_id AND s.project_id = NEW.id AND s.status = 'effective'
        ORDER BY s.id DESC LIMIT 1;
    END IF;
    IF NEW.stage IS DISTINCT FROM coalesce(v_last, '') THEN
        RAISE EXCEPTION 'a stage follows its change' USING ERRCODE = 'PT505';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_stage_begin BEFORE INSERT ON projects_project
FOR EACH ROW WHEN (NEW.stage <> '') EXECUTE FUNCTION sec.guard_stage();
CREATE TRIGGER guard_stage BEFORE UPDATE ON projects_project
FOR EACH ROW WHEN (NEW.stage IS DISTINCT FROM OLD.stage) EXECUTE FUNCTION sec.guard_stage();

-- A gate that was in force stays readable: only its end is written, once.
CREATE FUNCTION sec.guard_gate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.valid_until IS NOT NULL
        OR to_jsonb(NEW) - 'valid_until' IS DISTINCT FROM to_jsonb(OLD) - 'valid_until'
    THEN
        RAISE EXCEPTION 'a rule that was in force stays' USING ERRCODE = 'PT506';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_gate BEFORE UPDATE ON projects_gate
FOR EACH ROW EXECUTE FUNCTION sec.guard_gate();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
