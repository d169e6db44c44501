/// All that a dbt project consists of, resolved and in dbt's order: what selection, building and artifacts work on.
package struct Manifest: Sendable {
    /// Entries by unique id in the order they were added.
    package struct Table<Entry: Sendable>: Sendable {
        /// The entries in order.
        package private(set) var all: [Entry] = []
        private var places: [String: Int] = [:]

        /// No entries.
        package init() {}

        /// The entry with this unique id; giving a value puts it in its place or behind the others.
        package subscript(uniqueID: String) -> Entry? {
            get { places[uniqueID].map { all[$0] } }
            set {
                switch (places[uniqueID], newValue) {
                case (let place?, let entry?): all[place] = entry
                case (nil, let entry?):
                    places[uniqueID] = all.count
                    all.append(entry)
                case (let place?, nil):
                    all.remove(at: place)
                    places[uniqueID] = nil
                    for (id, other) in places where other > place { places[id] = other - 1 }
                case (nil, nil): break
                }
            }
        }

        /// How many there are.
        package var count: Int { all.count }

        /// Changes every entry in its place.
        package mutating func updateEach<Failure: Error>(
            _ change: (inout Entry) throws(Failure) -> Void
        ) throws(Failure) {
            for place in all.indices { try change(&all[place]) }
        }
    }

    /// The project's name.
    package var projectName: String
    /// The project's folder, absolute.
    package var directory: String
    /// Models, seeds, snapshots, tests, analyses and hooks.
    package var nodes = Table<Node>()
    /// What it reads by `source`, in the order of calls.
    package var sources = Table<SourceNode>()
    /// Macros, those that come with Pintail among them.
    package var macros = Table<MacroEntry>()
    /// Whether and how documentation shows it.
    package var docs = Table<DocBlock>()
    /// Who uses the tables, and what for.
    package var exposures = Table<Resource>()
    /// What it names as metrics.
    package var metrics = Table<Resource>()
    /// Models of the semantic layer.
    package var semanticModels = Table<Resource>()
    /// Queries of the semantic layer.
    package var savedQueries = Table<Resource>()
    /// Who owns what.
    package var groups = Table<Resource>()
    /// Tests of SQL against rows that are written down.
    package var unitTests = Table<UnitTestNode>()
    /// Nodes that are switched off, by unique id.
    package var disabledNodes: [Node] = []
    /// Sources that are switched off.
    package var disabledSources: [SourceNode] = []
    /// Unit tests that are switched off.
    package var disabledUnitTests: [UnitTestNode] = []
    /// Exposures, metrics and the like that are switched off.
    package var disabledResources: [Resource] = []
    /// `selectors.yml`, as it is written, by name.
    package var selectors: ConfigObject = [:]

    /// An empty manifest of a project.
    package init(projectName: String, directory: String) {
        self.projectName = projectName
        self.directory = directory
    }
}
