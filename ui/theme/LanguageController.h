#pragma once
// The language of the windows, changeable while running: installing a translator sends LanguageChange to
// every widget, which then sets its texts again (retranslateUi). The program owns it; GUI thread.

#include "core/api/ErrorMap.h"

#include <QLocale>
#include <QObject>
#include <QString>
#include <QTranslator>

#include <memory>
#include <vector>

namespace exo::ui {

class LanguageController final : public QObject {
    Q_OBJECT
  public:
    explicit LanguageController(QObject* parent = nullptr);
    ~LanguageController() override;

    // "" = the system's, "en", "zh_CN". Anything else counts as the system's.
    void setLanguage(const QString& code);
    QString language() const { return m_code; }
    bool isChinese() const { return m_chinese; }
    QLocale locale() const;

  signals:
    void changed();

  private:
    void install(bool chinese);

    QString m_code;
    bool m_chinese = false;
    std::vector<std::unique_ptr<QTranslator>> m_translators;
};

// The sentence for an error in the language of the windows now.
QString errorSentence(const Error& error);
QString errorSentence(const QString& code);

} // namespace exo::ui
