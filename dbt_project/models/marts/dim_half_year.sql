with

half_years as (
    select * from {{ ref('int_half_years') }}
),

run as (
    select * from {{ source('landing', 'run') }}
),

parts as (
    select
        half_years.*,
        substring(half_years.half_year_id, 1, 4) as starting_year,
        case when half_years.half_year_id like '%-04' then 'summer' else 'winter' end as season,
        run.as_of
    from half_years
    cross join run
)

select
    half_year_id,
    season,
    case
        when season = 'summer' then {{ dbt.concat(["'sommerhalvåret '", "starting_year"]) }}
        else {{ dbt.concat([
            "'vinterhalvåret '",
            "starting_year",
            "'/'",
            "cast(cast(starting_year as integer) + 1 as " ~ dbt.type_string() ~ ")"
        ]) }}
    end as label_da,
    starts_on,
    ends_on,
    days,
    ends_on < as_of as is_complete
from parts
