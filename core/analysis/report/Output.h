#pragma once
// Where a report is written to, piece by piece, so that a large one is never held as a whole. Small helpers
// of the writers. One thread.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace exo::analysis {

// False when nothing more can be written (disk full, connection gone): the writer stops and says false too.
using ReportSink = std::function<bool(std::string_view)>;

class Output {
  public:
    explicit Output(const ReportSink& sink)
        : m_sink(sink) {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    Output& operator<<(std::string_view text) {
        m_buffer += text;
        if (m_buffer.size() >= k_piece) flush();
        return *this;
    }
    bool ok() const { return m_ok; }
    bool flush() {
        if (m_ok && !m_buffer.empty()) m_ok = m_sink(m_buffer);
        m_buffer.clear();
        return m_ok;
    }

  private:
    static constexpr std::size_t k_piece = 64 << 10;
    const ReportSink& m_sink;
    std::string m_buffer;
    bool m_ok = true;
};

} // namespace exo::analysis
