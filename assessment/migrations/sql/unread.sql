-- How many notices of one of the person's own posts nobody has opened; asked with the posts themselves, before
-- a tenant's scope is entered. Of other people's posts it says nothing.
CREATE FUNCTION sec.unread_notices(own_post bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(d.id)
    FROM public.accounts_post p
    JOIN public.assessment_delivery d ON d.tenant_id = p.tenant_id AND d.post_id = p.id
        AND d.channel = 'in_app' AND d.read_at IS NULL
    WHERE p.id = own_post AND p.user_id = sec.person()
$$;

REVOKE ALL ON FUNCTION sec.unread_notices(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.unread_notices(bigint) TO app;
