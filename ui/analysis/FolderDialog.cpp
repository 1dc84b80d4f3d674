#include "ui/analysis/FolderDialog.h"

#include "ui/widgets/WrapLabel.h"

#include <QBoxLayout>

namespace exo::ui {

FolderDialog::FolderDialog(const QString& server, const QString& suggestion, QWidget* parent)
    : QDialog(parent)
    , m_field(new QLineEdit(suggestion, this))
    , m_open(new QPushButton(tr("Open"), this)) {
    setObjectName(QStringLiteral("code.folderDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Folder on the server"));
    auto* hint = new WrapLabel(this);
    hint->setText(tr("The path of a folder on %1. It must lie in one that its setting analysis.roots allows.")
                      .arg(server));
    hint->setMinimumWidth(420);
    m_field->setObjectName(QStringLiteral("code.folderDialog.path"));
    m_field->setAccessibleName(tr("Folder on the server"));
    m_field->setPlaceholderText(QStringLiteral("/srv/projects/…"));
    m_open->setObjectName(QStringLiteral("code.folderDialog.open"));
    m_open->setAccessibleName(m_open->text());
    m_open->setProperty("kind", QStringLiteral("primary"));
    m_open->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(QStringLiteral("code.folderDialog.cancel"));
    cancel->setAccessibleName(cancel->text());
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_open);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 18, 20, 16);
    column->setSpacing(12);
    column->addWidget(hint);
    column->addWidget(m_field);
    column->addLayout(buttons);
    const auto check = [this] { m_open->setEnabled(m_field->text().trimmed().startsWith(u'/')); };
    connect(m_field, &QLineEdit::textChanged, this, check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, [this] {
        emit chosen(m_field->text().trimmed());
        accept();
    });
    check();
}

} // namespace exo::ui
