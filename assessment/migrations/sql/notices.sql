-- Rules of one kind and measure follow each other, version by version. A measure is known by its first
-- version, so that a new counting rule does not begin a second series of notices.
CREATE FUNCTION sec.guard_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before public.assessment_rule;
BEGIN
    SELECT * INTO v_before FROM public.assessment_rule
    WHERE tenant_id = NEW.tenant_id AND kind = NEW.kind AND measure_id IS NOT DISTINCT FROM NEW.measure_id
    ORDER BY version DESC LIMIT 1;
    -- A version that is taken is left to the unique key, whose words are for people.
    IF NEW.version > coalesce(v_before.version, 0) + 1 OR NEW.version < 1 OR NEW.valid_from < v_before.valid_from THEN
        RAISE EXCEPTION 'not the next version' USING ERRCODE = '23514';
    END IF;
    IF NEW.measure_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.assessment_measure
        WHERE tenant_id = NEW.tenant_id AND id = NEW.measure_id AND version = 1)
    THEN
        RAISE EXCEPTION 'not the first version of a measure' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_rule BEFORE INSERT ON assessment_rule
FOR EACH ROW EXECUTE FUNCTION sec.guard_rule();

-- What a notice is about is its rule's: the unique key cannot be passed by under another name.
CREATE FUNCTION sec.guard_notice() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT kind, measure_id INTO NEW.kind, NEW.measure_id FROM public.assessment_rule
    WHERE tenant_id = NEW.tenant_id AND id = NEW.rule_id;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_notice BEFORE INSERT ON assessment_notice
FOR EACH ROW EXECUTE FUNCTION sec.guard_notice();

REVOKE ALL ON FUNCTION sec.guard_rule(), sec.guard_notice() FROM PUBLIC;
