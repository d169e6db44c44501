/// What became of files while they were read, by their size and time: the system holds nobody back from writing them.
struct SourceChanges {
    /// The files as they were found.
    let files: [SourceFile]

    /// What is doubtful: files that grew.
    ///
    /// - Throws: ``StepError`` for a file whose rows may be those of two versions; trying again may help.
    func warnings() throws -> [String] {
        try files.compactMap { file in
            // A file that is gone was read to its end all the same.
            guard let size = file.size, !file.isRemote, file.modified != 0, let now = try? FileStatus(file.path),
                now.kind == .file,
                now.modified != file.modified || now.size != size.count
            else { return nil }
            guard now.size > size.count else {
                throw StepError(
                    "\(file.name) was changed while it was read",
                    hint: "whoever writes it should write another file and rename it when it is whole",
                    isTransient: true
                )
            }
            return
                "\(file.name) grew while it was read: of what was added some rows may be in, the last of them in part"
        }
    }
}
