#include "ui/analysis/InspectorRows.h"

#include "ui/analysis/AnalysisText.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <utility>

namespace exo::ui {

namespace {

class Texts {
    Q_DECLARE_TR_FUNCTIONS(InspectorRows)
};

QString fromStd(const std::string& text) {
    return QString::fromStdString(text);
}

InspectorCell textCell(const QString& text) {
    return {text, std::nullopt};
}

InspectorCell numberCell(qint64 number) {
    return {QLocale().toString(number), static_cast<double>(number)};
}

QString nameOf(const QString& path) {
    return path.mid(path.lastIndexOf(u'/') + 1);
}

QString placeOf(const QString& path, int line) {
    return nameOf(path) + u':' + QString::number(line);
}

InspectorCell lineCell(const QString& path, int line, RowScope scope) {
    return scope == RowScope::Folder ? textCell(placeOf(path, line)) : numberCell(line);
}

} // namespace

std::vector<InspectorRow> outlineRows(const api::AnalysisFile& file) {
    std::vector<InspectorRow> rows;
    const QString path = fromStd(file.path);
    for (const api::AnalysisSymbol& symbol : file.symbols) {
        InspectorRow row;
        const QString scope = fromStd(symbol.scope);
        const QString name = fromStd(symbol.name);
        row.cells = {textCell(name), textCell(symbolKindText(symbol.kind)), numberCell(symbol.line)};
        row.path = path;
        row.line = symbol.line;
        row.toolTip = symbol.signature.empty() ? (scope.isEmpty() ? name : scope + u' ' + name)
                                               : fromStd(symbol.signature);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> findingRows(const std::vector<api::AnalysisFinding>& findings, const QString& path,
                                      RowScope scope) {
    std::vector<InspectorRow> rows;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const api::AnalysisFinding& finding = findings[i];
        if (!finding.suppressedBy.empty()) continue;
        InspectorRow row;
        row.path = scope == RowScope::Folder ? fromStd(finding.path) : path;
        row.cells = {textCell(findingMessage(finding)), lineCell(row.path, finding.line, scope)};
        row.line = finding.line;
        row.endLine = std::max(finding.endLine, finding.line);
        row.severity = severityRank(finding.severity);
        row.toolTip = severityText(finding.severity) + QStringLiteral(" · ") + fromStd(finding.rule) + u'\n' +
                      findingMessage(finding) + u'\n' + row.path + u':' + QString::number(finding.line);
        row.source = i;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> functionRows(const std::vector<AnalysisSource::Function>& functions,
                                       RowScope scope) {
    std::vector<InspectorRow> rows;
    for (std::size_t i = 0; i < functions.size(); ++i) {
        const api::AnalysisFunction& function = functions[i].function;
        InspectorRow row;
        row.path = fromStd(functions[i].path);
        row.line = function.startLine;
        row.source = i;
        row.cells = {textCell(fromStd(function.name)), numberCell(function.cognitive),
                     numberCell(function.ccn), numberCell(function.endLine - function.startLine + 1)};
        row.toolTip = fromStd(function.qualifiedName) + u'\n' + row.path + u':' +
                      QString::number(function.startLine) + u'\n' +
                      Texts::tr("nesting %1, parameters %2").arg(function.nesting).arg(function.parameters);
        if (scope == RowScope::Folder) row.cells.front().text += QStringLiteral(" · ") + nameOf(row.path);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> callerRows(const std::vector<api::AnalysisCall>& calls) {
    std::vector<InspectorRow> rows;
    for (const api::AnalysisCall& call : calls) {
        InspectorRow row;
        row.path = fromStd(call.fromPath);
        row.line = row.endLine = call.line;
        const QString name = call.from.empty() ? Texts::tr("(top of the file)") : fromStd(call.from);
        row.cells = {textCell(name), textCell(placeOf(row.path, call.line))};
        row.toolTip = row.path + u':' + QString::number(call.line) + u'\n' + confidenceText(call.confidence);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> calleeRows(const std::vector<api::AnalysisCall>& calls) {
    std::vector<InspectorRow> rows;
    for (const api::AnalysisCall& call : calls) {
        InspectorRow row; // goes to the call; the name tells what is called
        row.path = fromStd(call.fromPath);
        row.line = row.endLine = call.line;
        const QString target = call.toPath.empty() ? Texts::tr("outside") : nameOf(fromStd(call.toPath));
        row.cells = {textCell(fromStd(call.to)), textCell(target), numberCell(call.line)};
        row.toolTip = (call.toPath.empty() ? QString() : fromStd(call.toPath) + u'\n') +
                      confidenceText(call.confidence);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> includeRows(const api::AnalysisFile& file) {
    std::vector<InspectorRow> rows;
    for (const api::AnalysisInclude& include : file.includes) {
        InspectorRow row;
        const bool inside = !include.path.empty();
        row.path = inside ? fromStd(include.path) : fromStd(file.path);
        row.line = row.endLine = inside ? 1 : include.line;
        row.cells = {textCell(fromStd(include.text)), textCell(inside ? QString() : Texts::tr("outside")),
                     numberCell(include.line)};
        row.toolTip = inside ? row.path : Texts::tr("%1 is not in this folder").arg(fromStd(include.text));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> includedByRows(const std::vector<std::string>& paths) {
    std::vector<InspectorRow> rows;
    for (const std::string& path : paths) {
        InspectorRow row;
        row.path = fromStd(path);
        row.line = row.endLine = 1;
        row.cells = {textCell(row.path)};
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> duplicateRows(const std::vector<api::AnalysisDuplicate>& duplicates,
                                        const QString& path) {
    std::vector<InspectorRow> rows;
    const std::string wanted = path.toStdString();
    int group = 0;
    for (std::size_t i = 0; i < duplicates.size(); ++i) {
        const api::AnalysisDuplicate& duplicate = duplicates[i];
        const bool touches = wanted.empty() || std::any_of(duplicate.places.begin(), duplicate.places.end(),
                                                           [&](const api::AnalysisPlace& place) {
                                                               return place.path == wanted;
                                                           });
        if (!touches) continue;
        ++group;
        for (const api::AnalysisPlace& place : duplicate.places) {
            InspectorRow row;
            row.path = fromStd(place.path);
            row.line = place.startLine;
            row.endLine = place.endLine;
            row.source = i;
            row.cells = {textCell(placeOf(row.path, place.startLine)),
                         numberCell(place.endLine - place.startLine + 1), numberCell(group)};
            row.toolTip = row.path + u':' + QString::number(place.startLine) + u'-' +
                          QString::number(place.endLine) + u'\n' +
                          (duplicate.renamed ? Texts::tr("equal but for names and literals")
                                             : Texts::tr("word for word"));
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<InspectorRow> hotspotRows(const std::vector<api::AnalysisHotspot>& hotspots) {
    std::vector<InspectorRow> rows;
    for (const api::AnalysisHotspot& hotspot : hotspots) {
        InspectorRow row;
        row.path = fromStd(hotspot.path);
        row.line = row.endLine = 1;
        row.cells = {textCell(nameOf(row.path)),
                     {QLocale().toString(hotspot.score, 'f', 2), hotspot.score},
                     numberCell(hotspot.revisions)};
        row.toolTip = row.path + u'\n' +
                      Texts::tr("complexity %1, authors %2").arg(hotspot.complexity).arg(hotspot.authors) +
                      u'\n' +
                      Texts::tr("most of it by %1 (%2 %)")
                          .arg(fromStd(hotspot.owner), QLocale().toString(hotspot.ownership * 100, 'f', 0));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<InspectorRow> hotFunctionRows(const std::vector<api::AnalysisHotspot>& hotspots) {
    std::vector<std::pair<double, InspectorRow>> rows;
    for (const api::AnalysisHotspot& hotspot : hotspots)
        for (const api::AnalysisHotFunction& function : hotspot.functions) {
            InspectorRow row;
            row.path = fromStd(hotspot.path);
            row.line = function.startLine;
            row.endLine = function.endLine;
            row.cells = {textCell(fromStd(function.name)),
                         {QLocale().toString(function.score, 'f', 2), function.score},
                         numberCell(function.revisions)};
            row.toolTip = row.path + u':' + QString::number(row.line) + u'\n' +
                          Texts::tr("complexity %1, changed in %2 of the newest hundred commits of the file")
                              .arg(function.complexity)
                              .arg(function.revisions);
            rows.emplace_back(function.score, std::move(row));
        }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<InspectorRow> out;
    out.reserve(rows.size());
    for (auto& row : rows)
        out.push_back(std::move(row.second));
    return out;
}

} // namespace exo::ui
