with

run as (
    select * from {{ source('landing', 'run') }}
)

select 'as_of' as key, cast(as_of as {{ dbt.type_string() }}) as value from run
union all
select 'municipality' as key, municipality as value from run
union all
select 'sample' as key, case when is_sample then 'true' else 'false' end as value from run
union all
select 'fingerprint' as key, fingerprint as value from run
