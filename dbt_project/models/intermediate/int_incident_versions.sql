with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }} where landing_outcome <> 'quarantined'
),

source_files as (
    select source_file_id, export_order
    from {{ ref('stg_landing__source_files') }}
    where source = 'mainmanager'
),

-- nearly all reports have one row; only the others need to be compared, which is what costs.
-- A row of no library and without an id is a version of nothing but itself.
repeated as (
    select incident_id
    from incidents
    where incident_id is not null
    group by incident_id
    having count(*) > 1
),

sheets as (
    select distinct source_file_id, sheet from incidents
),

-- one number that says in which order rows came: they are numbered below 2^31 in their sheet
sheet_orders as (
    select
        sheets.source_file_id,
        sheets.sheet,
        row_number() over (order by source_files.export_order, sheets.sheet)
        * cast(2147483648 as bigint) as sheet_order
    from sheets
    inner join source_files on sheets.source_file_id = source_files.source_file_id
),

arrived as (
    select
        incidents.*,
        sheet_orders.sheet_order + incidents.row_number as arrival
    from incidents
    inner join repeated on incidents.incident_id = repeated.incident_id
    inner join sheet_orders
        on incidents.source_file_id = sheet_orders.source_file_id
        and incidents.sheet = sheet_orders.sheet
),

versions as (
    select
        incident_id,
        reported_at,
        occurred_at,
        library_id,
        category_id,
        status,
        updated_at,
        incident_count,
        min(arrival) as first_seen,
        max(arrival) as last_seen
    from arrived
    group by
        incident_id, reported_at, occurred_at, library_id, category_id, status, updated_at,
        incident_count
),

ranked as (
    select
        incident_id,
        first_seen,
        row_number() over (
            partition by incident_id
            order by
                case when updated_at is null then 1 else 0 end,
                updated_at desc,
                last_seen desc
        ) as recency
    from versions
),

not_current as (
    select
        arrived.source_file_id,
        arrived.sheet,
        arrived.row_number,
        arrived.arrival
    from arrived
    inner join ranked
        on arrived.incident_id = ranked.incident_id
        and arrived.arrival <> ranked.first_seen
    where ranked.recency = 1
)

select
    not_current.source_file_id,
    not_current.sheet,
    not_current.row_number,
    case when versions.first_seen is null then 'duplicate' else 'superseded' end as outcome
from not_current
left join versions on not_current.arrival = versions.first_seen
