with

outcomes as (
    select 'mainmanager' as source, source_file_id, outcome, report_rows as row_count
    from {{ ref('int_incident_day_outcomes') }}
    union all
    select 'mainmanager' as source, source_file_id, landing_outcome as outcome, 1 as row_count
    from {{ ref('stg_mainmanager__incidents') }}
    where landing_outcome = 'quarantined'
    union all
    select
        'survey' as source,
        source_file_id,
        case when landing_outcome = 'usable' then 'loaded' else landing_outcome end as outcome,
        1 as row_count
    from {{ ref('stg_surveyxact__responses') }}
    union all
    select 'opening_hours' as source, source_file_id, outcome, 1 as row_count
    from {{ ref('int_opening_hours_outcomes') }}
    union all
    select 'opening_hours' as source, source_file_id, landing_outcome as outcome, 1 as row_count
    from {{ ref('stg_library_cms__opening_hours') }}
    where landing_outcome <> 'usable'
    union all
    select 'presence' as source, source_file_id, outcome, 1 as row_count
    from {{ ref('int_presence_outcomes') }}
    union all
    select 'presence' as source, source_file_id, landing_outcome as outcome, 1 as row_count
    from {{ ref('stg_register__presence') }}
    where landing_outcome <> 'usable'
)

select
    source,
    source_file_id,
    cast(
        sum(case when outcome = 'loaded' then row_count else 0 end) as integer
    ) as rows_loaded,
    cast(
        sum(case when outcome = 'superseded' then row_count else 0 end) as integer
    ) as rows_superseded,
    cast(
        sum(case when outcome = 'duplicate' then row_count else 0 end) as integer
    ) as rows_duplicate,
    cast(
        sum(case when outcome = 'void' then row_count else 0 end) as integer
    ) as rows_void,
    cast(
        sum(case when outcome = 'excluded' then row_count else 0 end) as integer
    ) as rows_excluded,
    cast(
        sum(case when outcome = 'quarantined' then row_count else 0 end) as integer
    ) as rows_quarantined
from outcomes
group by source, source_file_id
