-- Matters (事项): who may issue one, its number, and the order of its steps.

CREATE FUNCTION sec.guard_matter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_post public.accounts_post := sec.acting_post();
    v_next int;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF v_post.role IS DISTINCT FROM 'inspection' THEN
        RAISE EXCEPTION 'not the inspection office' USING ERRCODE = 'PT801';
    END IF;
    IF sec.has_interest_in(NEW.tenant_id, NEW.unit_id, NEW.issued_on, v_post.user_id) THEN
        RAISE EXCEPTION 'interest in the unit' USING ERRCODE = 'PT805';
    END IF;

    -- One number after the other in each year; who comes second waits, so that none is left out.
    NEW.year := extract(year FROM NEW.issued_on);
    PERFORM pg_advisory_xact_lock(hashtextextended('matter', NEW.tenant_id));
    SELECT coalesce(max(number), 0) + 1 INTO v_next FROM public.assessment_matter
    WHERE tenant_id = NEW.tenant_id AND kind = NEW.kind AND year = NEW.year;
    NEW.number := coalesce(NEW.number, v_next);
    -- A number that is taken is left to the unique key.
    IF NEW.number > v_next OR NEW.number < 1 THEN
        RAISE EXCEPTION 'not the next number' USING ERRCODE = '23514';
    END IF;

    NEW.office_id := v_post.unit_id;
    NEW.issued_by_id := v_post.user_id;
    NEW.issued_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_matter BEFORE INSERT ON assessment_matter
FOR EACH ROW EXECUTE FUNCTION sec.guard_matter();

CREATE FUNCTION sec.guard_matterstep() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_matter public.assessment_matter;
    v_post public.accounts_post := sec.acting_post();
    v_last text;
    v_due date;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    -- Held until the end: of two steps taken at once the second sees the first.
    SELECT * INTO v_matter FROM public.assessment_matter
    WHERE tenant_id = NEW.tenant_id AND id = NEW.matter_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such matter' USING ERRCODE = 'PT803';
    END IF;
    IF NEW.kind = 'reply' THEN
        IF v_post.unit_id IS DISTINCT FROM v_matter.unit_id OR v_post.role NOT IN ('reporter', 'head', 'bureau') THEN
            RAISE EXCEPTION 'not the unit''s reply' USING ERRCODE = 'PT802';
        END IF;
    ELSIF v_post.role IS DISTINCT FROM 'inspection' THEN
        RAISE EXCEPTION 'not the inspection office' USING ERRCODE = 'PT801';
    ELSIF sec.has_interest_in(NEW.tenant_id, v_matter.unit_id, v_matter.issued_on, v_post.user_id) THEN
        RAISE EXCEPTION 'interest in the unit' USING ERRCODE = 'PT805';
    END IF;

    -- An extension leaves the matter where it stands; nothing follows its closing.
    SELECT s.kind INTO v_last FROM public.assessment_matterstep s
    WHERE s.tenant_id = NEW.tenant_id AND s.matter_id = NEW.matter_id AND s.kind <> 'extend'
    ORDER BY s.id DESC LIMIT 1;
    IF v_last = 'close' OR (NEW.kind = 'send_back' AND v_last IS DISTINCT FROM 'reply')
        OR NEW.happened_on < v_matter.issued_on
    THEN
        RAISE EXCEPTION 'not from this state' USING ERRCODE = 'PT803';
    END IF;
    IF NEW.kind = 'extend' THEN
        SELECT s.due_on INTO v_due FROM public.assessment_matterstep s
        WHERE s.tenant_id = NEW.tenant_id AND s.matter_id = NEW.matter_id AND s.kind = 'extend'
        ORDER BY s.id DESC LIMIT 1;
        IF NEW.due_on <= coalesce(v_due, v_matter.due_on) THEN
            RAISE EXCEPTION 'not later' USING ERRCODE = 'PT804';
        END IF;
    END IF;

    NEW.actor_id := v_post.user_id;
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_matterstep BEFORE INSERT ON assessment_matterstep
FOR EACH ROW EXECUTE FUNCTION sec.guard_matterstep();

-- As before for what a rule tells; what happened is told under its own name. A superior, who writes opinions
-- of the own step alone, tells of nothing else.
CREATE OR REPLACE FUNCTION sec.guard_notice() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.rule_id IS NULL THEN
        NEW.measure_id := NULL;
        NEW.period_id := NULL;
    ELSE
        SELECT kind, measure_id INTO NEW.kind, NEW.measure_id FROM public.assessment_rule
        WHERE tenant_id = NEW.tenant_id AND id = NEW.rule_id;
    END IF;
    IF (sec.context()).kind = 'superior' AND NOT EXISTS (
        SELECT FROM public.assessment_opinion o
        WHERE o.tenant_id = NEW.tenant_id AND o.id = NEW.opinion_id AND o.step = 'superior')
    THEN
        RAISE EXCEPTION 'not about a superior''s opinion' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION sec.guard_delivery() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (sec.context()).kind = 'superior' AND NOT EXISTS (
        SELECT FROM public.assessment_notice n
        JOIN public.assessment_opinion o ON o.tenant_id = n.tenant_id AND o.id = n.opinion_id
        WHERE n.tenant_id = NEW.tenant_id AND n.id = NEW.notice_id AND o.step = 'superior')
    THEN
        RAISE EXCEPTION 'not about a superior''s opinion' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_delivery BEFORE INSERT ON assessment_delivery
FOR EACH ROW EXECUTE FUNCTION sec.guard_delivery();

REVOKE ALL ON FUNCTION sec.guard_matter(), sec.guard_matterstep(), sec.guard_delivery() FROM PUBLIC;
