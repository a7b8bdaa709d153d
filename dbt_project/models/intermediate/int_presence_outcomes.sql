with

presence as (
    select * from {{ ref('stg_register__presence') }} where landing_outcome = 'usable'
),

source_files as (
    select source_file_id, export_order
    from {{ ref('stg_landing__source_files') }}
    where source = 'presence'
),

sighted as (
    select
        presence.*,
        row_number() over (
            partition by
                presence.library_id, presence.presence_function, presence.starts_on,
                presence.ends_on, presence.weekdays, presence.start_minute, presence.end_minute,
                presence.presence_count, presence.presence_status
            order by source_files.export_order, presence.sheet, presence.row_number
        ) as sighting
    from presence
    inner join source_files on presence.source_file_id = source_files.source_file_id
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
    case when sighting > 1 then 'duplicate' else 'loaded' end as outcome
from sighted
