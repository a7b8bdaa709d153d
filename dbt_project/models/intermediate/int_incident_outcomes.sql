with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }}
),

source_files as (
    select source_file_id, export_order
    from {{ ref('stg_landing__source_files') }}
    where source = 'mainmanager'
),

placed as (
    select
        incidents.*,
        source_files.export_order,
        -- a row of no library and without an id is a version of nothing but itself
        coalesce(
            incidents.incident_id,
            {{ dbt.concat([
                "'no id '",
                "incidents.source_file_id",
                "incidents.sheet",
                "cast(incidents.row_number as " ~ dbt.type_string() ~ ")"
            ]) }}
        ) as version_of
    from incidents
    inner join source_files on incidents.source_file_id = source_files.source_file_id
    where incidents.landing_outcome <> 'quarantined'
),

-- nearly all reports have one row; only the others need to be sorted, which is what costs
repeated as (
    select version_of
    from placed
    group by version_of
    having count(*) > 1
),

numbered as (
    select
        placed.*,
        row_number() over (
            order by placed.export_order, placed.sheet, placed.row_number
        ) as arrival
    from placed
    inner join repeated on placed.version_of = repeated.version_of
),

versioned as (
    select
        numbered.*,
        row_number() over (
            partition by
                version_of, reported_at, occurred_at, library_id, category_id, status,
                updated_at, incident_count
            order by arrival
        ) as sighting,
        max(arrival) over (
            partition by
                version_of, reported_at, occurred_at, library_id, category_id, status,
                updated_at, incident_count
        ) as last_seen
    from numbered
),

ranked as (
    select
        versioned.*,
        row_number() over (
            partition by version_of
            order by
                case when sighting = 1 then 0 else 1 end,
                case when updated_at is null then 1 else 0 end,
                updated_at desc,
                last_seen desc
        ) as recency
    from versioned
),

judged as (
    select
        source_file_id,
        sheet,
        row_number,
        incident_id,
        reported_at,
        occurred_at,
        library_id,
        category_id,
        updated_at,
        incident_count,
        landing_outcome,
        is_void,
        sighting,
        recency
    from ranked
    union all
    select
        placed.source_file_id,
        placed.sheet,
        placed.row_number,
        placed.incident_id,
        placed.reported_at,
        placed.occurred_at,
        placed.library_id,
        placed.category_id,
        placed.updated_at,
        placed.incident_count,
        placed.landing_outcome,
        placed.is_void,
        1 as sighting,
        1 as recency
    from placed
    left join repeated on placed.version_of = repeated.version_of
    where repeated.version_of is null
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
    updated_at,
    incident_count,
    cast(reported_at as date) as reported_on,
    cast(occurred_at as date) as occurred_on,
    case
        when landing_outcome = 'excluded' then 'excluded'
        when sighting > 1 then 'duplicate'
        when recency > 1 then 'superseded'
        when is_void then 'void'
        else 'loaded'
    end as outcome
from judged
