{#
  What engines do not share, each as an implementation that dbt's own dispatch finds
  (docs.getdbt.com/reference/dbt-jinja-functions/dispatch). Contracts name DuckDB's types; these
  macros say what a type is called elsewhere, so that no model or contract knows of an engine.
#}

{# Types of contracts: Spark has no varchar without a length. #}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ 'string' if type == 'varchar' else type }})
{%- endmacro %}

{# Types of contracts: double has two words in PostgreSQL. #}
{% macro postgres__cast(field, type) -%}
    cast({{ field }} as {{ 'double precision' if type == 'double' else type }})
{%- endmacro %}

{# The same in the table that PostgreSQL makes of a contract. #}
{% macro postgres__get_table_columns_and_constraints() -%}
    {%- set columns = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- set type = 'double precision' if column['data_type'] == 'double' else column['data_type'] -%}
        {%- do columns.update({name: dict(column, data_type=type)}) -%}
    {%- endfor -%}
    (
        {{ adapter.render_raw_columns_constraints(raw_columns=columns) | join(',\n        ') }}
    )
{%- endmacro %}

{#
  A Parquet table keeps no constraint: where a contract says that a column is not null, Spark looks
  after the table is made, and fails.
#}
{% macro spark__persist_constraints(relation, model) -%}
    {%- set broken = [] -%}
    {%- for name, column in model.columns.items() -%}
        {%- if column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
            {%- do broken.append(name ~ ' is null') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and broken -%}
        {%- call statement() -%}
            select assert_true(
                count_if({{ broken | join(' or ') }}) = 0,
                '{{ model.name }} has a null where its contract allows none'
            ) from {{ relation }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}
