with

incidents as (
    select * from {{ ref('int_incident_days') }}
),

half_years as (
    select half_year_id from {{ ref('int_half_years') }} where has_incident_data
),

occurred as (
    select half_year_id, library_id, category_id, sum(incidents) as incidents
    from incidents
    group by half_year_id, library_id, category_id
),

reported as (
    select
        reported_half_year_id as half_year_id,
        library_id,
        category_id,
        sum(incidents) as incidents
    from incidents
    group by reported_half_year_id, library_id, category_id
)

select
    half_years.half_year_id,
    libraries.library_id,
    categories.category_id,
    cast(coalesce(occurred.incidents, 0) as integer) as incidents,
    cast(coalesce(reported.incidents, 0) as integer) as incidents_by_reported_date
from half_years
cross join {{ ref('dim_library') }} as libraries
cross join {{ ref('dim_incident_category') }} as categories
left join occurred
    on half_years.half_year_id = occurred.half_year_id
    and libraries.library_id = occurred.library_id
    and categories.category_id = occurred.category_id
left join reported
    on half_years.half_year_id = reported.half_year_id
    and libraries.library_id = reported.library_id
    and categories.category_id = reported.category_id
