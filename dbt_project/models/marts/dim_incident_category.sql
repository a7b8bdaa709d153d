select
    category_id,
    category_name_da,
    category_name_en,
    is_unsafe_behaviour
from {{ source('landing', 'category') }}
