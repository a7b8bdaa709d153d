with

files as (
    select
        source_files.*,
        row_number() over (
            partition by source, source_file_id
            order by export_order desc
        ) as recency
    from {{ ref('stg_landing__source_files') }} as source_files
),

outcomes as (
    select * from {{ ref('int_row_outcomes') }}
)

select
    files.source_file_id,
    files.source,
    files.file_name,
    files.status,
    files.reason,
    files.exported_at,
    files.rows_read,
    coalesce(outcomes.rows_loaded, 0) + files.description_rows as rows_loaded,
    coalesce(outcomes.rows_superseded, 0) as rows_superseded,
    coalesce(outcomes.rows_duplicate, 0) as rows_duplicate,
    coalesce(outcomes.rows_void, 0) as rows_void,
    coalesce(outcomes.rows_excluded, 0) as rows_excluded,
    coalesce(outcomes.rows_quarantined, 0) as rows_quarantined,
    files.rows_read - files.description_rows - coalesce(
        outcomes.rows_loaded + outcomes.rows_superseded + outcomes.rows_duplicate
        + outcomes.rows_void + outcomes.rows_excluded + outcomes.rows_quarantined,
        0
    ) as rows_unaccounted,
    files.rows_not_data,
    files.notes
from files
left join outcomes
    on files.source = outcomes.source
    and files.source_file_id = outcomes.source_file_id
where files.recency = 1
