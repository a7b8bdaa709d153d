with

hours as (
    select * from {{ ref('stg_library_cms__opening_hours') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

weeks as (
    select * from {{ ref('int_opening_hours_weeks') }}
),

usable as (
    select
        hours.*,
        calendar.iso_week_id,
        row_number() over (
            partition by
                hours.source_file_id, hours.library_id, hours.kind, hours.on_date,
                hours.start_minute, hours.end_minute
            order by hours.row_number
        ) as sighting
    from hours
    inner join calendar on hours.on_date = calendar.on_date
    where hours.landing_outcome = 'usable'
)

select
    usable.source_file_id,
    usable.row_number,
    usable.snapshot_on,
    usable.library_id,
    usable.kind,
    usable.on_date,
    usable.iso_week_id,
    usable.start_minute,
    usable.end_minute,
    case
        when usable.sighting > 1 then 'duplicate'
        when usable.source_file_id <> weeks.source_file_id then 'superseded'
        else 'loaded'
    end as outcome
from usable
inner join weeks
    on usable.library_id = weeks.library_id
    and usable.iso_week_id = weeks.iso_week_id
