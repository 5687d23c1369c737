-- The superior's sample: drawn by the database from a list that it has read itself, with a seed that anybody
-- can use again. The county reads it and cannot write it.

-- Whether the context is that of a superior's post, looking down into the tenant that it names.
CREATE FUNCTION sec.looks_down() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(c.kind = 'superior', false) AND EXISTS (
        SELECT FROM public.accounts_post p WHERE p.id = c.post AND p.user_id = c.person AND p.role = 'superior')
    FROM (SELECT (s.x).* FROM (SELECT sec.context() AS x) s) c
$$;

-- Whether claims of a kind are money in 万元; all others are counts.
CREATE FUNCTION sec.is_money(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT kind IN ('paid_in', 'signed_total', 'signed_introduced', 'signed_fixed')
$$;

-- What may be drawn from: the decided claims that are booked in a period, of a kind or ('') of all, that nobody
-- has taken back and that take nothing back. A line each, as assessment/sampling.py writes it; null: none.
CREATE FUNCTION sec.drawn_from(tenant bigint, period_id bigint, kind text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(
        concat_ws(',', c.id, CASE WHEN sec.is_money(c.kind) THEN '万元' ELSE '个' END, c.reported, c.verified),
        E'\n' ORDER BY c.id)
    FROM public.projects_claim c
    JOIN public.projects_return r ON r.tenant_id = c.tenant_id AND r.id = c.booked_in_id
    WHERE c.tenant_id = drawn_from.tenant AND r.period_id = drawn_from.period_id
      AND drawn_from.kind IN ('', c.kind)
      AND c.state = 'decided' AND c.verified IS NOT NULL AND c.reverses_id IS NULL
$$;

-- What the seed chooses from the list: money of the floor and above, then ``size`` of the rest. A function of
-- the row alone, whatever has become of the claims since.
CREATE FUNCTION sec.choice_of(draw public.assessment_draw)
RETURNS TABLE (claim_id bigint, place bigint, must boolean, verified numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH listed AS (
        SELECT split_part(line, ',', 1)::bigint AS claim_id,
            split_part(line, ',', 4)::numeric AS verified,
            split_part(line, ',', 2) = '万元'
                AND split_part(line, ',', 3)::numeric >= coalesce(draw.floor_wan, 'Infinity') AS must,
            sha256(convert_to(concat_ws(':', draw.seed, draw.division, split_part(line, ',', 1)), 'UTF8')) AS key
        FROM string_to_table(draw.listing, E'\n') AS line
    ), placed AS (
        SELECT l.*, row_number() OVER (ORDER BY l.must DESC, l.key, l.claim_id) AS place,
            count(*) FILTER (WHERE l.must) OVER () AS musts
        FROM listed l
    )
    SELECT p.claim_id, p.place, p.must, p.verified FROM placed p WHERE p.place <= p.musts + draw.size
$$;

CREATE FUNCTION sec.guard_draw() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NOT sec.looks_down() THEN
        RAISE EXCEPTION 'drawn by the superior' USING ERRCODE = 'PT611';
    END IF;
    -- The period is held, so that two draws cannot both be the first.
    PERFORM FROM public.projects_period
    WHERE tenant_id = NEW.tenant_id AND id = NEW.period_id FOR NO KEY UPDATE;
    NEW.number := 1 + (SELECT count(*) FROM public.assessment_draw
                       WHERE tenant_id = NEW.tenant_id AND period_id = NEW.period_id);
    IF NEW.number > 1 AND NEW.reason !~ '\S' THEN
        RAISE EXCEPTION 'drawn before' USING ERRCODE = 'PT613';
    END IF;
    NEW.listing := sec.drawn_from(NEW.tenant_id, NEW.period_id, NEW.kind);
    IF NEW.listing IS NULL THEN
        RAISE EXCEPTION 'nothing to draw from' USING ERRCODE = 'PT612';
    END IF;
    NEW.division := (SELECT code FROM public.accounts_tenant WHERE id = NEW.tenant_id);
    NEW.population := (SELECT count(*) FROM string_to_table(NEW.listing, E'\n'));
    NEW.sha256 := encode(sha256(convert_to(NEW.listing, 'UTF8')), 'hex');
    NEW.actor_id := (sec.context()).person;
    NEW.post_label := sec.post_label();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_draw BEFORE INSERT ON assessment_draw
FOR EACH ROW EXECUTE FUNCTION sec.guard_draw();

-- For the statement and after log_insert, so that the draw enters the log before what it has chosen.
CREATE FUNCTION sec.write_choice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.assessment_drawnclaim (tenant_id, draw_id, claim_id, place, must, verified)
    SELECT d.tenant_id, d.id, c.claim_id, c.place, c.must, c.verified
    FROM new_rows d, LATERAL sec.choice_of(d) c
    ORDER BY d.id, c.place;
    RETURN NULL;
END $$;

CREATE TRIGGER write_choice AFTER INSERT ON assessment_draw REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION sec.write_choice();

REVOKE ALL ON FUNCTION sec.looks_down(), sec.is_money(text), sec.drawn_from(bigint, bigint, text),
    sec.choice_of(public.assessment_draw), sec.guard_draw(), sec.write_choice() FROM PUBLIC;
