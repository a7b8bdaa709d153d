{{ config(materialized="view") }}

with

outcomes as (
    select * from {{ ref('int_incident_outcomes') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
)

select
    outcomes.incident_id,
    outcomes.source_file_id,
    outcomes.sheet,
    outcomes.row_number,
    outcomes.library_id,
    outcomes.category_id,
    outcomes.incident_count,
    outcomes.reported_at,
    outcomes.occurred_on,
    outcomes.reported_on,
    outcomes.updated_at,
    occurred.month_id,
    occurred.half_year_id,
    reported.half_year_id as reported_half_year_id
from outcomes
inner join calendar as occurred on outcomes.occurred_on = occurred.on_date
inner join calendar as reported on outcomes.reported_on = reported.on_date
where outcomes.outcome = 'loaded'
