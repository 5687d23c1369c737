-- Bulk exports: who may ask, that the one answer is a second person's, and that nothing else ever changes.

CREATE FUNCTION sec.guard_export_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NEW.outcome <> '' OR NEW.answer <> '' OR NEW.answered_on IS NOT NULL OR NEW.valid_until IS NOT NULL
        OR NEW.answered_by_id IS NOT NULL OR NEW.answered_label <> '' OR NEW.answered_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a request arrives unanswered' USING ERRCODE = '42501';
    END IF;
    IF coalesce((sec.acting_post()).role, '') NOT IN ('reporter', 'head', 'bureau', 'inspection', 'leader')
        OR NEW.asked_on > sec.real_day()
    THEN
        RAISE EXCEPTION 'not who asks' USING ERRCODE = 'PT701';
    END IF;
    NEW.actor_id := sec.person();
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_export_request BEFORE INSERT ON assessment_exportrequest
FOR EACH ROW EXECUTE FUNCTION sec.guard_export_request();

-- A day to come would lengthen the approval.
CREATE FUNCTION sec.guard_export_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_given text[] := ARRAY['outcome', 'answer', 'answered_on', 'valid_until', 'answered_by_id', 'answered_label',
                            'answered_at'];
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF OLD.answered_at IS NOT NULL OR to_jsonb(NEW) - v_given <> to_jsonb(OLD) - v_given
        OR NEW.answered_on > sec.real_day()
    THEN
        RAISE EXCEPTION 'answered once' USING ERRCODE = 'PT704';
    END IF;
    IF coalesce((sec.acting_post()).role, '') NOT IN ('leader', 'security_admin') THEN
        RAISE EXCEPTION 'not who answers' USING ERRCODE = 'PT702';
    END IF;
    IF OLD.actor_id = sec.person() THEN
        RAISE EXCEPTION 'own request' USING ERRCODE = 'PT703';
    END IF;
    NEW.answered_by_id := sec.person();
    NEW.answered_label := sec.post_label();
    NEW.answered_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_export_answer BEFORE UPDATE ON assessment_exportrequest
FOR EACH ROW EXECUTE FUNCTION sec.guard_export_answer();

GRANT UPDATE (outcome, answer, answered_on, valid_until) ON assessment_exportrequest TO app;

REVOKE ALL ON FUNCTION sec.guard_export_request(), sec.guard_export_answer() FROM PUBLIC;
