with

outcomes as (
    select * from {{ ref('int_incident_outcomes') }}
)

select
    source_file_id,
    outcome,
    occurred_on,
    reported_on,
    library_id,
    category_id,
    cast(count(*) as bigint) as report_rows,
    cast(sum(incident_count) as bigint) as incidents
from outcomes
group by source_file_id, outcome, occurred_on, reported_on, library_id, category_id
