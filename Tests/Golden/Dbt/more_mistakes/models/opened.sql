{{ config(access='pubic') }}select 1 as a
