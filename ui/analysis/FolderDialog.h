#pragma once
// Asks for a folder of the server, whose disk this computer cannot show. GUI thread; deletes itself.

#include <QDialog>
#include <QLineEdit>
#include <QPushButton>

namespace exo::ui {

class FolderDialog final : public QDialog {
    Q_OBJECT
  public:
    FolderDialog(const QString& server, const QString& suggestion, QWidget* parent);

  signals:
    void chosen(const QString& folder);

  private:
    QLineEdit* m_field;
    QPushButton* m_open;
};

} // namespace exo::ui
