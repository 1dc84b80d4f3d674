#include "ui/chat/TokenEstimate.h"

#include <QString>

namespace exo::ui {

namespace {

double weight(char32_t c) {
    if (c < 0x80) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return 0.24;
        if (c >= '0' && c <= '9') return 0.4;
        if (c == ' ') return 0.05;
        return c == '\n' ? 0.5 : 0.6;
    }
    if (c >= 0x4e00 && c <= 0x9fff) return 0.75;
    if ((c >= 0x3040 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7af)) return 1;
    if (c < 0x600) return 0.5;
    return 0.8;
}

} // namespace

qint64 estimateTokens(QStringView text) {
    double sum = 0;
    for (const QChar c : text) {
        if (!c.isHighSurrogate()) sum += weight(c.unicode());
    }
    return static_cast<qint64>(sum + 0.999);
}

qint64 estimateTokens(std::string_view utf8) {
    double sum = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80)
            sum += weight(c);
        else if (c >= 0xe3 && c <= 0xe9)
            sum += 0.75; // the first byte of most Han
        else if (c >= 0xc0)
            sum += 0.6;
    }
    return static_cast<qint64>(sum + 0.999);
}

} // namespace exo::ui
