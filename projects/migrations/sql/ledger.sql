-- Guards of the claims ledger. Each raises a code of class PT that people read as a sentence.

-- A guard that runs as the owner must not answer questions about another tenant's rows.
CREATE FUNCTION sec.stay_in_tenant(tenant bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tenant IS DISTINCT FROM (sec.context()).tenant THEN
        RAISE EXCEPTION 'row outside the scope' USING ERRCODE = '42501';
    END IF;
END $$;

-- Claims -----------------------------------------------------------------------------------------

CREATE FUNCTION sec.guard_claim() RETURNS trigger
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
            OR (NEW.voucher_id, NEW.agreement_id, NEW.split_id)
                IS DISTINCT FROM (v_origin.voucher_id, v_origin.agreement_id, v_origin.split_id)
        THEN
            RAISE EXCEPTION 'not the reversal of that claim' USING ERRCODE = 'PT302';
        END IF;
    ELSIF NEW.reported < 0 THEN
        RAISE EXCEPTION 'negative claim' USING ERRCODE = 'PT303';
    END IF;

    NEW.entered_by_id := sec.person();
    -- Read while the Return is held, so that it tells whether a submission covers this claim.
    NEW.entered_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER guard_claim BEFORE INSERT ON projects_claim
FOR EACH ROW EXECUTE FUNCTION sec.guard_claim();

-- The claims that cite a voucher stay within its face value. The vouchers' rows are locked before the sums
-- are taken, so that two acts cannot pass a face value side by side.
CREATE FUNCTION sec.guard_face() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.projects_voucher v JOIN (SELECT DISTINCT voucher_id, tenant_id FROM new_rows) n
        ON v.id = n.voucher_id AND (v.tenant_id = n.tenant_id) IS TRUE
    ORDER BY v.id FOR NO KEY UPDATE OF v;
    IF EXISTS (
        SELECT FROM public.projects_voucher v
        JOIN public.projects_claim c ON c.voucher_id = v.id AND (c.tenant_id = v.tenant_id) IS TRUE
        WHERE v.id IN (SELECT voucher_id FROM new_rows WHERE reported > 0)
        GROUP BY v.id HAVING sum(c.reported) > v.face_wan)
    THEN
        RAISE EXCEPTION 'above the face value' USING ERRCODE = 'PT301';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER guard_face AFTER INSERT ON projects_claim REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION sec.guard_face();

-- A claim on which nobody has acted is withdrawn by its reversal alone: both stand reversed at once.
-- A row trigger's update would enter the log before the insertion that it follows, so this one fires for
-- the statement, and its name comes after log_insert's.
CREATE FUNCTION sec.apply_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows WHERE reverses_id IS NOT NULL) THEN
        UPDATE public.projects_claim c SET state = 'reversed'
        FROM new_rows n JOIN public.projects_claim o ON o.tenant_id = n.tenant_id AND o.id = n.reverses_id
        WHERE c.tenant_id = n.tenant_id AND c.id IN (n.id, n.reverses_id) AND o.state IN ('submitted', 'returned')
          AND o.reviewed IS NULL AND o.verified IS NULL AND o.superior IS NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER reverse_at_once AFTER INSERT ON projects_claim
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sec.apply_reversal();

-- Papers that claims stand on --------------------------------------------------------------------

CREATE FUNCTION sec.guard_cited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF EXISTS (
        SELECT FROM public.projects_claim
        WHERE tenant_id = OLD.tenant_id AND state <> 'reversed'
          AND CASE TG_TABLE_NAME WHEN 'projects_voucher' THEN voucher_id ELSE agreement_id END = OLD.id
    ) THEN
        RAISE EXCEPTION 'cited by a claim' USING ERRCODE = 'PT304';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_cited BEFORE UPDATE ON projects_voucher
FOR EACH ROW EXECUTE FUNCTION sec.guard_cited();
CREATE TRIGGER guard_cited BEFORE UPDATE ON projects_agreement
FOR EACH ROW EXECUTE FUNCTION sec.guard_cited();

CREATE FUNCTION sec.guard_split() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    IF EXISTS (SELECT FROM public.projects_claim WHERE tenant_id = NEW.tenant_id AND split_id = NEW.split_id) THEN
        RAISE EXCEPTION 'split in use' USING ERRCODE = 'PT305';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_split BEFORE INSERT ON projects_splitline
FOR EACH ROW EXECUTE FUNCTION sec.guard_split();

CREATE FUNCTION sec.guard_shares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (SELECT double_credit FROM public.projects_split WHERE tenant_id = NEW.tenant_id AND id = NEW.split_id)
        AND 1 <> (SELECT sum(share) FROM public.projects_splitline
                  WHERE tenant_id = NEW.tenant_id AND split_id = NEW.split_id AND kind = NEW.kind)
    THEN
        RAISE EXCEPTION 'shares do not add up' USING ERRCODE = 'PT306';
    END IF;
    RETURN NULL;
