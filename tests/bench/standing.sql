-- The standing written by hand from the rules alone: the same columns in one statement, the claims read once.
WITH
counted AS (
    SELECT c.unit_id, c.split_id,
           sum(c.verified) AS verified,
           sum(c.reported) FILTER (WHERE c.verified IS NULL AND c.state <> 'reversed') AS waiting,
           bool_or(c.state <> 'reversed' AND c.reverses_id IS NULL) AS has_claim
    FROM projects_claim c
    JOIN projects_project j ON j.tenant_id = c.tenant_id AND j.id = c.project_id AND j.line = 'recruitment'
    JOIN projects_return r ON r.tenant_id = c.tenant_id AND r.id = c.booked_in_id
    JOIN projects_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id AND p.starts_on <= %(as_of)s
    WHERE c.tenant_id = %(tenant)s AND c.kind = 'paid_in'
      AND c.happened_on BETWEEN %(new_year)s AND %(as_of)s
    GROUP BY c.unit_id, c.split_id
),
credited AS (
    SELECT coalesce(l.unit_id, n.unit_id) AS unit_id,
           sum(n.verified * coalesce(l.share, 1)) AS verified,
           sum(n.waiting * coalesce(l.share, 1)) AS waiting,
           bool_or(n.has_claim) AS has_claim
    FROM counted n
    LEFT JOIN projects_splitline l
        ON l.tenant_id = %(tenant)s AND l.split_id = n.split_id AND l.kind = 'paid_in'
    GROUP BY 1
),
tasked AS (
    SELECT t.unit_id, t.amount, m.zero_threshold
    FROM assessment_target t
    JOIN assessment_measure m ON m.tenant_id = t.tenant_id AND m.id = t.measure_id AND m.name = '到位资金'
    JOIN projects_period p ON p.tenant_id = t.tenant_id AND p.id = t.period_id
        AND p.kind = 'year' AND p.starts_on = %(new_year)s
    WHERE t.tenant_id = %(tenant)s
      AND NOT EXISTS (SELECT FROM assessment_target s WHERE s.tenant_id = t.tenant_id AND s.replaces_id = t.id)
),
filed AS (
    SELECT DISTINCT r.unit_id
    FROM projects_return r
    JOIN projects_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id
        AND p.starts_on >= %(new_year)s AND p.due_on <= %(as_of)s
    WHERE r.tenant_id = %(tenant)s AND r.submitted_at IS NOT NULL
)
SELECT u.id, u.name, g.code AS group_code, t.amount AS task,
       c.verified, coalesce(c.waiting, 0) AS waiting,
       coalesce(c.has_claim, false) AS has_claim, f.unit_id IS NOT NULL AS submitted,
       CASE
           WHEN u.exempt OR t.amount IS NULL THEN 'not_applicable'
           WHEN f.unit_id IS NULL AND c.has_claim IS NOT TRUE THEN 'not_reported'
           WHEN coalesce(c.verified, 0) >= t.amount THEN 'done'
           WHEN coalesce(c.verified, 0) <= t.zero_threshold THEN 'zero'
           WHEN c.verified * 12 >= t.amount * %(months)s THEN 'on_schedule'
           ELSE 'behind'
       END AS class,
       (SELECT sum(verified) FROM counted) AS total_verified,
       (SELECT sum(waiting) FROM counted) AS total_waiting
FROM accounts_unit u
LEFT JOIN tasked t ON t.unit_id = u.id
LEFT JOIN credited c ON c.unit_id = u.id
LEFT JOIN filed f ON f.unit_id = u.id
LEFT JOIN accounts_groupmembership m ON m.tenant_id = u.tenant_id AND m.unit_id = u.id
    AND m.from_on <= %(as_of)s AND (m.until_on IS NULL OR m.until_on >= %(as_of)s)
LEFT JOIN accounts_unitgroup g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
WHERE u.tenant_id = %(tenant)s AND u.kind <> 'office'
ORDER BY u.sort_key, u.id
