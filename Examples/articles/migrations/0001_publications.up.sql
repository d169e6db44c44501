CREATE TABLE publications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (name <> '')
);

-- "The Daily" and " THE DAILY" are one publication.
CREATE UNIQUE INDEX publications_by_name ON publications (lower(trim(name)));
