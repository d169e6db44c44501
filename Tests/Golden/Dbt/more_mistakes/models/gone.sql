select {{ env_var('GONE') }} as a
