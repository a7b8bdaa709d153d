{# Generic data tests of this project; each returns the rows that break the rule. #}

{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}, count(*) as times
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{% test adds_up_to(model, column, other, other_column) %}
select this.total as total, that.total as expected
from (select coalesce(sum({{ column }}), 0) as total from {{ model }}) as this
cross join (select coalesce(sum({{ other_column }}), 0) as total from {{ other }}) as that
where this.total <> that.total
{% endtest %}

{% test at_least(model, column, other, other_column) %}
select {{ column }}
from {{ model }}
cross join (select {{ other_column }} as lower_bound from {{ other }}) as bounds
where {{ column }} is null or {{ column }} < bounds.lower_bound
{% endtest %}

{% test same_row_count(model, other) %}
select this.times as times, that.times as expected
from (select count(*) as times from {{ model }}) as this
cross join (select count(*) as times from {{ other }}) as that
where this.times <> that.times
{% endtest %}
