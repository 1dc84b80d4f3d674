#pragma once
// What goes along with the next message: files, pictures, long pasted texts. Checks type and size; only
// regular files are opened. GUI thread.

#include "core/api/Types.h"

#include <QImage>
#include <QObject>
#include <QStringList>

#include <vector>

namespace exo::ui {

class Attachments final : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    // All together: in base64 this stays under the 10 MB that a server takes.
    static constexpr qint64 k_mostBytes = 7 * 1024 * 1024;

    enum class Refusal { None, TooLarge, NotAFile, Unreadable, UnknownType };
    Refusal addFile(const QString& path);
    Refusal addImage(const QImage& image);
    Refusal addText(const QString& text);
    Refusal addExcerpt(const QString& place, const QString& code); // once for the same place
    void remove(int index);
    void clear();
    void set(std::vector<api::Attachment> list);
    std::vector<api::Attachment> take();
    const std::vector<api::Attachment>& list() const { return m_list; }
    qint64 totalBytes() const;

    static QString reasonText(Refusal refusal, const QString& name);

  signals:
    void changed();

  private:
    Refusal add(const QString& name, const std::string& mimeType, const QByteArray& bytes);

    std::vector<api::Attachment> m_list;
    int m_pasted = 0;
};

} // namespace exo::ui
