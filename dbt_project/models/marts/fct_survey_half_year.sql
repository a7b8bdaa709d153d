{%- set z = '1.959963984540054' %}
with

responses as (
    select * from {{ ref('stg_surveyxact__responses') }} where landing_outcome = 'usable'
),

answers as (
    select
        source_file_id,
        row_number,
        wave_id,
        question_id,
        case when is_favourable then 1 else 0 end as favourable
    from {{ ref('stg_surveyxact__answers') }}
),

months as (
    select distinct month_id, half_year_id from {{ ref('int_calendar') }}
),

run as (
    select * from {{ source('landing', 'run') }}
),

counted as (
    select
        responses.wave_id,
        responses.library_id,
        questions.question_id,
        count(answers.question_id) as respondents,
        coalesce(sum(answers.favourable), 0) as favourable
    from responses
    cross join {{ ref('dim_survey_question') }} as questions
    left join answers
        on responses.source_file_id = answers.source_file_id
        and responses.row_number = answers.row_number
        and responses.wave_id = answers.wave_id
        and questions.question_id = answers.question_id
    group by responses.wave_id, responses.library_id, questions.question_id
),

shares as (
    select
        counted.*,
        counted.respondents < run.minimum_respondents as suppressed,
        cast(counted.respondents as {{ type_double() }}) as n,
        cast(counted.favourable as {{ type_double() }})
        / nullif(cast(counted.respondents as {{ type_double() }}), 0) as p
    from counted
    cross join run
),

-- Wilson score interval (Wilson 1927): centre and half width
intervals as (
    select
        shares.*,
        (p + {{ z }} * {{ z }} / (2 * n)) / (1 + {{ z }} * {{ z }} / n) as centre,
        {{ z }} / (1 + {{ z }} * {{ z }} / n)
        * sqrt(p * (1 - p) / n + {{ z }} * {{ z }} / (4 * n * n)) as half_width
    from shares
    where n > 0
),

-- rounded sums may miss by a last digit what is exact in the formula, and so the share itself
bounds as (
    select
        intervals.*,
        case when favourable = 0 then 0 else least(p, centre - half_width) end as ci_low,
        case when favourable = respondents then 1 else greatest(p, centre + half_width) end
            as ci_high
    from intervals
)

select
    months.half_year_id,
    shares.wave_id,
    shares.library_id,
    shares.question_id,
    case when not shares.suppressed then cast(shares.respondents as integer) end as respondents,
    case when not shares.suppressed then cast(shares.favourable as integer) end as favourable,
    case when not shares.suppressed then shares.p end as favourable_share,
    case when not shares.suppressed then cast(bounds.ci_low as {{ type_double() }}) end as ci_low,
    case when not shares.suppressed then cast(bounds.ci_high as {{ type_double() }}) end as ci_high,
    shares.suppressed
from shares
inner join months on shares.wave_id = months.month_id
left join bounds
    on shares.wave_id = bounds.wave_id
    and shares.library_id = bounds.library_id
    and shares.question_id = bounds.question_id
