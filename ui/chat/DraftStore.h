#pragma once
// What was typed and not sent, per session, kept over restarts in one small JSON file. Written as a whole to
// a new file and renamed, at most 400 ms after a change. GUI thread; the chat page owns it.

#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>

namespace exo::ui {

class DraftStore final : public QObject {
    Q_OBJECT
  public:
    explicit DraftStore(QObject* parent = nullptr);
    ~DraftStore() override; // writes what is pending

    // Reads the drafts there; without a file they live as long as the program.
    void setFile(const QString& path);
    QString draft(const QString& key) const { return m_drafts.value(key); }
    void setDraft(const QString& key, const QString& text); // empty removes it
    bool flush();                                           // false: could not be written

  private:
    QString m_path;
    QHash<QString, QString> m_drafts;
    QTimer m_timer;
    bool m_dirty = false;
};

} // namespace exo::ui
