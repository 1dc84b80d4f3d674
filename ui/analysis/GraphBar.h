#pragma once
// What stands above the picture of a graph: the way back, the title, zoom, and the choices of what is shown.
// Knows nothing of the picture. GUI thread.

#include "ui/backend/AnalysisSource.h"
#include "ui/widgets/IconButton.h"
#include "ui/widgets/SegmentedControl.h"

#include <QLabel>
#include <QWidget>

namespace exo::ui {

class GraphBar final : public QWidget {
    Q_OBJECT
  public:
    using Query = AnalysisSource::GraphQuery;

    GraphBar(const ThemeController* theme, QWidget* parent);

    // `folder`: what is shown is a whole folder, which has neither direction nor steps.
    void setQuery(const Query& query, bool folder, bool canGoBack, bool canGoForward);
    void retranslate(); // the texts that do not depend on the query

  signals:
    void backWanted();
    void forwardWanted();
    void upWanted();
    void zoomWanted(double factor);
    void fitWanted();
    void closeWanted();
    void kindChosen(Query::Kind kind);
    void directionChosen(Query::Direction direction);
    void depthChosen(int steps);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* buildTop();
    QLayout* buildChoices();
    void connectParts();
    void showTitle();

    const ThemeController* m_theme;
    QString m_text;
    IconButton *m_back, *m_forward, *m_up, *m_zoomOut, *m_zoomIn, *m_fit, *m_close;
    QLabel *m_title, *m_depthLabel;
    SegmentedControl *m_kind, *m_direction, *m_depth;
};

} // namespace exo::ui
