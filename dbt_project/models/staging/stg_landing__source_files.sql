with

source as (
    select * from {{ source('landing', 'source_file') }}
)

select
    source,
    source_file_id,
    file_name,
    exported_at,
    export_order,
    status,
    reason,
    rows_read,
    description_rows,
    rows_not_data,
    notes
from source
