import DuckDB

/// The catalog queries whose answers are the statements that make a staging table the equal of the table it replaces.
///
/// The server writes the statements itself: it quotes its own names and prints its own definitions.
struct SwapCatalog {
    /// A statement and what it keeps, in words for a person.
    struct Step: Hashable, Sendable {
        let keeps: String
        let sql: SQL
    }

    let old: UInt32
    let staging: StagingTable
    /// In a rehearsal there are no rows yet, and references to them cannot be checked.
    let isRehearsal: Bool

    private var oid: SQL { "\(literal: Int(old))" }
    /// The table's full name as a text of the server's.
    private var table: SQL { "\(literal: ("\(table: staging.table)" as SQL).text)" }
    private var new: SQL { "\(literal: ("\(table: staging.name)" as SQL).text)" }
    private var schema: SQL { "\(literal: staging.table.schema ?? "")" }

    // MARK: Before the lock

    /// Indexes and constraints, built on the staging table under names of their own while readers use the old one.
    var preparation: [SQL] {
        [
            """
            SELECT format('constraint %s', conname) AS keeps,
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', \(new), 'pintail_new_' || oid, pg_get_constraintdef(oid)) AS sql
            FROM pg_constraint WHERE conrelid = \(oid) AND contype IN ('p', 'u', 'x') ORDER BY contype, oid
            """,
            """
            SELECT format('index %s', relname) AS keeps,
                format('CREATE %s INDEX %I ON %s %s', CASE WHEN indisunique THEN 'UNIQUE' END, 'pintail_new_' || c.oid, \(new),
                    substr(pg_get_indexdef(c.oid), length(format('CREATE %sINDEX %I ON %s ',
                        CASE WHEN indisunique THEN 'UNIQUE ' END, relname, indrelid::regclass)) + 1)) AS sql
            FROM pg_index JOIN pg_class c ON c.oid = indexrelid
            WHERE indrelid = \(oid) AND indisvalid
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid AND contype IN ('p', 'u', 'x'))
            ORDER BY c.oid
            """,
            """
            SELECT format('tablespace of index %s', c.relname) AS keeps,
                format('ALTER INDEX %I.%I SET TABLESPACE %I', \(schema), 'pintail_new_' || c.oid, spcname) AS sql
            FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_tablespace s ON s.oid = reltablespace
            WHERE indrelid = \(oid) AND indisvalid
            """,
            """
            SELECT format('constraint %s', conname) AS keeps,
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', \(new), conname, pg_get_constraintdef(oid)) AS sql
            FROM pg_constraint old WHERE conrelid = \(oid) AND contype = 'c' AND NOT EXISTS (
                SELECT FROM pg_constraint c WHERE c.conrelid = \(new)::regclass AND c.conname = old.conname)
            """,
            """
            SELECT format('foreign key %s', conname) AS keeps,
                format('ALTER TABLE %s ADD CONSTRAINT %I %s', \(new), conname, pg_get_constraintdef(oid)) AS sql
            FROM pg_constraint WHERE conrelid = \(oid) AND contype = 'f' AND confrelid <> conrelid AND conparentid = 0
            ORDER BY oid
            """,
        ]
    }

    // MARK: Under the lock

    /// Read while the old table still has its name, so that the definitions speak of it; run after the new one has it.
    var carried: [SQL] {
        [owner, grants, columnGrants, settings, comments, triggers, security, sequences, views, references]
    }

    /// Takes away what points at the old table.
    var release: SQL {
        """
        SELECT format('foreign key %s of %s', conname, conrelid::regclass) AS keeps,
            format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql
        FROM pg_constraint WHERE confrelid = \(oid) AND conrelid <> confrelid AND contype = 'f' AND conparentid = 0
        """
    }

