#include "ui/analysis/FileTreeModel.h"

#include "ui/analysis/AnalysisText.h"

#include <QLocale>

namespace exo::ui {

void FileTreeModel::setTree(std::shared_ptr<const FileTree> tree) {
    beginResetModel();
    m_tree = std::move(tree);
    rebuild();
    endResetModel();
}

void FileTreeModel::setFilter(const QString& words) {
    if (m_words == words.trimmed()) return;
    beginResetModel();
    m_words = words.trimmed();
    rebuild();
    endResetModel();
}

void FileTreeModel::rebuild() {
    const int count = m_tree->count();
    m_rows.assign(static_cast<std::size_t>(count), -1);
    m_filtered.clear();
    m_shownFiles = 0;
    std::vector<char> shown(static_cast<std::size_t>(count), m_words.isEmpty() ? 1 : 0);
    if (!m_words.isEmpty()) {
        const QStringList words = m_words.split(u' ', Qt::SkipEmptyParts);
        for (int i = 1; i < count; ++i) {
            if (m_tree->node(i).folder) continue;
            const QString path = m_tree->pathOf(i);
            const bool fits = std::all_of(words.begin(), words.end(), [&](const QString& word) {
                return path.contains(word, Qt::CaseInsensitive);
            });
            for (int at = i; fits && at > 0 && !shown[static_cast<std::size_t>(at)];
                 at = m_tree->node(at).parent) {
                shown[static_cast<std::size_t>(at)] = 1;
            }
        }
        m_filtered.resize(static_cast<std::size_t>(count));
    }
    for (int i = 0; i < count; ++i) {
        int row = 0;
        for (const int child : m_tree->node(i).children) {
            if (!shown[static_cast<std::size_t>(child)]) continue;
            if (!m_words.isEmpty()) m_filtered[static_cast<std::size_t>(i)].push_back(child);
            m_rows[static_cast<std::size_t>(child)] = row++;
            if (!m_tree->node(child).folder) ++m_shownFiles;
        }
    }
}

const std::vector<int>& FileTreeModel::childrenOf(int node) const {
    return m_filtered.empty() ? m_tree->node(node).children : m_filtered[static_cast<std::size_t>(node)];
}

int FileTreeModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<int>(index.internalId()) : FileTree::k_root;
}

QModelIndex FileTreeModel::index(int row, int column, const QModelIndex& parent) const {
    const auto& children = childrenOf(nodeOf(parent));
    if (row < 0 || row >= static_cast<int>(children.size()) || column != 0) return {};
    return createIndex(row, 0, static_cast<quintptr>(children[static_cast<std::size_t>(row)]));
}

QModelIndex FileTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const int parent = m_tree->node(nodeOf(index)).parent;
    if (parent <= FileTree::k_root) return {};
    return createIndex(m_rows[static_cast<std::size_t>(parent)], 0, static_cast<quintptr>(parent));
}

int FileTreeModel::rowCount(const QModelIndex& parent) const {
    return static_cast<int>(childrenOf(nodeOf(parent)).size());
}

QModelIndex FileTreeModel::indexOf(const QString& path) const {
    const int node = m_tree->find(path);
    if (node <= 0 || m_rows[static_cast<std::size_t>(node)] < 0) return {};
    return createIndex(m_rows[static_cast<std::size_t>(node)], 0, static_cast<quintptr>(node));
}

QVariant FileTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const int at = nodeOf(index);
    const FileNode& node = m_tree->node(at);
    switch (role) {
    case Qt::DisplayRole: return node.name;
    case Qt::ToolTipRole: return toolTip(at);
    case Qt::AccessibleTextRole: return spoken(at);
    case PathRole: return m_tree->pathOf(at);
    case FolderRole: return node.folder;
    case FilesRole: return node.files;
    case FindingsRole: {
        const int worse = node.errors + node.warnings;
        return worse > 0 ? worse : node.notes;
    }
    case SeverityRole: return node.errors > 0 ? 3 : node.warnings > 0 ? 2 : node.notes > 0 ? 1 : 0;
    case CognitiveRole: return node.cognitive;
    case SkippedRole: return QString::fromStdString(node.skipped);
    default: return {};
    }
}

QString FileTreeModel::toolTip(int index) const {
    const FileNode& node = m_tree->node(index);
    const QString path = m_tree->pathOf(index).toHtmlEscaped();
    if (!node.skipped.empty()) return path + u'\n' + analysisSkipText(node.skipped);
    const QLocale locale;
    QStringList lines{path};
    if (node.folder) lines << tr("Files: %1").arg(locale.toString(node.files));
    lines << tr("%1 lines of code").arg(locale.toString(node.code));
    if (node.findings() > 0)
        lines << tr("%1 errors, %2 warnings, %3 notes")
                     .arg(locale.toString(node.errors), locale.toString(node.warnings),
                          locale.toString(node.notes));
    if (node.cognitive > 0) lines << tr("worst cognitive complexity %1").arg(locale.toString(node.cognitive));
    if (node.revisions > 0) lines << tr("%1 revisions").arg(locale.toString(node.revisions));
    return lines.join(u'\n');
}

QString FileTreeModel::spoken(int index) const {
    const FileNode& node = m_tree->node(index);
    if (!node.skipped.empty()) return node.name + QStringLiteral(", ") + analysisSkipText(node.skipped);
    if (node.findings() == 0) return node.name;
    return node.name + QStringLiteral(", ") + tr("Findings: %1").arg(node.findings());
}

void FileTreeModel::retranslate() {
    if (rowCount() > 0) emit dataChanged(index(0, 0, {}), index(rowCount() - 1, 0, {}));
}

} // namespace exo::ui
