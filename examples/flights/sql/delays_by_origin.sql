SELECT
  origin,
  count(*) AS flights,
  count(*) FILTER (delay >= $late_minutes) AS late,
  avg(delay) AS mean_delay,
  median(delay) AS median_delay,
  quantile_cont(delay, 0.9) AS p90_delay
FROM flights
WHERE date >= CAST($day AS TIMESTAMP) AND date < CAST($day AS TIMESTAMP) + INTERVAL 1 DAY
GROUP BY origin
ORDER BY origin
