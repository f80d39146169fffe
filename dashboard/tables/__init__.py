"""How tables read: per question the columns of its tables, by the names that the query gives them."""
