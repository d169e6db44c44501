import Jinja
import PintailProject

extension Template {
    /// The template of a node, under its file's name and with the file's places.
    convenience init(_ node: Node) throws(TemplateError) {
        try self.init(node.rawCode, name: node.shownPath, from: node.codeStart, in: DbtEnvironment.sql)
    }
}

extension Node {
    /// Its file as messages show it.
    var shownPath: String { location.file.isEmpty ? originalFilePath : location.file }
}
