#include "ui/chat/DraftStore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QSaveFile>

namespace exo::ui {

namespace {

constexpr qint64 k_largestFile = 16 * 1024 * 1024;

} // namespace

DraftStore::DraftStore(QObject* parent)
    : QObject(parent) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(400);
    connect(&m_timer, &QTimer::timeout, this, &DraftStore::flush);
}

DraftStore::~DraftStore() {
    flush();
}

void DraftStore::setFile(const QString& path) {
    flush();
    m_path = path;
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly) || file.size() > k_largestFile) return;
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!m_drafts.contains(it.key()) && it.value().isString())
            m_drafts.insert(it.key(), it.value().toString());
    }
}

void DraftStore::setDraft(const QString& key, const QString& text) {
    if (m_drafts.value(key) == text) return;
    if (text.isEmpty())
        m_drafts.remove(key);
    else
        m_drafts.insert(key, text);
    m_dirty = true;
    if (!m_timer.isActive()) m_timer.start(); // not restarted: a fast typist is saved too
}

bool DraftStore::flush() {
    m_timer.stop();
    if (!m_dirty || m_path.isEmpty()) return true;
    QJsonObject object;
    for (auto it = m_drafts.begin(); it != m_drafts.end(); ++it) {
        object.insert(it.key(), it.value());
    }
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    QSaveFile file(m_path);
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.write(QJsonDocument(object).toJson(QJsonDocument::Compact)) >= 0 &&
                         file.commit();
    if (written)
        m_dirty = false;
    else
        qWarning("drafts cannot be written: %s", qPrintable(file.errorString()));
    return written;
}

} // namespace exo::ui
