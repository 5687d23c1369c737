CREATE SCHEMA sec;

-- Scope: who is asking, proved by a signature that the application's role cannot make here.

CREATE TABLE sec.key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
    outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64)
);

-- HMAC-SHA256 with the core's sha256(): the key is kept as its two padded forms.
CREATE FUNCTION sec.install_key(secret bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_key bytea := CASE WHEN octet_length(secret) > 64 THEN sha256(secret) ELSE secret END;
    v_inner bytea := decode(repeat('36', 64), 'hex');
    v_outer bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    FOR v_at IN 0 .. octet_length(v_key) - 1 LOOP
        v_inner := set_byte(v_inner, v_at, get_byte(v_inner, v_at) # get_byte(v_key, v_at));
        v_outer := set_byte(v_outer, v_at, get_byte(v_outer, v_at) # get_byte(v_key, v_at));
    END LOOP;
    INSERT INTO sec.key (inner_pad, outer_pad) VALUES (v_inner, v_outer)
    ON CONFLICT (one) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad;
END $$;

CREATE TYPE sec.context AS (tenant bigint, person bigint, post bigint, kind text);

-- The context of this transaction; NULL when none is set; an error when it is forged or expired.
CREATE FUNCTION sec.context() RETURNS sec.context
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_raw text := nullif(current_setting('app.ctx', true), '');
    v_part text[];
    v_key sec.key;
    v_message text;
    v_result sec.context;
BEGIN
    IF v_raw IS NULL THEN
        RETURN NULL;
    END IF;
    v_part := string_to_array(v_raw, '|');
    SELECT * INTO v_key FROM sec.key;
    v_message := array_to_string(v_part[1:6], '|');
    IF NOT FOUND OR cardinality(v_part) <> 7 OR v_part[1] <> '1'
        OR encode(sha256(v_key.outer_pad || sha256(v_key.inner_pad || convert_to(v_message, 'UTF8'))), 'hex')
            IS DISTINCT FROM v_part[7]
        OR v_part[6]::bigint < extract(epoch FROM clock_timestamp())
    THEN
        RAISE EXCEPTION 'context refused' USING ERRCODE = '42501';
    END IF;
    v_result.tenant := nullif(v_part[2], '')::bigint;
    v_result.person := nullif(v_part[3], '')::bigint;
    v_result.post := nullif(v_part[4], '')::bigint;
    v_result.kind := v_part[5];
    RETURN v_result;
END $$;

CREATE FUNCTION sec.person() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT (sec.context()).person $$;

-- Tenants whose rows may be read: the current one and all below it.
CREATE FUNCTION sec.read_scope() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT array(
        SELECT descendant_id FROM public.accounts_tenantclosure
        WHERE ancestor_id = (SELECT (sec.context()).tenant)
    )
$$;

-- Tenants whose names may be read: those of the read scope and everything above.
CREATE FUNCTION sec.upward() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT array(
        SELECT ancestor_id FROM public.accounts_tenantclosure
        WHERE descendant_id = (SELECT (sec.context()).tenant)
    )
$$;

-- The one tenant that may be written; none for a superior officer unless the table allows it.
CREATE FUNCTION sec.write_tenant(superior_ok boolean) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN c.kind = 'member' OR (c.kind = 'superior' AND superior_ok) THEN c.tenant END
    FROM (SELECT (s.x).kind, (s.x).tenant FROM (SELECT sec.context() AS x) s) c
$$;

-- The one question that may be asked before a scope exists (and only then), and a person's own posts.

CREATE FUNCTION sec.login_row(login text) RETURNS SETOF public.accounts_user
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM public.accounts_user WHERE username = login AND (SELECT (sec.context()).kind) IS NULL
$$;

CREATE FUNCTION sec.own_posts() RETURNS TABLE (
    id bigint, role text, unit_id bigint, unit_name text, tenant_id bigint, tenant_code text,
    tenant_name text, tenant_level text, from_on date, until_on date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.id, p.role::text, u.id, u.name::text, t.id, t.code::text, t.name::text, t.level::text,
           p.from_on, p.until_on
    FROM public.accounts_post p
    JOIN public.accounts_unit u ON u.id = p.unit_id
    JOIN public.accounts_tenant t ON t.id = p.tenant_id
    WHERE p.user_id = sec.person()
    ORDER BY p.id
$$;

-- A person is added through a post with the right role; the row is visible once it has a post.
CREATE FUNCTION sec.add_user(login text, full_name text, password_hash text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
    v_id bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.id = v_context.post AND p.user_id = v_context.person AND p.tenant_id = v_context.tenant
          AND p.role = 'system_admin'
    ) THEN
        RAISE EXCEPTION 'only a system administrator adds users' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.accounts_user (username, name, password, is_active)
    VALUES (login, full_name, password_hash, true) RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- The change log: lines at the write, number and hash at commit.

-- Unit and role of the post acted in; NULL when the context names no post that fits its person and tenant.
CREATE FUNCTION sec.post_label() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT u.name || '·' || p.role
    FROM (SELECT (s.x).* FROM (SELECT sec.context() AS x) s) c
    JOIN public.accounts_post p ON p.id = c.post AND p.user_id = c.person
    JOIN public.accounts_unit u ON u.id = p.unit_id
    WHERE p.tenant_id = c.tenant OR (c.kind = 'superior' AND EXISTS (
        SELECT FROM public.accounts_tenantclosure t
        WHERE t.ancestor_id = p.tenant_id AND t.descendant_id = c.tenant))
$$;

-- Opens the act of this transaction. Actor, post and tenant come from the signed context.
CREATE FUNCTION sec.begin_act(act text, reason text, request text) RETURNS bigint
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
    v_label := sec.post_label();
    IF v_label IS NULL THEN
        RAISE EXCEPTION 'an act needs a post' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.accounts_change (tenant_id, at, act, actor, post_label, reason, request_id)
    VALUES (v_context.tenant, clock_timestamp(), act, v_context.person, v_label, reason, request)
    RETURNING id INTO v_id;
    PERFORM set_config('app.act', v_id::text, true);
    RETURN v_id;
END $$;

-- The same for the owner's role: setting up a tenant, data migrations. Not granted to the application.
CREATE FUNCTION sec.begin_act_as(tenant bigint, act text, label text, reason text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_id bigint;
BEGIN
    IF nullif(current_setting('app.act', true), '') IS NOT NULL THEN
        RAISE EXCEPTION 'one act per transaction' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.accounts_change (tenant_id, at, act, actor, post_label, reason, request_id)
    VALUES (tenant, clock_timestamp(), act, NULL, label, reason, '')
    RETURNING id INTO v_id;
    PERFORM set_config('app.act', v_id::text, true);
    RETURN v_id;
END $$;

-- The tenant of the open act. Only a header of this very transaction is still without a number.
CREATE FUNCTION sec.open_act(target text) RETURNS public.accounts_change
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_act public.accounts_change;
BEGIN
    SELECT * INTO v_act FROM public.accounts_change
    WHERE id = nullif(current_setting('app.act', true), '')::bigint AND pos IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'write to % outside an act', target USING ERRCODE = '42501';
    END IF;
    RETURN v_act;
END $$;

-- A row as the log keeps it: personal columns read "changed", never their value or a digest.
CREATE FUNCTION sec.logged(line jsonb, personal text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN cardinality(personal) = 0 THEN line ELSE line || coalesce((
        SELECT jsonb_object_agg(p, '"changed"'::jsonb) FROM unnest(personal) p WHERE line -> p <> 'null'
    ), '{}') END
$$;

-- A row that names a tenant must name the act's.
CREATE FUNCTION sec.refuse_other_tenant(other boolean, target text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF other THEN
        RAISE EXCEPTION 'a row of % lies outside the act''s tenant', target USING ERRCODE = '42501';
    END IF;
END $$;

CREATE FUNCTION sec.log_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_act public.accounts_change;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    v_act := sec.open_act(TG_TABLE_NAME);
    PERFORM sec.refuse_other_tenant(EXISTS (
        SELECT FROM new_rows n WHERE (to_jsonb(n) ->> 'tenant_id')::bigint <> v_act.tenant_id), TG_TABLE_NAME);
    INSERT INTO public.accounts_changerow (tenant_id, change_id, "table", "row", op, after)
    SELECT v_act.tenant_id, v_act.id, TG_TABLE_NAME, n.id, 'I', sec.logged(to_jsonb(n), TG_ARGV) FROM new_rows n
    ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE FUNCTION sec.log_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_act public.accounts_change;
BEGIN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
        RETURN NULL;
    END IF;
    v_act := sec.open_act(TG_TABLE_NAME);
    PERFORM sec.refuse_other_tenant(EXISTS (
        SELECT FROM old_rows o WHERE (to_jsonb(o) ->> 'tenant_id')::bigint <> v_act.tenant_id), TG_TABLE_NAME);
    INSERT INTO public.accounts_changerow (tenant_id, change_id, "table", "row", op, before)
    SELECT v_act.tenant_id, v_act.id, TG_TABLE_NAME, o.id, 'D', sec.logged(to_jsonb(o), TG_ARGV) FROM old_rows o
    ORDER BY o.id;
    RETURN NULL;
END $$;

CREATE FUNCTION sec.log_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_act public.accounts_change;
    v_rows bigint;
    v_joined bigint;
BEGIN
    SELECT count(*) INTO v_rows FROM new_rows;
    IF v_rows = 0 THEN
        RETURN NULL;
    END IF;
    v_act := sec.open_act(TG_TABLE_NAME);
    -- Old and new are paired by id: a changed key would leave no line.
    SELECT count(*) INTO v_joined FROM old_rows o JOIN new_rows n ON n.id = o.id
        AND (to_jsonb(n) ->> 'tenant_id') IS NOT DISTINCT FROM (to_jsonb(o) ->> 'tenant_id');
    IF v_joined <> v_rows THEN
        RAISE EXCEPTION 'a key of % never changes', TG_TABLE_NAME USING ERRCODE = '42501';
    END IF;
    PERFORM sec.refuse_other_tenant(EXISTS (
        SELECT FROM new_rows n WHERE (to_jsonb(n) ->> 'tenant_id')::bigint <> v_act.tenant_id), TG_TABLE_NAME);
    INSERT INTO public.accounts_changerow (tenant_id, change_id, "table", "row", op, before, after)
    SELECT v_act.tenant_id, v_act.id, TG_TABLE_NAME, n.id, 'U',
           sec.logged(to_jsonb(o), TG_ARGV), sec.logged(to_jsonb(n), TG_ARGV)
    FROM old_rows o JOIN new_rows n ON n.id = o.id
    WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n)
    ORDER BY n.id;
    RETURN NULL;
END $$;

-- The bytes that are hashed are the text of a JSON array: no field can run into the next.
CREATE FUNCTION sec.act_digest(header public.accounts_change) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT sha256(
        header.prev
        || convert_to(jsonb_build_array(
            header.tenant_id, header.pos, extract(epoch FROM header.at)::text, header.act, header.actor,
            header.post_label, header.reason, header.request_id)::text, 'UTF8')
        || coalesce((
            SELECT string_agg(sha256(convert_to(jsonb_build_array(
                r.tenant_id, r."table", r."row", r.op, r.before, r.after)::text, 'UTF8')), ''::bytea ORDER BY r.id)
            FROM public.accounts_changerow r
            WHERE r.change_id = header.id AND (r.tenant_id = header.tenant_id) IS TRUE
        ), ''::bytea))
$$;

CREATE FUNCTION sec.seal_act() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_head public.accounts_chainhead;
    v_act public.accounts_change;
BEGIN
    INSERT INTO public.accounts_chainhead (tenant_id, pos, hash) VALUES (NEW.tenant_id, 0, ''::bytea)
    ON CONFLICT DO NOTHING;
    SELECT * INTO v_head FROM public.accounts_chainhead WHERE tenant_id = NEW.tenant_id FOR UPDATE;
    SELECT * INTO v_act FROM public.accounts_change WHERE id = NEW.id;
    v_act.pos := v_head.pos + 1;
    v_act.prev := v_head.hash;
    v_act.hash := sec.act_digest(v_act);
    UPDATE public.accounts_change SET pos = v_act.pos, prev = v_act.prev, hash = v_act.hash WHERE id = v_act.id;
    UPDATE public.accounts_chainhead SET pos = v_act.pos, hash = v_act.hash WHERE tenant_id = v_act.tenant_id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER seal_act AFTER INSERT ON accounts_change
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.seal_act();

-- Tables without tenant_id.

ALTER TABLE accounts_tenant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON accounts_tenant FOR SELECT TO app
    USING (id = ANY ((SELECT sec.read_scope())::bigint[]) OR id = ANY ((SELECT sec.upward())::bigint[]));
ALTER TABLE accounts_tenantclosure ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON accounts_tenantclosure FOR SELECT TO app
    USING (descendant_id = ANY ((SELECT sec.read_scope())::bigint[]));
ALTER TABLE accounts_chainhead ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON accounts_chainhead FOR SELECT TO app
    USING (tenant_id = ANY ((SELECT sec.read_scope())::bigint[]));
GRANT SELECT ON accounts_tenant, accounts_tenantclosure, accounts_chainhead TO app;

ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON accounts_user FOR SELECT TO app
    USING (id = (SELECT sec.person()) OR EXISTS (
        SELECT FROM accounts_post p
        WHERE p.user_id = accounts_user.id AND p.tenant_id = ANY ((SELECT sec.read_scope())::bigint[])));
CREATE POLICY change ON accounts_user FOR UPDATE TO app
    USING (id = (SELECT sec.person())) WITH CHECK (id = (SELECT sec.person()));
GRANT SELECT ON accounts_user TO app;
GRANT UPDATE (password) ON accounts_user TO app;

-- Sessions belong to a browser, not to a tenant; the migration table is read by makemigrations --check.
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO app;
GRANT SELECT ON django_migrations TO app;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
GRANT USAGE ON SCHEMA sec TO app;
GRANT EXECUTE ON FUNCTION sec.context(), sec.person(), sec.read_scope(), sec.upward(), sec.write_tenant(boolean),
    sec.login_row(text), sec.own_posts(), sec.add_user(text, text, text), sec.begin_act(text, text, text) TO app;

-- A unit is in one group at a time. The tenant comes first here too: the refusal of a row that names
-- another tenant's unit must not tell that it has memberships.
ALTER TABLE accounts_groupmembership ADD CONSTRAINT groupmembership_one_at_a_time
    EXCLUDE USING gist (int8range(tenant_id, tenant_id, '[]') WITH &&, int8range(unit_id, unit_id, '[]') WITH &&,
                        daterange(from_on, until_on, '[]') WITH &&);

-- A unit represents a jurisdiction below its own tenant only; any other id, taken or not, is refused alike.
CREATE FUNCTION sec.guard_represents() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.accounts_tenantclosure
        WHERE ancestor_id = NEW.tenant_id AND descendant_id = NEW.represents_id AND descendant_id <> ancestor_id
    ) THEN
        RAISE EXCEPTION 'not a jurisdiction below this one' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_represents BEFORE INSERT OR UPDATE ON accounts_unit
FOR EACH ROW WHEN (NEW.represents_id IS NOT NULL) EXECUTE FUNCTION sec.guard_represents();
REVOKE ALL ON FUNCTION sec.guard_represents() FROM PUBLIC;

-- Posts are rights and decide on interests: only a system administrator of the tenant gives or changes one,
-- and only to a person of this tenant or to one who has no post yet. Otherwise a row of one's own would show
-- any person of another tenant, and a date would end an interest. The owner sets up tenants and may do both.
CREATE FUNCTION sec.guard_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context;
BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    v_context := sec.context();
    IF NEW.tenant_id IS DISTINCT FROM v_context.tenant OR NOT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.id = v_context.post AND p.user_id = v_context.person AND p.tenant_id = v_context.tenant
          AND p.role = 'system_admin'
    ) THEN
        RAISE EXCEPTION 'only a system administrator gives posts' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_post p WHERE p.user_id = NEW.user_id AND p.tenant_id = NEW.tenant_id)
        AND (EXISTS (SELECT FROM public.accounts_post p WHERE p.user_id = NEW.user_id)
             OR NOT EXISTS (SELECT FROM public.accounts_user u WHERE u.id = NEW.user_id))
    THEN
        RAISE EXCEPTION 'no person of this tenant' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_post BEFORE INSERT OR UPDATE ON accounts_post
FOR EACH ROW EXECUTE FUNCTION sec.guard_post();
REVOKE ALL ON FUNCTION sec.guard_post() FROM PUBLIC;
