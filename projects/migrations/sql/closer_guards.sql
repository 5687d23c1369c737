-- Guards that a long walk over the ledger has passed by: as before, but for what each comment says.

-- A claim is reversed once, also while its first reversal waits for opinions: the origin's lock tells.
CREATE OR REPLACE FUNCTION sec.guard_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_return public.projects_return;
    v_origin public.projects_claim;
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF NEW.reviewed IS NOT NULL OR NEW.verified IS NOT NULL OR NEW.superior IS NOT NULL
        OR NEW.state <> 'submitted'
    THEN
        RAISE EXCEPTION 'a claim arrives undecided' USING ERRCODE = '42501';
    END IF;

    -- The Return is the row that closing locks: FOR SHARE here, FOR NO KEY UPDATE there (I5). Its id finds it;
    -- the tenant is only tested (IS TRUE), since every other index begins with the tenant and a plan made
    -- while the tables were small would read one of them from end to end for each claim.
    SELECT * INTO v_return FROM public.projects_return
    WHERE id = NEW.booked_in_id AND (tenant_id = NEW.tenant_id) IS TRUE FOR SHARE;
    IF NOT FOUND OR v_return.unit_id <> NEW.unit_id THEN
        RAISE EXCEPTION 'no return of this unit' USING ERRCODE = 'PT103';
    END IF;
    IF v_return.reports_closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'return closed' USING ERRCODE = 'PT101';
    END IF;

    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO v_origin FROM public.projects_claim
        WHERE id = NEW.reverses_id AND (tenant_id = NEW.tenant_id) IS TRUE FOR NO KEY UPDATE;
        IF NOT FOUND OR v_origin.state = 'reversed' OR v_origin.reverses_id IS NOT NULL
            OR NEW.reported <> - v_origin.reported
            OR (NEW.unit_id, NEW.project_id, NEW.kind, NEW.happened_on)
                IS DISTINCT FROM (v_origin.unit_id, v_origin.project_id, v_origin.kind, v_origin.happened_on)
            OR (NEW.voucher_id, NEW.agreement_id, NEW.visit_id, NEW.lead_id, NEW.stage_change_id, NEW.split_id)
                IS DISTINCT FROM (v_origin.voucher_id, v_origin.agreement_id, v_origin.visit_id,
                                  v_origin.lead_id, v_origin.stage_change_id, v_origin.split_id)
            OR EXISTS (SELECT FROM public.projects_claim r
                       WHERE r.tenant_id = NEW.tenant_id AND r.reverses_id = NEW.reverses_id)
        THEN
            RAISE EXCEPTION 'not the reversal of that claim' USING ERRCODE = 'PT302';
        END IF;
    ELSIF NEW.reported < 0 THEN
        RAISE EXCEPTION 'negative claim' USING ERRCODE = 'PT303';
    END IF;
    IF NEW.voucher_id IS NULL AND NEW.agreement_id IS NULL THEN
        PERFORM sec.check_act(NEW);
    END IF;

    NEW.entered_by_id := sec.person();
    -- Read while the Return is held, so that it tells whether a submission covers this claim.
    NEW.entered_at := clock_timestamp();
    RETURN NEW;
END $$;

-- The face value bounds what may come to stand: a claim until it is reversed, whatever waits beside it. Of a
-- correction that waits, the greater of the two figures; one that is turned down has freed nothing.
CREATE OR REPLACE FUNCTION sec.guard_face() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.projects_voucher v JOIN (SELECT DISTINCT voucher_id, tenant_id FROM new_rows) n
        ON v.id = n.voucher_id AND (v.tenant_id = n.tenant_id) IS TRUE
    ORDER BY v.id FOR NO KEY UPDATE OF v;
    IF EXISTS (
        SELECT FROM public.projects_voucher v
        JOIN public.projects_claim c ON c.voucher_id = v.id AND (c.tenant_id = v.tenant_id) IS TRUE
        LEFT JOIN public.projects_claim o ON o.id = c.replaces_id AND (o.tenant_id = c.tenant_id) IS TRUE
        WHERE v.id IN (SELECT voucher_id FROM new_rows WHERE reported > 0)
          AND c.reverses_id IS NULL AND c.state <> 'reversed'
        GROUP BY v.id
        HAVING sum(CASE WHEN o.state <> 'reversed' THEN greatest(c.reported - o.reported, 0) ELSE c.reported END)
            > v.face_wan)
    THEN
        RAISE EXCEPTION 'above the face value' USING ERRCODE = 'PT301';
    END IF;
    RETURN NULL;
END $$;
