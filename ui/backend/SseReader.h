#pragma once
// Server-sent events out of bytes that arrive in any pieces
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). Plain value; GUI thread in practice.

#include <QByteArray>

#include <functional>

namespace exo::ui {

class SseReader final {
  public:
    using Sink = std::function<void(const QByteArray& name, const QByteArray& data)>;
    static constexpr qsizetype k_maxEventBytes = 32 << 20;

    // False when one event grows beyond the limit; nothing more is read then.
    bool feed(const QByteArray& bytes, const Sink& sink);

  private:
    void line(const QByteArray& text, const Sink& sink);

    QByteArray m_line;
    QByteArray m_name;
    QByteArray m_data;
    bool m_hasData = false;
    bool m_first = true;
    bool m_afterCarriageReturn = false;
};

} // namespace exo::ui
