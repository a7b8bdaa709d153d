-- a model of its own, so that its memory is free again before rows are compared

with

incidents as (
    select * from {{ ref('stg_mainmanager__incidents') }} where landing_outcome <> 'quarantined'
)

select incident_id
from incidents
where incident_id is not null
group by incident_id
having count(*) > 1
