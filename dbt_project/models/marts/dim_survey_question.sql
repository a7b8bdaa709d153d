select
    question_id,
    question_text_da
from {{ source('landing', 'survey_question') }}