    private var owner: SQL {
        """
        SELECT 'owner' AS keeps, format('ALTER TABLE %s OWNER TO %I', \(table), pg_get_userbyid(relowner)) AS sql
        FROM pg_class WHERE oid = \(oid) AND relowner <> (SELECT relowner FROM pg_class WHERE oid = \(new)::regclass)
        """
    }

    /// First what default privileges gave the new table is taken back, then the old one's list is granted.
    private var grants: SQL {
        """
        SELECT 'grants' AS keeps, sql FROM (
            SELECT 0 AS place, format('REVOKE ALL ON %s FROM %s', \(table), grantee) AS sql FROM (
                SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = \(new)::regclass
                UNION SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = \(oid) AND relacl IS NOT NULL
            ) g
            UNION ALL
            SELECT 1, format('GRANT ALL ON %s TO %I', \(table), pg_get_userbyid(relowner))
            FROM pg_class WHERE oid = \(oid) AND relacl IS NULL
                AND (SELECT relacl FROM pg_class WHERE oid = \(new)::regclass) IS NOT NULL
            UNION ALL
            SELECT 2, format('GRANT %s ON %s TO %s%s', privilege_type, \(table),
                CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
                CASE WHEN is_grantable AND grantee <> relowner THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM pg_class c, aclexplode(c.relacl) WHERE c.oid = \(oid)
        ) s ORDER BY place, sql
        """
    }

    private var columnGrants: SQL {
        """
        SELECT format('grants on column %s', attname) AS keeps,
            format('GRANT %s (%I) ON %s TO %s%s', privilege_type, attname, \(table),
                CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
                CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS sql
        FROM pg_attribute, aclexplode(attacl) WHERE attrelid = \(oid) AND attnum > 0 AND NOT attisdropped
        """
    }

    private var settings: SQL {
        """
        SELECT format('statistics target of %s', attname) AS keeps,
            format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', \(table), attname, attstattarget) AS sql
        FROM pg_attribute WHERE attrelid = \(oid) AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0
            \(onlyKeptColumns("attname"))
        UNION ALL
        SELECT format('options of %s', attname),
            format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', \(table), attname, array_to_string(attoptions, ', '))
        FROM pg_attribute WHERE attrelid = \(oid) AND attnum > 0 AND NOT attisdropped AND attoptions IS NOT NULL
            \(onlyKeptColumns("attname"))
        UNION ALL
        SELECT 'replica identity', format('ALTER TABLE %s REPLICA IDENTITY %s', \(table),
            CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
        FROM pg_class WHERE oid = \(oid) AND relreplident IN ('f', 'n')
        """
    }

    private var comments: SQL {
        """
        SELECT 'comment' AS keeps,
            format('COMMENT ON TABLE %s IS %L', \(table), obj_description(\(oid), 'pg_class')) AS sql
        WHERE obj_description(\(oid), 'pg_class') IS NOT NULL
        """
    }

    private var triggers: SQL {
        """
        SELECT format('trigger %s', tgname) AS keeps, sql FROM pg_trigger, LATERAL (VALUES
            (1, pg_get_triggerdef(oid)),
            (2, CASE tgenabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE TRIGGER %I', \(table), tgname)
                WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', \(table), tgname)
                WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', \(table), tgname) END),
            (3, format('COMMENT ON TRIGGER %I ON %s IS %L', tgname, \(table), obj_description(oid, 'pg_trigger')))
        ) s (place, sql)
        WHERE tgrelid = \(oid) AND NOT tgisinternal AND sql IS NOT NULL
            AND (place < 3 OR obj_description(oid, 'pg_trigger') IS NOT NULL)
        ORDER BY pg_trigger.oid, place
        """
    }

