-- Administration of people and posts. Every function here asks for the post acted in and writes inside an act.

-- Whether the context is a post in office of its own tenant with one of these roles. Called by the functions below.
CREATE FUNCTION sec.acts_as(roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM (SELECT (s.x).* FROM (SELECT sec.context() AS x) s) c
        JOIN public.accounts_post p ON p.id = c.post AND p.user_id = c.person AND p.tenant_id = c.tenant
        WHERE c.kind = 'member' AND NOT p.pending AND p.role = ANY (roles)
    )
$$;

-- Refuses unless one of these roles acts on somebody else whose posts all lie in the own tenant.
CREATE FUNCTION sec.guard_person(target bigint, roles text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context := sec.context();
BEGIN
    IF sec.acts_as(roles) IS NOT TRUE OR target = v_context.person
        OR NOT EXISTS (
            SELECT FROM public.accounts_post p WHERE p.user_id = target AND p.tenant_id = v_context.tenant)
        OR EXISTS (
            SELECT FROM public.accounts_post p WHERE p.user_id = target AND p.tenant_id <> v_context.tenant)
    THEN
        RAISE EXCEPTION 'nobody whom this post administers' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.open_act('accounts_user');
END $$;

-- A password that somebody else knows works for three days and opens nothing but its own change.
CREATE FUNCTION sec.initial_until() RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + interval '72 hours' $$;

DROP FUNCTION sec.add_user(text, text, text);

-- A person is added through a post with the right role; the row is visible once it has a post.
CREATE FUNCTION sec.add_user(login text, full_name text, spelling text, password_hash text, initial boolean)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_id bigint;
BEGIN
    IF sec.acts_as(ARRAY['system_admin']) IS NOT TRUE THEN
        RAISE EXCEPTION 'only a system administrator adds users' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.accounts_user (username, name, search_key, password, is_active, initial_until)
    VALUES (login, full_name, spelling, password_hash, true, CASE WHEN initial THEN sec.initial_until() END)
    RETURNING id INTO v_id;
    RETURN v_id;
END $$;

-- Name and whether a person may sign in; what is null stays.
CREATE FUNCTION sec.change_user(target bigint, full_name text, spelling text, active boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.guard_person(target, ARRAY['system_admin']);
    UPDATE public.accounts_user
    SET name = coalesce(full_name, name), search_key = coalesce(spelling, search_key), is_active = coalesce(active, is_active)
    WHERE id = target;
END $$;

-- An initial password in place of a forgotten one. Refused (false) when another one was handed out since
-- the administrator looked: of two at once, and of a form sent twice, one resets.
CREATE FUNCTION sec.reset_password(target bigint, password_hash text, seen timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.guard_person(target, ARRAY['system_admin']);
    UPDATE public.accounts_user SET password = password_hash, initial_until = sec.initial_until()
    WHERE id = target AND initial_until IS NOT DISTINCT FROM seen;
    RETURN FOUND;
END $$;

-- A password that a person has chosen is no initial one any more.
CREATE FUNCTION sec.own_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.password <> OLD.password AND NEW.initial_until IS NOT DISTINCT FROM OLD.initial_until THEN
        NEW.initial_until := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER own_password BEFORE UPDATE OF password ON accounts_user
FOR EACH ROW EXECUTE FUNCTION sec.own_password();

-- Second factors: a person sees and counts the own one; what binds and unbinds it stands in functions.

ALTER TABLE accounts_secondfactor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON accounts_secondfactor FOR SELECT TO app USING (user_id = (SELECT sec.person()));
CREATE POLICY add ON accounts_secondfactor FOR INSERT TO app WITH CHECK (user_id = (SELECT sec.person()));
CREATE POLICY change ON accounts_secondfactor FOR UPDATE TO app
    USING (user_id = (SELECT sec.person())) WITH CHECK (user_id = (SELECT sec.person()));
GRANT SELECT, INSERT ON accounts_secondfactor TO app;
GRANT UPDATE (step, failures, failed_at) ON accounts_secondfactor TO app;

-- The own device has proved itself with a code: from now on it is asked for.
CREATE FUNCTION sec.bind_factor() RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_at timestamptz;
BEGIN
    UPDATE public.accounts_user u SET second_factor_at = clock_timestamp()
    WHERE u.id = sec.person() AND u.second_factor_at IS NULL
      AND EXISTS (SELECT FROM public.accounts_secondfactor f WHERE f.user_id = u.id AND f.step > 0)
    RETURNING second_factor_at INTO v_at;
    IF v_at IS NULL THEN
        RAISE EXCEPTION 'no device to bind' USING ERRCODE = '42501';
    END IF;
    RETURN v_at;
END $$;

-- A lost device: the security administrator unbinds it; the person binds another one after the next sign-in.
CREATE FUNCTION sec.reset_factor(target bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.guard_person(target, ARRAY['security_admin']);
    DELETE FROM public.accounts_secondfactor WHERE user_id = target;
    UPDATE public.accounts_user SET second_factor_at = NULL WHERE id = target;
END $$;

-- Posts.

-- Nobody holds two administrators' posts at the same time (系统、安全、审计三类管理员分设).
ALTER TABLE accounts_post ADD CONSTRAINT post_one_administration
    EXCLUDE USING gist (int8range(tenant_id, tenant_id, '[]') WITH &&, int8range(user_id, user_id, '[]') WITH &&,
                        daterange(from_on, until_on, '[]') WITH &&)
    WHERE (role IN ('system_admin', 'security_admin', 'audit_admin'));

-- A pending post is none yet.
CREATE OR REPLACE FUNCTION sec.own_posts() RETURNS TABLE (
    id bigint, role text, unit_id bigint, unit_name text, tenant_id bigint, tenant_code text,
    tenant_name text, tenant_level text, from_on date, until_on date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.id, p.role::text, u.id, u.name::text, t.id, t.code::text, t.name::text, t.level::text,
           p.from_on, p.until_on
    FROM public.accounts_post p
    JOIN public.accounts_unit u ON u.id = p.unit_id
    JOIN public.accounts_tenant t ON t.id = p.tenant_id
    WHERE p.user_id = sec.person() AND NOT p.pending
    ORDER BY p.id
$$;

-- Whether a security administrator is in office without an end, besides this post.
CREATE FUNCTION sec.has_security(tenant bigint, besides bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.accounts_post p
        WHERE p.tenant_id = tenant AND p.id <> besides AND p.role = 'security_admin' AND NOT p.pending
          AND p.until_on IS NULL
    )
$$;

-- Posts are rights and decide on interests. A system administrator of the tenant gives one or changes its dates,
-- to others than himself, and only to a person of this tenant or to one who has no post yet: otherwise a row of
-- one's own would show any person of another tenant. A post that decides or administers waits for the security
-- administrator as soon as there is one; he lets it begin or ends it, and never becomes the last of his kind to
-- go. The owner sets up tenants and may do all of it.
CREATE OR REPLACE FUNCTION sec.guard_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_context sec.context;
    v_guarded boolean := NEW.role IN ('inspection', 'system_admin', 'security_admin', 'audit_admin');
BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    v_context := sec.context();
    IF NEW.tenant_id IS DISTINCT FROM v_context.tenant OR NEW.user_id = v_context.person THEN
        RAISE EXCEPTION 'nobody gives posts to himself or elsewhere' USING ERRCODE = '42501';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.user_id, NEW.unit_id, NEW.role, NEW.duty, NEW.takes_over_id)
            IS DISTINCT FROM (OLD.user_id, OLD.unit_id, OLD.role, OLD.duty, OLD.takes_over_id)
        THEN
            RAISE EXCEPTION 'a post changes its dates only' USING ERRCODE = '42501';
        END IF;
        IF OLD.role = 'security_admin' AND NOT OLD.pending AND (NEW.until_on IS NOT NULL OR NEW.from_on > OLD.from_on)
        THEN
            -- Two who leave at once wait for each other here.
            PERFORM FROM public.accounts_tenant WHERE id = OLD.tenant_id FOR NO KEY UPDATE;
            IF NOT sec.has_security(OLD.tenant_id, OLD.id) THEN
                RAISE EXCEPTION 'the last security administrator' USING ERRCODE = 'PT401';
            END IF;
        END IF;
        IF v_guarded AND sec.acts_as(ARRAY['security_admin']) THEN
            IF NEW.from_on <> OLD.from_on OR NEW.pending AND NOT OLD.pending
                OR coalesce(NEW.until_on, 'infinity') > coalesce(OLD.until_on, 'infinity')
            THEN
                RAISE EXCEPTION 'a security administrator confirms and ends posts' USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    IF sec.acts_as(ARRAY['system_admin']) IS NOT TRUE THEN
        RAISE EXCEPTION 'only a system administrator gives posts' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_post p WHERE p.user_id = NEW.user_id AND p.tenant_id = NEW.tenant_id)
        AND (EXISTS (SELECT FROM public.accounts_post p WHERE p.user_id = NEW.user_id)
             OR NOT EXISTS (SELECT FROM public.accounts_user u WHERE u.id = NEW.user_id))
    THEN
        RAISE EXCEPTION 'no person of this tenant' USING ERRCODE = '42501';
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.pending := v_guarded AND sec.has_security(NEW.tenant_id, 0);
    ELSE
        -- A longer post is given anew.
        NEW.pending := OLD.pending OR v_guarded AND sec.has_security(NEW.tenant_id, 0)
            AND (NEW.from_on < OLD.from_on
                 OR coalesce(NEW.until_on, 'infinity') > coalesce(OLD.until_on, 'infinity'));
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION sec.acts_as(text[]), sec.guard_person(bigint, text[]), sec.initial_until(),
    sec.add_user(text, text, text, text, boolean), sec.change_user(bigint, text, text, boolean),
    sec.reset_password(bigint, text, timestamptz), sec.own_password(), sec.bind_factor(),
    sec.reset_factor(bigint), sec.has_security(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.add_user(text, text, text, text, boolean),
    sec.change_user(bigint, text, text, boolean), sec.reset_password(bigint, text, timestamptz),
    sec.bind_factor(), sec.reset_factor(bigint) TO app;
