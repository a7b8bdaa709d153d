with

hours as (
    select * from {{ ref('stg_library_cms__opening_hours') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

source_files as (
    select * from {{ ref('stg_landing__source_files') }} where source = 'opening_hours'
),

-- also by items of an ignored kind: a week in which only the telephone is answered is a closed one
seen as (
    select distinct
        hours.library_id,
        calendar.iso_week_id,
        hours.source_file_id,
        hours.snapshot_on
    from hours
    inner join calendar on hours.on_date = calendar.on_date
    where hours.landing_outcome in ('usable', 'excluded')
),

ranked as (
    select
        seen.*,
        row_number() over (
            partition by seen.library_id, seen.iso_week_id
            order by seen.snapshot_on desc, source_files.export_order desc
        ) as recency
    from seen
    inner join source_files on seen.source_file_id = source_files.source_file_id
)

select
    library_id,
    iso_week_id,
    source_file_id
from ranked
where recency = 1
