#pragma once
// One provider: name, type, address with the URL that will be called, key, models, proxy. Saving goes through
// the backend; an error stays in the dialog, in words, with nothing lost. Opened with open(); deletes itself.
// GUI thread.

#include "ui/backend/Backend.h"
#include "ui/settings/ProviderPresets.h"
#include "ui/theme/Theme.h"

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

namespace exo::ui {

class ProviderDialog final : public QDialog {
    Q_OBJECT
  public:
    // A new provider, filled from a preset. `taken` are names in use.
    ProviderDialog(Backend* backend, const ThemeController* theme, const ProviderPreset& preset,
                   QStringList taken, QWidget* parent);
    // An existing one.
    ProviderDialog(Backend* backend, const ThemeController* theme, const api::ProviderInfo& provider,
                   QStringList taken, QWidget* parent);

  signals:
    void saved(const QString& name);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    ProviderDialog(Backend* backend, const ThemeController* theme, QStringList taken, QWidget* parent);
    void build();
    QLayout* buildButtons();
    void retranslate();
    void updatePreview();
    void updateProxy();
    QString problem() const; // what keeps it from being saved; empty when nothing does
    void validate();
    api::ProviderInfo collect() const;
    void save();

    QPointer<Backend> m_backend;
    const ThemeController* m_theme;
    QStringList m_taken;
    QString m_oldName; // empty for a new one
    bool m_hasKey = false;
    bool m_busy = false;
    ProviderPreset m_preset;

    QLabel* m_heading = nullptr;
    QLineEdit* m_name = nullptr;
    QComboBox* m_type = nullptr;
    QLineEdit* m_baseUrl = nullptr;
    QLabel* m_preview = nullptr;
    QLineEdit* m_key = nullptr;
    QLabel* m_keyHint = nullptr;
    QPlainTextEdit* m_models = nullptr;
    QComboBox* m_proxy = nullptr;
    QLineEdit* m_proxyUrl = nullptr;
    QLabel* m_error = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_cancel = nullptr;
    QLabel* m_labels[6] = {};
};

} // namespace exo::ui
