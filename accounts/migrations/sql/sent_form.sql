-- A form is kept for the person who sent it. In another's name it would tell whether there is a person of this
-- number, since people belong to no tenant and their number is checked wherever it is written.
CREATE FUNCTION sec.guard_sent_form() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.user_id IS DISTINCT FROM sec.person() THEN
        RAISE EXCEPTION 'not one''s own form' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_sent_form BEFORE INSERT OR UPDATE ON accounts_sentform
FOR EACH ROW EXECUTE FUNCTION sec.guard_sent_form();

REVOKE ALL ON FUNCTION sec.guard_sent_form() FROM PUBLIC;
