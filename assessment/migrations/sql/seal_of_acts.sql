-- A closed Return is sealed over the acts that its claims stand for as well. Claims of vouchers and
-- agreements keep the form in which they were sealed before there were others.
CREATE OR REPLACE FUNCTION sec.return_rows(tenant bigint, return_id bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT jsonb_build_array(
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
            c.id, c.unit_id, c.project_id, c.kind, c.voucher_id, c.agreement_id, c.happened_on,
            c.reported, c.reviewed, c.verified, c.split_id, c.reverses_id, c.replaces_id, c.entered_by_id
        ) || CASE WHEN c.voucher_id IS NULL AND c.agreement_id IS NULL
            THEN jsonb_build_array(c.visit_id, c.lead_id, c.stage_change_id) ELSE '[]' END
        ORDER BY c.id), '[]')
        FROM public.projects_claim c
        WHERE c.tenant_id = return_rows.tenant AND c.booked_in_id = return_rows.return_id),
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
            o.id, o.claim_id, o.step, o.verdict, o.accepted, o.reason, o.actor_id, o.post_label
        ) ORDER BY o.id), '[]')
        FROM public.projects_claim c
        JOIN public.assessment_opinion o ON o.tenant_id = c.tenant_id AND o.claim_id = c.id
        WHERE c.tenant_id = return_rows.tenant AND c.booked_in_id = return_rows.return_id AND o.step <> 'superior')
    )
$$;
