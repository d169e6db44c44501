extension DocBlock {
    /// The first page of dbt's documentation for projects that have none of their own: its site cannot do without one.
    static let overview = DocBlock(
        name: "__overview__",
        package: "dbt",
        path: "overview.md",
        originalFilePath: "docs/overview.md",
        contents: """
            ### Everything this project makes

            **Project**, on the left, lists models, seeds, snapshots and sources by the folder of their files;
            **Database** lists the same by schema and table. A model's page tells its columns, its tests, its SQL, what it
            reads and who reads it. The round button in the corner below draws the lineage: of the whole project here, of
            one model on its page.

            Put a docs block named `__overview__` into any Markdown file of the project to replace this page:

                {% docs __overview__ %}
                What there is to find, and whom to ask.
                {% enddocs %}
            """
    )
}
