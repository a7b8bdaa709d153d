with

hours as (
    select * from {{ ref('int_opening_hours_outcomes') }} where outcome = 'loaded'
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

normal_hours as (
    select * from {{ source('landing', 'normal_hours') }}
),

known_weeks as (
    select * from {{ ref('int_opening_hours_weeks') }}
),

known_days as (
    select
        known_weeks.library_id,
        calendar.on_date,
        calendar.iso_weekday,
        calendar.iso_week_id,
        calendar.is_holiday,
        calendar.half_year_id
    from known_weeks
    inner join calendar on known_weeks.iso_week_id = calendar.iso_week_id
),

staffed_days as (
    select distinct library_id, on_date from hours where kind = 'staffed'
),

new_minutes as (
    select
        hours.library_id,
        hours.on_date,
        'open' as kind,
        {{ new_minutes(
            'hours.start_minute', 'hours.end_minute', 'hours.library_id, hours.on_date'
        ) }}
            as minutes
    from hours
    union all
    select
        hours.library_id,
        hours.on_date,
        'staffed' as kind,
        {{ new_minutes(
            'hours.start_minute', 'hours.end_minute', 'hours.library_id, hours.on_date'
        ) }}
            as minutes
    from hours
    left join staffed_days
        on hours.library_id = staffed_days.library_id
        and hours.on_date = staffed_days.on_date
    where hours.kind = 'staffed' or (hours.kind = 'open' and staffed_days.on_date is null)
),

daily as (
    select
        library_id,
        on_date,
        cast(sum(case when kind = 'open' then minutes else 0 end) as integer) as open_minutes,
        cast(sum(case when kind = 'staffed' then minutes else 0 end) as integer) as staffed_minutes
    from new_minutes
    group by library_id, on_date
),

normal_ranked as (
    select
        known_days.library_id,
        known_days.on_date,
        normal_hours.self_service_hours,
        row_number() over (
            partition by known_days.library_id, known_days.on_date
            order by normal_hours.valid_from desc
        ) as recency
    from known_days
    inner join normal_hours
        on known_days.library_id = normal_hours.library_id
        and known_days.iso_weekday = normal_hours.iso_weekday
        and known_days.on_date >= normal_hours.valid_from
    where not known_days.is_holiday
)

select
    known_days.library_id,
    known_days.on_date,
    known_days.iso_week_id,
    known_days.half_year_id,
    coalesce(daily.open_minutes, 0) as open_minutes,
    coalesce(daily.staffed_minutes, 0) as staffed_minutes,
    coalesce(daily.open_minutes, 0) - coalesce(daily.staffed_minutes, 0) as self_service_minutes,
    greatest(
        cast(0 as {{ type_double() }}),
        coalesce(normal_ranked.self_service_hours, cast(0 as {{ type_double() }}))
        - cast(
            coalesce(daily.open_minutes, 0) - coalesce(daily.staffed_minutes, 0)
            as {{ type_double() }}
        ) / 60
    ) as restricted_self_service_hours
from known_days
left join daily
    on known_days.library_id = daily.library_id
    and known_days.on_date = daily.on_date
left join normal_ranked
    on known_days.library_id = normal_ranked.library_id
    and known_days.on_date = normal_ranked.on_date
    and normal_ranked.recency = 1
