with

incidents as (
    select
        facts.half_year_id,
        libraries.district_id,
        sum(facts.incidents) as incidents
    from {{ ref('fct_incident_half_year') }} as facts
    inner join {{ ref('dim_library') }} as libraries on facts.library_id = libraries.library_id
    group by facts.half_year_id, libraries.district_id
),

half_years as (
    select half_year_id from {{ ref('int_half_years') }} where has_incident_data
),

dense as (
    select
        half_years.half_year_id,
        districts.district_id,
        districts.district_name,
        cast(coalesce(incidents.incidents, 0) as integer) as incidents
    from half_years
    cross join {{ ref('dim_district') }} as districts
    left join incidents
        on half_years.half_year_id = incidents.half_year_id
        and districts.district_id = incidents.district_id
)

select
    half_year_id,
    district_id,
    district_name,
    incidents,
    cast(
        rank() over (partition by half_year_id order by incidents desc) as integer
    ) as incident_rank
from dense
