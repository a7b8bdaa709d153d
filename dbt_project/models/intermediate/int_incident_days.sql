with

incidents as (
    select * from {{ ref('int_incidents') }}
)

select
    occurred_on,
    reported_on,
    month_id,
    half_year_id,
    reported_half_year_id,
    library_id,
    category_id,
    cast(sum(incident_count) as bigint) as incidents
from incidents
group by
    occurred_on,
    reported_on,
    month_id,
    half_year_id,
    reported_half_year_id,
    library_id,
    category_id
