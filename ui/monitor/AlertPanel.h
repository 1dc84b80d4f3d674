#pragma once
// The alerts that stand and those that ended, newest first, and below them what the caches hold. GUI thread;
// the Monitor page owns it.

#include "core/api/Metrics.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QLabel>
#include <QVBoxLayout>

#include <optional>

namespace exo::ui {

class AlertPanel final : public QFrame {
    Q_OBJECT
  public:
    AlertPanel(const ThemeController* theme, QWidget* parent);

    void setAlerts(api::AlertList alerts);
    void setCache(const api::CachePanel& cache, const std::string& redis);
    void retranslate();

  private:
    void fillAlerts();
    void fillCache();
    void addRow(const api::Alert& alert);

    const ThemeController* m_theme;
    api::AlertList m_alerts;
    std::optional<api::CachePanel> m_cache;
    std::string m_redis = "off";
    QLabel* m_title;
    QLabel* m_none;
    QVBoxLayout* m_rows;
    QLabel* m_cacheTitle;
    QLabel* m_cacheLocal;
    QLabel* m_cacheRedis;
};

} // namespace exo::ui
