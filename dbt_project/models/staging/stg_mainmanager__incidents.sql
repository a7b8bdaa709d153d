with

source as (
    select * from {{ source('landing', 'mainmanager_incident') }}
)

select
    source_file_id,
    sheet,
    row_number,
    incident_id,
    reported_at,
    occurred_at,
    library_id,
    category_id,
    status,
    is_void,
    updated_at,
    incident_count,
    outcome as landing_outcome,
    reason_code,
    reason,
    correction_ids
from source
