with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }} where landing_outcome <> 'quarantined'
),

source_files as (
    select source_file_id, export_order
    from {{ ref('stg_landing__source_files') }}
    where source = 'mainmanager'
),

repeated as (
    select * from {{ ref('int_incident_repeated') }}
),

-- not from incidents: what is read twice, engines keep in memory, and these are all rows
sheets as (
    select distinct source_file_id, sheet
    from {{ ref('stg_mainmanager__incidents') }}
    where landing_outcome <> 'quarantined'
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
        incidents.incident_id,
        incidents.reported_at,
        incidents.occurred_at,
        incidents.library_id,
        incidents.category_id,
        incidents.status,
        incidents.updated_at,
        incidents.incident_count,
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
        min(arrival) as first_seen,
        max(arrival) as last_seen,
        updated_at
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
        arrived.arrival,
        case when versions.first_seen is null then 'duplicate' else 'superseded' end as outcome
    from arrived
    inner join ranked
        on arrived.incident_id = ranked.incident_id
        and arrived.arrival <> ranked.first_seen
    left join versions on arrived.arrival = versions.first_seen
    where ranked.recency = 1
)

select
    sheet_orders.source_file_id,
    sheet_orders.sheet,
    cast(not_current.arrival - sheet_orders.sheet_order as integer) as row_number,
    not_current.outcome
from not_current
inner join sheet_orders
    on not_current.arrival - mod(not_current.arrival, 2147483648) = sheet_orders.sheet_order
