import Drawing
import PintailOrchestrator
import PintailProject

/// The HTML of a report: its pictures, what is to be known of each, and its numbers for those who want them.
struct ReportPage {
    let report: DrawnReport
    let project: String
    let time: Timestamp

    /// More rows are better asked for with `pintail query`.
    private static let mostRows = 200

    var markup: Markup {
        let figures = report.pictures.enumerated().map { figure($1, id: "c\($0 + 1)") }
        let text: Markup = report.report.text.map { "<p class=\"lead\">\($0)</p>" } ?? ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="Pintail">
            <title>\(report.report.title)</title>
            <style>\(Self.style)\(ChartDrawing.style)</style>
            </head>
            <body>
            <main>
            <header><h1>\(report.report.title)</h1>\(text)</header>
            \(figures)
            <footer>\(project) · drawn by Pintail at \(moment) UTC</footer>
            </main>
            </body>
            </html>

            """
    }

    /// To the minute.
    private var moment: String {
        let text = time.description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    }

    private func figure(_ picture: DrawnReport.Picture, id: String) -> Markup {
        let remarks = (picture.chart.note.map { [$0] } ?? []) + picture.table.remarks
        let notes: [Markup] = remarks.map { "<p>\($0)</p>" }
        let caption: Markup = notes.isEmpty ? "" : "<div class=\"notes\">\(notes)</div>"
        return """
            <figure>
            <figcaption><h2>\(picture.chart.title)</h2></figcaption>
            \(picture.drawing.svg(id: id))
            \(caption)
            \(numbers(picture))
            </figure>

            """
    }

    private func numbers(_ picture: DrawnReport.Picture) -> Markup {
        let table = picture.table
        let rows = table.series.flatMap { series in series.points.map { (series.name, $0) } }
        guard !rows.isEmpty else { return "" }
        let isMany = table.series.count > 1
        let cells: [Markup] = rows.prefix(Self.mostRows).map { name, point in
            let series: Markup = isMany ? "<td>\(name)</td>" : ""
            let value = point.y.map(NumberLabel.plain) ?? "–"
            return "<tr><td>\(picture.drawing.place(of: point))</td>\(series)<td class=\"n\">\(value)</td></tr>"
        }
        let series: Markup = isMany ? "<th scope=\"col\">series</th>" : ""
        let more: Markup =
            rows.count > Self.mostRows
            ? "<p>The first \(Self.mostRows) of \(RowCount(rows.count).description).</p>" : ""
        return """
            <details><summary>Numbers</summary><div class="table"><table>\
            <thead><tr><th scope="col">\(table.xName)</th>\(series)\
            <th scope="col" class="n">\(table.yName.isEmpty ? "value" : table.yName)</th></tr></thead>\
            <tbody>\(cells)</tbody></table></div>\(more)</details>
            """
    }

    private static let style: Markup = """
        :root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--line:#e3e5e8;--page:#f9f9fb;--card:#fff;--link:#1764ab}
        @media (prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#b0b4ba;--line:#2e3135;--page:#111113;--card:#18191b;\
        --link:#6db3f2}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);line-height:1.5;\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        main{max-width:880px;margin:0 auto;padding:40px 20px 60px}
        h1{font-size:1.9rem;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
        h2{font-size:1.1rem;line-height:1.3;margin:0 0 14px;overflow-wrap:anywhere}
        .lead{color:var(--soft);margin:0;max-width:66ch;font-size:1.05rem}
        header{margin-bottom:28px;overflow-wrap:anywhere}
        figure{margin:0 0 20px;padding:22px 24px 16px;background:var(--card);border:1px solid var(--line);border-radius:12px}
        svg{display:block;width:100%;height:auto}
        .notes{color:var(--soft);font-size:.9rem;margin-top:10px}.notes p,details p{margin:4px 0}
        details{font-size:.9rem;margin-top:10px;color:var(--soft)}summary{cursor:pointer;width:max-content}
        summary:focus-visible{outline:2px solid var(--link);outline-offset:3px;border-radius:3px}
        .table{overflow:auto;max-height:340px;margin-top:8px}table{border-collapse:collapse;color:var(--ink)}
        th,td{text-align:left;padding:4px 18px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap}
        th{position:sticky;top:0;background:var(--card);font-weight:600}
        .n{text-align:right;font-variant-numeric:tabular-nums}
        footer{color:var(--soft);font-size:.85rem;margin-top:28px}
        @media (max-width:560px){main{padding:24px 12px 40px}figure{padding:16px 12px 12px;border-radius:8px;overflow-x:auto}\
        svg{min-width:600px}}
        @media print{body{background:#fff}figure{break-inside:avoid}details{display:none}}

        """
}
