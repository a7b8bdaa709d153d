with

calendar as (
    select * from {{ ref('int_calendar') }}
),

spoken_of as (
    select half_year_id from {{ ref('int_incident_days') }}
    union
    select calendar.half_year_id
    from {{ ref('stg_surveyxact__responses') }} as responses
    inner join calendar on responses.wave_id = calendar.month_id
    union
    select half_year_id from {{ ref('int_library_opening_days') }} where open_minutes > 0
    union
    select half_year_id from {{ ref('int_presence_days') }}
),

bounds as (
    select min(half_year_id) as first_id, max(half_year_id) as last_id from spoken_of
),

incident_bounds as (
    select min(half_year_id) as first_id, max(half_year_id) as last_id
    from {{ ref('int_incident_days') }}
)

select
    calendar.half_year_id,
    min(calendar.on_date) as starts_on,
    max(calendar.on_date) as ends_on,
    cast(count(*) as integer) as days,
    coalesce(
        calendar.half_year_id between
        min(incident_bounds.first_id) and max(incident_bounds.last_id),
        false
    ) as has_incident_data
from calendar
cross join incident_bounds
inner join bounds on calendar.half_year_id between bounds.first_id and bounds.last_id
group by calendar.half_year_id
