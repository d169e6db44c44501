CREATE TABLE publications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    -- The name without capitals and blanks around it: "The Daily" and " THE DAILY" are one publication.
    name_key text NOT NULL UNIQUE
);

-- What articles find their publication by.
CREATE UNIQUE INDEX publications_by_name ON publications (lower(trim(name)));
