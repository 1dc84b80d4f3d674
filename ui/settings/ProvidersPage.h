#pragma once
// The list of providers with test, edit and remove, and the menu that adds one. Every change applies at once.
// GUI thread.

#include "ui/backend/Backend.h"
#include "ui/settings/ProviderPresets.h"
#include "ui/theme/Theme.h"

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

namespace exo::ui {

class ProviderRow;

class ProvidersPage final : public QWidget {
    Q_OBJECT
  public:
    ProvidersPage(Backend* backend, const ThemeController* theme, QWidget* parent = nullptr);
    void reload();
    void add(const ProviderPreset& preset);
    void offerAdd(); // opens the menu of known providers

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    void show(Result<std::vector<api::ProviderInfo>> providers);
    void edit(const api::ProviderInfo& provider);
    void remove(const api::ProviderInfo& provider);
    void removeNow(const QString& name);
    void test(const QString& name);
    void open(class ProviderDialog* dialog);
    QStringList names() const;

    QPointer<Backend> m_backend;
    const ThemeController* m_theme;
    std::vector<api::ProviderInfo> m_providers;
    std::vector<ProviderRow*> m_rows;
    std::optional<Error> m_error;
    QString m_testAfterLoad;
    QLabel* m_heading;
    QLabel* m_hint;
    QPushButton* m_add;
    QMenu* m_menu;
    QVBoxLayout* m_list;
    bool m_loaded = false;
};

} // namespace exo::ui
