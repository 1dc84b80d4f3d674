#pragma once
// Finds the places where a Markdown text can be cut so that each piece means the same alone: before a line
// that starts at the margin after a blank line, outside of fences and lists. Where it cannot be sure, it does
// not cut. Any thread.

#include <QString>
#include <QStringView>

#include <vector>

namespace exo::ui::md {

class Segmenter {
  public:
    // Feeds one complete line (without its line break). True when the text may be cut before it.
    bool addLine(QStringView line);

    // Whether a line that defines a link ("[name]: address") was seen; its meaning reaches backwards.
    bool sawDefinition() const { return m_sawDefinition; }

  private:
    void noteFence(qsizetype indent, QChar mark, qsizetype count, QStringView rest);

    bool m_first = true;
    bool m_previousBlank = false;
    bool m_inList = false;
    bool m_unsure = false; // from here on nothing is cut
    bool m_sawDefinition = false;
    QChar m_fence; // null outside of a fence
    qsizetype m_fenceCount = 0;
    qsizetype m_fenceIndent = 0;
};

} // namespace exo::ui::md
