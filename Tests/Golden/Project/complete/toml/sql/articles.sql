SELECT * FROM articles
