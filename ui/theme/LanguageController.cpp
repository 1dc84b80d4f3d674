#include "ui/theme/LanguageController.h"

#include <QCoreApplication>
#include <QDir>
#include <QLibraryInfo>

static void initTranslationResources() {
    Q_INIT_RESOURCE(exo_i18n);
}

namespace exo::ui {

namespace {

// Which language the last installed controller chose; QLocale's default carries it to free functions.
bool windowsAreChinese() {
    return QLocale().language() == QLocale::Chinese;
}

} // namespace

LanguageController::LanguageController(QObject* parent)
    : QObject(parent) {
    initTranslationResources();
}

LanguageController::~LanguageController() = default;

void LanguageController::setLanguage(const QString& code) {
    const bool known = code == u"en" || code == u"zh_CN";
    m_code = known ? code : QString();
    const bool chinese = known ? code == u"zh_CN" : QLocale::system().language() == QLocale::Chinese;
    install(chinese);
}

QLocale LanguageController::locale() const {
    return m_chinese ? QLocale(QLocale::Chinese, QLocale::China)
                     : QLocale(QLocale::English, QLocale::UnitedStates);
}

void LanguageController::install(bool chinese) {
    const bool same = chinese == m_chinese && chinese == !m_translators.empty();
    m_chinese = chinese;
    QLocale::setDefault(locale());
    if (same) return;
    m_translators.clear(); // a destroyed translator uninstalls itself
    if (chinese) {
        const QDir embedded(QStringLiteral(":/i18n"));
        QStringList files;
        for (const QString& name : embedded.entryList({QStringLiteral("*_zh_CN.qm")})) {
            files << embedded.filePath(name);
        }
        // Qt's own texts (context menus of line edits, standard buttons).
        files << QLibraryInfo::path(QLibraryInfo::TranslationsPath) + QStringLiteral("/qtbase_zh_CN.qm");
        for (const QString& file : files) {
            auto translator = std::make_unique<QTranslator>();
            if (!translator->load(file)) continue;
            QCoreApplication::installTranslator(translator.get());
            m_translators.push_back(std::move(translator));
        }
    }
    emit changed();
}

QString errorSentence(const Error& error) {
    const auto language = windowsAreChinese() ? api::Language::Chinese : api::Language::English;
    return QString::fromStdString(api::errorText(error.code, language));
}

QString errorSentence(const QString& code) {
    const auto known = errorCodeFromString(code.toStdString());
    return errorSentence(Error(known.value_or(ErrorCode::Internal)));
}

} // namespace exo::ui
