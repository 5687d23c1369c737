-- Independent tables: named by the superior alone, loaded by the superior or by the unit that owns them.

-- Whether a unit, or a person, is of the house whose figures these tables are to test.
CREATE FUNCTION sec.is_promotion_house(tenant bigint, unit bigint, person bigint, since date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.tenant_id = is_promotion_house.tenant AND p.role = 'bureau'
          AND (p.unit_id = is_promotion_house.unit OR p.user_id = is_promotion_house.person)
          AND (p.until_on IS NULL OR p.until_on >= since))
$$;

CREATE FUNCTION sec.guard_official_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NOT sec.looks_down() THEN
        RAISE EXCEPTION 'only the superior names a source' USING ERRCODE = 'PT621';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.id, NEW.tenant_id) IS DISTINCT FROM (OLD.kind, OLD.id, OLD.tenant_id) THEN
        RAISE EXCEPTION 'what a source tells never changes' USING ERRCODE = 'PT623';
    END IF;
    IF sec.is_promotion_house(NEW.tenant_id, NEW.owner_unit_id, NULL, current_date) THEN
        RAISE EXCEPTION 'the promotion bureau owns no source' USING ERRCODE = 'PT625';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_official_source BEFORE INSERT OR UPDATE ON assessment_officialsource
FOR EACH ROW EXECUTE FUNCTION sec.guard_official_source();

CREATE FUNCTION sec.guard_official_figure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_post public.accounts_post;
    v_source public.assessment_officialsource;
    v_before public.assessment_officialfigure;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    SELECT * INTO v_post FROM public.accounts_post WHERE id = v_context.post AND user_id = v_context.person;
    SELECT * INTO v_source FROM public.assessment_officialsource
    WHERE tenant_id = NEW.tenant_id AND id = NEW.source_id;
    IF NOT (
        sec.looks_down()
        OR coalesce(v_context.kind = 'member' AND v_post.tenant_id = NEW.tenant_id
            AND v_post.role IN ('reporter', 'head') AND v_post.unit_id = v_source.owner_unit_id
            AND NOT sec.is_promotion_house(NEW.tenant_id, v_post.unit_id, v_context.person, NEW.month), false))
    THEN
        RAISE EXCEPTION 'not who loads this source' USING ERRCODE = 'PT622';
    END IF;

    -- A table of firms names a firm and no measure; the official count names a measure, by its first version.
    IF (v_source.kind = 'official') IS DISTINCT FROM (NEW.measure_id IS NOT NULL)
        OR (NEW.measure_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.assessment_measure m
            WHERE m.tenant_id = NEW.tenant_id AND m.id = NEW.measure_id AND m.version = 1))
    THEN
        RAISE EXCEPTION 'not a subject of this source' USING ERRCODE = 'PT623';
    END IF;
    IF NEW.replaces_id IS NOT NULL THEN
        SELECT * INTO v_before FROM public.assessment_officialfigure
        WHERE tenant_id = NEW.tenant_id AND id = NEW.replaces_id;
        IF (v_before.source_id, v_before.month, v_before.credit_code, v_before.measure_id)
            IS DISTINCT FROM (NEW.source_id, NEW.month, NEW.credit_code, NEW.measure_id)
        THEN
            RAISE EXCEPTION 'a correction is of the same subject and month' USING ERRCODE = 'PT624';
        END IF;
    END IF;
    NEW.loaded_by_id := v_context.person;
    NEW.post_label := sec.post_label();
    NEW.loaded_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_official_figure BEFORE INSERT ON assessment_officialfigure
FOR EACH ROW EXECUTE FUNCTION sec.guard_official_figure();

REVOKE ALL ON FUNCTION sec.is_promotion_house(bigint, bigint, bigint, date), sec.guard_official_source(),
    sec.guard_official_figure() FROM PUBLIC;
