with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }}
),

source_files as (
    select source_file_id, export_order
    from {{ ref('stg_landing__source_files') }}
    where source = 'mainmanager'
),

-- nearly all reports have one row; only the others need to be sorted, which is what costs.
-- A row of no library and without an id is a version of nothing but itself.
repeated as (
    select incident_id
    from incidents
    where landing_outcome <> 'quarantined' and incident_id is not null
    group by incident_id
    having count(*) > 1
),

arrived as (
    select
        incidents.*,
        row_number() over (
            partition by incidents.incident_id
            order by source_files.export_order, incidents.sheet, incidents.row_number
        ) as arrival
    from incidents
    inner join repeated on incidents.incident_id = repeated.incident_id
    inner join source_files on incidents.source_file_id = source_files.source_file_id
    where incidents.landing_outcome <> 'quarantined'
),

sighted as (
    select
        arrived.*,
        row_number() over (
            partition by
                incident_id, reported_at, occurred_at, library_id, category_id, status,
                updated_at, incident_count
            order by arrival
        ) as sighting,
        max(arrival) over (
            partition by
                incident_id, reported_at, occurred_at, library_id, category_id, status,
                updated_at, incident_count
        ) as last_seen
    from arrived
),

ranked as (
    select
        sighted.*,
        row_number() over (
            partition by incident_id
            order by
                case when sighting = 1 then 0 else 1 end,
                case when updated_at is null then 1 else 0 end,
                updated_at desc,
                last_seen desc
        ) as recency
    from sighted
)

select
    source_file_id,
    sheet,
    row_number,
    case when sighting > 1 then 'duplicate' else 'superseded' end as outcome
from ranked
where sighting > 1 or recency > 1
