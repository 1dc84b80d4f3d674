#include "ui/analysis/AnalysisText.h"

#include <QCoreApplication>
#include <QLocale>

namespace exo::ui {

namespace {

struct Word {
    const char *code, *text;
};

template <std::size_t n>
QString wordOf(const Word (&words)[n], const std::string& code) {
    for (const Word& word : words) {
        if (code == word.code) return QCoreApplication::translate("AnalysisText", word.text);
    }
    return QString::fromStdString(code);
}

constexpr Word k_skips[] = {
    {"binary", QT_TRANSLATE_NOOP("AnalysisText", "This file is not text.")},
    {"too-large",
     QT_TRANSLATE_NOOP("AnalysisText",
                       "This file is larger than what is analysed (setting analysis.maxFileSize).")},
    {"special", QT_TRANSLATE_NOOP("AnalysisText", "This is a device, a pipe or a socket, not a file.")},
    {"outside-root",
     QT_TRANSLATE_NOOP("AnalysisText", "This link leads out of the folder and is not followed.")},
    {"link", QT_TRANSLATE_NOOP("AnalysisText", "Links are not followed.")},
    {"timeout", QT_TRANSLATE_NOOP("AnalysisText", "Reading this file took too long, so it was left out.")},
    {"crash",
     QT_TRANSLATE_NOOP("AnalysisText", "This file stopped the program that reads it, so it was left out.")},
    {"unreadable", QT_TRANSLATE_NOOP("AnalysisText", "This file cannot be read.")},
    {"private",
     QT_TRANSLATE_NOOP("AnalysisText", "Files like this hold keys and passwords and are left alone.")},
    {"generated", QT_TRANSLATE_NOOP("AnalysisText", "This file was made by a program and is left out.")},
    {"name", QT_TRANSLATE_NOOP("AnalysisText", "The name of this file cannot be shown.")},
    {"too-many", QT_TRANSLATE_NOOP("AnalysisText", "There are more files than are analysed.")},
    {"too-deep", QT_TRANSLATE_NOOP("AnalysisText", "This folder lies too deep.")},
};

constexpr Word k_kinds[] = {
    {"class", QT_TRANSLATE_NOOP("AnalysisText", "class")},
    {"struct", QT_TRANSLATE_NOOP("AnalysisText", "struct")},
    {"union", QT_TRANSLATE_NOOP("AnalysisText", "union")},
    {"enum", QT_TRANSLATE_NOOP("AnalysisText", "enum")},
    {"enumerator", QT_TRANSLATE_NOOP("AnalysisText", "enumerator")},
    {"interface", QT_TRANSLATE_NOOP("AnalysisText", "interface")},
    {"trait", QT_TRANSLATE_NOOP("AnalysisText", "trait")},
    {"module", QT_TRANSLATE_NOOP("AnalysisText", "module")},
    {"namespace", QT_TRANSLATE_NOOP("AnalysisText", "namespace")},
    {"type", QT_TRANSLATE_NOOP("AnalysisText", "type")},
    {"function", QT_TRANSLATE_NOOP("AnalysisText", "function")},
    {"method", QT_TRANSLATE_NOOP("AnalysisText", "method")},
    {"lambda", QT_TRANSLATE_NOOP("AnalysisText", "lambda")},
    {"field", QT_TRANSLATE_NOOP("AnalysisText", "field")},
    {"property", QT_TRANSLATE_NOOP("AnalysisText", "property")},
    {"variable", QT_TRANSLATE_NOOP("AnalysisText", "variable")},
    {"constant", QT_TRANSLATE_NOOP("AnalysisText", "constant")},
    {"macro", QT_TRANSLATE_NOOP("AnalysisText", "macro")},
    {"heading", QT_TRANSLATE_NOOP("AnalysisText", "heading")},
    {"key", QT_TRANSLATE_NOOP("AnalysisText", "key")},
};

constexpr Word k_confidence[] = {
    {"exact", QT_TRANSLATE_NOOP("AnalysisText", "exact")},
    {"same-file", QT_TRANSLATE_NOOP("AnalysisText", "same file")},
    {"import", QT_TRANSLATE_NOOP("AnalysisText", "by import")},
    {"name-only", QT_TRANSLATE_NOOP("AnalysisText", "by name only")},
    {"unresolved", QT_TRANSLATE_NOOP("AnalysisText", "not in this folder")},
};

} // namespace

QString analysisSkipText(const std::string& reason) {
    return wordOf(k_skips, reason);
}

QString symbolKindText(const std::string& kind) {
    return wordOf(k_kinds, kind);
}

QString confidenceText(const std::string& confidence) {
    return wordOf(k_confidence, confidence);
}

QString analysisStageText(const api::AnalysisProgress& progress) {
    const QLocale locale;
    const QString done = locale.toString(static_cast<qlonglong>(progress.done));
    const QString total = locale.toString(static_cast<qlonglong>(progress.total));
    if (progress.stage == "parsing")
        return QCoreApplication::translate("AnalysisText", "Reading files: %1 of %2").arg(done, total);
    if (progress.stage == "linking")
        return QCoreApplication::translate("AnalysisText", "Connecting calls and includes");
    if (progress.stage == "history")
        return QCoreApplication::translate("AnalysisText", "Reading the history");
    if (progress.done > 0)
        return QCoreApplication::translate("AnalysisText", "Looking for files: %1 so far").arg(done);
    return QCoreApplication::translate("AnalysisText", "Looking for files");
}

QString severityText(const std::string& severity) {
    if (severity == "error") return QCoreApplication::translate("AnalysisText", "Error");
    return severity == "warning" ? QCoreApplication::translate("AnalysisText", "Warning")
                                 : QCoreApplication::translate("AnalysisText", "Note");
}

Token severityToken(const std::string& severity) {
    if (severity == "error") return Token::Crit;
    return severity == "warning" ? Token::Warn : Token::Text3;
}

int severityRank(const std::string& severity) {
    return severity == "error" ? 3 : severity == "warning" ? 2 : 1;
}

QString findingMessage(const api::AnalysisFinding& finding) {
    const bool chinese = QLocale().language() == QLocale::Chinese && !finding.messageZh.empty();
    return QString::fromStdString(chinese ? finding.messageZh : finding.message);
}

QString shortCount(qint64 number) {
    const QLocale locale;
    if (number < 10'000) return locale.toString(number);
    if (number < 10'000'000)
        return QCoreApplication::translate("AnalysisText", "%1 k").arg(locale.toString(number / 1000));
    return QCoreApplication::translate("AnalysisText", "%1 M").arg(locale.toString(number / 1'000'000));
}

Token levelToken(qint64 value, qint64 warn, qint64 crit) {
    if (value >= crit) return Token::Crit;
    return value >= warn ? Token::Warn : Token::Text;
}

} // namespace exo::ui
