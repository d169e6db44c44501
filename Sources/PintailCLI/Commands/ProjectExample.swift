/// A project that `init` can begin with.
enum ProjectExample: String, CaseIterable {
    /// A CSV file in, checked, summed up, and out as a CSV file: needs nothing.
    case files
    /// The same into a Postgres.
    case postgres

    /// A file of the project.
    struct File {
        let path: String
        let text: String
    }

    /// The files of a project of that name.
    func files(project: String) -> [File] {
        [
            File(path: "pintail.yml", text: projectFile(project)),
            File(path: "pipelines/orders.yml", text: pipeline),
            File(path: "data/orders.csv", text: Self.orders),
            File(path: ".gitignore", text: ".pintail/\n*.duckdb\n*.duckdb.wal\n.env\nout/\n"),
            File(path: "README.md", text: readme(project)),
        ] + (self == .postgres ? [File(path: ".env.example", text: Self.environment)] : [])
    }

    /// What has to be done before the first run.
    var advice: String? {
        self == .postgres ? "It needs a Postgres: copy .env.example to .env and fill it in." : nil
    }

    private func projectFile(_ name: String) -> String {
        let connections = """

            # Outside systems by name; ${NAME} comes from the environment, then from .env.
            connections:
              warehouse: {postgres: {host: "${DB_HOST}", port: 5432, database: "${DB_NAME}", user: "${DB_USER}", password: "${DB_PASSWORD}"}}

            """
        return """
            project: \(name)
            # All tables live in this DuckDB file.
            database: \(name).duckdb

            """ + (self == .postgres ? connections : "")
    }

    private var pipeline: String {
        """
        pipeline: orders
        steps:
          # A step's name is the table it makes. Dialect, encoding and types are found out.
          - extract: raw_orders
            from: data/orders*.csv

          # Nothing reads the table before all of this is true.
          - check: raw_orders
            columns:
              id: [not_null, unique]
              amount: [not_null, {range: {min: 0}}]
              status: [{accepted_values: [paid, open, returned]}]

          # What a query reads decides when it runs.
          - transform: sales_by_country
            sql: |
              SELECT country, count(*) AS orders, sum(amount) AS amount
              FROM raw_orders
              WHERE status = 'paid'
              GROUP BY country
              ORDER BY amount DESC

          - load: sales_by_country
            into: \(self == .postgres ? "warehouse.public.sales_by_country" : "out/sales_by_country.csv")
            mode: replace

        """
    }

    private static let orders = """
        id,ordered_on,country,amount,status
        1,2026-01-03,SE,120.50,paid
        2,2026-01-03,DE,80.00,paid
        3,2026-01-04,SE,19.90,returned
        4,2026-01-05,FR,240.00,paid
        5,2026-01-07,DE,15.75,open
        6,2026-01-09,FR,64.20,paid
        7,2026-01-09,SE,99.00,paid
        8,2026-01-11,NO,310.00,paid

        """

    private static let environment = """
        DB_HOST=localhost
        DB_NAME=postgres
        DB_USER=postgres
        DB_PASSWORD=

        """

    private func readme(_ name: String) -> String {
        """
        # \(name)

        A Pintail project: `pipelines/` says what is done, `data/` is what it is done with.

        ```
        pintail run                                   # do it
        pintail query "FROM sales_by_country"         # look at a table
        pintail runs last                             # what the last run did
        pintail plan                                  # what a run would do
        ```

        """
    }
}
