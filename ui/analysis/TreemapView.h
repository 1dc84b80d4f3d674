#pragma once
// The folder as a treemap: area is lines, colour complexity or how often a file changed. A click on a file
// opens it, one on a folder's heading goes in; the way back stands above. Drawn once into a picture, so the
// pointer over it costs nothing. GUI thread.

#include "ui/analysis/TreemapLayout.h"
#include "ui/theme/Theme.h"

#include <QPixmap>
#include <QWidget>

#include <memory>

namespace exo::ui {

class TreemapView final : public QWidget {
    Q_OBJECT
  public:
    enum class Colour { Complexity, Churn };

    explicit TreemapView(const ThemeController* theme, QWidget* parent = nullptr);

    void setTree(std::shared_ptr<const FileTree> tree); // stays in the folder when it is still there
    void setColour(Colour colour);
    Colour colour() const { return m_colour; }
    QString folder() const { return m_folder; } // shown, empty: all
    void enter(const QString& folder);
    const std::vector<TreemapTile>& tiles();
    QColor colourOf(int node) const;
    QString toolTipOf(int node) const;

  signals:
    void fileChosen(const QString& path);
    void entered(const QString& folder);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void forget(); // the picture and the places
    void draw();
    void drawTile(QPainter& painter, const TreemapTile& tile) const;
    qreal heat(int node) const; // 0 calm to 1
    void activate(int tile);
    void setCurrent(int tile);
    int neighbour(int key) const;

    const ThemeController* m_theme;
    std::shared_ptr<const FileTree> m_tree = std::make_shared<FileTree>();
    QString m_folder;
    int m_root = 0;
    Colour m_colour = Colour::Complexity;
    std::vector<TreemapTile> m_tiles;
    bool m_laidOut = false;
    QPixmap m_picture;
    int m_hovered = -1, m_current = -1;
    qint64 m_mostRevisions = 1;
};

} // namespace exo::ui
