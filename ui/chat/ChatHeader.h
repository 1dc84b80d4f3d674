#pragma once
// The bar over a chat: its title, the model, the project folder, and more. GUI thread; the chat page owns it.

#include "core/api/Types.h"
#include "ui/theme/Theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QWidget>

class QMenu;

namespace exo::ui {

class ChipButton;
class IconButton;

class ChatHeader final : public QWidget {
    Q_OBJECT
  public:
    explicit ChatHeader(const ThemeController* theme, QWidget* parent = nullptr);

    void setTitle(const QString& title, bool mayRename);
    void setModel(const QString& model); // empty: the default
    void setModels(std::vector<api::ModelInfo> models, bool loading);
    void setProject(const QString& path);
    void setMoreMenu(QMenu* menu); // filled by the page when it opens
    void editTitle();

  signals:
    void titleEdited(const QString& title);
    void modelChosen(const QString& model);
    void modelsWanted();
    void settingsRequested();
    void projectChosen(const QString& path); // empty: none

  protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void retranslate();
    void elideTitle();
    void finishEditing(bool keep);
    void fillModelMenu();
    void fillProjectMenu();
    void chooseFolder();
    QString modelText(const api::ModelInfo& model) const;

    const ThemeController* m_theme;
    QLabel* m_title;
    QLineEdit* m_edit;
    ChipButton* m_model;
    ChipButton* m_project;
    IconButton* m_more;
    QMenu* m_modelMenu;
    QMenu* m_projectMenu;
    QString m_titleText;
    bool m_mayRename = false;
    QString m_modelId;
    QString m_projectPath;
    std::vector<api::ModelInfo> m_models;
    bool m_loading = false;
};

} // namespace exo::ui
