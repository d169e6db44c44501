/// A place in a file the user wrote: what every diagnostic points at.
public struct SourceLocation: Hashable, Sendable {
    /// The file's path as the user would type it: relative to the project where it lies inside it.
    public var file: String
    /// Line, counted from 1.
    public var line: Int
    /// Column in Unicode scalars, counted from 1.
    public var column: Int
    /// How many scalars the caret underlines; 1 where only a point is known.
    public var length: Int

    /// Names a place; `length` is what the caret underlines.
    public init(file: String, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = length
    }
}

/// Where each field of a step was written, by its path: `"from"`, `"columns.age"`, `"columns.age.0"`.
///
/// Empty for steps made in Swift. Two steps are equal whatever their places: a place is not part of the value.
public struct FieldLocations: Hashable, Sendable {
    /// The places, by path.
    package var places: [String: SourceLocation]
    /// The keys of those fields, where they have one.
    package var keys: [String: SourceLocation] = [:]
    /// How the texts among them lie in their files.
    package var texts: [String: TextPlaces] = [:]

    /// No places: for steps made in Swift.
    public init() { places = [:] }

    /// Places known beforehand.
    package init(_ places: [String: SourceLocation]) { self.places = places }

    /// The place of a field, or of the nearest field above it, or of the step itself (`""`).
    package subscript(path: String) -> SourceLocation? {
        var path = Substring(path)
        while true {
            if let place = places[String(path)] { return place }
            guard let dot = path.lastIndex(of: ".") else { return places[""] }
            path = path[..<dot]
        }
    }

    public static func == (_: FieldLocations, _: FieldLocations) -> Bool { true }
    public func hash(into _: inout Hasher) {}
}
