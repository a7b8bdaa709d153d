with

source as (
    select * from {{ source('landing', 'survey_answer') }}
)

select
    source_file_id,
    row_number,
    wave_id,
    question_id,
    is_favourable
from source
