package enum Server {}
