-- Tasks of the server: the portal itself acts, in one tenant, without a person and without a post.
-- Such a scope reads what a member would read and writes only the tables that let tasks in.

CREATE FUNCTION sec.write_tenant(superior_ok boolean, task_ok boolean) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN c.kind = 'member' OR (c.kind = 'superior' AND superior_ok) OR (c.kind = 'task' AND task_ok)
                THEN c.tenant END
    FROM (SELECT (s.x).kind, (s.x).tenant FROM (SELECT sec.context() AS x) s) c
$$;

-- The tenants that a task may enter one after the other. Only a task that has not entered one may ask.
CREATE FUNCTION sec.task_tenants() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
BEGIN
    IF v_context.kind IS DISTINCT FROM 'task' OR v_context.tenant IS NOT NULL THEN
        RAISE EXCEPTION 'only a task outside every tenant lists them' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT id FROM public.accounts_tenant ORDER BY id;
END $$;

-- As before, and a task's act is the system's: it has a label and no actor.
CREATE OR REPLACE FUNCTION sec.begin_act(act text, reason text, request text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_label text;
    v_id bigint;
BEGIN
    IF v_context.tenant IS NULL THEN
        RAISE EXCEPTION 'no scope' USING ERRCODE = '42501';
    END IF;
    IF nullif(current_setting('app.act', true), '') IS NOT NULL THEN
        RAISE EXCEPTION 'one act per transaction' USING ERRCODE = '42501';
    END IF;
    IF v_context.kind = 'task' THEN
        v_context.person := NULL;
        v_label := '系统·定时任务';
    ELSE
        v_label := sec.post_label();
    END IF;
    IF v_label IS NULL THEN
        RAISE EXCEPTION 'an act needs a post' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.accounts_change (tenant_id, at, act, actor, post_label, reason, request_id)
    VALUES (v_context.tenant, clock_timestamp(), act, v_context.person, v_label, reason, request)
    RETURNING id INTO v_id;
    PERFORM set_config('app.act', v_id::text, true);
    RETURN v_id;
END $$;

REVOKE ALL ON FUNCTION sec.write_tenant(boolean, boolean), sec.task_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.write_tenant(boolean, boolean), sec.task_tenants() TO app;
