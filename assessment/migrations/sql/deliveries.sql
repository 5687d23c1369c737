-- What the sweeper and the health page ask about all tenants at once. Neither tells anything of a tenant.

-- Tenants with a delivery to be made or a lease that ran out. Only a task that has not entered one may ask.
CREATE FUNCTION sec.tenants_with_deliveries() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
BEGIN
    IF v_context.kind IS DISTINCT FROM 'task' OR v_context.tenant IS NOT NULL THEN
        RAISE EXCEPTION 'only a task outside every tenant lists them' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT tenant_id FROM public.assessment_delivery WHERE next_at <= clock_timestamp()
        UNION SELECT tenant_id FROM public.assessment_delivery WHERE leased_until <= clock_timestamp();
END $$;

-- Seconds for which the oldest delivery has been waiting to be made; 0 when none is.
CREATE FUNCTION sec.oldest_delivery() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(ceil(extract(epoch FROM clock_timestamp() - min(waiting.since)))::bigint, 0) FROM (
        SELECT next_at AS since FROM public.assessment_delivery WHERE next_at <= clock_timestamp()
        UNION ALL
        SELECT leased_until FROM public.assessment_delivery WHERE leased_until <= clock_timestamp()
    ) waiting
$$;

-- Which of these years lack a work-day calendar in at least one tenant.
CREATE FUNCTION sec.years_without_calendar(years integer[]) RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT array(
        SELECT DISTINCT asked.year FROM unnest(years) asked(year) CROSS JOIN public.accounts_tenant t
        WHERE NOT EXISTS (
            SELECT FROM public.projects_calendaryear y WHERE y.tenant_id = t.id AND y.year = asked.year)
        ORDER BY 1)
$$;

-- An address is the business of the post that it belongs to.
CREATE FUNCTION sec.guard_mailbox() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.post_id IS DISTINCT FROM (sec.context()).post THEN
        RAISE EXCEPTION 'not one''s own mailbox' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_mailbox BEFORE INSERT OR UPDATE ON assessment_mailbox
FOR EACH ROW EXECUTE FUNCTION sec.guard_mailbox();

REVOKE ALL ON FUNCTION sec.tenants_with_deliveries(), sec.oldest_delivery(), sec.years_without_calendar(integer[]),
    sec.guard_mailbox() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.tenants_with_deliveries(), sec.oldest_delivery(),
    sec.years_without_calendar(integer[]) TO app;
