-- A year's figures of one tenant in one hand-written statement: the reference of the consolidation.
-- Row-level security narrows every table to the tenant of the transaction.
WITH visits AS (
    SELECT v.official_id, l.code AS level_code, l.name AS level_name, p.full_name, p.sort_key,
           v.cell_id, v.attended_on, v.missed_reason, r.id AS report_id,
           (r.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= r.due_on AS on_time,
           coalesce(v.attended_on, v.meets_on) + l.report_days < %(today)s AS past_due
    FROM visit v
    JOIN official o ON o.id = v.official_id
    JOIN person p ON p.id = o.person_id
    JOIN rotation_level l ON l.id = o.level_id
    LEFT JOIN visit_report r ON r.visit_id = v.id
    WHERE v.cancelled_at IS NULL AND v.meets_on BETWEEN %(first)s AND %(last)s
), people AS (
    SELECT level_code, level_name, full_name, sort_key, count(*) AS assigned, count(attended_on) AS attended,
           count(missed_reason) AS missed, count(*) FILTER (WHERE on_time) AS in_time,
           count(*) FILTER (WHERE NOT on_time) AS late,
           count(*) FILTER (WHERE missed_reason IS NULL AND report_id IS NULL AND past_due) AS owed
    FROM visits GROUP BY official_id, level_code, level_name, full_name, sort_key
), levels AS (
    SELECT level_code, level_name,
           ARRAY[count(*), count(*) FILTER (WHERE attended = assigned), sum(assigned), sum(attended),
                 sum(missed), sum(assigned - attended - missed), sum(in_time), sum(late), sum(owed)]::int[] AS n
    FROM people GROUP BY level_code, level_name
), visited AS (
    SELECT DISTINCT cell_id FROM visits WHERE attended_on IS NOT NULL
), coverage AS (
    SELECT u.parent_id, count(*) AS cells, count(s.cell_id) AS met, count(*) FILTER (WHERE u.special > 0) AS special,
           count(s.cell_id) FILTER (WHERE u.special > 0) AS special_met
    FROM unit u
    JOIN cell_setting c ON c.id = u.setting_id AND c.is_residential
    LEFT JOIN visited s ON s.cell_id = u.id
    WHERE u.kind = 'cell' AND u.valid_from <= %(last)s AND (u.valid_to IS NULL OR u.valid_to >= %(first)s)
    GROUP BY u.parent_id
), heard AS (
    SELECT u.parent_id, count(*) AS raised, count(answered_at) AS answered,
           count(*) FILTER (WHERE answered_at IS NULL AND referred_at IS NOT NULL) AS referred,
           count(*) FILTER (WHERE urgent) AS urgent
    FROM petition p JOIN unit u ON u.id = p.cell_id
    WHERE p.raised_on BETWEEN %(first)s AND %(last)s
    GROUP BY u.parent_id
), units AS (
    SELECT u.path, u.code, u.name,
           ARRAY[c.cells, c.met, c.special, c.special_met, coalesce(h.raised, 0), coalesce(h.answered, 0),
                 coalesce(h.referred, 0), coalesce(h.urgent, 0)]::int[] AS n
    FROM coverage c JOIN unit u ON u.id = c.parent_id LEFT JOIN heard h ON h.parent_id = c.parent_id
), whole AS (
    SELECT (SELECT array_agg(total ORDER BY place) FROM (
                SELECT place, sum(value) AS total FROM levels, unnest(n) WITH ORDINALITY AS t (value, place)
                GROUP BY place) s)
        || (SELECT array_agg(total ORDER BY place) FROM (
                SELECT place, sum(value) AS total FROM units, unnest(n) WITH ORDINALITY AS t (value, place)
                GROUP BY place) s) AS n
), lines AS (
    SELECT 1 AS part, level_code AS a, level_name AS b, n, level_code AS key, level_name AS key2 FROM levels
    UNION ALL SELECT 2, code, name, n, path, '' FROM units
    UNION ALL
    SELECT 3, level_name, full_name, ARRAY[assigned, attended, missed, in_time, late, owed]::int[],
           level_code, sort_key
    FROM people
    UNION ALL
    SELECT 4, u.name, p.text, '{}', p.raised_on::text, p.id::text
    FROM petition p JOIN unit u ON u.id = p.cell_id
    WHERE p.urgent AND p.answered_at IS NULL AND p.raised_on <= %(last)s
    UNION ALL SELECT 5, '', '', n::int[], '', '' FROM whole
)
SELECT part, a, b, n FROM lines ORDER BY part, key, key2
