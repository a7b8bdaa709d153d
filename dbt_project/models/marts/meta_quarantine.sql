select source_file_id, row_number, sheet, 'mainmanager' as source, reason_code, reason
from {{ ref('stg_mainmanager__incidents') }}
where landing_outcome = 'quarantined'
union all
select source_file_id, row_number, sheet, 'survey' as source, reason_code, reason
from {{ ref('stg_surveyxact__responses') }}
where landing_outcome = 'quarantined'
union all
select source_file_id, row_number, sheet, 'opening_hours' as source, reason_code, reason
from {{ ref('stg_library_cms__opening_hours') }}
where landing_outcome = 'quarantined'
union all
select source_file_id, row_number, sheet, 'presence' as source, reason_code, reason
from {{ ref('stg_register__presence') }}
where landing_outcome = 'quarantined'
