{{ config(alias='same') }} select 1 as a
