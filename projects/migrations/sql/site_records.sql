-- Site records (现场核查记录): the file of whoever checked on the site, never the unit's. The inspection adds one
-- while opinions may still be given, a superior who has entered the county while the claim stands; a superior adds
-- no other file. Files are added and never replaced: the application may not update or delete them.

ALTER POLICY add ON projects_evidence WITH CHECK (tenant_id = (SELECT sec.write_tenant(true)));
ALTER POLICY add ON projects_evidencelink WITH CHECK (tenant_id = (SELECT sec.write_tenant(true)));

CREATE FUNCTION sec.guard_site_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_above boolean := v_context.kind = 'superior';
    v_role text;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NEW.kind <> 'site_record' AND NOT v_above THEN
        RETURN NEW;
    END IF;
    SELECT p.role INTO v_role FROM public.accounts_post p
    WHERE p.id = v_context.post AND p.user_id = v_context.person AND (v_above OR p.tenant_id = NEW.tenant_id);
    IF NEW.kind <> 'site_record' OR v_role IS DISTINCT FROM (CASE WHEN v_above THEN 'superior' ELSE 'inspection' END)
    THEN
        RAISE EXCEPTION 'recorded by who checks on the site, and nothing else' USING ERRCODE = 'PT110';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.projects_claim c
        JOIN public.projects_return r ON r.tenant_id = c.tenant_id AND r.id = c.booked_in_id
        WHERE c.tenant_id = NEW.tenant_id
          AND (c.voucher_id = NEW.voucher_id OR c.agreement_id = NEW.agreement_id OR c.visit_id = NEW.visit_id
               OR (c.project_id = NEW.project_id AND c.stage_change_id IS NOT NULL))
          AND c.state <> 'reversed' AND (v_above OR r.opinions_closed_at IS NULL))
    THEN
        RAISE EXCEPTION 'no claim to check' USING ERRCODE = 'PT111';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_site_record BEFORE INSERT ON projects_evidencelink
FOR EACH ROW EXECUTE FUNCTION sec.guard_site_record();
REVOKE ALL ON FUNCTION sec.guard_site_record() FROM PUBLIC;
