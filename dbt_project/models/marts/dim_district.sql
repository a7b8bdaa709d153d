select
    cast(district_id as integer) as district_id,
    district_name
from {{ source('landing', 'district') }}
