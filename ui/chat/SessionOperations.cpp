#include "ui/chat/SessionOperations.h"

#include "ui/chat/SessionListModel.h"
#include "ui/theme/LanguageController.h"
#include "ui/widgets/Toast.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QSaveFile>

namespace exo::ui {

namespace {

constexpr qint64 k_largestImport = 512LL * 1024 * 1024;

QString fileNameFor(const QString& title, bool markdown) {
    QString name;
    for (const QChar c : title.left(80)) {
        name += c.isLetterOrNumber() || c == u'-' || c == u'_' || c == u' ' ? c : QChar(u'_');
    }
    return name.trimmed() + (markdown ? QStringLiteral(".md") : QStringLiteral(".json"));
}

SessionId idOf(const QString& id) {
    return SessionId(id.toStdString());
}

} // namespace

SessionOperations::SessionOperations(const ThemeController* theme, SessionListModel* model, QWidget* host)
    : QObject(host)
    , m_theme(theme)
    , m_model(model)
    , m_host(host) {}

void SessionOperations::tell(const QString& text) {
    Toast::popUp(m_theme, m_host, {text, {}, {}});
}

void SessionOperations::offer(const QString& text, const QString& actionText, std::function<void()> action) {
    Toast::popUp(m_theme, m_host, {text, actionText, std::move(action)});
}

void SessionOperations::tell(const Error& error) {
    tell(errorSentence(error));
}

void SessionOperations::update(const QString& id, api::SessionPatch patch) {
    if (m_backend == nullptr) return;
    m_backend->updateSession(idOf(id), std::move(patch), this, [this](Result<api::Session> reply) {
        if (reply.ok())
            m_model->put(reply.value());
        else
            tell(reply.error());
    });
}

void SessionOperations::rename(const QString& id, const QString& title) {
    api::SessionPatch patch;
    patch.title = title.toStdString();
    update(id, std::move(patch));
}

void SessionOperations::pin(const QString& id, bool pinned) {
    api::SessionPatch patch;
    patch.pinned = pinned;
    update(id, std::move(patch));
}

void SessionOperations::move(const QString& id, const QString& folder) {
    api::SessionPatch patch;
    patch.folder = folder.trimmed().toStdString();
    update(id, std::move(patch));
}

void SessionOperations::setModel(const QString& id, const QString& model) {
    api::SessionPatch patch;
    patch.model = model.toStdString();
    update(id, std::move(patch));
}

void SessionOperations::setProject(const QString& id, const QString& path) {
    api::SessionPatch patch;
    patch.project = path.toStdString();
    update(id, std::move(patch));
}

void SessionOperations::askForFolder(const QString& id) {
    auto* dialog = new QInputDialog(m_host);
    dialog->setObjectName(QStringLiteral("folderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("New folder"));
    dialog->setLabelText(tr("Name of the folder"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, id](const QString& name) {
        if (!name.trimmed().isEmpty()) move(id, name);
    });
    dialog->open();
}

void SessionOperations::remove(const QString& id) {
    if (m_backend == nullptr) return;
    const api::Session* session = m_model->session(id);
    const QString title = session ? SessionListModel::titleOf(*session) : QString();
    m_backend->removeSession(idOf(id), this, [this, id, title, backend = m_backend](Result<void> reply) {
        if (!reply.ok()) {
            tell(reply.error());
            return;
        }
        m_model->remove(id);
        emit removed(id);
        const QString shortTitle = title.size() > 40 ? title.left(39) + QStringLiteral("…") : title;
        Toast::popUp(m_theme, m_host,
                     {tr("“%1” was deleted.").arg(shortTitle), tr("Undo"), [this, id, backend] {
                          if (backend == nullptr) return;
                          backend->restoreSession(idOf(id), this, [this, id](Result<void> undone) {
                              if (undone.ok())
                                  emit restored(id);
                              else
                                  tell(undone.error());
                          });
                      }});
    });
}

void SessionOperations::exportTo(const QString& id, bool markdown) {
    const api::Session* session = m_model->session(id);
    auto* dialog = new QFileDialog(m_host, tr("Export chat"));
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(fileNameFor(session ? SessionListModel::titleOf(*session) : tr("Chat"), markdown));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, id, markdown](const QString& path) { exportToFile(id, markdown, path); });
    dialog->open();
}

void SessionOperations::exportToFile(const QString& id, bool markdown, const QString& path) {
    if (m_backend == nullptr) return;
    m_backend->exportSession(idOf(id), markdown, this, [this, path](Result<QByteArray> reply) {
        if (!reply.ok()) {
            tell(reply.error());
            return;
        }
        QSaveFile file(path);
        const bool written = file.open(QIODevice::WriteOnly) &&
                             file.write(reply.value()) == reply.value().size() && file.commit();
        tell(written ? tr("Exported to %1").arg(QFileInfo(path).fileName())
                     : tr("%1 cannot be written: %2").arg(QFileInfo(path).fileName(), file.errorString()));
    });
}

void SessionOperations::importFrom() {
    auto* dialog = new QFileDialog(m_host, tr("Import chats"));
    dialog->setObjectName(QStringLiteral("importDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Exported chats (*.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &SessionOperations::importFile);
    dialog->open();
}

void SessionOperations::importFile(const QString& path) {
    if (m_backend == nullptr) return;
    const QFileInfo info(path);
    QFile file(path);
    if (!info.isFile() || info.size() > k_largestImport || !file.open(QIODevice::ReadOnly)) {
        tell(tr("%1 cannot be read.").arg(info.fileName()));
        return;
    }
    m_backend->importSessions(file.readAll(), this, [this](Result<qint64> reply) {
        if (!reply.ok()) {
            tell(reply.error());
            return;
        }
        tell(tr("Chats imported: %1").arg(reply.value()));
        emit imported();
    });
}

} // namespace exo::ui
