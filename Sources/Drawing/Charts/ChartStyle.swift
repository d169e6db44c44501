/// Colours and letters of charts: in light and dark, each series apart from its neighbours for every eye.
enum ChartStyle {
    /// In both lights, all with a contrast of 3 to 1 and more against the ground, and apart in lightness too.
    private static let colors: [(light: String, dark: String)] = [
        ("#1764ab", "#6db3f2"), ("#c2410c", "#ff9e64"), ("#0f766e", "#4fd1c5"), ("#9d174d", "#f687b3"),
        ("#6d28d9", "#b794f6"), ("#8a6100", "#ecc94b"), ("#475569", "#a8b3c7"), ("#3f6212", "#a3d977"),
        ("#b91c1c", "#fc8181"), ("#0e7490", "#67d3ee"), ("#86198f", "#e89af5"), ("#57534e", "#cbc5be"),
    ]

    static let seriesCount = colors.count

    /// What a drawing brings along: it may stand by itself.
    static let css: String = {
        let light = colors.enumerated().map { "--s\($0):\($1.light)" }.joined(separator: ";")
        let dark = colors.enumerated().map { "--s\($0):\($1.dark)" }.joined(separator: ";")
        let fills = colors.indices.map { ".s\($0){--c:var(--s\($0))}" }.joined()
        return """
            .chart{--ink:#1c2024;--soft:#60646c;--rule:#e3e5e8;--axis:#8b8d98;--ground:#fff;\(light);\
            font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink)}
            @media (prefers-color-scheme:dark){.chart{--ink:#edeef0;--soft:#b0b4ba;--rule:#2e3135;--axis:#777b84;\
            --ground:#18191b;\(dark)}}
            .chart text{fill:var(--soft)}.chart .strong{fill:var(--ink)}.chart .end{text-anchor:end}
            .chart .middle{text-anchor:middle}.chart .num{font-variant-numeric:tabular-nums}
            .chart .rule{stroke:var(--rule)}.chart .axis{stroke:var(--axis)}
            .chart .line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
            .chart .bar{fill:var(--c)}.chart .dot{fill:var(--c);stroke:var(--ground);stroke-width:1}
            .chart .cloud{fill:var(--c);fill-opacity:.6}.chart .hit{fill:transparent}
            .chart .hit:hover{fill:var(--c)}.chart .bar:hover{opacity:.8}
            \(fills)
            """
    }()
}
