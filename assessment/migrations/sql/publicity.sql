-- Publicity, objections, results: who publishes, when no more may be said against it, and that all is answered.

-- Whether a published text names a claim.
CREATE FUNCTION sec.publicises(content text, claim bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((content::jsonb -> 'claims') ? claim::text, false)
$$;

-- Today by the database's own clock, which stands for whoever writes a date of publication.
CREATE FUNCTION sec.real_day() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date
$$;

-- The post acted in, when it is a post of this tenant and not a superior's who looks down.
CREATE FUNCTION sec.acting_post() RETURNS public.accounts_post
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.* FROM (SELECT (s.x).* FROM (SELECT sec.context() AS x) s) c
    JOIN public.accounts_post p ON p.id = c.post AND p.user_id = c.person AND p.tenant_id = c.tenant
    WHERE c.kind = 'member'
$$;

-- Nothing is published of a span in which a Return is open for opinions; a result settles its publicity.
CREATE FUNCTION sec.guard_snapshot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_period public.projects_period;
    v_publicity public.assessment_snapshot;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF (sec.acting_post()).role IS DISTINCT FROM 'inspection' THEN
        RAISE EXCEPTION 'not the inspection office' USING ERRCODE = 'PT602';
    END IF;
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'not the digest of the content' USING ERRCODE = 'PT601';
    END IF;

    -- As a reopening locks them; what is read below was committed until then.
    SELECT * INTO v_period FROM public.projects_period WHERE tenant_id = NEW.tenant_id AND id = NEW.period_id;
    PERFORM FROM public.projects_return r
    JOIN public.projects_period d ON d.tenant_id = r.tenant_id AND d.id = r.period_id
    WHERE r.tenant_id = NEW.tenant_id AND d.starts_on >= v_period.starts_on AND d.ends_on <= v_period.ends_on
    ORDER BY r.id FOR SHARE OF r;
    IF v_period.id IS NULL OR EXISTS (
        SELECT FROM public.projects_return r
        JOIN public.projects_period d ON d.tenant_id = r.tenant_id AND d.id = r.period_id
        WHERE r.tenant_id = NEW.tenant_id AND r.opinions_closed_at IS NULL
          AND d.starts_on >= v_period.starts_on AND d.ends_on <= v_period.ends_on)
    THEN
        RAISE EXCEPTION 'returns are open' USING ERRCODE = 'PT603';
    END IF;

    PERFORM FROM public.assessment_snapshot
    WHERE tenant_id = NEW.tenant_id AND id = NEW.replaces_id AND kind = NEW.kind AND period_id = NEW.period_id
    FOR NO KEY UPDATE;
    IF (NEW.replaces_id IS NOT NULL AND NOT FOUND) OR NEW.published_on > sec.real_day() THEN
        RAISE EXCEPTION 'not what follows' USING ERRCODE = 'PT604';
    END IF;
    IF NEW.kind = 'result' THEN
        SELECT * INTO v_publicity FROM public.assessment_snapshot
        WHERE tenant_id = NEW.tenant_id AND id = NEW.publicity_id AND kind = 'publicity'
          AND period_id = NEW.period_id FOR NO KEY UPDATE;
        IF NOT FOUND OR NEW.published_on < v_publicity.published_on
            OR NEW.published_on <= v_publicity.objections_until
            OR EXISTS (SELECT FROM public.assessment_snapshot s
                       WHERE s.tenant_id = NEW.tenant_id AND s.replaces_id = v_publicity.id)
            OR EXISTS (SELECT FROM public.assessment_objection o
                       JOIN public.assessment_snapshot s ON s.tenant_id = o.tenant_id AND s.id = o.publicity_id
                       WHERE s.tenant_id = NEW.tenant_id AND s.period_id = NEW.period_id AND o.answered_at IS NULL)
        THEN
            RAISE EXCEPTION 'not to be settled yet' USING ERRCODE = 'PT604';
        END IF;
    END IF;

    NEW.actor_id := sec.person();
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_snapshot BEFORE INSERT ON assessment_snapshot
FOR EACH ROW EXECUTE FUNCTION sec.guard_snapshot();

-- A unit objects to a claim that counts for it, while the publicity that names it is open for objections.
CREATE FUNCTION sec.guard_objection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_publicity public.assessment_snapshot;
    v_claim public.projects_claim;
    v_post public.accounts_post := sec.acting_post();
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NEW.outcome <> '' OR NEW.answer <> '' OR NEW.answered_on IS NOT NULL OR NEW.answered_by_id IS NOT NULL
        OR NEW.answered_label <> '' OR NEW.answered_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'an objection arrives unanswered' USING ERRCODE = '42501';
    END IF;
    -- FOR SHARE against the result, which takes the row FOR NO KEY UPDATE and then looks for objections.
    SELECT * INTO v_publicity FROM public.assessment_snapshot
    WHERE tenant_id = NEW.tenant_id AND id = NEW.publicity_id AND kind = 'publicity' FOR SHARE;
    SELECT * INTO v_claim FROM public.projects_claim WHERE tenant_id = NEW.tenant_id AND id = NEW.claim_id;
    IF v_publicity.id IS NULL OR v_claim.id IS NULL OR v_post.id IS NULL
        OR v_post.role NOT IN ('reporter', 'head') OR NEW.unit_id IS DISTINCT FROM v_post.unit_id
        OR NOT (v_post.unit_id = v_claim.unit_id OR EXISTS (
            SELECT FROM public.projects_splitline l
            WHERE l.tenant_id = NEW.tenant_id AND l.split_id = v_claim.split_id AND l.kind = v_claim.kind
              AND l.unit_id = v_post.unit_id))
        OR NOT sec.publicises(v_publicity.content, NEW.claim_id)
        OR NEW.raised_on < v_publicity.published_on OR NEW.raised_on > sec.real_day()
        OR coalesce(NEW.raised_on > v_publicity.objections_until, true)
        OR EXISTS (SELECT FROM public.assessment_snapshot s
                   WHERE s.tenant_id = NEW.tenant_id AND v_publicity.id IN (s.replaces_id, s.publicity_id))
    THEN
        RAISE EXCEPTION 'not to be objected to' USING ERRCODE = 'PT605';
    END IF;

    NEW.opinion_id := (SELECT max(o.id) FROM public.assessment_opinion o
                       WHERE o.tenant_id = NEW.tenant_id AND o.claim_id = NEW.claim_id AND o.step <> 'superior');
    NEW.actor_id := sec.person();
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_objection BEFORE INSERT ON assessment_objection
FOR EACH ROW EXECUTE FUNCTION sec.guard_objection();

-- Answered once, by an inspector without interest in the claim; nothing else of an objection ever changes.
CREATE FUNCTION sec.guard_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_given text[] := ARRAY['outcome', 'answer', 'answered_on', 'answered_by_id', 'answered_label', 'answered_at'];
    v_claim public.projects_claim;
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF OLD.answered_at IS NOT NULL OR to_jsonb(NEW) - v_given <> to_jsonb(OLD) - v_given THEN
        RAISE EXCEPTION 'answered once' USING ERRCODE = 'PT606';
    END IF;
    IF (sec.acting_post()).role IS DISTINCT FROM 'inspection' THEN
        RAISE EXCEPTION 'not the inspection office' USING ERRCODE = 'PT602';
    END IF;
    SELECT * INTO v_claim FROM public.projects_claim WHERE tenant_id = OLD.tenant_id AND id = OLD.claim_id;
    IF v_claim.entered_by_id = sec.person() THEN
        RAISE EXCEPTION 'own entry' USING ERRCODE = 'PT201';
    END IF;
    IF sec.has_interest(v_claim, sec.person()) THEN
        RAISE EXCEPTION 'interest in the claim' USING ERRCODE = 'PT202';
    END IF;
    NEW.answered_by_id := sec.person();
    NEW.answered_label := sec.post_label();
    NEW.answered_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_answer BEFORE UPDATE ON assessment_objection
FOR EACH ROW EXECUTE FUNCTION sec.guard_answer();

GRANT UPDATE (outcome, answer, answered_on) ON assessment_objection TO app;

REVOKE ALL ON FUNCTION sec.publicises(text, bigint), sec.real_day(), sec.acting_post(), sec.guard_snapshot(),
    sec.guard_objection(), sec.guard_answer() FROM PUBLIC;
-- Asked by the page of a claim; it reads no table.
GRANT EXECUTE ON FUNCTION sec.publicises(text, bigint) TO app;
