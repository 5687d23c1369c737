-- A project that is stopped, ended or out of touch tells the cause. What was recorded before stays as it is.
CREATE FUNCTION sec.guard_stage_code() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an interruption tells its cause' USING ERRCODE = 'PT507';
END $$;

CREATE TRIGGER guard_stage_code BEFORE INSERT ON projects_stagechange
FOR EACH ROW WHEN (NEW.after IN ('suspended', 'terminated', 'lost_contact') AND NEW.code = '')
EXECUTE FUNCTION sec.guard_stage_code();

REVOKE ALL ON FUNCTION sec.guard_stage_code() FROM PUBLIC;
