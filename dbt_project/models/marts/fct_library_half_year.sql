with

half_years as (
    select * from {{ ref('int_half_years') }}
),

run as (
    select * from {{ source('landing', 'run') }}
),

incidents as (
    select
        facts.half_year_id,
        facts.library_id,
        sum(facts.incidents) as incidents,
        -- null where the configuration names no category as unsafe behaviour
        sum(case when categories.is_unsafe_behaviour then facts.incidents end)
            as unsafe_behaviour_incidents
    from {{ ref('fct_incident_half_year') }} as facts
    inner join {{ ref('dim_incident_category') }} as categories
        on facts.category_id = categories.category_id
    group by facts.half_year_id, facts.library_id
),

opening as (
    select
        half_year_id,
        library_id,
        cast(sum(open_minutes) as {{ type_double() }}) / 60 as open_hours,
        cast(sum(staffed_minutes) as {{ type_double() }}) / 60 as staffed_hours,
        cast(sum(self_service_minutes) as {{ type_double() }}) / 60 as self_service_hours,
        -- as decimals of minutes: a sum of doubles depends on the order of its rows
        cast(
            sum(cast(restricted_self_service_hours * 60 as {{ dbt.type_numeric() }}))
            as {{ type_double() }}
        ) / 60 as restricted_self_service_hours,
        cast(count(*) as integer) as opening_days_known
    from {{ ref('int_library_opening_days') }}
    group by half_year_id, library_id
    having max(open_minutes) > 0
),

normal_hours as (
    select library_id, min(valid_from) as valid_from
    from {{ source('landing', 'normal_hours') }}
    group by library_id
),

presence as (
    select
        half_year_id,
        library_id,
        sum(case when presence_function = 'guard' then presence_minutes else 0 end)
            as guard_minutes,
        sum(case when presence_function = 'night_host' then presence_minutes else 0 end)
            as night_host_minutes,
        sum(case when presence_function = 'relation_worker' then presence_minutes else 0 end)
            as relation_worker_minutes
    from {{ ref('int_presence_days') }}
    group by half_year_id, library_id
),

-- the register speaks of the whole municipality: whoever is not in it was not there
registered_half_years as (
    select distinct half_year_id from presence
)

select
    half_years.half_year_id,
    libraries.library_id,
    cast(incidents.incidents as integer) as incidents,
    cast(incidents.unsafe_behaviour_incidents as integer) as unsafe_behaviour_incidents,
    opening.open_hours,
    opening.staffed_hours,
    opening.self_service_hours,
    case
        when normal_hours.valid_from <= half_years.ends_on
        then opening.restricted_self_service_hours
    end as restricted_self_service_hours,
    opening.opening_days_known,
    cast(incidents.incidents as {{ type_double() }}) * 1000 / nullif(opening.open_hours, 0)
        as incidents_per_1000_open_hours,
    case
        when registered_half_years.half_year_id is not null
        then cast(coalesce(presence.guard_minutes, 0) as {{ type_double() }}) / 60
    end as guard_hours,
    case
        when registered_half_years.half_year_id is not null
        then cast(coalesce(presence.night_host_minutes, 0) as {{ type_double() }}) / 60
    end as night_host_hours,
    case
        when registered_half_years.half_year_id is not null
        then cast(coalesce(presence.relation_worker_minutes, 0) as {{ type_double() }}) / 60
    end as relation_worker_hours,
    case
        when
            run.as_of
            >= cast({{ dbt.dateadd('day', 'run.maturity_days', 'half_years.ends_on') }} as date)
        then 'final'
        else 'provisional'
    end as maturity
from half_years
cross join {{ ref('dim_library') }} as libraries
cross join run
left join incidents
    on half_years.half_year_id = incidents.half_year_id
    and libraries.library_id = incidents.library_id
left join opening
    on half_years.half_year_id = opening.half_year_id
    and libraries.library_id = opening.library_id
left join presence
    on half_years.half_year_id = presence.half_year_id
    and libraries.library_id = presence.library_id
left join registered_half_years on half_years.half_year_id = registered_half_years.half_year_id
left join normal_hours on libraries.library_id = normal_hours.library_id
