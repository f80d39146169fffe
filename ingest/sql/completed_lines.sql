SELECT count(*) FROM completed WHERE line_id BETWEEN $first AND $last
