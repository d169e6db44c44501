import DuckDB
import Postgres
import TestSupport
import Testing

@Suite struct ReplaceTests {
    let orders = TableName("orders", schema: "public")

    @Test(arguments: [1, 2])
    func `a table that is missing is made from the source's types`(streams: Int) async throws {
        let database = try await TestDatabase()
        let query: SQL = "SELECT i AS id, 'x' || i AS name, {'a': i} AS extra FROM range(5000) t(i)"
        let outcome = try await database.load(query, into: orders, .replace, streams: streams)
        #expect(outcome == LoadOutcome(rows: 5000, inserted: 5000))
        #expect(
            try await database.rows("SELECT count(*), sum(id), max(name), sum((extra->>'a')::int) FROM orders")
                == ["5000|12497500|x999|12497500"]
        )
        #expect(try await database.rows("SELECT relname FROM pg_class WHERE relname LIKE '%pintail%'") == [])
    }

    @Test(arguments: [1, 2])
    func `all that belongs to the table survives`(streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute(Self.richTable)
        let before = try await database.rows(Self.inventory)
        let outcome = try await database.load(
            "SELECT i::INTEGER AS id, 1 AS customer, NULL AS parent, i * 1.5 AS amount, 'n' || i AS \"Näme \"\"x\"\" y\" FROM range(1, 4) t(i)",
            into: orders,
            .replace,
            streams: streams
        )
        #expect(outcome == LoadOutcome(rows: 3, inserted: 3))
        #expect(try await database.rows(Self.inventory) == before)
        #expect(
            try await database.rows("SELECT id, amount, code FROM orders ORDER BY id")
                == ["1|1.50|new", "2|3.00|new", "3|4.50|new"]
        )
        #expect(try await database.rows("SELECT n, total FROM summary_of_summary") == ["3|9.00"])
        // The foreign key into the table is alive, and so is the identity.
        let error = await #expect(throws: PostgresError.self) {
            try await database.rows("INSERT INTO lines VALUES (99)")
        }
        #expect(error?.sqlState == "23503")
        #expect(try await database.rows("INSERT INTO orders (id, customer) VALUES (9, 1) RETURNING number") == ["45"])
    }

    @Test func `what a swap cannot keep is kept by emptying and filling again`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            """
            CREATE TABLE orders (id int, amount numeric); INSERT INTO orders VALUES (1, 1);
            CREATE MATERIALIZED VIEW m AS SELECT * FROM orders;
            """
        )
        let outcome = try await database.load("SELECT 2 AS id, 5 AS amount", into: orders, .replace)
        #expect(outcome.keptInPlace == ["materialized view m reads it"])
        #expect(try await database.rows("REFRESH MATERIALIZED VIEW m; SELECT * FROM m") == ["2|5"])
    }

    @Test func `a function that takes the table's rows is a reason to fill again in place`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            """
            CREATE TABLE orders (id int); INSERT INTO orders VALUES (1);
            CREATE FUNCTION double(o orders) RETURNS int LANGUAGE sql AS 'SELECT o.id * 2';
            """
        )
        let outcome = try await database.load("SELECT 4 AS id", into: orders, .replace)
        #expect(outcome.keptInPlace.first?.hasPrefix("what depends on it: cannot drop table") == true)
        #expect(try await database.rows("SELECT double(orders) FROM orders") == ["8"])
    }

    @Test func `columns come, go and change their type when nothing depends on them`() async throws {
        let database = try await TestDatabase()
        try await database.execute(
            """
            CREATE TABLE orders (id int PRIMARY KEY, old text, at date, note varchar(5));
            INSERT INTO orders VALUES (1, 'x', '2020-01-01', 'y'); GRANT SELECT ON orders TO PUBLIC;
            """
        )
        try await database.load("SELECT 7 AS id, [1, 2] AS at, 'fresh' AS new, 'z' AS note", into: orders, .replace)
        #expect(try await database.rows("SELECT id, note, at, new FROM orders") == ["7|z|{1,2}|fresh"])
        #expect(
            try await database.rows(
                "SELECT conname, relacl FROM pg_constraint JOIN pg_class c ON c.oid = conrelid WHERE relname = 'orders'"
            )
                == ["orders_pkey|{postgres=arwdDxt/postgres,=r/postgres}"]
        )
    }

    @Test func `a replace that would break something is refused with all that would break, and nothing is touched`()
        async throws
    {
        let database = try await TestDatabase()
        try await database.execute(
            """
            CREATE TABLE orders (id int, amount int); INSERT INTO orders VALUES (1, 2);
            CREATE INDEX by_amount ON orders (amount); CREATE VIEW v AS SELECT amount FROM orders;
            """
        )
        let refusal = await #expect(throws: LoadRefusal.self) {
            try await database.load("SELECT 1 AS id", into: orders, .replace)
        }
        let broken = refusal?.problems.map { problem in
            if case .breaks(let what, _) = problem { what } else { "?" }
        }
        #expect(broken == ["index by_amount", "view public.v", "what depends on it"])
        #expect(try await database.rows("SELECT * FROM v") == ["2"])
        #expect(try await database.rows("SELECT relname FROM pg_class WHERE relname LIKE '%pintail%'") == [])
    }

    @Test(arguments: [1, 2])
    func `a key that is there twice is named as the table names it`(streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int CONSTRAINT \"The Key\" PRIMARY KEY)")
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load("SELECT 7 AS id FROM range(2)", into: orders, .replace, streams: streams)
        }
        let cause = failure?.cause as? PostgresError
        #expect(cause?.message == "could not create unique index \"The Key\"")
        #expect(cause?.constraint == "The Key")
        #expect(cause?.detail == "Key (id)=(7) is duplicated.")
    }

    @Test(arguments: [1, 2])
    func `a reader of an older state goes on seeing it`(streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        let orders = orders
        let parameters = database.parameters
        let reader = try await onOwnThread {
            let reader = try PostgresConnection(parameters)
            try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            _ = try reader.query("SELECT * FROM orders")
            return Held(reader)
        }
        let failure = await #expect(throws: LoadFailure.self) {
            try await database.load("SELECT 2 AS id", into: orders, .replace, streams: streams)
        }
        #expect(failure?.dataState == "rolled back; public.orders is unchanged")
        #expect((failure?.cause as? PostgresError)?.hint?.contains("idle in transaction") == true)
        #expect(failure?.isTransient == true)
        try await onOwnThread {
            #expect(try reader.connection.lines("SELECT * FROM orders") == ["1"])
            try reader.connection.execute("COMMIT")
        }
        try await database.load("SELECT 2 AS id", into: orders, .replace, streams: streams)
        #expect(try await database.rows("SELECT * FROM orders") == ["2"])
        #expect(try await database.rows("SELECT relname FROM pg_class WHERE relname LIKE '%pintail%'") == [])
    }

    @Test(arguments: [1, 2])
    func `a reader that is waited for in vain is told of, if it could find the table empty`(streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        let parameters = database.parameters
        let reader = try await onOwnThread {
            let reader = try PostgresConnection(parameters)
            try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
            return Held(reader)
        }
        let outcome = try await database.load("SELECT 2 AS id", into: orders, .replace, streams: streams)
        #expect(outcome.olderReaders.count == streams - 1)
        #expect(outcome.olderReaders.allSatisfy { $0.hasSuffix("(idle in transaction)") })
        _ = try await onOwnThread { try reader.connection.execute("COMMIT") }
    }

    @Test(arguments: [1, 2])
    func `a reader with an older view of the database never finds the table empty`(streams: Int) async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)")
        let (orders, parameters) = (orders, database.parameters)
        let reader = try await onOwnThread {
            let reader = try PostgresConnection(parameters)
            try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
            return Held(reader)
        }
        let load = Task {
            try await database.load(
                "SELECT 2 AS id",
                into: orders,
                .replace,
                streams: streams,
                options: TableLoad.Options(olderReaders: .seconds(600))
            )
        }
        if streams == 1 {
            _ = try await load.value
        } else {
            try await eventually("the rows wait to be published") {
                try await database.rows(
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%backend_xmin%' AND datname = current_database() AND pid <> pg_backend_pid()"
                ) == ["1"]
            }
        }
        try await onOwnThread {
            #expect(try reader.connection.lines("SELECT * FROM orders") == (streams == 1 ? ["2"] : ["1"]))
            try reader.connection.execute("COMMIT")
        }
        _ = try await load.value
        #expect(try await database.rows("SELECT * FROM orders") == ["2"])
    }

    @Test func `two replaces at once come one after the other`() async throws {
        let database = try await TestDatabase()
        try await database.execute("CREATE TABLE orders (id int, who int)")
        let orders = orders
        try await withThrowingTaskGroup { group in
            for who in 1...3 {
                group.addTask {
                    try await database.load(
                        "SELECT i AS id, \(literal: who) AS who FROM range(20000) t(i)",
                        into: orders,
                        .replace,
                        streams: 2
                    )
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.rows("SELECT count(*), count(DISTINCT who) FROM orders") == ["20000|1"])
    }

    @Test func `a long name in mixed case is quoted, and its staging table fits`() async throws {
        let database = try await TestDatabase()
        let table = TableName(#"Unïcode "quoted" name that is as long as Postgres lets name be"#, schema: "public")
        #expect(table.name.utf8.count == 63)
        for _ in 1...2 {
            try await database.load("SELECT 1 AS \"Spalte Ä\", 2 AS spalte", into: table, .replace, streams: 2)
        }
        #expect(try await database.rows("SELECT * FROM \(table: table)") == ["1|2"])
    }

    static let richTable: SQL = """
        DO $$ BEGIN CREATE ROLE clerk; CREATE ROLE boss;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
        CREATE SCHEMA other;
        CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers VALUES (1);
        CREATE TABLE orders (
            id int CONSTRAINT the_key PRIMARY KEY, customer int NOT NULL CONSTRAINT of_customer REFERENCES customers,
            amount numeric(10,2) CHECK (amount >= 0), code text DEFAULT 'new', serial serial,
            number int GENERATED ALWAYS AS IDENTITY (START 42), twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
            parent int CONSTRAINT of_parent REFERENCES orders, "Näme ""x"" y" text COLLATE "C"
        ) WITH (fillfactor = 70);
        ALTER TABLE orders OWNER TO boss;
        CREATE UNIQUE INDEX "By Code" ON orders (lower(code), id) INCLUDE (amount) WHERE amount > 0;
        CREATE INDEX by_amount ON orders USING hash (amount);
        ALTER TABLE orders CLUSTER ON the_key; ALTER TABLE orders ALTER amount SET STATISTICS 77;
        CREATE STATISTICS pairs ON id, customer FROM orders;
        GRANT SELECT ON orders TO clerk WITH GRANT OPTION; GRANT UPDATE (code) ON orders TO clerk;
        REVOKE TRUNCATE ON orders FROM boss;
        COMMENT ON TABLE orders IS 'it''s orders'; COMMENT ON COLUMN orders.code IS 'code';
        COMMENT ON INDEX by_amount IS 'hash'; COMMENT ON CONSTRAINT of_customer ON orders IS 'who';
        COMMENT ON CONSTRAINT the_key ON orders IS 'key';
        CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER stamps BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
        CREATE TRIGGER off AFTER DELETE ON orders EXECUTE FUNCTION stamp(); ALTER TABLE orders DISABLE TRIGGER off;
        ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON orders FOR SELECT TO clerk, boss USING (customer = 1);
        INSERT INTO orders (id, customer, amount) VALUES (1, 1, 10), (2, 1, 20);
        CREATE TABLE lines (order_id int CONSTRAINT of_order REFERENCES orders ON DELETE CASCADE);
        INSERT INTO lines VALUES (1), (2);
        CREATE VIEW other.summary WITH (security_barrier = true) AS
            SELECT count(*) AS n, sum(amount) AS total FROM orders o WHERE o.amount > 0;
        GRANT SELECT ON other.summary TO clerk;
        CREATE VIEW summary_of_summary AS SELECT * FROM other.summary;
        SELECT nextval('orders_number_seq');
        """

    /// Everything about the table that a person could see, but for the numbers of its parts.
    static let inventory: SQL = """
        SELECT 'class', relname, pg_get_userbyid(relowner), relacl::text, reloptions::text, relrowsecurity::text,
            obj_description(oid) FROM pg_class WHERE relname IN ('orders', 'summary', 'orders_serial_seq', 'orders_number_seq')
        UNION ALL SELECT 'column', attname, format_type(atttypid, atttypmod), attacl::text, attnotnull::text,
            attstattarget::text || attcollation::text, concat(pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = 'orders'::regclass AND attnum > 0
        UNION ALL SELECT 'index', pg_get_indexdef(indexrelid), indisclustered::text, obj_description(indexrelid), '', '', ''
            FROM pg_index WHERE indrelid = 'orders'::regclass
        UNION ALL SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid), convalidated::text,
            obj_description(oid), '' FROM pg_constraint WHERE 'orders'::regclass IN (conrelid, confrelid)
        UNION ALL SELECT 'trigger', pg_get_triggerdef(oid), tgenabled::text, '', '', '', '' FROM pg_trigger
            WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal
        UNION ALL SELECT 'policy', policyname, roles::text, cmd, qual, with_check, permissive FROM pg_policies
        UNION ALL SELECT 'statistics', pg_get_statisticsobjdef(oid), '', '', '', '', '' FROM pg_statistic_ext
        UNION ALL SELECT 'view', pg_get_viewdef('other.summary'), '', '', '', '', ''
        UNION ALL SELECT 'sequence', pg_get_serial_sequence('orders', 'serial'), pg_get_serial_sequence('orders', 'number'),
            '', '', '', ''
        ORDER BY 1, 2, 3, 4
        """
}
