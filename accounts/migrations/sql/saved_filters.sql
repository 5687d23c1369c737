-- A saved filter stays its post's: nobody writes another's, hands the own one on, draws another's to the own
-- post or takes another's away, shared or not.
CREATE FUNCTION sec.guard_saved_filter() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_post bigint := (sec.context()).post;
BEGIN
    IF (TG_OP <> 'INSERT' AND OLD.post_id IS DISTINCT FROM v_post)
        OR (TG_OP <> 'DELETE' AND NEW.post_id IS DISTINCT FROM v_post)
    THEN
        RAISE EXCEPTION 'not one''s own filter' USING ERRCODE = '42501';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_saved_filter BEFORE INSERT OR UPDATE OR DELETE ON accounts_savedfilter
FOR EACH ROW EXECUTE FUNCTION sec.guard_saved_filter();

REVOKE ALL ON FUNCTION sec.guard_saved_filter() FROM PUBLIC;
