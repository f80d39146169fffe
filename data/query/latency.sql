-- Grain: model × version × bucket: requests by end-to-end latency. A server's latency knows no team and no account, only the model.
SELECT model, version, le, CAST(sum(requests) AS DOUBLE) AS requests
FROM traffic_latency
WHERE hour >= $start AND hour < $end AND measure = 'end_to_end' AND chosen($models, model)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
