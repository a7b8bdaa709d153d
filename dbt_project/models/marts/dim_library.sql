with

libraries as (
    select * from {{ source('landing', 'library') }}
),

districts as (
    select * from {{ ref('dim_district') }}
)

select
    libraries.library_id,
    libraries.isil,
    libraries.library_name,
    cast(libraries.district_id as integer) as district_id,
    districts.district_name
from libraries
inner join districts on libraries.district_id = districts.district_id
