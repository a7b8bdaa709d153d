with

source as (
    select * from {{ source('landing', 'opening_hours') }}
)

select
    source_file_id,
    sheet,
    row_number,
    snapshot_on,
    library_id,
    kind,
    on_date,
    start_minute,
    end_minute,
    outcome as landing_outcome,
    reason_code,
    reason
from source
