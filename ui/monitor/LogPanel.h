#pragma once
// The last lines of the service's log. Follows the end while the reader is there, stays where the reader went
// otherwise. GUI thread; the Monitor page owns it.

#include "core/api/Metrics.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QLabel>
#include <QPlainTextEdit>

namespace exo::ui {

class LogPanel final : public QFrame {
    Q_OBJECT
  public:
    LogPanel(const ThemeController* theme, QWidget* parent);

    void append(const std::vector<api::LogLine>& lines);
    void clear();
    std::uint64_t lastSeq() const { return m_lastSeq; }
    void retranslate();

  private:
    void applyTheme();

    const ThemeController* m_theme;
    std::uint64_t m_lastSeq = 0;
    QLabel* m_title;
    QPlainTextEdit* m_text;
};

} // namespace exo::ui