    private var security: SQL {
        """
        SELECT 'row security' AS keeps, format('ALTER TABLE %s %s ROW LEVEL SECURITY', \(table), word) AS sql
        FROM pg_class, LATERAL (VALUES (relrowsecurity, 'ENABLE'), (relforcerowsecurity, 'FORCE')) w (isOn, word)
        WHERE oid = \(oid) AND isOn
        UNION ALL
        SELECT format('policy %s', polname),
            format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', polname, \(table),
                CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                    WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                (SELECT string_agg(CASE WHEN role = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END, ', ')
                    FROM unnest(polroles) role))
            || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
            || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
        FROM pg_policy WHERE polrelid = \(oid)
        """
    }

    /// A serial column's sequence changes hands; an identity column's new one goes on where the old one was.
    private var sequences: SQL {
        """
        SELECT format('sequence %s', objid::regclass) AS keeps,
            CASE deptype WHEN 'a' THEN format('ALTER SEQUENCE %s OWNED BY %s.%I', objid::regclass, \(table), attname)
            ELSE format('SELECT setval(pg_get_serial_sequence(%L, %L), last_value, is_called) FROM %s',
                \(table), attname, objid::regclass) END AS sql
        FROM pg_depend JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        JOIN pg_class s ON s.oid = objid AND s.relkind = 'S'
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = \(oid)
            AND deptype IN ('a', 'i') \(onlyKeptColumns("attname"))
        """
    }

    /// A view that is replaced keeps its own grants, and the views on top of it.
    private var views: SQL {
        """
        SELECT format('view %s', view::regclass) AS keeps,
            format('CREATE OR REPLACE VIEW %s %s AS %s', view::regclass,
                'WITH (' || nullif(array_to_string(reloptions, ', '), '') || ')', pg_get_viewdef(view)) AS sql
        FROM (\(dependents)) d WHERE relkind = 'v' ORDER BY view
        """
    }

    private var references: SQL {
        """
        SELECT format('foreign key %s of %s', conname, conrelid::regclass) AS keeps,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', conrelid::regclass, conname, pg_get_constraintdef(oid),
                CASE WHEN \(literal: isRehearsal) AND pg_get_constraintdef(oid) NOT LIKE '% NOT VALID' THEN ' NOT VALID' ELSE '' END) AS sql
        FROM pg_constraint WHERE confrelid = \(oid) AND contype = 'f' AND conparentid = 0
        """
    }

    // MARK: Before and after the old table goes

    /// Read before, run after the old table is gone: these names are the old table's as long as it is there.
    var inherited: [SQL] {
        [
            """
            SELECT format('constraint %s', conname) AS keeps, sql FROM pg_constraint, LATERAL (VALUES
                (1, format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', \(table), 'pintail_new_' || oid, conname)),
                (2, format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, \(table), obj_description(oid, 'pg_constraint')))
            ) s (place, sql)
            WHERE conrelid = \(oid) AND contype IN ('p', 'u', 'x')
                AND (place = 1 OR obj_description(oid, 'pg_constraint') IS NOT NULL) ORDER BY oid, place
            """,
            """
            SELECT format('index %s', relname) AS keeps, sql FROM pg_index JOIN pg_class c ON c.oid = indexrelid, LATERAL (VALUES
                (1, format('ALTER INDEX %I.%I RENAME TO %I', \(schema), 'pintail_new_' || c.oid, relname),
                    NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid AND contype IN ('p', 'u', 'x'))),
                (2, format('COMMENT ON INDEX %I.%I IS %L', \(schema), relname, obj_description(c.oid, 'pg_class')),
                    obj_description(c.oid, 'pg_class') IS NOT NULL),
                (3, format('ALTER TABLE %s CLUSTER ON %I', \(table), relname), indisclustered),
                (4, format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', \(table), relname), indisreplident)
            ) s (place, sql, isWanted) WHERE indrelid = \(oid) AND indisvalid AND isWanted ORDER BY c.oid, place
            """,
            """
            SELECT format('comment on %s', conname) AS keeps,
                format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, \(table), obj_description(oid, 'pg_constraint')) AS sql
            FROM pg_constraint WHERE conrelid = \(oid) AND contype = 'f' AND obj_description(oid, 'pg_constraint') IS NOT NULL
            """,
            """
            SELECT format('statistics %s', stxname) AS keeps, pg_get_statisticsobjdef(oid) AS sql
            FROM pg_statistic_ext WHERE stxrelid = \(oid)
            """,
            """
            SELECT format('sequence %s', s.relname) AS keeps,
                format('ALTER SEQUENCE %s RENAME TO %I', new.objid::regclass, s.relname) AS sql
            FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            JOIN pg_attribute b ON b.attrelid = \(new)::regclass AND b.attname = a.attname
            JOIN pg_depend new ON new.refobjid = b.attrelid AND new.refobjsubid = b.attnum AND new.deptype = 'i'
                AND new.classid = 'pg_class'::regclass AND new.refclassid = 'pg_class'::regclass
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = \(oid) AND d.deptype = 'i'
            """,
        ]
    }

