select
    intervention_id,
    library_id,
    starts_on,
    ends_on,
    label_da
from {{ source('landing', 'intervention') }}
