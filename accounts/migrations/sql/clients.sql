-- The second question that may be asked before a scope exists (and only then): a client by its key's hash.
-- One hash that two clients claim answers nobody.
CREATE FUNCTION sec.client_row(hash text) RETURNS TABLE (
    id bigint, name text, unit_id bigint, tenant_id bigint, tenant_code text, tenant_name text,
    tenant_level text, groups jsonb, addresses jsonb, expires_on date, disabled boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH found AS (
        SELECT c.id, c.name::text, c.unit_id, t.id, t.code::text, t.name::text, t.level::text,
               c.groups, c.addresses, c.expires_on, c.disabled
        FROM public.accounts_client c
        JOIN public.accounts_tenant t ON t.id = c.tenant_id
        WHERE (c.key_hash = hash OR c.next_key_hash = hash) AND (SELECT (sec.context()).kind) IS NULL
    )
    SELECT * FROM found WHERE (SELECT count(*) FROM found) = 1
$$;
REVOKE ALL ON FUNCTION sec.client_row(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.client_row(text) TO app;

-- A client is a right to read: only a system or security administrator of the tenant gives or changes one.
CREATE FUNCTION sec.guard_client() RETURNS trigger
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
          AND p.role IN ('system_admin', 'security_admin')
    ) THEN
        RAISE EXCEPTION 'only a system or security administrator gives clients' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_client BEFORE INSERT OR UPDATE ON accounts_client
FOR EACH ROW EXECUTE FUNCTION sec.guard_client();
REVOKE ALL ON FUNCTION sec.guard_client() FROM PUBLIC;
