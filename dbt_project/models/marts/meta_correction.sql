with

corrections as (
    select * from {{ source('landing', 'correction') }}
)

select
    correction_id,
    source_file_id,
    corrected_column,
    reason,
    decided_on,
    rows_corrected
from corrections
