/// Takes down what a project was read from.
struct RecordTaking {
    private let project: DbtProject
    private let notes: ParseNotes
    private let asked: AskedNames
    private let options: DbtProject.Options
    private let started: Int64

    init(
        _ project: DbtProject,
        _ notes: ParseNotes,
        _ asked: AskedNames,
        _ options: DbtProject.Options,
        _ started: Int64
    ) {
        self.project = project
        self.notes = notes
        self.asked = asked
        self.options = options
        self.started = started
    }

    /// Everything that is chosen before a file is read.
    static func identity(_ folder: String, _ options: DbtProject.Options) -> Fingerprint {
        let program = FileStamp.ofProgram()
        var writer = RecordWriter()
        writer.stamp(program)
        writer.text(folder)
        for text in [options.profile, options.target, options.profilesDirectory, options.impliedDatabase] {
            writer.optional(text)
        }
        for name in ["DBT_PROFILES_DIR", "HOME"] { writer.optional(options.environment[name]) }
        writer.number(options.checksVersion ? 1 : 0)
        var json = JSONWriter()
        json.value(.list([.object(options.vars), .object(options.flags)]))
        return Fingerprint(writer.bytes + json.bytes)
    }

    /// The record, without the manifest's stamp; nil for a project that reads otherwise every time.
    func record(_ marks: [Range<Int>]) -> ParseRecord? {
        guard !asked.isVolatile, !codeMatters, marks.count >= Self.metadataMarks else { return nil }
        let listings = notes.listings + ProjectSurroundings.listings(of: project.root)
        return ParseRecord(
            identity: Self.identity(project.root.directory, options),
            variables: asked.variables.map { ParseRecord.Variable(name: $0, value: options.environment[$0]) },
            listings: listings,
            files: files(of: listings),
            manifest: .none,
            metadata: Array(marks.prefix(Self.metadataMarks)),
            nodes: nodes(marks),
            recordsCalls: project.packages.allSatisfy { package in
                ParseContext.recordedNames.allSatisfy { project.macros.macro($0, from: package.name) == nil }
            },
            warnings: project.warnings,
            counts: ParseCounts(project.manifest)
        )
    }

    /// Of the metadata, and then of each node.
    private static let metadataMarks = 4
    private static let nodeMarks = 3

    /// Whether a name could be made of a node's template.
    private var codeMatters: Bool {
        let macros = project.macros.all.filter { !MacroIndex.builtIn.contains($0.package) }
        let makesNames = macros.contains { macro in
            ["generate_alias_name", "generate_schema_name", "generate_database_name"].contains {
                macro.name.hasSuffix($0)
            }
        }
        return makesNames && macros.contains { $0.text.contains("raw_code") }
    }

    private func files(of listings: [ParseRecord.Listing]) -> [ParseRecord.File] {
        var seen: Set<String> = []
        let listed = listings.filter { $0.kind != .names }.flatMap { listing in
            listing.names.map { listing.folder + "/" + $0 }
        }
        let profiles = ProjectSurroundings.profiles(project.root.directory, options)
        return (listed + profiles).filter { seen.insert($0).inserted }.map { path in
            let stamp = FileStamp(of: path)
            let isSettled = stamp.isSettled(before: started)
            // What has not changed since before the reading is what was read.
            let text = notes.texts[path] ?? (isSettled && path.hasSuffix(".yml") ? .ofText(at: path) : nil)
            return ParseRecord.File(path: path, stamp: isSettled ? stamp : .none, fingerprint: text ?? .none)
        }
    }

    private func nodes(_ marks: [Range<Int>]) -> [ParseRecord.NodePlaces] {
        var files: [String: Int] = [:]
        let all = project.manifest.nodes.all
        for place in all.indices where !all[place].isMadeOfProperties { files[path(of: all[place]), default: 0] += 1 }
        let directories = Dictionary(project.packages.map { ($0.name, $0.directory) }) { $1 }
        var nodes: [ParseRecord.NodePlaces] = []
        for place in all.indices {
            let node = all[place]
            let mark = Self.metadataMarks + place * Self.nodeMarks
            guard let directory = directories[node.package], node.isEditable, mark + 2 < marks.count,
                files[path(of: node)] == 1
            else { continue }
            nodes.append(
                ParseRecord.NodePlaces(
                    path: directory + "/" + node.originalFilePath,
                    name: node.name,
                    package: node.package,
                    kind: node.kind,
                    isKnownByPath: node.isKnownByPath,
                    recording: notes.recordings[node.uniqueID] ?? .none,
                    skeleton: notes.skeletons[node.uniqueID] ?? .none,
                    checksum: marks[mark],
                    createdAt: marks[mark + 1],
                    code: marks[mark + 2]
                )
            )
        }
        return nodes
    }

    private func path(of node: Node) -> String { node.package + "/" + node.originalFilePath }
}

extension Node {
    /// Whether it is declared in a property file or the project file, and has no file of its own.
    fileprivate var isMadeOfProperties: Bool { test != nil || kind == .operation }

    /// Whether a file holds it alone, and nothing else depends on the file's text.
    fileprivate var isEditable: Bool {
        switch kind {
        case .model: language == "sql"
        case .analysis, .seed: true
        case .test: test == nil
        default: false
        }
    }
}

extension Fingerprint {
    /// Of a text file; nil where there is none.
    static func ofText(at path: String) -> Fingerprint? {
        (try? ProjectFiles(root: "/").read(path)).map { Fingerprint($0.bytes) }
    }
}
