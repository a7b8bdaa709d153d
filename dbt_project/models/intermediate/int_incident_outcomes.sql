{{ config(materialized="view") }}

with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }}
),

versions as (
    select * from {{ ref('int_incident_versions') }}
)

select
    incidents.source_file_id,
    incidents.sheet,
    incidents.row_number,
    incidents.incident_id,
    incidents.reported_at,
    incidents.occurred_at,
    incidents.library_id,
    incidents.category_id,
    incidents.updated_at,
    incidents.incident_count,
    cast(incidents.reported_at as date) as reported_on,
    cast(incidents.occurred_at as date) as occurred_on,
    case
        when incidents.landing_outcome = 'excluded' then 'excluded'
        when versions.outcome is not null then versions.outcome
        when incidents.is_void then 'void'
        else 'loaded'
    end as outcome
from incidents
left join versions
    on incidents.source_file_id = versions.source_file_id
    and incidents.sheet = versions.sheet
    and incidents.row_number = versions.row_number
where incidents.landing_outcome <> 'quarantined'
