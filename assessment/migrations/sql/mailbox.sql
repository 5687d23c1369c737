-- A mailbox stays its post's: nobody writes another's, hands the own one on, or draws another's to the own post.
CREATE OR REPLACE FUNCTION sec.guard_mailbox() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.post_id IS DISTINCT FROM (sec.context()).post
        OR (TG_OP = 'UPDATE' AND OLD.post_id IS DISTINCT FROM NEW.post_id)
    THEN
        RAISE EXCEPTION 'not one''s own mailbox' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
