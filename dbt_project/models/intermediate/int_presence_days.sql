with

presence as (
    select * from {{ ref('int_presence_outcomes') }} where outcome = 'loaded'
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

spans as (
    select
        presence.library_id,
        presence.presence_function,
        presence.presence_status,
        calendar.on_date,
        calendar.iso_week_id,
        calendar.half_year_id,
        calendar.day_number * 1440 + presence.start_minute as start_minute,
        calendar.day_number * 1440 + presence.end_minute as end_minute
    from presence
    inner join calendar
        on calendar.on_date between presence.starts_on and presence.ends_on
        and substring(presence.weekdays, calendar.iso_weekday, 1) = '1'
),

actual_days as (
    select distinct library_id, presence_function, on_date
    from spans
    where presence_status = 'actual'
),

counted as (
    select spans.*
    from spans
    left join actual_days
        on spans.library_id = actual_days.library_id
        and spans.presence_function = actual_days.presence_function
        and spans.on_date = actual_days.on_date
    where spans.presence_status = 'actual' or actual_days.on_date is null
),

minutes as (
    select
        counted.*,
        {{ new_minutes(
            'counted.start_minute', 'counted.end_minute',
            'counted.library_id, counted.presence_function'
        ) }} as minutes
    from counted
)

select
    library_id,
    presence_function,
    on_date,
    iso_week_id,
    half_year_id,
    max(presence_status) = 'planned' as is_planned,
    cast(sum(minutes) as integer) as presence_minutes
from minutes
group by library_id, presence_function, on_date, iso_week_id, half_year_id
