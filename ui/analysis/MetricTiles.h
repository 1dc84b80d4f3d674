#pragma once
// The measures of one function as six numbers, coloured where they are more than is good. GUI thread.

#ifndef Q_MOC_RUN // moc of Qt 6.4 does not read the concepts of the standard library
#include "core/api/AnalysisViews.h"
#endif
#include "ui/theme/Theme.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace exo::ui {

class MetricTiles final : public QWidget {
    Q_OBJECT
  public:
    explicit MetricTiles(const ThemeController* theme, QWidget* parent = nullptr);

    void setFunction(const std::optional<api::AnalysisFunction>& function, qint64 revisions);
    void retranslate();

    QSize sizeHint() const override { return {320, 140}; }
    QSize minimumSizeHint() const override { return {220, 140}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Tile {
        QString title, number;
        Token token = Token::Text;
    };
    const ThemeController* m_theme;
    std::optional<api::AnalysisFunction> m_function;
    qint64 m_revisions = 0;
    std::vector<Tile> m_tiles;
};

} // namespace exo::ui
