import CDbtMacros

/// The macros that every dbt project can call and override: Pintail's own, under dbt's names.
package enum BuiltInMacros {
    /// The library's macros, read once.
    ///
    /// The library is part of the binary: a file that cannot be read fails the tests, and is left out here.
    package static let all: [MacroEntry] = files.flatMap { file in
        (try? MacroFile.macros(in: file.text, path: file.path, shownAs: file.path, package: file.package)) ?? []
    }

    /// The files of the library.
    package static let files: [(package: String, path: String, text: String)] = (0..<pintail_macro_file_count())
        .map { place in
            let file = unsafe pintail_macro_file(place).pointee
            let bytes = unsafe UnsafeRawBufferPointer(start: file.text, count: file.length)
            return unsafe (
                String(cString: file.package), String(cString: file.path), String(decoding: bytes, as: UTF8.self)
            )
        }
}
