#pragma once
// The bar at the top: name, pages (when there is more than one), search, connection, settings. GUI thread;
// the main window owns it.

#include "ui/settings/SettingsDialog.h"
#include "ui/widgets/ActionRegistry.h"
#include "ui/widgets/ChipButton.h"
#include "ui/widgets/IconButton.h"
#include "ui/widgets/SegmentedControl.h"

#include <QFrame>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

namespace exo::ui {

class TopBar final : public QFrame {
    Q_OBJECT
  public:
    TopBar(const WindowServices& services, ActionRegistry* actions, QWidget* parent);

    void addPage(const QString& id, std::function<QString()> title);
    void setPage(const QString& id) { m_segments->setCurrent(id); } // does not signal

  signals:
    void pageChosen(const QString& id);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void buildSearch();
    void retranslate();
    void watchBackend();
    void updateConnection();
    void fillConnectionMenu();

    struct Page {
        QString id;
        std::function<QString()> title;
    };
    WindowServices m_services;
    ActionRegistry* m_actions;
    std::vector<Page> m_pages;
    QLabel* m_logo;
    SegmentedControl* m_segments;
    QPushButton* m_search;
    QLabel* m_searchText;
    ChipButton* m_connection;
    QMenu* m_connectionMenu;
    IconButton* m_settings;
};

} // namespace exo::ui
