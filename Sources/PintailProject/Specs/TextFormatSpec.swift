/// `format:` of a column, as a word or with a pattern.
enum TextFormatSpec {
    static let date = Field(
        "date",
        .text("a pattern"),
        "A date in this form, in the patterns of `strptime`.",
        example: "\"%d/%m/%Y\""
    )
    static let datetime = Field(
        "datetime",
        .text("a pattern"),
        "A date with a time in this form, in the patterns of `strptime`.",
        example: "\"%d/%m/%Y %H:%M\""
    )

    static let component = Component<TextFormat>(
        "a format",
        "A date, or a date with a time, in a form of one's own; exactly one of the two.",
        fields: [date, datetime],
        example: """
            format: {date: "%d/%m/%Y"}
            """
    ) { reader in
        let formats = [
            reader[date].map { TextFormat.date(pattern: $0) },
            reader[datetime].map { TextFormat.datetime(pattern: $0) },
        ].compactMap(\.self)
        if formats.count > 1 {
            reader.report("a value has one form", atKeyOf: datetime, hint: "a datetime has a date")
        } else if !reader.has(date), !reader.has(datetime) {
            reader.reading.report("a format needs 'date' or 'datetime', or is a word", at: reader.node.location)
        }
        return formats.first
    }

    static let shape = Shape<TextFormat>.words(
        Dictionary(uniqueKeysWithValues: TextFormat.named.map { ($0.name, $0) }),
        TextFormat.named.map(\.name),
        orElse: ", or a pattern for dates as a mapping"
    ).or(mapping: component.shape)
}
