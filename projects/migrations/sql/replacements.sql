-- A correction (更正) is the reversal of a claim and a replacement of the same fact with another figure.
CREATE FUNCTION sec.guard_replacement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.projects_claim o
        JOIN public.projects_claim r ON r.tenant_id = o.tenant_id AND r.reverses_id = o.id
        WHERE o.id = NEW.replaces_id AND (o.tenant_id = NEW.tenant_id) IS TRUE AND NEW.reverses_id IS NULL
          AND (o.unit_id, o.project_id, o.kind, o.happened_on, o.voucher_id, o.agreement_id, o.visit_id,
               o.lead_id, o.stage_change_id, o.split_id)
              IS NOT DISTINCT FROM (NEW.unit_id, NEW.project_id, NEW.kind, NEW.happened_on, NEW.voucher_id,
                                    NEW.agreement_id, NEW.visit_id, NEW.lead_id, NEW.stage_change_id, NEW.split_id))
    THEN
        RAISE EXCEPTION 'not the replacement of a reversed claim' USING ERRCODE = 'PT309';
    END IF;
    RETURN NEW;
END $$;

-- After guard_claim, which tells whether the row is of the scope's tenant.
CREATE TRIGGER guard_replacement BEFORE INSERT ON projects_claim
FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL) EXECUTE FUNCTION sec.guard_replacement();

REVOKE ALL ON FUNCTION sec.guard_replacement() FROM PUBLIC;
