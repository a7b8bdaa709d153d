with

outcomes as (
    select * from {{ ref('int_incident_day_outcomes') }} where outcome = 'loaded'
),

calendar as (
    select * from {{ ref('int_calendar') }}
)

select
    outcomes.occurred_on,
    outcomes.reported_on,
    occurred.month_id,
    occurred.half_year_id,
    reported.half_year_id as reported_half_year_id,
    outcomes.library_id,
    outcomes.category_id,
    cast(sum(outcomes.incidents) as bigint) as incidents
from outcomes
inner join calendar as occurred on outcomes.occurred_on = occurred.on_date
inner join calendar as reported on outcomes.reported_on = reported.on_date
group by
    outcomes.occurred_on,
    outcomes.reported_on,
    occurred.month_id,
    occurred.half_year_id,
    reported.half_year_id,
    outcomes.library_id,
    outcomes.category_id
