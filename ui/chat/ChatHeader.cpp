#include "ui/chat/ChatHeader.h"

#include "ui/widgets/ChipButton.h"
#include "ui/widgets/IconButton.h"

#include <QAction>
#include <QActionGroup>
#include <QBoxLayout>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenu>
#include <QPaintEvent>
#include <QPainter>
#include <QResizeEvent>

namespace exo::ui {

namespace {

// A menu reads "&" as the mark of a shortcut.
QString menuText(QString text) {
    return text.replace(u'&', QStringLiteral("&&"));
}

} // namespace

ChatHeader::ChatHeader(const ThemeController* theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_title(new QLabel(this))
    , m_edit(new QLineEdit(this))
    , m_model(new ChipButton(theme, QStringLiteral("modelChip"), this))
    , m_project(new ChipButton(theme, QStringLiteral("projectChip"), this))
    , m_more(new IconButton(theme, QStringLiteral("chatMore"), u"more", this))
    , m_modelMenu(new QMenu(this))
    , m_projectMenu(new QMenu(this)) {
    setObjectName(QStringLiteral("chatHeader"));
    setFixedHeight(45);
    m_title->setObjectName(QStringLiteral("chatTitle"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(60);
    m_title->installEventFilter(this);
    m_edit->setObjectName(QStringLiteral("chatTitleEdit"));
    m_edit->setMaxLength(200);
    m_edit->hide();
    m_edit->installEventFilter(this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(20, 0, 16, 1);
    row->setSpacing(8);
    row->addWidget(m_title, 1);
    row->addWidget(m_edit, 1);
    row->addWidget(m_model);
    row->addWidget(m_project);
    row->addWidget(m_more);
    m_model->setTrailing(ChipButton::Trailing::Arrow);
    m_model->setMenu(m_modelMenu);
    m_model->setMaximumTextWidth(200);
    m_project->setTrailing(ChipButton::Trailing::Arrow);
    m_project->setIconName(QStringLiteral("folder"));
    m_project->setMenu(m_projectMenu);
    m_project->setMaximumTextWidth(160);
    m_modelMenu->setObjectName(QStringLiteral("modelMenu"));
    m_projectMenu->setObjectName(QStringLiteral("projectMenu"));
    connect(m_modelMenu, &QMenu::aboutToShow, this, [this] {
        fillModelMenu();
        emit modelsWanted();
    });
    connect(m_projectMenu, &QMenu::aboutToShow, this, &ChatHeader::fillProjectMenu);
    connect(m_edit, &QLineEdit::editingFinished, this, [this] { finishEditing(true); });
    connect(theme, &ThemeController::changed, this, [this] {
        elideTitle();
        update();
    });
    retranslate();
}

void ChatHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme->color(Token::Surface));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme->color(Token::Line));
}

void ChatHeader::retranslate() {
    m_edit->setAccessibleName(tr("Title of the chat"));
    m_more->setHelp(tr("More for this chat"));
    m_title->setAccessibleName(tr("Title: %1").arg(m_titleText));
    setModel(m_modelId);
    setProject(m_projectPath);
}

void ChatHeader::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) retranslate();
}

void ChatHeader::setTitle(const QString& title, bool mayRename) {
    m_titleText = title;
    m_mayRename = mayRename;
    m_title->setToolTip(mayRename ? tr("Double-click to rename") : QString());
    m_title->setAccessibleName(tr("Title: %1").arg(title));
    elideTitle();
}

void ChatHeader::elideTitle() {
    m_title->setText(QFontMetrics(m_title->font())
                         .elidedText(m_titleText, Qt::ElideRight, std::max(20, m_title->width() - 2)));
}

void ChatHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    elideTitle();
}

void ChatHeader::editTitle() {
    if (!m_mayRename) return;
    m_edit->setText(m_titleText);
    m_title->hide();
    m_edit->show();
    m_edit->setFocus();
    m_edit->selectAll();
}

void ChatHeader::finishEditing(bool keep) {
    if (!m_edit->isVisible()) return;
    m_edit->hide();
    m_title->show();
    const QString title = m_edit->text().simplified();
    if (keep && !title.isEmpty() && title != m_titleText) emit titleEdited(title);
}

bool ChatHeader::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_title && event->type() == QEvent::MouseButtonDblClick) editTitle();
    if (watched == m_title && event->type() == QEvent::Resize) elideTitle();
    if (watched == m_edit && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        finishEditing(false);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ChatHeader::setModel(const QString& model) {
    m_modelId = model;
    const QString text = model.isEmpty() ? tr("Default model") : model;
    m_model->setText(text);
    m_model->setAccessibleName(tr("Model: %1").arg(text));
    m_model->setToolTip(tr("Model: %1").arg(text));
}

void ChatHeader::setModels(std::vector<api::ModelInfo> models, bool loading) {
    m_models = std::move(models);
    m_loading = loading;
    if (m_modelMenu->isVisible()) fillModelMenu();
}

QString ChatHeader::modelText(const api::ModelInfo& model) const {
    QString text = QString::fromStdString(model.id);
    if (model.provider == "local") return tr("%1 (local assistant)").arg(text);
    if (!model.provider.empty()) text += QStringLiteral("  ·  ") + QString::fromStdString(model.provider);
    return text;
}

void ChatHeader::fillModelMenu() {
    m_modelMenu->clear();
    auto* group = new QActionGroup(m_modelMenu);
    const auto add = [&](const QString& text, const QString& id) {
        QAction* action = m_modelMenu->addAction(menuText(text), this, [this, id] { emit modelChosen(id); });
        action->setCheckable(true);
        action->setChecked(id == m_modelId);
        group->addAction(action);
    };
    add(tr("Default model"), {});
    m_modelMenu->addSeparator();
    for (const api::ModelInfo& model : m_models) {
        add(modelText(model), QString::fromStdString(model.id));
    }
    if (m_models.empty()) {
        m_modelMenu->addAction(m_loading ? tr("Loading…") : tr("No models are configured"))
            ->setEnabled(false);
    }
    m_modelMenu->addSeparator();
    m_modelMenu->addAction(tr("Set up providers…"), this, &ChatHeader::settingsRequested);
}

void ChatHeader::setProject(const QString& path) {
    m_projectPath = path;
    const QString name = path.isEmpty() ? tr("No project") : QFileInfo(path).fileName();
    m_project->setText(name.isEmpty() ? path : name);
    m_project->setAccessibleName(tr("Project folder: %1").arg(path.isEmpty() ? tr("none") : path));
    m_project->setToolTip(path.isEmpty() ? tr("Choose a folder that answers may cite") : path);
}

void ChatHeader::fillProjectMenu() {
    m_projectMenu->clear();
    m_projectMenu->addAction(tr("Choose a folder…"), this, &ChatHeader::chooseFolder);
    if (!m_projectPath.isEmpty())
        m_projectMenu->addAction(tr("No project"), this, [this] { emit projectChosen({}); });
}

void ChatHeader::chooseFolder() {
    auto* dialog = new QFileDialog(this, tr("Project folder"), m_projectPath);
    dialog->setObjectName(QStringLiteral("projectDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ChatHeader::projectChosen);
    dialog->open();
}

void ChatHeader::setMoreMenu(QMenu* menu) {
    m_more->setMenu(menu);
}

} // namespace exo::ui
