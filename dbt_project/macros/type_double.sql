{# The 8-byte floating-point type: dbt.type_float() is 4 bytes wide on some engines. #}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'dataspor')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double
{%- endmacro %}

{% macro postgres__type_double() -%}
    double precision
{%- endmacro %}
