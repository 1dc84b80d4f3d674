#pragma once
// One provider in the list: what it is, what the last test said, and its buttons. GUI thread; the page owns
// it.

#include "core/api/Types.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/IconButton.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>

namespace exo::ui {

class ProviderRow final : public QFrame {
    Q_OBJECT
  public:
    ProviderRow(const ThemeController* theme, api::ProviderInfo provider, QWidget* parent);

    const api::ProviderInfo& provider() const { return m_provider; }
    void showTesting();
    void showTest(const Result<api::ProviderTest>& test);

  signals:
    void testWanted();
    void editWanted();
    void removeWanted();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void retranslate();
    void updateResult();

    enum class Test { None, Running, Done };
    const ThemeController* m_theme;
    api::ProviderInfo m_provider;
    Test m_state = Test::None;
    Result<api::ProviderTest> m_result = api::ProviderTest{};
    QLabel* m_about;
    QLabel* m_outcome;
    QPushButton* m_test;
    QPushButton* m_edit;
    IconButton* m_remove;
};

} // namespace exo::ui