END $$;

-- Deferred: the lines of one split arrive one after the other.
CREATE CONSTRAINT TRIGGER guard_shares AFTER INSERT ON projects_splitline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.guard_shares();

-- Returns ----------------------------------------------------------------------------------------

-- What a closed Return is sealed over: its claims (assessment's migration adds their opinions).
-- Outside the seal: ``superior`` and ``state``, which later acts may still change.
CREATE FUNCTION sec.return_rows(tenant bigint, return_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(
        c.id, c.unit_id, c.project_id, c.kind, c.voucher_id, c.agreement_id, c.happened_on,
        c.reported, c.reviewed, c.verified, c.split_id, c.reverses_id, c.replaces_id, c.entered_by_id
    ) ORDER BY c.id), '[]')
    FROM public.projects_claim c
    WHERE c.tenant_id = return_rows.tenant AND c.booked_in_id = return_rows.return_id
$$;

CREATE FUNCTION sec.return_seal(tenant bigint, return_id bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(sec.return_rows(tenant, return_id)::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION sec.guard_return_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(NEW.tenant_id);
    PERFORM FROM public.projects_period
    WHERE tenant_id = NEW.tenant_id AND id = NEW.period_id AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no open period' USING ERRCODE = 'PT101';
    END IF;
    IF NEW.submitted_at IS NOT NULL OR NEW.reports_closed_at IS NOT NULL OR NEW.opinions_closed_at IS NOT NULL
        OR NEW.seal <> ''
    THEN
        RAISE EXCEPTION 'a return begins open' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_return_insert BEFORE INSERT ON projects_return
FOR EACH ROW EXECUTE FUNCTION sec.guard_return_insert();

CREATE FUNCTION sec.guard_return() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF OLD.opinions_closed_at IS NOT NULL
        OR (NEW.unit_id, NEW.period_id) IS DISTINCT FROM (OLD.unit_id, OLD.period_id)
        OR (OLD.reports_closed_at IS NOT NULL
            AND (NEW.submitted_at, NEW.submitted_by, NEW.on_behalf, NEW.reports_closed_at)
                IS DISTINCT FROM (OLD.submitted_at, OLD.submitted_by, OLD.on_behalf, OLD.reports_closed_at))
    THEN
        RAISE EXCEPTION 'return closed' USING ERRCODE = 'PT105';
    END IF;
    -- Moments and labels are the database's own, whatever was sent.
    IF NEW.submitted_at IS NULL AND OLD.submitted_at IS NOT NULL THEN
        IF EXISTS (SELECT FROM public.projects_claim
                   WHERE tenant_id = OLD.tenant_id AND booked_in_id = OLD.id
                     AND (state NOT IN ('submitted', 'reversed') OR reviewed IS NOT NULL OR verified IS NOT NULL
                          OR superior IS NOT NULL))
        THEN
            RAISE EXCEPTION 'somebody has acted on it' USING ERRCODE = 'PT105';
        END IF;
        NEW.submitted_by := '';
        NEW.on_behalf := false;
    ELSIF NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
        NEW.submitted_at := clock_timestamp();
        NEW.submitted_by := sec.post_label();
    END IF;
    IF NEW.reports_closed_at IS DISTINCT FROM OLD.reports_closed_at THEN
        NEW.reports_closed_at := now();
    END IF;
    IF NEW.opinions_closed_at IS NULL THEN
        NEW.seal := '';
    ELSE
        IF EXISTS (SELECT FROM public.projects_claim
                   WHERE tenant_id = OLD.tenant_id AND booked_in_id = OLD.id
                     AND state NOT IN ('decided', 'reversed'))
        THEN
            RAISE EXCEPTION 'claims are undecided' USING ERRCODE = 'PT104';
        END IF;
        NEW.opinions_closed_at := now();
        NEW.seal := sec.return_seal(OLD.tenant_id, OLD.id);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_return BEFORE UPDATE ON projects_return
FOR EACH ROW EXECUTE FUNCTION sec.guard_return();

-- A period closes once, when none of its Returns is open; its calendar then stands.
CREATE FUNCTION sec.guard_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.stay_in_tenant(OLD.tenant_id);
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'period closed' USING ERRCODE = 'PT105';
    END IF;
    IF NEW.closed_at IS NOT NULL THEN
        IF EXISTS (SELECT FROM public.projects_return
                   WHERE tenant_id = OLD.tenant_id AND period_id = OLD.id AND opinions_closed_at IS NULL)
        THEN
            RAISE EXCEPTION 'returns are open' USING ERRCODE = 'PT104';
        END IF;
        NEW.closed_at := now();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_period BEFORE UPDATE ON projects_period
FOR EACH ROW EXECUTE FUNCTION sec.guard_period();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
