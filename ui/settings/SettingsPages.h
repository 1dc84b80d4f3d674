#pragma once
// The smaller pages of the settings dialog: appearance, connection, data. Each change applies at once. GUI
// thread.

#include "ui/backend/Connections.h"
#include "ui/settings/Preferences.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/SegmentedControl.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QWidget>

namespace exo::ui {

class AppearancePage final : public QWidget {
    Q_OBJECT
  public:
    AppearancePage(ThemeController* theme, LanguageController* language, Preferences* preferences,
                   QWidget* parent);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    ThemeController* m_theme;
    LanguageController* m_language;
    QLabel* m_heading;
    SegmentedControl* m_themes;
    QLabel* m_themeLabel;
    SegmentedControl* m_languages;
    QLabel* m_languageLabel;
    QSpinBox* m_size;
    QLabel* m_sizeLabel;
};

class ConnectionPage final : public QWidget {
    Q_OBJECT
  public:
    ConnectionPage(Connections* connections, Preferences* preferences, const ThemeController* theme,
                   QWidget* parent);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    Connections* m_connections;
    QLabel* m_heading;
    QLabel* m_now;
    QPushButton* m_connect;
    QPushButton* m_local;
};

class DataPage final : public QWidget {
    Q_OBJECT
  public:
    DataPage(const QString& folder, QWidget* parent);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    QLabel* m_heading;
    QLabel* m_hint;
    QLineEdit* m_folder;
    QPushButton* m_open;
};

} // namespace exo::ui
