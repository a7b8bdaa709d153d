with

source as (
    select * from {{ source('landing', 'survey_response') }}
)

select
    source_file_id,
    sheet,
    row_number,
    wave_id,
    library_id,
    outcome as landing_outcome,
    reason_code,
    reason
from source