    // MARK: What no swap can keep

    /// The reasons, in words, why the table can only be emptied and filled again.
    var obstacles: SQL {
        """
        SELECT 'it is partitioned' AS reason FROM pg_class WHERE oid = \(oid) AND relkind <> 'r'
        UNION ALL SELECT 'it is temporary' FROM pg_class WHERE oid = \(oid) AND relpersistence = 't'
        UNION ALL SELECT format('it inherits from %s', inhparent::regclass) FROM pg_inherits WHERE inhrelid = \(oid)
        UNION ALL SELECT format('%s inherits from it', inhrelid::regclass) FROM pg_inherits WHERE inhparent = \(oid)
        UNION ALL SELECT format('it is a table of the type %s', format_type(reloftype, NULL))
            FROM pg_class WHERE oid = \(oid) AND reloftype <> 0
        UNION ALL SELECT format('materialized view %s reads it', view::regclass) FROM (\(dependents)) d WHERE relkind = 'm'
        UNION ALL SELECT format('rule %s stands on it', rulename) FROM pg_rewrite
            WHERE ev_class = \(oid) AND rulename <> '_RETURN'
        UNION ALL SELECT format('publication %s sends it to subscribers', pubname) FROM pg_publication
            WHERE pubname IN (SELECT p.pubname FROM pg_publication_tables p
                WHERE p.schemaname = \(schema) AND p.tablename = \(literal: staging.table.name))
        UNION ALL SELECT format('partitioned table %s refers to it', conrelid::regclass)
            FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
            WHERE confrelid = \(oid) AND contype = 'f' AND relkind = 'p'
        UNION ALL SELECT format('it has a security label of %s', provider) FROM pg_seclabel WHERE objoid = \(oid)
        UNION ALL SELECT 'it belongs to an extension' FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = \(oid) AND deptype = 'e'
        UNION ALL SELECT format('user %s does not own it', current_user) FROM pg_class
            WHERE oid = \(oid) AND NOT pg_has_role(relowner, 'USAGE')
        UNION ALL SELECT format('user %s may not create tables in schema %s', current_user, nspname) FROM pg_namespace
            WHERE nspname = \(schema) AND NOT has_schema_privilege(oid, 'CREATE')
        """
    }

    /// The tables whose rows refer to this one's: emptying it would break or delete them.
    var referrers: SQL {
        """
        SELECT DISTINCT format('%s refers to it', conrelid::regclass) AS reason FROM pg_constraint
        WHERE confrelid = \(oid) AND conrelid <> confrelid AND contype = 'f'
        """
    }

    private var dependents: SQL {
        """
        SELECT DISTINCT c.oid AS view, c.relkind, c.reloptions FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = \(oid) AND c.oid <> \(oid)
        """
    }

    private func onlyKeptColumns(_ name: SQL) -> SQL {
        "AND EXISTS (SELECT FROM pg_attribute n WHERE n.attrelid = \(new)::regclass AND n.attname = pg_attribute.\(name) AND NOT n.attisdropped)"
    }
}
