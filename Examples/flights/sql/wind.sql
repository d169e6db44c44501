-- Does wind hold flights up? The hour's wind at the airport beside the flights that were to leave in it.
SELECT CASE WHEN w.wind_speed < 10 THEN '1 calm' WHEN w.wind_speed < 20 THEN '2 breeze' ELSE '3 strong' END AS wind,
       count(*) AS flights,
       round(avg(f.dep_delay), 1) AS minutes_late
FROM flights f
JOIN weather w
  ON w.origin = f.origin AND make_timestamp(w.year, w.month, w.day, w.hour, 0, 0) = date_trunc('hour', f.scheduled)
GROUP BY 1
ORDER BY 1
