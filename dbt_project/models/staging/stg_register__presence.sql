with

source as (
    select * from {{ source('landing', 'presence') }}
)

select
    source_file_id,
    sheet,
    row_number,
    library_id,
    presence_function,
    starts_on,
    ends_on,
    weekdays,
    start_minute,
    end_minute,
    presence_count,
    presence_status,
    outcome as landing_outcome,
    reason_code,
    reason
from source
