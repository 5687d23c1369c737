-- A superior who has entered a county may open one closed Return again, with a reason and an end as the
-- inspection office does, and may do nothing else to it. Nobody else reopens.

ALTER POLICY change ON projects_return
    USING (tenant_id = (SELECT sec.write_tenant(true, true)))
    WITH CHECK (tenant_id = (SELECT sec.write_tenant(true, true)));

CREATE FUNCTION sec.guard_reopening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_opens text[] := ARRAY['reports_closed_at', 'opinions_closed_at', 'seal', 'reopened_until', 'reopen_reason'];
    v_reopens boolean := OLD.reports_closed_at IS NOT NULL AND NEW.reports_closed_at IS NULL;
BEGIN
    IF v_context.kind = 'superior' THEN
        IF NOT sec.looks_down() OR NOT v_reopens OR to_jsonb(NEW) - v_opens <> to_jsonb(OLD) - v_opens THEN
            RAISE EXCEPTION 'reopened from above and nothing else' USING ERRCODE = 'PT108';
        END IF;
    ELSIF v_reopens AND NOT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.id = v_context.post AND p.user_id = v_context.person AND p.tenant_id = NEW.tenant_id
          AND p.role = 'inspection')
    THEN
        RAISE EXCEPTION 'reopened by the inspection' USING ERRCODE = 'PT108';
    END IF;
    RETURN NEW;
END $$;

-- Before guard_return, which fills what nobody sends.
CREATE TRIGGER guard_reopening BEFORE UPDATE ON projects_return
FOR EACH ROW EXECUTE FUNCTION sec.guard_reopening();
REVOKE ALL ON FUNCTION sec.guard_reopening() FROM PUBLIC;
