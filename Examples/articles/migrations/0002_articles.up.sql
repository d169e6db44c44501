CREATE TABLE articles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    publication_id uuid NOT NULL REFERENCES publications (id),
    url text NOT NULL UNIQUE,
    title text NOT NULL,
    published_on date,
    words integer NOT NULL CHECK (words > 0)
);

CREATE INDEX articles_by_publication ON articles (publication_id);
