{#
  Minutes of a span that no earlier span of its partition has covered: summed, the length of the
  union of overlapping spans, each minute belonging to the span that starts first.
#}
{% macro new_minutes(start_minute, end_minute, partition_by) -%}
    greatest(
        0,
        {{ end_minute }} - greatest(
            {{ start_minute }},
            coalesce(
                max({{ end_minute }}) over (
                    partition by {{ partition_by }}
                    order by {{ start_minute }}, {{ end_minute }}
                    rows between unbounded preceding and 1 preceding
                ),
                {{ start_minute }}
            )
        )
    )
{%- endmacro %}
