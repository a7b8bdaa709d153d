with

incidents as (
    select * from {{ ref('int_incident_days') }}
),

bounds as (
    select min(month_id) as first_id, max(month_id) as last_id from incidents
),

months as (
    select distinct calendar.month_id, calendar.half_year_id
    from {{ ref('int_calendar') }} as calendar
    inner join bounds on calendar.month_id between bounds.first_id and bounds.last_id
),

counted as (
    select month_id, library_id, category_id, sum(incidents) as incidents
    from incidents
    group by month_id, library_id, category_id
)

select
    months.month_id as month,
    months.half_year_id,
    libraries.library_id,
    categories.category_id,
    cast(coalesce(counted.incidents, 0) as integer) as incidents
from months
cross join {{ ref('dim_library') }} as libraries
cross join {{ ref('dim_incident_category') }} as categories
left join counted
    on months.month_id = counted.month_id
    and libraries.library_id = counted.library_id
    and categories.category_id = counted.category_id
