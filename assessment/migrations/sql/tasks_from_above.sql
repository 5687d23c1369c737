-- Tasks that the jurisdictions above have issued to the current one: targets, by a document, on the unit that
-- represents it there. Nothing else of their books is shown: not the unit, not what others are tasked with.
CREATE FUNCTION sec.tasks_from_above() RETURNS TABLE (
    issued_by text, measure text, kind text, period_kind text, starts_on date, period text, amount numeric,
    document text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.name::text, m.name::text, m.kind::text, p.kind::text, p.starts_on, p.name::text, g.amount,
           g.document::text
    FROM public.assessment_target g
    JOIN public.accounts_unit u ON u.id = g.unit_id AND u.tenant_id = g.tenant_id
    JOIN public.assessment_measure m ON m.id = g.measure_id AND m.tenant_id = g.tenant_id
    JOIN public.projects_period p ON p.id = g.period_id AND p.tenant_id = g.tenant_id
    JOIN public.accounts_tenant t ON t.id = g.tenant_id
    WHERE u.represents_id = (SELECT (sec.context()).tenant) AND g.document <> ''
      AND g.tenant_id = ANY ((SELECT sec.upward())::bigint[])
      AND NOT EXISTS (
          SELECT FROM public.assessment_target s WHERE s.replaces_id = g.id AND s.tenant_id = g.tenant_id)
    ORDER BY t.level, g.id
$$;
REVOKE ALL ON FUNCTION sec.tasks_from_above() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.tasks_from_above() TO app;
