/// One node of a dbt project as selection sees it: what it is called, where it lies and what it needs.
package struct SelectableNode: Sendable {
    /// How a test came to be.
    package enum Test: Hashable, Sendable {
        /// A use of a test macro: `unique`, `dbt_utils.expression_is_true`.
        case generic(name: String, namespace: String?)
        /// A query of its own.
        case singular
    }

    /// "model.shop.orders".
    package var id: String
    /// What it is.
    package var kind: ResourceKind
    /// Its own name, without package and folders.
    package var name: String
    /// The package it comes from.
    package var package: String
    /// Package, folders, name; a versioned model's version comes last.
    package var fqn: [String] = []
    /// Tags, inherited ones included.
    package var tags: [String] = []
    /// Its file, named from its resource folder.
    package var path = ""
    /// Its file, named from its package's folder.
    package var originalFilePath = ""
    /// The property file that describes it: "shop://models/schema.yml".
    package var patchPath: String?
    /// The source that a table belongs to.
    package var sourceName: String?
    /// The model that a unit test is about.
    package var testedModel: String?
    /// What kind of test it is, for tests.
    package var test: Test?
    /// "private", "protected" or "public", for models.
    package var access: String?
    /// Its version, for versioned models.
    package var version: String?
    /// The newest version that is meant to be used.
    package var latestVersion: String?
    /// The nodes it reads, by id.
    package var parents: [String] = []
    /// The macros it calls, by id.
    package var macros: [String] = []
    /// Its configuration as it holds after all inheritance.
    package var config = JSONTree.object([])
    /// The whole entry as a manifest writes it; empty when nobody asks for `state:` or JSON.
    package var entry = JSONTree.object([])

    /// Names a node; the rest is filled in.
    package init(id: String, kind: ResourceKind, name: String, package: String) {
        self.id = id
        self.kind = kind
        self.name = name
        self.package = package
    }

    /// Whether it is one of several versions of a model.
    var isVersioned: Bool { kind == .model && version != nil }
}
