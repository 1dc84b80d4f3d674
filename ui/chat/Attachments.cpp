#include "ui/chat/Attachments.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QMimeDatabase>
#include <QStringDecoder>

namespace exo::ui {

namespace {

bool isText(const QByteArray& bytes) {
    if (bytes.contains('\0')) return false;
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    return !decoder.hasError() && !text.isNull();
}

// The type a provider understands; empty when there is none.
std::string typeOf(const QByteArray& bytes) {
    const QString name = QMimeDatabase().mimeTypeForData(bytes).name();
    for (const char* known : {"image/png", "image/jpeg", "image/gif", "image/webp"}) {
        if (name == QString::fromLatin1(known)) return known;
    }
    return bytes.isEmpty() || isText(bytes) ? "text/plain" : "";
}

} // namespace

qint64 Attachments::totalBytes() const {
    qint64 sum = 0;
    for (const api::Attachment& attachment : m_list) {
        sum += attachment.size;
    }
    return sum;
}

Attachments::Refusal Attachments::add(const QString& name, const std::string& mimeType,
                                      const QByteArray& bytes) {
    if (totalBytes() + bytes.size() > k_mostBytes) return Refusal::TooLarge;
    api::Attachment attachment;
    attachment.name = name.toStdString();
    attachment.mimeType = mimeType;
    attachment.size = bytes.size();
    attachment.data = bytes.toStdString();
    m_list.push_back(std::move(attachment));
    emit changed();
    return Refusal::None;
}

Attachments::Refusal Attachments::addFile(const QString& path) {
    const QFileInfo info(path);
    if (!info.isFile()) return Refusal::NotAFile; // folders, pipes and devices are never opened
    if (info.size() + totalBytes() > k_mostBytes) return Refusal::TooLarge;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return Refusal::Unreadable;
    const QByteArray bytes = file.read(k_mostBytes + 1);
    if (file.error() != QFile::NoError) return Refusal::Unreadable;
    const std::string type = typeOf(bytes);
    if (type.empty()) return Refusal::UnknownType;
    return add(info.fileName(), type, bytes);
}

Attachments::Refusal Attachments::addImage(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (image.isNull() || !buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return Refusal::Unreadable;
    return add(tr("picture-%1.png").arg(++m_pasted), "image/png", bytes);
}

Attachments::Refusal Attachments::addText(const QString& text) {
    return add(tr("pasted-%1.txt").arg(++m_pasted), "text/plain", text.toUtf8());
}

Attachments::Refusal Attachments::addExcerpt(const QString& place, const QString& code) {
    const std::string name = place.toStdString();
    std::erase_if(m_list, [&](const api::Attachment& attachment) { return attachment.name == name; });
    return add(place, "text/plain", code.toUtf8());
}

void Attachments::remove(int index) {
    if (index < 0 || index >= static_cast<int>(m_list.size())) return;
    m_list.erase(m_list.begin() + index);
    emit changed();
}

void Attachments::clear() {
    if (m_list.empty()) return;
    m_list.clear();
    emit changed();
}

void Attachments::set(std::vector<api::Attachment> list) {
    m_list = std::move(list);
    emit changed();
}

std::vector<api::Attachment> Attachments::take() {
    std::vector<api::Attachment> out = std::exchange(m_list, {});
    emit changed();
    return out;
}

QString Attachments::reasonText(Refusal refusal, const QString& name) {
    switch (refusal) {
    case Refusal::None: return {};
    case Refusal::TooLarge:
        return tr("“%1” does not fit: attachments may have %2 MB together.")
            .arg(name)
            .arg(k_mostBytes / 1024 / 1024);
    case Refusal::NotAFile: return tr("“%1” is not a file.").arg(name);
    case Refusal::Unreadable: return tr("“%1” cannot be read.").arg(name);
    case Refusal::UnknownType:
        return tr("“%1” is neither text nor a PNG, JPEG, GIF or WebP picture.").arg(name);
    }
    return {};
}

} // namespace exo::ui
