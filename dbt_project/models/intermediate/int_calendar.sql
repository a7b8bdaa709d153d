with

calendar as (
    select * from {{ source('landing', 'calendar') }}
),

named as (
    select
        on_date,
        day_number,
        iso_weekday,
        iso_week_id,
        is_holiday,
        extract(year from on_date) as calendar_year,
        extract(month from on_date) as calendar_month
    from calendar
)

select
    on_date,
    day_number,
    iso_weekday,
    iso_week_id,
    is_holiday,
    {{ dbt.concat([
        "cast(cast(calendar_year as integer) as " ~ dbt.type_string() ~ ")",
        "'-'",
        "substring(cast(100 + cast(calendar_month as integer) as " ~ dbt.type_string() ~ "), 2, 2)"
    ]) }} as month_id,
    {{ dbt.concat([
        "cast(cast(case when calendar_month < 4 then calendar_year - 1 else calendar_year end"
            ~ " as integer) as " ~ dbt.type_string() ~ ")",
        "case when calendar_month between 4 and 9 then '-04' else '-10' end"
    ]) }} as half_year_id
from named
