-- Who confirms a zero report: an inspection office, and nobody with an interest in the unit (I4).

-- Whether this person has an interest in a unit: a post in it, above it, below it or in its leader's office,
-- held since a day. The same relation as for claims, asked about a claim of that unit.
CREATE FUNCTION sec.has_interest_in(tenant bigint, unit bigint, since date, person bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.has_interest(jsonb_populate_record(NULL::public.projects_claim, jsonb_build_object(
        'tenant_id', tenant, 'unit_id', unit, 'happened_on', since)), person)
$$;

CREATE FUNCTION sec.guard_zero_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_post public.accounts_post := sec.acting_post();
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF NEW.zero_confirmed_at IS NULL OR OLD.zero_confirmed_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF v_post.role IS DISTINCT FROM 'inspection' THEN
        RAISE EXCEPTION 'not the role of this step' USING ERRCODE = 'PT203';
    END IF;
    IF (SELECT sec.has_interest_in(NEW.tenant_id, NEW.unit_id, p.starts_on, v_post.user_id)
        FROM public.projects_period p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.period_id)
    THEN
        RAISE EXCEPTION 'interest in the unit' USING ERRCODE = 'PT202';
    END IF;
    RETURN NEW;
END $$;

-- After guard_return, which says whether there is anything to confirm.
CREATE TRIGGER guard_zero_report BEFORE UPDATE ON projects_return
FOR EACH ROW EXECUTE FUNCTION sec.guard_zero_report();

REVOKE ALL ON FUNCTION sec.has_interest_in(bigint, bigint, date, bigint), sec.guard_zero_report() FROM PUBLIC;
-- Asked by the pages before anybody writes; it reads as the asker, behind the policies.
GRANT EXECUTE ON FUNCTION sec.has_interest_in(bigint, bigint, date, bigint) TO app;
